/* EwPaintStyle: the plain styles, colours and single lines of text. */
#include "ui/paint/style.h"

#include "ui/paint/layouts.h"

#include <math.h>

static PangoContext *
plain_context (double font_size)
{
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  PangoFontDescription *font = pango_font_description_from_string ("Sans");

  pango_font_description_set_absolute_size (font, font_size * PANGO_SCALE);
  pango_context_set_font_description (context, font);
  pango_font_description_free (font);
  return context;
}

void
ew_paint_style_init (EwPaintStyle *style, gboolean dark, double font_size)
{
  double ink = dark ? 1.0 : 0.0;
  double ground = dark ? 0.118 : 1.0;

  *style = (EwPaintStyle){
    .background = { ground, ground, ground, 1 },
    .foreground = { ink, ink, ink, dark ? 1.0 : 0.85 },
    .dim = { ink, ink, ink, 0.6 },
    .faint = { ink, ink, ink, dark ? 0.14 : 0.12 },
    .accent = dark ? (EwColor){ 0.47, 0.68, 0.93, 1 } : (EwColor){ 0.11, 0.44, 0.85, 1 },
    .error = dark ? (EwColor){ 1.0, 0.48, 0.39, 1 } : (EwColor){ 0.75, 0.11, 0.16, 1 },
    .dark = dark,
    .context = plain_context (font_size),
  };
}

void
ew_paint_style_clear (EwPaintStyle *style)
{
  g_clear_object (&style->context);
}

double
ew_paint_style_font_size (const EwPaintStyle *style)
{
  const PangoFontDescription *font = pango_context_get_font_description (style->context);
  double size = pango_font_description_get_size (font) / (double)PANGO_SCALE;

  if (pango_font_description_get_size_is_absolute (font))
    return size;

  double resolution = pango_cairo_context_get_resolution (style->context);

  return size * (resolution > 0 ? resolution : 96) / 72;
}

double
ew_paint_style_scale (const EwPaintStyle *style, cairo_t *cr)
{
  double x_scale = 1;
  double y_scale = 1;

  if (style->scale > 0)
    return style->scale;
  cairo_surface_get_device_scale (cairo_get_target (cr), &x_scale, &y_scale);
  cairo_user_to_device_distance (cr, &x_scale, &y_scale);
  x_scale = fabs (x_scale);
  return x_scale > 0 && isfinite (x_scale) ? x_scale : 1;
}

EwColor
ew_color_over (EwColor color, EwColor under)
{
  double a = color.alpha;

  return (EwColor){ a * color.red + (1 - a) * under.red, a * color.green + (1 - a) * under.green,
                    a * color.blue + (1 - a) * under.blue, 1 };
}

EwColor
ew_color_with_alpha (EwColor color, double alpha)
{
  color.alpha = alpha;
  return color;
}

void
ew_color_set (EwColor color, cairo_t *cr)
{
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, color.alpha);
}

double
ew_paint_text (cairo_t *cr, const EwPaintStyle *style, const char *text, double size, EwColor color, double x, double y,
               double align_x, double align_y)
{
  PangoLayout *layout = ew_layout_of (style, text, size);
  double scale = ew_paint_style_scale (style, cr);
  PangoRectangle box;

  pango_layout_get_extents (layout, NULL, &box);

  double width = box.width / (double)PANGO_SCALE;
  double left = x - align_x * width;
  double top = y - align_y * box.height / PANGO_SCALE;

  cairo_save (cr);
  ew_color_set (color, cr);
  cairo_move_to (cr, round (left * scale) / scale, round (top * scale) / scale);
  pango_cairo_show_layout (cr, layout);
  cairo_restore (cr);
  return width;
}

double
ew_paint_text_measure (const EwPaintStyle *style, const char *text, double size, double *height)
{
  PangoLayout *layout = ew_layout_of (style, text, size);
  PangoRectangle box;

  pango_layout_get_extents (layout, NULL, &box);
  if (height != NULL)
    *height = box.height / (double)PANGO_SCALE;
  return box.width / (double)PANGO_SCALE;
}
