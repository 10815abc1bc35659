/* EwSurface: the loss over a plane in the space of the weights, for contours and the path on them. */
#pragma once

#include "engine/quadratic.h"

G_BEGIN_DECLS

/**
 * EwSurface:
 * @n: parameters
 * @origin: n: where (0, 0) lies, most often the optimum
 * @u, @v: n each: the two directions, of length 1 and at right angles
 * @level: the summed loss at the origin
 * @slope_u, @slope_v, @uu, @uv, @vv: L(origin + a·u + b·v) = level + slope_u·a + slope_v·b + uu·a² + 2uv·ab + vv·b²
 *
 * Exact: the loss is quadratic. Over the eigenvectors of G uv is 0, and contours are ellipses along the axes.
 * Immutable.
 */
typedef struct
{
  int n;
  double *origin;
  double *u;
  double *v;
  double level;
  double slope_u;
  double slope_v;
  double uu;
  double uv;
  double vv;
} EwSurface;

/* Over two different parameters; transfer full. */
EwSurface *ew_surface_new_taps (EwQuadratic *q, const double *origin, int first, int second);

/* Over the eigenvectors of the @first-th and @second-th largest eigenvalue of G, counted from 0; transfer full. Errors
 * as ew_quadratic_at_epoch. */
EwSurface *ew_surface_new_eigen (EwQuadratic *q, const double *origin, int first, int second, GError **error);

void ew_surface_free (EwSurface *surface);

double ew_surface_loss (const EwSurface *surface, double a, double b);

/* The place of @params on the plane, which is the foot of the perpendicular from it, and their distance from there. */
void ew_surface_place (const EwSurface *surface, const double *params, double *a, double *b, double *distance);

/* The place with the least loss, the one nearest to (0, 0) where there are many. */
void ew_surface_lowest (const EwSurface *surface, double *a, double *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwSurface, ew_surface_free)

G_END_DECLS
