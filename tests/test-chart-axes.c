/* Charts with other axes, other runs, goals and cursors: places that follow from the data. */
#include "engine/history.h"
#include "engine/random.h"
#include "tests/paint-fixtures.h"
#include "ui/paint/chart.h"
#include "ui/paint/colormap.h"

#include <math.h>
#include <string.h>

#define WIDTH  460
#define HEIGHT 240

/* A loss of 100/epoch and two weights: 1 − 1/epoch and −2 + epoch/last. */
static EwCurves *
make_curves (guint64 epochs, double first_loss, double weight)
{
  g_autoptr (EwHistory) history = ew_history_new (2);

  for (guint64 e = 1; e <= epochs; e++)
    {
      double weights[2] = { weight - 1.0 / (double)e, -2 + (double)e / (double)epochs };

      ew_history_add (history, e, first_loss / (double)e, weights);
    }
  return ew_history_curves (history);
}

static void
init (EwChartPaint *paint, EwChartKind kind, const EwCurves *curves, EwPaintStyle *style)
{
  ew_paint_style_init (style, FALSE, 14);
  *paint = (EwChartPaint){ .kind = kind, .curves = curves, .highlight = -1, .style = style };
}

static void
paint_it (EwCanvas *canvas, const EwChartPaint *paint, EwChartFrame *frame)
{
  ew_canvas_init (canvas, WIDTH, HEIGHT, 2);
  g_assert_true (ew_chart_frame (paint, WIDTH, HEIGHT, frame));
  ew_paint_chart (canvas->cr, paint, WIDTH, HEIGHT);
  ew_canvas_assert_guard (canvas, "chart");
}

/* Whether the colour is found within a unit of the place. */
static gboolean
has (const EwCanvas *canvas, double x, double y, EwColor color)
{
  for (int dy = -2; dy <= 2; dy++)
    for (int dx = -1; dx <= 1; dx++)
      if (ew_pixels_near (ew_canvas_pixel (canvas, (int)(x * 2) + dx, (int)(y * 2) + dy), ew_color_to_pixel (color), 60))
        return TRUE;
  return FALSE;
}

static double
y_of (const EwChartFrame *frame, double value)
{
  return frame->y + frame->height * (frame->high - value) / (frame->high - frame->low);
}

/* Places and back, on both axes; the axis holds the data. */
static void
test_places (void)
{
  EwRandom random = 5;
  EwPaintStyle style;
  EwChartPaint paint;
  EwChartFrame frame;

  for (int round = 0; round < 200; round++)
    {
      guint64 epochs = (guint64)pow (10, 1 + 4 * ew_random_uniform (&random));
      g_autoptr (EwCurves) curves = make_curves (epochs, 100, 1);

      init (&paint, round % 2 == 0 ? EW_CHART_LOSS : EW_CHART_WEIGHTS, curves, &style);
      paint.log_epochs = round % 4 < 2;
      paint.linear = round % 8 < 4;
      g_assert_true (ew_chart_frame (&paint, WIDTH, HEIGHT, &frame));
      g_assert_cmpfloat (frame.first_epoch, <=, 1);
      g_assert_cmpfloat (frame.last_epoch, >=, (double)epochs);
      for (int k = 0; k < 20; k++)
        {
          double epoch = 1 + floor (ew_random_uniform (&random) * (double)epochs);
          double x = ew_chart_epoch_x (&frame, epoch);
          double expected = paint.log_epochs ? log (epoch) / log (frame.last_epoch) : epoch / frame.last_epoch;
          /* The epochs around it are at least that far off; a place between them rounds to the nearer one. */
          double unit = paint.log_epochs ? frame.width * log1p (0.5 / epoch) / log (frame.last_epoch)
                                         : 0.5 * frame.width / frame.last_epoch;

          g_assert_cmpfloat_with_epsilon (x, frame.x + frame.width * expected, 1e-6);
          g_assert_cmpuint (ew_chart_epoch_at (&frame, x), ==, (guint64)epoch);
          g_assert_cmpuint (ew_chart_epoch_at (&frame, x + 0.8 * unit), ==, (guint64)epoch);
        }
      g_assert_cmpuint (ew_chart_epoch_at (&frame, -1e9), ==, (guint64)frame.first_epoch);
      g_assert_cmpuint (ew_chart_epoch_at (&frame, 1e9), ==, (guint64)frame.last_epoch);
      ew_paint_style_clear (&style);
    }
}

/* The curve goes through its points on each pair of axes. */
static void
test_axes (void)
{
  static const double epochs[] = { 1, 2, 5, 30, 100, 900 };
  g_autoptr (EwCurves) curves = make_curves (1000, 100, 1);

  for (int axes = 0; axes < 4; axes++)
    {
      EwPaintStyle style;
      EwChartPaint paint;
      EwChartFrame frame;
      EwCanvas canvas;

      init (&paint, EW_CHART_LOSS, curves, &style);
      paint.linear = (axes & 1) != 0;
      paint.log_epochs = (axes & 2) != 0;
      paint_it (&canvas, &paint, &frame);
      for (guint k = 0; k < G_N_ELEMENTS (epochs); k++)
        {
          double loss = 100 / epochs[k];
          double y = y_of (&frame, paint.linear ? loss : log10 (loss));

          g_assert_true (has (&canvas, ew_chart_epoch_x (&frame, epochs[k]), y, style.accent));
          /* And not where it would be on another axis. */
          if (epochs[k] == 30)
            g_assert_false (has (&canvas, ew_chart_epoch_x (&frame, 30), y - 40, style.accent));
        }
      g_assert_true (paint.linear ? frame.low == 0 : frame.low <= -1);
      ew_canvas_clear (&canvas);
      ew_paint_style_clear (&style);
    }
}

/* Other runs lie behind, in their colours, and the axes hold them too; there may be nothing but them. */
static void
test_runs (void)
{
  g_autoptr (EwCurves) curves = make_curves (100, 1, 1);
  g_autoptr (EwCurves) longer = make_curves (400, 1e6, 3);
  const EwChartRun runs[] = { { longer, 3, "Run 1" }, { curves, 5, "Run 2" } };
  EwPaintStyle style;
  EwChartPaint paint;
  EwChartFrame frame;
  EwCanvas canvas;

  init (&paint, EW_CHART_LOSS, curves, &style);
  paint.runs = runs;
  paint.n_runs = 2;
  paint_it (&canvas, &paint, &frame);
  g_assert_cmpfloat (frame.last_epoch, >=, 400);
  g_assert_cmpfloat (frame.high, >=, 6);
  g_assert_true (has (&canvas, ew_chart_epoch_x (&frame, 300), y_of (&frame, log10 (1e6 / 300)),
                      ew_chart_run_color (&style, 3)));
  /* The present run lies over the one that is the same. */
  g_assert_true (has (&canvas, ew_chart_epoch_x (&frame, 60), y_of (&frame, log10 (1.0 / 60)), style.accent));
  ew_canvas_clear (&canvas);

  paint.kind = EW_CHART_WEIGHTS;
  paint_it (&canvas, &paint, &frame);
  g_assert_true (has (&canvas, ew_chart_epoch_x (&frame, 300), y_of (&frame, 3 - 1.0 / 300),
                      ew_chart_run_color (&style, 3)));
  ew_canvas_clear (&canvas);

  paint.curves = NULL;
  paint.kind = EW_CHART_LOSS;
  paint_it (&canvas, &paint, &frame);
  g_assert_true (has (&canvas, ew_chart_epoch_x (&frame, 300), y_of (&frame, log10 (1e6 / 300)),
                      ew_chart_run_color (&style, 3)));
  ew_canvas_clear (&canvas);
  for (int a = 0; a < EW_CHART_RUNS_MAX; a++)
    for (int b = a + 1; b < EW_CHART_RUNS_MAX; b++)
      g_assert_false (ew_pixels_near (ew_color_to_pixel (ew_chart_run_color (&style, a)),
                                      ew_color_to_pixel (ew_chart_run_color (&style, b)), 8));
  ew_paint_style_clear (&style);
}

/* Dashes, where the weights are to end: some of it is drawn and some is not, beyond the end of the line. */
static void
test_optimum (void)
{
  g_autoptr (EwCurves) curves = make_curves (100, 1, 1);
  const double optimum[2] = { 1.5, -0.5 };
  EwPaintStyle style;
  EwChartPaint paint;
  EwChartFrame frame;
  EwCanvas canvas;

  init (&paint, EW_CHART_WEIGHTS, curves, &style);
  paint.epoch_limit = 180;
  for (int with = 0; with < 2; with++)
    {
      int drawn = 0;
      int n = 0;

      paint.optimum = with ? optimum : NULL;
      paint_it (&canvas, &paint, &frame);
      for (double x = frame.x + 2; x < frame.x + frame.width - 2; x += 0.5, n++)
        drawn += has (&canvas, x, y_of (&frame, 1.5), ew_chart_weight_color (&style, 0, 2)) ? 1 : 0;
      g_assert_true (with ? drawn > n / 3 && drawn < n * 3 / 4 : drawn == 0);
      ew_canvas_clear (&canvas);
    }
  g_assert_cmpfloat (frame.high, >=, 1.5);
  ew_paint_style_clear (&style);
}

/* The shown epoch and the hovered one are marked where they are, and nowhere else. */
static void
test_cursors (void)
{
  g_autoptr (EwCurves) curves = make_curves (1000, 100, 1);
  EwPaintStyle style;
  EwChartPaint paint;
  EwChartFrame frame;
  EwCanvas canvas;
  double x;

  init (&paint, EW_CHART_LOSS, curves, &style);
  paint.past = TRUE;
  paint.shown_epoch = 700;
  paint_it (&canvas, &paint, &frame);
  x = ew_chart_epoch_x (&frame, 700);
  for (double y = frame.y + 3; y < frame.y + frame.height - 20; y += 7)
    g_assert_true (has (&canvas, x, y, style.foreground));
  g_assert_false (has (&canvas, x + 8, frame.y + 20, style.foreground));
  ew_canvas_clear (&canvas);

  paint.past = FALSE;
  paint.hover = 300;
  paint_it (&canvas, &paint, &frame);
  /* The dot on the curve is wider than the curve. */
  g_assert_true (has (&canvas, ew_chart_epoch_x (&frame, 300), y_of (&frame, log10 (100.0 / 300)) + 2, style.accent));
  g_assert_false (has (&canvas, ew_chart_epoch_x (&frame, 330), y_of (&frame, log10 (100.0 / 330)) + 4, style.accent));
  ew_canvas_clear (&canvas);
  ew_paint_style_clear (&style);
}

/* What is read off is what the curves say: extremes of all epochs of the point, by brute force. */
static void
test_read (void)
{
  EwRandom random = 9;
  guint64 epochs = 30000;
  g_autoptr (EwHistory) history = ew_history_new (1);
  g_autofree double *losses = g_new (double, epochs + 1);
  g_autofree double *weights = g_new (double, epochs + 1);
  g_autoptr (EwCurves) curves = NULL;
  double low, high;

  for (guint64 e = 1; e <= epochs; e++)
    {
      losses[e] = ew_random_uniform (&random) < 0.001 ? 1e6 : ew_random_uniform (&random);
      weights[e] = (double)(float)ew_random_uniform (&random);
      ew_history_add (history, e, losses[e], &weights[e]);
    }
  curves = ew_history_curves (history);
  for (int k = 0; k < 500; k++)
    {
      guint64 epoch = 1 + (guint64)(ew_random_uniform (&random) * (double)epochs);
      int p = ew_curves_find (curves, epoch);
      guint64 end = p + 1 < curves->n_points ? curves->starts[p + 1] : epochs + 1;
      double least = INFINITY, most = -INFINITY, thin = INFINITY, thick = -INFINITY;

      for (guint64 e = curves->starts[p]; e < end; e++)
        {
          least = fmin (least, losses[e]);
          most = fmax (most, losses[e]);
          thin = fmin (thin, weights[e]);
          thick = fmax (thick, weights[e]);
        }
      g_assert_true (ew_chart_read (EW_CHART_LOSS, curves, 0, epoch, &low, &high));
      g_assert_true (low == least && high == most);
      g_assert_true (ew_chart_read (EW_CHART_WEIGHTS, curves, 0, epoch, &low, &high));
      g_assert_true (low == thin && high == thick);
    }
  g_assert_false (ew_chart_read (EW_CHART_LOSS, curves, 0, 0, &low, &high));
  g_assert_false (ew_chart_read (EW_CHART_LOSS, curves, 0, epochs + 1, &low, &high));
  g_assert_false (ew_chart_read (EW_CHART_LOSS, NULL, 0, 1, &low, &high));

  g_autofree char *one = ew_chart_read_text (0.25, 0.25);
  g_autofree char *same = ew_chart_read_text (0.25, 0.25 + 1e-12);
  g_autofree char *two = ew_chart_read_text (0.25, 0.5);

  g_assert_cmpstr (one, ==, "0.25");
  g_assert_cmpstr (two, ==, "0.25 … 0.5");
  g_assert_null (strstr (same, "…"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/chart-axes/places", test_places);
  g_test_add_func ("/chart-axes/axes", test_axes);
  g_test_add_func ("/chart-axes/runs", test_runs);
  g_test_add_func ("/chart-axes/optimum", test_optimum);
  g_test_add_func ("/chart-axes/cursors", test_cursors);
  g_test_add_func ("/chart-axes/read", test_read);
  return g_test_run ();
}
