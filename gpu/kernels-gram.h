/* The Gram matrix where stride and dilation are 1: from sums of products at each distance of two taps, over the core
 * that lies under every tap, and over the rows and columns beside it. All in float64. Device code, for kernels.cu
 * alone. */
#pragma once

#include "gpu/kernels-common.h"

/* Four values of a row, zero outside the rectangle; where @ones, 1 inside it. */
static __device__ __forceinline__ void
load_values (EwCudaPlane plane, EwCudaLags lags, int inside, long long row, long long column, double values[COLUMNS])
{
  Four four = { { 1, 1, 1, 1 } };

  if (inside && !lags.ones)
    four = load_four (plane, row, column);
  UNROLL
  for (int q = 0; q < COLUMNS; q++)
    values[q] = inside && column + q >= lags.first_column && column + q < lags.end_column ? (double)four.v[q] : 0;
}

/* to[k · pitch] = the sum over all threads of their sums[k], k < n ≤ @most, in a fixed order. All threads call it.
 * @memory is EW_CUDA_LAGS_BYTES, and free once they all have come. */
static __device__ __forceinline__ void
write_sums (const double *sums, int n, int most, double *memory, double *to, int pitch)
{
  double *halves = memory + EW_CUDA_SUMS_AT_ONCE * EW_CUDA_THREADS;
  int warp = (int)threadIdx.x / 32;
  int lane = (int)threadIdx.x % 32;

  UNROLL
  for (int first = 0; first < most; first += EW_CUDA_SUMS_AT_ONCE)
    {
      double half = 0;
      double total = 0;

      UNROLL
      for (int k = 0; k < EW_CUDA_SUMS_AT_ONCE; k++)
        if (first + k < most)
          memory[k * EW_CUDA_THREADS + threadIdx.x] = sums[first + k];
      __syncthreads ();
      for (int w = 0; w < EW_CUDA_WARPS && first + warp < n; w++)
        half += memory[warp * EW_CUDA_THREADS + w * 32 + lane];
      halves[warp * 33 + lane] = half;
      /* The values have been read, the halves are whole. Before the next halves all wait for the next values. */
      __syncthreads ();
      if (threadIdx.x < EW_CUDA_SUMS_AT_ONCE && first + (int)threadIdx.x < n)
        {
          for (int l = 0; l < 32; l++)
            total += halves[threadIdx.x * 33 + l];
          to[(first + (int)threadIdx.x) * (long long)pitch] = total;
        }
    }
}

/* Rows (columns) beside the core are numbered: those before it, then those behind it. */
static __device__ __forceinline__ int
beside_core (int entry, int side, int out)
{
  return entry < side - 1 ? entry : entry - (side - 1) + out;
}

/* A thread's part of Σ x[i, j] · x[i + down, j + right] along one row or column, as far as the core goes. */
static __device__ double
edge_part (EwCudaPlane x, EwCudaTapsOver over, int is_row, int entry, int down, int right)
{
  int side = is_row ? over.kernel_width : over.kernel_height;
  int out = is_row ? over.out_width : over.out_height;
  int place = is_row ? beside_core (entry, over.kernel_height, over.out_height)
                     : beside_core (entry, over.kernel_width, over.out_width);
  double sum = 0;

  /* No two taps of these see it. */
  if (is_row ? place + down >= x.height : place + right < 0 || place + right >= x.width)
    return 0;
  for (int t = side - 1 + (int)threadIdx.x; t < out; t += EW_CUDA_THREADS)
    {
      const float *from = x.data + (is_row ? place * x.stride + t : t * x.stride + place);

      sum += (double)from[0] * (double)from[down * x.stride + right];
    }
  return sum;
}

KERNEL void
ew_cuda_gram_edges (EwCudaPlane x, EwCudaTapsOver over, double *edges)
{
  SHARED_MEMORY;
  double *parts = (double *)ew_cuda_shared;
  int across = 2 * over.kernel_width - 1;
  int distances = over.kernel_height * across;
  int n_rows = 2 * (over.kernel_height - 1);
  int n = (n_rows + 2 * (over.kernel_width - 1)) * distances;

  for (int item = (int)blockIdx.x; item < n; item += (int)gridDim.x)
    {
      int entry = item / distances;
      int is_row = entry < n_rows;

      parts[threadIdx.x] = edge_part (x, over, is_row, is_row ? entry : entry - n_rows, item % distances / across,
                                      item % across - (over.kernel_width - 1));
      __syncthreads ();
      for (int half = EW_CUDA_THREADS / 2; half > 0; half /= 2)
        {
          if ((int)threadIdx.x < half)
            parts[threadIdx.x] += parts[threadIdx.x + half];
          __syncthreads ();
        }
      if (threadIdx.x == 0)
        edges[item] = parts[0];
    }
}

/* Σ over all outputs of what taps (a, c) and (a + down, c + right) see. */
static __device__ double
gram_entry (EwCudaPlane x, EwCudaTapsOver over, const double *core, const double *edges, int a, int c, int down,
            int right)
{
  int across = 2 * over.kernel_width - 1;
  int at = right + over.kernel_width - 1;
  long long distances = over.kernel_height * (long long)across;
  int chunk = (at + over.core_skip) / over.core_step;
  const double *rows = edges + down * across + at;
  const double *columns = rows + 2 * (over.kernel_height - 1) * distances;
  double sum
      = core[(chunk * (long long)over.kernel_height + down) * over.core_lags + (at + over.core_skip) % over.core_step];

  for (int e = a; e < a + over.kernel_height - 1; e++)
    sum += rows[e * distances];
  for (int e = c; e < c + over.kernel_width - 1; e++)
    sum += columns[e * distances];
  for (int e = a; e < a + over.kernel_height - 1; e++)
    for (int f = c; f < c + over.kernel_width - 1; f++)
      {
        const float *from = x.data + beside_core (e, over.kernel_height, over.out_height) * x.stride
                            + beside_core (f, over.kernel_width, over.out_width);

        sum += (double)from[0] * (double)from[down * x.stride + right];
      }
  return sum;
}

/* g += what one sample adds to it, both halves. */
KERNEL void
ew_cuda_gram_fill (EwCudaPlane x, EwCudaTapsOver over, const double *core, const double *edges, double *g)
{
  long long n = over.kernel_height * (long long)over.kernel_width;

  for (long long k = (long long)blockIdx.x * EW_CUDA_THREADS + threadIdx.x; k < n * n;
       k += (long long)gridDim.x * EW_CUDA_THREADS)
    {
      int p = (int)(k / n);
      int q = (int)(k % n);
      double entry;

      if (q < p)
        continue;
      entry
          = g[k]
            + gram_entry (x, over, core, edges, p / over.kernel_width, p % over.kernel_width,
                          q / over.kernel_width - p / over.kernel_width, q % over.kernel_width - p % over.kernel_width);
      g[k] = g[q * n + p] = entry;
    }
}
