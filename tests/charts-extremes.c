/* Extremes in charts: none is lost, however many points share a pixel, and however many lines there are. */
#include "engine/random.h"
#include "tests/chart-fixtures.h"

#include <math.h>

/* --- runs */

static double
spiky (guint64 epoch, double *weights)
{
  for (int w = 0; w < 9; w++)
    weights[w] = 0.01 * w;
  weights[4] = epoch == 70001 ? 3 : epoch == 20002 ? -2 : 0.1;
  return epoch == 30003 ? 1e6 : epoch == 60003 ? 1e-6 : 1;
}

/* --- extremes */

/* One epoch in a hundred thousand, in a point of many, in a pixel of more. */
static void
test_spikes (void)
{
  g_autoptr (EwCurves) curves = make_curves (spiky, 9, 100000);
  EwChartPaint paint;
  EwPaintStyle style;
  EwChartFrame frame;
  EwCanvas canvas;

  g_assert_cmpuint (curves->span, >, 1);
  init_paint (&paint, EW_CHART_LOSS, curves, &style);
  paint_chart (&canvas, &paint, 1, &frame);
  g_assert_true (has_line (&canvas, x_of (&frame, 30003), y_of (&frame, 6) + 2, style.accent));
  g_assert_true (has_line (&canvas, x_of (&frame, 60003), y_of (&frame, -6) - 2, style.accent));
  g_assert_false (has_line (&canvas, x_of (&frame, 45000), y_of (&frame, 5), style.accent));
  ew_canvas_clear (&canvas);

  paint.kind = EW_CHART_WEIGHTS;
  paint_chart (&canvas, &paint, 1, &frame);
  g_assert_true (has_line (&canvas, x_of (&frame, 70001), y_of (&frame, 3) + 2, ew_chart_weight_color (&style, 4, 9)));
  g_assert_true (has_line (&canvas, x_of (&frame, 20002), y_of (&frame, -2) - 2, ew_chart_weight_color (&style, 4, 9)));
  ew_canvas_clear (&canvas);
  ew_paint_style_clear (&style);
}

/* So many corners that lines are filled as pixels: every point is covered there too. */
static void
test_filled (void)
{
  g_autoptr (EwCurves) curves = make_curves (jumping, 20, 3000);

  for (int scale = 1; scale <= 2; scale++)
    {
      EwChartPaint paint;
      EwPaintStyle style;
      EwChartFrame frame;
      EwCanvas canvas;
      int found = 0;

      init_paint (&paint, EW_CHART_WEIGHTS, curves, &style);
      paint.highlight = 3;
      paint_chart (&canvas, &paint, scale, &frame);
      /* Above all other lines and below all others: nothing covers it. */
      g_assert_true (
          has_line (&canvas, x_of (&frame, 2000), y_of (&frame, 60) + 2, ew_chart_weight_color (&style, 3, 20)));
      g_assert_true (has_line (&canvas, x_of (&frame, 2000), y_of (&frame, 40), ew_chart_weight_color (&style, 3, 20)));
      g_assert_false (
          has_line (&canvas, x_of (&frame, 1980), y_of (&frame, 40), ew_chart_weight_color (&style, 3, 20)));
      for (int column = (int)(frame.x * scale) + 2; column < (frame.x + frame.width) * scale - 2; column++)
        found += column_has (&canvas, &frame, column, ew_chart_weight_color (&style, 19, 20)) ? 1 : 0;
      g_assert_cmpint (found, >, frame.width * scale * 0.98 - 4);
      ew_canvas_clear (&canvas);
      ew_paint_style_clear (&style);
    }
}

/* Level, but for one point in the first and one in the second half of each curve. */
static void
lone_spikes (EwCurves *curves)
{
  int up = curves->n_points * 3 / 10;
  int down = curves->n_points * 7 / 10;

  for (int p = 0; p < curves->n_points; p++)
    {
      curves->loss_min[p] = p == down ? 1e-3 : 1;
      curves->loss_max[p] = p == up ? 1e3 : 1;
      for (int w = 0; w < curves->n_weights; w++)
        {
          curves->weight_min[(size_t)w * curves->n_points + p] = p == down ? -5 : (float)w / (float)curves->n_weights;
          curves->weight_max[(size_t)w * curves->n_points + p] = p == up ? 5 : (float)w / (float)curves->n_weights;
        }
    }
}

/* Every point's minimum and maximum reach a pixel, however many points share one. */
static void
assert_all_reached (EwChartKind kind, const EwCurves *curves, int width, int scale)
{
  EwChartPaint paint;
  EwPaintStyle style;
  EwChartFrame frame;
  EwCanvas canvas;
  int lost = 0;

  init_paint (&paint, kind, curves, &style);
  ew_canvas_init (&canvas, width, HEIGHT, scale);
  g_assert_true (ew_chart_frame (&paint, width, HEIGHT, &frame));
  ew_paint_chart (canvas.cr, &paint, width, HEIGHT);
  ew_canvas_assert_guard (&canvas, "chart");
  for (int p = 0; p < curves->n_points; p++)
    {
      double low = kind == EW_CHART_LOSS ? log10 (curves->loss_min[p]) : (double)curves->weight_min[p];
      double high = kind == EW_CHART_LOSS ? log10 (curves->loss_max[p]) : (double)curves->weight_max[p];
      EwColor color = kind == EW_CHART_LOSS ? style.accent : ew_chart_weight_color (&style, 0, curves->n_weights);
      double x = x_of (&frame, p + 1);

      lost += reaches (&canvas, x, y_of (&frame, low), color) && reaches (&canvas, x, y_of (&frame, high), color) ? 0
                                                                                                                  : 1;
    }
  if (lost > 0)
    {
      g_test_message ("%d of %d points lost at width %d, scale %d", lost, curves->n_points, width, scale);
      ew_canvas_keep (&canvas, kind == EW_CHART_LOSS ? "chart-lost-loss" : "chart-lost-weight");
      g_test_fail ();
    }
  ew_canvas_clear (&canvas);
  ew_paint_style_clear (&style);
}

static void
test_nothing_lost (void)
{
  static const int numbers[] = { 2, 30, 150, 777, 4096 };

  for (guint k = 0; k < G_N_ELEMENTS (numbers); k++)
    {
      g_autoptr (EwCurves) noisy = make_points (noise, 1, numbers[k]);
      g_autoptr (EwCurves) spikes = make_points (lone_spikes, 1, numbers[k]);

      for (int width = 90; width < 900; width += 67)
        for (int scale = 1; scale <= 2; scale++)
          {
            assert_all_reached (EW_CHART_LOSS, noisy, width, scale);
            assert_all_reached (EW_CHART_WEIGHTS, noisy, width, scale);
            assert_all_reached (EW_CHART_LOSS, spikes, width, scale);
            assert_all_reached (EW_CHART_WEIGHTS, spikes, width, scale);
          }
    }
}

/* A million points, and a million epochs in a history's points. */
static void
test_million (void)
{
  g_autoptr (EwCurves) raw = make_points (lone_spikes, 2, 1000000);
  g_autoptr (EwCurves) recorded = make_curves (spiky, 9, 1000000);
  EwChartPaint paint;
  EwPaintStyle style;
  EwChartFrame frame;
  EwCanvas canvas;

  init_paint (&paint, EW_CHART_WEIGHTS, raw, &style);
  for (int scale = 1; scale <= 2; scale++)
    {
      paint_chart (&canvas, &paint, scale, &frame);
      g_assert_true (reaches (&canvas, x_of (&frame, 300001), y_of (&frame, 5), ew_chart_weight_color (&style, 1, 2)));
      g_assert_true (reaches (&canvas, x_of (&frame, 700001), y_of (&frame, -5), ew_chart_weight_color (&style, 1, 2)));
      g_assert_true (has_line (&canvas, x_of (&frame, 5e5), y_of (&frame, 0.5), ew_chart_weight_color (&style, 1, 2)));
      ew_canvas_clear (&canvas);
    }
  paint.curves = recorded;
  paint.kind = EW_CHART_LOSS;
  paint_chart (&canvas, &paint, 1, &frame);
  g_assert_true (reaches (&canvas, x_of (&frame, 30003), y_of (&frame, 6), style.accent));
  g_assert_true (reaches (&canvas, x_of (&frame, 60003), y_of (&frame, -6), style.accent));
  g_assert_true (has_line (&canvas, x_of (&frame, 9e5), y_of (&frame, 0), style.accent));
  ew_canvas_clear (&canvas);
  ew_paint_style_clear (&style);
}

/* --- many lines */

/* Weight w of n stays at w/n, and jumps as much as its neighbours are apart in every second point. */
static void
ladder (EwCurves *curves)
{
  for (int w = 0; w < curves->n_weights; w++)
    for (int p = 0; p < curves->n_points; p++)
      curves->weight_min[(size_t)w * curves->n_points + p] = curves->weight_max[(size_t)w * curves->n_points + p]
          = (float)w / (float)curves->n_weights;
  for (int p = 0; p < curves->n_points; p++)
    curves->loss_min[p] = curves->loss_max[p] = 1;
}

/* All over the place, with gaps, and values that only float32's range holds. */
static void
wild (EwCurves *curves)
{
  static const float odd[] = { NAN, INFINITY, -INFINITY, 3.4e38f, -3.4e38f, 0, 1e-45f };
  EwRandom random = 32;

  for (int p = 0; p < curves->n_points; p++)
    {
      gboolean is_odd = p % 11 == 3;

      curves->loss_min[p] = curves->loss_max[p] = is_odd ? NAN : 1;
      for (int w = 0; w < curves->n_weights; w++)
        {
          size_t k = (size_t)w * curves->n_points + p;

          curves->weight_min[k]
              = is_odd ? odd[ew_random_next (&random) % G_N_ELEMENTS (odd)] : (float)ew_random_uniform (&random) - 0.5f;
          curves->weight_max[k] = curves->weight_min[k] + (float)ew_random_uniform (&random);
        }
    }
}

/* Each of 225 lines is seen at its place; of 3969 the first and the last, and every row between them is covered. */
static void
test_many_lines (void)
{
  static const int numbers[] = { 225, 3969 };

  for (guint k = 0; k < G_N_ELEMENTS (numbers); k++)
    for (int scale = 1; scale <= 2; scale++)
      {
        int n = numbers[k];
        g_autoptr (EwCurves) curves = make_points (ladder, n, 500);
        EwChartPaint paint;
        EwPaintStyle style;
        EwChartFrame frame;
        EwCanvas canvas;

        init_paint (&paint, EW_CHART_WEIGHTS, curves, &style);
        paint.kernel_width = n == 225 ? 15 : 63;
        paint.kernel_taps = n;
        ew_canvas_init (&canvas, WIDTH, 900, scale);
        g_assert_true (ew_chart_frame (&paint, WIDTH, 900, &frame));
        ew_paint_chart (canvas.cr, &paint, WIDTH, 900);
        ew_canvas_assert_guard (&canvas, "many-lines");
        for (int w = 0; w < n; w += n == 225 ? 1 : n - 1)
          for (double epoch = 100; epoch <= 400; epoch += 100)
            g_assert_true (has_line (&canvas, x_of (&frame, epoch), y_of (&frame, w / (double)n),
                                     ew_chart_weight_color (&style, w, n)));
        for (double y = y_of (&frame, (n - 1.0) / n); y < y_of (&frame, 0) && n > 900; y += 1)
          g_assert_false (ew_pixels_near (
              ew_canvas_pixel (&canvas, (int)(x_of (&frame, 250) * scale), (int)(y * scale)), EW_GROUND_PIXEL, 20));
        ew_canvas_clear (&canvas);
        ew_paint_style_clear (&style);
      }
}

/* The same buffer through sizes and numbers of lines that change at each frame, as in a window that is resized: nothing
 * outside, and nothing for the sanitizers to find. */
static void
test_many_wild (void)
{
  static const int numbers[] = { 225, 3969, 1, 256, 11, 225 };
  g_autoptr (EwChartBuffer) buffer = ew_chart_buffer_new ();
  EwRandom random = 33;

  for (guint k = 0; k < G_N_ELEMENTS (numbers); k++)
    {
      g_autoptr (EwCurves) curves = make_points (wild, numbers[k], 1 + (int)(ew_random_next (&random) % 700));

      for (int round = 0; round < 8; round++)
        {
          int width = (int)(ew_random_next (&random) % 500);
          int height = (int)(ew_random_next (&random) % 300);
          EwChartPaint paint;
          EwPaintStyle style;
          EwCanvas canvas;

          init_paint (&paint, EW_CHART_WEIGHTS, curves, &style);
          paint.buffer = buffer;
          paint.highlight = round % 3 - 1 + (round == 7 ? numbers[k] - 1 : 0);
          paint.kernel_width = 15;
          paint.kernel_taps = 225;
          paint.title = "Weights";
          ew_canvas_init (&canvas, width, height, 1 + round % 2);
          ew_paint_chart (canvas.cr, &paint, width, height);
          ew_canvas_assert_guard (&canvas, "many-wild");
          g_assert_cmpint (cairo_status (canvas.cr), ==, CAIRO_STATUS_SUCCESS);
          ew_canvas_clear (&canvas);
          ew_paint_style_clear (&style);
        }
    }
}

static void
record_chart (cairo_t *cr, EwCurves *curves, EwChartBuffer *buffer)
{
  EwChartPaint paint;
  EwPaintStyle style;

  init_paint (&paint, EW_CHART_WEIGHTS, curves, &style);
  paint.buffer = buffer;
  style.scale = 1;
  ew_paint_chart (cr, &paint, WIDTH, HEIGHT);
  ew_paint_style_clear (&style);
}

/* As GTK draws: into a recording, which keeps the pixels that it was given while the next frame is filled into the
 * same buffer. Shown later, each is what painting it at once gives. */
static void
test_recorded (void)
{
  g_autoptr (EwChartBuffer) buffer = ew_chart_buffer_new ();
  g_autoptr (EwCurves) first = make_points (wild, 225, 400);
  g_autoptr (EwCurves) second = make_points (noise, 225, 401);
  EwCurves *curves[] = { first, second };
  cairo_rectangle_t extents = { 0, 0, WIDTH, HEIGHT };
  cairo_surface_t *recordings[2];

  for (int k = 0; k < 2; k++)
    {
      cairo_t *cr;

      recordings[k] = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, &extents);
      cr = cairo_create (recordings[k]);
      record_chart (cr, curves[k], buffer);
      cairo_destroy (cr);
    }
  for (int k = 0; k < 2; k++)
    {
      EwCanvas shown, direct;

      ew_canvas_init (&shown, WIDTH, HEIGHT, 1);
      cairo_rectangle (shown.cr, 0, 0, WIDTH, HEIGHT);
      cairo_clip (shown.cr);
      cairo_set_source_surface (shown.cr, recordings[k], 0, 0);
      cairo_paint (shown.cr);
      cairo_surface_destroy (recordings[k]);
      ew_canvas_init (&direct, WIDTH, HEIGHT, 1);
      record_chart (direct.cr, curves[k], NULL);

      g_autoptr (EwPicture) out = ew_canvas_copy_all (&shown);
      g_autoptr (EwPicture) expected = ew_canvas_copy_all (&direct);

      /* Through a picture with alpha in between: two roundings. */
      ew_assert_same_picture (out, expected, 2, k == 0 ? "recorded-first" : "recorded-second");
      ew_canvas_clear (&shown);
      ew_canvas_clear (&direct);
    }
}

void
add_charts_extremes_cases (void)
{
  g_test_add_func ("/charts/extremes/spikes", test_spikes);
  g_test_add_func ("/charts/extremes/filled", test_filled);
  g_test_add_func ("/charts/extremes/nothing-lost", test_nothing_lost);
  g_test_add_func ("/charts/extremes/million", test_million);
  g_test_add_func ("/charts/many/lines", test_many_lines);
  g_test_add_func ("/charts/many/wild", test_many_wild);
  g_test_add_func ("/charts/many/recorded", test_recorded);
}
