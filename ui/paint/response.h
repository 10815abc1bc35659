/* Painting a frequency response: a square picture with axes in cycles a pixel, and its scale. */
#pragma once

#include "engine/response.h"
#include "ui/paint/colormap.h"

G_BEGIN_DECLS

/**
 * EwResponsePaint:
 * @response: |H| as of ew_response_new; NULL: only the axes
 * @high: the value at the scale's end; it begins at 0
 * @style: colours, font, scale
 * @marked: whether the frequency of (@column, @row) of the response is marked
 */
typedef struct
{
  const EwGrid *response;
  double high;
  const EwPaintStyle *style;
  gboolean marked;
  int column;
  int row;
} EwResponsePaint;

/**
 * EwResponseBox:
 * @x: left edge of the picture, in units; likewise @y
 * @side: its width and height
 */
typedef struct
{
  double x;
  double y;
  double side;
} EwResponseBox;

/* From the ground's colour at 0 to the strongest of the positive side of the diverging map. Static. */
const EwColormap *ew_colormap_magnitude (gboolean dark);

/* Where the picture lies in width × height units. */
void ew_response_box (const EwResponsePaint *paint, double width, double height, EwResponseBox *box);

/* The column and row of the response under (x, y). FALSE outside the picture. */
gboolean ew_response_box_find (const EwResponseBox *box, double x, double y, int *column, int *row);

/* Paints into width × height units from the origin. */
void ew_paint_response (cairo_t *cr, const EwResponsePaint *paint, double width, double height);

G_END_DECLS
