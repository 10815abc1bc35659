/* One correlation on a CUDA device, from the machine's memory and back to it. */
#include "gpu/cuda-problem.h"

/* Blocks of a launch: more tiles than these are shared out among them. */
#define GRID_MAX (65535LL * 16)

typedef struct
{
  EwCudaMemory memory;
  EwCudaPlane x;
  EwCudaPlane y;
  double *params;
} Work;

/* The rows in bands, so that each launch ends soon. */
static gboolean
launch_bands (EwCudaDevice *device, Work *work, const EwKernel *kernel, EwCancel *cancel, GError **error)
{
  int height = kernel->height;
  int width = kernel->width;
  int band = ew_cuda_plan_rows (device->budget, work->y.width, (double)height * width);

  for (int first = 0, rows; first < work->y.height; first += rows)
    {
      EwCudaPlane x = work->x;
      EwCudaPlane y = work->y;
      void *arguments[] = { &x, &y, &work->params, &height, &width };

      rows = MIN (band, work->y.height - first);
      x.data += first * x.stride;
      x.height = rows + height - 1;
      y.data += first * y.stride;
      y.height = rows;
      if (!ew_cuda_launch (device, EW_CUDA_CORRELATE, MIN (ew_cuda_tiles (rows, y.width), GRID_MAX),
                           ew_cuda_shared_bytes (height, width), arguments, error)
          || !ew_cuda_wait (device, cancel, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
correlate (EwCudaDevice *device, Work *work, const EwGrid *x, const EwKernel *kernel, EwGrid *y, EwCancel *cancel,
           GError **error)
{
  size_t n_taps = (size_t)ew_kernel_n_taps (kernel);

  ew_cuda_memory_add_plane (&work->memory, &work->x, x->height, x->width);
  ew_cuda_memory_add_plane (&work->memory, &work->y, y->height, y->width);
  ew_cuda_memory_add (&work->memory, &work->params, n_taps + 1, sizeof (double));
  return ew_cuda_memory_allocate (&work->memory, device, error)
         && ew_cuda_upload (device, work->params, kernel->taps, n_taps * sizeof (double), error)
         && ew_cuda_upload (device, work->params + n_taps, &kernel->bias, sizeof (double), error)
         && ew_cuda_upload_plane (device, &work->x, x, cancel, error)
         && launch_bands (device, work, kernel, cancel, error)
         && ew_cuda_download_plane (device, y, &work->y, cancel, error);
}

static gboolean
check_method (EwMethod method, GError **error)
{
  if (method == EW_METHOD_AUTO || method == EW_METHOD_DIRECT)
    return TRUE;
  g_set_error_literal (error, EW_ERROR, EW_ERROR_UNSUPPORTED,
                       "An NVIDIA device correlates directly only. The CPU has the other methods.");
  return FALSE;
}

gboolean
ew_cuda_correlate (EwDevice *base, const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry, EwMethod method,
                   EwGrid *y, EwCancel *cancel, GError **error)
{
  EwCudaDevice *device = (EwCudaDevice *)base;
  Work work = { 0 };
  int height, width;

  if (!check_method (method, error) || !ew_cuda_check_geometry (geometry, error)
      || !ew_geometry_output_size (geometry, x->height, x->width, &height, &width, error))
    return FALSE;
  g_return_val_if_fail (y->height == height && y->width == width, FALSE);
  if (!ew_cuda_enter (device, cancel, error))
    return FALSE;

  gboolean ok = correlate (device, &work, x, kernel, y, cancel, error);

  if (!ok)
    ew_cuda_drain (device);
  ew_cuda_memory_clear (&work.memory, device);
  return ok;
}
