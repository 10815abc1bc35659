/* EwSolver: the epochs. */
#include "engine/solver.h"

#include "engine/holdout.h"
#include "engine/stepper.h"

#include <math.h>
#include <string.h>

struct _EwSolver
{
  EwRecipe recipe;
  EwProblem *problem;
  EwProblem *plain; /* without padding; NULL where the quadratic does it all */
  EwQuadratic *quadratic;
  EwStepper stepper;
  EwSolverState state;
  guint64 epoch;
  double loss; /* as it is reported */
  double slope;
  double first_slope;
  double *before;  /* the parameters before the last epoch */
  double *present; /* the state; the parameters first */
  double *after;   /* the state to be */
};

static gboolean
squares (const double *params, double *loss, double *gradient, gpointer data, EwCancel *cancel, GError **error)
{
  static const EwObjective plain = { EW_PENALTY_SQUARED, 1, EW_ACTIVATION_NONE };
  EwSolver *s = data;

  if (s->plain != NULL)
    return ew_objective_evaluate (s->stepper.pool, &plain, s->plain, params, loss, gradient, cancel, error);
  *loss = ew_quadratic_loss (s->quadratic, params);
  ew_quadratic_gradient (s->quadratic, params, gradient);
  return TRUE;
}

static gboolean
prepare (EwSolver *s, GError **error)
{
  if (s->quadratic == NULL || !ew_recipe_is_quadratic (&s->recipe))
    {
      if (s->problem->n_samples == 0)
        g_set_error_literal (error, EW_ERROR, EW_ERROR_USAGE,
                             "Another loss than squares, an activation and mini-batches need the data, of which only "
                             "sums are here.");
      else
        s->plain = ew_problem_unpadded (s->problem, error);
      if (s->plain == NULL)
        return FALSE;
    }
  s->stepper = (EwStepper){
    .recipe = &s->recipe,
    .loss = s->recipe.loss,
    .rate = s->recipe.rate,
    .problem = s->problem,
    .plain = s->plain,
    .squares = squares,
    .data = s,
    .quadratic = s->quadratic,
    .diverged_above = NAN,
  };
  return TRUE;
}

EwSolver *
ew_solver_new (EwProblem *problem, EwQuadratic *quadratic, const EwKernel *start, const EwRecipe *recipe,
               GError **error)
{
  const EwGeometry *g = &problem->geometry;
  int n = problem->n_params;

  if (!ew_recipe_check (recipe, g->kernel_height, g->kernel_width, error))
    return NULL;
  if (start->height != g->kernel_height || start->width != g->kernel_width)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY,
                   "The start values are %d×%d, but the kernel to be learned is %d×%d.", start->height, start->width,
                   g->kernel_height, g->kernel_width);
      return NULL;
    }

  g_autoptr (EwSolver) s = g_new0 (EwSolver, 1);

  s->recipe = *recipe;
  s->problem = ew_problem_ref (problem);
  s->quadratic = quadratic;
  s->loss = s->slope = s->first_slope = NAN;
  s->before = g_new0 (double, n);
  s->present = g_new0 (double, ew_stepper_state_max (n));
  s->after = g_new0 (double, ew_stepper_state_max (n));
  memcpy (s->present, start->taps, (size_t)ew_kernel_n_taps (start) * sizeof (double));
  if (problem->has_bias)
    s->present[n - 1] = start->bias;
  ew_stepper_forget (&s->recipe, n, s->present);
  if (ew_constraint_is_any (&s->recipe.constraint))
    ew_constraint_apply (&s->recipe.constraint, g->kernel_height, g->kernel_width, 0, s->present);
  return prepare (s, error) ? g_steal_pointer (&s) : NULL;
}

void
ew_solver_free (EwSolver *s)
{
  if (s == NULL)
    return;
  ew_problem_unref (s->problem);
  ew_problem_unref (s->plain);
  g_free (s->before);
  g_free (s->present);
  g_free (s->after);
  g_free (s);
}

/* Back to the last weights whose loss is known to be good. */
static void
diverge (EwSolver *s, const EwStepped *stepped)
{
  s->state = EW_SOLVER_DIVERGED;
  if (stepped->at_start && s->epoch > 0)
    memcpy (s->present, s->before, s->problem->n_params * sizeof (double));
}

static void
consider_stopping (EwSolver *s, double loss_before)
{
  static const EwSolverState states[] = { [EW_HALT_NOT] = EW_SOLVER_READY,
                                          [EW_HALT_SETTLED] = EW_SOLVER_CONVERGED,
                                          [EW_HALT_SLOPE] = EW_SOLVER_SMALL_SLOPE,
                                          [EW_HALT_CHANGE] = EW_SOLVER_SMALL_CHANGE };
  gboolean unchanged = memcmp (s->present, s->before, s->problem->n_params * sizeof (double)) == 0;

  s->state = s->recipe.optimizer.kind == EW_OPTIMIZER_LEAST_SQUARES
                 ? EW_SOLVER_CONVERGED
                 : states[ew_stepper_halt (&s->recipe, s->slope, s->first_slope, loss_before, s->loss, unchanged)];
}

static gboolean
run_one (EwSolver *s, EwSolverFunc func, gpointer data, EwCancel *cancel, GError **error)
{
  int n = s->problem->n_params;
  size_t bytes = (size_t)ew_stepper_state_size (&s->recipe, n) * sizeof (double);
  double loss_before = s->loss;
  EwStepped stepped;

  memcpy (s->after, s->present, bytes);
  if (!ew_stepper_epoch (&s->stepper, s->epoch, s->after, &stepped, cancel, error))
    return FALSE;
  s->loss = s->recipe.loss == EW_LOSS_MEAN ? stepped.loss / (double)s->problem->n_residuals : stepped.loss;
  if (stepped.diverged)
    {
      diverge (s, &stepped);
      return TRUE;
    }
  memcpy (s->before, s->present, n * sizeof (double));
  memcpy (s->present, s->after, bytes);
  s->slope = stepped.slope;
  if (isnan (s->first_slope))
    s->first_slope = s->slope;
  s->epoch++;
  consider_stopping (s, loss_before);
  if (func != NULL)
    func (s->epoch, s->loss, s->present, data);
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

void
ew_solver_set_pool (EwSolver *solver, EwPool *pool)
{
  solver->stepper.pool = pool;
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
  return solver->present;
}

double
ew_solver_rate_limit (const EwRecipe *recipe, EwQuadratic *quadratic, gint64 n_residuals)
{
  if (recipe->objective.penalty == EW_PENALTY_ABSOLUTE)
    return INFINITY;
  return ew_recipe_rate_limit (recipe, ew_quadratic_lambda_max (quadratic), n_residuals);
}
