/* Small symmetric matrices by plain loops: Cholesky by rows, eigenvalues by Jacobi's rotations. */
#include "engine/symmetric.h"

#include "engine/lapack.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Convergence is quadratic: even matrices of a single repeated value but for rounding take a handful. */
#define SWEEPS_MAX 60

/* The largest sum of magnitudes in a row, which is that of a column too. */
static double
norm_1 (int n, const double *a)
{
  double norm = 0;

  for (int i = 0; i < n; i++)
    {
      double sum = 0;

      for (int j = 0; j < n; j++)
        sum += fabs (a[i * n + j]);
      norm = fmax (norm, sum);
    }
  return norm;
}

/* The lower triangle of @a becomes L with a = LLᵀ. FALSE where it is not positive definite. */
static gboolean
factor (int n, double *a)
{
  for (int i = 0; i < n; i++)
    for (int j = 0; j <= i; j++)
      {
        double left = a[i * n + j];

        for (int k = 0; k < j; k++)
          left -= a[i * n + k] * a[j * n + k];
        if (j < i)
          a[i * n + j] = left / a[j * n + j];
        else if (left > 0)
          a[i * n + i] = sqrt (left);
        else
          return FALSE;
      }
  return TRUE;
}

/* b = L⁻ᵀL⁻¹b */
static void
solve (int n, const double *l, double *b)
{
  for (int i = 0; i < n; i++)
    {
      for (int k = 0; k < i; k++)
        b[i] -= l[i * n + k] * b[k];
      b[i] /= l[i * n + i];
    }
  for (int i = n - 1; i >= 0; i--)
    {
      b[i] /= l[i * n + i];
      for (int k = 0; k < i; k++)
        b[k] -= l[i * n + k] * b[i];
    }
}

/* The inverse's norm, column by column. */
static double
inverse_norm_1 (int n, const double *l)
{
  double norm = 0;

  for (int j = 0; j < n; j++)
    {
      double column[EW_SYMMETRIC_SMALL] = { 0 };
      double sum = 0;

      column[j] = 1;
      solve (n, l, column);
      for (int i = 0; i < n; i++)
        sum += fabs (column[i]);
      /* What left the finite numbers stays. */
      norm = sum <= norm ? norm : sum;
    }
  return norm;
}

gboolean
ew_symmetric_factor (int n, double *a, double *condition, GError **error)
{
  double norm;

  if (n > EW_SYMMETRIC_SMALL)
    return ew_lapack_factor (n, a, condition, error);
  norm = norm_1 (n, a);
  *condition = factor (n, a) ? norm * inverse_norm_1 (n, a) : INFINITY;
  if (!(*condition < INFINITY))
    *condition = INFINITY;
  return TRUE;
}

gboolean
ew_symmetric_solve (int n, const double *factor_of_a, double *b, GError **error)
{
  if (n > EW_SYMMETRIC_SMALL)
    return ew_lapack_solve (n, factor_of_a, b, error);
  solve (n, factor_of_a, b);
  return TRUE;
}

/* --- eigenvalues */

/* (x, y) = (c·x − s·y, s·x + c·y), for n values that lie @step apart. */
static void
rotate (int n, int step, double *x, double *y, double c, double s)
{
  for (int k = 0; k < n; k++, x += step, y += step)
    {
      double before = *x;

      *x = c * before - s * *y;
      *y = s * before + c * *y;
    }
}

/* Turns rows and columns p and q so that a[p, q] becomes 0. */
static void
turn (int n, double *a, double *vectors, int p, int q)
{
  double between = a[p * n + q];
  double zeta = (a[q * n + q] - a[p * n + p]) / (2 * between);
  double t = copysign (1 / (fabs (zeta) + hypot (1, zeta)), zeta);
  double c = 1 / hypot (1, t);
  double pp = a[p * n + p] - t * between;
  double qq = a[q * n + q] + t * between;

  rotate (n, 1, a + p * n, a + q * n, c, c * t);
  rotate (n, n, a + p, a + q, c, c * t);
  rotate (n, 1, vectors + p * n, vectors + q * n, c, c * t);
  a[p * n + p] = pp;
  a[q * n + q] = qq;
  a[p * n + q] = a[q * n + p] = 0;
}

/* Of a matrix of magnitudes up to 1. Rounding makes as much of each entry as is left here. */
static void
turn_all (int n, double *a, double *vectors)
{
  double enough = DBL_EPSILON / 16;
  gboolean turned = TRUE;

  for (int sweep = 0; turned && sweep < SWEEPS_MAX; sweep++)
    {
      turned = FALSE;
      for (int p = 0; p < n; p++)
        for (int q = p + 1; q < n; q++)
          if (fabs (a[p * n + q]) > enough)
            {
              turn (n, a, vectors, p, q);
              turned = TRUE;
            }
    }
}

static double
largest_magnitude (int n, const double *a)
{
  double largest = 0;

  for (int k = 0; k < n * n; k++)
    largest = fmax (largest, fabs (a[k]));
  return largest;
}

/* @a becomes the vectors in the order of the values that its diagonal holds. */
static void
sort (int n, double *a, const double *vectors, double *values)
{
  int order[EW_SYMMETRIC_SMALL];

  for (int k = 0; k < n; k++)
    {
      int to = k;

      for (; to > 0 && a[order[to - 1] * (n + 1)] > a[k * (n + 1)]; to--)
        order[to] = order[to - 1];
      order[to] = k;
    }
  for (int k = 0; k < n; k++)
    values[k] = a[order[k] * (n + 1)];
  for (int k = 0; k < n; k++)
    memcpy (a + k * n, vectors + order[k] * n, (size_t)n * sizeof (double));
}

gboolean
ew_symmetric_eigen (int n, double *a, double *values, GError **error)
{
  double vectors[EW_SYMMETRIC_SMALL * EW_SYMMETRIC_SMALL] = { 0 };
  int exponent;

  if (n > EW_SYMMETRIC_SMALL)
    return ew_lapack_eigen (n, a, values, error);
  /* In units of a power of two, so that nothing overflows or vanishes. */
  frexp (largest_magnitude (n, a), &exponent);
  for (int k = 0; k < n * n; k++)
    a[k] = ldexp (a[k], -exponent);
  for (int k = 0; k < n; k++)
    vectors[k * n + k] = 1;
  turn_all (n, a, vectors);
  sort (n, a, vectors, values);
  for (int k = 0; k < n; k++)
    values[k] = ldexp (values[k], exponent);
  return TRUE;
}
