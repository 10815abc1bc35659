/* The CUDA kernels, run on the CPU by the shim, against the float64 reference. */
#include "engine/reference.h"
#include "tests/cuda-fixtures.h"
#include "tests/cuda-shim.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <string.h>
#include <sys/mman.h>

/* The longest chain of float32 additions in a sum over a tile: its outputs one by one, then the groups. */
#define CHAIN (EW_CUDA_TILE_HEIGHT * EW_CUDA_TILE_WIDTH + EW_CUDA_TILE_HEIGHT)

#define GUARD 0x1.a5a5p+500

/* The doubles from @values[n] on are guards. */
static double *
guarded_doubles (gsize n)
{
  double *values = g_new (double, n + 8);

  for (gsize k = 0; k < n + 8; k++)
    values[k] = GUARD;
  return values;
}

static void
check_guard (const double *values, gsize n)
{
  for (gsize k = n; k < n + 8; k++)
    g_assert_cmpfloat (values[k], ==, GUARD);
}

/* Taps, then the bias. */
static double *
params_of_kernel (const EwKernel *kernel)
{
  int n_taps = ew_kernel_n_taps (kernel);
  double *params = g_new (double, n_taps + 1);

  memcpy (params, kernel->taps, n_taps * sizeof (double));
  params[n_taps] = kernel->bias;
  return params;
}

static void
run_correlate (const EwGrid *x, const EwKernel *kernel, unsigned grid, int padding, EwGrid *y)
{
  g_autofree double *params = params_of_kernel (kernel);
  GuardedPlane gx, gy;

  guarded_plane_init (&gx, x, padding);
  guarded_plane_init (&gy, y, 2 * padding);
  g_assert_true (launch_correlate (grid, &gx, &gy, params, kernel->height, kernel->width));
  guarded_plane_check (&gx);
  guarded_plane_check (&gy);
  for (int i = 0; i < y->height; i++)
    memcpy (ew_grid_row (y, i), gy.plane.data + i * gy.plane.stride, y->width * sizeof (float));
  guarded_plane_clear (&gx);
  guarded_plane_clear (&gy);
}

static void
check_correlate (EwRandom *random, int height, int width, int kernel_height, int kernel_width)
{
  g_autoptr (EwGrid) x = random_grid (random, height, width, -1, 1);
  g_autoptr (EwKernel) kernel = random_kernel (random, kernel_height, kernel_width, -1, 1);
  g_autoptr (EwGrid) y = ew_grid_new (height - kernel_height + 1, width - kernel_width + 1, NULL);
  g_autoptr (EwGrid) again = ew_grid_new (y->height, y->width, NULL);
  g_autofree double *expected = g_new (double, (gsize)y->height * y->width);
  g_autofree double *bounds = correlation_bounds (x, kernel);
  EwGeometry geometry;

  ew_geometry_init_valid (&geometry, kernel_height, kernel_width);
  g_assert_true (ew_reference_correlate (x, kernel, &geometry, expected, NULL));
  run_correlate (x, kernel, random_int (random, 1, 4), random_int (random, 0, 9), y);
  for (int i = 0; i < y->height && !g_test_failed (); i++)
    for (int j = 0; j < y->width; j++)
      g_assert_cmpfloat_with_epsilon (ew_grid_row (y, i)[j], expected[i * y->width + j], bounds[i * y->width + j]);
  /* The same bits from another number of blocks, run the other way round. */
  cuda_shim_fault.backwards = TRUE;
  run_correlate (x, kernel, 7, 3, again);
  cuda_shim_fault.backwards = FALSE;
  for (int i = 0; i < y->height; i++)
    g_assert_cmpmem (ew_grid_row (y, i), y->width * sizeof (float), ew_grid_row (again, i), y->width * sizeof (float));
}

/* @high: the largest side of kernels. */
static void
random_sizes (EwRandom *random, int high, int *height, int *width, int *kernel_height, int *kernel_width)
{
  *height = random_int (random, 1, 70);
  *width = random_int (random, 1, 70);
  *kernel_height = random_int (random, 1, MIN (*height, high));
  *kernel_width = random_int (random, 1, MIN (*width, high));
}

static void
test_correlate (void)
{
  EwRandom random = 21;
  int height, width, kernel_height, kernel_width;

  for (int round = 0; round < 60 && !g_test_failed (); round++)
    {
      random_sizes (&random, round % 3 == 0 ? 63 : 9, &height, &width, &kernel_height, &kernel_width);
      check_correlate (&random, height, width, kernel_height, kernel_width);
    }
  check_correlate (&random, 70, 69, 63, 63);
  check_correlate (&random, 1, 1, 1, 1);
  check_correlate (&random, 16, 32, 1, 1);
  check_correlate (&random, 17, 33, 1, 1);
  check_correlate (&random, 63, 70, 63, 1);
  check_correlate (&random, 70, 63, 1, 63);
}

/* A problem with a bias of 1 to 4 pairs; where @whole, of whole numbers. */
static EwProblem *
random_problem (EwRandom *random, int kernel_height, int kernel_width, gboolean whole)
{
  g_autoptr (GError) error = NULL;
  EwSample samples[4] = { 0 };
  int n_samples = random_int (random, 1, 4);
  EwGeometry geometry;
  EwProblem *problem;

  for (int s = 0; s < n_samples; s++)
    {
      int height = random_int (random, kernel_height, MAX (70, kernel_height));
      int width = random_int (random, kernel_width, MAX (70, kernel_width));
      int y_height = height - kernel_height + 1;
      int y_width = width - kernel_width + 1;

      samples[s].x = whole ? random_whole_grid (random, height, width, 1) : random_grid (random, height, width, -1, 1);
      samples[s].y
          = whole ? random_whole_grid (random, y_height, y_width, 2) : random_grid (random, y_height, y_width, -1, 1);
    }
  ew_geometry_init_valid (&geometry, kernel_height, kernel_width);
  problem = ew_problem_new (samples, n_samples, &geometry, TRUE, &error);
  g_assert_no_error (error);
  for (int s = 0; s < n_samples; s++)
    {
      ew_grid_unref (samples[s].x);
      ew_grid_unref (samples[s].y);
    }
  return problem;
}

/* The sums of an evaluation by the kernels evaluate and reduce. */
static void
run_evaluate (const EwProblem *problem, const double *params, gboolean has_bias, unsigned grid, int padding,
              double *sums)
{
  const EwGeometry *g = &problem->geometry;
  int n_sums = g->kernel_height * g->kernel_width + 2;
  g_autoptr (Pairs) pairs = pairs_new (problem, padding);
  g_autofree double *partials = guarded_doubles ((gsize)grid * n_sums);
  g_autofree double *out = guarded_doubles (n_sums);
  EwCudaProgress progress = { 3, 0 };

  g_assert_true (
      launch_evaluate (grid, pairs, params, has_bias, g->kernel_height, g->kernel_width, &progress, partials));
  check_guard (partials, (gsize)grid * n_sums);
  pairs_check (pairs, problem);
  g_assert_true (launch_reduce ((n_sums + 255) / 256, partials, grid, n_sums, &progress, out));
  check_guard (out, n_sums);
  memcpy (sums, out, n_sums * sizeof (double));
  g_assert_cmpint (progress.done, ==, 3);
  g_assert_cmpint (progress.diverged, ==, 0);
}

/* Without a bias params must end with the taps, so that reading one more shows. */
static void
check_evaluate (EwRandom *random, int kernel_height, int kernel_width, gboolean whole)
{
  g_autoptr (EwProblem) problem = random_problem (random, kernel_height, kernel_width, whole);
  g_autoptr (EwKernel) kernel = whole ? random_whole_kernel (random, kernel_height, kernel_width, 1)
                                      : random_kernel (random, kernel_height, kernel_width, -1, 1);
  gboolean has_bias = random_int (random, 0, 1);
  int n_taps = kernel_height * kernel_width;
  g_autofree double *params = NULL;
  g_autofree double *with_bias = NULL;
  g_autofree double *sums = g_new (double, n_taps + 2);
  g_autofree double *again = g_new (double, n_taps + 2);
  g_autofree double *gradient = g_new (double, n_taps + 1);
  g_autofree double *bounds = g_new (double, n_taps + 1);
  unsigned grid = random_int (random, 1, 9);
  double loss, loss_bound;

  params = params_of_kernel (kernel);
  if (!has_bias)
    {
      kernel->bias = 0;
      params[n_taps] = NAN;
    }
  with_bias = params_of_kernel (kernel);
  run_evaluate (problem, params, has_bias, grid, random_int (random, 0, 9), sums);
  ew_reference_evaluate (problem, with_bias, &loss, gradient);
  evaluation_bounds (problem, with_bias, CHAIN, &loss_bound, bounds);
  if (whole && evaluation_magnitude (problem, with_bias) < 0x1p24)
    {
      loss_bound = 0;
      memset (bounds, 0, (n_taps + 1) * sizeof (double));
    }
  for (int k = 0; k < n_taps + 1 && !g_test_failed (); k++)
    g_assert_cmpfloat (fabs (2 * sums[k] - gradient[k]), <=, bounds[k]);
  g_assert_cmpfloat (fabs (sums[n_taps + 1] - loss), <=, loss_bound);
  /* The same bits whatever the order of threads and blocks and the distance of rows. */
  cuda_shim_fault.backwards = TRUE;
  run_evaluate (problem, params, has_bias, grid, 13, again);
  cuda_shim_fault.backwards = FALSE;
  g_assert_cmpmem (sums, (n_taps + 2) * sizeof (double), again, (n_taps + 2) * sizeof (double));
}

static void
test_evaluate (void)
{
  EwRandom random = 22;

  for (int round = 0; round < 40 && !g_test_failed (); round++)
    check_evaluate (&random, random_int (&random, 1, 9), random_int (&random, 1, 9), round % 2);
  for (int round = 0; round < 8 && !g_test_failed (); round++)
    check_evaluate (&random, random_int (&random, 10, 63), random_int (&random, 10, 63), round % 2);
  check_evaluate (&random, 63, 63, FALSE);
  check_evaluate (&random, 63, 63, TRUE);
  check_evaluate (&random, 63, 1, TRUE);
  check_evaluate (&random, 1, 63, TRUE);
}

/* Each number of groups that threads can be divided into, and the numbers of items around which that changes. */
static void
test_groups (void)
{
  EwRandom random = 23;
  int last = 0;

  for (int height = 1; height <= 63 && !g_test_failed (); height++)
    for (int width = 1; width <= 20; width += 3)
      {
        int groups = ew_cuda_groups (ew_cuda_items (height, width));

        if (groups == last)
          continue;
        last = groups;
        check_evaluate (&random, height, width + height % 3, TRUE);
      }
}

/* Blocks that no tile falls to have rows of zeros, and an evaluation after the divergence leaves all as it was. */
static void
test_evaluate_nothing (void)
{
  EwRandom random = 24;
  g_autoptr (EwProblem) problem = random_problem (&random, 2, 3, FALSE);
  g_autoptr (Pairs) pairs = pairs_new (problem, 1);
  unsigned grid = pairs->n_tiles + 3;
  g_autofree double *partials = guarded_doubles (8 * grid);
  const double params[7] = { 0 };
  double sums[8] = { GUARD };
  EwCudaProgress progress = { 0, 1 };

  g_assert_true (launch_evaluate (grid, pairs, params, TRUE, 2, 3, &progress, partials));
  for (unsigned k = 0; k < 8 * grid; k++)
    g_assert_cmpfloat (partials[k], ==, GUARD);
  g_assert_true (launch_reduce (1, partials, grid, 8, &progress, sums));
  g_assert_cmpfloat (sums[0], ==, GUARD);
  progress.diverged = 0;
  g_assert_true (launch_evaluate (grid, pairs, params, TRUE, 2, 3, &progress, partials));
  for (unsigned k = 8 * pairs->n_tiles; k < 8 * grid; k++)
    g_assert_cmpfloat (partials[k], ==, 0);
  check_guard (partials, 8 * grid);
}

/* Rows so far apart that 32 bits do not hold an index. Memory that is never touched costs nothing. */
static void
test_far_rows (void)
{
  const gsize stride = 1 << 28;
  const int height = 12;
  gsize bytes = 2 * height * stride * sizeof (float);
  float *memory = mmap (NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  EwRandom random = 25;
  g_autoptr (EwGrid) x = random_whole_grid (&random, height, 5, 9);
  g_autoptr (EwKernel) kernel = random_whole_kernel (&random, 1, 2, 9);
  g_autoptr (EwGrid) y = reference_output (x, kernel);
  g_autofree double *params = params_of_kernel (kernel);
  GuardedPlane gx = { { memory, stride, height, 5 } };
  GuardedPlane gy = { { memory + height * stride, stride, height, 4 } };
  EwCudaSample sample = { gx.plane, gy.plane, 0 };
  Pairs pairs = { 1, &gx, &gy, &sample, 1 };
  EwCudaProgress progress = { 0 };
  double partials[4];

  if (memory == MAP_FAILED)
    {
      g_test_skip ("not so much address space here");
      return;
    }
  for (int i = 0; i < height; i++)
    memcpy (gx.plane.data + i * stride, ew_grid_row (x, i), 5 * sizeof (float));
  g_assert_true (launch_correlate (1, &gx, &gy, params, 1, 2));
  for (int i = 0; i < height; i++)
    g_assert_cmpmem (gy.plane.data + i * stride, 4 * sizeof (float), ew_grid_row (y, i), 4 * sizeof (float));
  /* What was just computed is the perfect target. */
  g_assert_true (launch_evaluate (1, &pairs, params, TRUE, 1, 2, &progress, partials));
  g_assert_cmpfloat (partials[3], ==, 0);
  munmap (memory, bytes);
}

/* Row by row: any other order gives other bits for such numbers. */
static void
test_reduce (void)
{
  EwRandom random = 26;

  for (int round = 0; round < 20 && !g_test_failed (); round++)
    {
      int n_rows = random_int (&random, 1, round < 15 ? 40 : EW_CUDA_BLOCKS_MAX);
      int n_sums = random_int (&random, 3, 600);
      gsize n = (gsize)n_rows * n_sums;
      g_autofree double *partials = g_new (double, n);
      g_autofree double *sums = guarded_doubles (n_sums);
      EwCudaProgress progress = { 0 };

      for (gsize k = 0; k < n; k++)
        partials[k] = ldexp (ew_random_uniform (&random) - 0.5, random_int (&random, -40, 40));
      g_assert_true (launch_reduce ((n_sums + 255) / 256, partials, n_rows, n_sums, &progress, sums));
      for (int k = 0; k < n_sums; k++)
        {
          double expected = 0;

          for (int i = 0; i < n_rows; i++)
            expected += partials[(gsize)i * n_sums + k];
          g_assert_cmpfloat (sums[k], ==, expected);
        }
      check_guard (sums, n_sums);
    }
}

/* One step from made-up sums, with @bad_param (−1: none) so that its update is infinite, or the loss given. */
typedef struct
{
  int n_taps;
  gboolean has_bias;
  gboolean has_trace;
  int bad_param;
  double loss;
  gboolean diverges;
} StepCase;

static const StepCase step_cases[] = {
  { 1, FALSE, TRUE, -1, 5, FALSE },       { 1, TRUE, TRUE, -1, 5, FALSE },       { 9, TRUE, FALSE, -1, 100, FALSE },
  { 255, TRUE, TRUE, -1, 5, FALSE },      { 3969, TRUE, TRUE, -1, 0, FALSE },    { 3969, FALSE, TRUE, 3968, 5, TRUE },
  { 3969, TRUE, TRUE, 3969, 5, TRUE },    { 9, TRUE, TRUE, 0, 5, TRUE },         { 9, FALSE, FALSE, 8, 5, TRUE },
  { 9, FALSE, TRUE, -1, 100.0001, TRUE }, { 9, FALSE, TRUE, -1, NAN, TRUE },     { 9, TRUE, TRUE, -1, INFINITY, TRUE },
  { 300, TRUE, TRUE, -1, 1e300, TRUE },   { 300, TRUE, FALSE, -1, 99.9, FALSE }, { 9, FALSE, TRUE, 9, 5, FALSE },
};

static void
check_stepped (const StepCase *c, const double *before, const double *sums, const double *params, const double *trace,
               int n_params)
{
  const int done = 2;

  for (int k = 0; k < n_params && !g_test_failed (); k++)
    {
      double expected = before[k] - 0.125 * (2 * sums[k]);

      if (c->diverges)
        g_assert_cmpfloat (params[k], ==, before[k]);
      else /* The update is fused or not: one rounding of the product more or less. */
        g_assert_cmpfloat_with_epsilon (params[k], expected, 2 * UNIT_64 * (fabs (expected) + fabs (sums[k])));
      if (!c->diverges && c->has_trace)
        g_assert_cmpfloat (trace[done * n_params + k], ==, params[k]);
    }
  for (int k = 0; k < 4 * n_params && !g_test_failed (); k++)
    if (c->diverges || !c->has_trace || k / n_params != done)
      g_assert_cmpfloat (trace[k], ==, GUARD);
}

static void
test_step (gconstpointer data)
{
  const StepCase *c = data;
  EwRandom random = 27;
  int n_params = c->n_taps + c->has_bias;
  g_autofree double *sums = g_new (double, c->n_taps + 2);
  g_autofree double *before = g_new (double, n_params);
  g_autofree double *params = guarded_doubles (n_params);
  g_autofree double *losses = guarded_doubles (4);
  g_autofree double *trace = guarded_doubles (4 * n_params);
  EwCudaProgress progress = { 2, 0 };

  for (int k = 0; k < c->n_taps + 1; k++)
    sums[k] = k == c->bad_param ? INFINITY : ew_random_uniform (&random) - 0.5;
  sums[c->n_taps + 1] = c->loss;
  for (int k = 0; k < n_params; k++)
    before[k] = params[k] = ew_random_uniform (&random);
  g_assert_true (
      launch_step (sums, c->n_taps, n_params, 0.125, 100, params, &progress, losses, c->has_trace ? trace : NULL));
  g_assert_cmpint (progress.done, ==, c->diverges ? 2 : 3);
  g_assert_cmpint (progress.diverged, ==, c->diverges);
  for (int k = 0; k < 4; k++)
    g_assert_cmpmem (&losses[k], sizeof (double), k == 2 ? &c->loss : &(double){ GUARD }, sizeof (double));
  check_stepped (c, before, sums, params, trace, n_params);
  check_guard (params, n_params);
  check_guard (losses, 4);
  check_guard (trace, 4 * n_params);
  /* After a divergence nothing moves any more. */
  sums[c->n_taps + 1] = 1;
  memset (sums, 0, n_params * sizeof (double));
  if (c->diverges)
    {
      g_assert_true (launch_step (sums, c->n_taps, n_params, 0.125, 100, params, &progress, losses, trace));
      g_assert_cmpint (progress.done, ==, 2);
      g_assert_cmpmem (&losses[2], sizeof (double), &c->loss, sizeof (double));
      check_stepped (c, before, sums, params, trace, n_params);
    }
}

/* The golden case: ten epochs of the textbook's descent, as the reference makes them. */
static void
test_descent (void)
{
  g_autoptr (EwProblem) problem = golden_problem ();
  g_autoptr (Pairs) pairs = pairs_new (problem, 1);
  double params[2] = { golden_start[0], golden_start[1] };
  double losses[100], trace[200], partials[2 * 4], sums[4], loss;
  EwCudaProgress progress = { 0 };

  for (int epoch = 0; epoch < 100; epoch++)
    {
      g_assert_true (launch_evaluate (2, pairs, params, FALSE, 1, 2, &progress, partials));
      g_assert_true (launch_reduce (1, partials, 2, 4, &progress, sums));
      g_assert_true (launch_step (sums, 2, 2, 0.03, 1e12, params, &progress, losses, trace));
    }
  g_assert_cmpint (progress.done, ==, 100);
  g_assert_cmpmem (params, sizeof params, trace + 198, sizeof params);
  /* The digits of the published table. */
  g_assert_cmpfloat_with_epsilon (losses[9], 0.305, 0.0005);
  g_assert_cmpfloat_with_epsilon (trace[18], 0.9308, 0.00005);
  g_assert_cmpfloat_with_epsilon (trace[19], -1.0440, 0.00005);
  g_assert_cmpfloat_with_epsilon (losses[19], 0.003, 0.0005);
  g_assert_cmpfloat_with_epsilon (trace[98], 1, 0.00005);
  g_assert_cmpfloat_with_epsilon (trace[99], -1, 0.00005);
  ew_reference_evaluate (problem, golden_start, &loss, NULL);
  g_assert_cmpfloat_with_epsilon (losses[0], loss, loss * rounding_bound (CHAIN, UNIT_32));
}

/* Every kernel there can be fits into what every device has. */
static void
test_shared_bytes (void)
{
  unsigned most = 0;

  for (int height = 1; height <= EW_KERNEL_SIDE_MAX; height++)
    for (int width = 1; width <= EW_KERNEL_SIDE_MAX; width++)
      most = MAX (most, ew_cuda_shared_bytes (height, width));
  g_assert_cmpuint (most, <=, 48 * 1024);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/cuda-kernels/correlate", test_correlate);
  g_test_add_func ("/cuda-kernels/evaluate", test_evaluate);
  g_test_add_func ("/cuda-kernels/groups", test_groups);
  g_test_add_func ("/cuda-kernels/evaluate-nothing", test_evaluate_nothing);
  g_test_add_func ("/cuda-kernels/far-rows", test_far_rows);
  g_test_add_func ("/cuda-kernels/reduce", test_reduce);
  for (guint i = 0; i < G_N_ELEMENTS (step_cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/cuda-kernels/step/%u", i + 1);

      g_test_add_data_func (path, &step_cases[i], test_step);
    }
  g_test_add_func ("/cuda-kernels/descent", test_descent);
  g_test_add_func ("/cuda-kernels/shared-bytes", test_shared_bytes);
  return g_test_run ();
}
