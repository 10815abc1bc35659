/* EwObjective: loss and gradient, row by row. */
#include "engine/objective-private.h"

#include <math.h>
#include <string.h>

#define LANES 8

/* Parts that threads share, and values that the sums of all of them may take: the same whatever the number of threads. */
#define PARTS_MAX   128
#define PART_VALUES ((size_t)1 << 22)

/* Multiply-adds that are done without waking anyone. */
#define ALONE_WORK (1 << 16)

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
        const float *x = ew_objective_under_tap (problem, sample, i, a, c);
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
    gradient[k] += dot_row (p, ew_objective_under_tap (problem, sample, i, k / g->kernel_width, k % g->kernel_width), g->stride,
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

double
ew_objective_judge (const EwObjective *objective, const EwSample *sample, int i, int j, int n, double *z)
{
  const float *y = ew_grid_row (sample->y, i) + j;
  const float *mask = ew_objective_mask_row (sample, i);
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

/* Parts of the rows of all samples, every @every-th one, that are summed up by themselves: at most PARTS_MAX, and so many
 * that their sums of @size values each take at most PART_VALUES. */
typedef struct
{
  const EwObjective *objective;
  const EwProblem *problem;
  const double *params;
  int every;
  gint64 n_rows;
  int n;
  size_t size;
  double *sums; /* n × size */
  void (*add) (const EwObjective *objective, const EwProblem *problem, const double *params, const EwSample *sample,
               int i, double *room, double *sums);
  EwCancel *cancel;
} Parts;

static gint64
rows_of (const EwSample *sample, int every)
{
  return ((gint64)sample->y->height + every - 1) / every;
}

static void
parts_init (Parts *parts)
{
  for (int s = 0; s < parts->problem->n_samples; s++)
    parts->n_rows += rows_of (&parts->problem->samples[s], parts->every);
  parts->n = (int)CLAMP (MIN ((gint64)(PART_VALUES / parts->size), parts->n_rows), 1, PARTS_MAX);
  parts->sums = g_new0 (double, (size_t)parts->n * parts->size);
}

static void
sum_part (int item, gpointer data)
{
  const Parts *parts = data;
  gint64 first = parts->n_rows * item / parts->n;
  gint64 left = parts->n_rows * (item + 1) / parts->n - first;
  const EwSample *sample = parts->problem->samples;
  g_autofree double *room = g_new (double, 2 * (size_t)longest_row (parts->problem));

  for (; first >= rows_of (sample, parts->every); sample++)
    first -= rows_of (sample, parts->every);
  for (; left > 0 && !ew_cancelled (parts->cancel); left--, first++)
    {
      if (first == rows_of (sample, parts->every))
        {
          sample++;
          first = 0;
        }
      parts->add (parts->objective, parts->problem, parts->params, sample, (int)first * parts->every, room,
                  parts->sums + (size_t)item * parts->size);
    }
}

/* All parts, added up in their order into the first. FALSE where it was cancelled. */
static gboolean
sum_parts (EwPool *pool, Parts *parts, GError **error)
{
  /* Waking the others takes longer than a small problem. */
  gboolean alone = pool == NULL || ew_problem_work (parts->problem) / parts->every < ALONE_WORK;

  if (!alone)
    ew_pool_run (pool, parts->n, sum_part, parts, parts->cancel);
  for (int item = 0; alone && item < parts->n; item++)
    sum_part (item, parts);
  if (check_cancelled (parts->cancel, error))
    return FALSE;
  for (int item = 1; item < parts->n; item++)
    for (size_t k = 0; k < parts->size; k++)
      parts->sums[k] += parts->sums[(size_t)item * parts->size + k];
  return TRUE;
}

/* The loss of a row, and behind it its gradient. */
static void
add_loss (const EwObjective *objective, const EwProblem *problem, const double *params, const EwSample *sample, int i,
          double *room, double *sums)
{
  correlate_row (problem, sample, params, i, room);
  sums[0] += ew_objective_judge (objective, sample, i, 0, sample->y->width, room);
}

static void
add_loss_and_gradient (const EwObjective *objective, const EwProblem *problem, const double *params,
                       const EwSample *sample, int i, double *room, double *sums)
{
  add_loss (objective, problem, params, sample, i, room, sums);
  add_row (problem, sample, i, room, 0, sums + 1);
}

gboolean
ew_objective_evaluate (EwPool *pool, const EwObjective *objective, const EwProblem *problem, const double *params,
                       double *loss, double *gradient, EwCancel *cancel, GError **error)
{
  Parts parts = { .objective = objective,
                  .problem = problem,
                  .params = params,
                  .every = 1,
                  .size = gradient == NULL ? 1 : 1 + (size_t)problem->n_params,
                  .add = gradient == NULL ? add_loss : add_loss_and_gradient,
                  .cancel = cancel };
  gboolean done;

  parts_init (&parts);
  done = sum_parts (pool, &parts, error);
  if (done)
    *loss = parts.sums[0];
  if (done && gradient != NULL)
    memcpy (gradient, parts.sums + 1, problem->n_params * sizeof (double));
  g_free (parts.sums);
  return done;
}

/* Adds one output row with weights m to the upper triangle of G, and behind that to h and to c. @rows is room for a row. */
static void
add_row_to_gram (const EwProblem *problem, const EwSample *sample, int i, const double *m, double *rows, double *sums)
{
  const EwGeometry *g = &problem->geometry;
  const float *y = ew_grid_row (sample->y, i);
  size_t n = (size_t)problem->n_params;
  int width = sample->y->width;

  for (int k = 0; k < problem->n_params; k++)
    {
      gboolean is_tap = k < g->kernel_height * g->kernel_width;
      const float *x
          = is_tap ? ew_objective_under_tap (problem, sample, i, k / g->kernel_width, k % g->kernel_width) : NULL;

      for (int j = 0; j < width; j++)
        rows[j] = m[j] * (is_tap ? (double)x[(size_t)j * g->stride] : 1);
      add_row (problem, sample, i, rows, k, sums + k * n);
      sums[n * n + k] += dot_row (rows, y, 1, width);
    }
  for (int j = 0; j < width; j++)
    sums[n * n + n] += m[j] * y[j] * y[j];
}

/* From z, in place, the weights of a row. */
static void
weigh_row (const EwObjective *objective, const EwSample *sample, int i, double *z)
{
  const float *y = ew_grid_row (sample->y, i);
  const float *mask = ew_objective_mask_row (sample, i);

  for (int j = 0; j < sample->y->width; j++)
    z[j] = (mask == NULL ? 1 : (double)mask[j]) * weight_of (objective, z[j] - y[j]);
}

static void
add_gram (const EwObjective *objective, const EwProblem *problem, const double *params, const EwSample *sample, int i,
          double *room, double *sums)
{
  correlate_row (problem, sample, params, i, room);
  weigh_row (objective, sample, i, room);
  add_row_to_gram (problem, sample, i, room, room + longest_row (problem), sums);
}

/* From the sums of all parts. */
static void
fill_gram (EwGram *gram, const Parts *parts)
{
  size_t n = (size_t)gram->n;

  memcpy (gram->g, parts->sums, n * n * sizeof (double));
  memcpy (gram->h, parts->sums + n * n, n * sizeof (double));
  gram->c = parts->sums[n * n + n];
  for (int s = 0; s < parts->problem->n_samples; s++)
    gram->n_residuals
        += rows_of (&parts->problem->samples[s], parts->every) * parts->problem->samples[s].y->width;
  for (size_t k = 0; k < n; k++)
    for (size_t l = 0; l < k; l++)
      gram->g[k * n + l] = gram->g[l * n + k];
}

EwGram *
ew_objective_gram (EwPool *pool, const EwObjective *objective, const EwProblem *problem, const double *params, int every,
                   EwCancel *cancel, GError **error)
{
  size_t n = (size_t)problem->n_params;
  EwGram *gram = ew_gram_new (problem->n_params, 0, error);
  Parts parts = { .objective = objective,
                  .problem = problem,
                  .params = params,
                  .every = every,
                  .size = n * n + n + 1,
                  .add = add_gram,
                  .cancel = cancel };

  if (gram == NULL)
    return NULL;
  parts_init (&parts);
  if (sum_parts (pool, &parts, error))
    fill_gram (gram, &parts);
  else
    g_clear_pointer (&gram, ew_gram_unref);
  g_free (parts.sums);
  return gram;
}
