/* Painting charts: places that follow from the data, extremes that survive any number of points, and odd data. */
#include "engine/history.h"
#include "engine/random.h"
#include "tests/paint-fixtures.h"
#include "ui/paint/chart.h"
#include "ui/paint/colormap.h"

#include <cairo-svg.h>
#include <math.h>
#include <string.h>

#define FONT_SIZE 14.0
#define WIDTH     400
#define HEIGHT    220

typedef double (*Run) (guint64 epoch, double *weights);

static EwCurves *
make_curves (Run run, int n_weights, guint64 epochs)
{
  g_autoptr (EwHistory) history = ew_history_new (n_weights);
  double weights[EW_CURVES_MAX] = { 0 };

  for (guint64 epoch = 1; epoch <= epochs; epoch++)
    {
      double loss = run (epoch, weights);

      ew_history_add (history, epoch, loss, weights);
    }
  return ew_history_curves (history);
}

static void
init_paint (EwChartPaint *paint, EwChartKind kind, const EwCurves *curves, EwPaintStyle *style)
{
  ew_paint_style_init (style, FALSE, FONT_SIZE);
  *paint = (EwChartPaint){ .kind = kind, .curves = curves, .highlight = -1, .style = style };
}

/* Paints and returns the frame. */
static void
paint_chart (EwCanvas *canvas, const EwChartPaint *paint, int scale, EwChartFrame *frame)
{
  ew_canvas_init (canvas, WIDTH, HEIGHT, scale);
  g_assert_true (ew_chart_frame (paint, WIDTH, HEIGHT, frame));
  ew_paint_chart (canvas->cr, paint, WIDTH, HEIGHT);
  ew_canvas_assert_guard (canvas, "chart");
}

static double
x_of (const EwChartFrame *frame, double epoch)
{
  return frame->x + frame->width * (epoch - frame->first_epoch) / (frame->last_epoch - frame->first_epoch);
}

static double
y_of (const EwChartFrame *frame, double value)
{
  return frame->y + frame->height * (frame->high - value) / (frame->high - frame->low);
}

/* Whether a line of that colour covers the device pixel that holds the point. Its middle lies at most 0.71 pixels from
 * the point and the line is 1.25 units wide or more: most of the colour is there. */
static gboolean
has_line (const EwCanvas *canvas, double x, double y, EwColor color)
{
  guint32 pixel = ew_canvas_pixel (canvas, (int)floor (x * canvas->scale), (int)floor (y * canvas->scale));

  return ew_pixels_near (pixel, ew_color_to_pixel (color), 110);
}

/* Device columns of the plot in which the colour is found. */
static gboolean
column_has (const EwCanvas *canvas, const EwChartFrame *frame, int column, EwColor color)
{
  for (int y = (int)floor (frame->y * canvas->scale); y < (frame->y + frame->height) * canvas->scale; y++)
    if (ew_pixels_near (ew_canvas_pixel (canvas, column, y), ew_color_to_pixel (color), 60))
      return TRUE;
  return FALSE;
}

/* --- runs */

static double
decay (guint64 epoch, double *weights)
{
  weights[0] = 1 - exp (-(double)epoch / 20);
  weights[1] = -0.5 * weights[0];
  weights[2] = 0.25;
  return 100 * exp (-(double)epoch / 10);
}

static double
spiky (guint64 epoch, double *weights)
{
  for (int w = 0; w < 9; w++)
    weights[w] = 0.01 * w;
  weights[4] = epoch == 70001 ? 3 : epoch == 20002 ? -2 : 0.1;
  return epoch == 30003 ? 1e6 : epoch == 60003 ? 1e-6 : 1;
}

static double
jumping (guint64 epoch, double *weights)
{
  for (int w = 0; w < 20; w++)
    weights[w] = w + ((epoch * 2654435761u + (guint64)w * 40503u) % 1000) / 1000.0;
  weights[3] = epoch == 2000 ? 60 : 3;
  return 1 + (double)((epoch * 2654435761u) % 1000);
}

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

/* Curves straight from points, without a history: @n_points of one epoch each. */
typedef void (*Points) (EwCurves *curves);

static EwCurves *
make_points (Points fill, int n_weights, int n_points)
{
  EwCurves *curves = g_new0 (EwCurves, 1);
  size_t n = (size_t)n_weights * n_points;

  ew_refs_init (&curves->refs);
  curves->n_points = n_points;
  curves->n_weights = n_weights;
  curves->first_epoch = 1;
  curves->span = 1;
  curves->last_epoch = n_points;
  curves->starts = g_new (guint64, n_points);
  for (int p = 0; p < n_points; p++)
    curves->starts[p] = 1 + (guint64)p;
  curves->loss_min = g_new0 (double, n_points);
  curves->loss_max = g_new0 (double, n_points);
  curves->weight_min = g_new0 (float, n);
  curves->weight_max = g_new0 (float, n);
  fill (curves);
  return curves;
}

/* Every point a band of its own: loss 10^-2 … 10^2, one weight −1 … 1. */
static void
noise (EwCurves *curves)
{
  EwRandom random = 31;

  for (int p = 0; p < curves->n_points; p++)
    {
      double a = ew_random_uniform (&random);
      double b = a + (1 - a) * pow (ew_random_uniform (&random), 4);

      curves->loss_min[p] = pow (10, 4 * a - 2);
      curves->loss_max[p] = pow (10, 4 * b - 2);
      for (int w = 0; w < curves->n_weights; w++)
        {
          curves->weight_min[(size_t)w * curves->n_points + p] = (float)(2 * a - 1);
          curves->weight_max[(size_t)w * curves->n_points + p] = (float)(2 * b - 1);
        }
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

/* Whether the line reaches a place: a pixel there, or one beside it, where its end is antialiased, has its colour. */
static gboolean
reaches (const EwCanvas *canvas, double x, double y, EwColor color)
{
  for (int dy = -1; dy <= 1; dy++)
    for (int dx = -1; dx <= 1; dx++)
      if (has_line (canvas, x + dx / (double)canvas->scale, y + dy / (double)canvas->scale, color))
        return TRUE;
  return FALSE;
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
  g_test_add_func ("/charts/extremes/spikes", test_spikes);
  g_test_add_func ("/charts/extremes/filled", test_filled);
  g_test_add_func ("/charts/extremes/nothing-lost", test_nothing_lost);
  g_test_add_func ("/charts/extremes/million", test_million);
  g_test_add_func ("/charts/many/lines", test_many_lines);
  g_test_add_func ("/charts/many/wild", test_many_wild);
  g_test_add_func ("/charts/many/recorded", test_recorded);
  g_test_add_func ("/charts/derived/negated", test_negated);
  g_test_add_func ("/charts/derived/repeated", test_repeated);
  g_test_add_func ("/charts/odd/log-axis", test_log_axis);
  g_test_add_func ("/charts/odd/huge", test_huge);
  g_test_add_func ("/charts/odd/tiny", test_tiny);
  g_test_add_func ("/charts/odd/gap", test_gap);
  g_test_add_func ("/charts/odd/zero", test_zero);
  g_test_add_func ("/charts/odd/one-point", test_one_point);
  g_test_add_func ("/charts/odd/empty", test_empty);
  g_test_add_func ("/charts/odd/fuzz", test_fuzz);
  g_test_add_func ("/charts/vector", test_vector);
  return g_test_run ();
}
