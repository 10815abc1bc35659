/* The inner loops, written once on GCC's vector types; each instruction set compiles them with its own flags.
 *
 * Before including: EW_VECTOR_BYTES, EW_COLUMNS (vectors side by side in a block of 6 rows, so that it fits the
 * registers), EW_KERNELS (the table's name), EW_KERNELS_ID and EW_KERNELS_TITLE. */
#pragma once

#include "engine/cpu-kernels.h"

#include "engine/cpu-correlate-impl.h"

static void
residual (float *r, const float *y, int width, double *sum, double *squares)
{
  Vector sums = { 0 };
  Vector square_sums = { 0 };
  double tail = 0;
  double square_tail = 0;
  int j = 0;

  for (; j + LANES <= width; j += LANES)
    {
      Vector value = load (r + j) - load (y + j);

      store (r + j, value);
      sums += value;
      square_sums += value * value;
    }
  for (; j < width; j++)
    {
      r[j] -= y[j];
      tail += (double)r[j];
      square_tail += (double)r[j] * (double)r[j];
    }
  *sum += tail + sum_of_lanes (sums);
  *squares += square_tail + sum_of_lanes (square_sums);
}

/* Adds Σ r[i, j] · x[i, j + c] to sums[c], c = 0 … T − 1; T is literal. */
ALWAYS_INLINE void
gradient_taps (const float *x, size_t x_stride, const float *r, size_t r_stride, int rows, int width, double *sums,
               const int T)
{
  Vector sum[8];
  float tail[8];

#pragma GCC unroll 8
  for (int c = 0; c < T; c++)
    {
      sum[c] = (Vector){ 0 };
      tail[c] = 0;
    }
  for (int i = 0; i < rows; i++)
    {
      const float *residual = r + i * r_stride;
      const float *from = x + i * x_stride;
      int j = 0;

      for (; j + LANES <= width; j += LANES)
        {
          Vector value = load (residual + j);

#pragma GCC unroll 8
          for (int c = 0; c < T; c++)
            sum[c] += value * load (from + j + c);
        }
      for (; j < width; j++)
#pragma GCC unroll 8
        for (int c = 0; c < T; c++)
          tail[c] += residual[j] * from[j + c];
    }
#pragma GCC unroll 8
  for (int c = 0; c < T; c++)
    sums[c] += (double)tail[c] + sum_of_lanes (sum[c]);
}

static void
gradient (const float *x, size_t x_stride, const float *r, size_t r_stride, int kh, int kw, int rows, int width,
          double *sums)
{
  for (int a = 0; a < kh; a++)
    {
      const float *from = x + a * x_stride;
      double *to = sums + a * kw;
      int c = 0;

      for (; c + 8 <= kw; c += 8)
        gradient_taps (from + c, x_stride, r, r_stride, rows, width, to + c, 8);
      for (; c + 3 <= kw; c += 3)
        gradient_taps (from + c, x_stride, r, r_stride, rows, width, to + c, 3);
      for (; c < kw; c++)
        gradient_taps (from + c, x_stride, r, r_stride, rows, width, to + c, 1);
    }
}

const EwCpuKernels EW_KERNELS = { EW_KERNELS_ID, EW_KERNELS_TITLE, correlate, correlate_streaming, residual, gradient };
