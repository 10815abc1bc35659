/* The examination: a target that is the input made smaller by a whole factor, which is a correlation with a stride. */
#include "engine/examine-private.h"

#include "engine/fit.h"

#include <math.h>

#define MOST_FACTOR 6
#define MOST_SIDE   24

/* The outputs of the crop that is fitted, along a side. */
#define CROP 160

/* What may be left unexplained: a filter makes all of it, but for rounding. */
#define UNEXPLAINED 0.05

/* By which whole factor an axis became smaller, less than a step left over; 0 for none. */
static int
factor_of (int n_x, int n_y)
{
  int factor = (int)lround ((double)n_x / n_y);

  return factor >= 2 && factor <= MOST_FACTOR && abs (n_x - factor * n_y) < factor ? factor : 0;
}

/* As asked for where that reaches the neighbours; else four times the factor, what cubic filters take. Even with even factors,
 * so that programs that keep the picture's edges where they are and such as keep every n-th pixel both have their middle
 * within half a pixel of the kernel's. */
static int
kernel_side (int asked, int factor)
{
  int side = MIN (asked >= 3 * factor ? asked : 4 * factor, MOST_SIDE);

  return side + (side + factor) % 2;
}

/* The problem of the outputs in the middle; NULL where there is no room. */
static EwProblem *
problem_of (const EwExamination *e, const EwGeometry *g, const EwCorrection *c)
{
  int h = MIN (e->y->height - 4, CROP), w = MIN (e->y->width - 4, CROP);
  int top = (e->y->height - h) / 2, left = (e->y->width - w) / 2;
  int x_top = g->stride * top + c->dy, x_left = g->stride * left + c->dx;
  int x_h = g->stride * (h - 1) + g->kernel_height, x_w = g->stride * (w - 1) + g->kernel_width;
  g_autoptr (EwGrid) x = NULL;
  g_autoptr (EwGrid) y = NULL;

  if (h < 1 || w < 1 || h * w < 4 * g->kernel_height * g->kernel_width || x_top < 0 || x_left < 0
      || x_top + x_h > e->x->height || x_left + x_w > e->x->width)
    return NULL;
  x = ew_grid_new_cropped (e->x, x_top, x_left, x_h, x_w, NULL);
  y = x == NULL ? NULL : ew_grid_new_cropped (e->y, top, left, h, w, NULL);

  return y == NULL ? NULL : ew_problem_new (&(EwSample){ x, y, NULL }, 1, g, TRUE, NULL);
}

gboolean
ew_examine_reduced (EwExamination *e)
{
  int factor = factor_of (e->x->height, e->y->height);
  EwCorrection c = { .kind = EW_CORRECTION_REDUCED };
  g_autoptr (EwProblem) problem = NULL;
  g_autoptr (EwOptimum) o = NULL;
  EwFinding *finding;

  if (factor == 0 || factor_of (e->x->width, e->y->width) != factor)
    return FALSE;
  ew_geometry_init_valid (&c.geometry, kernel_side (e->options->geometry.kernel_height, factor),
                          kernel_side (e->options->geometry.kernel_width, factor));
  c.geometry.stride = factor;
  c.dy = -(c.geometry.kernel_height - factor) / 2;
  c.dx = -(c.geometry.kernel_width - factor) / 2;
  problem = problem_of (e, &c.geometry, &c);
  o = problem == NULL ? NULL : ew_examine_fit_problem (e, problem);
  if (o == NULL || !(1 - o->r_squared < UNEXPLAINED))
    return FALSE;

  g_autofree char *share = ew_examine_percent (o->r_squared);

  finding = ew_examine_add (e, EW_FINDING_SIZE, TRUE,
                            g_strdup_printf ("The target (%d×%d) is the input (%d×%d) reduced to 1/%d: with a stride of "
                                             "that many pixels a kernel of %d×%d explains %s of it.",
                                             e->y->height, e->y->width, e->x->height, e->x->width, factor,
                                             c.geometry.kernel_height, c.geometry.kernel_width, share),
                            g_strdup_printf ("Learn with a Stride of %d", factor));
  finding->correction = c;
  return TRUE;
}
