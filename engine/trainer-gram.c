/* EwTrainer: when it goes over to the Gram matrix, and how. */
#include "engine/symmetric.h"
#include "engine/trainer-private.h"

/* Multiply-adds of an epoch below which going through the data takes microseconds, and opening LAPACK, which that many
 * weights need, far longer. */
#define WORK_MIN (1 << 16)

/* As many weights have their optimum in a moment. */
#define SMALL 128

static gboolean
pays (const EwTrainer *trainer, gboolean now)
{
  double n = trainer->problem->n_params;
  double work = ew_problem_work (trainer->problem);
  gboolean small = work < WORK_MIN;

  if (n > (small ? EW_SYMMETRIC_SMALL : EW_QUADRATIC_EIGEN_MAX) || n * n > work)
    return FALSE;
  /* Of small data it is there in microseconds: from the first epoch on, so that a run after a reset is the same run. */
  return small || now || trainer->direct_epochs >= EW_TRAINER_SET_UP_EPOCHS;
}

/* The data themselves tell the loss near its minimum, where the Gram matrix has lost it to rounding. */
static gboolean
base_on_end (EwTrainer *trainer, EwQuadratic *quadratic, EwCancel *cancel, GError **error)
{
  EwLoaded *loaded = trainer->loaded;
  g_autofree double *end = g_new (double, trainer->problem->n_params);
  g_autofree double *gradient = g_new (double, trainer->problem->n_params);
  gboolean is_optimum;
  double loss;

  if (!ew_quadratic_rest (quadratic, trainer->params, end, &is_optimum, cancel, error)
      || !loaded->device->backend->evaluate_exactly (loaded, end, &loss, gradient, cancel, error))
    return FALSE;
  ew_quadratic_rebase (quadratic, end, loss, gradient);
  if (!is_optimum && !ew_quadratic_optimum (quadratic, end, &loss, NULL, cancel, error))
    return FALSE;
  g_free (trainer->optimum);
  trainer->optimum = g_steal_pointer (&end);
  trainer->optimum_loss = loss;
  return TRUE;
}

static EwQuadratic *
set_up (EwTrainer *trainer, EwCancel *cancel, GError **error)
{
  EwLoaded *loaded = trainer->loaded;
  g_autoptr (EwGram) gram = loaded->device->backend->gram (loaded, cancel, error);
  g_autoptr (EwQuadratic) quadratic = gram == NULL ? NULL : ew_quadratic_new (gram, error);

  if (quadratic == NULL || !base_on_end (trainer, quadratic, cancel, error))
    return NULL;
  return g_steal_pointer (&quadratic);
}

static gboolean
refuse (EwTrainer *trainer, GError *cause, GError **error)
{
  trainer->gram_refused = TRUE;
  if (trainer->method == EW_TRAINER_GRAM)
    {
      g_propagate_error (error, cause);
      return FALSE;
    }
  g_error_free (cause);
  return TRUE;
}

gboolean
ew_trainer_consider_gram (EwTrainer *trainer, gboolean now, EwCancel *cancel, GError **error)
{
  const EwBackend *backend;
  gboolean forced = trainer->method == EW_TRAINER_GRAM;
  GError *cause = NULL;

  if (trainer->quadratic != NULL || trainer->method == EW_TRAINER_DIRECT
      || (!forced && (trainer->gram_refused || !pays (trainer, now))))
    return TRUE;
  backend = trainer->loaded->device->backend;
  /* A device that cannot does not speak for the one that may follow it. */
  if (!forced && (backend->gram == NULL || backend->evaluate_exactly == NULL))
    return TRUE;
  if (backend->gram == NULL || backend->evaluate_exactly == NULL)
    return refuse (trainer,
                   g_error_new (EW_ERROR, EW_ERROR_UNSUPPORTED, "%s cannot sum up a Gram matrix; the CPU can.",
                                trainer->loaded->device->name),
                   error);
  trainer->quadratic = set_up (trainer, cancel, &cause);
  if (trainer->quadratic != NULL)
    {
      trainer->n_grams++;
      ew_trainer_changed (trainer);
      return TRUE;
    }
  if (!g_error_matches (cause, EW_ERROR, EW_ERROR_CANCELLED) && !g_error_matches (cause, EW_ERROR, EW_ERROR_DEVICE))
    return refuse (trainer, cause, error);
  g_propagate_error (error, cause);
  return FALSE;
}

const EwGram *
ew_trainer_gram (const EwTrainer *trainer)
{
  return trainer->quadratic == NULL ? NULL : ew_quadratic_gram (trainer->quadratic);
}

const double *
ew_trainer_optimum (const EwTrainer *trainer, double *loss)
{
  if (trainer->optimum != NULL && loss != NULL)
    *loss = ew_trainer_as_kind (trainer, trainer->optimum_loss);
  return trainer->optimum;
}

/* A trainer that came fitted has it at hand. */
static void
find_fitted_optimum (EwTrainer *trainer, EwCancel *cancel)
{
  g_autofree double *params = g_new (double, trainer->problem->n_params);

  if (ew_quadratic_optimum (trainer->quadratic, params, &trainer->optimum_loss, NULL, cancel, NULL))
    trainer->optimum = g_steal_pointer (&params);
}

void
ew_trainer_find_optimum (EwTrainer *trainer, EwCancel *cancel)
{
  const EwBackend *backend = trainer->loaded == NULL ? NULL : trainer->loaded->device->backend;

  if (trainer->optimum == NULL && backend == NULL)
    find_fitted_optimum (trainer, cancel);
  /* Of data that are worth a Gram matrix it comes with that. */
  if (trainer->optimum != NULL || backend == NULL || backend->gram == NULL || backend->evaluate_exactly == NULL
      || ew_problem_work (trainer->problem) > WORK_MIN || trainer->problem->n_params > SMALL)
    return;
  ew_quadratic_free (set_up (trainer, cancel, NULL));
}
