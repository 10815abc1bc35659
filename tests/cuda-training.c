/* Training on a CUDA device: the golden case, failures in the middle, the Gram matrix. */
#include "engine/fit.h"
#include "engine/lapack.h"
#include "engine/reference.h"
#include "engine/trainer.h"
#include "gpu/cuda.h"
#include "tests/cuda-cases.h"
#include "tests/engine-fixtures.h"

#include <math.h>

/* --- the trainer */

static void
count_sentence (const char *sentence, gpointer data)
{
  g_ptr_array_add (data, g_strdup (sentence));
}

/* The CPU and CUDA, which is asked for by name. */
static EwDevices *
cuda_devices (GPtrArray *sentences)
{
  const EwBackend *backends[] = { ew_cpu_backend (), ew_cuda_backend () };
  EwDevices *devices = ew_devices_new (backends, 2, 1);
  g_autoptr (GError) error = NULL;

  ew_devices_set_notify (devices, count_sentence, sentences);
  ew_devices_choose (devices, "cuda", &error);
  g_assert_no_error (error);
  return devices;
}

static void
print_line (guint64 epoch, double loss, const double *params, gpointer data)
{
  if (epoch % 10 == 0)
    g_string_append_printf (data, "epoch %d, loss %.3f, weight [%.4f, %.4f]\n", (int)epoch, loss, params[0], params[1]);
}

void
check_golden (void)
{
  g_autoptr (GPtrArray) sentences = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (EwDevices) devices = cuda_devices (sentences);
  g_autoptr (EwProblem) problem = golden_problem ();
  g_autoptr (EwKernel) start = ew_kernel_new_from_taps (1, 2, golden_start, 0, NULL);
  g_autoptr (EwTrainer) trainer = ew_trainer_new (devices, problem, start, EW_LOSS_SUM, 3e-2, NULL, NULL);
  g_autoptr (GString) lines = g_string_new (NULL);

  g_assert_true (ew_trainer_run (trainer, 60, print_line, lines, NULL, NULL));
  g_assert_cmpstr (ew_trainer_device (trainer)->backend->id, ==, "cuda");
  g_assert_cmpuint (sentences->len, ==, 0);
  g_assert_cmpstr (lines->str, ==,
                   "epoch 10, loss 0.305, weight [0.9308, -1.0440]\n"
                   "epoch 20, loss 0.003, weight [0.9938, -1.0059]\n"
                   "epoch 30, loss 0.000, weight [0.9993, -1.0007]\n"
                   "epoch 40, loss 0.000, weight [0.9999, -1.0001]\n"
                   "epoch 50, loss 0.000, weight [1.0000, -1.0000]\n"
                   "epoch 60, loss 0.000, weight [1.0000, -1.0000]\n");
}

void
test_golden (gconstpointer data)
{
  fake_driver_install ();
  fake_driver.kernels = ((const Computes *)data)->kernels;
  check_golden ();
  fake_driver_assert_clean ();
  fake_driver_remove ();
}

#define EPOCHS 6

/* What is trained: the golden case, which one block does by itself, or a problem of many launches. */
static gboolean trains_large;

static EwProblem *
training_problem (double *rate)
{
  EwRandom random = 30;

  *rate = trains_large ? 1e-4 : 2e-2;
  return trains_large ? problem_of_size (&random, 1, 60, 60, 1, 2, FALSE) : golden_problem ();
}

/* How far two devices may be apart after EPOCHS: each epoch adds the error of its float32 sums, and at a stable rate no
 * epoch makes an older error larger. */
static double
allowed_difference (void)
{
  double rate;
  g_autoptr (EwProblem) problem = training_problem (&rate);
  double w[2] = { golden_start[0], golden_start[1] };
  double allowed = 0;

  for (int e = 0; e < EPOCHS; e++)
    {
      double loss, gradient[2], loss_bound, bounds[2];

      ew_reference_evaluate (problem, w, &loss, gradient);
      evaluation_bounds (problem, w, 4096, &loss_bound, bounds);
      allowed += 2 * rate * hypot (bounds[0], bounds[1]) + 1e-12;
      for (int k = 0; k < 2; k++)
        w[k] -= rate * gradient[k];
    }
  return allowed;
}

static void
count_epoch (guint64 epoch, double loss, const double *params, gpointer data)
{
  /* Each epoch is reported once, in order. */
  g_assert_cmpuint (epoch, ==, ++*(guint64 *)data);
}

/* Trains EPOCHS on @devices, through the data, which is what the device does; the weights go to @weights. */
static const char *
train (EwDevices *devices, double weights[2])
{
  double rate;
  g_autoptr (EwProblem) problem = training_problem (&rate);
  g_autoptr (EwKernel) start = ew_kernel_new_from_taps (1, 2, golden_start, 0, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (EwTrainer) trainer = ew_trainer_new (devices, problem, start, EW_LOSS_SUM, rate, NULL, &error);
  guint64 epochs = 0;

  g_assert_no_error (error);
  ew_trainer_set_method (trainer, EW_TRAINER_DIRECT);
  g_assert_true (ew_trainer_run (trainer, EPOCHS, count_epoch, &epochs, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (epochs, ==, EPOCHS);
  memcpy (weights, ew_trainer_params (trainer), 2 * sizeof (double));
  return ew_trainer_device (trainer)->backend->id;
}

static void
train_on_cpu (double weights[2])
{
  const EwBackend *backends[] = { ew_cpu_backend () };
  g_autoptr (EwDevices) devices = ew_devices_new (backends, 1, 1);

  train (devices, weights);
}

/* A run with one fault: it ends with the right weights, on the CPU if the fault showed before the end, and says so in
 * one sentence. TRUE where the fault came. */
static gboolean
train_with_fault (FakeKernels kernels, int fault, int nth, const double wanted[2], double allowed)
{
  g_autoptr (GPtrArray) sentences = g_ptr_array_new_with_free_func (g_free);
  EwDevices *devices;
  double weights[2];

  fake_driver_install ();
  fake_driver.kernels = kernels;
  devices = cuda_devices (sentences);
  set_fault (fault, nth);

  const char *id = train (devices, weights);
  gboolean fired = fake_driver.fired;

  fake_driver.fault.nth = 0;
  for (int k = 0; k < 2; k++)
    g_assert_cmpfloat_with_epsilon (weights[k], wanted[k], allowed);
  g_assert_cmpuint (sentences->len, ==, strcmp (id, "cpu") == 0);
  if (sentences->len > 0)
    {
      const char *sentence = g_ptr_array_index (sentences, 0);

      g_assert_true (fired);
      g_assert_true (g_str_has_prefix (sentence, "NVIDIA Fake 1 failed: "));
      g_assert_true (g_str_has_suffix (sentence, ". The CPU goes on from the last good weights."));
    }
  ew_devices_free (devices);
  fake_driver_assert_clean ();
  return fired;
}

void
test_trainer_faults (gconstpointer data)
{
  FakeKernels kernels = ((const Computes *)data)->kernels;
  double allowed = allowed_difference ();
  double wanted[2];

  train_on_cpu (wanted);
  for (guint i = 0; i < CUDA_FAULTS; i++)
    for (int nth = 1; train_with_fault (kernels, (int)i, nth, wanted, allowed) && !g_test_failed (); nth++)
      g_assert_cmpint (nth, <, 300);
  fake_driver_remove ();
}

/* An illegal address in the middle of a descent: what was good before it stays. */
void
test_mid_descent (void)
{
  double allowed;
  double wanted[2];

  trains_large = TRUE;
  allowed = allowed_difference ();
  train_on_cpu (wanted);
  for (int nth = 4; nth < 3 * EPOCHS; nth++)
    {
      g_autoptr (GPtrArray) sentences = g_ptr_array_new_with_free_func (g_free);
      EwDevices *devices;
      double weights[2];

      fake_driver_install ();
      devices = cuda_devices (sentences);
      set_fault (3, nth);
      fake_driver.fault.function = "launch";
      g_assert_cmpstr (train (devices, weights), ==, "cpu");
      for (int k = 0; k < 2; k++)
        g_assert_cmpfloat_with_epsilon (weights[k], wanted[k], allowed);
      g_assert_cmpuint (sentences->len, ==, 1);
      g_assert_cmpstr (g_ptr_array_index (sentences, 0), ==,
                       "NVIDIA Fake 1 failed: The work on the device failed (CUDA_ERROR_ILLEGAL_ADDRESS: what went "
                       "wrong). The CPU goes on from the last good weights.");
      ew_devices_free (devices);
      fake_driver_assert_clean ();
    }
  trains_large = FALSE;
  fake_driver_remove ();
}

/* After a few epochs through the data the device sums up the Gram matrix, and the host goes on with that: the same
 * weights as by the CPU alone, to the rounding of the float32 epochs before. */
void
test_trainer_gram (void)
{
  EwRandom random = 37;
  g_autoptr (EwProblem) problem = problem_of_size (&random, 1, 90, 90, 3, 3, TRUE);
  g_autoptr (EwKernel) start = random_kernel (&random, 3, 3, -1, 1);
  g_autoptr (GPtrArray) sentences = g_ptr_array_new_with_free_func (g_free);
  const EwBackend *cpu[] = { ew_cpu_backend () };
  EwDevices *sets[2];
  EwTrainer *trainers[2];
  int launches;

  fake_driver_install ();
  sets[0] = ew_devices_new (cpu, 1, 1);
  sets[1] = cuda_devices (sentences);
  for (int i = 0; i < 2; i++)
    {
      trainers[i] = ew_trainer_new (sets[i], problem, start, EW_LOSS_SUM, 1e-5, NULL, NULL);
      g_assert_true (ew_trainer_run (trainers[i], 20, NULL, NULL, NULL, NULL));
      g_assert_cmpint (ew_trainer_method (trainers[i]), ==, EW_TRAINER_GRAM);
    }
  g_assert_cmpstr (ew_trainer_device (trainers[1])->backend->id, ==, "cuda");
  launches = fake_driver.launches;
  g_assert_cmpint (launches, >, 0);
  for (int i = 0; i < 2; i++)
    g_assert_true (ew_trainer_run (trainers[i], 500, NULL, NULL, NULL, NULL));
  g_assert_cmpint (fake_driver.launches, ==, launches);
  for (int k = 0; k < problem->n_params; k++)
    g_assert_cmpfloat_with_epsilon (ew_trainer_params (trainers[0])[k], ew_trainer_params (trainers[1])[k], 1e-5);
  g_assert_cmpuint (sentences->len, ==, 0);
  for (int i = 0; i < 2; i++)
    {
      ew_trainer_free (trainers[i]);
      ew_devices_free (sets[i]);
    }
  fake_driver_assert_clean ();
  fake_driver_remove ();
}

/* What learning in one go works with, by the device and by the CPU: both multiply float32 values in float64 and differ in
 * the order of sums alone, some thousands of terms of 2⁻⁵³ each. The optimum's difference is that times the condition of G,
 * some hundreds for noise. */
void
test_fit (void)
{
  EwRandom random = 41;
  g_autoptr (EwProblem) problem = problem_of_size (&random, 2, 50, 70, 3, 4, TRUE);
  g_autoptr (GPtrArray) sentences = g_ptr_array_new_with_free_func (g_free);
  const EwBackend *cpu[] = { ew_cpu_backend () };
  EwDevices *sets[2];
  EwQuadratic *q[2];
  double params[2][13], loss[2], gradient[2][13];
  int n = problem->n_params;

  if (!ew_lapack_available (NULL))
    {
      g_test_skip ("there is no LAPACK");
      return;
    }
  fake_driver_install ();
  sets[0] = ew_devices_new (cpu, 1, 1);
  sets[1] = cuda_devices (sentences);
  for (int i = 0; i < 2; i++)
    {
      q[i] = ew_fit_quadratic (sets[i], problem, NULL, NULL);
      g_assert_nonnull (q[i]);
      g_assert_true (ew_quadratic_optimum (q[i], params[i], NULL, NULL, NULL, NULL));
      g_assert_true (ew_fit_evaluate (sets[i], problem, params[0], &loss[i], gradient[i], NULL, NULL));
    }
  g_assert_cmpint (fake_driver.launches, >, 0);
  g_assert_cmpuint (sentences->len, ==, 0);
  for (int k = 0; k < n * n; k++)
    g_assert_cmpfloat_with_epsilon (ew_quadratic_gram (q[0])->g[k], ew_quadratic_gram (q[1])->g[k],
                                    1e-12 * (double)problem->n_residuals);
  for (int k = 0; k < n; k++)
    {
      g_assert_cmpfloat_with_epsilon (ew_quadratic_gram (q[0])->h[k], ew_quadratic_gram (q[1])->h[k],
                                      1e-12 * (double)problem->n_residuals);
      g_assert_cmpfloat_with_epsilon (params[0][k], params[1][k], 1e-11);
      g_assert_cmpfloat_with_epsilon (gradient[0][k], gradient[1][k], 1e-11 * problem->y_squared);
    }
  g_assert_cmpfloat_with_epsilon (loss[0], loss[1], 1e-12 * problem->y_squared);
  g_assert_cmpfloat_with_epsilon (ew_quadratic_lambda_max (q[0]), ew_quadratic_lambda_max (q[1]),
                                  1e-11 * ew_quadratic_lambda_max (q[0]));
  for (int i = 0; i < 2; i++)
    {
      ew_quadratic_free (q[i]);
      ew_devices_free (sets[i]);
    }
  fake_driver_assert_clean ();
  fake_driver_remove ();
}

/* After a failure the device is opened afresh; after five it rests. */
void
test_five_failures (void)
{
  g_autoptr (GPtrArray) sentences = g_ptr_array_new_with_free_func (g_free);
  EwDevices *devices;
  double weights[2];

  fake_driver_install ();
  devices = cuda_devices (sentences);
  for (int i = 0; i < 5; i++)
    {
      set_fault (1, 1);
      fake_driver.fault.function = "launch";
      g_assert_cmpstr (train (devices, weights), ==, "cpu");
      g_assert_cmpuint (sentences->len, ==, i + 1);
      /* Given back with all it held. */
      g_assert_false (fake_driver_in_use ());
    }
  g_assert_nonnull (strstr (g_ptr_array_index (sentences, 4), "after five failures the GPU rests"));

  int calls = fake_driver.calls;

  g_assert_cmpstr (train (devices, weights), ==, "cpu");
  g_assert_cmpint (fake_driver.calls, ==, calls);
  ew_devices_free (devices);
  fake_driver_assert_clean ();
  fake_driver_remove ();
}
