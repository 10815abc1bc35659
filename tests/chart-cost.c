/* What drawing the curves of a long run costs: taking them from the history, and painting the loss and the weights, when they
 * are new and again.
 *
 *   chart-cost [EPOCHS]    a run of EPOCHS (10000000) epochs, in charts of 640 × 200 units and of 1600 × 400
 */
#include "engine/history.h"
#include "engine/random.h"
#include "ui/paint/chart.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define TIMES     41
#define FONT_SIZE 14.0

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *)a;
  double y = *(const double *)b;

  return (x > y) - (x < y);
}

/* Milliseconds since @start. */
static double
since (gint64 start)
{
  return (double)(g_get_monotonic_time () - start) * 1e-3;
}

static void
print_times (const char *title, double *times)
{
  qsort (times, TIMES, sizeof *times, compare_doubles);
  printf ("%-64s %8.3f %8.3f\n", title, times[TIMES / 2], times[TIMES - 1]);
}

/* Every epoch's loss and weights are noise about a line that bends: no two points are alike, and none can be left out. */
static EwHistory *
record (int n_weights, guint64 epochs)
{
  EwHistory *history = ew_history_new (n_weights);
  g_autofree double *weights = g_new (double, n_weights);
  EwRandom random = 3;

  for (guint64 epoch = 1; epoch <= epochs; epoch++)
    {
      double bend = 1 - 1 / (1 + 1e-5 * (double)epoch);
      double noise = ew_random_uniform (&random);

      for (int w = 0; w < n_weights; w++)
        weights[w] = (w + bend + 0.2 * noise) / n_weights;
      ew_history_add (history, epoch, (1.001 - bend) * (1 + noise), weights);
    }
  return history;
}

/* Again and again; @history: new curves each time, as while training, NULL: the same ones. */
static void
paint (EwCurves *curves, const EwHistory *history, EwChartKind kind, gboolean log_epochs, int width, int height)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (surface);
  g_autoptr (EwChartBuffer) buffer = ew_chart_buffer_new ();
  g_autofree char *title
      = g_strdup_printf ("  %s of %d, %s, %s epochs, %d × %d", kind == EW_CHART_LOSS ? "loss" : "weights", curves->n_weights,
                         history != NULL ? "new" : "again", log_epochs ? "log" : "linear", width, height);
  EwPaintStyle style;
  EwChartPaint chart = { .kind = kind,
                         .log_epochs = log_epochs,
                         .curves = curves,
                         .highlight = -1,
                         .title = "Curves",
                         .epoch_title = "epoch",
                         .style = &style,
                         .buffer = buffer };
  double times[TIMES];

  ew_paint_style_init (&style, FALSE, FONT_SIZE);
  /* Once to warm up: fonts are loaded, labels are set. */
  for (int k = -1; k < TIMES; k++)
    {
      g_autoptr (EwCurves) fresh = history == NULL ? ew_curves_ref (curves) : ew_history_curves (history);
      gint64 start = g_get_monotonic_time ();

      chart.curves = fresh;
      ew_paint_chart (cr, &chart, width, height);
      times[MAX (k, 0)] = since (start);
    }
  print_times (title, times);
  ew_paint_style_clear (&style);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static void
show_run (int n_weights, guint64 epochs)
{
  gint64 start = g_get_monotonic_time ();
  EwHistory *history = record (n_weights, epochs);
  double recorded = since (start);
  g_autoptr (EwCurves) curves = ew_history_curves (history);
  double times[TIMES];

  printf ("%d weights: %" G_GUINT64_FORMAT " epochs recorded at %.0f ns each, %d points\n", n_weights, epochs,
          recorded * 1e6 / (double)epochs, curves->n_points);
  for (int k = 0; k < TIMES; k++)
    {
      start = g_get_monotonic_time ();
      ew_curves_unref (ew_history_curves (history));
      times[k] = since (start);
    }
  print_times ("  curves taken, on the thread that trains", times);
  for (int log_epochs = 0; log_epochs < 2; log_epochs++)
    for (int size = 1; size <= 2; size++)
      {
        for (int again = 0; again < 2; again++)
          for (int kind = EW_CHART_LOSS; kind <= EW_CHART_WEIGHTS; kind++)
            paint (curves, again ? NULL : history, kind, log_epochs, size == 1 ? 640 : 1600, 200 * size);
      }
  ew_history_free (history);
}

int
main (int argc, char *argv[])
{
  static const int weights[] = { 2, 9, 49, 225 };
  guint64 epochs = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 10000000;

  printf ("%-64s %8s %8s\n", "ms", "median", "longest");
  for (guint k = 0; k < G_N_ELEMENTS (weights); k++)
    show_run (weights[k], epochs);
  return 0;
}
