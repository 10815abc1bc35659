/* EwRunner: the commands. What runs between them is in loop-work.c. */
#include "engine/holdout.h"
#include "engine/loop-past.h"
#include "engine/loop-recipe.h"

#include <math.h>
#include <string.h>

static void
devices_notify (const char *sentence, gpointer data)
{
  EwRunner *runner = data;
  gboolean failed = ew_devices_failures (runner->devices) > runner->device_failures;
  gboolean automatic = strcmp (ew_devices_choice (runner->devices), "auto") == 0;

  runner->device_failures = ew_devices_failures (runner->devices);
  /* That the automatic choice found no GPU is worth knowing, but nothing to look into. */
  runner->notify (failed || !automatic ? EW_NOTICE_DEVICE : EW_NOTICE_INFO, g_strdup (sentence), runner->data);
}

void
ew_runner_init (EwRunner *runner, EwDevices *devices, EwViewer *viewer, EwRunnerNotify notify, gpointer data,
                EwCancel *cancel_load, EwCancel *cancel_epoch)
{
  *runner = (EwRunner){
    .devices = devices,
    .viewer = viewer,
    .notify = notify,
    .data = data,
    .cancel_load = cancel_load,
    .cancel_epoch = cancel_epoch,
    .rate_limit = NAN,
    .speed = INFINITY,
    .batch = 1,
  };
  ew_devices_set_notify (devices, devices_notify, runner);
}

static void
drop_task (EwRunner *runner)
{
  ew_viewer_clear (runner->viewer);
  ew_past_finish (runner);
  g_clear_pointer (&runner->curves, ew_curves_unref);
  g_clear_pointer (&runner->history, ew_history_free);
  g_clear_pointer (&runner->trainer, ew_trainer_free);
  ew_runner_finish_recipe (runner);
  g_clear_pointer (&runner->problem, ew_problem_unref);
}

void
ew_runner_finish (EwRunner *runner)
{
  drop_task (runner);
}

/* Hands an error to the user, but for a cancelled piece of work, which somebody asked for. */
void
ew_runner_tell (EwRunner *runner, EwNoticeKind kind, GError *error)
{
  if (!g_error_matches (error, EW_ERROR, EW_ERROR_CANCELLED))
    runner->notify (kind, g_strdup (error->message), runner->data);
  g_error_free (error);
}

void
ew_runner_stop (EwRunner *runner, EwStopReason reason)
{
  runner->running = FALSE;
  runner->steps_left = 0;
  runner->stop = reason;
  runner->epochs_per_second = 0;
}

/* A target that was given, or its mask, cut where the task says so. */
static EwGrid *
cut (const EwTask *task, EwGrid *y, int s, int height, int width, GError **error)
{
  gboolean as_large = y->height == task->x[s]->height && y->width == task->x[s]->width;

  if (!task->crop_target || !as_large)
    return ew_grid_ref (y);
  return ew_grid_new_cropped (y, (task->start->height - 1) / 2, (task->start->width - 1) / 2, height, width, error);
}

/* The target of one sample: given, or made by the teacher in the learner's geometry. */
static EwGrid *
make_target (EwRunner *runner, const EwTask *task, int s, const EwGeometry *geometry, GError **error)
{
  g_autoptr (EwKernel) teacher = NULL;
  g_autoptr (EwGrid) y = NULL;
  int height, width;

  if (!ew_geometry_output_size (geometry, task->x[s]->height, task->x[s]->width, &height, &width, error))
    return NULL;
  if (task->y != NULL)
    return cut (task, task->y[s], s, height, width, error);
  teacher = ew_kernel_new_embedded (task->teacher, geometry->kernel_height, geometry->kernel_width, error);
  y = teacher == NULL ? NULL : ew_grid_new (height, width, error);
  if (y == NULL
      || !ew_devices_correlate (runner->devices, task->x[s], teacher, geometry, EW_METHOD_AUTO, y, runner->cancel_load,
                                error))
    return NULL;
  return g_steal_pointer (&y);
}

/* One sample; TRUE where it is whole. */
static gboolean
make_sample (EwRunner *runner, const EwTask *task, int s, const EwGeometry *geometry, EwSample *sample, GError **error)
{
  sample->x = task->x[s];
  sample->y = make_target (runner, task, s, geometry, error);
  if (sample->y == NULL || task->masks == NULL || task->y == NULL)
    return sample->y != NULL;
  sample->mask = cut (task, task->masks[s], s, sample->y->height, sample->y->width, error);
  return sample->mask != NULL;
}

static EwProblem *
make_problem (EwRunner *runner, const EwTask *task, GError **error)
{
  g_autofree EwSample *samples = g_new0 (EwSample, task->n_samples);
  EwGeometry geometry;
  EwProblem *problem = NULL;
  int made = 0;

  ew_geometry_init_valid (&geometry, task->start->height, task->start->width);
  if (task->geometry.stride > 0)
    geometry = task->geometry;
  geometry.kernel_height = task->start->height;
  geometry.kernel_width = task->start->width;
  while (made < task->n_samples && make_sample (runner, task, made, &geometry, &samples[made], error))
    made++;
  if (made == task->n_samples)
    problem = ew_problem_new (samples, task->n_samples, &geometry, task->has_bias, error);
  for (int s = 0; s < task->n_samples; s++)
    {
      ew_grid_unref (samples[s].y);
      ew_grid_unref (samples[s].mask);
    }
  return problem;
}

/* What a task is learned from, and what of it is held out. */
typedef struct
{
  EwProblem *whole;
  EwProblem *train;
  EwProblem *held; /* NULL: nothing */
} Parts;

static void
parts_clear (Parts *parts)
{
  ew_problem_unref (parts->whole);
  ew_problem_unref (parts->train);
  ew_problem_unref (parts->held);
}

static gboolean
make_parts (EwRunner *runner, const EwTask *task, Parts *parts, GError **error)
{
  *parts = (Parts){ .whole = make_problem (runner, task, error) };
  if (parts->whole == NULL
      || (task->recipe != NULL && !ew_recipe_check (task->recipe, task->start->height, task->start->width, error)))
    return FALSE;
  if (task->holdout > 0)
    return ew_problem_split (parts->whole, task->holdout, &parts->train, &parts->held, error);
  parts->train = ew_problem_ref (parts->whole);
  return TRUE;
}

static void
adopt (EwRunner *runner, const EwTask *task, guint64 number, const Parts *parts, EwTrainer *trainer)
{
  EwProblem *problem = ew_problem_ref (parts->whole);

  drop_task (runner);
  runner->task = number;
  runner->problem = problem;
  ew_runner_init_recipe (runner, task->recipe, parts->train, parts->held);
  runner->trainer = trainer;
  runner->history = ew_history_new (problem->n_params);
  runner->optimum_tried = FALSE;
  runner->busy_ns = ew_loop_now_ns ();
  runner->rested = FALSE;
  runner->step_ms = 0;
  ew_past_init (runner);
  runner->asked_rate = task->rate;
  runner->rate_limit = NAN;
  runner->failed = FALSE;
  runner->epoch_limit = task->epoch_limit;
  runner->stop_at = task->epoch_limit;
  runner->sample = MIN (runner->sample, problem->n_samples - 1);
  runner->batch = 1;
  ew_runner_stop (runner, EW_STOP_NONE);
  if (task->run)
    ew_runner_start (runner);
}

void
ew_runner_set_task (EwRunner *runner, const EwTask *task, guint64 number)
{
  GError *error = NULL;

  runner->loading = number;

  Parts parts;
  EwTrainer *trainer = NULL;

  /* Until the limit is known an automatic rate is held at 0; no epoch runs before that. */
  if (make_parts (runner, task, &parts, &error))
    trainer = ew_trainer_new (runner->devices, parts.train, task->start, task->loss, task->rate, runner->cancel_load,
                              &error);
  if (trainer == NULL)
    ew_runner_tell (runner, EW_NOTICE_REFUSED, error);
  else
    {
      ew_trainer_set_endless (trainer, task->endless);
      adopt (runner, task, number, &parts, trainer);
    }
  parts_clear (&parts);
}

/* From now on epochs are due and counted. */
static void
start_clock (EwRunner *runner)
{
  runner->due_ns = ew_loop_now_ns ();
  runner->started_ns = runner->due_ns;
  runner->measured_ns = runner->due_ns;
  runner->measured_epoch = ew_trainer_epoch (runner->trainer);
}

void
ew_runner_start (EwRunner *runner)
{
  if (runner->trainer == NULL || runner->running)
    return;
  ew_past_leave (runner);
  /* Learn again after the last epoch means as many epochs more. */
  if (runner->epoch_limit > 0 && ew_trainer_epoch (runner->trainer) >= runner->stop_at)
    runner->stop_at = ew_trainer_epoch (runner->trainer) + runner->epoch_limit;
  /* After a stop the same rate gets another chance; it will tell again what is wrong. */
  if (ew_trainer_state (runner->trainer) != EW_TRAINER_READY)
    ew_trainer_set_rate (runner->trainer, ew_trainer_rate (runner->trainer));
  runner->running = TRUE;
  runner->stop = EW_STOP_NONE;
  start_clock (runner);
}

void
ew_runner_pause (EwRunner *runner)
{
  if (runner->running || runner->steps_left > 0)
    ew_runner_stop (runner, EW_STOP_NONE);
}

void
ew_runner_step (EwRunner *runner, int epochs)
{
  if (runner->trainer == NULL || epochs < 1)
    return;
  ew_past_leave (runner);
  if (ew_trainer_state (runner->trainer) != EW_TRAINER_READY)
    ew_trainer_set_rate (runner->trainer, ew_trainer_rate (runner->trainer));
  runner->stop = EW_STOP_NONE;
  if (!runner->running && runner->steps_left == 0)
    start_clock (runner);
  runner->steps_left = (int)MIN ((gint64)runner->steps_left + epochs, G_MAXINT);
}

void
ew_runner_reset (EwRunner *runner)
{
  if (runner->trainer == NULL)
    return;
  ew_past_leave (runner);
  runner->past.rebuilding = FALSE;
  ew_trainer_reset (runner->trainer);
  ew_history_clear (runner->history);
  g_clear_pointer (&runner->curves, ew_curves_unref);
  if (runner->held != NULL)
    ew_held_clear (runner->held);
  g_clear_pointer (&runner->held_curves, ew_curves_unref);
  runner->stop_at = runner->epoch_limit;
  runner->steps_left = 0;
  runner->stop = EW_STOP_NONE;
  start_clock (runner);
}

void
ew_runner_set_kernel (EwRunner *runner, const EwKernel *kernel)
{
  GError *error = NULL;

  if (runner->trainer == NULL || ew_past_edit (runner, kernel))
    return;
  if (!ew_trainer_set_kernel (runner->trainer, kernel, &error))
    ew_runner_tell (runner, EW_NOTICE_INFO, error);
  else
    runner->stop = EW_STOP_NONE;
}

/* The rate that is to be used, once that is known. */
void
ew_runner_apply_rate (EwRunner *runner)
{
  double rate = runner->asked_rate;

  if (rate <= 0)
    rate = ew_recipe_auto_rate (ew_trainer_recipe (runner->trainer), runner->rate_limit);
  if (!isnan (rate) && rate != ew_trainer_rate (runner->trainer))
    ew_trainer_set_rate (runner->trainer, rate);
}

void
ew_runner_set_rate (EwRunner *runner, double rate)
{
  runner->asked_rate = rate;
  if (runner->trainer == NULL)
    return;
  ew_runner_apply_rate (runner);
  if (runner->stop != EW_STOP_EPOCHS)
    runner->stop = EW_STOP_NONE;
}

void
ew_runner_set_epoch_limit (EwRunner *runner, guint64 epochs)
{
  runner->epoch_limit = epochs;
  runner->stop_at = epochs;
}

void
ew_runner_set_speed (EwRunner *runner, double epochs_per_second)
{
  runner->speed = epochs_per_second;
  runner->due_ns = ew_loop_now_ns ();
}

void
ew_runner_set_device (EwRunner *runner, const char *id)
{
  GError *error = NULL;

  if (!ew_devices_choose (runner->devices, id, &error)
      || (runner->trainer != NULL && !ew_trainer_move (runner->trainer, runner->cancel_load, &error)))
    ew_runner_tell (runner, EW_NOTICE_DEVICE, error);
}

void
ew_runner_set_sample (EwRunner *runner, int sample)
{
  runner->sample = CLAMP (sample, 0, runner->problem == NULL ? G_MAXINT : runner->problem->n_samples - 1);
}
