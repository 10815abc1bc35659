/* The CPU's loops for tiny problems: G, h, c, loss and gradient against plain sums, in every geometry, and what is tiny. */
#include "engine/backend.h"
#include "engine/cpu-tiny.h"
#include "engine/devices.h"
#include "engine/reference.h"
#include "tests/gram-fixtures.h"

/* Whether it fits the arrays; whether it is small enough is asked of problems as they come. */
static gboolean
fits (const EwProblem *problem)
{
  return problem->n_params <= EW_CPU_TINY_PARAMS;
}

/* Whole numbers are exact in any order; of others compare_with_plain_sums knows what rounding can make. */
static void
test_gram (void)
{
  EwRandom random = 61;
  int checked = 0;

  for (int round = 0; round < 600 && !g_test_failed (); round++)
    {
      gboolean whole = round % 3 != 0;
      g_autoptr (EwProblem) problem = random_problem (&random, round, whole, (Mask)(round / 4 % N_MASKS));

      if (!fits (problem))
        continue;

      g_autoptr (EwGram) gram = ew_cpu_tiny_gram (problem, NULL);

      compare_with_plain_sums (gram, problem, whole);
      checked++;
    }
  g_assert_cmpint (checked, >, 100);
}

static void
test_loss (void)
{
  EwRandom random = 62;

  for (int round = 0; round < 600 && !g_test_failed (); round++)
    {
      g_autoptr (EwProblem) problem = random_problem (&random, round, TRUE, (Mask)(round / 4 % N_MASKS));
      g_autofree double *params = random_weights (&random, problem, TRUE);
      g_autofree double *gradient = g_new (double, problem->n_params);
      g_autofree double *expected = g_new (double, problem->n_params);
      double loss, expected_loss;

      if (!fits (problem))
        continue;
      ew_cpu_tiny_evaluate (problem, params, &loss, gradient);
      ew_reference_evaluate (problem, params, &expected_loss, expected);
      g_assert_cmpfloat (loss, ==, expected_loss);
      for (int k = 0; k < problem->n_params; k++)
        g_assert_cmpfloat (gradient[k], ==, expected[k]);
    }
}

/* Neither many weights nor many outputs are tiny; the sums of several samples count together. */
static void
test_what_is_tiny (void)
{
  EwRandom random = 63;
  g_autoptr (EwProblem) golden = golden_problem ();
  g_autoptr (EwProblem) many_outputs = random_valid_problem (&random, 80, 80, 2, 2, FALSE, TRUE);
  g_autoptr (EwProblem) most_weights = random_valid_problem (&random, 8, 4, 8, 4, FALSE, TRUE);
  g_autoptr (EwProblem) and_a_bias = random_valid_problem (&random, 8, 4, 8, 4, TRUE, TRUE);
  SampleList samples = { 0 };
  EwGeometry g;

  ew_geometry_init_valid (&g, 3, 3);
  for (int k = 0; k < 2; k++)
    add_random_sample (&samples, &random, &g, 18, 18, TRUE);

  g_autoptr (EwProblem) one = random_valid_problem (&random, 18, 18, 3, 3, FALSE, TRUE);
  g_autoptr (EwProblem) two = problem_of_samples (&samples, &g, FALSE);

  g_assert_true (ew_cpu_is_tiny (golden));
  g_assert_true (ew_cpu_is_tiny (one));
  g_assert_false (ew_cpu_is_tiny (two));
  g_assert_false (ew_cpu_is_tiny (many_outputs));
  g_assert_true (ew_cpu_is_tiny (most_weights));
  g_assert_false (ew_cpu_is_tiny (and_a_bias));
}

/* The device takes this way by itself: the same bits, and whatever the number of threads. */
static void
test_on_the_device (void)
{
  const EwBackend *backends[] = { ew_cpu_backend () };
  EwRandom random = 64;
  g_autoptr (EwProblem) problem = random_valid_problem (&random, 12, 11, 3, 2, TRUE, FALSE);
  g_autoptr (EwGram) gram = ew_cpu_tiny_gram (problem, NULL);
  size_t bytes = (size_t)problem->n_params * (size_t)problem->n_params * sizeof (double);

  for (int threads = 1; threads <= 3; threads++)
    {
      g_autoptr (EwDevices) devices = ew_devices_new (backends, 1, threads);
      EwDevice *cpu = ew_devices_pick_for (devices, problem, NULL);
      EwLoaded *loaded = ew_devices_load (devices, cpu, problem, NULL, NULL);
      g_autoptr (EwGram) from_device = cpu->backend->gram (loaded, NULL, NULL);

      g_assert_cmpmem (from_device->g, bytes, gram->g, bytes);
      ew_devices_unload (devices, loaded);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/tiny/gram", test_gram);
  g_test_add_func ("/tiny/loss", test_loss);
  g_test_add_func ("/tiny/what-is-tiny", test_what_is_tiny);
  g_test_add_func ("/tiny/on-the-device", test_on_the_device);
  return g_test_run ();
}
