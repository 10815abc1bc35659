/* An opened CUDA device, and the calls that the rest of gpu/ makes to it. */
#pragma once

#include "engine/backend.h"
#include "gpu/driver.h"
#include "gpu/kernels.h"

G_BEGIN_DECLS

/* Literal kernels: their sizes. */
#define EW_CUDA_N_LITERAL 10
#define EW_CUDA_N_FUSED   EW_CUDA_FUSED_MAX

typedef enum
{
  EW_CUDA_KERNEL_BORDER,
  EW_CUDA_KERNEL_CORRELATE_WIDE,
  EW_CUDA_KERNEL_CORRELATE_GENERAL,
  EW_CUDA_KERNEL_EVALUATE_WIDE,
  EW_CUDA_KERNEL_EVALUATE_GENERAL,
  EW_CUDA_KERNEL_REDUCE,
  EW_CUDA_KERNEL_STEP,
  EW_CUDA_KERNEL_DESCEND,
  EW_CUDA_KERNEL_EXACT,
  EW_CUDA_KERNEL_GRAM,
  EW_CUDA_KERNEL_GRAM_EDGES,
  EW_CUDA_KERNEL_GRAM_FILL,
  EW_CUDA_KERNEL_FFT_GATHER,
  EW_CUDA_KERNEL_FFT_MULTIPLY,
  EW_CUDA_KERNEL_FFT_SCATTER,
  EW_CUDA_KERNEL_VIEW_ROWS,
  EW_CUDA_KERNEL_VIEW_COLUMNS,
  EW_CUDA_KERNEL_VIEW_SUM,
  EW_CUDA_KERNEL_PEAK_COPY,
  EW_CUDA_KERNEL_PEAK_MULTIPLY,
  EW_CUDA_KERNEL_CORRELATE_LITERAL, /* the first of EW_CUDA_N_LITERAL */
  EW_CUDA_KERNEL_EVALUATE_LITERAL = EW_CUDA_KERNEL_CORRELATE_LITERAL + EW_CUDA_N_LITERAL, /* of EW_CUDA_N_FUSED */
  EW_CUDA_KERNEL_LAGS
  = EW_CUDA_KERNEL_EVALUATE_LITERAL + EW_CUDA_N_FUSED, /* of EW_CUDA_N_FUSED too, by side from 1 on */
  EW_CUDA_N_KERNELS = EW_CUDA_KERNEL_LAGS + EW_CUDA_N_FUSED,
} EwCudaKernel;

/**
 * EwCudaDevice:
 * @copying: a stream for copies that go beside work
 * @staging: two pinned buffers that uploads go through, and the events of their last use; NULL before one is large
 * @multiprocessors: ≥ 1
 * @capability_major: of the compute capability
 * @float64_slowness: times as long as in float32 that a multiply-add in float64 takes
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
  EwCudaStream copying;
  EwCudaModule module;
  void *staging[2];
  EwCudaEvent staged[2];
  gboolean staging_refused;
  int multiprocessors;
  int capability_major;
  int float64_slowness;
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

/* The kernels with a size compiled in: for @side, which ew_cuda_way_init chose. */
EwCudaKernel ew_cuda_literal_kernel (gboolean fused, int side);

/* Launches a kernel of gpu/kernels.h with EW_CUDA_THREADS threads a block, on the device's stream or another;
 * @arguments point to its arguments. */
gboolean ew_cuda_launch (EwCudaDevice *device, EwCudaKernel kernel, long long grid, unsigned shared_bytes,
                         void **arguments, GError **error);
gboolean ew_cuda_launch_on (EwCudaDevice *device, EwCudaStream stream, EwCudaKernel kernel, long long grid,
                            unsigned shared_bytes, void **arguments, GError **error);

/* FALSE with EW_ERROR_CANCELLED where the flag is set. */
gboolean ew_cuda_check_cancel (EwCancel *cancel, GError **error);

/* Waits for all that was launched on the device's stream or another, then looks at @cancel: EW_ERROR_DEVICE,
 * EW_ERROR_CANCELLED. */
gboolean ew_cuda_wait (EwCudaDevice *device, EwCancel *cancel, GError **error);
gboolean ew_cuda_wait_for (EwCudaDevice *device, EwCudaStream stream, EwCancel *cancel, GError **error);

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
