/* Painting a correlation as a matrix product. */
#include "ui/paint/matrix.h"

#include "ui/paint/palette.h"

#include <math.h>

/* The largest cell, and the room between, in units. */
#define CELL_MAX 30.0
#define GAP      30.0

/* Cells lower than this are wider than high, up to so many times, where there is room: a matrix of many rows leaves it. */
#define WIDE_MAX   24.0
#define WIDE_RATIO 3.0

/* The least cell in which a number can be read, in sizes of the text. */
#define READABLE_HEIGHT 1.15
#define READABLE_WIDTH  1.8

#define OF_BODY     0.85
#define CAPTION_GAP 3.0

typedef struct
{
  EwPlanePlace y;
  EwPlanePlace matrix;
  EwPlanePlace x;
  double caption;
} Layout;

/* Whole device pixels, where it is one at least. */
static double
whole (double units, double scale)
{
  return units * scale >= 1 ? floor (units * scale) / scale : units;
}

static double
caption_height (const EwPaintStyle *style)
{
  double text;

  ew_paint_text_measure (style, "0", ew_paint_style_font_size (style) * OF_BODY, &text);
  return ceil (text) + CAPTION_GAP;
}

void
ew_matrix_readable_size (const EwPaintStyle *style, int rows, int columns, double *width, double *height)
{
  double size = ew_paint_style_font_size (style);

  *width = (columns + 2) * ceil (READABLE_WIDTH * size) + 2 * GAP + 6;
  *height = MAX (rows, columns) * ceil (READABLE_HEIGHT * size) + caption_height (style) + 2;
}

static void
lay_out (const EwMatrixPaint *paint, double width, double height, Layout *l)
{
  const EwToeplitz *t = paint->matrix;
  double scale = paint->style->scale > 0 ? paint->style->scale : 1;
  double side = fmax (width - 2 * GAP - 6, 1) / (t->columns + 2);
  double size = ew_paint_style_font_size (paint->style);
  double room, pitch, wide, left;

  l->caption = caption_height (paint->style);
  room = fmax (height - l->caption - 2, 1);
  pitch = whole (fmin (fmin (room / MAX (t->rows, t->columns), side), CELL_MAX), scale);
  wide = fmax (pitch, whole (fmin (fmin (WIDE_RATIO * pitch, fmax (WIDE_MAX, READABLE_WIDTH * size)), side), scale));
  left = floor ((width - (t->columns + 2) * wide - 2 * GAP) / 2 * scale) / scale;
  l->y = (EwPlanePlace){ left, 1 + floor ((room - t->rows * pitch) / 2 * scale) / scale, pitch, wide };
  l->matrix = (EwPlanePlace){ left + wide + GAP, l->y.y, pitch, wide };
  l->x = (EwPlanePlace){ l->matrix.x + t->columns * wide + GAP,
                         1 + floor ((room - t->columns * pitch) / 2 * scale) / scale, pitch, wide };
}

/* The stretches of inputs that the linked row reads. */
static GArray *
linked_inputs (const EwMatrixPaint *paint)
{
  const EwToeplitz *t = paint->matrix;
  const double *row = t->entries + (size_t)MAX (paint->row, 0) * (size_t)t->columns;
  GArray *marks = g_array_new (FALSE, FALSE, sizeof (EwPlaneMark));

  for (int q = 0; paint->row >= 0 && q < t->columns;)
    {
      EwPlaneMark mark = { EW_MARK_WINDOW, q, 0, 0, 1 };

      while (q < t->columns && row[q] != 0)
        {
          mark.height++;
          q++;
        }
      if (mark.height > 0)
        g_array_append_val (marks, mark);
      else
        q++;
    }
  return marks;
}

static void
paint_one (cairo_t *cr, const EwMatrixPaint *paint, const double *values, int rows, int columns, EwRange range,
           const EwPlaneMark *marks, int n_marks, const EwPlanePlace *place)
{
  EwTablePaint table = {
    .values = values,
    .rows = rows,
    .columns = columns,
    .map = ew_palette_of_style (paint->style, range.low < 0),
    .range = range,
    .style = paint->style,
    .marks = marks,
    .n_marks = n_marks,
  };

  ew_paint_table (cr, &table, place);
}

static void
paint_words (cairo_t *cr, const EwMatrixPaint *paint, const Layout *l)
{
  const EwToeplitz *t = paint->matrix;
  double size = ew_paint_style_font_size (paint->style);
  double pitch = l->matrix.pitch;
  double wide = l->matrix.wide;
  double below = l->y.y + t->rows * pitch + CAPTION_GAP;
  double middle = l->y.y + t->rows * pitch / 2;

  ew_paint_text (cr, paint->style, "ŷ", size * OF_BODY, paint->style->dim, l->y.x + wide / 2, below, 0.5, 0);
  ew_paint_text (cr, paint->style, "T", size * OF_BODY, paint->style->dim, l->matrix.x + t->columns * wide / 2, below,
                 0.5, 0);
  ew_paint_text (cr, paint->style, "x", size * OF_BODY, paint->style->dim, l->x.x + wide / 2,
                 l->x.y + t->columns * pitch + CAPTION_GAP, 0.5, 0);
  ew_paint_text (cr, paint->style, "=", size * 1.4, paint->style->dim, l->matrix.x - GAP / 2, middle, 0.5, 0.5);
  ew_paint_text (cr, paint->style, "·", size * 1.4, paint->style->dim, l->x.x - GAP / 2, middle, 0.5, 0.5);
}

void
ew_paint_matrix (cairo_t *cr, const EwMatrixPaint *paint, double width, double height)
{
  const EwToeplitz *t = paint->matrix;
  g_autoptr (GArray) inputs = linked_inputs (paint);
  EwPlaneMark row = { EW_MARK_WINDOW, paint->row, 0, 1, t->columns };
  EwPlaneMark output = { EW_MARK_OUTPUT, paint->row, 0, 1, 1 };
  int n = paint->row >= 0 ? 1 : 0;
  Layout l;

  lay_out (paint, width, height, &l);
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  paint_one (cr, paint, paint->y, t->rows, 1, paint->output_range, &output, n, &l.y);
  paint_one (cr, paint, t->entries, t->rows, t->columns, paint->weight_range, &row, n, &l.matrix);
  paint_one (cr, paint, paint->x, t->columns, 1, paint->input_range, (const EwPlaneMark *)(gpointer)inputs->data,
             (int)inputs->len, &l.x);
  paint_words (cr, paint, &l);
  cairo_restore (cr);
}

void
ew_matrix_row_area (const EwMatrixPaint *paint, double width, double height, double *x, double *y, double *row_width,
                    double *row_height)
{
  const EwToeplitz *t = paint->matrix;
  const double *entries = t->entries + (size_t)MAX (paint->row, 0) * (size_t)t->columns;
  int first = 0, last = t->columns - 1;
  Layout l;

  lay_out (paint, width, height, &l);
  while (first < last && entries[first] == 0)
    first++;
  while (last > first && entries[last] == 0)
    last--;
  *x = l.matrix.x + first * l.matrix.wide;
  *row_width = (last - first + 1) * l.matrix.wide;
  *y = l.matrix.y + MAX (paint->row, 0) * l.matrix.pitch;
  *row_height = l.matrix.pitch;
}

int
ew_matrix_find (const EwMatrixPaint *paint, double width, double height, double x, double y)
{
  Layout l;
  int row, column;

  lay_out (paint, width, height, &l);
  if (ew_table_find (&l.matrix, paint->matrix->rows, paint->matrix->columns, x, y, &row, &column)
      || ew_table_find (&l.y, paint->matrix->rows, 1, x, y, &row, &column))
    return row;
  return -1;
}
