/* The loss as a quadratic of the weights, and gradient descent on it, against plain loops. */
#include "engine/backend.h"
#include "engine/quadratic.h"
#include "tests/quadratic-fixtures.h"

#include <math.h>
#include <string.h>

static void
random_weights (EwRandom *random, int n, double *w)
{
  for (int k = 0; k < n; k++)
    w[k] = 4 * ew_random_uniform (random) - 2;
}

/* L₁ + |g₁|ᵀ|d| + |d|ᵀ|G||d|: what each rounding of the loss is relative to. */
static double
magnitude (const EwGram *gram, const double *base, double level, const double *slope, const double *w)
{
  double sum = fabs (level);

  for (int i = 0; i < gram->n; i++)
    {
      double d = fabs (w[i] - (base == NULL ? 0 : base[i]));

      sum += fabs (slope == NULL ? 2 * gram->h[i] : slope[i]) * d;
      for (int j = 0; j < gram->n; j++)
        sum += d * fabs (gram->g[i * gram->n + j]) * fabs (w[j] - (base == NULL ? 0 : base[j]));
    }
  return sum;
}

/* Every term goes through one rounding of d (two d's), n of the product, one of the slope, one product, the sum over a
 * lane's share and the lanes, and the level: fewer than 2n + 12. */
static void
test_loss (void)
{
  EwRandom random = 71;

  for (int n = 1; n <= 40; n++)
    {
      g_autoptr (Patches) patches = random_patches (&random, n, n + 20, 3);
      g_autoptr (EwGram) gram = gram_of_patches (patches);
      g_autoptr (EwQuadratic) q = quadratic_of (gram);
      double w[40], exact[40], gradient[40];
      double bound = rounding_bound (2 * n + 12, UNIT_64);

      random_weights (&random, n, w);
      g_assert_cmpfloat_with_epsilon (ew_quadratic_loss (q, w), (double)loss_of_patches (patches, w, exact),
                                      bound * magnitude (gram, NULL, gram->c, NULL, w));
      ew_quadratic_gradient (q, w, gradient);
      for (int i = 0; i < n; i++)
        {
          double terms = 2 * fabs (gram->h[i]);

          for (int j = 0; j < n; j++)
            terms += 2 * fabs (gram->g[i * n + j] * w[j]);
          g_assert_cmpfloat_with_epsilon (gradient[i], exact[i], bound * terms);
        }
    }
}

/* A quadratic's central difference has no error but rounding. */
static void
test_differences (void)
{
  EwRandom random = 72;
  g_autoptr (Patches) patches = random_patches (&random, 12, 60, 5);
  g_autoptr (EwGram) gram = gram_of_patches (patches);
  g_autoptr (EwQuadratic) q = quadratic_of (gram);
  double w[12], gradient[12];

  random_weights (&random, 12, w);
  ew_quadratic_gradient (q, w, gradient);
  for (int i = 0; i < 12; i++)
    {
      double at = w[i];
      double error = 4 * rounding_bound (36, UNIT_64) * magnitude (gram, NULL, gram->c, NULL, w);

      w[i] = at + 0.25;
      double above = ew_quadratic_loss (q, w);
      w[i] = at - 0.25;
      double below = ew_quadratic_loss (q, w);
      w[i] = at;
      g_assert_cmpfloat_with_epsilon (gradient[i], (above - below) / 0.5, 4 * error);
    }
}

/* The order of sums that quadratic-loops-impl.h promises, one rounding at a time: `volatile` keeps a compiler from
 * fusing them. */
static double
plain_epoch (const EwGram *gram, const double *base, double level, const double *slope, double step, double *w)
{
  int n = gram->n;
  g_autofree double *d = g_new (double, n);
  g_autofree double *p = g_new0 (double, n);
  double part[8] = { 0 };

  for (int i = 0; i < n; i++)
    d[i] = w[i] - base[i];
  for (int j = 0; j < n; j++)
    for (int i = 0; i < n; i++)
      {
        volatile double product = gram->g[(size_t)j * n + i] * d[j];

        p[i] += product;
      }
  for (int i = 0; i < n; i++)
    {
      volatile double product = d[i] * (slope[i] + p[i]);
      volatile double change = step * (slope[i] + 2 * p[i]);

      part[i % 8] += product;
      w[i] -= change;
    }

  double loss = level + (((part[0] + part[4]) + (part[2] + part[6])) + ((part[1] + part[5]) + (part[3] + part[7])));

  return loss < 0 ? 0 : loss;
}

static void
check_descent (EwGram *gram, EwRandom *random, gboolean based, int epochs)
{
  int n = gram->n;
  g_autoptr (EwQuadratic) q = quadratic_of (gram);
  g_autofree double *base = g_new0 (double, n);
  g_autofree double *slope = g_new (double, n);
  g_autofree double *plain = g_new (double, n);
  g_autofree double *w = g_new (double, n);
  g_autofree double *trace = g_new (double, (size_t)n *epochs);
  g_autofree double *losses = g_new (double, epochs);
  double level = gram->c;
  double trace_of_g = 0;

  for (int i = 0; i < n; i++)
    {
      slope[i] = -2 * gram->h[i];
      trace_of_g += gram->g[(size_t)i * n + i];
    }
  if (based)
    {
      random_weights (random, n, base);
      random_weights (random, n, slope);
      level = 1e9;
      ew_quadratic_rebase (q, base, level, slope);
    }
  random_weights (random, n, plain);
  memcpy (w, plain, n * sizeof (double));

  EwDescent first = { epochs / 3, 0.7 / trace_of_g, INFINITY, w, losses, trace };

  ew_quadratic_descend (q, &first);
  g_assert_cmpint (first.done, ==, first.epochs);

  /* The rest in another call, and the losses of nobody's interest. */
  EwDescent rest = { epochs - first.epochs, first.step, NAN, w, NULL, trace + n * first.epochs };

  ew_quadratic_descend (q, &rest);
  g_assert_cmpint (rest.done, ==, rest.epochs);
  g_assert_false (first.diverged || rest.diverged);
  for (int e = 0; e < epochs; e++)
    {
      double loss = plain_epoch (gram, base, level, slope, first.step, plain);

      if (e < first.epochs)
        g_assert_cmpfloat (losses[e], ==, loss);
      g_assert_cmpmem (trace + (size_t)e * n, n * sizeof (double), plain, n * sizeof (double));
    }
  g_assert_cmpmem (w, n * sizeof (double), plain, n * sizeof (double));
}

/* Each set of loops, whatever this run was told to use; one that the processor lacks falls back to the generic one. */
static void
with_each_set (void (*check) (EwRandom *random))
{
  static const char *const sets[] = { "generic", "avx2", "avx512" };
  g_autofree char *asked = g_strdup (g_getenv ("EDGEWISE_CPU"));

  for (guint i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      EwRandom random = 73;

      g_setenv ("EDGEWISE_CPU", sets[i], TRUE);
      check (&random);
    }
  if (asked != NULL)
    g_setenv ("EDGEWISE_CPU", asked, TRUE);
  else
    g_unsetenv ("EDGEWISE_CPU");
}

/* Past the size from which there is no copy of G, and every remainder of a block. */
static void
check_sizes (EwRandom *random)
{
  for (int n = 1; n <= 140; n++)
    {
      g_autoptr (Patches) patches = random_patches (random, n, n + 10, 3);
      g_autoptr (EwGram) gram = gram_of_patches (patches);

      check_descent (gram, random, FALSE, 7);
      check_descent (gram, random, TRUE, 7);
    }
}

static void
test_descend (void)
{
  with_each_set (check_sizes);
}

static void
check_large (EwRandom *random)
{
  for (int n = 1022; n <= 1025; n++)
    {
      g_autofree double *best = g_new (double, n);
      g_autoptr (EwGram) gram = decaying_gram (random, n, best);

      check_descent (gram, random, n % 2 == 0, 3);
    }
}

static void
test_large (void)
{
  with_each_set (check_large);
}

/* The textbook's table: epoch, loss and weights as they are printed. */
static void
test_golden (void)
{
  static const char *const lines[]
      = { "0.305 0.9308 -1.0440", "0.003 0.9938 -1.0059", "0.000 0.9993 -1.0007", "0.000 0.9999 -1.0001",
          "0.000 1.0000 -1.0000", "0.000 1.0000 -1.0000", "0.000 1.0000 -1.0000", "0.000 1.0000 -1.0000",
          "0.000 1.0000 -1.0000", "0.000 1.0000 -1.0000" };
  g_autoptr (EwGram) gram = golden_gram ();
  g_autoptr (EwQuadratic) q = quadratic_of (gram);
  static const double g[] = { 18, 12, 12, 18 };
  double w[2] = { golden_start[0], golden_start[1] };
  double losses[100], trace[200];
  EwDescent descent = { 100, 0.03, 1e12 * gram->c, w, losses, trace };

  g_assert_cmpmem (gram->g, sizeof g, g, sizeof g);
  ew_quadratic_descend (q, &descent);
  g_assert_cmpint (descent.done, ==, 100);
  for (int e = 9; e < 100; e += 10)
    {
      g_autofree char *line = g_strdup_printf ("%.3f %.4f %.4f", losses[e], trace[2 * e], trace[2 * e + 1]);

      g_assert_cmpstr (line, ==, lines[e / 10]);
    }
}

/* Twice the largest stable step: it ends on the first loss above the bound, and what comes after is untouched. */
static void
test_divergence (void)
{
  g_autoptr (EwGram) gram = golden_gram ();
  g_autoptr (EwQuadratic) q = quadratic_of (gram);
  double w[2] = { golden_start[0], golden_start[1] };
  double losses[1000], trace[2000];
  EwDescent descent = { 1000, 2 / 30.0, 1e12, w, losses, trace };

  ew_quadratic_descend (q, &descent);
  g_assert_true (descent.diverged);
  g_assert_cmpint (descent.done, >, 5);
  g_assert_cmpint (descent.done, <, 40);
  g_assert_cmpfloat (losses[descent.done], >, 1e12);
  g_assert_cmpfloat (losses[descent.done - 1], <=, 1e12);
  g_assert_cmpmem (w, sizeof w, trace + 2 * (descent.done - 1), sizeof w);

  descent.diverged_above = INFINITY;
  ew_quadratic_descend (q, &descent);
  g_assert_true (descent.diverged);
  g_assert_false (isfinite (losses[descent.done]));

  /* A loss that is not a number ends it at once. */
  w[0] = 1e200;
  w[1] = -0.5e200;
  descent.diverged_above = 1e12;
  ew_quadratic_descend (q, &descent);
  g_assert_true (descent.diverged);
  g_assert_cmpint (descent.done, ==, 0);
  g_assert_true (isnan (losses[0]));

  /* Weights that are not finite are met one epoch later. */
  w[0] = w[1] = 0;
  descent.step = INFINITY;
  ew_quadratic_descend (q, &descent);
  g_assert_true (descent.diverged);
  g_assert_cmpint (descent.done, ==, 1);

  /* Nothing of it is left: the same object goes on with other weights. */
  g_assert_cmpfloat (ew_quadratic_loss (q, (double[]){ 1, -1 }), ==, 0);
}

/* Beside a loss of 0 the plain form has none of its digits; from a base beside it, all. The data are such that
 * residuals are exact, so that every error is the quadratic's own. */
static void
test_base (void)
{
  EwRandom random = 75;
  g_autoptr (Patches) patches = random_patches (&random, 9, 5000, 0);
  g_autoptr (EwGram) gram = gram_of_patches (patches);
  g_autoptr (EwQuadratic) plain = quadratic_of (gram);
  g_autoptr (EwQuadratic) based = quadratic_of (gram);
  double base[9], slope[9], w[9];
  double worst_plain = 0, worst_based = 0;

  for (int k = 0; k < 9; k++)
    base[k] = patches->best[k] + random_int (&random, -300000, 300000) * 0x1p-50;

  double level = (double)loss_of_patches (patches, base, slope);

  ew_quadratic_rebase (based, base, level, slope);
  for (int i = 0; i < 50; i++)
    {
      for (int k = 0; k < 9; k++)
        w[k] = patches->best[k] + random_int (&random, -300000, 300000) * 0x1p-50;

      double exact = (double)loss_of_patches (patches, w, NULL);
      double error = fabs (ew_quadratic_loss (based, w) - exact);

      g_assert_cmpfloat (error, <=, rounding_bound (2 * 9 + 12, UNIT_64) * magnitude (gram, base, level, slope, w));
      worst_based = fmax (worst_based, error / exact);
      worst_plain = fmax (worst_plain, fabs (ew_quadratic_loss (plain, w) - exact) / exact);
    }
  g_test_message ("relative error: %g from a base, %g without", worst_based, worst_plain);
  g_assert_cmpfloat (worst_based, <=, 1e-13);
  g_assert_cmpfloat (worst_plain, >, 0.01);
}

static void
test_not_finite (void)
{
  g_autoptr (EwGram) gram = ew_gram_new (3, 1, NULL);
  g_autoptr (GError) error = NULL;

  gram->g[5] = NAN;
  g_assert_null (ew_quadratic_new (gram, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_DATA);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/quadratic/loss", test_loss);
  g_test_add_func ("/quadratic/differences", test_differences);
  g_test_add_func ("/quadratic/descend", test_descend);
  g_test_add_func ("/quadratic/large", test_large);
  g_test_add_func ("/quadratic/golden", test_golden);
  g_test_add_func ("/quadratic/divergence", test_divergence);
  g_test_add_func ("/quadratic/base", test_base);
  g_test_add_func ("/quadratic/not-finite", test_not_finite);
  return g_test_run ();
}
