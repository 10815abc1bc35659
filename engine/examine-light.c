/* The examination: a constant offset, clipped values. */
#include "engine/examine-private.h"

#include "engine/objective.h"
#include "engine/holdout.h"

#include <math.h>
#include <string.h>

/* What is left unexplained by float32's rounding is that of the numbers, not of the pair. */
#define ROUNDING 1e-9

/* Clipping is not worth a word below this share. */
#define CLIPPED_SHARE 5e-4

/* Side of the tiles among which the one with the most clipped pixels is looked for. */
#define TILE EW_EXAMINE_CROP

gboolean
ew_examine_is_unit (const EwGrid *grid)
{
  for (int i = 0; i < grid->height; i++)
    for (int j = 0; j < grid->width; j++)
      if (!(ew_grid_row (grid, i)[j] >= -0.01f && ew_grid_row (grid, i)[j] <= 1.01f))
        return FALSE;
  return TRUE;
}

/* A bias that is many standard errors from 0 and makes a difference. */
static void
examine_offset (EwExamination *e)
{
  EwTry with = EW_TRY_INIT, without = EW_TRY_INIT;
  g_autoptr (EwOptimum) o = ew_examine_fit (e, &with);
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  double bias, left;

  without.no_bias = TRUE;
  if (o == NULL || !(e->base < 0.5))
    return;
  bias = o->params[o->n - 1];
  left = ew_examine_unexplained (e, &without);
  if (!(fabs (bias) > 8 * o->errors[o->n - 1]) || !(left > 1.2 * e->base) || !(left > ROUNDING))
    return;
  g_ascii_formatd (number, sizeof number, "%.3g", bias);
  ew_examine_add (e, EW_FINDING_OFFSET, FALSE,
                  g_strdup_printf ("The target is offset by a constant, about %s, which a bias takes up.", number),
                  g_strdup ("Learn a Bias"))
      ->correction.kind
      = EW_CORRECTION_BIAS;
}

void
ew_examine_light (EwExamination *e)
{
  if (ew_findings_find (e->findings, EW_FINDING_FLIPPED) != NULL
      || ew_findings_find (e->findings, EW_FINDING_SHIFTED) != NULL)
    return;
  ew_examine_encoding (e);
  if (ew_findings_find (e->findings, EW_FINDING_ENCODING) == NULL)
    ew_examine_green (e);
  if (ew_findings_find (e->findings, EW_FINDING_ENCODING) == NULL)
    examine_offset (e);
}

/* Targets at the ends of the scale, 0 and 1, in the crop at (top, left) or in all of it. */
static gint64
count_ends (const EwGrid *y, int top, int left, int height, int width)
{
  gint64 n = 0;

  for (int i = top; i < MIN (top + height, y->height); i++)
    for (int j = left; j < MIN (left + width, y->width); j++)
      n += ew_grid_row (y, i)[j] <= 0 || ew_grid_row (y, i)[j] >= 1;
  return n;
}

static void
find_tile (const EwGrid *y, EwTry *t)
{
  gint64 most = -1;

  for (int top = 0; top < y->height; top += TILE)
    for (int left = 0; left < y->width; left += TILE)
      {
        gint64 n = count_ends (y, top, left, TILE, TILE);

        if (n <= most)
          continue;
        most = n;
        t->top = top;
        t->left = left;
      }
}

/* Of the outputs at the ends, those for which the kernel learned from the others gives values beyond the ends by more
 * than its noise. */
static void
count_beyond (const EwProblem *problem, const EwOptimum *o, gint64 *ends, gint64 *beyond)
{
  const EwSample *s = &problem->samples[0];
  const EwGeometry *g = &problem->geometry;

  for (int i = 0; i < s->y->height; i++)
    for (int j = 0; j < s->y->width; j++)
      {
        double y = (double)ew_grid_row (s->y, i)[j];
        double z = o->params[o->n - 1];

        if (y > 0 && y < 1)
          continue;
        for (int k = 0; k < o->n - 1; k++)
          z += o->params[k] * (double)ew_grid_row (s->x, i + k / g->kernel_width)[j + k % g->kernel_width];
        ++*ends;
        *beyond += y <= 0 ? z < -o->sigma : z > 1 + o->sigma;
      }
}

static double
share_of_ends (const EwGrid *y)
{
  return (double)count_ends (y, 0, 0, y->height, y->width) / ((double)y->height * y->width);
}

gboolean
ew_examine_has_ends (const EwExamination *e)
{
  double share = share_of_ends (e->y);

  return share >= CLIPPED_SHARE && share <= 0.5 && ew_examine_is_unit (e->y);
}

void
ew_examine_clipping (EwExamination *e)
{
  double share = share_of_ends (e->y);
  EwTry t = EW_TRY_INIT;
  g_autoptr (EwProblem) problem = NULL;
  g_autoptr (EwOptimum) o = NULL;
  gint64 ends = 0, beyond = 0;
  EwFinding *finding;

  if (share < CLIPPED_SHARE || share > 0.9 || !ew_examine_is_unit (e->y))
    return;
  t.low = 0;
  t.high = 1;
  find_tile (e->y, &t);
  problem = ew_examine_problem (e, &t);
  o = problem == NULL ? NULL : ew_examine_fit (e, &t);
  if (o == NULL || !(1 - o->r_squared < 0.5))
    return;
  count_beyond (problem, o, &ends, &beyond);
  /* Black or white may be the picture's own. */
  if (2 * beyond < ends || ends == 0)
    return;

  g_autofree char *percent = ew_examine_percent (share);

  finding = ew_examine_add (e, EW_FINDING_CLIPPED, FALSE,
                            g_strdup_printf ("%s of the target is clipped at black or white: the filter gave values beyond "
                                             "the ends of the scale, which the file could not hold.",
                                             percent),
                            g_strdup ("Leave Clipped Pixels Out"));
  finding->share = share;
  finding->correction.kind = EW_CORRECTION_MASK;
  finding->correction.low = 0;
  finding->correction.high = 1;
}
