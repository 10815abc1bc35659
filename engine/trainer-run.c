/* EwTrainer: its epochs, with the move to the CPU when the GPU fails. */
#include "engine/rate-limit.h"
#include "engine/trainer-private.h"

#include <math.h>
#include <string.h>

gboolean
ew_trainer_fall_back (EwTrainer *trainer, GError *cause, EwCancel *cancel, GError **error)
{
  EwDevice *cpu = NULL;

  if (trainer->loaded != NULL && g_error_matches (cause, EW_ERROR, EW_ERROR_DEVICE))
    cpu = ew_devices_fall_back (trainer->devices, trainer->loaded->device, cause);
  if (cpu == NULL)
    {
      g_propagate_error (error, cause);
      return FALSE;
    }
  g_error_free (cause);

  EwLoaded *loaded = ew_devices_load (trainer->devices, cpu, trainer->problem, cancel, error);

  if (loaded == NULL)
    return FALSE;
  ew_devices_unload (trainer->devices, trainer->loaded);
  trainer->loaded = loaded;
  ew_trainer_changed (trainer);
  return TRUE;
}

/* What the gradient of the summed loss is multiplied with. */
static double
step_length (const EwTrainer *trainer)
{
  return ew_trainer_as_kind (trainer, trainer->rate);
}

/* The loss at the present weights is what exploded, so no rate would lead on from them: back to the ones before. */
static void
diverge (EwTrainer *trainer)
{
  trainer->state = EW_TRAINER_DIVERGED;
  if (trainer->has_previous)
    memcpy (trainer->params, trainer->previous, trainer->problem->n_params * sizeof (double));
  trainer->has_previous = FALSE;
  /* What the rule remembers led there. */
  ew_trainer_forget (trainer);
  ew_trainer_changed (trainer);
}

/* Takes the loss of an epoch that is about to be done; FALSE where it shows divergence. */
static gboolean
accept_loss (EwTrainer *trainer, double summed)
{
  trainer->loss = summed;
  if (isnan (trainer->diverged_above) && isfinite (summed))
    trainer->diverged_above = EW_STEPPER_EXPLODED * fmax (summed, trainer->problem->y_squared);
  if (isfinite (summed) && !(summed > trainer->diverged_above))
    return TRUE;
  diverge (trainer);
  return FALSE;
}

/* The length of the gradient of the loss as it is told, from what plain descent made of it; only where it matters. */
static double
plain_slope (const EwTrainer *trainer, const double *after)
{
  double square = 0;

  if (trainer->recipe->stop_gradient == 0)
    return NAN;
  for (int k = 0; k < trainer->problem->n_params; k++)
    square += (after[k] - trainer->params[k]) * (after[k] - trainer->params[k]);
  return sqrt (square) / trainer->rate;
}

/* Whether the epoch that leads to @after is the last one for now. */
static void
consider_halt (EwTrainer *trainer, const double *after, double slope)
{
  static const EwTrainerState states[] = { [EW_HALT_NOT] = EW_TRAINER_READY,
                                           [EW_HALT_SETTLED] = EW_TRAINER_CONVERGED,
                                           [EW_HALT_SLOPE] = EW_TRAINER_SMALL_SLOPE,
                                           [EW_HALT_CHANGE] = EW_TRAINER_SMALL_CHANGE };
  const EwRecipe *recipe = trainer->recipe;
  gboolean has_end = !trainer->endless || !ew_optimizer_has_rate (recipe->optimizer.kind);
  gboolean unchanged
      = has_end && memcmp (trainer->params, after, trainer->problem->n_params * sizeof (double)) == 0;

  if (isnan (trainer->first_slope))
    trainer->first_slope = slope;
  trainer->state
      = states[ew_stepper_halt (recipe, slope, trainer->first_slope, trainer->last_loss, trainer->loss, unchanged)];
  trainer->last_loss = trainer->loss;
}

/* Ends an epoch with the state @after; FALSE where its weights are not finite: then the epoch is not done. */
static gboolean
accept_params (EwTrainer *trainer, const double *after, double slope, EwEpochFunc func, gpointer data)
{
  for (int k = 0; k < trainer->problem->n_params; k++)
    if (!isfinite (after[k]))
      {
        trainer->state = EW_TRAINER_DIVERGED;
        return FALSE;
      }
  consider_halt (trainer, after, slope);
  memcpy (trainer->previous, trainer->params, trainer->problem->n_params * sizeof (double));
  memcpy (trainer->params, after, (size_t)ew_trainer_state_size (trainer) * sizeof (double));
  trainer->has_previous = TRUE;
  trainer->epoch++;
  if (func != NULL)
    func (trainer->epoch, ew_trainer_as_kind (trainer, trainer->loss), trainer->params, data);
  return TRUE;
}

/* One epoch of a recipe that is not plain. */
static gboolean
run_step (EwTrainer *trainer, const EwRegime *regime, EwEpochFunc func, gpointer data, EwCancel *cancel, GError **error)
{
  EwStepped stepped;

  memcpy (trainer->after, trainer->params, (size_t)ew_trainer_state_size (trainer) * sizeof (double));
  if (!ew_trainer_step (trainer, trainer->quadratic, regime, trainer->epoch, trainer->after, &trainer->diverged_above,
                        &stepped, cancel, error))
    return FALSE;
  if (trainer->quadratic == NULL && ew_recipe_is_quadratic (trainer->recipe) && trainer->direct_epochs < G_MAXINT)
    trainer->direct_epochs++;
  trainer->loss = stepped.loss;
  if (!stepped.diverged)
    accept_params (trainer, trainer->after, stepped.slope, func, data);
  else if (stepped.at_start)
    diverge (trainer);
  else
    trainer->state = EW_TRAINER_DIVERGED;
  return TRUE;
}

/* One epoch of plain descent through evaluate. */
static gboolean
run_one (EwTrainer *trainer, EwEpochFunc func, gpointer data, EwCancel *cancel, GError **error)
{
  EwRegime regime;
  double loss;

  ew_trainer_regime (trainer, &regime);
  if (!trainer->plain)
    return run_step (trainer, &regime, func, data, cancel, error);
  if (!ew_trainer_evaluate (trainer, trainer->quadratic, trainer->params, &loss, trainer->gradient, cancel, error))
    return FALSE;
  if (trainer->quadratic == NULL && trainer->direct_epochs < G_MAXINT)
    trainer->direct_epochs++;
  if (!accept_loss (trainer, loss))
    return TRUE;
  for (int k = 0; k < trainer->problem->n_params; k++)
    trainer->after[k] = trainer->params[k] - regime.step * trainer->gradient[k];
  accept_params (trainer, trainer->after, plain_slope (trainer, trainer->after), func, data);
  return TRUE;
}

/* Goes past epochs that neither explode nor come to rest, up to the last one, and returns how many. */
static int
skip_ordinary (EwTrainer *trainer, const EwDescent *descent)
{
  int n = trainer->problem->n_params;
  const double *before = trainer->params;
  int e;

  for (e = 0; e + 1 < descent->done; e++)
    {
      const double *after = descent->trace + (size_t)e * n;
      gboolean sound = isfinite (descent->losses[e]) && descent->losses[e] <= trainer->diverged_above;
      gboolean moves = trainer->endless;

      for (int k = 0; k < n; k++)
        {
          sound &= isfinite (after[k]);
          moves |= after[k] != before[k];
        }
      if (!sound || !moves)
        break;
      before = after;
    }
  if (e > 0)
    memcpy (trainer->params, before, n * sizeof (double));
  trainer->epoch += (guint64)e;
  return e;
}

/* Takes over what a descent of several epochs has done, epoch by epoch where somebody is to be told. */
static void
replay (EwTrainer *trainer, const EwDescent *descent, EwEpochFunc func, gpointer data)
{
  gboolean watched = func != NULL || trainer->recipe->stop_gradient > 0 || trainer->recipe->stop_change > 0;

  for (int e = watched ? 0 : skip_ordinary (trainer, descent);
       e < descent->done && trainer->state == EW_TRAINER_READY; e++)
    {
      const double *after = descent->trace + (size_t)e * trainer->problem->n_params;

      if (!accept_loss (trainer, descent->losses[e])
          || !accept_params (trainer, after, plain_slope (trainer, after), func, data))
        return;
    }
  if (!descent->diverged || trainer->state != EW_TRAINER_READY)
    return;
  trainer->loss = descent->losses[descent->done];
  diverge (trainer);
}

/* Multiply-adds on the Gram matrix in one call, so that commands do not wait. */
#define GRAM_WORK_MAX (1 << 24)

/* Before the Gram matrix is thought of a backend is not to run far ahead of it. */
static int
epochs_at_once (const EwTrainer *trainer, int epochs)
{
  gboolean early = trainer->quadratic == NULL && trainer->direct_epochs < EW_TRAINER_SET_UP_EPOCHS;

  epochs = MIN (epochs, trainer->descent_epochs);
  return early ? MIN (epochs, EW_TRAINER_SET_UP_EPOCHS - trainer->direct_epochs) : epochs;
}

/* Up to @epochs epochs in one call of the backend; *done is how many were tried. */
static gboolean
run_descent (EwTrainer *trainer, int epochs, int *done, EwEpochFunc func, gpointer data, EwCancel *cancel,
             GError **error)
{
  EwDescent descent = {
    .epochs = epochs_at_once (trainer, epochs),
    .step = step_length (trainer),
    .diverged_above = trainer->diverged_above,
    .params = trainer->gradient,
    .losses = trainer->losses,
  };

  if (trainer->trace == NULL)
    trainer->trace = g_new (double, (size_t)trainer->descent_epochs *(size_t)trainer->problem->n_params);
  descent.trace = trainer->trace;
  memcpy (descent.params, trainer->params, trainer->problem->n_params * sizeof (double));
  if (trainer->quadratic != NULL)
    {
      gint64 n = trainer->problem->n_params;

      descent.epochs = (int)CLAMP (GRAM_WORK_MAX / (n * n), 1, descent.epochs);
      ew_quadratic_descend (trainer->quadratic, &descent);
    }
  else if (!trainer->loaded->device->backend->descend (trainer->loaded, &descent, cancel, error))
    return FALSE;
  if (trainer->quadratic == NULL)
    trainer->direct_epochs = (int)MIN ((gint64)trainer->direct_epochs + descent.done, G_MAXINT);
  replay (trainer, &descent, func, data);
  *done = descent.epochs;
  return TRUE;
}

/* Up to @epochs of the epochs that are wanted, in the way that fits. */
static gboolean
run_some (EwTrainer *trainer, int epochs, int *done, EwEpochFunc func, gpointer data, EwCancel *cancel, GError **error)
{
  gboolean many;

  /* Least squares have no epochs before it. */
  if (!ew_trainer_consider_gram (trainer, trainer->recipe->optimizer.kind == EW_OPTIMIZER_LEAST_SQUARES, cancel, error))
    return FALSE;
  /* The bound on the loss comes from the first loss, so the first epoch goes by itself. */
  many = trainer->plain
         && (trainer->quadratic != NULL || trainer->loaded->device->backend->descend != NULL)
         && !isnan (trainer->diverged_above);
  *done = 1;
  return many ? run_descent (trainer, epochs, done, func, data, cancel, error)
              : run_one (trainer, func, data, cancel, error);
}

gboolean
ew_trainer_run (EwTrainer *trainer, int epochs, EwEpochFunc func, gpointer data, EwCancel *cancel, GError **error)
{
  while (epochs > 0 && trainer->state == EW_TRAINER_READY)
    {
      GError *cause = NULL;
      int done;

      if (cancel != NULL && atomic_load (cancel) != 0)
        {
          g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The training was cancelled.");
          return FALSE;
        }
      if (run_some (trainer, epochs, &done, func, data, cancel, &cause))
        epochs -= done;
      else if (!ew_trainer_fall_back (trainer, cause, cancel, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
ew_trainer_rate_limit (EwTrainer *trainer, double *limit, EwCancel *cancel, GError **error)
{
  double n_residuals = (double)trainer->problem->n_residuals;
  EwRecipe recipe = *trainer->recipe;

  recipe.loss = trainer->loss_kind;
  if (trainer->loaded == NULL)
    {
      *limit = ew_recipe_rate_limit (&recipe, ew_quadratic_lambda_max (trainer->quadratic), trainer->problem->n_residuals);
      return TRUE;
    }
  while (isnan (trainer->rate_limit))
    {
      GError *cause = NULL;

      if ((!ew_trainer_consider_gram (trainer, TRUE, cancel, &cause)
           || !ew_rate_limit (trainer->loaded, trainer->quadratic, trainer->loss_kind, &trainer->rate_limit, cancel,
                              &cause))
          && !ew_trainer_fall_back (trainer, cause, cancel, error))
        return FALSE;
    }

  double lambda_max = isinf (trainer->rate_limit) ? 0 : 1 / trainer->rate_limit;

  *limit = ew_recipe_rate_limit (&recipe, lambda_max * (recipe.loss == EW_LOSS_MEAN ? n_residuals : 1),
                                 trainer->problem->n_residuals);
  return TRUE;
}
