/* Painting a table of numbers: coloured cells of equal size, with their numbers where those fit. For what explains a
 * picture: windows, products, matrices. Never more values than there is room for: nothing is averaged here. */
#pragma once

#include "ui/paint/colormap.h"
#include "ui/paint/plane-marks.h"

G_BEGIN_DECLS

typedef enum
{
  EW_CELL_PLAIN,
  EW_CELL_PADDING, /* beyond the input: hatched */
  EW_CELL_EMPTY,   /* not there yet: neither colour nor number */
} EwCellKind;

/**
 * EwTablePaint:
 * @values: rows × columns, row by row
 * @rows: ≥ 1
 * @columns: ≥ 1
 * @kinds: rows × columns; NULL: all are plain
 * @map: colours
 * @range: values that they cover
 * @style: colours, font, scale
 * @marks: frames over the cells, whose pixels are the cells; @n_marks of them
 * @bare: no number and no line, however large the cells are
 */
typedef struct
{
  const double *values;
  int rows;
  int columns;
  const guint8 *kinds;
  const EwColormap *map;
  EwRange range;
  const EwPaintStyle *style;
  const EwPlaneMark *marks;
  int n_marks;
  gboolean bare;
} EwTablePaint;

/* Where the cells of rows × columns lie, fitted into width × height units and centred: squares of a whole number of
 * device pixels, but for tables larger than the area has pixels; at most @cell_max units. */
void ew_table_place (int rows, int columns, double width, double height, double scale, double cell_max,
                     EwPlanePlace *place);

/* The cell at (x, y); FALSE where there is none. */
gboolean ew_table_find (const EwPlanePlace *place, int rows, int columns, double x, double y, int *row, int *column);

/* Paints the table at @place. */
void ew_paint_table (cairo_t *cr, const EwTablePaint *paint, const EwPlanePlace *place);

G_END_DECLS
