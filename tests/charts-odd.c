/* Charts of odd data: zeros, gaps, one point, none, the ends of float32, anything. */
#include "engine/random.h"
#include "tests/chart-fixtures.h"

#include <math.h>

/* --- runs */

static double
gap (guint64 epoch, double *weights)
{
  gboolean lost = epoch > 40 && epoch <= 60;

  weights[0] = lost ? NAN : 1;
  weights[1] = lost ? INFINITY : -1;
  return lost ? (epoch % 2 == 0 ? NAN : INFINITY) : 10;
}

static double
zero (guint64 epoch, double *weights)
{
  weights[0] = 0;
  return epoch <= 50 ? 1 : 0;
}

static double
never_finite (guint64 epoch, double *weights)
{
  weights[0] = NAN;
  return NAN;
}

/* --- odd data */

/* A log axis with zeros beside and within points, the smallest and the largest losses, and nothing but zeros. */
static void
log_mixture (EwCurves *curves)
{
  static const double odd[] = { 0, 5e-324, NAN, 1e308, -0.0, INFINITY };

  for (int p = 0; p < curves->n_points; p++)
    {
      curves->loss_min[p] = odd[p % (int)G_N_ELEMENTS (odd)];
      curves->loss_max[p] = p % 2 == 0 ? 1 : curves->loss_min[p];
    }
}

static void
all_zero (EwCurves *curves)
{
}

static void
test_log_axis (void)
{
  g_autoptr (EwCurves) mixture = make_points (log_mixture, 1, 60);
  g_autoptr (EwCurves) zeros = make_points (all_zero, 1, 60);
  EwChartPaint paint;
  EwPaintStyle style;
  EwChartFrame frame;
  EwCanvas canvas;

  init_paint (&paint, EW_CHART_LOSS, mixture, &style);
  paint_chart (&canvas, &paint, 1, &frame);
  /* From below 5e-324 up to 1e308. */
  g_assert_cmpfloat (frame.low, <=, -324);
  g_assert_cmpfloat (frame.high, >=, 308);
  g_assert_true (isfinite (frame.low) && isfinite (frame.high));
  g_assert_true (reaches (&canvas, x_of (&frame, 1), y_of (&frame, 0), style.accent));
  g_assert_true (reaches (&canvas, x_of (&frame, 4), y_of (&frame, 308), style.accent));
  ew_canvas_clear (&canvas);
  paint.curves = zeros;
  paint_chart (&canvas, &paint, 1, &frame);
  g_assert_cmpfloat (frame.high, >, frame.low);
  g_assert_true (reaches (&canvas, x_of (&frame, 30), frame.y + frame.height, style.accent));
  ew_canvas_clear (&canvas);
  ew_paint_style_clear (&style);
}

/* Weights of a run that diverges, up to the ends of float32: the axis holds them. */
static void
huge (EwCurves *curves)
{
  for (int p = 0; p < curves->n_points; p++)
    {
      curves->loss_min[p] = curves->loss_max[p] = 1;
      curves->weight_min[p] = curves->weight_max[p] = p % 2 == 0 ? 3.4e38f : -3.4e38f;
    }
}

static void
test_huge (void)
{
  g_autoptr (EwCurves) curves = make_points (huge, 1, 20);
  EwChartPaint paint;
  EwPaintStyle style;
  EwChartFrame frame;
  EwCanvas canvas;

  init_paint (&paint, EW_CHART_WEIGHTS, curves, &style);
  paint_chart (&canvas, &paint, 1, &frame);
  g_assert_true (isfinite (frame.low) && isfinite (frame.high));
  g_assert_true (reaches (&canvas, x_of (&frame, 3), y_of (&frame, 3.4e38), ew_chart_weight_color (&style, 0, 1)));
  g_assert_true (reaches (&canvas, x_of (&frame, 4), y_of (&frame, -3.4e38), ew_chart_weight_color (&style, 0, 1)));
  ew_canvas_clear (&canvas);
  ew_paint_style_clear (&style);
}

/* No room for a plot: nothing outside, and no error of Cairo's. */
static void
test_tiny (void)
{
  static const int sizes[][2]
      = { { 0, 0 }, { 0, 40 }, { 40, 0 }, { 1, 1 }, { 3, 2 }, { 1, 300 }, { 300, 1 }, { 60, 60 }, { 120, 50 } };
  g_autoptr (EwCurves) curves = make_curves (decay, 225, 300);

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (int k = 0; k < 8; k++)
      {
        EwChartPaint paint;
        EwPaintStyle style;
        EwCanvas canvas;

        init_paint (&paint, k % 2 == 0 ? EW_CHART_LOSS : EW_CHART_WEIGHTS, k < 4 ? curves : NULL, &style);
        paint.title = "Title";
        paint.empty_text = "Press Learn";
        paint.highlight = 3;
        ew_canvas_init (&canvas, sizes[s][0], sizes[s][1], 1 + k / 2 % 2);
        ew_paint_chart (canvas.cr, &paint, sizes[s][0], sizes[s][1]);
        ew_canvas_assert_guard (&canvas, "tiny-chart");
        g_assert_cmpint (cairo_status (canvas.cr), ==, CAIRO_STATUS_SUCCESS);
        ew_canvas_clear (&canvas);
        ew_paint_style_clear (&style);
      }
}

static void
test_gap (void)
{
  g_autoptr (EwCurves) curves = make_curves (gap, 2, 100);
  EwChartKind kinds[] = { EW_CHART_LOSS, EW_CHART_WEIGHTS };

  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
    {
      EwChartPaint paint;
      EwPaintStyle style;
      EwChartFrame frame;
      EwCanvas canvas;
      EwColor color;

      init_paint (&paint, kinds[k], curves, &style);
      paint_chart (&canvas, &paint, 1, &frame);
      color = kinds[k] == EW_CHART_LOSS ? style.accent : ew_chart_weight_color (&style, 0, 2);
      for (int epoch = 1; epoch < 100; epoch++)
        {
          int column = (int)floor (x_of (&frame, epoch));

          /* Round ends of lines reach a little into the gap. */
          if (epoch > 41 && epoch < 60)
            g_assert_false (column_has (&canvas, &frame, column, color));
          else if (epoch < 40 || epoch > 61)
            g_assert_true (column_has (&canvas, &frame, column, color));
        }
      ew_canvas_clear (&canvas);
      ew_paint_style_clear (&style);
    }
}

static void
test_zero (void)
{
  g_autoptr (EwCurves) curves = make_curves (zero, 1, 100);
  EwChartPaint paint;
  EwPaintStyle style;
  EwChartFrame frame;
  EwCanvas canvas;

  init_paint (&paint, EW_CHART_LOSS, curves, &style);
  paint_chart (&canvas, &paint, 1, &frame);
  g_assert_cmpfloat (frame.low, <, 0);
  g_assert_true (has_line (&canvas, x_of (&frame, 25), y_of (&frame, 0), style.accent));
  g_assert_true (has_line (&canvas, x_of (&frame, 75), frame.y + frame.height - 0.5, style.accent));
  ew_canvas_clear (&canvas);

  /* All weights zero: a line in the middle. */
  paint.kind = EW_CHART_WEIGHTS;
  paint_chart (&canvas, &paint, 1, &frame);
  g_assert_cmpfloat (frame.low, ==, -frame.high);
  g_assert_true (
      has_line (&canvas, x_of (&frame, 50), frame.y + frame.height / 2, ew_chart_weight_color (&style, 0, 1)));
  ew_canvas_clear (&canvas);
  ew_paint_style_clear (&style);
}

static void
test_one_point (void)
{
  g_autoptr (EwCurves) curves = make_curves (decay, 3, 1);
  EwChartPaint paint;
  EwPaintStyle style;
  EwChartFrame frame;
  EwCanvas canvas;

  init_paint (&paint, EW_CHART_LOSS, curves, &style);
  paint_chart (&canvas, &paint, 1, &frame);
  g_assert_true (has_line (&canvas, x_of (&frame, 1), y_of (&frame, log10 (100 * exp (-0.1))), style.accent));
  ew_canvas_clear (&canvas);
  paint.kind = EW_CHART_WEIGHTS;
  paint_chart (&canvas, &paint, 1, &frame);
  g_assert_true (has_line (&canvas, x_of (&frame, 1), y_of (&frame, 0.25), ew_chart_weight_color (&style, 2, 3)));
  ew_canvas_clear (&canvas);
  ew_paint_style_clear (&style);
}

/* Nothing recorded, or nothing finite: the text, no axes. */
static void
test_empty (void)
{
  g_autoptr (EwCurves) nothing = make_curves (decay, 3, 0);
  g_autoptr (EwCurves) lost = make_curves (never_finite, 1, 10);
  const EwCurves *all[] = { NULL, nothing, lost };
  int painted[2] = { 0, 0 };

  for (guint k = 0; k < G_N_ELEMENTS (all); k++)
    for (int with_text = 0; with_text < 2; with_text++)
      {
        EwChartPaint paint;
        EwPaintStyle style;
        EwChartFrame frame;
        EwCanvas canvas;

        init_paint (&paint, EW_CHART_LOSS, all[k], &style);
        paint.empty_text = with_text ? "Press Learn" : NULL;
        ew_canvas_init (&canvas, WIDTH, HEIGHT, 1);
        g_assert_false (ew_chart_frame (&paint, WIDTH, HEIGHT, &frame));
        ew_paint_chart (canvas.cr, &paint, WIDTH, HEIGHT);
        ew_canvas_assert_guard (&canvas, "empty chart");
        if (k == 0)
          painted[with_text] = ew_canvas_count_painted (&canvas);
        g_assert_cmpint (ew_canvas_count_painted (&canvas), ==, painted[with_text]);
        ew_canvas_clear (&canvas);
        ew_paint_style_clear (&style);
      }
  g_assert_cmpint (painted[0], ==, 0);
  g_assert_cmpint (painted[1], >, 100);
}

static guint64 fuzz_seed;

static double
fuzz (guint64 epoch, double *weights)
{
  static const double odd[] = { 0, -0.0, NAN, INFINITY, -INFINITY, 1e308, -1e308, 1e-308, 5e-324, 1, 1e38 };
  EwRandom random = fuzz_seed * 7919 + epoch;

  for (int w = 0; w < 12; w++)
    weights[w] = ew_random_next (&random) % 4 == 0 ? odd[ew_random_next (&random) % G_N_ELEMENTS (odd)]
                                                   : ew_random_uniform (&random) - 0.5;
  return ew_random_next (&random) % 4 == 0 ? fabs (odd[ew_random_next (&random) % G_N_ELEMENTS (odd)])
                                           : pow (10, 40 * ew_random_uniform (&random) - 20);
}

/* Any curves, any size: inside the rectangle, and no undefined arithmetic for the sanitizers to find. */
static void
test_fuzz (void)
{
  EwChartBuffer *buffer = ew_chart_buffer_new ();
  EwRandom random = 12;

  for (int k = 0; k < 300; k++)
    {
      g_autoptr (EwCurves) curves = NULL;
      EwChartPaint paint;
      EwPaintStyle style;
      EwCanvas canvas;
      int width = 1 + (int)(ew_random_next (&random) % 320);
      int height = 1 + (int)(ew_random_next (&random) % 220);

      fuzz_seed = (guint64)k;
      curves = make_curves (fuzz, 1 + k % 12, ew_random_next (&random) % (k % 10 == 0 ? 9000 : 90));
      init_paint (&paint, k % 2 == 0 ? EW_CHART_LOSS : EW_CHART_WEIGHTS, curves, &style);
      paint.buffer = buffer;
      paint.highlight = k % 14 - 1;
      paint.title = "Title";
      paint.epoch_title = "epoch";
      paint.kernel_width = k % 5;
      paint.kernel_taps = k % 7;
      ew_canvas_init (&canvas, width, height, 1 + k % 2);
      ew_paint_chart (canvas.cr, &paint, width, height);
      ew_canvas_assert_guard (&canvas, "chart");
      ew_canvas_clear (&canvas);
      ew_paint_style_clear (&style);
    }
  ew_chart_buffer_free (buffer);
}

void
add_charts_odd_cases (void)
{
  g_test_add_func ("/charts/odd/log-axis", test_log_axis);
  g_test_add_func ("/charts/odd/huge", test_huge);
  g_test_add_func ("/charts/odd/tiny", test_tiny);
  g_test_add_func ("/charts/odd/gap", test_gap);
  g_test_add_func ("/charts/odd/zero", test_zero);
  g_test_add_func ("/charts/odd/one-point", test_one_point);
  g_test_add_func ("/charts/odd/empty", test_empty);
  g_test_add_func ("/charts/odd/fuzz", test_fuzz);
}
