/* The colour maps that there are to choose from, by name. */
#pragma once

#include "ui/paint/colormap.h"
#include "ui/paint/style.h"

G_BEGIN_DECLS

/* A choice. Names are kept in settings and do not change. */
typedef struct
{
  const char *id;
  const char *title; /* English, to be translated */
} EwPalette;

/* Maps for signed values, zero as the theme's ground in the middle, told apart by lightness on both sides and, without
 * one of the eye's receptors, by hue; the first is the usual one. */
const EwPalette *ew_palettes_signed (guint *n);

/* Maps for images, whose lightness rises evenly from dark to light; the first is black to white. */
const EwPalette *ew_palettes_image (guint *n);

/* A map by its id; the usual one where there is no such id. Static. */
const EwColormap *ew_palette_signed (const char *id, gboolean dark);
const EwColormap *ew_palette_image (const char *id);

/* The map that a style says, for values that may be negative or may not. */
const EwColormap *ew_palette_of_style (const EwPaintStyle *style, gboolean is_signed);

G_END_DECLS
