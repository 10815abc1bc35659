/* Copying planes in bands of rows. */
#include "gpu/cuda-copy.h"

#include <string.h>

/* Bytes copied between two looks at the cancel flag: some milliseconds on a slow bus. */
#define COPY_BYTES (32u << 20)

/* Of a staging buffer, and of an upload that is worth going through them. */
#define STAGING_BYTES ((size_t)4 << 20)
#define STAGED_LEAST  ((size_t)1 << 20)

/* Copies @rows rows in the direction that @kind_to says. */
static gboolean
copy_band (EwCudaDevice *device, EwCudaStream stream, float *on_device, size_t device_stride, const EwGrid *grid,
           int first, int rows, int kind_to, GError **error)
{
  EwCudaAddress address = ew_cuda_address (on_device);
  float *host = ew_grid_row (grid, first);
  size_t device_pitch = device_stride * sizeof (float);
  size_t host_pitch = grid->stride * sizeof (float);
  gboolean up = kind_to == EW_CUDA_DEVICE;
  EwCudaCopy copy = {
    .from_kind = up ? EW_CUDA_HOST : EW_CUDA_DEVICE,
    .from_host = up ? host : NULL,
    .from_device = up ? 0 : address,
    .from_pitch = up ? host_pitch : device_pitch,
    .to_kind = kind_to,
    .to_host = up ? NULL : host,
    .to_device = up ? address : 0,
    .to_pitch = up ? device_pitch : host_pitch,
    .row_bytes = (size_t)grid->width * sizeof (float),
    .height = (size_t)rows,
  };

  return ew_cuda_check (device, device->driver->copy_rows (&copy, stream),
                        up ? "Copying to the device" : "Copying from the device", error);
}

static int
rows_at_once (size_t stride)
{
  return (int)CLAMP (COPY_BYTES / (stride * sizeof (float)), 1, G_MAXINT);
}

/* Copies @rows rows of @grid from @first on, in bands. */
static gboolean
copy_directly (EwCudaDevice *device, EwCudaStream stream, float *on_device, size_t device_stride, const EwGrid *grid,
               int first, int rows, int kind_to, EwCancel *cancel, GError **error)
{
  int band = rows_at_once (device_stride);

  for (int done = 0, now; done < rows; done += now)
    {
      now = MIN (band, rows - done);
      if (!copy_band (device, stream, on_device + (size_t)done * device_stride, device_stride, grid, first + done, now,
                      kind_to, error)
          || (now == band && !ew_cuda_wait_for (device, stream, cancel, error)))
        return FALSE;
    }
  return TRUE;
}

/* Whether there are staging buffers; without them copies are slower, and right. */
static gboolean
has_staging (EwCudaDevice *device)
{
  const EwCudaDriver *driver = device->driver;

  for (int b = 0; b < 2 && !device->staging_refused; b++)
    {
      if (device->staging[b] == NULL && driver->host_alloc (&device->staging[b], STAGING_BYTES, 0) != EW_CUDA_SUCCESS)
        {
          device->staging[b] = NULL;
          device->staging_refused = TRUE;
        }
      else if (device->staged[b] == NULL
               && driver->event_create (&device->staged[b], EW_CUDA_EVENT_UNTIMED) != EW_CUDA_SUCCESS)
        {
          device->staged[b] = NULL;
          device->staging_refused = TRUE;
        }
    }
  return !device->staging_refused;
}

void
ew_cuda_close_staging (EwCudaDevice *device)
{
  for (int b = 0; b < 2; b++)
    {
      if (device->staged[b] != NULL)
        device->driver->event_destroy (device->staged[b]);
      if (device->staging[b] != NULL)
        device->driver->host_free (device->staging[b]);
    }
}

/* One buffer's load: once its last use has ended, rows without gaps, and off they go. */
static gboolean
copy_buffer (EwCudaDevice *device, EwCudaStream stream, int b, float *on_device, size_t device_stride,
             const EwGrid *grid, int first, int rows, GError **error)
{
  size_t row_bytes = (size_t)grid->width * sizeof (float);
  char *staging = device->staging[b];
  EwCudaCopy copy = {
    .from_kind = EW_CUDA_HOST,
    .from_host = staging,
    .from_pitch = row_bytes,
    .to_kind = EW_CUDA_DEVICE,
    .to_device = ew_cuda_address (on_device),
    .to_pitch = device_stride * sizeof (float),
    .row_bytes = row_bytes,
    .height = (size_t)rows,
  };

  if (!ew_cuda_check (device, device->driver->event_synchronize (device->staged[b]), "The work on the device", error))
    return FALSE;
  for (int i = 0; i < rows; i++)
    memcpy (staging + (size_t)i * row_bytes, ew_grid_row (grid, first + i), row_bytes);
  return ew_cuda_check (device, device->driver->copy_rows (&copy, stream), "Copying to the device", error)
         && ew_cuda_check (device, device->driver->event_record (device->staged[b], stream), "Recording an event",
                           error);
}

/* Through the staging buffers in turn: one is filled while the other is on its way. */
static gboolean
copy_staged (EwCudaDevice *device, EwCudaStream stream, float *on_device, size_t device_stride, const EwGrid *grid,
             int first, int rows, EwCancel *cancel, GError **error)
{
  int band = (int)CLAMP (STAGING_BYTES / ((size_t)grid->width * sizeof (float)), 1, G_MAXINT);

  for (int done = 0, b = 0, now; done < rows; done += now, b = 1 - b)
    {
      now = MIN (band, rows - done);
      if (!copy_buffer (device, stream, b, on_device + (size_t)done * device_stride, device_stride, grid, first + done,
                        now, error)
          || !ew_cuda_check_cancel (cancel, error))
        return FALSE;
    }
  return TRUE;
}

/* A buffer's load on its way down. */
static gboolean
fetch_buffer (EwCudaDevice *device, EwCudaStream stream, int b, const float *on_device, size_t device_stride,
              size_t row_bytes, int rows, GError **error)
{
  EwCudaCopy copy = {
    .from_kind = EW_CUDA_DEVICE,
    .from_device = ew_cuda_address (on_device),
    .from_pitch = device_stride * sizeof (float),
    .to_kind = EW_CUDA_HOST,
    .to_host = device->staging[b],
    .to_pitch = row_bytes,
    .row_bytes = row_bytes,
    .height = (size_t)rows,
  };

  return ew_cuda_check (device, device->driver->copy_rows (&copy, stream), "Copying from the device", error)
         && ew_cuda_check (device, device->driver->event_record (device->staged[b], stream), "Recording an event",
                           error);
}

/* The other way: band n goes through buffer n % 2, and the one before it is emptied meanwhile. */
static gboolean
fetch_staged (EwCudaDevice *device, EwCudaStream stream, const float *on_device, size_t device_stride,
              const EwGrid *grid, int first, int rows, EwCancel *cancel, GError **error)
{
  size_t row_bytes = (size_t)grid->width * sizeof (float);
  int band = (int)CLAMP (STAGING_BYTES / row_bytes, 1, G_MAXINT);

  for (int n = 0; (n - 1) * band < rows; n++)
    {
      int begin = n * band;
      int before = begin - band;
      int b = 1 - n % 2;

      if (begin < rows
          && !fetch_buffer (device, stream, n % 2, on_device + (size_t)begin * device_stride, device_stride, row_bytes,
                            MIN (band, rows - begin), error))
        return FALSE;
      if (n == 0)
        continue;
      if (!ew_cuda_check (device, device->driver->event_synchronize (device->staged[b]), "The work on the device",
                          error)
          || !ew_cuda_check_cancel (cancel, error))
        return FALSE;
      for (int i = 0; i < MIN (band, rows - before); i++)
        memcpy (ew_grid_row (grid, first + before + i), (char *)device->staging[b] + (size_t)i * row_bytes, row_bytes);
    }
  return TRUE;
}

static gboolean
copy_rows (EwCudaDevice *device, EwCudaStream stream, float *on_device, size_t device_stride, const EwGrid *grid,
           int first, int rows, int kind_to, EwCancel *cancel, GError **error)
{
  size_t row_bytes = (size_t)grid->width * sizeof (float);

  if (row_bytes * (size_t)rows >= STAGED_LEAST && row_bytes <= STAGING_BYTES && has_staging (device))
    return kind_to == EW_CUDA_DEVICE ? copy_staged (device, stream, on_device, device_stride, grid, first, rows, cancel,
                                                    error)
                                     : fetch_staged (device, stream, on_device, device_stride, grid, first, rows,
                                                     cancel, error);
  return copy_directly (device, stream, on_device, device_stride, grid, first, rows, kind_to, cancel, error);
}

gboolean
ew_cuda_upload_plane (EwCudaDevice *device, EwCudaStream stream, const EwCudaPlane *plane, const EwGrid *grid,
                      int first, EwCancel *cancel, GError **error)
{
  return copy_rows (device, stream, plane->data, (size_t)plane->stride, grid, first, plane->height, EW_CUDA_DEVICE,
                    cancel, error)
         && ew_cuda_wait_for (device, stream, cancel, error);
}

gboolean
ew_cuda_download_plane (EwCudaDevice *device, EwCudaStream stream, EwGrid *grid, const EwCudaPlane *plane, int first,
                        EwCancel *cancel, GError **error)
{
  return copy_rows (device, stream, plane->data, (size_t)plane->stride, grid, first, plane->height, EW_CUDA_HOST,
                    cancel, error)
         && ew_cuda_wait_for (device, stream, cancel, error);
}

/* The rows that the grid has, wherever the border repeats them; those of zeros stay. */
static gboolean
upload_rows (EwCudaDevice *device, EwCudaStream stream, const EwCudaPlane *plane, const EwGrid *grid,
             const EwGeometry *geometry, int first, EwCancel *cancel, GError **error)
{
  for (int row = 0, rows; row < plane->height; row += rows)
    {
      gint64 from = ew_geometry_border_index (geometry->border, (gint64)first + row - geometry->top, grid->height);

      rows = 1;
      if (from < 0)
        continue;
      while (row + rows < plane->height
             && ew_geometry_border_index (geometry->border, (gint64)first + row + rows - geometry->top, grid->height)
                    == from + rows)
        rows++;
      if (!copy_rows (device, stream, plane->data + (size_t)row * (size_t)plane->stride + geometry->left,
                      (size_t)plane->stride, grid, (int)from, rows, EW_CUDA_DEVICE, cancel, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
ew_cuda_upload_bordered (EwCudaDevice *device, EwCudaStream stream, const EwCudaPlane *plane, const EwGrid *grid,
                         const EwGeometry *geometry, int first, EwCancel *cancel, GError **error)
{
  int left = geometry->left;
  int right = geometry->right;
  int border = (int)geometry->border;
  EwCudaPlane argument = *plane;
  void *arguments[] = { &argument, &left, &right, &border };
  size_t bytes = (size_t)plane->height * (size_t)plane->stride * sizeof (float);

  return ew_cuda_check (device, device->driver->memory_set (ew_cuda_address (plane->data), 0, bytes, stream),
                        "Clearing device memory", error)
         && upload_rows (device, stream, plane, grid, geometry, first, cancel, error)
         && (left + right == 0 || geometry->border == EW_BORDER_ZERO
             || ew_cuda_launch_on (device, stream, EW_CUDA_KERNEL_BORDER, MIN (plane->height, 65535), 0, arguments,
                                   error))
         && ew_cuda_wait_for (device, stream, cancel, error);
}
