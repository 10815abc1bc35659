/* The inner loops of block means. Before including: EW_LOOPS (the table's name). Lanes are different columns, and a sum
 * has eight parts whatever the width of the vectors, so that all instruction sets give the same bits. */
#pragma once

#include "engine/block-loops.h"

#include <string.h>

#define LANES 8

/* Values of a cache line. */
#define LINE 16

static void
widen (const float *restrict from, size_t ahead, double *restrict to, int n)
{
  int k = 0;

  for (; k + LINE <= n; k += LINE)
    {
      __builtin_prefetch (from + k + ahead);
      for (int lane = 0; lane < LINE; lane++)
        to[k + lane] += (double)from[k + lane];
    }
  for (; k < n; k++)
    to[k] += (double)from[k];
}

static void
add (const double *restrict from, double *restrict to, int n)
{
  for (int k = 0; k < n; k++)
    to[k] += from[k];
}

static double
sum (const double *from, int n)
{
  double parts[LANES] = { 0 };
  int k = 0;

  for (; k + LANES <= n; k += LANES)
    for (int lane = 0; lane < LANES; lane++)
      parts[lane] += from[k + lane];
  for (int lane = 0; k + lane < n; lane++)
    parts[lane] += from[k + lane];
  return ((parts[0] + parts[4]) + (parts[2] + parts[6])) + ((parts[1] + parts[5]) + (parts[3] + parts[7]));
}

static void
join (const double *restrict a, const double *restrict b, double *restrict to, int n)
{
  for (int k = 0; k < n; k++)
    to[k] = a[k] + b[k];
}

typedef double Four __attribute__ ((vector_size (EW_BLOCK_LANES * sizeof (double))));

static inline Four
load (const double *from)
{
  Four four;

  memcpy (&four, from, sizeof four);
  return four;
}

static inline void
store (double *to, Four four)
{
  memcpy (to, &four, sizeof four);
}

static void
turn (const double *restrict from, size_t pitch, int n, double *restrict to)
{
  int k = 0;

  for (; k + EW_BLOCK_LANES <= n; k += EW_BLOCK_LANES)
    {
      Four a = load (from + k);
      Four b = load (from + pitch + k);
      Four c = load (from + 2 * pitch + k);
      Four d = load (from + 3 * pitch + k);
      Four even_ab = __builtin_shufflevector (a, b, 0, 4, 2, 6);
      Four even_cd = __builtin_shufflevector (c, d, 0, 4, 2, 6);
      Four odd_ab = __builtin_shufflevector (a, b, 1, 5, 3, 7);
      Four odd_cd = __builtin_shufflevector (c, d, 1, 5, 3, 7);

      store (to + EW_BLOCK_LANES * k, __builtin_shufflevector (even_ab, even_cd, 0, 1, 4, 5));
      store (to + EW_BLOCK_LANES * (k + 1), __builtin_shufflevector (odd_ab, odd_cd, 0, 1, 4, 5));
      store (to + EW_BLOCK_LANES * (k + 2), __builtin_shufflevector (even_ab, even_cd, 2, 3, 6, 7));
      store (to + EW_BLOCK_LANES * (k + 3), __builtin_shufflevector (odd_ab, odd_cd, 2, 3, 6, 7));
    }
  for (; k < n; k++)
    for (int lane = 0; lane < EW_BLOCK_LANES; lane++)
      to[EW_BLOCK_LANES * k + lane] = from[lane * pitch + k];
}

/* As sum (), in each lane. */
static inline Four
sum_turned (const double *turned, int n)
{
  Four parts[LANES] = { { 0 } };
  int k = 0;

  for (; k + LANES <= n; k += LANES)
    for (int part = 0; part < LANES; part++)
      parts[part] += load (turned + EW_BLOCK_LANES * (k + part));
  for (int part = 0; k + part < n; part++)
    parts[part] += load (turned + EW_BLOCK_LANES * (k + part));
  return ((parts[0] + parts[4]) + (parts[2] + parts[6])) + ((parts[1] + parts[5]) + (parts[3] + parts[7]));
}

/* A few values, one after the other. */
static inline Four
few_turned (const double *turned, int begin, int end)
{
  Four sum = { 0 };

  for (int k = begin; k < end; k++)
    sum += load (turned + EW_BLOCK_LANES * k);
  return sum;
}

static void
windows (const double *turned, const EwBlockWindows *w, double *sums)
{
  int last = w->n - 1;
  int shared = w->side - w->starts[last];
  Four core = { 0 };
  Four running = { 0 };

  if (shared > 0)
    core = sum_turned (turned + EW_BLOCK_LANES * w->starts[last], shared);
  store (sums + EW_BLOCK_LANES * last, core);
  for (int q = last - 1; q >= 0; q--)
    {
      running += few_turned (turned, w->starts[q], w->starts[q + 1]);
      store (sums + EW_BLOCK_LANES * q, core + running);
    }
  running = (Four){ 0 };
  for (int q = 1; q <= last; q++)
    {
      running += few_turned (turned, w->starts[q - 1] + w->side, w->starts[q] + w->side);
      store (sums + EW_BLOCK_LANES * q, load (sums + EW_BLOCK_LANES * q) + running);
    }
}

const EwBlockLoops EW_LOOPS
    = { .widen = widen, .add = add, .join = join, .sum = sum, .turn = turn, .windows = windows };
