/* One correlation on a CUDA device, from the machine's memory and back to it. */
#include "gpu/cuda-copy.h"
#include "gpu/cuda-costs.h"
#include "gpu/cuda-fft.h"

/* Blocks of a launch: more tiles than these are shared out among them. */
#define GRID_MAX (65535LL * 16)

gboolean
ew_cuda_launch_correlation (EwCudaDevice *device, EwCudaCorrelation *work, EwCudaPlane x, EwCudaPlane y, GError **error)
{
  const EwCudaWay *way = &work->way;
  EwCudaShape shape = way->shape;
  int rows = way->rows;
  void *literal[] = { &x, &y, &work->taps, &rows };
  void *others[] = { &x, &y, &work->params, &shape };
  long long grid = MIN (ew_cuda_tiles (way->tile, y.height, y.width), GRID_MAX);

  if (way->path == EW_CUDA_LITERAL)
    return ew_cuda_launch (device, ew_cuda_literal_kernel (FALSE, way->side), grid, 0, literal, error);
  return ew_cuda_launch (device,
                         way->path == EW_CUDA_WIDE ? EW_CUDA_KERNEL_CORRELATE_WIDE : EW_CUDA_KERNEL_CORRELATE_GENERAL,
                         grid, ew_cuda_wide_bytes (shape.kernel_height, shape.kernel_width), others, error);
}

/* The rows that are on the device in parts, so that each launch ends soon. */
static gboolean
launch_parts (EwCudaDevice *device, EwCudaCorrelation *work, int height, EwCancel *cancel, GError **error)
{
  const EwCudaShape *shape = &work->way.shape;
  int part = ew_cuda_plan_rows (&work->way, device->budget, work->y.width,
                                (double)shape->kernel_height * shape->kernel_width);

  for (int first = 0, rows; first < height; first += rows)
    {
      EwCudaPlane x = work->x;
      EwCudaPlane y = work->y;

      rows = MIN (part, height - first);
      x.data += (long long)first * shape->stride * x.stride;
      x.height = ew_cuda_rows_needed (shape, rows);
      y.data += first * y.stride;
      y.height = rows;
      if (!ew_cuda_launch_correlation (device, work, x, y, error) || !ew_cuda_wait (device, cancel, error))
        return FALSE;
    }
  return TRUE;
}

static void
set_taps (EwCudaCorrelation *work, const EwKernel *kernel)
{
  int n_taps = ew_kernel_n_taps (kernel);

  work->taps.bias = (float)kernel->bias;
  for (int k = 0; k < n_taps && work->way.path == EW_CUDA_LITERAL; k++)
    work->taps.taps[k] = (float)kernel->taps[k];
}

/* Memory for all rows, or where that is more than the device can spare, for as many as a half, a quarter, … */
static gboolean
plan_band (EwCudaDevice *device, EwCudaCorrelation *work, const EwGeometry *geometry, const EwGrid *x, const EwGrid *y,
           int *band, GError **error)
{
  size_t n_taps = (size_t)geometry->kernel_height * (size_t)geometry->kernel_width;
  g_autoptr (GError) cause = NULL;
  size_t budget = ew_cuda_memory_budget (device, &cause);

  if (cause != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
  for (*band = y->height;;
       *band = (*band / 2 + work->way.tile.height - 1) / work->way.tile.height * work->way.tile.height)
    {
      int rows
          = *band == y->height ? ew_cuda_bordered_height (geometry, x) : ew_cuda_rows_needed (&work->way.shape, *band);

      ew_cuda_memory_add_plane (&work->memory, &work->x, rows, ew_cuda_bordered_width (geometry, x));
      ew_cuda_memory_add_plane (&work->memory, &work->y, *band, y->width);
      ew_cuda_memory_add (&work->memory, &work->params, n_taps + 1, sizeof (double));
      if (ew_cuda_memory_needed (&work->memory) <= budget || *band <= work->way.tile.height)
        return ew_cuda_memory_allocate (&work->memory, device, error);
      ew_cuda_memory_clear (&work->memory, device);
    }
}

/* A part that is on the device, by transforms if that is wanted; where the library fails, and ever after, directly. */
static gboolean
compute_part (EwCudaDevice *device, EwCudaCorrelation *work, EwCudaPlane x, EwCudaPlane y, const EwKernel *kernel,
              EwCancel *cancel, GError **error)
{
  g_autoptr (GError) cause = NULL;

  if (work->by_fft && ew_cuda_fft_correlate (device, x, y, kernel, work->mean, cancel, &cause))
    return TRUE;
  if (cause != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
  work->by_fft = FALSE;
  return launch_parts (device, work, y.height, cancel, error);
}

/* Band for band: up, through the kernel, and down. */
static gboolean
correlate_bands (EwCudaDevice *device, EwCudaCorrelation *work, const EwGeometry *geometry, const EwKernel *kernel,
                 const EwGrid *x, EwGrid *y, int band, EwCancel *cancel, GError **error)
{
  for (int first = 0; first < y->height; first += band)
    {
      EwCudaPlane part_x = work->x;
      EwCudaPlane part_y = work->y;

      part_y.height = MIN (band, y->height - first);
      part_x.height = ew_cuda_rows_needed (&work->way.shape, part_y.height);
      if (!ew_cuda_upload_bordered (device, device->stream, &part_x, x, geometry, first * work->way.shape.stride,
                                    cancel, error)
          || !compute_part (device, work, part_x, part_y, kernel, cancel, error)
          || !ew_cuda_download_plane (device, device->stream, y, &part_y, first, cancel, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
correlate (EwCudaDevice *device, EwCudaCorrelation *work, const EwGrid *x, const EwKernel *kernel,
           const EwGeometry *geometry, EwGrid *y, EwCancel *cancel, GError **error)
{
  size_t n_taps = (size_t)ew_kernel_n_taps (kernel);
  int band = 0;

  set_taps (work, kernel);
  return plan_band (device, work, geometry, x, y, &band, error)
         && ew_cuda_upload (device, work->params, kernel->taps, n_taps * sizeof (double), error)
         && ew_cuda_upload (device, work->params + n_taps, &kernel->bias, sizeof (double), error)
         && correlate_bands (device, work, geometry, kernel, x, y, band, cancel, error);
}

/* The kernels, and whether transforms pay: by what was measured on this device, where that is known or worth finding
 * out, and else by a rule. */
static gboolean
choose_way (EwCudaDevice *device, EwCudaCorrelation *work, const EwGeometry *g, EwMethod method, const EwGrid *y,
            EwCancel *cancel)
{
  int n_taps = g->kernel_height * g->kernel_width;
  EwCudaCosts costs;

  ew_cuda_way_init (&work->way, g, FALSE, y->height, y->width, 1, device->multiprocessors);
  if (work->way.path == EW_CUDA_GENERAL)
    return FALSE;
  if (n_taps < EW_CUDA_COSTS_TAPS || MIN (y->height, y->width) < EW_CUDA_COSTS_SIDE
      || !(method == EW_METHOD_AUTO ? ew_cuda_costs_get (device, &costs, cancel)
                                    : ew_cuda_costs_known (device, &costs)))
    return ew_cuda_fft_may_pay (g->kernel_height, g->kernel_width, y->height, y->width);
  ew_cuda_costs_choose_way (&costs, &work->way);
  return ew_cuda_costs_fft_pays (&costs, &work->way, y->height, y->width,
                                 ew_cuda_fft_tiles (g->kernel_height, g->kernel_width, y->height, y->width));
}

/* Transforms where they are asked for, or by themselves where they pay. */
static gboolean
choose_method (EwCudaDevice *device, EwCudaCorrelation *work, const EwGeometry *geometry, EwMethod method,
               const EwGrid *x, const EwGrid *y, const EwKernel *kernel, EwCancel *cancel, GError **error)
{
  gboolean pays = choose_way (device, work, geometry, method, y, cancel);

  work->by_fft = (method == EW_METHOD_FFT || (method == EW_METHOD_AUTO && pays))
                 && ew_cuda_fft_can (geometry, x, kernel, &work->mean);
  if (method == EW_METHOD_AUTO || method == EW_METHOD_DIRECT || work->by_fft)
    return TRUE;
  g_set_error_literal (error, EW_ERROR, EW_ERROR_UNSUPPORTED,
                       method == EW_METHOD_FFT
                           ? "An NVIDIA device transforms only with the library cuFFT, finite values, stride 1 and "
                             "dilation 1, and kernels of two rows and columns or more. The CPU needs no such library."
                           : "An NVIDIA device correlates directly or by FFT. The CPU has the other methods.");
  return FALSE;
}

gboolean
ew_cuda_correlate (EwDevice *base, const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry, EwMethod method,
                   EwGrid *y, EwCancel *cancel, GError **error)
{
  EwCudaDevice *device = (EwCudaDevice *)base;
  EwCudaCorrelation work = { 0 };
  int height, width;

  if (!ew_geometry_output_size (geometry, x->height, x->width, &height, &width, error))
    return FALSE;
  g_return_val_if_fail (y->height == height && y->width == width, FALSE);
  if (!ew_cuda_enter (device, cancel, error)
      || !choose_method (device, &work, geometry, method, x, y, kernel, cancel, error))
    return FALSE;

  gboolean ok = correlate (device, &work, x, kernel, geometry, y, cancel, error);

  if (!ok)
    ew_cuda_drain (device);
  ew_cuda_memory_clear (&work.memory, device);
  return ok;
}
