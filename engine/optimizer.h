/* EwOptimizer: the rules by which weights follow a gradient. Pure functions: all that a rule remembers is in a vector. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * EwOptimizerKind:
 * @EW_OPTIMIZER_GD: w −= rate · g
 * @EW_OPTIMIZER_MOMENTUM: b = βb + g; w −= rate · b
 * @EW_OPTIMIZER_NESTEROV: b = βb + g; w −= rate · (g + βb)
 * @EW_OPTIMIZER_RMSPROP: v = αv + (1 − α)g²; w −= rate · g / (√v + ε)
 * @EW_OPTIMIZER_ADAM: m = m + (1 − β₁)(g − m); v = β₂v + (1 − β₂)g²;
 *   w −= rate/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε), t counted from 1
 * @EW_OPTIMIZER_CG: conjugate gradients (Fletcher and Reeves) with the exact step of a quadratic loss
 * @EW_OPTIMIZER_LEAST_SQUARES: the optimum in one step
 *
 * The first five as PyTorch's SGD, RMSprop and Adam have them. Least squares is a solution and not a rule: see optimum.h.
 */
typedef enum
{
  EW_OPTIMIZER_GD,
  EW_OPTIMIZER_MOMENTUM,
  EW_OPTIMIZER_NESTEROV,
  EW_OPTIMIZER_RMSPROP,
  EW_OPTIMIZER_ADAM,
  EW_OPTIMIZER_CG,
  EW_OPTIMIZER_LEAST_SQUARES,
  EW_OPTIMIZER_N_KINDS,
} EwOptimizerKind;

/**
 * EwOptimizer:
 * @momentum: β, 0 ≤ β < 1: momentum and Nesterov
 * @smoothing: α, 0 ≤ α < 1: RMSProp
 * @beta1: likewise for Adam's mean of gradients; @beta2 for that of their squares
 * @epsilon: ε > 0: RMSProp and Adam
 */
typedef struct
{
  EwOptimizerKind kind;
  double momentum;
  double smoothing;
  double beta1;
  double beta2;
  double epsilon;
} EwOptimizer;

/* PyTorch's defaults: α = 0.99, β₁ = 0.9, β₂ = 0.999, ε = 1e-8; and the usual β = 0.9, for which it has none. */
void ew_optimizer_init (EwOptimizer *optimizer, EwOptimizerKind kind);

/* "gd", "momentum", … as on the command line; and the kind of such a word, −1 where it is none. */
const char *ew_optimizer_name (EwOptimizerKind kind);
int ew_optimizer_from_name (const char *name);

/* Values that the rule remembers from step to step for @n parameters, may be 0. They are 0 before the first step, and
 * with the weights they are all that is needed to go on from any step. */
size_t ew_optimizer_state_size (EwOptimizerKind kind, int n);

/* One step of one of the first five kinds: replaces @params (n) by what the rule makes of the @gradient there. @state
 * has ew_optimizer_state_size values. */
void ew_optimizer_step (const EwOptimizer *optimizer, int n, double rate, const double *gradient, double *params,
                        double *state);

/* The same for conjugate gradients, in two parts. First the direction, from the @gradient (∇L = 2(Gw − h)) at the
 * present weights; returns it, n values within @state. It starts anew every n steps. */
const double *ew_optimizer_direct (int n, const double *gradient, double *state);

/* Then the step along it to the loss's least, where @product (n) is G·direction, as (∇L(w + d) − ∇L(w))/2 gives it. FALSE
 * where there is nothing left but rounding (dᵀGd is not above 0): the weights stay. */
gboolean ew_optimizer_move (int n, const double *gradient, const double *product, double *params, double *state);

/* Forgets what the state holds. */
void ew_optimizer_forget (EwOptimizerKind kind, int n, double *state);

/* The rate below which the rule is stable on L = wᵀGw − 2hᵀw + c with @lambda_max the largest eigenvalue of G: 1/λmax for
 * plain descent, (1 + β)/λmax with momentum, (1 + β)/((1 + 2β)λmax) with Nesterov's. Infinite for those that have no
 * limit, and where λmax is 0. For the mean of N squares N times as large. */
double ew_optimizer_limit (const EwOptimizer *optimizer, double lambda_max);

/* Whether the rule takes a rate at all; and the rate to begin with where it has one but no limit: PyTorch's default of
 * RMSProp 0.01 and of Adam 0.001. 0 for the others. */
gboolean ew_optimizer_has_rate (EwOptimizerKind kind);
double ew_optimizer_usual_rate (EwOptimizerKind kind);

G_END_DECLS
