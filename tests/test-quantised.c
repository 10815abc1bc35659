/* A kernel from a target that was kept as JPEG, against targets quantised here, whose truth is known. */
#include "engine/lapack.h"
#include "engine/quantised.h"
#include "tests/engine-fixtures.h"
#include "tests/jpeg-fixtures.h"

#include <math.h>
#include <string.h>

static const double skew[9] = { 0.05, 0.1, 0.2, 0, 0.3, 0.05, 0.25, 0, 0.05 };

static gboolean
has_lapack (void)
{
  g_autoptr (GError) error = NULL;

  if (ew_lapack_available (&error))
    return TRUE;
  g_test_skip (error->message);
  return FALSE;
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
  jpeg_transform_back (copy);
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
  EwSteps steps = jpeg_steps_of (quality);
  g_autoptr (EwProblem) problem = jpeg_problem_by (random, kernel, 200, &steps, NULL);
  g_autofree double *start = jpeg_least_squares (problem);
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
  EwSteps steps = jpeg_steps_of (90);
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (3, 3, skew, 0, NULL);
  EwGrid *x = jpeg_picture (&random, 202, 202);
  EwGrid *y = reference_output (x, kernel);
  g_autoptr (EwProblem) problem = NULL;
  g_autofree double *start = NULL;
  g_autoptr (EwQuantisedFit) fit = NULL;

  /* Of a uniform distribution's √12 times the standard deviation. */
  for (int k = 0; k < 200 * 200; k++)
    ew_grid_row (y, k / 200)[k % 200] += (float)(10 / 255.0 * (ew_random_uniform (&random) - 0.5));
  jpeg_quantise (y, &steps, NULL);
  problem = problem_of_pair (x, y, 3, 3, TRUE);
  if (!has_lapack ())
    return;
  start = jpeg_least_squares (problem);
  fit = ew_fit_quantised (problem, &steps, start, NULL, NULL);
  g_assert_cmpfloat_with_epsilon (fit->noise, 10 * EW_NOISE_OF_BYTES, EW_NOISE_OF_BYTES);
  for (int k = 0; k < 9; k++)
    g_assert_cmpfloat_with_epsilon (fit->params[k], skew[k], 4 * fit->errors[k]);
}

/* How many of a filter's weights there are, over pictures, and how many of them lie beyond three standard errors. */
static void
count_beyond (EwRandom *random, const EwKernel *kernel, int quality, const double *shifts, int *n, int *beyond)
{
  EwSteps steps = jpeg_steps_of (quality);

  for (int draw = 0; draw < draws (6); draw++)
    {
      g_autoptr (EwProblem) problem = jpeg_problem_by (random, kernel, 128, &steps, shifts);
      g_autofree double *start = jpeg_least_squares (problem);
      g_autoptr (GError) error = NULL;
      g_autoptr (EwQuantisedFit) fit = ew_fit_quantised (problem, &steps, start, NULL, &error);

      g_assert_no_error (error);
      for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
        {
          ++*n;
          *beyond += fabs (fit->params[k] - kernel->taps[k]) > 3 * fit->errors[k];
        }
    }
}

/* The errors are honest: of normal estimates 0.27 % lie beyond three of them, one of the 400 of each half; so that 3 %, twelve,
 * are no chance, though those of one picture are not independent. So with an
 * encoder whose fast transform has some coefficients off by one or two 255ths, as usual ones have, from one JPEG to the next:
 * taken for exact, one weight in twenty would lie beyond. */
static void
test_coverage (void)
{
  static const double box[25] = { 0.04, 0.04, 0.04, 0.04, 0.04, 0.04, 0.04, 0.04, 0.04, 0.04, 0.04, 0.04, 0.04,
                                  0.04, 0.04, 0.04, 0.04, 0.04, 0.04, 0.04, 0.04, 0.04, 0.04, 0.04, 0.04 };
  static const double fast[EW_BLOCK_SIZE] = { [1] = -2.5 / 255, [3] = 2.0 / 255, [8] = 1.0 / 255, [17] = -1.5 / 255 };
  EwRandom random = 8;

  for (int half = 0; has_lapack () && half < 2; half++)
    {
      int n = 0, beyond = 0;

      for (int which = 0; which < 4; which++)
        {
          int side = which & 1 ? 5 : 3;
          g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (side, side, which & 1 ? box : skew, 0, NULL);

          count_beyond (&random, kernel, which & 2 ? 80 : 95, half == 0 ? NULL : fast, &n, &beyond);
        }
      g_test_message ("%s: of %d weights %d beyond three errors", half == 0 ? "exact" : "fast", n, beyond);
      g_assert_cmpfloat (beyond, <=, 0.03 * n);
    }
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
  EwSteps steps = jpeg_steps_of (80);
  EwCancel cancel = 1;
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (3, 3, skew, 0, NULL);
  g_autoptr (EwProblem) whole = jpeg_problem_by (&random, kernel, 96, &steps, NULL);
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
  start = jpeg_least_squares (whole);
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
  g_test_add_func ("/quantised/coverage", test_coverage);
  g_test_add_func ("/quantised/refused", test_refused);
  return g_test_run ();
}
