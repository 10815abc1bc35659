/* λmax of the Gram matrix by Lanczos iteration, two gradients for the first step and one for each further.
 *
 * Power iteration needs hundreds of steps where two eigenvalues nearly coincide, and rests at a smaller one when its
 * start happens to lie near that one's eigenvector, as it may on a zero-mean image. Lanczos has the largest of a
 * dozen eigenvalues exactly after as many steps, whatever the start, and that of more in few beyond. */
#include "engine/rate-limit.h"

#include "engine/random.h"

#include <math.h>
#include <string.h>

#define STEPS_MIN 12
#define STEPS_MAX 64
/* Gradients are summed in float32, so the estimate cannot settle much more closely than this. */
#define SETTLED 1e-6

/* The Krylov basis, one row a step, and the tridiagonal matrix that G becomes in it. */
typedef struct
{
  int n;
  double *basis; /* (STEPS_MAX + 1) × n */
  double diagonal[STEPS_MAX];
  double beside[STEPS_MAX]; /* beside[k] couples rows k and k + 1 */
} Lanczos;

static double
dot (const double *a, const double *b, int n)
{
  double sum = 0;

  for (int k = 0; k < n; k++)
    sum += a[k] * b[k];
  return sum;
}

/* Takes a vector's components along the first @steps rows of the basis out of it; twice is enough for float64. */
static void
orthogonalise (const Lanczos *l, int steps, double *v)
{
  for (int pass = 0; pass < 2; pass++)
    for (int s = 0; s < steps; s++)
      {
        const double *row = l->basis + (size_t)s * l->n;
        double along = dot (v, row, l->n);

        for (int k = 0; k < l->n; k++)
          v[k] -= along * row[k];
      }
}

static double
normalise (double *v, int n)
{
  double norm = sqrt (dot (v, v, n));

  for (int k = 0; norm > 0 && k < n; k++)
    v[k] /= norm;
  return norm;
}

/* Eigenvalues of the tridiagonal matrix that are above @x: the signs of its Sturm sequence. */
static int
eigenvalues_above (const Lanczos *l, int steps, double x)
{
  double q = 1;
  int above = 0;

  for (int s = 0; s < steps; s++)
    {
      double coupling = s == 0 ? 0 : l->beside[s - 1] * l->beside[s - 1];

      q = l->diagonal[s] - x - (q == 0 ? INFINITY : coupling / q);
      above += q > 0;
    }
  return above;
}

static double
largest_eigenvalue (const Lanczos *l, int steps)
{
  double low = l->diagonal[0];
  double high = low;

  for (int s = 0; s < steps; s++)
    {
      double reach = (s > 0 ? l->beside[s - 1] : 0) + (s + 1 < steps ? l->beside[s] : 0);

      low = fmax (low, l->diagonal[s]);
      high = fmax (high, l->diagonal[s] + reach);
    }
  for (int halving = 0; halving < 60; halving++)
    {
      double middle = low + (high - low) / 2;

      if (eigenvalues_above (l, steps, middle) > 0)
        low = middle;
      else
        high = middle;
    }
  return high;
}

/* Gv = (∇L(v) − ∇L(0))/2, for the row of the basis of this step, as the next one. */
static gboolean
multiply (EwLoaded *loaded, Lanczos *l, int step, const double *at_zero, EwCancel *cancel, GError **error)
{
  const double *v = l->basis + (size_t)step * l->n;
  double *next = l->basis + (size_t)(step + 1) * l->n;
  double loss;

  if (!loaded->device->backend->evaluate (loaded, v, &loss, next, cancel, error))
    return FALSE;
  for (int k = 0; k < l->n; k++)
    next[k] = (next[k] - at_zero[k]) / 2;
  l->diagonal[step] = dot (v, next, l->n);
  orthogonalise (l, step + 1, next);
  l->beside[step] = normalise (next, l->n);
  return TRUE;
}

static gboolean
iterate (EwLoaded *loaded, Lanczos *l, double *lambda, EwCancel *cancel, GError **error)
{
  g_autofree double *at_zero = g_new (double, l->n);
  EwRandom random = 1;
  double loss;

  memset (l->basis, 0, l->n * sizeof (double));
  if (!loaded->device->backend->evaluate (loaded, l->basis, &loss, at_zero, cancel, error))
    return FALSE;
  /* Most images are mostly brightness, whose eigenvector is nearly constant; the rest has a part of all others. */
  for (int k = 0; k < l->n; k++)
    l->basis[k] = 1 + ew_random_uniform (&random);
  normalise (l->basis, l->n);
  for (int step = 0; step < MIN (l->n, STEPS_MAX); step++)
    {
      double before = *lambda;

      if (!multiply (loaded, l, step, at_zero, cancel, error))
        return FALSE;
      *lambda = isfinite (l->diagonal[step]) ? largest_eigenvalue (l, step + 1) : NAN;
      if (isnan (*lambda) || l->beside[step] == 0 || (step >= STEPS_MIN && *lambda - before <= SETTLED * *lambda))
        return TRUE;
    }
  return TRUE;
}

gboolean
ew_rate_limit (EwLoaded *loaded, EwLoss loss, double *limit, EwCancel *cancel, GError **error)
{
  Lanczos l = { .n = loaded->problem->n_params };
  double lambda = 0;

  l.basis = g_new (double, (STEPS_MAX + 1) * (size_t)l.n);

  gboolean ok = iterate (loaded, &l, &lambda, cancel, error);

  g_free (l.basis);
  if (!ok)
    return FALSE;
  if (isnan (lambda))
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA,
                           "The input's values are too large to learn from: the sums of their squares leave the range "
                           "of the numbers. Scaled down, to 1 or so, they would do.");
      return FALSE;
    }
  if (!(lambda > 0))
    *limit = INFINITY;
  else
    *limit = loss == EW_LOSS_MEAN ? (double)loaded->problem->n_residuals / lambda : 1 / lambda;
  return TRUE;
}
