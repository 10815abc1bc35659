/* The inner loops of EwQuadratic, written once on GCC's vector types; each instruction set compiles them with its
 * flags.
 *
 * Every product and sum is rounded by itself, in an order that the width of the vectors does not change, so that all
 * give the same bits: lanes are different weights, never parts of one sum, but for the loss, which is summed in
 * EW_QUADRATIC_LANES parts everywhere. Compiled without fused multiply-adds (-ffp-contract=off).
 *
 * Before including: EW_VECTOR_BYTES, EW_LOOPS (the table's name). */
#pragma once

#include "engine/quadratic-private.h"

#include <float.h>
#include <string.h>

#define LANES ((int)(EW_VECTOR_BYTES / sizeof (double)))
/* Sums that are held in registers at a time: 12 vectors. */
#define BLOCK (12 * LANES)

typedef double Vector __attribute__ ((vector_size (EW_VECTOR_BYTES), may_alias));

#define ALWAYS_INLINE static inline __attribute__ ((always_inline))

/* Adds up C vectors of G·d, row after row of G, which is its column too. C is literal at every call. */
ALWAYS_INLINE void
multiply_block (const EwQuadratic *q, int first, const int C)
{
  const double *row = q->g + first;
  Vector sum[12];

#pragma GCC unroll 12
  for (int c = 0; c < C; c++)
    sum[c] = (Vector){ 0 };
  for (int j = 0; j < q->n; j++, row += q->stride)
    {
      Vector d = q->d[j] - (Vector){ 0 };

#pragma GCC unroll 12
      for (int c = 0; c < C; c++)
        sum[c] += d * ((const Vector *)row)[c];
    }
#pragma GCC unroll 12
  for (int c = 0; c < C; c++)
    ((Vector *)(q->product + first))[c] = sum[c];
}

/* What is left of a row after whole blocks: 8 to 40 values. */
ALWAYS_INLINE void
multiply_rest (const EwQuadratic *q, int first, int values)
{
#define REST(n)                                                                                                        \
  case n:                                                                                                              \
    multiply_block (q, first, (n) / LANES);                                                                            \
    break
  switch (values)
    {
      REST (8);
      REST (16);
#if EW_VECTOR_BYTES > 16
      REST (24);
      REST (32);
      REST (40);
#endif
    default:
      break;
    }
#undef REST
}

/* The same sums in the same order, four rows at a time from end to end, as memory likes it. */
static void
multiply_long (const EwQuadratic *q)
{
  size_t n = (size_t)q->n;
  double *restrict sum = q->product;
  size_t j = 0;

  memset (sum, 0, n * sizeof (double));
  for (; j + 4 <= n; j += 4)
    {
      const double *row = q->g + j * q->stride;
      double d0 = q->d[j], d1 = q->d[j + 1], d2 = q->d[j + 2], d3 = q->d[j + 3];

      for (size_t i = 0; i < n; i++)
        sum[i] = sum[i] + d0 * row[i] + d1 * row[q->stride + i] + d2 * row[2 * q->stride + i]
                 + d3 * row[3 * q->stride + i];
    }
  for (; j < n; j++)
    for (size_t i = 0; i < n; i++)
      sum[i] += q->d[j] * q->g[j * q->stride + i];
}

ALWAYS_INLINE void
multiply_any (EwQuadratic *q)
{
  int i = 0;

  if (q->copy == NULL)
    {
      multiply_long (q);
      return;
    }
  for (i = 0; i + BLOCK <= q->padded; i += BLOCK)
    multiply_block (q, i, 12);
  multiply_rest (q, i, q->padded - i);
}

/* L₁ + Σ d·(g₁ + G·d). */
ALWAYS_INLINE double
loss_any (const EwQuadratic *q)
{
  enum { VECTORS = EW_QUADRATIC_LANES / LANES };
  Vector sum[VECTORS] = { 0 };
  double part[EW_QUADRATIC_LANES];
  const Vector *d = (const Vector *)q->d;
  const Vector *slope = (const Vector *)q->slope;
  const Vector *product = (const Vector *)q->product;
  int n = q->padded / LANES;

  for (int i = 0; i < n; i += VECTORS)
    {
#pragma GCC unroll 4
      for (int v = 0; v < VECTORS; v++)
        sum[v] += d[i + v] * (slope[i + v] + product[i + v]);
    }
  memcpy (part, sum, sizeof part);

  double loss = q->level + (((part[0] + part[4]) + (part[2] + part[6])) + ((part[1] + part[5]) + (part[3] + part[7])));

  /* NAN stays. */
  return loss < 0 ? 0 : loss;
}

/* d = w − w₁ */
ALWAYS_INLINE void
measure_from_base (const EwQuadratic *q)
{
  Vector *d = (Vector *)q->d;
  const Vector *params = (const Vector *)q->params;
  const Vector *base = (const Vector *)q->base;
  int n = q->padded / LANES;

  for (int i = 0; i < n; i++)
    d[i] = params[i] - base[i];
}

/* w −= step·∇L */
ALWAYS_INLINE void
move (const EwQuadratic *q, double step)
{
  Vector *params = (Vector *)q->params;
  const Vector *slope = (const Vector *)q->slope;
  const Vector *product = (const Vector *)q->product;
  int n = q->padded / LANES;

  for (int i = 0; i < n; i++)
    params[i] -= step * (slope[i] + 2 * product[i]);
}

static void
descend (EwQuadratic *q, EwDescent *descent)
{
  double above = descent->diverged_above < DBL_MAX ? descent->diverged_above : DBL_MAX;
  double *trace = descent->trace;

  for (; descent->done < descent->epochs; descent->done++)
    {
      measure_from_base (q);
      multiply_any (q);

      double loss = loss_any (q);

      if (descent->losses != NULL)
        descent->losses[descent->done] = loss;
      if (!(loss <= above))
        {
          descent->diverged = TRUE;
          return;
        }
      move (q, descent->step);
      if (trace == NULL)
        continue;
      memcpy (trace, q->params, q->n * sizeof (double));
      trace += q->n;
    }
}

static void
multiply (EwQuadratic *q)
{
  multiply_any (q);
}

static double
loss_at (const EwQuadratic *q)
{
  return loss_any (q);
}

const EwQuadraticLoops EW_LOOPS = { multiply, loss_at, descend };
