/* The kernels for taps of any number, stride 1 and dilation 1. A thread has 4 × 4 outputs, and then 4 × 4 taps of the
 * gradient. Device code, for kernels.cu alone. */
#pragma once

#include "gpu/kernels-common.h"

#define HIGH 4

#define TILE_HEIGHT 32
#define TILE_WIDTH  128

/* Rows of taps at a pitch; what fills them up is never read. */
static __device__ void
load_taps (const double *params, int height, int width, int pitch, float *taps)
{
  for (int k = threadIdx.x; k < height * width; k += EW_CUDA_THREADS)
    taps[k / width * pitch + k % width] = (float)params[k];
}

/* outputs[q] += Σ tap[c] · x[c + q] over the @n first of four taps. */
static __device__ __forceinline__ void
add_four_taps (const float *tap, int n, const float x[2 * COLUMNS], float outputs[COLUMNS])
{
  Four four = { { 0, 0, 0, 0 } };

  if (n >= 4)
    four = *(const Four *)tap;
  else
    {
      UNROLL
      for (int c = 0; c < 3; c++)
        if (c < n)
          four.v[c] = tap[c];
    }
  UNROLL
  for (int c = 0; c < 4; c++)
    if (c < n)
      {
        UNROLL
        for (int q = 0; q < COLUMNS; q++)
          outputs[q] = fmaf (four.v[c], x[c + q], outputs[q]);
      }
}

/* 4 × 4 outputs from (row, column) on, as far as x reaches. Row by row of x, along each row by fours. */
static __device__ __forceinline__ void
wide_outputs (EwCudaPlane x, const float *taps, EwCudaShape shape, float bias, long long row, long long column,
              float outputs[HIGH][COLUMNS])
{
  int pitch = ew_cuda_tap_pitch (shape.kernel_width);

  UNROLL
  for (int i = 0; i < HIGH; i++)
    UNROLL
  for (int q = 0; q < COLUMNS; q++)
    outputs[i][q] = bias;
  for (int down = 0; down < shape.kernel_height + HIGH - 1 && row + down < x.height; down++)
    {
      Four left = load_four (x, row + down, column);

      for (int c = 0; c < shape.kernel_width; c += 4)
        {
          Four right = load_four (x, row + down, column + c + 4);
          float values[2 * COLUMNS]
              = { left.v[0], left.v[1], left.v[2], left.v[3], right.v[0], right.v[1], right.v[2], right.v[3] };

          UNROLL
          for (int i = 0; i < HIGH; i++)
            if (down >= i && down - i < shape.kernel_height)
              add_four_taps (taps + (down - i) * pitch + c, shape.kernel_width - c, values, outputs[i]);
          left = right;
        }
    }
}

/* y = x ⋆ taps + bias. */
KERNEL void
ew_cuda_correlate_wide (EwCudaPlane x, EwCudaPlane y, const double *params, EwCudaShape shape)
{
  SHARED_MEMORY;
  EwCudaTile size = ew_cuda_tile (EW_CUDA_WIDE, 0);
  float bias = (float)params[shape.kernel_height * shape.kernel_width];

  load_taps (params, shape.kernel_height, shape.kernel_width, ew_cuda_tap_pitch (shape.kernel_width), ew_cuda_shared);
  __syncthreads ();
  for (long long tile = blockIdx.x; tile < ew_cuda_tiles (size, y.height, y.width); tile += gridDim.x)
    {
      Place place = place_of (tile, size, y.width);
      long long row = place.row + (int)threadIdx.x / 32 * HIGH;
      long long column = place.column + (int)threadIdx.x % 32 * COLUMNS;
      float outputs[HIGH][COLUMNS];

      if (row >= y.height || column >= y.width)
        continue;
      wide_outputs (x, ew_cuda_shared, shape, bias, row, column, outputs);
      UNROLL
      for (int i = 0; i < HIGH; i++)
        if (row + i < y.height)
          store_four (y, row + i, column, outputs[i]);
    }
}

/* Weights of four residuals, zero outside y. */
static __device__ __forceinline__ void
load_weights (const EwCudaSample *sample, long long row, long long column, float weights[COLUMNS])
{
  Four four = { { 1, 1, 1, 1 } };

  if (sample->mask.data != NULL)
    four = load_four (sample->mask, row, column);
  UNROLL
  for (int q = 0; q < COLUMNS; q++)
    weights[q] = column + q < sample->y.width ? four.v[q] : 0;
}

/* The thread's residuals times their weights into the tile, zero outside y; sums: of them and of their squares. */
static __device__ __forceinline__ void
wide_residuals (const EwCudaSample *sample, const float *taps, EwCudaShape shape, float bias, Place place,
                float *residuals, float sums[2])
{
  int i = (int)threadIdx.x / 32 * HIGH;
  int j = (int)threadIdx.x % 32 * COLUMNS;
  float r[HIGH][COLUMNS] = { { 0 } };

  if (place.row + i < sample->y.height && place.column + j < sample->y.width)
    wide_outputs (sample->x, taps, shape, bias, place.row + i, place.column + j, r);
  sums[0] = sums[1] = 0;
  UNROLL
  for (int p = 0; p < HIGH; p++)
    {
      Four four = { { 0, 0, 0, 0 } };

      if (place.row + i + p < sample->y.height)
        {
          float weights[COLUMNS];

          subtract_target (sample->y, place.row + i + p, place.column + j, r[p]);
          load_weights (sample, place.row + i + p, place.column + j, weights);
          UNROLL
          for (int q = 0; q < COLUMNS; q++)
            {
              four.v[q] = weights[q] * r[p][q];
              sums[0] += four.v[q];
              sums[1] = fmaf (four.v[q], r[p][q], sums[1]);
            }
        }
      *(Four *)(residuals + (i + p) * TILE_WIDTH + j) = four;
    }
}

/* sums += r·x for 4 × 4 taps from (a, c) on, down four columns of the tile from j on. Past the kernel's last row or
 * column the sums are of no use; x beyond its rows is zero. */
static __device__ __forceinline__ void
add_strip (EwCudaPlane x, const float *residuals, Place place, int a, int c, int j, float sums[16])
{
  float r[HIGH][COLUMNS] = { { 0 } };

  for (int down = 0; down < TILE_HEIGHT + HIGH - 1; down++)
    {
      long long row = place.row + a + down;
      Four now = { { 0, 0, 0, 0 } };

      if (row >= x.height)
        break;

      Four left = load_four (x, row, place.column + j + c);
      Four right = load_four (x, row, place.column + j + c + 4);
      float values[2 * COLUMNS]
          = { left.v[0], left.v[1], left.v[2], left.v[3], right.v[0], right.v[1], right.v[2], right.v[3] };

      if (down < TILE_HEIGHT)
        now = *(const Four *)(residuals + down * TILE_WIDTH + j);
      UNROLL
      for (int q = 0; q < COLUMNS; q++)
        {
          r[3][q] = r[2][q];
          r[2][q] = r[1][q];
          r[1][q] = r[0][q];
          r[0][q] = now.v[q];
        }
      UNROLL
      for (int t = 0; t < HIGH; t++)
        UNROLL
      for (int p = 0; p < 4; p++)
        UNROLL
      for (int q = 0; q < COLUMNS; q++)
        sums[4 * t + p] = fmaf (r[t][q], values[p + q], sums[4 * t + p]);
    }
}

/* The number of tap k of an item, or −1 where the kernel has no such tap. */
static __device__ __forceinline__ int
tap_of (EwCudaShape shape, int item, int k)
{
  int across = (shape.kernel_width + 3) / 4;
  int row = item / across * 4 + k / 4;
  int column = item % across * 4 + k % 4;

  return row < shape.kernel_height && column < shape.kernel_width ? row * shape.kernel_width + column : -1;
}

/* The sums of an item over the strips of one group. */
static __device__ __forceinline__ void
sum_item (EwCudaPlane x, const float *residuals, Place place, EwCudaShape shape, int item, int group, int groups,
          float sums[16])
{
  int across = (shape.kernel_width + 3) / 4;

  UNROLL
  for (int k = 0; k < 16; k++)
    sums[k] = 0;
  for (int strip = group; strip < EW_CUDA_WIDE_STRIPS; strip += groups)
    add_strip (x, residuals, place, item / across * 4, item % across * 4, strip * COLUMNS, sums);
}

/* Many items: each has one thread, which sums over the whole tile. */
static __device__ __forceinline__ void
add_items (EwCudaPlane x, const float *residuals, Place place, EwCudaShape shape, double *partials)
{
  int items = ew_cuda_wide_items (shape.kernel_height, shape.kernel_width);

  for (int item = threadIdx.x; item < items; item += EW_CUDA_THREADS)
    {
      float sums[16];

      sum_item (x, residuals, place, shape, item, 0, 1, sums);
      UNROLL
      for (int k = 0; k < 16; k++)
        {
          int tap = tap_of (shape, item, k);

          if (tap >= 0)
            partials[tap * (long long)gridDim.x] += (double)sums[k];
        }
    }
}

/* Few: groups of threads share the strips, and their sums are added in their order. */
static __device__ __forceinline__ void
add_groups (EwCudaPlane x, const float *residuals, Place place, EwCudaShape shape, int groups, float *memory,
            double *partials)
{
  int items = ew_cuda_wide_items (shape.kernel_height, shape.kernel_width);
  float sums[16];

  if ((int)threadIdx.x < items * groups)
    {
      sum_item (x, residuals, place, shape, (int)threadIdx.x % items, (int)threadIdx.x / items, groups, sums);
      UNROLL
      for (int k = 0; k < 16; k++)
        memory[k * EW_CUDA_THREADS + threadIdx.x] = sums[k];
    }
  __syncthreads ();
  for (int slot = threadIdx.x; slot < items * 16; slot += EW_CUDA_THREADS)
    {
      int tap = tap_of (shape, slot / 16, slot % 16);
      double sum = 0;

      for (int group = 0; tap >= 0 && group < groups; group++)
        sum += (double)memory[slot % 16 * EW_CUDA_THREADS + group * items + slot / 16];
      if (tap >= 0)
        partials[tap * (long long)gridDim.x] += sum;
    }
}

/* Partial sums of m·r·x for each tap, of m·r and of m·r²: a column of partials for each block. */
KERNEL void
ew_cuda_evaluate_wide (const EwCudaSample *samples, int n_samples, long long n_tiles, const double *params,
                       int has_bias, EwCudaShape shape, int rows, const EwCudaProgress *progress, double *partials)
{
  SHARED_MEMORY;
  int n_taps = shape.kernel_height * shape.kernel_width;
  int pitch = ew_cuda_tap_pitch (shape.kernel_width);
  int groups = ew_cuda_groups (ew_cuda_wide_items (shape.kernel_height, shape.kernel_width), EW_CUDA_WIDE_STRIPS);
  float *taps = ew_cuda_shared;
  float *residuals = taps + shape.kernel_height * pitch;
  float *memory = residuals + TILE_HEIGHT * TILE_WIDTH;
  float bias = has_bias ? (float)params[n_taps] : 0;
  double *column = partials + blockIdx.x;
  int s = 0;

  (void)rows;
  if (progress->diverged)
    return;
  load_taps (params, shape.kernel_height, shape.kernel_width, pitch, taps);
  for (int k = threadIdx.x; k < n_taps + 2; k += EW_CUDA_THREADS)
    column[k * (long long)gridDim.x] = 0;
  __syncthreads ();
  for (long long tile = blockIdx.x; tile < n_tiles; tile += gridDim.x)
    {
      float sums[2];

      s = sample_of (samples, s, n_samples, tile);

      Place place = place_of (tile - samples[s].first_tile, ew_cuda_tile (EW_CUDA_WIDE, 0), samples[s].y.width);

      wide_residuals (&samples[s], taps, shape, bias, place, residuals, sums);
      /* Its barriers say that the residuals are whole, too. */
      add_up (sums, 2, memory, column + n_taps * (long long)gridDim.x, gridDim.x);
      /* The groups' sums take the place of its halves. */
      __syncthreads ();
      if (groups > 1)
        add_groups (samples[s].x, residuals, place, shape, groups, memory, column);
      else
        add_items (samples[s].x, residuals, place, shape, column);
      /* Residuals and groups' sums have been read. */
      __syncthreads ();
    }
}
