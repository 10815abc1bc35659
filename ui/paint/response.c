/* The frequency response: pixels, axes, mark and scale. */
#include "ui/paint/response.h"

#include "ui/paint/legend.h"

#include <math.h>

#define GAP     4.0
#define OF_BODY 0.85
#define LEGEND  8.0 /* between picture and scale */

#define SIDE EW_RESPONSE_SIDE

const EwColormap *
ew_colormap_magnitude (gboolean dark)
{
  static EwColormap maps[2];
  static gsize made[2];

  if (g_once_init_enter (&made[dark]))
    {
      const EwColormap *diverging = ew_colormap_diverging (dark);
      int middle = EW_COLORMAP_STEPS / 2;

      maps[dark] = *diverging;
      for (int i = 0; i < EW_COLORMAP_STEPS; i++)
        maps[dark].entries[i] = diverging->entries[middle + (i + 1) / 2];
      g_once_init_leave (&made[dark], 1);
    }
  return &maps[dark];
}

static double
text_size (const EwPaintStyle *style)
{
  return ew_paint_style_font_size (style) * OF_BODY;
}

static EwRange
range_of (const EwResponsePaint *paint)
{
  return (EwRange){ 0, paint->high > 0 ? paint->high : 1 };
}

void
ew_response_box (const EwResponsePaint *paint, double width, double height, EwResponseBox *box)
{
  double text_height;
  double beside = ew_paint_text_measure (paint->style, "−½", text_size (paint->style), &text_height) + GAP;
  double legend = LEGEND + ew_legend_width (paint->style, range_of (paint));

  /* The numbers at the ends reach half their height beyond the picture. */
  box->side = floor (fmax (1, fmin (width - beside - legend, height - 1.5 * text_height - GAP)));
  box->x = floor ((width - beside - legend - box->side) / 2 + beside);
  box->y = floor (text_height / 2);
}

gboolean
ew_response_box_find (const EwResponseBox *box, double x, double y, int *column, int *row)
{
  double i = (y - box->y) / box->side;
  double j = (x - box->x) / box->side;

  if (i < 0 || j < 0 || i >= 1 || j >= 1)
    return FALSE;
  *column = (int)floor (j * SIDE);
  *row = (int)floor (i * SIDE);
  return TRUE;
}

static void
paint_pixels (cairo_t *cr, const EwResponsePaint *paint, const EwResponseBox *box)
{
  const EwColormap *map = ew_colormap_magnitude (paint->style->dark);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, SIDE, SIDE);

  if (cairo_surface_status (surface) == CAIRO_STATUS_SUCCESS)
    {
      guint8 *data = cairo_image_surface_get_data (surface);
      int stride = cairo_image_surface_get_stride (surface);

      for (int i = 0; i < SIDE; i++)
        ew_colormap_map (map, range_of (paint), ew_grid_row (paint->response, i), SIDE,
                         (guint32 *)(gpointer)(data + (size_t)i * stride));
      cairo_surface_mark_dirty (surface);
      cairo_save (cr);
      cairo_translate (cr, box->x, box->y);
      cairo_scale (cr, box->side / SIDE, box->side / SIDE);
      cairo_set_source_surface (cr, surface, 0, 0);
      /* The response is smooth between its frequencies. */
      cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_BILINEAR);
      cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
      cairo_rectangle (cr, 0, 0, SIDE, SIDE);
      cairo_fill (cr);
      cairo_restore (cr);
    }
  cairo_surface_destroy (surface);
}

static void
paint_axes (cairo_t *cr, const EwResponsePaint *paint, const EwResponseBox *box)
{
  static const char *const labels[] = { "−½", "0", "½" };
  const EwPaintStyle *style = paint->style;
  double size = text_size (style);

  for (int k = 0; k < 3; k++)
    {
      double along = k / 2.0 * box->side;

      ew_paint_text (cr, style, labels[k], size, style->dim, box->x + along, box->y + box->side + GAP, 0.5, 0);
      ew_paint_text (cr, style, labels[k], size, style->dim, box->x - GAP, box->y + along, 1, 0.5);
    }
  cairo_set_line_width (cr, 1);
  cairo_rectangle (cr, box->x - 0.5, box->y - 0.5, box->side + 1, box->side + 1);
  ew_color_set (ew_color_with_alpha (style->foreground, style->high_contrast ? 1 : 0.35), cr);
  cairo_stroke (cr);
}

static void
paint_mark (cairo_t *cr, const EwResponsePaint *paint, const EwResponseBox *box)
{
  double x = box->x + (paint->column + 0.5) / SIDE * box->side;
  double y = box->y + (paint->row + 0.5) / SIDE * box->side;

  cairo_arc (cr, x, y, 5, 0, 2 * G_PI);
  cairo_set_line_width (cr, 4);
  ew_color_set (paint->style->background, cr);
  cairo_stroke_preserve (cr);
  cairo_set_line_width (cr, 2);
  ew_color_set (paint->style->accent, cr);
  cairo_stroke (cr);
}

void
ew_paint_response (cairo_t *cr, const EwResponsePaint *paint, double width, double height)
{
  EwResponseBox box;
  double legend = ew_legend_width (paint->style, range_of (paint));

  ew_response_box (paint, width, height, &box);
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  if (paint->response != NULL)
    paint_pixels (cr, paint, &box);
  paint_axes (cr, paint, &box);
  if (paint->marked)
    paint_mark (cr, paint, &box);
  cairo_translate (cr, box.x + box.side + LEGEND, box.y);
  ew_paint_legend (cr, paint->style, ew_colormap_magnitude (paint->style->dark), range_of (paint), legend, box.side);
  cairo_restore (cr);
}
