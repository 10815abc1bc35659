/* EwOptimum: the optimum by ew_quadratic_optimum, its errors and null space by G's eigenvalues. */
#include "engine/optimum.h"

#include "engine/quadratic-private.h"

#include <math.h>
#include <string.h>

static EwOptimum *
new_empty (int n)
{
  EwOptimum *o = g_new0 (EwOptimum, 1);

  o->n = n;
  o->params = g_new0 (double, n);
  o->errors = g_new0 (double, n);
  o->even = g_new0 (double, n);
  o->share = g_new0 (double, n);
  o->n_null = -1;
  o->condition = NAN;
  for (int k = 0; k < n; k++)
    o->errors[k] = o->even[k] = o->share[k] = NAN;
  return o;
}

void
ew_optimum_free (EwOptimum *optimum)
{
  if (optimum == NULL)
    return;
  g_free (optimum->params);
  g_free (optimum->errors);
  g_free (optimum->even);
  g_free (optimum->share);
  g_free (optimum->null_space);
  g_free (optimum);
}

/* What the loss says of the fit as a whole; @rank parameters were determined. */
static void
judge (EwOptimum *o, gint64 n_residuals, double variation, int rank)
{
  double n = (double)n_residuals;

  o->n_residuals = n_residuals;
  o->sigma = n_residuals > rank ? sqrt (o->loss / (n - rank)) : NAN;
  o->r_squared = variation > 0 ? 1 - o->loss / variation : NAN;
  o->psnr = o->loss > 0 ? 10 * log10 (n / o->loss) : INFINITY;
}

/* Eigenvalues in ascending order: those of the null space come first. */
static int
count_null (const EwQuadratic *q)
{
  double null = ew_quadratic_null_part (q) * fmax (q->values[q->n - 1], 0);
  int n_null = 0;

  while (n_null < q->n && q->values[n_null] <= null)
    n_null++;
  return n_null;
}

static void
find_null_space (EwOptimum *o, const EwQuadratic *q)
{
  size_t size = (size_t)(o->n_null = count_null (q)) * o->n;

  o->null_space = g_new (double, size + 1);
  memcpy (o->null_space, q->vectors, size * sizeof (double));
  for (int k = 0; k < o->n; k++)
    o->share[k] = 0;
  for (size_t i = 0; i < size; i++)
    o->share[i % o->n] += q->vectors[i] * q->vectors[i];
  o->condition = o->n_null > 0 ? INFINITY : q->values[o->n - 1] / q->values[0];
}

/* m = A⁺eₖ by A's eigenvalues. */
static void
inverse_column (const EwQuadratic *q, int n_null, int k, double *m)
{
  memset (m, 0, q->n * sizeof (double));
  for (int e = n_null; e < q->n; e++)
    {
      const double *v = q->vectors + (size_t)e * q->n;
      double factor = v[k] / q->values[e];

      for (int i = 0; i < q->n; i++)
        m[i] += factor * v[i];
    }
}

/* (G⁺)ₖₖ */
static double
plain_variance (const EwQuadratic *q, int n_null, int k)
{
  double sum = 0;

  for (int e = n_null; e < q->n; e++)
    {
      double v = q->vectors[(size_t)e * q->n + k];

      sum += v * v / q->values[e];
    }
  return sum;
}

/* (A⁻¹GA⁻¹)ₖₖ with A = G + ridge: the covariance of A⁻¹h where that of h is σ²G. */
static double
ridged_variance (EwQuadratic *q, const EwQuadratic *ridged, int k, double *m, double *product)
{
  double sum = 0;

  inverse_column (ridged, 0, k, m);
  ew_quadratic_multiply (q, m, product);
  for (int i = 0; i < q->n; i++)
    sum += m[i] * product[i];
  return fmax (sum, 0);
}

EwOptimum *
ew_optimum_new (EwQuadratic *q, gint64 n_residuals, double variation, EwCancel *cancel, GError **error)
{
  g_autoptr (EwOptimum) o = new_empty (q->n);
  int rank = q->n;

  if (!ew_quadratic_optimum (q, o->params, &o->loss, NULL, cancel, error))
    return NULL;
  if (q->n <= EW_QUADRATIC_EIGEN_MAX)
    {
      if (!ew_quadratic_eigen (q, error))
        return NULL;
      find_null_space (o, q);
      rank -= o->n_null;
    }
  judge (o, n_residuals, variation, rank);
  for (int k = 0; o->n_null >= 0 && k < o->n; k++)
    o->errors[k] = o->even[k]
        = ew_optimum_determines (o, k) ? o->sigma * sqrt (plain_variance (q, o->n_null, k)) : INFINITY;
  return g_steal_pointer (&o);
}

EwOptimum *
ew_optimum_new_ridged (EwQuadratic *q, EwQuadratic *ridged, double ridge, gint64 n_residuals, double variation,
                       EwCancel *cancel, GError **error)
{
  g_autoptr (EwOptimum) o = new_empty (q->n);
  g_autofree double *column = g_new (double, 2 * (size_t)q->n);

  if (!ew_quadratic_optimum (ridged, o->params, NULL, NULL, cancel, error))
    return NULL;
  o->ridge = ridge;
  o->loss = ew_quadratic_loss (q, o->params);
  if (q->n <= EW_QUADRATIC_EIGEN_MAX)
    {
      if (!ew_quadratic_eigen (q, error) || !ew_quadratic_eigen (ridged, error))
        return NULL;
      find_null_space (o, q);
    }
  judge (o, n_residuals, variation, q->n);
  for (int k = 0; o->n_null >= 0 && k < o->n; k++)
    o->errors[k] = o->even[k]
        = ew_optimum_determines (o, k)
              ? o->sigma * sqrt (ridged_variance (q, ridged, k, column, column + q->n))
              : INFINITY;
  return g_steal_pointer (&o);
}

void
ew_optimum_take_clusters (EwOptimum *o, const EwClusters *clusters)
{
  if (clusters->n_used < EW_CLUSTERS_MIN || o->n_null < 0)
    return;
  o->side = clusters->side;
  o->n_clusters = clusters->n_all;
  for (int k = 0; k < o->n; k++)
    if (ew_optimum_determines (o, k))
      o->errors[k] = ew_clusters_error (clusters, k);
}

gboolean
ew_optimum_cluster (EwOptimum *o, EwQuadratic *q, const EwProblem *problem, EwPool *pool, EwCancel *cancel, GError **error)
{
  g_auto (EwClusters) clusters = { 0 };

  ew_clusters_init (&clusters, o->n, problem->n_residuals);
  if (!ew_clusters_add (&clusters, q, o->params, problem, pool, cancel, error))
    return FALSE;
  ew_optimum_take_clusters (o, &clusters);
  return TRUE;
}
