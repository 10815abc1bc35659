/* The contours of a quadratic loss: ellipses, or pairs of lines, of which only what is near the box is drawn. */
#include "ui/paint/surface-internal.h"

#include <math.h>

/* Corners along each coordinate, and how far outside the box contours are cut. */
#define STEPS  64
#define BEYOND 6.0

/* Curvatures up to this part of the larger one are what rounding leaves of none. */
#define FLAT 1e-13

void
ew_conic_init (EwConic *c, const EwSurfacePaint *paint, const EwSurfaceBox *box)
{
  const EwSurfaceMap *map = paint->map;
  double sx = box->width / (paint->frame.high.a - paint->frame.low.a);
  double sy = box->height / (paint->frame.high.b - paint->frame.low.b);
  double xx = map->scale * map->surface->uu / (sx * sx);
  /* b goes upwards, y downwards. */
  double xy = -map->scale * map->surface->uv / (sx * sy);
  double yy = map->scale * map->surface->vv / (sy * sy);
  double angle = atan2 (2 * xy, xx - yy) / 2;

  c->x = ew_surface_x (paint, box, map->lowest.a);
  c->y = ew_surface_y (paint, box, map->lowest.b);
  c->ex = cos (angle);
  c->ey = sin (angle);
  c->most = xx * c->ex * c->ex + 2 * xy * c->ex * c->ey + yy * c->ey * c->ey;
  c->least = xx * c->ey * c->ey - 2 * xy * c->ex * c->ey + yy * c->ex * c->ex;
  if (!(c->least > FLAT * c->most))
    c->least = 0;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double difference = *(const double *)a - *(const double *)b;

  return (difference > 0) - (difference < 0);
}

/* The places along t at which the outline has corners: evenly along t, and so that they are even along s too, where it
 * runs that way. */
static int
find_steps (double wide, double tall, double s0, double t0, double reach, double *steps)
{
  double low = fmax (-tall, t0 - reach), high = fmin (tall, t0 + reach);
  double near = fabs (s0) > reach ? fabs (s0) - reach : 0;
  double far = fmin (fabs (s0) + reach, wide);
  int n = 0;

  if (!(low < high))
    return 0;
  for (int k = 0; k <= STEPS; k++)
    steps[n++] = k == STEPS ? high : low + (high - low) * k / STEPS;
  for (int k = 0; k <= STEPS && isfinite (tall) && near < far; k++)
    {
      double s = (near + (far - near) * k / STEPS) / wide;
      double t = tall * sqrt (fmax (0, 1 - s * s));

      if (t > low && t < high)
        steps[n++] = t;
      if (-t > low && -t < high)
        steps[n++] = -t;
    }
  qsort (steps, n, sizeof *steps, compare);
  return n;
}

int
ew_conic_outline (const EwConic *c, const EwSurfaceBox *box, double excess, double *corners)
{
  double mx = box->x + box->width / 2 - c->x, my = box->y + box->height / 2 - c->y;
  double s0 = mx * c->ex + my * c->ey, t0 = my * c->ex - mx * c->ey;
  double reach = hypot (box->width, box->height) / 2 + BEYOND;
  double wide = sqrt (excess / c->most), tall = c->least > 0 ? sqrt (excess / c->least) : INFINITY;
  double steps[3 * (STEPS + 1)];
  int n = c->most > 0 ? find_steps (wide, tall, s0, t0, reach, steps) : 0;

  for (int k = 0; k < 2 * n; k++)
    {
      double t = steps[k < n ? k : 2 * n - 1 - k];
      double part = isfinite (tall) ? t / tall : 0;
      double s = (k < n ? 1 : -1) * wide * sqrt (fmax (0, 1 - part * part));

      /* What is cut lies outside the box. */
      s = CLAMP (s, s0 - reach, s0 + reach);
      corners[2 * k] = c->x + s * c->ex - t * c->ey;
      corners[2 * k + 1] = c->y + s * c->ey + t * c->ex;
    }
  return 2 * n;
}
