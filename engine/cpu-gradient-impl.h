/* The gradient Σ r[i, j] · x[i + a, j + c] of a tile, register-blocked over taps: A × C sums stay in registers while
 * the walk goes down columns of vectors. Each row of x is loaded C times, once a shift, and meets the A rows of r above
 * it, which wait in registers; each row of r is loaded once. */
#pragma once

#include "engine/cpu-vector-impl.h"

/* Row @u of x against the residual rows u − low … u − high, which are hold[low … high]. */
ALWAYS_INLINE void
gradient_row (const float *x, const Vector *hold, Vector sum[EW_TAP_ROWS][EW_TAP_COLUMNS], const int low,
              const int high, const int C, int x_step, const gboolean partial, int lanes)
{
#pragma GCC unroll 8
  for (int c = 0; c < C; c++)
    {
      Vector in = partial ? load_first (x + c * x_step, lanes) : load (x + c * x_step);

      IN_REGISTER (in);
#pragma GCC unroll 8
      for (int a = low; a <= high; a++)
        sum[a][c] += hold[a] * in;
    }
}

/* The next row of r; the others move on. */
ALWAYS_INLINE void
gradient_hold (Vector *hold, const float *r, const int A, const gboolean partial, int lanes)
{
#pragma GCC unroll 8
  for (int a = A - 1; a > 0; a--)
    hold[a] = hold[a - 1];
  hold[0] = partial ? load_first (r, lanes) : load (r);
}

/* One column of vectors, @rows ≥ A. */
ALWAYS_INLINE void
gradient_column (const float *x, size_t x_stride, const float *r, size_t r_stride, int rows,
                 Vector sum[EW_TAP_ROWS][EW_TAP_COLUMNS], const int A, const int C, int x_step, const gboolean partial,
                 int lanes)
{
  Vector hold[EW_TAP_ROWS];

#pragma GCC unroll 8
  for (int a = 0; a < A; a++)
    hold[a] = (Vector){ 0 };
#pragma GCC unroll 8
  for (int u = 0; u < A - 1; u++, x += x_stride, r += r_stride)
    {
      gradient_hold (hold, r, A, partial, lanes);
      gradient_row (x, hold, sum, 0, u, C, x_step, partial, lanes);
    }
  for (int u = A - 1; u < rows; u++, x += x_stride, r += r_stride)
    {
      gradient_hold (hold, r, A, partial, lanes);
      gradient_row (x, hold, sum, 0, A - 1, C, x_step, partial, lanes);
    }
    /* Below the last row of r only its upper neighbours are left; nothing moves any more. */
#pragma GCC unroll 8
  for (int below = 1; below < A; below++, x += x_stride)
    {
#pragma GCC unroll 8
      for (int a = A - 1; a > 0; a--)
        hold[a] = hold[a - 1];
      gradient_row (x, hold, sum, below, A - 1, C, x_step, partial, lanes);
    }
}

/* Adds the sums of A × C taps to sums[a * kw + c]. */
ALWAYS_INLINE void
gradient_taps (const float *x, size_t x_stride, const float *r, size_t r_stride, int rows, int width, int kw,
               int x_step, double *sums, const int A, const int C)
{
  Vector sum[EW_TAP_ROWS][EW_TAP_COLUMNS];
  int j = 0;

#pragma GCC unroll 8
  for (int a = 0; a < A; a++)
#pragma GCC unroll 8
    for (int c = 0; c < C; c++)
      sum[a][c] = (Vector){ 0 };
  for (; j + LANES <= width; j += LANES)
    gradient_column (x + j, x_stride, r + j, r_stride, rows, sum, A, C, x_step, FALSE, LANES);
  if (j < width)
    gradient_column (x + j, x_stride, r + j, r_stride, rows, sum, A, C, x_step, TRUE, width - j);
#pragma GCC unroll 8
  for (int a = 0; a < A; a++)
#pragma GCC unroll 8
    for (int c = 0; c < C; c++)
      sums[a * kw + c] += sum_of_lanes (sum[a][c]);
}

typedef void (*Gradient) (const float *x, size_t x_stride, const float *r, size_t r_stride, int rows, int width, int kw,
                          int x_step, double *sums);

#define GRADIENT(A, C)                                                                                                 \
  static __attribute__ ((noinline)) void gradient_##A##_##C (const float *x, size_t x_stride, const float *r,          \
                                                             size_t r_stride, int rows, int width, int kw, int x_step, \
                                                             double *sums)                                             \
  {                                                                                                                    \
    gradient_taps (x, x_stride, r, r_stride, rows, width, kw, x_step, sums, A, C);                                     \
  }

#define GRADIENTS(A) GRADIENT (A, 1) GRADIENT (A, 2) GRADIENT (A, 3)
#define NAMES(A)                                                                                                       \
  {                                                                                                                    \
    gradient_##A##_1, gradient_##A##_2, gradient_##A##_3                                                               \
  }

GRADIENTS (1)
GRADIENTS (2)
GRADIENTS (3)
#if EW_TAP_ROWS > 3
GRADIENTS (4)
GRADIENTS (5)
GRADIENTS (6)
GRADIENTS (7)
#endif

static const Gradient gradients[EW_TAP_ROWS][EW_TAP_COLUMNS] = {
  NAMES (1), NAMES (2), NAMES (3),
#if EW_TAP_ROWS > 3
  NAMES (4), NAMES (5), NAMES (6), NAMES (7),
#endif
};

/* The size of the first of the blocks, about equal, of at most @most that n is cut into. */
static int
share (int n, int most)
{
  int blocks = (n + most - 1) / most;

  return (n + blocks - 1) / blocks;
}

static void
gradient (const float *x, size_t x_stride, const float *r, size_t r_stride, int kh, int kw, int rows, int width,
          int x_step, double *sums)
{
  int most = MIN (EW_TAP_ROWS, rows);

  for (int a = 0, n_rows; a < kh; a += n_rows)
    {
      n_rows = share (kh - a, most);
      for (int c = 0, n_columns; c < kw; c += n_columns)
        {
          n_columns = share (kw - c, EW_TAP_COLUMNS);
          gradients[n_rows - 1][n_columns - 1](x + (size_t)a * x_stride + (size_t)c * (size_t)x_step, x_stride, r,
                                               r_stride, rows, width, kw, x_step, sums + a * kw + c);
        }
    }
}
