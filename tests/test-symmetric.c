/* Small symmetric matrices without LAPACK: factors, conditions and eigenvalues against their definitions, in long double. */
#include "engine/symmetric.h"
#include "engine/lapack.h"
#include "tests/engine-fixtures.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const char *const no_library[] = { "libedgewise-is-not-there.so.0", NULL };

/* What a matrix is like. */
typedef enum
{
  ANY,      /* of either sign */
  POSITIVE, /* of full rank: more products than rows */
  DEFICIENT,
  REPEATED, /* a multiple of the identity, but for two rows */
  N_KINDS,
} Kind;

/* Sums of products of random vectors, scaled. */
static double *
random_matrix (EwRandom *random, int n, Kind kind, double scale)
{
  double *a = g_new0 (double, n *n);
  int rank = kind == DEFICIENT ? n / 2 : 2 * n;

  for (int r = 0; r < rank; r++)
    {
      double v[EW_SYMMETRIC_SMALL];
      double sign = kind == ANY && r % 2 ? -1 : 1;

      for (int i = 0; i < n; i++)
        v[i] = ew_random_uniform (random) - 0.3;
      for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
          a[i * n + j] += sign * v[i] * v[j];
    }
  for (int i = 0; kind == REPEATED && i < n; i++)
    for (int j = 0; j < n; j++)
      if (i > 1 || j > 1)
        a[i * n + j] = i == j ? 3 : 0;
  for (int k = 0; k < n * n; k++)
    a[k] *= scale;
  return a;
}

static double
largest (const double *a, int n)
{
  double most = 0;

  for (int k = 0; k < n; k++)
    most = fmax (most, fabs (a[k]));
  return most;
}

/* Each rotation rounds a row to within some units; they add up over n rows and a handful of sweeps. */
static void
check_eigen (int n, const double *a)
{
  g_autofree double *vectors = g_memdup2 (a, (size_t)(n * n) * sizeof (double));
  double values[EW_SYMMETRIC_SMALL];
  double bound = 20 * n * UNIT_64;
  double scale;

  g_assert_true (ew_symmetric_eigen (n, vectors, values, NULL));
  scale = largest (values, n);
  for (int k = 0; k < n; k++)
    {
      const double *v = vectors + k * n;

      g_assert_true (k == 0 || values[k - 1] <= values[k]);
      for (int i = 0; i < n; i++)
        {
          long double product = 0;

          for (int j = 0; j < n; j++)
            product += (long double)a[i * n + j] * v[j];
          g_assert_cmpfloat ((double)fabsl (product - (long double)values[k] * v[i]), <=, bound * scale);
        }
      for (int l = 0; l <= k; l++)
        {
          long double product = 0;

          for (int j = 0; j < n; j++)
            product += (long double)v[j] * vectors[l * n + j];
          g_assert_cmpfloat ((double)fabsl (product - (l == k)), <=, bound);
        }
    }
}

static void
test_eigen (void)
{
  static const double scales[] = { 1, 1e-290, 1e290, 7e4 };
  EwRandom random = 71;

  for (int n = 1; n <= EW_SYMMETRIC_SMALL; n++)
    for (Kind kind = ANY; kind < N_KINDS && !g_test_failed (); kind++)
      {
        g_autofree double *a = random_matrix (&random, n, kind, scales[n % 4]);

        check_eigen (n, a);
      }
}

static void
test_no_values (void)
{
  double zero[9] = { 0 };
  double values[3];

  g_assert_true (ew_symmetric_eigen (3, zero, values, NULL));
  for (int k = 0; k < 3; k++)
    g_assert_cmpfloat (values[k], ==, 0);
  for (int k = 0; k < 9; k++)
    g_assert_cmpfloat (zero[k], ==, k % 4 == 0);
}

/* The solution of a system is within its condition and rounding of x (Higham, theorem 10.4); conditions are those of
 * the eigenvalues within what lies between the 1-norm and the 2-norm: a factor of n either way. */
static void
test_factor (void)
{
  EwRandom random = 72;

  for (int n = 1; n <= EW_SYMMETRIC_SMALL && !g_test_failed (); n++)
    {
      g_autofree double *a = random_matrix (&random, n, POSITIVE, n % 2 ? 1 : 1e12);
      g_autofree double *factor = g_memdup2 (a, (size_t)(n * n) * sizeof (double));
      double x[EW_SYMMETRIC_SMALL], b[EW_SYMMETRIC_SMALL], values[EW_SYMMETRIC_SMALL];
      double condition, of_values;

      for (int i = 0; i < n; i++)
        x[i] = ew_random_uniform (&random) - 0.5;
      for (int i = 0; i < n; i++)
        {
          long double sum = 0;

          for (int j = 0; j < n; j++)
            sum += (long double)a[i * n + j] * x[j];
          b[i] = (double)sum;
        }
      g_assert_true (ew_symmetric_factor (n, factor, &condition, NULL));
      g_assert_true (ew_symmetric_solve (n, factor, b, NULL));
      for (int i = 0; i < n; i++)
        g_assert_cmpfloat (fabs (b[i] - x[i]), <=, 8.0 * n * (n + 1) * UNIT_64 * condition * largest (x, n));
      g_assert_true (ew_symmetric_eigen (n, a, values, NULL));
      of_values = values[n - 1] / values[0];
      g_assert_cmpfloat (condition, >=, of_values * (1 - 1e-9));
      g_assert_cmpfloat (condition, <=, n * of_values * (1 + 1e-9));
    }
}

/* [[4, 2], [2, 3]]: the inverse is [[3, −2], [−2, 4]]/8, so that the condition is 6 · 6/8. */
static void
test_known (void)
{
  double a[4] = { 4, 2, 2, 3 };
  double b[2] = { 8, 8 };
  double condition;

  g_assert_true (ew_symmetric_factor (2, a, &condition, NULL));
  g_assert_cmpfloat_with_epsilon (condition, 4.5, 1e-14);
  g_assert_true (ew_symmetric_solve (2, a, b, NULL));
  g_assert_cmpfloat_with_epsilon (b[0], 1, 1e-15);
  g_assert_cmpfloat_with_epsilon (b[1], 2, 1e-15);
}

static void
test_no_factor (void)
{
  double zero[4] = { 0 };
  double singular[4] = { 1, 1, 1, 1 };
  double indefinite[4] = { 1, 2, 2, 1 };
  double condition;

  g_assert_true (ew_symmetric_factor (2, zero, &condition, NULL));
  g_assert_true (isinf (condition));
  g_assert_true (ew_symmetric_factor (2, singular, &condition, NULL));
  g_assert_true (isinf (condition));
  g_assert_true (ew_symmetric_factor (2, indefinite, &condition, NULL));
  g_assert_true (isinf (condition));
}

/* Small ones need no LAPACK; larger ones say that they do. */
static void
test_missing (void)
{
  EwRandom random = 73;
  int n = EW_SYMMETRIC_SMALL;
  g_autofree double *a = random_matrix (&random, n, POSITIVE, 1);
  g_autofree double *large = g_new0 (double, (n + 1) * (n + 1));
  g_autofree double *values = g_new (double, n + 1);
  g_autoptr (GError) error = NULL;

  ew_lapack_set_libraries (no_library);
  check_eigen (n, a);
  g_assert_false (ew_symmetric_eigen (n + 1, large, values, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_UNSUPPORTED);
  ew_lapack_set_libraries (NULL);
}

/* Two ways to the same values: LAPACK's. */
static void
test_beside_lapack (void)
{
  EwRandom random = 74;
  g_autofree double *a = random_matrix (&random, 20, DEFICIENT, 1);
  g_autofree double *b = g_memdup2 (a, 400 * sizeof (double));
  double values[20], expected[20];

  if (!ew_lapack_available (NULL))
    {
      g_test_skip ("there is no LAPACK");
      return;
    }
  g_assert_true (ew_symmetric_eigen (20, a, values, NULL));
  g_assert_true (ew_lapack_eigen (20, b, expected, NULL));
  for (int k = 0; k < 20; k++)
    g_assert_cmpfloat_with_epsilon (values[k], expected[k], 40 * 20 * UNIT_64 * expected[19]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/symmetric/eigen", test_eigen);
  g_test_add_func ("/symmetric/no-values", test_no_values);
  g_test_add_func ("/symmetric/factor", test_factor);
  g_test_add_func ("/symmetric/known", test_known);
  g_test_add_func ("/symmetric/no-factor", test_no_factor);
  g_test_add_func ("/symmetric/missing", test_missing);
  g_test_add_func ("/symmetric/beside-lapack", test_beside_lapack);
  return g_test_run ();
}
