/* EwFftTiling: how an output is cut for correlation by Fourier transforms, and the plans for that cut. */
#pragma once

#include "engine/fftw.h"

G_BEGIN_DECLS

/* Columns that are transformed together: one cache line of complex numbers. */
#define EW_FFT_BLOCK 8

/* The largest transforms and the most rows of one walk. */
#define EW_FFT_HEIGHT_MAX 128
#define EW_FFT_WIDTH_MAX  1024
#define EW_FFT_WALK_MAX   2048

/* Complex numbers from one row of a plane of transforms to the next: one cache line more than a row, so that the rows
 * of a column do not meet in one set of the cache. */
#define EW_FFT_PITCH(width) ((width) + EW_FFT_BLOCK)

/* The most memory that one thread works in: a ring of rows, a plane of outputs, a block of columns and one row. */
#define EW_FFT_SCRATCH_MAX                                                                                             \
  ((2 * EW_FFT_HEIGHT_MAX * EW_FFT_PITCH (EW_FFT_WIDTH_MAX) + EW_FFT_HEIGHT_MAX * EW_FFT_BLOCK + EW_FFT_WIDTH_MAX)     \
   * sizeof (EwComplex))

/**
 * EwFftTiling:
 * @height: length of the column transforms
 * @width: length of the row transforms, a multiple of EW_FFT_BLOCK
 * @tile_rows: outputs that one column transform gives, height − kernel height + 1
 * @tile_columns: outputs that one row transform gives, width − kernel width + 1
 * @n_strips: strips of tile_columns outputs, side by side
 * @n_walks: walks down each strip. A walk computes two stretches of rows at once, the real and the imaginary part of
 *   one complex transform: rows [w, w + 1) × walk_rows and rows [n_walks + w, n_walks + w + 1) × walk_rows, as far as
 *   they lie in the output
 * @walk_rows: outputs of a walk in each of its two stretches, 1 … EW_FFT_WALK_MAX
 */
typedef struct
{
  int height;
  int width;
  int tile_rows;
  int tile_columns;
  int n_strips;
  int n_walks;
  int walk_rows;
} EwFftTiling;

/* The plans of a tiling; the planes are height × EW_FFT_PITCH (width), a block is height × EW_FFT_BLOCK. */
typedef struct
{
  EwFftwPlan *row_forward;    /* a row to a row of a plane */
  EwFftwPlan *row_inverse;    /* and back */
  EwFftwPlan *column_forward; /* EW_FFT_BLOCK columns of a plane to a block */
  EwFftwPlan *column_inverse; /* and back */
} EwFftPlans;

/* The cheapest tiling for an output of that size by a count of operations: the sizes alone decide, never a timing.
 * Returns the count, about a hundredth of a nanosecond each. */
double ew_fft_tiling_choose (EwFftTiling *tiling, int output_height, int output_width, int kernel_height,
                             int kernel_width);

/* That count is never below this many operations an output. */
#define EW_FFT_TILING_LEAST 140

/* Errors as ew_fftw_plan. */
gboolean ew_fft_tiling_plan (const EwFftTiling *tiling, EwFftPlans *plans, GError **error);

G_END_DECLS
