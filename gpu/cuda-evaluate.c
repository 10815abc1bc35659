/* Loss and gradient on a CUDA device. */
#include "gpu/cuda-problem.h"

#include <math.h>

gboolean
ew_cuda_reset_progress (EwCudaLoaded *loaded, GError **error)
{
  return ew_cuda_upload (ew_cuda_device_of (loaded), loaded->progress, &loaded->control, sizeof loaded->control, error);
}

gboolean
ew_cuda_begin (EwCudaLoaded *loaded, const double *params, GError **error)
{
  return ew_cuda_upload (ew_cuda_device_of (loaded), loaded->params, params,
                         (size_t)loaded->base.problem->n_params * sizeof (double), error)
         && ew_cuda_reset_progress (loaded, error);
}

static unsigned
shared_bytes (const EwCudaWay *way)
{
  switch (way->path)
    {
    case EW_CUDA_LITERAL:
      return ew_cuda_fused_bytes (way->side);
    case EW_CUDA_WIDE:
      return ew_cuda_wide_evaluate_bytes (way->shape.kernel_height, way->shape.kernel_width);
    case EW_CUDA_GENERAL:
    default:
      return ew_cuda_general_bytes (way->shape.kernel_height, way->shape.kernel_width);
    }
}

static gboolean
launch_piece (EwCudaLoaded *loaded, const EwCudaPiece *piece, GError **error)
{
  const EwCudaWay *way = &loaded->plan.way;
  EwCudaSample *samples = loaded->samples + piece->first_band;
  int n_samples = piece->n_bands;
  long long n_tiles = piece->n_tiles;
  int has_bias = loaded->base.problem->has_bias != FALSE;
  EwCudaShape shape = way->shape;
  int rows = way->rows;
  void *arguments[] = { &samples, &n_samples, &n_tiles,          &loaded->params,  &has_bias,
                        &shape,   &rows,      &loaded->progress, &loaded->partials };
  EwCudaKernel kernel = way->path == EW_CUDA_LITERAL ? ew_cuda_literal_kernel (TRUE, way->side)
                        : way->path == EW_CUDA_WIDE  ? EW_CUDA_KERNEL_EVALUATE_WIDE
                                                     : EW_CUDA_KERNEL_EVALUATE_GENERAL;

  return ew_cuda_launch (ew_cuda_device_of (loaded), kernel, piece->grid, shared_bytes (way), arguments, error);
}

gboolean
ew_cuda_launch_reduce (EwCudaLoaded *loaded, const double *partials, int n, int n_sums, const EwCudaProgress *progress,
                       double *sums, int pitch, GError **error)
{
  void *arguments[] = { &partials, &n, &n_sums, &progress, &sums, &pitch };

  return ew_cuda_launch (ew_cuda_device_of (loaded), EW_CUDA_KERNEL_REDUCE, MIN (n_sums, 65535),
                         EW_CUDA_THREADS * sizeof (double), arguments, error);
}

gboolean
ew_cuda_launch_small (EwCudaLoaded *loaded, int epochs, GError **error)
{
  EwCudaShape shape = loaded->plan.way.shape;
  int n_samples = loaded->base.problem->n_samples;
  int has_bias = loaded->base.problem->has_bias != FALSE;
  void *arguments[] = { &loaded->samples, &n_samples,        &loaded->pitch,  &shape,         &has_bias,    &epochs,
                        &loaded->params,  &loaded->progress, &loaded->losses, &loaded->trace, &loaded->sums };

  return ew_cuda_launch (ew_cuda_device_of (loaded), EW_CUDA_KERNEL_DESCEND, 1, EW_CUDA_SMALL_BYTES, arguments, error);
}

gboolean
ew_cuda_launch_evaluation (EwCudaLoaded *loaded, EwCancel *cancel, GError **error)
{
  int n = (int)loaded->plan.pieces->len;

  for (int p = 0; p < n; p++)
    {
      const EwCudaPiece *piece = &g_array_index (loaded->plan.pieces, EwCudaPiece, p);
      double *sums = n == 1 ? loaded->sums : loaded->piece_sums + p;

      /* To bring the next band is to wait; the work on this one goes on meanwhile. */
      if ((p > 0 && !loaded->streamed && !ew_cuda_wait (ew_cuda_device_of (loaded), cancel, error))
          || !ew_cuda_bring_piece (loaded, &loaded->plan, p, cancel, error) || !launch_piece (loaded, piece, error)
          || !ew_cuda_release_piece (loaded, p, error)
          || !ew_cuda_launch_reduce (loaded, loaded->partials, piece->grid, loaded->n_sums, loaded->progress, sums, n,
                                     error))
        return FALSE;
    }
  return n == 1
         || ew_cuda_launch_reduce (loaded, loaded->piece_sums, n, loaded->n_sums, loaded->progress, loaded->sums, 1,
                                   error);
}

gboolean
ew_cuda_evaluate (EwLoaded *base, const double *params, double *loss, double *gradient, EwCancel *cancel,
                  GError **error)
{
  EwCudaLoaded *loaded = (EwCudaLoaded *)base;
  EwCudaDevice *device = ew_cuda_device_of (loaded);
  g_autofree double *sums = g_new (double, loaded->n_sums);

  if (!ew_cuda_wake (loaded, cancel, error))
    return FALSE;
  /* A step of length zero is none. */
  loaded->control = (EwCudaProgress){ .diverged_above = INFINITY };
  if (!ew_cuda_begin (loaded, params, error)
      || !(loaded->small ? ew_cuda_launch_small (loaded, 1, error) : ew_cuda_launch_evaluation (loaded, cancel, error))
      || !ew_cuda_download (device, sums, loaded->sums, (size_t)loaded->n_sums * sizeof (double), error)
      || !ew_cuda_wait (device, cancel, error))
    {
      ew_cuda_drain (device);
      return FALSE;
    }
  /* Σ r stands where the bias has its place, right behind the taps. */
  for (int k = 0; k < base->problem->n_params; k++)
    gradient[k] = 2 * sums[k];
  *loss = sums[loaded->n_taps + 1];
  return TRUE;
}
