/* What the tests of the charts share: curves of made-up runs, painting them, and finding their lines again. */
#pragma once

#include "tests/paint-fixtures.h"
#include "ui/paint/chart.h"

#define FONT_SIZE 14.0
#define WIDTH     400
#define HEIGHT    220

/* A made-up run: the loss of an epoch, and its weights. */
typedef double (*Run) (guint64 epoch, double *weights);

/* So many epochs of it, recorded by a history. */
EwCurves *make_curves (Run run, int n_weights, guint64 epochs);

/* A light chart of those curves; the style is to be cleared. */
void init_paint (EwChartPaint *paint, EwChartKind kind, const EwCurves *curves, EwPaintStyle *style);

/* Paints and returns the frame. */
void paint_chart (EwCanvas *canvas, const EwChartPaint *paint, int scale, EwChartFrame *frame);

/* Where an epoch and a value are. */
double x_of (const EwChartFrame *frame, double epoch);
double y_of (const EwChartFrame *frame, double value);

/* Whether a line of that colour covers the device pixel that holds the point. Its middle lies at most 0.71 pixels from
 * the point and the line is 1.25 units wide or more: most of the colour is there. */
gboolean has_line (const EwCanvas *canvas, double x, double y, EwColor color);

/* Device columns of the plot in which the colour is found. */
gboolean column_has (const EwCanvas *canvas, const EwChartFrame *frame, int column, EwColor color);

/* One that falls evenly, and one with jumps. */
double decay (guint64 epoch, double *weights);
double jumping (guint64 epoch, double *weights);

/* Curves straight from points, without a history: @n_points of one epoch each. */
typedef void (*Points) (EwCurves *curves);
EwCurves *make_points (Points fill, int n_weights, int n_points);

/* Every point a band of its own: loss 10^-2 … 10^2, one weight −1 … 1. */
void noise (EwCurves *curves);

/* Whether the line reaches a place: a pixel there, or one beside it, where its end is antialiased, has its colour. */
gboolean reaches (const EwCanvas *canvas, double x, double y, EwColor color);

/* The cases, by what they try. */
void add_charts_extremes_cases (void);
void add_charts_odd_cases (void);
