/* EwStructure: the features and their regressions. */
#include "engine/structure.h"

#include "engine/optimum.h"

#include <math.h>
#include <string.h>

/* Outputs to look at: at most so many, with at most so many multiply-adds, but some for each feature. */
#define OUTPUTS_MOST   40000
#define WORK_MOST      4e8
#define OUTPUTS_A_TERM 30

/* Features beyond the patch and a 1. */
#define N_CONTENT 7
#define N_PLACE   12

/* What float32 cannot help, against the target's size. */
#define ROUNDING 1e-6

/* What is needed of one output. */
typedef struct
{
  const EwProblem *problem;
  const double *params;
  int n_taps;
  int n_terms; /* taps, 1, content, place */
  double mean; /* of the output Ŷ */
  double scale;
  gint64 total;
  gint64 step;
} Look;

/* Fills @patch and returns the residual Ŷ − Y at output (i, j) of a sample; *z is Ŷ. */
static double
look_at (const Look *l, const EwSample *s, int i, int j, double *patch, double *z)
{
  const EwGeometry *g = &l->problem->geometry;

  *z = l->problem->has_bias ? l->params[l->n_taps] : 0;
  for (int k = 0; k < l->n_taps; k++)
    {
      int row = i * g->stride + k / g->kernel_width * g->dilation;
      int column = j * g->stride + k % g->kernel_width * g->dilation;

      patch[k] = (double)ew_grid_row (s->x, row)[column];
      *z += l->params[k] * patch[k];
    }
  return *z - (double)ew_grid_row (s->y, i)[j];
}

/* All terms of an output, the patch first. */
static void
fill_terms (const Look *l, const EwSample *s, int i, int j, double z, double *terms)
{
  double *content = terms + l->n_taps + 1, *place = content + N_CONTENT;
  double level = (z - l->mean) / l->scale;
  double mean = 0, low = INFINITY, high = -INFINITY;
  double u = 2.0 * i / MAX (s->y->height - 1, 1) - 1, v = 2.0 * j / MAX (s->y->width - 1, 1) - 1;

  for (int k = 0; k < l->n_taps; k++)
    {
      mean += terms[k] / l->n_taps;
      low = fmin (low, terms[k]);
      high = fmax (high, terms[k]);
    }

  const EwGeometry *g = &l->problem->geometry;
  double middle = terms[g->kernel_height / 2 * g->kernel_width + g->kernel_width / 2];
  double detail = (middle - mean) / l->scale;
  double what[] = { 1, level, mean, middle };
  double where[] = { u, v, u * u + v * v };

  terms[l->n_taps] = 1;
  content[0] = level * level;
  content[1] = level * level * level;
  content[2] = fabs (detail);
  content[3] = detail * detail;
  content[4] = detail * detail * detail;
  content[5] = high;
  content[6] = low;
  for (int k = 0; k < N_PLACE; k++)
    place[k] = what[k / 3] * where[k % 3];
}

static gint64
greatest_divisor (gint64 a, gint64 b)
{
  while (b != 0)
    {
      gint64 rest = a % b;

      a = b;
      b = rest;
    }
  return a;
}

/* Outputs over all samples, and a step that visits each of them once, evenly spread however many steps are taken: near the
 * golden section of their number, without a common divisor. */
static void
plan_walk (Look *l)
{
  for (int s = 0; s < l->problem->n_samples; s++)
    l->total += (gint64)l->problem->samples[s].y->height * l->problem->samples[s].y->width;
  l->step = MAX ((gint64)(0.6180339887498949 * (double)l->total), 1);
  while (greatest_divisor (l->total, l->step) != 1)
    l->step++;
}

/* The output of step @o. */
static const EwSample *
visit (const Look *l, gint64 o, int *i, int *j)
{
  gint64 at = (gint64)(((unsigned __int128)o * (unsigned __int128)l->step) % (unsigned __int128)l->total);
  const EwSample *s = l->problem->samples;

  for (; at >= (gint64)s->y->height * s->y->width; s++)
    at -= (gint64)s->y->height * s->y->width;
  *i = (int)(at / s->y->width);
  *j = (int)(at % s->y->width);
  return s;
}

/* Mean and spread of Ŷ, for features of order 1. */
static void
measure (Look *l)
{
  g_autofree double *patch = g_new (double, l->n_terms);
  double sum = 0, square = 0, z;

  for (int k = 0; k < 1000; k++)
    {
      int i, j;
      const EwSample *s = visit (l, k, &i, &j);

      look_at (l, s, i, j, patch, &z);
      sum += z / 1000;
      square += z * z / 1000;
    }
  l->mean = sum;
  l->scale = sqrt (fmax (square - sum * sum, 0));
  if (!(l->scale > 0))
    l->scale = 1;
}

/* Σ over outputs of terms · termsᵀ, terms · residual and residual², the residual as the target. */
static EwGram *
sum_up (const Look *l, int n_outputs, EwCancel *cancel, GError **error)
{
  g_autoptr (EwGram) gram = ew_gram_new (l->n_terms, 0, error);
  g_autofree double *terms = g_new0 (double, l->n_terms);
  size_t n = (size_t)l->n_terms;

  for (int o = 0; gram != NULL && o < n_outputs; o++)
    {
      int i, j;
      const EwSample *s = visit (l, o, &i, &j);
      double z, r = look_at (l, s, i, j, terms, &z);

      if (ew_cancelled (cancel))
        {
          g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
          return NULL;
        }
      if (s->mask != NULL && ew_grid_row (s->mask, i)[j] == 0)
        continue;
      fill_terms (l, s, i, j, z, terms);
      for (size_t a = 0; a < n; a++)
        {
          for (size_t b = a; b < n; b++)
            gram->g[a * n + b] += terms[a] * terms[b];
          gram->h[a] += terms[a] * r;
        }
      gram->c += r * r;
      gram->n_residuals++;
    }
  for (size_t a = 0; gram != NULL && a < n; a++)
    for (size_t b = 0; b < a; b++)
      gram->g[a * n + b] = gram->g[b * n + a];
  return g_steal_pointer (&gram);
}

/* The regression on the first n_base terms and @n more from term @from on: what it leaves, and its rank. */
static gboolean
regress (const EwGram *all, int n_base, int from, int n, double *left, int *rank, EwCancel *cancel, GError **error)
{
  g_autoptr (EwGram) part = ew_gram_new (n_base + n, all->n_residuals, error);
  g_autoptr (EwQuadratic) q = NULL;
  g_autoptr (EwOptimum) o = NULL;

  for (int a = 0; part != NULL && a < part->n; a++)
    {
      size_t row = (size_t)(a < n_base ? a : from + a - n_base);

      part->h[a] = all->h[row];
      for (int b = 0; b < part->n; b++)
        part->g[(size_t)a * part->n + b] = all->g[row * all->n + (b < n_base ? b : from + b - n_base)];
    }
  if (part == NULL)
    return FALSE;
  part->c = all->c;
  q = ew_quadratic_new (part, error);
  o = q == NULL ? NULL : ew_optimum_new (q, all->n_residuals, all->c, cancel, error);
  if (o == NULL)
    return FALSE;
  *left = o->loss;
  *rank = part->n - MAX (o->n_null, 0);
  return TRUE;
}

static void
judge (EwStructure *s, EwStructureKind kind, double left_0, int rank_0, double left_1, int rank_1)
{
  double d1 = rank_1 - rank_0, d2 = s->n_outputs - rank_1;
  double f;

  if (d1 < 1 || d2 < 1 || !(left_1 > 0) || !(left_0 > 0))
    return;
  f = (left_0 - left_1) / d1 / (left_1 / d2);
  s->p[kind] = ew_structure_f_tail (f, d1, d2);
  s->share[kind] = fmax (1 - left_1 / d2 / (left_0 / (d2 + d1)), 0);
  s->found[kind] = s->p[kind] < EW_STRUCTURE_ALPHA && s->share[kind] > EW_STRUCTURE_SHARE;
}

gboolean
ew_structure_look (const EwProblem *problem, const double *params, EwStructure *s, EwCancel *cancel, GError **error)
{
  int n_taps = problem->geometry.kernel_height * problem->geometry.kernel_width, base = n_taps + 1, rank_0, rank_1;
  Look l = { problem, params, n_taps, base + N_CONTENT + N_PLACE, 0, 1, 0, 0 };
  double n = l.n_terms, left_0, left_1;
  int outputs = (int)fmin (fmax (fmin (OUTPUTS_MOST, WORK_MOST / (n * n / 2)), OUTPUTS_A_TERM * n),
                           (double)problem->n_residuals);
  g_autoptr (EwGram) gram = NULL;

  *s = (EwStructure){ .p = { 1, 1 } };
  if (l.n_terms > EW_QUADRATIC_EIGEN_MAX || outputs < 4 * l.n_terms)
    return TRUE;
  plan_walk (&l);
  measure (&l);
  gram = sum_up (&l, outputs, cancel, error);
  if (gram == NULL)
    return FALSE;
  s->n_outputs = (int)gram->n_residuals;
  if (gram->c <= ROUNDING * ROUNDING * (l.mean * l.mean + l.scale * l.scale) * s->n_outputs)
    return TRUE;
  if (!regress (gram, base, base, 0, &left_0, &rank_0, cancel, error))
    return FALSE;
  for (int kind = 0; kind < EW_STRUCTURE_N; kind++)
    {
      int from = kind == EW_STRUCTURE_CONTENT ? base : base + N_CONTENT;

      if (!regress (gram, base, from, kind == EW_STRUCTURE_CONTENT ? N_CONTENT : N_PLACE, &left_1, &rank_1, cancel,
                    error))
        return FALSE;
      judge (s, (EwStructureKind)kind, left_0, rank_0, left_1, rank_1);
    }
  return TRUE;
}

/* The continued fraction of the incomplete beta function, by Lentz's method. */
static double
beta_fraction (double x, double a, double b)
{
  double c = 1, d = 1 - (a + b) * x / (a + 1), result;

  d = 1 / (fabs (d) < 1e-300 ? 1e-300 : d);
  result = d;
  for (int m = 1; m < 10000; m++)
    {
      double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
      double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
      double steps[] = { even, odd }, change = 1;

      for (int k = 0; k < 2; k++)
        {
          d = 1 + steps[k] * d;
          c = 1 + steps[k] / c;
          d = 1 / (fabs (d) < 1e-300 ? 1e-300 : d);
          c = fabs (c) < 1e-300 ? 1e-300 : c;
          change = c * d;
          result *= change;
        }
      if (fabs (change - 1) < 1e-15)
        break;
    }
  return result;
}

/* I_x(a, b), the regularised incomplete beta function. */
static double
incomplete_beta (double x, double a, double b)
{
  int sign;
  double front;

  if (x <= 0)
    return 0;
  if (x >= 1)
    return 1;
  front = exp (lgamma_r (a + b, &sign) - lgamma_r (a, &sign) - lgamma_r (b, &sign) + a * log (x) + b * log1p (-x));
  if (x < (a + 1) / (a + b + 2))
    return front * beta_fraction (x, a, b) / a;
  return 1 - front * beta_fraction (1 - x, b, a) / b;
}

double
ew_structure_f_tail (double f, double d1, double d2)
{
  return f <= 0 ? 1 : incomplete_beta (d2 / (d2 + d1 * f), d2 / 2, d1 / 2);
}

char *
ew_structure_say (const EwStructure *structure, EwStructureKind kind)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (number, sizeof number, structure->share[kind] < 0.1 ? "%.2g" : "%.3g", 100 * structure->share[kind]);
  if (kind == EW_STRUCTURE_CONTENT)
    return g_strdup_printf ("%s %% of what the best kernel leaves over depends on the picture’s brightness and contrast: the "
                            "filter is not linear, and a kernel only comes near it.",
                            number);
  return g_strdup_printf ("%s %% of what the best kernel leaves over depends on the place in the picture: the filter is not "
                          "the same everywhere, and a kernel is its average.",
                          number);
}
