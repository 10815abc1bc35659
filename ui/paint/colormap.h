/* EwColormap: values to colours through a table. */
#pragma once

#include "ui/paint/range.h"
#include "ui/paint/style.h"

G_BEGIN_DECLS

/* Odd, so that zero has an entry of its own in the middle; 4·255 + 1, so that every 8-bit grey has one too. */
#define EW_COLORMAP_STEPS 1021

/**
 * EwColormap:
 * @entries: colours from the range's low end to its high end, opaque pixels of CAIRO_FORMAT_ARGB32
 * @below: values under the range, which are clipped; @above: values over it. Colours of their own
 * @nan: what is not a number
 * @positive_infinity: likewise @negative_infinity
 */
typedef struct
{
  guint32 entries[EW_COLORMAP_STEPS];
  guint32 below;
  guint32 above;
  guint32 nan;
  guint32 positive_infinity;
  guint32 negative_infinity;
} EwColormap;

/* Black to white: encoded values as they are. Static. */
const EwColormap *ew_colormap_grey (void);

/* Signed values: orange below zero, blue above, zero as the theme's ground (nearly white, or nearly black with @dark),
 * so that it recedes. Made in OKLab: lightness falls (with @dark: rises) evenly with |v| on both sides, so that it
 * reads without colour vision too. Static. */
const EwColormap *ew_colormap_diverging (gboolean dark);

/* The pixel of one value. */
guint32 ew_colormap_pixel (const EwColormap *map, EwRange range, double value);

/* The pixels of n values. */
void ew_colormap_map (const EwColormap *map, EwRange range, const float *values, int n, guint32 *pixels);

EwColor ew_color_from_pixel (guint32 pixel);

/* The opaque pixel nearest to a colour. */
guint32 ew_color_to_pixel (EwColor color);

/* The colour of that lightness, chroma and hue (degrees) in OKLab; chroma gives way where the screen cannot show it. */
EwColor ew_color_from_oklch (double lightness, double chroma, double hue);

/* Black or white: whichever contrasts more with the pixel (relative luminance as in WCAG). */
EwColor ew_color_ink_on (guint32 pixel);

G_END_DECLS
