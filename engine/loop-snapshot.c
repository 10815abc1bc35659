/* EwRunner: its state as a snapshot, with the curves that the window draws. */
#include "engine/loop-past.h"
#include "engine/loop-recipe.h"

#include <math.h>

/* What the pictures are of, for the window and for the thread that makes them. */
static void
add_planes (EwRunner *runner, EwSnapshot *snapshot)
{
  const EwSample *sample = &runner->problem->samples[runner->sample];

  snapshot->n_samples = runner->problem->n_samples;
  snapshot->sample = runner->sample;
  snapshot->geometry = runner->problem->geometry;
  snapshot->problem = ew_problem_ref (runner->learned);
  snapshot->whole = ew_problem_ref (runner->problem);
  snapshot->x = ew_grid_ref (sample->x);
  snapshot->y = ew_grid_ref (sample->y);
  snapshot->input_height = sample->x->height;
  snapshot->input_width = sample->x->width;
  snapshot->output_height = sample->y->height;
  snapshot->output_width = sample->y->width;
  ew_viewer_show (runner->viewer, runner->task, runner->sample, sample->x, sample->y, &runner->problem->geometry,
                  snapshot->kernel, ew_trainer_device (runner->trainer)->backend);
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
  snapshot->loss_kind = ew_trainer_loss_kind (runner->trainer);
  snapshot->rate = rate > 0 && ew_optimizer_has_rate (runner->recipe->optimizer.kind) ? rate : NAN;
  snapshot->rate_limit = runner->rate_limit;
  snapshot->by_gram = ew_trainer_method (runner->trainer) == EW_TRAINER_GRAM;
  snapshot->epochs_per_second = runner->epochs_per_second;
  snapshot->step_ms = runner->step_ms;
  snapshot->device = g_strdup (ew_trainer_device (runner->trainer)->name);
  snapshot->curves = present_curves (runner);
  snapshot->start = ew_trainer_start (runner->trainer);
  if (ew_trainer_gram (runner->trainer) != NULL)
    snapshot->gram = ew_gram_ref ((EwGram *)ew_trainer_gram (runner->trainer));
  if (ew_trainer_optimum (runner->trainer, &snapshot->optimum_loss) != NULL)
    snapshot->optimum = ew_trainer_kernel_of (runner->trainer, ew_trainer_optimum (runner->trainer, NULL));
  ew_runner_describe_recipe (runner, snapshot);
  ew_past_describe (runner, snapshot);
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
      add_planes (runner, snapshot);
    }
  if (runner->preparing)
    snapshot->state = EW_RUN_PREPARING;
  else if (runner->trainer == NULL)
    snapshot->state = EW_RUN_EMPTY;
  else
    snapshot->state = active ? EW_RUN_RUNNING : EW_RUN_PAUSED;
  return snapshot;
}
