/* The float64 sums, written once on GCC's vector types; each instruction set compiles them with its own flags.
 *
 * A tile of `a` is widened to float64, one of `b` stays float32 and is widened in registers, which costs half the loads
 * and runs beside the multiply-adds. Both tiles are copied: rows of an image may lie a power of two apart and would
 * fight for the same lines of the cache, and the copies end in zeros, so that there are no remainders.
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
sum_block (const double *a, const float *b, int vectors, double *sums, size_t sums_stride, const int R, const int D,
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
            Vector value = widen (b + t * B_STRIDE + v * LANES + c);

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
sum_lags_right (const double *a, const float *b, int vectors, int n_right, double *sums, size_t sums_stride,
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
  static void NAME (const double *a, const float *b, int vectors, int n_down, int n_right, double *sums,               \
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
sum_tile (const double *a, const float *b, int rows, int vectors, int n_down, int n_right, double *sums,
          size_t sums_stride)
{
  int i = 0;

  for (; rows - i > ROWS / 2; i += ROWS)
    sum_rows (a + i * TILE_WIDTH, b + i * B_STRIDE, vectors, n_down, n_right, sums, sums_stride);
  for (; i < rows; i++)
    sum_row (a + i * TILE_WIDTH, b + i * B_STRIDE, vectors, n_down, n_right, sums, sums_stride);
}

/* Copies rows × width values and zeros behind them, to total_rows × total_width. */
static void
copy_b (float *to, const float *from, size_t stride, int rows, int width, int total_rows, int total_width)
{
  for (int i = 0; i < rows; i++)
    {
      memcpy (to + i * B_STRIDE, from + i * stride, width * sizeof (float));
      memset (to + i * B_STRIDE + width, 0, (total_width - width) * sizeof (float));
    }
  for (int i = rows; i < total_rows; i++)
    memset (to + i * B_STRIDE, 0, total_width * sizeof (float));
}

static void
widen_a (double *to, const float *from, size_t stride, int rows, int width, int total_width)
{
  for (int i = 0; i < rows; i++)
    {
      int j = 0;

      for (; j + LANES <= width; j += LANES)
        *(Vector *)(to + i * TILE_WIDTH + j) = widen (from + i * stride + j);
      for (; j < total_width; j++)
        to[i * TILE_WIDTH + j] = j < width ? (double)from[i * stride + j] : 0;
    }
  for (int i = rows; i < TILE_ROWS; i++)
    memset (to + i * TILE_WIDTH, 0, total_width * sizeof (double));
}

static void
cross_tile (const float *a, size_t a_stride, const float *b, size_t b_stride, int rows, int width, int n_down,
            int n_right, double *sums, size_t sums_stride)
{
  double a_tile[TILE_ROWS * TILE_WIDTH] __attribute__ ((aligned (64)));
  float b_tile[(TILE_ROWS + DOWN_MAX - 1) * B_STRIDE] __attribute__ ((aligned (64)));
  int vectors = (width + LANES - 1) / LANES;
  int D;

  widen_a (a_tile, a, a_stride, rows, width, vectors * LANES);
  for (int d = 0; d < n_down; d += D)
    {
      D = next_block (n_down - d);
      copy_b (b_tile, b + d * b_stride, b_stride, rows + D - 1, width + n_right - 1, TILE_ROWS + D - 1,
              vectors * LANES + n_right - 1);
      sum_tile (a_tile, b_tile, rows, vectors, D, n_right, sums + d * sums_stride, sums_stride);
    }
}

static void
cross (const float *a, size_t a_stride, const float *b, size_t b_stride, int rows, int width, int n_down, int n_right,
       double *sums, size_t sums_stride)
{
  for (int i = 0; i < rows; i += TILE_ROWS)
    for (int j = 0; j < width; j += TILE_WIDTH)
      cross_tile (a + i * a_stride + j, a_stride, b + i * b_stride + j, b_stride, MIN (TILE_ROWS, rows - i),
                  MIN (TILE_WIDTH, width - j), n_down, n_right, sums, sums_stride);
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

/* R rows × two vectors of r += Σ taps·x, within the tiles. */
ALWAYS_INLINE void
correlate_block (const float *x, const double *taps, int kh, int kw, double *r, const int R)
{
  Vector sum[4][2];

#pragma GCC unroll 4
  for (int i = 0; i < R; i++)
    for (int v = 0; v < 2; v++)
      sum[i][v] = *(const Vector *)(r + i * TILE_WIDTH + v * LANES);
  for (int a = 0; a < kh; a++)
    for (int c = 0; c < kw; c++)
      {
        Vector tap = taps[a * kw + c] - (Vector){ 0 };
        const float *from = x + a * B_STRIDE + c;

#pragma GCC unroll 4
        for (int i = 0; i < R; i++)
          {
            sum[i][0] += tap * widen (from + i * B_STRIDE);
            sum[i][1] += tap * widen (from + i * B_STRIDE + LANES);
          }
      }
#pragma GCC unroll 4
  for (int i = 0; i < R; i++)
    for (int v = 0; v < 2; v++)
      *(Vector *)(r + i * TILE_WIDTH + v * LANES) = sum[i][v];
}

/* r −= y, zeros behind it; Σ r and Σ r². */
static void
subtract_target (double *r, const float *y, size_t y_stride, int rows, int width, int total_width, double *sums)
{
  for (int i = 0; i < TILE_ROWS; i++)
    {
      double *row = r + i * TILE_WIDTH;
      int valid = i < rows ? width : 0;
      Vector sum = { 0 };
      Vector squares = { 0 };

      for (int j = 0; j < valid; j++)
        row[j] -= (double)y[i * y_stride + j];
      for (int j = valid; j < total_width; j++)
        row[j] = 0;
      for (int j = 0; j < valid; j += LANES)
        {
          Vector value = *(const Vector *)(row + j);

          sum += value;
          squares += value * value;
        }
      sums[0] += sum_of_lanes (sum);
      sums[1] += sum_of_lanes (squares);
    }
}

static void
copy_plane (float *to, const EwExactPlane *plane, int j, int rows, int width, int total_width)
{
  copy_b (to, plane->x + j, plane->stride, rows + plane->kh - 1, width + plane->kw - 1, TILE_ROWS + plane->kh - 1,
          total_width + plane->kw - 1);
}

static void
add_gradient (const EwExactPlane *plane, const double *r, const float *b, int rows, int total_width)
{
  int D;

  for (int d = 0; d < plane->kh; d += D)
    {
      D = next_block (plane->kh - d);
      sum_tile (r, b + d * B_STRIDE, rows, total_width / LANES, D, plane->kw, plane->sums + d * plane->kw, plane->kw);
    }
}

/* Columns from @j on. One plane is copied once, for residuals and gradient. */
static void
exact_tile (const EwExactPlane *planes, int n_planes, int j, const float *y, size_t y_stride, double bias, int rows,
            int width, double *totals)
{
  double r[TILE_ROWS * TILE_WIDTH] __attribute__ ((aligned (64)));
  float b[(TILE_ROWS + 62) * B_STRIDE] __attribute__ ((aligned (64)));
  int total_width = (width + 2 * LANES - 1) / (2 * LANES) * (2 * LANES);

  for (int k = 0; k < TILE_ROWS * TILE_WIDTH; k++)
    r[k] = bias;
  for (int p = 0; p < n_planes; p++)
    {
      copy_plane (b, &planes[p], j, rows, width, total_width);
      for (int i = 0; i < rows; i += 4)
        for (int v = 0; v < total_width; v += 2 * LANES)
          correlate_block (b + i * B_STRIDE + v, planes[p].taps, planes[p].kh, planes[p].kw, r + i * TILE_WIDTH + v, 4);
    }
  subtract_target (r, y + j, y_stride, rows, width, total_width, totals);
  for (int p = 0; p < n_planes; p++)
    {
      if (n_planes > 1)
        copy_plane (b, &planes[p], j, rows, width, total_width);
      add_gradient (&planes[p], r, b, rows, total_width);
    }
}

static void
exact (const EwExactPlane *planes, int n_planes, const float *y, size_t y_stride, double bias, int rows, int width,
       double *totals)
{
  for (int j = 0; j < width; j += TILE_WIDTH)
    exact_tile (planes, n_planes, j, y, y_stride, bias, rows, MIN (TILE_WIDTH, width - j), totals);
}

const EwCpuGramSums EW_SUMS = { EW_SUMS_ID, cross, total, exact };
