/* EwFitted: taken over from training, or made from the data. */
#include "engine/fitted.h"

#include <string.h>

void
ew_fitted_clear (EwFitted *fitted)
{
  g_clear_pointer (&fitted->problem, ew_problem_unref);
  g_clear_pointer (&fitted->quadratic, ew_quadratic_free);
  g_clear_pointer (&fitted->optimum, g_free);
}

void
ew_fitted_params (const EwProblem *problem, const EwKernel *kernel, double *params)
{
  int n_taps = ew_kernel_n_taps (kernel);

  memcpy (params, kernel->taps, n_taps * sizeof (double));
  if (problem->has_bias)
    params[n_taps] = kernel->bias;
}

/* Training has looked at the data at the optimum: that is the loss to measure from, and there it does not slope. */
static EwQuadratic *
take_over (const EwSnapshot *s, GError **error)
{
  int n = s->problem->n_params;
  g_autofree double *params = g_new (double, n);
  g_autofree double *zeros = g_new0 (double, n);
  EwQuadratic *q = ew_quadratic_new (s->gram, error);

  if (q == NULL)
    return NULL;
  ew_fitted_params (s->problem, s->optimum, params);
  ew_quadratic_rebase (q, params,
                       s->optimum_loss * (s->loss_kind == EW_LOSS_MEAN ? (double)s->problem->n_residuals : 1), zeros);
  return q;
}

/* What @fitted holds is @problem's, whose quadratic it has; the optimum is looked for unless training knows it. */
static gboolean
complete (EwFitted *fitted, EwProblem *problem, const EwKernel *optimum, EwCancel *cancel, GError **error)
{
  if (fitted->quadratic == NULL)
    return FALSE;
  fitted->optimum = g_new (double, problem->n_params);
  if (optimum != NULL)
    ew_fitted_params (problem, optimum, fitted->optimum);
  else if (!ew_quadratic_optimum (fitted->quadratic, fitted->optimum, NULL, NULL, cancel, error))
    {
      ew_fitted_clear (fitted);
      return FALSE;
    }
  fitted->optimum_loss = ew_quadratic_loss (fitted->quadratic, fitted->optimum);
  fitted->problem = ew_problem_ref (problem);
  return TRUE;
}

gboolean
ew_fitted_init (EwFitted *fitted, EwDevices *devices, EwProblem *problem, EwCancel *cancel, GError **error)
{
  fitted->quadratic = ew_fit_quadratic (devices, problem, cancel, error);
  return complete (fitted, problem, NULL, cancel, error);
}

gboolean
ew_fitted_renew (EwFitted *fitted, EwDevices *devices, const EwSnapshot *s, EwCancel *cancel, GError **error)
{
  if (fitted->problem == s->problem)
    return TRUE;
  ew_fitted_clear (fitted);
  if (s->gram == NULL || s->optimum == NULL)
    return ew_fitted_init (fitted, devices, s->problem, cancel, error);
  fitted->quadratic = take_over (s, error);
  return complete (fitted, s->problem, s->optimum, cancel, error);
}
