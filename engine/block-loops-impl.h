/* The inner loops of block means. Before including: EW_LOOPS (the table's name). Lanes are different columns, and a sum
 * has eight parts whatever the width of the vectors, so that all instruction sets give the same bits. */
#pragma once

#include "engine/block-loops.h"

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

const EwBlockLoops EW_LOOPS = { .widen = widen, .add = add, .sum = sum };
