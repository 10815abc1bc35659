/* What the tests of the three custom widgets share: each with something to show, and all together. */
#pragma once

#include "tests/widget-fixtures.h"
#include "ui/chart-view.h"
#include "ui/kernel-view.h"
#include "ui/plane-view.h"

/* Longer than descriptions wait (settle.c). */
#define SETTLED 700

/* Something to show. */
EwGrid *make_grid (int height, int width, float low, float high);
EwKernel *make_kernel (int height, int width);
EwCurves *make_curves (int n_weights, int epochs);

/* Shows a plane as it is. */
void show (GtkWidget *view, EwGrid *grid);

/* Each kind of widget, showing that. */
GtkWidget *plane_view (EwGrid *grid, gboolean is_signed);
GtkWidget *kernel_view (EwKernel *kernel, gboolean bias);
GtkWidget *chart_view (EwChartKind kind, EwCurves *curves);

/* All three kinds of widgets, with data that tries them. */
GtkWidget *gallery (void);

/* The cases, by what they try. */
void add_widgets_drawing_cases (void);
void add_widgets_looks_cases (void);
