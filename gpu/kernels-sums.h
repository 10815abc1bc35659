/* The sums over a tile that gradient and loss consist of. Device code, for kernels.cu alone. */
#pragma once

#include "gpu/kernels-tile.h"

/* sums[q] += Σ r[j] · x[j + q] over a row of the tile. Past the last tap of a kernel's row the sums are of no use, and
 * x may be read up to EW_CUDA_RUN − 1 elements past the window, where the taps and the residuals are. */
static __device__ void
add_row_of_run (const float *x, const float *r, float sums[EW_CUDA_RUN])
{
  float next[EW_CUDA_RUN];

  for (int q = 0; q < EW_CUDA_RUN - 1; q++)
    next[q] = x[q];
  for (int j = 0; j < EW_CUDA_TILE_WIDTH; j++)
    {
      next[EW_CUDA_RUN - 1] = x[j + EW_CUDA_RUN - 1];
      for (int q = 0; q < EW_CUDA_RUN; q++)
        sums[q] = fmaf (r[j], next[q], sums[q]);
      for (int q = 0; q < EW_CUDA_RUN - 1; q++)
        next[q] = next[q + 1];
    }
}

/* sums[0] += Σ r, sums[1] += Σ r². */
static __device__ void
add_row_of_residuals (const float *r, float sums[EW_CUDA_RUN])
{
  for (int j = 0; j < EW_CUDA_TILE_WIDTH; j++)
    {
      sums[0] += r[j];
      sums[1] = fmaf (r[j], r[j], sums[1]);
    }
}

/* One item over the rows of one group. */
static __device__ void
sum_item (const Shared *shared, int item, int items, int group, int groups, float sums[EW_CUDA_RUN])
{
  int runs = (shared->kernel_width + EW_CUDA_RUN - 1) / EW_CUDA_RUN;
  const float *x = shared->window + item / runs * shared->window_width + item % runs * EW_CUDA_RUN;

  for (int q = 0; q < EW_CUDA_RUN; q++)
    sums[q] = 0;
  for (int i = group; i < EW_CUDA_TILE_HEIGHT; i += groups)
    if (item == items - 1)
      add_row_of_residuals (shared->residuals + i * RESIDUAL_PITCH, sums);
    else
      add_row_of_run (x + i * shared->window_width, shared->residuals + i * RESIDUAL_PITCH, sums);
}

/* Which of a row of partial sums the item's sum q is, or −1. */
static __device__ int
index_of (const Shared *shared, int item, int items, int q)
{
  int runs = (shared->kernel_width + EW_CUDA_RUN - 1) / EW_CUDA_RUN;
  int column = item % runs * EW_CUDA_RUN + q;

  if (item == items - 1)
    return q < 2 ? shared->kernel_height * shared->kernel_width + q : -1;
  return column < shared->kernel_width ? item / runs * shared->kernel_width + column : -1;
}

/* Many items: each has one thread, which sums over the whole tile. */
static __device__ void
add_items (const Shared *shared, int items, double *row)
{
  for (int item = threadIdx.x; item < items; item += EW_CUDA_THREADS)
    {
      float sums[EW_CUDA_RUN];

      sum_item (shared, item, items, 0, 1, sums);
      for (int q = 0; q < EW_CUDA_RUN; q++)
        {
          int k = index_of (shared, item, items, q);

          if (k >= 0)
            row[k] += (double)sums[q];
        }
    }
}

/* Few items: several groups of threads sum them over their rows of the tile, … */
static __device__ void
store_items (const Shared *shared, int items, int groups)
{
  float sums[EW_CUDA_RUN];

  if (threadIdx.x >= items * groups)
    return;
  sum_item (shared, threadIdx.x % items, items, threadIdx.x / items, groups, sums);
  for (int q = 0; q < EW_CUDA_RUN; q++)
    shared->sums[q * EW_CUDA_THREADS + threadIdx.x] = sums[q];
}

/* … and the groups' sums are added in their order. */
static __device__ void
add_stored_items (const Shared *shared, int items, int groups, double *row)
{
  for (int slot = threadIdx.x; slot < items * EW_CUDA_RUN; slot += EW_CUDA_THREADS)
    {
      int item = slot % items;
      int q = slot / items;
      int k = index_of (shared, item, items, q);
      float sum = 0;

      if (k < 0)
        continue;
      for (int group = 0; group < groups; group++)
        sum += shared->sums[q * EW_CUDA_THREADS + group * items + item];
      row[k] += (double)sum;
    }
}
