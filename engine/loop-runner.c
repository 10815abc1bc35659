/* EwRunner: the commands. What runs between them is in loop-work.c. */
#include "engine/loop-parts.h"
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
  g_clear_pointer (&runner->learned, ew_problem_unref);
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

static void
adopt (EwRunner *runner, const EwTask *task, guint64 number, const EwTaskParts *parts, EwTrainer *trainer)
{
  EwProblem *problem = ew_problem_ref (parts->whole);

  drop_task (runner);
  runner->task = number;
  runner->problem = problem;
  runner->learned = ew_problem_ref (parts->learned);
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

  EwTaskParts parts;
  EwTrainer *trainer = NULL;

  /* Until the limit is known an automatic rate is held at 0; no epoch runs before that. */
  if (ew_task_parts_make (runner->devices, task, &parts, runner->cancel_load, &error))
    trainer = ew_trainer_new (runner->devices, parts.train, task->start, task->loss, task->rate, runner->cancel_load,
                              &error);
  if (trainer == NULL)
    ew_runner_tell (runner, EW_NOTICE_REFUSED, error);
  else
    {
      ew_trainer_set_endless (trainer, task->endless);
      adopt (runner, task, number, &parts, trainer);
    }
  ew_task_parts_clear (&parts);
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
