/* EwSeparable: a kernel as a sum of one or two products of a column and a row. */
#pragma once

#include "engine/grid.h"
#include "engine/kernel.h"
#include "engine/pool.h"

G_BEGIN_DECLS

/* The largest rank. */
#define EW_SEPARABLE_RANK_MAX 2

/**
 * EwSeparable:
 * @height: as the kernel's
 * @width: as the kernel's
 * @rank: 1 … EW_SEPARABLE_RANK_MAX
 * @columns: the columns u, rounded to float32; the largest entry of each lies in [1, 2)
 * @rows: the rows v, rounded to float32
 * @taps: the kernel itself in float32, row by row
 * @error: ‖K − Σ u·vᵀ‖₁ with the rounded factors, so that no output is off by more than error · max|X|, rounding in
 *   the sums aside
 *
 * K[a, c] ≈ Σ u_r[a] · v_r[c].
 */
typedef struct
{
  int height;
  int width;
  int rank;
  float columns[EW_SEPARABLE_RANK_MAX][EW_KERNEL_SIDE_MAX];
  float rows[EW_SEPARABLE_RANK_MAX][EW_KERNEL_SIDE_MAX];
  float taps[EW_KERNEL_SIDE_MAX * EW_KERNEL_SIDE_MAX];
  double error;
} EwSeparable;

/* The best approximation (by singular values) of the smallest rank, at most @max_rank, whose error is at most
 * @tolerance · ‖K‖₁; transfer full, g_free. NULL where there is none, and for a kernel of zeros or with numbers beyond
 * float32. A tolerance of EW_SEPARABLE_EXACT is what rounding the factors alone may cost. */
EwSeparable *ew_separable_new (const EwKernel *kernel, int max_rank, double tolerance);

#define EW_SEPARABLE_EXACT (4 * 0x1p-24)

/* Y = X ⋆ Σ u·vᵀ + bias, valid geometry, in float32; y as for ew_fft_correlate. Rows first, into a scratch of at most
 * EW_SEPARABLE_SCRATCH bytes a thread, then columns. Tiles with an output that is not finite are computed again by the
 * direct loops, so that NaN and infinities come out as there. The same bits for any number of threads.
 * EW_ERROR_CANCELLED. */
gboolean ew_separable_correlate (EwPool *pool, const EwGrid *x, const EwSeparable *separable, double bias, EwGrid *y,
                                 EwCancel *cancel, GError **error);

/* Rows and columns of the outputs that are computed at a time. */
#define EW_SEPARABLE_ROWS  64
#define EW_SEPARABLE_WIDTH 256

/* What a thread works in: the rows' results for one tile, and a second term of the sum. */
#define EW_SEPARABLE_SCRATCH ((2 * EW_SEPARABLE_ROWS + EW_KERNEL_SIDE_MAX - 1) * EW_SEPARABLE_WIDTH * sizeof (float))

G_END_DECLS
