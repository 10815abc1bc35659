/* EwRecipe: what fits together, copying, comparing, and the rate that it bears. */
#include "engine/recipe.h"

#include <math.h>
#include <string.h>

/* A single patch has several times the mean energy on photographs, so a small batch bears so much less. */
#define BATCH_SLACK 8

void
ew_recipe_init (EwRecipe *recipe, EwOptimizerKind kind)
{
  *recipe = (EwRecipe){
    .schedule = { EW_SCHEDULE_CONSTANT, 1, 1 }, .objective = { EW_PENALTY_SQUARED, 1, EW_ACTIVATION_NONE }
  };
  ew_optimizer_init (&recipe->optimizer, kind);
}

gboolean
ew_recipe_is_quadratic (const EwRecipe *recipe)
{
  return recipe->objective.penalty == EW_PENALTY_SQUARED && recipe->objective.activation == EW_ACTIVATION_NONE
         && recipe->batch == 0;
}

gboolean
ew_recipe_is_plain (const EwRecipe *recipe)
{
  return recipe->optimizer.kind == EW_OPTIMIZER_GD && recipe->schedule.kind == EW_SCHEDULE_CONSTANT
         && ew_recipe_is_quadratic (recipe) && recipe->ridge == 0 && !ew_constraint_is_any (&recipe->constraint);
}

static gboolean
refuse (const char *sentence, GError **error)
{
  g_set_error_literal (error, EW_ERROR, EW_ERROR_USAGE, sentence);
  return FALSE;
}

gboolean
ew_recipe_check (const EwRecipe *recipe, int height, int width, GError **error)
{
  gboolean constrained = ew_constraint_is_any (&recipe->constraint);

  if (recipe->optimizer.kind == EW_OPTIMIZER_CG && (constrained || !ew_recipe_is_quadratic (recipe)))
    return refuse ("Conjugate gradients are for the squared loss over all pixels without constraints; gd, momentum or "
                   "least-squares would do.",
                   error);
  if (recipe->optimizer.kind == EW_OPTIMIZER_LEAST_SQUARES)
    {
      if (recipe->batch > 0 || recipe->objective.activation != EW_ACTIVATION_NONE)
        return refuse ("Least squares in one step knows no mini-batches and no activation; adam or momentum would do.",
                       error);
      if (constrained && recipe->objective.penalty != EW_PENALTY_SQUARED)
        return refuse ("Least squares in one step has constraints or a robust loss, not both; momentum or adam would "
                       "do.",
                       error);
    }
  return !constrained || ew_constraint_check (&recipe->constraint, height, width, error);
}

EwRecipe *
ew_recipe_copy (const EwRecipe *recipe, int n_taps)
{
  EwRecipe *copy = g_memdup2 (recipe, sizeof *recipe);

  copy->constraint.fixed = g_memdup2 (recipe->constraint.fixed, (size_t)n_taps * sizeof (gboolean));
  copy->constraint.values = recipe->constraint.fixed == NULL
                                ? NULL
                                : g_memdup2 (recipe->constraint.values, (size_t)n_taps * sizeof (double));
  return copy;
}

void
ew_recipe_free (EwRecipe *recipe)
{
  if (recipe == NULL)
    return;
  g_free ((gpointer)recipe->constraint.fixed);
  g_free ((gpointer)recipe->constraint.values);
  g_free (recipe);
}

static gboolean
same_constraint (const EwConstraint *a, const EwConstraint *b, int n_taps)
{
  if (a->flags != b->flags || a->sparsity != b->sparsity || (a->fixed == NULL) != (b->fixed == NULL))
    return FALSE;
  for (int k = 0; a->fixed != NULL && k < n_taps; k++)
    if ((a->fixed[k] != 0) != (b->fixed[k] != 0) || (a->fixed[k] && a->values[k] != b->values[k]))
      return FALSE;
  return TRUE;
}

gboolean
ew_recipe_same_epochs (const EwRecipe *a, const EwRecipe *b, int n_taps)
{
  const EwOptimizer *r = &a->optimizer, *s = &b->optimizer;
  const EwObjective *o = &a->objective, *p = &b->objective;

  return r->kind == s->kind && r->momentum == s->momentum && r->smoothing == s->smoothing && r->beta1 == s->beta1
         && r->beta2 == s->beta2 && r->epsilon == s->epsilon && a->schedule.kind == b->schedule.kind
         && a->schedule.period == b->schedule.period && a->schedule.factor == b->schedule.factor
         && o->penalty == p->penalty && o->delta == p->delta && o->activation == p->activation && a->ridge == b->ridge
         && a->batch == b->batch && a->seed == b->seed && same_constraint (&a->constraint, &b->constraint, n_taps);
}

gboolean
ew_recipe_equal (const EwRecipe *a, const EwRecipe *b, int n_taps)
{
  return ew_recipe_same_epochs (a, b, n_taps) && a->loss == b->loss && a->rate == b->rate
         && a->stop_gradient == b->stop_gradient && a->stop_change == b->stop_change
         && a->stop_seconds == b->stop_seconds;
}

double
ew_recipe_rate_limit (const EwRecipe *recipe, double lambda_max, gint64 n_residuals)
{
  double steeper = recipe->objective.penalty == EW_PENALTY_ABSOLUTE ? 1 / (2 * recipe->objective.delta) : 1;
  double limit = ew_optimizer_limit (&recipe->optimizer, steeper * lambda_max + recipe->ridge);

  return recipe->loss == EW_LOSS_MEAN ? limit * (double)n_residuals : limit;
}

double
ew_recipe_auto_rate (const EwRecipe *recipe, double limit)
{
  double usual = ew_optimizer_usual_rate (recipe->optimizer.kind);
  double slack = recipe->batch > 0 ? (double)recipe->batch / ((double)recipe->batch + BATCH_SLACK) : 1;

  if (usual > 0)
    return usual;
  /* Where nothing depends on the weights every rate is stable, and none does anything. */
  return isinf (limit) ? 1 : EW_RATE_SHARE * slack * limit;
}
