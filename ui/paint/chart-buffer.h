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

/* Which lines are drawn, and as what: of another run whose colour is @run (−1: of the present one), and only one of them
 * (−1: all). */
typedef struct
{
  int run;
  int only;
} EwChartLines;

/* All that the pixels of lines depend on; holds the curves. */
typedef struct
{
  const EwCurves *curves; /* NULL: there are no pixels */
  EwChartKind kind;
  EwChartLines lines;
  EwChartFrame frame;
  double scale;
  int highlight;
  gboolean dark;
  EwColor accent;
} EwChartLayerKey;

/* Rows over and under the plot, in units, so that a line on its edge keeps its width. */
#define EW_CHART_OVER 3.0

/* Lines as pixels, those up to @done of them. */
typedef struct
{
  EwChartLayerKey key;
  cairo_surface_t *surface;
  int done;
} EwChartLayer;

/* The finite extremes of the weights of curves: ∞ and −∞ where there are none. */
typedef struct
{
  const EwCurves *curves; /* held; NULL: of nothing */
  float low;
  float high;
} EwChartExtent;

struct _EwChartBuffer
{
  EwChartLayer shown; /* the present run's lines */
  EwChartLayer draft; /* those to come */
  EwChartLayer other; /* another run's, for a moment */
  EwChartExtent extents[2];
  int next_extent;
  GArray *slots;    /* EwChartSlot */
  GArray *columns;  /* EwChartColumn, one a slot */
  GArray *vertices; /* EwChartVertex */
  GArray *tops;     /* float: first row that is covered in each device column; likewise bottoms, the last */
  GArray *bottoms;
};

/* Lines of the chart: one for the loss, one a weight. */
int ew_chart_n_lines (const EwChartPaint *paint);

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

/* Lines of the chart that are filled as pixels, which costs the same however many corners they have. A layer is emptied for
 * its key; FALSE where there is no memory for it. Then one line after the other is filled. */
gboolean ew_chart_layer_clear (EwChartLayer *layer);
void ew_chart_fill_line (EwChartLayer *layer, const EwChartPaint *paint, int line, EwChartBuffer *buffer);

/* Fills what is not filled yet and paints the pixels. */
void ew_chart_paint_pixels (cairo_t *cr, const EwChartPaint *paint, const EwChartLines *lines, const EwChartFrame *frame,
                            double scale, EwChartBuffer *buffer);

/* Lets surface and curves go. */
void ew_chart_layer_free_parts (EwChartLayer *layer);

/* The finite extremes of @n values of the weights from @first on. */
void ew_chart_weight_extent (const EwCurves *curves, size_t first, size_t n, EwChartExtent *extent);

/* Those of all; looked up once for curves that come again. @buffer may be NULL. */
void ew_chart_weights_extent (const EwCurves *curves, EwChartBuffer *buffer, EwChartExtent *extent);

G_END_DECLS
