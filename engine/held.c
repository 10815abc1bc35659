/* EwHeld: its losses. */
#include "engine/held.h"

#include "engine/fit.h"

#include <math.h>

struct _EwHeld
{
  EwProblem *problem;
  double summed_scale; /* from a sum over it to one over what is learned from */
  EwObjective objective;
  gboolean is_quadratic;
  EwLoss loss;
  gboolean ready;
  EwPool *pool;
  EwQuadratic *quadratic; /* NULL: by the data */
  double present;
  EwHistory *history; /* of the loss alone, which stands for a weight too */
};

static const EwObjective squares = { EW_PENALTY_SQUARED, 1, EW_ACTIVATION_NONE };

EwHeld *
ew_held_new (EwProblem *problem, gint64 n_residuals)
{
  EwHeld *held = g_new0 (EwHeld, 1);

  held->problem = ew_problem_ref (problem);
  held->summed_scale = (double)n_residuals / (double)problem->n_residuals;
  held->objective = squares;
  held->is_quadratic = TRUE;
  held->present = NAN;
  held->history = ew_history_new (1);
  return held;
}

void
ew_held_free (EwHeld *held)
{
  if (held == NULL)
    return;
  ew_problem_unref (held->problem);
  ew_quadratic_free (held->quadratic);
  ew_history_free (held->history);
  g_free (held);
}

gboolean
ew_held_is_ready (const EwHeld *held)
{
  return held->ready;
}

gboolean
ew_held_prepare (EwHeld *held, EwDevices *devices, EwCancel *cancel, GError **error)
{
  g_autoptr (GError) cause = NULL;

  if (held->ready)
    return TRUE;
  if (held->problem->n_params <= EW_QUADRATIC_EIGEN_MAX)
    held->quadratic = ew_fit_quadratic (devices, held->problem, cancel, &cause);
  if (g_error_matches (cause, EW_ERROR, EW_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
  held->pool = ew_devices_pool (devices);
  held->ready = TRUE;
  return TRUE;
}

double
ew_held_choose_ridge (EwHeld *held, const EwGram *train, int n_taps, EwCancel *cancel, GError **error)
{
  double losses[EW_RIDGE_N_STRENGTHS];
  int chosen;

  if (held->quadratic == NULL)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_UNSUPPORTED,
                           "The strength is chosen on Gram matrices, and this kernel is too large for them.");
      return -1;
    }
  chosen = ew_ridge_choose (train, held->quadratic, n_taps, losses, cancel, error);
  return chosen < 0 ? -1 : ew_ridge_strengths[chosen];
}

void
ew_held_set_recipe (EwHeld *held, const EwRecipe *recipe, EwLoss loss)
{
  held->objective = recipe->objective;
  held->is_quadratic = recipe->objective.penalty == EW_PENALTY_SQUARED
                       && recipe->objective.activation == EW_ACTIVATION_NONE;
  held->loss = loss;
}

void
ew_held_look (EwHeld *held, const double *params)
{
  double summed = NAN;

  if (!held->ready)
    return;
  if (held->is_quadratic && held->quadratic != NULL)
    summed = ew_quadratic_loss (held->quadratic, params);
  else
    ew_objective_evaluate (held->pool, &held->objective, held->problem, params, &summed, NULL, NULL, NULL);
  held->present = held->loss == EW_LOSS_MEAN ? summed / (double)held->problem->n_residuals : summed * held->summed_scale;
}

double
ew_held_loss (const EwHeld *held)
{
  return held->present;
}

void
ew_held_add (EwHeld *held, guint64 epoch, const double *params)
{
  if (!held->ready)
    return;
  ew_history_add (held->history, epoch, held->present, &held->present);
  ew_held_look (held, params);
}

guint64
ew_held_cut (EwHeld *held, guint64 epoch)
{
  return ew_history_cut (held->history, epoch);
}

void
ew_held_clear (EwHeld *held)
{
  ew_history_clear (held->history);
}

EwCurves *
ew_held_curves (const EwHeld *held)
{
  return ew_history_curves (held->history);
}
