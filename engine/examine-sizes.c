/* The examination: sizes, and what they say of kernel, padding and pieces cut out. */
#include "engine/examine-private.h"

#include "engine/lapack.h"
#include "engine/phase.h"

#include <math.h>
#include <stdlib.h>

/* The largest side of the block means among which a piece is looked for, and how strong its peak has to be: as for unrelated
 * images, see EwPhase. */
#define LOCATE_MOST     1024
#define LOCATE_STRENGTH 9

/* Sizes that differ by more than this are hardly those of a kernel where the picture lies elsewhere. */
#define PIECE_LEAST 32

void
ew_examine_pad (EwGeometry *g, int vertical, int horizontal)
{
  g->top = vertical / 2;
  g->bottom = vertical - g->top;
  g->left = horizontal / 2;
  g->right = horizontal - g->left;
}

void
ew_examine_suggest (EwExamination *e, EwFindingKind kind, gboolean blocks, const EwGeometry *g, char *sentence,
                  char *label)
{
  EwFinding *finding = ew_examine_add (e, kind, blocks, sentence, label);

  finding->correction.kind = EW_CORRECTION_GEOMETRY;
  finding->correction.geometry = *g;
}

/* Where fits find the kernel's window, as @g lays it. */
static void
align (EwExamination *e, const EwGeometry *g)
{
  e->kh = MIN (g->kernel_height, EW_EXAMINE_KERNEL);
  e->kw = MIN (g->kernel_width, EW_EXAMINE_KERNEL);
  e->oy = (g->kernel_height - e->kh) / 2 - g->top;
  e->ox = (g->kernel_width - e->kw) / 2 - g->left;
}

/* Sizes that differ by what a kernel takes (or, laid over the edges, adds). */
static gboolean
suggest_size (EwExamination *e, int less_rows, int less_columns)
{
  EwGeometry g = e->options->geometry;
  gboolean full = less_rows <= 0 && less_columns <= 0;
  int kh = abs (less_rows) + 1, kw = abs (less_columns) + 1;

  if ((!full && (less_rows < 0 || less_columns < 0)) || kh > 63 || kw > 63)
    return FALSE;
  g.kernel_height = kh;
  g.kernel_width = kw;
  g.border = EW_BORDER_ZERO;
  ew_examine_pad (&g, full ? 2 * (kh - 1) : 0, full ? 2 * (kw - 1) : 0);
  ew_examine_suggest (e, EW_FINDING_SIZE, TRUE, &g,
                    g_strdup_printf ("The target (%d×%d) is %s than the input (%d×%d) by as much as a %d×%d kernel %s.",
                                     e->y->height, e->y->width, full ? "larger" : "smaller", e->x->height, e->x->width,
                                     kh, kw, full ? "adds that is laid over all edges" : "takes away at the edges"),
                    g_strdup_printf ("Learn a %d×%d Kernel", kh, kw));
  align (e, &g);
  return TRUE;
}

/* "The target (450×700) is a piece of the input (477×720): it begins 10 rows down and 12 columns to the right." */
static char *
say_piece (const EwExamination *e, const EwPhase *phase)
{
  gboolean of_input = e->x->height >= e->y->height && e->x->width >= e->y->width;
  const EwGrid *piece = of_input ? e->y : e->x, *whole = of_input ? e->x : e->y;
  int rows = abs (phase->dy), columns = abs (phase->dx);

  return g_strdup_printf ("The %s (%d×%d) is a piece of the %s (%d×%d): it begins %d row%s down and %d column%s to the right.",
                          of_input ? "target" : "input", piece->height, piece->width, of_input ? "input" : "target",
                          whole->height, whole->width, rows, rows == 1 ? "" : "s", columns, columns == 1 ? "" : "s");
}

/* One image cut out of the other, anywhere: found where the two look alike, and where the kernel sees it whole. That what is
 * missing could be what a kernel takes away at the edges is the likelier while the picture lies in the middle and a small
 * kernel does not explain it. */
static gboolean
suggest_piece (EwExamination *e)
{
  EwExamination there = *e;
  EwTry t = EW_TRY_INIT;
  int rows = e->x->height - e->y->height, columns = e->x->width - e->y->width;
  gboolean square = rows == columns && abs (rows) < 63;
  EwFinding *finding;
  EwPhase phase;
  double left;

  if (square || MIN (e->y->height, e->y->width) < PIECE_LEAST || MIN (e->x->height, e->x->width) < PIECE_LEAST
      || !ew_lapack_available (NULL) || !ew_phase_locate (e->x, e->y, LOCATE_MOST, &phase, NULL)
      || phase.strength < LOCATE_STRENGTH)
    return FALSE;
  there.oy = phase.dy - (there.kh - 1) / 2;
  there.ox = phase.dx - (there.kw - 1) / 2;
  left = ew_examine_settle (&there, &t);
  e->error = there.error;
  if (!(left < 0.3))
    return FALSE;
  phase.dy += t.dy;
  phase.dx += t.dx;
  e->oy = there.oy + t.dy;
  e->ox = there.ox + t.dx;
  finding = ew_examine_add (e, EW_FINDING_SIZE, TRUE, say_piece (e, &phase),
                            g_strdup (rows >= 0 && columns >= 0 ? "Cut the Input to It" : "Cut the Target to It"));
  finding->correction.kind = EW_CORRECTION_CROP;
  finding->correction.dy = phase.dy;
  finding->correction.dx = phase.dx;
  return TRUE;
}

/* Sizes that nothing explains: what lies one over the other when the centres do. */
static void
suggest_crop (EwExamination *e)
{
  EwFinding *finding = ew_examine_add (
      e, EW_FINDING_SIZE, TRUE,
      g_strdup_printf ("The target is %d×%d and the input %d×%d, which no kernel makes of it: one of them was cropped or "
                       "scaled. Scaled images cannot be learned from, but for large "
                       "enough ones reduced by a whole factor of 2 to 6.",
                       e->y->height, e->y->width, e->x->height, e->x->width),
      g_strdup ("Crop Both About Their Centres"));

  finding->correction.kind = EW_CORRECTION_CROP;
  finding->correction.dy = (e->x->height - e->y->height) / 2;
  finding->correction.dx = (e->x->width - e->y->width) / 2;
}

gboolean
ew_examine_sizes (EwExamination *e)
{
  EwGeometry g = e->options->geometry;
  int height, width;

  /* With gaps between outputs or taps there is no telling places apart. */
  if (g.stride != 1 || g.dilation != 1)
    return FALSE;
  align (e, &g);
  if (ew_geometry_output_size (&g, e->x->height, e->x->width, &height, &width, NULL) && height == e->y->height
      && width == e->y->width)
    return TRUE;
  if (e->x->height == e->y->height && e->x->width == e->y->width)
    {
      ew_examine_pad (&g, g.kernel_height - 1, g.kernel_width - 1);
      g.border = EW_BORDER_REPLICATE;
      ew_examine_suggest (e, EW_FINDING_SIZE, TRUE, &g,
                        g_strdup ("The target is as large as the input, so the kernel was laid over the edges."),
                        g_strdup ("Lay the Kernel Over the Edges"));
      align (e, &g);
      return TRUE;
    }
  if (ew_lapack_available (NULL) && ew_examine_reduced (e))
    return FALSE;
  if (suggest_piece (e))
    return TRUE;
  if (suggest_size (e, e->x->height - e->y->height, e->x->width - e->y->width))
    return TRUE;
  if (!ew_lapack_available (NULL) || !ew_examine_turn (e, EW_TURN_RIGHT))
    suggest_crop (e);
  return FALSE;
}
