/* Many epochs on a CUDA device: three launches each and a round trip only now and then. */
#include "gpu/cuda-problem.h"

#include <string.h>

static gboolean
launch_step (EwCudaLoaded *loaded, const EwDescent *descent, GError **error)
{
  double step = descent->step;
  double diverged_above = descent->diverged_above;
  int n_params = loaded->base.problem->n_params;
  double *trace = descent->trace == NULL ? NULL : loaded->trace;
  void *arguments[] = { &loaded->sums,   &loaded->n_taps,   &n_params,       &step, &diverged_above,
                        &loaded->params, &loaded->progress, &loaded->losses, &trace };

  return ew_cuda_launch ((EwCudaDevice *)loaded->base.device, EW_CUDA_STEP, 1, 0, arguments, error);
}

/* Reads how far a chunk of @epochs came. */
static gboolean
read_progress (EwCudaLoaded *loaded, int epochs, EwCudaProgress *progress, EwCancel *cancel, GError **error)
{
  EwCudaDevice *device = (EwCudaDevice *)loaded->base.device;

  if (!ew_cuda_download (device, progress, loaded->progress, sizeof *progress, error)
      || !ew_cuda_wait (device, cancel, error))
    return FALSE;
  /* All epochs, or an end by the loss before the last of them, or by the weights. */
  if (progress->diverged ? progress->done >= 0 && progress->done < epochs : progress->done == epochs)
    return TRUE;
  g_set_error_literal (error, EW_ERROR, EW_ERROR_DEVICE, "The device counted its epochs wrongly.");
  return FALSE;
}

/* Up to @epochs epochs (a chunk at most) after the first @done of the descent. */
static gboolean
run_chunk (EwCudaLoaded *loaded, const EwDescent *descent, int done, int epochs, EwCudaProgress *progress,
           EwCancel *cancel, GError **error)
{
  EwCudaDevice *device = (EwCudaDevice *)loaded->base.device;
  size_t n_params = (size_t)loaded->base.problem->n_params;

  if (!ew_cuda_reset_progress (loaded, error))
    return FALSE;
  for (int e = 0; e < epochs; e++)
    if (!ew_cuda_launch_evaluation (loaded, cancel, error) || !launch_step (loaded, descent, error))
      return FALSE;
  if (!read_progress (loaded, epochs, progress, cancel, error))
    return FALSE;

  size_t n = (size_t)progress->done;
  size_t n_losses = n + (progress->diverged ? 1 : 0);

  return ew_cuda_download (device, descent->losses + done, loaded->losses, n_losses * sizeof (double), error)
         && (descent->trace == NULL || n == 0
             || ew_cuda_download (device, descent->trace + (size_t)done * n_params, loaded->trace,
                                  n * n_params * sizeof (double), error));
}

gboolean
ew_cuda_descend (EwLoaded *base, EwDescent *descent, EwCancel *cancel, GError **error)
{
  EwCudaLoaded *loaded = (EwCudaLoaded *)base;
  EwCudaDevice *device = (EwCudaDevice *)base->device;
  size_t bytes = (size_t)base->problem->n_params * sizeof (double);
  g_autofree double *params = g_malloc (bytes);
  EwCudaProgress progress = { 0, 0 };
  int done = 0;

  if (!ew_cuda_enter (device, cancel, error))
    return FALSE;

  gboolean ok = ew_cuda_begin (loaded, descent->params, error);

  while (ok && done < descent->epochs && !progress.diverged)
    {
      int epochs = MIN (loaded->plan.chunk, descent->epochs - done);

      ok = run_chunk (loaded, descent, done, epochs, &progress, cancel, error);
      done += ok ? progress.done : 0;
    }
  if (!ok || !ew_cuda_download (device, params, loaded->params, bytes, error) || !ew_cuda_wait (device, cancel, error))
    {
      ew_cuda_drain (device);
      return FALSE;
    }
  memcpy (descent->params, params, bytes);
  descent->done = done;
  descent->diverged = progress.diverged != 0;
  return TRUE;
}
