/* λmax of the Gram matrix by power iteration, from two gradients a step. */
#include "engine/rate-limit.h"

#include "engine/random.h"

#include <math.h>

#define STEPS_MAX 200
/* Gradients are summed in float32, so the quotient cannot settle more closely than this. */
#define SETTLED 1e-6
/* A power iteration may rest near a smaller eigenvalue for a while; this many quiet steps in a row end it. */
#define QUIET_STEPS 4

static double
normalise (double *v, int n)
{
  double norm = 0;

  for (int k = 0; k < n; k++)
    norm += v[k] * v[k];
  norm = sqrt (norm);
  for (int k = 0; norm > 0 && k < n; k++)
    v[k] /= norm;
  return norm;
}

gboolean
ew_rate_limit (EwLoaded *loaded, EwLoss loss, double *limit, EwCancel *cancel, GError **error)
{
  const EwBackend *backend = loaded->device->backend;
  int n = loaded->problem->n_params;
  g_autofree double *v = g_new0 (double, n);
  g_autofree double *at_zero = g_new (double, n);
  g_autofree double *at_v = g_new (double, n);
  EwRandom random = 1;
  double sum_of_squares;
  double lambda = 0;
  int quiet = 0;

  if (!backend->evaluate (loaded, v, &sum_of_squares, at_zero, cancel, error))
    return FALSE;
  /* Most images are mostly brightness, whose eigenvector is nearly constant; the rest keeps the start from being
   * orthogonal to whatever else leads. */
  for (int k = 0; k < n; k++)
    v[k] = 1 + ew_random_uniform (&random);
  normalise (v, n);
  for (int step = 0; step < STEPS_MAX && quiet < QUIET_STEPS; step++)
    {
      double before = lambda;

      if (!backend->evaluate (loaded, v, &sum_of_squares, at_v, cancel, error))
        return FALSE;
      lambda = 0;
      for (int k = 0; k < n; k++)
        {
          at_v[k] = (at_v[k] - at_zero[k]) / 2;
          lambda += v[k] * at_v[k];
          v[k] = at_v[k];
        }
      quiet = fabs (lambda - before) <= SETTLED * fabs (lambda) ? quiet + 1 : 0;
      if (normalise (v, n) == 0)
        break;
    }
  if (!(lambda > 0))
    *limit = INFINITY;
  else
    *limit = loss == EW_LOSS_MEAN ? (double)loaded->problem->n_residuals / lambda : 1 / lambda;
  return TRUE;
}
