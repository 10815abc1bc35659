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

/* Lines of one device pixel between the cells, and around them. */
static void
paint_lines (cairo_t *cr, const EwPlanePaint *paint, const EwPlaneBox *box, double scale)
{
  double line = fmax (1, round (scale)) / scale;
  double x_step = box->width / paint->planes[0]->width;
  double y_step = box->height / paint->planes[0]->height;

  if (box->cells)
    {
      for (int j = 1; j < paint->planes[0]->width; j++)
        cairo_rectangle (cr, box->x + j * x_step - line, box->y, line, box->height);
      for (int i = 1; i < paint->planes[0]->height; i++)
        cairo_rectangle (cr, box->x, box->y + i * y_step - line, box->width, line);
      /* A grey that shows on black and on white cells alike. */
      cairo_set_source_rgba (cr, 0.5, 0.5, 0.5, paint->style->high_contrast ? 1 : 0.5);
      cairo_fill (cr);
    }
  cairo_rectangle (cr, box->x - line / 2, box->y - line / 2, box->width + line, box->height + line);
  cairo_set_line_width (cr, line);
  ew_color_set (paint->style->high_contrast ? paint->style->foreground : paint->style->faint, cr);
  cairo_stroke (cr);
}

static void
describe_values (const EwPlanePaint *paint, EwCellValues *values)
{
  *values = (EwCellValues){ .max_abs = fmax (fabs (paint->range.low), fabs (paint->range.high)),
                            .negative = paint->range.low < 0 };

  int most = ew_cell_decimals_max (values->max_abs, DIGITS);

  for (int i = 0; i < paint->planes[0]->height; i++)
    for (int j = 0; j < paint->planes[0]->width && values->decimals < most; j++)
      values->decimals = MAX (values->decimals, ew_cell_decimals (ew_plane_paint_value (paint, 0, i, j), most));
}

static void
paint_numbers (cairo_t *cr, const EwPlanePaint *paint, const EwPlaneBox *box)
{
  double x_step = box->width / paint->planes[0]->width;
  double y_step = box->height / paint->planes[0]->height;
  char buffer[EW_NUMBER_SIZE];
  EwCellValues values;
  EwCellText text;

  describe_values (paint, &values);
  ew_cell_text_fit (&text, paint->style, &values, x_step, y_step);
  if (text.size == 0)
    return;

  g_autoptr (EwFigures) figures = ew_figures_new (paint->style, text.size);

  for (int i = 0; i < paint->planes[0]->height; i++)
    for (int j = 0; j < paint->planes[0]->width; j++)
      {
        double value = ew_plane_paint_value (paint, 0, i, j);

        ew_figures_add (figures, ew_cell_text_format (&text, buffer, value), box->x + (j + 0.5) * x_step,
                        box->y + (i + 0.5) * y_step,
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

void
ew_paint_plane (cairo_t *cr, const EwPlanePaint *paint, double width, double height)
{
  double scale = ew_paint_style_scale (paint->style, cr);
  g_autoptr (EwPlaneBuffer) own = paint->buffer == NULL ? ew_plane_buffer_new () : NULL;
  EwPlaneBox box;

  if (width * scale < 3 || height * scale < 3)
    return;
  ew_plane_box (paint->planes[0]->height, paint->planes[0]->width, width, height, scale, &box);

  cairo_surface_t *surface = ew_plane_sample (paint, own != NULL ? own : paint->buffer, (int)round (box.width * scale),
                                              (int)round (box.height * scale));

  if (surface == NULL)
    return;
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  cairo_surface_set_device_scale (surface, scale, scale);
  cairo_set_source_surface (cr, surface, box.x, box.y);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_rectangle (cr, box.x, box.y, box.width, box.height);
  cairo_fill (cr);
  paint_lines (cr, paint, &box, scale);
  if (box.cells && paint->n_planes == 1)
    paint_numbers (cr, paint, &box);
  if (paint->hover_row >= 0 && paint->hover_column >= 0)
    paint_hover (cr, paint, &box);
  cairo_restore (cr);
}
