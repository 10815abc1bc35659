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
  *regime = (EwRegime){
    .step = ew_trainer_as_kind (trainer, trainer->rate),
    .rate = trainer->rate,
    .rule = trainer->rule,
    .gram = trainer->quadratic == NULL ? 0 : trainer->n_grams,
    .by_itself = isnan (trainer->diverged_above),
    .device = trainer->loaded->device->backend,
  };
}

static int
memory_size (const EwTrainer *trainer, const EwOptimizer *rule)
{
  return (int)ew_optimizer_state_size (rule->kind, trainer->problem->n_params);
}

int
ew_trainer_state_size (const EwTrainer *trainer)
{
  return trainer->problem->n_params + memory_size (trainer, &trainer->rule);
}

void
ew_trainer_save (const EwTrainer *trainer, double *state)
{
  int n = trainer->problem->n_params;

  memcpy (state, trainer->params, n * sizeof (double));
  memcpy (state + n, trainer->memory, (size_t)memory_size (trainer, &trainer->rule) * sizeof (double));
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
ew_trainer_restore (EwTrainer *trainer, guint64 epoch, double loss, const double *state)
{
  int n = trainer->problem->n_params;

  memcpy (trainer->params, state, n * sizeof (double));
  memcpy (trainer->memory, state + n, (size_t)memory_size (trainer, &trainer->rule) * sizeof (double));
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

/* One epoch through evaluate, as run_one does it. */
static gboolean
replay_one (EwTrainer *trainer, const EwReplay *replay, EwQuadratic *quadratic, EwCancel *cancel, GError **error)
{
  double *state = replay->state;

  return ew_trainer_evaluate (trainer, quadratic, state, trainer->losses, trainer->gradient, cancel, error)
         && ew_trainer_update (trainer, quadratic, &replay->regime, state, state + trainer->problem->n_params, cancel,
                               error);
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
  gboolean many
      = !replay->regime.by_itself && replay->regime.rule.kind == EW_OPTIMIZER_GD
        && (quadratic != NULL || trainer->loaded->device->backend->descend != NULL);
  int n_params = trainer->problem->n_params;

  if (quadratic == NULL && (replay->regime.gram != 0 || replay->regime.device != trainer->loaded->device->backend))
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
        {
          /* On other numbers than those of then it may explode where it did not. */
          g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA, "The epochs can no longer be computed as they were.");
          return FALSE;
        }
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

  if (quadratic == NULL || regime->rule.kind != EW_OPTIMIZER_GD || trainer->problem->n_params > FORESEEN_MAX
      || epochs < 1)
    return FALSE;
  /* The loss is that before the last update. */
  if (!ew_quadratic_at_epoch (quadratic, state, regime->step, epochs - 1, params, &diverged, NULL) || diverged)
    return FALSE;
  *loss = ew_trainer_as_kind (trainer, ew_quadratic_loss (quadratic, params));
  return ew_quadratic_at_epoch (quadratic, state, regime->step, epochs, params, &diverged, NULL) && !diverged;
}
