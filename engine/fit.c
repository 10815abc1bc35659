/* Fitting in one go: the quadratic of a problem, reweighted least squares, constraints. */
#include "engine/fit.h"

#include "engine/holdout.h"

#include <math.h>
#include <string.h>

#define ROBUST_SETTLED      1e-9
#define CONSTRAINED_SETTLED 1e-13
#define CONSTRAINED_ROUNDS  200000

static const EwObjective squares = { EW_PENALTY_SQUARED, 1, EW_ACTIVATION_NONE };

static gboolean
is_final (const GError *error)
{
  return g_error_matches (error, EW_ERROR, EW_ERROR_CANCELLED) || g_error_matches (error, EW_ERROR, EW_ERROR_TOO_LARGE);
}

/* The device's Gram sums, or NULL without an error where it is to be done here. */
static EwGram *
gram_on_device (EwLoaded *loaded, EwCancel *cancel, GError **error)
{
  g_autoptr (GError) cause = NULL;
  EwGram *gram = NULL;

  if (loaded->device->backend->gram == NULL)
    return NULL;
  gram = loaded->device->backend->gram (loaded, cancel, &cause);
  if (gram == NULL && is_final (cause))
    g_propagate_error (error, g_steal_pointer (&cause));
  return gram;
}

static EwGram *
gram_here (EwProblem *problem, EwCancel *cancel, GError **error)
{
  g_autoptr (EwProblem) plain = ew_problem_unpadded (problem, error);
  g_autofree double *zeros = g_new0 (double, problem->n_params);

  return plain == NULL ? NULL : ew_objective_gram (NULL, &squares, plain, zeros, 1, cancel, error);
}

static gboolean
evaluate_exactly (EwLoaded *loaded, EwProblem *problem, const double *params, double *loss, double *gradient,
                  EwCancel *cancel, GError **error)
{
  g_autoptr (GError) cause = NULL;

  if (loaded->device->backend->evaluate_exactly != NULL
      && loaded->device->backend->evaluate_exactly (loaded, params, loss, gradient, cancel, &cause))
    return TRUE;
  if (is_final (cause))
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }

  g_autoptr (EwProblem) plain = ew_problem_unpadded (problem, error);

  return plain != NULL && ew_objective_evaluate (NULL, &squares, plain, params, loss, gradient, cancel, error);
}

static EwQuadratic *
quadratic_of (EwLoaded *loaded, EwProblem *problem, EwCancel *cancel, GError **error)
{
  g_autofree double *params = g_new (double, problem->n_params);
  g_autofree double *gradient = g_new (double, problem->n_params);
  g_autoptr (GError) cause = NULL;
  g_autoptr (EwGram) gram = gram_on_device (loaded, cancel, &cause);
  g_autoptr (EwQuadratic) q = NULL;
  double loss;

  if (gram == NULL && cause == NULL)
    gram = gram_here (problem, cancel, &cause);
  if (gram == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return NULL;
    }
  q = ew_quadratic_new (gram, error);
  if (q == NULL || !ew_quadratic_optimum (q, params, NULL, NULL, cancel, error)
      || !evaluate_exactly (loaded, problem, params, &loss, gradient, cancel, error))
    return NULL;
  ew_quadratic_rebase (q, params, loss, gradient);
  return g_steal_pointer (&q);
}

EwQuadratic *
ew_fit_quadratic (EwDevices *devices, EwProblem *problem, EwCancel *cancel, GError **error)
{
  EwDevice *device = ew_devices_pick (devices, &problem->geometry, ew_problem_work (problem), error);
  EwLoaded *loaded = device == NULL ? NULL : ew_devices_load (devices, device, problem, cancel, error);
  EwQuadratic *q = loaded == NULL ? NULL : quadratic_of (loaded, problem, cancel, error);

  if (loaded != NULL)
    ew_devices_unload (devices, loaded);
  return q;
}

gboolean
ew_fit_evaluate (EwDevices *devices, EwProblem *problem, const double *params, double *loss, double *gradient,
                 EwCancel *cancel, GError **error)
{
  EwDevice *device = ew_devices_pick (devices, &problem->geometry, ew_problem_work (problem), error);
  EwLoaded *loaded = device == NULL ? NULL : ew_devices_load (devices, device, problem, cancel, error);
  gboolean done = loaded != NULL && evaluate_exactly (loaded, problem, params, loss, gradient, cancel, error);

  if (loaded != NULL)
    ew_devices_unload (devices, loaded);
  return done;
}

/* The step from row to row that keeps to the work allowed, but to some hundred outputs a parameter in any case. */
static int
rows_apart (const EwProblem *problem)
{
  double n = problem->n_params;
  double most = fmax (EW_FIT_ROBUST_WORK / (n * n / 2), 100 * n);

  return MAX ((int)((double)problem->n_residuals / most), 1);
}

static double
largest (const double *values, int n)
{
  double most = 0;

  for (int k = 0; k < n; k++)
    most = fmax (most, fabs (values[k]));
  return most;
}

/* One round; *moved is by how much the parameters changed, against the largest. */
static gboolean
reweigh (EwPool *pool, const EwObjective *objective, const EwProblem *problem, double *params, double *moved, gint64 *n_outputs,
         EwCancel *cancel, GError **error)
{
  int n = problem->n_params;
  g_autofree double *before = g_memdup2 (params, n * sizeof (double));
  g_autoptr (EwGram) gram = ew_objective_gram (pool, objective, problem, params, rows_apart (problem), cancel, error);
  g_autoptr (EwQuadratic) q = gram == NULL ? NULL : ew_quadratic_new (gram, error);

  if (q == NULL || !ew_quadratic_optimum (q, params, NULL, NULL, cancel, error))
    return FALSE;
  for (int k = 0; k < n; k++)
    before[k] -= params[k];
  *moved = largest (before, n) / fmax (largest (params, n), 1e-300);
  *n_outputs = gram->n_residuals;
  return TRUE;
}

gboolean
ew_fit_robust (EwPool *pool, const EwObjective *objective, const EwProblem *problem, double *params, gint64 *n_outputs,
               EwCancel *cancel, GError **error)
{
  double moved = INFINITY;
  gint64 outputs = 0;

  for (int round = 0; round < EW_FIT_ROBUST_ROUNDS && moved > ROBUST_SETTLED; round++)
    if (!reweigh (pool, objective, problem, params, &moved, &outputs, cancel, error))
      return FALSE;
  if (n_outputs != NULL)
    *n_outputs = outputs;
  return TRUE;
}

/* What a constrained fit works on. */
typedef struct
{
  EwQuadratic *q;
  const EwConstraint *constraint;
  int height;
  int width;
  int n;
  double ridge;
  double step;
  double *gradient;
} Constrained;

static double
cost_at (const Constrained *c, const double *w)
{
  double square = 0;

  for (int k = 0; k < c->height * c->width; k++)
    square += w[k] * w[k];
  return ew_quadratic_loss (c->q, w) + c->ridge * square + ew_constraint_cost (c->constraint, c->height * c->width, w);
}

/* to = the projected step from @from. */
static void
step_from (const Constrained *c, const double *from, double *to)
{
  ew_quadratic_gradient (c->q, from, c->gradient);
  for (int k = 0; k < c->n; k++)
    to[k] = from[k] - c->step * (c->gradient[k] + (k < c->height * c->width ? 2 * c->ridge * from[k] : 0));
  ew_constraint_apply (c->constraint, c->height, c->width, c->step, to);
}

static gboolean
iterate (const Constrained *c, double *params, EwCancel *cancel, GError **error)
{
  g_autofree double *next = g_new (double, 2 * (size_t)c->n);
  double *ahead = next + c->n;
  gboolean accelerate = (c->constraint->flags & EW_CONSTRAINT_SEPARABLE) == 0;
  double pace = 1, moved = INFINITY, cost = cost_at (c, params);

  memcpy (ahead, params, c->n * sizeof (double));
  for (int round = 0; round < CONSTRAINED_ROUNDS && moved > 0; round++)
    {
      double faster = accelerate ? (1 + sqrt (1 + 4 * pace * pace)) / 2 : 1;

      if (ew_cancelled (cancel))
        {
          g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
          return FALSE;
        }
      step_from (c, ahead, next);

      double now = cost_at (c, next);

      /* Carried too far: again from where it was, without a run-up. */
      if (accelerate && now > cost && pace > 1)
        {
          pace = 1;
          memcpy (ahead, params, c->n * sizeof (double));
          continue;
        }
      moved = 0;
      for (int k = 0; k < c->n; k++)
        {
          moved = fmax (moved, fabs (next[k] - params[k]));
          ahead[k] = next[k] + (pace - 1) / faster * (next[k] - params[k]);
          params[k] = next[k];
        }
      moved = moved > CONSTRAINED_SETTLED * largest (params, c->n) ? moved : 0;
      pace = faster;
      cost = now;
    }
  return TRUE;
}

gboolean
ew_fit_constrained (EwQuadratic *q, const EwConstraint *constraint, int height, int width, int n_params, double ridge,
                    double *params, EwCancel *cancel, GError **error)
{
  g_autofree double *gradient = g_new (double, n_params);
  double steepest = ew_quadratic_lambda_max (q) + ridge;
  Constrained c = { q, constraint, height, width, n_params, ridge, steepest > 0 ? 0.5 / steepest : 0, gradient };

  ew_constraint_apply (constraint, height, width, 0, params);
  return iterate (&c, params, cancel, error);
}
