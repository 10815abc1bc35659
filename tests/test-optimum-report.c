/* How much an optimum can be trusted: its errors against many draws of noise, its null space, ridge and held-out data. */
#include "engine/backend.h"
#include "engine/holdout.h"
#include "engine/lapack.h"
#include "engine/optimum.h"
#include "engine/reference.h"
#include "engine/ridge.h"
#include "tests/quadratic-fixtures.h"

#include <math.h>
#include <string.h>

static double
gauss (EwRandom *random)
{
  double radius = sqrt (-2 * log (1 - ew_random_uniform (random)));

  return radius * cos (2 * G_PI * ew_random_uniform (random));
}

/* By plain sums over the pixels, so that nothing of the Gram code is needed here. */
static EwGram *
gram_of (const EwProblem *problem)
{
  int n = problem->n_params;
  EwGram *gram = ew_gram_new (n, problem->n_residuals, NULL);
  g_autofree double *at_zero = g_new (double, n);
  g_autofree double *w = g_new0 (double, n);
  g_autofree double *gradient = g_new (double, n);
  double loss;

  ew_reference_evaluate (problem, w, &gram->c, at_zero);
  for (int k = 0; k < n; k++)
    {
      gram->h[k] = -at_zero[k] / 2;
      w[k] = 1;
      ew_reference_evaluate (problem, w, &loss, gradient);
      w[k] = 0;
      for (int i = 0; i < n; i++)
        gram->g[(size_t)i * n + k] = (gradient[i] - at_zero[i]) / 2;
    }
  return gram;
}

static EwOptimum *
optimum_of (const EwProblem *problem)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EwGram) gram = gram_of (problem);
  g_autoptr (EwQuadratic) q = quadratic_of (gram);
  EwOptimum *o = ew_optimum_new (q, problem->n_residuals, ew_problem_variation (problem), NULL, &error);

  g_assert_no_error (error);
  return o;
}

static EwProblem *
noisy_problem (EwRandom *random, const EwGrid *x, const EwKernel *kernel, double noise, gboolean has_bias)
{
  EwGrid *y = reference_output (x, kernel);

  for (int i = 0; i < y->height; i++)
    for (int j = 0; j < y->width; j++)
      ew_grid_row (y, i)[j] += (float)(noise * gauss (random));
  return problem_of_pair (ew_grid_new_cropped (x, 0, 0, x->height, x->width, NULL), y, kernel->height, kernel->width,
                          has_bias);
}

/* The standard errors are what the estimates scatter by. Of 400 draws the scatter itself is known to 1/√800 = 3.5 %, so
 * four of those and the 2 % or so by which the σ of each draw varies are within 20 %. */
static void
test_errors (void)
{
  EwRandom random = 91;
  g_autoptr (EwGrid) x = random_grid (&random, 14, 19, 0, 1);
  g_autoptr (EwKernel) kernel = random_kernel (&random, 2, 3, -1, 1);
  const int draws = 400;
  double square[7] = { 0 }, stated[7] = { 0 }, sigma = 0;

  if (!has_lapack ())
    return;
  for (int d = 0; d < draws; d++)
    {
      g_autoptr (EwProblem) problem = noisy_problem (&random, x, kernel, 0.01, TRUE);
      g_autoptr (EwOptimum) o = optimum_of (problem);

      g_assert_cmpint (o->n_null, ==, 0);
      for (int k = 0; k < 7; k++)
        {
          double off = o->params[k] - (k < 6 ? kernel->taps[k] : kernel->bias);

          square[k] += off * off / draws;
          stated[k] += o->errors[k] * o->errors[k] / draws;
        }
      sigma += o->sigma * o->sigma / draws;
    }
  g_assert_cmpfloat_with_epsilon (sqrt (sigma), 0.01, 0.01 * 0.01);
  for (int k = 0; k < 7; k++)
    g_assert_cmpfloat_with_epsilon (sqrt (square[k] / stated[k]), 1, 0.2);
}

/* R², PSNR and condition against their definitions. */
static void
test_quality (void)
{
  EwRandom random = 92;
  g_autoptr (EwGrid) x = random_grid (&random, 15, 12, 0, 1);
  g_autoptr (EwKernel) kernel = random_kernel (&random, 3, 2, -1, 1);
  g_autoptr (EwProblem) problem = noisy_problem (&random, x, kernel, 0.1, FALSE);
  g_autoptr (EwOptimum) o = NULL;
  double loss, gradient[6], mean = 0, variation = 0;
  const EwGrid *y = problem->samples[0].y;

  if (!has_lapack ())
    return;
  o = optimum_of (problem);
  ew_reference_evaluate (problem, o->params, &loss, gradient);
  for (int k = 0; k < 6; k++)
    g_assert_cmpfloat_with_epsilon (gradient[k], 0, 1e-9);
  for (int i = 0; i < y->height; i++)
    for (int j = 0; j < y->width; j++)
      mean += (double)ew_grid_row (y, i)[j] / (y->height * y->width);
  for (int i = 0; i < y->height; i++)
    for (int j = 0; j < y->width; j++)
      variation += ((double)ew_grid_row (y, i)[j] - mean) * ((double)ew_grid_row (y, i)[j] - mean);
  g_assert_cmpfloat_with_epsilon (o->loss, loss, 1e-10);
  g_assert_cmpfloat_with_epsilon (o->r_squared, 1 - loss / variation, 1e-10);
  g_assert_cmpfloat_with_epsilon (o->psnr, -10 * log10 (loss / (13 * 11)), 1e-9);
  g_assert_cmpfloat (o->condition, >, 1);
  g_assert_cmpfloat (o->condition, <, 1000);
}

/* An image whose columns are all alike tells the sum of each kernel column only: rows of taps in the same column are not
 * told apart. */
static EwProblem *
striped_problem (EwRandom *random, gboolean constant, gboolean has_bias)
{
  EwGrid *x = ew_grid_new (12, 15, NULL);
  g_autoptr (EwKernel) kernel = random_kernel (random, 3, 2, -1, 1);

  for (int j = 0; j < 15; j++)
    {
      float value = constant ? 0.5f : (float)ew_random_uniform (random);

      for (int i = 0; i < 12; i++)
        ew_grid_row (x, i)[j] = value;
    }
  if (!has_bias)
    kernel->bias = 0;
  return problem_of_pair (x, reference_output (x, kernel), 3, 2, has_bias);
}

static void
test_null_space (void)
{
  EwRandom random = 93;
  g_autoptr (EwProblem) striped = striped_problem (&random, FALSE, TRUE);
  g_autoptr (EwProblem) constant = striped_problem (&random, TRUE, TRUE);
  g_autoptr (EwOptimum) o = NULL;
  g_autoptr (EwOptimum) nothing = NULL;

  if (!has_lapack ())
    return;
  /* Two columns of three taps: two directions each are free, and the bias is determined. */
  o = optimum_of (striped);
  g_assert_cmpint (o->n_null, ==, 4);
  g_assert_true (isinf (o->condition));
  for (int k = 0; k < 6; k++)
    {
      g_assert_cmpfloat_with_epsilon (o->share[k], 2.0 / 3, 1e-9);
      g_assert_false (ew_optimum_determines (o, k));
      g_assert_true (isinf (o->errors[k]));
      /* The least norm: equal shares of the sum. */
      g_assert_cmpfloat_with_epsilon (o->params[k], o->params[k % 2], 1e-6);
    }
  g_assert_true (ew_optimum_determines (o, 6));
  g_assert_true (isfinite (o->errors[6]));
  for (int v = 0; v < 4; v++)
    for (int c = 0; c < 2; c++)
      {
        const double *direction = o->null_space + v * 7;

        g_assert_cmpfloat_with_epsilon (direction[c] + direction[2 + c] + direction[4 + c], 0, 1e-9);
      }
  nothing = optimum_of (constant);
  g_assert_cmpint (nothing->n_null, ==, 6);
  for (int k = 0; k < 7; k++)
    {
      g_assert_true (isfinite (nothing->params[k]));
      g_assert_false (ew_optimum_determines (nothing, k));
    }
  g_assert_true (isnan (nothing->r_squared));
}

/* (G + ρD)w = h */
static void
test_ridge (void)
{
  EwRandom random = 94;
  g_autoptr (EwGrid) x = random_grid (&random, 15, 12, 0, 1);
  g_autoptr (EwKernel) kernel = random_kernel (&random, 3, 2, -1, 1);
  g_autoptr (EwProblem) problem = noisy_problem (&random, x, kernel, 0.1, TRUE);
  g_autoptr (EwGram) gram = gram_of (problem);
  g_autoptr (EwQuadratic) q = quadratic_of (gram);
  double rho = ew_ridge_of_strength (gram, 6, 0.05);
  g_autoptr (EwGram) ridged = ew_gram_ridged (gram, 6, rho, NULL);
  g_autoptr (EwQuadratic) ridged_q = quadratic_of (ridged);
  g_autoptr (GError) error = NULL;
  g_autoptr (EwOptimum) plain = NULL;
  g_autoptr (EwOptimum) o = NULL;
  double trace = 0;

  for (int k = 0; k < 6; k++)
    trace += gram->g[k * 7 + k];
  g_assert_cmpfloat_with_epsilon (rho, 0.05 * trace / 6, 1e-12 * trace);
  if (!has_lapack ())
    return;
  plain = ew_optimum_new (q, problem->n_residuals, 1, NULL, &error);
  o = ew_optimum_new_ridged (q, ridged_q, rho, problem->n_residuals, 1, NULL, &error);
  g_assert_no_error (error);
  for (int i = 0; i < 7; i++)
    {
      double left = gram->h[i] - (i < 6 ? rho * o->params[i] : 0);

      for (int j = 0; j < 7; j++)
        left -= gram->g[i * 7 + j] * o->params[j];
      g_assert_cmpfloat_with_epsilon (left, 0, 1e-9);
      g_assert_true (o->errors[i] <= plain->errors[i] * o->sigma / plain->sigma * (1 + 1e-9));
    }
  g_assert_cmpfloat (o->loss, >, plain->loss);
  g_assert_cmpfloat (o->ridge, ==, rho);
}

/* What was held out tells a strength that is better than none where there is much noise and little data, and none where
 * there is no noise. */
static void
test_choice (void)
{
  EwRandom random = 95;
  const double noises[] = { 0, 1 };
  int chosen[2];

  if (!has_lapack ())
    return;
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (EwGrid) x = random_grid (&random, 40, 14, 0, 1);
      g_autoptr (EwKernel) kernel = random_kernel (&random, 5, 5, -0.1, 0.1);

      kernel->bias = 0;

      g_autoptr (EwProblem) problem = noisy_problem (&random, x, kernel, noises[i], FALSE);
      g_autoptr (GError) error = NULL;
      g_autoptr (EwProblem) train = NULL;
      g_autoptr (EwProblem) held = NULL;
      double losses[EW_RIDGE_N_STRENGTHS];

      g_assert_true (ew_problem_split (problem, 0.4, &train, &held, &error));

      g_autoptr (EwGram) gram = gram_of (train);
      g_autoptr (EwGram) held_gram = gram_of (held);
      g_autoptr (EwQuadratic) held_q = quadratic_of (held_gram);

      chosen[i] = ew_ridge_choose (gram, held_q, 25, losses, NULL, &error);
      g_assert_no_error (error);
      for (int s = 0; s < EW_RIDGE_N_STRENGTHS; s++)
        g_assert_cmpfloat (losses[chosen[i]], <=, losses[s] + 1e-12 * held_gram->c);
    }
  g_assert_cmpfloat (ew_ridge_strengths[chosen[0]], <, 1e-7);
  g_assert_cmpfloat (ew_ridge_strengths[chosen[1]], >, 1e-3);
}

/* Both parts together have every residual of the whole, whatever the geometry. */
static void
test_split (void)
{
  EwRandom random = 96;

  for (int trial = 0; trial < 60; trial++)
    {
      EwGeometry g;
      int height = random_int (&random, 6, 17), width = random_int (&random, 6, 17), h, w;
      g_autoptr (GError) error = NULL;
      g_autoptr (EwProblem) train = NULL;
      g_autoptr (EwProblem) held = NULL;
      double params[13], losses[3], gradients[3][13];

      ew_geometry_init_valid (&g, random_int (&random, 1, 3), random_int (&random, 1, 4));
      g.top = random_int (&random, 0, 3);
      g.bottom = random_int (&random, 0, 3);
      g.left = random_int (&random, 0, 3);
      g.right = random_int (&random, 0, 3);
      g.border = (EwBorder)random_int (&random, 0, 3);
      g.stride = random_int (&random, 1, 3);
      g.dilation = random_int (&random, 1, 2);
      if (!ew_geometry_output_size (&g, height, width, &h, &w, NULL) || h < 2)
        continue;

      g_autoptr (EwGrid) x = random_whole_grid (&random, height, width, 5);
      g_autoptr (EwGrid) y = random_whole_grid (&random, h, w, 5);
      EwSample samples[2] = { { x, y }, { x, y } };
      g_autoptr (EwProblem) problem = ew_problem_new (samples, 2, &g, trial % 2, &error);

      g_assert_no_error (error);
      g_assert_true (ew_problem_split (problem, ew_random_uniform (&random), &train, &held, &error));
      g_assert_cmpint (train->n_residuals + held->n_residuals, ==, problem->n_residuals);
      for (int k = 0; k < problem->n_params; k++)
        params[k] = random_int (&random, -4, 4);
      ew_reference_evaluate (problem, params, &losses[0], gradients[0]);
      ew_reference_evaluate (train, params, &losses[1], gradients[1]);
      ew_reference_evaluate (held, params, &losses[2], gradients[2]);
      /* Whole numbers: no rounding at all. */
      g_assert_cmpfloat (losses[0], ==, losses[1] + losses[2]);
      for (int k = 0; k < problem->n_params; k++)
        g_assert_cmpfloat (gradients[0][k], ==, gradients[1][k] + gradients[2][k]);
    }
}

static void
test_split_refused (void)
{
  g_autoptr (EwProblem) train = NULL;
  g_autoptr (EwProblem) held = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (EwProblem) flat = problem_of_pair (ew_grid_new (2, 5, NULL), ew_grid_new (1, 4, NULL), 2, 2, FALSE);

  g_assert_false (ew_problem_split (flat, 0.5, &train, &held, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_GEOMETRY);
  g_assert_null (train);
  g_assert_null (held);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/optimum-report/errors", test_errors);
  g_test_add_func ("/optimum-report/quality", test_quality);
  g_test_add_func ("/optimum-report/null-space", test_null_space);
  g_test_add_func ("/optimum-report/ridge", test_ridge);
  g_test_add_func ("/optimum-report/choice", test_choice);
  g_test_add_func ("/optimum-report/split", test_split);
  g_test_add_func ("/optimum-report/split-refused", test_split_refused);
  return g_test_run ();
}
