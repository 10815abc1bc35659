/* Painting a plane: its place, its pixels, and in large cells lines and numbers. */
#include "ui/paint/plane.h"

#include "ui/paint/cell-text.h"
#include "ui/paint/figures.h"
#include "ui/paint/number.h"
#include "ui/paint/plane-sample.h"

#include <math.h>

/* Sides of a cell, in units: from the smallest that has lines between cells to the largest. */
#define CELL_MIN 10.0
#define CELL_MAX 80.0

/* A plane of one row is still seen. */
#define SIDE_MIN 8.0

/* Places after the point in a cell, of values around 1. */
#define DIGITS 2

void
ew_plane_box (int rows, int columns, double width, double height, double scale, EwPlaneBox *box)
{
  /* One unit on each side for the outline. */
  int margin = (int)ceil (scale);
  double room_x = MAX (floor (width * scale) - 2 * margin, 1);
  double room_y = MAX (floor (height * scale) - 2 * margin, 1);
  double cell = fmin (room_x / columns, room_y / rows);
  double w, h;

  box->cells = cell >= CELL_MIN * scale;
  if (box->cells)
    {
      cell = floor (fmin (cell, CELL_MAX * scale));
      w = cell * columns;
      h = cell * rows;
    }
  else
    {
      w = CLAMP (round (cell * columns), fmin (SIDE_MIN * scale, room_x), room_x);
      h = CLAMP (round (cell * rows), fmin (SIDE_MIN * scale, room_y), room_y);
    }
  box->x = (margin + floor ((room_x - w) / 2)) / scale;
  box->y = (margin + floor ((room_y - h) / 2)) / scale;
  box->width = w / scale;
  box->height = h / scale;
}

gboolean
ew_plane_has_cells (double device_pitch, int block, double scale)
{
  return block == 1 && device_pitch >= CELL_MIN * scale && device_pitch == floor (device_pitch);
}

gboolean
ew_plane_box_find (const EwPlaneBox *box, int rows, int columns, double x, double y, int *row, int *column)
{
  double i = floor ((y - box->y) / box->height * rows);
  double j = floor ((x - box->x) / box->width * columns);

  if (!(i >= 0 && i < rows && j >= 0 && j < columns))
    return FALSE;
  *row = (int)i;
  *column = (int)j;
  return TRUE;
}

double
ew_plane_paint_value (const EwPlanePaint *paint, int plane, int row, int column)
{
  double value = ew_grid_row (paint->planes[plane], row)[column];

  return paint->subtract == NULL ? value : value - ew_grid_row (paint->subtract, row)[column];
}

/* The cells that are seen: rows [row, end_row), columns alike. */
typedef struct
{
  int row;
  int end_row;
  int column;
  int end_column;
  double x_step;
  double y_step;
} Cells;

static void
find_cells (const EwPlanePaint *paint, const EwPlaneBox *box, double width, double height, Cells *cells)
{
  int rows = paint->planes[0]->height;
  int columns = paint->planes[0]->width;
  double x = box->width / columns;
  double y = box->height / rows;

  *cells = (Cells){ .row = CLAMP ((int)floor (-box->y / y), 0, rows),
                    .end_row = CLAMP ((int)ceil ((height - box->y) / y), 0, rows),
                    .column = CLAMP ((int)floor (-box->x / x), 0, columns),
                    .end_column = CLAMP ((int)ceil ((width - box->x) / x), 0, columns),
                    .x_step = x,
                    .y_step = y };
}

/* Lines of one device pixel between the cells. */
static void
paint_lines (cairo_t *cr, const EwPlanePaint *paint, const EwPlaneBox *box, const Cells *cells, double scale)
{
  double line = fmax (1, round (scale)) / scale;
  double left = box->x + cells->column * cells->x_step;
  double top = box->y + cells->row * cells->y_step;
  double width = (cells->end_column - cells->column) * cells->x_step;
  double height = (cells->end_row - cells->row) * cells->y_step;

  for (int j = MAX (cells->column, 1); j < cells->end_column; j++)
    cairo_rectangle (cr, box->x + j * cells->x_step - line, top, line, height);
  for (int i = MAX (cells->row, 1); i < cells->end_row; i++)
    cairo_rectangle (cr, left, box->y + i * cells->y_step - line, width, line);
  /* A grey that shows on black and on white cells alike. */
  cairo_set_source_rgba (cr, 0.5, 0.5, 0.5, paint->style->high_contrast ? 1 : 0.5);
  cairo_fill (cr);
}

void
ew_paint_plane_outline (cairo_t *cr, const EwPaintStyle *style, const EwPlaneBox *box, double width, double height)
{
  double scale = ew_paint_style_scale (style, cr);
  double line = fmax (1, round (scale)) / scale;

  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  cairo_rectangle (cr, box->x - line / 2, box->y - line / 2, box->width + line, box->height + line);
  cairo_set_line_width (cr, line);
  ew_color_set (style->high_contrast ? style->foreground : style->faint, cr);
  cairo_stroke (cr);
  cairo_restore (cr);
}

static void
describe_values (const EwPlanePaint *paint, const Cells *cells, EwCellValues *values)
{
  *values = (EwCellValues){ .max_abs = fmax (fabs (paint->range.low), fabs (paint->range.high)),
                            .negative = paint->range.low < 0 };

  int most = ew_cell_decimals_max (values->max_abs, DIGITS);

  for (int i = cells->row; i < cells->end_row; i++)
    for (int j = cells->column; j < cells->end_column && values->decimals < most; j++)
      values->decimals = MAX (values->decimals, ew_cell_decimals (ew_plane_paint_value (paint, 0, i, j), most));
}

static void
paint_numbers (cairo_t *cr, const EwPlanePaint *paint, const EwPlaneBox *box, const Cells *cells)
{
  char buffer[EW_NUMBER_SIZE];
  EwCellValues values;
  EwCellText text;

  describe_values (paint, cells, &values);
  ew_cell_text_fit (&text, paint->style, &values, cells->x_step, cells->y_step);
  if (text.size == 0)
    return;

  g_autoptr (EwFigures) figures = ew_figures_new (paint->style, text.size);

  for (int i = cells->row; i < cells->end_row; i++)
    for (int j = cells->column; j < cells->end_column; j++)
      {
        double value = ew_plane_paint_value (paint, 0, i, j);

        ew_figures_add (figures, ew_cell_text_format (&text, buffer, value), box->x + (j + 0.5) * cells->x_step,
                        box->y + (i + 0.5) * cells->y_step,
                        ew_color_ink_on (ew_colormap_pixel (paint->map, paint->range, value)));
      }
  ew_figures_flush (figures, cr);
}

/* A frame of accent and ground around the cell under the pointer, seen on any colour. */
static void
paint_hover (cairo_t *cr, const EwPlanePaint *paint, const EwPlaneBox *box)
{
  double x_step = box->width / paint->planes[0]->width;
  double y_step = box->height / paint->planes[0]->height;
  double side = fmax (x_step, 6);
  double x = box->x + (paint->hover_column + 0.5) * x_step - side / 2;
  double y = box->y + (paint->hover_row + 0.5) * y_step - side / 2;

  cairo_save (cr);
  cairo_rectangle (cr, box->x, box->y, box->width, box->height);
  cairo_clip (cr);
  cairo_rectangle (cr, x + 1, y + 1, side - 2, side - 2);
  cairo_set_line_width (cr, 3);
  ew_color_set (ew_color_with_alpha (paint->style->background, 0.8), cr);
  cairo_stroke_preserve (cr);
  cairo_set_line_width (cr, 1.5);
  ew_color_set (paint->style->accent, cr);
  cairo_stroke (cr);
  cairo_restore (cr);
}

/* The device pixels of one axis that show something: of a box from @start on, @length long, both in device pixels,
 * those below @room. FALSE where there are none. */
static gboolean
sample_axis (double start, double length, int n, double room, EwSampling *sampling, int *first)
{
  /* A place that is whole but for rounding is whole. */
  double begin = fabs (start - round (start)) < 1e-3 ? round (start) : start;
  double end = fabs (start + length - round (start + length)) < 1e-3 ? round (start + length) : start + length;

  *first = (int)fmax (0, floor (begin));
  *sampling = (EwSampling){ .pixels = (int)fmin (floor (room + 1e-3), ceil (end)) - *first,
                            .step = n / (end - begin),
                            .first = (*first - begin) * n / (end - begin) };
  return sampling->pixels > 0;
}

void
ew_paint_plane_at (cairo_t *cr, const EwPlanePaint *paint, const EwPlaneBox *box, double width, double height)
{
  double scale = ew_paint_style_scale (paint->style, cr);
  g_autoptr (EwPlaneBuffer) own = paint->buffer == NULL ? ew_plane_buffer_new () : NULL;
  EwSampling rows, columns;
  cairo_surface_t *surface;
  int x, y;

  if (!sample_axis (box->y * scale, box->height * scale, paint->planes[0]->height, height * scale, &rows, &y)
      || !sample_axis (box->x * scale, box->width * scale, paint->planes[0]->width, width * scale, &columns, &x)
      || (surface = ew_plane_sample (paint, own != NULL ? own : paint->buffer, &rows, &columns)) == NULL)
    return;
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  cairo_surface_set_device_scale (surface, scale, scale);
  cairo_set_source_surface (cr, surface, x / scale, y / scale);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_rectangle (cr, x / scale, y / scale, columns.pixels / scale, rows.pixels / scale);
  cairo_fill (cr);
  if (box->cells)
    {
      Cells cells;

      find_cells (paint, box, width, height, &cells);
      paint_lines (cr, paint, box, &cells, scale);
      if (paint->n_planes == 1)
        paint_numbers (cr, paint, box, &cells);
    }
  cairo_restore (cr);
}

void
ew_paint_plane (cairo_t *cr, const EwPlanePaint *paint, double width, double height)
{
  double scale = ew_paint_style_scale (paint->style, cr);
  EwPlaneBox box;

  if (width * scale < 3 || height * scale < 3)
    return;
  ew_plane_box (paint->planes[0]->height, paint->planes[0]->width, width, height, scale, &box);
  ew_paint_plane_at (cr, paint, &box, width, height);
  ew_paint_plane_outline (cr, paint->style, &box, width, height);
  if (paint->hover_row >= 0 && paint->hover_column >= 0)
    paint_hover (cr, paint, &box);
}
