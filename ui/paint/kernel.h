/* Painting a kernel: coloured cells, with their numbers where those fit, and the bias below. */
#pragma once

#include "engine/kernel.h"
#include "ui/paint/colormap.h"

G_BEGIN_DECLS

/* The cell of the bias, where taps count from 0 row by row. */
#define EW_KERNEL_BIAS_CELL (-2)
#define EW_KERNEL_NO_CELL   (-1)

/**
 * EwKernelPaint:
 * @kernel: what is painted
 * @range: values that the colours cover; symmetric
 * @style: colours, font, scale
 * @show_bias: whether the bias has a cell under the kernel
 * @selected: the selected cell, or EW_KERNEL_NO_CELL
 * @hover: the cell under the pointer, or EW_KERNEL_NO_CELL
 * @focused: whether the selection shows the keyboard focus
 * @fixed: weights that have a mark for staying as they are, NaN in the others; of another size than @kernel or NULL: none
 */
typedef struct
{
  const EwKernel *kernel;
  EwRange range;
  const EwPaintStyle *style;
  gboolean show_bias;
  int selected;
  int hover;
  gboolean focused;
  const EwKernel *fixed;
} EwKernelPaint;

/**
 * EwKernelBox:
 * @x: left edge of tap (0, 0), in units; likewise @y
 * @cell: side of a cell in units, a whole number of device pixels
 * @bias_x: left edge of the bias's cell; likewise @bias_y, @bias_width and @bias_height; bias_width is 0 where it is
 * not shown
 */
typedef struct
{
  double x;
  double y;
  double cell;
  double bias_x;
  double bias_y;
  double bias_width;
  double bias_height;
} EwKernelBox;

/* Where the cells lie in width × height units. */
void ew_kernel_box (const EwKernelPaint *paint, double width, double height, double scale, EwKernelBox *box);

/* The rectangle of a cell. */
void ew_kernel_box_cell (const EwKernelBox *box, const EwKernel *kernel, int cell, double *x, double *y, double *width,
                         double *height);

/* Whether a tap of @kernel is marked as fixed. */
gboolean ew_kernel_is_fixed (const EwKernel *fixed, const EwKernel *kernel, int tap);

/* The cell under (x, y), or EW_KERNEL_NO_CELL. */
int ew_kernel_box_find (const EwKernelBox *box, const EwKernel *kernel, double x, double y);

/* Paints into width × height units from the origin, never outside. */
void ew_paint_kernel (cairo_t *cr, const EwKernelPaint *paint, double width, double height);

G_END_DECLS
