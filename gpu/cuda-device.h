/* An opened CUDA device, and the calls that the rest of gpu/ makes to it. */
#pragma once

#include "engine/backend.h"
#include "gpu/driver.h"

G_BEGIN_DECLS

typedef enum
{
  EW_CUDA_CORRELATE,
  EW_CUDA_EVALUATE,
  EW_CUDA_REDUCE,
  EW_CUDA_STEP,
  EW_CUDA_N_KERNELS,
} EwCudaKernel;

/**
 * EwCudaDevice:
 * @kernels: the functions of gpu/kernels.h
 * @budget: multiply-adds that this device surely does in a tenth of a second; between looks at the cancel flag no more
 *   than about these are asked of it
 */
typedef struct
{
  EwDevice base;
  const EwCudaDriver *driver;
  EwCudaOrdinal ordinal;
  EwCudaContext context;
  EwCudaStream stream;
  EwCudaModule module;
  EwCudaFunction kernels[EW_CUDA_N_KERNELS];
  double budget;
} EwCudaDevice;

/* See EwBackend. */
void ew_cuda_describe (EwDeviceInfo *info);
EwDevice *ew_cuda_open (int threads, GError **error);
void ew_cuda_close (EwDevice *base);

/* TRUE where @status is success; else an EW_ERROR_DEVICE "WHAT failed (…)." */
gboolean ew_cuda_check (EwCudaDevice *device, EwCudaStatus status, const char *what, GError **error);

/* Makes the device's context the thread's; the first call of every entry point. Looks at @cancel too. */
gboolean ew_cuda_enter (EwCudaDevice *device, EwCancel *cancel, GError **error);

/* EW_ERROR_UNSUPPORTED where it is not valid correlation. */
gboolean ew_cuda_check_geometry (const EwGeometry *geometry, GError **error);

/* Launches a kernel of gpu/kernels.h with EW_CUDA_THREADS threads a block; @arguments point to its arguments. */
gboolean ew_cuda_launch (EwCudaDevice *device, EwCudaKernel kernel, long long grid, unsigned shared_bytes,
                         void **arguments, GError **error);

/* Waits for all that was launched, then looks at @cancel: EW_ERROR_DEVICE, EW_ERROR_CANCELLED. */
gboolean ew_cuda_wait (EwCudaDevice *device, EwCancel *cancel, GError **error);

/* The same after an error, which is what matters: nothing that was asked for still runs when it returns. */
void ew_cuda_drain (EwCudaDevice *device);

/* Copies between the machine's memory and the device's. They may still run until the next wait. */
gboolean ew_cuda_upload (EwCudaDevice *device, void *to, const void *from, size_t bytes, GError **error);
gboolean ew_cuda_download (EwCudaDevice *device, void *to, const void *from, size_t bytes, GError **error);

/* Device memory as the kernels see it, and as the driver does. */
static inline EwCudaAddress
ew_cuda_address (const void *pointer)
{
  return (EwCudaAddress)(guintptr)pointer;
}

G_END_DECLS
