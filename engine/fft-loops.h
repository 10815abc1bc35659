/* EwFftLoops: what is done to numbers before, between and after the transforms. */
#pragma once

#include "engine/fftw.h"

G_BEGIN_DECLS

/**
 * EwFftLoops:
 * @zip: to[j] = (a[j] − centres[0]) + i·(b[j] − centres[1]) for @n values; a value x that is not |x| ≤ limit becomes 0.
 *   Returns whether there was one
 * @unzip: a[j] = Re from[j] · scale + offsets[0], b[j] = Im from[j] · scale + offsets[1]
 * @multiply: z[i] *= by[i] for n numbers, a multiple of 2; both on 16-byte boundaries
 * @add: sums[j] += x[j] where |x[j]| ≤ limit; returns how many were added
 */
typedef struct
{
  gboolean (*zip) (const float *a, const float *b, const float *centres, float limit, int n, EwComplex *to);
  void (*unzip) (const EwComplex *from, float scale, const float *offsets, int n, float *a, float *b);
  void (*multiply) (EwComplex *z, const EwComplex *by, int n);
  int (*add) (const float *x, float limit, int n, float *sums);
} EwFftLoops;

/* The loops for an instruction set: "generic", "avx2", "avx512" (which makes do with the middle one's). */
const EwFftLoops *ew_fft_loops (const char *id);

G_END_DECLS
