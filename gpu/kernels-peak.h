/* What a device can do at most, for the benchmark's floors: copying, and multiply-adds in registers. Device code, for
 * kernels.cu alone. */
#pragma once

#include "gpu/kernels-common.h"

/* Chains of multiply-adds that a thread has under way at once, more than a multiply-add takes cycles. */
#define PEAK_CHAINS 8

/* to = from, @n fours. */
KERNEL void
ew_cuda_peak_copy (const float *from, float *to, long long n)
{
  for (long long k = (long long)blockIdx.x * EW_CUDA_THREADS + threadIdx.x; k < n;
       k += (long long)gridDim.x * EW_CUDA_THREADS)
    ((Four *)to)[k] = ((const Four *)from)[k];
}

/* @rounds times PEAK_CHAINS · 16 multiply-adds a thread; out is written so that none of them can be left out. */
KERNEL void
ew_cuda_peak_multiply (float *out, int rounds, float factor, float term)
{
  float chains[PEAK_CHAINS];
  float sum = 0;

  UNROLL
  for (int c = 0; c < PEAK_CHAINS; c++)
    chains[c] = (float)(c + (int)threadIdx.x);
  for (int r = 0; r < rounds; r++)
    UNROLL
  for (int k = 0; k < 16; k++)
    UNROLL
  for (int c = 0; c < PEAK_CHAINS; c++)
    chains[c] = fmaf (chains[c], factor, term);
  UNROLL
  for (int c = 0; c < PEAK_CHAINS; c++)
    sum += chains[c];
  out[(long long)blockIdx.x * EW_CUDA_THREADS + threadIdx.x] = sum;
}
