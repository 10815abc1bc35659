/* EwRecipe: how a kernel is learned: rule, rate, loss, constraints, and when to stop. */
#pragma once

#include "engine/constraint.h"
#include "engine/loss.h"
#include "engine/objective.h"
#include "engine/optimizer.h"
#include "engine/schedule.h"

G_BEGIN_DECLS

/**
 * EwRecipe:
 * @schedule: by the epochs of the whole run, also where the recipe came in its middle
 * @constraint: fulfilled after each step
 * @objective: what is minimised, together with @ridge · ‖taps‖² and what @constraint says
 * @loss: sum or mean: what rate, gradient and the reported loss refer to
 * @rate: of plain descent and the other rules that have one
 * @ridge: ρ ≥ 0
 * @batch: outputs in a mini-batch, drawn from @seed; 0: every epoch sees all of them. With mini-batches an epoch is
 *   ⌈N/batch⌉ steps, and its loss the mean of what they saw
 * @stop_gradient: length of the gradient, ridge included, at which to stop; 0: never
 * @stop_change: likewise, part of the loss by which it must still fall from one epoch to the next
 * @stop_seconds: likewise, time; for whoever has a clock
 *
 * Plain data, but for the arrays that @constraint points to: those belong to whoever made it, or to the copy.
 */
typedef struct
{
  EwOptimizer optimizer;
  EwSchedule schedule;
  EwConstraint constraint;
  EwObjective objective;
  EwLoss loss;
  double rate;
  double ridge;
  gint64 batch;
  guint64 seed;
  double stop_gradient;
  double stop_change;
  double stop_seconds;
} EwRecipe;

/* Plain squares over all outputs, constant rate, no constraint, no stop, for a rule. */
void ew_recipe_init (EwRecipe *recipe, EwOptimizerKind kind);

/* Whether the parts fit together. EW_ERROR_USAGE: conjugate gradients and mini-batches, constraints or another loss than
 * squares; least squares and an activation or mini-batches, or a robust loss and constraints; and as
 * ew_constraint_check. */
gboolean ew_recipe_check (const EwRecipe *recipe, int height, int width, GError **error);

/* Whether the loss is the sum of squares over all outputs, a quadratic function of the weights. */
gboolean ew_recipe_is_quadratic (const EwRecipe *recipe);

/* Whether an epoch is w −= rate · ∇L(w) on it and nothing else. */
gboolean ew_recipe_is_plain (const EwRecipe *recipe);

/* A copy with arrays of its own for @n_taps taps. */
EwRecipe *ew_recipe_copy (const EwRecipe *recipe, int n_taps);
void ew_recipe_free (EwRecipe *recipe);

/* Whether both do the same epochs: all but rate, kind of loss and stop rules is alike. */
gboolean ew_recipe_same_epochs (const EwRecipe *a, const EwRecipe *b, int n_taps);

/* Whether both are alike in everything. */
gboolean ew_recipe_equal (const EwRecipe *a, const EwRecipe *b, int n_taps);

/* The largest rate at which the rule is stable, whatever the weights: ew_optimizer_limit in the kind of loss, @lambda_max
 * being the largest eigenvalue of G over @n_residuals outputs. Huber's loss is nowhere steeper than the square's, the
 * rounded absolute value 1/2δ times as much; an activation makes nothing steeper, a schedule no rate larger. Beyond it
 * squares diverge; the others, whose gradient is bounded, go back and forth. For mini-batches, which see other outputs
 * each time, it is a guide. Infinite for rules without a limit. */
double ew_recipe_rate_limit (const EwRecipe *recipe, double lambda_max, gint64 n_residuals);

/* The rate to begin with: a share of that limit, less for small mini-batches; the usual one of rules that have no limit; 1
 * where any would do. NaN of a limit that is not known gives NaN. */
double ew_recipe_auto_rate (const EwRecipe *recipe, double limit);

/* The automatic rate's share of the limit. */
#define EW_RATE_SHARE 0.9

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwRecipe, ew_recipe_free)

G_END_DECLS
