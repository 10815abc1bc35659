/* What the CUDA kernels do with one tile: its window of x, its outputs, its residuals. Device code, for kernels.cu
 * alone.
 */
#pragma once

#include "gpu/kernels.h"

#include <math.h>

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
