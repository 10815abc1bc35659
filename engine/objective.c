/* EwObjective: loss and gradient, row by row. */
#include "engine/objective.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LANES 8

double
ew_penalty_cost (const EwObjective *objective, double r)
{
  double delta = objective->delta;

  switch (objective->penalty)
    {
    case EW_PENALTY_HUBER:
      return fabs (r) <= delta ? r * r : 2 * delta * fabs (r) - delta * delta;
    case EW_PENALTY_ABSOLUTE:
      return sqrt (r * r + delta * delta) - delta;
    case EW_PENALTY_SQUARED:
    default:
      return r * r;
    }
}

double
ew_penalty_slope (const EwObjective *objective, double r)
{
  double delta = objective->delta;

  switch (objective->penalty)
    {
    case EW_PENALTY_HUBER:
      return fabs (r) <= delta ? 2 * r : copysign (2 * delta, r);
    case EW_PENALTY_ABSOLUTE:
      return r / sqrt (r * r + delta * delta);
    case EW_PENALTY_SQUARED:
    default:
      return 2 * r;
    }
}

/* m with slope(r) = 2mr, but for a factor of 2 in the absolute value's, which changes no optimum. */
static double
weight_of (const EwObjective *objective, double r)
{
  double delta = objective->delta;

  switch (objective->penalty)
    {
    case EW_PENALTY_HUBER:
      return fabs (r) <= delta ? 1 : delta / fabs (r);
    case EW_PENALTY_ABSOLUTE:
      return 1 / sqrt (r * r + delta * delta);
    case EW_PENALTY_SQUARED:
    default:
      return 1;
    }
}

static double
activate (EwActivation activation, double z)
{
  return activation == EW_ACTIVATION_RELU ? fmax (z, 0) : activation == EW_ACTIVATION_ABS ? fabs (z) : z;
}

static double
activation_slope (EwActivation activation, double z)
{
  if (activation == EW_ACTIVATION_NONE)
    return 1;
  if (activation == EW_ACTIVATION_RELU)
    return z > 0;
  return (z > 0) - (z < 0);
}

/* The input under tap (a, c) for output (i, 0); the next output's is a stride further. */
static const float *
under_tap (const EwProblem *problem, const EwSample *sample, int i, int a, int c)
{
  const EwGeometry *g = &problem->geometry;

  return ew_grid_row (sample->x, i * g->stride + a * g->dilation) + (size_t)c * g->dilation;
}

/* z = X ⋆ K + b for one output row. */
static void
correlate_row (const EwProblem *problem, const EwSample *sample, const double *params, int i, double *z)
{
  const EwGeometry *g = &problem->geometry;
  int width = sample->y->width;

  for (int j = 0; j < width; j++)
    z[j] = problem->has_bias ? params[problem->n_params - 1] : 0;
  for (int a = 0; a < g->kernel_height; a++)
    for (int c = 0; c < g->kernel_width; c++)
      {
        const float *x = under_tap (problem, sample, i, a, c);
        double w = params[a * g->kernel_width + c];

        if (g->stride == 1)
          for (int j = 0; j < width; j++)
            z[j] += w * x[j];
        else
          for (int j = 0; j < width; j++)
            z[j] += w * x[(size_t)j * g->stride];
      }
}

/* Σ p·x, in lanes so that additions overlap. */
static double
dot_row (const double *p, const float *x, int stride, int n)
{
  double lanes[LANES] = { 0 };
  double sum = 0;
  int j = 0;

  for (; stride == 1 && j + LANES <= n; j += LANES)
    for (int lane = 0; lane < LANES; lane++)
      lanes[lane] += p[j + lane] * x[j + lane];
  for (; j < n; j++)
    lanes[0] += p[j] * x[(size_t)j * stride];
  for (int lane = 0; lane < LANES; lane++)
    sum += lanes[lane];
  return sum;
}

/* gradient += Σ p·φ over one output row, for the parameters from number @from on. */
static void
add_row (const EwProblem *problem, const EwSample *sample, int i, const double *p, int from, double *gradient)
{
  static const float ones[1] = { 1 };
  const EwGeometry *g = &problem->geometry;
  int n_taps = g->kernel_height * g->kernel_width;
  int width = sample->y->width;

  for (int k = from; k < n_taps; k++)
    gradient[k] += dot_row (p, under_tap (problem, sample, i, k / g->kernel_width, k % g->kernel_width), g->stride,
                            width);
  if (problem->has_bias)
    gradient[n_taps] += dot_row (p, ones, 0, width);
}

static gboolean
check_cancelled (EwCancel *cancel, GError **error)
{
  if (!ew_cancelled (cancel))
    return FALSE;
  g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
  return TRUE;
}

/* The longest output row of a problem. */
static int
longest_row (const EwProblem *problem)
{
  int width = 0;

  for (int s = 0; s < problem->n_samples; s++)
    width = MAX (width, problem->samples[s].y->width);
  return width;
}

/* A row of the mask, or NULL where all its weights are 1. */
static const float *
mask_row (const EwSample *sample, int i)
{
  return sample->mask == NULL ? NULL : ew_grid_row (sample->mask, i);
}

/* From z, in place, the slope of the loss with z, for the outputs (i, j) … (i, j + n − 1); returns their loss. */
static double
judge_row (const EwObjective *objective, const EwSample *sample, int i, int j, int n, double *z)
{
  const float *y = ew_grid_row (sample->y, i) + j;
  const float *mask = mask_row (sample, i);
  double loss = 0;

  for (int k = 0; k < n; k++)
    {
      double weight = mask == NULL ? 1 : (double)mask[j + k];
      double r = activate (objective->activation, z[k]) - y[k];

      loss += weight * ew_penalty_cost (objective, r);
      z[k] = weight * ew_penalty_slope (objective, r) * activation_slope (objective->activation, z[k]);
    }
  return loss;
}

gboolean
ew_objective_evaluate (const EwObjective *objective, const EwProblem *problem, const double *params, double *loss,
                       double *gradient, EwCancel *cancel, GError **error)
{
  g_autofree double *z = g_new (double, longest_row (problem));

  *loss = 0;
  if (gradient != NULL)
    memset (gradient, 0, problem->n_params * sizeof (double));
  for (int s = 0; s < problem->n_samples; s++)
    for (int i = 0; i < problem->samples[s].y->height; i++)
      {
        const EwSample *sample = &problem->samples[s];

        if (check_cancelled (cancel, error))
          return FALSE;
        correlate_row (problem, sample, params, i, z);
        *loss += judge_row (objective, sample, i, 0, sample->y->width, z);
        if (gradient != NULL)
          add_row (problem, sample, i, z, 0, gradient);
      }
  return TRUE;
}

/* Fills the patch under output (i, j), with a last 1 for the bias. */
static void
gather_patch (const EwProblem *problem, const EwSample *sample, int i, int j, double *patch)
{
  const EwGeometry *g = &problem->geometry;

  for (int a = 0; a < g->kernel_height; a++)
    for (int c = 0; c < g->kernel_width; c++)
      patch[a * g->kernel_width + c] = under_tap (problem, sample, i, a, c)[(size_t)j * g->stride];
  if (problem->has_bias)
    patch[problem->n_params - 1] = 1;
}

/* Outputs over all samples, masked or not. */
static gint64
count_outputs (const EwProblem *problem)
{
  gint64 n = 0;

  for (int s = 0; s < problem->n_samples; s++)
    n += (gint64)problem->samples[s].y->height * problem->samples[s].y->width;
  return n;
}

/* The output of number @at, counted over all samples row by row. */
static const EwSample *
find_output (const EwProblem *problem, gint64 at, int *i, int *j)
{
  const EwSample *sample = problem->samples;

  for (; at >= (gint64)sample->y->height * sample->y->width; sample++)
    at -= (gint64)sample->y->height * sample->y->width;
  *i = (int)(at / sample->y->width);
  *j = (int)(at % sample->y->width);
  return sample;
}

void
ew_objective_sample (const EwObjective *objective, const EwProblem *problem, const double *params, gint64 batch,
                     EwRandom *random, double *loss, double *gradient)
{
  g_autofree double *patch = g_new (double, problem->n_params);
  gint64 outputs = count_outputs (problem);
  double share = (double)outputs / (double)batch;

  *loss = 0;
  memset (gradient, 0, problem->n_params * sizeof (double));
  for (gint64 b = 0; b < batch; b++)
    {
      gint64 at = (gint64)(ew_random_uniform (random) * (double)outputs);
      int i, j;
      const EwSample *sample = find_output (problem, MIN (at, outputs - 1), &i, &j);
      double z = 0;

      gather_patch (problem, sample, i, j, patch);
      for (int k = 0; k < problem->n_params; k++)
        z += params[k] * patch[k];

      double slope = z;

      *loss += share * judge_row (objective, sample, i, j, 1, &slope);
      for (int k = 0; k < problem->n_params; k++)
        gradient[k] += share * slope * patch[k];
    }
}

/* Adds one output row with weights m to the upper triangle of G, to h and to c. @rows is room for a row. */
static void
add_row_to_gram (const EwProblem *problem, const EwSample *sample, int i, const double *m, double *rows, EwGram *gram)
{
  const EwGeometry *g = &problem->geometry;
  const float *y = ew_grid_row (sample->y, i);
  size_t n = (size_t)gram->n;
  int width = sample->y->width;

  for (int k = 0; k < gram->n; k++)
    {
      gboolean is_tap = k < g->kernel_height * g->kernel_width;
      const float *x
          = is_tap ? under_tap (problem, sample, i, k / g->kernel_width, k % g->kernel_width) : NULL;

      for (int j = 0; j < width; j++)
        rows[j] = m[j] * (is_tap ? (double)x[(size_t)j * g->stride] : 1);
      add_row (problem, sample, i, rows, k, gram->g + k * n);
      gram->h[k] += dot_row (rows, y, 1, width);
    }
  for (int j = 0; j < width; j++)
    gram->c += m[j] * y[j] * y[j];
}

/* From z, in place, the weights of a row. */
static void
weigh_row (const EwObjective *objective, const EwSample *sample, int i, double *z)
{
  const float *y = ew_grid_row (sample->y, i);
  const float *mask = mask_row (sample, i);

  for (int j = 0; j < sample->y->width; j++)
    z[j] = (mask == NULL ? 1 : (double)mask[j]) * weight_of (objective, z[j] - y[j]);
}

EwGram *
ew_objective_gram (const EwObjective *objective, const EwProblem *problem, const double *params, int every,
                   EwCancel *cancel, GError **error)
{
  int width = longest_row (problem);
  g_autofree double *z = g_new (double, 2 * (size_t)width);
  g_autoptr (EwGram) gram = ew_gram_new (problem->n_params, 0, error);

  if (gram == NULL)
    return NULL;
  for (int s = 0; s < problem->n_samples; s++)
    for (int i = 0; i < problem->samples[s].y->height; i += every)
      {
        const EwSample *sample = &problem->samples[s];

        if (check_cancelled (cancel, error))
          return NULL;
        correlate_row (problem, sample, params, i, z);
        weigh_row (objective, sample, i, z);
        add_row_to_gram (problem, sample, i, z, z + width, gram);
        gram->n_residuals += sample->y->width;
      }
  for (size_t k = 0; k < (size_t)gram->n; k++)
    for (size_t l = 0; l < k; l++)
      gram->g[k * gram->n + l] = gram->g[l * gram->n + k];
  return g_steal_pointer (&gram);
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

double
ew_objective_scale (const EwProblem *problem, const double *params, int most)
{
  gint64 outputs = count_outputs (problem);
  gint64 n = MIN (outputs, most), kept = 0;
  g_autofree double *patch = g_new (double, problem->n_params);
  g_autofree double *sizes = g_new (double, (size_t)CLAMP (n, 1, G_MAXINT));

  for (gint64 b = 0; b < n; b++)
    {
      int i, j;
      const EwSample *sample
          = find_output (problem, (gint64)((double)b * (double)outputs / (double)n), &i, &j);
      double r = -(double)ew_grid_row (sample->y, i)[j];

      if (sample->mask != NULL && mask_row (sample, i)[j] == 0)
        continue;
      gather_patch (problem, sample, i, j, patch);
      for (int k = 0; k < problem->n_params; k++)
        r += params[k] * patch[k];
      sizes[kept++] = fabs (r);
    }
  qsort (sizes, (size_t)kept, sizeof (double), compare_doubles);
  return kept == 0 ? 0 : 1.4826 * sizes[kept / 2];
}
