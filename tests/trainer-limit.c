/* The rate limit, against eigenvalues by Jacobi rotations and against what training does beside it. */
#include "tests/trainer-fixtures.h"

#include <math.h>

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

void
add_trainer_limit_cases (void)
{
  g_test_add_func ("/rate-limit/eigenvalue", test_limit);
  g_test_add_func ("/rate-limit/close-eigenvalues", test_limit_of_close_eigenvalues);
  g_test_add_func ("/rate-limit/scaled-targets", test_limit_of_scaled_targets);
  g_test_add_func ("/rate-limit/nothing", test_limit_of_nothing);
  g_test_add_func ("/rate-limit/is-the-limit", test_limit_is_the_limit);
}
