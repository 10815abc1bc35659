/* A rectangle of outputs and the input under it, wherever the geometry puts that. */
#pragma once

#include "engine/cpu-kernels.h"
#include "engine/kernel.h"
#include "engine/problem.h"

G_BEGIN_DECLS

/* Values of scratch that a window needs: enough for one row of 16 outputs under the largest kernel. */
#define EW_CPU_SCRATCH (1 << 16)

/* The most rows of outputs in one rectangle. */
#define EW_CPU_WINDOW_ROWS 48

/* Input values that lie in the scratch: copied with their border, so that the inner loops run over them as over x, or
 * (strides above 1) gathered by column phase. */
typedef struct
{
  gboolean gathered;
  int i;
  int j;
  int rows;
  int width;
  size_t stride;
  size_t columns[EW_KERNEL_SIDE_MAX];
} EwCpuFilled;

/**
 * EwCpuWindow:
 * @taps: row by row, as float32
 * @scratch: EW_CPU_SCRATCH values for this thread alone
 * @filled: what they hold; all zero at the start
 *
 * Interior rectangles are read where they are, others through the scratch. Rectangles that follow each other with the
 * same position and size share its contents.
 */
typedef struct
{
  const EwCpuKernels *kernels;
  const EwGeometry *geometry;
  const EwGrid *x;
  const float *taps;
  float bias;
  float *scratch;
  EwCpuFilled filled;
} EwCpuWindow;

/* Outputs (rows [*first, *end), columns likewise) whose inputs all lie within x; empty where first ≥ end. */
void ew_cpu_window_inside (const EwGeometry *geometry, const EwGrid *x, const EwGrid *y, int *first_row, int *end_row,
                           int *first_column, int *end_column);

/* The largest rectangle, up to *rows × *width, whose input the scratch can hold; never less than 1 × 16. */
void ew_cpu_window_fit (const EwGeometry *geometry, int *rows, int *width);

/* y[0 … rows, 0 … width] = the outputs from (i, j) on, less hints->minus. @hints: as for EwCpuKernels; fetching ahead is
 * dropped where it makes no sense. */
void ew_cpu_window_correlate (EwCpuWindow *window, int i, int j, int rows, int width, float *y, size_t y_stride,
                              const EwCpuHints *hints);

/* sums[a·kw + c] += Σ r · (what tap (a, c) sees) over that rectangle of at most 4096 residuals. */
void ew_cpu_window_gradient (EwCpuWindow *window, int i, int j, int rows, int width, const float *r, size_t r_stride,
                             double *sums);

G_END_DECLS
