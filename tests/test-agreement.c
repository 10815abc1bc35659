/* Whether kernels agree within their errors: how often that is said of kernels that do, and of kernels that do not. */
#include "engine/agreement.h"
#include "engine/devices.h"
#include "engine/fit.h"
#include "engine/holdout.h"
#include "engine/lapack.h"
#include "tests/engine-fixtures.h"

#include <math.h>

#define N_KERNELS 3

static gboolean
has_lapack (void)
{
  g_autoptr (GError) error = NULL;

  if (ew_lapack_available (&error))
    return TRUE;
  g_test_skip (error->message);
  return FALSE;
}

/* Normal, by Box and Muller. */
static double
normal (EwRandom *random)
{
  return sqrt (-2 * log (1 - ew_random_uniform (random))) * cos (2 * G_PI * ew_random_uniform (random));
}

/* The optimum of a picture behind @kernel, with noise. */
static EwOptimum *
fit (EwRandom *random, EwDevices *devices, const EwKernel *kernel, double noise)
{
  EwGrid *x = random_grid (random, 24, 30, 0, 1);
  EwGrid *y = reference_output (x, kernel);

  for (int i = 0; i < y->height; i++)
    for (int j = 0; j < y->width; j++)
      ew_grid_row (y, i)[j] += (float)(noise * normal (random));

  g_autoptr (EwProblem) problem = problem_of_pair (x, y, kernel->height, kernel->width, TRUE);
  g_autoptr (EwQuadratic) q = ew_fit_quadratic (devices, problem, NULL, NULL);

  return ew_optimum_new (q, problem->n_residuals, ew_problem_variation (problem), NULL, NULL);
}

static void
fit_all (EwRandom *random, EwDevices *devices, EwKernel *const *kernels, double noise, EwAgreement *agreement)
{
  EwOptimum *optima[N_KERNELS];

  for (int i = 0; i < N_KERNELS; i++)
    optima[i] = fit (random, devices, kernels[i], noise);
  ew_agreement_look (optima, N_KERNELS, agreement);
  for (int i = 0; i < N_KERNELS; i++)
    ew_optimum_free (optima[i]);
}

/* Of one kernel, in 200 rounds a false alarm has a probability of 0.2 in all at most (EW_AGREEMENT_ALPHA each); more than
 * three of less than 1e-4. Of two kernels whose one tap is 10 errors apart, none is missed. */
static void
test_alarms (void)
{
  EwRandom random = 11;
  const EwBackend *backends[] = { ew_cpu_backend () };
  EwDevices *devices = ew_devices_new (backends, 1, 1);
  int false_alarms = 0, rounds = draws (200);

  for (int round = 0; has_lapack () && round < rounds; round++)
    {
      g_autoptr (EwKernel) kernel = random_kernel (&random, 2, 3, -1, 1);
      g_autoptr (EwKernel) other = ew_kernel_copy (kernel);
      EwKernel *same[N_KERNELS] = { kernel, kernel, kernel };
      EwKernel *apart[N_KERNELS] = { kernel, other, kernel };
      EwAgreement agreement;

      /* The standard error of a tap over N uniform pixels of variance 1/12 is σ·√(12/N), of a difference √2 of it. */
      other->taps[round % 6] += 10 * 0.05 * sqrt (2 * 12 / (23.0 * 28));
      fit_all (&random, devices, same, 0.05, &agreement);
      false_alarms += !agreement.agree;
      g_assert_cmpint (agreement.n_weights, ==, 7);
      fit_all (&random, devices, apart, 0.05, &agreement);
      g_assert_false (agreement.agree);
      g_assert_cmpint (agreement.weight, ==, round % 6);
      g_assert_true (agreement.first == 1 || agreement.second == 1);
      g_assert_true ((agreement.difference > 0) == (agreement.first == 1));
      g_assert_false (agreement.negligible);
    }
  g_assert_cmpint (false_alarms, <=, 3);
  ew_devices_free (devices);
}

/* Without noise all that differs is rounding, and that is no difference. */
static void
test_exact (void)
{
  EwRandom random = 12;
  const EwBackend *backends[] = { ew_cpu_backend () };
  EwDevices *devices = ew_devices_new (backends, 1, 1);

  for (int round = 0; has_lapack () && round < draws (50); round++)
    {
      g_autoptr (EwKernel) kernel = random_kernel (&random, 3, 3, -1, 1);
      EwKernel *same[N_KERNELS] = { kernel, kernel, kernel };
      EwAgreement agreement;

      fit_all (&random, devices, same, 0, &agreement);
      g_assert_true (agreement.agree);
      g_assert_true (agreement.negligible);
    }
  ew_devices_free (devices);
}

/* A weight that the data do not determine is not compared, whatever it came out as. */
static void
test_undetermined (void)
{
  double a[] = { 1, 2 }, b[] = { 1, 9 }, errors[] = { 0.1, INFINITY }, shares[] = { 0, 1 };
  EwOptimum one = { .n = 2, .params = a, .errors = errors, .share = shares };
  EwOptimum two = { .n = 2, .params = b, .errors = errors, .share = shares };
  EwOptimum *optima[] = { &one, &two };
  EwAgreement agreement;

  ew_agreement_look (optima, 2, &agreement);
  g_assert_true (agreement.agree);
  g_assert_cmpint (agreement.n_weights, ==, 1);
  g_assert_cmpfloat (agreement.largest, ==, 0);
}

/* Against a table's values. */
static void
test_quantile (void)
{
  static const double known[][2] = { { 0.05, 1.959963984540054 }, { 0.01, 2.5758293035489004 }, { 1e-3, 3.2905267314919255 },
                                     { 1e-6, 4.891638475699412 }, { 1, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    g_assert_cmpfloat_with_epsilon (ew_normal_quantile_two_sided (known[i][0]), known[i][1], 1e-9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/agreement/alarms", test_alarms);
  g_test_add_func ("/agreement/exact", test_exact);
  g_test_add_func ("/agreement/undetermined", test_undetermined);
  g_test_add_func ("/agreement/quantile", test_quantile);
  return g_test_run ();
}
