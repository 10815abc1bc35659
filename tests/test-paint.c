/* Painting: numbers, ranges and colours, against what follows from the values; planes and kernels are in paint-planes.c and
 * paint-kernels.c. */
#include "tests/paint-cases.h"
#include "ui/paint/number.h"
#include "ui/paint/plane.h"

#include <math.h>

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
  g_test_add_func ("/paint/range/most", test_most);
  add_paint_colours_cases ();
  add_paint_planes_cases ();
  add_paint_kernels_cases ();
  return g_test_run ();
}
