/* EwFitted: a task's loss as a quadratic and where it is least, for whatever looks at it beside training. */
#pragma once

#include "engine/fit.h"
#include "engine/snapshot.h"

G_BEGIN_DECLS

/**
 * EwFitted:
 * @problem: what it belongs to; NULL: nothing yet
 * @quadratic: the summed squared loss, measured from the optimum
 * @optimum: its parameters
 * @optimum_loss: summed
 *
 * Zeros at the start. Used by one thread.
 */
typedef struct
{
  EwProblem *problem;
  EwQuadratic *quadratic;
  double *optimum;
  double optimum_loss;
} EwFitted;

/* Makes it that of the snapshot's task, which must have a problem. Nothing is done where it is; where training has the
 * Gram sums and the optimum they are taken over; else the data are gone through on a device of @devices. On failure it
 * is empty. Errors as ew_fit_quadratic. */
gboolean ew_fitted_renew (EwFitted *fitted, EwDevices *devices, const EwSnapshot *snapshot, EwCancel *cancel,
                          GError **error);
/* The same for @problem, from the data; @fitted must be empty. */
gboolean ew_fitted_init (EwFitted *fitted, EwDevices *devices, EwProblem *problem, EwCancel *cancel, GError **error);

void ew_fitted_clear (EwFitted *fitted);

/* The parameters of a kernel of that problem, written into @params. */
void ew_fitted_params (const EwProblem *problem, const EwKernel *kernel, double *params);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EwFitted, ew_fitted_clear)

G_END_DECLS
