/* The inner loops, written once on GCC's vector types; each instruction set compiles them with its own flags.
 *
 * Before including: EW_VECTOR_BYTES, EW_REGISTERS (how many there are), EW_COLUMNS (vectors side by side in a block of
 * 6 rows, so that it fits them), EW_HELD_TAPS (taps that fit them besides, with one vector of x), EW_TAP_ROWS and
 * EW_TAP_COLUMNS (3; taps whose sums the gradient keeps in registers at once), EW_KERNELS (the table's name),
 * EW_KERNELS_ID and EW_KERNELS_TITLE. */
#pragma once

#include "engine/cpu-kernels.h"

#include "engine/cpu-correlate-impl.h"
#include "engine/cpu-gathered-impl.h"
#include "engine/cpu-gradient-impl.h"

/* Sums kept apart, so that no addition waits for the one before it. */
#define CHAINS 4

/* The sums of one row. */
ALWAYS_INLINE void
sums_of_row (const float *r, int width, Vector sums[CHAINS], Vector squares[CHAINS], const gboolean both)
{
  int j = 0;

  for (; j + CHAINS * LANES <= width; j += CHAINS * LANES)
#pragma GCC unroll 4
    for (int k = 0; k < CHAINS; k++)
      {
        Vector value = load (r + j + k * LANES);

        squares[k] += value * value;
        if (both)
          sums[k] += value;
      }
  for (; j < width; j += LANES)
    {
      Vector value = j + LANES <= width ? load (r + j) : load_first (r + j, width - j);

      squares[0] += value * value;
      if (both)
        sums[0] += value;
    }
}

ALWAYS_INLINE void
sums_of_rows (const float *r, size_t r_stride, int rows, int width, double *sum, double *squares, const gboolean both)
{
  Vector chains[CHAINS] = { 0 };
  Vector square_chains[CHAINS] = { 0 };

  for (int i = 0; i < rows; i++, r += r_stride)
    sums_of_row (r, width, chains, square_chains, both);
  for (int k = 1; k < CHAINS; k++)
    {
      chains[0] += chains[k];
      square_chains[0] += square_chains[k];
    }
  if (both)
    *sum += sum_of_lanes (chains[0]);
  *squares += sum_of_lanes (square_chains[0]);
}

static void
sums (const float *r, size_t r_stride, int rows, int width, double *sum, double *squares)
{
  if (sum != NULL)
    sums_of_rows (r, r_stride, rows, width, sum, squares, TRUE);
  else
    sums_of_rows (r, r_stride, rows, width, sum, squares, FALSE);
}

const EwCpuKernels EW_KERNELS = {
  .id = EW_KERNELS_ID,
  .title = EW_KERNELS_TITLE,
  .correlate = correlate,
  .correlate_hinted = correlate_hinted,
  .correlate_gathered = correlate_gathered,
  .sums = sums,
  .gradient = gradient,
  .gradient_gathered = gradient_gathered,
};
