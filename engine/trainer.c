/* EwTrainer: full-batch gradient descent, with the move to the CPU when the GPU fails. */
#include "engine/trainer.h"

#include "engine/rate-limit.h"

#include <math.h>
#include <string.h>

/* Diverged: a loss above this many times the larger of the first loss and Σ y². */
#define EXPLODED 1e12

/* Epochs in one call of a backend's descend: bounds the trace. */
#define DESCENT_EPOCHS_MAX 1024
#define DESCENT_TRACE_MAX  (1 << 20)

struct _EwTrainer
{
  EwDevices *devices;
  EwProblem *problem;
  EwLoaded *loaded;
  EwKernel *start;
  EwLoss loss_kind;
  EwTrainerState state;
  double rate;
  double rate_limit; /* of the problem, NaN while not known */
  guint64 epoch;
  double loss; /* summed */
  double diverged_above;
  double *params;
  double *previous; /* the weights before the last epoch: the last whose loss is known to be good */
  gboolean has_previous;
  double *gradient;
  /* What a backend's descend gives back. */
  int descent_epochs;
  double *losses;
  double *trace;
};

static void
params_from_kernel (EwTrainer *trainer, const EwKernel *kernel)
{
  int n_taps = ew_kernel_n_taps (kernel);

  memcpy (trainer->params, kernel->taps, n_taps * sizeof (double));
  if (trainer->problem->has_bias)
    trainer->params[n_taps] = kernel->bias;
}

static gboolean
check_size (const EwProblem *problem, const EwKernel *kernel, GError **error)
{
  const EwGeometry *g = &problem->geometry;

  if (kernel->height == g->kernel_height && kernel->width == g->kernel_width)
    return TRUE;
  g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY, "The start values are %d×%d, but the kernel to be learned is %d×%d.",
               kernel->height, kernel->width, g->kernel_height, g->kernel_width);
  return FALSE;
}

/* Loads the problem on the device that the set picks, or on the CPU where that one fails. */
static EwLoaded *
load_somewhere (EwDevices *devices, EwProblem *problem, EwCancel *cancel, GError **error)
{
  g_autoptr (GError) cause = NULL;
  EwDevice *device = ew_devices_pick (devices, ew_problem_work (problem), error);
  EwLoaded *loaded = device == NULL ? NULL : ew_devices_load (devices, device, problem, cancel, &cause);

  if (device == NULL || loaded != NULL)
    return loaded;
  if (g_error_matches (cause, EW_ERROR, EW_ERROR_DEVICE)
      && (device = ew_devices_fall_back (devices, device, cause)) != NULL)
    return ew_devices_load (devices, device, problem, cancel, error);
  g_propagate_error (error, g_steal_pointer (&cause));
  return NULL;
}

EwTrainer *
ew_trainer_new (EwDevices *devices, EwProblem *problem, const EwKernel *start, EwLoss loss, double rate,
                EwCancel *cancel, GError **error)
{
  if (!check_size (problem, start, error))
    return NULL;

  EwLoaded *loaded = load_somewhere (devices, problem, cancel, error);

  if (loaded == NULL)
    return NULL;

  EwTrainer *trainer = g_new0 (EwTrainer, 1);
  size_t n = problem->n_params;

  trainer->devices = devices;
  trainer->problem = ew_problem_ref (problem);
  trainer->loaded = loaded;
  trainer->start = ew_kernel_copy (start);
  trainer->loss_kind = loss;
  trainer->rate = rate;
  trainer->rate_limit = NAN;
  trainer->params = g_new (double, n);
  trainer->previous = g_new (double, n);
  trainer->gradient = g_new (double, n);
  trainer->descent_epochs = CLAMP (DESCENT_TRACE_MAX / problem->n_params, 1, DESCENT_EPOCHS_MAX);
  trainer->losses = g_new (double, trainer->descent_epochs);
  ew_trainer_reset (trainer);
  return trainer;
}

void
ew_trainer_free (EwTrainer *trainer)
{
  if (trainer == NULL)
    return;
  ew_devices_unload (trainer->devices, trainer->loaded);
  ew_problem_unref (trainer->problem);
  ew_kernel_unref (trainer->start);
  g_free (trainer->params);
  g_free (trainer->previous);
  g_free (trainer->gradient);
  g_free (trainer->losses);
  g_free (trainer->trace);
  g_free (trainer);
}

void
ew_trainer_reset (EwTrainer *trainer)
{
  params_from_kernel (trainer, trainer->start);
  trainer->has_previous = FALSE;
  trainer->epoch = 0;
  trainer->loss = NAN;
  trainer->diverged_above = NAN;
  trainer->state = EW_TRAINER_READY;
}

gboolean
ew_trainer_set_kernel (EwTrainer *trainer, const EwKernel *kernel, GError **error)
{
  if (!check_size (trainer->problem, kernel, error))
    return FALSE;
  params_from_kernel (trainer, kernel);
  trainer->has_previous = FALSE;
  trainer->state = EW_TRAINER_READY;
  /* The first loss of other weights is another one. */
  trainer->diverged_above = NAN;
  if (trainer->epoch == 0)
    {
      ew_kernel_unref (trainer->start);
      trainer->start = ew_kernel_copy (kernel);
    }
  return TRUE;
}

void
ew_trainer_set_rate (EwTrainer *trainer, double rate)
{
  trainer->rate = rate;
  /* Another rate may leave a point where nothing moved, or come back from where the last one exploded. */
  trainer->state = EW_TRAINER_READY;
}

gboolean
ew_trainer_move (EwTrainer *trainer, EwCancel *cancel, GError **error)
{
  EwDevice *device = ew_devices_pick (trainer->devices, ew_problem_work (trainer->problem), error);

  if (device == NULL)
    return FALSE;
  if (device == trainer->loaded->device)
    return TRUE;

  EwLoaded *loaded = load_somewhere (trainer->devices, trainer->problem, cancel, error);

  if (loaded == NULL)
    return FALSE;
  ew_devices_unload (trainer->devices, trainer->loaded);
  trainer->loaded = loaded;
  return TRUE;
}

/* After a failure of the GPU: the CPU takes over, weights and epoch as they are. */
static gboolean
fall_back (EwTrainer *trainer, GError *cause, EwCancel *cancel, GError **error)
{
  EwDevice *cpu = NULL;

  if (g_error_matches (cause, EW_ERROR, EW_ERROR_DEVICE))
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
  return TRUE;
}

static double
as_kind (const EwTrainer *trainer, double summed)
{
  return trainer->loss_kind == EW_LOSS_MEAN ? summed / (double)trainer->problem->n_residuals : summed;
}

/* What the gradient of the summed loss is multiplied with. */
static double
step_length (const EwTrainer *trainer)
{
  return as_kind (trainer, trainer->rate);
}

/* The loss at the present weights is what exploded, so no rate would lead on from them: back to the ones before. */
static void
diverge (EwTrainer *trainer)
{
  trainer->state = EW_TRAINER_DIVERGED;
  if (trainer->has_previous)
    memcpy (trainer->params, trainer->previous, trainer->problem->n_params * sizeof (double));
  trainer->has_previous = FALSE;
}

/* Takes the loss of an epoch that is about to be done; FALSE where it shows divergence. */
static gboolean
accept_loss (EwTrainer *trainer, double summed)
{
  trainer->loss = summed;
  if (isnan (trainer->diverged_above) && isfinite (summed))
    trainer->diverged_above = EXPLODED * fmax (summed, trainer->problem->y_squared);
  if (isfinite (summed) && !(summed > trainer->diverged_above))
    return TRUE;
  diverge (trainer);
  return FALSE;
}

/* Ends an epoch with the weights @after; FALSE where those are not finite: then the epoch is not done. */
static gboolean
accept_params (EwTrainer *trainer, const double *after, EwEpochFunc func, gpointer data)
{
  size_t bytes = trainer->problem->n_params * sizeof (double);

  for (int k = 0; k < trainer->problem->n_params; k++)
    if (!isfinite (after[k]))
      {
        trainer->state = EW_TRAINER_DIVERGED;
        return FALSE;
      }
  if (memcmp (trainer->params, after, bytes) == 0)
    trainer->state = EW_TRAINER_CONVERGED;
  memcpy (trainer->previous, trainer->params, bytes);
  memcpy (trainer->params, after, bytes);
  trainer->has_previous = TRUE;
  trainer->epoch++;
  if (func != NULL)
    func (trainer->epoch, as_kind (trainer, trainer->loss), trainer->params, data);
  return TRUE;
}

/* One epoch through evaluate. */
static gboolean
run_one (EwTrainer *trainer, EwEpochFunc func, gpointer data, EwCancel *cancel, GError **error)
{
  const EwBackend *backend = trainer->loaded->device->backend;
  double step = step_length (trainer);
  double loss;

  if (!backend->evaluate (trainer->loaded, trainer->params, &loss, trainer->gradient, cancel, error))
    return FALSE;
  if (!accept_loss (trainer, loss))
    return TRUE;
  for (int k = 0; k < trainer->problem->n_params; k++)
    trainer->gradient[k] = trainer->params[k] - step * trainer->gradient[k];
  accept_params (trainer, trainer->gradient, func, data);
  return TRUE;
}

/* Takes over what a descent of several epochs has done, epoch by epoch. */
static void
replay (EwTrainer *trainer, const EwDescent *descent, EwEpochFunc func, gpointer data)
{
  for (int e = 0; e < descent->done && trainer->state == EW_TRAINER_READY; e++)
    if (!accept_loss (trainer, descent->losses[e])
        || !accept_params (trainer, descent->trace + (size_t)e * trainer->problem->n_params, func, data))
      return;
  if (!descent->diverged || trainer->state != EW_TRAINER_READY)
    return;
  trainer->loss = descent->losses[descent->done];
  diverge (trainer);
}

/* Up to @epochs epochs in one call of the backend; *done is how many were tried. */
static gboolean
run_descent (EwTrainer *trainer, int epochs, int *done, EwEpochFunc func, gpointer data, EwCancel *cancel,
             GError **error)
{
  EwDescent descent = {
    .epochs = MIN (epochs, trainer->descent_epochs),
    .step = step_length (trainer),
    .diverged_above = trainer->diverged_above,
    .params = trainer->gradient,
    .losses = trainer->losses,
  };

  if (trainer->trace == NULL)
    trainer->trace = g_new (double, (size_t)trainer->descent_epochs *(size_t)trainer->problem->n_params);
  descent.trace = trainer->trace;
  memcpy (descent.params, trainer->params, trainer->problem->n_params * sizeof (double));
  if (!trainer->loaded->device->backend->descend (trainer->loaded, &descent, cancel, error))
    return FALSE;
  replay (trainer, &descent, func, data);
  *done = descent.epochs;
  return TRUE;
}

gboolean
ew_trainer_run (EwTrainer *trainer, int epochs, EwEpochFunc func, gpointer data, EwCancel *cancel, GError **error)
{
  while (epochs > 0 && trainer->state == EW_TRAINER_READY)
    {
      /* The bound on the loss comes from the first loss, so the first epoch goes by itself. */
      gboolean many = trainer->loaded->device->backend->descend != NULL && !isnan (trainer->diverged_above);
      GError *cause = NULL;
      int done = 1;
      gboolean ok = many ? run_descent (trainer, epochs, &done, func, data, cancel, &cause)
                         : run_one (trainer, func, data, cancel, &cause);

      if (ok)
        epochs -= done;
      else if (!fall_back (trainer, cause, cancel, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
ew_trainer_rate_limit (EwTrainer *trainer, double *limit, EwCancel *cancel, GError **error)
{
  while (isnan (trainer->rate_limit))
    {
      GError *cause = NULL;

      if (!ew_rate_limit (trainer->loaded, trainer->loss_kind, &trainer->rate_limit, cancel, &cause)
          && !fall_back (trainer, cause, cancel, error))
        return FALSE;
    }
  *limit = trainer->rate_limit;
  return TRUE;
}

EwTrainerState
ew_trainer_state (const EwTrainer *trainer)
{
  return trainer->state;
}

guint64
ew_trainer_epoch (const EwTrainer *trainer)
{
  return trainer->epoch;
}

double
ew_trainer_rate (const EwTrainer *trainer)
{
  return trainer->rate;
}

EwLoss
ew_trainer_loss_kind (const EwTrainer *trainer)
{
  return trainer->loss_kind;
}

double
ew_trainer_loss (const EwTrainer *trainer)
{
  return as_kind (trainer, trainer->loss);
}

const double *
ew_trainer_params (const EwTrainer *trainer)
{
  return trainer->params;
}

EwKernel *
ew_trainer_kernel (const EwTrainer *trainer)
{
  EwKernel *kernel = ew_kernel_copy (trainer->start);
  int n_taps = ew_kernel_n_taps (kernel);

  memcpy (kernel->taps, trainer->params, n_taps * sizeof (double));
  kernel->bias = trainer->problem->has_bias ? trainer->params[n_taps] : 0;
  return kernel;
}

const EwDevice *
ew_trainer_device (const EwTrainer *trainer)
{
  return trainer->loaded->device;
}
