/* The kernels that reduce a plane to what a window shows. The sums are those of the CPU's block means and of its
 * pictures, term by term and in the same order, so that both give the same bits. Device code, for kernels.cu alone. */
#pragma once

#include "gpu/kernels-common.h"

/* a + b·c with a rounding each, whatever the compiler would like to fuse. */
#ifdef __CUDACC__
#define ADD_PRODUCT(a, b, c) __fadd_rn (a, __fmul_rn (b, c))
#else
#define ADD_PRODUCT(a, b, c) ((a) + (b) * (c))
#endif

/* sum + Σ x over rows begin, begin + step, … below end, of one column. */
static __device__ double
sum_rows (EwCudaPlane x, int border, int column, long long begin, long long end, int step, double sum)
{
  for (long long row = begin; row < end; row += step)
    {
      int from = place_in (row, x.height, border);

      if (from >= 0)
        sum += (double)x.data[from * x.stride + column];
    }
  return sum;
}

/* The sums of one column over the rows of a square, for all row phases; they lie @pitch apart. Where rows are shared,
 * first the core, then what a phase has above it, then what it has below. */
static __device__ void
sum_phases (EwCudaPlane x, EwCudaSquares s, const int *rows, int column, long long top, double *sums, long long pitch)
{
  int last = s.n_rows - 1;
  double core, running = 0;

  if (s.step > 1)
    {
      for (int p = 0; p < s.n_rows; p++)
        sums[p * pitch]
            = sum_rows (x, s.border, column, top + rows[p], top + rows[p] + (long long)s.side * s.step, s.step, 0);
      return;
    }
  core = sum_rows (x, s.border, column, top + rows[last], top + rows[0] + s.side, 1, 0);
  for (int p = last; p >= 0; p--)
    {
      if (p < last)
        running = sum_rows (x, s.border, column, top + rows[p], top + rows[p + 1], 1, running);
      sums[p * pitch] = core + running;
    }
  running = 0;
  for (int p = 1; p <= last; p++)
    {
      running = sum_rows (x, s.border, column, top + rows[p - 1] + s.side, top + rows[p] + s.side, 1, running);
      sums[p * pitch] += running;
    }
}

KERNEL void
ew_cuda_view_rows (EwCudaPlane x, EwCudaSquares s, const int *phases, int first, int n, double *sums)
{
  long long per_row = (s.n_columns_summed + EW_CUDA_THREADS - 1LL) / EW_CUDA_THREADS;

  for (long long item = blockIdx.x; item < n * per_row; item += gridDim.x)
    {
      long long i = item / per_row;
      long long k = item % per_row * EW_CUDA_THREADS + (int)threadIdx.x;
      double *to = sums + i * s.n_rows * s.n_columns_summed + k;
      int column;

      if (k >= s.n_columns_summed)
        continue;
      column = place_in ((long long)s.first_column * s.pitch + phases[s.n_rows] + k, x.width, s.border);
      if (column >= 0)
        sum_phases (x, s, phases, column, (s.first_row + first + i) * s.pitch, to, s.n_columns_summed);
      else
        for (int p = 0; p < s.n_rows; p++)
          to[p * (long long)s.n_columns_summed] = 0;
    }
}

/* Two sums take turns. */
static __device__ double
sum_span (const double *from, int begin, int end)
{
  double even = 0;
  double odd = 0;
  int k = begin;

  for (; k + 1 < end; k += 2)
    {
      even += from[k];
      odd += from[k + 1];
    }
  return even + odd + (k < end ? from[k] : 0);
}

/* The sum of a square of column phase @q; @from is where its columns are counted from. */
static __device__ double
sum_square (EwCudaSquares s, const int *columns, const double *from, int q)
{
  int last = s.n_columns - 1;
  double running = 0;
  double sum = 0;

  if (s.step > 1)
    {
      for (int b = 0; b < s.side; b++)
        sum += from[columns[q] + b * (long long)s.step];
      return sum;
    }
  sum = sum_span (from, columns[last], columns[0] + s.side);
  for (int t = last - 1; t >= q; t--)
    running += sum_span (from, columns[t], columns[t + 1]);
  if (q < last)
    sum += running;
  running = 0;
  for (int t = 1; t <= q; t++)
    running += sum_span (from, columns[t - 1] + s.side, columns[t] + s.side);
  return q > 0 ? sum + running : sum;
}

KERNEL void
ew_cuda_view_columns (EwCudaSquares s, const int *phases, const double *sums, int first, int n, EwCudaPlane planes)
{
  const int *columns = phases + s.n_rows;
  double scale = 1 / ((double)s.side * s.side);
  long long per_row = (s.width + EW_CUDA_THREADS - 1LL) / EW_CUDA_THREADS;
  long long n_planes = (long long)s.n_rows * s.n_columns;

  for (long long item = blockIdx.x; item < n * n_planes * per_row; item += gridDim.x)
    {
      int j = (int)(item % per_row) * EW_CUDA_THREADS + (int)threadIdx.x;
      long long plane = item / per_row % n_planes;
      long long i = item / per_row / n_planes;
      int p = (int)(plane / s.n_columns);
      const double *from = sums + (i * s.n_rows + p) * s.n_columns_summed + j * (long long)s.pitch - columns[0];

      if (j < s.width)
        planes.data[(plane * s.height + first + i) * planes.stride + j]
            = (float)(sum_square (s, columns, from, (int)(plane % s.n_columns)) * scale);
    }
}

KERNEL void
ew_cuda_view_sum (EwCudaPlane planes, const EwCudaPlace *places, int n_places, float bias, EwCudaPlane y)
{
  long long per_row = (y.width + EW_CUDA_THREADS - 1LL) / EW_CUDA_THREADS;

  for (long long item = blockIdx.x; item < y.height * per_row; item += gridDim.x)
    {
      long long i = item / per_row;
      int j = (int)(item % per_row) * EW_CUDA_THREADS + (int)threadIdx.x;
      float sum = bias;

      if (j >= y.width)
        continue;
      for (int k = 0; k < n_places; k++)
        sum = ADD_PRODUCT (sum, places[k].weight,
                           planes.data[(places[k].row + i) * planes.stride + places[k].column + j]);
      y.data[i * y.stride + j] = sum;
    }
}
