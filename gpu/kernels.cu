/* The CUDA kernels; kernels.h says what each computes. Plain enough to be C as well, so that a test can run them on a
 * CPU.
 *
 * A block works on tiles of the output. All that a tile needs lies in shared memory: the window of x under it, the
 * taps, its residuals. Sums within a tile are float32, beyond it float64. Nothing depends on the order in which threads
 * or blocks run: every number has one thread that adds it up. */
#include "gpu/kernels-sums.h"
#include "gpu/kernels-tile.h"
#include "gpu/kernels.h"

#include <math.h>

/* The host finds kernels by names that C++ has not decorated. */
#ifdef __cplusplus
#define KERNEL extern "C" __global__
#else
#define KERNEL __global__
#endif

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

/* y = x ⋆ taps + bias. */
KERNEL void
ew_cuda_correlate (EwCudaPlane x, EwCudaPlane y, const double *params, int kernel_height, int kernel_width)
{
  extern __shared__ float ew_cuda_shared[];
  Shared shared = divide (ew_cuda_shared, kernel_height, kernel_width);
  float bias = (float)params[kernel_height * kernel_width];
  int i = PAIR * (threadIdx.x / EW_CUDA_TILE_WIDTH);
  int j = threadIdx.x % EW_CUDA_TILE_WIDTH;

  load_taps (&shared, params);
  for (long long tile = blockIdx.x; tile < ew_cuda_tiles (y.height, y.width); tile += gridDim.x)
    {
      Place place = place_of (tile, y.width);
      float outputs[PAIR];

      load_window (&shared, x, place);
      __syncthreads ();
      correlate_pair (&shared, i, j, bias, outputs);
      for (int p = 0; p < PAIR; p++)
        if (place.row + i + p < y.height && place.column + j < y.width)
          y.data[(place.row + i + p) * y.stride + place.column + j] = outputs[p];
      /* The next window replaces one that all have read. */
      __syncthreads ();
    }
}

/* Partial sums of r·x for each tap, of r and of r², where r = x ⋆ taps + bias − y: a row of partials for each block. */
KERNEL void
ew_cuda_evaluate (const EwCudaSample *samples, int n_samples, long long n_tiles, const double *params, int has_bias,
                  int kernel_height, int kernel_width, const EwCudaProgress *progress, double *partials)
{
  extern __shared__ float ew_cuda_shared[];
  Shared shared = divide (ew_cuda_shared, kernel_height, kernel_width);
  int n_taps = kernel_height * kernel_width;
  int items = ew_cuda_items (kernel_height, kernel_width);
  int groups = ew_cuda_groups (items);
  float bias = has_bias ? (float)params[n_taps] : 0;
  double *row = partials + (long long)blockIdx.x * (n_taps + 2);
  int s = 0;

  if (progress->diverged)
    return;
  load_taps (&shared, params);
  for (int k = threadIdx.x; k < n_taps + 2; k += EW_CUDA_THREADS)
    row[k] = 0;
  for (long long tile = blockIdx.x; tile < n_tiles; tile += gridDim.x)
    {
      s = sample_of (samples, s, n_samples, tile);

      Place place = place_of (tile - samples[s].first_tile, samples[s].y.width);

      load_window (&shared, samples[s].x, place);
      /* The window is whole; the sums of the tile before have been read. */
      __syncthreads ();
      store_residuals (&shared, samples[s].y, place, bias);
      __syncthreads ();
      if (groups > 1)
        store_items (&shared, items, groups);
      else
        add_items (&shared, items, row);
      /* The groups' sums are whole; the window and the residuals have been read. */
      __syncthreads ();
      if (groups > 1)
        add_stored_items (&shared, items, groups, row);
    }
}

/* sums[k] = Σ partials[row, k], row by row. */
KERNEL void
ew_cuda_reduce (const double *partials, int n_rows, int n_sums, const EwCudaProgress *progress, double *sums)
{
  long long k = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  double sum = 0;

  if (progress->diverged || k >= n_sums)
    return;
  for (long long row = 0; row < n_rows; row++)
    sum += partials[row * n_sums + k];
  sums[k] = sum;
}

/* params −= step · 2 · sums, unless that diverges. */
KERNEL void
ew_cuda_step (const double *sums, int n_taps, int n_params, double step, double diverged_above, double *params,
              EwCudaProgress *progress, double *losses, double *trace)
{
  double loss = sums[n_taps + 1];
  int done = progress->done;
  int diverged = progress->diverged;

  /* All know how far the descent was before one of them writes that. */
  __syncthreads ();
  if (diverged)
    return;
  if (threadIdx.x == 0)
    losses[done] = loss;
  if (!isfinite (loss) || loss > diverged_above)
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
      if (trace != NULL)
        trace[(long long)done * n_params + k] = params[k];
    }
  if (threadIdx.x == 0)
    progress->done = done + 1;
}
