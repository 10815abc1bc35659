/* Painting charts: places that follow from the data, and pictures derived from others; the rest in charts-*.c. */
#include "tests/chart-fixtures.h"

#include <cairo-svg.h>
#include <math.h>
#include <string.h>

/* --- places */

static void
test_loss_places (void)
{
  g_autoptr (EwCurves) curves = make_curves (decay, 3, 100);

  for (int scale = 1; scale <= 2; scale++)
    {
      EwChartPaint paint;
      EwPaintStyle style;
      EwChartFrame frame;
      EwCanvas canvas;

      init_paint (&paint, EW_CHART_LOSS, curves, &style);
      paint_chart (&canvas, &paint, scale, &frame);
      /* 90 … 0.0045 */
      g_assert_cmpfloat (frame.low, ==, -3);
      g_assert_cmpfloat (frame.high, ==, 2);
      g_assert_cmpfloat (frame.first_epoch, ==, 0);
      g_assert_cmpfloat (frame.last_epoch, ==, 100);
      for (int epoch = 1; epoch < 100; epoch++)
        {
          double y = y_of (&frame, 2 - epoch / 10.0 / log (10));

          g_assert_true (has_line (&canvas, x_of (&frame, epoch), y, style.accent));
          g_assert_false (has_line (&canvas, x_of (&frame, epoch), y > HEIGHT / 2 ? y - 12 : y + 12, style.accent));
        }
      ew_canvas_clear (&canvas);
      ew_paint_style_clear (&style);
    }
}

static void
test_weight_places (void)
{
  g_autoptr (EwCurves) curves = make_curves (decay, 3, 100);
  EwChartPaint paint;
  EwPaintStyle style;
  EwChartFrame frame;
  EwCanvas canvas;
  double weights[3];

  init_paint (&paint, EW_CHART_WEIGHTS, curves, &style);
  paint.kernel_width = 3;
  paint.kernel_taps = 3;
  paint_chart (&canvas, &paint, 1, &frame);
  g_assert_cmpfloat (frame.low, <=, -0.5);
  g_assert_cmpfloat (frame.high, >=, 0.99);
  for (guint64 epoch = 2; epoch < 98; epoch += 3)
    {
      decay (epoch, weights);
      for (int w = 0; w < 3; w++)
        /* Where two lines meet the later lies above. */
        if (w == 2 || fabs (weights[w] - weights[2]) > 0.05)
          g_assert_true (has_line (&canvas, x_of (&frame, (double)epoch), y_of (&frame, weights[w]),
                                   ew_chart_weight_color (&style, w, 3)));
    }
  ew_canvas_clear (&canvas);
  ew_paint_style_clear (&style);
}

/* A run with a limit shows its whole axis from the start; a long one only when it is nearly there. */
static void
test_epoch_limit (void)
{
  g_autoptr (EwCurves) curves = make_curves (decay, 3, 7);
  EwChartPaint paint;
  EwPaintStyle style;
  EwChartFrame frame;

  init_paint (&paint, EW_CHART_LOSS, curves, &style);
  g_assert_true (ew_chart_frame (&paint, WIDTH, HEIGHT, &frame));
  g_assert_cmpfloat (frame.last_epoch, ==, 10);
  paint.epoch_limit = 100;
  g_assert_true (ew_chart_frame (&paint, WIDTH, HEIGHT, &frame));
  g_assert_cmpfloat (frame.last_epoch, ==, 100);
  paint.epoch_limit = 1000000;
  g_assert_true (ew_chart_frame (&paint, WIDTH, HEIGHT, &frame));
  g_assert_cmpfloat (frame.last_epoch, ==, 10);
  /* The limit was lowered behind what is done. */
  paint.epoch_limit = 5;
  g_assert_true (ew_chart_frame (&paint, WIDTH, HEIGHT, &frame));
  g_assert_cmpfloat (frame.last_epoch, >=, 7);
  ew_paint_style_clear (&style);
}

/* --- derived pictures */

/* The plot alone, its lines on plain ground. */
static EwPicture *
plot_picture (EwChartPaint *paint, EwPaintStyle *style, int width, int height, int scale)
{
  EwPicture *picture;
  EwChartFrame frame;
  EwCanvas canvas;

  style->foreground.alpha = style->dim.alpha = style->faint.alpha = 0;
  ew_canvas_init (&canvas, width, height, scale);
  g_assert_true (ew_chart_frame (paint, width, height, &frame));
  ew_paint_chart (canvas.cr, paint, width, height);
  picture = ew_canvas_copy (&canvas, (int)frame.x * scale, (int)frame.y * scale, (int)frame.width * scale,
                            (int)frame.height * scale);
  ew_canvas_clear (&canvas);
  return picture;
}

static void
negate (EwCurves *curves)
{
  for (size_t k = 0; k < (size_t)curves->n_weights * curves->n_points; k++)
    {
      float low = curves->weight_min[k];

      curves->weight_min[k] = -curves->weight_max[k];
      curves->weight_max[k] = -low;
    }
}

/* Weights with the other sign: the plot upside down; stroked (few corners) and filled (many). */
static void
test_negated (void)
{
  for (int many = 0; many < 2; many++)
    for (int scale = 1; scale <= 2; scale++)
      {
        g_autoptr (EwCurves) curves = many ? make_points (noise, 12, 900) : make_curves (decay, 12, 100);
        EwChartPaint paint;
        EwPaintStyle style;

        init_paint (&paint, EW_CHART_WEIGHTS, curves, &style);

        g_autoptr (EwPicture) picture = plot_picture (&paint, &style, WIDTH, HEIGHT, scale);
        g_autoptr (EwPicture) expected = ew_picture_turn (picture, EW_FLIP_ROWS);

        negate (curves);

        g_autoptr (EwPicture) out = plot_picture (&paint, &style, WIDTH, HEIGHT, scale);

        /* Cairo rounds a line's edge to 1/15 of a row, downwards on both sides, with two lines above each other: 2·17
         * levels; a filled edge is float32 in 256 steps. */
        ew_assert_same_picture (out, expected, many ? 4 : 34, many ? "negated-filled" : "negated-stroked");
        ew_paint_style_clear (&style);
      }
}

/* Painting twice into one buffer, or with none, gives the same picture. */
static void
test_repeated (void)
{
  g_autoptr (EwCurves) curves = make_points (noise, 12, 900);
  g_autoptr (EwChartBuffer) buffer = ew_chart_buffer_new ();
  EwChartPaint paint;
  EwPaintStyle style;

  init_paint (&paint, EW_CHART_WEIGHTS, curves, &style);

  g_autoptr (EwPicture) expected = plot_picture (&paint, &style, WIDTH, HEIGHT, 2);

  paint.buffer = buffer;
  for (int k = 0; k < 3; k++)
    {
      g_autoptr (EwPicture) out = plot_picture (&paint, &style, WIDTH, HEIGHT, 2);

      ew_assert_same_picture (out, expected, 0, "repeated");
    }
  ew_paint_style_clear (&style);
}

/* --- odd data */

static cairo_status_t
append (void *closure, const unsigned char *data, unsigned int length)
{
  g_string_append_len (closure, (const char *)data, (gssize)length);
  return CAIRO_STATUS_SUCCESS;
}

/* In a file lines stay lines, however many corners they have. */
static void
test_vector (void)
{
  g_autoptr (EwCurves) curves = make_curves (jumping, 20, 3000);
  g_autoptr (GString) svg = g_string_new (NULL);
  cairo_surface_t *surface = cairo_svg_surface_create_for_stream (append, svg, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);
  EwChartPaint paint;
  EwPaintStyle style;

  init_paint (&paint, EW_CHART_WEIGHTS, curves, &style);
  ew_paint_chart (cr, &paint, WIDTH, HEIGHT);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  g_assert_null (strstr (svg->str, "<image"));
  g_assert_nonnull (strstr (svg->str, "<path"));
  ew_paint_style_clear (&style);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/charts/places/loss", test_loss_places);
  g_test_add_func ("/charts/places/weights", test_weight_places);
  g_test_add_func ("/charts/places/epoch-limit", test_epoch_limit);
  g_test_add_func ("/charts/derived/negated", test_negated);
  g_test_add_func ("/charts/derived/repeated", test_repeated);
  g_test_add_func ("/charts/vector", test_vector);
  add_charts_extremes_cases ();
  add_charts_odd_cases ();
  return g_test_run ();
}
