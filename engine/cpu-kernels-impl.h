/* The inner loops, written once on GCC's vector types; each instruction set compiles them with its own flags.
 *
 * Before including: EW_VECTOR_BYTES, EW_COLUMNS (vectors side by side in a block of 6 rows, so that it fits the
 * registers), EW_TAP_ROWS and EW_TAP_COLUMNS (3; taps whose sums the gradient keeps in registers at once), EW_KERNELS
 * (the table's name), EW_KERNELS_ID and EW_KERNELS_TITLE. */
#pragma once

#include "engine/cpu-kernels.h"

#include "engine/cpu-correlate-impl.h"
#include "engine/cpu-gathered-impl.h"
#include "engine/cpu-gradient-impl.h"

/* Sums kept apart, so that no addition waits for the one before it. */
#define CHAINS 4

ALWAYS_INLINE void
residual_vector (float *r, const float *y, const gboolean partial, int lanes, Vector *sum, Vector *squares)
{
  Vector value = partial ? load_first (r, lanes) - load_first (y, lanes) : load (r) - load (y);

  if (partial)
    store_first (r, value, lanes);
  else
    store (r, value);
  *sum += value;
  *squares += value * value;
}

static void
residual (float *r, size_t r_stride, const float *y, size_t y_stride, int rows, int width, double *sum, double *squares)
{
  Vector sums[CHAINS] = { 0 };
  Vector square_sums[CHAINS] = { 0 };

  for (int i = 0; i < rows; i++, r += r_stride, y += y_stride)
    {
      int j = 0;

      for (; j + CHAINS * LANES <= width; j += CHAINS * LANES)
#pragma GCC unroll 4
        for (int k = 0; k < CHAINS; k++)
          residual_vector (r + j + k * LANES, y + j + k * LANES, FALSE, LANES, &sums[k], &square_sums[k]);
      for (; j + LANES <= width; j += LANES)
        residual_vector (r + j, y + j, FALSE, LANES, &sums[0], &square_sums[0]);
      if (j < width)
        residual_vector (r + j, y + j, TRUE, width - j, &sums[0], &square_sums[0]);
    }
  for (int k = 1; k < CHAINS; k++)
    {
      sums[0] += sums[k];
      square_sums[0] += square_sums[k];
    }
  *sum += sum_of_lanes (sums[0]);
  *squares += sum_of_lanes (square_sums[0]);
}

const EwCpuKernels EW_KERNELS = {
  .id = EW_KERNELS_ID,
  .title = EW_KERNELS_TITLE,
  .correlate = correlate,
  .correlate_hinted = correlate_hinted,
  .correlate_gathered = correlate_gathered,
  .residual = residual,
  .gradient = gradient,
  .gradient_gathered = gradient_gathered,
};
