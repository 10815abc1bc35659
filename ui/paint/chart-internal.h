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

/* The step between labelled weights; between labelled epochs. */
double ew_chart_weight_step (const EwPaintStyle *style, EwRange range, double height);
double ew_chart_epoch_step (const EwPaintStyle *style, const EwChartFrame *frame);

/* Width of the widest label on the value axis. */
double ew_chart_label_width (const EwChartPaint *paint, const EwChartFrame *frame);

/* Grid lines, labels and titles. */
void ew_chart_paint_axes (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame, double scale);

/* The curves. */
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
