/* Problems and planes larger than a CUDA device, and a device that rests. */
#include "engine/reference.h"
#include "gpu/cuda-problem.h"
#include "tests/cuda-cases.h"
#include "tests/cuda-fixtures.h"
#include "tests/engine-fixtures.h"

#include <math.h>

/* More taps than it is worth where sums at distances do not apply: the trainer then goes on without. */
void
test_gram_refused (void)
{
  EwDevice *device = open_fake ();
  EwRandom random = 29;
  EwGeometry geometry = { .kernel_height = 17, .kernel_width = 17, .stride = 2, .dilation = 1 };
  g_autoptr (EwProblem) problem = noisy_problem (&random, 1, 40, 40, &geometry, FALSE);
  EwLoaded *loaded = device->backend->load (device, problem, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (device->backend->gram (loaded, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_UNSUPPORTED);
  device->backend->unload (loaded);
  close_fake (device);
}

/* Not even a few rows fit, and what overflows. */
void
test_memory (void)
{
  EwDevice *device = open_fake ();
  EwRandom random = 25;
  g_autoptr (EwProblem) problem = problem_of_size (&random, 1, 600, 600, 1, 1, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) overflow = NULL;
  EwCudaMemory memory = { 0 };
  void *block;

  fake_driver.memory = 100000;
  g_assert_null (device->backend->load (device, problem, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_DEVICE);
  g_assert_cmpstr (error->message, ==,
                   "The device NVIDIA Fake 1 has 0 MB to spare; even a few rows of this problem need more.");
  ew_cuda_memory_add (&memory, &block, G_MAXSIZE / 4, sizeof (double));
  g_assert_false (ew_cuda_memory_allocate (&memory, (EwCudaDevice *)device, &overflow));
  g_assert_error (overflow, EW_ERROR, EW_ERROR_DEVICE);
  ew_cuda_memory_clear (&memory, (EwCudaDevice *)device);
  close_fake (device);
}

/* Nine tenths of what is free are taken at most. */
void
test_memory_budget (void)
{
  EwDevice *device = open_fake ();
  g_autoptr (GError) error = NULL;
  EwCudaMemory memory = { 0 };
  void *block;

  fake_driver.memory = 10000000;
  ew_cuda_memory_add (&memory, &block, 9000001, 1);
  g_assert_false (ew_cuda_memory_allocate (&memory, (EwCudaDevice *)device, &error));
  g_assert_cmpstr (error->message, ==, "The device NVIDIA Fake 1 has 9 MB to spare; this problem needs 10 MB.");
  ew_cuda_memory_clear (&memory, (EwCudaDevice *)device);
  close_fake (device);
}

/* 2(Gw − h) is the gradient that the reference has. */
static void
check_gradient (const EwGram *gram, const double *params, const double *wanted)
{
  for (int k = 0; k < gram->n && !g_test_failed (); k++)
    {
      double half = -gram->h[k], magnitude = fabs (gram->h[k]);

      for (int l = 0; l < gram->n; l++)
        {
          half += gram->g[k * gram->n + l] * params[l];
          magnitude += fabs (gram->g[k * gram->n + l] * params[l]);
        }
      /* Sums of 300,000 terms at most, each of them rounded some times. */
      g_assert_cmpfloat_with_epsilon (2 * half, wanted[k], 2 * rounding_bound (3e5, UNIT_64) * magnitude);
    }
}

/* Larger than the device, or cut into pieces: the same numbers band by band, whatever the geometry. */
static void
check_bands (EwDevice *device, const EwGeometry *geometry, gboolean masked, gboolean streamed)
{
  EwRandom random = 31;
  g_autoptr (EwProblem) plain = noisy_problem (&random, 2, 500, 300, geometry, TRUE);
  g_autoptr (EwProblem) problem
      = masked ? masked_problem (&random, g_steal_pointer (&plain), FALSE) : g_steal_pointer (&plain);
  int n = problem->n_params;
  g_autofree double *params = g_new (double, n);
  g_autofree double *gradient = g_new (double, n);
  g_autofree double *wanted = g_new (double, n);
  g_autofree double *bounds = g_new (double, n);
  g_autofree double *start = NULL;
  double losses[3], loss, wanted_loss, loss_bound;
  g_autoptr (GError) error = NULL;
  EwLoaded *loaded = device->backend->load (device, problem, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (((EwCudaLoaded *)loaded)->streamed, ==, streamed);
  /* Two buffers take two thirds of nine tenths at most. */
  g_assert_true (!streamed || fake_driver_memory_used () <= fake_driver.memory / 10 * 7);
  g_assert_cmpuint (((EwCudaLoaded *)loaded)->plan.pieces->len, >, 4);
  for (int k = 0; k < n; k++)
    params[k] = ew_random_uniform (&random) - 0.5;
  start = g_memdup2 (params, (gsize)n * sizeof (double));
  ew_reference_evaluate (problem, params, &wanted_loss, wanted);
  geometry_evaluation_bounds (problem, params, 4096, &loss_bound, bounds);
  g_assert_true (device->backend->evaluate (loaded, params, &loss, gradient, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (loss, wanted_loss, loss_bound);
  for (int k = 0; k < n; k++)
    g_assert_cmpfloat_with_epsilon (gradient[k], wanted[k], bounds[k]);
  g_assert_true (device->backend->evaluate_exactly (loaded, params, &loss, gradient, NULL, &error));
  g_assert_cmpfloat_with_epsilon (loss, wanted_loss, 1e-9 * wanted_loss);

  EwDescent descent = { .epochs = 3, .step = 1e-8, .diverged_above = INFINITY, .params = params, .losses = losses };

  g_assert_true (device->backend->descend (loaded, &descent, NULL, &error));
  g_assert_cmpint (descent.done, ==, 3);
  g_assert_cmpfloat_with_epsilon (losses[0], wanted_loss, loss_bound);
  g_assert_cmpfloat (losses[2], <, losses[0]);
  g_autoptr (EwGram) gram = device->backend->gram (loaded, NULL, &error);

  g_assert_no_error (error);
  /* Σ y² and the number of residuals; with a mask weights, of which those that are not 0 are less. */
  g_assert_cmpfloat_with_epsilon (gram->c, problem->y_squared, 1e-9 * problem->y_squared);
  if (masked)
    g_assert_cmpfloat (gram->g[n * n - 1], <, (double)problem->n_residuals);
  else
    g_assert_cmpfloat (gram->g[n * n - 1], ==, (double)problem->n_residuals);
  check_gradient (gram, start, wanted);
  device->backend->unload (loaded);
}

void
test_streamed (void)
{
  EwDevice *device = open_fake ();
  EwGeometry geometry;

  fake_driver.memory = 1600000;
  ew_geometry_init_valid (&geometry, 3, 3);
  check_bands (device, &geometry, FALSE, TRUE);
  check_bands (device, &geometry, TRUE, TRUE);
  geometry.top = geometry.bottom = geometry.left = geometry.right = 2;
  geometry.border = EW_BORDER_WRAP;
  check_bands (device, &geometry, FALSE, TRUE);
  geometry.stride = 2;
  geometry.dilation = 2;
  geometry.border = EW_BORDER_REFLECT;
  fake_driver.memory = 900000;
  check_bands (device, &geometry, TRUE, TRUE);
  close_fake (device);
}

/* As many pieces as there can be: sums at distances for the Gram matrix, and with masks those of each pair of taps. */
void
test_pieces (void)
{
  EwDevice *device = open_fake ();
  EwGeometry geometry;

  ((EwCudaDevice *)device)->budget = 1;
  ew_geometry_init_valid (&geometry, 3, 3);
  check_bands (device, &geometry, FALSE, FALSE);
  check_bands (device, &geometry, TRUE, FALSE);
  geometry.dilation = 2;
  check_bands (device, &geometry, TRUE, FALSE);
  close_fake (device);
}

/* A correlation larger than the device. */
void
test_correlate_banded (void)
{
  EwDevice *device = open_fake ();
  EwRandom random = 32;

  for (int i = 0; i < 6 && !g_test_failed (); i++)
    {
      fake_driver.memory = 300000;
      check_correlate (device, &random, 300, 0);
    }
  close_fake (device);
}

/* While it rests a problem takes no memory; afterwards all is as it was. */
void
test_rest (void)
{
  EwDevice *device = open_fake ();
  EwRandom random = 33;
  g_autoptr (EwProblem) problem = problem_of_size (&random, 2, 70, 80, 3, 3, TRUE);
  g_autoptr (GError) error = NULL;
  EwLoaded *loaded = device->backend->load (device, problem, NULL, &error);
  double params[10] = { 1 }, before[10], after[10], loss_before, loss_after;

  g_assert_true (device->backend->evaluate (loaded, params, &loss_before, before, NULL, &error));
  g_assert_cmpuint (fake_driver_memory_used (), >, 0);
  device->backend->rest (loaded);
  device->backend->rest (loaded);
  g_assert_cmpuint (fake_driver_memory_used (), ==, 0);
  g_assert_true (device->backend->evaluate (loaded, params, &loss_after, after, NULL, &error));
  g_assert_cmpmem (before, sizeof before, after, sizeof after);
  g_assert_cmpfloat (loss_before, ==, loss_after);
  /* A rest that cannot be ended is a failure of the device; the next try may do better. */
  device->backend->rest (loaded);
  fake_driver.fault = (FakeDriverFault){ .function = "memory_alloc", .nth = 2, .status = EW_CUDA_OUT_OF_MEMORY };
  g_assert_false (device->backend->evaluate (loaded, params, &loss_after, after, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_DEVICE);
  g_clear_error (&error);
  g_assert_true (device->backend->evaluate (loaded, params, &loss_after, after, NULL, &error));
  g_assert_cmpfloat (loss_before, ==, loss_after);
  device->backend->rest (loaded);
  device->backend->unload (loaded);
  close_fake (device);
}
