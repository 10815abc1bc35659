/* Sums in float64: the loss near its minimum, and the Gram matrix. Any geometry. Device code, for kernels.cu alone. */
#pragma once

#include "gpu/kernels-general.h"

/* Where the residuals of a tile stand without their weights, behind those with. */
#define EXACT_PLAIN (GENERAL_HEIGHT * EW_CUDA_GENERAL_PITCH)

/* Residuals of the tile in float64, zero outside y: times their weights, and behind those alone. */
static __device__ __forceinline__ void
exact_residuals (const EwCudaSample *sample, const double *params, EwCudaShape shape, double bias, int ones,
                 Place place, double *residuals)
{
  int j = (int)threadIdx.x % GENERAL_WIDTH;
  long long column = place.column + j;

  for (int i = (int)threadIdx.x / GENERAL_WIDTH; i < GENERAL_HEIGHT; i += EW_CUDA_WARPS)
    {
      long long row = place.row + i;
      const float *from = seen_by (sample->x, shape, row, column);
      double r = 0;

      if (row < sample->y.height && column < sample->y.width)
        {
          r = ones ? 1 : bias - (double)sample->y.data[row * sample->y.stride + column];
          for (int a = 0; a < shape.kernel_height && !ones; a++)
            for (int c = 0; c < shape.kernel_width; c++)
              r += params[a * shape.kernel_width + c]
                   * (double)from[a * shape.dilation * sample->x.stride + c * (long long)shape.dilation];
        }
      residuals[EXACT_PLAIN + i * EW_CUDA_GENERAL_PITCH + j] = r;
      residuals[i * EW_CUDA_GENERAL_PITCH + j] = r == 0 ? 0 : (double)weight_of (sample, row, column) * r;
    }
}

/* A part of sum @k, over the rows of one group: of m·r·x for a tap, of m·r, of m·r². */
static __device__ __forceinline__ double
exact_part (const EwCudaSample *sample, const double *residuals, Place place, EwCudaShape shape, int k, int group,
            int groups)
{
  long long rows = sample->y.height - place.row;
  long long columns = sample->y.width - place.column;
  int n_taps = shape.kernel_height * shape.kernel_width;
  long long offset = k / shape.kernel_width * (long long)shape.dilation * sample->x.stride
                     + k % shape.kernel_width * (long long)shape.dilation;
  double sum = 0;

  for (int i = group; i < GENERAL_HEIGHT && i < rows; i += groups)
    {
      const float *from = seen_by (sample->x, shape, place.row + i, place.column) + offset;

      for (int j = 0; j < GENERAL_WIDTH && j < columns; j++)
        {
          const double *r = residuals + i * EW_CUDA_GENERAL_PITCH + j;

          sum += r[0] * (k < n_taps ? (double)from[j * (long long)shape.stride] : k == n_taps ? 1 : r[EXACT_PLAIN]);
        }
    }
  return sum;
}

/* Adds all parts of all sums of a tile. */
static __device__ __forceinline__ void
exact_sums (const EwCudaSample *sample, const double *residuals, Place place, EwCudaShape shape, double *parts,
            double *partials)
{
  int n_sums = shape.kernel_height * shape.kernel_width + 2;
  int groups = ew_cuda_groups (n_sums, GENERAL_HEIGHT);

  for (int first = 0; first < n_sums; first += EW_CUDA_THREADS)
    {
      int k = first + (int)threadIdx.x % (groups > 1 ? n_sums : EW_CUDA_THREADS);
      int group = groups > 1 ? (int)threadIdx.x / n_sums : 0;

      if (k < n_sums && group < groups)
        parts[threadIdx.x] = exact_part (sample, residuals, place, shape, k, group, groups);
      __syncthreads ();
      if (k < n_sums && group == 0)
        {
          double sum = 0;

          for (int g = 0; g < groups; g++)
            sum += parts[g * n_sums + threadIdx.x];
          partials[k * (long long)gridDim.x] += sum;
        }
    }
}

/* Partial sums of m·r·x for each tap, of m·r and of m·r²: a column of partials for each block. */
KERNEL void
ew_cuda_exact (const EwCudaSample *samples, int n_samples, long long n_tiles, const double *params, int has_bias,
               EwCudaShape shape, int ones, double *partials)
{
  SHARED_MEMORY;
  double *residuals = (double *)ew_cuda_shared;
  double *parts = residuals + 2 * EXACT_PLAIN;
  int n_taps = shape.kernel_height * shape.kernel_width;
  double bias = has_bias && !ones ? params[n_taps] : 0;
  double *column = partials + blockIdx.x;
  int s = 0;

  for (int k = threadIdx.x; k < n_taps + 2; k += EW_CUDA_THREADS)
    column[k * (long long)gridDim.x] = 0;
  for (long long tile = blockIdx.x; tile < n_tiles; tile += gridDim.x)
    {
      s = sample_of (samples, s, n_samples, tile);

      Place place = place_of (tile - samples[s].first_tile, ew_cuda_tile (EW_CUDA_GENERAL, 0), samples[s].y.width);

      /* The residuals of the tile before were read before its parts were added. */
      exact_residuals (&samples[s], params, shape, bias, ones, place, residuals);
      /* The parts have been read, and the columns' zeros are there. */
      __syncthreads ();
      exact_sums (&samples[s], residuals, place, shape, parts, column);
    }
}

/* The parameters of two fours whose products a thread sums, p from 4 · *p on and q ≥ p from 4 · *q on; pairs are
 * counted row by row of the upper triangle of @fours × @fours. */
static __device__ __forceinline__ void
fours_of (int pair, int fours, int *p, int *q)
{
  int row = 0;

  while (pair >= fours - row)
    {
      pair -= fours - row;
      row++;
    }
  *p = row;
  *q = row + pair;
}

/* Where the taps of a four are read, relative to tap (0, 0); past the last tap, where that is. */
static __device__ __forceinline__ void
offsets_of (EwCudaPlane x, EwCudaShape shape, int four, long long offsets[4])
{
  int n_taps = shape.kernel_height * shape.kernel_width;

  UNROLL
  for (int k = 0; k < 4; k++)
    {
      int tap = 4 * four + k < n_taps ? 4 * four + k : n_taps - 1;

      offsets[k] = tap / shape.kernel_width * (long long)shape.dilation * x.stride
                   + tap % shape.kernel_width * (long long)shape.dilation;
    }
}

/* sums += m·x(p)·x(q) over a tile, for the pairs of two fours. */
static __device__ __forceinline__ void
gram_tile (const EwCudaSample *sample, Place place, EwCudaShape shape, int p, int q, double sums[16])
{
  long long rows = sample->y.height - place.row;
  long long columns = sample->y.width - place.column;
  long long left[4], right[4];

  offsets_of (sample->x, shape, p, left);
  offsets_of (sample->x, shape, q, right);
  for (int i = 0; i < GENERAL_HEIGHT && i < rows; i++)
    for (int j = 0; j < GENERAL_WIDTH && j < columns; j++)
      {
        const float *from = seen_by (sample->x, shape, place.row + i, place.column + j);
        double weight = (double)weight_of (sample, place.row + i, place.column + j);

        UNROLL
        for (int a = 0; a < 4; a++)
          UNROLL
        for (int b = 0; b < 4; b++)
          sums[4 * a + b] += weight * (double)from[left[a]] * (double)from[right[b]];
      }
}

/* Sixteen partial sums of products for each pair of fours; few pairs are shared among groups of threads. */
KERNEL void
ew_cuda_gram (const EwCudaSample *samples, int n_samples, long long n_tiles, EwCudaShape shape, int n_pairs,
              double *partials)
{
  int fours = (shape.kernel_height * shape.kernel_width + 3) / 4;
  int groups = ew_cuda_groups (n_pairs, EW_CUDA_THREADS);
  int blocks = (int)gridDim.x / ((n_pairs + EW_CUDA_THREADS - 1) / EW_CUDA_THREADS);
  int parts = blocks * groups;
  int group = groups > 1 ? (int)threadIdx.x / n_pairs : 0;
  int pair = groups > 1 ? (int)threadIdx.x % n_pairs : (int)blockIdx.x / blocks * EW_CUDA_THREADS + (int)threadIdx.x;
  int part = (int)blockIdx.x % blocks * groups + group;
  double sums[16];
  int s = 0;
  int p, q;

  if (pair >= n_pairs || group >= groups)
    return;
  fours_of (pair, fours, &p, &q);
  UNROLL
  for (int k = 0; k < 16; k++)
    sums[k] = 0;
  for (long long tile = part; tile < n_tiles; tile += parts)
    {
      s = sample_of (samples, s, n_samples, tile);
      gram_tile (&samples[s],
                 place_of (tile - samples[s].first_tile, ew_cuda_tile (EW_CUDA_GENERAL, 0), samples[s].y.width), shape,
                 p, q, sums);
    }
  UNROLL
  for (int k = 0; k < 16; k++)
    partials[(16LL * pair + k) * parts + part] = sums[k];
}
