/* Correlation, register-blocked: 6 output rows × EW_COLUMNS vectors stay in registers while the input rows that they
 * need pass by once. A vector of x that is loaded meets all taps of its column at once, one for each output row.
 *
 * Each output is the bias and then its products in the order of the taps, wherever the blocks' borders lie: a value
 * that two overlapping blocks write is the same in both. */
#pragma once

#include "engine/cpu-vector-impl.h"
#include "engine/kernel.h"

#define ROWS  6
#define BLOCK (EW_COLUMNS * LANES)

/* What a block of outputs is made from and where it goes; its last vector starts at column @last (blocks that meet the
 * right edge overlap the one before) or, in a narrow plane, has only @lanes lanes. */
typedef struct
{
  const float *x;
  size_t x_stride;
  const float *taps; /* column by column: tap (a, c) is taps[c * kh + a] */
  int kh;
  int kw;
  int x_step; /* columns of x from one tap to the next */
  float bias;
  float *y;
  size_t y_stride;
  int last;
  int lanes;
  EwCpuHints hints;
} CorrelateBlock;

/* How a block is written. */
typedef enum
{
  WRITE_WHOLE,
  WRITE_FIRST, /* the first lanes of one vector */
  WRITE_STREAM,
} CorrelateWrite;

/* Input row @u passes the output rows low … high: row r sees it through kernel row u − r. All loops have literal bounds
 * but the one over c, so that `sum` stays in registers. */
ALWAYS_INLINE void
correlate_input_row (const CorrelateBlock *b, Vector sum[ROWS][EW_COLUMNS], int u, const int low, const int high,
                     const int V, const int KW, const CorrelateWrite write)
{
  const float *x = b->x + (size_t)u * b->x_stride;
  const float *taps = b->taps + u;
  int kh = b->kh;
  int kw = KW > 0 ? KW : b->kw;
  int step = KW > 0 ? 1 : b->x_step;

  if (b->hints.x_ahead != 0)
#pragma GCC unroll 4
    for (int v = 0; v < V; v++)
      fetch (x + v * LANES, b->hints.x_ahead);
#pragma GCC unroll 3
  for (int c = 0; c < kw; c++, x += step, taps += kh)
    {
      Vector in[EW_COLUMNS];

#pragma GCC unroll 4
      for (int v = 0; v < V - 1; v++)
        in[v] = load (x + v * LANES);
      in[V - 1] = write == WRITE_FIRST ? load_first (x, b->lanes) : load (x + b->last);
#pragma GCC unroll 4
      for (int v = 0; v < V; v++)
        IN_REGISTER (in[v]);
#pragma GCC unroll 8
      for (int r = low; r <= high; r++)
        {
          Vector tap = broadcast (taps[-r]);

#pragma GCC unroll 4
          for (int v = 0; v < V; v++)
            sum[r][v] += tap * in[v];
        }
    }
}

/* R rows × V vectors. @KH is the kernel's height where that is below R, otherwise 0; @KW its width
 * where that is literal too and x_step 1, otherwise 0. */
ALWAYS_INLINE void
correlate_block (const CorrelateBlock *b, const int R, const int V, const int KH, const int KW,
                 const CorrelateWrite write)
{
  Vector sum[ROWS][EW_COLUMNS];
  const int n = KH > 0 ? KH : b->kh;
  const int top = KH > 0 ? KH + R - 1 : R - 1;

#pragma GCC unroll 8
  for (int r = 0; r < R; r++)
#pragma GCC unroll 4
    for (int v = 0; v < V; v++)
      sum[r][v] = broadcast (b->bias);
#pragma GCC unroll 16
  for (int u = 0; u < top; u++)
    correlate_input_row (b, sum, u, KH > 0 ? MAX (0, u - KH + 1) : 0, MIN (u, R - 1), V, KW, write);
  if (KH == 0)
    {
      for (int u = R - 1; u < n; u++)
        correlate_input_row (b, sum, u, 0, R - 1, V, KW, write);
#pragma GCC unroll 8
      for (int low = 1; low < R; low++)
        correlate_input_row (b, sum, n - 1 + low, low, R - 1, V, KW, write);
    }
#pragma GCC unroll 8
  for (int r = 0; r < R; r++)
    {
      float *y = b->y + (size_t)r * b->y_stride;

      if (b->hints.y_ahead != NULL)
#pragma GCC unroll 4
        for (int v = 0; v < V; v++)
          fetch (b->hints.y_ahead, (size_t)r * b->hints.y_ahead_stride + v * LANES);
#pragma GCC unroll 4
      for (int v = 0; v < V - 1; v++)
        if (write == WRITE_STREAM)
          stream (y + v * LANES, sum[r][v]);
        else
          store (y + v * LANES, sum[r][v]);
      if (write == WRITE_FIRST)
        store_first (y, sum[r][0], b->lanes);
      else if (write == WRITE_STREAM)
        stream (y + (V - 1) * LANES, sum[r][V - 1]);
      else
        store (y + b->last, sum[r][V - 1]);
    }
}

ALWAYS_INLINE void
correlate_advance (CorrelateBlock *b, int columns)
{
  b->x += columns;
  b->y += columns;
  if (b->hints.y_ahead != NULL)
    b->hints.y_ahead += columns;
}

/* R × width outputs. What is left of the whole blocks is done by narrower ones, the last of which ends at the edge. */
ALWAYS_INLINE void
correlate_strip (CorrelateBlock b, int width, const int R, const int KH, const int KW)
{
  int left = width;

  if (width < LANES)
    {
      b.lanes = width;
      correlate_block (&b, R, 1, KH, KW, WRITE_FIRST);
      return;
    }
  b.last = BLOCK - LANES;
  for (; left >= BLOCK; left -= BLOCK, correlate_advance (&b, BLOCK))
    if (b.hints.streaming)
      correlate_block (&b, R, EW_COLUMNS, KH, KW, WRITE_STREAM);
    else
      correlate_block (&b, R, EW_COLUMNS, KH, KW, WRITE_WHOLE);
  for (; left > LANES; left -= 2 * LANES, correlate_advance (&b, 2 * LANES))
    {
      b.last = MIN (left, 2 * LANES) - LANES;
      correlate_block (&b, R, 2, KH, KW, WRITE_WHOLE);
    }
  b.last = left - LANES;
  if (left > 0)
    correlate_block (&b, R, 1, KH, KW, WRITE_WHOLE);
}

#define STRIP(name, R, KH, KW)                                                                                         \
  static __attribute__ ((noinline)) void name (const CorrelateBlock *b, int width)                                     \
  {                                                                                                                    \
    correlate_strip (*b, width, R, KH, KW);                                                                            \
  }

STRIP (strip_1, 1, 0, 0)
STRIP (strip_2_1, 2, 1, 0)
STRIP (strip_2, 2, 0, 0)
STRIP (strip_all_1, 6, 1, 0)
STRIP (strip_all_2, 6, 2, 0)
STRIP (strip_all_3, 6, 3, 0)
STRIP (strip_all_4, 6, 4, 0)
STRIP (strip_all_5, 6, 5, 0)
STRIP (strip_all, 6, 0, 0)
/* The most common kernel. */
STRIP (strip_all_3_3, 6, 3, 3)

typedef void (*Strip) (const CorrelateBlock *b, int width);

/* The strip of @rows rows (1, 2 or ROWS) for kernels of kh × kw. */
static Strip
strip_for (int rows, int kh, int kw, int x_step)
{
  static const Strip all[] = {
    strip_all_1, strip_all_2, strip_all_3, strip_all_4, strip_all_5,
  };

  if (rows == 1)
    return strip_1;
  if (rows == 2)
    return kh == 1 ? strip_2_1 : strip_2;
  if (kh == 3 && kw == 3 && x_step == 1)
    return strip_all_3_3;
  return kh < ROWS ? all[kh - 1] : strip_all;
}

static void
correlate_hinted (const float *x, size_t x_stride, const float *taps, int kh, int kw, float bias, float *y,
                  size_t y_stride, int rows, int width, int x_step, const EwCpuHints *hints)
{
  float columns[EW_KERNEL_SIDE_MAX * EW_KERNEL_SIDE_MAX];
  CorrelateBlock b = { x, x_stride, columns, kh, kw, x_step, bias, y, y_stride, 0, 0, *hints };

  for (int a = 0; a < kh; a++)
    for (int c = 0; c < kw; c++)
      columns[c * kh + a] = taps[a * kw + c];
  for (int i = 0, n = 0; i < rows; i += n)
    {
      n = rows >= ROWS ? ROWS : MIN (rows - i, 2);
      /* The last strip of a high plane overlaps the one before it. */
      i = MIN (i, rows - n);
      b.x = x + (size_t)i * x_stride;
      b.y = y + (size_t)i * y_stride;
      if (hints->y_ahead != NULL)
        b.hints.y_ahead = hints->y_ahead + (size_t)i * hints->y_ahead_stride;
      strip_for (n, kh, kw, x_step) (&b, width);
    }
  if (hints->streaming)
    stream_end ();
}

static void
correlate (const float *x, size_t x_stride, const float *taps, int kh, int kw, float bias, float *y, size_t y_stride,
           int rows, int width)
{
  static const EwCpuHints none;

  correlate_hinted (x, x_stride, taps, kh, kw, bias, y, y_stride, rows, width, 1, &none);
}
