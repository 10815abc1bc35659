/* Colours: maps and palettes, also as seen without one kind of receptor, and ink that is legible on them. */
#include "tests/paint-cases.h"
#include "ui/paint/palette.h"
#include "ui/paint/plane.h"

#include <math.h>

/* --- colours */

/* Lightness of OKLab, straight from its definition. */
static double
lightness (EwColor c)
{
  double linear[3] = { c.red, c.green, c.blue };

  for (int k = 0; k < 3; k++)
    linear[k] = linear[k] <= 0.04045 ? linear[k] / 12.92 : pow ((linear[k] + 0.055) / 1.055, 2.4);
  return 0.2104542553 * cbrt (0.4122214708 * linear[0] + 0.5363325363 * linear[1] + 0.0514459929 * linear[2])
         + 0.7936177850 * cbrt (0.2119034982 * linear[0] + 0.6806995451 * linear[1] + 0.1073969566 * linear[2])
         - 0.0040720468 * cbrt (0.0883024619 * linear[0] + 0.2817188376 * linear[1] + 0.6299787005 * linear[2]);
}

static double
distance (EwColor a, EwColor b)
{
  return sqrt (pow (a.red - b.red, 2) + pow (a.green - b.green, 2) + pow (a.blue - b.blue, 2));
}

/* What somebody without the red (0) or the green (1) receptor sees: Machado, Oliveira and Fernandes (2009), severity 1.
 */
static EwColor
without_receptor (EwColor c, int receptor)
{
  static const double matrices[2][9] = {
    { 0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998 },
    { 0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881 },
  };
  const double *m = matrices[receptor];

  return (EwColor){ CLAMP (m[0] * c.red + m[1] * c.green + m[2] * c.blue, 0, 1),
                    CLAMP (m[3] * c.red + m[4] * c.green + m[5] * c.blue, 0, 1),
                    CLAMP (m[6] * c.red + m[7] * c.green + m[8] * c.blue, 0, 1), 1 };
}

static void
test_grey_map (void)
{
  const EwColormap *map = ew_colormap_grey ();

  for (guint32 k = 0; k < 256; k++)
    g_assert_cmphex (ew_colormap_pixel (map, (EwRange){ 0, 1 }, k / 255.0f), ==, 0xff000000u | k * 0x010101u);
}

static void
test_diverging_map (void)
{
  int middle = EW_COLORMAP_STEPS / 2;

  for (int dark = 0; dark < 2; dark++)
    {
      const EwColormap *map = ew_colormap_diverging (dark);
      double before = lightness (ew_color_from_pixel (map->entries[middle]));

      for (int k = 1; k <= middle; k++)
        {
          EwColor above = ew_color_from_pixel (map->entries[middle + k]);
          EwColor below = ew_color_from_pixel (map->entries[middle - k]);
          double now = lightness (above);

          /* Even in lightness on both sides: 8-bit channels leave an error below 0.01. */
          g_assert_cmpfloat_with_epsilon (now, lightness (below), 0.01);
          g_assert_true (dark ? now >= before - 0.004 : now <= before + 0.004);
          before = now;
          /* Neighbours do not jump: no seams in a smooth picture. */
          g_assert_true (ew_pixels_near (map->entries[middle + k], map->entries[middle + k - 1], 3));
          g_assert_true (ew_pixels_near (map->entries[middle - k], map->entries[middle - k + 1], 3));
          /* From a quarter on the sides are told apart, also without red or green. 0.15 is some 38 of 255 levels. */
          if (k >= middle / 4)
            for (int receptor = 0; receptor < 2; receptor++)
              g_assert_cmpfloat (distance (without_receptor (above, receptor), without_receptor (below, receptor)), >,
                                 0.15);
        }
      g_assert_cmpfloat (fabs (before - lightness (ew_color_from_pixel (map->entries[middle]))), >, 0.45);
    }
}

static void
test_special_colours (void)
{
  const EwColormap *maps[] = { ew_colormap_grey (), ew_colormap_diverging (FALSE), ew_colormap_diverging (TRUE) };
  EwRange range = { -2, 2 };

  for (guint m = 0; m < G_N_ELEMENTS (maps); m++)
    {
      const EwColormap *map = maps[m];
      guint32 special[] = { map->nan, map->positive_infinity, map->negative_infinity };

      g_assert_cmphex (ew_colormap_pixel (map, range, NAN), ==, map->nan);
      g_assert_cmphex (ew_colormap_pixel (map, range, INFINITY), ==, map->positive_infinity);
      g_assert_cmphex (ew_colormap_pixel (map, range, -INFINITY), ==, map->negative_infinity);
      g_assert_cmphex (ew_colormap_pixel (map, range, 0), ==, map->entries[EW_COLORMAP_STEPS / 2]);
      g_assert_cmphex (ew_colormap_pixel (map, range, 2), ==, map->entries[EW_COLORMAP_STEPS - 1]);
      g_assert_cmphex (ew_colormap_pixel (map, range, -2), ==, map->entries[0]);
      g_assert_cmphex (ew_colormap_pixel (map, range, 2.1), ==, map->above);
      g_assert_cmphex (ew_colormap_pixel (map, range, -1e30), ==, map->below);
      for (guint s = 0; s < G_N_ELEMENTS (special); s++)
        for (int k = 0; k < EW_COLORMAP_STEPS; k++)
          g_assert_cmpfloat (distance (ew_color_from_pixel (special[s]), ew_color_from_pixel (map->entries[k])), >,
                             0.2);
    }
}

/* Text on any colour has at least the contrast that WCAG asks of body text, 4.5; black or white always reaches 4.58. */
static void
test_ink (void)
{
  for (guint32 k = 0; k < 4096; k++)
    {
      guint32 pixel = 0xff000000u | (k & 15) * 0x11u | ((k >> 4) & 15) * 0x1100u | ((k >> 8) & 15) * 0x110000u;
      EwColor ink = ew_color_ink_on (pixel);
      EwColor c = ew_color_from_pixel (pixel);
      double channels[] = { c.red, c.green, c.blue };
      double weights[] = { 0.2126, 0.7152, 0.0722 };
      double luminance = 0;

      for (int i = 0; i < 3; i++)
        luminance
            += weights[i] * (channels[i] <= 0.04045 ? channels[i] / 12.92 : pow ((channels[i] + 0.055) / 1.055, 2.4));

      double contrast = ink.red > 0.5 ? 1.05 / (luminance + 0.05) : (luminance + 0.05) / 0.05;

      g_assert_cmpfloat (contrast, >, 4.5);
    }
}

/* Every choice: lightness rises evenly (of signed ones on both sides), the middle is the ground that recedes, and what
 * is clipped or not finite looks like nothing on the scale. */
static void
test_palettes (void)
{
  guint n;
  const EwPalette *palettes = ew_palettes_image (&n);

  g_assert_cmpuint (n, >=, 3);
  for (guint k = 0; k < n; k++)
    {
      const EwColormap *map = ew_palette_image (palettes[k].id);
      double last = -1;

      for (int e = 0; e < EW_COLORMAP_STEPS; e += 20)
        {
          double now = lightness (ew_color_from_pixel (map->entries[e]));

          g_assert_cmpfloat (now, >, last);
          last = now;
        }
      for (int e = 0; e < EW_COLORMAP_STEPS; e++)
        g_assert_true (map->entries[e] != map->below && map->entries[e] != map->above && map->entries[e] != map->nan);
    }
  palettes = ew_palettes_signed (&n);
  g_assert_cmpuint (n, >=, 3);
  for (guint k = 0; k < n; k++)
    for (int dark = 0; dark < 2; dark++)
      {
        const EwColormap *map = ew_palette_signed (palettes[k].id, dark);
        int middle = EW_COLORMAP_STEPS / 2;

        for (int e = 20; e <= middle; e += 10)
          {
            double above = lightness (ew_color_from_pixel (map->entries[middle + e]));
            double below = lightness (ew_color_from_pixel (map->entries[middle - e]));
            double inner = lightness (ew_color_from_pixel (map->entries[middle + e - 20]));

            g_assert_cmpfloat_with_epsilon (above, below, 0.02);
            g_assert_true (dark ? above > inner : above < inner);
            /* Told apart without one of the receptors, away from the middle. */
            for (int receptor = 0; receptor < 2 && e > middle / 2; receptor++)
              g_assert_cmpfloat (distance (without_receptor (ew_color_from_pixel (map->entries[middle + e]), receptor),
                                           without_receptor (ew_color_from_pixel (map->entries[middle - e]), receptor)),
                                 >, 0.08);
          }
        g_assert_true (map->above != map->entries[EW_COLORMAP_STEPS - 1] && map->below != map->entries[0]);
      }
  g_assert_true (ew_palette_image ("no such") == ew_colormap_grey ());
  g_assert_true (ew_palette_signed (NULL, TRUE) == ew_colormap_diverging (TRUE));
}

void
add_paint_colours_cases (void)
{
  g_test_add_func ("/paint/colour/grey", test_grey_map);
  g_test_add_func ("/paint/colour/diverging", test_diverging_map);
  g_test_add_func ("/paint/colour/special", test_special_colours);
  g_test_add_func ("/paint/colour/ink", test_ink);
  g_test_add_func ("/paint/colour/palettes", test_palettes);
}
