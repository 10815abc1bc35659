/* The examination: encodings, and the gamma of one image against the other. */
#include "engine/examine-private.h"

#include "engine/holdout.h"

#include <math.h>

/* What is left unexplained by rounding to 8 bits or so. */
#define FLOOR 1e-5

/* Of 8 bits. */
#define HALF_STEP (0.5 / 255)

/* The search for a gamma g goes along ln g: its first step, how far it goes, and where it is near enough. */
#define STEP     0.05
#define WIDEST   2
#define NEARNESS 1e-3

/* A known encoding is preferred unless a gamma of its own leaves this much less. */
#define PREFERENCE 0.7

static const EwEncoding linear = { EW_CURVE_LINEAR, 0 };
static const EwEncoding known[] = { { EW_CURVE_LINEAR, 0 }, { EW_CURVE_SRGB, 0 }, { EW_CURVE_GAMMA, 2.2 } };

/* What a larger kernel has to leave of what the small one does for the encodings to be tried with it, which takes longer. */
#define WIDER_GAIN 0.7

/* A place of the search, and what is left unexplained there. */
typedef struct
{
  double at;
  double left;
} Point;

/**
 * Best:
 * @known: whether both are among the known ones
 */
typedef struct
{
  EwEncoding x;
  EwEncoding y;
  double left;
  gboolean known;
} Best;

static double
left_with (EwExamination *e, EwEncoding x, EwEncoding y)
{
  EwTry t = EW_TRY_INIT;

  t.x_encoding = x;
  t.y_encoding = y;
  return ew_examine_unexplained (e, &t);
}

static double
left_with_gamma (EwExamination *e, gboolean of_target, double log_gamma)
{
  EwEncoding gamma = ew_encoding_gamma (exp (log_gamma));

  return left_with (e, of_target ? linear : gamma, of_target ? gamma : linear);
}

/* Where the parabola through three points has its least, and how much that is; FALSE where it has none. */
static gboolean
vertex (const Point *p, Point *least)
{
  double a = (p[1].left - p[0].left) / (p[1].at - p[0].at);
  double b = (p[2].left - p[1].left) / (p[2].at - p[1].at);
  double curvature = (b - a) / (p[2].at - p[0].at);

  least->at = (p[0].at + p[1].at) / 2 - a / (2 * curvature);
  least->left = p[1].left - curvature * (p[1].at - least->at) * (p[1].at - least->at);
  return curvature > 0;
}

/* Steps of twice the size until the one in the middle is the least of the three. */
static gboolean
enclose (EwExamination *e, gboolean of_target, Point *p)
{
  while (!(p[1].left <= p[0].left && p[1].left <= p[2].left))
    {
      int low = p[0].left < p[1].left ? 0 : 2;
      double next = CLAMP (p[low].at + 2 * (p[low].at - p[1].at), -WIDEST, WIDEST);

      if (next == p[low].at)
        return FALSE;
      p[2 - low] = p[1];
      p[1] = p[low];
      p[low] = (Point){ next, left_with_gamma (e, of_target, next) };
      if (isnan (p[low].left))
        return FALSE;
    }
  return TRUE;
}

/* The next place to look at: the parabola's least, or, where that has just made little headway, the larger part's. */
static double
next_place (const Point *p, double width_before)
{
  double width = p[2].at - p[0].at;
  Point least;

  if (width < width_before / 2 && vertex (p, &least) && least.at > p[0].at && least.at < p[2].at)
    return least.at;
  return p[2].at - p[1].at > p[1].at - p[0].at ? p[1].at + 0.382 * (p[2].at - p[1].at)
                                               : p[1].at - 0.382 * (p[1].at - p[0].at);
}

static void
close_in (EwExamination *e, gboolean of_target, Point *p)
{
  double before = INFINITY;

  for (int step = 0; step < 16; step++)
    {
      double width = p[2].at - p[0].at;
      Point next = { .at = next_place (p, before) };

      if (fabs (next.at - p[1].at) < NEARNESS)
        return;
      before = width;
      next.left = left_with_gamma (e, of_target, next.at);
      if (next.left < p[1].left)
        {
          p[next.at < p[1].at ? 2 : 0] = p[1];
          p[1] = next;
        }
      else
        p[next.at < p[1].at ? 0 : 2] = next;
    }
}

/* Of two decimals where that is as good: most programs offer no more. */
static void
take_gamma (EwExamination *e, gboolean of_target, const Point *p, Best *best)
{
  double rounded = round (100 * exp (p->at)) / 100;
  double left = left_with_gamma (e, of_target, log (rounded));
  gboolean good = left < 1.2 * p->left;
  EwEncoding gamma = ew_encoding_gamma (good ? rounded : exp (p->at));

  *best = (Best){ of_target ? linear : gamma, of_target ? gamma : linear, good ? left : p->left, FALSE };
}

/* The one image's gamma, if with it clearly less is left than with the best so far. */
static void
find_gamma (EwExamination *e, gboolean of_target, Best *best)
{
  Point p[3] = { { -STEP, left_with_gamma (e, of_target, -STEP) },
                 { 0, e->base },
                 { STEP, left_with_gamma (e, of_target, STEP) } };
  Point least;

  if (isnan (p[0].left) || isnan (p[2].left))
    return;
  /* Most pairs are straight, and cost no more than this. */
  if (fabs (p[2].left - p[0].left) < 0.1 * e->base && (!vertex (p, &least) || least.left > e->base / 3))
    return;
  if (!enclose (e, of_target, p))
    return;
  close_in (e, of_target, p);
  if (p[1].left < e->base / 3 && p[1].left < (best->known ? PREFERENCE : 1) * best->left)
    take_gamma (e, of_target, &p[1], best);
}

static void
find_known (EwExamination *e, Best *best)
{
  for (guint x = 0; x < G_N_ELEMENTS (known); x++)
    for (guint y = 0; y < G_N_ELEMENTS (known); y++)
      {
        double left;

        if ((x == 0 && y == 0) || (x != 0 && y != 0 && x != y))
          continue;
        left = left_with (e, known[x], known[y]);
        if (left < best->left)
          *best = (Best){ known[x], known[y], left, TRUE };
      }
}

static char *
say_known (const Best *best)
{
  gboolean input = !ew_encoding_is_linear (best->x), target = !ew_encoding_is_linear (best->y);
  g_autofree char *name = ew_encoding_say (input ? best->x : best->y);

  if (input && target)
    return g_strdup_printf ("The filter worked on light, and both files hold it encoded (%s): decoded, one kernel explains "
                            "far more of the target.",
                            name);
  return g_strdup_printf ("The %s is encoded (%s) and the %s is not, or twice: with that undone one kernel explains far more "
                          "of the target.",
                          input ? "input" : "target", name, input ? "target" : "input");
}

static char *
say_gamma (const Best *best)
{
  gboolean of_target = ew_encoding_is_linear (best->x);
  double undo = of_target ? best->y.gamma : best->x.gamma;
  /* What was done to the target is undone; to the input it is done as the filter's program did. */
  double gamma = of_target ? undo : 1 / undo;
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (number, sizeof number, "%.3g", gamma);
  return g_strdup_printf ("%s its middle tones made %s, as by a gamma of %s: with that %s one kernel explains far more of "
                          "the target.",
                          of_target ? "The target had" : "Before the filter the input had",
                          gamma > 1 ? "brighter" : "darker", number, of_target ? "undone" : "done");
}

/* Whether all values are multiples of 1/255, by some hundred rows: of 24 megapixels all would take longer than a fit. */
static gboolean
has_8_bits (const EwGrid *grid)
{
  for (int i = 0; i < grid->height; i += 1 + grid->height / 256)
    for (int j = 0; j < grid->width; j++)
      {
        double steps = 255 * (double)ew_grid_row (grid, i)[j];

        if (fabs (steps - round (steps)) > 1e-3)
          return FALSE;
      }
  return TRUE;
}

/* Whether what is left as things are is no more than rounding to 8 bits leaves, half a step in the mean square: by how much
 * decoding makes that smaller says nothing. */
static gboolean
is_rounding (EwExamination *e)
{
  EwTry plain = EW_TRY_INIT;
  g_autoptr (EwProblem) problem = has_8_bits (e->y) ? ew_examine_problem (e, &plain) : NULL;

  return problem != NULL
         && e->base * ew_problem_variation (problem) < (double)problem->n_residuals * (HALF_STEP * HALF_STEP);
}

/* Whether fits of @e are better made with an encoding: which, in @best. */
static gboolean
find_encoding (EwExamination *e, Best *best)
{
  *best = (Best){ .left = e->base };
  if (!(e->base >= FLOOR) || is_rounding (e))
    return FALSE;
  find_known (e, best);
  find_gamma (e, TRUE, best);
  find_gamma (e, FALSE, best);
  return best->left < e->base / 2 && best->left < 0.3;
}

/* With the kernel as it is, and, where that is too small, with as large a one as fits are made with: what a small one leaves
 * hides encodings, or makes the wrong one of two that are alike stand out. */
static gboolean
find_any (EwExamination *e, Best *best)
{
  EwExamination wide = *e;
  Best of_wide;
  gboolean found;

  if (e->base < FLOOR || !ew_examine_is_unit (e->x) || !ew_examine_is_unit (e->y))
    return FALSE;
  found = find_encoding (e, best);
  if (!ew_examine_reaches (e))
    return found;
  ew_examine_widen (&wide, EW_EXAMINE_KERNEL);
  wide.base = left_with (&wide, linear, linear);
  if ((found ? left_with (&wide, best->x, best->y) : wide.base) < WIDER_GAIN * best->left && find_encoding (&wide, &of_wide))
    {
      found = TRUE;
      *best = of_wide;
    }
  e->error = wide.error;
  return found;
}

static char *
say (const Best *best)
{
  return best->known ? say_known (best) : say_gamma (best);
}

void
ew_examine_encoding (EwExamination *e)
{
  EwFinding *finding;
  Best best;

  if (!find_any (e, &best))
    return;
  finding = ew_examine_add (e, EW_FINDING_ENCODING, FALSE, say (&best), g_strdup ("Decode"));
  finding->correction.kind = EW_CORRECTION_DECODE;
  finding->correction.x_encoding = best.x;
  finding->correction.y_encoding = best.y;
}

/* The two middles lie over each other, as those of a pair of one size do. */
void
ew_examine_green (EwExamination *e)
{
  const EwExamineOptions *o = e->options;
  EwExamination green = *e;
  EwTry plain = EW_TRY_INIT;
  g_autofree char *sentence = NULL;
  Best best;

  if (o->x_green == NULL || o->y_green == NULL || o->x_green->height != o->y_green->height
      || o->x_green->width != o->y_green->width)
    return;
  green.x = o->x_green;
  green.y = o->y_green;
  green.oy = -(green.kh - 1) / 2;
  green.ox = -(green.kw - 1) / 2;
  green.between = ew_examine_has_ends (&green);
  green.base = ew_examine_unexplained (&green, &plain);
  if (find_any (&green, &best))
    {
      sentence = say (&best);
      ew_findings_drop (e->findings, EW_FINDING_COLOUR);
      ew_examine_add (e, EW_FINDING_ENCODING, FALSE,
                      g_strdup_printf ("%s That shows in the channels, and is lost in their luminance.", sentence),
                      g_strdup ("Use the Channels"))
          ->correction.kind
          = EW_CORRECTION_CHANNELS;
    }
  e->error = green.error;
}
