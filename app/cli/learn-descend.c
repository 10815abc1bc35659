/* EwLearnRun: the epochs of every rule, loss and constraint, by one trainer. */
#include "app/cli/cli.h"
#include "app/cli/learn-run.h"
#include "engine/trainer.h"

#include <math.h>

/* Epochs between two looks at what standard output makes of the lines. */
#define EPOCHS_A_CALL 256

/* As the textbook has it, plain descent of one pair tells all its epochs: those after the last change as well. */
static gboolean
tells_all (const EwLearnRun *run)
{
  return run->options->how.plain && run->sums == NULL;
}

/* The start values as the constraint has them. */
static EwKernel *
constrained (const EwLearnRun *run, const EwKernel *start)
{
  const EwConstraint *constraint = &run->options->how.solver.constraint;
  EwKernel *kernel = ew_kernel_copy (start);

  if (ew_constraint_is_any (constraint))
    ew_constraint_apply (constraint, kernel->height, kernel->width, 0, kernel->taps);
  return kernel;
}

/* Plain descent finds its own way from the first epochs through the data to the Gram matrix; all else begins with that. */
static EwTrainer *
new_trainer (EwLearnRun *run, const EwKernel *start, GError **error)
{
  const EwLearnOptions *o = run->options;
  EwLoss loss = o->how.solver.loss;
  g_autoptr (EwKernel) kernel = constrained (run, start);
  g_autoptr (EwTrainer) trainer = NULL;

  if (tells_all (run))
    {
      trainer = ew_trainer_new (run->devices, run->problem, kernel, loss, o->rate, &ew_cli_interrupted, error);
      if (trainer != NULL)
        ew_trainer_set_method (trainer, o->method);
      return g_steal_pointer (&trainer);
    }

  EwRecipe recipe = o->how.solver;

  if (!ew_learn_run_fit (run, error) || !ew_learn_run_settle (run, &recipe, error))
    return NULL;
  run->delta = recipe.objective.delta;
  trainer = ew_trainer_new_fitted (run->devices, run->problem, run->quadratic, kernel, loss, o->rate, error);
  return trainer != NULL && ew_trainer_set_recipe (trainer, &recipe, error) ? g_steal_pointer (&trainer) : NULL;
}

/* An epoch's line has the loss before it; of an only epoch the one after it is what matters. */
static char *
describe_step (const EwLearnRun *run, const EwTrainer *trainer)
{
  char loss[G_ASCII_DTOSTR_BUF_SIZE];

  if (run->quadratic == NULL)
    return g_strdup ("least squares takes one step");
  g_ascii_formatd (loss, sizeof loss, "%.6g", ew_quadratic_loss (run->quadratic, ew_trainer_params (trainer)));
  return g_strdup_printf ("least squares takes one step; the sum of squared residuals is %s now", loss);
}

/* Says why it ended, where that is not simply that all epochs are done. */
static void
say_why (EwLearnRun *run, EwTrainer *trainer, gboolean timed_out)
{
  static const char *const words[] = { [EW_TRAINER_READY] = "epochs",
                                       [EW_TRAINER_CONVERGED] = "converged",
                                       [EW_TRAINER_SMALL_SLOPE] = "gradient",
                                       [EW_TRAINER_SMALL_CHANGE] = "change" };
  static const char *const reasons[] = { [EW_TRAINER_CONVERGED] = "the weights no longer change",
                                         [EW_TRAINER_SMALL_SLOPE] = "the gradient is as short as --stop-gradient asks for",
                                         [EW_TRAINER_SMALL_CHANGE] = "the loss falls by no more than --stop-change asks for" };
  EwTrainerState state = ew_trainer_state (trainer);
  gboolean one_step = run->options->how.solver.optimizer.kind == EW_OPTIMIZER_LEAST_SQUARES;
  g_autofree char *step = one_step ? describe_step (run, trainer) : NULL;
  const char *reason = one_step    ? step
                       : timed_out ? "the time of --stop-time is over"
                                   : reasons[state];
  g_autofree char *line = NULL;

  run->stop = one_step ? "converged" : timed_out ? "time" : words[state];
  if (reason == NULL)
    return;
  line = g_strdup_printf ("stopped after epoch %" G_GUINT64_FORMAT ": %s.", ew_trainer_epoch (trainer), reason);
  ew_cli_say (line);
}

static gboolean
fail_diverged (const EwLearnRun *run, const EwTrainer *trainer, GError **error)
{
  char rate[G_ASCII_DTOSTR_BUF_SIZE], limit[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (rate, sizeof rate, "%.6g", run->rate);
  g_ascii_formatd (limit, sizeof limit, "%.6g", run->rate_limit);
  if (isinf (run->rate_limit))
    g_set_error (error, EW_ERROR, EW_ERROR_DIVERGED,
                 "Training diverged after epoch %" G_GUINT64_FORMAT " at the rate %s. No kernel was written.",
                 ew_trainer_epoch (trainer), rate);
  else
    g_set_error (error, EW_ERROR, EW_ERROR_DIVERGED,
                 "Training diverged after epoch %" G_GUINT64_FORMAT
                 " at the rate %s; the largest stable rate here is %s. No kernel was written.",
                 ew_trainer_epoch (trainer), rate, limit);
  return FALSE;
}

/* Epochs until the last, an end of the trainer's own or the time is up. */
static gboolean
run_epochs (EwLearnRun *run, EwTrainer *trainer, gboolean *timed_out, GError **error)
{
  double seconds = run->options->how.stop_time;
  gint64 start = g_get_monotonic_time ();

  while (ew_trainer_state (trainer) == EW_TRAINER_READY && run->epochs < run->last && !*timed_out)
    {
      /* With a clock to look at, as soon as it can matter. */
      int epochs = seconds > 0 ? 1 : EPOCHS_A_CALL;

      if (!ew_trainer_run (trainer, (int)MIN (run->last - run->epochs, epochs), ew_learn_run_epoch, run,
                           &ew_cli_interrupted, error)
          || !ew_cli_flush (error))
        return FALSE;
      *timed_out = seconds > 0 && (double)(g_get_monotonic_time () - start) > seconds * G_USEC_PER_SEC;
    }
  return TRUE;
}

/* What follows the last epoch: the lines that are the same from there on, or why there are none. */
static gboolean
finish (EwLearnRun *run, EwTrainer *trainer, gboolean timed_out, GError **error)
{
  guint64 epoch = ew_trainer_epoch (trainer);

  if (ew_trainer_state (trainer) == EW_TRAINER_DIVERGED)
    return fail_diverged (run, trainer, error);
  if (tells_all (run))
    while ((gint64)epoch < run->last && !atomic_load (&ew_cli_interrupted))
      ew_learn_run_epoch (++epoch, ew_trainer_loss (trainer), ew_trainer_params (trainer), run);
  else
    {
      ew_learn_run_finish (run);
      say_why (run, trainer, timed_out && ew_trainer_state (trainer) == EW_TRAINER_READY);
    }
  return ew_cli_flush (error);
}

gboolean
ew_learn_run_descend (EwLearnRun *run, const EwKernel *start, GError **error)
{
  g_autoptr (EwTrainer) trainer = new_trainer (run, start, error);
  gboolean timed_out = FALSE;
  gint64 begin;

  if (trainer == NULL || !ew_learn_run_settle_rate (run, trainer, error))
    return FALSE;
  if (run->options->how.solver.optimizer.kind == EW_OPTIMIZER_LEAST_SQUARES)
    run->last = 1;
  begin = g_get_monotonic_time ();
  if (!run_epochs (run, trainer, &timed_out, error))
    return FALSE;
  run->descent_seconds = ew_learn_seconds (begin);
  return finish (run, trainer, timed_out, error);
}
