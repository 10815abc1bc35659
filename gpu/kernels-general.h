/* The kernels for every stride and dilation: x is read where it is, one output or one tap a thread at a time. Device
 * code, for kernels.cu alone. */
#pragma once

#include "gpu/kernels-wide.h"

#define GENERAL_HEIGHT 16
#define GENERAL_WIDTH  32

/* The element of x that output (i, j) sees under tap (0, 0). */
static __device__ __forceinline__ const float *
seen_by (EwCudaPlane x, EwCudaShape shape, long long i, long long j)
{
  return x.data + i * shape.stride * x.stride + j * shape.stride;
}

static __device__ __forceinline__ float
general_output (EwCudaPlane x, const float *taps, int pitch, EwCudaShape shape, float bias, long long i, long long j)
{
  const float *from = seen_by (x, shape, i, j);
  float output = bias;

  for (int a = 0; a < shape.kernel_height; a++)
    for (int c = 0; c < shape.kernel_width; c++)
      output = fmaf (taps[a * pitch + c], from[a * shape.dilation * x.stride + c * (long long)shape.dilation], output);
  return output;
}

/* y = x ⋆ taps + bias. */
KERNEL void
ew_cuda_correlate_general (EwCudaPlane x, EwCudaPlane y, const double *params, EwCudaShape shape)
{
  SHARED_MEMORY;
  EwCudaTile size = ew_cuda_tile (EW_CUDA_GENERAL, 0);
  int pitch = ew_cuda_tap_pitch (shape.kernel_width);
  float bias = (float)params[shape.kernel_height * shape.kernel_width];

  load_taps (params, shape.kernel_height, shape.kernel_width, pitch, ew_cuda_shared);
  __syncthreads ();
  for (long long tile = blockIdx.x; tile < ew_cuda_tiles (size, y.height, y.width); tile += gridDim.x)
    {
      Place place = place_of (tile, size, y.width);
      long long column = place.column + (int)threadIdx.x % GENERAL_WIDTH;

      for (int i = (int)threadIdx.x / GENERAL_WIDTH; i < GENERAL_HEIGHT; i += EW_CUDA_WARPS)
        if (place.row + i < y.height && column < y.width)
          y.data[(place.row + i) * y.stride + column]
              = general_output (x, ew_cuda_shared, pitch, shape, bias, place.row + i, column);
    }
}

/* The weight of a residual. */
static __device__ __forceinline__ float
weight_of (const EwCudaSample *sample, long long row, long long column)
{
  return sample->mask.data == NULL ? 1 : sample->mask.data[row * sample->mask.stride + column];
}

/* Residuals of the tile times their weights, zero outside y; sums: of them and of their squares. */
static __device__ __forceinline__ void
general_residuals (const EwCudaSample *sample, const float *taps, EwCudaShape shape, float bias, Place place,
                   float *residuals, float sums[2])
{
  int j = (int)threadIdx.x % GENERAL_WIDTH;

  sums[0] = sums[1] = 0;
  for (int i = (int)threadIdx.x / GENERAL_WIDTH; i < GENERAL_HEIGHT; i += EW_CUDA_WARPS)
    {
      long long row = place.row + i;
      long long column = place.column + j;
      float r = 0;
      float weighted = 0;

      if (row < sample->y.height && column < sample->y.width)
        {
          r = general_output (sample->x, taps, shape.kernel_width, shape, bias, row, column)
              - sample->y.data[row * sample->y.stride + column];
          weighted = weight_of (sample, row, column) * r;
        }
      residuals[i * EW_CUDA_GENERAL_PITCH + j] = weighted;
      sums[0] += weighted;
      sums[1] = fmaf (weighted, r, sums[1]);
    }
}

/* Σ r·x for one tap over the rows of one group. */
static __device__ __forceinline__ float
general_sum (const EwCudaSample *sample, const float *residuals, Place place, EwCudaShape shape, int tap, int group,
             int groups)
{
  long long rows = sample->y.height - place.row;
  long long columns = sample->y.width - place.column;
  long long offset = tap / shape.kernel_width * (long long)shape.dilation * sample->x.stride
                     + tap % shape.kernel_width * (long long)shape.dilation;
  float sum = 0;

  for (int i = group; i < GENERAL_HEIGHT && i < rows; i += groups)
    {
      const float *from = seen_by (sample->x, shape, place.row + i, place.column) + offset;

      for (int j = 0; j < GENERAL_WIDTH && j < columns; j++)
        sum = fmaf (residuals[i * EW_CUDA_GENERAL_PITCH + j], from[j * (long long)shape.stride], sum);
    }
  return sum;
}

/* The gradient of a tile: a thread a tap, or several whose sums are added in their order. */
static __device__ __forceinline__ void
general_gradient (const EwCudaSample *sample, const float *residuals, Place place, EwCudaShape shape, float *memory,
                  double *partials)
{
  int n_taps = shape.kernel_height * shape.kernel_width;
  int groups = ew_cuda_groups (n_taps, GENERAL_HEIGHT);

  if (groups == 1)
    for (int tap = threadIdx.x; tap < n_taps; tap += EW_CUDA_THREADS)
      partials[tap * (long long)gridDim.x] += (double)general_sum (sample, residuals, place, shape, tap, 0, 1);
  else if ((int)threadIdx.x < n_taps * groups)
    memory[threadIdx.x]
        = general_sum (sample, residuals, place, shape, (int)threadIdx.x % n_taps, (int)threadIdx.x / n_taps, groups);
  __syncthreads ();
  if (groups > 1 && (int)threadIdx.x < n_taps)
    {
      double sum = 0;

      for (int group = 0; group < groups; group++)
        sum += (double)memory[group * n_taps + threadIdx.x];
      partials[threadIdx.x * (long long)gridDim.x] += sum;
    }
}

/* Partial sums of m·r·x for each tap, of m·r and of m·r²: a column of partials for each block. */
KERNEL void
ew_cuda_evaluate_general (const EwCudaSample *samples, int n_samples, long long n_tiles, const double *params,
                          int has_bias, EwCudaShape shape, int rows, const EwCudaProgress *progress, double *partials)
{
  SHARED_MEMORY;
  int n_taps = shape.kernel_height * shape.kernel_width;
  float *memory = ew_cuda_shared;
  float *residuals = memory + EW_CUDA_SUMS_BYTES / 4;
  float *taps = residuals + GENERAL_HEIGHT * EW_CUDA_GENERAL_PITCH;
  float bias = has_bias ? (float)params[n_taps] : 0;
  double *column = partials + blockIdx.x;
  int s = 0;

  (void)rows;
  if (progress->diverged)
    return;
  load_taps (params, shape.kernel_height, shape.kernel_width, shape.kernel_width, taps);
  for (int k = threadIdx.x; k < n_taps + 2; k += EW_CUDA_THREADS)
    column[k * (long long)gridDim.x] = 0;
  __syncthreads ();
  for (long long tile = blockIdx.x; tile < n_tiles; tile += gridDim.x)
    {
      float sums[2];

      s = sample_of (samples, s, n_samples, tile);

      Place place = place_of (tile - samples[s].first_tile, ew_cuda_tile (EW_CUDA_GENERAL, 0), samples[s].y.width);

      general_residuals (&samples[s], taps, shape, bias, place, residuals, sums);
      /* Its barriers say that the residuals are whole, too; what it holds in the end are halves, not values. */
      add_up (sums, 2, memory, column + n_taps * (long long)gridDim.x, gridDim.x);
      general_gradient (&samples[s], residuals, place, shape, memory, column);
      /* The residuals and the groups' sums have been read. */
      __syncthreads ();
    }
}
