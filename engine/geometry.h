/* EwGeometry: how a kernel is laid over an input, and the size of what comes out. */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

/* What is read outside the input. */
typedef enum
{
  EW_BORDER_ZERO,
  EW_BORDER_REPLICATE,
  EW_BORDER_REFLECT, /* does not repeat the edge pixel */
  EW_BORDER_WRAP,
} EwBorder;

/**
 * EwGeometry:
 * @kernel_height: 1 … 63
 * @kernel_width: 1 … 63
 * @top: rows added above, ≥ 0; likewise @right, @bottom and @left
 * @border: what the added pixels hold
 * @stride: step between two outputs, in input pixels, ≥ 1
 * @dilation: step between two taps, in input pixels, ≥ 1
 *
 * Y[i, j] = bias + Σ K[a, c] · X[i·stride + a·dilation − top, j·stride + c·dilation − left].
 */
typedef struct
{
  int kernel_height;
  int kernel_width;
  int top;
  int right;
  int bottom;
  int left;
  EwBorder border;
  int stride;
  int dilation;
} EwGeometry;

/* Valid correlation: no padding, stride 1, dilation 1. */
void ew_geometry_init_valid (EwGeometry *geometry, int kernel_height, int kernel_width);

/* TRUE where the geometry is the one that ew_geometry_init_valid makes. */
gboolean ew_geometry_is_valid (const EwGeometry *geometry);

/* The output's size for an input of height × width:
 * ⌊(height + top + bottom − dilation·(kernel_height − 1) − 1) / stride⌋ + 1, columns alike.
 * Fails with EW_ERROR_GEOMETRY, with the numbers, where the kernel is larger than the padded input, a reflection
 * reaches beyond the input or a member is out of its range, and with EW_ERROR_TOO_LARGE where a size overflows. */
gboolean ew_geometry_output_size (const EwGeometry *geometry, int height, int width, int *output_height,
                                  int *output_width, GError **error);

/* Which element of an axis of n elements (n ≥ 1) the border rule shows at index i, however far outside; −1 for zero. */
gint64 ew_geometry_border_index (EwBorder border, gint64 i, gint64 n);

G_END_DECLS
