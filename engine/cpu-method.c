/* How the CPU correlates. */
#include "engine/cpu-method.h"

#include "engine/cpu-private.h"
#include "engine/fftw.h"

static gboolean
refuse (const char *sentence, GError **error)
{
  g_set_error_literal (error, EW_ERROR, EW_ERROR_UNSUPPORTED, sentence);
  return FALSE;
}

static EwMethod
choose (const EwDevice *cpu, const EwGeometry *geometry, const EwGrid *x, const EwKernel *kernel,
        EwSeparable **separable)
{
  const char *id = ((const EwCpuDevice *)cpu)->kernels->id;
  EwMethod method = EW_METHOD_DIRECT;

  if (ew_geometry_is_valid (geometry))
    method = ew_plan_choose (x->height, x->width, kernel, id, separable);
  return method == EW_METHOD_FFT && ew_fftw (NULL) == NULL ? EW_METHOD_DIRECT : method;
}

static gboolean
factorise (const EwKernel *kernel, EwSeparable **separable, GError **error)
{
  *separable = ew_separable_new (kernel, EW_SEPARABLE_RANK_MAX, EW_SEPARABLE_EXACT);
  return *separable != NULL
         || refuse ("The separable method is for kernels of rank 1 or 2, and this kernel is not; the automatic choice "
                    "does it.",
                    error);
}

gboolean
ew_cpu_method (const EwDevice *cpu, EwMethod wanted, const EwGeometry *geometry, const EwGrid *x,
               const EwKernel *kernel, EwMethod *method, EwSeparable **separable, GError **error)
{
  g_autofree EwSeparable *factors = NULL;
  gboolean ok = TRUE;

  *method = wanted;
  if (separable != NULL)
    *separable = NULL;
  if (wanted == EW_METHOD_AUTO)
    *method = choose (cpu, geometry, x, kernel, &factors);
  else if (wanted == EW_METHOD_REFERENCE)
    ok = refuse ("The reference is not something that a device computes.", error);
  else if (wanted != EW_METHOD_DIRECT && !ew_geometry_is_valid (geometry))
    ok = refuse ("The separable and FFT methods do valid correlation only: no padding, stride 1, dilation 1. The "
                 "direct method does the rest.",
                 error);
  else if (wanted == EW_METHOD_SEPARABLE)
    ok = factorise (kernel, &factors, error);
  else if (wanted == EW_METHOD_FFT)
    ok = ew_fftw (error) != NULL;
  if (ok && separable != NULL)
    *separable = g_steal_pointer (&factors);
  return ok;
}
