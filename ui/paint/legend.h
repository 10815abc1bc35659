/* The strip beside a plane that says which colour is which value. */
#pragma once

#include "ui/paint/colormap.h"

G_BEGIN_DECLS

/* Width that the legend of this range takes, in units. */
double ew_legend_width (const EwPaintStyle *style, EwRange range);

/* A vertical strip, high values on top, with numbers at its ends and zero marked where it is inside, in width × height
 * units from the origin. */
void ew_paint_legend (cairo_t *cr, const EwPaintStyle *style, const EwColormap *map, EwRange range, double width,
                      double height);

G_END_DECLS
