/* Any epoch at once, against epochs one by one in long double and against formulas. */
#include "engine/lapack.h"
#include "engine/quadratic.h"
#include "tests/quadratic-fixtures.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* A diagonal G and h. */
static EwQuadratic *
diagonal (int n, const double *g, const double *h)
{
  g_autoptr (EwGram) gram = ew_gram_new (n, n, NULL);

  for (int i = 0; i < n; i++)
    {
      gram->g[i * n + i] = g[i];
      gram->h[i] = h[i];
    }
  gram->c = 1e6;
  return quadratic_of (gram);
}

static gboolean
at_epoch (EwQuadratic *q, const double *start, double step, double epoch, double *w)
{
  g_autoptr (GError) error = NULL;
  gboolean diverged = FALSE;

  g_assert_true (ew_quadratic_at_epoch (q, start, step, epoch, w, &diverged, &error));
  g_assert_no_error (error);
  return diverged;
}

static void
plain_epoch (const EwGram *gram, double step, long double *w)
{
  g_autofree long double *gradient = g_new (long double, gram->n);

  for (int i = 0; i < gram->n; i++)
    {
      gradient[i] = -2 * (long double)gram->h[i];
      for (int j = 0; j < gram->n; j++)
        gradient[i] += 2 * (long double)gram->g[i * gram->n + j] * w[j];
    }
  for (int i = 0; i < gram->n; i++)
    w[i] -= step * gradient[i];
}

static double
norm (const double *w, int n)
{
  double sum = 0;

  for (int i = 0; i < n; i++)
    sum += w[i] * w[i];
  return sqrt (sum);
}

/* 1, 2, 5, 10, 20, 50 … 10000. */
static gboolean
is_checked (int epoch)
{
  int power = 1;

  while (power * 10 <= epoch)
    power *= 10;
  return epoch == power || epoch == 2 * power || epoch == 5 * power;
}

/* LAPACK's Q and Λ are exact for some G + E with ‖E‖ ≤ 8n·u·‖G‖ (its manual's p(n), a modest function of n, taken as
 * that). One epoch's factor I − 2·step·G is then off by 2·step·‖E‖ ≤ 16n·u, and as it does not grow, t epochs by t
 * times as much, of what there is to go. Applying Q twice adds about 4n·u.
 *
 * An epoch of float64 descent rounds the weights once and each of the n + 3 sums of the gradient, of which
 * 2·step·|G||w| is less than √n·‖w‖: at most (n + 4)√n·u·‖w‖, and all of them may add up. */
static void
check_epochs (EwRandom *random, int n, double part_of_limit)
{
  g_autoptr (Patches) patches = random_patches (random, n, 2 * n + 5, 4);
  g_autoptr (EwGram) gram = gram_of_patches (patches);
  g_autoptr (EwQuadratic) q = quadratic_of (gram);
  double step = part_of_limit / ew_quadratic_lambda_max (q);
  double start[20], w[20], iterated[20], best[20];
  long double exact[20];
  double size, worst = 0;

  g_assert_true (ew_quadratic_optimum (q, best, NULL, NULL, NULL, NULL));
  for (int k = 0; k < n; k++)
    iterated[k] = start[k] = exact[k] = 4 * ew_random_uniform (random) - 2;
  size = norm (start, n) + 2 * norm (best, n);
  for (int epoch = 1; epoch <= 10000; epoch++)
    {
      EwDescent descent = { 1, step, INFINITY, iterated };

      plain_epoch (gram, step, exact);
      ew_quadratic_descend (q, &descent);
      if (!is_checked (epoch))
        continue;
      g_assert_false (at_epoch (q, start, step, epoch, w));
      for (int k = 0; k < n; k++)
        {
          g_assert_cmpfloat_with_epsilon (w[k], (double)exact[k], (16.0 * epoch + 4) * n * UNIT_64 * size);
          g_assert_cmpfloat_with_epsilon (iterated[k], (double)exact[k], epoch * (n + 4) * sqrt (n) * UNIT_64 * size);
          worst = fmax (worst, fabs (w[k] - (double)exact[k]) / size);
        }
    }
  g_test_message ("%d weights at %g of the limit: worst error %.1f u", n, part_of_limit, worst / UNIT_64);
}

static void
test_epochs (void)
{
  EwRandom random = 91;

  for (int n = 1; n <= 20; n++)
    {
      check_epochs (&random, n, 0.3);
      check_epochs (&random, n, 0.9);
      check_epochs (&random, n, 0.999);
    }
}

/* The textbook's: along [1, 1] a factor of 1 − 2·30·0.03, along [1, −1] one of 1 − 2·6·0.03. */
static void
test_golden (void)
{
  static const double epochs[] = { 0, 1, 2, 3, 10, 77, 100, 1000, 1e9, 1e18 };
  g_autoptr (EwGram) gram = golden_gram ();
  g_autoptr (EwQuadratic) q = quadratic_of (gram);

  for (guint i = 0; i < G_N_ELEMENTS (epochs); i++)
    {
      long double even = (golden_start[0] + golden_start[1]) / 2 * powl (1 - 60 * (long double)0.03, epochs[i]);
      long double odd
          = 1 + ((golden_start[0] - golden_start[1]) / 2 - 1) * powl (1 - 12 * (long double)0.03, epochs[i]);
      double w[2];

      g_assert_false (at_epoch (q, golden_start, 0.03, epochs[i], w));
      /* A dozen roundings of numbers below 2, and t·0.8^t ≤ 2 times as many of the eigenvalues. */
      g_assert_cmpfloat_with_epsilon (w[0], (double)(odd + even), 64 * UNIT_64);
      g_assert_cmpfloat_with_epsilon (w[1], (double)(even - odd), 64 * UNIT_64);
    }
}

/* So slow that a thousand million epochs are only some of the way: a power of the rounded 1 − 2·step·λ would be off by
 * 1e9·u = 1e-7; here the logarithm's error is all there is, less than 8 u of what is left. */
static void
test_slow (void)
{
  static const double g[] = { 1e-9, 1 };
  static const double h[] = { 3e-9, 2 };
  static const double start[] = { 10, 10 };
  g_autoptr (EwQuadratic) q = diagonal (2, g, h);

  for (double epoch = 1; epoch <= 1e12; epoch *= 10)
    {
      double left = (double)(7 * expl (epoch * log1pl (-2 * (long double)0.3 * 1e-9L)));
      double w[2];

      g_assert_false (at_epoch (q, start, 0.3, epoch, w));
      g_assert_cmpfloat_with_epsilon (w[0], 3 + left, 64 * UNIT_64);
    }
}

/* Steps that throw the weight over the optimum, to the same distance: odd and even epochs differ for ever. Then a
 * little less than that, and a little more. */
static void
test_signs (void)
{
  static const double one = 1, three = 3, five = 5;
  static const double epochs[] = { 0, 1, 2, 1e9, 1e9 + 1, 0x1p52 + 1, 0x1p53 };
  g_autoptr (EwQuadratic) q = diagonal (1, &one, &three);
  double w;

  for (guint i = 0; i < G_N_ELEMENTS (epochs); i++)
    {
      g_assert_false (at_epoch (q, &five, 1, epochs[i], &w));
      g_assert_cmpfloat (w, ==, fmod (epochs[i], 2) == 0 ? 5 : 1);
    }
  for (int sign = -1; sign <= 1; sign += 2)
    for (int epoch = 999999; epoch <= 1000000; epoch++)
      {
        double step = 1 + sign * 0x1p-20;
        double left = (double)(2 * powl (1 - 2 * (long double)step, epoch));

        g_assert_false (at_epoch (q, &five, step, epoch, &w));
        /* |log| is below 2 here. */
        g_assert_cmpfloat_with_epsilon (w, 3 + left, 8 * UNIT_64 * (3 + fabs (left)));
      }
}

/* Beyond the limit: the same as one by one while it is finite, and then diverged; but not from the optimum itself. */
static void
test_divergence (void)
{
  static const double g[] = { 1, 0.25 };
  static const double h[] = { 3, 1 };
  static const double start[] = { 5, 5 };
  static const double best_first[] = { 3, 5 };
  g_autoptr (EwQuadratic) q = diagonal (2, g, h);
  double w[2], iterated[2] = { 5, 5 };
  EwDescent descent = { 50, 1.1, INFINITY, iterated };

  ew_quadratic_descend (q, &descent);
  g_assert_false (at_epoch (q, start, 1.1, 50, w));
  /* 50 roundings of it, relative. */
  g_assert_cmpfloat_with_epsilon (w[0], iterated[0], 400 * UNIT_64 * fabs (w[0]));
  g_assert_cmpfloat_with_epsilon (w[1], iterated[1], 400 * UNIT_64 * 5);
  g_assert_false (at_epoch (q, start, 1.1, 3000, w));
  g_assert_true (at_epoch (q, start, 1.1, 5000, w));
  g_assert_true (at_epoch (q, start, 1.1, 1e9 + 1, w));
  g_assert_true (at_epoch (q, start, 100, 1e300, w));
  g_assert_false (at_epoch (q, best_first, 1.1, 1e9, w));
  g_assert_cmpfloat (w[0], ==, 3);
  g_assert_cmpfloat (w[1], ==, 4);
}

/* Two columns that are the same: their difference stays as it was, their sum learns. */
static void
test_null (void)
{
  g_autoptr (EwGram) gram = ew_gram_new (2, 1, NULL);
  double w[2], start[2] = { 7, -2 };

  for (int i = 0; i < 4; i++)
    gram->g[i] = 0.1;
  gram->h[0] = gram->h[1] = 0.3;
  gram->c = 1;

  g_autoptr (EwQuadratic) q = quadratic_of (gram);

  g_assert_false (at_epoch (q, start, 1, 1e15, w));
  g_assert_cmpfloat_with_epsilon (w[0], 6, 64 * UNIT_64);
  g_assert_cmpfloat_with_epsilon (w[1], -3, 64 * UNIT_64);
}

/* From a base as without; into the array that it starts from. */
static void
test_base (void)
{
  EwRandom random = 92;
  g_autoptr (Patches) patches = random_patches (&random, 7, 50, 0);
  g_autoptr (EwGram) gram = gram_of_patches (patches);
  g_autoptr (EwQuadratic) plain = quadratic_of (gram);
  g_autoptr (EwQuadratic) based = quadratic_of (gram);
  double step = 0.9 / ew_quadratic_lambda_max (plain);
  double start[7], gradient[7], base[7], w[7];

  for (int k = 0; k < 7; k++)
    {
      start[k] = 4 * ew_random_uniform (&random) - 2;
      base[k] = patches->best[k] + 0x1p-20 * ew_random_uniform (&random);
    }

  double level = (double)loss_of_patches (patches, base, gradient);

  ew_quadratic_rebase (based, base, level, gradient);
  g_assert_false (at_epoch (plain, start, step, 30, w));
  g_assert_false (at_epoch (based, start, step, 30, start));
  /* As in check_epochs. */
  for (int k = 0; k < 7; k++)
    g_assert_cmpfloat_with_epsilon (w[k], start[k], 16 * 31 * 7 * UNIT_64 * 3 * norm (patches->best, 7));
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  g_test_init (&argc, &argv, NULL);
  if (!ew_lapack_available (&error))
    {
      g_print ("1..0 # SKIP %s\n", error->message);
      return 0;
    }
  g_test_add_func ("/closed-form/epochs", test_epochs);
  g_test_add_func ("/closed-form/golden", test_golden);
  g_test_add_func ("/closed-form/slow", test_slow);
  g_test_add_func ("/closed-form/signs", test_signs);
  g_test_add_func ("/closed-form/divergence", test_divergence);
  g_test_add_func ("/closed-form/null", test_null);
  g_test_add_func ("/closed-form/base", test_base);
  return g_test_run ();
}
