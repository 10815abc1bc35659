/* Devices, problems and runs for the tests of the trainer. */
#include "tests/trainer-fixtures.h"

/* --- devices and problems */

EwDevices *
cpu_devices (void)
{
  const EwBackend *backends[] = { ew_cpu_backend () };

  return ew_devices_new (backends, 1, 2);
}

EwDevices *
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

GPtrArray *
sentences_of (EwDevices *devices)
{
  GPtrArray *sentences = g_ptr_array_new_with_free_func (g_free);

  ew_devices_set_notify (devices, collect_sentence, sentences);
  return sentences;
}

const char *
sentence (GPtrArray *sentences, guint i)
{
  return i < sentences->len ? g_ptr_array_index (sentences, i) : "";
}

EwProblem *
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

EwTrainer *
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

void
record (guint64 epoch, double loss, const double *params, gpointer data)
{
  GByteArray *bytes = data;

  g_byte_array_append (bytes, (const guint8 *)&epoch, sizeof epoch);
  g_byte_array_append (bytes, (const guint8 *)&loss, sizeof loss);
  /* Enough to tell weights apart; the test that needs all of them looks at the trainer. */
  g_byte_array_append (bytes, (const guint8 *)params, 2 * sizeof (double));
}

void
assert_same_bytes (const GByteArray *a, const GByteArray *b)
{
  g_assert_cmpmem (a->data, a->len, b->data, b->len);
}

void
run (EwTrainer *trainer, int epochs, EwEpochFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ew_trainer_run (trainer, epochs, func, data, NULL, &error));
  g_assert_no_error (error);
}

/* --- devices that fail */

GByteArray *
undisturbed (EwProblem *problem, double rate, int epochs, double *limit)
{
  g_autoptr (EwDevices) devices = cpu_devices ();
  g_autoptr (EwTrainer) trainer = new_trainer (devices, problem, EW_LOSS_MEAN, rate);
  GByteArray *bytes = g_byte_array_new ();

  g_assert_true (ew_trainer_rate_limit (trainer, limit, NULL, NULL));
  run (trainer, epochs, record, bytes);
  return bytes;
}
