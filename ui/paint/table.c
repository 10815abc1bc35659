/* Painting a table of numbers: one pixel a cell, enlarged; then lines, hatching, numbers and marks. */
#include "ui/paint/table.h"

#include "ui/paint/cell-text.h"
#include "ui/paint/figures.h"
#include "ui/paint/number.h"

#include <math.h>

/* The smallest cell with lines around it, in units. */
#define LINES_MIN 6.0

/* Places after the point in a cell, of values around 1. */
#define DIGITS 2

/* Between the hatches of the padding, in units. */
#define HATCH_STEP 5.0

/* How far the frame around a small cell may stand out, in units. */
#define FRAME_REACH 6.0

void
ew_table_place (int rows, int columns, double width, double height, double scale, double cell_max, EwPlanePlace *place)
{
  /* A unit on each side for the outline. */
  double room_x = fmax (width - 2, 1);
  double room_y = fmax (height - 2, 1);
  double pitch = fmin (fmin (room_x / columns, room_y / rows), cell_max) * scale;

  if (pitch >= 1)
    pitch = floor (pitch);
  place->pitch = pitch / scale;
  place->wide = 0;
  place->x = floor ((width - columns * place->pitch) / 2 * scale) / scale;
  place->y = floor ((height - rows * place->pitch) / 2 * scale) / scale;
}

gboolean
ew_table_find (const EwPlanePlace *place, int rows, int columns, double x, double y, int *row, int *column)
{
  double i = floor ((y - place->y) / place->pitch);
  double j = floor ((x - place->x) / ew_plane_place_wide (place));

  if (!(i >= 0 && i < rows && j >= 0 && j < columns))
    return FALSE;
  *row = (int)i;
  *column = (int)j;
  return TRUE;
}

static EwCellKind
kind_at (const EwTablePaint *paint, int k)
{
  return paint->kinds == NULL ? EW_CELL_PLAIN : (EwCellKind)paint->kinds[k];
}

static cairo_surface_t *
make_pixels (const EwTablePaint *paint)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, paint->columns, paint->rows);
  guint8 *data;
  int stride;

  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    return surface;
  data = cairo_image_surface_get_data (surface);
  stride = cairo_image_surface_get_stride (surface);
  for (int k = 0; k < paint->rows * paint->columns; k++)
    if (kind_at (paint, k) != EW_CELL_EMPTY)
      ((guint32 *)(gpointer)(data + (size_t)(k / paint->columns) * stride))[k % paint->columns]
          = ew_colormap_pixel (paint->map, paint->range, paint->values[k]);
  cairo_surface_mark_dirty (surface);
  return surface;
}

static void
paint_cells (cairo_t *cr, const EwTablePaint *paint, const EwPlanePlace *place)
{
  cairo_surface_t *surface = make_pixels (paint);

  cairo_save (cr);
  cairo_translate (cr, place->x, place->y);
  cairo_scale (cr, ew_plane_place_wide (place), place->pitch);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_rectangle (cr, 0, 0, paint->columns, paint->rows);
  cairo_fill (cr);
  cairo_restore (cr);
  cairo_surface_destroy (surface);
}

/* Slanted lines over the cells of the padding, in a grey that shows on black and on white. */
static void
paint_padding (cairo_t *cr, const EwTablePaint *paint, const EwPlanePlace *place)
{
  double wide = ew_plane_place_wide (place);
  double width = paint->columns * wide;
  double height = paint->rows * place->pitch;
  gboolean any = FALSE;

  cairo_save (cr);
  for (int k = 0; paint->kinds != NULL && k < paint->rows * paint->columns; k++)
    if (paint->kinds[k] == EW_CELL_PADDING)
      {
        cairo_rectangle (cr, place->x + k % paint->columns * wide, place->y + k / paint->columns * place->pitch, wide,
                         place->pitch);
        any = TRUE;
      }
  if (any)
    {
      cairo_clip (cr);
      for (double d = 0; d < width + height; d += HATCH_STEP)
        {
          cairo_move_to (cr, place->x + d, place->y);
          cairo_line_to (cr, place->x + d - height, place->y + height);
        }
      cairo_set_line_width (cr, 1);
      cairo_set_source_rgba (cr, 0.5, 0.5, 0.5, paint->style->high_contrast ? 1 : 0.6);
      cairo_stroke (cr);
    }
  cairo_restore (cr);
}

static void
paint_lines (cairo_t *cr, const EwTablePaint *paint, const EwPlanePlace *place, double scale)
{
  double line = fmax (1, round (scale)) / scale;
  double wide = ew_plane_place_wide (place);
  double width = paint->columns * wide;
  double height = paint->rows * place->pitch;

  if (place->pitch >= LINES_MIN && !paint->bare)
    {
      for (int j = 1; j < paint->columns; j++)
        cairo_rectangle (cr, place->x + j * wide - line, place->y, line, height);
      for (int i = 1; i < paint->rows; i++)
        cairo_rectangle (cr, place->x, place->y + i * place->pitch - line, width, line);
      cairo_set_source_rgba (cr, 0.5, 0.5, 0.5, paint->style->high_contrast ? 1 : 0.4);
      cairo_fill (cr);
    }
  cairo_rectangle (cr, place->x - line / 2, place->y - line / 2, width + line, height + line);
  cairo_set_line_width (cr, line);
  ew_color_set (ew_color_with_alpha (paint->style->foreground, paint->style->high_contrast ? 1 : 0.35), cr);
  cairo_stroke (cr);
}

static void
describe_values (const EwTablePaint *paint, EwCellValues *values)
{
  *values = (EwCellValues){ .max_abs = fmax (fabs (paint->range.low), fabs (paint->range.high)),
                            .negative = paint->range.low < 0 };

  int most = ew_cell_decimals_max (values->max_abs, DIGITS);

  for (int k = 0; k < paint->rows * paint->columns && values->decimals < most; k++)
    if (kind_at (paint, k) != EW_CELL_EMPTY)
      values->decimals = MAX (values->decimals, ew_cell_decimals (paint->values[k], most));
}

static void
paint_numbers (cairo_t *cr, const EwTablePaint *paint, const EwPlanePlace *place)
{
  char buffer[EW_NUMBER_SIZE];
  EwCellValues values;
  EwCellText text;

  if (paint->bare || place->pitch < LINES_MIN)
    return;
  describe_values (paint, &values);
  ew_cell_text_fit (&text, paint->style, &values, ew_plane_place_wide (place), place->pitch);
  if (text.size == 0)
    return;

  g_autoptr (EwFigures) figures = ew_figures_new (paint->style, text.size);

  for (int k = 0; k < paint->rows * paint->columns; k++)
    if (kind_at (paint, k) != EW_CELL_EMPTY)
      ew_figures_add (figures, ew_cell_text_format (&text, buffer, paint->values[k]),
                      place->x + (k % paint->columns + 0.5) * ew_plane_place_wide (place),
                      place->y + (k / paint->columns + 0.5) * place->pitch,
                      ew_color_ink_on (ew_colormap_pixel (paint->map, paint->range, paint->values[k])));
  ew_figures_flush (figures, cr);
}

void
ew_paint_table (cairo_t *cr, const EwTablePaint *paint, const EwPlanePlace *place)
{
  double scale = ew_paint_style_scale (paint->style, cr);

  paint_cells (cr, paint, place);
  paint_padding (cr, paint, place);
  paint_lines (cr, paint, place, scale);
  paint_numbers (cr, paint, place);
  ew_paint_plane_marks (cr, paint->style, paint->marks, paint->n_marks, place,
                        place->x + paint->columns * ew_plane_place_wide (place) + FRAME_REACH,
                        place->y + paint->rows * place->pitch + FRAME_REACH);
}
