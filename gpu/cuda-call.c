/* Calls to the driver with their statuses checked. */
#include "gpu/cuda-device.h"
#include "gpu/kernels.h"

gboolean
ew_cuda_check (EwCudaDevice *device, EwCudaStatus status, const char *what, GError **error)
{
  if (status == EW_CUDA_SUCCESS)
    return TRUE;
  ew_cuda_driver_set_error (device->driver, status, what, error);
  return FALSE;
}

static gboolean
check_cancel (EwCancel *cancel, GError **error)
{
  if (cancel == NULL || atomic_load_explicit (cancel, memory_order_relaxed) == 0)
    return TRUE;
  g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
  return FALSE;
}

gboolean
ew_cuda_enter (EwCudaDevice *device, EwCancel *cancel, GError **error)
{
  return check_cancel (cancel, error)
         && ew_cuda_check (device, device->driver->context_set_current (device->context), "Turning to the device",
                           error);
}

gboolean
ew_cuda_check_geometry (const EwGeometry *geometry, GError **error)
{
  if (ew_geometry_is_valid (geometry))
    return TRUE;
  g_set_error_literal (
      error, EW_ERROR, EW_ERROR_UNSUPPORTED,
      "An NVIDIA device does valid correlation only: no padding, stride 1, dilation 1. The CPU does the rest.");
  return FALSE;
}

gboolean
ew_cuda_launch (EwCudaDevice *device, EwCudaKernel kernel, long long grid, unsigned shared_bytes, void **arguments,
                GError **error)
{
  EwCudaStatus status = device->driver->launch (device->kernels[kernel], (unsigned)grid, 1, 1, EW_CUDA_THREADS, 1, 1,
                                                shared_bytes, device->stream, arguments, NULL);

  return ew_cuda_check (device, status, "Starting work on the device", error);
}

gboolean
ew_cuda_wait (EwCudaDevice *device, EwCancel *cancel, GError **error)
{
  return ew_cuda_check (device, device->driver->stream_synchronize (device->stream), "The work on the device", error)
         && check_cancel (cancel, error);
}

void
ew_cuda_drain (EwCudaDevice *device)
{
  device->driver->stream_synchronize (device->stream);
}

gboolean
ew_cuda_upload (EwCudaDevice *device, void *to, const void *from, size_t bytes, GError **error)
{
  return ew_cuda_check (device, device->driver->upload (ew_cuda_address (to), from, bytes, device->stream),
                        "Copying to the device", error);
}

gboolean
ew_cuda_download (EwCudaDevice *device, void *to, const void *from, size_t bytes, GError **error)
{
  return ew_cuda_check (device, device->driver->download (to, ew_cuda_address (from), bytes, device->stream),
                        "Copying from the device", error);
}
