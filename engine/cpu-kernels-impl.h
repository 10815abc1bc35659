/* The inner loops, written once on GCC's vector types; each instruction set compiles them with its own flags.
 *
 * Before including: EW_VECTOR_BYTES, EW_KERNELS (the table's name), EW_KERNELS_ID and EW_KERNELS_TITLE. */
#pragma once

#include "engine/cpu-kernels.h"

#define LANES ((int)(EW_VECTOR_BYTES / sizeof (float)))

typedef float Vector __attribute__ ((vector_size (EW_VECTOR_BYTES), may_alias));
/* The same, at any float's address. */
typedef float Unaligned __attribute__ ((vector_size (EW_VECTOR_BYTES), aligned (4), may_alias));

#define ALWAYS_INLINE static inline __attribute__ ((always_inline))

ALWAYS_INLINE Vector
load (const float *from)
{
  return *(const Unaligned *)from;
}

ALWAYS_INLINE void
store (float *to, Vector v)
{
  *(Unaligned *)to = v;
}

/* One block of R rows × C vectors of outputs, held in registers while all taps pass. R and C are literal at every call,
 * so that the loops over them unroll and `sum` never lives in memory. */
ALWAYS_INLINE void
correlate_block (const float *x, size_t x_stride, const float *taps, int kh, int kw, float bias, float *y,
                 size_t y_stride, const int R, const int C)
{
  Vector sum[4][4];

#pragma GCC unroll 4
  for (int r = 0; r < R; r++)
#pragma GCC unroll 4
    for (int v = 0; v < C; v++)
      sum[r][v] = bias - (Vector){ 0 };
  for (int a = 0; a < kh; a++)
    for (int c = 0; c < kw; c++)
      {
        Vector tap = taps[a * kw + c] - (Vector){ 0 };
        const float *from = x + a * x_stride + c;

#pragma GCC unroll 4
        for (int r = 0; r < R; r++)
#pragma GCC unroll 4
          for (int v = 0; v < C; v++)
            sum[r][v] += tap * load (from + r * x_stride + v * LANES);
      }
#pragma GCC unroll 4
  for (int r = 0; r < R; r++)
#pragma GCC unroll 4
    for (int v = 0; v < C; v++)
      store (y + r * y_stride + v * LANES, sum[r][v]);
}

static float
correlate_one (const float *x, size_t x_stride, const float *taps, int kh, int kw, float bias)
{
  float sum = bias;

  for (int a = 0; a < kh; a++)
    for (int c = 0; c < kw; c++)
      sum += taps[a * kw + c] * x[a * x_stride + c];
  return sum;
}

/* R rows of outputs: wide blocks, then single vectors; the last vector may overlap the one before it, which writes the
 * same values twice. */
ALWAYS_INLINE void
correlate_rows (const float *x, size_t x_stride, const float *taps, int kh, int kw, float bias, float *y,
                size_t y_stride, int width, const int R)
{
  int j = 0;

  for (; j + 4 * LANES <= width; j += 4 * LANES)
    correlate_block (x + j, x_stride, taps, kh, kw, bias, y + j, y_stride, R, 4);
  for (; j + LANES <= width; j += LANES)
    correlate_block (x + j, x_stride, taps, kh, kw, bias, y + j, y_stride, R, 1);
  if (j == width)
    return;
  if (width >= LANES)
    {
      j = width - LANES;
      correlate_block (x + j, x_stride, taps, kh, kw, bias, y + j, y_stride, R, 1);
      return;
    }
  for (int r = 0; r < R; r++)
    for (int column = j; column < width; column++)
      y[r * y_stride + column] = correlate_one (x + r * x_stride + column, x_stride, taps, kh, kw, bias);
}

static void
correlate (const float *x, size_t x_stride, const float *taps, int kh, int kw, float bias, float *y, size_t y_stride,
           int rows, int width)
{
  int i = 0;

  for (; i + 2 <= rows; i += 2)
    correlate_rows (x + i * x_stride, x_stride, taps, kh, kw, bias, y + i * y_stride, y_stride, width, 2);
  if (i < rows)
    correlate_rows (x + i * x_stride, x_stride, taps, kh, kw, bias, y + i * y_stride, y_stride, width, 1);
}

static double
sum_of_lanes (Vector v)
{
  double total = 0;

  for (int lane = 0; lane < LANES; lane++)
    total += (double)v[lane];
  return total;
}

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

const EwCpuKernels EW_KERNELS = { EW_KERNELS_ID, EW_KERNELS_TITLE, correlate, residual, gradient };
