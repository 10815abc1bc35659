/* EwChartBuffer's inside: a curve on its way from points to pixels. */
#pragma once

#include "ui/paint/chart-internal.h"

G_BEGIN_DECLS

/* Points that share a device pixel: @n of them from @point on; where they begin and end, in device pixels of the plot.
 * The same for all curves. */
typedef struct
{
  int point;
  int n;
  double first_x;
  double last_x;
} EwChartSlot;

/* What a curve covers from first_x to last_x, in device pixels of the plot, y downwards; top and bottom NaN: a gap. */
typedef struct
{
  double first_x;
  double last_x;
  double top;
  double bottom;
} EwChartColumn;

/* A corner of a line, in the same place; y NaN: the line is interrupted. */
typedef struct
{
  double x;
  double y;
} EwChartVertex;

struct _EwChartBuffer
{
  cairo_surface_t *surface;
  GArray *slots;    /* EwChartSlot */
  GArray *columns;  /* EwChartColumn, one a slot */
  GArray *vertices; /* EwChartVertex */
  GArray *tops;     /* float: first row that is covered in each device column; likewise bottoms, the last */
  GArray *bottoms;
};

/* Lines of the chart: one for the loss, one a weight. */
int ew_chart_n_lines (const EwChartPaint *paint);

/* Which lines are drawn, and as what: of another run whose colour is @run (−1: of the present one), and only one of them
 * (−1: all). */
typedef struct
{
  int run;
  int only;
} EwChartLines;

gboolean ew_chart_draws_line (const EwChartLines *lines, int line);

/* Width of a line in units, and its colour. */
double ew_chart_line_width (const EwChartPaint *paint, const EwChartLines *lines, int line);
EwColor ew_chart_line_color (const EwChartPaint *paint, const EwChartLines *lines, int line);

/* Fills buffer->slots. */
void ew_chart_make_slots (const EwChartPaint *paint, const EwChartFrame *frame, double scale, EwChartBuffer *buffer);

/* Fills buffer->columns with a line: the extremes of the points of each slot. */
void ew_chart_make_columns (const EwChartPaint *paint, const EwChartFrame *frame, double scale, int line,
                            EwChartBuffer *buffer);

/* Appends the line through buffer->columns to buffer->vertices, without the corners that nobody would see. It ends with
 * an interruption. */
void ew_chart_make_vertices (EwChartBuffer *buffer);

/* Fills all lines straight into pixels and paints those. Costs the same however many corners the lines have. */
void ew_chart_paint_pixels (cairo_t *cr, const EwChartPaint *paint, const EwChartLines *lines, const EwChartFrame *frame,
                            double scale, EwChartBuffer *buffer);

G_END_DECLS
