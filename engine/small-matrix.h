/* EwSmallMatrix: a kernel as a matrix, and its singular values by one-sided Jacobi. */
#pragma once

#include "engine/kernel.h"

G_BEGIN_DECLS

typedef struct
{
  int height;
  int width;
  double a[EW_KERNEL_SIDE_MAX][EW_KERNEL_SIDE_MAX];
} EwSmallMatrix;

/* The taps of @kernel. */
void ew_small_matrix_init (EwSmallMatrix *matrix, const EwKernel *kernel);

/* The product of two columns. */
double ew_small_matrix_dot (const EwSmallMatrix *matrix, int p, int q);

/* Turns the columns among each other until they are orthogonal as far as float64 can tell: A = UΣVᵀ becomes UΣ, in no
 * particular order. */
void ew_small_matrix_orthogonalise (EwSmallMatrix *matrix);

/* The min(height, width) singular values of @kernel, the largest first; returns their number. */
int ew_singular_values (const EwKernel *kernel, double values[EW_KERNEL_SIDE_MAX]);

G_END_DECLS
