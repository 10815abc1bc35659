/* Which contours are drawn: round values of the loss, close enough to tell the shape and no closer. */
#include "ui/paint/range.h"
#include "ui/paint/surface-internal.h"

#include <math.h>

/* The innermost contour is at least this long and this wide from its middle, in units. */
#define MIDDLE_LONG 13.0
#define MIDDLE_WIDE 1.25

/* With fewer levels than this round steps take the place of round ratios. */
#define FEW 4

/* Places along each edge at which the least loss of a box without the lowest place is looked for. */
#define EDGE_PLACES 32

static double
excess_at (const EwConic *c, double x, double y)
{
  double s = (x - c->x) * c->ex + (y - c->y) * c->ey;
  double t = (y - c->y) * c->ex - (x - c->x) * c->ey;

  return c->most * s * s + c->least * t * t;
}

/* The losses in the box beyond the lowest: from the least that is worth a contour. */
static EwRange
find_range (const EwConic *c, const EwSurfaceBox *box)
{
  gboolean inside = c->x >= box->x && c->x <= box->x + box->width && c->y >= box->y && c->y <= box->y + box->height;
  EwRange range = { INFINITY, 0 };

  for (int k = 0; k <= EDGE_PLACES; k++)
    for (int edge = 0; edge < 4; edge++)
      {
        double along = k / (double)EDGE_PLACES;
        double x = box->x + box->width * (edge < 2 ? along : edge - 2);
        double y = box->y + box->height * (edge < 2 ? edge : along);
        double excess = excess_at (c, x, y);

        range.low = fmin (range.low, excess);
        range.high = fmax (range.high, excess);
      }
  if (inside)
    range.low = fmax (c->most * MIDDLE_WIDE * MIDDLE_WIDE, c->least * MIDDLE_LONG * MIDDLE_LONG);
  return range;
}

static void
add (EwSurfaceLevels *levels, double loss, gboolean strong)
{
  levels->strong[levels->n] = strong;
  levels->loss[levels->n++] = loss;
}

/* 1, 2 and 5 times powers of ten, or only these, or every so many of them. FALSE where there are too many. */
static gboolean
add_ratios (EwSurfaceLevels *levels, EwRange range, int each, int decades)
{
  static const double digits[] = { 1, 2, 5 };
  int first = (int)floor (log10 (range.low)), last = (int)ceil (log10 (range.high));

  levels->n = 0;
  for (int decade = first; decade <= last; decade++)
    for (int k = 0; k < each; k++)
      {
        double value = digits[k] * pow (10, decade);

        if (value <= range.low || value >= range.high || decade % decades != 0)
          continue;
        if (levels->n == EW_SURFACE_LEVELS_MAX)
          return FALSE;
        add (levels, value, k == 0);
      }
  return TRUE;
}

static void
add_steps (EwSurfaceLevels *levels, EwRange range)
{
  double step = ew_nice_step (range, EW_SURFACE_LEVELS_MAX - 4);

  levels->n = 0;
  levels->step = step;
  for (double k = floor (range.low / step) + 1; k * step < range.high && levels->n < EW_SURFACE_LEVELS_MAX; k++)
    add (levels, k * step, fmod (k, 5) == 0);
}

void
ew_surface_levels (const EwSurfacePaint *paint, const EwSurfaceBox *box, EwSurfaceLevels *levels)
{
  const EwSurfaceMap *map = paint->map;
  EwRange range;
  EwConic conic;

  ew_conic_init (&conic, paint, box);
  range = find_range (&conic, box);
  *levels = (EwSurfaceLevels){ .lowest = ew_surface_map_loss (map, map->lowest.a, map->lowest.b) };
  if (!(range.high > range.low) || !(range.low > 0) || !isfinite (range.high))
    return;
  levels->above = levels->lowest > range.low / 2;
  if (!levels->above)
    range = (EwRange){ levels->lowest + range.low, levels->lowest + range.high };
  for (int decades = 1; !add_ratios (levels, range, decades == 1 ? 3 : 1, decades == 1 ? 1 : decades - 1); decades++)
    ;
  if (levels->n < FEW)
    add_steps (levels, range);
  for (int k = 0; k < levels->n && levels->above; k++)
    levels->loss[k] += levels->lowest;
}
