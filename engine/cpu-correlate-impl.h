/* Correlation, register-blocked: 6 output rows × EW_COLUMNS vectors stay in registers while the input rows that they
 * need pass by. A vector of x that is loaded meets all taps of its column at once, one for each output row.
 *
 * Low kernels are walked column by column, so that a column's taps stay in registers too, high ones row by row. Each
 * output is the bias and then its products in that order, wherever the blocks' borders lie: a value that two
 * overlapping blocks write is the same in both. */
#pragma once

#include "engine/cpu-vector-impl.h"
#include "engine/kernel.h"

#define ROWS  6
#define BLOCK (EW_COLUMNS * LANES)

/* Kernels up to this height are low: their loops over rows have literal bounds. */
#define LOW_MAX 7

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
  WRITE_EDGE,  /* the last vector where it ends at the edge */
  WRITE_FIRST, /* the first lanes of one vector */
} CorrelateWrite;

/* What fixes the loops of a block: outputs of R rows × V vectors; the kernel's height and width where they are literal,
 * otherwise 0; whether the kernel is low. */
typedef struct
{
  int R;
  int V;
  int KH;
  int KW;
  gboolean low;
} CorrelateShape;

ALWAYS_INLINE Vector
correlate_load (const CorrelateBlock *b, const float *x, int v, const CorrelateShape s, const CorrelateWrite write)
{
  if (write == WRITE_FIRST)
    return load_first (x, b->lanes);
  return load (v < s.V - 1 ? x + v * LANES : x + b->last);
}

/* What is needed next: of x, and of what is taken from the outputs. */
ALWAYS_INLINE void
correlate_fetch (const CorrelateBlock *b)
{
  const float *x = b->x + (size_t)(b->kh - 1) * b->x_stride;
  const float *minus = b->hints.minus;

  for (int r = 0; r < ROWS; r++, x += b->x_stride)
#pragma GCC unroll 4
    for (int v = 0; v < BLOCK; v += 16)
      fetch (x + v, b->hints.x_ahead);
  for (int r = 0; minus != NULL && r < ROWS; r++, minus += b->hints.minus_stride)
#pragma GCC unroll 4
    for (int v = 0; v < BLOCK; v += 16)
      fetch (minus + v, b->hints.minus_ahead);
}

/* --- low kernels: one column of taps and what they see from @x on */

/* Input row @x, the @u-th, passes the output rows low … high: row r sees it through kernel row u − r. */
ALWAYS_INLINE void
correlate_low_row (const CorrelateBlock *b, Vector sum[ROWS][EW_COLUMNS], const float *x, const float *taps,
                   const Vector *held, int u, const int low, const int high, const CorrelateShape s,
                   const CorrelateWrite write)
{
#pragma GCC unroll 4
  for (int v = 0; v < s.V; v++)
    {
      Vector in = correlate_load (b, x, v, s, write);

      IN_REGISTER (in);
#pragma GCC unroll 8
      for (int r = low; r <= high; r++)
        sum[r][v] += (s.KH > 0 && s.KH <= EW_HELD_TAPS ? held[u - r] : broadcast (taps[u - r])) * in;
    }
}

ALWAYS_INLINE void
correlate_column (const CorrelateBlock *b, Vector sum[ROWS][EW_COLUMNS], const float *x, const float *taps,
                  const CorrelateShape s, const CorrelateWrite write)
{
  const int R = s.R;
  const int KH = s.KH;
  Vector held[LOW_MAX];

#pragma GCC unroll 8
  for (int a = 0; a < MIN (KH, EW_HELD_TAPS); a++)
    held[a] = broadcast (taps[a]);
#pragma GCC unroll 16
  for (int u = 0; u < (KH > 0 ? KH : 1) + R - 1; u++, x += b->x_stride)
    correlate_low_row (b, sum, x, taps, held, u, KH > 0 ? MAX (0, u - KH + 1) : 0, MIN (u, R - 1), s, write);
  if (KH > 0)
    return;
  for (int u = R; u < b->kh; u++, x += b->x_stride)
    correlate_low_row (b, sum, x, taps, held, u, 0, R - 1, s, write);
#pragma GCC unroll 8
  for (int low = 1; low < R; low++, x += b->x_stride)
    correlate_low_row (b, sum, x, taps, held, b->kh - 1 + low, low, R - 1, s, write);
}

/* --- high kernels: one row of x and all taps that see it. All loops have literal bounds but the one over c, so that
 * `sum` stays in registers */

ALWAYS_INLINE void
correlate_high_row (const CorrelateBlock *b, Vector sum[ROWS][EW_COLUMNS], int u, const int low, const int high,
                    const CorrelateShape s, const CorrelateWrite write)
{
  const float *x = b->x + (size_t)u * b->x_stride;
  const float *taps = b->taps + u;
  int kh = b->kh;
  int kw = b->kw;
  int step = b->x_step;

#pragma GCC unroll 3
  for (int c = 0; c < kw; c++, x += step, taps += kh)
    {
      Vector in[EW_COLUMNS];

#pragma GCC unroll 4
      for (int v = 0; v < s.V; v++)
        {
          in[v] = correlate_load (b, x, v, s, write);
          IN_REGISTER (in[v]);
        }
#pragma GCC unroll 8
      for (int r = low; r <= high; r++)
        {
          Vector tap = broadcast (taps[-r]);

#pragma GCC unroll 4
          for (int v = 0; v < s.V; v++)
            sum[r][v] += tap * in[v];
        }
    }
}

ALWAYS_INLINE void
correlate_high (const CorrelateBlock *b, Vector sum[ROWS][EW_COLUMNS], const CorrelateShape s,
                const CorrelateWrite write)
{
#pragma GCC unroll 8
  for (int u = 0; u < s.R - 1; u++)
    correlate_high_row (b, sum, u, 0, u, s, write);
  for (int u = s.R - 1; u < b->kh; u++)
    correlate_high_row (b, sum, u, 0, s.R - 1, s, write);
#pragma GCC unroll 8
  for (int low = 1; low < s.R; low++)
    correlate_high_row (b, sum, b->kh - 1 + low, low, s.R - 1, s, write);
}

/* --- either */

ALWAYS_INLINE void
correlate_low (const CorrelateBlock *b, Vector sum[ROWS][EW_COLUMNS], const CorrelateShape s,
               const CorrelateWrite write)
{
  const int kw = s.KW > 0 ? s.KW : b->kw;
  const float *x = b->x;
  const float *taps = b->taps;

  for (int c = 0; c<kw; c++, x += s.KW> 0 ? 1 : b->x_step, taps += s.KH > 0 ? s.KH : b->kh)
    correlate_column (b, sum, x, taps, s, write);
}

ALWAYS_INLINE void
correlate_write (const CorrelateBlock *b, Vector sum[ROWS][EW_COLUMNS], const CorrelateShape s,
                 const CorrelateWrite write)
{
#pragma GCC unroll 8
  for (int r = 0; r < s.R; r++)
    {
      float *y = b->y + (size_t)r * b->y_stride;

#pragma GCC unroll 4
      for (int v = 0; v < s.V - 1; v++)
        store (y + v * LANES, sum[r][v]);
      if (write == WRITE_FIRST)
        store_first (y, sum[r][0], b->lanes);
      else
        store (y + b->last, sum[r][s.V - 1]);
    }
}

ALWAYS_INLINE void
correlate_stream (const CorrelateBlock *b, Vector sum[ROWS][EW_COLUMNS], const CorrelateShape s)
{
#pragma GCC unroll 8
  for (int r = 0; r < s.R; r++)
#pragma GCC unroll 4
    for (int v = 0; v < s.V; v++)
      stream (b->y + (size_t)r * b->y_stride + v * LANES, sum[r][v]);
}

ALWAYS_INLINE void
correlate_subtract (const CorrelateBlock *b, Vector sum[ROWS][EW_COLUMNS], const CorrelateShape s,
                    const CorrelateWrite write)
{
#pragma GCC unroll 8
  for (int r = 0; r < s.R; r++)
#pragma GCC unroll 4
    for (int v = 0; v < s.V; v++)
      sum[r][v] -= correlate_load (b, b->hints.minus + (size_t)r * b->hints.minus_stride, v, s, write);
}

ALWAYS_INLINE void
correlate_block (const CorrelateBlock *b, const CorrelateShape s, const CorrelateWrite write)
{
  Vector sum[ROWS][EW_COLUMNS];

#pragma GCC unroll 8
  for (int r = 0; r < s.R; r++)
#pragma GCC unroll 4
    for (int v = 0; v < s.V; v++)
      sum[r][v] = broadcast (b->bias);
  if (s.low)
    correlate_low (b, sum, s, write);
  else
    correlate_high (b, sum, s, write);
  if (b->hints.minus != NULL)
    correlate_subtract (b, sum, s, write);
  if (write == WRITE_WHOLE && b->hints.streaming)
    correlate_stream (b, sum, s);
  else
    correlate_write (b, sum, s, write);
}

ALWAYS_INLINE void
correlate_advance (CorrelateBlock *b, int columns)
{
  b->x += columns;
  b->y += columns;
  if (b->hints.minus != NULL)
    b->hints.minus += columns;
}

/* R × width outputs. What is left of the whole blocks is done by narrower ones, the last of which ends at the edge. */
ALWAYS_INLINE void
correlate_strip (CorrelateBlock b, int width, const int R, const int KH, const int KW, const gboolean low)
{
  const CorrelateShape whole = { R, EW_COLUMNS, KH, KW, low };
  const CorrelateShape two = { R, 2, KH, KW, low };
  const CorrelateShape one = { R, 1, KH, KW, low };
  int left = width;

  if (width < LANES)
    {
      b.lanes = width;
      correlate_block (&b, one, WRITE_FIRST);
      return;
    }
  b.last = BLOCK - LANES;
  for (; left >= BLOCK; left -= BLOCK, correlate_advance (&b, BLOCK))
    {
      if (R == ROWS && b.hints.x_ahead != 0)
        correlate_fetch (&b);
      correlate_block (&b, whole, WRITE_WHOLE);
    }
  for (; left > LANES; left -= 2 * LANES, correlate_advance (&b, 2 * LANES))
    {
      b.last = MIN (left, 2 * LANES) - LANES;
      correlate_block (&b, two, WRITE_EDGE);
    }
  b.last = left - LANES;
  if (left > 0)
    correlate_block (&b, one, WRITE_EDGE);
}

#define STRIP(name, R, KH, KW, low)                                                                                    \
  static __attribute__ ((noinline)) void name (const CorrelateBlock *b, int width)                                     \
  {                                                                                                                    \
    correlate_strip (*b, width, R, KH, KW, low);                                                                       \
  }

STRIP (strip_1_low, 1, 0, 0, TRUE)
STRIP (strip_2_1, 2, 1, 0, TRUE)
STRIP (strip_2_low, 2, 0, 0, TRUE)
STRIP (strip_1, 1, 0, 0, FALSE)
STRIP (strip_2, 2, 0, 0, FALSE)
STRIP (strip_all_1, ROWS, 1, 0, TRUE)
STRIP (strip_all_2, ROWS, 2, 0, TRUE)
STRIP (strip_all_3, ROWS, 3, 0, TRUE)
STRIP (strip_all_4, ROWS, 4, 0, TRUE)
STRIP (strip_all_5, ROWS, 5, 0, TRUE)
STRIP (strip_all_6, ROWS, 6, 0, TRUE)
STRIP (strip_all_7, ROWS, 7, 0, TRUE)
STRIP (strip_all, ROWS, 0, 0, FALSE)
/* The most common kernel. */
STRIP (strip_all_3_3, ROWS, 3, 3, TRUE)

typedef void (*Strip) (const CorrelateBlock *b, int width);

/* The strip of @rows rows (1, 2 or ROWS) for kernels of kh × kw. */
static Strip
strip_for (int rows, int kh, int kw, int x_step)
{
  static const Strip all[LOW_MAX] = {
    strip_all_1, strip_all_2, strip_all_3, strip_all_4, strip_all_5, strip_all_6, strip_all_7,
  };
  gboolean low = kh <= LOW_MAX;

  if (rows == 1)
    return low ? strip_1_low : strip_1;
  if (rows == 2)
    return kh == 1 ? strip_2_1 : low ? strip_2_low : strip_2;
  if (kh == 3 && kw == 3 && x_step == 1)
    return strip_all_3_3;
  return low ? all[kh - 1] : strip_all;
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
      if (hints->minus != NULL)
        b.hints.minus = hints->minus + (size_t)i * hints->minus_stride;
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
