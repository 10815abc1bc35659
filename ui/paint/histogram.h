/* Painting a histogram: bars whose height is the logarithm of the count, over a strip with the picture's colours. */
#pragma once

#include "engine/histogram.h"
#include "ui/paint/colormap.h"

G_BEGIN_DECLS

/**
 * EwHistogramPaint:
 * @histogram: what is painted; NULL: nothing
 * @map: the picture's colours; likewise @range, what they cover
 */
typedef struct
{
  const EwHistogram *histogram;
  const EwPaintStyle *style;
  const EwColormap *map;
  EwRange range;
} EwHistogramPaint;

/**
 * EwHistogramBox:
 * @x: left edge of the bars' plot, in units; likewise @y, @width and @height
 * @values: what its width covers; at least eight bins
 * @most: the count at its upper edge
 */
typedef struct
{
  double x;
  double y;
  double width;
  double height;
  EwRange values;
  gint64 most;
} EwHistogramBox;

/* Where the plot lies in width × height units. FALSE where there is no room, or nothing to paint. */
gboolean ew_histogram_box (const EwHistogramPaint *paint, double width, double height, EwHistogramBox *box);

/* Where a value lies. */
double ew_histogram_box_x (const EwHistogramBox *box, double value);

/* How high a count's bar is, of the plot's height: log (1 + count) / log (1 + most), so that one value is seen beside
 * millions. */
double ew_histogram_box_share (const EwHistogramBox *box, gint64 count);

/* Paints into width × height units from the origin. Bars of values that the colours do not cover are red. */
void ew_paint_histogram (cairo_t *cr, const EwHistogramPaint *paint, double width, double height);

G_END_DECLS
