/* EwHistogramView: a widget that shows how the values of a plane are spread, with the colours of the pane they are in.
 */
#pragma once

#include "engine/histogram.h"
#include "ui/plane-view.h"

G_BEGIN_DECLS

#define EW_TYPE_HISTOGRAM_VIEW (ew_histogram_view_get_type ())
G_DECLARE_FINAL_TYPE (EwHistogramView, ew_histogram_view, EW, HISTOGRAM_VIEW, GtkWidget)

/* @colours_of: the pane whose colours stand under the bars; outlives the widget's use. */
GtkWidget *ew_histogram_view_new (EwPlaneView *colours_of);

/* NULL: nothing yet. Takes a reference. */
void ew_histogram_view_set_histogram (EwHistogramView *view, EwHistogram *histogram);

/* "−1 to 1 · mean 0 · median 0", and "all 42 values · 0 % clipped · 3 not finite". Transfer full. */
char *ew_histogram_describe_values (const EwHistogram *histogram);
char *ew_histogram_describe_counts (const EwHistogram *histogram);

G_END_DECLS
