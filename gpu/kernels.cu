/* The CUDA kernels; kernels.h says what each computes. Plain enough to be C as well, so that a test can run them on a
 * CPU.
 *
 * A block works on tiles of the output. All that a tile needs lies in shared memory: the window of x under it, the
 * taps, its residuals. Sums within a tile are float32, beyond it float64. Nothing depends on the order in which threads
 * or blocks run: every number has one thread that adds it up. */
#include "gpu/kernels.h"

#include <math.h>

/* The host finds kernels by names that C++ has not decorated. */
#ifdef __cplusplus
#define KERNEL extern "C" __global__
#else
#define KERNEL __global__
#endif

#define RESIDUAL_PITCH (EW_CUDA_TILE_WIDTH + 1)

/* Rows that a thread has outputs in, one below the other: a value of x that it reads serves both. */
#define PAIR 2

#if PAIR * EW_CUDA_THREADS != EW_CUDA_TILE_HEIGHT * EW_CUDA_TILE_WIDTH
#error "a tile has two outputs for each thread"
#endif

/* The parts of shared memory, and the sizes that say where things are in them. */
typedef struct
{
  float *window;
  float *taps;
  float *residuals;
  float *sums;
  int kernel_height;
  int kernel_width;
  int window_height;
  int window_width;
} Shared;

/* The first output of a tile. */
typedef struct
{
  long long row;
  long long column;
} Place;

static __device__ Shared
divide (float *memory, int kernel_height, int kernel_width)
{
  Shared shared;

  shared.kernel_height = kernel_height;
  shared.kernel_width = kernel_width;
  shared.window_height = EW_CUDA_TILE_HEIGHT + kernel_height - 1;
  shared.window_width = EW_CUDA_TILE_WIDTH + kernel_width - 1;
  shared.window = memory;
  shared.taps = shared.window + shared.window_height * shared.window_width;
  shared.residuals = shared.taps + kernel_height * kernel_width;
  shared.sums = shared.residuals + EW_CUDA_TILE_HEIGHT * RESIDUAL_PITCH;
  return shared;
}

static __device__ Place
place_of (long long tile, int width)
{
  long long across = (width + (long long)EW_CUDA_TILE_WIDTH - 1) / EW_CUDA_TILE_WIDTH;
  Place place;

  place.row = tile / across * EW_CUDA_TILE_HEIGHT;
  place.column = tile % across * EW_CUDA_TILE_WIDTH;
  return place;
}

static __device__ void
load_taps (const Shared *shared, const double *params)
{
  for (int k = threadIdx.x; k < shared->kernel_height * shared->kernel_width; k += EW_CUDA_THREADS)
    shared->taps[k] = (float)params[k];
}

/* What lies beyond the image is zero: residuals there are zero, and zero times garbage need not be. */
static __device__ void
load_window (const Shared *shared, EwCudaPlane x, Place place)
{
  for (int i = threadIdx.x / EW_CUDA_TILE_WIDTH; i < shared->window_height; i += EW_CUDA_THREADS / EW_CUDA_TILE_WIDTH)
    for (int j = threadIdx.x % EW_CUDA_TILE_WIDTH; j < shared->window_width; j += EW_CUDA_TILE_WIDTH)
      {
        long long row = place.row + i;
        long long column = place.column + j;
        int inside = row < x.height && column < x.width;

        shared->window[i * shared->window_width + j] = inside ? x.data[row * x.stride + column] : 0;
      }
}

/* outputs[p] = bias + Σ taps[a, c] · window[i + p + a, j + c] for this thread's pair. Down the columns of the kernel,
 * so that what the lower output has just read is what the upper one needs next. */
static __device__ void
correlate_pair (const Shared *shared, int i, int j, float bias, float outputs[PAIR])
{
  float upper = bias;
  float lower = bias;

  for (int c = 0; c < shared->kernel_width; c++)
    {
      const float *x = shared->window + i * shared->window_width + j + c;
      const float *tap = shared->taps + c;
      float above = *x;

      for (int a = 0; a < shared->kernel_height; a++)
        {
          float below = *(x += shared->window_width);

          upper = fmaf (*tap, above, upper);
          lower = fmaf (*tap, below, lower);
          above = below;
          tap += shared->kernel_width;
        }
    }
  outputs[0] = upper;
  outputs[1] = lower;
}

/* r = x ⋆ taps + bias − y over the tile, 0 outside y. */
static __device__ void
store_residuals (const Shared *shared, EwCudaPlane y, Place place, float bias)
{
  int i = PAIR * (threadIdx.x / EW_CUDA_TILE_WIDTH);
  int j = threadIdx.x % EW_CUDA_TILE_WIDTH;
  float outputs[PAIR];

  correlate_pair (shared, i, j, bias, outputs);
  for (int p = 0; p < PAIR; p++)
    {
      long long row = place.row + i + p;
      long long column = place.column + j;
      int inside = row < y.height && column < y.width;

      shared->residuals[(i + p) * RESIDUAL_PITCH + j] = inside ? outputs[p] - y.data[row * y.stride + column] : 0;
    }
}

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
