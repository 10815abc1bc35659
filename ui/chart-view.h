/* EwChartView: a widget that shows the loss or the weights over the epochs. */
#pragma once

#include "engine/history.h"
#include "ui/paint/chart.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define EW_TYPE_CHART_VIEW (ew_chart_view_get_type ())
G_DECLARE_FINAL_TYPE (EwChartView, ew_chart_view, EW, CHART_VIEW, GtkWidget)

/* The accessible name is "Loss" or "Weights". */
GtkWidget *ew_chart_view_new (EwChartKind kind);

/* Shows @curves (a reference is taken; NULL: nothing yet). Cheap where it is the same as before. */
void ew_chart_view_set_curves (EwChartView *view, EwCurves *curves);

/* What the curves are of, to name weights: a kernel of height × width, "K[0,1]", then the bias. */
void ew_chart_view_set_kernel_size (EwChartView *view, int height, int width);

/* The epoch at which the run ends, 0 where it does not: a short run's axis shows all of it from the start. */
void ew_chart_view_set_epoch_limit (EwChartView *view, guint64 limit);

/* The weight whose line stands out (EwKernelView's selected), −1: none. */
void ew_chart_view_set_highlight (EwChartView *view, int weight);

/* What is said while there is nothing to draw. */
void ew_chart_view_set_empty_text (EwChartView *view, const char *text);

G_END_DECLS
