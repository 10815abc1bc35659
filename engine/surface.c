/* EwSurface: its six coefficients. */
#include "engine/surface.h"

#include "engine/quadratic-private.h"

#include <math.h>
#include <string.h>

static double
dot (const double *a, const double *b, int n)
{
  double sum = 0;

  for (int k = 0; k < n; k++)
    sum += a[k] * b[k];
  return sum;
}

/* Takes over the directions. */
static EwSurface *
new_along (EwQuadratic *q, const double *origin, double *u, double *v)
{
  EwSurface *s = g_new0 (EwSurface, 1);
  int n = q->n;
  g_autofree double *gradient = g_new (double, n);
  g_autofree double *product = g_new (double, n);

  s->n = n;
  s->origin = g_memdup2 (origin, n * sizeof (double));
  s->u = u;
  s->v = v;
  s->level = ew_quadratic_loss (q, origin);
  ew_quadratic_gradient (q, origin, gradient);
  s->slope_u = dot (gradient, u, n);
  s->slope_v = dot (gradient, v, n);
  ew_quadratic_multiply (q, u, product);
  s->uu = dot (product, u, n);
  s->uv = dot (product, v, n);
  ew_quadratic_multiply (q, v, product);
  s->vv = dot (product, v, n);
  return s;
}

EwSurface *
ew_surface_new_taps (EwQuadratic *q, const double *origin, int first, int second)
{
  double *u = g_new0 (double, q->n);
  double *v = g_new0 (double, q->n);

  u[first] = v[second] = 1;
  return new_along (q, origin, u, v);
}

EwSurface *
ew_surface_new_eigen (EwQuadratic *q, const double *origin, int first, int second, GError **error)
{
  size_t bytes = q->n * sizeof (double);

  if (q->n > EW_QUADRATIC_EIGEN_MAX)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_UNSUPPORTED,
                   "The loss over eigenvectors is shown for up to %d weights; this kernel has %d.",
                   EW_QUADRATIC_EIGEN_MAX, q->n);
      return NULL;
    }
  if (!ew_quadratic_eigen (q, error))
    return NULL;
  return new_along (q, origin, g_memdup2 (q->vectors + (size_t)(q->n - 1 - first) * q->n, bytes),
                    g_memdup2 (q->vectors + (size_t)(q->n - 1 - second) * q->n, bytes));
}

void
ew_surface_free (EwSurface *surface)
{
  if (surface == NULL)
    return;
  g_free (surface->origin);
  g_free (surface->u);
  g_free (surface->v);
  g_free (surface);
}

double
ew_surface_loss (const EwSurface *s, double a, double b)
{
  double loss = s->level + s->slope_u * a + s->slope_v * b + s->uu * a * a + 2 * s->uv * a * b + s->vv * b * b;

  return loss < 0 ? 0 : loss;
}

/* Curvatures up to this part of the larger one are what rounding leaves of none. */
#define FLAT 1e-13

void
ew_surface_lowest (const EwSurface *s, double *a, double *b)
{
  /* Along the axes of the ellipses: the angle of the one that curves most, and what lies along each. */
  double angle = atan2 (2 * s->uv, s->uu - s->vv) / 2;
  double c = cos (angle), d = sin (angle);
  double most = s->uu * c * c + 2 * s->uv * c * d + s->vv * d * d;
  double least = s->uu * d * d - 2 * s->uv * c * d + s->vv * c * c;
  double along = most > 0 ? -(s->slope_u * c + s->slope_v * d) / (2 * most) : 0;
  double across = least > FLAT * most ? -(s->slope_v * c - s->slope_u * d) / (2 * least) : 0;

  *a = along * c - across * d;
  *b = along * d + across * c;
}

void
ew_surface_place (const EwSurface *s, const double *params, double *a, double *b, double *distance)
{
  double square = 0;

  *a = *b = 0;
  for (int k = 0; k < s->n; k++)
    {
      *a += (params[k] - s->origin[k]) * s->u[k];
      *b += (params[k] - s->origin[k]) * s->v[k];
    }
  for (int k = 0; k < s->n; k++)
    {
      double off = params[k] - s->origin[k] - *a * s->u[k] - *b * s->v[k];

      square += off * off;
    }
  *distance = sqrt (square);
}
