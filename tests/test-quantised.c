/* A kernel from a target that was kept as JPEG, against targets quantised here, whose truth is known. */
#include "engine/fit.h"
#include "engine/lapack.h"
#include "engine/quantised.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <string.h>

static const double skew[9] = { 0.05, 0.1, 0.2, 0, 0.3, 0.05, 0.25, 0, 0.05 };

/* The standard's table for luminance, row by row. */
static const int table[EW_BLOCK_SIZE]
    = { 16, 11, 10, 16, 24, 40,  51,  61, 12, 12, 14, 19, 26,  58,  60,  55, 14, 13, 16, 24, 40,  57,  69,  56, 14, 17, 22, 29, 51,  87,  80,  62,
        18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81,  104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99 };

/* As encoders scale it for a quality from 50 on. */
static EwSteps
steps_of (int quality)
{
  EwSteps steps;

  for (int k = 0; k < EW_BLOCK_SIZE; k++)
    steps.steps[k] = CLAMP ((table[k] * (200 - 2 * quality) + 50) / 100, 1, 255) / 255.0;
  return steps;
}

/* Octaves of noise, within 0.3 … 0.7. */
static EwGrid *
picture (EwRandom *random, int height, int width)
{
  EwGrid *grid = ew_grid_new (height, width, NULL);
  double low = INFINITY, high = -INFINITY;

  for (int i = 0; i < height; i++)
    memset (ew_grid_row (grid, i), 0, (size_t)width * sizeof (float));
  for (int size = 1; size <= 32; size *= 2)
    {
      g_autoptr (EwGrid) coarse = random_grid (random, height / size + 2, width / size + 2, -0.5, 0.5);

      for (int k = 0; k < height * width; k++)
        {
          int i = k / width, j = k % width;
          double u = (double)(i % size) / size, v = (double)(j % size) / size;
          const float *a = ew_grid_row (coarse, i / size) + j / size, *b = ew_grid_row (coarse, i / size + 1) + j / size;

          ew_grid_row (grid, i)[j]
              += (float)(pow (size, 0.3) * ((1 - u) * ((1 - v) * a[0] + v * a[1]) + u * ((1 - v) * b[0] + v * b[1])));
          low = fmin (low, ew_grid_row (grid, i)[j]);
          high = fmax (high, ew_grid_row (grid, i)[j]);
        }
    }
  for (int k = 0; k < height * width; k++)
    ew_grid_row (grid, k / width)[k % width]
        = (float)(0.3 + 0.4 * (ew_grid_row (grid, k / width)[k % width] - low) / (high - low));
  return grid;
}

static double
to_byte (double value)
{
  return round (255 * value) / 255;
}

/* The inverse of ew_block_transform, which is orthonormal, by its definition. */
static void
transform_back (double *block)
{
  double values[EW_BLOCK_SIZE];

  for (int i = 0; i < 8; i++)
    for (int j = 0; j < 8; j++)
      {
        double sum = 0;

        for (int u = 0; u < 8; u++)
          for (int v = 0; v < 8; v++)
            sum += (u == 0 ? sqrt (0.5) : 1) * (v == 0 ? sqrt (0.5) : 1) / 4 * block[u * 8 + v]
                   * cos ((2 * i + 1) * u * G_PI / 16) * cos ((2 * j + 1) * v * G_PI / 16);
        values[i * 8 + j] = sum;
      }
  memcpy (block, values, sizeof values);
}

/* Keeps whole blocks of a grid as a JPEG does: bytes, coefficients in steps, bytes. */
static void
quantise (EwGrid *grid, const EwSteps *steps)
{
  for (int row = 0; row + 8 <= grid->height; row += 8)
    for (int column = 0; column + 8 <= grid->width; column += 8)
      {
        double block[EW_BLOCK_SIZE];

        for (int k = 0; k < EW_BLOCK_SIZE; k++)
          block[k] = to_byte ((double)ew_grid_row (grid, row + k / 8)[column + k % 8]) - 128 / 255.0;
        ew_block_transform (block);
        /* Eighths of a 255th first; round() takes halves away from zero, as encoders do. */
        for (int k = 0; k < EW_BLOCK_SIZE; k++)
          block[k] = steps->steps[k] * round (round (8 * 255 * block[k]) / (8 * 255 * steps->steps[k]));
        transform_back (block);
        for (int k = 0; k < EW_BLOCK_SIZE; k++)
          ew_grid_row (grid, row + k / 8)[column + k % 8] = (float)to_byte (block[k] + 128 / 255.0);
      }
}

static gboolean
has_lapack (void)
{
  g_autoptr (GError) error = NULL;

  if (ew_lapack_available (&error))
    return TRUE;
  g_test_skip (error->message);
  return FALSE;
}

/* A target of whole blocks, made by @kernel from a picture; @steps: NULL keeps it as bytes. */
static EwProblem *
problem_by (EwRandom *random, const EwKernel *kernel, int side, const EwSteps *steps)
{
  EwGrid *x = picture (random, side + kernel->height - 1, side + kernel->width - 1);
  EwGrid *y = reference_output (x, kernel);

  if (steps != NULL)
    quantise (y, steps);
  return problem_of_pair (x, y, kernel->height, kernel->width, TRUE);
}

/* The least-squares weights, n_params; to be freed. */
static double *
least_squares (EwProblem *problem)
{
  const EwBackend *backends[] = { ew_cpu_backend () };
  g_autoptr (EwDevices) devices = ew_devices_new (backends, 1, 2);
  g_autoptr (EwQuadratic) q = ew_fit_quadratic (devices, problem, NULL, NULL);
  double *params = g_new (double, problem->n_params);

  g_assert_true (ew_quadratic_optimum (q, params, NULL, NULL, NULL, NULL));
  return params;
}

static double
farthest (const double *params, const EwKernel *kernel)
{
  double most = 0;

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    most = fmax (most, fabs (params[k] - kernel->taps[k]));
  return most;
}

/* Orthonormal: its inverse by the definition gives the block back, and a flat one is its mean times eight. */
static void
test_transform (void)
{
  EwRandom random = 1;
  double block[EW_BLOCK_SIZE], copy[EW_BLOCK_SIZE];

  for (int k = 0; k < EW_BLOCK_SIZE; k++)
    block[k] = copy[k] = ew_random_uniform (&random);
  ew_block_transform (copy);
  transform_back (copy);
  for (int k = 0; k < EW_BLOCK_SIZE; k++)
    g_assert_cmpfloat_with_epsilon (copy[k], block[k], 1e-14);
  /* What changes downwards lies in the first column. */
  for (int k = 0; k < EW_BLOCK_SIZE; k++)
    block[k] = k / 8;
  ew_block_transform (block);
  g_assert_cmpfloat_with_epsilon (block[0], 8 * 3.5, 1e-13);
  g_assert_cmpfloat (fabs (block[8]), >, 10);
  for (int k = 0; k < EW_BLOCK_SIZE; k++)
    g_assert_true (k % 8 == 0 || fabs (block[k]) < 1e-13);
}

/* Every tap within four standard errors (of some forty that are looked at, one in 16,000 is farther by chance), and far
 * nearer than least squares come. The noise is that of bytes, known from thousands of coefficients. */
static void
check_recovered (EwRandom *random, const EwKernel *kernel, int quality)
{
  EwSteps steps = steps_of (quality);
  g_autoptr (EwProblem) problem = problem_by (random, kernel, 200, &steps);
  g_autofree double *start = least_squares (problem);
  g_autoptr (GError) error = NULL;
  g_autoptr (EwQuantisedFit) fit = ew_fit_quantised (problem, &steps, start, NULL, &error);

  g_assert_no_error (error);
  for (int k = 0; k < fit->n; k++)
    {
      double truth = k < ew_kernel_n_taps (kernel) ? kernel->taps[k] : kernel->bias;

      g_assert_cmpfloat (fit->errors[k], >, 1e-5);
      g_assert_cmpfloat (fit->errors[k], <, quality == 95 ? 2e-3 : 1e-2);
      g_assert_cmpfloat_with_epsilon (fit->params[k], truth, 4 * fit->errors[k]);
    }
  g_assert_cmpfloat (4 * farthest (fit->params, kernel), <, farthest (start, kernel));
  g_assert_cmpfloat_with_epsilon (fit->noise, EW_NOISE_OF_BYTES, 0.15 * EW_NOISE_OF_BYTES);
  g_assert_cmpfloat (fit->aligned, >, 0.95);
  g_assert_cmpint (fit->n_blocks, ==, 25 * 25);
}

static void
test_recovers (void)
{
  static const double sharpen[9] = { 0, -0.25, 0, -0.25, 2, -0.25, 0, -0.25, 0 };
  static const double *const kernels[] = { skew, sharpen };
  EwRandom random = 5;

  for (int k = 0; has_lapack () && k < 2; k++)
    for (int quality = 95; quality >= 80; quality -= 15)
      {
        g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (3, 3, kernels[k], 0, NULL);

        check_recovered (&random, kernel, quality);
      }
}

/* Other noise beside it is found as such: ten times that of bytes. */
static void
test_noise (void)
{
  EwRandom random = 6;
  EwSteps steps = steps_of (90);
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (3, 3, skew, 0, NULL);
  EwGrid *x = picture (&random, 202, 202);
  EwGrid *y = reference_output (x, kernel);
  g_autoptr (EwProblem) problem = NULL;
  g_autofree double *start = NULL;
  g_autoptr (EwQuantisedFit) fit = NULL;

  /* Of a uniform distribution's √12 times the standard deviation. */
  for (int k = 0; k < 200 * 200; k++)
    ew_grid_row (y, k / 200)[k % 200] += (float)(10 / 255.0 * (ew_random_uniform (&random) - 0.5));
  quantise (y, &steps);
  problem = problem_of_pair (x, y, 3, 3, TRUE);
  if (!has_lapack ())
    return;
  start = least_squares (problem);
  fit = ew_fit_quantised (problem, &steps, start, NULL, NULL);
  g_assert_cmpfloat_with_epsilon (fit->noise, 10 * EW_NOISE_OF_BYTES, EW_NOISE_OF_BYTES);
  for (int k = 0; k < 9; k++)
    g_assert_cmpfloat_with_epsilon (fit->params[k], skew[k], 4 * fit->errors[k]);
}

static void
check_refused (const EwProblem *problem, const EwSteps *steps, EwCancel *cancel, int code, const char *text)
{
  g_autofree double *start = g_new0 (double, problem->n_params);
  g_autoptr (GError) error = NULL;

  g_assert_null (ew_fit_quantised (problem, steps, start, cancel, &error));
  g_assert_error (error, EW_ERROR, code);
  g_assert_nonnull (strstr (error->message, text));
}

/* Cropped since, all white, too small; and blocks with white in them are left out. */
static void
test_refused (void)
{
  EwRandom random = 7;
  EwSteps steps = steps_of (80);
  EwCancel cancel = 1;
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (3, 3, skew, 0, NULL);
  g_autoptr (EwProblem) whole = problem_by (&random, kernel, 96, &steps);
  EwGrid *x = whole->samples[0].x, *y = whole->samples[0].y;
  g_autoptr (EwProblem) cropped = problem_of_pair (ew_grid_new_cropped (x, 3, 5, 92, 90, NULL),
                                                   ew_grid_new_cropped (y, 3, 5, 90, 88, NULL), 3, 3, TRUE);
  g_autoptr (EwProblem) small = problem_of_pair (ew_grid_new_cropped (x, 0, 0, 18, 18, NULL),
                                                 ew_grid_new_cropped (y, 0, 0, 16, 16, NULL), 3, 3, TRUE);
  g_autoptr (EwQuantisedFit) fit = NULL;
  g_autofree double *start = NULL;

  if (!has_lapack ())
    return;
  check_refused (cropped, &steps, NULL, EW_ERROR_DATA, "neither turned, cropped nor scaled");
  check_refused (small, &steps, NULL, EW_ERROR_DATA, "Only 4 blocks");
  check_refused (whole, &steps, &cancel, EW_ERROR_CANCELLED, "cancelled");
  ew_grid_row (y, 20)[31] = 1;
  ew_grid_row (y, 95)[95] = 0;
  start = least_squares (whole);
  fit = ew_fit_quantised (whole, &steps, start, NULL, NULL);
  g_assert_cmpint (fit->n_blocks, ==, 12 * 12 - 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/quantised/transform", test_transform);
  g_test_add_func ("/quantised/recovers", test_recovers);
  g_test_add_func ("/quantised/noise", test_noise);
  g_test_add_func ("/quantised/refused", test_refused);
  return g_test_run ();
}
