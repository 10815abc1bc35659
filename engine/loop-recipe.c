/* EwRunner: by which recipe it is learned, and what is held out of it. */
#include "engine/loop-recipe.h"

#include "engine/fit.h"
#include "engine/ridge.h"

#include <math.h>

#define SECOND_NS 1000000000.0

static int
n_taps (const EwRunner *runner)
{
  return runner->train->n_params - (runner->train->has_bias ? 1 : 0);
}

void
ew_runner_init_recipe (EwRunner *runner, const EwRecipe *recipe, EwProblem *train, EwProblem *held)
{
  EwRecipe plain;

  ew_recipe_init (&plain, EW_OPTIMIZER_GD);
  runner->train = ew_problem_ref (train);
  runner->held = held == NULL ? NULL : ew_held_new (held, train->n_residuals);
  runner->recipe = ew_recipe_copy (recipe == NULL ? &plain : recipe, n_taps (runner));
  runner->recipe_pending = TRUE;
  runner->choosing = FALSE;
  runner->ridge_scale = NAN;
}

void
ew_runner_finish_recipe (EwRunner *runner)
{
  g_clear_pointer (&runner->held, ew_held_free);
  g_clear_pointer (&runner->held_curves, ew_curves_unref);
  g_clear_pointer (&runner->recipe, ew_recipe_free);
  g_clear_pointer (&runner->train, ew_problem_unref);
}

void
ew_runner_set_recipe (EwRunner *runner, const EwRecipe *recipe)
{
  GError *error = NULL;

  if (runner->trainer == NULL)
    return;
  if (!ew_recipe_check (recipe, runner->problem->geometry.kernel_height, runner->problem->geometry.kernel_width,
                        &error))
    {
      ew_runner_tell (runner, EW_NOTICE_RECIPE, error);
      return;
    }
  ew_recipe_free (runner->recipe);
  runner->recipe = ew_recipe_copy (recipe, n_taps (runner));
  runner->recipe_pending = TRUE;
  runner->failed = FALSE;
  if (runner->stop != EW_STOP_EPOCHS)
    runner->stop = EW_STOP_NONE;
}

void
ew_runner_choose_ridge (EwRunner *runner)
{
  if (runner->trainer == NULL)
    return;
  if (runner->held == NULL)
    {
      ew_runner_tell (runner, EW_NOTICE_RECIPE,
                      g_error_new_literal (EW_ERROR, EW_ERROR_USAGE,
                                           "The ridge strength is chosen by what is held out; hold a part of the rows "
                                           "out first."));
      return;
    }
  runner->choosing = TRUE;
  runner->failed = FALSE;
}

gboolean
ew_runner_wants_settling (const EwRunner *runner)
{
  return runner->trainer != NULL && !runner->failed
         && (isnan (runner->rate_limit) || runner->recipe_pending || runner->choosing);
}

/* The Gram matrix of what is learned from: the trainer's, or one made for the moment and put into *made. */
static const EwGram *
training_gram (EwRunner *runner, EwQuadratic **made, GError **error)
{
  const EwGram *gram = ew_trainer_gram (runner->trainer);

  *made = gram == NULL ? ew_fit_quadratic (runner->devices, runner->train, runner->cancel_epoch, error) : NULL;
  return gram != NULL ? gram : *made != NULL ? ew_quadratic_gram (*made) : NULL;
}

/* What one unit of strength is. */
static gboolean
find_ridge_scale (EwRunner *runner, GError **error)
{
  g_autoptr (EwQuadratic) made = NULL;
  const EwGram *gram;

  if (runner->recipe->ridge == 0 || !isnan (runner->ridge_scale))
    return TRUE;
  gram = training_gram (runner, &made, error);
  if (gram == NULL)
    return FALSE;
  runner->ridge_scale = ew_ridge_of_strength (gram, n_taps (runner), 1);
  return TRUE;
}

/* FALSE only where it was cut short: what cannot be done is told, and all stays as it is. */
static gboolean
choose_ridge (EwRunner *runner, GError **error)
{
  g_autoptr (EwQuadratic) made = NULL;
  GError *cause = NULL;
  const EwGram *gram = training_gram (runner, &made, &cause);
  double strength = gram == NULL ? -1 : ew_held_choose_ridge (runner->held, gram, n_taps (runner),
                                                              runner->cancel_epoch, &cause);

  if (strength < 0 && g_error_matches (cause, EW_ERROR, EW_ERROR_CANCELLED))
    {
      g_propagate_error (error, cause);
      return FALSE;
    }
  runner->choosing = FALSE;
  if (strength < 0)
    {
      ew_runner_tell (runner, EW_NOTICE_RECIPE, cause);
      return TRUE;
    }
  runner->recipe->ridge = strength;
  runner->ridge_choices++;
  return TRUE;
}

/* The recipe with the ridge that its strength comes to here. */
static gboolean
hand_over (EwRunner *runner, GError **error)
{
  EwRecipe recipe = *runner->recipe;

  if (recipe.ridge > 0)
    recipe.ridge *= runner->ridge_scale;
  if (!ew_trainer_set_recipe (runner->trainer, &recipe, error))
    return FALSE;
  runner->recipe_pending = FALSE;
  if (runner->held == NULL)
    return TRUE;
  ew_held_set_recipe (runner->held, &recipe, ew_trainer_loss_kind (runner->trainer));
  ew_held_look (runner->held, ew_trainer_params (runner->trainer));
  return TRUE;
}

gboolean
ew_runner_settle (EwRunner *runner, GError **error)
{
  double limit;

  /* The first one brings the Gram matrix, where there is to be one. */
  if (!ew_trainer_rate_limit (runner->trainer, &limit, runner->cancel_epoch, error)
      || (runner->held != NULL && !ew_held_prepare (runner->held, runner->devices, runner->cancel_epoch, error))
      || (runner->choosing && !choose_ridge (runner, error)) || !find_ridge_scale (runner, error)
      || !hand_over (runner, error) || !ew_trainer_rate_limit (runner->trainer, &limit, runner->cancel_epoch, error))
    return FALSE;
  runner->rate_limit = limit;
  ew_runner_apply_rate (runner);
  return TRUE;
}

gboolean
ew_runner_is_over_time (const EwRunner *runner)
{
  double seconds = runner->recipe->stop_seconds;

  return seconds > 0 && (double)(ew_loop_now_ns () - runner->started_ns) >= seconds * SECOND_NS;
}

void
ew_runner_describe_recipe (EwRunner *runner, EwSnapshot *snapshot)
{
  snapshot->recipe = *runner->recipe;
  snapshot->recipe.constraint.fixed = NULL;
  snapshot->recipe.constraint.values = NULL;
  snapshot->recipe.loss = ew_trainer_loss_kind (runner->trainer);
  snapshot->recipe.rate = ew_trainer_rate (runner->trainer);
  snapshot->ridge_choices = runner->ridge_choices;
  if (runner->held == NULL)
    return;
  if (runner->held_curves == NULL || runner->held_epoch != ew_trainer_epoch (runner->trainer))
    {
      g_clear_pointer (&runner->held_curves, ew_curves_unref);
      runner->held_curves = ew_held_curves (runner->held);
      runner->held_epoch = ew_trainer_epoch (runner->trainer);
    }
  snapshot->held_curves = ew_curves_ref (runner->held_curves);
  snapshot->held_loss = ew_held_loss (runner->held);
}
