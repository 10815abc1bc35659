/* Painting training's curves: the loss on a log axis, or one line a weight. */
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

/**
 * EwChartPaint:
 * @kind: what is drawn
 * @curves: the data; NULL or without points: @empty_text is drawn
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
  const EwCurves *curves;
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
 * @low: value at the bottom edge: of the weight, or of log10 (loss)
 * @high: value at the top edge, > low
 *
 * Where data lies: epoch e is at x + width·(e − first_epoch)/(last_epoch − first_epoch).
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
} EwChartFrame;

/* The frame that ew_paint_chart uses; FALSE where there is nothing to draw or no room for it. */
gboolean ew_chart_frame (const EwChartPaint *paint, double width, double height, EwChartFrame *frame);

/* Paints into width × height units from the origin, never outside. A loss of zero lies on the bottom edge; what is not
 * finite leaves a gap. The extremes of every point are drawn however many points share a pixel. */
void ew_paint_chart (cairo_t *cr, const EwChartPaint *paint, double width, double height);

/* Colour of weight @index of @n. */
EwColor ew_chart_weight_color (const EwPaintStyle *style, int index, int n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwChartBuffer, ew_chart_buffer_free)

G_END_DECLS
