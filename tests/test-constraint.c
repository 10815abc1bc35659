/* Projections: what they give fulfils the constraint, and nothing that does is nearer. */
#include "engine/constraint.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <string.h>

#define N_MAX 35

static const double nothing_fixed[N_MAX] = { 0 };

static double
sum_of (const double *taps, int n)
{
  double sum = 0;

  for (int k = 0; k < n; k++)
    sum += taps[k];
  return sum;
}

static void
random_taps (EwRandom *random, int n, double *taps)
{
  for (int k = 0; k < n; k++)
    taps[k] = 2 * ew_random_uniform (random) - 1;
}

/* Fails the test unless @taps fulfil the flags. */
static void
check_fulfilled (const EwConstraint *constraint, int height, int width, const double *taps, double tolerance)
{
  int n = height * width;

  if (constraint->flags & EW_CONSTRAINT_SUM_ONE)
    g_assert_cmpfloat_with_epsilon (sum_of (taps, n), 1, tolerance);
  if (constraint->flags & EW_CONSTRAINT_SUM_ZERO)
    g_assert_cmpfloat_with_epsilon (sum_of (taps, n), 0, tolerance);
  for (int a = 0; a < height; a++)
    for (int c = 0; c < width; c++)
      {
        double tap = taps[a * width + c];
        int up = height - 1 - a, left = width - 1 - c;

        if (constraint->flags & EW_CONSTRAINT_MIRROR_X)
          g_assert_cmpfloat_with_epsilon (tap, taps[a * width + left], tolerance);
        if (constraint->flags & EW_CONSTRAINT_MIRROR_Y)
          g_assert_cmpfloat_with_epsilon (tap, taps[up * width + c], tolerance);
        if (constraint->flags & EW_CONSTRAINT_POINT)
          g_assert_cmpfloat_with_epsilon (tap, taps[up * width + left], tolerance);
        if (constraint->fixed != NULL && constraint->fixed[a * width + c])
          g_assert_cmpfloat (tap, ==, constraint->values[a * width + c]);
        else if (constraint->flags & EW_CONSTRAINT_NON_NEGATIVE)
          g_assert_cmpfloat (tap, >=, -tolerance);
      }
}

/* Of a convex set p is the point nearest to w just if (w − p)ᵀ(z − p) ≤ 0 for every z in the set; such z are made by
 * projecting other taps. */
static void
check_nearest (EwRandom *random, const EwConstraint *constraint, int height, int width)
{
  int n = height * width;
  double w[N_MAX] = { 0 }, p[N_MAX], again[N_MAX], z[N_MAX];

  random_taps (random, n, w);
  memcpy (p, w, sizeof p);
  ew_constraint_apply (constraint, height, width, 0, p);
  check_fulfilled (constraint, height, width, p, 1e-11);
  memcpy (again, p, sizeof again);
  ew_constraint_apply (constraint, height, width, 0, again);
  for (int k = 0; k < n; k++)
    g_assert_cmpfloat_with_epsilon (again[k], p[k], 1e-11);
  for (int trial = 0; trial < 20; trial++)
    {
      double product = 0;

      random_taps (random, n, z);
      ew_constraint_apply (constraint, height, width, 0, z);
      for (int k = 0; k < n; k++)
        product += (w[k] - p[k]) * (z[k] - p[k]);
      /* Some 35 products of numbers up to about 2, and what Dykstra's method leaves. */
      g_assert_cmpfloat (product, <=, 1e-10);
    }
}

static void
test_convex (void)
{
  static const int sums[] = { 0, EW_CONSTRAINT_SUM_ONE, EW_CONSTRAINT_SUM_ZERO };
  EwRandom random = 201;

  for (int mirrors = 0; mirrors < 8; mirrors++)
    for (guint s = 0; s < G_N_ELEMENTS (sums); s++)
      for (int positive = 0; positive < 2; positive++)
        {
          EwConstraint constraint = { (EwConstraintFlags)(mirrors * EW_CONSTRAINT_MIRROR_X | sums[s]
                                                          | (positive ? EW_CONSTRAINT_NON_NEGATIVE : 0)) };

          if (!ew_constraint_check (&constraint, 3, 5, NULL))
            continue;
          check_nearest (&random, &constraint, random_int (&random, 1, 5), random_int (&random, 1, 7));
        }
}

static void
test_fixed (void)
{
  EwRandom random = 202;
  gboolean fixed[12] = { FALSE };
  double values[12] = { 0 };
  EwConstraint constraint = { 0, 0, fixed, values };

  fixed[1] = fixed[7] = TRUE;
  values[1] = 0.3;
  values[7] = -0.25;
  for (int flags = 0; flags < 2; flags++)
    {
      constraint.flags = flags ? EW_CONSTRAINT_SUM_ONE : (EwConstraintFlags)0;
      g_assert_true (ew_constraint_check (&constraint, 3, 4, NULL));
      check_nearest (&random, &constraint, 3, 4);
    }
  /* The mirror image of a fixed tap is fixed with it. */
  constraint.flags = EW_CONSTRAINT_MIRROR_X;

  double taps[12] = { 0 };

  ew_constraint_apply (&constraint, 3, 4, 0, taps);
  g_assert_cmpfloat (taps[2], ==, 0.3);
  g_assert_cmpfloat (taps[4], ==, -0.25);
}

/* Against the singular value by long power iteration on random matrices: what is left over is at right angles. */
static void
test_separable (void)
{
  EwRandom random = 203;
  EwConstraint constraint = { EW_CONSTRAINT_SEPARABLE };

  for (int trial = 0; trial < 30; trial++)
    {
      int height = random_int (&random, 1, 5), width = random_int (&random, 1, 7);
      int n = height * width;
      double w[N_MAX] = { 0 }, p[N_MAX], square = 0, left = 0;

      random_taps (&random, n, w);
      memcpy (p, w, sizeof p);
      ew_constraint_apply (&constraint, height, width, 0, p);
      for (int a = 1; a < height; a++)
        for (int c = 1; c < width; c++)
          g_assert_cmpfloat_with_epsilon (p[0] * p[a * width + c], p[a * width] * p[c], 1e-12);
      for (int k = 0; k < n; k++)
        {
          square += w[k] * w[k];
          left += (w[k] - p[k]) * (w[k] - p[k]);
        }
      /* No other matrix of rank 1 is nearer. */
      for (int other = 0; other < 200; other++)
        {
          double row[7], column[5], along = 0, norm = 0;

          random_taps (&random, height, column);
          random_taps (&random, width, row);
          for (int k = 0; k < n; k++)
            {
              double q = column[k / width] * row[k % width];

              along += q * w[k];
              norm += q * q;
            }
          g_assert_cmpfloat (left, <=, square - along * along / norm + 1e-9);
        }
    }
}

/* Separable together with others: all are fulfilled. */
static void
test_separable_with (void)
{
  static const int flags[] = { EW_CONSTRAINT_SUM_ONE, EW_CONSTRAINT_NON_NEGATIVE,
                               EW_CONSTRAINT_MIRROR_X | EW_CONSTRAINT_MIRROR_Y,
                               EW_CONSTRAINT_SUM_ONE | EW_CONSTRAINT_NON_NEGATIVE | EW_CONSTRAINT_MIRROR_X };
  EwRandom random = 204;

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    {
      EwConstraint constraint = { (EwConstraintFlags)(flags[i] | EW_CONSTRAINT_SEPARABLE) };
      double p[15];

      for (int k = 0; k < 15; k++)
        p[k] = exp (-(k / 5 - 1) * (k / 5 - 1) - 0.3 * (k % 5 - 2) * (k % 5 - 2)) + 0.1 * ew_random_uniform (&random);
      ew_constraint_apply (&constraint, 3, 5, 0, p);
      check_fulfilled (&constraint, 3, 5, p, 1e-9);
      for (int a = 1; a < 3; a++)
        for (int c = 1; c < 5; c++)
          g_assert_cmpfloat_with_epsilon (p[0] * p[a * 5 + c], p[a * 5] * p[c], 1e-12);
    }
}

/* The proximal step: the minimum over u of (u − w)²/2 + t·|u|. */
static void
test_sparse (void)
{
  EwConstraint constraint = { 0, 0.5, NULL, nothing_fixed };
  double taps[4] = { 1, -1, 0.2, -0.05 };

  g_assert_true (ew_constraint_is_any (&constraint));
  g_assert_cmpfloat_with_epsilon (ew_constraint_cost (&constraint, 4, taps), 0.5 * 2.25, 1e-15);
  ew_constraint_apply (&constraint, 2, 2, 0.2, taps);
  g_assert_cmpfloat_with_epsilon (taps[0], 0.9, 1e-15);
  g_assert_cmpfloat_with_epsilon (taps[1], -0.9, 1e-15);
  g_assert_cmpfloat_with_epsilon (taps[2], 0.1, 1e-15);
  g_assert_cmpfloat (taps[3], ==, 0);
}

static void
refused (EwConstraint constraint, const char *word)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (ew_constraint_check (&constraint, 2, 2, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_USAGE);
  g_assert_nonnull (strstr (error->message, word));
}

static void
test_refused (void)
{
  static const gboolean all[] = { TRUE, TRUE, TRUE, TRUE };
  static const double values[] = { 0.1, 0.2, 0.3, 0.4 };
  static const double others[] = { 0.1, 0.2, 0.3, 0.5 };
  EwConstraint fixed = { EW_CONSTRAINT_SUM_ONE, 0, all, values };

  refused ((EwConstraint){ (EwConstraintFlags)(EW_CONSTRAINT_SUM_ONE | EW_CONSTRAINT_SUM_ZERO) }, "sum");
  refused ((EwConstraint){ (EwConstraintFlags)(EW_CONSTRAINT_NON_NEGATIVE | EW_CONSTRAINT_SUM_ZERO) }, "zeros");
  refused ((EwConstraint){ EW_CONSTRAINT_MIRROR_X, 0, all, values }, "symmetry");
  refused ((EwConstraint){ EW_CONSTRAINT_SUM_ONE, 0, all, others }, "sum");
  refused ((EwConstraint){ EW_CONSTRAINT_SEPARABLE, 0, all, values }, "separable");
  g_assert_true (ew_constraint_check (&fixed, 2, 2, NULL));
  g_assert_cmpint (ew_constraint_from_name ("symmetric"), ==, EW_CONSTRAINT_MIRROR_X | EW_CONSTRAINT_MIRROR_Y);
  g_assert_cmpint (ew_constraint_from_name ("sum"), ==, 0);
}

/* What is not finite is left for divergence to show. */
static void
test_not_finite (void)
{
  EwConstraint constraint = { (EwConstraintFlags)(EW_CONSTRAINT_SUM_ONE | EW_CONSTRAINT_NON_NEGATIVE) };
  double taps[4] = { 1, NAN, INFINITY, 0 };

  ew_constraint_apply (&constraint, 2, 2, 0, taps);
  g_assert_true (isnan (taps[1]));
  g_assert_true (isinf (taps[2]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/constraint/convex", test_convex);
  g_test_add_func ("/constraint/fixed", test_fixed);
  g_test_add_func ("/constraint/separable", test_separable);
  g_test_add_func ("/constraint/separable-with", test_separable_with);
  g_test_add_func ("/constraint/sparse", test_sparse);
  g_test_add_func ("/constraint/refused", test_refused);
  g_test_add_func ("/constraint/not-finite", test_not_finite);
  return g_test_run ();
}
