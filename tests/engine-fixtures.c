/* Random data, brute-force oracles and error bounds for the engine's tests. */
#include "tests/engine-fixtures.h"

#include "engine/reference.h"

#include <float.h>
#include <math.h>
#include <string.h>

const double golden_start[2] = { -0.6200043670977488, -0.43425278736697215 };

int
random_int (EwRandom *random, int low, int high)
{
  return low + (int)(ew_random_uniform (random) * (high - low + 1));
}

EwGrid *
random_grid (EwRandom *random, int height, int width, double low, double high)
{
  EwGrid *grid = ew_grid_new (height, width, NULL);

  g_assert_nonnull (grid);
  for (int i = 0; i < height; i++)
    for (int j = 0; j < width; j++)
      ew_grid_row (grid, i)[j] = (float)(low + (high - low) * ew_random_uniform (random));
  return grid;
}

EwGrid *
random_whole_grid (EwRandom *random, int height, int width, int amplitude)
{
  EwGrid *grid = ew_grid_new (height, width, NULL);

  g_assert_nonnull (grid);
  for (int i = 0; i < height; i++)
    for (int j = 0; j < width; j++)
      ew_grid_row (grid, i)[j] = (float)random_int (random, -amplitude, amplitude);
  return grid;
}

EwKernel *
random_kernel (EwRandom *random, int height, int width, double low, double high)
{
  EwKernel *kernel = ew_kernel_new (height, width, NULL);

  g_assert_nonnull (kernel);
  for (int k = 0; k < height * width; k++)
    kernel->taps[k] = low + (high - low) * ew_random_uniform (random);
  kernel->bias = low + (high - low) * ew_random_uniform (random);
  return kernel;
}

EwKernel *
random_whole_kernel (EwRandom *random, int height, int width, int amplitude)
{
  EwKernel *kernel = ew_kernel_new (height, width, NULL);

  g_assert_nonnull (kernel);
  for (int k = 0; k < height * width; k++)
    kernel->taps[k] = random_int (random, -amplitude, amplitude);
  kernel->bias = random_int (random, -amplitude, amplitude);
  return kernel;
}

EwGrid *
reference_output (const EwGrid *x, const EwKernel *kernel)
{
  int height = x->height - kernel->height + 1;
  int width = x->width - kernel->width + 1;
  g_autofree double *values = g_new (double, (size_t)height *(size_t)width);
  EwGrid *y = ew_grid_new (height, width, NULL);
  EwGeometry geometry;

  ew_geometry_init_valid (&geometry, kernel->height, kernel->width);
  g_assert_nonnull (y);
  g_assert_true (ew_reference_correlate (x, kernel, &geometry, values, NULL));
  for (int i = 0; i < height; i++)
    for (int j = 0; j < width; j++)
      ew_grid_row (y, i)[j] = (float)values[(size_t)i * width + j];
  return y;
}

EwProblem *
problem_of_pair (EwGrid *x, EwGrid *y, int kernel_height, int kernel_width, gboolean has_bias)
{
  g_autoptr (GError) error = NULL;
  EwSample sample = { x, y };
  EwGeometry geometry;

  ew_geometry_init_valid (&geometry, kernel_height, kernel_width);

  EwProblem *problem = ew_problem_new (&sample, 1, &geometry, has_bias, &error);

  g_assert_no_error (error);
  ew_grid_unref (x);
  ew_grid_unref (y);
  return problem;
}

EwGrid *
golden_input (void)
{
  EwGrid *x = ew_grid_new (6, 8, NULL);

  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 8; j++)
      ew_grid_row (x, i)[j] = j < 2 || j > 5;
  return x;
}

EwProblem *
golden_problem (void)
{
  EwGrid *x = golden_input ();
  EwGrid *y = ew_grid_new (6, 7, NULL);

  for (int i = 0; i < 6; i++)
    {
      ew_grid_row (y, i)[1] = 1;
      ew_grid_row (y, i)[5] = -1;
    }
  return problem_of_pair (x, y, 1, 2, FALSE);
}

/* The output at (i, j), in float64, and Σ |K||x| + |bias| there. */
static double
output_at (const EwGrid *x, const EwKernel *kernel, int i, int j, double *magnitude)
{
  double sum = kernel->bias;

  *magnitude = fabs (kernel->bias);
  for (int a = 0; a < kernel->height; a++)
    for (int c = 0; c < kernel->width; c++)
      {
        double product = kernel->taps[a * kernel->width + c] * (double)ew_grid_row (x, i + a)[j + c];

        sum += product;
        *magnitude += fabs (product);
      }
  return sum;
}

/* Each product passes the rounding of its weight, its own, and at most n additions. A flushed number is off by less
 * than FLT_MIN, which a weight or a value may multiply. */
static double
output_bound (double magnitude, int n_taps)
{
  return rounding_bound (n_taps + 2, UNIT_32) * magnitude + 4.0 * (n_taps + 1) * (double)FLT_MIN * (1 + magnitude);
}

double *
correlation_bounds (const EwGrid *x, const EwKernel *kernel)
{
  int height = x->height - kernel->height + 1;
  int width = x->width - kernel->width + 1;
  double *bounds = g_new (double, (size_t)height *(size_t)width);
  double magnitude;

  for (int i = 0; i < height; i++)
    for (int j = 0; j < width; j++)
      {
        output_at (x, kernel, i, j, &magnitude);
        bounds[(size_t)i * width + j] = output_bound (magnitude, ew_kernel_n_taps (kernel));
      }
  return bounds;
}

EwKernel *
kernel_of_params (const EwProblem *problem, const double *params)
{
  const EwGeometry *g = &problem->geometry;
  int n_taps = g->kernel_height * g->kernel_width;
  EwKernel *kernel = ew_kernel_new (g->kernel_height, g->kernel_width, NULL);

  memcpy (kernel->taps, params, n_taps * sizeof (double));
  kernel->bias = problem->has_bias ? params[n_taps] : 0;
  return kernel;
}

/* Adds the bounds of one residual to the sums over all: @error is how far it may be off, @size how large it is,
 * @chain the relative error of the sums. */
static void
add_residual_bounds (const EwProblem *problem, const EwGrid *x, int i, int j, double error, double size, double chain,
                     double *loss, double *gradient)
{
  const EwGeometry *g = &problem->geometry;
  double each = 2 * (error + chain * size);

  *loss += error * (2 * size + error) + chain * size * size;
  for (int a = 0; a < g->kernel_height; a++)
    for (int c = 0; c < g->kernel_width; c++)
      gradient[a * g->kernel_width + c] += each * fabs ((double)ew_grid_row (x, i + a)[j + c]) + (double)FLT_MIN;
  if (problem->has_bias)
    gradient[g->kernel_height * g->kernel_width] += each;
}

void
evaluation_bounds (const EwProblem *problem, const double *params, int chain, double *loss, double *gradient)
{
  g_autoptr (EwKernel) kernel = kernel_of_params (problem, params);

  *loss = 0;
  memset (gradient, 0, problem->n_params * sizeof (double));
  for (int s = 0; s < problem->n_samples; s++)
    {
      const EwSample *sample = &problem->samples[s];

      for (int i = 0; i < sample->y->height; i++)
        for (int j = 0; j < sample->y->width; j++)
          {
            double magnitude;
            double y = (double)ew_grid_row (sample->y, i)[j];
            double size = fabs (output_at (sample->x, kernel, i, j, &magnitude) - y);
            double error = output_bound (magnitude, ew_kernel_n_taps (kernel));

            /* Subtracting Y rounds once more. */
            error += UNIT_32 * (size + error);
            add_residual_bounds (problem, sample->x, i, j, error, size + error, rounding_bound (chain + 1, UNIT_32),
                                 loss, gradient);
          }
    }
}

double
evaluation_magnitude (const EwProblem *problem, const double *params)
{
  g_autoptr (EwKernel) kernel = kernel_of_params (problem, params);
  double largest = 0;
  double squares = 0;
  double residuals = 0;
  double inputs = 1;

  for (int s = 0; s < problem->n_samples; s++)
    {
      const EwSample *sample = &problem->samples[s];

      for (int i = 0; i < sample->y->height; i++)
        for (int j = 0; j < sample->y->width; j++)
          {
            double magnitude;
            double y = (double)ew_grid_row (sample->y, i)[j];
            double r = fabs (output_at (sample->x, kernel, i, j, &magnitude) - y);

            largest = fmax (largest, magnitude + fabs (y));
            residuals += r;
            squares += r * r;
          }
      for (int i = 0; i < sample->x->height; i++)
        for (int j = 0; j < sample->x->width; j++)
          inputs = fmax (inputs, fabs ((double)ew_grid_row (sample->x, i)[j]));
    }
  return fmax (largest, fmax (squares, residuals * inputs));
}

void
compare_within (const EwGrid *y, const EwGrid *expected, double bound)
{
  for (int i = 0; i < y->height && !g_test_failed (); i++)
    for (int j = 0; j < y->width; j++)
      {
        double want = (double)ew_grid_row (expected, i)[j];
        double have = (double)ew_grid_row (y, i)[j];

        if (isfinite (want))
          g_assert_cmpfloat_with_epsilon (have, want, bound);
        else
          g_assert_true (isnan (want) ? isnan (have) : have == want);
      }
}

void
poison_padding (EwGrid *grid)
{
  for (int i = 0; i < grid->height; i++)
    for (size_t j = grid->width; j < grid->stride; j++)
      ew_grid_row (grid, i)[j] = NAN;
}
