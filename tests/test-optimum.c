/* What the Gram matrix says of the end of learning: the optimum, eigenvalues; and what is left without LAPACK. */
#include "engine/lapack.h"
#include "engine/quadratic.h"
#include "engine/symmetric.h"
#include "tests/quadratic-fixtures.h"

#include <math.h>
#include <string.h>

static const char *const no_library[] = { "libedgewise-is-not-there.so.0", NULL };

static void
optimum (EwQuadratic *q, double *w, double *loss, double *condition)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ew_quadratic_optimum (q, w, loss, condition, NULL, &error));
  g_assert_no_error (error);
}

static void
at_epoch (EwQuadratic *q, const double *start, double step, double epoch, double *w, gboolean diverges)
{
  g_autoptr (GError) error = NULL;
  gboolean diverged;

  g_assert_true (ew_quadratic_at_epoch (q, start, step, epoch, w, &diverged, &error));
  g_assert_no_error (error);
  g_assert_cmpint (diverged, ==, diverges);
}

static double
largest (const double *values, int n)
{
  double most = 0;

  for (int i = 0; i < n; i++)
    most = fmax (most, fabs (values[i]));
  return most;
}

/* Without LAPACK there is no optimum of many weights, and all else goes on. The eigenvalues of decaying_gram lie within
 * (33, 300): 1000 epochs at 1/320 leave (1 − 33/160)¹⁰⁰⁰ of the way, nothing but rounding. */
static void
test_missing (void)
{
  enum { N = EW_SYMMETRIC_SMALL + 1 };
  g_autoptr (GError) error = NULL;
  EwRandom random = 80;
  double best[N];
  double w[N] = { 0 };
  g_autoptr (EwGram) gram = decaying_gram (&random, N, best);
  g_autoptr (EwQuadratic) q = quadratic_of (gram);
  gboolean diverged;
  EwDescent descent = { 1000, 1.0 / 320, INFINITY, w };

  ew_lapack_set_libraries (no_library);
  g_assert_false (ew_lapack_available (NULL));
  g_assert_false (ew_quadratic_optimum (q, w, NULL, NULL, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "LAPACK"));
  g_clear_error (&error);
  g_assert_false (ew_quadratic_at_epoch (q, w, 1.0 / 320, 5, w, &diverged, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_UNSUPPORTED);
  g_assert_cmpfloat (ew_quadratic_lambda_max (q), <, 300);
  g_assert_cmpfloat (ew_quadratic_lambda_max (q), >, 290);
  memset (w, 0, sizeof w);
  ew_quadratic_descend (q, &descent);
  for (int k = 0; k < N; k++)
    g_assert_cmpfloat_with_epsilon (w[k], best[k], 1e-12);
  ew_lapack_set_libraries (NULL);
}

/* Of few weights it says all. */
static void
test_small_without_it (void)
{
  g_autoptr (EwGram) gram = golden_gram ();
  g_autoptr (EwQuadratic) q = quadratic_of (gram);
  double w[2] = { 0 };
  double zero[2] = { 0 };

  ew_lapack_set_libraries (no_library);
  optimum (q, w, NULL, NULL);
  g_assert_cmpfloat (w[0], ==, 1);
  g_assert_cmpfloat (w[1], ==, -1);
  g_assert_cmpfloat_with_epsilon (ew_quadratic_lambda_max (q), 30, 30e-15);
  at_epoch (q, zero, 0.03, 1000, w, FALSE);
  g_assert_cmpfloat_with_epsilon (w[0], 1, 1e-15);
  ew_lapack_set_libraries (NULL);
}

/* DESIGN's own numbers: the limit is 1/30, the condition 5 (30 times the 1/6 of the inverse), the optimum [1, −1]. */
static void
test_golden (void)
{
  g_autoptr (EwGram) gram = golden_gram ();
  g_autoptr (EwQuadratic) q = quadratic_of (gram);
  double w[2], loss, condition;

  if (!has_lapack ())
    return;
  g_assert_cmpfloat (1 / ew_quadratic_lambda_max (q), ==, 1 / 30.0);
  optimum (q, w, &loss, &condition);
  g_assert_cmpfloat (w[0], ==, 1);
  g_assert_cmpfloat (w[1], ==, -1);
  g_assert_cmpfloat (loss, ==, 0);
  g_assert_cmpfloat_with_epsilon (condition, 5, 1e-14);
}

/* Without noise the optimum is known. The first solution is within n·u·condition of it, the second within the square of
 * that (Higham, chapter 12) and its own rounding. G is exact, and with it all but the answer. */
static void
test_optimum (void)
{
  EwRandom random = 81;

  if (!has_lapack ())
    return;
  for (int n = 1; n <= 60; n++)
    {
      g_autoptr (Patches) patches = random_patches (&random, n, 3 * n + 5, 0);
      g_autoptr (EwGram) gram = gram_of_patches (patches);
      g_autoptr (EwQuadratic) q = quadratic_of (gram);
      double w[60], loss, condition, gradient[60], base[60];

      optimum (q, w, &loss, &condition);
      g_assert_cmpfloat (condition, >=, 1 - 1e-14);
      g_assert_cmpfloat (condition, <, 1e5);

      double first = 10 * n * UNIT_64 * condition;
      double bound = (2 * UNIT_64 + first * first) * largest (patches->best, n);

      for (int k = 0; k < n; k++)
        g_assert_cmpfloat_with_epsilon (w[k], patches->best[k], bound);
      /* The same from a base. */
      for (int k = 0; k < n; k++)
        base[k] = 4 * ew_random_uniform (&random) - 2;
      loss = (double)loss_of_patches (patches, base, gradient);
      ew_quadratic_rebase (q, base, loss, gradient);
      optimum (q, w, NULL, NULL);
      for (int k = 0; k < n; k++)
        g_assert_cmpfloat_with_epsilon (w[k], patches->best[k], 10 * n * UNIT_64 * condition * largest (base, n));
    }
}

/* With noise: no other weights near by are better, and the loss is that of the data. */
static void
test_noise (void)
{
  EwRandom random = 82;
  g_autoptr (Patches) patches = random_patches (&random, 10, 200, 9);
  g_autoptr (EwGram) gram = gram_of_patches (patches);
  g_autoptr (EwQuadratic) q = quadratic_of (gram);
  double w[10], loss;

  if (!has_lapack ())
    return;
  optimum (q, w, &loss, NULL);
  /* Sums of at most 32 roundings, each of at most c: |w|ᵀ|G||w| is of its size. */
  g_assert_cmpfloat_with_epsilon (loss, (double)loss_of_patches (patches, w, NULL), 32 * UNIT_64 * 4 * gram->c);
  for (int k = 0; k < 10; k++)
    for (int sign = -1; sign <= 1; sign += 2)
      {
        double at = w[k];

        w[k] += sign * 1e-6;
        g_assert_cmpfloat ((double)loss_of_patches (patches, w, NULL), >, loss);
        w[k] = at;
      }
}

/* The last two columns are one and the same, and the first is 0: of all optima the one of least norm has equal halves
 * and a 0, from wherever it is measured. G·w is h to the roundings of an eigensolution. */
static void
test_singular (void)
{
  EwRandom random = 83;

  if (!has_lapack ())
    return;
  for (int n = 3; n <= 40; n++)
    {
      g_autoptr (Patches) patches = random_patches (&random, n, 4 * n, 5);
      double w[40], gradient[40], base[40], loss, condition;

      for (int r = 0; r < patches->rows; r++)
        {
          patches->phi[r * n] = 0;
          patches->phi[r * n + n - 1] = patches->phi[r * n + n - 2];
        }

      g_autoptr (EwGram) gram = gram_of_patches (patches);
      g_autoptr (EwQuadratic) q = quadratic_of (gram);
      double bound = 100 * n * UNIT_64 * ew_quadratic_lambda_max (q);

      for (int pass = 0; pass < 2; pass++)
        {
          optimum (q, w, &loss, &condition);
          g_assert_true (isinf (condition) || condition > 1e13);
          g_assert_cmpfloat_with_epsilon (w[0], 0, 100 * n * UNIT_64);
          g_assert_cmpfloat_with_epsilon (w[n - 1], w[n - 2], 1000 * n * UNIT_64 * largest (w, n));
          (void)loss_of_patches (patches, w, gradient);
          g_assert_cmpfloat (largest (gradient, n), <=, bound * (1 + largest (w, n)));
          for (int k = 0; k < n; k++)
            base[k] = 4 * ew_random_uniform (&random) - 2;
          loss = (double)loss_of_patches (patches, base, gradient);
          ew_quadratic_rebase (q, base, loss, gradient);
        }
    }
}

/* Where descent ends: at an optimum, but what no epoch moves stays: where G is singular, and where it is but for 1e-9
 * of it. */
static void
test_rest (void)
{
  EwRandom random = 85;
  double w[12], start[12], gradient[12];
  gboolean is_optimum;

  if (!has_lapack ())
    return;
  for (int n = 3; n <= 12; n++)
    {
      g_autoptr (Patches) patches = random_patches (&random, n, 4 * n, 5);

      for (int r = 0; r < patches->rows; r++)
        {
          patches->phi[r * n] = 0;
          patches->phi[r * n + n - 1] = patches->phi[r * n + n - 2];
        }

      g_autoptr (EwGram) gram = gram_of_patches (patches);
      g_autoptr (EwQuadratic) q = NULL;

      gram->g[0] = n % 2 ? 0 : 1e-9 * gram->g[n * n - 1];
      gram->h[0] = n % 2 ? 0 : gram->h[n - 1];
      q = quadratic_of (gram);
      for (int k = 0; k < n; k++)
        start[k] = 4 * ew_random_uniform (&random) - 2;
      g_assert_true (ew_quadratic_rest (q, start, w, &is_optimum, NULL, NULL));
      g_assert_false (is_optimum);
      /* Nothing couples the first weight to the others. */
      g_assert_cmpfloat_with_epsilon (w[0], start[0], 1000 * n * UNIT_64 * 4);
      g_assert_cmpfloat_with_epsilon (w[n - 1] - w[n - 2], start[n - 1] - start[n - 2], 1000 * n * UNIT_64 * 4);
      ew_quadratic_gradient (q, w, gradient);
      for (int k = 1; k < n; k++)
        g_assert_cmpfloat_with_epsilon (gradient[k], 0, 1000 * n * UNIT_64 * ew_quadratic_lambda_max (q) * 4);
    }
}

/* All black: any weights do, so 0 is best, and every rate is stable. */
static void
test_nothing (void)
{
  g_autoptr (EwGram) gram = ew_gram_new (4, 10, NULL);
  double w[4] = { 1, 2, 3, 4 };
  double loss, condition;

  if (!has_lapack ())
    return;
  gram->c = 7;

  g_autoptr (EwQuadratic) q = quadratic_of (gram);

  g_assert_cmpfloat (ew_quadratic_lambda_max (q), ==, 0);
  at_epoch (q, w, 1, 1e9, w, FALSE);
  g_assert_cmpfloat (w[3], ==, 4);
  optimum (q, w, &loss, &condition);
  g_assert_cmpfloat (largest (w, 4), ==, 0);
  g_assert_cmpfloat (loss, ==, 7);
  g_assert_true (isinf (condition));
}

/* λmax of decaying_gram: 100·(1 − ρ²)/(1 − 2ρ·cos θ + ρ²) with ρ = 1/2 and the least θ > 0 at which
 * sin (n + 1)θ − 2ρ·sin nθ + ρ²·sin (n − 1)θ is 0 (Kac, Murdock and Szegő). */
static double
decaying_lambda_max (int n)
{
  double low = 0.5 * G_PI / n;
  double high = G_PI / n;

  for (int halving = 0; halving < 60; halving++)
    {
      double theta = (low + high) / 2;

      if (sin ((n + 1) * theta) - sin (n * theta) + 0.25 * sin ((n - 1) * theta) > 0)
        low = theta;
      else
        high = theta;
    }
  return 75 / (1.25 - cos (low));
}

/* On both sides of the size from which conjugate gradients and Lanczos do it: condition 9, so that 1e-12 of h leaves
 * less than 1e-11 of the weights. The largest eigenvalues lie within 1e-5 of each other, as hard for Lanczos as it
 * gets. */
static void
test_large (void)
{
  EwRandom random = 84;

  if (!has_lapack ())
    return;
  for (int n = EW_QUADRATIC_EIGEN_MAX; n <= EW_QUADRATIC_EIGEN_MAX + 1; n++)
    {
      gboolean exactly = n <= EW_QUADRATIC_EIGEN_MAX;
      g_autofree double *best = g_new (double, n);
      g_autofree double *w = g_new (double, n);
      g_autoptr (EwGram) gram = decaying_gram (&random, n, best);
      g_autoptr (EwQuadratic) q = quadratic_of (gram);
      double lambda = ew_quadratic_lambda_max (q);
      double loss, condition;

      g_test_message ("%d weights: λmax is %.12g, off by %.2g of it", n, lambda, lambda / decaying_lambda_max (n) - 1);
      /* 75/(1.25 − cos θ) has few roundings, but 1.25 − cos θ is a quarter of its terms. */
      g_assert_cmpfloat_with_epsilon (lambda, decaying_lambda_max (n), (exactly ? 32 * UNIT_64 : 1e-8) * lambda);
      optimum (q, w, &loss, &condition);
      for (int k = 0; k < n; k++)
        g_assert_cmpfloat_with_epsilon (w[k], best[k], exactly ? 1e-14 : 1e-11);
      g_assert_cmpfloat (loss, <=, 1e-11 * gram->c);
      if (exactly)
        g_assert_cmpfloat_with_epsilon (condition, 9, 0.01);
      else
        g_assert_true (isnan (condition));
    }
}

static void
test_too_many (void)
{
  g_autoptr (EwGram) gram = ew_gram_new (EW_QUADRATIC_EIGEN_MAX + 1, 1, NULL);
  g_autoptr (EwQuadratic) q = quadratic_of (gram);
  g_autofree double *w = g_new0 (double, gram->n);
  g_autoptr (GError) error = NULL;
  gboolean diverged;

  g_assert_false (ew_quadratic_at_epoch (q, w, 1, 1, w, &diverged, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_UNSUPPORTED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/optimum/missing", test_missing);
  g_test_add_func ("/optimum/small-without-it", test_small_without_it);
  g_test_add_func ("/optimum/golden", test_golden);
  g_test_add_func ("/optimum/optimum", test_optimum);
  g_test_add_func ("/optimum/noise", test_noise);
  g_test_add_func ("/optimum/singular", test_singular);
  g_test_add_func ("/optimum/rest", test_rest);
  g_test_add_func ("/optimum/nothing", test_nothing);
  g_test_add_func ("/optimum/large", test_large);
  g_test_add_func ("/optimum/too-many", test_too_many);
  return g_test_run ();
}
