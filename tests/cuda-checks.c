/* What a CUDA device must do, whichever it is. */
#include "tests/cuda-checks.h"

#include "engine/reference.h"
#include "gpu/cuda-device.h"
#include "gpu/cuda-plan.h"
#include "tests/cuda-fixtures.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <string.h>

/* Products of residuals and inputs are summed in float32 within a tile at most. */
#define CHAIN (32 * 128)

/* Whole numbers below this are exact in float32. */
#define EXACT 0x1p24

static double
set_budget (EwDevice *device, double budget)
{
  EwCudaDevice *cuda = (EwCudaDevice *)device;
  double old = cuda->budget;

  if (budget > 0)
    cuda->budget = budget;
  return old;
}

static EwGrid *
correlate (EwDevice *device, const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry)
{
  g_autoptr (GError) error = NULL;
  EwGrid *y;
  int height, width;

  g_assert_true (ew_geometry_output_size (geometry, x->height, x->width, &height, &width, NULL));
  y = ew_grid_new (height, width, NULL);
  poison_padding (y);
  g_assert_true (device->backend->correlate (device, x, kernel, geometry, EW_METHOD_DIRECT, y, NULL, &error));
  g_assert_no_error (error);
  for (int i = 0; i < y->height; i++)
    for (size_t j = y->width; j < y->stride; j++)
      g_assert_true (isnan (ew_grid_row (y, i)[j]));
  return y;
}

static EwGrid *
correlate_valid (EwDevice *device, const EwGrid *x, const EwKernel *kernel)
{
  EwGeometry geometry;

  ew_geometry_init_valid (&geometry, kernel->height, kernel->width);
  return correlate (device, x, kernel, &geometry);
}

/* A geometry that fits: a third valid with a kernel of any size, a third valid with a size that is compiled in, a third
 * anything. */
static void
draw_geometry (EwRandom *random, int height, int width, EwGeometry *geometry)
{
  /* Often small, at times the largest that there is. */
  int largest = random_int (random, 0, 3) == 0 ? EW_KERNEL_SIDE_MAX : 9;
  int kh = random_int (random, 1, MIN (height, largest));
  int kw = random_int (random, 1, MIN (width, largest));
  int what = random_int (random, 0, 2);

  if (what == 0)
    *geometry = random_geometry (random, height, width, MIN (kh, 15), MIN (kw, 15), random_int (random, 1, 3), 6);
  else
    ew_geometry_init_valid (geometry, what == 1 ? MIN (kh, kw) : kh, what == 1 ? MIN (kh, kw) : kw);
}

void
check_correlate (EwDevice *device, EwRandom *random, int side, double budget)
{
  double old = set_budget (device, budget);
  int height = random_int (random, 1, side), width = random_int (random, 1, side);
  EwGeometry geometry;
  int y_height, y_width;

  draw_geometry (random, height, width, &geometry);
  g_assert_true (ew_geometry_output_size (&geometry, height, width, &y_height, &y_width, NULL));

  g_autoptr (EwGrid) x = random_grid (random, height, width, -1, 1);
  g_autoptr (EwKernel) kernel = random_kernel (random, geometry.kernel_height, geometry.kernel_width, -1, 1);
  g_autofree double *bounds = geometry_bounds (x, kernel, &geometry);
  g_autofree double *wanted = g_new (double, (size_t)y_height *(size_t)y_width);

  poison_padding (x);
  g_assert_true (ew_reference_correlate (x, kernel, &geometry, wanted, NULL));

  g_autoptr (EwGrid) y = correlate (device, x, kernel, &geometry);

  for (int i = 0; i < y->height && !g_test_failed (); i++)
    for (int j = 0; j < y->width; j++)
      {
        size_t k = (size_t)i * y->width + j;

        g_assert_cmpfloat_with_epsilon ((double)ew_grid_row (y, i)[j], wanted[k], bounds[k]);
      }
  set_budget (device, old);
}

/* The geometry's target at a kernel drawn at random, and some noise. */
EwProblem *
noisy_problem (EwRandom *random, int n_samples, int height, int width, const EwGeometry *geometry, gboolean has_bias)
{
  g_autoptr (EwKernel) teacher = random_kernel (random, geometry->kernel_height, geometry->kernel_width, -1, 1);
  g_autoptr (GError) error = NULL;
  EwSample samples[3] = { 0 };

  for (int s = 0; s < n_samples; s++)
    {
      /* Of different sizes; all hold the kernel. */
      g_autofree double *output = NULL;
      int y_height, y_width;

      samples[s].x = random_grid (random, height + 3 * s, width + s, 0, 1);
      g_assert_true (ew_geometry_output_size (geometry, height + 3 * s, width + s, &y_height, &y_width, NULL));
      samples[s].y = ew_grid_new (y_height, y_width, NULL);
      output = g_new (double, (size_t)y_height *(size_t)y_width);
      g_assert_true (ew_reference_correlate (samples[s].x, teacher, geometry, output, NULL));
      poison_padding (samples[s].x);
      for (int i = 0; i < y_height; i++)
        for (int j = 0; j < y_width; j++)
          ew_grid_row (samples[s].y, i)[j]
              = (float)(output[(size_t)i * y_width + j] + 0.1 * ew_random_uniform (random));
      poison_padding (samples[s].y);
    }

  EwProblem *problem = ew_problem_new (samples, n_samples, geometry, has_bias, &error);

  g_assert_no_error (error);
  for (int s = 0; s < n_samples; s++)
    {
      ew_grid_unref (samples[s].x);
      ew_grid_unref (samples[s].y);
    }
  return problem;
}

static EwProblem *
masked_at_times (EwRandom *random, EwProblem *problem)
{
  return random_int (random, 0, 3) == 0 ? masked_problem (random, problem, FALSE) : problem;
}

EwProblem *
problem_of_size (EwRandom *random, int n_samples, int height, int width, int kh, int kw, gboolean has_bias)
{
  EwGeometry geometry;

  ew_geometry_init_valid (&geometry, kh, kw);
  return noisy_problem (random, n_samples, height, width, &geometry, has_bias);
}

EwProblem *
random_problem (EwRandom *random, int side)
{
  int height = random_int (random, 1, side), width = random_int (random, 1, side);
  EwGeometry geometry;

  draw_geometry (random, height, width, &geometry);
  return masked_at_times (
      random, noisy_problem (random, random_int (random, 1, 3), height, width, &geometry, random_int (random, 0, 1)));
}

static EwLoaded *
load (EwDevice *device, EwProblem *problem)
{
  g_autoptr (GError) error = NULL;
  EwLoaded *loaded = device->backend->load (device, problem, NULL, &error);

  g_assert_no_error (error);
  return loaded;
}

static void
evaluate (EwLoaded *loaded, const double *params, double *loss, double *gradient)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (loaded->device->backend->evaluate (loaded, params, loss, gradient, NULL, &error));
  g_assert_no_error (error);
}

static double *
random_params (EwRandom *random, int n)
{
  double *params = g_new (double, n);

  for (int k = 0; k < n; k++)
    params[k] = 2 * ew_random_uniform (random) - 1;
  return params;
}

void
check_evaluate (EwDevice *device, EwRandom *random, int side, double budget)
{
  double old = set_budget (device, budget);
  g_autoptr (EwProblem) problem = random_problem (random, side);
  int n = problem->n_params;
  g_autofree double *params = random_params (random, n);
  g_autofree double *gradient = g_new (double, n);
  g_autofree double *wanted = g_new (double, n);
  g_autofree double *bounds = g_new (double, n);
  double loss, wanted_loss, loss_bound;
  EwLoaded *loaded = load (device, problem);

  evaluate (loaded, params, &loss, gradient);
  ew_reference_evaluate (problem, params, &wanted_loss, wanted);
  geometry_evaluation_bounds (problem, params, CHAIN, &loss_bound, bounds);
  g_assert_cmpfloat_with_epsilon (loss, wanted_loss, loss_bound);
  for (int k = 0; k < n; k++)
    g_assert_cmpfloat_with_epsilon (gradient[k], wanted[k], bounds[k]);
  device->backend->unload (loaded);
  set_budget (device, old);
}

void
check_exact (EwDevice *device, EwRandom *random, int side, double budget)
{
  double old = set_budget (device, budget);
  int height = random_int (random, 1, side), width = random_int (random, 1, side);
  int kh = random_int (random, 1, MIN (height, 7)), kw = random_int (random, 1, MIN (width, 7));
  g_autoptr (EwKernel) kernel = random_whole_kernel (random, kh, kw, 2);
  EwGrid *x = random_whole_grid (random, height, width, 3);
  EwGrid *y = random_whole_grid (random, height - kh + 1, width - kw + 1, 3);
  g_autoptr (EwProblem) problem = problem_of_pair (x, y, kh, kw, TRUE);
  double params[50], gradient[50], wanted[50], loss, wanted_loss;
  g_autoptr (EwGrid) output = correlate_valid (device, x, kernel);
  g_autoptr (EwGrid) reference = reference_output (x, kernel);
  EwLoaded *loaded = load (device, problem);

  memcpy (params, kernel->taps, kh * kw * sizeof (double));
  params[kh * kw] = kernel->bias;
  g_assert_cmpfloat (evaluation_magnitude (problem, params), <, EXACT);
  for (int i = 0; i < output->height; i++)
    g_assert_cmpmem (ew_grid_row (output, i), output->width * sizeof (float), ew_grid_row (reference, i),
                     output->width * sizeof (float));
  evaluate (loaded, params, &loss, gradient);
  ew_reference_evaluate (problem, params, &wanted_loss, wanted);
  g_assert_cmpfloat (loss, ==, wanted_loss);
  for (int k = 0; k < problem->n_params; k++)
    g_assert_cmpfloat (gradient[k], ==, wanted[k]);
  device->backend->unload (loaded);
  set_budget (device, old);
}

/* G, h and c against loops in float64, and the exact loss against the reference. */
void
check_gram (EwDevice *device, EwRandom *random, int side, double budget)
{
  double old = set_budget (device, budget);
  /* One in four is so high that it is cut into bands where the budget is small. */
  gboolean high = random_int (random, 0, 3) == 0;
  int height = high ? random_int (random, 129, 400) : random_int (random, 1, MIN (side, 40));
  int width = random_int (random, 1, high ? 12 : MIN (side, 40));
  /* Half of them with steps; the others by sums at distances, where the outputs are not smaller than the kernel. */
  gboolean steps = random_int (random, 0, 1);
  int kh = random_int (random, 1, steps ? 6 : 9), kw = random_int (random, 1, steps ? 6 : 14);
  EwGeometry geometry = random_geometry (random, height, width, kh, kw, steps ? 2 : 1, 3);
  g_autoptr (EwProblem) problem = masked_at_times (
      random, noisy_problem (random, random_int (random, 1, 3), height, width, &geometry, random_int (random, 0, 1)));
  int n = problem->n_params;
  g_autofree double *params = random_params (random, n);
  g_autofree double *gradient = g_new (double, n);
  g_autofree double *wanted = g_new (double, n);
  g_autoptr (GError) error = NULL;
  double loss, wanted_loss, by_gram = 0;
  EwLoaded *loaded = load (device, problem);
  g_autoptr (EwGram) gram = device->backend->gram (loaded, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (gram->n, ==, n);
  g_assert_true (gram->n_residuals == problem->n_residuals);
  g_assert_true (device->backend->evaluate_exactly (loaded, params, &loss, gradient, NULL, &error));
  ew_reference_evaluate (problem, params, &wanted_loss, wanted);
  /* All numbers are below 8 in magnitude: n·N of their products, and float64's rounding of them. */
  double bound
      = 64.0 * n * (double)problem->n_residuals * rounding_bound (4.0 * n + (double)problem->n_residuals, UNIT_64);

  bound *= n;
  g_assert_cmpfloat_with_epsilon (loss, wanted_loss, bound);
  by_gram = gram->c;
  for (int k = 0; k < n && !g_test_failed (); k++)
    {
      double half = -gram->h[k];

      g_assert_cmpfloat_with_epsilon (gradient[k], wanted[k], bound);
      by_gram -= 2 * gram->h[k] * params[k];
      for (int l = 0; l < n; l++)
        {
          g_assert_cmpfloat (gram->g[k * n + l], ==, gram->g[l * n + k]);
          half += gram->g[k * n + l] * params[l];
          by_gram += params[k] * gram->g[k * n + l] * params[l];
        }
      g_assert_cmpfloat_with_epsilon (2 * half, wanted[k], bound);
    }
  g_assert_cmpfloat_with_epsilon (by_gram, wanted_loss, bound);
  device->backend->unload (loaded);
  set_budget (device, old);
}

/* Whole numbers, so that sums of any order are the same: |r| ≤ 8 and 512 of its squares stay far below 2²⁴. */
void
check_large (EwDevice *device, EwRandom *random)
{
  EwGrid *x = random_whole_grid (random, 3000, 3001, 2);
  EwGrid *y = random_whole_grid (random, 3000, 3001, 2);
  double tap = 3, gradient = 0, loss = 0, wanted_loss = 0, wanted = 0;
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (1, 1, &tap, 0, NULL);
  g_autoptr (EwGrid) output = correlate_valid (device, x, kernel);
  g_autoptr (EwProblem) problem = problem_of_pair (x, y, 1, 1, FALSE);
  EwLoaded *loaded = load (device, problem);
  int wrong = 0;

  evaluate (loaded, &tap, &loss, &gradient);
  for (int i = 0; i < x->height; i++)
    for (int j = 0; j < x->width; j++)
      {
        double in = (double)ew_grid_row (x, i)[j];
        double r = 3 * in - (double)ew_grid_row (y, i)[j];

        wrong += (double)ew_grid_row (output, i)[j] != 3 * in;
        wanted += 2 * r * in;
        wanted_loss += r * r;
      }
  g_assert_cmpint (wrong, ==, 0);
  g_assert_cmpfloat (loss, ==, wanted_loss);
  g_assert_cmpfloat (gradient, ==, wanted);
  device->backend->unload (loaded);
}

/* --- descent */

/* A rate that is stable: λmax is at most the trace of G. */
static double
stable_rate (const EwProblem *problem)
{
  return 0.5 / ((double)problem->n_residuals * problem->n_params);
}

/* Each epoch must be what evaluate gives at the weights before it, bit for bit in the loss; the update may round
 * twice, or once where it is a fused multiply-add. */
static void
check_epochs (EwLoaded *loaded, const double *start, const EwDescent *descent)
{
  int n = loaded->problem->n_params;
  g_autofree double *gradient = g_new (double, n);
  const double *before = start;

  for (int e = 0; e < descent->done && !g_test_failed (); e++)
    {
      const double *after = descent->trace + (size_t)e * n;
      double loss;

      evaluate (loaded, before, &loss, gradient);
      g_assert_cmpfloat (descent->losses[e], ==, loss);
      for (int k = 0; k < n; k++)
        {
          double move = descent->step * gradient[k];

          g_assert_cmpfloat_with_epsilon (after[k], before[k] - move, 3 * UNIT_64 * (fabs (before[k]) + fabs (move)));
        }
      before = after;
    }
  g_assert_cmpmem (descent->params, n * sizeof (double), before, n * sizeof (double));
}

static void
descend (EwLoaded *loaded, EwDescent *descent)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (loaded->device->backend->descend (loaded, descent, NULL, &error));
  g_assert_no_error (error);
}

void
check_descend (EwDevice *device, EwRandom *random, int side, double budget)
{
  double old = set_budget (device, budget);
  g_autoptr (EwProblem) problem = random_problem (random, side);
  int n = problem->n_params;
  int epochs = random_int (random, 0, 12);
  g_autofree double *start = random_params (random, n);
  g_autofree double *params = g_memdup2 (start, n * sizeof (double));
  g_autofree double *again = g_memdup2 (start, n * sizeof (double));
  g_autofree double *losses = g_new (double, epochs + 1);
  g_autofree double *trace = g_new (double, (size_t)(epochs + 1) * n);
  EwDescent descent = { .epochs = epochs,
                        .step = stable_rate (problem),
                        .diverged_above = INFINITY,
                        .params = params,
                        .losses = losses,
                        .trace = trace,
                        .done = -1 };
  EwLoaded *loaded = load (device, problem);

  descend (loaded, &descent);
  g_assert_cmpint (descent.done, ==, epochs);
  g_assert_false (descent.diverged);
  check_epochs (loaded, start, &descent);
  descent.params = again;
  descent.trace = NULL;
  descend (loaded, &descent);
  g_assert_cmpmem (params, n * sizeof (double), again, n * sizeof (double));
  device->backend->unload (loaded);
  set_budget (device, old);
}

/* Ends before all epochs, at a loss above the bound that @wanted allows. */
static void
check_ending (EwLoaded *loaded, const double *start, double step, double diverged_above)
{
  int n = loaded->problem->n_params;
  g_autofree double *params = g_memdup2 (start, n * sizeof (double));
  double losses[60];
  g_autofree double *trace = g_new (double, 60 * (size_t)n);
  EwDescent descent = {
    .epochs = 60, .step = step, .diverged_above = diverged_above, .params = params, .losses = losses, .trace = trace
  };

  descend (loaded, &descent);
  g_assert_true (descent.diverged);
  g_assert_cmpint (descent.done, <, 60);
  for (int e = 0; e < descent.done; e++)
    g_assert_cmpfloat (losses[e], <=, diverged_above);
  check_epochs (loaded, start, &descent);

  /* The epoch that was not done was the first whose loss or update is out of bounds. */
  g_autofree double *gradient = g_new (double, n);
  double loss;
  gboolean finite = TRUE;

  evaluate (loaded, params, &loss, gradient);
  for (int k = 0; k < n; k++)
    finite = finite && isfinite (params[k] - step * gradient[k]);
  g_assert_true (memcmp (&loss, &losses[descent.done], sizeof loss) == 0 || isnan (loss));
  g_assert_true (!isfinite (loss) || loss > diverged_above || !finite);
}

void
check_divergence (EwDevice *device, EwRandom *random)
{
  g_autoptr (EwProblem) problem = problem_of_size (random, 2, 20, 40, 3, 2, TRUE);
  g_autofree double *start = random_params (random, problem->n_params);
  double loss;
  g_autofree double *gradient = g_new (double, problem->n_params);
  double old = set_budget (device, 0);
  EwLoaded *loaded = load (device, problem);

  evaluate (loaded, start, &loss, gradient);
  check_ending (loaded, start, 1.0, 1e12 * loss);
  check_ending (loaded, start, 1.0, INFINITY);
  check_ending (loaded, start, 1.0, loss / 2);   /* at once */
  check_ending (loaded, start, 1e308, INFINITY); /* by the weights */
  device->backend->unload (loaded);

  /* The same in chunks of a few epochs. */
  set_budget (device, ew_problem_work (problem) * 2 * 4);
  loaded = load (device, problem);
  check_ending (loaded, start, 1.0, 1e12 * loss);
  device->backend->unload (loaded);
  set_budget (device, old);
}
