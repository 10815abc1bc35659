/* Painting a × b = c: two tables and that of their products, side by side, each with a line below that names it. */
#pragma once

#include "ui/paint/table.h"

G_BEGIN_DECLS

/**
 * EwProductTable:
 * @values: rows × columns, row by row
 * @kinds: see EwTablePaint; may be NULL
 * @is_signed: colours centred on zero; otherwise black to white
 * @range: the values that the colours cover; {0, 0}: those of the table
 * @caption: below the table
 *
 * One of the three.
 */
typedef struct
{
  const double *values;
  const guint8 *kinds;
  int rows;
  int columns;
  gboolean is_signed;
  EwRange range;
  const char *caption;
} EwProductTable;

/**
 * EwProductsPaint:
 * @tables: factor, factor, products
 * @bare: pictures rather than tables: neither numbers nor lines
 * @marked: the cell of all three that is framed, counted row by row; −1: none. A table of one cell has no frame
 * @style: colours, font, scale
 */
typedef struct
{
  EwProductTable tables[3];
  gboolean bare;
  int marked;
  const EwPaintStyle *style;
} EwProductsPaint;

/* Width that the three need at @height, in units. */
double ew_products_width (const EwProductsPaint *paint, double height);

/* Paints into width × height units from the origin. */
void ew_paint_products (cairo_t *cr, const EwProductsPaint *paint, double width, double height);

G_END_DECLS
