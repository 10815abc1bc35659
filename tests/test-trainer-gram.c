/* The trainer on the Gram matrix: the same epochs as through the data in float64, losses down to nothing, and when it
 * goes over to it. */
#include "engine/reference.h"
#include "engine/trainer.h"
#include "tests/engine-fixtures.h"
#include "tests/fake-backend.h"

#include <math.h>
#include <string.h>

#define EPOCHS 100

typedef struct
{
  int n;
  double *params; /* of each epoch, after it */
  double *losses;
} Record;

static void
record (guint64 epoch, double loss, const double *params, gpointer data)
{
  Record *r = data;

  g_assert_cmpuint (epoch, <=, EPOCHS);
  memcpy (r->params + (epoch - 1) * (guint64)r->n, params, (size_t)r->n * sizeof (double));
  r->losses[epoch - 1] = loss;
}

static EwDevices *
cpu_devices (int threads)
{
  const EwBackend *backends[] = { ew_cpu_backend () };

  return ew_devices_new (backends, 1, threads);
}

/* What is in a picture: values in [0, 1) like an image's; the same but hardly any contrast; a slope on which a tap is
 * nearly the sum of its neighbours, so that G is singular but for float32's rounding; few whole numbers. */
typedef enum
{
  NOISE,
  FAINT,
  SLOPE,
  WHOLE,
} Picture;

static EwGrid *
draw (EwRandom *random, Picture picture, int height, int width)
{
  EwGrid *x = picture == WHOLE ? random_whole_grid (random, height, width, 9)
                               : random_grid (random, height, width, picture == FAINT ? 0.99 : 0, 1);

  for (int i = 0; picture == SLOPE && i < height; i++)
    for (int j = 0; j < width; j++)
      ew_grid_row (x, i)[j] = (float)(0.1 + 0.01 * i + 0.003 * j + 1e-5 * i * j);
  return x;
}

/* A teacher's work, with noise or without; on whole numbers with a teacher of whole numbers it is exact. */
static EwProblem *
problem_of_teacher_on (guint64 seed, const EwGeometry *g, int height, int width, gboolean has_bias, double noise,
                       Picture picture)
{
  EwRandom random = seed;
  EwSample sample = { draw (&random, picture, height, width), NULL };
  g_autoptr (EwKernel) teacher = picture == WHOLE
                                     ? random_whole_kernel (&random, g->kernel_height, g->kernel_width, 3)
                                     : random_kernel (&random, g->kernel_height, g->kernel_width, -1, 1);
  g_autofree double *output = NULL;
  int out_height, out_width;

  if (!has_bias)
    teacher->bias = 0;
  g_assert_true (ew_geometry_output_size (g, height, width, &out_height, &out_width, NULL));
  output = g_new (double, (size_t)out_height *(size_t)out_width);
  g_assert_true (ew_reference_correlate (sample.x, teacher, g, output, NULL));
  sample.y = ew_grid_new (out_height, out_width, NULL);
  for (int i = 0; i < out_height; i++)
    for (int j = 0; j < out_width; j++)
      ew_grid_row (sample.y, i)[j]
          = (float)output[(size_t)i * out_width + j] + (float)(noise * ew_random_uniform (&random));

  EwProblem *problem = ew_problem_new (&sample, 1, g, has_bias, NULL);

  ew_grid_unref (sample.x);
  ew_grid_unref (sample.y);
  return problem;
}

static EwProblem *
problem_of_teacher (guint64 seed, int height, int width, int kh, int kw, gboolean has_bias, double noise)
{
  EwGeometry g;

  ew_geometry_init_valid (&g, kh, kw);
  return problem_of_teacher_on (seed, &g, height, width, has_bias, noise, NOISE);
}

static EwTrainer *
new_trainer (EwDevices *devices, EwProblem *problem, EwTrainerMethod method)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EwKernel) start = ew_kernel_new_initial (problem->geometry.kernel_height, problem->geometry.kernel_width,
                                                      EW_INIT_UNIFORM, 5, NULL);
  EwTrainer *trainer = ew_trainer_new (devices, problem, start, EW_LOSS_SUM, 0, NULL, &error);
  double limit;

  g_assert_no_error (error);
  ew_trainer_set_method (trainer, method);
  g_assert_true (ew_trainer_rate_limit (trainer, &limit, NULL, &error));
  g_assert_no_error (error);
  ew_trainer_set_rate (trainer, 0.9 * limit);
  return trainer;
}

/* Plain loops in float64, from the same weights at the same rate. */
static void
descend_by_reference (EwProblem *problem, const EwTrainer *trainer, double *params, double *losses)
{
  g_autofree double *gradient = g_new (double, problem->n_params);
  g_autofree double *w = g_memdup2 (ew_trainer_params (trainer), (size_t)problem->n_params * sizeof (double));

  for (int e = 0; e < EPOCHS; e++)
    {
      ew_reference_evaluate (problem, w, &losses[e], gradient);
      for (int k = 0; k < problem->n_params; k++)
        w[k] -= ew_trainer_rate (trainer) * gradient[k];
      memcpy (params + (size_t)e * problem->n_params, w, (size_t)problem->n_params * sizeof (double));
    }
}

/* Below the stable rate errors do not grow, so that after any epoch the weights are within the rounding of G and h,
 * which 1e-12 of the largest leaves room for. The loss may be wrong by what rounding the weights' own way to it brings.
 */
static void
check_epochs (EwProblem *problem)
{
  g_autoptr (EwDevices) devices = cpu_devices (2);
  g_autoptr (EwTrainer) trainer = new_trainer (devices, problem, EW_TRAINER_GRAM);
  int n = problem->n_params;
  g_autofree double *params = g_new (double, (size_t)EPOCHS *n);
  g_autofree double *expected = g_new (double, (size_t)EPOCHS *n);
  g_autofree double *losses = g_new (double, EPOCHS);
  g_autofree double *expected_losses = g_new (double, EPOCHS);
  Record r = { n, params, losses };
  g_autoptr (GError) error = NULL;
  double k = 10.0 * n;

  descend_by_reference (problem, trainer, expected, expected_losses);
  g_assert_true (ew_trainer_run (trainer, EPOCHS, record, &r, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (ew_trainer_method (trainer), ==, EW_TRAINER_GRAM);
  for (int e = 0; e < EPOCHS; e++)
    {
      double largest = 0;
      double loss = expected_losses[e];
      double c = problem->y_squared;
      double bound = 1e-9 * loss + k * UNIT_64 * sqrt (loss * c) + k * UNIT_64 * k * UNIT_64 * c;

      for (int p = 0; p < n; p++)
        largest = fmax (largest, fabs (expected[e * n + p]));
      for (int p = 0; p < n; p++)
        g_assert_cmpfloat (fabs (params[e * n + p] - expected[e * n + p]), <=, 1e-12 * largest);
      g_assert_cmpfloat (fabs (losses[e] - loss), <=, bound);
    }
}

static void
test_same_epochs (void)
{
  static const struct
  {
    EwGeometry g;
    int height, width;
    gboolean has_bias;
    double noise;
    Picture picture;
  } cases[] = {
    { { 3, 3, .stride = 1, .dilation = 1 }, 40, 60, FALSE, 0.1 },
    { { 1, 2, .stride = 1, .dilation = 1 }, 40, 61, TRUE, 0 },
    { { 5, 2, .stride = 1, .dilation = 1 }, 33, 70, TRUE, 0.01 },
    { { 7, 7, .stride = 1, .dilation = 1 }, 64, 48, FALSE, 0 },
    { { 2, 15, .stride = 1, .dilation = 1 }, 90, 31, TRUE, 0 },
    /* Hardly larger than the kernel, in one direction or both: all is edge, and G singular. */
    { { 11, 9, .stride = 1, .dilation = 1 }, 12, 13, FALSE, 1 },
    { { 5, 5, .stride = 1, .dilation = 1 }, 6, 6, TRUE, 0.1 },
    { { 3, 9, .stride = 1, .dilation = 1 }, 200, 9, FALSE, 0.1 },
    { { 9, 3, .stride = 1, .dilation = 1 }, 10, 300, FALSE, 0 },
    { { 4, 4, .stride = 1, .dilation = 1 }, 4, 4, FALSE, 0.5 },
    /* Every geometry. */
    { { 3, 3, 1, 1, 1, 1, EW_BORDER_ZERO, 1, 1 }, 40, 50, TRUE, 0.1 },
    { { 5, 4, 2, 1, 2, 2, EW_BORDER_REPLICATE, 1, 1 }, 30, 33, FALSE, 0 },
    { { 5, 3, 4, 2, 4, 2, EW_BORDER_REFLECT, 1, 1 }, 31, 40, TRUE, 0.1 },
    { { 3, 5, 9, 9, 9, 9, EW_BORDER_WRAP, 1, 1 }, 9, 9, FALSE, 0 },
    { { 5, 5, .stride = 2, .dilation = 1 }, 60, 61, TRUE, 0.1 },
    { { 3, 3, .stride = 1, .dilation = 3 }, 40, 41, FALSE, 0.1 },
    { { 4, 3, 3, 3, 2, 4, EW_BORDER_REFLECT, 3, 2 }, 50, 47, TRUE, 0 },
    { { 2, 2, .stride = 5, .dilation = 1 }, 60, 61, TRUE, 0.1 },
    /* Near-singular, and a loss of exactly 0 to come. */
    { { 5, 5, .stride = 1, .dilation = 1 }, 50, 50, FALSE, 0, FAINT },
    { { 5, 5, .stride = 1, .dilation = 1 }, 50, 50, TRUE, 0.1, FAINT },
    { { 3, 3, .stride = 1, .dilation = 1 }, 40, 50, FALSE, 0, SLOPE },
    { { 3, 4, .stride = 1, .dilation = 1 }, 40, 50, TRUE, 0.1, SLOPE },
    { { 3, 3, .stride = 1, .dilation = 1 }, 40, 50, FALSE, 0, WHOLE },
    { { 4, 2, 1, 1, 1, 1, EW_BORDER_ZERO, 2, 1 }, 40, 50, TRUE, 0, WHOLE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (EwProblem) problem
          = problem_of_teacher_on (i + 1, &cases[i].g, cases[i].height, cases[i].width, cases[i].has_bias,
                                   cases[i].noise, cases[i].picture);

      g_test_message ("case %u", i);
      check_epochs (problem);
    }
}

/* A third of the residuals left out, others counted several times. */
static void
test_masked_epochs (void)
{
  static const EwGeometry geometries[] = {
    { 3, 4, .stride = 1, .dilation = 1 },
    { 3, 3, 1, 1, 1, 1, EW_BORDER_REFLECT, 2, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (geometries); i++)
    {
      g_autoptr (EwProblem) whole = problem_of_teacher_on (40 + i, &geometries[i], 90, 80, i == 0, 0.1, NOISE);
      g_autoptr (EwGrid) mask = ew_grid_new (whole->samples[0].y->height, whole->samples[0].y->width, NULL);
      EwSample sample = { whole->samples[0].x, whole->samples[0].y, mask };

      for (int k = 0; k < mask->height; k++)
        for (int l = 0; l < mask->width; l++)
          ew_grid_row (mask, k)[l] = l < 60 ? k > 3 : (float)((k + l) % 3);

      g_autoptr (EwProblem) problem = ew_problem_new (&sample, 1, &geometries[i], i == 0, NULL);

      check_epochs (problem);
    }
}

/* A device that knows no masks does not get one: by itself the CPU takes it, chosen by name it says so. */
static void
test_mask_elsewhere (void)
{
  const EwBackend *backends[] = { ew_cpu_backend (), fake_backend () };
  g_autoptr (EwDevices) devices = ew_devices_new (backends, 2, 1);
  g_autoptr (EwKernel) start = ew_kernel_new_initial (8, 8, EW_INIT_UNIFORM, 5, NULL);
  EwRandom random = 8;
  g_autoptr (EwGrid) x = random_grid (&random, 300, 300, 0, 1);
  g_autoptr (EwGrid) y = random_grid (&random, 293, 293, 0, 1);
  g_autoptr (EwGrid) mask = random_grid (&random, 293, 293, 0, 1);
  EwSample sample = { x, y };
  g_autoptr (GError) error = NULL;
  EwGeometry g;

  ew_geometry_init_valid (&g, 8, 8);

  g_autoptr (EwProblem) plain = ew_problem_new (&sample, 1, &g, FALSE, NULL);

  sample.mask = mask;

  g_autoptr (EwProblem) masked = ew_problem_new (&sample, 1, &g, FALSE, NULL);

  fake_reset ();
  g_assert_cmpfloat (ew_problem_work (masked), >, EW_DEVICES_GPU_WORK);
  g_assert_cmpstr (ew_devices_pick_for (devices, plain, NULL)->backend->id, ==, "fake");
  g_assert_cmpstr (ew_devices_pick_for (devices, masked, NULL)->backend->id, ==, "cpu");
  g_assert_true (ew_devices_choose (devices, "fake", NULL));
  g_assert_null (ew_trainer_new (devices, masked, start, EW_LOSS_SUM, 0.01, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "mask"));
}

/* The loss at the end of a long way, where the Gram matrix alone has none of its digits left: within the bound of the
 * data's own, down to what float32 made of the targets, or to nothing at all. */
static void
test_last_loss (void)
{
  static const struct
  {
    EwGeometry g;
    double noise;
    Picture picture;
  } cases[] = {
    { { 3, 3, .stride = 1, .dilation = 1 }, 0, NOISE },
    { { 3, 3, .stride = 1, .dilation = 1 }, 0, WHOLE },
    { { 3, 3, .stride = 1, .dilation = 1 }, 1e-6, NOISE },
    { { 4, 3, 3, 3, 2, 4, EW_BORDER_REFLECT, 1, 1 }, 0, NOISE },
    { { 3, 3, 1, 1, 1, 1, EW_BORDER_REPLICATE, 2, 1 }, 0, NOISE },
    { { 3, 2, .stride = 1, .dilation = 2 }, 0, WHOLE },
  };
  g_autoptr (EwDevices) devices = cpu_devices (2);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (EwProblem) problem
          = problem_of_teacher_on (i + 20, &cases[i].g, 60, 70, i % 2, cases[i].noise, cases[i].picture);
      g_autoptr (EwTrainer) trainer = new_trainer (devices, problem, EW_TRAINER_GRAM);
      g_autofree double *params = NULL;
      double c = problem->y_squared;
      double k = 10.0 * problem->n_params * UNIT_64;
      double loss;

      g_assert_true (ew_trainer_run (trainer, 100000, NULL, NULL, NULL, NULL));
      params = g_memdup2 (ew_trainer_params (trainer), (size_t)problem->n_params * sizeof (double));
      /* The loss that is told is that of the weights before the last epoch, which by now changes hardly a digit. */
      ew_reference_evaluate (problem, params, &loss, NULL);
      g_test_message ("case %u: loss %g of %g, off by %g", i, loss, c, ew_trainer_loss (trainer) - loss);
      g_assert_cmpfloat (loss, <, 1e-9 * c);
      g_assert_cmpfloat (fabs (ew_trainer_loss (trainer) - loss), <=, 1e-9 * loss + k * sqrt (loss * c) + k * k * c);
    }
}

/* By itself it goes over after three epochs, at once for the rate's limit and where the data are small, and never where
 * those are small but the weights many. */
static void
test_when (void)
{
  g_autoptr (EwDevices) devices = cpu_devices (2);
  g_autoptr (EwProblem) large = problem_of_teacher (3, 120, 130, 3, 3, FALSE, 0.1);
  g_autoptr (EwProblem) small = golden_problem ();
  g_autoptr (EwProblem) many_weights = problem_of_teacher (4, 40, 40, 6, 6, FALSE, 0.1);
  g_autoptr (EwKernel) small_start = ew_kernel_new_initial (1, 2, EW_INIT_UNIFORM, 5, NULL);
  g_autoptr (EwKernel) start = ew_kernel_new_initial (3, 3, EW_INIT_UNIFORM, 5, NULL);
  g_autoptr (EwTrainer) trainer = ew_trainer_new (devices, large, start, EW_LOSS_MEAN, 0.01, NULL, NULL);
  g_autoptr (EwTrainer) other = NULL;

  for (int e = 0; e < 3; e++)
    {
      g_assert_true (ew_trainer_run (trainer, 1, NULL, NULL, NULL, NULL));
      g_assert_cmpint (ew_trainer_method (trainer), ==, EW_TRAINER_DIRECT);
    }
  g_assert_true (ew_trainer_run (trainer, 1, NULL, NULL, NULL, NULL));
  g_assert_cmpint (ew_trainer_method (trainer), ==, EW_TRAINER_GRAM);
  g_assert_cmpuint (ew_trainer_epoch (trainer), ==, 4);
  ew_trainer_set_method (trainer, EW_TRAINER_DIRECT);
  g_assert_true (ew_trainer_run (trainer, 5, NULL, NULL, NULL, NULL));
  g_assert_cmpint (ew_trainer_method (trainer), ==, EW_TRAINER_DIRECT);

  other = new_trainer (devices, large, EW_TRAINER_AUTO);
  g_assert_cmpint (ew_trainer_method (other), ==, EW_TRAINER_GRAM);
  g_clear_pointer (&other, ew_trainer_free);
  other = ew_trainer_new (devices, small, small_start, EW_LOSS_SUM, 0.03, NULL, NULL);
  g_assert_true (ew_trainer_run (other, 1, NULL, NULL, NULL, NULL));
  g_assert_cmpint (ew_trainer_method (other), ==, EW_TRAINER_GRAM);
  g_assert_cmpuint (ew_trainer_epoch (other), ==, 1);
  g_clear_pointer (&other, ew_trainer_free);
  other = new_trainer (devices, many_weights, EW_TRAINER_AUTO);
  g_assert_true (ew_trainer_run (other, 50, NULL, NULL, NULL, NULL));
  g_assert_cmpint (ew_trainer_method (other), ==, EW_TRAINER_DIRECT);
}

/* Padding, stride and dilation keep nobody from it. */
static void
test_any_geometry (void)
{
  static const EwGeometry geometries[] = {
    { 3, 3, 1, 1, 1, 1, EW_BORDER_ZERO, 1, 1 },
    { 3, 3, 1, 1, 1, 1, EW_BORDER_REFLECT, 2, 1 },
    { 3, 3, 0, 0, 0, 0, EW_BORDER_ZERO, 1, 2 },
  };
  g_autoptr (EwDevices) devices = cpu_devices (2);
  g_autoptr (EwKernel) start = ew_kernel_new_initial (3, 3, EW_INIT_UNIFORM, 5, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (geometries); i++)
    {
      g_autoptr (EwProblem) problem = problem_of_teacher_on (30 + i, &geometries[i], 240, 250, FALSE, 0.1, NOISE);
      g_autoptr (EwTrainer) trainer = ew_trainer_new (devices, problem, start, EW_LOSS_MEAN, 0.01, NULL, NULL);

      g_assert_true (ew_trainer_run (trainer, 3, NULL, NULL, NULL, NULL));
      g_assert_cmpint (ew_trainer_method (trainer), ==, EW_TRAINER_DIRECT);
      g_assert_true (ew_trainer_run (trainer, 1, NULL, NULL, NULL, NULL));
      g_assert_cmpint (ew_trainer_method (trainer), ==, EW_TRAINER_GRAM);
    }
}

/* A device without Gram sums goes on through the data; when it fails, the CPU that follows it does not have to. */
static void
test_after_a_fall_back (void)
{
  const EwBackend *backends[] = { ew_cpu_backend (), fake_backend () };
  g_autoptr (EwDevices) devices = ew_devices_new (backends, 2, 1);
  g_autoptr (EwProblem) problem = problem_of_teacher (6, 100, 100, 3, 3, FALSE, 0.1);
  g_autoptr (EwKernel) start = ew_kernel_new_initial (3, 3, EW_INIT_UNIFORM, 5, NULL);
  g_autoptr (EwTrainer) trainer = NULL;

  fake_reset ();
  g_assert_true (ew_devices_choose (devices, "fake", NULL));
  trainer = ew_trainer_new (devices, problem, start, EW_LOSS_MEAN, 0.01, NULL, NULL);
  /* It is asked for its Gram sums in vain, many times. */
  g_assert_true (ew_trainer_run (trainer, 10, NULL, NULL, NULL, NULL));
  g_assert_cmpint (ew_trainer_method (trainer), ==, EW_TRAINER_DIRECT);
  atomic_store (&fake_faults.evaluate, 1);
  g_assert_true (ew_trainer_run (trainer, 10, NULL, NULL, NULL, NULL));
  g_assert_cmpstr (ew_trainer_device (trainer)->backend->id, ==, "cpu");
  g_assert_cmpint (ew_trainer_method (trainer), ==, EW_TRAINER_GRAM);
  g_assert_cmpuint (ew_trainer_epoch (trainer), ==, 20);
  fake_reset ();
}

/* However it is cut into calls, and on however many threads: the same bits. */
static void
test_deterministic (void)
{
  g_autoptr (EwProblem) problem = problem_of_teacher (9, 100, 90, 5, 5, TRUE, 0.1);
  g_autofree double *first = NULL;

  for (int threads = 1; threads <= 4; threads++)
    {
      g_autoptr (EwDevices) devices = cpu_devices (threads);
      g_autoptr (EwTrainer) trainer = new_trainer (devices, problem, EW_TRAINER_AUTO);

      for (int left = 5000; left > 0;)
        {
          int some = MIN (left, threads == 1 ? 5000 : 7 * threads * threads + 1);

          g_assert_true (ew_trainer_run (trainer, some, NULL, NULL, NULL, NULL));
          left -= some;
        }
      if (first == NULL)
        first = g_memdup2 (ew_trainer_params (trainer), (size_t)problem->n_params * sizeof (double));
      g_assert_cmpmem (ew_trainer_params (trainer), (size_t)problem->n_params * sizeof (double), first,
                       (size_t)problem->n_params * sizeof (double));
    }
}

/* Above the limit it diverges as it does through the data, and the last good weights stay. */
static void
test_diverged (void)
{
  g_autoptr (EwDevices) devices = cpu_devices (2);
  g_autoptr (EwProblem) problem = problem_of_teacher (4, 100, 100, 3, 3, FALSE, 0.1);
  g_autoptr (EwTrainer) trainer = new_trainer (devices, problem, EW_TRAINER_AUTO);
  double loss;

  ew_trainer_set_rate (trainer, ew_trainer_rate (trainer) * 1.5);
  g_assert_true (ew_trainer_run (trainer, 1000000, NULL, NULL, NULL, NULL));
  g_assert_cmpint (ew_trainer_state (trainer), ==, EW_TRAINER_DIVERGED);
  ew_reference_evaluate (problem, ew_trainer_params (trainer), &loss, NULL);
  g_assert_true (isfinite (loss));
}

/* Asked for on a device that cannot do it, it says so; by itself it goes on through the data there. */
static void
test_without (void)
{
  const EwBackend *backends[] = { ew_cpu_backend (), fake_backend () };
  g_autoptr (EwDevices) devices = ew_devices_new (backends, 2, 1);
  g_autoptr (EwProblem) problem = problem_of_teacher (6, 100, 100, 3, 3, FALSE, 0.1);
  g_autoptr (EwKernel) start = ew_kernel_new_initial (3, 3, EW_INIT_UNIFORM, 5, NULL);
  g_autoptr (EwTrainer) trainer = NULL;
  g_autoptr (GError) error = NULL;

  fake_reset ();
  g_assert_true (ew_devices_choose (devices, "fake", NULL));
  trainer = ew_trainer_new (devices, problem, start, EW_LOSS_MEAN, 0.01, NULL, NULL);
  g_assert_true (ew_trainer_run (trainer, 10, NULL, NULL, NULL, NULL));
  g_assert_cmpint (ew_trainer_method (trainer), ==, EW_TRAINER_DIRECT);
  ew_trainer_set_method (trainer, EW_TRAINER_GRAM);
  g_assert_false (ew_trainer_run (trainer, 10, NULL, NULL, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_UNSUPPORTED);
  g_assert_cmpuint (ew_trainer_epoch (trainer), ==, 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/trainer-gram/same-epochs", test_same_epochs);
  g_test_add_func ("/trainer-gram/masked-epochs", test_masked_epochs);
  g_test_add_func ("/trainer-gram/mask-elsewhere", test_mask_elsewhere);
  g_test_add_func ("/trainer-gram/last-loss", test_last_loss);
  g_test_add_func ("/trainer-gram/when", test_when);
  g_test_add_func ("/trainer-gram/any-geometry", test_any_geometry);
  g_test_add_func ("/trainer-gram/after-a-fall-back", test_after_a_fall_back);
  g_test_add_func ("/trainer-gram/deterministic", test_deterministic);
  g_test_add_func ("/trainer-gram/diverged", test_diverged);
  g_test_add_func ("/trainer-gram/without", test_without);
  return g_test_run ();
}
