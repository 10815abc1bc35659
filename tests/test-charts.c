/* Painting charts: places that follow from the data, extremes that survive any number of points, and odd data. */
#include "engine/history.h"
#include "engine/random.h"
#include "paint-fixtures.h"
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

/* --- odd data */

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
  g_test_add_func ("/charts/odd/gap", test_gap);
  g_test_add_func ("/charts/odd/zero", test_zero);
  g_test_add_func ("/charts/odd/one-point", test_one_point);
  g_test_add_func ("/charts/odd/empty", test_empty);
  g_test_add_func ("/charts/odd/fuzz", test_fuzz);
  g_test_add_func ("/charts/vector", test_vector);
  return g_test_run ();
}
