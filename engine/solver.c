/* EwSolver: the epochs. */
#include "engine/solver.h"

#include "engine/holdout.h"

#include <math.h>
#include <string.h>

/* Diverged: a loss above this many times the larger of the first loss and Σ y², as in the trainer. */
#define EXPLODED 1e12

/* Conjugate gradients have come as near as rounding lets them when the gradient is this part of the first one. */
#define CG_SETTLED 1e-12

struct _EwSolver
{
  EwSolverOptions options;
  EwProblem *problem;
  EwProblem *plain; /* without padding; NULL where the quadratic does it all */
  EwQuadratic *quadratic;
  EwSolverState state;
  EwRandom random;
  guint64 epoch;
  double loss; /* as it is reported */
  double slope;
  double first_slope;
  double exploded;
  double *params;
  double *previous; /* before the last update */
  double *gradient; /* of the summed objective and ridge; scaled in place to the kind of loss */
  double *ahead;    /* n, and n for the gradient there */
  double *memory;   /* the rule's state */
};

void
ew_solver_options_init (EwSolverOptions *options, EwOptimizerKind kind)
{
  *options = (EwSolverOptions){
    .schedule = { EW_SCHEDULE_CONSTANT, 1, 1 }, .objective = { EW_PENALTY_SQUARED, 1, EW_ACTIVATION_NONE }
  };
  ew_optimizer_init (&options->optimizer, kind);
}

static gboolean
is_squares (const EwObjective *objective)
{
  return objective->penalty == EW_PENALTY_SQUARED && objective->activation == EW_ACTIVATION_NONE;
}

/* What the squared loss as a quadratic is enough for. */
static gboolean
is_quadratic (const EwSolverOptions *options)
{
  return is_squares (&options->objective) && options->batch == 0;
}

static gboolean
refuse (const char *sentence, GError **error)
{
  g_set_error_literal (error, EW_ERROR, EW_ERROR_USAGE, sentence);
  return FALSE;
}

gboolean
ew_solver_options_check (const EwSolverOptions *options, int height, int width, GError **error)
{
  gboolean constrained = ew_constraint_is_any (&options->constraint);

  if (options->optimizer.kind == EW_OPTIMIZER_CG && (constrained || !is_quadratic (options)))
    return refuse ("Conjugate gradients are for the squared loss over all pixels without constraints; gd, momentum or "
                   "least-squares would do.",
                   error);
  if (options->optimizer.kind == EW_OPTIMIZER_LEAST_SQUARES)
    {
      if (options->batch > 0 || options->objective.activation != EW_ACTIVATION_NONE)
        return refuse ("Least squares in one step knows no mini-batches and no activation; adam or momentum would do.",
                       error);
      if (constrained && options->objective.penalty != EW_PENALTY_SQUARED)
        return refuse ("Least squares in one step has constraints or a robust loss, not both; momentum or adam would "
                       "do.",
                       error);
    }
  return !constrained || ew_constraint_check (&options->constraint, height, width, error);
}

static gboolean
prepare (EwSolver *s, GError **error)
{
  if (s->quadratic != NULL && is_quadratic (&s->options))
    return TRUE;
  s->plain = ew_problem_unpadded (s->problem, error);
  return s->plain != NULL;
}

EwSolver *
ew_solver_new (EwProblem *problem, EwQuadratic *quadratic, const EwKernel *start, const EwSolverOptions *options,
               GError **error)
{
  const EwGeometry *g = &problem->geometry;
  size_t n = problem->n_params;

  if (!ew_solver_options_check (options, g->kernel_height, g->kernel_width, error))
    return NULL;
  if (start->height != g->kernel_height || start->width != g->kernel_width)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY,
                   "The start values are %d×%d, but the kernel to be learned is %d×%d.", start->height, start->width,
                   g->kernel_height, g->kernel_width);
      return NULL;
    }

  g_autoptr (EwSolver) s = g_new0 (EwSolver, 1);

  s->options = *options;
  s->problem = ew_problem_ref (problem);
  s->quadratic = quadratic;
  s->random = options->seed;
  s->loss = s->slope = s->first_slope = s->exploded = NAN;
  s->params = g_new0 (double, n);
  s->previous = g_new0 (double, n);
  s->gradient = g_new0 (double, n);
  s->ahead = g_new0 (double, 2 * n);
  s->memory = g_new0 (double, ew_optimizer_state_size (options->optimizer.kind, (int)n) + 1);
  memcpy (s->params, start->taps, (size_t)ew_kernel_n_taps (start) * sizeof (double));
  if (problem->has_bias)
    s->params[n - 1] = start->bias;
  if (ew_constraint_is_any (&s->options.constraint))
    ew_constraint_apply (&s->options.constraint, g->kernel_height, g->kernel_width, 0, s->params);
  return prepare (s, error) ? g_steal_pointer (&s) : NULL;
}

void
ew_solver_free (EwSolver *s)
{
  if (s == NULL)
    return;
  ew_problem_unref (s->problem);
  ew_problem_unref (s->plain);
  g_free (s->params);
  g_free (s->previous);
  g_free (s->gradient);
  g_free (s->ahead);
  g_free (s->memory);
  g_free (s);
}

static int
n_taps (const EwSolver *s)
{
  return s->problem->n_params - (s->problem->has_bias ? 1 : 0);
}

static double
as_kind (const EwSolver *s, double summed)
{
  return s->options.loss == EW_LOSS_MEAN ? summed / (double)s->problem->n_residuals : summed;
}

/* The summed loss at @params, and the gradient of what is minimised, in the kind of loss. */
static gboolean
evaluate (EwSolver *s, const double *params, double *loss, double *gradient, EwCancel *cancel, GError **error)
{
  if (s->plain == NULL)
    {
      *loss = ew_quadratic_loss (s->quadratic, params);
      ew_quadratic_gradient (s->quadratic, params, gradient);
    }
  else if (s->options.batch > 0)
    ew_objective_sample (&s->options.objective, s->plain, params, s->options.batch, &s->random, loss, gradient);
  else if (!ew_objective_evaluate (&s->options.objective, s->plain, params, loss, gradient, cancel, error))
    return FALSE;
  for (int k = 0; k < s->problem->n_params; k++)
    gradient[k] = as_kind (s, gradient[k] + (k < n_taps (s) ? 2 * s->options.ridge * params[k] : 0));
  return TRUE;
}

static double
length (const double *v, int n)
{
  double square = 0;

  for (int k = 0; k < n; k++)
    square += v[k] * v[k];
  return sqrt (square);
}

/* FALSE where a summed loss shows divergence: back to the weights before. */
static gboolean
accept_loss (EwSolver *s, double summed)
{
  s->loss = as_kind (s, summed);
  if (isnan (s->exploded) && isfinite (summed))
    s->exploded = EXPLODED * fmax (summed, s->problem->y_squared);
  if (isfinite (summed) && !(summed > s->exploded))
    return TRUE;
  s->state = EW_SOLVER_DIVERGED;
  if (s->epoch > 0)
    memcpy (s->params, s->previous, s->problem->n_params * sizeof (double));
  return FALSE;
}

/* Conjugate gradients: G·d from the gradient a direction further on. */
static gboolean
conjugate_step (EwSolver *s, EwCancel *cancel, GError **error)
{
  int n = s->problem->n_params;
  const double *direction = ew_optimizer_direct (n, s->gradient, s->memory);
  double *there = s->ahead + n;
  double loss;

  for (int k = 0; k < n; k++)
    s->ahead[k] = s->params[k] + direction[k];
  if (!evaluate (s, s->ahead, &loss, there, cancel, error))
    return FALSE;
  for (int k = 0; k < n; k++)
    there[k] = (there[k] - s->gradient[k]) / 2;
  ew_optimizer_move (n, s->gradient, there, s->params, s->memory);
  return TRUE;
}

/* All in one step. */
static gboolean
solve (EwSolver *s, EwCancel *cancel, GError **error)
{
  const EwGeometry *g = &s->problem->geometry;
  const EwSolverOptions *o = &s->options;

  if (s->quadratic != NULL && !ew_quadratic_optimum (s->quadratic, s->params, NULL, NULL, cancel, error))
    return FALSE;
  if (!is_squares (&o->objective))
    return ew_fit_robust (&o->objective, s->plain, s->params, NULL, cancel, error);
  if (!ew_constraint_is_any (&o->constraint) && o->ridge == 0)
    return TRUE;
  return ew_fit_constrained (s->quadratic, &o->constraint, g->kernel_height, g->kernel_width, s->problem->n_params,
                             o->ridge, s->params, cancel, error);
}

/* One update of the weights from the gradient. */
static gboolean
update (EwSolver *s, EwCancel *cancel, GError **error)
{
  const EwSolverOptions *o = &s->options;
  const EwGeometry *g = &s->problem->geometry;
  double rate = ew_schedule_rate (&o->schedule, o->rate, s->epoch);

  if (o->optimizer.kind == EW_OPTIMIZER_LEAST_SQUARES)
    return solve (s, cancel, error);
  if (o->optimizer.kind == EW_OPTIMIZER_CG)
    return conjugate_step (s, cancel, error);
  ew_optimizer_step (&o->optimizer, s->problem->n_params, rate, s->gradient, s->params, s->memory);
  if (ew_constraint_is_any (&o->constraint))
    ew_constraint_apply (&o->constraint, g->kernel_height, g->kernel_width, as_kind (s, rate), s->params);
  return TRUE;
}

/* Why not to go on after an epoch. */
static void
consider_stopping (EwSolver *s, double loss_before)
{
  const EwSolverOptions *o = &s->options;
  size_t bytes = s->problem->n_params * sizeof (double);

  if (o->optimizer.kind == EW_OPTIMIZER_LEAST_SQUARES
      || (o->optimizer.kind == EW_OPTIMIZER_CG && s->slope <= CG_SETTLED * s->first_slope)
      || (o->batch == 0 && memcmp (s->params, s->previous, bytes) == 0))
    s->state = EW_SOLVER_CONVERGED;
  else if (o->stop_gradient > 0 && s->slope <= o->stop_gradient)
    s->state = EW_SOLVER_SMALL_SLOPE;
  else if (o->stop_change > 0 && fabs (loss_before - s->loss) <= o->stop_change * fabs (loss_before))
    s->state = EW_SOLVER_SMALL_CHANGE;
}

static gboolean
all_finite (const double *values, int n)
{
  for (int k = 0; k < n; k++)
    if (!isfinite (values[k]))
      return FALSE;
  return TRUE;
}

/* One epoch: a step, or with mini-batches as many as there are batches. */
static gboolean
run_one (EwSolver *s, EwSolverFunc func, gpointer data, EwCancel *cancel, GError **error)
{
  int n = s->problem->n_params;
  gint64 steps = s->options.batch > 0 ? (s->problem->n_residuals + s->options.batch - 1) / s->options.batch : 1;
  double loss_before = s->loss, seen = 0, loss;

  for (gint64 step = 0; step < steps; step++)
    {
      if (!evaluate (s, s->params, &loss, s->gradient, cancel, error))
        return FALSE;
      if (!accept_loss (s, loss))
        return TRUE;
      seen += s->loss / (double)steps;
      memcpy (s->previous, s->params, n * sizeof (double));
      if (!update (s, cancel, error))
        return FALSE;
      if (!all_finite (s->params, n))
        {
          memcpy (s->params, s->previous, n * sizeof (double));
          s->state = EW_SOLVER_DIVERGED;
          return TRUE;
        }
    }
  s->loss = seen;
  s->slope = length (s->gradient, n);
  if (isnan (s->first_slope))
    s->first_slope = s->slope;
  s->epoch++;
  consider_stopping (s, loss_before);
  if (func != NULL)
    func (s->epoch, s->loss, s->params, data);
  return TRUE;
}

gboolean
ew_solver_run (EwSolver *s, gint64 epochs, EwSolverFunc func, gpointer data, EwCancel *cancel, GError **error)
{
  for (; epochs > 0 && s->state == EW_SOLVER_READY; epochs--)
    {
      if (ew_cancelled (cancel))
        {
          g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The training was cancelled.");
          return FALSE;
        }
      if (!run_one (s, func, data, cancel, error))
        return FALSE;
    }
  return TRUE;
}

EwSolverState
ew_solver_state (const EwSolver *solver)
{
  return solver->state;
}

guint64
ew_solver_epoch (const EwSolver *solver)
{
  return solver->epoch;
}

double
ew_solver_loss (const EwSolver *solver)
{
  return solver->loss;
}

double
ew_solver_slope (const EwSolver *solver)
{
  return solver->slope;
}

const double *
ew_solver_params (const EwSolver *solver)
{
  return solver->params;
}

double
ew_solver_rate_limit (const EwSolverOptions *options, EwQuadratic *quadratic, gint64 n_residuals)
{
  double limit = ew_optimizer_limit (&options->optimizer, ew_quadratic_lambda_max (quadratic) + options->ridge);

  if (options->objective.penalty == EW_PENALTY_ABSOLUTE)
    return INFINITY;
  return options->loss == EW_LOSS_MEAN ? limit * (double)n_residuals : limit;
}
