/* The largest stable rate: one over λmax of the Gram matrix, by Lanczos iteration.
 *
 * Power iteration needs hundreds of steps where two eigenvalues nearly coincide, and rests at a smaller one when its
 * start happens to lie near that one's eigenvector, as it may on a zero-mean image. Lanczos has the largest of a
 * dozen eigenvalues exactly after as many steps, whatever the start, and that of more in few beyond. */
#include "engine/rate-limit.h"

#include "engine/lanczos.h"

#include <math.h>

#define STEPS_MAX 64
/* Gradients are summed in float32, so the estimate cannot settle much more closely than this. */
#define SETTLED 1e-6

/* Where gradients come from. */
typedef struct
{
  EwLoaded *loaded;
  EwQuadratic *quadratic; /* instead, where there is one */
  double *at_zero;
  EwCancel *cancel;
  GError *error;
} Source;

static gboolean
gradient_at (Source *source, const double *v, double *gradient)
{
  double loss;

  if (source->quadratic == NULL)
    return source->loaded->device->backend->evaluate (source->loaded, v, &loss, gradient, source->cancel,
                                                      &source->error);
  ew_quadratic_gradient (source->quadratic, v, gradient);
  return TRUE;
}

/* Gv = (∇L(v) − ∇L(0))/2 */
static gboolean
multiply (const double *v, double *product, gpointer data)
{
  Source *source = data;

  if (!gradient_at (source, v, product))
    return FALSE;
  for (int k = 0; k < source->loaded->problem->n_params; k++)
    product[k] = (product[k] - source->at_zero[k]) / 2;
  return TRUE;
}

static gboolean
find_lambda (Source *source, int n, double *lambda)
{
  g_autofree double *zero = g_new0 (double, n);

  return gradient_at (source, zero, source->at_zero)
         && ew_lanczos_largest (n, STEPS_MAX, SETTLED, multiply, source, lambda);
}

gboolean
ew_rate_limit (EwLoaded *loaded, EwQuadratic *quadratic, EwLoss loss, double *limit, EwCancel *cancel, GError **error)
{
  int n = loaded->problem->n_params;
  g_autofree double *at_zero = g_new (double, n);
  Source source = { loaded, quadratic, at_zero, cancel, NULL };
  double lambda = 0;

  if (!find_lambda (&source, n, &lambda))
    {
      g_propagate_error (error, source.error);
      return FALSE;
    }
  if (isnan (lambda))
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA,
                           "The input’s values are too large to learn from: the sums of their squares leave the range "
                           "of the numbers. Scaled down, to 1 or so, they would do.");
      return FALSE;
    }
  if (!(lambda > 0))
    *limit = INFINITY;
  else
    *limit = loss == EW_LOSS_MEAN ? (double)loaded->problem->n_residuals / lambda : 1 / lambda;
  return TRUE;
}
