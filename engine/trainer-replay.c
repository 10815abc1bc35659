/* EwTrainer: its state put away and brought back, and epochs done once more. */
#include "engine/trainer-private.h"

#include <math.h>
#include <string.h>

/* Multiply-adds on the Gram matrix in one call, so that commands do not wait. */
#define GRAM_WORK_MAX (1 << 24)

/* Up to this many weights the closed form takes less than a frame, eigenvalues and all. */
#define FORESEEN_MAX 256

void
ew_trainer_set_watch (EwTrainer *trainer, EwTrainerWatch watch, gpointer data)
{
  trainer->watch = watch;
  trainer->watch_data = data;
}

void
ew_trainer_regime (const EwTrainer *trainer, EwRegime *regime)
{
  gboolean on_data = ew_recipe_is_quadratic (trainer->recipe);
  gboolean at_once = trainer->recipe->optimizer.kind == EW_OPTIMIZER_LEAST_SQUARES;

  *regime = (EwRegime){
    .step = ew_trainer_as_kind (trainer, trainer->rate),
    .rate = trainer->rate,
    .recipe = trainer->recipe_number,
    .gram = trainer->quadratic == NULL || !(on_data || at_once) ? 0 : trainer->n_grams,
    .by_itself = isnan (trainer->diverged_above),
    .device = on_data && trainer->loaded != NULL ? trainer->loaded->device->backend : NULL,
  };
}

int
ew_trainer_state_size (const EwTrainer *trainer)
{
  return ew_stepper_state_size (trainer->recipe, trainer->problem->n_params);
}

int
ew_trainer_state_max (const EwTrainer *trainer)
{
  return ew_stepper_state_max (trainer->problem->n_params);
}

void
ew_trainer_save (const EwTrainer *trainer, double *state)
{
  memcpy (state, trainer->params, (size_t)ew_trainer_state_size (trainer) * sizeof (double));
}

/* The summed loss that is told as @loss. */
static double
summed_loss (const EwTrainer *trainer, double loss)
{
  double summed = trainer->loss_kind == EW_LOSS_MEAN ? loss * (double)trainer->problem->n_residuals : loss;
  double around[] = { summed, nextafter (summed, INFINITY), nextafter (summed, -INFINITY) };

  for (guint k = 0; k < G_N_ELEMENTS (around); k++)
    if (ew_trainer_as_kind (trainer, around[k]) == loss)
      return around[k];
  return summed;
}

void
ew_trainer_restore (EwTrainer *trainer, guint64 epoch, double loss, int recipe, const double *state)
{
  const EwRecipe *then = ew_trainer_recipe_of (trainer, recipe);
  int n = trainer->problem->n_params;

  memcpy (trainer->params, state, (size_t)ew_stepper_state_size (then, n) * sizeof (double));
  if (recipe != trainer->recipe_number)
    ew_stepper_convert (then, trainer->recipe, n, trainer->params);
  trainer->first_slope = trainer->last_loss = NAN;
  trainer->has_previous = FALSE;
  trainer->epoch = epoch;
  trainer->loss = summed_loss (trainer, loss);
  trainer->state = EW_TRAINER_READY;
  ew_trainer_changed (trainer);
}

/* The Gram matrix that the epochs were done on, NULL where they were not or it is gone. */
static EwQuadratic *
gram_of (const EwTrainer *trainer, const EwRegime *regime)
{
  return regime->gram != 0 && regime->gram == trainer->n_grams ? trainer->quadratic : NULL;
}

/* On other numbers than those of then it may explode where it did not. */
static gboolean
lost (GError **error)
{
  g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA, "The epochs can no longer be computed as they were.");
  return FALSE;
}

/* One epoch by itself, as run_one and run_step do it. */
static gboolean
replay_one (EwTrainer *trainer, const EwReplay *replay, EwQuadratic *quadratic, EwCancel *cancel, GError **error)
{
  const EwRecipe *recipe = ew_trainer_recipe_of (trainer, replay->regime.recipe);
  int n = trainer->problem->n_params;
  size_t bytes = (size_t)ew_stepper_state_size (recipe, n) * sizeof (double);
  double *state = replay->state;
  double anything = INFINITY;
  EwStepped stepped;

  if (ew_recipe_is_plain (recipe))
    {
      if (!ew_trainer_evaluate (trainer, quadratic, state, trainer->losses, trainer->gradient, cancel, error))
        return FALSE;
      for (int k = 0; k < n; k++)
        state[k] = state[k] - replay->regime.step * trainer->gradient[k];
      return TRUE;
    }
  memcpy (trainer->after, state, bytes);
  if (!ew_trainer_step (trainer, quadratic, &replay->regime, replay->epoch, trainer->after, &anything, &stepped, cancel,
                        error))
    return FALSE;
  if (stepped.diverged)
    return lost (error);
  trainer->losses[0] = stepped.loss;
  memcpy (state, trainer->after, bytes);
  return TRUE;
}

/* Several epochs in one descent; *n is how many were done. What the descent has left of its state counts only where it
 * did all of them: the trace holds the rest. */
static gboolean
replay_many (EwTrainer *trainer, const EwReplay *replay, EwQuadratic *quadratic, int *n, double *trace,
             EwCancel *cancel, GError **error)
{
  int n_params = trainer->problem->n_params;

  *n = MIN (*n, trainer->descent_epochs);
  if (quadratic == NULL)
    {
      EwDescent descent = { .epochs = *n,
                            .step = replay->regime.step,
                            .diverged_above = INFINITY,
                            .params = replay->state,
                            .losses = trainer->losses,
                            .trace = trace };

      if (!trainer->loaded->device->backend->descend (trainer->loaded, &descent, cancel, error))
        return FALSE;
      *n = descent.done;
      return TRUE;
    }

  EwDescent descent = { .epochs = (int)CLAMP (GRAM_WORK_MAX / ((gint64)n_params * n_params), 1, *n),
                        .step = replay->regime.step,
                        .diverged_above = INFINITY,
                        .params = replay->state,
                        .losses = trainer->losses,
                        .trace = trace };

  ew_quadratic_descend (quadratic, &descent);
  *n = descent.done;
  return TRUE;
}

/* Some of the epochs; *done of them. */
static gboolean
replay_some (EwTrainer *trainer, EwReplay *replay, int wanted, int *done, EwEpochFunc func, gpointer data,
             EwCancel *cancel, GError **error)
{
  EwQuadratic *quadratic = gram_of (trainer, &replay->regime);
  const EwRecipe *recipe = ew_trainer_recipe_of (trainer, replay->regime.recipe);
  gboolean many
      = !replay->regime.by_itself && ew_recipe_is_plain (recipe)
        && (quadratic != NULL || trainer->loaded->device->backend->descend != NULL);
  int n_params = trainer->problem->n_params;

  if (quadratic == NULL
      && (replay->regime.gram != 0
          || (replay->regime.device != NULL && replay->regime.device != trainer->loaded->device->backend)))
    replay->exact = FALSE;
  if (many && trainer->trace == NULL)
    trainer->trace = g_new (double, (size_t)trainer->descent_epochs *(size_t)n_params);

  double *trace = many && func != NULL ? trainer->trace : NULL;

  *done = many ? wanted : 1;
  if (!(many ? replay_many (trainer, replay, quadratic, done, trace, cancel, error)
             : replay_one (trainer, replay, quadratic, cancel, error)))
    return FALSE;
  replay->regime.by_itself = FALSE;
  for (int e = 0; e < *done && func != NULL; e++)
    func (replay->epoch + (guint64)e + 1, ew_trainer_as_kind (trainer, trainer->losses[e]),
          trace == NULL ? replay->state : trace + (size_t)e * n_params, data);
  if (*done > 0)
    replay->loss = ew_trainer_as_kind (trainer, trainer->losses[*done - 1]);
  replay->epoch += (guint64)*done;
  return TRUE;
}

gboolean
ew_trainer_replay (EwTrainer *trainer, EwReplay *replay, EwEpochFunc func, gpointer data, EwCancel *cancel,
                   GError **error)
{
  int left = replay->epochs;

  while (left > 0)
    {
      GError *cause = NULL;
      int done = 0;

      if (ew_cancelled (cancel))
        {
          g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The replay was cancelled.");
          return FALSE;
        }
      if (!replay_some (trainer, replay, left, &done, func, data, cancel, &cause))
        {
          if (!ew_trainer_fall_back (trainer, cause, cancel, error))
            return FALSE;
        }
      else if (done == 0)
        return lost (error);
      left -= done;
    }
  return TRUE;
}

gboolean
ew_trainer_foresee (EwTrainer *trainer, const EwRegime *regime, double epochs, const double *state, double *params,
                    double *loss)
{
  EwQuadratic *quadratic = gram_of (trainer, regime);
  gboolean diverged;

  if (quadratic == NULL || !ew_recipe_is_plain (ew_trainer_recipe_of (trainer, regime->recipe)) || trainer->problem->n_params > FORESEEN_MAX
      || epochs < 1)
    return FALSE;
  /* The loss is that before the last update. */
  if (!ew_quadratic_at_epoch (quadratic, state, regime->step, epochs - 1, params, &diverged, NULL) || diverged)
    return FALSE;
  *loss = ew_trainer_as_kind (trainer, ew_quadratic_loss (quadratic, params));
  return ew_quadratic_at_epoch (quadratic, state, regime->step, epochs, params, &diverged, NULL) && !diverged;
}
