/* What a pair is fitted by in one go: its quadratic, robust losses, constraints. */
#pragma once

#include "engine/constraint.h"
#include "engine/devices.h"
#include "engine/objective.h"
#include "engine/quadratic.h"

G_BEGIN_DECLS

/* The squared loss of @problem as a quadratic, based on an exact look at the data at its optimum, transfer full. On the
 * device that @devices picks, on the calling thread where that has no Gram sums or fails. EW_ERROR_DATA where the sums
 * leave the finite numbers, EW_ERROR_UNSUPPORTED without LAPACK, EW_ERROR_TOO_LARGE, EW_ERROR_CANCELLED. */
EwQuadratic *ew_fit_quadratic (EwDevices *devices, EwProblem *problem, EwCancel *cancel, GError **error);

/* The squared loss of @problem at @params and its gradient, by residuals in float64 over the float32 data; where as
 * ew_fit_quadratic. Errors as there. */
gboolean ew_fit_evaluate (EwDevices *devices, EwProblem *problem, const double *params, double *loss, double *gradient,
                          EwCancel *cancel, GError **error);

/* Minimises an objective without activation by iteratively reweighted least squares from @params, which it replaces. Each
 * round sums up weighted normal equations over as many rows, evenly spread, as EW_FIT_ROBUST_WORK multiply-adds allow:
 * *n_outputs (may be NULL) is how many outputs that are. Ends when no weight moves by more than 1e-9 of the largest, or
 * after EW_FIT_ROBUST_ROUNDS. @problem is without padding; @pool as for ew_objective_evaluate. Errors as ew_quadratic_optimum. */
#define EW_FIT_ROBUST_WORK   5e8
#define EW_FIT_ROBUST_ROUNDS 100
gboolean ew_fit_robust (EwPool *pool, const EwObjective *objective, const EwProblem *problem, double *params,
                        gint64 *n_outputs, EwCancel *cancel, GError **error);

/* Minimises L(w) + ridge·‖taps‖² + sparsity·Σ|tap| under @constraint from @params, which it replaces: accelerated
 * projected gradients (FISTA, starting anew where the loss rises) until no tap moves by more than 1e-13 of the largest.
 * The optimum where the set is convex; with separable one near the projected optimum. EW_ERROR_CANCELLED. */
gboolean ew_fit_constrained (EwQuadratic *q, const EwConstraint *constraint, int height, int width, int n_params,
                             double ridge, double *params, EwCancel *cancel, GError **error);

G_END_DECLS
