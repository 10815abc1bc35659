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

gboolean
ew_cuda_check_cancel (EwCancel *cancel, GError **error)
{
  if (cancel == NULL || atomic_load_explicit (cancel, memory_order_relaxed) == 0)
    return TRUE;
  g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
  return FALSE;
}

gboolean
ew_cuda_enter (EwCudaDevice *device, EwCancel *cancel, GError **error)
{
  return ew_cuda_check_cancel (cancel, error)
         && ew_cuda_check (device, device->driver->context_set_current (device->context), "Turning to the device",
                           error);
}

gboolean
ew_cuda_launch_on (EwCudaDevice *device, EwCudaStream stream, EwCudaKernel kernel, long long grid,
                   unsigned shared_bytes, void **arguments, GError **error)
{
  EwCudaStatus status = device->driver->launch (device->kernels[kernel], (unsigned)grid, 1, 1, EW_CUDA_THREADS, 1, 1,
                                                shared_bytes, stream, arguments, NULL);

  return ew_cuda_check (device, status, "Starting work on the device", error);
}

gboolean
ew_cuda_launch (EwCudaDevice *device, EwCudaKernel kernel, long long grid, unsigned shared_bytes, void **arguments,
                GError **error)
{
  return ew_cuda_launch_on (device, device->stream, kernel, grid, shared_bytes, arguments, error);
}

gboolean
ew_cuda_wait_for (EwCudaDevice *device, EwCudaStream stream, EwCancel *cancel, GError **error)
{
  return ew_cuda_check (device, device->driver->stream_synchronize (stream), "The work on the device", error)
         && ew_cuda_check_cancel (cancel, error);
}

gboolean
ew_cuda_wait (EwCudaDevice *device, EwCancel *cancel, GError **error)
{
  return ew_cuda_wait_for (device, device->stream, cancel, error);
}

void
ew_cuda_drain (EwCudaDevice *device)
{
  device->driver->stream_synchronize (device->copying);
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
