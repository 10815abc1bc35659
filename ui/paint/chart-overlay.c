/* A chart's other runs, the optimum, the mark of the shown epoch and the box of values read off. */
#include "ui/paint/chart-internal.h"
#include "ui/paint/number.h"
#include "ui/paint/reading.h"

#include <math.h>
#include <string.h>

#define DASH       5.0
#define DASH_WIDTH 1.25
#define MARK_WIDTH 1.5
#define DOT_RADIUS 2.75

/* The piece of a line in the legend, and the room between it and its name. */
#define GAP         6.0
#define LEGEND_LINE 16.0
#define HELD_WIDTH  1.5

/* Lines of the box: the epoch, and as many values. */
#define BOX_LINES_MAX (EW_CHART_NAMED_MAX + EW_CHART_RUNS_MAX + 3)
#define DIGITS        4

/* Losses this far below the largest are what float64 leaves of none. */
#define ROUNDING 1e-14

gboolean
ew_chart_draws_run (const EwChartPaint *paint, int run)
{
  const EwCurves *curves = ew_chart_curves (paint, run);

  if (!ew_chart_has_points (curves))
    return FALSE;
  if (run < 0 || paint->kind == EW_CHART_LOSS || curves->n_weights <= EW_CHART_NAMED_MAX)
    return TRUE;
  return paint->highlight >= 0 && paint->highlight < curves->n_weights;
}

int
ew_chart_only_line (const EwChartPaint *paint, const EwCurves *curves)
{
  return paint->kind == EW_CHART_LOSS || curves->n_weights <= EW_CHART_NAMED_MAX ? -1 : paint->highlight;
}

gboolean
ew_chart_draws_optimum (const EwChartPaint *paint)
{
  return paint->optimum != NULL && ew_chart_has_points (paint->curves)
         && (paint->kind == EW_CHART_LOSS || paint->curves->n_weights <= EW_CHART_NAMED_MAX || paint->highlight >= 0);
}

void
ew_chart_paint_runs (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame, double scale)
{
  for (int run = 0; run < paint->n_runs; run++)
    {
      EwChartPaint other = *paint;

      if (!ew_chart_draws_run (paint, run))
        continue;
      other.curves = paint->runs[run].curves;
      other.highlight = -1;
      ew_chart_paint_run (cr, &other, frame, scale, paint->runs[run].color,
                          ew_chart_only_line (paint, other.curves));
    }
}

/* The name of what is held out, at the right over the plot, with a piece of its line. */
void
ew_chart_paint_legend (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame)
{
  for (int run = 0; run < paint->n_runs && paint->title != NULL; run++)
    {
      double right = frame->x + frame->width;
      double size = ew_chart_text_size (paint->style);
      double height, width;

      if (paint->runs[run].color != EW_CHART_HELD || !ew_chart_draws_run (paint, run))
        continue;
      width = ew_paint_text_measure (paint->style, paint->runs[run].name, size, &height);
      if (right - width - LEGEND_LINE - GAP < frame->x + frame->width / 3)
        return;
      ew_paint_text (cr, paint->style, paint->runs[run].name, size, paint->style->foreground, right, 0, 1, 0);
      cairo_set_line_width (cr, HELD_WIDTH);
      cairo_move_to (cr, right - width - GAP - LEGEND_LINE, height / 2);
      cairo_rel_line_to (cr, LEGEND_LINE, 0);
      ew_color_set (paint->style->foreground, cr);
      cairo_stroke (cr);
    }
}

void
ew_chart_paint_optimum (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame, double scale)
{
  const double dashes[] = { DASH, DASH };
  int n = paint->kind == EW_CHART_LOSS ? 1 : paint->curves != NULL ? paint->curves->n_weights : 0;
  gboolean all = n <= EW_CHART_NAMED_MAX;

  if (!ew_chart_draws_optimum (paint))
    return;
  cairo_save (cr);
  cairo_rectangle (cr, frame->x, frame->y - 1, frame->width, frame->height + 2);
  cairo_clip (cr);
  cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0);
  cairo_set_line_width (cr, DASH_WIDTH);
  for (int line = 0; line < n; line++)
    {
      double value = paint->optimum[line];
      EwColor color = paint->kind == EW_CHART_LOSS ? paint->style->accent
                                                   : ew_chart_weight_color (paint->style, line, n);

      /* A loss of zero has no place on a log axis, and one that is rounding beside the first losses is zero. */
      if ((!all && line != paint->highlight) || !isfinite (value)
          || (ew_chart_is_log (paint) && !(value > ROUNDING * pow (10, frame->high))))
        continue;
      cairo_move_to (cr, frame->x, ew_chart_y (paint, frame, value));
      cairo_rel_line_to (cr, frame->width, 0);
      ew_color_set (color, cr);
      cairo_stroke (cr);
    }
  cairo_restore (cr);
}

gboolean
ew_chart_read (EwChartKind kind, const EwCurves *curves, int line, guint64 epoch, double *low, double *high)
{
  int p = ew_chart_has_points (curves) ? ew_curves_find (curves, epoch) : -1;
  size_t k = (size_t)line * (curves == NULL ? 0 : curves->n_points) + p;

  if (p < 0)
    return FALSE;
  *low = kind == EW_CHART_LOSS ? curves->loss_min[p] : (double)curves->weight_min[k];
  *high = kind == EW_CHART_LOSS ? curves->loss_max[p] : (double)curves->weight_max[k];
  return isfinite (*low) && isfinite (*high);
}

char *
ew_chart_read_text (double low, double high)
{
  char a[EW_NUMBER_SIZE];
  char b[EW_NUMBER_SIZE];

  ew_number_short (a, low, DIGITS);
  ew_number_short (b, high, DIGITS);
  return strcmp (a, b) == 0 ? g_strdup (a) : g_strdup_printf ("%s … %s", a, b);
}

typedef struct
{
  EwReadingRow rows[BOX_LINES_MAX];
  int n;
} Box;

/* A line's value at the hovered epoch: a row of the box and dots on the line. */
static void
add_line (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame, Box *box, const EwCurves *curves, int line,
          const char *name, EwColor color, const double *exact)
{
  double x = ew_chart_epoch_x (frame, (double)paint->hover);
  double low, high;

  if (!ew_chart_read (paint->kind, curves, line, paint->hover, &low, &high) || box->n == BOX_LINES_MAX)
    return;
  if (exact != NULL && isfinite (*exact))
    low = high = *exact;
  box->rows[box->n++] = (EwReadingRow){ g_strdup (name), ew_chart_read_text (low, high), color };
  ew_color_set (color, cr);
  for (int k = 0; k < (low == high ? 1 : 2); k++)
    {
      cairo_arc (cr, x, ew_chart_y (paint, frame, k == 0 ? low : high), DOT_RADIUS, 0, 2 * G_PI);
      cairo_fill (cr);
    }
}

/* Values of the present run and of the others, as many as are told apart by colour. */
static void
read_values (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame, Box *box)
{
  int n = !ew_chart_has_points (paint->curves) ? 0 : paint->kind == EW_CHART_LOSS ? 1 : paint->curves->n_weights;
  char name[32];

  for (int line = 0; line < n; line++)
    if (paint->kind == EW_CHART_LOSS)
      add_line (cr, paint, frame, box, paint->curves, line, paint->title != NULL ? paint->title : "", paint->style->accent, paint->exact);
    else if (n <= EW_CHART_NAMED_MAX || line == paint->highlight)
      add_line (cr, paint, frame, box, paint->curves, line, ew_chart_weight_name (paint, line, name, sizeof name),
                ew_chart_weight_color (paint->style, line, n), paint->exact == NULL ? NULL : paint->exact + 1 + line);
  for (int run = 0; run < paint->n_runs; run++)
    {
      int line = paint->kind == EW_CHART_LOSS ? 0 : paint->highlight;

      if (ew_chart_draws_run (paint, run) && line >= 0
          && (paint->kind == EW_CHART_LOSS || line < paint->runs[run].curves->n_weights))
        add_line (cr, paint, frame, box, paint->runs[run].curves, line, paint->runs[run].name,
                  ew_chart_run_color (paint->style, paint->runs[run].color), NULL);
    }
}

/* A line across the plot at an epoch; FALSE where that is outside. */
static gboolean
paint_mark (cairo_t *cr, const EwChartFrame *frame, double epoch, EwColor color, double width)
{
  double x = ew_chart_epoch_x (frame, epoch);

  if (x < frame->x - 0.5 || x > frame->x + frame->width + 0.5)
    return FALSE;
  cairo_rectangle (cr, x - width / 2, frame->y, width, frame->height);
  ew_color_set (color, cr);
  cairo_fill (cr);
  return TRUE;
}

void
ew_chart_paint_cursors (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame, double scale)
{
  char count[EW_NUMBER_SIZE];
  Box box = { .n = 1 };

  if (paint->past)
    paint_mark (cr, frame, (double)paint->shown_epoch, paint->style->foreground, MARK_WIDTH);
  if (paint->hover == 0 || !paint_mark (cr, frame, (double)paint->hover, paint->style->dim, 1))
    return;
  g_snprintf (count, sizeof count, "%" G_GUINT64_FORMAT, paint->hover);
  box.rows[0] = (EwReadingRow){ g_strdup (paint->epoch_title != NULL ? paint->epoch_title : ""), g_strdup (count),
                       paint->style->dim };
  read_values (cr, paint, frame, &box);
  ew_paint_reading (cr, paint->style, ew_chart_text_size (paint->style), box.rows, box.n,
                    ew_chart_epoch_x (frame, (double)paint->hover), frame->x, frame->y, frame->width, frame->height);
  for (int k = 0; k < box.n; k++)
    {
      g_free (box.rows[k].name);
      g_free (box.rows[k].value);
    }
}
