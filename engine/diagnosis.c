/* EwDiagnosis: sums, symmetry, rank, likeness and frequency response of a kernel. */
#include "engine/diagnosis.h"

#include "engine/response.h"
#include "engine/small-matrix.h"

#include <float.h>
#include <math.h>

static double
largest_of (const EwKernel *kernel)
{
  double largest = 0;

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    largest = fmax (largest, fabs (kernel->taps[k]));
  return largest;
}

static double
mirrored_tap (const EwKernel *kernel, EwSymmetry symmetry, int a, int c)
{
  gboolean sideways = symmetry == EW_SYMMETRY_SIDEWAYS || symmetry == EW_SYMMETRY_HALF_TURN;
  gboolean upright = symmetry == EW_SYMMETRY_UPRIGHT || symmetry == EW_SYMMETRY_HALF_TURN;
  int row = symmetry == EW_SYMMETRY_TRANSPOSE ? c : upright ? kernel->height - 1 - a : a;
  int column = symmetry == EW_SYMMETRY_TRANSPOSE ? a : sideways ? kernel->width - 1 - c : c;

  return kernel->taps[row * kernel->width + column];
}

static double
symmetry_of (const EwKernel *kernel, EwSymmetry symmetry, double largest)
{
  double product = 0;
  double square = 0;

  if (symmetry == EW_SYMMETRY_TRANSPOSE && kernel->height != kernel->width)
    return NAN;
  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    {
      double tap = kernel->taps[k] / largest;

      square += tap * tap;
      product += tap * (mirrored_tap (kernel, symmetry, k / kernel->width, k % kernel->width) / largest);
    }
  return product / square;
}

static void
measure (EwDiagnosis *d, double largest)
{
  const EwKernel *kernel = d->kernel;
  double square = 0;

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    {
      d->sum += kernel->taps[k];
      square += largest > 0 ? pow (kernel->taps[k] / largest, 2) : 0;
    }
  d->norm = largest * sqrt (square);
  for (int s = 0; s < EW_N_SYMMETRIES; s++)
    d->symmetry[s] = largest > 0 ? symmetry_of (kernel, (EwSymmetry)s, largest) : NAN;
}

static void
find_rank (EwDiagnosis *d)
{
  double values[EW_KERNEL_SIDE_MAX];
  int n = ew_singular_values (d->kernel, values);
  double floor_value = values[0] * MAX (d->kernel->height, d->kernel->width) * DBL_EPSILON;
  double square = 0;

  for (int i = 0; i < n; i++)
    {
      d->rank += values[i] > floor_value;
      square += values[0] > 0 ? pow (values[i] / values[0], 2) : 0;
    }
  d->separable = values[0] > 0 ? 1 / square : NAN;
}

EwDiagnosis *
ew_diagnosis_new (EwKernel *kernel)
{
  EwDiagnosis *d = g_new0 (EwDiagnosis, 1);

  ew_refs_init (&d->refs);
  d->kernel = ew_kernel_ref (kernel);
  measure (d, largest_of (kernel));
  find_rank (d);
  ew_likeness_find (&d->likeness, kernel);
  d->response = ew_response_new (kernel);
  for (int i = 0; d->response != NULL && i < EW_RESPONSE_SIDE; i++)
    for (int j = 0; j < EW_RESPONSE_SIDE; j++)
      d->response_max = fmax (d->response_max, (double)ew_grid_row (d->response, i)[j]);
  return d;
}

EwDiagnosis *
ew_diagnosis_ref (EwDiagnosis *diagnosis)
{
  ew_refs_acquire (&diagnosis->refs);
  return diagnosis;
}

void
ew_diagnosis_unref (EwDiagnosis *diagnosis)
{
  if (diagnosis == NULL || !ew_refs_release (&diagnosis->refs))
    return;
  ew_kernel_unref (diagnosis->kernel);
  ew_grid_unref (diagnosis->response);
  g_free (diagnosis);
}
