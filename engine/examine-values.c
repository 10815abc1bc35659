/* The examination: what the values tell without a fit. */
#include "engine/examine-private.h"

#include <math.h>
#include <string.h>

/* What one look at a plane tells. */
typedef struct
{
  gint64 n_not_finite;
  int n_lost_rows; /* without a single finite value */
  double low;
  double high;
  double mean;
  double deviation;
} Values;

static void
look (const EwGrid *grid, Values *v)
{
  double sum = 0, square = 0, n;

  *v = (Values){ .low = INFINITY, .high = -INFINITY };
  for (int i = 0; i < grid->height; i++)
    {
      int lost = 0;

      for (int j = 0; j < grid->width; j++)
        {
          double value = (double)ew_grid_row (grid, i)[j];

          if (!isfinite (value))
            {
              lost++;
              continue;
            }
          sum += value;
          square += value * value;
          v->low = fmin (v->low, value);
          v->high = fmax (v->high, value);
        }
      v->n_not_finite += lost;
      v->n_lost_rows += lost == grid->width;
    }
  n = (double)grid->height * grid->width - (double)v->n_not_finite;
  v->mean = n > 0 ? sum / n : NAN;
  v->deviation = n > 0 ? sqrt (fmax (square / n - v->mean * v->mean, 0)) : NAN;
}

/* TRUE where it is all finite. */
static gboolean
check_finite (EwExamination *e, const Values *x, const Values *y)
{
  const char *name = x->n_not_finite > 0 ? y->n_not_finite > 0 ? "images have" : "input has" : "target has";
  gint64 n = x->n_not_finite + y->n_not_finite;
  int rows = x->n_lost_rows + y->n_lost_rows;
  gboolean nothing = isnan (x->mean) || isnan (y->mean);
  g_autofree char *whole = rows == 0 ? g_strdup ("") : g_strdup_printf (", among them %d whole row%s", rows, rows == 1 ? "" : "s");
  EwFinding *finding;

  if (n == 0)
    return TRUE;
  finding = ew_examine_add (e, EW_FINDING_NOT_FINITE, TRUE,
                            nothing ? g_strdup_printf ("The %s not a single finite value.", name)
                                    : g_strdup_printf ("The %s %" G_GINT64_FORMAT " value%s that %s not finite%s; %s lie%s in, have to be left out.",
                                                       name, n, n == 1 ? "" : "s", n == 1 ? "is" : "are", whole,
                                                       n == 1 ? "it, and all windows that it" : "they, and all windows that they",
                                                       n == 1 ? "s" : ""),
                            nothing ? NULL : g_strdup ("Leave Them Out"));
  if (!nothing)
    finding->correction.kind = EW_CORRECTION_FINITE;
  return FALSE;
}

static gboolean
check_constant (EwExamination *e, const Values *x, const Values *y)
{
  if (x->high == x->low)
    ew_examine_add (e, EW_FINDING_CONSTANT_INPUT, TRUE,
                    g_strdup ("The input is the same everywhere, so it tells no tap from another; a picture with detail is "
                              "needed."),
                    NULL);
  else if (y->high == y->low)
    ew_examine_add (e, EW_FINDING_CONSTANT_TARGET, TRUE,
                    g_strdup ("The target is the same everywhere: a kernel of zeros with a bias gives it, whatever the "
                              "filter was."),
                    NULL);
  return x->high != x->low && y->high != y->low;
}

static gboolean
is_identical (const EwGrid *x, const EwGrid *y)
{
  if (x->height != y->height || x->width != y->width)
    return FALSE;
  for (int i = 0; i < x->height; i++)
    if (memcmp (ew_grid_row (x, i), ew_grid_row (y, i), (size_t)x->width * sizeof (float)) != 0)
      return FALSE;
  return TRUE;
}

/* How many times larger values of one kind of file are than those of another. */
static const double known_factors[] = { 255, 257, 65535 };

/* The factor nearest to a ratio, on a log scale. */
static double
nearest_factor (double ratio)
{
  double best = 1, distance = INFINITY;

  for (guint i = 0; i < G_N_ELEMENTS (known_factors); i++)
    for (int sign = -1; sign <= 1; sign += 2)
      {
        double factor = sign > 0 ? known_factors[i] : 1 / known_factors[i];

        if (fabs (log (ratio / factor)) < distance)
          {
            distance = fabs (log (ratio / factor));
            best = factor;
          }
      }
  return best;
}

/* The sum of the taps, which for most filters is 1; NAN where there is no fit. */
static double
sum_of_taps (EwExamination *e)
{
  EwTry plain = EW_TRY_INIT;
  g_autoptr (EwOptimum) o = ew_examine_fit (e, &plain);
  double sum = o == NULL ? NAN : 0;

  for (int k = 0; o != NULL && k < o->n - 1; k++)
    sum += o->params[k];
  return sum;
}

/* By how much a filter may change the size of values beside a factor, as a logarithm. */
#define FILTER_GAIN 3.5

/* A kernel may well double or halve, or leave little but edges; thirtyfold it does not on purpose. */
void
ew_examine_scale (EwExamination *e)
{
  double x_size = e->x_size;
  double ratio = e->y_size / x_size, sum;
  gboolean known;
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  EwFinding *finding;
  double factor;

  if (!(ratio > 30 || (x_size > 1 && ratio < 1 / 30.0)))
    return;
  sum = sum_of_taps (e);
  factor = nearest_factor (sum);
  if (!(fabs (log (sum / factor)) < 0.003))
    factor = nearest_factor (ratio);
  known = fabs (log (ratio / factor)) < FILTER_GAIN;
  if (!known)
    factor = ratio;
  g_ascii_formatd (number, sizeof number, "%.6g", factor > 1 ? factor : 1 / factor);
  finding = ew_examine_add (
      e, EW_FINDING_SCALE, FALSE,
      g_strdup_printf ("The target’s values are about %s times as %s as the input’s%s; the kernel would only rescale them.",
                       number, factor > 1 ? "large" : "small",
                       known ? ", as with files of 8 bit, 16 bit and fractions mixed" : ""),
      factor > 1 ? g_strdup_printf ("Divide the Target by %s", number)
                 : g_strdup_printf ("Multiply the Target by %s", number));
  finding->correction.kind = EW_CORRECTION_SCALE;
  finding->correction.factor = factor;
}

/* A pair that cannot tell as many unknowns. */
static gboolean
check_small (EwExamination *e)
{
  const EwGeometry *g = &e->options->geometry;
  gint64 n = (gint64)e->y->height * e->y->width;
  int taps = g->kernel_height * g->kernel_width;

  if (n < taps)
    ew_examine_add (e, EW_FINDING_TOO_SMALL, TRUE,
                    g_strdup_printf ("The target has %" G_GINT64_FORMAT " pixel%s, too few to tell the %d taps of a %d×%d "
                                     "kernel; larger images or a smaller kernel are needed.",
                                     n, n == 1 ? "" : "s", taps, g->kernel_height, g->kernel_width),
                    NULL);
  else if (e->x->height == 1 && e->x->width == 1)
    ew_examine_add (e, EW_FINDING_TOO_SMALL, TRUE,
                    g_strdup ("The input is a single pixel, which tells no tap from another; a larger image is needed."),
                    NULL);
  else
    return TRUE;
  return FALSE;
}

gboolean
ew_examine_values (EwExamination *e)
{
  Values x, y;

  look (e->x, &x);
  look (e->y, &y);
  if (!check_small (e) || !check_finite (e, &x, &y) || !check_constant (e, &x, &y))
    return FALSE;
  if (is_identical (e->x, e->y))
    {
      ew_examine_add (e, EW_FINDING_IDENTICAL, FALSE,
                      g_strdup ("The two images are identical: the kernel is a single 1 in the middle. Was the same file "
                                "opened twice?"),
                      NULL);
      return FALSE;
    }
  e->x_size = fmax (fabs (x.low), fabs (x.high));
  e->y_size = fmax (fabs (y.low), fabs (y.high));
  return TRUE;
}
