/* The gradient Σ r[i, j] · x[i + a, j + c] of a tile, register-blocked over taps: A × C sums stay in registers while
 * the walk goes down columns of V vectors side by side. Each row of x is loaded C times, once a shift, and meets the A
 * rows of r above it, which wait in registers; each row of r is loaded once. Few taps have several vectors' sums apart,
 * so that no addition waits for the one before it. */
#pragma once

#include "engine/cpu-vector-impl.h"

/* Vectors side by side for A × C taps, as many as the registers hold with their rows of r. */
#define TAP_REGISTERS(A, C) ((A) * (C) + (A))
#define TAP_VECTORS(A, C)                                                                                              \
  (4 * TAP_REGISTERS (A, C) < EW_REGISTERS - 1 ? 4 : 2 * TAP_REGISTERS (A, C) < EW_REGISTERS - 1 ? 2 : 1)

typedef Vector TapSums[EW_TAP_ROWS][EW_TAP_COLUMNS][4];
typedef Vector HeldRows[EW_TAP_ROWS][4];

/* Row @u of x against the residual rows u − low … u − high, which are hold[low … high]. @lanes: of a last vector that
 * is not whole, otherwise 0. */
ALWAYS_INLINE void
gradient_row (const float *x, HeldRows hold, TapSums sum, const int low, const int high, const int C, const int V,
              int x_step, const gboolean partial, int lanes)
{
#pragma GCC unroll 4
  for (int v = 0; v < V; v++)
#pragma GCC unroll 8
    for (int c = 0; c < C; c++)
      {
        const float *from = x + v * LANES + c * x_step;
        Vector in = partial ? load_first (from, lanes) : load (from);

        IN_REGISTER (in);
#pragma GCC unroll 8
        for (int a = low; a <= high; a++)
          sum[a][c][v] += hold[a][v] * in;
      }
}

/* The rows of r move on. */
ALWAYS_INLINE void
gradient_move (HeldRows hold, const int A, const int V)
{
#pragma GCC unroll 8
  for (int a = A - 1; a > 0; a--)
#pragma GCC unroll 4
    for (int v = 0; v < V; v++)
      hold[a][v] = hold[a - 1][v];
}

/* The next one comes in. */
ALWAYS_INLINE void
gradient_hold (HeldRows hold, const float *r, const int A, const int V, const gboolean partial, int lanes)
{
  gradient_move (hold, A, V);
#pragma GCC unroll 4
  for (int v = 0; v < V; v++)
    hold[0][v] = partial ? load_first (r, lanes) : load (r + v * LANES);
}

/* One column of V vectors, @rows ≥ A. */
ALWAYS_INLINE void
gradient_column (const float *x, size_t x_stride, const float *r, size_t r_stride, int rows, TapSums sum, const int A,
                 const int C, const int V, int x_step, const gboolean partial, int lanes)
{
  HeldRows hold;

#pragma GCC unroll 8
  for (int a = 0; a < A; a++)
#pragma GCC unroll 4
    for (int v = 0; v < V; v++)
      hold[a][v] = (Vector){ 0 };
#pragma GCC unroll 8
  for (int u = 0; u < A - 1; u++, x += x_stride, r += r_stride)
    {
      gradient_hold (hold, r, A, V, partial, lanes);
      gradient_row (x, hold, sum, 0, u, C, V, x_step, partial, lanes);
    }
  for (int u = A - 1; u < rows; u++, x += x_stride, r += r_stride)
    {
      gradient_hold (hold, r, A, V, partial, lanes);
      gradient_row (x, hold, sum, 0, A - 1, C, V, x_step, partial, lanes);
    }
    /* Below the last row of r only its upper neighbours are left. */
#pragma GCC unroll 8
  for (int below = 1; below < A; below++, x += x_stride)
    {
      gradient_move (hold, A, V);
      gradient_row (x, hold, sum, below, A - 1, C, V, x_step, partial, lanes);
    }
}

/* Adds the sums of A × C taps to sums[a * kw + c]. */
ALWAYS_INLINE void
gradient_taps (const float *x, size_t x_stride, const float *r, size_t r_stride, int rows, int width, int kw,
               int x_step, double *sums, const int A, const int C, const int V)
{
  TapSums sum;
  int j = 0;

#pragma GCC unroll 8
  for (int a = 0; a < A; a++)
#pragma GCC unroll 8
    for (int c = 0; c < C; c++)
#pragma GCC unroll 4
      for (int v = 0; v < V; v++)
        sum[a][c][v] = (Vector){ 0 };
  for (; j + V * LANES <= width; j += V * LANES)
    gradient_column (x + j, x_stride, r + j, r_stride, rows, sum, A, C, V, x_step, FALSE, LANES);
  for (; V > 1 && j + LANES <= width; j += LANES)
    gradient_column (x + j, x_stride, r + j, r_stride, rows, sum, A, C, 1, x_step, FALSE, LANES);
  if (j < width)
    gradient_column (x + j, x_stride, r + j, r_stride, rows, sum, A, C, 1, x_step, TRUE, width - j);
#pragma GCC unroll 8
  for (int a = 0; a < A; a++)
#pragma GCC unroll 8
    for (int c = 0; c < C; c++)
      {
        Vector total = sum[a][c][0];

#pragma GCC unroll 4
        for (int v = 1; v < V; v++)
          total += sum[a][c][v];
        sums[a * kw + c] += sum_of_lanes (total);
      }
}

typedef void (*Gradient) (const float *x, size_t x_stride, const float *r, size_t r_stride, int rows, int width, int kw,
                          int x_step, double *sums);

#define GRADIENT(A, C)                                                                                                 \
  static __attribute__ ((noinline)) void gradient_##A##_##C (const float *x, size_t x_stride, const float *r,          \
                                                             size_t r_stride, int rows, int width, int kw, int x_step, \
                                                             double *sums)                                             \
  {                                                                                                                    \
    gradient_taps (x, x_stride, r, r_stride, rows, width, kw, x_step, sums, A, C, TAP_VECTORS (A, C));                 \
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
