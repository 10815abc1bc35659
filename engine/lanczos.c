/* Lanczos iteration.
 *
 * Power iteration needs hundreds of steps where two eigenvalues nearly coincide, and rests at a smaller one when its
 * start happens to lie near that one's eigenvector, as it may on a zero-mean image. Lanczos has the largest of a
 * dozen eigenvalues exactly after as many steps, whatever the start, and that of more in few beyond. */
#include "engine/lanczos.h"

#include "engine/random.h"

#include <math.h>

#define STEPS_MIN 12

/* The Krylov basis, one row a step, and the tridiagonal matrix that A becomes in it. */
typedef struct
{
  int n;
  double *basis;    /* (steps + 1) × n */
  double *diagonal; /* steps */
  double *beside;   /* beside[k] couples rows k and k + 1 */
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

/* The next row of the basis from the one of this step, and with it a row of the tridiagonal matrix. */
static gboolean
extend (Lanczos *l, int step, EwLanczosFunc multiply, gpointer data)
{
  const double *v = l->basis + (size_t)step * l->n;
  double *next = l->basis + (size_t)(step + 1) * l->n;

  if (!multiply (v, next, data))
    return FALSE;
  l->diagonal[step] = dot (v, next, l->n);
  orthogonalise (l, step + 1, next);
  l->beside[step] = normalise (next, l->n);
  return TRUE;
}

gboolean
ew_lanczos_largest (int n, int steps_max, double settled, EwLanczosFunc multiply, gpointer data, double *lambda)
{
  int steps = MIN (n, steps_max);
  g_autofree double *basis = g_new (double, (size_t)(steps + 1) * n);
  g_autofree double *tridiagonal = g_new (double, 2 * (size_t)steps);
  Lanczos l = { n, basis, tridiagonal, tridiagonal + steps };
  EwRandom random = 1;

  /* Most images are mostly brightness, whose eigenvector is nearly constant; the rest has a part of all others. */
  for (int k = 0; k < n; k++)
    basis[k] = 1 + ew_random_uniform (&random);
  normalise (basis, n);
  *lambda = 0;
  for (int step = 0; step < steps; step++)
    {
      double before = *lambda;

      if (!extend (&l, step, multiply, data))
        return FALSE;
      *lambda = isfinite (l.diagonal[step]) ? largest_eigenvalue (&l, step + 1) : NAN;
      if (isnan (*lambda) || l.beside[step] == 0 || (step >= STEPS_MIN && *lambda - before <= settled * *lambda))
        return TRUE;
    }
  return TRUE;
}
