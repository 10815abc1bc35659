/* The examination: how far the kernel reaches. */
#include "engine/examine-private.h"

#include <math.h>

/* A tap on a kernel's ring counts where it is that many standard errors from 0 and that share of the largest. */
#define RING_ERRORS 5
#define RING_SHARE  0.01

/* What is left unexplained by rounding to 8 bits or so: nothing can be claimed below it. */
#define FLOOR 1e-5

/* Whether taps of the outermost ring are there for certain and for something. */
static gboolean
reaches_ring (const EwOptimum *o, int height, int width)
{
  double largest = 0;

  for (int k = 0; k < height * width; k++)
    largest = fmax (largest, fabs (o->params[k]));
  for (int k = 0; k < height * width; k++)
    {
      int row = k / width, column = k % width;

      if ((row == 0 || column == 0 || row == height - 1 || column == width - 1)
          && fabs (o->params[k]) > fmax (RING_ERRORS * o->errors[k], RING_SHARE * largest))
        return TRUE;
    }
  return FALSE;
}

void
ew_examine_widen (EwExamination *e, int side)
{
  int height = MAX (side, e->kh), width = MAX (side, e->kw);

  e->oy -= (height - e->kh) / 2;
  e->ox -= (width - e->kw) / 2;
  e->kh = height;
  e->kw = width;
}

gboolean
ew_examine_reaches (EwExamination *e)
{
  EwTry plain = EW_TRY_INIT;
  g_autoptr (EwOptimum) o = ew_examine_fit (e, &plain);

  return o != NULL && reaches_ring (o, e->kh, e->kw);
}

/* What a square kernel of that side leaves unexplained, its middle where the present one's is, and whether it reaches its own
 * ring, so that a larger one may do better; may be NULL. */
static double
unexplained_by (EwExamination *e, int side, gboolean *reaches)
{
  EwExamination larger = *e;
  EwTry plain = EW_TRY_INIT;
  g_autoptr (EwOptimum) o = NULL;

  ew_examine_widen (&larger, side);
  o = ew_examine_fit (&larger, &plain);
  e->error = larger.error;
  if (reaches != NULL)
    *reaches = o != NULL && reaches_ring (o, larger.kh, larger.kw);
  return o == NULL ? NAN : 1 - o->r_squared;
}

/* The smallest side that explains about as much as the larger of these rungs do; @side where none explains far more. */
static int
find_side (EwExamination *e, int side)
{
  static const int rungs[] = { 9, 15, 25 };
  gboolean reaches = TRUE;
  double base = side > EW_EXAMINE_KERNEL ? unexplained_by (e, side, &reaches) : e->base, most = base;
  int high = side;

  for (guint i = 0; i < G_N_ELEMENTS (rungs) && reaches; i++)
    {
      double left = rungs[i] <= side ? NAN : unexplained_by (e, rungs[i], &reaches);

      if (!(left < most))
        continue;
      most = left;
      high = rungs[i];
    }
  if (!(most < base / 2) || base < FLOOR)
    return side;
  for (int low = side; high - low > 2;)
    {
      int middle = ((low + high) / 2) | 1;

      if (unexplained_by (e, middle, NULL) < fmax (1.3 * most, FLOOR))
        high = middle;
      else
        low = middle;
    }
  return high;
}

/* Where input and target are of one size that says nothing of the kernel's: whether a larger one explains far more. */
void
ew_examine_kernel (EwExamination *e)
{
  const EwFinding *border = ew_findings_find (e->findings, EW_FINDING_BORDER);
  EwGeometry g = border == NULL ? e->options->geometry : border->correction.geometry;
  int at_least = MAX (g.kernel_height, g.kernel_width) | 1, side;

  if (e->x->height != e->y->height || e->x->width != e->y->width || e->base < FLOOR
      || ew_findings_find (e->findings, EW_FINDING_FLIPPED) != NULL
      || ew_findings_find (e->findings, EW_FINDING_SHIFTED) != NULL
      || ew_findings_find (e->findings, EW_FINDING_ENCODING) != NULL)
    return;
  side = find_side (e, at_least);
  if (side == at_least)
    return;
  /* What lies beyond a small kernel looks like an offset; if there is one it will be found with the larger kernel. */
  ew_findings_drop (e->findings, EW_FINDING_OFFSET);
  g.kernel_height = MAX (side, g.kernel_height);
  g.kernel_width = MAX (side, g.kernel_width);
  ew_examine_pad (&g, g.kernel_height - 1, g.kernel_width - 1);
  ew_examine_suggest (e, EW_FINDING_KERNEL, FALSE, &g,
                      g_strdup_printf ("The filter reaches further than the kernel: one of %d×%d explains far more of the target.",
                                       g.kernel_height, g.kernel_width),
                      g_strdup_printf ("Learn %s %d×%d Kernel", g.kernel_height == 11 ? "an" : "a", g.kernel_height,
                                       g.kernel_width));
}
