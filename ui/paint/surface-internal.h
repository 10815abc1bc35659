/* What the parts of a surface's painting share. */
#pragma once

#include "ui/paint/surface.h"

G_BEGIN_DECLS

/**
 * EwConic:
 * @x, @y: in units: the lowest place
 * @ex, @ey: the direction, of length 1, in which the loss rises most; at right angles to it (−ey, ex) the least
 * @most: the reported loss is lowest + most·s² + least·t², with s along one and t along the other direction, in units
 * @least: 0 where it does not rise at all
 *
 * The loss around its lowest place as the picture shows it.
 */
typedef struct
{
  double x;
  double y;
  double ex;
  double ey;
  double most;
  double least;
} EwConic;

void ew_conic_init (EwConic *conic, const EwSurfacePaint *paint, const EwSurfaceBox *box);

/* Adds the contour of lowest + @excess (> 0) as a closed path; what lies far outside the box is cut off there. Returns
 * the corners in @corners, 2·EW_CONIC_CORNERS values at most; their number. */
#define EW_CONIC_CORNERS 400
int ew_conic_outline (const EwConic *conic, const EwSurfaceBox *box, double excess, double *corners);

/* Size of the small text. */
double ew_surface_text_size (const EwPaintStyle *style);

/* Where the word beside a mark stands, on the side that has room; FALSE where there is none. */
gboolean ew_surface_word_room (const EwSurfacePaint *paint, const EwSurfaceBox *box, EwSurfacePoint mark,
                               const char *word, EwSurfaceBox *room);

void ew_surface_paint_axes (cairo_t *cr, const EwSurfacePaint *paint, const EwSurfaceBox *box, double scale);
void ew_surface_paint_contours (cairo_t *cr, const EwSurfacePaint *paint, const EwSurfaceBox *box);
void ew_surface_paint_marks (cairo_t *cr, const EwSurfacePaint *paint, const EwSurfaceBox *box);

G_END_DECLS
