/* What the CUDA kernels share: vectors of four, tiles, sums over a block. Device code, for kernels.cu alone. */
#pragma once

#include "gpu/kernels.h"

/* Unrolling keeps arrays in registers; a C compiler has no need of that. */
#ifdef __CUDACC__
#define UNROLL_BY(n) _Pragma (TEXT_OF (unroll n))
#define TEXT_OF(x)   #x
#define UNROLL       _Pragma ("unroll")
#define ALIGNED(n)   __align__ (n)
#else
#define UNROLL_BY(n)
#define UNROLL
#define ALIGNED(n) __attribute__ ((aligned (n)))
#endif

/* Columns that a thread of the literal and the wide kernels works on. */
#define COLUMNS 4

/* Read and written at once. */
typedef struct ALIGNED (16)
{
  float v[4];
} Four;

/* The first output of a tile. */
typedef struct
{
  long long row;
  long long column;
} Place;

static __device__ __forceinline__ Place
place_of (long long tile, EwCudaTile size, int width)
{
  long long across = (width + (long long)size.width - 1) / size.width;
  Place place;

  place.row = tile / across * size.height;
  place.column = tile % across * size.width;
  return place;
}

/* Where the border rule finds element @j of an axis of @n, or −1 for "zero". */
static __device__ int
place_in (long long j, int n, int border)
{
  long long period = border == EW_CUDA_BORDER_WRAP ? n : n == 1 ? 1 : 2 * (n - 1LL);
  long long phase;

  if (j >= 0 && j < n)
    return (int)j;
  if (border == EW_CUDA_BORDER_ZERO)
    return -1;
  if (border == EW_CUDA_BORDER_REPLICATE)
    return j < 0 ? 0 : n - 1;
  phase = (j % period + period) % period;
  return (int)(border == EW_CUDA_BORDER_WRAP || phase < n ? phase : period - phase);
}

/* Four columns of a row from a multiple of 4 on; what lies beyond the row's memory is zero. */
static __device__ __forceinline__ Four
load_four (EwCudaPlane plane, long long row, long long column)
{
  Four four = { { 0, 0, 0, 0 } };

  if (column < plane.stride)
    four = *(const Four *)(plane.data + row * plane.stride + column);
  return four;
}

/* As many of four values as the plane is wide. */
static __device__ __forceinline__ void
store_four (EwCudaPlane plane, long long row, long long column, const float values[COLUMNS])
{
  float *to = plane.data + row * plane.stride + column;

  if (column + COLUMNS <= plane.width)
    {
      Four four = { { values[0], values[1], values[2], values[3] } };

      *(Four *)to = four;
      return;
    }
  UNROLL
  for (int q = 0; q < COLUMNS; q++)
    if (column + q < plane.width)
      to[q] = values[q];
}

/* outputs[q] − y[row, column + q], and zero outside y. */
static __device__ __forceinline__ void
subtract_target (EwCudaPlane y, long long row, long long column, float outputs[COLUMNS])
{
  Four target = load_four (y, row, column);

  UNROLL
  for (int q = 0; q < COLUMNS; q++)
    outputs[q] = column + q < y.width ? outputs[q] - target.v[q] : 0;
}

/* The last sample from @first on whose tiles begin at or before @tile. */
static __device__ int
sample_of (const EwCudaSample *samples, int first, int n_samples, long long tile)
{
  int end = n_samples;

  while (end - first > 1)
    {
      int middle = first + (end - first) / 2;

      if (samples[middle].first_tile <= tile)
        first = middle;
      else
        end = middle;
    }
  return first;
}

/* totals[k · pitch] += each thread's sums[k], all threads' in a fixed order. All threads call it; a thread of the first
 * EW_CUDA_SUMS_AT_ONCE owns the totals whose k it has as a remainder. @memory is EW_CUDA_SUMS_BYTES, and free. */
static __device__ __forceinline__ void
add_up (const float *sums, int n_sums, float *memory, double *totals, long long pitch)
{
  double *halves = (double *)(memory + EW_CUDA_SUMS_AT_ONCE * EW_CUDA_THREADS);
  int warp = (int)threadIdx.x / 32;
  int lane = (int)threadIdx.x % 32;

  UNROLL
  for (int first = 0; first < n_sums; first += EW_CUDA_SUMS_AT_ONCE)
    {
      double half = 0;
      double total = 0;

      UNROLL
      for (int k = 0; k < EW_CUDA_SUMS_AT_ONCE; k++)
        if (first + k < n_sums)
          memory[k * EW_CUDA_THREADS + threadIdx.x] = sums[first + k];
      __syncthreads ();
      for (int w = 0; w < EW_CUDA_WARPS && first + warp < n_sums; w++)
        half += (double)memory[warp * EW_CUDA_THREADS + w * 32 + lane];
      halves[warp * 33 + lane] = half;
      /* The values have been read, the halves are whole. Before the next halves all wait for the next values. */
      __syncthreads ();
      if (threadIdx.x < EW_CUDA_SUMS_AT_ONCE && first + (int)threadIdx.x < n_sums)
        {
          for (int l = 0; l < 32; l++)
            total += halves[threadIdx.x * 33 + l];
          totals[(first + (int)threadIdx.x) * pitch] += total;
        }
    }
}
