/* EwLearnRun: printing, and the runs that are not plain gradient descent. */
#include "app/cli/learn-run.h"

#include "app/cli/cli.h"
#include "app/cli/learn-output.h"
#include "engine/holdout.h"
#include "engine/ridge.h"

#include <math.h>
#include <string.h>

/* The automatic rate's share of the limit. */
#define RATE_SHARE 0.9

/* Epochs between two looks at the clock and at what standard output makes of the lines. */
#define EPOCHS_A_CALL 64

/* A single patch has several times the mean energy on photographs, so a small batch bears so much less. */
#define BATCH_SLACK 8

/* Estimates of the noise at most, each at the optimum that the one before led to. */
#define DELTA_ROUNDS 8

/* Outputs that the noise is estimated from. */
#define SCALE_OUTPUTS (1 << 18)

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
    ew_learn_print_json (epoch, loss, params, run->n_taps, o->has_bias);
  else
    ew_learn_print_text (epoch, loss, params, run->n_taps, o->has_bias);
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
  g_clear_pointer (&run->findings, ew_findings_free);
  g_clear_pointer (&run->problem, ew_problem_unref);
  g_clear_pointer (&run->held, ew_problem_unref);
  g_clear_pointer (&run->history, ew_history_file_free);
  g_clear_pointer (&run->devices, ew_devices_free);
  g_clear_pointer (&run->params, g_free);
}

gboolean
ew_learn_run_fit (EwLearnRun *run, GError **error)
{
  if (run->quadratic == NULL)
    run->quadratic = ew_fit_quadratic (run->devices, run->problem, &ew_cli_interrupted, error);
  return run->quadratic != NULL;
}

static void
say_number (const char *format, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_auto (GStrv) parts = g_strsplit (format, "%", 2);
  g_autofree char *line = NULL;

  g_ascii_formatd (number, sizeof number, "%.6g", value);
  line = g_strconcat (parts[0], number, parts[1], NULL);
  ew_cli_say (line);
}

/* The strength of --ridge, by what was held out where it is automatic. */
static gboolean
settle_ridge (EwLearnRun *run, EwRecipe *s, GError **error)
{
  const EwGram *gram = ew_quadratic_gram (run->quadratic);
  double losses[EW_RIDGE_N_STRENGTHS];
  int chosen;

  run->strength = run->options->how.ridge;
  if (run->strength < 0)
    {
      g_autoptr (EwQuadratic) held = ew_fit_quadratic (run->devices, run->held, &ew_cli_interrupted, error);

      chosen = held == NULL ? -1 : ew_ridge_choose (gram, held, run->n_taps, losses, &ew_cli_interrupted, error);
      if (chosen < 0)
        return FALSE;
      run->strength = ew_ridge_strengths[chosen];
      say_number ("the ridge strength is %, the best for the rows held out.", run->strength);
    }
  s->ridge = run->ridge = ew_ridge_of_strength (gram, run->n_taps, run->strength);
  return TRUE;
}

/* δ as usual: for Huber's loss 1.345 times the noise, for the absolute value a corner far below it. */
static void
set_delta (EwObjective *objective, double noise)
{
  objective->delta = fmax (noise, 1e-7) * (objective->penalty == EW_PENALTY_HUBER ? 1.345 : 1e-3);
}

/* δ from the noise: at the plain optimum first, which outliers have drawn away, then at the robust ones. */
static gboolean
settle_delta (EwLearnRun *run, EwRecipe *s, GError **error)
{
  g_autofree double *params = g_new (double, run->problem->n_params);
  EwObjective *objective = &s->objective;
  g_autoptr (EwProblem) plain = NULL;

  if (!run->options->how.auto_delta)
    return TRUE;
  plain = ew_problem_unpadded (run->problem, error);
  if (plain == NULL || !ew_quadratic_optimum (run->quadratic, params, NULL, NULL, &ew_cli_interrupted, error))
    return FALSE;
  set_delta (objective, ew_objective_scale (plain, params, SCALE_OUTPUTS));
  for (int round = 0; objective->activation == EW_ACTIVATION_NONE && round < DELTA_ROUNDS; round++)
    {
      double before = objective->delta;

      if (!ew_fit_robust (objective, plain, params, NULL, &ew_cli_interrupted, error))
        return FALSE;
      set_delta (objective, ew_objective_scale (plain, params, SCALE_OUTPUTS));
      if (fabs (objective->delta - before) <= 0.1 * before)
        break;
    }
  if (objective->penalty == EW_PENALTY_HUBER)
    say_number ("residuals above % count as outliers.", objective->delta);
  return TRUE;
}

static gboolean
settle_rate (EwLearnRun *run, EwRecipe *s, GError **error)
{
  double given = run->options->rate;
  double slack = s->batch > 0 ? (double)s->batch / ((double)s->batch + BATCH_SLACK) : 1;

  run->rate_limit = ew_solver_rate_limit (s, run->quadratic, run->problem->n_residuals);
  s->rate = given;
  if (!ew_optimizer_has_rate (s->optimizer.kind))
    return TRUE;
  if (given > run->rate_limit)
    say_number ("the rate is above the largest stable one, %; this will diverge.", run->rate_limit);
  if (given > 0)
    return TRUE;
  s->rate = ew_optimizer_usual_rate (s->optimizer.kind);
  if (s->rate > 0)
    {
      say_number ("the rate is %; this optimizer has no limit.", s->rate);
      return TRUE;
    }
  if (isinf (run->rate_limit) && s->objective.penalty == EW_PENALTY_ABSOLUTE)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_USAGE,
                           "--rate auto is not known with --loss absolute; --optimizer least-squares or adam needs "
                           "none, or a number would do.");
      return FALSE;
    }
  s->rate = isinf (run->rate_limit) ? 1 : RATE_SHARE * slack * run->rate_limit;
  say_number ("the rate is %, a share of the largest stable one.", s->rate);
  return TRUE;
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

  if (!ew_learn_run_fit (run, error) || !settle_ridge (run, &s, error) || !settle_delta (run, &s, error)
      || !settle_rate (run, &s, error))
    return FALSE;
  run->rate = s.rate;
  run->delta = s.objective.delta;
  solver = ew_solver_new (run->problem, run->quadratic, start, &s, error);
  return solver != NULL && run_epochs (run, solver, error);
}
