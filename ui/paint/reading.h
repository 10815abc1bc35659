/* A box of values that are read off a picture, names to the left and values to the right. */
#pragma once

#include "ui/paint/style.h"

G_BEGIN_DECLS

typedef struct
{
  char *name;
  char *value;
  EwColor color; /* of the name */
} EwReadingRow;

/* Beside the vertical line at @x, on the side that has room, under the upper edge of the plot whose corner is (left,
 * top), of width × height. @size: of the text. */
void ew_paint_reading (cairo_t *cr, const EwPaintStyle *style, double size, const EwReadingRow *rows, int n, double x,
                       double left, double top, double width, double height);

/* A path, for whoever fills and strokes it. */
void ew_rounded_rectangle (cairo_t *cr, double x, double y, double width, double height, double radius);

G_END_DECLS
