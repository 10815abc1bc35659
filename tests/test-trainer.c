/* The trainer: the golden case, its states, the rate limit, and what it does when a device fails. */
#include "engine/reference.h"
#include "engine/trainer.h"
#include "tests/engine-fixtures.h"
#include "tests/fake-backend.h"

#include <math.h>
#include <string.h>

/* --- devices and problems */

static EwDevices *
cpu_devices (void)
{
  const EwBackend *backends[] = { ew_cpu_backend () };

  return ew_devices_new (backends, 1, 2);
}

/* The CPU and a fake, which is asked for by name. */
static EwDevices *
fake_devices (const EwBackend *fake)
{
  const EwBackend *backends[] = { ew_cpu_backend (), fake };
  EwDevices *devices = ew_devices_new (backends, 2, 1);
  g_autoptr (GError) error = NULL;

  ew_devices_choose (devices, "fake", &error);
  g_assert_no_error (error);
  return devices;
}

static void
collect_sentence (const char *sentence, gpointer data)
{
  g_ptr_array_add (data, g_strdup (sentence));
}

static GPtrArray *
sentences_of (EwDevices *devices)
{
  GPtrArray *sentences = g_ptr_array_new_with_free_func (g_free);

  ew_devices_set_notify (devices, collect_sentence, sentences);
  return sentences;
}

static const char *
sentence (GPtrArray *sentences, guint i)
{
  return i < sentences->len ? g_ptr_array_index (sentences, i) : "";
}

/* A teacher's kernel and noise around it: something that descent gets close to and never reaches. */
static EwProblem *
noisy_problem (guint64 seed, int height, int width, int kh, int kw, gboolean has_bias)
{
  EwRandom random = seed;
  EwGrid *x = random_grid (&random, height, width, 0, 1);
  g_autoptr (EwKernel) teacher = random_kernel (&random, kh, kw, -1, 1);
  EwGrid *y = reference_output (x, teacher);

  for (int i = 0; i < y->height; i++)
    for (int j = 0; j < y->width; j++)
      ew_grid_row (y, i)[j] += (float)(0.1 * ew_random_uniform (&random));
  return problem_of_pair (x, y, kh, kw, has_bias);
}

/* Epochs through the data, which are what devices fail in; tests/test-trainer-gram.c is about the other way. */
static EwTrainer *
new_trainer (EwDevices *devices, EwProblem *problem, EwLoss loss, double rate)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EwKernel) start = ew_kernel_new_initial (problem->geometry.kernel_height, problem->geometry.kernel_width,
                                                      EW_INIT_UNIFORM, 5, NULL);
  EwTrainer *trainer = ew_trainer_new (devices, problem, start, loss, rate, NULL, &error);

  g_assert_no_error (error);
  ew_trainer_set_method (trainer, EW_TRAINER_DIRECT);
  return trainer;
}

/* What a run has reported: epochs, losses and weights, as bytes. */
static void
record (guint64 epoch, double loss, const double *params, gpointer data)
{
  GByteArray *bytes = data;

  g_byte_array_append (bytes, (const guint8 *)&epoch, sizeof epoch);
  g_byte_array_append (bytes, (const guint8 *)&loss, sizeof loss);
  /* Enough to tell weights apart; the test that needs all of them looks at the trainer. */
  g_byte_array_append (bytes, (const guint8 *)params, 2 * sizeof (double));
}

static void
assert_same_bytes (const GByteArray *a, const GByteArray *b)
{
  g_assert_cmpmem (a->data, a->len, b->data, b->len);
}

static void
run (EwTrainer *trainer, int epochs, EwEpochFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ew_trainer_run (trainer, epochs, func, data, NULL, &error));
  g_assert_no_error (error);
}

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

/* --- the rate limit */

/* λmax of the Gram matrix Σ φφᵀ, by Jacobi rotations in float64. */
static double
largest_eigenvalue (const EwProblem *problem)
{
  int n = problem->n_params;
  const EwGeometry *g = &problem->geometry;
  int n_taps = g->kernel_height * g->kernel_width;
  g_autofree double *m = g_new0 (double, n *n);
  g_autofree double *phi = g_new (double, n);
  double largest = 0;

  for (int s = 0; s < problem->n_samples; s++)
    for (int i = 0; i < problem->samples[s].y->height; i++)
      for (int j = 0; j < problem->samples[s].y->width; j++)
        {
          phi[n - 1] = 1;
          for (int k = 0; k < n_taps; k++)
            phi[k] = (double)ew_grid_row (problem->samples[s].x, i + k / g->kernel_width)[j + k % g->kernel_width];
          for (int p = 0; p < n; p++)
            for (int q = 0; q < n; q++)
              m[p * n + q] += phi[p] * phi[q];
        }
  for (int sweep = 0; sweep < 30; sweep++)
    for (int p = 0; p < n; p++)
      for (int q = p + 1; q < n; q++)
        {
          if (m[p * n + q] == 0)
            continue;

          double theta = (m[q * n + q] - m[p * n + p]) / (2 * m[p * n + q]);
          double t = (theta < 0 ? -1 : 1) / (fabs (theta) + sqrt (theta * theta + 1));
          double c = 1 / sqrt (t * t + 1);

          for (int k = 0; k < n; k++)
            {
              double a = m[k * n + p];
              double b = m[k * n + q];

              m[k * n + p] = c * a - c * t * b;
              m[k * n + q] = c * t * a + c * b;
            }
          for (int k = 0; k < n; k++)
            {
              double a = m[p * n + k];
              double b = m[q * n + k];

              m[p * n + k] = c * a - c * t * b;
              m[q * n + k] = c * t * a + c * b;
            }
        }
  for (int k = 0; k < n; k++)
    largest = fmax (largest, m[k * n + k]);
  return largest;
}

typedef enum
{
  IMAGE_NOISE,
  IMAGE_ZERO_MEAN,
  IMAGE_SMOOTH,
  IMAGE_DERIVATIVE,
  IMAGE_ALTERNATING,
  IMAGE_SPARSE,
  IMAGE_KINDS,
} ImageKind;

static float
image_value (EwRandom *random, ImageKind kind, int i, int j, double phase)
{
  double noise = ew_random_uniform (random);

  switch (kind)
    {
    case IMAGE_ZERO_MEAN:
      return (float)(2 * noise - 1);
    case IMAGE_SMOOTH:
      return (float)(0.5 + 0.3 * sin (0.2 * i + phase) + 0.2 * cos (0.31 * j) + 0.01 * noise);
    case IMAGE_DERIVATIVE:
      return (float)(0.06 * cos (0.2 * i + phase) - 0.06 * sin (0.31 * j) + 0.02 * (noise - 0.5));
    case IMAGE_ALTERNATING:
      return (float)((i + j) % 2 ? 1 + 0.1 * noise : -1 + 0.1 * noise);
    case IMAGE_SPARSE:
      return noise < 0.03 ? 1.0f : 0.0f;
    case IMAGE_NOISE:
    case IMAGE_KINDS:
    default:
      return (float)noise;
    }
}

static EwProblem *
image_problem (ImageKind kind, guint64 seed, int kh, int kw, gboolean has_bias, double target_scale)
{
  EwRandom random = seed;
  int height = random_int (&random, 20, 40);
  int width = random_int (&random, 20, 40);
  double phase = 6 * ew_random_uniform (&random);
  EwGrid *x = ew_grid_new (height, width, NULL);

  for (int i = 0; i < height; i++)
    for (int j = 0; j < width; j++)
      ew_grid_row (x, i)[j] = image_value (&random, kind, i, j, phase);

  g_autoptr (EwKernel) teacher = random_kernel (&random, kh, kw, -target_scale, target_scale);

  if (!has_bias)
    teacher->bias = 0;
  return problem_of_pair (x, reference_output (x, teacher), kh, kw, has_bias);
}

/* The header promises about 1e-5. */
#define LIMIT_ACCURACY 1e-5

static void
check_limit (EwProblem *problem, EwLoss loss, double accuracy, const char *what)
{
  g_autoptr (EwDevices) devices = cpu_devices ();
  g_autoptr (EwTrainer) trainer = new_trainer (devices, problem, loss, 1);
  double n = loss == EW_LOSS_MEAN ? (double)problem->n_residuals : 1;
  double expected = n / largest_eigenvalue (problem);
  double limit = 0;
  double again = 0;

  g_assert_true (ew_trainer_rate_limit (trainer, &limit, NULL, NULL));
  g_assert_true (ew_trainer_rate_limit (trainer, &again, NULL, NULL));
  g_assert_cmpfloat (limit, ==, again);
  g_assert_cmpfloat_with_epsilon (limit / expected, 1, accuracy);
  if (fabs (limit / expected - 1) > accuracy)
    g_test_message ("%s: %g instead of %g", what, limit, expected);
}

static void
test_limit (void)
{
  g_autoptr (EwProblem) golden = golden_problem ();

  /* 1/30, as DESIGN.md has it. */
  g_assert_cmpfloat_with_epsilon (largest_eigenvalue (golden), 30, 1e-12);
  check_limit (golden, EW_LOSS_SUM, LIMIT_ACCURACY, "golden");
  for (int kind = 0; kind < IMAGE_KINDS; kind++)
    for (guint64 seed = 1; seed <= 6; seed++)
      {
        g_autofree char *what = g_strdup_printf ("kind %d, seed %d", kind, (int)seed);
        int kh = 1 + (int)seed % 4;
        int kw = 1 + (int)(seed * 2 + kind) % 4;
        g_autoptr (EwProblem) problem = image_problem (kind, seed, kh, kw, seed & 1, 1);

        check_limit (problem, seed % 3 ? EW_LOSS_SUM : EW_LOSS_MEAN, LIMIT_ACCURACY, what);
      }
  /* More taps than the iteration takes steps. */
  for (int kind = 0; kind < IMAGE_KINDS; kind++)
    {
      g_autofree char *what = g_strdup_printf ("kind %d, 9×8", kind);
      g_autoptr (EwProblem) problem = image_problem (kind, 7, 9, 8, TRUE, 1);

      check_limit (problem, EW_LOSS_SUM, LIMIT_ACCURACY, what);
    }
}

/* Where two eigenvalues nearly coincide an iteration may rest at the smaller one for a while, or for good. Here they
 * belong to (1, 1) and (1, −1): one sum is a tenth, a hundredth, … larger than the other. */
static void
test_limit_of_close_eigenvalues (void)
{
  for (int digits = 1; digits <= 4; digits++)
    for (int sign = -1; sign <= 1; sign += 2)
      {
        /* x = 1, s, 0, 0 again and again: G = n (1 s/2; s/2 1), if the last column is left out. */
        g_autofree char *what = g_strdup_printf ("sign %d, %d digits", sign, digits);
        double s = sign * pow (0.1, digits);
        EwGrid *x = ew_grid_new (12, 41, NULL);

        for (int i = 0; i < 12; i++)
          for (int j = 0; j < 41; j++)
            ew_grid_row (x, i)[j] = j % 4 == 0 ? 1 : j % 4 == 1 ? (float)s : 0;

        g_autoptr (EwProblem) problem = problem_of_pair (x, ew_grid_new (12, 40, NULL), 1, 2, FALSE);

        check_limit (problem, EW_LOSS_SUM, LIMIT_ACCURACY, what);
      }
}

/* The limit depends on the input alone: a target that is much larger, or smaller, changes nothing but the rounding. The
 * gradient at 0, which is taken off, grows with the target, and with it what float32 has lost of it. */
static void
test_limit_of_scaled_targets (void)
{
  static const double scales[] = { 1e-6, 1e3, 65535 };

  for (guint s = 0; s < G_N_ELEMENTS (scales); s++)
    {
      g_autofree char *what = g_strdup_printf ("targets times %g", scales[s]);
      g_autoptr (EwProblem) problem = image_problem (IMAGE_DERIVATIVE, 3, 3, 3, TRUE, scales[s]);

      check_limit (problem, EW_LOSS_SUM, LIMIT_ACCURACY + 4 * scales[s] * UNIT_32, what);
    }
}

/* A plane of zeros has no limit, and nothing to learn either. */
static void
test_limit_of_nothing (void)
{
  g_autoptr (EwDevices) devices = cpu_devices ();
  g_autoptr (EwProblem) problem = problem_of_pair (ew_grid_new (8, 8, NULL), ew_grid_new (7, 7, NULL), 2, 2, FALSE);
  g_autoptr (EwTrainer) trainer = new_trainer (devices, problem, EW_LOSS_SUM, 1);
  double limit = 0;

  g_assert_true (ew_trainer_rate_limit (trainer, &limit, NULL, NULL));
  g_assert_true (isinf (limit));
  run (trainer, 10, NULL, NULL);
  g_assert_cmpint (ew_trainer_state (trainer), ==, EW_TRAINER_CONVERGED);
}

/* Just below the limit the loss shrinks to (nearly) its least; just above, training diverges. The error along the
 * largest eigenvector changes by 1 − 2·share an epoch: −0.98 and −1.04. */
static void
test_limit_is_the_limit (void)
{
  for (int kind = 0; kind < IMAGE_KINDS; kind++)
    for (int loss = EW_LOSS_SUM; loss <= EW_LOSS_MEAN; loss++)
      {
        g_autoptr (EwDevices) devices = cpu_devices ();
        g_autoptr (EwProblem) problem = image_problem (kind, 40 + kind, 3, 2, loss == EW_LOSS_MEAN, 1);
        g_autoptr (EwTrainer) trainer = new_trainer (devices, problem, loss, 1);
        double limit;
        double first;

        g_assert_true (ew_trainer_rate_limit (trainer, &limit, NULL, NULL));
        ew_trainer_set_rate (trainer, 0.99 * limit);
        run (trainer, 1, NULL, NULL);
        first = ew_trainer_loss (trainer);
        run (trainer, 1500, NULL, NULL);
        g_assert_cmpint (ew_trainer_state (trainer), !=, EW_TRAINER_DIVERGED);
        /* 0.98¹⁵⁰⁰ is 1e-13; what is left lies along small eigenvalues. */
        g_assert_cmpfloat (ew_trainer_loss (trainer), <, 0.01 * first);

        ew_trainer_reset (trainer);
        ew_trainer_set_rate (trainer, 1.02 * limit);
        /* 1.04²ⁿ passes 10¹² times what the start has along the largest eigenvector after some 350 epochs. */
        run (trainer, 1500, NULL, NULL);
        g_assert_cmpint (ew_trainer_state (trainer), ==, EW_TRAINER_DIVERGED);
      }
}

/* --- devices that fail */

/* A run without any failure, on the CPU. */
static GByteArray *
undisturbed (EwProblem *problem, double rate, int epochs, double *limit)
{
  g_autoptr (EwDevices) devices = cpu_devices ();
  g_autoptr (EwTrainer) trainer = new_trainer (devices, problem, EW_LOSS_MEAN, rate);
  GByteArray *bytes = g_byte_array_new ();

  g_assert_true (ew_trainer_rate_limit (trainer, limit, NULL, NULL));
  run (trainer, epochs, record, bytes);
  return bytes;
}

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
  g_test_add_func ("/trainer/descent", test_descent);
  g_test_add_func ("/rate-limit/eigenvalue", test_limit);
  g_test_add_func ("/rate-limit/close-eigenvalues", test_limit_of_close_eigenvalues);
  g_test_add_func ("/rate-limit/scaled-targets", test_limit_of_scaled_targets);
  g_test_add_func ("/rate-limit/nothing", test_limit_of_nothing);
  g_test_add_func ("/rate-limit/is-the-limit", test_limit_is_the_limit);
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
  return g_test_run ();
}
