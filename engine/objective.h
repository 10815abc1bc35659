/* EwObjective: losses beyond the sum of squares, and kernels with an activation behind them. */
#pragma once

#include "engine/gram.h"
#include "engine/pool.h"
#include "engine/problem.h"
#include "engine/random.h"

G_BEGIN_DECLS

/**
 * EwPenalty: what a residual r costs.
 * @EW_PENALTY_SQUARED: r²
 * @EW_PENALTY_HUBER: r² up to |r| = δ, 2δ|r| − δ² above: as steep as an absolute value, and so little moved by outliers
 * @EW_PENALTY_ABSOLUTE: √(r² + ε²) − ε with ε = δ: |r| but for a rounded corner
 */
typedef enum
{
  EW_PENALTY_SQUARED,
  EW_PENALTY_HUBER,
  EW_PENALTY_ABSOLUTE,
} EwPenalty;

/* What becomes of X ⋆ K + b before it is compared with the target: a(z) = z, max(z, 0) or |z|. */
typedef enum
{
  EW_ACTIVATION_NONE,
  EW_ACTIVATION_RELU,
  EW_ACTIVATION_ABS,
} EwActivation;

/**
 * EwObjective:
 * @delta: δ or ε > 0; of no meaning for squares
 *
 * L(w) = Σ m · penalty (a(X ⋆ K + b) − Y) over all samples, m the mask's weight or 1. Everything here is float64 over the float32 data, in a fixed order
 * of sums, for every geometry without padding: see ew_problem_unpadded.
 */
typedef struct
{
  EwPenalty penalty;
  double delta;
  EwActivation activation;
} EwObjective;

/* L and, unless NULL, ∇L (n_params) at @params; where the activation has a corner its slope is taken as 0. By the threads of
 * @pool, or the caller alone where it is NULL: the same bits in any case, since the rows are added up in parts that
 * depend on the problem only. EW_ERROR_CANCELLED. */
gboolean ew_objective_evaluate (EwPool *pool, const EwObjective *objective, const EwProblem *problem,
                                const double *params, double *loss, double *gradient, EwCancel *cancel, GError **error);

/* The same over @batch outputs drawn with replacement, all alike likely, and multiplied by outputs/batch: on the average what
 * ew_objective_evaluate gives. */
void ew_objective_sample (const EwObjective *objective, const EwProblem *problem, const double *params, gint64 batch,
                          EwRandom *random, double *loss, double *gradient);

/* G = Σ mφφᵀ, h = Σ mφy, c = Σ my² with the weights (times the mask's) that make least squares of the objective near @params: m = 1 for
 * squares, min(1, δ/|r|) for Huber, 1/√(r² + ε²) for the absolute value (activation none). Over every @every-th output
 * row of each sample; threads as above. Transfer full. EW_ERROR_TOO_LARGE, EW_ERROR_CANCELLED. */
EwGram *ew_objective_gram (EwPool *pool, const EwObjective *objective, const EwProblem *problem, const double *params,
                           int every, EwCancel *cancel, GError **error);

/* 1.4826 · the median of |r| at @params over at most @most outputs evenly spread: the standard deviation of normal noise,
 * whatever outliers there are. */
double ew_objective_scale (const EwProblem *problem, const double *params, int most);

/* One residual's cost and its derivative. */
double ew_penalty_cost (const EwObjective *objective, double r);
double ew_penalty_slope (const EwObjective *objective, double r);

G_END_DECLS
