/* The examination: turns, shifts, borders. */
#include "engine/examine-private.h"

#include "engine/lapack.h"
#include "engine/phase.h"

#include <math.h>
#include <string.h>

/* The largest window of the phase correlation. */
#define PHASE_MOST 512

/* What is left unexplained by rounding to 8 bits or so: nothing can be claimed below it. */
#define FLOOR 1e-5

gboolean
ew_examine_turn (EwExamination *e, EwTurn first)
{
  static const char *const sentences[EW_TURN_N]
      = { NULL,
          "The target is the mirror image of the input, left and right exchanged.",
          "The target is the mirror image of the input, upside down.",
          "The target is the input turned by half a turn.",
          "The target is the input turned by a quarter turn to the right.",
          "The target is the input turned by a quarter turn to the left.",
          "The target is the mirror image of the input, rows and columns exchanged.",
          "The target is the mirror image of the input, rows and columns exchanged and turned by half a turn." };
  static const char *const labels[EW_TURN_N]
      = { NULL,
          "Mirror the Input",
          "Turn the Input Upside Down",
          "Turn the Input by Half a Turn",
          "Turn the Input to the Right",
          "Turn the Input to the Left",
          "Exchange the Input’s Rows and Columns",
          "Mirror the Input About Its Other Diagonal" };
  double base = isnan (e->base) ? 1 : e->base;

  for (int turn = first; turn < EW_TURN_N && base >= FLOOR; turn++)
    {
      EwTry t = EW_TRY_INIT;
      double left;
      EwFinding *finding;

      t.turn = (EwTurn)turn;
      left = ew_examine_unexplained (e, &t);
      if (!(left < base / 4) || !(left < 0.3))
        continue;
      /* What sizes seemed to ask for, they did not mean of an input on its side. */
      if (ew_turn_is_sideways (t.turn))
        ew_findings_drop (e->findings, EW_FINDING_SIZE);
      finding = ew_examine_add (e, EW_FINDING_FLIPPED, TRUE, g_strdup (sentences[turn]), g_strdup (labels[turn]));
      finding->correction.kind = EW_CORRECTION_TURN;
      finding->correction.turn = t.turn;
      return TRUE;
    }
  return FALSE;
}

/* "3 pixels down and 2 to the left": where the target's picture lies against the input's. */
static char *
say_shift (int dy, int dx)
{
  g_autofree char *vertical = dy == 0 ? NULL : g_strdup_printf ("%d pixel%s %s", abs (dy), abs (dy) == 1 ? "" : "s", dy < 0 ? "down" : "up");
  g_autofree char *horizontal = dx == 0 ? NULL : g_strdup_printf ("%d pixel%s to the %s", abs (dx), abs (dx) == 1 ? "" : "s", dx < 0 ? "right" : "left");

  if (vertical == NULL || horizontal == NULL)
    return g_strdup (vertical == NULL ? horizontal : vertical);
  return g_strdup_printf ("%s and %s", vertical, horizontal);
}

double
ew_examine_settle (EwExamination *e, EwTry *t)
{
  static const int steps[4][2] = { { 0, 1 }, { 0, -1 }, { 1, 0 }, { -1, 0 } };
  double left = ew_examine_unexplained (e, t);
  int moves = e->kh + e->kw;
  gboolean moved = !isnan (left);

  while (moved && moves-- > 0)
    {
      EwTry from = *t;

      moved = FALSE;
      for (int i = 0; i < 4; i++)
        {
          EwTry next = from;
          double other;

          next.dy += steps[i][0];
          next.dx += steps[i][1];
          other = ew_examine_unexplained (e, &next);
          if (!(other < 0.8 * left))
            continue;
          left = other;
          *t = next;
          moved = TRUE;
        }
    }
  return left;
}

static void
examine_shift (EwExamination *e)
{
  EwTry t = EW_TRY_INIT;
  EwPhase phase;
  double left;
  EwFinding *finding;

  if (!ew_phase_correlate (e->x, e->y, PHASE_MOST, &phase, NULL))
    return;
  e->strength = phase.strength;
  /* The windows are each in the middle of its own image; the kernel's own middle is where there is no shift. */
  t.dy = phase.dy + (e->x->height - e->y->height) / 2 - e->oy - (e->kh - 1) / 2;
  t.dx = phase.dx + (e->x->width - e->y->width) / 2 - e->ox - (e->kw - 1) / 2;
  if (t.dy == 0 && t.dx == 0)
    return;
  if (e->base < FLOOR)
    return;
  left = ew_examine_settle (e, &t);
  if ((t.dy == 0 && t.dx == 0) || !(left < e->base / 2))
    return;

  g_autofree char *where = say_shift (t.dy, t.dx);

  finding = ew_examine_add (e, EW_FINDING_SHIFTED, abs (t.dy) > e->kh / 2 || abs (t.dx) > e->kw / 2,
                            g_strdup_printf ("The target’s picture is shifted against the input’s: %s.", where),
                            g_strdup ("Shift It Back"));
  finding->correction.kind = EW_CORRECTION_CROP;
  finding->correction.dy = t.dy + e->oy + (e->kh - 1) / 2;
  finding->correction.dx = t.dx + e->ox + (e->kw - 1) / 2;
}

void
ew_examine_places (EwExamination *e)
{
  if (!ew_examine_turn (e, EW_TURN_MIRROR_X))
    examine_shift (e);
}

/* The mean of the squared residuals of outputs whose window reaches beyond the input, by a kernel that was learned inside. */
static double
loss_at_edges (const EwExamination *e, const EwGeometry *g, const EwOptimum *o)
{
  double loss = 0;
  gint64 n = 0;

  for (int i = 0; i < e->y->height; i++)
    for (int j = 0; j < e->y->width; j++)
      {
        gboolean inside_rows = i + e->oy >= 0 && i + e->oy + e->kh <= e->x->height;
        double r = o->params[o->n - 1] - (double)ew_grid_row (e->y, i)[j];

        if (inside_rows && j + e->ox >= 0 && j + e->ox + e->kw <= e->x->width)
          {
            j = MAX (j, e->x->width - e->kw - e->ox);
            continue;
          }
        for (int k = 0; k < e->kh * e->kw; k++)
          {
            gint64 row = ew_geometry_border_index (g->border, i + e->oy + k / e->kw, e->x->height);
            gint64 column = ew_geometry_border_index (g->border, j + e->ox + k % e->kw, e->x->width);

            if (row >= 0 && column >= 0)
              r += o->params[k] * (double)ew_grid_row (e->x, (int)row)[column];
          }
        loss += r * r;
        n++;
      }
  return loss / (double)MAX (n, 1);
}

/* Edges that follow a rule leave no more than the inside does; ones that were cut from a larger picture follow none. */
static gboolean
follows_rule (const EwExamination *e, double loss, const EwOptimum *o)
{
  double rounding = 1e-6 * e->y_size;

  return loss < 9 * o->sigma * o->sigma + rounding * rounding;
}

/* Which border rule the edges were made with: said where another than the present one leaves less than half. */
void
ew_examine_border (EwExamination *e)
{
  static const char *const rules[]
      = { "with zeros beyond its edges", "with its outermost pixels repeated", "reflected at its edges",
          "continued from the opposite edges" };
  EwFinding *size = (EwFinding *)ew_findings_find (e->findings, EW_FINDING_SIZE);
  EwGeometry g = size == NULL ? e->options->geometry : size->correction.geometry;
  EwTry plain = EW_TRY_INIT;
  g_autoptr (EwOptimum) o = NULL;
  double losses[4];
  int best = 0;

  if (g.top + g.bottom + g.left + g.right == 0 || g.kernel_height != e->kh || g.kernel_width != e->kw
      || !(e->base < 0.1) || (o = ew_examine_fit (e, &plain)) == NULL)
    return;
  for (int rule = 0; rule < 4; rule++)
    {
      EwGeometry other = g;

      other.border = (EwBorder)rule;
      losses[rule] = loss_at_edges (e, &other, o);
      best = losses[rule] < losses[best] ? rule : best;
    }
  if (losses[best] >= losses[g.border] / 2)
    return;
  g.border = (EwBorder)best;
  if (size != NULL)
    {
      size->correction.geometry = g;
      return;
    }
  if (!follows_rule (e, losses[best], o))
    return;
  ew_examine_suggest (e, EW_FINDING_BORDER, FALSE, &g,
                    g_strdup_printf ("At the edges the target is what comes of an input %s.", rules[best]),
                    g_strdup ("Use That Border"));
}
