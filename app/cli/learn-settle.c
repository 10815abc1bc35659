/* EwLearnRun: what is automatic: the ridge's strength, the corner of a robust loss, the rate. */
#include "app/cli/cli.h"
#include "app/cli/learn-run.h"
#include "engine/ridge.h"

#include <math.h>

/* Estimates of the noise at most, each at the optimum that the one before led to. */
#define DELTA_ROUNDS 8

/* Outputs that the noise is estimated from. */
#define SCALE_OUTPUTS (1 << 18)

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
      if (run->held_quadratic == NULL)
        run->held_quadratic = ew_fit_quadratic (run->devices, run->held, &ew_cli_interrupted, error);
      chosen = run->held_quadratic == NULL ? -1
                                           : ew_ridge_choose (gram, run->held_quadratic, run->n_taps, losses,
                                                              &ew_cli_interrupted, error);
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

      if (!ew_fit_robust (ew_devices_pool (run->devices), objective, plain, params, NULL, &ew_cli_interrupted, error))
        return FALSE;
      set_delta (objective, ew_objective_scale (plain, params, SCALE_OUTPUTS));
      if (fabs (objective->delta - before) <= 0.1 * before)
        break;
    }
  if (objective->penalty == EW_PENALTY_HUBER)
    say_number ("residuals above % count as outliers.", objective->delta);
  return TRUE;
}

/* Above it a run goes astray; rules without one, and losses where every rate is as good, have none. */
static gboolean
find_limit (EwLearnRun *run, EwTrainer *trainer, GError **error)
{
  const EwRecipe *r = ew_trainer_recipe (trainer);

  if (!ew_trainer_rate_limit (trainer, &run->rate_limit, &ew_cli_interrupted, error))
    return FALSE;
  /* The bound at the corner is of no use elsewhere. */
  if (r->objective.penalty == EW_PENALTY_ABSOLUTE)
    run->rate_limit = INFINITY;
  return TRUE;
}

static void
say_rate (const EwLearnRun *run, gboolean has_limit)
{
  char rate[G_ASCII_DTOSTR_BUF_SIZE], share[G_ASCII_DTOSTR_BUF_SIZE], limit[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *line = NULL;

  g_ascii_formatd (rate, sizeof rate, "%.6g", run->rate);
  g_ascii_formatd (limit, sizeof limit, "%.6g", run->rate_limit);
  g_ascii_formatd (share, sizeof share, "%.3g", run->rate / run->rate_limit);
  if (run->rate > run->rate_limit)
    line = g_strdup_printf ("the rate %s is above the largest stable one, %s; this will diverge.", rate, limit);
  else if (run->options->rate > 0)
    return;
  else if (isinf (run->rate_limit))
    line = g_strdup_printf ("the rate is %s; %s.", rate,
                            has_limit ? "nothing here depends on it" : "this optimizer has no limit");
  else
    line = g_strdup_printf ("the rate is %s, %s of the largest stable one, %s.", rate, share, limit);
  ew_cli_say (line);
}

gboolean
ew_learn_run_settle_rate (EwLearnRun *run, EwTrainer *trainer, GError **error)
{
  const EwRecipe *r = ew_trainer_recipe (trainer);

  run->rate = run->options->rate;
  if (!find_limit (run, trainer, error))
    return FALSE;
  if (!ew_optimizer_has_rate (r->optimizer.kind))
    return TRUE;
  if (run->rate == 0 && r->objective.penalty == EW_PENALTY_ABSOLUTE && ew_optimizer_usual_rate (r->optimizer.kind) == 0)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_USAGE,
                           "--rate auto is not known with --loss absolute; --optimizer least-squares or adam needs "
                           "none, or a number would do.");
      return FALSE;
    }
  if (run->rate == 0)
    run->rate = ew_recipe_auto_rate (r, run->rate_limit);
  ew_trainer_set_rate (trainer, run->rate);
  say_rate (run, ew_optimizer_usual_rate (r->optimizer.kind) == 0);
  return TRUE;
}

gboolean
ew_learn_run_settle (EwLearnRun *run, EwRecipe *recipe, GError **error)
{
  return settle_ridge (run, recipe, error) && settle_delta (run, recipe, error);
}
