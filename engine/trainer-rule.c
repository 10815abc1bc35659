/* EwTrainer: epochs by other rules than plain descent. */
#include "engine/trainer-private.h"

#include <string.h>

static gboolean
same_rule (const EwOptimizer *a, const EwOptimizer *b)
{
  return a->kind == b->kind && a->momentum == b->momentum && a->smoothing == b->smoothing && a->beta1 == b->beta1
         && a->beta2 == b->beta2 && a->epsilon == b->epsilon;
}

void
ew_trainer_set_optimizer (EwTrainer *trainer, const EwOptimizer *optimizer)
{
  int n = trainer->problem->n_params;

  g_return_if_fail (optimizer->kind != EW_OPTIMIZER_LEAST_SQUARES);
  if (same_rule (&trainer->rule, optimizer))
    return;
  /* What one rule remembers means nothing to another. */
  if (trainer->rule.kind != optimizer->kind)
    {
      g_free (trainer->memory);
      trainer->memory = g_new0 (double, ew_optimizer_state_size (optimizer->kind, n) + 1);
    }
  trainer->rule = *optimizer;
  trainer->state = EW_TRAINER_READY;
  ew_trainer_changed (trainer);
}

const EwOptimizer *
ew_trainer_optimizer (const EwTrainer *trainer)
{
  return &trainer->rule;
}

gboolean
ew_trainer_evaluate (EwTrainer *trainer, EwQuadratic *quadratic, const double *params, double *loss, double *gradient,
                     EwCancel *cancel, GError **error)
{
  if (quadratic == NULL)
    return trainer->loaded->device->backend->evaluate (trainer->loaded, params, loss, gradient, cancel, error);
  *loss = ew_quadratic_loss (quadratic, params);
  ew_quadratic_gradient (quadratic, params, gradient);
  return TRUE;
}

/* G·direction is half of what the gradient changes by along it. */
static gboolean
conjugate_step (EwTrainer *trainer, EwQuadratic *quadratic, double *params, double *memory, EwCancel *cancel,
                GError **error)
{
  int n = trainer->problem->n_params;
  g_autofree double *ahead = g_new (double, 2 * (size_t)n);
  double *product = ahead + n;
  const double *direction = ew_optimizer_direct (n, trainer->gradient, memory);
  double loss;

  for (int k = 0; k < n; k++)
    ahead[k] = params[k] + direction[k];
  if (!ew_trainer_evaluate (trainer, quadratic, ahead, &loss, product, cancel, error))
    {
      /* Half a step is none: it begins anew, on another device perhaps. */
      ew_optimizer_forget (EW_OPTIMIZER_CG, n, memory);
      return FALSE;
    }
  for (int k = 0; k < n; k++)
    product[k] = (product[k] - trainer->gradient[k]) / 2;
  ew_optimizer_move (n, trainer->gradient, product, params, memory);
  return TRUE;
}

gboolean
ew_trainer_update (EwTrainer *trainer, EwQuadratic *quadratic, const EwRegime *regime, double *params, double *memory,
                   EwCancel *cancel, GError **error)
{
  int n = trainer->problem->n_params;

  if (regime->rule.kind == EW_OPTIMIZER_GD)
    {
      for (int k = 0; k < n; k++)
        params[k] = params[k] - regime->step * trainer->gradient[k];
      return TRUE;
    }
  if (regime->rule.kind == EW_OPTIMIZER_CG)
    return conjugate_step (trainer, quadratic, params, memory, cancel, error);
  /* RMSProp and Adam know how large a gradient is, if only by their ε: theirs is that of the loss as it is told. */
  for (int k = 0; k < n; k++)
    trainer->gradient[k] = ew_trainer_as_kind (trainer, trainer->gradient[k]);
  ew_optimizer_step (&regime->rule, n, regime->rate, trainer->gradient, params, memory);
  return TRUE;
}
