/* The float64 sums, written once on GCC's vector types; each instruction set compiles them with its own flags.
 *
 * Tiles are copied and widened to float64: widening in registers would take the multiply-adds' own ports, rows of an
 * image may lie a power of two apart and would fight for the same lines of the cache, and the copies end in zeros, so
 * that there are no remainders.
 *
 * Before including: EW_VECTOR_BYTES, EW_REGISTERS (how many vectors the processor holds), EW_SUMS_ROWS (rows of `a`
 * that are held at once), EW_SUMS (the table's name) and EW_SUMS_ID. */
#pragma once

#include "engine/cpu-gram-sums.h"

#include <string.h>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

#define LANES ((int)(EW_VECTOR_BYTES / sizeof (double)))

typedef double Vector __attribute__ ((vector_size (EW_VECTOR_BYTES), may_alias));
typedef double Loose __attribute__ ((vector_size (EW_VECTOR_BYTES), may_alias, aligned (8)));
typedef gint64 Lanes __attribute__ ((vector_size (EW_VECTOR_BYTES)));

#define ALWAYS_INLINE static inline __attribute__ ((always_inline))

#define ROWS       EW_SUMS_ROWS
#define DOWN_MAX   8
#define RIGHT_MAX  125
#define TILE_ROWS  8
#define TILE_WIDTH 192
/* A row of the copy of b: the lags read beyond the tile. */
#define B_STRIDE (TILE_WIDTH + RIGHT_MAX + 3)

/* One instruction, which GCC 12 does not find for __builtin_convertvector. */
ALWAYS_INLINE Vector
widen (const float *from)
{
#if EW_VECTOR_BYTES == 64
  return (Vector)_mm512_cvtps_pd (_mm256_loadu_ps (from));
#elif EW_VECTOR_BYTES == 32
  return (Vector)_mm256_cvtps_pd (_mm_loadu_ps (from));
#elif defined(__SSE2__)
  return (Vector)_mm_cvtps_pd (_mm_castsi128_ps (_mm_loadl_epi64 ((const __m128i_u *)from)));
#else
  return (Vector){ (double)from[0], (double)from[1] };
#endif
}

ALWAYS_INLINE double
sum_of_lanes (Vector v)
{
#if EW_VECTOR_BYTES == 64
  v += __builtin_shuffle (v, (Lanes){ 4, 5, 6, 7, 0, 1, 2, 3 });
  v += __builtin_shuffle (v, (Lanes){ 2, 3, 0, 1, 6, 7, 4, 5 });
#elif EW_VECTOR_BYTES == 32
  v += __builtin_shuffle (v, (Lanes){ 2, 3, 0, 1 });
#endif
  return v[0] + v[1];
}

/* R rows of a against D lags down and C to the right, held in registers over the tile's width. R, D and C are literal
 * at every call: each load of b meets all the rows of a that it has a lag with. */
ALWAYS_INLINE void
sum_block (const double *a, const double *b, int vectors, double *sums, size_t sums_stride, const int R, const int D,
           const int C)
{
  Vector sum[2][DOWN_MAX];

#pragma GCC unroll 2
  for (int c = 0; c < C; c++)
#pragma GCC unroll 8
    for (int d = 0; d < D; d++)
      sum[c][d] = (Vector){ 0 };
  for (int v = 0; v < vectors; v++)
    {
      Vector row[8];

#pragma GCC unroll 8
      for (int r = 0; r < R; r++)
        row[r] = *(const Vector *)(a + r * TILE_WIDTH + v * LANES);
#pragma GCC unroll 16
      for (int t = 0; t < R + D - 1; t++)
#pragma GCC unroll 2
        for (int c = 0; c < C; c++)
          {
            Vector value = *(const Loose *)(b + t * B_STRIDE + v * LANES + c);

#pragma GCC unroll 8
            for (int r = 0; r < R; r++)
              if (t - r >= 0 && t - r < D)
                sum[c][t - r] += row[r] * value;
          }
    }
#pragma GCC unroll 2
  for (int c = 0; c < C; c++)
#pragma GCC unroll 8
    for (int d = 0; d < D; d++)
      sums[d * sums_stride + c] += sum_of_lanes (sum[c][d]);
}

ALWAYS_INLINE void
sum_lags_right (const double *a, const double *b, int vectors, int n_right, double *sums, size_t sums_stride,
                const int R, const int D)
{
  /* Two lags to the right where the registers hold them: fewer than eight sums would wait for each other. */
  const int C = R + 2 * D <= EW_REGISTERS ? 2 : 1;
  int k = 0;

  for (; k + C <= n_right; k += C)
    sum_block (a, b + k, vectors, sums + k, sums_stride, R, D, C);
  for (; k < n_right; k++)
    sum_block (a, b + k, vectors, sums + k, sums_stride, R, D, 1);
}

#define SUM_LAGS(R, D)                                                                                                 \
  case D:                                                                                                              \
    sum_lags_right (a, b, vectors, n_right, sums, sums_stride, R, D);                                                  \
    break;
#define SUM_LAGS_OF(NAME, R)                                                                                           \
  static void NAME (const double *a, const double *b, int vectors, int n_down, int n_right, double *sums,              \
                    size_t sums_stride)                                                                                \
  {                                                                                                                    \
    switch (n_down)                                                                                                    \
      {                                                                                                                \
        SUM_LAGS (R, 1)                                                                                                \
        SUM_LAGS (R, 2)                                                                                                \
        SUM_LAGS (R, 3)                                                                                                \
        SUM_LAGS (R, 4)                                                                                                \
        SUM_LAGS (R, 5)                                                                                                \
        SUM_LAGS (R, 6)                                                                                                \
        SUM_LAGS (R, 7)                                                                                                \
        SUM_LAGS (R, 8)                                                                                                \
      }                                                                                                                \
  }

SUM_LAGS_OF (sum_rows, ROWS)
SUM_LAGS_OF (sum_row, 1)

/* How many of the lags that are left make the next block: blocks of about the same size, none above DOWN_MAX. */
static int
next_block (int n_down)
{
  int blocks = (n_down + DOWN_MAX - 1) / DOWN_MAX;

  return (n_down + blocks - 1) / blocks;
}

/* One tile: blocks of ROWS rows, the last filled up with zeros unless few rows are left. */
static void
sum_tile (const double *a, const double *b, int rows, int vectors, int n_down, int n_right, double *sums,
          size_t sums_stride)
{
  int i = 0;

  for (; rows - i > ROWS / 2; i += ROWS)
    sum_rows (a + i * TILE_WIDTH, b + i * B_STRIDE, vectors, n_down, n_right, sums, sums_stride);
  for (; i < rows; i++)
    sum_row (a + i * TILE_WIDTH, b + i * B_STRIDE, vectors, n_down, n_right, sums, sums_stride);
}

/* One row of a copy: width values, zeros up to total_width. */
ALWAYS_INLINE void
widen_row (double *to, const float *from, int width, int total_width)
{
  int j = 0;

  for (; j + LANES <= width; j += LANES)
    *(Loose *)(to + j) = widen (from + j);
  for (; j < total_width; j++)
    to[j] = j < width ? (double)from[j] : 0;
}

/* Copies rows × width values and zeros behind them, to total_rows × total_width. */
static void
copy_b (double *to, const float *from, size_t stride, int rows, int width, int total_rows, int total_width)
{
  for (int i = 0; i < rows; i++)
    widen_row (to + i * B_STRIDE, from + i * stride, width, total_width);
  for (int i = rows; i < total_rows; i++)
    memset (to + i * B_STRIDE, 0, total_width * sizeof (double));
}

static void
copy_a (double *to, const float *from, size_t stride, int rows, int width, int total_width)
{
  for (int i = 0; i < rows; i++)
    widen_row (to + i * TILE_WIDTH, from + i * stride, width, total_width);
  for (int i = rows; i < TILE_ROWS; i++)
    memset (to + i * TILE_WIDTH, 0, total_width * sizeof (double));
}

/* The first rows of lags without the first @skip lags of the very first one. */
static void
sum_first_lags (const double *a, const double *b, int rows, int vectors, int n_down, int n_right, int skip,
                double *sums, size_t sums_stride)
{
  sum_tile (a, b + skip, rows, vectors, n_down, n_right - skip, sums + skip, sums_stride);
  if (n_down > 1)
    sum_tile (a, b + B_STRIDE, rows, vectors, n_down - 1, skip, sums + sums_stride, sums_stride);
}

static void
cross_tile (const float *a, size_t a_stride, const float *b, size_t b_stride, int rows, int width, int n_down,
            int n_right, int skip, double *sums, size_t sums_stride)
{
  double a_tile[TILE_ROWS * TILE_WIDTH] __attribute__ ((aligned (64)));
  double b_tile[(TILE_ROWS + DOWN_MAX - 1) * B_STRIDE] __attribute__ ((aligned (64)));
  int vectors = (width + LANES - 1) / LANES;
  int D;

  copy_a (a_tile, a, a_stride, rows, width, vectors * LANES);
  for (int d = 0; d < n_down; d += D)
    {
      D = next_block (n_down - d);
      copy_b (b_tile, b + d * b_stride, b_stride, rows + D - 1, width + n_right - 1, TILE_ROWS + D - 1,
              vectors * LANES + n_right - 1);
      if (d == 0 && skip > 0)
        sum_first_lags (a_tile, b_tile, rows, vectors, D, n_right, skip, sums, sums_stride);
      else
        sum_tile (a_tile, b_tile, rows, vectors, D, n_right, sums + d * sums_stride, sums_stride);
    }
}

static void
cross (const float *a, size_t a_stride, const float *b, size_t b_stride, int rows, int width, int n_down, int n_right,
       int skip, double *sums, size_t sums_stride)
{
  for (int i = 0; i < rows; i += TILE_ROWS)
    for (int j = 0; j < width; j += TILE_WIDTH)
      cross_tile (a + i * a_stride + j, a_stride, b + i * b_stride + j, b_stride, MIN (TILE_ROWS, rows - i),
                  MIN (TILE_WIDTH, width - j), n_down, n_right, skip, sums, sums_stride);
}

static double
total (const float *x, size_t x_stride, int rows, int width)
{
  Vector sum[4] = { { 0 } };
  double tail = 0;

  for (int i = 0; i < rows; i++)
    {
      const float *row = x + i * x_stride;
      int j = 0;

      for (; j + 4 * LANES <= width; j += 4 * LANES)
#pragma GCC unroll 4
        for (int v = 0; v < 4; v++)
          sum[v] += widen (row + j + v * LANES);
      for (; j < width; j++)
        tail += (double)row[j];
    }
  return tail + sum_of_lanes ((sum[0] + sum[1]) + (sum[2] + sum[3]));
}

/* to = m·a, zeros behind it. */
static void
weigh_a (double *to, const float *m, size_t m_stride, const float *a, size_t a_stride, int rows, int width,
         int total_width)
{
  for (int i = 0; i < rows; i++)
    {
      int j = 0;

      for (; j + LANES <= width; j += LANES)
        *(Vector *)(to + i * TILE_WIDTH + j) = widen (m + i * m_stride + j) * widen (a + i * a_stride + j);
      for (; j < total_width; j++)
        to[i * TILE_WIDTH + j] = j < width ? (double)m[i * m_stride + j] * (double)a[i * a_stride + j] : 0;
    }
  for (int i = rows; i < TILE_ROWS; i++)
    memset (to + i * TILE_WIDTH, 0, total_width * sizeof (double));
}

/* Each copy of b serves all the taps of a. */
static void
weighted_tile (const float *m, size_t m_stride, const float *a, size_t a_stride, int n_a, const float *b,
               size_t b_stride, int rows, int width, int n_down, int n_right, double *sums, size_t sums_stride)
{
  double a_tile[TILE_ROWS * TILE_WIDTH] __attribute__ ((aligned (64)));
  double b_tile[(TILE_ROWS + DOWN_MAX - 1) * B_STRIDE] __attribute__ ((aligned (64)));
  int vectors = (width + LANES - 1) / LANES;
  int D;

  for (int d = 0; d < n_down; d += D)
    {
      D = next_block (n_down - d);
      copy_b (b_tile, b + d * b_stride, b_stride, rows + D - 1, width + n_right - 1, TILE_ROWS + D - 1,
              vectors * LANES + n_right - 1);
      for (int c = 0; c < n_a; c++)
        {
          weigh_a (a_tile, m, m_stride, a + c, a_stride, rows, width, vectors * LANES);
          sum_tile (a_tile, b_tile, rows, vectors, D, n_right, sums + c * sums_stride + d * n_right, n_right);
        }
    }
}

static void
weighted (const float *m, size_t m_stride, const float *a, size_t a_stride, int n_a, const float *b, size_t b_stride,
          int rows, int width, int n_down, int n_right, double *sums, size_t sums_stride)
{
  for (int i = 0; i < rows; i += TILE_ROWS)
    for (int j = 0; j < width; j += TILE_WIDTH)
      weighted_tile (m + i * m_stride + j, m_stride, a + i * a_stride + j, a_stride, n_a, b + i * b_stride + j, b_stride,
                     MIN (TILE_ROWS, rows - i), MIN (TILE_WIDTH, width - j), n_down, n_right, sums, sums_stride);
}

#include "engine/cpu-exact-impl.h"

const EwCpuGramSums EW_SUMS = { EW_SUMS_ID, cross, total, exact, weighted };
