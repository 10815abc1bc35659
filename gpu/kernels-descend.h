/* What leads from partial sums to the next weights, and whole descents within one block. Device code, for kernels.cu
 * alone. */
#pragma once

#include "gpu/kernels-common.h"

#include <math.h>

/* sums[k · pitch] = Σ partials[k, …]. */
KERNEL void
ew_cuda_reduce (const double *partials, int n_partials, int n_sums, const EwCudaProgress *progress, double *sums,
                int pitch)
{
  SHARED_MEMORY;
  double *parts = (double *)ew_cuda_shared;

  if (progress != NULL && progress->diverged)
    return;
  for (int k = blockIdx.x; k < n_sums; k += gridDim.x)
    {
      double part = 0;

      for (int b = threadIdx.x; b < n_partials; b += EW_CUDA_THREADS)
        part += partials[k * (long long)n_partials + b];
      parts[threadIdx.x] = part;
      __syncthreads ();
      for (int half = EW_CUDA_THREADS / 2; half > 0; half /= 2)
        {
          if ((int)threadIdx.x < half)
            parts[threadIdx.x] += parts[threadIdx.x + half];
          __syncthreads ();
        }
      if (threadIdx.x == 0)
        sums[k * (long long)pitch] = parts[0];
    }
}

/* params −= step · 2 · sums, unless that diverges. */
KERNEL void
ew_cuda_step (const double *sums, int n_taps, int n_params, double *params, EwCudaProgress *progress, double *losses,
              double *trace)
{
  double loss = sums[n_taps + 1];
  double step = progress->step;
  int done = progress->done;
  int diverged = progress->diverged;

  /* All know how far the descent was before one of them writes that. */
  __syncthreads ();
  if (diverged)
    return;
  if (threadIdx.x == 0)
    losses[done] = loss;
  if (!isfinite (loss) || loss > progress->diverged_above)
    {
      if (threadIdx.x == 0)
        progress->diverged = 1;
      return;
    }
  /* Whoever finds a bad weight writes the same; a weight is written only when there is none. */
  for (int k = threadIdx.x; k < n_params; k += EW_CUDA_THREADS)
    if (!isfinite (params[k] - step * (2 * sums[k])))
      progress->diverged = 1;
  __syncthreads ();
  if (progress->diverged)
    return;
  for (int k = threadIdx.x; k < n_params; k += EW_CUDA_THREADS)
    {
      params[k] -= step * (2 * sums[k]);
      trace[(long long)done * n_params + k] = params[k];
    }
  if (threadIdx.x == 0)
    progress->done = done + 1;
}

/* A small problem in shared memory. seen[o] is the element of x that output o sees under tap (0, 0). */
typedef struct
{
  double *params;
  double *sums;
  double *parts;
  float *x;
  float *y;
  float *r;
  int *seen;
  int *bad;
  int n_outputs;
} Small;

static __device__ __forceinline__ Small
divide_small (float *memory)
{
  Small small;

  small.params = (double *)memory;
  small.sums = small.params + EW_CUDA_SMALL_PARAMS;
  small.parts = small.sums + EW_CUDA_SMALL_PARAMS + 2;
  small.x = (float *)(small.parts + EW_CUDA_THREADS);
  small.y = small.x + EW_CUDA_SMALL_X;
  small.r = small.y + EW_CUDA_SMALL_OUTPUTS;
  small.seen = (int *)(small.r + EW_CUDA_SMALL_OUTPUTS);
  small.bad = small.seen + EW_CUDA_SMALL_OUTPUTS;
  small.n_outputs = 0;
  return small;
}

static __device__ void
load_small (Small *small, const EwCudaSample *samples, int n_samples, int pitch, EwCudaShape shape)
{
  int top = 0;

  for (int s = 0; s < n_samples; s++)
    {
      EwCudaPlane x = samples[s].x;
      EwCudaPlane y = samples[s].y;

      for (int k = threadIdx.x; k < x.height * x.width; k += EW_CUDA_THREADS)
        small->x[(top + k / x.width) * pitch + k % x.width] = x.data[k / x.width * x.stride + k % x.width];
      for (int k = threadIdx.x; k < y.height * y.width; k += EW_CUDA_THREADS)
        {
          small->y[small->n_outputs + k] = y.data[k / y.width * y.stride + k % y.width];
          small->seen[small->n_outputs + k] = (top + k / y.width * shape.stride) * pitch + k % y.width * shape.stride;
        }
      small->n_outputs += y.height * y.width;
      top += x.height;
    }
}

static __device__ __forceinline__ void
small_residuals (const Small *small, int pitch, EwCudaShape shape, float bias)
{
  for (int o = threadIdx.x; o < small->n_outputs; o += EW_CUDA_THREADS)
    {
      const float *from = small->x + small->seen[o];
      float output = bias;

      for (int a = 0; a < shape.kernel_height; a++)
        for (int c = 0; c < shape.kernel_width; c++)
          output = fmaf ((float)small->params[a * shape.kernel_width + c],
                         from[a * shape.dilation * pitch + c * shape.dilation], output);
      small->r[o] = output - small->y[o];
    }
}

/* A part of sum @k over every @groups th output: of r·x for a tap, of r, of r². */
static __device__ __forceinline__ float
small_part (const Small *small, int pitch, EwCudaShape shape, int k, int group, int groups)
{
  int n_taps = shape.kernel_height * shape.kernel_width;
  int offset = k / shape.kernel_width * shape.dilation * pitch + k % shape.kernel_width * shape.dilation;
  float sum = 0;

  for (int o = group; o < small->n_outputs; o += groups)
    if (k < n_taps)
      sum = fmaf (small->r[o], small->x[small->seen[o] + offset], sum);
    else
      sum = k == n_taps ? sum + small->r[o] : fmaf (small->r[o], small->r[o], sum);
  return sum;
}

static __device__ __forceinline__ void
small_sums (const Small *small, int pitch, EwCudaShape shape)
{
  int n_sums = shape.kernel_height * shape.kernel_width + 2;
  int groups = EW_CUDA_THREADS / n_sums;

  if ((int)threadIdx.x < n_sums * groups)
    small->parts[threadIdx.x]
        = (double)small_part (small, pitch, shape, (int)threadIdx.x % n_sums, (int)threadIdx.x / n_sums, groups);
  /* The parts are whole; the residuals have been read. */
  __syncthreads ();
  if ((int)threadIdx.x < n_sums)
    {
      double sum = 0;

      for (int group = 0; group < groups; group++)
        sum += small->parts[group * n_sums + threadIdx.x];
      small->sums[threadIdx.x] = sum;
      /* An update that is not finite ends the descent before it is made. */
      if ((int)threadIdx.x == n_sums - 1)
        *small->bad = 0;
    }
  __syncthreads ();
}

/* One epoch's update; FALSE where it diverges. Each thread has a parameter at most. */
static __device__ __forceinline__ int
small_step (const Small *small, int n_taps, int n_params, const EwCudaProgress *progress, double *loss, double *trace)
{
  double next = 0;

  *loss = small->sums[n_taps + 1];
  if ((int)threadIdx.x < n_params)
    next = small->params[threadIdx.x] - progress->step * (2 * small->sums[threadIdx.x]);
  if (!isfinite (next) || !isfinite (*loss) || *loss > progress->diverged_above)
    *small->bad = 1;
  __syncthreads ();
  if (*small->bad)
    return 0;
  if ((int)threadIdx.x < n_params)
    {
      small->params[threadIdx.x] = next;
      trace[threadIdx.x] = next;
    }
  /* The weights are whole. */
  __syncthreads ();
  return 1;
}

/* Epochs of a problem that one block holds. */
KERNEL void
ew_cuda_descend (const EwCudaSample *samples, int n_samples, int pitch, EwCudaShape shape, int has_bias, int epochs,
                 double *params, EwCudaProgress *progress, double *losses, double *trace, double *sums)
{
  SHARED_MEMORY;
  Small small = divide_small (ew_cuda_shared);
  int n_taps = shape.kernel_height * shape.kernel_width;
  int n_params = n_taps + (has_bias != 0);
  int done = progress->done;
  int going = 1;

  if (progress->diverged)
    return;
  if ((int)threadIdx.x < n_params)
    small.params[threadIdx.x] = params[threadIdx.x];
  load_small (&small, samples, n_samples, pitch, shape);
  __syncthreads ();
  for (int e = 0; e < epochs && going; e++)
    {
      double loss;

      small_residuals (&small, pitch, shape, has_bias ? (float)small.params[n_taps] : 0);
      __syncthreads ();
      small_sums (&small, pitch, shape);
      going = small_step (&small, n_taps, n_params, progress, &loss, trace + (long long)done * n_params);
      if (threadIdx.x == 0)
        losses[done] = loss;
      done += going;
    }
  if ((int)threadIdx.x < n_params)
    params[threadIdx.x] = small.params[threadIdx.x];
  if ((int)threadIdx.x < n_taps + 2)
    sums[threadIdx.x] = small.sums[threadIdx.x];
  if (threadIdx.x == 0)
    {
      progress->done = done;
      progress->diverged = !going;
    }
}
