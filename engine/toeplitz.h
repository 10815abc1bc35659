/* EwToeplitz: cross-correlation as a matrix product, y = T x + bias, with x and y row by row. */
#pragma once

#include "engine/geometry.h"
#include "engine/kernel.h"

G_BEGIN_DECLS

/**
 * EwToeplitz:
 * @height: of the input; likewise @width
 * @output_height: likewise @output_width
 * @rows: output_height × output_width; output (i, j) is row i · output_width + j
 * @columns: height × width; input (u, v) is column u · width + v
 * @entries: rows × columns, row by row: the sum of the taps by which an output reads an input, 0 where it does not
 *
 * Without padding and with stride 1 the matrix is block Toeplitz with Toeplitz blocks: every row is the kernel's taps,
 * spread out by the input's width and moved on by one pixel.
 */
typedef struct
{
  int height;
  int width;
  int output_height;
  int output_width;
  int rows;
  int columns;
  double entries[];
} EwToeplitz;

/* The most entries that a matrix may have: 8 MiB of them. */
#define EW_TOEPLITZ_ENTRIES_MAX (1 << 20)

/* The matrix of @kernel on an input of height × width, transfer full. Fails as ew_geometry_output_size does, with
 * EW_ERROR_GEOMETRY where the kernel is not of the geometry's size, and with EW_ERROR_TOO_LARGE beyond
 * EW_TOEPLITZ_ENTRIES_MAX. */
EwToeplitz *ew_toeplitz_new (const EwKernel *kernel, const EwGeometry *geometry, int height, int width, GError **error);
void ew_toeplitz_free (EwToeplitz *toeplitz);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwToeplitz, ew_toeplitz_free)

G_END_DECLS
