/* EwStepper: gradients, updates and what a state holds. */
#include "engine/stepper.h"

#include <math.h>
#include <string.h>

/* Conjugate gradients have come as near as rounding lets them when the gradient is this part of the first one. */
#define CG_SETTLED 1e-12

/* What the rule remembers; least squares that it is done. */
static int
memory_size (const EwRecipe *recipe, int n)
{
  return recipe->optimizer.kind == EW_OPTIMIZER_LEAST_SQUARES
             ? 1
             : (int)ew_optimizer_state_size (recipe->optimizer.kind, n);
}

int
ew_stepper_state_size (const EwRecipe *recipe, int n)
{
  return n + memory_size (recipe, n) + (recipe->batch > 0 ? 1 : 0);
}

int
ew_stepper_state_max (int n)
{
  size_t most = 1;

  for (int kind = 0; kind < EW_OPTIMIZER_N_KINDS; kind++)
    most = MAX (most, ew_optimizer_state_size ((EwOptimizerKind)kind, n));
  return n + (int)most + 1;
}

/* The random numbers' state is 64 bits of another kind: it is copied, never taken for a number. */
G_STATIC_ASSERT (sizeof (EwRandom) == sizeof (double));

static EwRandom
get_random (const EwRecipe *recipe, int n, const double *state)
{
  EwRandom random;

  memcpy (&random, state + n + memory_size (recipe, n), sizeof random);
  return random;
}

static void
set_random (const EwRecipe *recipe, int n, double *state, EwRandom random)
{
  if (recipe->batch > 0)
    memcpy (state + n + memory_size (recipe, n), &random, sizeof random);
}

void
ew_stepper_forget (const EwRecipe *recipe, int n, double *state)
{
  for (int k = 0; k < memory_size (recipe, n); k++)
    state[n + k] = 0;
  set_random (recipe, n, state, recipe->seed);
}

void
ew_stepper_convert (const EwRecipe *from, const EwRecipe *to, int n, double *state)
{
  gboolean same_draws = from->batch > 0 && to->batch > 0 && from->seed == to->seed;
  EwRandom random = same_draws ? get_random (from, n, state) : to->seed;

  if (from->optimizer.kind == to->optimizer.kind && to->optimizer.kind != EW_OPTIMIZER_LEAST_SQUARES)
    set_random (to, n, state, random);
  else
    {
      ew_stepper_forget (to, n, state);
      set_random (to, n, state, random);
    }
}

static double
as_kind (const EwStepper *s, double summed)
{
  return s->loss == EW_LOSS_MEAN ? summed / (double)s->problem->n_residuals : summed;
}

static int
n_taps (const EwStepper *s)
{
  return s->problem->n_params - (s->problem->has_bias ? 1 : 0);
}

/* The summed loss at @params, and the gradient of what is minimised, in the kind of loss. */
static gboolean
evaluate (const EwStepper *s, const double *params, EwRandom *random, double *loss, double *gradient, EwCancel *cancel,
          GError **error)
{
  const EwRecipe *r = s->recipe;

  if (ew_recipe_is_quadratic (r))
    {
      if (!s->squares (params, loss, gradient, s->data, cancel, error))
        return FALSE;
    }
  else if (r->batch > 0)
    ew_objective_sample (&r->objective, s->plain, params, r->batch, random, loss, gradient);
  else if (!ew_objective_evaluate (s->pool, &r->objective, s->plain, params, loss, gradient, cancel, error))
    return FALSE;
  for (int k = 0; k < s->problem->n_params; k++)
    gradient[k] = as_kind (s, gradient[k] + (k < n_taps (s) ? 2 * r->ridge * params[k] : 0));
  return TRUE;
}

/* G·direction is half of what the gradient changes by along it. */
static gboolean
conjugate_step (const EwStepper *s, const double *gradient, double *params, double *memory, double *room,
                EwCancel *cancel, GError **error)
{
  int n = s->problem->n_params;
  const double *direction = ew_optimizer_direct (n, gradient, memory);
  double *product = room + n;
  double loss;

  for (int k = 0; k < n; k++)
    room[k] = params[k] + direction[k];
  if (!evaluate (s, room, NULL, &loss, product, cancel, error))
    return FALSE;
  for (int k = 0; k < n; k++)
    product[k] = (product[k] - gradient[k]) / 2;
  ew_optimizer_move (n, gradient, product, params, memory);
  return TRUE;
}

/* All in one step; a second one finds it done. */
static gboolean
solve (const EwStepper *s, double *params, double *done, EwCancel *cancel, GError **error)
{
  const EwGeometry *g = &s->problem->geometry;
  const EwRecipe *r = s->recipe;

  if (*done != 0)
    return TRUE;
  *done = 1;
  if (s->quadratic != NULL && !ew_quadratic_optimum (s->quadratic, params, NULL, NULL, cancel, error))
    return FALSE;
  if (!ew_recipe_is_quadratic (r))
    return ew_fit_robust (s->pool, &r->objective, s->plain, params, NULL, cancel, error);
  if (!ew_constraint_is_any (&r->constraint) && r->ridge == 0)
    return TRUE;
  return ew_fit_constrained (s->quadratic, &r->constraint, g->kernel_height, g->kernel_width, s->problem->n_params,
                             r->ridge, params, cancel, error);
}

/* One update of the parameters from the gradient there. */
static gboolean
update (const EwStepper *s, guint64 epoch, double *state, double *room, EwCancel *cancel, GError **error)
{
  const EwRecipe *r = s->recipe;
  const EwGeometry *g = &s->problem->geometry;
  int n = s->problem->n_params;
  double rate = ew_schedule_rate (&r->schedule, s->rate, epoch);

  if (r->optimizer.kind == EW_OPTIMIZER_LEAST_SQUARES)
    return solve (s, state, state + n, cancel, error);
  if (r->optimizer.kind == EW_OPTIMIZER_CG)
    return conjugate_step (s, room, state, state + n, room + n, cancel, error);
  ew_optimizer_step (&r->optimizer, n, rate, room, state, state + n);
  if (ew_constraint_is_any (&r->constraint))
    ew_constraint_apply (&r->constraint, g->kernel_height, g->kernel_width, as_kind (s, rate), state);
  return TRUE;
}

static gboolean
accept_loss (EwStepper *s, double summed)
{
  if (isnan (s->diverged_above) && isfinite (summed))
    s->diverged_above = EW_STEPPER_EXPLODED * fmax (summed, s->problem->y_squared);
  return isfinite (summed) && !(summed > s->diverged_above);
}

static gboolean
all_finite (const double *values, int n)
{
  for (int k = 0; k < n; k++)
    if (!isfinite (values[k]))
      return FALSE;
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

gboolean
ew_stepper_epoch (EwStepper *s, guint64 epoch, double *state, EwStepped *stepped, EwCancel *cancel, GError **error)
{
  const EwRecipe *r = s->recipe;
  int n = s->problem->n_params;
  gint64 steps = r->batch > 0 ? (s->problem->n_residuals + r->batch - 1) / r->batch : 1;
  EwRandom random = r->batch > 0 ? get_random (r, n, state) : 0;
  g_autofree double *room = g_new (double, 3 * (size_t)n);

  *stepped = (EwStepped){ .loss = 0 };
  for (gint64 step = 0; step < steps; step++)
    {
      double loss;

      if (!evaluate (s, state, &random, &loss, room, cancel, error))
        return FALSE;
      if (!accept_loss (s, loss))
        {
          *stepped = (EwStepped){ .loss = loss, .slope = NAN, .diverged = TRUE, .at_start = step == 0 };
          return TRUE;
        }
      stepped->loss += loss / (double)steps;
      /* What comes after may write over it. */
      stepped->slope = length (room, n);
      if (!update (s, epoch, state, room, cancel, error))
        return FALSE;
      stepped->diverged = !all_finite (state, n);
      if (stepped->diverged)
        return TRUE;
      if (r->batch > 0 && ew_cancelled (cancel))
        {
          g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The training was cancelled.");
          return FALSE;
        }
    }
  set_random (r, n, state, random);
  return TRUE;
}

EwHalt
ew_stepper_halt (const EwRecipe *recipe, double slope, double first_slope, double loss_before, double loss,
                 gboolean unchanged)
{
  if ((recipe->optimizer.kind == EW_OPTIMIZER_CG && slope <= CG_SETTLED * first_slope)
      || (recipe->batch == 0 && unchanged))
    return EW_HALT_SETTLED;
  if (recipe->stop_gradient > 0 && slope <= recipe->stop_gradient)
    return EW_HALT_SLOPE;
  if (recipe->stop_change > 0 && fabs (loss_before - loss) <= recipe->stop_change * fabs (loss_before))
    return EW_HALT_CHANGE;
  return EW_HALT_NOT;
}
