/* Made-up runs as curves, and where their lines are in a picture. */
#include "engine/history.h"
#include "engine/random.h"
#include "tests/chart-fixtures.h"
#include "ui/paint/colormap.h"

#include <math.h>

EwCurves *
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

void
init_paint (EwChartPaint *paint, EwChartKind kind, const EwCurves *curves, EwPaintStyle *style)
{
  ew_paint_style_init (style, FALSE, FONT_SIZE);
  *paint = (EwChartPaint){ .kind = kind, .curves = curves, .highlight = -1, .style = style };
}

void
paint_chart (EwCanvas *canvas, const EwChartPaint *paint, int scale, EwChartFrame *frame)
{
  ew_canvas_init (canvas, WIDTH, HEIGHT, scale);
  g_assert_true (ew_chart_frame (paint, WIDTH, HEIGHT, frame));
  ew_paint_chart (canvas->cr, paint, WIDTH, HEIGHT);
  ew_canvas_assert_guard (canvas, "chart");
}

double
x_of (const EwChartFrame *frame, double epoch)
{
  return frame->x + frame->width * (epoch - frame->first_epoch) / (frame->last_epoch - frame->first_epoch);
}

double
y_of (const EwChartFrame *frame, double value)
{
  return frame->y + frame->height * (frame->high - value) / (frame->high - frame->low);
}

gboolean
has_line (const EwCanvas *canvas, double x, double y, EwColor color)
{
  guint32 pixel = ew_canvas_pixel (canvas, (int)floor (x * canvas->scale), (int)floor (y * canvas->scale));

  return ew_pixels_near (pixel, ew_color_to_pixel (color), 110);
}

gboolean
column_has (const EwCanvas *canvas, const EwChartFrame *frame, int column, EwColor color)
{
  for (int y = (int)floor (frame->y * canvas->scale); y < (frame->y + frame->height) * canvas->scale; y++)
    if (ew_pixels_near (ew_canvas_pixel (canvas, column, y), ew_color_to_pixel (color), 60))
      return TRUE;
  return FALSE;
}

/* --- runs */

double
decay (guint64 epoch, double *weights)
{
  weights[0] = 1 - exp (-(double)epoch / 20);
  weights[1] = -0.5 * weights[0];
  weights[2] = 0.25;
  return 100 * exp (-(double)epoch / 10);
}

double
jumping (guint64 epoch, double *weights)
{
  for (int w = 0; w < 20; w++)
    weights[w] = w + ((epoch * 2654435761u + (guint64)w * 40503u) % 1000) / 1000.0;
  weights[3] = epoch == 2000 ? 60 : 3;
  return 1 + (double)((epoch * 2654435761u) % 1000);
}

/* --- extremes */

EwCurves *
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

void
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

gboolean
reaches (const EwCanvas *canvas, double x, double y, EwColor color)
{
  for (int dy = -1; dy <= 1; dy++)
    for (int dx = -1; dx <= 1; dx++)
      if (has_line (canvas, x + dx / (double)canvas->scale, y + dy / (double)canvas->scale, color))
        return TRUE;
  return FALSE;
}
