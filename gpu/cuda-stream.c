/* Problems larger than a device: bands of rows through two buffers. */
#include "gpu/cuda-copy.h"
#include "gpu/cuda-problem.h"

/* Bytes that one more row of outputs takes in a buffer, and the rows of x besides. */
static void
measure_rows (const EwCudaLoaded *loaded, const EwCudaWay *way, size_t *row_bytes, size_t *halo_bytes)
{
  size_t x_stride = 0;
  size_t y_stride = 0;

  for (int s = 0; s < loaded->base.problem->n_samples; s++)
    {
      x_stride = MAX (x_stride, (size_t)loaded->x[s].stride);
      y_stride = MAX (y_stride, (size_t)loaded->y[s].stride);
    }
  if (loaded->base.problem->has_mask)
    y_stride *= 2;
  *row_bytes = (x_stride * (size_t)way->shape.stride + y_stride) * sizeof (float);
  *halo_bytes = x_stride * (size_t)ew_cuda_rows_needed (&way->shape, 1) * sizeof (float);
}

static void
plan_buffers (EwCudaLoaded *loaded, const EwCudaWay *way)
{
  size_t x_stride = 0;
  size_t y_stride = 0;

  for (int s = 0; s < loaded->base.problem->n_samples; s++)
    {
      x_stride = MAX (x_stride, (size_t)loaded->x[s].stride);
      y_stride = MAX (y_stride, (size_t)loaded->y[s].stride);
    }
  for (int b = 0; b < 2; b++)
    {
      ew_cuda_memory_add (&loaded->memory, &loaded->x_buffers[b],
                          x_stride * (size_t)ew_cuda_rows_needed (&way->shape, loaded->rows_max), sizeof (float));
      ew_cuda_memory_add (&loaded->memory, &loaded->y_buffers[b], y_stride * (size_t)loaded->rows_max, sizeof (float));
      if (loaded->base.problem->has_mask)
        ew_cuda_memory_add (&loaded->memory, &loaded->mask_buffers[b], y_stride * (size_t)loaded->rows_max,
                            sizeof (float));
    }
}

/* Sizes of planes without their memory. */
static void
measure_planes (EwCudaLoaded *loaded)
{
  EwCudaMemory unused = { 0 };
  const EwProblem *problem = loaded->base.problem;

  for (int s = 0; s < problem->n_samples; s++)
    {
      ew_cuda_memory_add_plane (&unused, &loaded->x[s],
                                ew_cuda_bordered_height (&problem->geometry, problem->samples[s].x),
                                ew_cuda_bordered_width (&problem->geometry, problem->samples[s].x));
      ew_cuda_memory_add_plane (&unused, &loaded->y[s], problem->samples[s].y->height, problem->samples[s].y->width);
      ew_cuda_memory_add_plane (&unused, &loaded->mask[s], problem->samples[s].y->height, problem->samples[s].y->width);
    }
  ew_cuda_memory_clear (&unused, NULL);
}

/* A third of what may be taken is left for sums, traces and the Gram matrix. */
gboolean
ew_cuda_plan_stream (EwCudaLoaded *loaded, const EwCudaWay *way, GError **error)
{
  EwCudaDevice *device = ew_cuda_device_of (loaded);
  size_t budget = ew_cuda_memory_budget (device, error);
  size_t row_bytes, halo_bytes;
  int rows;

  if (budget == 0)
    return FALSE;
  measure_planes (loaded);
  measure_rows (loaded, way, &row_bytes, &halo_bytes);
  rows = budget / 3 < halo_bytes ? 0 : (int)MIN ((budget / 3 - halo_bytes) / row_bytes, G_MAXINT / 4);
  loaded->streamed = TRUE;
  loaded->rows_max = rows / way->tile.height * way->tile.height;
  if (loaded->rows_max == 0)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_DEVICE,
                   "The device %s has %" G_GSIZE_FORMAT " MB to spare; even a few rows of this problem need more.",
                   device->base.name, budget / 1000000);
      return FALSE;
    }
  plan_buffers (loaded, way);
  return TRUE;
}

gboolean
ew_cuda_open_stream (EwCudaLoaded *loaded, GError **error)
{
  EwCudaDevice *device = ew_cuda_device_of (loaded);

  for (int b = 0; b < 2 && loaded->streamed; b++)
    if (!ew_cuda_check (device, device->driver->event_create (&loaded->free[b], EW_CUDA_EVENT_UNTIMED),
                        "Making an event", error))
      {
        loaded->free[b] = NULL;
        return FALSE;
      }
  return TRUE;
}

void
ew_cuda_close_stream (EwCudaLoaded *loaded)
{
  for (int b = 0; b < 2; b++)
    if (loaded->free[b] != NULL)
      ew_cuda_device_of (loaded)->driver->event_destroy (loaded->free[b]);
}

gboolean
ew_cuda_bring_piece (EwCudaLoaded *loaded, const EwCudaPlan *plan, int p, EwCancel *cancel, GError **error)
{
  EwCudaDevice *device = ew_cuda_device_of (loaded);
  const EwProblem *problem = loaded->base.problem;
  const EwCudaBand *band = &g_array_index (plan->bands, EwCudaBand, p);
  const EwSample *sample = &problem->samples[band->sample];
  EwCudaPlane x, y, mask;

  if (!loaded->streamed)
    return TRUE;
  x = loaded->x[band->sample];
  y = mask = loaded->y[band->sample];
  mask.data = loaded->mask_buffers[p % 2];
  x.data = loaded->x_buffers[p % 2];
  y.data = loaded->y_buffers[p % 2];
  x.height = ew_cuda_rows_needed (&plan->way.shape, band->rows);
  y.height = mask.height = band->rows;
  return ew_cuda_check (device, device->driver->stream_wait (device->copying, loaded->free[p % 2], 0),
                        "Waiting for an event", error)
         && ew_cuda_upload_bordered (device, device->copying, &x, sample->x, &problem->geometry,
                                     band->first * plan->way.shape.stride, cancel, error)
         && ew_cuda_upload_plane (device, device->copying, &y, sample->y, band->first, cancel, error)
         && (sample->mask == NULL
             || ew_cuda_upload_plane (device, device->copying, &mask, sample->mask, band->first, cancel, error));
}

gboolean
ew_cuda_release_piece (EwCudaLoaded *loaded, int p, GError **error)
{
  EwCudaDevice *device = ew_cuda_device_of (loaded);

  return !loaded->streamed
         || ew_cuda_check (device, device->driver->event_record (loaded->free[p % 2], device->stream),
                           "Recording an event", error);
}
