/* EwSolver: learning by any rule, loss and constraint as a deterministic state machine. No threads, no clock. */
#pragma once

#include "engine/fit.h"
#include "engine/recipe.h"

G_BEGIN_DECLS

/* Why a solver does not go on by itself. */
typedef enum
{
  EW_SOLVER_READY,
  EW_SOLVER_CONVERGED,    /* the last epoch changed no weight, or there is nothing left to do */
  EW_SOLVER_DIVERGED,     /* as EW_TRAINER_DIVERGED; the weights are the last good ones */
  EW_SOLVER_SMALL_SLOPE,  /* the gradient's length is at most stop_gradient */
  EW_SOLVER_SMALL_CHANGE, /* the loss fell by at most stop_change of itself */
} EwSolverState;

typedef struct _EwSolver EwSolver;

/* As EwEpochFunc of trainer.h: the epoch's number (from 1), its loss before its update, the weights after it. */
typedef void (*EwSolverFunc) (guint64 epoch, double loss, const double *params, gpointer data);

/* A solver at epoch 0 with the weights of @start, made to fulfil the constraint. Takes references to @problem. @quadratic
 * is the problem's squared loss (ew_fit_quadratic) and must outlive the solver; it may be NULL where the objective is not
 * plain squares over all outputs, and must not be for conjugate gradients. EW_ERROR_GEOMETRY where @start has another
 * size, as ew_recipe_check, and EW_ERROR_TOO_LARGE. @problem may be one of sums (ew_problem_new_of_sums) where
 * ew_recipe_is_quadratic; else that is EW_ERROR_USAGE. */
EwSolver *ew_solver_new (EwProblem *problem, EwQuadratic *quadratic, const EwKernel *start,
                         const EwRecipe *recipe, GError **error);
void ew_solver_free (EwSolver *solver);

/* Threads for what is no quadratic; NULL, as at first: the caller alone. The same bits in any case. */
void ew_solver_set_pool (EwSolver *solver, EwPool *pool);

/* Runs up to @epochs epochs and ends early, with TRUE, when the state leaves READY. FALSE: EW_ERROR_CANCELLED (the epochs
 * told to @func are done and kept), or what a fit in one go fails with. */
gboolean ew_solver_run (EwSolver *solver, gint64 epochs, EwSolverFunc func, gpointer data, EwCancel *cancel,
                        GError **error);

EwSolverState ew_solver_state (const EwSolver *solver);
guint64 ew_solver_epoch (const EwSolver *solver);
/* The loss of the last epoch, before its update; NaN before the first. */
double ew_solver_loss (const EwSolver *solver);
/* The length of the gradient in the last epoch, in the kind of loss; NaN before the first. */
double ew_solver_slope (const EwSolver *solver);
/* The present weights, n_params values, owned by the solver. */
const double *ew_solver_params (const EwSolver *solver);

/* The largest stable rate of @recipe on @quadratic over @n_residuals outputs: ew_recipe_rate_limit,
 * but infinite for absolute values, whose bound at the corner is of no use elsewhere. */
double ew_solver_rate_limit (const EwRecipe *recipe, EwQuadratic *quadratic, gint64 n_residuals);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwSolver, ew_solver_free)

G_END_DECLS
