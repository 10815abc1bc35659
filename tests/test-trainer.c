/* The trainer: the golden case, its states, and cancelling; the rate limit and devices are in trainer-*.c. */
#include "engine/reference.h"
#include "tests/trainer-fixtures.h"

#include <math.h>
#include <string.h>

/* --- the golden case */

static void
print_line (guint64 epoch, double loss, const double *params, gpointer data)
{
  if (epoch % 10 == 0)
    g_string_append_printf (data, "epoch %d, loss %.3f, weight [%.4f, %.4f]\n", (int)epoch, loss, params[0], params[1]);
}

static char *
golden_table (EwLoss loss, double rate)
{
  g_autoptr (EwDevices) devices = cpu_devices ();
  g_autoptr (EwProblem) problem = golden_problem ();
  g_autoptr (EwKernel) start = ew_kernel_new_from_taps (1, 2, golden_start, 0, NULL);
  g_autoptr (EwTrainer) trainer = ew_trainer_new (devices, problem, start, loss, rate, NULL, NULL);
  GString *lines = g_string_new (NULL);

  run (trainer, 100, print_line, lines);
  g_assert_cmpuint (ew_trainer_epoch (trainer), ==, 100);
  return g_string_free (lines, FALSE);
}

static void
test_golden (void)
{
  g_autofree char *table = golden_table (EW_LOSS_SUM, 3e-2);

  g_assert_cmpstr (table, ==,
                   "epoch 10, loss 0.305, weight [0.9308, -1.0440]\n"
                   "epoch 20, loss 0.003, weight [0.9938, -1.0059]\n"
                   "epoch 30, loss 0.000, weight [0.9993, -1.0007]\n"
                   "epoch 40, loss 0.000, weight [0.9999, -1.0001]\n"
                   "epoch 50, loss 0.000, weight [1.0000, -1.0000]\n"
                   "epoch 60, loss 0.000, weight [1.0000, -1.0000]\n"
                   "epoch 70, loss 0.000, weight [1.0000, -1.0000]\n"
                   "epoch 80, loss 0.000, weight [1.0000, -1.0000]\n"
                   "epoch 90, loss 0.000, weight [1.0000, -1.0000]\n"
                   "epoch 100, loss 0.000, weight [1.0000, -1.0000]\n");
}

/* The mean of 42 residuals at 42 times the rate takes the same steps; its losses are a 42nd. */
static void
test_golden_mean (void)
{
  g_autofree char *table = golden_table (EW_LOSS_MEAN, 42 * 3e-2);

  g_assert_true (g_str_has_prefix (table, "epoch 10, loss 0.007, weight [0.9308, -1.0440]\n"
                                          "epoch 20, loss 0.000, weight [0.9938, -1.0059]\n"
                                          "epoch 30, loss 0.000, weight [0.9993, -1.0007]\n"));
}

/* Descent in float64, by the reference, at several rates: the trainer's float32 sums may add their error in each
 * epoch, and at a stable rate no epoch makes an older error larger. */
static void
test_against_reference (void)
{
  static const double rates[] = { 1e-3, 1e-2, 2e-2, 3.3e-2 };

  for (guint r = 0; r < G_N_ELEMENTS (rates); r++)
    {
      g_autoptr (EwDevices) devices = cpu_devices ();
      g_autoptr (EwProblem) problem = golden_problem ();
      g_autoptr (EwKernel) start = ew_kernel_new_from_taps (1, 2, golden_start, 0, NULL);
      g_autoptr (EwTrainer) trainer = ew_trainer_new (devices, problem, start, EW_LOSS_SUM, rates[r], NULL, NULL);
      double w[2] = { golden_start[0], golden_start[1] };
      double allowed = 0;

      for (int epoch = 1; epoch <= 60; epoch++)
        {
          double loss, gradient[2], loss_bound, bounds[2];

          ew_reference_evaluate (problem, w, &loss, gradient);
          evaluation_bounds (problem, w, 64, &loss_bound, bounds);
          allowed += rates[r] * hypot (bounds[0], bounds[1]) + 1e-12;
          for (int k = 0; k < 2; k++)
            w[k] -= rates[r] * gradient[k];
          run (trainer, 1, NULL, NULL);
          for (int k = 0; k < 2; k++)
            g_assert_cmpfloat_with_epsilon (ew_trainer_params (trainer)[k], w[k], allowed);
        }
    }
}

/* --- states */

static void
test_start_refused (void)
{
  g_autoptr (EwDevices) devices = cpu_devices ();
  g_autoptr (EwProblem) problem = golden_problem ();
  g_autoptr (EwKernel) start = ew_kernel_new (2, 1, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (ew_trainer_new (devices, problem, start, EW_LOSS_SUM, 0.03, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_GEOMETRY);
  g_assert_nonnull (strstr (error->message, "2×1"));
  g_assert_nonnull (strstr (error->message, "1×2"));
}

static void
check_reset (EwTrainerMethod method)
{
  g_autoptr (EwDevices) devices = cpu_devices ();
  g_autoptr (EwProblem) problem = noisy_problem (1, 30, 30, 3, 3, TRUE);
  g_autoptr (EwTrainer) trainer = new_trainer (devices, problem, EW_LOSS_SUM, 1e-5);
  g_autoptr (EwKernel) start = ew_trainer_kernel (trainer);
  g_autoptr (GByteArray) first = g_byte_array_new ();
  g_autoptr (GByteArray) second = g_byte_array_new ();

  ew_trainer_set_method (trainer, method);
  g_assert_cmpuint (ew_trainer_epoch (trainer), ==, 0);
  g_assert_true (isnan (ew_trainer_loss (trainer)));
  run (trainer, 37, record, first);
  g_assert_cmpuint (ew_trainer_epoch (trainer), ==, 37);
  g_assert_true (isfinite (ew_trainer_loss (trainer)));
  ew_trainer_reset (trainer);
  g_assert_cmpuint (ew_trainer_epoch (trainer), ==, 0);
  g_assert_true (isnan (ew_trainer_loss (trainer)));

  g_autoptr (EwKernel) again = ew_trainer_kernel (trainer);

  g_assert_true (ew_kernel_equal (start, again));
  /* In other portions, the same run. */
  run (trainer, 5, record, second);
  run (trainer, 0, record, second);
  run (trainer, 32, record, second);
  assert_same_bytes (first, second);
}

static void
test_reset (void)
{
  check_reset (EW_TRAINER_DIRECT);
  check_reset (EW_TRAINER_AUTO);
}

static void
test_set_kernel (void)
{
  static const double ones[] = { 1, 1 };
  g_autoptr (EwDevices) devices = cpu_devices ();
  g_autoptr (EwProblem) problem = golden_problem ();
  g_autoptr (EwTrainer) trainer = new_trainer (devices, problem, EW_LOSS_SUM, 3e-2);
  g_autoptr (EwKernel) golden = ew_kernel_new_from_taps (1, 2, golden_start, 0, NULL);
  g_autoptr (EwKernel) other = ew_kernel_new_from_taps (1, 2, ones, 0, NULL);
  g_autoptr (EwKernel) wrong = ew_kernel_new (2, 2, NULL);
  g_autoptr (GError) error = NULL;

  /* At epoch 0 they become the start values. */
  g_assert_true (ew_trainer_set_kernel (trainer, golden, NULL));
  run (trainer, 10, NULL, NULL);
  ew_trainer_reset (trainer);
  g_assert_cmpmem (ew_trainer_params (trainer), sizeof golden_start, golden_start, sizeof golden_start);

  /* Later they do not, and the epochs go on. */
  run (trainer, 10, NULL, NULL);
  g_assert_true (ew_trainer_set_kernel (trainer, other, NULL));
  g_assert_cmpuint (ew_trainer_epoch (trainer), ==, 10);
  g_assert_cmpmem (ew_trainer_params (trainer), sizeof ones, ones, sizeof ones);
  run (trainer, 1, NULL, NULL);
  g_assert_cmpuint (ew_trainer_epoch (trainer), ==, 11);
  ew_trainer_reset (trainer);
  g_assert_cmpmem (ew_trainer_params (trainer), sizeof golden_start, golden_start, sizeof golden_start);

  g_assert_false (ew_trainer_set_kernel (trainer, wrong, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_GEOMETRY);
  g_assert_cmpmem (ew_trainer_params (trainer), sizeof golden_start, golden_start, sizeof golden_start);
}

/* The bias is the last parameter where the problem has one, and 0 where it has none. */
static void
test_bias (void)
{
  EwRandom random = 3;
  g_autoptr (EwDevices) devices = cpu_devices ();
  g_autoptr (EwKernel) start = random_kernel (&random, 3, 3, 1, 2);

  for (int bias = 0; bias < 2; bias++)
    {
      g_autoptr (EwProblem) problem = noisy_problem (2, 20, 20, 3, 3, bias);
      g_autoptr (EwTrainer) trainer = ew_trainer_new (devices, problem, start, EW_LOSS_MEAN, 0.01, NULL, NULL);
      g_autoptr (EwKernel) kernel = ew_trainer_kernel (trainer);

      g_assert_cmpfloat (kernel->bias, ==, bias ? start->bias : 0);
      run (trainer, 5, NULL, NULL);

      g_autoptr (EwKernel) later = ew_trainer_kernel (trainer);

      g_assert_cmpfloat (later->bias, ==, bias ? ew_trainer_params (trainer)[9] : 0);
      g_assert_true ((later->bias != kernel->bias) == bias);
    }
}

/* A rate that changes in mid-run counts from the next epoch on: two steps by hand. */
static void
test_set_rate (void)
{
  g_autoptr (EwDevices) devices = cpu_devices ();
  g_autoptr (EwProblem) problem = noisy_problem (4, 16, 16, 2, 2, FALSE);
  g_autoptr (EwTrainer) trainer = new_trainer (devices, problem, EW_LOSS_MEAN, 0.01);
  g_autofree double *w = g_memdup2 (ew_trainer_params (trainer), 4 * sizeof (double));
  static const double rates[] = { 0.01, 0.3 };

  for (int step = 0; step < 2; step++)
    {
      double loss, gradient[4], loss_bound, bounds[4];

      ew_trainer_set_rate (trainer, rates[step]);
      g_assert_cmpfloat (ew_trainer_rate (trainer), ==, rates[step]);
      memcpy (w, ew_trainer_params (trainer), 4 * sizeof (double));
      ew_reference_evaluate (problem, w, &loss, gradient);
      evaluation_bounds (problem, w, 4096, &loss_bound, bounds);
      run (trainer, 1, NULL, NULL);
      g_assert_cmpfloat_with_epsilon (ew_trainer_loss (trainer), loss / 225, loss_bound / 225);
      for (int k = 0; k < 4; k++)
        g_assert_cmpfloat_with_epsilon (ew_trainer_params (trainer)[k], w[k] - rates[step] * gradient[k] / 225,
                                        rates[step] * bounds[k] / 225 + 1e-15);
    }
  g_assert_cmpuint (ew_trainer_epoch (trainer), ==, 2);
}

static void
test_converged (void)
{
  g_autoptr (EwDevices) devices = cpu_devices ();
  g_autoptr (EwProblem) problem = golden_problem ();
  /* At two thirds of the limit or less float32's last digit comes to rest; above, it may go to and fro for ever. */
  g_autoptr (EwTrainer) trainer = new_trainer (devices, problem, EW_LOSS_SUM, 1e-2);

  run (trainer, 1000000, NULL, NULL);
  g_assert_cmpint (ew_trainer_state (trainer), ==, EW_TRAINER_CONVERGED);

  guint64 epochs = ew_trainer_epoch (trainer);
  g_autoptr (EwKernel) kernel = ew_trainer_kernel (trainer);

  /* The slower of the two directions (λ = 18) shrinks by a factor of 0.64 an epoch: 8 digits in 42 epochs, 16 in 83. */
  g_assert_cmpuint (epochs, <, 1000);
  /* The gradient is 0 once the weights round to ±1 in float32. */
  g_assert_cmpfloat_with_epsilon (kernel->taps[0], 1, 2 * UNIT_32);
  g_assert_cmpfloat_with_epsilon (kernel->taps[1], -1, 2 * UNIT_32);

  /* It does not go on by itself. */
  run (trainer, 5, NULL, NULL);
  g_assert_cmpuint (ew_trainer_epoch (trainer), ==, epochs);
  /* Another rate is another chance. */
  ew_trainer_set_rate (trainer, 2e-2);
  g_assert_cmpint (ew_trainer_state (trainer), ==, EW_TRAINER_READY);
  run (trainer, 1, NULL, NULL);
  g_assert_cmpuint (ew_trainer_epoch (trainer), ==, epochs + 1);
  ew_trainer_reset (trainer);
  g_assert_cmpint (ew_trainer_state (trainer), ==, EW_TRAINER_READY);
}

/* The weights after the last two epochs, the older first. */
static void
keep_two (guint64 epoch, double loss, const double *params, gpointer data)
{
  double *kept = data;

  g_assert_true (isfinite (loss) && isfinite (params[0]) && isfinite (params[1]));
  memmove (kept, kept + 2, 2 * sizeof (double));
  memcpy (kept + 2, params, 2 * sizeof (double));
}

/* The weights that stay are the last ones whose loss was good: those before the epoch whose result exploded. */
static void
check_divergence (double rate)
{
  g_autoptr (EwDevices) devices = cpu_devices ();
  g_autoptr (EwProblem) problem = golden_problem ();
  g_autoptr (EwTrainer) trainer = new_trainer (devices, problem, EW_LOSS_SUM, rate);
  double kept[4];
  double first;
  double loss;

  memcpy (kept + 2, ew_trainer_params (trainer), 2 * sizeof (double));
  ew_reference_evaluate (problem, kept + 2, &first, NULL);
  run (trainer, 1000000, keep_two, kept);
  g_assert_cmpint (ew_trainer_state (trainer), ==, EW_TRAINER_DIVERGED);
  g_assert_false (ew_trainer_loss (trainer) <= 0.99e12 * fmax (first, problem->y_squared));
  g_assert_cmpmem (ew_trainer_params (trainer), 2 * sizeof (double), kept, 2 * sizeof (double));
  ew_reference_evaluate (problem, kept, &loss, NULL);
  g_assert_cmpfloat (loss, <, 1.01e12 * fmax (first, problem->y_squared));

  guint64 epoch = ew_trainer_epoch (trainer);

  run (trainer, 10, keep_two, kept);
  g_assert_cmpuint (ew_trainer_epoch (trainer), ==, epoch);

  /* The same rate fails again, and leads nowhere worse. */
  for (int again = 0; again < 5; again++)
    {
      ew_trainer_set_rate (trainer, rate);
      run (trainer, 100, NULL, NULL);
      g_assert_cmpint (ew_trainer_state (trainer), ==, EW_TRAINER_DIVERGED);
      g_assert_cmpmem (ew_trainer_params (trainer), 2 * sizeof (double), kept, 2 * sizeof (double));
    }

  /* A smaller one leads out, on with the same count of epochs. */
  epoch = ew_trainer_epoch (trainer);
  ew_trainer_set_rate (trainer, 2e-2);
  run (trainer, 400, NULL, NULL);
  g_assert_cmpint (ew_trainer_state (trainer), !=, EW_TRAINER_DIVERGED);
  g_assert_cmpuint (ew_trainer_epoch (trainer), >, epoch);
  g_assert_cmpfloat (ew_trainer_loss (trainer), <, 1e-9);
}

static void
test_diverged (void)
{
  check_divergence (0.04);
  check_divergence (0.5);
  check_divergence (1e4);
  check_divergence (1e30);
}

/* Steps so long that a weight leaves the finite numbers while the loss has not yet. */
static void
test_diverged_weights (void)
{
  static const double rates[] = { 1e200, 1e308 };

  for (guint r = 0; r < G_N_ELEMENTS (rates); r++)
    for (int descending = 0; descending < 2; descending++)
      {
        fake_reset ();

        g_autoptr (EwDevices) devices = fake_devices (descending ? fake_descending_backend () : fake_backend ());
        g_autoptr (EwProblem) problem = golden_problem ();
        g_autoptr (EwTrainer) trainer = new_trainer (devices, problem, EW_LOSS_SUM, 3e-2);

        run (trainer, 3, NULL, NULL);
        ew_trainer_set_rate (trainer, rates[r]);
        run (trainer, 100, NULL, NULL);
        g_assert_cmpint (ew_trainer_state (trainer), ==, EW_TRAINER_DIVERGED);
        g_assert_true (isfinite (ew_trainer_params (trainer)[0]));
        g_assert_true (isfinite (ew_trainer_params (trainer)[1]));
      }
}

/* Data that overflow float32 in the very first epoch. */
static void
test_diverged_at_once (void)
{
  EwRandom random = 8;
  g_autoptr (EwDevices) devices = cpu_devices ();
  g_autoptr (EwProblem) problem
      = problem_of_pair (random_grid (&random, 8, 8, 1e38, 3e38), random_grid (&random, 6, 6, -1, 1), 3, 3, FALSE);
  g_autoptr (EwTrainer) trainer = new_trainer (devices, problem, EW_LOSS_SUM, 1e-3);
  g_autoptr (EwKernel) before = ew_trainer_kernel (trainer);
  g_autoptr (GError) error = NULL;
  double limit;

  /* On the Gram matrix, in float64, they would be ordinary numbers. */
  run (trainer, 10, NULL, NULL);
  g_assert_cmpint (ew_trainer_state (trainer), ==, EW_TRAINER_DIVERGED);
  g_assert_cmpuint (ew_trainer_epoch (trainer), ==, 0);

  g_autoptr (EwKernel) after = ew_trainer_kernel (trainer);

  g_assert_true (ew_kernel_equal (before, after));
  /* Nor can the limit be told. */
  g_assert_false (ew_trainer_rate_limit (trainer, &limit, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_DATA);
  g_assert_nonnull (strstr (error->message, "too large"));
}

/* --- descent on the device */

typedef struct
{
  guint64 epochs;
  guint64 cancel_at;
  EwCancel cancel;
} CancelAt;

static void
cancel_at (guint64 epoch, double loss, const double *params, gpointer data)
{
  CancelAt *state = data;

  g_assert_cmpuint (epoch, ==, state->epochs + 1);
  state->epochs = epoch;
  if (epoch == state->cancel_at)
    atomic_store (&state->cancel, 1);
}

/* Cancelled in the middle: what was reported is done, and going on gives the undisturbed run. */
static void
test_cancel (void)
{
  g_autoptr (EwProblem) problem = noisy_problem (9, 40, 40, 3, 3, TRUE);
  double limit;
  g_autoptr (GByteArray) whole = undisturbed (problem, 0.05, 3000, &limit);

  for (int descending = 0; descending < 2; descending++)
    {
      CancelAt state = { .cancel_at = 1500 };
      g_autoptr (GByteArray) rest = g_byte_array_new ();
      g_autoptr (GError) error = NULL;

      fake_reset ();

      g_autoptr (EwDevices) devices = fake_devices (descending ? fake_descending_backend () : fake_backend ());
      g_autoptr (GPtrArray) sentences = sentences_of (devices);
      g_autoptr (EwTrainer) trainer = new_trainer (devices, problem, EW_LOSS_MEAN, 0.05);

      g_assert_false (ew_trainer_run (trainer, 3000, cancel_at, &state, &state.cancel, &error));
      g_assert_error (error, EW_ERROR, EW_ERROR_CANCELLED);
      g_assert_cmpuint (ew_trainer_epoch (trainer), ==, state.epochs);
      g_assert_cmpuint (state.epochs, >=, 1500);
      g_assert_cmpuint (state.epochs, <, 3000);
      g_assert_cmpint (sentences->len, ==, 0);
      run (trainer, 3000 - (int)state.epochs, record, rest);

      guint skipped = whole->len - rest->len;

      g_assert_cmpmem (whole->data + skipped, rest->len, rest->data, rest->len);
      g_clear_error (&error);
      g_assert_cmpint (atomic_load (&state.cancel), ==, 1);
    }
}

static void
check_cancelled_start (EwTrainerMethod method)
{
  g_autoptr (EwDevices) devices = cpu_devices ();
  g_autoptr (EwProblem) problem = golden_problem ();
  g_autoptr (EwTrainer) trainer = new_trainer (devices, problem, EW_LOSS_SUM, 0.03);
  g_autoptr (GError) error = NULL;
  EwCancel cancel = 1;
  double limit = -1;

  ew_trainer_set_method (trainer, method);
  g_assert_false (ew_trainer_rate_limit (trainer, &limit, &cancel, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (ew_trainer_run (trainer, 5, NULL, NULL, &cancel, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_CANCELLED);
  g_assert_cmpuint (ew_trainer_epoch (trainer), ==, 0);
  g_assert_cmpint (ew_trainer_state (trainer), ==, EW_TRAINER_READY);
  g_assert_true (ew_trainer_rate_limit (trainer, &limit, NULL, NULL));
  g_assert_cmpfloat_with_epsilon (limit, 1.0 / 30, LIMIT_ACCURACY / 30);
}

static void
test_cancelled_start (void)
{
  check_cancelled_start (EW_TRAINER_DIRECT);
  check_cancelled_start (EW_TRAINER_AUTO);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/trainer/golden", test_golden);
  g_test_add_func ("/trainer/golden-mean", test_golden_mean);
  g_test_add_func ("/trainer/against-reference", test_against_reference);
  g_test_add_func ("/trainer/start-refused", test_start_refused);
  g_test_add_func ("/trainer/reset", test_reset);
  g_test_add_func ("/trainer/set-kernel", test_set_kernel);
  g_test_add_func ("/trainer/bias", test_bias);
  g_test_add_func ("/trainer/set-rate", test_set_rate);
  g_test_add_func ("/trainer/converged", test_converged);
  g_test_add_func ("/trainer/diverged", test_diverged);
  g_test_add_func ("/trainer/diverged-weights", test_diverged_weights);
  g_test_add_func ("/trainer/diverged-at-once", test_diverged_at_once);
  g_test_add_func ("/trainer/cancel", test_cancel);
  g_test_add_func ("/trainer/cancelled-start", test_cancelled_start);
  add_trainer_limit_cases ();
  add_trainer_devices_cases ();
  return g_test_run ();
}
