/* Correlation by tiled Fourier transforms (overlap-save): what it costs hardly grows with the kernel. */
#pragma once

#include "engine/grid.h"
#include "engine/kernel.h"
#include "engine/pool.h"

G_BEGIN_DECLS

/**
 * ew_fft_correlate:
 * @y: (x->height − kernel->height + 1) × (x->width − kernel->width + 1), not @x
 *
 * Y = X ⋆ K + bias, valid geometry. Each tile's mean is taken away first and comes back in float64 with the bias, so
 * that the error of an output is of the order of 2⁻²⁴ · log₂(tile) · ‖K‖₂ · ‖X − mean‖₂ over its tile. Outputs whose
 * window holds NaN, infinity or a value so large that a transform could overflow (around 10²⁷) are computed directly:
 * nothing spreads to outputs that do not touch it. The same bits for any number of threads; at most
 * EW_FFT_SCRATCH_MAX (fft-tiling.h) bytes a thread.
 *
 * EW_ERROR_UNSUPPORTED where there is no FFTW, EW_ERROR_TOO_LARGE where there is not enough memory, EW_ERROR_CANCELLED.
 */
gboolean ew_fft_correlate (EwPool *pool, const EwGrid *x, const EwKernel *kernel, EwGrid *y, EwCancel *cancel,
                           GError **error);

G_END_DECLS
