/* Correlation of large kernels on a CUDA device by tiled transforms (overlap-save). */
#pragma once

#include "gpu/cuda-problem.h"

G_BEGIN_DECLS

/* Whether a kernel of that size is better transformed, as far as that can be said of a device on which nothing was
 * measured (see cuda-costs.h). */
gboolean ew_cuda_fft_may_pay (int kernel_height, int kernel_width, int y_height, int y_width);

/* Rows or columns of outputs that one tile gives for a kernel of @side, and the tiles of an output. */
int ew_cuda_fft_outputs (int side);
double ew_cuda_fft_tiles (int kernel_height, int kernel_width, int y_height, int y_width);

/* Whether it can be: stride and dilation 1, a kernel of two rows and columns or more, finite values, and the library is
 * there. @mean: of x, which is taken away before, so that its size does not drown the rest. */
gboolean ew_cuda_fft_can (const EwGeometry *geometry, const EwGrid *x, const EwKernel *kernel, double *mean);

/* y = x ⋆ kernel + bias of planes on the device. FALSE without an error where the library fails: the direct kernels
 * then find out whether the device does. EW_ERROR_DEVICE, EW_ERROR_CANCELLED. */
gboolean ew_cuda_fft_correlate (EwCudaDevice *device, EwCudaPlane x, EwCudaPlane y, const EwKernel *kernel, double mean,
                                EwCancel *cancel, GError **error);

G_END_DECLS
