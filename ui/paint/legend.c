/* The legend: the map as a strip, numbers beside it. */
#include "ui/paint/legend.h"

#include "ui/paint/number.h"

#include <math.h>

#define STRIP_WIDTH 10.0
#define TICK_LENGTH 4.0
#define GAP         4.0

/* Between two numbers, in heights of the text. */
#define SPACING 2.6

#define OF_BODY 0.85

/* Numbers beside the strip, less one. */
#define QUARTERS 4

static double
text_size (const EwPaintStyle *style)
{
  return ew_paint_style_font_size (style) * OF_BODY;
}

double
ew_legend_width (const EwPaintStyle *style, EwRange range)
{
  char number[EW_NUMBER_SIZE];
  double size = text_size (style);
  /* Room for what usually comes, so that a new range seldom moves the picture. */
  double widest = ew_paint_text_measure (style, EW_MINUS "0.00", size, NULL);

  for (int k = 0; k <= QUARTERS; k++)
    {
      double value = range.low + (range.high - range.low) * k / QUARTERS;

      widest = fmax (widest, ew_paint_text_measure (style, ew_number_short (number, value, 3), size, NULL));
    }
  return ceil (STRIP_WIDTH + TICK_LENGTH + GAP + widest);
}

static void
paint_strip (cairo_t *cr, const EwPaintStyle *style, const EwColormap *map, double y, double height, double scale)
{
  int n = MAX ((int)round (height * scale), 1);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 1, n);

  if (cairo_surface_status (surface) == CAIRO_STATUS_SUCCESS)
    {
      guint8 *data = cairo_image_surface_get_data (surface);
      int stride = cairo_image_surface_get_stride (surface);

      for (int i = 0; i < n; i++)
        *(guint32 *)(gpointer)(data + (size_t)i * stride)
            = map->entries[(EW_COLORMAP_STEPS - 1) - (int)((i + 0.5) / n * EW_COLORMAP_STEPS)];
      cairo_surface_mark_dirty (surface);
      cairo_save (cr);
      cairo_rectangle (cr, 0, y, STRIP_WIDTH, height);
      cairo_clip (cr);
      cairo_translate (cr, 0, y);
      cairo_scale (cr, STRIP_WIDTH, height / n);
      cairo_set_source_surface (cr, surface, 0, 0);
      cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
      cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
      cairo_paint (cr);
      cairo_restore (cr);
    }
  cairo_surface_destroy (surface);
  cairo_rectangle (cr, 0.5, y + 0.5, STRIP_WIDTH - 1, height - 1);
  cairo_set_line_width (cr, 1);
  ew_color_set (style->high_contrast ? style->foreground : style->faint, cr);
  cairo_stroke (cr);
}

static void
paint_tick (cairo_t *cr, const EwPaintStyle *style, double value, double y, double scale, gboolean strong)
{
  char buffer[EW_NUMBER_SIZE];
  double line = fmax (1, round (scale)) / scale;

  cairo_rectangle (cr, strong ? 0 : STRIP_WIDTH, round (y * scale) / scale - line / 2,
                   strong ? STRIP_WIDTH + TICK_LENGTH : TICK_LENGTH, line);
  ew_color_set (strong ? style->foreground : style->dim, cr);
  cairo_fill (cr);
  ew_paint_text (cr, style, ew_number_short (buffer, value, 3), text_size (style),
                 strong ? style->foreground : style->dim, STRIP_WIDTH + TICK_LENGTH + GAP, y, 0, 0.5);
}

void
ew_paint_legend (cairo_t *cr, const EwPaintStyle *style, const EwColormap *map, EwRange range, double width,
                 double height)
{
  double scale = ew_paint_style_scale (style, cr);
  double text_height;

  ew_paint_text_measure (style, "0", text_size (style), &text_height);

  double y = ceil (text_height / 2);
  double length = floor (height - 2 * y);
  gboolean signed_range = range.low < 0 && range.high > 0;

  if (length < 4)
    return;
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  paint_strip (cr, style, map, y, length, scale);
  paint_tick (cr, style, range.high, y + 0.5, scale, FALSE);
  paint_tick (cr, style, range.low, y + length - 0.5, scale, FALSE);
  if (length > 2 * SPACING * text_height)
    {
      if (signed_range)
        paint_tick (cr, style, 0, y + length * range.high / (range.high - range.low), scale, TRUE);
      if (length > 4 * SPACING * text_height)
        {
          paint_tick (cr, style, range.low * 0.25 + range.high * 0.75, y + length * 0.25, scale, FALSE);
          paint_tick (cr, style, range.low * 0.75 + range.high * 0.25, y + length * 0.75, scale, FALSE);
        }
    }
  cairo_restore (cr);
}
