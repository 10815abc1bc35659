/* EwQuadratic: eigenvalues, and any epoch in closed form. */
#include "engine/lanczos.h"
#include "engine/quadratic-private.h"
#include "engine/symmetric.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* A Lanczos iteration that adds less than this of λmax has long had 1e-8 of it. */
#define SETTLED   1e-12
#define STEPS_MAX 256

double
ew_quadratic_null_part (const EwQuadratic *q)
{
  return 16 * q->n * DBL_EPSILON;
}

gboolean
ew_quadratic_eigen (EwQuadratic *q, GError **error)
{
  size_t size = (size_t)q->n * q->n;

  if (q->vectors != NULL)
    return TRUE;

  g_autofree double *vectors = g_try_new (double, size);
  g_autofree double *values = g_new (double, q->n);

  if (vectors == NULL)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_TOO_LARGE, "There is not enough memory for the eigenvalues of %d weights.",
                   q->n);
      return FALSE;
    }
  memcpy (vectors, q->gram->g, size * sizeof (double));
  if (!ew_symmetric_eigen (q->n, vectors, values, error))
    return FALSE;
  q->vectors = g_steal_pointer (&vectors);
  q->values = g_steal_pointer (&values);
  return TRUE;
}

/* vᵀGv / vᵀv of the last eigenvector: its error is the square of the vector's, which leaves rounding only. */
static double
last_quotient (const EwQuadratic *q)
{
  const double *v = q->vectors + (size_t)(q->n - 1) * q->n;
  long double above = 0;
  long double below = 0;

  for (int i = 0; i < q->n; i++)
    {
      const double *row = q->gram->g + (size_t)i * q->n;
      long double product = 0;

      for (int j = 0; j < q->n; j++)
        product += (long double)row[j] * v[j];
      above += v[i] * product;
      below += (long double)v[i] * v[i];
    }
  return (double)(above / below);
}

static gboolean
multiply (const double *v, double *product, gpointer data)
{
  ew_quadratic_multiply (data, v, product);
  return TRUE;
}

double
ew_quadratic_lambda_max (EwQuadratic *q)
{
  if (!isnan (q->lambda_max))
    return q->lambda_max;
  if (q->n <= EW_QUADRATIC_EIGEN_MAX && ew_quadratic_eigen (q, NULL))
    q->lambda_max = last_quotient (q);
  else
    ew_lanczos_largest (q->n, STEPS_MAX, SETTLED, multiply, q, &q->lambda_max);
  q->lambda_max = isnan (q->lambda_max) ? INFINITY : fmax (q->lambda_max, 0);
  return q->lambda_max;
}

void
ew_quadratic_residual (const EwQuadratic *q, const double *w, double *r)
{
  for (int i = 0; i < q->n; i++)
    {
      const double *row = q->gram->g + (size_t)i * q->n;
      long double sum = -0.5L * q->slope[i];

      for (int j = 0; j < q->n; j++)
        sum -= row[j] * ((long double)w[j] - q->base[j]);
      r[i] = (double)sum;
    }
}

void
ew_quadratic_add_along (const EwQuadratic *q, const double *factors, const double *r, double *w)
{
  for (int k = 0; k < q->n; k++)
    {
      const double *v = q->vectors + (size_t)k * q->n;
      double along = 0;

      if (factors[k] == 0)
        continue;
      for (int i = 0; i < q->n; i++)
        along += v[i] * r[i];
      if (along == 0)
        continue;
      along *= factors[k];
      for (int i = 0; i < q->n; i++)
        w[i] += along * v[i];
    }
}

/* 1 − (1 − x)^t without cancellation: of (1 − x)^t, which is of either sign, the logarithm is taken of x itself. */
static double
gone (double x, double t)
{
  if (t == 0)
    return 0;
  if (x < 1)
    return -expm1 (t * log1p (-x));
  if (x == 1)
    return 1;

  /* x − 2 is exact here, or log1p insensitive to it. */
  double logarithm = t * log1p (x - 2);

  return fmod (t, 2) == 0 ? -expm1 (logarithm) : 1 + exp (logarithm);
}

gboolean
ew_quadratic_at_epoch (EwQuadratic *q, const double *start, double step, double epoch, double *params,
                       gboolean *diverged, GError **error)
{
  if (q->n > EW_QUADRATIC_EIGEN_MAX)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_UNSUPPORTED,
                   "Jumping to an epoch is possible for up to %d weights; this kernel has %d.", EW_QUADRATIC_EIGEN_MAX,
                   q->n);
      return FALSE;
    }
  if (!ew_quadratic_eigen (q, error))
    return FALSE;

  double null = ew_quadratic_null_part (q) * fmax (q->values[q->n - 1], 0);
  g_autofree double *factors = g_new (double, q->n);
  g_autofree double *r = g_new (double, q->n);

  for (int k = 0; k < q->n; k++)
    factors[k] = q->values[k] > null ? gone (2 * step * q->values[k], epoch) / q->values[k] : 0;
  ew_quadratic_residual (q, start, r);
  if (params != start)
    memcpy (params, start, q->n * sizeof (double));
  ew_quadratic_add_along (q, factors, r, params);
  *diverged = FALSE;
  for (int i = 0; i < q->n; i++)
    *diverged |= !isfinite (params[i]);
  return TRUE;
}
