/* Painting: numbers, ranges, colours, planes, kernels and legends, against what follows from the values. */
#include "engine/kernel.h"
#include "tests/paint-fixtures.h"
#include "ui/paint/kernel.h"
#include "ui/paint/legend.h"
#include "ui/paint/number.h"
#include "ui/paint/palette.h"
#include "ui/paint/plane.h"

#include <math.h>

#define FONT_SIZE 14.0

/* --- numbers */

static void
test_number_fixed (void)
{
  static const struct
  {
    double value;
    int decimals;
    const char *text;
  } cases[] = {
    { 0, 2, "0" },
    { 1, 3, "1" },
    { -1, 3, EW_MINUS "1" },
    { 0.25, 3, "0.25" },
    { 0.9996, 2, "1.00" },
    { -0.001, 2, "0.00" },
    { -0.0, 2, "0" },
    { 0.1f, 4, "0.1" },
    { 1.0 / 9, 4, "0.1111" },
    { 100, 0, "100" },
    { 1000, 2, "1000" },
    { NAN, 2, "NaN" },
    { INFINITY, 2, "∞" },
    { -INFINITY, 2, EW_MINUS "∞" },
    { 1e300, 2, "1e300" },
  };
  char buffer[EW_NUMBER_SIZE];

  for (guint k = 0; k < G_N_ELEMENTS (cases); k++)
    g_assert_cmpstr (ew_number_fixed (buffer, cases[k].value, cases[k].decimals), ==, cases[k].text);
}

/* Numbers are the same picture where words run from right to left. */
static void
test_number_from_right (void)
{
  static const char *const numbers[] = { EW_MINUS "0.6", "1.25", EW_MINUS "1e" EW_MINUS "7", "0", EW_MINUS "12" };

  for (guint k = 0; k < G_N_ELEMENTS (numbers); k++)
    {
      EwPicture *pictures[2];

      for (int way = 0; way < 2; way++)
        {
          EwPaintStyle style;
          EwCanvas canvas;

          ew_paint_style_init (&style, FALSE, FONT_SIZE);
          pango_context_set_base_dir (style.context, way == 0 ? PANGO_DIRECTION_LTR : PANGO_DIRECTION_RTL);
          ew_canvas_init (&canvas, 80, 30, 1);
          ew_paint_text (canvas.cr, &style, numbers[k], FONT_SIZE, style.foreground, 10, 4, 0, 0);
          g_assert_cmpint (ew_canvas_count_painted (&canvas), >, 10);
          pictures[way] = ew_canvas_copy_all (&canvas);
          ew_canvas_clear (&canvas);
          ew_paint_style_clear (&style);
        }
      ew_assert_same_picture (pictures[1], pictures[0], 0, "number-from-right");
      ew_picture_free (pictures[0]);
      ew_picture_free (pictures[1]);
    }
}

static void
test_number_other (void)
{
  char buffer[EW_NUMBER_SIZE];

  g_assert_cmpstr (ew_number_exponent (buffer, 0.00031, 2), ==, "3.1e" EW_MINUS "4");
  g_assert_cmpstr (ew_number_exponent (buffer, -1e-10, 3), ==, EW_MINUS "1e" EW_MINUS "10");
  g_assert_cmpstr (ew_number_short (buffer, 1234.5678, 3), ==, "1235");
  g_assert_cmpstr (ew_number_short (buffer, 0.0625, 3), ==, "0.0625");
  g_assert_cmpstr (ew_number_short (buffer, 1e-5, 3), ==, "1e" EW_MINUS "5");
  /* As many digits on either side of a power of ten. */
  g_assert_cmpstr (ew_number_short (buffer, 0.9996, 3), ==, "1.00");
  g_assert_cmpstr (ew_number_short (buffer, -1.0004, 3), ==, EW_MINUS "1.00");
  g_assert_cmpstr (ew_number_short (buffer, 0.9994, 3), ==, "0.999");
  g_assert_cmpstr (ew_number_short (buffer, 9.996, 3), ==, "10.0");
  g_assert_cmpstr (ew_number_short (buffer, 0.0009996, 3), ==, "0.00100");
  g_assert_cmpstr (ew_number_short (buffer, 99999.6, 3), ==, "1.00e5");
  g_assert_cmpstr (ew_number_tick (buffer, 0.30000000000000004, 0.1), ==, "0.3");
  g_assert_cmpstr (ew_number_tick (buffer, -1e-17, 0.5), ==, "0");
  g_assert_cmpstr (ew_number_tick (buffer, 1, 0.25), ==, "1.00");
  g_assert_cmpstr (ew_number_tick (buffer, 0.169000005, 5e-9), ==, "1.69000005e" EW_MINUS "1");
  g_assert_cmpstr (ew_number_tick (buffer, 1000001, 1), ==, "1.000001e6");
  g_assert_cmpstr (ew_number_tick (buffer, 2e7, 1e7), ==, "2e7");
  g_assert_cmpstr (ew_number_count (buffer, 9999), ==, "9999");
  g_assert_cmpstr (ew_number_count (buffer, 25000), ==, "25 k");
  g_assert_cmpstr (ew_number_count (buffer, 1500000), ==, "1.5 M");
}

static void
test_number_parse (void)
{
  static const struct
  {
    const char *text;
    double value;
  } good[] = { { "0.5", 0.5 },    { "0,5", 0.5 },      { " -3 ", -3 }, { EW_MINUS "3", -3 }, { "1e-3", 1e-3 },
               { "1/9", 1. / 9 }, { "-1 / 4", -0.25 }, { ".5", 0.5 },  { "+2", 2 },          { "1,5/3", 0.5 } };
  static const char *const bad[] = { "",      " ",   "abc", "1/0", "1/2/3", "0x10",  "nan", "inf",
                                     "1e999", "1 2", "--1", "/2",  "2/",    "1.2.3", "5%",  "\xff\xfe" };
  double value;

  for (guint k = 0; k < G_N_ELEMENTS (good); k++)
    {
      g_assert_true (ew_number_parse (good[k].text, &value));
      g_assert_cmpfloat (value, ==, good[k].value);
    }
  for (guint k = 0; k < G_N_ELEMENTS (bad); k++)
    {
      value = 7;
      if (ew_number_parse (bad[k], &value))
        g_test_message ("taken for a number: '%s'", bad[k]);
      g_assert_cmpfloat (value, ==, 7);
    }
}

/* --- ranges */

static void
test_extent (void)
{
  EwRandom random = 1;

  for (int round = 0; round < 60; round++)
    {
      int height = 1 + (int)(ew_random_next (&random) % 5);
      int width = 1 + (int)(ew_random_next (&random) % 2100);
      g_autoptr (EwGrid) grid = ew_random_grid (height, width, -3, 5, &random);
      g_autoptr (EwGrid) subtract = ew_random_grid (height, width, -1, 1, &random);
      double low = INFINITY;
      double high = -INFINITY;
      EwExtent extent;

      /* The last value of the last row, where a vectorised loop ends. */
      ew_grid_row (grid, height - 1)[width - 1] = round % 2 == 0 ? 9 : -9;
      if (width > 2)
        ew_grid_row (grid, 0)[1] = round % 3 == 0 ? NAN : round % 3 == 1 ? INFINITY : 0;
      for (int i = 0; i < height; i++)
        for (int j = 0; j < width; j++)
          {
            float value = ew_grid_row (grid, i)[j] - ew_grid_row (subtract, i)[j];

            low = isfinite (value) ? fmin (low, value) : low;
            high = isfinite (value) ? fmax (high, value) : high;
          }
      ew_extent_init (&extent);
      ew_extent_add (&extent, grid, subtract);
      g_assert_cmpfloat (extent.low, ==, low);
      g_assert_cmpfloat (extent.high, ==, high);
      g_assert_cmpint (extent.n_nan, ==, width > 2 && round % 3 == 0 ? 1 : 0);
      g_assert_cmpint (extent.n_infinite, ==, width > 2 && round % 3 == 1 ? 1 : 0);
    }
}

static void
test_range (void)
{
  EwExtent extent;
  EwRange shown = { 0, 0 };
  EwRange range;

  ew_extent_init (&extent);
  range = ew_range_sequential (&extent);
  g_assert_true (range.low == 0 && range.high == 1);
  extent.low = 0.2, extent.high = 0.7;
  range = ew_range_sequential (&extent);
  g_assert_true (range.low == 0 && range.high == 1);
  extent.low = 0, extent.high = 8;
  range = ew_range_sequential (&extent);
  g_assert_true (range.low == 0 && range.high == 8);
  extent.low = extent.high = 5;
  range = ew_range_sequential (&extent);
  g_assert_true (range.low < 5 && range.high > 5);
  range = ew_range_symmetric (0.93);
  g_assert_true (range.low == -1 && range.high == 1);
  range = ew_range_symmetric (0);
  g_assert_true (range.low == -1 && range.high == 1);

  /* Grows at once, does not follow a little less, follows much less. */
  g_assert_true (ew_range_follow (&shown, ew_range_symmetric (1)));
  g_assert_true (ew_range_follow (&shown, ew_range_symmetric (1.4)) && shown.high == 1.5);
  g_assert_false (ew_range_follow (&shown, ew_range_symmetric (0.9)));
  g_assert_cmpfloat (shown.high, ==, 1.5);
  g_assert_true (ew_range_follow (&shown, ew_range_symmetric (0.01)));
  g_assert_cmpfloat_with_epsilon (shown.high, 0.01, 1e-12);
}

static void
test_steps (void)
{
  EwRandom random = 3;

  for (int k = 0; k < 2000; k++)
    {
      double value = pow (10, -12 + 24 * ew_random_uniform (&random));
      double nice = ew_nice_ceil (value);
      int n_max = 2 + (int)(ew_random_next (&random) % 9);
      EwRange range = { -value * ew_random_uniform (&random), value };
      double step = ew_nice_step (range, n_max);
      double n = floor (range.high / step + 1e-9) - ceil (range.low / step - 1e-9) + 1;

      g_assert_cmpfloat (nice, >=, value * (1 - 2e-6));
      g_assert_cmpfloat (nice, <=, value * 1.5);
      g_assert_cmpfloat (n, <=, n_max);
      g_assert_cmpfloat (n, >=, 1);
    }
}

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

/* Most values against a full sort; what is not finite does not count. */
static void
test_most (void)
{
  EwRandom random = 31;
  g_autoptr (EwGrid) grid = ew_random_grid (40, 50, -1, 1, &random);
  EwExtent extent;
  int under = 0;
  int over = 0;

  ew_grid_row (grid, 3)[3] = 1e6f;
  ew_grid_row (grid, 4)[4] = NAN;
  ew_grid_row (grid, 5)[5] = -INFINITY;
  ew_extent_init (&extent);
  ew_extent_of_most (&extent, grid, NULL, 0.01);
  for (int k = 0; k < 2000; k++)
    {
      float value = ew_grid_row (grid, k / 50)[k % 50];

      under += isfinite (value) && value < extent.low ? 1 : 0;
      over += isfinite (value) && value > extent.high ? 1 : 0;
    }
  g_assert_cmpint (under, ==, 19);
  g_assert_cmpint (over, ==, 19);
}

/* --- planes */

static EwPlanePaint
plane_paint (const EwGrid *grid, const EwColormap *map, EwRange range, const EwPaintStyle *style)
{
  return (EwPlanePaint){
    .planes = { grid }, .n_planes = 1, .map = map, .range = range, .style = style, .hover_row = -1, .hover_column = -1
  };
}

/* Paints a grid and returns its box in device pixels. */
static void
paint (EwCanvas *canvas, const EwPlanePaint *plane, int width, int height, int scale, cairo_rectangle_int_t *box)
{
  EwPlaneBox place;

  ew_canvas_init (canvas, width, height, scale);
  ew_paint_plane (canvas->cr, plane, width, height);
  ew_canvas_assert_guard (canvas, "plane");
  ew_plane_box (plane->planes[0]->height, plane->planes[0]->width, width, height, scale, &place);
  *box = (cairo_rectangle_int_t){ (int)lround (place.x * scale), (int)lround (place.y * scale),
                                  (int)lround (place.width * scale), (int)lround (place.height * scale) };
}

static void
test_plane_cells (void)
{
  static const float values[] = { -1, 0, 1, 0.5f, NAN, INFINITY, -INFINITY, -0.25f };
  g_autoptr (EwGrid) grid = ew_grid_new_from_values (2, 4, values, NULL);
  EwRange range = { -1, 1 };

  for (int scale = 1; scale <= 3; scale++)
    for (int dark = 0; dark < 2; dark++)
      {
        const EwColormap *maps[] = { ew_colormap_grey (), ew_colormap_diverging (dark) };
        EwPaintStyle style;

        ew_paint_style_init (&style, dark, FONT_SIZE);
        for (guint m = 0; m < 2; m++)
          {
            EwPlanePaint plane = plane_paint (grid, maps[m], range, &style);
            cairo_rectangle_int_t box;
            EwCanvas canvas;

            paint (&canvas, &plane, 213, 131, scale, &box);
            g_assert_cmpint (box.width % 4, ==, 0);
            g_assert_cmpint (box.width / 4, ==, box.height / 2);
            for (int k = 0; k < 8; k++)
              {
                int side = box.width / 4;
                /* Beside the number and inside the lines. */
                int x = box.x + k % 4 * side + 2 * scale;
                int y = box.y + k / 4 * side + 2 * scale;

                g_assert_cmphex (ew_canvas_pixel (&canvas, x, y), ==, ew_colormap_pixel (maps[m], range, values[k]));
              }
            ew_canvas_clear (&canvas);
          }
        ew_paint_style_clear (&style);
      }
}

/* Each pixel of an enlarged picture is the colour of the value under its middle. */
static void
test_plane_enlarged (void)
{
  EwRandom random = 5;
  g_autoptr (EwGrid) grid = ew_random_grid (37, 53, -1, 1, &random);
  EwPaintStyle style;

  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  for (int scale = 1; scale <= 2; scale++)
    {
      EwPlanePaint plane = plane_paint (grid, ew_colormap_diverging (FALSE), (EwRange){ -1, 1 }, &style);
      cairo_rectangle_int_t box;
      EwCanvas canvas;

      paint (&canvas, &plane, 301, 240, scale, &box);
      g_assert_cmpint (box.width, ==, 299 * scale + (scale - 1) * 0);
      for (int y = 0; y < box.height; y++)
        for (int x = 0; x < box.width; x++)
          {
            int i = (int)((y + 0.5) * 37 / box.height);
            int j = (int)((x + 0.5) * 53 / box.width);

            g_assert_cmphex (ew_canvas_pixel (&canvas, box.x + x, box.y + y), ==,
                             ew_colormap_pixel (plane.map, plane.range, ew_grid_row (grid, i)[j]));
          }
      ew_canvas_clear (&canvas);
    }
  ew_paint_style_clear (&style);
}

/* Each pixel of a reduced picture is the mean over what it covers; one grey level of rounding. */
static void
test_plane_reduced (void)
{
  EwRandom random = 6;
  g_autoptr (EwGrid) grid = ew_random_grid (300, 200, 0, 1, &random);
  EwPaintStyle style;
  EwPlanePaint plane;
  cairo_rectangle_int_t box;
  EwCanvas canvas;

  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  plane = plane_paint (grid, ew_colormap_grey (), (EwRange){ 0, 1 }, &style);
  paint (&canvas, &plane, 120, 122, 1, &box);
  g_assert_cmpint (box.height, ==, 120);
  g_assert_cmpint (box.width, ==, 80);
  for (int y = 0; y < 120; y++)
    for (int x = 0; x < 80; x++)
      {
        double sum = 0;

        for (int i = 0; i < 300; i++)
          for (int j = 0; j < 200; j++)
            sum += fmax (0, fmin (i + 1, (y + 1) * 2.5) - fmax (i, y * 2.5))
                   * fmax (0, fmin (j + 1, (x + 1) * 2.5) - fmax (j, x * 2.5)) * ew_grid_row (grid, i)[j];
        g_assert_true (ew_pixels_near (ew_canvas_pixel (&canvas, box.x + x, box.y + y),
                                       ew_colormap_pixel (plane.map, plane.range, sum / 6.25), 1));
        if (x % 8 != 0)
          x += 6;
      }
  ew_canvas_clear (&canvas);
  ew_paint_style_clear (&style);
}

static void
test_plane_residual (void)
{
  EwRandom random = 8;
  g_autoptr (EwGrid) output = ew_random_grid (70, 90, -1, 1, &random);
  g_autoptr (EwGrid) target = ew_random_grid (70, 90, -1, 1, &random);
  g_autoptr (EwGrid) difference = ew_grid_new (70, 90, NULL);
  EwPaintStyle style;

  for (int i = 0; i < 70; i++)
    for (int j = 0; j < 90; j++)
      ew_grid_row (difference, i)[j] = ew_grid_row (output, i)[j] - ew_grid_row (target, i)[j];
  ew_paint_style_init (&style, TRUE, FONT_SIZE);
  for (int width = 60; width <= 240; width += 60)
    {
      EwPlanePaint residual = plane_paint (output, ew_colormap_diverging (TRUE), (EwRange){ -2, 2 }, &style);
      EwPlanePaint expected = plane_paint (difference, residual.map, residual.range, &style);
      cairo_rectangle_int_t box;
      EwCanvas a, b;

      residual.subtract = target;
      paint (&a, &residual, width, width, 1, &box);
      paint (&b, &expected, width, width, 1, &box);

      g_autoptr (EwPicture) out = ew_canvas_copy_all (&a);
      g_autoptr (EwPicture) derived = ew_canvas_copy_all (&b);

      /* Means of differences, differences of means: one level. */
      ew_assert_same_picture (out, derived, 1, "residual");
      ew_canvas_clear (&a);
      ew_canvas_clear (&b);
    }
  ew_paint_style_clear (&style);
}

static void
test_plane_colour (void)
{
  g_autoptr (EwGrid) red = ew_grid_new (2, 2, NULL);
  g_autoptr (EwGrid) green = ew_grid_new (2, 2, NULL);
  g_autoptr (EwGrid) blue = ew_grid_new (2, 2, NULL);
  EwPaintStyle style;
  cairo_rectangle_int_t box;
  EwCanvas canvas;

  red->data[0] = 1;
  green->data[1] = 0.2f;
  ew_grid_row (blue, 1)[0] = 7;
  ew_grid_row (red, 1)[1] = NAN;
  ew_paint_style_init (&style, FALSE, FONT_SIZE);

  EwPlanePaint plane = plane_paint (red, NULL, (EwRange){ 0, 1 }, &style);

  plane.n_planes = 3;
  plane.planes[1] = green;
  plane.planes[2] = blue;
  paint (&canvas, &plane, 62, 62, 1, &box);
  g_assert_cmphex (ew_canvas_pixel (&canvas, box.x + 5, box.y + 5), ==, 0xffff0000u);
  g_assert_cmphex (ew_canvas_pixel (&canvas, box.x + box.width - 5, box.y + 5), ==, 0xff003300u);
  g_assert_cmphex (ew_canvas_pixel (&canvas, box.x + 5, box.y + box.height - 5), ==, 0xff0000ffu);
  g_assert_cmphex (ew_canvas_pixel (&canvas, box.x + box.width - 5, box.y + box.height - 5), ==,
                   ew_colormap_grey ()->nan);
  ew_canvas_clear (&canvas);
  ew_paint_style_clear (&style);
}

/* A fingerprint of the ink in a cell: device pixels of another colour than the cell's, by place. */
static guint
cell_ink (const EwCanvas *canvas, int x, int y, int side, guint32 pixel, int *n)
{
  guint hash = 5381;

  *n = 0;
  for (int i = 2; i < side - 2; i++)
    for (int j = 2; j < side - 2; j++)
      if (ew_canvas_pixel (canvas, x + j, y + i) != pixel)
        {
          hash = hash * 33 + (guint)(i * side + j);
          (*n)++;
        }
  return hash;
}

/* The textbook's image: 48 cells, black or white, each with its number; equal cells look equal, others do not. */
static void
test_plane_golden (void)
{
  g_autoptr (EwGrid) grid = ew_grid_new (6, 8, NULL);
  const EwColormap *map = ew_colormap_grey ();
  guint looks[2] = { 0, 0 };
  EwPaintStyle style;
  cairo_rectangle_int_t box;
  EwCanvas canvas;

  for (int k = 0; k < 48; k++)
    ew_grid_row (grid, k / 8)[k % 8] = k % 8 >= 2 && k % 8 <= 5 ? 0 : 1;
  ew_paint_style_init (&style, FALSE, FONT_SIZE);

  EwPlanePaint plane = plane_paint (grid, map, (EwRange){ 0, 1 }, &style);

  paint (&canvas, &plane, 402, 302, 1, &box);
  g_assert_cmpint (box.width, ==, 400);
  g_assert_cmpint (box.height, ==, 300);
  for (int k = 0; k < 48; k++)
    {
      int value = (int)ew_grid_row (grid, k / 8)[k % 8];
      guint32 pixel = value == 0 ? 0xff000000u : 0xffffffffu;
      int x = box.x + k % 8 * 50;
      int y = box.y + k / 8 * 50;
      int n;
      guint look = cell_ink (&canvas, x, y, 50, pixel, &n);

      g_assert_cmphex (ew_canvas_pixel (&canvas, x + 3, y + 3), ==, pixel);
      g_assert_cmpint (n, >, 15);
      g_assert_cmpint (n, <, 500);
      if (looks[value] == 0)
        looks[value] = look;
      g_assert_cmpuint (look, ==, looks[value]);
    }
  g_assert_cmpuint (looks[0], !=, looks[1]);
  ew_canvas_clear (&canvas);
  ew_paint_style_clear (&style);
}

/* The box is inside, keeps the shape, and finding a cell is the inverse of placing it. */
static void
test_plane_box (void)
{
  EwRandom random = 9;

  for (int k = 0; k < 3000; k++)
    {
      int rows = 1 + (int)(ew_random_next (&random) % (k % 2 == 0 ? 12 : 700));
      int columns = 1 + (int)(ew_random_next (&random) % (k % 3 == 0 ? 12 : 700));
      double width = 20 + floor (500 * ew_random_uniform (&random));
      double height = 20 + floor (500 * ew_random_uniform (&random));
      int scale = 1 + k % 3;
      EwPlaneBox box;
      int row, column;

      ew_plane_box (rows, columns, width, height, scale, &box);
      g_assert_true (box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height);
      g_assert_cmpfloat (fmod (box.x * scale, 1), ==, 0);
      /* Square, but for rounding to pixels and sides that would vanish. */
      if (box.width > 8 && box.height > 8)
        g_assert_cmpfloat (fabs (box.width / columns - box.height / rows) * MAX (rows, columns), <=,
                           1.01 * MAX (rows, columns));
      for (int trial = 0; trial < 5; trial++)
        {
          int i = (int)(ew_random_next (&random) % rows);
          int j = (int)(ew_random_next (&random) % columns);

          g_assert_true (ew_plane_box_find (&box, rows, columns, box.x + (j + 0.5) * box.width / columns,
                                            box.y + (i + 0.5) * box.height / rows, &row, &column));
          g_assert_cmpint (row, ==, i);
          g_assert_cmpint (column, ==, j);
        }
      g_assert_false (ew_plane_box_find (&box, rows, columns, box.x - 0.1, box.y + 1, &row, &column));
      g_assert_false (ew_plane_box_find (&box, rows, columns, box.x + 1, box.y + box.height + 0.1, &row, &column));
    }
}

/* Any size of anything stays inside its rectangle; the same buffer serves all. */
static void
test_guards (void)
{
  EwPlaneBuffer *buffer = ew_plane_buffer_new ();
  EwRandom random = 10;
  EwPaintStyle style;

  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  for (int k = 0; k < 250; k++)
    {
      g_autoptr (EwGrid) grid = ew_random_grid (1 + (int)(ew_random_next (&random) % 60),
                                                1 + (int)(ew_random_next (&random) % 60), -200, 200, &random);
      g_autoptr (EwKernel) kernel
          = ew_kernel_new (1 + (int)(ew_random_next (&random) % 63), 1 + (int)(ew_random_next (&random) % 9), NULL);
      EwPlanePaint plane = plane_paint (grid, ew_colormap_diverging (FALSE), (EwRange){ -150, 150 }, &style);
      EwKernelPaint taps = { kernel, { -1, 1 }, &style, k % 2 == 0, k % 3 == 0 ? EW_KERNEL_BIAS_CELL : 0, 0, TRUE };
      int width = 1 + (int)(ew_random_next (&random) % 150);
      int height = 1 + (int)(ew_random_next (&random) % 150);
      EwCanvas canvas;

      if (k % 2 != 0 && taps.selected == EW_KERNEL_BIAS_CELL)
        taps.selected = EW_KERNEL_NO_CELL;
      plane.buffer = buffer;
      plane.hover_row = plane.hover_column = 0;
      ew_canvas_init (&canvas, width, height, 1 + k % 2);
      ew_paint_plane (canvas.cr, &plane, width, height);
      ew_canvas_assert_guard (&canvas, "plane");
      ew_paint_kernel (canvas.cr, &taps, width, height);
      ew_canvas_assert_guard (&canvas, "kernel");
      ew_paint_legend (canvas.cr, &style, plane.map, plane.range, width, height);
      ew_canvas_assert_guard (&canvas, "legend");
      ew_canvas_clear (&canvas);
    }
  ew_paint_style_clear (&style);
  ew_plane_buffer_free (buffer);
}

/* --- kernels */

static void
test_kernel_cells (void)
{
  static const int sizes[][2] = { { 1, 1 }, { 1, 2 }, { 3, 3 }, { 4, 7 }, { 15, 15 }, { 63, 63 }, { 63, 1 } };
  EwRandom random = 11;
  EwPaintStyle style;
  guint n_palettes;
  const EwPalette *palettes = ew_palettes_signed (&n_palettes);

  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (int scale = 1; scale <= 2; scale++)
      {
        const char *palette = s == 0 ? NULL : palettes[s % n_palettes].id;
        g_autoptr (EwKernel) kernel = ew_kernel_new (sizes[s][0], sizes[s][1], NULL);
        EwKernelPaint paint_of = { kernel, { -1, 1 }, &style, TRUE, EW_KERNEL_NO_CELL, EW_KERNEL_NO_CELL, FALSE };
        EwKernelBox box;
        EwCanvas canvas;

        for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
          kernel->taps[k] = 2 * ew_random_uniform (&random) - 1;
        kernel->bias = 0.75;
        style.signed_palette = palette;
        ew_canvas_init (&canvas, 260, 300, scale);
        ew_paint_kernel (canvas.cr, &paint_of, 260, 300);
        ew_canvas_assert_guard (&canvas, "kernel");
        ew_kernel_box (&paint_of, 260, 300, scale, &box);
        for (int k = 0; k <= ew_kernel_n_taps (kernel); k++)
          {
            int cell = k == ew_kernel_n_taps (kernel) ? EW_KERNEL_BIAS_CELL : k;
            double value = cell == EW_KERNEL_BIAS_CELL ? kernel->bias : kernel->taps[k];
            double x, y, width, height;

            ew_kernel_box_cell (&box, kernel, cell, &x, &y, &width, &height);
            g_assert_true (x >= 0 && y >= 0 && x + width <= 260 && y + height <= 300);
            g_assert_cmpint (ew_kernel_box_find (&box, kernel, x + width / 2, y + height / 2), ==, cell);
            g_assert_cmphex (ew_canvas_pixel (&canvas, (int)lround ((x + 1) * scale), (int)lround ((y + 1) * scale)),
                             ==, ew_colormap_pixel (ew_palette_signed (palette, FALSE), paint_of.range, value));
          }
        g_assert_cmpint (ew_kernel_box_find (&box, kernel, 0, 0), ==, EW_KERNEL_NO_CELL);
        ew_canvas_clear (&canvas);
      }
  ew_paint_style_clear (&style);
}

/* The selection shows, and shows the focus, without touching the picture further away. */
static void
test_kernel_selection (void)
{
  g_autoptr (EwKernel) kernel = ew_kernel_new (3, 3, NULL);
  EwPaintStyle style;
  EwKernelBox box;
  EwCanvas plain, selected, focused;
  EwCanvas *canvases[] = { &plain, &selected, &focused };
  int differences[3] = { 0, 0, 0 };
  int between = 0;

  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  for (int c = 0; c < 3; c++)
    {
      EwKernelPaint paint_of
          = { kernel, { -1, 1 }, &style, FALSE, c == 0 ? EW_KERNEL_NO_CELL : 4, EW_KERNEL_NO_CELL, c == 2 };

      ew_canvas_init (canvases[c], 200, 200, 1);
      ew_paint_kernel (canvases[c]->cr, &paint_of, 200, 200);
      ew_kernel_box (&paint_of, 200, 200, 1, &box);
    }
  for (int y = 0; y < 200; y++)
    for (int x = 0; x < 200; x++)
      {
        gboolean near = x >= box.x + box.cell - 4 && x < box.x + 2 * box.cell + 4 && y >= box.y + box.cell - 4
                        && y < box.y + 2 * box.cell + 4;
        guint32 before = ew_canvas_pixel (&plain, x, y);

        between += ew_canvas_pixel (&selected, x, y) != ew_canvas_pixel (&focused, x, y) ? 1 : 0;

        for (int c = 1; c < 3; c++)
          {
            gboolean differs = ew_canvas_pixel (canvases[c], x, y) != before;

            g_assert_false (differs && !near);
            differences[c] += differs ? 1 : 0;
          }
      }
  g_assert_cmpint (differences[1], >, 4 * box.cell);
  g_assert_cmpint (differences[2], >, 4 * box.cell);
  g_assert_cmpint (between, >, 4 * box.cell);
  for (int c = 0; c < 3; c++)
    ew_canvas_clear (canvases[c]);
  ew_paint_style_clear (&style);
}

/* --- legends */

static void
test_legend (void)
{
  const EwColormap *map = ew_colormap_diverging (FALSE);
  EwRange range = { -2, 2 };
  EwPaintStyle style;
  EwCanvas canvas;
  int width;
  double text_height;

  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  ew_paint_text_measure (&style, "0", FONT_SIZE * 0.85, &text_height);
  width = (int)ew_legend_width (&style, range);
  ew_canvas_init (&canvas, width, 320, 1);
  ew_paint_legend (canvas.cr, &style, map, range, width, 320);
  ew_canvas_assert_guard (&canvas, "legend");

  int start = (int)ceil (text_height / 2);
  int length = 320 - 2 * start;

  for (int i = 1; i < length - 1; i++)
    {
      double value = range.high - (range.high - range.low) * (i + 0.5) / length;

      /* The middle is marked. The strip's rows may fall on the next of the map's entries: two levels. */
      if (abs (i - length / 2) > 1)
        g_assert_true (
            ew_pixels_near (ew_canvas_pixel (&canvas, 5, start + i), ew_colormap_pixel (map, range, value), 2));
    }
  g_assert_false (
      ew_pixels_near (ew_canvas_pixel (&canvas, 5, start + length / 2), map->entries[EW_COLORMAP_STEPS / 2], 40));
  ew_canvas_clear (&canvas);
  ew_paint_style_clear (&style);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/paint/number/fixed", test_number_fixed);
  g_test_add_func ("/paint/number/other", test_number_other);
  g_test_add_func ("/paint/number/from-right", test_number_from_right);
  g_test_add_func ("/paint/number/parse", test_number_parse);
  g_test_add_func ("/paint/range/extent", test_extent);
  g_test_add_func ("/paint/range/choice", test_range);
  g_test_add_func ("/paint/range/steps", test_steps);
  g_test_add_func ("/paint/colour/grey", test_grey_map);
  g_test_add_func ("/paint/colour/diverging", test_diverging_map);
  g_test_add_func ("/paint/colour/special", test_special_colours);
  g_test_add_func ("/paint/colour/ink", test_ink);
  g_test_add_func ("/paint/colour/palettes", test_palettes);
  g_test_add_func ("/paint/range/most", test_most);
  g_test_add_func ("/paint/plane/cells", test_plane_cells);
  g_test_add_func ("/paint/plane/enlarged", test_plane_enlarged);
  g_test_add_func ("/paint/plane/reduced", test_plane_reduced);
  g_test_add_func ("/paint/plane/residual", test_plane_residual);
  g_test_add_func ("/paint/plane/colour", test_plane_colour);
  g_test_add_func ("/paint/plane/golden", test_plane_golden);
  g_test_add_func ("/paint/plane/box", test_plane_box);
  g_test_add_func ("/paint/kernel/cells", test_kernel_cells);
  g_test_add_func ("/paint/kernel/selection", test_kernel_selection);
  g_test_add_func ("/paint/legend", test_legend);
  g_test_add_func ("/paint/guards", test_guards);
  return g_test_run ();
}
