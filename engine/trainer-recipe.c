/* EwTrainer: its recipe, and epochs by other ones than plain descent. */
#include "engine/holdout.h"
#include "engine/trainer-private.h"

#include <math.h>
#include <string.h>

static int
n_taps (const EwTrainer *trainer)
{
  return trainer->problem->n_params - (trainer->problem->has_bias ? 1 : 0);
}

const EwRecipe *
ew_trainer_recipe (const EwTrainer *trainer)
{
  return trainer->recipe;
}

const EwRecipe *
ew_trainer_recipe_of (const EwTrainer *trainer, int number)
{
  return g_ptr_array_index (trainer->recipes, number);
}

/* The number of the recipe, of one that does the same epochs where there is one. */
static int
number_of (EwTrainer *trainer, const EwRecipe *recipe)
{
  for (guint k = 0; k < trainer->recipes->len; k++)
    if (ew_recipe_same_epochs (g_ptr_array_index (trainer->recipes, k), recipe, n_taps (trainer)))
      return (int)k;
  g_ptr_array_add (trainer->recipes, ew_recipe_copy (recipe, n_taps (trainer)));
  return (int)trainer->recipes->len - 1;
}

gboolean
ew_trainer_set_recipe (EwTrainer *trainer, const EwRecipe *recipe, GError **error)
{
  const EwGeometry *g = &trainer->problem->geometry;
  EwRecipe *copy;
  int number;

  if (!ew_recipe_check (recipe, g->kernel_height, g->kernel_width, error))
    return FALSE;
  number = number_of (trainer, recipe);
  /* Copied first: its arrays may be the present one's. */
  copy = ew_recipe_copy (recipe, n_taps (trainer));
  ew_recipe_free (trainer->recipe);
  trainer->recipe = copy;
  recipe = copy;
  /* Other stop rules may lead on. */
  trainer->state = EW_TRAINER_READY;
  if (number == trainer->recipe_number)
    return TRUE;
  ew_stepper_convert (ew_trainer_recipe_of (trainer, trainer->recipe_number), recipe, trainer->problem->n_params,
                      trainer->params);
  trainer->recipe_number = number;
  trainer->plain = ew_recipe_is_plain (recipe);
  trainer->first_slope = trainer->last_loss = NAN;
  /* The first loss of another kind is another one. */
  trainer->diverged_above = NAN;
  ew_trainer_changed (trainer);
  return TRUE;
}

void
ew_trainer_forget (EwTrainer *trainer)
{
  ew_stepper_forget (trainer->recipe, trainer->problem->n_params, trainer->params);
  trainer->first_slope = trainer->last_loss = NAN;
}

gboolean
ew_trainer_evaluate (EwTrainer *trainer, EwQuadratic *quadratic, const double *params, double *loss, double *gradient,
                     EwCancel *cancel, GError **error)
{
  if (quadratic == NULL)
    return trainer->loaded->device->backend->evaluate (trainer->loaded, params, loss, gradient, cancel, error);
  *loss = ew_quadratic_loss (quadratic, params);
  ew_quadratic_gradient (quadratic, params, gradient);
  return TRUE;
}

typedef struct
{
  EwTrainer *trainer;
  EwQuadratic *quadratic;
} Squares;

static gboolean
squares (const double *params, double *loss, double *gradient, gpointer data, EwCancel *cancel, GError **error)
{
  const Squares *s = data;

  return ew_trainer_evaluate (s->trainer, s->quadratic, params, loss, gradient, cancel, error);
}

/* What the recipe needs beside the loaded problem. */
static gboolean
prepare (EwTrainer *trainer, const EwRecipe *recipe, EwQuadratic *quadratic, EwCancel *cancel, GError **error)
{
  if (trainer->unpadded == NULL && !ew_recipe_is_quadratic (recipe))
    {
      if (trainer->problem->n_samples == 0)
        {
          g_set_error_literal (error, EW_ERROR, EW_ERROR_USAGE,
                               "Another loss than squares, an activation and mini-batches need the data, of which only "
                               "sums are here.");
          return FALSE;
        }
      trainer->unpadded = ew_problem_unpadded (trainer->problem, error);
      if (trainer->unpadded == NULL)
        return FALSE;
    }
  if (recipe->optimizer.kind == EW_OPTIMIZER_LEAST_SQUARES && quadratic == NULL && trainer->fitted == NULL)
    {
      trainer->fitted = ew_fit_quadratic (trainer->devices, trainer->problem, cancel, error);
      return trainer->fitted != NULL;
    }
  return TRUE;
}

gboolean
ew_trainer_step (EwTrainer *trainer, EwQuadratic *quadratic, const EwRegime *regime, guint64 epoch, double *state,
                 double *diverged_above, EwStepped *stepped, EwCancel *cancel, GError **error)
{
  const EwRecipe *recipe = ew_trainer_recipe_of (trainer, regime->recipe);
  Squares data = { trainer, quadratic };
  EwStepper stepper = {
    .recipe = recipe,
    .loss = trainer->loss_kind,
    .rate = regime->rate,
    .problem = trainer->problem,
    .squares = squares,
    .data = &data,
    .pool = ew_devices_pool (trainer->devices),
    .diverged_above = *diverged_above,
  };

  if (!prepare (trainer, recipe, quadratic, cancel, error))
    return FALSE;
  stepper.plain = trainer->unpadded;
  stepper.quadratic = quadratic != NULL ? quadratic : trainer->fitted;
  if (!ew_stepper_epoch (&stepper, epoch, state, stepped, cancel, error))
    return FALSE;
  *diverged_above = stepper.diverged_above;
  return TRUE;
}
