/* What the host and the CUDA kernels agree on: tiles, memory, arguments. Plain C, read by nvcc too. */
#pragma once

/* For functions that both sides call. */
#ifdef __CUDACC__
#define EW_CUDA_BOTH static inline __host__ __device__
#else
#define EW_CUDA_BOTH static inline
#endif

/* Outputs that a block works on at a time, and its threads. */
#define EW_CUDA_TILE_HEIGHT 16
#define EW_CUDA_TILE_WIDTH  32
#define EW_CUDA_THREADS     256

/* Taps side by side in a row of the kernel that one thread sums up together: each value of x that it reads serves them
 * all. */
#define EW_CUDA_RUN 4

/* Blocks of ew_cuda_evaluate at most: each has a row of partial sums. */
#define EW_CUDA_BLOCKS_MAX 1024

/* A plane in device memory: element (i, j) is data[i * stride + j]. */
typedef struct
{
  float *data;
  long long stride;
  int height;
  int width;
} EwCudaPlane;

/* One pair, and the number of its first tile; tiles are counted over all samples, row by row within each y. */
typedef struct
{
  EwCudaPlane x;
  EwCudaPlane y;
  long long first_tile;
} EwCudaSample;

/* How far a descent is. */
typedef struct
{
  int done;
  int diverged;
} EwCudaProgress;

EW_CUDA_BOTH long long
ew_cuda_tiles (int height, int width)
{
  return ((height + (long long)EW_CUDA_TILE_HEIGHT - 1) / EW_CUDA_TILE_HEIGHT)
         * ((width + (long long)EW_CUDA_TILE_WIDTH - 1) / EW_CUDA_TILE_WIDTH);
}

/* The sums over a tile are shared among the threads in items: one for each run of taps, one for Σ r and Σ r². */
EW_CUDA_BOTH int
ew_cuda_items (int kernel_height, int kernel_width)
{
  return kernel_height * ((kernel_width + EW_CUDA_RUN - 1) / EW_CUDA_RUN) + 1;
}

/* Groups of threads that work on the same items, each on some rows of the tile. */
EW_CUDA_BOTH int
ew_cuda_groups (int items)
{
  int groups = EW_CUDA_THREADS / items;

  return groups < 1 ? 1 : groups > EW_CUDA_TILE_HEIGHT ? EW_CUDA_TILE_HEIGHT : groups;
}

/* Dynamic shared memory of ew_cuda_correlate and ew_cuda_evaluate in bytes, below 48 KiB for every kernel up to 63×63:
 * the window of x under a tile, the taps, the residuals of the tile (rows one element apart, so that a column is not in
 * one bank) and, where there are several groups, one run of sums a thread. */
EW_CUDA_BOTH unsigned
ew_cuda_shared_bytes (int kernel_height, int kernel_width)
{
  int window = (EW_CUDA_TILE_HEIGHT + kernel_height - 1) * (EW_CUDA_TILE_WIDTH + kernel_width - 1);
  int residuals = EW_CUDA_TILE_HEIGHT * (EW_CUDA_TILE_WIDTH + 1);
  int groups = ew_cuda_groups (ew_cuda_items (kernel_height, kernel_width));
  int sums = groups > 1 ? EW_CUDA_RUN * EW_CUDA_THREADS : 0;

  return 4u * (unsigned)(window + kernel_height * kernel_width + residuals + sums);
}

/* The kernels, all with blocks of EW_CUDA_THREADS threads and grids of one dimension. Parameters are float64 in the
 * order of EwProblem: taps row by row, then the bias where there is one; n_sums is n_taps + 2.
 *
 * ew_cuda_correlate (EwCudaPlane x, EwCudaPlane y, const double *params, int kernel_height, int kernel_width)
 *   y = x ⋆ taps + bias; params always holds a bias. Any grid size; blocks take tiles b, b + gridDim.x, …
 *   Dynamic shared memory: ew_cuda_shared_bytes.
 *
 * ew_cuda_evaluate (const EwCudaSample *samples, int n_samples, long long n_tiles, const double *params, int has_bias,
 *                   int kernel_height, int kernel_width, const EwCudaProgress *progress, double *partials)
 *   One row of n_sums partial sums a block (gridDim.x ≤ EW_CUDA_BLOCKS_MAX): Σ r·x for each tap, Σ r, Σ r², over its
 *   tiles b, b + gridDim.x, … in that order, where r = x ⋆ taps + bias − y. Does nothing where progress->diverged.
 *   Dynamic shared memory: ew_cuda_shared_bytes.
 *
 * ew_cuda_reduce (const double *partials, int n_rows, int n_sums, const EwCudaProgress *progress, double *sums)
 *   sums[k] = partials[0, k] + partials[1, k] + … in that order; one thread a sum.
 *   Does nothing where progress->diverged.
 *
 * ew_cuda_step (const double *sums, int n_taps, int n_params, double step, double diverged_above, double *params,
 *               EwCudaProgress *progress, double *losses, double *trace)
 *   One block. losses[done] = Σ r²; where that is not finite or above diverged_above: diverged = 1 and no more.
 *   Else params[k] −= step · 2 · sums[k] for the n_params of them; if a new one is not finite, diverged = 1 and params
 *   stay; else, with a trace (it may be NULL), params are written to trace[done], n_params a row, and done grows by 1.
 *   Does nothing where progress->diverged. No dynamic shared memory.
 */
