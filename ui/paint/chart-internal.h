/* What the parts of a chart's painting share. */
#pragma once

#include "ui/paint/chart.h"
#include "ui/paint/range.h"

G_BEGIN_DECLS

/* Curves up to this number (3×3 taps and a bias) are named at their ends and drawn in colours of their own. */
#define EW_CHART_NAMED_MAX 10

/* Size of the chart's small text, in units. */
double ew_chart_text_size (const EwPaintStyle *style);

/* The step between labelled decades of a log axis, or 0 where the axis is so short that 1, 2 and 5 are labelled. */
int ew_chart_decade_step (const EwChartFrame *frame);

/* The curves of a run, −1: the present one's; and whether they are drawn at all. */
const EwCurves *ew_chart_curves (const EwChartPaint *paint, int run);
gboolean ew_chart_draws_run (const EwChartPaint *paint, int run);
gboolean ew_chart_any_run (const EwChartPaint *paint);
gboolean ew_chart_has_points (const EwCurves *curves);

/* The only one of another run's lines that is drawn, −1: all. */
int ew_chart_only_line (const EwChartPaint *paint, const EwCurves *curves);

/* Whether the optimum of the weights is known and drawn. */
gboolean ew_chart_draws_optimum (const EwChartPaint *paint);

/* Whether the value axis is a log one. */
static inline gboolean
ew_chart_is_log (const EwChartPaint *paint)
{
  return paint->kind == EW_CHART_LOSS && !paint->linear;
}

/* The ranges of both axes; needs the frame's height. FALSE where nothing is finite. */
gboolean ew_chart_set_ranges (const EwChartPaint *paint, EwChartFrame *frame);

/* What lies behind the curves, and over them. */
void ew_chart_paint_runs (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame, double scale);
void ew_chart_paint_optimum (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame, double scale);
void ew_chart_paint_legend (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame);
void ew_chart_paint_cursors (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame, double scale);

/* The step between labelled values of a linear axis; between labelled epochs. */
double ew_chart_value_step (const EwPaintStyle *style, EwRange range, double height);
double ew_chart_epoch_step (const EwPaintStyle *style, const EwChartFrame *frame);

/* Width of the widest label on the value axis. */
double ew_chart_label_width (const EwChartPaint *paint, const EwChartFrame *frame);

/* Grid lines, labels and titles. */
void ew_chart_paint_axes (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame, double scale);

/* The curves of paint->curves: all lines, or the one. @run: the colour of another run, −1: the present one, whose lines have
 * colours of their own and whose loss has a dot at its end. */
void ew_chart_paint_run (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame, double scale, int run,
                         int only);
void ew_chart_paint_lines (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame, double scale);

/* What the value axis measures: a weight, or log10 of a loss (the bottom edge for a loss ≤ 0); NaN where it is not
 * finite.
 */
double ew_chart_axis_value (const EwChartPaint *paint, const EwChartFrame *frame, double value);

/* Its place in units. */
double ew_chart_y (const EwChartPaint *paint, const EwChartFrame *frame, double value);

/* Place of the first or of the last epoch of point @point on the x axis, in units. */
double ew_chart_x (const EwChartPaint *paint, const EwChartFrame *frame, int point, gboolean last);

G_END_DECLS
