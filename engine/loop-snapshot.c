/* EwRunner: its state as a snapshot, with the pictures and curves that the window draws. */
#include "engine/loop-runner.h"

#include <math.h>

/* The view for the present sample and pane. Without one the old pictures are gone too: they are of other data. */
static void
renew_view (EwRunner *runner)
{
  g_autoptr (GError) error = NULL;
  const EwSample *sample = &runner->problem->samples[runner->sample];

  if (!runner->view_stale || runner->max_height < 1 || runner->max_width < 1)
    return;
  g_clear_pointer (&runner->view, ew_view_free);
  g_clear_pointer (&runner->shown, ew_kernel_unref);
  g_clear_pointer (&runner->output, ew_grid_unref);
  runner->view = ew_view_new (sample->x, sample->y, &runner->problem->geometry, runner->max_height, runner->max_width,
                              runner->cancel_load, &error);
  /* Cancelled, it is made when the next snapshot is; for want of memory the panes stay empty and it is said once. */
  runner->view_stale = g_error_matches (error, EW_ERROR, EW_ERROR_CANCELLED);
  if (error != NULL && !runner->view_stale)
    runner->notify (EW_NOTICE_INFO, g_strdup (error->message), runner->data);
}

/* The output's picture at the present weights; as long as they do not change it is the one that was made last. */
static void
renew_output (EwRunner *runner, const EwKernel *kernel)
{
  if (runner->view == NULL || (runner->shown != NULL && ew_kernel_equal (runner->shown, kernel)))
    return;

  g_autoptr (EwGrid) output = ew_view_output (runner->view, runner->devices, kernel, runner->cancel_load, NULL);

  if (output == NULL)
    return;
  g_clear_pointer (&runner->shown, ew_kernel_unref);
  g_clear_pointer (&runner->output, ew_grid_unref);
  runner->shown = ew_kernel_copy (kernel);
  runner->output = g_steal_pointer (&output);
}

static void
add_pictures (EwRunner *runner, EwSnapshot *snapshot)
{
  const EwSample *sample = &runner->problem->samples[runner->sample];

  snapshot->n_samples = runner->problem->n_samples;
  snapshot->sample = runner->sample;
  snapshot->geometry = runner->problem->geometry;
  snapshot->x = ew_grid_ref (sample->x);
  snapshot->y = ew_grid_ref (sample->y);
  snapshot->input_height = sample->x->height;
  snapshot->input_width = sample->x->width;
  snapshot->output_height = sample->y->height;
  snapshot->output_width = sample->y->width;
  renew_view (runner);
  renew_output (runner, snapshot->kernel);
  if (runner->view == NULL || runner->output == NULL)
    return;
  snapshot->block = ew_view_block (runner->view);
  snapshot->input = ew_grid_ref (ew_view_input (runner->view));
  snapshot->target = ew_grid_ref (ew_view_target (runner->view));
  snapshot->output = ew_grid_ref (runner->output);
}

static EwCurves *
present_curves (EwRunner *runner)
{
  guint64 epoch = ew_trainer_epoch (runner->trainer);

  if (runner->curves == NULL || runner->curves_epoch != epoch)
    {
      g_clear_pointer (&runner->curves, ew_curves_unref);
      runner->curves = ew_history_curves (runner->history);
      runner->curves_epoch = epoch;
    }
  return ew_curves_ref (runner->curves);
}

static void
add_training (EwRunner *runner, EwSnapshot *snapshot)
{
  double rate = ew_trainer_rate (runner->trainer);

  snapshot->epoch = ew_trainer_epoch (runner->trainer);
  snapshot->epoch_limit = runner->stop_at;
  snapshot->loss = ew_trainer_loss (runner->trainer);
  snapshot->loss_kind = ew_trainer_loss_kind (runner->trainer);
  snapshot->rate = rate > 0 ? rate : NAN;
  snapshot->rate_limit = runner->rate_limit;
  snapshot->by_gram = ew_trainer_method (runner->trainer) == EW_TRAINER_GRAM;
  snapshot->epochs_per_second = runner->epochs_per_second;
  snapshot->device = g_strdup (ew_trainer_device (runner->trainer)->name);
  snapshot->kernel = ew_trainer_kernel (runner->trainer);
  snapshot->curves = present_curves (runner);
}

EwSnapshot *
ew_runner_snapshot (EwRunner *runner)
{
  EwSnapshot *snapshot = ew_snapshot_new ();
  gboolean active = runner->running || runner->steps_left > 0;

  snapshot->generation = runner->generation;
  snapshot->task = runner->task;
  snapshot->stop = runner->stop;
  snapshot->device_choice = g_strdup (ew_devices_choice (runner->devices));
  if (runner->trainer != NULL)
    {
      add_training (runner, snapshot);
      add_pictures (runner, snapshot);
    }
  if (runner->preparing)
    snapshot->state = EW_RUN_PREPARING;
  else if (runner->trainer == NULL)
    snapshot->state = EW_RUN_EMPTY;
  else
    snapshot->state = active ? EW_RUN_RUNNING : EW_RUN_PAUSED;
  return snapshot;
}
