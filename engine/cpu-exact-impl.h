/* Residuals in float64 and their sums against the input: a part of cpu-gram-sums-impl.h, which includes it. */
#pragma once

/* r += Σ taps·x over D rows of taps, for ROWS rows × two vectors of r at a time, within the tiles. D is literal at every
 * call: a column of taps stays in registers while each value of x meets all the rows of r that it counts for. */
ALWAYS_INLINE void
correlate_rows (const double *x, const double *taps, int kw, double *r, int vectors, const int D)
{
  for (int v = 0; v < vectors; v += 2)
    {
      Vector sum[2][ROWS];

#pragma GCC unroll 8
      for (int i = 0; i < ROWS; i++)
        for (int k = 0; k < 2; k++)
          sum[k][i] = *(const Vector *)(r + i * TILE_WIDTH + (v + k) * LANES);
      for (int c = 0; c < kw; c++)
        {
          Vector tap[8];

#pragma GCC unroll 8
          for (int d = 0; d < D; d++)
            tap[d] = taps[d * kw + c] - (Vector){ 0 };
#pragma GCC unroll 16
          for (int t = 0; t < ROWS + D - 1; t++)
#pragma GCC unroll 2
            for (int k = 0; k < 2; k++)
              {
                Vector value = *(const Loose *)(x + t * B_STRIDE + (v + k) * LANES + c);

#pragma GCC unroll 8
                for (int i = 0; i < ROWS; i++)
                  if (t - i >= 0 && t - i < D)
                    sum[k][i] += tap[t - i] * value;
              }
        }
#pragma GCC unroll 8
      for (int i = 0; i < ROWS; i++)
        for (int k = 0; k < 2; k++)
          *(Vector *)(r + i * TILE_WIDTH + (v + k) * LANES) = sum[k][i];
    }
}

/* Rows of taps that the registers hold beside the sums. */
#define TAPS_MAX (EW_REGISTERS / 4)

#define CORRELATE(D)                                                                                                   \
  case D:                                                                                                              \
    correlate_rows (x, taps, kw, r, vectors, D);                                                                       \
    break;

static void
correlate_block (const double *x, const double *taps, int kh, int kw, double *r, int vectors)
{
  switch (kh)
    {
      CORRELATE (1)
      CORRELATE (2)
      CORRELATE (3)
      CORRELATE (4)
#if EW_REGISTERS > 16
      CORRELATE (5)
      CORRELATE (6)
      CORRELATE (7)
      CORRELATE (8)
#endif
    default:
      break;
    }
}

/* All rows of r. */
static void
correlate_tile (const double *x, const double *taps, int kh, int kw, double *r, int rows, int vectors)
{
  for (int i = 0; i < rows; i += ROWS)
    for (int a = 0; a < kh; a += TAPS_MAX)
      correlate_block (x + (i + a) * B_STRIDE, taps + a * kw, MIN (TAPS_MAX, kh - a), kw, r + i * TILE_WIDTH, vectors);
}

/* r −= y and times m, zeros behind it; Σ m·r and Σ m·r². */
static void
subtract_target (double *r, const float *y, size_t y_stride, const float *m, size_t m_stride, int rows, int width,
                 int total_width, double *sums)
{
  for (int i = 0; i < TILE_ROWS; i++)
    {
      double weighted[TILE_WIDTH] __attribute__ ((aligned (64)));
      double *row = r + i * TILE_WIDTH;
      int valid = i < rows ? width : 0;
      Vector sum = { 0 };
      Vector squares = { 0 };

      for (int j = 0; j < valid; j++)
        row[j] -= (double)y[i * y_stride + j];
      for (int j = valid; j < total_width; j++)
        row[j] = 0;
      for (int j = 0; j < total_width; j++)
        weighted[j] = m != NULL && j < valid ? row[j] * (double)m[i * m_stride + j] : row[j];
      for (int j = 0; j < valid; j += LANES)
        {
          Vector value = *(const Vector *)(weighted + j);

          sum += value;
          squares += value * *(const Vector *)(row + j);
        }
      memcpy (row, weighted, total_width * sizeof (double));
      sums[0] += sum_of_lanes (sum);
      sums[1] += sum_of_lanes (squares);
    }
}

static void
copy_plane (double *to, const EwExactPlane *plane, int j, int rows, int width, int total_width)
{
  copy_b (to, plane->x + j, plane->stride, rows + plane->kh - 1, width + plane->kw - 1, TILE_ROWS + plane->kh - 1,
          total_width + plane->kw - 1);
}

static void
add_gradient (const EwExactPlane *plane, const double *r, const double *b, int rows, int total_width)
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
exact_tile (const EwExactPlane *planes, int n_planes, int j, const float *y, size_t y_stride, const float *mask,
            size_t mask_stride, double bias, int rows, int width, double *totals)
{
  double r[TILE_ROWS * TILE_WIDTH] __attribute__ ((aligned (64)));
  double b[(TILE_ROWS + 62) * B_STRIDE] __attribute__ ((aligned (64)));
  int total_width = (width + 2 * LANES - 1) / (2 * LANES) * (2 * LANES);

  for (int k = 0; k < TILE_ROWS * TILE_WIDTH; k++)
    r[k] = bias;
  for (int p = 0; p < n_planes; p++)
    {
      copy_plane (b, &planes[p], j, rows, width, total_width);
      correlate_tile (b, planes[p].taps, planes[p].kh, planes[p].kw, r, rows, total_width / LANES);
    }
  subtract_target (r, y + j, y_stride, mask == NULL ? NULL : mask + j, mask_stride, rows, width, total_width, totals);
  for (int p = 0; p < n_planes; p++)
    {
      if (n_planes > 1)
        copy_plane (b, &planes[p], j, rows, width, total_width);
      add_gradient (&planes[p], r, b, rows, total_width);
    }
}

static void
exact (const EwExactPlane *planes, int n_planes, const float *y, size_t y_stride, const float *mask, size_t mask_stride,
       double bias, int rows, int width, double *totals)
{
  for (int j = 0; j < width; j += TILE_WIDTH)
    exact_tile (planes, n_planes, j, y, y_stride, mask, mask_stride, bias, rows, MIN (TILE_WIDTH, width - j), totals);
}
