/* Outputs whose inputs lie anywhere: tap (a, c) of output j reads x[rows[a] + columns[c] + j]. For strides above 1,
 * once the values have been gathered so that neighbours in the output are neighbours here. */
#pragma once

#include "engine/cpu-vector-impl.h"

ALWAYS_INLINE void
correlate_gathered_block (const float *x, const size_t *rows, const size_t *columns, const float *taps, int kh, int kw,
                          float bias, float *y, const int V, const gboolean partial, int lanes)
{
  Vector sum[4];

#pragma GCC unroll 4
  for (int v = 0; v < V; v++)
    sum[v] = broadcast (bias);
  for (int a = 0; a < kh; a++)
    for (int c = 0; c < kw; c++)
      {
        const float *from = x + rows[a] + columns[c];
        Vector tap = broadcast (*taps++);

#pragma GCC unroll 4
        for (int v = 0; v < V; v++)
          sum[v] += tap * (partial ? load_first (from, lanes) : load (from + v * LANES));
      }
#pragma GCC unroll 4
  for (int v = 0; v < V; v++)
    if (partial)
      store_first (y, sum[v], lanes);
    else
      store (y + v * LANES, sum[v]);
}

static void
correlate_gathered (const float *x, const size_t *rows, const size_t *columns, const float *taps, int kh, int kw,
                    float bias, float *y, int width)
{
  int j = 0;

  for (; j + 4 * LANES <= width; j += 4 * LANES)
    correlate_gathered_block (x + j, rows, columns, taps, kh, kw, bias, y + j, 4, FALSE, LANES);
  for (; j + LANES <= width; j += LANES)
    correlate_gathered_block (x + j, rows, columns, taps, kh, kw, bias, y + j, 1, FALSE, LANES);
  if (j < width)
    correlate_gathered_block (x + j, rows, columns, taps, kh, kw, bias, y + j, 1, TRUE, width - j);
}

/* T taps of one kernel row. */
ALWAYS_INLINE void
gradient_gathered_taps (const float *x, const size_t *columns, const float *r, int width, double *sums, const int T)
{
  Vector sum[4];
  int j = 0;

#pragma GCC unroll 4
  for (int t = 0; t < T; t++)
    sum[t] = (Vector){ 0 };
  for (; j + LANES <= width; j += LANES)
#pragma GCC unroll 4
    for (int t = 0; t < T; t++)
      sum[t] += load (r + j) * load (x + columns[t] + j);
  if (j < width)
#pragma GCC unroll 4
    for (int t = 0; t < T; t++)
      sum[t] += load_first (r + j, width - j) * load_first (x + columns[t] + j, width - j);
#pragma GCC unroll 4
  for (int t = 0; t < T; t++)
    sums[t] += sum_of_lanes (sum[t]);
}

static void
gradient_gathered (const float *x, const size_t *rows, const size_t *columns, const float *r, int kh, int kw, int width,
                   double *sums)
{
  for (int a = 0; a < kh; a++, sums += kw)
    {
      int c = 0;

      for (; c + 4 <= kw; c += 4)
        gradient_gathered_taps (x + rows[a], columns + c, r, width, sums + c, 4);
      for (; c < kw; c++)
        gradient_gathered_taps (x + rows[a], columns + c, r, width, sums + c, 1);
    }
}
