/* Painting training's curves: the loss on a log or linear axis, or one line a weight; other runs behind them. */
#pragma once

#include "engine/history.h"
#include "ui/paint/style.h"

G_BEGIN_DECLS

typedef enum
{
  EW_CHART_LOSS,
  EW_CHART_WEIGHTS,
} EwChartKind;

/* Pixels that are used again from frame to frame; one for each chart on screen. */
typedef struct _EwChartBuffer EwChartBuffer;

EwChartBuffer *ew_chart_buffer_new (void);
void ew_chart_buffer_free (EwChartBuffer *buffer);

/* Other runs that can be told apart by their colours. */
#define EW_CHART_RUNS_MAX 8

/* The colour of what is held out of the present run: that of text. Its name is written over the plot. */
#define EW_CHART_HELD EW_CHART_RUNS_MAX

/* Another run that is drawn behind the present one: its curves, 0 … EW_CHART_RUNS_MAX − 1 or EW_CHART_HELD for its colour,
 * and its name. */
typedef struct
{
  const EwCurves *curves;
  int color;
  const char *name;
} EwChartRun;

/**
 * EwChartPaint:
 * @kind: what is drawn
 * @linear: the loss on a linear axis; otherwise on a log one
 * @log_epochs: the epochs on a log axis
 * @curves: the data; NULL or without points: if there are no runs either @empty_text is drawn
 * @runs: @n_runs others. Of more than EW_CHART_NAMED_MAX weights only the highlighted one is drawn for them
 * @optimum: where the lines are to end, drawn dashed: one value for the loss, one for each weight; may be NULL
 * @past: @shown_epoch is marked
 * @hover: the epoch whose values are read off in a box; 0: none
 * @exact: its exact values, the loss and then each weight, where they are known; else what the curves say is read
 * @kernel_width: columns of the kernel, to name taps "K[0,1]"; 0: "w0", "w1", …
 * @kernel_taps: curves from this one on are the bias; 0: all are taps
 * @highlight: the weight whose line stands out, or −1
 * @epoch_limit: where the run ends, so that the axis may show it from the start; 0: not known
 * @title: drawn over the plot; may be NULL
 * @epoch_title: drawn at the end of the epoch axis; may be NULL
 * @empty_text: said while there is nothing to draw; may be NULL
 * @style: colours, font, scale
 * @buffer: NULL: made for the call
 */
typedef struct
{
  EwChartKind kind;
  gboolean linear;
  gboolean log_epochs;
  const EwCurves *curves;
  const EwChartRun *runs;
  int n_runs;
  const double *optimum;
  gboolean past;
  guint64 shown_epoch;
  guint64 hover;
  const double *exact;
  int kernel_width;
  int kernel_taps;
  int highlight;
  guint64 epoch_limit;
  const char *title;
  const char *epoch_title;
  const char *empty_text;
  const EwPaintStyle *style;
  EwChartBuffer *buffer;
} EwChartPaint;

/**
 * EwChartFrame:
 * @x: left edge of the plot inside the axes, in units; likewise @y, @width and @height
 * @first_epoch: epoch at the left edge
 * @last_epoch: epoch at the right edge, > first_epoch
 * @low: value at the bottom edge: of the weight, of the loss or of its log10
 * @high: value at the top edge, > low
 * @log_epochs: the epochs' axis is logarithmic, and first_epoch ≥ 1
 * @log_span: then log(last_epoch/first_epoch)
 *
 * Where data lies: epoch e is at x + width·(e − first_epoch)/(last_epoch − first_epoch), on a log axis the same of the
 * logarithms.
 */
typedef struct
{
  double x;
  double y;
  double width;
  double height;
  double first_epoch;
  double last_epoch;
  double low;
  double high;
  gboolean log_epochs;
  double log_span;
} EwChartFrame;

/* The frame that ew_paint_chart uses; FALSE where there is nothing to draw or no room for it. */
gboolean ew_chart_frame (const EwChartPaint *paint, double width, double height, EwChartFrame *frame);

/* The place of an epoch along x, and the nearest epoch ≥ 0 to a place in the plot, the first or last one beyond it. */
double ew_chart_epoch_x (const EwChartFrame *frame, double epoch);
guint64 ew_chart_epoch_at (const EwChartFrame *frame, double x);

/* What the curves say of a line (0 for the loss, else a weight) at an epoch: the extremes of the point that covers it,
 * which are one where that is the epoch alone. FALSE where nothing covers it, or nothing finite. */
gboolean ew_chart_read (EwChartKind kind, const EwCurves *curves, int line, guint64 epoch, double *low, double *high);

/* "0.305", or "0.1 … 0.4" where all that is known are extremes. Transfer full. */
char *ew_chart_read_text (double low, double high);

/* The name of a weight, "K[0, 1]" or "b", written into @buffer. */
char *ew_chart_weight_name (const EwChartPaint *paint, int weight, char *buffer, gsize size);

/* Paints into width × height units from the origin, never outside. A loss of zero lies on the bottom edge; what is not
 * finite leaves a gap. The extremes of every point are drawn however many points share a pixel. */
void ew_paint_chart (cairo_t *cr, const EwChartPaint *paint, double width, double height);

/* Whether drawing takes long enough to be noticed, and ew_chart_prepare is worth while: there are many weights. */
gboolean ew_chart_takes_long (const EwChartPaint *paint);

/* Draws a part of the lines of what ew_paint_chart with the same arguments would draw, until it is @until by the monotonic
 * clock, and keeps them in paint->buffer, which is needed, as is the style's scale. TRUE when they are all there: then
 * ew_paint_chart only copies them. What was prepared before stays until then, for the picture that is of it. */
gboolean ew_chart_prepare (const EwChartPaint *paint, double width, double height, gint64 until);

/* Colour of a run. */
EwColor ew_chart_run_color (const EwPaintStyle *style, int color);

/* Colour of weight @index of @n. */
EwColor ew_chart_weight_color (const EwPaintStyle *style, int index, int n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwChartBuffer, ew_chart_buffer_free)

G_END_DECLS
