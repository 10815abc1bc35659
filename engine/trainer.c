/* EwTrainer: what it holds. */
#include "engine/trainer-private.h"

#include <math.h>
#include <string.h>

/* Epochs in one call of a backend's descend: bounds the trace. */
#define DESCENT_EPOCHS_MAX 1024
#define DESCENT_TRACE_MAX  (1 << 20)

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
  EwDevice *device = ew_devices_pick_for (devices, problem, error);
  EwLoaded *loaded = device == NULL ? NULL : ew_devices_load (devices, device, problem, cancel, &cause);

  if (device == NULL || loaded != NULL)
    return loaded;
  if (g_error_matches (cause, EW_ERROR, EW_ERROR_DEVICE)
      && (device = ew_devices_fall_back (devices, device, cause)) != NULL)
    return ew_devices_load (devices, device, problem, cancel, error);
  g_propagate_error (error, g_steal_pointer (&cause));
  return NULL;
}

/* The first recipe. */
static void
start_plain (EwTrainer *trainer)
{
  EwRecipe plain;

  ew_recipe_init (&plain, EW_OPTIMIZER_GD);
  trainer->recipe = ew_recipe_copy (&plain, 0);
  trainer->recipes = g_ptr_array_new_with_free_func ((GDestroyNotify)ew_recipe_free);
  g_ptr_array_add (trainer->recipes, ew_recipe_copy (&plain, 0));
  trainer->plain = TRUE;
  trainer->first_slope = trainer->last_loss = NAN;
}

static EwTrainer *
new_at_start (EwDevices *devices, EwProblem *problem, const EwKernel *start, EwLoss loss, double rate)
{
  EwTrainer *trainer = g_new0 (EwTrainer, 1);
  size_t n = problem->n_params;

  trainer->devices = devices;
  trainer->problem = ew_problem_ref (problem);
  trainer->start = ew_kernel_copy (start);
  trainer->loss_kind = loss;
  trainer->rate = rate;
  trainer->rate_limit = NAN;
  trainer->params = g_new0 (double, ew_stepper_state_max (problem->n_params));
  trainer->previous = g_new (double, n);
  trainer->gradient = g_new (double, n);
  trainer->after = g_new0 (double, ew_stepper_state_max (problem->n_params));
  start_plain (trainer);
  trainer->descent_epochs = CLAMP (DESCENT_TRACE_MAX / problem->n_params, 1, DESCENT_EPOCHS_MAX);
  trainer->losses = g_new (double, trainer->descent_epochs);
  return trainer;
}

EwTrainer *
ew_trainer_new (EwDevices *devices, EwProblem *problem, const EwKernel *start, EwLoss loss, double rate,
                EwCancel *cancel, GError **error)
{
  EwLoaded *loaded = check_size (problem, start, error) ? load_somewhere (devices, problem, cancel, error) : NULL;
  EwTrainer *trainer;

  if (loaded == NULL)
    return NULL;
  trainer = new_at_start (devices, problem, start, loss, rate);
  trainer->loaded = loaded;
  ew_trainer_reset (trainer);
  return trainer;
}

EwTrainer *
ew_trainer_new_fitted (EwDevices *devices, EwProblem *problem, EwQuadratic *quadratic, const EwKernel *start,
                       EwLoss loss, double rate, GError **error)
{
  EwTrainer *trainer;

  if (!check_size (problem, start, error))
    return NULL;
  trainer = new_at_start (devices, problem, start, loss, rate);
  trainer->quadratic = quadratic;
  trainer->n_grams = 1;
  ew_trainer_reset (trainer);
  return trainer;
}

void
ew_trainer_free (EwTrainer *trainer)
{
  if (trainer == NULL)
    return;
  if (trainer->loaded != NULL)
    {
      ew_devices_unload (trainer->devices, trainer->loaded);
      ew_quadratic_free (trainer->quadratic);
    }
  ew_quadratic_free (trainer->fitted);
  ew_problem_unref (trainer->unpadded);
  ew_problem_unref (trainer->problem);
  ew_kernel_unref (trainer->start);
  g_ptr_array_unref (trainer->recipes);
  ew_recipe_free (trainer->recipe);
  g_free (trainer->params);
  g_free (trainer->previous);
  g_free (trainer->gradient);
  g_free (trainer->after);
  g_free (trainer->losses);
  g_free (trainer->trace);
  g_free (trainer->optimum);
  g_free (trainer);
}

void
ew_trainer_set_method (EwTrainer *trainer, EwTrainerMethod method)
{
  if (trainer->loaded == NULL)
    return;
  trainer->method = method;
  if (method == EW_TRAINER_DIRECT)
    g_clear_pointer (&trainer->quadratic, ew_quadratic_free);
  ew_trainer_changed (trainer);
}

void
ew_trainer_set_endless (EwTrainer *trainer, gboolean endless)
{
  trainer->endless = endless;
  if (endless && trainer->state == EW_TRAINER_CONVERGED)
    trainer->state = EW_TRAINER_READY;
}

EwTrainerMethod
ew_trainer_method (const EwTrainer *trainer)
{
  return trainer->quadratic == NULL || !ew_recipe_is_quadratic (trainer->recipe) ? EW_TRAINER_DIRECT : EW_TRAINER_GRAM;
}

void
ew_trainer_reset (EwTrainer *trainer)
{
  params_from_kernel (trainer, trainer->start);
  ew_trainer_forget (trainer);
  trainer->has_previous = FALSE;
  trainer->epoch = 0;
  trainer->loss = NAN;
  trainer->diverged_above = NAN;
  trainer->state = EW_TRAINER_READY;
  ew_trainer_changed (trainer);
}

gboolean
ew_trainer_set_kernel (EwTrainer *trainer, const EwKernel *kernel, GError **error)
{
  if (!check_size (trainer->problem, kernel, error))
    return FALSE;
  params_from_kernel (trainer, kernel);
  ew_trainer_forget (trainer);
  trainer->has_previous = FALSE;
  trainer->state = EW_TRAINER_READY;
  /* The first loss of other weights is another one. */
  trainer->diverged_above = NAN;
  if (trainer->epoch == 0)
    {
      ew_kernel_unref (trainer->start);
      trainer->start = ew_kernel_copy (kernel);
    }
  ew_trainer_changed (trainer);
  return TRUE;
}

void
ew_trainer_set_rate (EwTrainer *trainer, double rate)
{
  gboolean other = rate != trainer->rate;

  trainer->rate = rate;
  /* Another rate may leave a point where nothing moved, or come back from where the last one exploded. */
  trainer->state = EW_TRAINER_READY;
  if (other)
    ew_trainer_changed (trainer);
}

gboolean
ew_trainer_move (EwTrainer *trainer, EwCancel *cancel, GError **error)
{
  EwDevice *device;

  if (trainer->loaded == NULL)
    return TRUE;
  device = ew_devices_pick_for (trainer->devices, trainer->problem, error);
  if (device == NULL)
    return FALSE;
  if (device == trainer->loaded->device)
    return TRUE;

  EwLoaded *loaded = load_somewhere (trainer->devices, trainer->problem, cancel, error);

  if (loaded == NULL)
    return FALSE;
  ew_devices_unload (trainer->devices, trainer->loaded);
  trainer->loaded = loaded;
  ew_trainer_changed (trainer);
  return TRUE;
}

gboolean
ew_trainer_can_rest (const EwTrainer *trainer)
{
  return trainer->loaded != NULL && trainer->loaded->device->backend->rest != NULL;
}

void
ew_trainer_rest (EwTrainer *trainer)
{
  if (ew_trainer_can_rest (trainer))
    trainer->loaded->device->backend->rest (trainer->loaded);
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
  return ew_trainer_as_kind (trainer, trainer->loss);
}

const double *
ew_trainer_params (const EwTrainer *trainer)
{
  return trainer->params;
}

EwKernel *
ew_trainer_kernel_of (const EwTrainer *trainer, const double *params)
{
  EwKernel *kernel = ew_kernel_copy (trainer->start);
  int n_taps = ew_kernel_n_taps (kernel);

  memcpy (kernel->taps, params, n_taps * sizeof (double));
  kernel->bias = trainer->problem->has_bias ? params[n_taps] : 0;
  return kernel;
}

EwKernel *
ew_trainer_kernel (const EwTrainer *trainer)
{
  return ew_trainer_kernel_of (trainer, trainer->params);
}

EwKernel *
ew_trainer_start (const EwTrainer *trainer)
{
  /* Shared from now on: it is replaced, not changed. */
  return ew_kernel_ref (trainer->start);
}

const EwDevice *
ew_trainer_device (const EwTrainer *trainer)
{
  return trainer->loaded == NULL ? NULL : trainer->loaded->device;
}
