/* Devices that are chosen, that fail, that rest, and between which a run moves. */
#include "tests/trainer-fixtures.h"

#include <string.h>

/* --- devices that fail */

/* The fake fails at the @nth call of a kind; the run must be the undisturbed one, and say one sentence. */
static void
check_fall_back (const EwBackend *fake, atomic_int *fault, int nth, const char *expected)
{
  g_autoptr (EwProblem) problem = noisy_problem (9, 40, 40, 3, 3, TRUE);
  double limit, limit_here;
  g_autoptr (GByteArray) whole = undisturbed (problem, 0.05, 60, &limit);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  fake_reset ();

  g_autoptr (EwDevices) devices = fake_devices (fake);
  g_autoptr (GPtrArray) sentences = sentences_of (devices);

  atomic_store (fault, nth);

  g_autoptr (EwTrainer) trainer = new_trainer (devices, problem, EW_LOSS_MEAN, 0.05);

  g_assert_true (ew_trainer_rate_limit (trainer, &limit_here, NULL, NULL));
  g_assert_cmpfloat (limit, ==, limit_here);
  run (trainer, 20, record, bytes);
  run (trainer, 40, record, bytes);
  assert_same_bytes (whole, bytes);
  g_assert_cmpint (sentences->len, ==, 1);
  g_assert_true (g_str_has_prefix (sentence (sentences, 0), "Fake failed: "));
  g_assert_nonnull (strstr (sentence (sentences, 0), expected));
  g_assert_nonnull (strstr (sentence (sentences, 0), "CPU"));
  g_assert_cmpstr (ew_trainer_device (trainer)->backend->id, ==, "cpu");
  /* What failed has been put away. */
  g_assert_cmpint (fake_calls.close, ==, 1);
  g_assert_cmpint (fake_calls.unload, ==, fake_calls.load - (fault == &fake_faults.load));
}

static void
test_fall_back (void)
{
  check_fall_back (fake_backend (), &fake_faults.load, 1, "not enough memory");
  check_fall_back (fake_backend (), &fake_faults.evaluate, 1, "fell off the bus");
  check_fall_back (fake_backend (), &fake_faults.evaluate, 7, "fell off the bus");
}

static void
test_fall_back_in_mid_run (void)
{
  g_autoptr (EwProblem) problem = noisy_problem (9, 40, 40, 3, 3, TRUE);
  double limit;
  g_autoptr (GByteArray) whole = undisturbed (problem, 0.05, 60, &limit);

  for (int nth = 1; nth <= 61; nth += 6)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      fake_reset ();

      g_autoptr (EwDevices) devices = fake_devices (fake_backend ());
      g_autoptr (GPtrArray) sentences = sentences_of (devices);
      g_autoptr (EwTrainer) trainer = new_trainer (devices, problem, EW_LOSS_MEAN, 0.05);

      atomic_store (&fake_faults.evaluate, nth);
      run (trainer, 60, record, bytes);
      assert_same_bytes (whole, bytes);
      g_assert_cmpint (sentences->len, ==, nth <= 60);
      g_assert_cmpstr (ew_trainer_device (trainer)->backend->id, ==, nth <= 60 ? "cpu" : "fake");
    }
}

/* Where the device descends by itself: failing in the middle of a batch loses and doubles nothing. */
static void
test_fall_back_in_mid_descent (void)
{
  for (int nth = 1; nth <= 2; nth++)
    check_fall_back (fake_descending_backend (), &fake_faults.descend, nth, "hung");
}

static void
test_rests_after_five (void)
{
  g_autoptr (EwProblem) problem = noisy_problem (9, 40, 40, 3, 3, TRUE);
  g_autoptr (GError) error = NULL;

  fake_reset ();

  g_autoptr (EwDevices) devices = fake_devices (fake_backend ());
  g_autoptr (GPtrArray) sentences = sentences_of (devices);
  g_autoptr (EwTrainer) trainer = new_trainer (devices, problem, EW_LOSS_MEAN, 0.05);

  for (int failure = 1; failure <= EW_DEVICES_FAILURES_MAX; failure++)
    {
      g_assert_true (ew_trainer_move (trainer, NULL, &error));
      g_assert_cmpstr (ew_trainer_device (trainer)->backend->id, ==, "fake");
      atomic_store (&fake_faults.evaluate, 1);
      run (trainer, 2, NULL, NULL);
      g_assert_cmpstr (ew_trainer_device (trainer)->backend->id, ==, "cpu");
      g_assert_cmpint (sentences->len, ==, failure);
      g_assert_true ((strstr (sentence (sentences, failure - 1), "rests") != NULL)
                     == (failure == EW_DEVICES_FAILURES_MAX));
    }
  g_assert_cmpint (fake_calls.open, ==, EW_DEVICES_FAILURES_MAX);

  /* From now on the CPU does the work; that is said once, and choosing the fake again fails loudly. */
  for (int again = 0; again < 3; again++)
    {
      g_assert_true (ew_trainer_move (trainer, NULL, &error));
      g_assert_cmpstr (ew_trainer_device (trainer)->backend->id, ==, "cpu");
    }
  g_assert_cmpint (sentences->len, ==, EW_DEVICES_FAILURES_MAX + 1);
  g_assert_nonnull (strstr (sentence (sentences, EW_DEVICES_FAILURES_MAX), "rests"));
  g_assert_false (ew_devices_choose (devices, "fake", &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_DEVICE);
  g_assert_cmpint (fake_calls.open, ==, EW_DEVICES_FAILURES_MAX);
  g_assert_cmpint (fake_calls.close, ==, EW_DEVICES_FAILURES_MAX);
  run (trainer, 3, NULL, NULL);
}

/* A failing CPU has nobody to fall back on: the error comes out, and the weights are as they were. */
static void
test_no_device_left (void)
{
  const EwBackend *backends[] = { fake_backend () };
  g_autoptr (EwProblem) problem = golden_problem ();
  g_autoptr (GError) error = NULL;

  fake_reset ();

  g_autoptr (EwDevices) devices = ew_devices_new (backends, 1, 1);
  g_autoptr (EwTrainer) trainer = new_trainer (devices, problem, EW_LOSS_SUM, 0.03);

  run (trainer, 3, NULL, NULL);

  g_autoptr (EwKernel) before = ew_trainer_kernel (trainer);

  atomic_store (&fake_faults.evaluate, 1);
  g_assert_false (ew_trainer_run (trainer, 3, NULL, NULL, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_DEVICE);

  g_autoptr (EwKernel) after = ew_trainer_kernel (trainer);

  g_assert_true (ew_kernel_equal (before, after));
  g_assert_cmpuint (ew_trainer_epoch (trainer), ==, 3);
  run (trainer, 3, NULL, NULL);
  g_assert_cmpuint (ew_trainer_epoch (trainer), ==, 6);
}

/* --- choosing devices */

static void
test_choose (void)
{
  const EwBackend *backends[] = { ew_cpu_backend (), fake_backend () };
  g_autoptr (GError) error = NULL;

  fake_reset ();

  g_autoptr (EwDevices) devices = ew_devices_new (backends, 2, 1);
  g_autoptr (GPtrArray) sentences = sentences_of (devices);

  g_assert_cmpstr (ew_devices_choice (devices), ==, "auto");
  g_assert_false (ew_devices_choose (devices, "banana", &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_USAGE);
  g_assert_nonnull (strstr (error->message, "banana"));
  g_clear_error (&error);

  /* By name: loud, and the former choice stays. */
  atomic_store (&fake_faults.open, -1);
  g_assert_true (ew_devices_choose (devices, "cpu", &error));
  g_assert_false (ew_devices_choose (devices, "fake", &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_DEVICE);
  g_clear_error (&error);
  g_assert_cmpstr (ew_devices_choice (devices), ==, "cpu");
  g_assert_cmpint (sentences->len, ==, 0);

  /* Automatic: tiny work does not ask the fake; other work falls back, and the reason is said once. */
  g_assert_true (ew_devices_choose (devices, "auto", &error));
  fake_calls = (FakeCalls){ 0 };
  g_assert_cmpstr (ew_devices_pick (devices, NULL, EW_DEVICES_GPU_WORK / 2, &error)->backend->id, ==, "cpu");
  g_assert_cmpint (fake_calls.open, ==, 0);
  g_assert_cmpint (sentences->len, ==, 0);
  for (int again = 0; again < 3; again++)
    g_assert_cmpstr (ew_devices_pick (devices, NULL, 2 * EW_DEVICES_GPU_WORK, &error)->backend->id, ==, "cpu");
  g_assert_cmpint (sentences->len, ==, 1);
  g_assert_nonnull (strstr (sentence (sentences, 0), "cannot be opened"));
  g_assert_nonnull (strstr (sentence (sentences, 0), "CPU"));

  /* It has come back. */
  atomic_store (&fake_faults.open, 0);
  g_assert_cmpstr (ew_devices_pick (devices, NULL, 2 * EW_DEVICES_GPU_WORK, &error)->backend->id, ==, "fake");
  g_assert_cmpstr (ew_devices_pick (devices, NULL, EW_DEVICES_GPU_WORK / 2, &error)->backend->id, ==, "cpu");
  /* Chosen by name it does tiny work too. */
  g_assert_true (ew_devices_choose (devices, "fake", &error));
  g_assert_cmpstr (ew_devices_pick (devices, NULL, 1, &error)->backend->id, ==, "fake");
  g_assert_no_error (error);
}

static void
test_correlate_falls_back (void)
{
  EwRandom random = 12;
  g_autoptr (EwGrid) x = random_grid (&random, 30, 30, -1, 1);
  g_autoptr (EwKernel) kernel = random_kernel (&random, 3, 3, -1, 1);
  g_autoptr (EwGrid) y = ew_grid_new (28, 28, NULL);
  g_autoptr (EwGrid) again = ew_grid_new (28, 28, NULL);
  g_autoptr (GError) error = NULL;
  EwCancel cancel = 1;
  EwGeometry geometry;

  fake_reset ();
  ew_geometry_init_valid (&geometry, 3, 3);

  g_autoptr (EwDevices) devices = fake_devices (fake_backend ());
  g_autoptr (GPtrArray) sentences = sentences_of (devices);

  g_assert_true (ew_devices_correlate (devices, x, kernel, &geometry, EW_METHOD_AUTO, y, NULL, &error));
  atomic_store (&fake_faults.correlate, 1);
  g_assert_true (ew_devices_correlate (devices, x, kernel, &geometry, EW_METHOD_AUTO, again, NULL, &error));
  g_assert_no_error (error);
  for (int i = 0; i < 28; i++)
    g_assert_cmpmem (ew_grid_row (y, i), 28 * sizeof (float), ew_grid_row (again, i), 28 * sizeof (float));
  g_assert_cmpint (sentences->len, ==, 1);
  g_assert_nonnull (strstr (sentence (sentences, 0), "lost its correlation"));
  /* Cancelling is no failure of the device. */
  g_assert_false (ew_devices_correlate (devices, x, kernel, &geometry, EW_METHOD_AUTO, again, &cancel, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_CANCELLED);
  g_assert_cmpint (sentences->len, ==, 1);
}

/* Left to itself, the set does large work on the second device, but not what only the CPU can do. */
static void
test_correlate_methods (void)
{
  static const EwMethod methods[] = { EW_METHOD_AUTO, EW_METHOD_DIRECT, EW_METHOD_SEPARABLE };
  EwRandom random = 12;
  g_autoptr (EwGrid) x = random_grid (&random, 300, 300, -1, 1);
  g_autoptr (EwKernel) row = random_kernel (&random, 1, 63, -1, 1);
  g_autoptr (EwGrid) y = ew_grid_new (300, 238, NULL);
  EwGeometry geometry;

  fake_reset ();
  ew_geometry_init_valid (&geometry, 1, 63);

  g_autoptr (EwDevices) devices = fake_devices (fake_backend ());

  g_assert_true (ew_devices_choose (devices, "auto", NULL));
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_assert_true (ew_devices_correlate (devices, x, row, &geometry, methods[i], y, NULL, NULL));
      g_assert_cmpint (fake_calls.correlate, ==, MIN (i + 1, 2));
    }
}

/* A device that fails at a picture while a problem is loaded on it: training goes on, and nothing is closed under it.
 */
static void
test_shared_device_fails (void)
{
  EwRandom random = 13;
  g_autoptr (EwProblem) problem = noisy_problem (9, 40, 40, 3, 3, TRUE);
  g_autoptr (EwGrid) y = ew_grid_new (38, 38, NULL);
  g_autoptr (EwKernel) kernel = random_kernel (&random, 3, 3, -1, 1);
  double limit;
  g_autoptr (GByteArray) whole = undisturbed (problem, 0.05, 60, &limit);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  fake_reset ();

  g_autoptr (EwDevices) devices = fake_devices (fake_backend ());
  g_autoptr (GPtrArray) sentences = sentences_of (devices);
  g_autoptr (EwTrainer) trainer = new_trainer (devices, problem, EW_LOSS_MEAN, 0.05);

  run (trainer, 20, record, bytes);
  atomic_store (&fake_faults.correlate, 1);
  g_assert_true (
      ew_devices_correlate (devices, problem->samples[0].x, kernel, &problem->geometry, EW_METHOD_AUTO, y, NULL, NULL));
  g_assert_cmpint (fake_calls.close, ==, 0);
  run (trainer, 20, record, bytes);
  atomic_store (&fake_faults.evaluate, 1);
  run (trainer, 20, record, bytes);
  assert_same_bytes (whole, bytes);
  /* The second failure is of a device that was given up already. */
  g_assert_cmpint (sentences->len, ==, 1);
  g_assert_cmpint (fake_calls.close, ==, 1);
}

static void
test_move (void)
{
  g_autoptr (EwProblem) problem = noisy_problem (9, 40, 40, 3, 3, TRUE);
  double limit;
  g_autoptr (GByteArray) whole = undisturbed (problem, 0.05, 60, &limit);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  fake_reset ();

  g_autoptr (EwDevices) devices = fake_devices (fake_backend ());
  g_autoptr (EwTrainer) trainer = new_trainer (devices, problem, EW_LOSS_MEAN, 0.05);

  run (trainer, 20, record, bytes);
  g_assert_true (ew_devices_choose (devices, "cpu", &error));
  g_assert_true (ew_trainer_move (trainer, NULL, &error));
  g_assert_cmpstr (ew_trainer_device (trainer)->backend->id, ==, "cpu");
  g_assert_cmpint (fake_calls.unload, ==, 1);
  run (trainer, 20, record, bytes);
  g_assert_true (ew_devices_choose (devices, "fake", &error));
  g_assert_true (ew_trainer_move (trainer, NULL, &error));
  g_assert_cmpstr (ew_trainer_device (trainer)->backend->id, ==, "fake");
  run (trainer, 20, record, bytes);
  assert_same_bytes (whole, bytes);

  /* Where the new device cannot take the problem the CPU does, weights and epoch as they were. */
  g_assert_true (ew_devices_choose (devices, "cpu", &error));
  g_assert_true (ew_trainer_move (trainer, NULL, &error));
  g_assert_true (ew_devices_choose (devices, "fake", &error));
  atomic_store (&fake_faults.load, 1);
  g_assert_true (ew_trainer_move (trainer, NULL, &error));
  g_assert_cmpstr (ew_trainer_device (trainer)->backend->id, ==, "cpu");
  g_assert_cmpuint (ew_trainer_epoch (trainer), ==, 60);
}

/* --- descent on the device */

static void
check_descent (EwProblem *problem, double rate, int epochs, int portion)
{
  g_autoptr (GByteArray) one_by_one = g_byte_array_new ();
  g_autoptr (GByteArray) together = g_byte_array_new ();

  fake_reset ();

  g_autoptr (EwDevices) plain = fake_devices (fake_backend ());
  g_autoptr (EwDevices) descending = fake_devices (fake_descending_backend ());
  g_autoptr (EwTrainer) a = new_trainer (plain, problem, EW_LOSS_MEAN, rate);
  g_autoptr (EwTrainer) b = new_trainer (descending, problem, EW_LOSS_MEAN, rate);

  run (a, epochs, record, one_by_one);
  for (int left = epochs; left > 0; left -= portion)
    run (b, MIN (portion, left), record, together);
  assert_same_bytes (one_by_one, together);
  g_assert_cmpint (ew_trainer_state (a), ==, ew_trainer_state (b));
  g_assert_cmpuint (ew_trainer_epoch (a), ==, ew_trainer_epoch (b));
  g_assert_cmpmem (ew_trainer_params (a), problem->n_params * sizeof (double), ew_trainer_params (b),
                   problem->n_params * sizeof (double));
  /* After a divergence: the loss that showed it. */
  g_assert_true (memcmp ((double[]){ ew_trainer_loss (a) }, (double[]){ ew_trainer_loss (b) }, sizeof (double)) == 0);
  g_assert_cmpint (fake_calls.descend, >, 0);
}

static void
test_descent (void)
{
  g_autoptr (EwProblem) noisy = noisy_problem (14, 24, 24, 3, 3, TRUE);
  g_autoptr (EwProblem) golden = golden_problem ();

  /* More epochs than one call takes. */
  check_descent (noisy, 0.05, 3000, 3000);
  check_descent (noisy, 0.05, 500, 7);
  /* Converging, and diverging, in the middle of a batch. */
  check_descent (golden, 42 * 3e-2, 5000, 5000);
  check_descent (golden, 42 * 3e-2, 5000, 64);
  check_descent (golden, 42 * 4e-2, 5000, 5000);
  check_descent (golden, 42 * 4e-2, 5000, 10);
  check_descent (golden, 42 * 10, 50, 50);
}

void
add_trainer_devices_cases (void)
{
  g_test_add_func ("/trainer/descent", test_descent);
  g_test_add_func ("/devices/choose", test_choose);
  g_test_add_func ("/devices/fall-back", test_fall_back);
  g_test_add_func ("/devices/fall-back-in-mid-run", test_fall_back_in_mid_run);
  g_test_add_func ("/devices/fall-back-in-mid-descent", test_fall_back_in_mid_descent);
  g_test_add_func ("/devices/rests-after-five", test_rests_after_five);
  g_test_add_func ("/devices/no-device-left", test_no_device_left);
  g_test_add_func ("/devices/correlate-falls-back", test_correlate_falls_back);
  g_test_add_func ("/devices/correlate-methods", test_correlate_methods);
  g_test_add_func ("/devices/shared-device-fails", test_shared_device_fails);
  g_test_add_func ("/devices/move", test_move);
}
