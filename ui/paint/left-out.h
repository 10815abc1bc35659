/* Pixels that are left out of learning, hatched over a plane. */
#pragma once

#include "engine/grid.h"
#include "ui/paint/plane.h"

G_BEGIN_DECLS

/* Which of rows × columns dots, the first of them the block (row, column) of @block × @block pixels, are left out: those of
 * which most pixels have the weight 0 in @mask (at most nine of a block are looked at). A surface of that size, opaque there;
 * NULL where none is. Transfer full. */
cairo_surface_t *ew_left_out_new (const EwGrid *mask, int block, int row, int column, int rows, int columns);

/* Hatches them where @box says that the dots lie, within width × height units from the origin. */
void ew_paint_left_out (cairo_t *cr, const EwPaintStyle *style, cairo_surface_t *left_out, const EwPlaneBox *box, double width,
                        double height);

G_END_DECLS
