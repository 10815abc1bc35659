/* EwPaintStyle: colours and font of a picture. The same painting serves screen, PNG, SVG and PDF, light and dark. */
#pragma once

#include <pango/pangocairo.h>

G_BEGIN_DECLS

/* A colour as it is chosen, not premultiplied; every part from 0 to 1, sRGB. */
typedef struct
{
  double red;
  double green;
  double blue;
  double alpha;
} EwColor;

/**
 * EwPaintStyle:
 * @background: what the picture is painted on; painting does not fill it
 * @foreground: text and strong lines
 * @dim: secondary text
 * @faint: grid lines and outlines
 * @accent: what is selected, and the loss curve
 * @error: what is wrong
 * @dark: whether the background is dark; chooses the colour maps
 * @signed_palette: the id of the maps of signed values (palette.h), NULL: the usual ones; likewise @image_palette; not owned
 * @high_contrast: stronger lines
 * @scale: device pixels along one unit; 0: what the cairo_t's target says (1 for a vector surface)
 * @context: font and resolution of all text; owned
 *
 * All sizes given to painting functions are in units (GTK's logical pixels).
 */
typedef struct
{
  EwColor background;
  EwColor foreground;
  EwColor dim;
  EwColor faint;
  EwColor accent;
  EwColor error;
  gboolean dark;
  const char *signed_palette;
  const char *image_palette;
  gboolean high_contrast;
  double scale;
  PangoContext *context;
} EwPaintStyle;

/* The plain style for files: Sans of @font_size units, black on white, or white on near-black with @dark. */
void ew_paint_style_init (EwPaintStyle *style, gboolean dark, double font_size);
void ew_paint_style_clear (EwPaintStyle *style);

/* Size of the style's body text, in units. */
double ew_paint_style_font_size (const EwPaintStyle *style);

/* Device pixels a unit that @cr draws with: the style's, or its target's own. */
double ew_paint_style_scale (const EwPaintStyle *style, cairo_t *cr);

/* @color drawn over @under with @color's alpha, as an opaque colour. */
EwColor ew_color_over (EwColor color, EwColor under);

/* @color with another alpha. */
EwColor ew_color_with_alpha (EwColor color, double alpha);

void ew_color_set (EwColor color, cairo_t *cr);

/* Draws one line of text whose box of (align_x, align_y) ∈ [0, 1]² lies on (x, y): (0, 0) hangs it from its top left
 * corner, (1, 0.5) ends it at x. @size: font size in units. Figures are tabular. Returns the text's width. */
double ew_paint_text (cairo_t *cr, const EwPaintStyle *style, const char *text, double size, EwColor color, double x,
                      double y, double align_x, double align_y);

/* The width that ew_paint_text would take, and, unless NULL, the height. */
double ew_paint_text_measure (const EwPaintStyle *style, const char *text, double size, double *height);

G_END_DECLS
