/* EwChartView: a widget that shows the loss or the weights over the epochs. */
#pragma once

#include "engine/history.h"
#include "ui/paint/chart.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define EW_TYPE_CHART_VIEW (ew_chart_view_get_type ())
G_DECLARE_FINAL_TYPE (EwChartView, ew_chart_view, EW, CHART_VIEW, GtkWidget)

/* The accessible name is "Loss" or "Weights"; the description says where the run is, or the values that are read off.
 * Emits "hovered" (guint64: the epoch under the pointer, or under the cursor that the arrow keys move; 0: none), for
 * ew_chart_view_set_hover of all charts, and "epoch-asked" (guint64) where one is pressed or confirmed with Return. */
GtkWidget *ew_chart_view_new (EwChartKind kind);

/* Shows @curves (a reference is taken; NULL: nothing yet). Cheap where it is the same as before. */
void ew_chart_view_set_curves (EwChartView *view, EwCurves *curves);

/* What the curves are of, to name weights: a kernel of height × width, "K[0,1]", then the bias. */
void ew_chart_view_set_kernel_size (EwChartView *view, int height, int width);

/* The epoch at which the run ends, 0 where it does not: a short run's axis shows all of it from the start. */
void ew_chart_view_set_epoch_limit (EwChartView *view, guint64 limit);

/* The weight whose line stands out (EwKernelView's selected), −1: none. */
void ew_chart_view_set_highlight (EwChartView *view, int weight);

/* The loss on a linear axis instead of a log one, the epochs on a log axis instead of a linear one. */
void ew_chart_view_set_axes (EwChartView *view, gboolean linear, gboolean log_epochs);

/* Other runs behind the present one, up to EW_CHART_RUNS_MAX; copied. */
void ew_chart_view_set_runs (EwChartView *view, const EwChartRun *runs, int n);

/* The loss of what is held out, drawn in a colour of its own with its name over the plot (a reference is taken; NULL: nothing
 * is). It comes with the training's curves and is drawn with them. */
void ew_chart_view_set_held (EwChartView *view, EwCurves *curves);

/* Where the lines lead to: the loss (one value), or each weight. @n 0: not known. Copied. */
void ew_chart_view_set_optimum (EwChartView *view, const double *values, int n);

/* Marks the epoch that is shown in place of the run's end. */
void ew_chart_view_set_past (EwChartView *view, gboolean past, guint64 shown_epoch);

/* Reads the values off at @epoch (0: none); @exact: the loss there and then each weight, n in all, 0: not known. */
void ew_chart_view_set_hover (EwChartView *view, guint64 epoch, const double *exact, int n);

/* What is said while there is nothing to draw. */
void ew_chart_view_set_empty_text (EwChartView *view, const char *text);

/* What else this frame shows leaves no time to draw on at lines that wait. Holds until it is said again. */
void ew_chart_view_set_crowded (EwChartView *view, gboolean crowded);

G_END_DECLS
