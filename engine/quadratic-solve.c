/* EwQuadratic: the optimum. */
#include "engine/quadratic-private.h"
#include "engine/symmetric.h"

#include <math.h>
#include <string.h>

/* Conjugate gradients: as small as the gradient becomes against the one at 0; and how often it is computed anew from
 * the weights, so that rounding does not carry it away from them. */
#define SMALL 1e-12
#define FRESH 50

/* Along eigenvalues up to this part of the largest, a hundred million epochs lead nowhere. */
#define SLOW 1e-8

/* By G's Cholesky factor, twice: to solve, and to make good what rounding did. *@condition as in ew_symmetric_factor;
 * where that is too large for the factor to be of use, @w is only w₁. */
static gboolean
by_factor (EwQuadratic *q, double *w, double *condition, GError **error)
{
  size_t size = (size_t)q->n * q->n;
  g_autofree double *factor = g_try_new (double, size);
  g_autofree double *r = g_new (double, q->n);

  if (factor == NULL)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_TOO_LARGE, "There is not enough memory for the optimum of %d weights.",
                   q->n);
      return FALSE;
    }
  memcpy (factor, q->gram->g, size * sizeof (double));
  memcpy (w, q->base, q->n * sizeof (double));
  if (!ew_symmetric_factor (q->n, factor, condition, error))
    return FALSE;
  for (int pass = 0; pass < 2 && *condition * ew_quadratic_null_part (q) < 1; pass++)
    {
      ew_quadratic_residual (q, w, r);
      if (!ew_symmetric_solve (q->n, factor, r, error))
        return FALSE;
      for (int i = 0; i < q->n; i++)
        w[i] += r[i];
    }
  return TRUE;
}

/* The same by eigenvalues above @part of the largest; along the others @w stays as it is. */
static gboolean
by_eigenvalues (EwQuadratic *q, double part, double *w, GError **error)
{
  g_autofree double *inverse = g_new (double, q->n);
  g_autofree double *r = g_new (double, q->n);

  if (!ew_quadratic_eigen (q, error))
    return FALSE;

  double null = part * fmax (q->values[q->n - 1], 0);

  for (int k = 0; k < q->n; k++)
    inverse[k] = q->values[k] > null ? 1 / q->values[k] : 0;
  for (int pass = 0; pass < 2; pass++)
    {
      ew_quadratic_residual (q, w, r);
      ew_quadratic_add_along (q, inverse, r, w);
    }
  return TRUE;
}

static double
dot (const double *a, const double *b, int n)
{
  double sum = 0;

  for (int i = 0; i < n; i++)
    sum += a[i] * b[i];
  return sum;
}

/* r = −∇L(w)/2 in float64; returns rᵀr. */
static double
fresh_residual (EwQuadratic *q, const double *w, double *r)
{
  ew_quadratic_gradient (q, w, r);
  for (int i = 0; i < q->n; i++)
    r[i] *= -0.5;
  return dot (r, r, q->n);
}

/* Conjugate gradients from @w, which they leave only along what G does not make 0. */
static gboolean
by_gradients (EwQuadratic *q, double *w, EwCancel *cancel, GError **error)
{
  g_autofree double *r = g_new (double, 3 * (size_t)q->n);
  double *direction = r + q->n;
  double *product = direction + q->n;
  double left, enough;

  left = fresh_residual (q, w, r);
  enough = SMALL * SMALL * left;
  memcpy (direction, r, q->n * sizeof (double));
  for (int step = 1; step <= q->n && left > enough; step++)
    {
      double before = left;

      if (ew_cancelled (cancel))
        {
          g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
          return FALSE;
        }
      ew_quadratic_multiply (q, direction, product);

      double curvature = dot (direction, product, q->n);

      /* Rounding is all that is left. */
      if (!(curvature > 0))
        break;
      for (int i = 0; i < q->n; i++)
        {
          w[i] += before / curvature * direction[i];
          r[i] -= before / curvature * product[i];
        }
      left = step % FRESH == 0 ? fresh_residual (q, w, r) : dot (r, r, q->n);
      for (int i = 0; i < q->n; i++)
        direction[i] = r[i] + left / before * direction[i];
    }
  return TRUE;
}

/* @w: in: where to begin along eigenvalues up to @part of the largest, where there are such, and above
 * EW_QUADRATIC_EIGEN_MAX parameters altogether. */
static gboolean
solve (EwQuadratic *q, double part, double *w, double *condition, EwCancel *cancel, GError **error)
{
  g_autofree double *start = NULL;

  *condition = NAN;
  if (q->n > EW_QUADRATIC_EIGEN_MAX)
    return by_gradients (q, w, cancel, error);
  start = g_memdup2 (w, q->n * sizeof (double));
  if (!by_factor (q, w, condition, error))
    return FALSE;
  if (*condition * part < 1)
    return TRUE;
  memcpy (w, start, q->n * sizeof (double));
  return by_eigenvalues (q, part, w, error);
}

gboolean
ew_quadratic_optimum (EwQuadratic *q, double *params, double *loss, double *condition, EwCancel *cancel, GError **error)
{
  double number;

  memset (params, 0, q->n * sizeof (double));
  if (!solve (q, ew_quadratic_null_part (q), params, &number, cancel, error))
    return FALSE;
  if (loss != NULL)
    *loss = ew_quadratic_loss (q, params);
  if (condition != NULL)
    *condition = number;
  return TRUE;
}

gboolean
ew_quadratic_rest (EwQuadratic *q, const double *start, double *params, gboolean *is_optimum, EwCancel *cancel,
                   GError **error)
{
  double part = fmax (SLOW, ew_quadratic_null_part (q));
  double condition;

  if (params != start)
    memcpy (params, start, q->n * sizeof (double));
  if (!solve (q, part, params, &condition, cancel, error))
    return FALSE;
  *is_optimum = condition * part < 1;
  return TRUE;
}
