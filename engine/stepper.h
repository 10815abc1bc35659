/* EwStepper: an epoch of a recipe as a function of the state before it and of nothing else. What the solver and the
 * trainer do. */
#pragma once

#include "engine/fit.h"
#include "engine/recipe.h"

G_BEGIN_DECLS

/* Summed squared loss over all outputs and its gradient at @params. */
typedef gboolean (*EwSquaresFunc) (const double *params, double *loss, double *gradient, gpointer data,
                                   EwCancel *cancel, GError **error);

/**
 * EwStepper:
 * @recipe: but for its loss and rate:
 * @loss: sum or mean
 * @rate: before the schedule
 * @problem: what is learned from
 * @plain: the same without padding (ew_problem_unpadded); may be NULL where the recipe's loss is quadratic
 * @squares: called where the recipe's loss is quadratic, with @data
 * @quadratic: the squared loss, for least squares in one step; may be NULL for all else
 * @pool: threads for what is no quadratic; NULL: the caller alone, to the same bits
 * @diverged_above: a summed loss above this, or one that is not finite, has diverged. NaN: the first one seen sets it, to
 *   EW_STEPPER_EXPLODED times the larger of it and Σ y²
 *
 * A state is the parameters, what the rule remembers, and, where the recipe has mini-batches, where its random numbers
 * are.
 */
typedef struct
{
  const EwRecipe *recipe;
  EwLoss loss;
  double rate;
  EwProblem *problem;
  EwProblem *plain;
  EwSquaresFunc squares;
  gpointer data;
  EwQuadratic *quadratic;
  EwPool *pool;
  double diverged_above;
} EwStepper;

#define EW_STEPPER_EXPLODED 1e12

/**
 * EwStepped:
 * @loss: summed, of the epoch before its update
 * @slope: the gradient's length in the kind of loss, at the last step's weights
 * @diverged: the state is of no use any more
 * @at_start: the loss that showed it is that at the weights which the epoch began with
 */
typedef struct
{
  double loss;
  double slope;
  gboolean diverged;
  gboolean at_start;
} EwStepped;

/* Values of a state for @n parameters, and of the largest that any recipe has. The first n are the parameters. */
int ew_stepper_state_size (const EwRecipe *recipe, int n);
int ew_stepper_state_max (int n);

/* Makes what is behind the parameters new: nothing remembered, random numbers from the seed on. */
void ew_stepper_forget (const EwRecipe *recipe, int n, double *state);

/* Makes a state of one recipe, in place, one of another: what the same rule remembers stays, as do the random numbers of
 * the same seed. Room for the largest is needed. */
void ew_stepper_convert (const EwRecipe *from, const EwRecipe *to, int n, double *state);

/* Does the epoch that follows @epoch on @state. FALSE: EW_ERROR_CANCELLED, or what @squares or a fit in one go fails
 * with; the state is then of no use. */
gboolean ew_stepper_epoch (EwStepper *stepper, guint64 epoch, double *state, EwStepped *stepped, EwCancel *cancel,
                           GError **error);

/* Why to go no further. */
typedef enum
{
  EW_HALT_NOT,
  EW_HALT_SETTLED, /* no weight changes any more, or there is nothing left to do */
  EW_HALT_SLOPE,
  EW_HALT_CHANGE,
} EwHalt;

/* Whether an epoch whose loss was @loss, after one of @loss_before (NaN: none), in whatever kind, was the last.
 * @first_slope: that of the first epoch; @unchanged: no weight has changed. */
EwHalt ew_stepper_halt (const EwRecipe *recipe, double slope, double first_slope, double loss_before, double loss,
                        gboolean unchanged);

G_END_DECLS
