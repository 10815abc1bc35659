/* What the host and the CUDA kernels agree on: tiles, memory, arguments. Plain C, read by nvcc too. */
#pragma once

/* For functions that both sides call. */
#ifdef __CUDACC__
#define EW_CUDA_BOTH static inline __host__ __device__
#else
#define EW_CUDA_BOTH static inline
#endif

/* Threads of a block: eight warps of 32. */
#define EW_CUDA_THREADS 256
#define EW_CUDA_WARPS   8

/* Blocks of an evaluation at most: each has a column of partial sums. */
#define EW_CUDA_BLOCKS_MAX 1024

/* The largest side of a kernel whose size is compiled in: for one correlation, and for loss and gradient. */
#define EW_CUDA_LITERAL_MAX 15
#define EW_CUDA_FUSED_MAX   7

/* A plane in device memory: element (i, j) is data[i * stride + j]. Rows start at multiples of 16 bytes and stride is a
 * multiple of 4. An input's elements from width to stride are finite, so that a zero times them is zero. */
typedef struct
{
  float *data;
  long long stride;
  int height;
  int width;
} EwCudaPlane;

/* How a kernel lies over an input that has its border already: output (i, j) sees element
 * (i · stride + a · dilation, j · stride + c · dilation) under tap (a, c). */
typedef struct
{
  int kernel_height;
  int kernel_width;
  int stride;
  int dilation;
} EwCudaShape;

/* One pair, and the number of its first tile; tiles are counted over all samples, row by row within each y. @mask: a
 * weight for each residual; its data are NULL where all are 1, as they are for the kernels of a size that is compiled
 * in. */
typedef struct
{
  EwCudaPlane x;
  EwCudaPlane y;
  EwCudaPlane mask;
  long long first_tile;
} EwCudaSample;

/* Taps that travel with a launch, in its constant memory: row by row. */
typedef struct
{
  float bias;
  float taps[EW_CUDA_LITERAL_MAX * EW_CUDA_LITERAL_MAX];
} EwCudaTaps;

/* EwBorder's values. */
#define EW_CUDA_BORDER_ZERO      0
#define EW_CUDA_BORDER_REPLICATE 1
#define EW_CUDA_BORDER_WRAP      3

/* Tiles of side × side values of x that give height × width outputs each, @across of them side by side. */
typedef struct
{
  int side;
  int height;
  int width;
  int across;
} EwCudaFft;

/* Squares of a plane by phase, as EwBlockMeans has them; @n_columns_summed is how many columns of x they lie over, from
 * the first column of the first square of the first phase on. */
typedef struct
{
  int border;
  int side;
  int step;
  int pitch;
  int n_rows;
  int n_columns;
  int first_row;
  int first_column;
  int height;
  int width;
  int n_columns_summed;
} EwCudaSquares;

/* One term of a picture: a weight, and where what it is multiplied with begins. */
typedef struct
{
  int row;
  int column;
  float weight;
} EwCudaPlace;

/* A rectangle of a plane a, and where another, b, is read for it: @n_down rows of distances from 0 on, and columns of
 * distances around @shift, a multiple of 4. Where @ones, a is 1 everywhere. */
typedef struct
{
  int first_row;
  int end_row;
  int first_column;
  int end_column;
  int n_down;
  int shift;
  int ones;
} EwCudaLags;

/* A kernel over an input that gives @out_height × @out_width outputs, and how sums over the core lie: those of columns
 * of distances from −(kernel_width − 1) − core_skip on, @core_step of them at a time, each time kernel_height rows of
 * core_lags. */
typedef struct
{
  int kernel_height;
  int kernel_width;
  int out_height;
  int out_width;
  int core_lags;
  int core_step;
  int core_skip;
} EwCudaTapsOver;

/* A descent: what it goes by, and how far it is. */
typedef struct
{
  double step;
  double diverged_above;
  int done;
  int diverged;
} EwCudaProgress;

/* Which of the kernels: with the size compiled in, for any size with stride and dilation 1, for everything. */
typedef enum
{
  EW_CUDA_LITERAL,
  EW_CUDA_WIDE,
  EW_CUDA_GENERAL,
} EwCudaPath;

/* What a block works on at a time. */
typedef struct
{
  int height;
  int width;
} EwCudaTile;

/* A thread of a literal kernel has four columns of @rows outputs, one of a wide kernel four of four. */
EW_CUDA_BOTH EwCudaTile
ew_cuda_tile (EwCudaPath path, int rows)
{
  EwCudaTile tile;

  tile.height = path == EW_CUDA_LITERAL ? EW_CUDA_WARPS * rows : path == EW_CUDA_WIDE ? 32 : 16;
  tile.width = path == EW_CUDA_GENERAL ? 32 : 128;
  return tile;
}

EW_CUDA_BOTH long long
ew_cuda_tiles (EwCudaTile tile, int height, int width)
{
  return ((height + (long long)tile.height - 1) / tile.height) * ((width + (long long)tile.width - 1) / tile.width);
}

/* Dynamic shared memory in bytes, below 48 KiB for every kernel. */

/* What the block's sums need on their way to one number each: a value a thread for eight sums, and halves of them. */
#define EW_CUDA_SUMS_AT_ONCE 8
#define EW_CUDA_SUMS_BYTES   (EW_CUDA_SUMS_AT_ONCE * (4 * EW_CUDA_THREADS + 8 * 33))

/* Fused kernels: that, float64 totals, taps. */
EW_CUDA_BOTH unsigned
ew_cuda_fused_bytes (int side)
{
  return EW_CUDA_SUMS_BYTES + 8u * (unsigned)(side * side + 2) + 4u * (unsigned)((side * side + 3) / 4 * 4);
}

/* Rows of taps in shared memory start at multiples of 16 bytes. */
EW_CUDA_BOTH int
ew_cuda_tap_pitch (int kernel_width)
{
  return (kernel_width + 3) / 4 * 4;
}

EW_CUDA_BOTH unsigned
ew_cuda_wide_bytes (int kernel_height, int kernel_width)
{
  return 4u * (unsigned)(kernel_height * ew_cuda_tap_pitch (kernel_width));
}

/* The taps' sums of a tile are shared among the threads in items of 4 × 4 taps; several groups of threads work on the
 * same items, each on some columns of the tile. */
EW_CUDA_BOTH int
ew_cuda_wide_items (int kernel_height, int kernel_width)
{
  return (kernel_height + 3) / 4 * ((kernel_width + 3) / 4);
}

EW_CUDA_BOTH int
ew_cuda_groups (int items, int most)
{
  int groups = EW_CUDA_THREADS / items;

  return groups < 1 ? 1 : groups > most ? most : groups;
}

#define EW_CUDA_WIDE_STRIPS 32

/* Taps, the tile's residuals, and what the sums need: the larger of that of a block's and of the groups'. */
EW_CUDA_BOTH unsigned
ew_cuda_wide_evaluate_bytes (int kernel_height, int kernel_width)
{
  int groups = ew_cuda_groups (ew_cuda_wide_items (kernel_height, kernel_width), EW_CUDA_WIDE_STRIPS);

  return ew_cuda_wide_bytes (kernel_height, kernel_width) + 4u * 32 * 128
         + (groups > 1 ? 4u * 16 * EW_CUDA_THREADS : EW_CUDA_SUMS_BYTES);
}

#define EW_CUDA_GENERAL_PITCH 33

EW_CUDA_BOTH unsigned
ew_cuda_general_bytes (int kernel_height, int kernel_width)
{
  return EW_CUDA_SUMS_BYTES + 4u * (unsigned)(kernel_height * kernel_width + 16 * EW_CUDA_GENERAL_PITCH);
}

/* A problem that one block holds: all planes of x below each other at one pitch, outputs one after the other. */
#define EW_CUDA_SMALL_X       3072
#define EW_CUDA_SMALL_OUTPUTS 2048
#define EW_CUDA_SMALL_PARAMS  128
#define EW_CUDA_SMALL_BYTES                                                                                            \
  (8u * (EW_CUDA_SMALL_PARAMS + EW_CUDA_SMALL_PARAMS + 2 + EW_CUDA_THREADS) + 4u * EW_CUDA_SMALL_X                     \
   + 3u * 4 * EW_CUDA_SMALL_OUTPUTS + 16)

/* Float64 sums are over tiles of 16 × 32 outputs, whose residuals stand there with their weights and without; a thread
 * sums 4 × 4 products of parameters for the Gram matrix. */
#define EW_CUDA_EXACT_BYTES (8u * (2 * 16 * EW_CUDA_GENERAL_PITCH + EW_CUDA_THREADS))

/* Sums at distances: rows that a warp walks down at a time, and values on their way to one number each. */
#define EW_CUDA_LAGS_ROWS  16
#define EW_CUDA_LAGS_BYTES (8u * EW_CUDA_SUMS_AT_ONCE * (EW_CUDA_THREADS + 33))

/* The kernels, all with blocks of EW_CUDA_THREADS threads and grids of one dimension. Parameters are float64 in the
 * order of EwProblem: taps row by row, then the bias where there is one; n_sums is n_taps + 2. Blocks take tiles b,
 * b + gridDim.x, …; any grid will do for a correlation, for sums it is at most EW_CUDA_BLOCKS_MAX.
 *
 * ew_cuda_border (EwCudaPlane x, int left, int right, int border)
 *   Fills the @left first and @right last columns of every row from those between, as EwBorder says.
 *
 * ew_cuda_correlate_N (EwCudaPlane x, EwCudaPlane y, EwCudaTaps taps, int rows), N = 1 … 7, 9, 11, 15: N × N taps
 *   y = x ⋆ taps + bias. No shared memory.
 * ew_cuda_correlate_wide (EwCudaPlane x, EwCudaPlane y, const double *params, EwCudaShape shape)
 *   The same for any size; params always holds a bias. ew_cuda_wide_bytes.
 * ew_cuda_correlate_general (as wide)
 *   The same for any stride and dilation. ew_cuda_wide_bytes.
 *
 * ew_cuda_evaluate_N (const EwCudaSample *samples, int n_samples, long long n_tiles, const double *params, int
 * has_bias, EwCudaShape shape, int rows, const EwCudaProgress *progress, double *partials), N = 1 … 7
 * ew_cuda_evaluate_wide, ew_cuda_evaluate_general (the same)
 *   partials[k · gridDim.x + b] = Σ m·r·x for each tap k, Σ m·r, Σ m·r², over the tiles of block b in their order,
 * where r = x ⋆ taps + bias − y and m is the mask. Does nothing where progress->diverged. ew_cuda_fused_bytes,
 * ew_cuda_wide_evaluate_bytes, ew_cuda_general_bytes.
 *
 * ew_cuda_reduce (const double *partials, int n_partials, int n_sums, const EwCudaProgress *progress, double *sums,
 *                 int pitch)
 *   sums[k · pitch] = Σ partials[k · n_partials + …], a block a sum, in an order that n_partials alone decides. Does
 *   nothing where progress->diverged (progress may be NULL). 8 · EW_CUDA_THREADS bytes.
 *
 * ew_cuda_step (const double *sums, int n_taps, int n_params, double *params, EwCudaProgress *progress, double *losses,
 *               double *trace)
 *   One block. losses[done] = Σ r²; where that is not finite or above diverged_above: diverged = 1 and no more.
 *   Else params[k] −= step · 2 · sums[k] for the n_params of them; if a new one is not finite, diverged = 1 and params
 *   stay; else params are written to trace[done], n_params a row, and done grows by 1.
 *   Does nothing where progress->diverged. No shared memory.
 *
 * ew_cuda_descend (const EwCudaSample *samples, int n_samples, int pitch, EwCudaShape shape, int has_bias, int epochs,
 *                  double *params, EwCudaProgress *progress, double *losses, double *trace, double *sums)
 *   One block: @epochs ≥ 1 times an evaluation and a step, of a problem of at most EW_CUDA_SMALL_…; the widest x has
 *   @pitch columns. sums are those of the last evaluation. EW_CUDA_SMALL_BYTES.
 *
 * ew_cuda_exact (const EwCudaSample *samples, int n_samples, long long n_tiles, const double *params, int has_bias,
 *                EwCudaShape shape, int ones, double *partials)
 *   As ew_cuda_evaluate_general with residuals and sums in float64; where @ones, r is 1 and params are not read.
 *   EW_CUDA_EXACT_BYTES.
 * ew_cuda_gram (const EwCudaSample *samples, int n_samples, long long n_tiles, EwCudaShape shape, int n_pairs,
 *               double *partials)
 *   The taps in fours, the pairs (P, Q ≥ P) of fours counted row by row: for pair t and taps p = 4P + a, q = 4Q + b,
 *   partials[(16 t + 4 a + b) · parts + …] = Σ m · x under p · x under q in float64, each over its share of the tiles.
 *   gridDim.x is a multiple m of n_pairs / EW_CUDA_THREADS rounded up, and parts is
 *   m · ew_cuda_groups (n_pairs, EW_CUDA_THREADS). What
 *   is past the last tap is of no use. No shared memory.
 *
 * ew_cuda_lags_N (EwCudaPlane a, EwCudaPlane b, EwCudaLags lags, double *partials), N = 1 … 7
 *   For each row u and column k < 2N − 1 of distances: partials[(u · (2N − 1) + k) · parts + …] = Σ a[i, j] ·
 *   b[i + u, j + shift + k − (N − 1)] over the rectangle in float64, each over its share of it; b is zero beyond its
 * rows and its memory's columns, which must be finite. Behind them a row of Σ a. gridDim.x is parts times n_down / 2,
 * rounded up. EW_CUDA_LAGS_BYTES. ew_cuda_gram_edges (EwCudaPlane x, EwCudaTapsOver over, double *edges) Stride and
 * dilation 1. For each row beside the core (those above, then those below) and then each column, for each distance (u,
 * v), kernel_height rows of 2 kernel_width − 1: Σ x[i, j] · x[i + u, j + v] along it, as far as the core goes; 0 where
 * that would leave x. 8 · EW_CUDA_THREADS bytes. ew_cuda_gram_fill (EwCudaPlane x, EwCudaTapsOver over, const double
 * *core, const double *edges, double *g) g (n_taps × n_taps) += Σ x under p · x under q over all outputs. No shared
 * memory.
 *
 * ew_cuda_peak_copy (const float *from, float *to, long long n): copies n fours. No shared memory.
 * ew_cuda_peak_multiply (float *out, int rounds, float factor, float term): 128 · rounds multiply-adds a thread, which
 *   writes one value. No shared memory.
 *
 * ew_cuda_fft_gather (EwCudaPlane x, EwCudaFft fft, long long first, int n_tiles, float mean, float *tiles)
 *   x − mean under the tiles from @first on, and zero beyond x. ew_cuda_fft_scatter (EwCudaPlane y, EwCudaFft fft,
 *   long long first, int n_tiles, float offset, const float *tiles): the other way, outputs and the offset.
 * ew_cuda_fft_multiply (float *spectra, const float *kernel, long long n, int n_tiles, float scale)
 *   spectra · conj (kernel) · scale, n complex numbers a tile. No shared memory in all three.
 *
 * ew_cuda_view_rows (EwCudaPlane x, EwCudaSquares squares, const int *phases, int first, int n, double *sums)
 *   phases: the row phases, then the column phases. sums[(i · n_rows + p) · n_columns_summed + k] = the sum of column k
 *   over the rows of a square in row first + i and row phase p, i < n. x is without its border.
 * ew_cuda_view_columns (EwCudaSquares squares, const int *phases, const double *sums, int first, int n,
 *                       EwCudaPlane planes)
 *   The means of those squares, plane (p, q) · height + first + i being the row: the planes lie under each other.
 * ew_cuda_view_sum (EwCudaPlane planes, const EwCudaPlace *places, int n_places, float bias, EwCudaPlane y)
 *   y[i, j] = bias + Σ weight · planes[row + i, column + j], in the order of the places, each product and each sum
 *   rounded. No shared memory in all three.
 */
