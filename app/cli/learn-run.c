/* EwLearnRun: printing, and the runs that are not plain gradient descent. */
#include "app/cli/learn-run.h"

#include "app/cli/cli.h"
#include "app/cli/learn-output.h"

#include <math.h>
#include <string.h>

/* Epochs between two looks at the clock and at what standard output makes of the lines. */
#define EPOCHS_A_CALL 64

void
ew_learn_run_epoch (guint64 epoch, double loss, const double *params, gpointer data)
{
  EwLearnRun *run = data;
  const EwLearnOptions *o = run->options;

  if (run->history != NULL && (gint64)epoch > run->epochs)
    ew_history_file_add (run->history, epoch, loss, params);
  memmove (run->params, params, run->problem->n_params * sizeof (double));
  run->epochs = (gint64)epoch;
  run->loss = loss;
  if (run->printed == run->epochs || (run->epochs % o->log_every != 0 && run->epochs != run->last))
    return;
  run->printed = run->epochs;
  if (o->json)
    ew_learn_print_json (run->source.channel, epoch, loss, params, run->n_taps, run->has_bias);
  else
    ew_learn_print_text (run->source.channel, epoch, loss, params, run->n_taps, run->has_bias);
}

void
ew_learn_run_finish (EwLearnRun *run)
{
  run->last = run->epochs;
  if (run->epochs > 0)
    ew_learn_run_epoch ((guint64)run->epochs, run->loss, run->params, run);
}

void
ew_learn_run_clear (EwLearnRun *run)
{
  g_clear_pointer (&run->quadratic, ew_quadratic_free);
  g_clear_pointer (&run->held_quadratic, ew_quadratic_free);
  g_clear_pointer (&run->sums, ew_pair_sums_free);
  g_clear_pointer (&run->structures, g_ptr_array_unref);
  g_clear_pointer (&run->jpeg, ew_quantised_fit_free);
  ew_learn_source_clear (&run->source);
  g_clear_pointer (&run->problem, ew_problem_unref);
  g_clear_pointer (&run->held, ew_problem_unref);
  g_clear_pointer (&run->history, ew_history_file_free);
  g_clear_pointer (&run->params, g_free);
}

gboolean
ew_learn_run_fit (EwLearnRun *run, GError **error)
{
  gint64 start = g_get_monotonic_time ();

  if (run->quadratic != NULL)
    return TRUE;
  run->quadratic = ew_fit_quadratic (run->devices, run->problem, &ew_cli_interrupted, error);
  run->fit_seconds += ew_learn_seconds (start);
  return run->quadratic != NULL;
}

/* Says why it ended, where that is not simply that all epochs are done. */
static void
say_why (EwLearnRun *run, EwSolver *solver, gboolean timed_out)
{
  static const char *const words[] = { "epochs", "converged", "diverged", "gradient", "change" };
  static const char *const reasons[] = { NULL, "the weights no longer change", NULL,
                                         "the gradient is as short as --stop-gradient asks for",
                                         "the loss falls by no more than --stop-change asks for" };
  EwSolverState state = ew_solver_state (solver);
  const char *reason = timed_out ? "the time of --stop-time is over" : reasons[state];
  g_autofree char *line = NULL;

  run->stop = timed_out ? "time" : words[state];
  if (run->options->how.solver.optimizer.kind == EW_OPTIMIZER_LEAST_SQUARES)
    reason = "least squares takes one step";
  if (reason == NULL)
    return;
  line = g_strdup_printf ("stopped after epoch %" G_GUINT64_FORMAT ": %s.", ew_solver_epoch (solver), reason);
  ew_cli_say (line);
}

static gboolean
run_epochs (EwLearnRun *run, EwSolver *solver, GError **error)
{
  double seconds = run->options->how.stop_time;
  gint64 start = g_get_monotonic_time ();
  gboolean timed_out = FALSE;

  while (ew_solver_state (solver) == EW_SOLVER_READY && run->epochs < run->last && !timed_out)
    {
      /* With a clock to look at, as soon as it can matter. */
      gint64 epochs = seconds > 0 ? 1 : EPOCHS_A_CALL;

      if (!ew_solver_run (solver, MIN (run->last - run->epochs, epochs), ew_learn_run_epoch, run, &ew_cli_interrupted,
                          error)
          || !ew_cli_flush (error))
        return FALSE;
      timed_out = seconds > 0 && (double)(g_get_monotonic_time () - start) > seconds * G_USEC_PER_SEC;
    }
  if (ew_solver_state (solver) != EW_SOLVER_DIVERGED)
    {
      ew_learn_run_finish (run);
      say_why (run, solver, timed_out && ew_solver_state (solver) == EW_SOLVER_READY);
      return ew_cli_flush (error);
    }

  char limit[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (limit, sizeof limit, "%.6g", run->rate_limit);
  g_set_error (error, EW_ERROR, EW_ERROR_DIVERGED,
               "Training diverged after epoch %" G_GUINT64_FORMAT
               "; the largest stable rate here is %s. No kernel was written.",
               ew_solver_epoch (solver), limit);
  return FALSE;
}

gboolean
ew_learn_run_solver (EwLearnRun *run, const EwKernel *start, GError **error)
{
  EwRecipe s = run->options->how.solver;
  g_autoptr (EwSolver) solver = NULL;

  if (!ew_learn_run_fit (run, error) || !ew_learn_run_settle (run, &s, error))
    return FALSE;

  gint64 begin = g_get_monotonic_time ();
  gboolean done;

  run->rate = s.rate;
  run->delta = s.objective.delta;
  solver = ew_solver_new (run->problem, run->quadratic, start, &s, error);
  if (solver != NULL)
    ew_solver_set_pool (solver, ew_devices_pool (run->devices));
  done = solver != NULL && run_epochs (run, solver, error);
  run->descent_seconds = ew_learn_seconds (begin);
  return done;
}
