/* Painting a correlation as a matrix product: outputs = matrix · inputs, with one row linked to what it reads. */
#pragma once

#include "engine/toeplitz.h"
#include "ui/paint/table.h"

G_BEGIN_DECLS

/**
 * EwMatrixPaint:
 * @matrix: what is drawn
 * @x: the input, row by row: matrix->columns values
 * @y: the outputs, row by row: matrix->rows values
 * @weight_range: colours of the entries; likewise @input_range and @output_range
 * @row: the row that is linked; −1: none
 * @style: colours, font, scale
 */
typedef struct
{
  const EwToeplitz *matrix;
  const double *x;
  const double *y;
  EwRange weight_range;
  EwRange input_range;
  EwRange output_range;
  int row;
  const EwPaintStyle *style;
} EwMatrixPaint;

/* Paints into width × height units from the origin. */
void ew_paint_matrix (cairo_t *cr, const EwMatrixPaint *paint, double width, double height);

/* The least size at which the numbers of @rows × @columns can be read. */
void ew_matrix_readable_size (const EwPaintStyle *style, int rows, int columns, double *width, double *height);

/* Where the linked row lies: from its first entry that is not zero to its last one. */
void ew_matrix_row_area (const EwMatrixPaint *paint, double width, double height, double *x, double *y, double *row_width,
                         double *row_height);

/* The row at (x, y), over the matrix or the outputs; −1: none. */
int ew_matrix_find (const EwMatrixPaint *paint, double width, double height, double x, double y);

G_END_DECLS
