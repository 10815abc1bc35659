/* Palettes: designs in OKLab: chroma and hue at evenly spaced points, lightness even. */
#include "ui/paint/palette.h"

#include <string.h>

#define POINTS 5
#define MIDDLE (EW_COLORMAP_STEPS / 2)

/* A step beyond the ends of a signed map, clearly off its last colour. */
#define BEYOND 1.35

typedef struct
{
  double lightness[2]; /* at the start and at the end */
  double chroma[POINTS];
  double hue[POINTS]; /* degrees */
} Ramp;

/* From zero outwards, on light and on dark ground. */
typedef struct
{
  EwPalette palette;
  Ramp negative[2];
  Ramp positive[2];
} Signed;

typedef struct
{
  EwPalette palette;
  Ramp ramp;
} Image;

#define LIGHT                                                                                                          \
  {                                                                                                                    \
    0.965, 0.44                                                                                                        \
  }
#define DARK                                                                                                           \
  {                                                                                                                    \
    0.265, 0.82                                                                                                        \
  }

/* The usual one is ew_colormap_diverging. */
static const Signed signed_designs[] = {
  { { "orange-blue", "Orange and Blue" }, { { { 0, 0 }, { 0 }, { 0 } } }, { { { 0, 0 }, { 0 }, { 0 } } } },
  { { "purple-green", "Purple and Green" },
    { { LIGHT, { 0, 0.06, 0.12, 0.16, 0.17 }, { 320, 318, 316, 312, 308 } },
      { DARK, { 0, 0.08, 0.13, 0.15, 0.13 }, { 300, 304, 308, 314, 320 } } },
    { { LIGHT, { 0, 0.07, 0.12, 0.14, 0.12 }, { 145, 145, 146, 148, 150 } },
      { DARK, { 0, 0.07, 0.12, 0.16, 0.17 }, { 155, 150, 146, 143, 140 } } } },
  { { "red-teal", "Red and Teal" },
    { { LIGHT, { 0, 0.06, 0.12, 0.17, 0.18 }, { 30, 28, 26, 25, 24 } },
      { DARK, { 0, 0.09, 0.15, 0.16, 0.13 }, { 24, 25, 26, 30, 36 } } },
    { { LIGHT, { 0, 0.05, 0.09, 0.1, 0.085 }, { 195, 196, 198, 201, 204 } },
      { DARK, { 0, 0.05, 0.09, 0.115, 0.12 }, { 215, 210, 205, 198, 190 } } } },
};

static const Image image_designs[] = {
  { { "grey", "Black to White" }, { { 0, 0 }, { 0 }, { 0 } } },
  { { "violet-yellow", "Violet to Yellow" },
    { { 0.2, 0.93 }, { 0.11, 0.12, 0.105, 0.15, 0.17 }, { 300, 262, 195, 145, 105 } } },
  { { "ember", "Black to Ember to White" },
    { { 0.05, 0.98 }, { 0.03, 0.15, 0.19, 0.16, 0.04 }, { 290, 330, 25, 65, 100 } } },
  { { "ice", "Black to Ice to White" },
    { { 0.05, 0.98 }, { 0.03, 0.11, 0.14, 0.1, 0.02 }, { 280, 270, 250, 215, 190 } } },
};

static double
between (const double points[POINTS], double t)
{
  double x = CLAMP (t, 0, 1) * (POINTS - 1);
  int k = MIN ((int)x, POINTS - 2);

  return points[k] + (points[k + 1] - points[k]) * (x - k);
}

static guint32
ramp_pixel (const Ramp *ramp, double t)
{
  double lightness = CLAMP (ramp->lightness[0] + (ramp->lightness[1] - ramp->lightness[0]) * t, 0, 1);

  return ew_color_to_pixel (ew_color_from_oklch (lightness, between (ramp->chroma, t), between (ramp->hue, t)));
}

/* What is not finite looks the same in all of them. */
static EwColormap
empty_map (void)
{
  return *ew_colormap_grey ();
}

static void
fill_signed (EwColormap *map, const Ramp *negative, const Ramp *positive)
{
  *map = empty_map ();
  for (int k = 0; k <= MIDDLE; k++)
    {
      map->entries[MIDDLE + k] = ramp_pixel (positive, k / (double)MIDDLE);
      map->entries[MIDDLE - k] = ramp_pixel (negative, k / (double)MIDDLE);
    }
  map->below = ramp_pixel (negative, BEYOND);
  map->above = ramp_pixel (positive, BEYOND);
}

static void
fill_image (EwColormap *map, const Ramp *ramp)
{
  EwColormap empty = empty_map ();

  *map = empty;
  for (int k = 0; k < EW_COLORMAP_STEPS; k++)
    map->entries[k] = ramp_pixel (ramp, k / (double)(EW_COLORMAP_STEPS - 1));
  /* Clipped pixels look as in the grey one. */
}

const EwPalette *
ew_palettes_signed (guint *n)
{
  static EwPalette palettes[G_N_ELEMENTS (signed_designs)];

  *n = G_N_ELEMENTS (signed_designs);
  for (guint k = 0; k < *n; k++)
    palettes[k] = signed_designs[k].palette;
  return palettes;
}

const EwPalette *
ew_palettes_image (guint *n)
{
  static EwPalette palettes[G_N_ELEMENTS (image_designs)];

  *n = G_N_ELEMENTS (image_designs);
  for (guint k = 0; k < *n; k++)
    palettes[k] = image_designs[k].palette;
  return palettes;
}

const EwColormap *
ew_palette_signed (const char *id, gboolean dark)
{
  static EwColormap maps[G_N_ELEMENTS (signed_designs)][2];

  for (guint k = 1; k < G_N_ELEMENTS (signed_designs); k++)
    if (g_strcmp0 (id, signed_designs[k].palette.id) == 0)
      {
        EwColormap *map = &maps[k][dark ? 1 : 0];

        /* Painting happens on one thread. */
        if (map->nan == 0)
          fill_signed (map, &signed_designs[k].negative[dark ? 1 : 0], &signed_designs[k].positive[dark ? 1 : 0]);
        return map;
      }
  return ew_colormap_diverging (dark);
}

const EwColormap *
ew_palette_image (const char *id)
{
  static EwColormap maps[G_N_ELEMENTS (image_designs)];

  for (guint k = 1; k < G_N_ELEMENTS (image_designs); k++)
    if (g_strcmp0 (id, image_designs[k].palette.id) == 0)
      {
        if (maps[k].nan == 0)
          fill_image (&maps[k], &image_designs[k].ramp);
        return &maps[k];
      }
  return ew_colormap_grey ();
}

const EwColormap *
ew_palette_of_style (const EwPaintStyle *style, gboolean is_signed)
{
  return is_signed ? ew_palette_signed (style->signed_palette, style->dark) : ew_palette_image (style->image_palette);
}
