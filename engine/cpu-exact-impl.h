/* Residuals in float64 and their sums against the input: a part of cpu-gram-sums-impl.h, which includes it. */
#pragma once

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
exact_tile (const EwExactPlane *planes, int n_planes, int j, const float *y, size_t y_stride, const float *mask,
            size_t mask_stride, double bias, int rows, int width, double *totals)
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
