/* A box of values that are read off. */
#include "ui/paint/reading.h"

#include <math.h>

#define GAP    6.0
#define RADIUS 5.0

void
ew_rounded_rectangle (cairo_t *cr, double x, double y, double width, double height, double radius)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - radius, y + radius, radius, -G_PI / 2, 0);
  cairo_arc (cr, x + width - radius, y + height - radius, radius, 0, G_PI / 2);
  cairo_arc (cr, x + radius, y + height - radius, radius, G_PI / 2, G_PI);
  cairo_arc (cr, x + radius, y + radius, radius, G_PI, 3 * G_PI / 2);
  cairo_close_path (cr);
}

void
ew_paint_reading (cairo_t *cr, const EwPaintStyle *style, double size, const EwReadingRow *rows, int n, double x,
                  double left, double top, double width, double height)
{
  double line_height, names = 0, values = 0, box_width, box_height, box_x, box_y;

  ew_paint_text_measure (style, "0", size, &line_height);
  for (int k = 0; k < n; k++)
    {
      names = fmax (names, ew_paint_text_measure (style, rows[k].name, size, NULL));
      values = fmax (values, ew_paint_text_measure (style, rows[k].value, size, NULL));
    }
  box_width = ceil (names + values + 4 * GAP);
  box_height = ceil (n * line_height + 2 * GAP);
  box_x = x + 2 * GAP;
  if (box_x + box_width > left + width)
    box_x = fmax (box_x - box_width - 4 * GAP, 0);
  box_y = fmax (top + fmin (GAP, height - box_height), 0);
  ew_rounded_rectangle (cr, box_x + 0.5, box_y + 0.5, box_width, box_height, RADIUS);
  ew_color_set (ew_color_with_alpha (style->background, 0.94), cr);
  cairo_fill_preserve (cr);
  ew_color_set (style->faint, cr);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  for (int k = 0; k < n; k++)
    {
      double middle = box_y + GAP + (k + 0.5) * line_height;

      ew_paint_text (cr, style, rows[k].name, size, rows[k].color, box_x + GAP, middle, 0, 0.5);
      ew_paint_text (cr, style, rows[k].value, size, style->foreground, box_x + box_width - GAP, middle, 1, 0.5);
    }
}
