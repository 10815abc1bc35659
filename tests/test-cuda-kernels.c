/* The CUDA kernels, run on the CPU by the shim, against the float64 reference. */
#include "engine/reference.h"
#include "tests/cuda-fixtures.h"
#include "tests/cuda-shim.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <string.h>
#include <sys/mman.h>

#define GUARD 0x1.a5a5p+500

/* Multiprocessors that plans are made for: few, so that literal kernels have tiles of several heights. */
#define MULTIPROCESSORS 2

/* The longest chain of float32 additions: a thread of a wide kernel with many taps sums over a whole tile. */
#define CHAIN (32 * 128)

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

/* --- the border */

static void
check_border (EwRandom *random, EwBorder border)
{
  g_autoptr (EwGrid) x = random_grid (random, random_int (random, 1, 9), random_int (random, 1, 300), -1, 1);
  int most = border == EW_BORDER_REFLECT ? x->width - 1 : 400;
  EwGeometry g = { .border = border, .left = random_int (random, 0, most), .right = random_int (random, 0, most) };
  g_autoptr (EwGrid) wanted = bordered_grid (x, &g);
  GuardedPlane plane;

  guarded_plane_init (&plane, wanted, 5, TRUE);
  for (int i = 0; i < x->height; i++)
    for (int j = 0; j < wanted->width; j++)
      if (j < g.left || j >= g.left + x->width)
        plane.plane.data[i * plane.plane.stride + j] = NAN;
  g_assert_true (launch_border (random_int (random, 1, 4), &plane, g.left, g.right, border));
  guarded_plane_check (&plane);
  for (int i = 0; i < x->height; i++)
    g_assert_cmpmem (plane.plane.data + i * plane.plane.stride, wanted->width * sizeof (float), ew_grid_row (wanted, i),
                     wanted->width * sizeof (float));
  guarded_plane_clear (&plane);
}

static void
test_border (void)
{
  EwRandom random = 20;

  for (int round = 0; round < 40 && !g_test_failed (); round++)
    check_border (&random, (EwBorder)(round % 4));
}

/* --- correlation */

static void
run_correlate (const EwGrid *bordered, const double *params, const EwCudaWay *way, unsigned grid, int padding,
               EwGrid *y)
{
  GuardedPlane gx, gy;

  guarded_plane_init (&gx, bordered, padding, FALSE);
  guarded_plane_init (&gy, y, 2 * padding, FALSE);
  g_assert_true (launch_correlate (grid, way, &gx, &gy, params));
  guarded_plane_check (&gx);
  guarded_plane_check (&gy);
  for (int i = 0; i < y->height; i++)
    memcpy (ew_grid_row (y, i), gy.plane.data + i * gy.plane.stride, y->width * sizeof (float));
  guarded_plane_clear (&gx);
  guarded_plane_clear (&gy);
}

static void
check_same (const EwGrid *a, const EwGrid *b)
{
  for (int i = 0; i < a->height; i++)
    g_assert_cmpmem (ew_grid_row (a, i), a->width * sizeof (float), ew_grid_row (b, i), a->width * sizeof (float));
}

/* The kernels that the plan takes, and every more general one: all give the same bits. */
static void
check_correlate (EwRandom *random, const EwGeometry *geometry, int height, int width)
{
  g_autoptr (EwGrid) x = random_grid (random, height, width, -1, 1);
  g_autoptr (EwGrid) bordered = bordered_grid (x, geometry);
  g_autoptr (EwKernel) kernel = random_kernel (random, geometry->kernel_height, geometry->kernel_width, -1, 1);
  g_autofree double *params = params_of_kernel (kernel);
  g_autofree double *bounds = geometry_bounds (x, kernel, geometry);
  g_autofree double *expected = NULL;
  g_autoptr (EwGrid) y = NULL;
  g_autoptr (EwGrid) again = NULL;
  EwCudaWay way;
  int y_height, y_width;

  g_assert_true (ew_geometry_output_size (geometry, height, width, &y_height, &y_width, NULL));
  y = ew_grid_new (y_height, y_width, NULL);
  again = ew_grid_new (y_height, y_width, NULL);
  expected = g_new (double, (gsize)y_height *y_width);
  g_assert_true (ew_reference_correlate (x, kernel, geometry, expected, NULL));
  ew_cuda_way_init (&way, geometry, FALSE, y_height, y_width, 1, random_int (random, 1, MULTIPROCESSORS));
  run_correlate (bordered, params, &way, random_int (random, 1, 4), random_int (random, 0, 9), y);
  for (int k = 0; k < y_height * y_width && !g_test_failed (); k++)
    g_assert_cmpfloat_with_epsilon (ew_grid_row (y, k / y_width)[k % y_width], expected[k], bounds[k]);
  cuda_shim_fault.backwards = TRUE;
  for (EwCudaPath path = way.path; path <= EW_CUDA_GENERAL; path++)
    {
      way.path = path;
      way.rows = path == EW_CUDA_LITERAL ? 3 : 0;
      run_correlate (bordered, params, &way, 7, 3, again);
      check_same (y, again);
    }
  cuda_shim_fault.backwards = FALSE;
}

static void
check_valid (EwRandom *random, int height, int width, int kernel_height, int kernel_width)
{
  EwGeometry geometry;

  ew_geometry_init_valid (&geometry, kernel_height, kernel_width);
  check_correlate (random, &geometry, height, width);
}

static void
test_correlate_literal (void)
{
  static const int sides[] = { 1, 2, 3, 4, 5, 6, 7, 9, 11, 15 };
  EwRandom random = 21;

  for (guint i = 0; i < G_N_ELEMENTS (sides) && !g_test_failed (); i++)
    {
      check_valid (&random, sides[i], sides[i], sides[i], sides[i]);
      check_valid (&random, sides[i] + 31, sides[i] + 127, sides[i], sides[i]);
      check_valid (&random, sides[i] + random_int (&random, 0, 70), sides[i] + random_int (&random, 0, 270), sides[i],
                   sides[i]);
      check_valid (&random, sides[i] + random_int (&random, 0, 9), sides[i] + random_int (&random, 0, 9), sides[i],
                   sides[i]);
    }
}

static void
test_correlate_wide (void)
{
  EwRandom random = 22;

  for (int round = 0; round < 24 && !g_test_failed (); round++)
    {
      int kernel_height = random_int (&random, 1, round % 3 == 0 ? 63 : 9);
      int kernel_width = random_int (&random, 1, round % 3 == 0 ? 63 : 9);

      check_valid (&random, kernel_height + random_int (&random, 0, 40), kernel_width + random_int (&random, 0, 150),
                   kernel_height, kernel_width);
    }
  check_valid (&random, 70, 69, 63, 63);
  check_valid (&random, 31, 129, 8, 8);
  check_valid (&random, 63, 70, 63, 1);
  check_valid (&random, 70, 63, 1, 63);
}

static void
test_correlate_general (void)
{
  EwRandom random = 23;

  for (int round = 0; round < 40 && !g_test_failed (); round++)
    {
      int height = random_int (&random, 1, 40), width = random_int (&random, 1, 90);
      EwGeometry g = random_geometry (&random, height, width, random_int (&random, 1, 9), random_int (&random, 1, 9),
                                      round % 2 == 0 ? 3 : 1, round % 3 == 0 ? 20 : 4);

      check_correlate (&random, &g, height, width);
    }
}

/* What an output does not see has no part in it, whatever it is; what it sees does. */
static void
check_not_finite (EwRandom *random, int kernel_height, int kernel_width, float value)
{
  g_autoptr (EwGrid) x = random_grid (random, 40, 150, -1, 1);
  g_autoptr (EwKernel) kernel = random_kernel (random, kernel_height, kernel_width, 0.5, 1);
  g_autofree double *params = params_of_kernel (kernel);
  g_autoptr (EwGrid) y = ew_grid_new (41 - kernel_height, 151 - kernel_width, NULL);
  int row = random_int (random, 0, 39), column = random_int (random, 0, 149);
  EwGeometry geometry;
  EwCudaWay way;

  ew_grid_row (x, row)[column] = value;
  ew_geometry_init_valid (&geometry, kernel_height, kernel_width);
  ew_cuda_way_init (&way, &geometry, FALSE, y->height, y->width, 1, MULTIPROCESSORS);
  run_correlate (x, params, &way, 3, 1, y);
  for (int i = 0; i < y->height && !g_test_failed (); i++)
    for (int j = 0; j < y->width; j++)
      {
        gboolean sees = row >= i && row < i + kernel_height && column >= j && column < j + kernel_width;

        g_assert_cmpint (isfinite (ew_grid_row (y, i)[j]), ==, !sees);
        g_assert_true (!sees || isnan (value) || ew_grid_row (y, i)[j] == value);
      }
}

static void
test_not_finite (void)
{
  EwRandom random = 24;

  for (int side = 1; side <= 15 && !g_test_failed (); side++)
    {
      check_not_finite (&random, side, side, side % 2 == 0 ? NAN : -INFINITY);
      check_not_finite (&random, side, 16 - side, INFINITY);
    }
}

/* --- loss and gradient */

/* The sums of an evaluation by the kernels evaluate and reduce. */
static void
run_evaluate (const EwProblem *problem, const EwCudaWay *way, const double *params, gboolean has_bias, unsigned grid,
              int padding, double *sums)
{
  int n_sums = way->shape.kernel_height * way->shape.kernel_width + 2;
  g_autoptr (Pairs) pairs = pairs_new (problem, way->tile, padding);
  g_autofree double *partials = guarded_doubles ((gsize)grid * n_sums);
  g_autofree double *out = guarded_doubles (n_sums);
  EwCudaProgress progress = { .done = 3 };

  g_assert_true (launch_evaluate (grid, way, pairs, params, has_bias, &progress, partials));
  check_guard (partials, (gsize)grid * n_sums);
  pairs_check (pairs, problem);
  g_assert_true (launch_reduce (n_sums, partials, grid, n_sums, &progress, out, 1));
  check_guard (out, n_sums);
  memcpy (sums, out, n_sums * sizeof (double));
  g_assert_cmpint (progress.done, ==, 3);
  g_assert_cmpint (progress.diverged, ==, 0);
}

static void
check_sums (const EwProblem *problem, const EwCudaWay *way, const double *params, gboolean whole, unsigned grid,
            int padding)
{
  int n_taps = way->shape.kernel_height * way->shape.kernel_width;
  g_autofree double *sums = g_new (double, n_taps + 2);
  g_autofree double *again = g_new (double, n_taps + 2);
  g_autofree double *gradient = g_new (double, n_taps + 1);
  g_autofree double *bounds = g_new (double, n_taps + 1);
  double loss, loss_bound;

  run_evaluate (problem, way, params, problem->has_bias, grid, padding, sums);
  ew_reference_evaluate (problem, params, &loss, gradient);
  geometry_evaluation_bounds (problem, params, CHAIN, &loss_bound, bounds);
  /* Whole numbers whose sums of magnitudes stay below 2²⁴ come out to the bit. */
  for (int k = 0; k < problem->n_params && !g_test_failed (); k++)
    g_assert_cmpfloat (fabs (2 * sums[k] - gradient[k]), <=, whole ? 0 : bounds[k]);
  g_assert_cmpfloat (fabs (sums[n_taps + 1] - loss), <=, whole ? 0 : loss_bound);
  /* The same bits whatever the order of threads and blocks and the distance of rows. */
  cuda_shim_fault.backwards = TRUE;
  run_evaluate (problem, way, params, problem->has_bias, grid, 13, again);
  cuda_shim_fault.backwards = FALSE;
  g_assert_cmpmem (sums, (n_taps + 2) * sizeof (double), again, (n_taps + 2) * sizeof (double));
}

/* By the kernels that the plan takes, and by each more general one. Without a bias params end with the taps, so that
 * reading one more shows. */
static void
check_evaluate (EwRandom *random, const EwGeometry *geometry, int side, gboolean whole)
{
  int n_taps = geometry->kernel_height * geometry->kernel_width;
  gboolean has_bias = random_int (random, 0, 1);
  g_autoptr (EwProblem) problem
      = random_problem_for (random, geometry, random_int (random, 1, 3), side, has_bias, whole);
  g_autoptr (EwKernel) kernel = whole ? random_whole_kernel (random, geometry->kernel_height, geometry->kernel_width, 1)
                                      : random_kernel (random, geometry->kernel_height, geometry->kernel_width, -1, 1);
  g_autofree double *params = params_of_kernel (kernel);
  EwCudaWay way;

  if (!has_bias)
    params[n_taps] = NAN;
  ew_cuda_way_init (&way, geometry, TRUE, problem->samples[0].y->height, problem->samples[0].y->width,
                    problem->n_samples, random_int (random, 1, MULTIPROCESSORS));
  if (random_int (random, 0, 2) == 0)
    {
      problem = masked_problem (random, g_steal_pointer (&problem), whole);
      ew_cuda_way_widen (&way);
    }
  for (EwCudaPath path = way.path; path <= EW_CUDA_GENERAL && !g_test_failed (); path++)
    {
      way.path = path;
      way.tile = ew_cuda_tile (path, way.rows);
      check_sums (problem, &way, params, whole, random_int (random, 1, 9), random_int (random, 0, 9));
    }
}

static void
check_evaluate_valid (EwRandom *random, int kernel_height, int kernel_width, gboolean whole)
{
  EwGeometry geometry;

  ew_geometry_init_valid (&geometry, kernel_height, kernel_width);
  check_evaluate (random, &geometry, 80, whole);
}

static void
test_evaluate_literal (void)
{
  EwRandom random = 25;
  EwGeometry geometry;

  for (int side = 1; side <= EW_CUDA_FUSED_MAX && !g_test_failed (); side++)
    {
      check_evaluate_valid (&random, side, side, FALSE);
      check_evaluate_valid (&random, side, side, TRUE);
      ew_geometry_init_valid (&geometry, side, side);
      check_evaluate (&random, &geometry, 170, side % 2);
    }
}

static void
test_evaluate_wide (void)
{
  EwRandom random = 26;

  for (int round = 0; round < 8 && !g_test_failed (); round++)
    check_evaluate_valid (&random, random_int (&random, 1, 12), random_int (&random, 1, 12), round % 2);
  for (int round = 0; round < 4 && !g_test_failed (); round++)
    check_evaluate_valid (&random, random_int (&random, 10, 63), random_int (&random, 10, 63), FALSE);
  check_evaluate_valid (&random, 63, 63, FALSE);
  check_evaluate_valid (&random, 63, 1, FALSE);
  check_evaluate_valid (&random, 1, 63, FALSE);
  check_evaluate_valid (&random, 45, 45, FALSE); /* the last with groups of one thread more */
  check_evaluate_valid (&random, 32, 64 - 1, FALSE);
}

static void
test_evaluate_general (void)
{
  EwRandom random = 27;

  for (int round = 0; round < 20 && !g_test_failed (); round++)
    {
      EwGeometry g = random_geometry (&random, 30, 30, random_int (&random, 1, 7), random_int (&random, 1, 7),
                                      round % 2 == 0 ? 3 : 1, round % 3 == 0 ? 12 : 4);

      check_evaluate (&random, &g, 50, round % 4 == 1);
    }
}

/* Blocks that no tile falls to have zeros, and an evaluation after the divergence leaves all as it was. */
static void
check_nothing (int kernel_height, int kernel_width, EwCudaPath path)
{
  EwRandom random = 28;
  EwGeometry geometry;
  g_autoptr (EwProblem) problem = NULL;
  g_autoptr (Pairs) pairs = NULL;
  g_autofree double *partials = NULL;
  g_autofree double *params = g_new0 (double, kernel_height *kernel_width + 1);
  int n_sums = kernel_height * kernel_width + 2;
  EwCudaProgress progress = { .diverged = 1 };
  EwCudaWay way;
  double sums[2] = { GUARD };
  unsigned grid;

  ew_geometry_init_valid (&geometry, kernel_height, kernel_width);
  problem = random_problem_for (&random, &geometry, 2, 70, TRUE, FALSE);
  ew_cuda_way_init (&way, &geometry, TRUE, 50, 50, 2, 1);
  way.path = path;
  way.tile = ew_cuda_tile (path, way.rows);
  pairs = pairs_new (problem, way.tile, 1);
  grid = pairs->n_tiles + 3;
  partials = guarded_doubles ((gsize)n_sums * grid);
  g_assert_true (launch_evaluate (grid, &way, pairs, params, TRUE, &progress, partials));
  for (unsigned k = 0; k < n_sums * grid; k++)
    g_assert_cmpfloat (partials[k], ==, GUARD);
  g_assert_true (launch_reduce (1, partials, grid, 1, &progress, sums, 1));
  g_assert_cmpfloat (sums[0], ==, GUARD);
  progress.diverged = 0;
  g_assert_true (launch_evaluate (grid, &way, pairs, params, TRUE, &progress, partials));
  for (int k = 0; k < n_sums; k++)
    for (unsigned b = pairs->n_tiles; b < grid; b++)
      g_assert_cmpfloat (partials[k * grid + b], ==, 0);
  check_guard (partials, (gsize)n_sums * grid);
}

static void
test_evaluate_nothing (void)
{
  check_nothing (3, 3, EW_CUDA_LITERAL);
  check_nothing (2, 3, EW_CUDA_WIDE);
  check_nothing (40, 50, EW_CUDA_WIDE);
  check_nothing (2, 3, EW_CUDA_GENERAL);
}

/* Rows so far apart that 32 bits do not hold an index. Memory that is never touched costs nothing. */
static void
check_far_rows (int side, float *memory, gsize stride, int height)
{
  EwRandom random = 29;
  g_autoptr (EwGrid) x = random_whole_grid (&random, height, 5, 9);
  g_autoptr (EwKernel) kernel = random_whole_kernel (&random, side, 2, 9);
  g_autoptr (EwGrid) y = reference_output (x, kernel);
  g_autofree double *params = params_of_kernel (kernel);
  GuardedPlane gx = { .plane = { memory, stride, height, 5 } };
  GuardedPlane gy = { .plane = { memory + height * stride, stride, y->height, y->width } };
  EwCudaProgress progress = { 0 };
  double partials[8];
  EwCudaWay way;
  EwGeometry geometry;

  ew_geometry_init_valid (&geometry, side, 2);
  for (int i = 0; i < height; i++)
    memcpy (gx.plane.data + i * stride, ew_grid_row (x, i), 5 * sizeof (float));
  ew_cuda_way_init (&way, &geometry, FALSE, y->height, y->width, 1, 1);
  for (EwCudaPath path = way.path; path <= EW_CUDA_GENERAL; path++)
    {
      EwCudaSample sample = { .x = gx.plane, .y = gy.plane };
      Pairs pairs = { .n_samples = 1, .x = &gx, .y = &gy, .samples = &sample, .n_tiles = 1 };

      way.path = path;
      way.tile = ew_cuda_tile (path, way.rows);
      for (int i = 0; i < y->height; i++)
        memset (gy.plane.data + i * stride, 0, 5 * sizeof (float));
      g_assert_true (launch_correlate (1, &way, &gx, &gy, params));
      for (int i = 0; i < y->height; i++)
        g_assert_cmpmem (gy.plane.data + i * stride, y->width * sizeof (float), ew_grid_row (y, i),
                         y->width * sizeof (float));
      /* What was just computed is the perfect target. */
      g_assert_true (launch_evaluate (1, &way, &pairs, params, TRUE, &progress, partials));
      g_assert_cmpfloat (partials[side * 2 + 1], ==, 0);
    }
}

static void
test_far_rows (void)
{
  const gsize stride = 1 << 28;
  const int height = 12;
  gsize bytes = 2 * height * stride * sizeof (float);
  float *memory = mmap (NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

  if (memory == MAP_FAILED)
    {
      g_test_skip ("not so much address space here");
      return;
    }
  check_far_rows (1, memory, stride, height);
  check_far_rows (2, memory, stride, height);
  munmap (memory, bytes);
}

/* --- reduction and steps */

/* Numbers of all sizes, so that another order gives other bits; within the rounding of float64. */
static void
test_reduce (void)
{
  EwRandom random = 30;

  for (int round = 0; round < 20 && !g_test_failed (); round++)
    {
      int n_partials = random_int (&random, 1, round < 15 ? 40 : 1500);
      int n_sums = random_int (&random, 1, 30);
      int pitch = random_int (&random, 1, 3);
      gsize n = (gsize)n_partials * n_sums;
      g_autofree double *partials = g_new (double, n);
      g_autofree double *sums = guarded_doubles ((gsize)n_sums * pitch);
      g_autofree double *again = guarded_doubles ((gsize)n_sums * pitch);
      EwCudaProgress progress = { 0 };

      for (gsize k = 0; k < n; k++)
        partials[k] = ldexp (ew_random_uniform (&random) - 0.5, random_int (&random, -40, 40));
      g_assert_true (launch_reduce (n_sums, partials, n_partials, n_sums, &progress, sums, pitch));
      cuda_shim_fault.backwards = TRUE;
      g_assert_true (launch_reduce (2, partials, n_partials, n_sums, NULL, again, pitch));
      cuda_shim_fault.backwards = FALSE;
      g_assert_cmpmem (sums, n_sums * pitch * sizeof (double), again, n_sums * pitch * sizeof (double));
      for (int k = 0; k < n_sums; k++)
        {
          long double expected = 0, magnitude = 0;

          for (int i = 0; i < n_partials; i++)
            {
              expected += partials[(gsize)k * n_partials + i];
              magnitude += fabs (partials[(gsize)k * n_partials + i]);
            }
          g_assert_cmpfloat (fabs (sums[k * pitch] - (double)expected), <=,
                             (double)magnitude * rounding_bound (n_partials + 8, UNIT_64));
          for (int p = 1; p < pitch; p++)
            g_assert_cmpfloat (sums[k * pitch + p], ==, GUARD);
        }
      check_guard (sums, (gsize)n_sums * pitch);
    }
}

/* One step from made-up sums, with @bad_param (−1: none) so that its update is infinite, or the loss given. */
typedef struct
{
  int n_taps;
  gboolean has_bias;
  int bad_param;
  double loss;
  gboolean diverges;
} StepCase;

static const StepCase step_cases[] = {
  { 1, FALSE, -1, 5, FALSE },       { 1, TRUE, -1, 5, FALSE },      { 9, TRUE, -1, 100, FALSE },
  { 255, TRUE, -1, 5, FALSE },      { 3969, TRUE, -1, 0, FALSE },   { 3969, FALSE, 3968, 5, TRUE },
  { 3969, TRUE, 3969, 5, TRUE },    { 9, TRUE, 0, 5, TRUE },        { 9, FALSE, 8, 5, TRUE },
  { 9, FALSE, -1, 100.0001, TRUE }, { 9, FALSE, -1, NAN, TRUE },    { 9, TRUE, -1, INFINITY, TRUE },
  { 300, TRUE, -1, 1e300, TRUE },   { 300, TRUE, -1, 99.9, FALSE }, { 9, FALSE, 9, 5, FALSE },
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
      if (!c->diverges)
        g_assert_cmpfloat (trace[done * n_params + k], ==, params[k]);
    }
  for (int k = 0; k < 4 * n_params && !g_test_failed (); k++)
    if (c->diverges || k / n_params != done)
      g_assert_cmpfloat (trace[k], ==, GUARD);
}

static void
test_step (gconstpointer data)
{
  const StepCase *c = data;
  EwRandom random = 31;
  int n_params = c->n_taps + c->has_bias;
  g_autofree double *sums = g_new (double, c->n_taps + 2);
  g_autofree double *before = g_new (double, n_params);
  g_autofree double *params = guarded_doubles (n_params);
  g_autofree double *losses = guarded_doubles (4);
  g_autofree double *trace = guarded_doubles (4 * n_params);
  EwCudaProgress progress = { 0.125, 100, 2, 0 };

  for (int k = 0; k < c->n_taps + 1; k++)
    sums[k] = k == c->bad_param ? INFINITY : ew_random_uniform (&random) - 0.5;
  sums[c->n_taps + 1] = c->loss;
  for (int k = 0; k < n_params; k++)
    before[k] = params[k] = ew_random_uniform (&random);
  g_assert_true (launch_step (sums, c->n_taps, n_params, params, &progress, losses, trace));
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
      g_assert_true (launch_step (sums, c->n_taps, n_params, params, &progress, losses, trace));
      g_assert_cmpint (progress.done, ==, 2);
      g_assert_cmpmem (&losses[2], sizeof (double), &c->loss, sizeof (double));
      check_stepped (c, before, sums, params, trace, n_params);
    }
}

/* The digits of the published table. */
static void
check_table (const double *losses, const double *trace, const double *params)
{
  g_assert_cmpmem (params, 2 * sizeof (double), trace + 198, 2 * sizeof (double));
  g_assert_cmpfloat_with_epsilon (losses[9], 0.305, 0.0005);
  g_assert_cmpfloat_with_epsilon (trace[18], 0.9308, 0.00005);
  g_assert_cmpfloat_with_epsilon (trace[19], -1.0440, 0.00005);
  g_assert_cmpfloat_with_epsilon (losses[19], 0.003, 0.0005);
  g_assert_cmpfloat_with_epsilon (trace[98], 1, 0.00005);
  g_assert_cmpfloat_with_epsilon (trace[99], -1, 0.00005);
}

/* The golden case, a launch at a time. */
static void
test_golden_steps (void)
{
  g_autoptr (EwProblem) problem = golden_problem ();
  g_autoptr (Pairs) pairs = NULL;
  double params[2] = { golden_start[0], golden_start[1] };
  double losses[100], trace[200], partials[2 * 4], sums[4];
  EwCudaProgress progress = { 0.03, 1e12, 0, 0 };
  EwCudaWay way;

  ew_cuda_way_init (&way, &problem->geometry, TRUE, 6, 7, 1, 1);
  pairs = pairs_new (problem, way.tile, 1);
  for (int epoch = 0; epoch < 100; epoch++)
    {
      g_assert_true (launch_evaluate (2, &way, pairs, params, FALSE, &progress, partials));
      g_assert_true (launch_reduce (4, partials, 2, 4, &progress, sums, 1));
      g_assert_true (launch_step (sums, 2, 2, params, &progress, losses, trace));
    }
  g_assert_cmpint (progress.done, ==, 100);
  check_table (losses, trace, params);
}

/* The golden case in two launches. */
static void
test_golden_block (void)
{
  g_autoptr (EwProblem) problem = golden_problem ();
  g_autoptr (Pairs) pairs = pairs_new (problem, ew_cuda_tile (EW_CUDA_GENERAL, 0), 1);
  double params[2] = { golden_start[0], golden_start[1] };
  double losses[100], trace[200], sums[4];
  EwCudaProgress progress = { 0.03, 1e12, 0, 0 };
  EwCudaShape shape = { 1, 2, 1, 1 };

  g_assert_true (launch_descend (pairs, shape, FALSE, 37, params, &progress, losses, trace, sums));
  g_assert_true (launch_descend (pairs, shape, FALSE, 63, params, &progress, losses, trace, sums));
  g_assert_cmpint (progress.done, ==, 100);
  check_table (losses, trace, params);
  pairs_check (pairs, problem);
}

/* A descent within a block: each epoch's loss and update are the reference's at the weights before it. */
static void
check_block (EwRandom *random, const EwGeometry *geometry)
{
  gboolean has_bias = random_int (random, 0, 1);
  g_autoptr (EwProblem) problem = random_problem_for (random, geometry, random_int (random, 1, 2), 24, has_bias, FALSE);
  g_autoptr (Pairs) pairs = NULL;
  enum
  {
    EPOCHS = 3
  };
  int n = problem->n_params, n_taps = n - has_bias;
  g_autofree double *params = guarded_doubles (n);
  g_autofree double *losses = guarded_doubles (EPOCHS);
  g_autofree double *trace = guarded_doubles (EPOCHS * n);
  g_autofree double *sums = guarded_doubles (n_taps + 2);
  g_autofree double *before = g_new (double, n + 1);
  g_autofree double *gradient = g_new (double, n + 1);
  g_autofree double *bounds = g_new (double, n + 1);
  EwCudaProgress progress = { 0.1 / (problem->n_residuals * n), INFINITY, 0, 0 };
  EwCudaShape shape = { geometry->kernel_height, geometry->kernel_width, geometry->stride, geometry->dilation };

  if (!ew_cuda_plan_is_small (problem))
    return;
  pairs = pairs_new (problem, ew_cuda_tile (EW_CUDA_GENERAL, 0), 1);
  for (int k = 0; k < n; k++)
    params[k] = before[k] = ew_random_uniform (random) - 0.5;
  g_assert_true (launch_descend (pairs, shape, has_bias, EPOCHS, params, &progress, losses, trace, sums));
  g_assert_cmpint (progress.done, ==, EPOCHS);
  for (int e = 0; e < EPOCHS && !g_test_failed (); e++)
    {
      double loss, loss_bound;

      ew_reference_evaluate (problem, before, &loss, gradient);
      geometry_evaluation_bounds (problem, before, EW_CUDA_SMALL_OUTPUTS, &loss_bound, bounds);
      g_assert_cmpfloat_with_epsilon (losses[e], loss, loss_bound);
      for (int k = 0; k < n; k++)
        g_assert_cmpfloat (fabs (trace[e * n + k] - (before[k] - progress.step * gradient[k])), <=,
                           progress.step * bounds[k] + 4 * UNIT_64 * (fabs (before[k]) + fabs (gradient[k])));
      memcpy (before, trace + e * n, n * sizeof (double));
    }
  g_assert_cmpmem (params, n * sizeof (double), before, n * sizeof (double));
  g_assert_cmpfloat (sums[n_taps + 1], ==, losses[EPOCHS - 1]);
  check_guard (params, n);
  check_guard (losses, EPOCHS);
  check_guard (trace, EPOCHS * n);
  check_guard (sums, n_taps + 2);
  pairs_check (pairs, problem);
}

static void
test_block (void)
{
  EwRandom random = 32;
  EwGeometry full;

  for (int round = 0; round < 12 && !g_test_failed (); round++)
    {
      EwGeometry g = random_geometry (&random, 12, 12, random_int (&random, 1, 5), random_int (&random, 1, 5),
                                      round % 2 == 0 ? 3 : 1, 4);

      check_block (&random, &g);
    }
  ew_geometry_init_valid (&full, 11, 11);
  check_block (&random, &full);
}

/* It ends by its loss and by its weights, and then stays. */
static void
test_block_divergence (void)
{
  g_autoptr (EwProblem) problem = golden_problem ();
  g_autoptr (Pairs) pairs = pairs_new (problem, ew_cuda_tile (EW_CUDA_GENERAL, 0), 0);
  const EwCudaProgress cases[] = { { 0.03, 1, 0, 0 }, { 1, 1e6, 0, 0 }, { 1e308, INFINITY, 0, 0 } };
  EwCudaShape shape = { 1, 2, 1, 1 };

  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      double params[2] = { golden_start[0], golden_start[1] };
      double losses[60], trace[120], sums[4];
      EwCudaProgress progress = cases[c];
      int done;

      g_assert_true (launch_descend (pairs, shape, FALSE, 60, params, &progress, losses, trace, sums));
      g_assert_cmpint (progress.diverged, ==, 1);
      done = progress.done;
      g_assert_cmpint (done, <, 60);
      g_assert_cmpmem (params, sizeof params, done == 0 ? golden_start : trace + 2 * (done - 1), sizeof params);
      for (int e = 0; e < done; e++)
        g_assert_cmpfloat (losses[e], <=, progress.diverged_above);
      g_assert_true (c == 2 || losses[done] > progress.diverged_above);
      g_assert_true (launch_descend (pairs, shape, FALSE, 60, params, &progress, losses, trace, sums));
      g_assert_cmpint (progress.done, ==, done);
    }
}

/* --- float64 */

static double
weight_at (const EwSample *sample, int i, int j)
{
  return sample->mask == NULL ? 1 : (double)ew_grid_row (sample->mask, i)[j];
}

static double
sum_of_weights (const EwProblem *problem)
{
  double sum = 0;

  for (int s = 0; s < problem->n_samples; s++)
    for (int i = 0; i < problem->samples[s].y->height; i++)
      for (int j = 0; j < problem->samples[s].y->width; j++)
        sum += weight_at (&problem->samples[s], i, j);
  return sum;
}

/* Residuals and sums of n terms, each with a few roundings of float64. */
static void
check_exact (EwRandom *random, const EwGeometry *geometry)
{
  gboolean has_bias = random_int (random, 0, 1);
  g_autoptr (EwProblem) problem = random_problem_for (random, geometry, random_int (random, 1, 3), 50, has_bias, FALSE);
  EwCudaShape shape = { geometry->kernel_height, geometry->kernel_width, geometry->stride, geometry->dilation };
  int n_taps = shape.kernel_height * shape.kernel_width, n = problem->n_params;
  g_autoptr (Pairs) pairs = NULL;
  unsigned grid = random_int (random, 1, 5);
  g_autofree double *partials = guarded_doubles ((gsize)(n_taps + 2) * grid);
  g_autofree double *sums = g_new (double, n_taps + 2);
  g_autofree double *params = g_new (double, n);
  g_autofree double *gradient = g_new (double, n);
  g_autofree double *bounds = g_new (double, n);
  double loss, loss_bound, weights;

  if (random_int (random, 0, 1))
    problem = masked_problem (random, g_steal_pointer (&problem), FALSE);
  pairs = pairs_new (problem, ew_cuda_tile (EW_CUDA_GENERAL, 0), 2);
  for (int k = 0; k < n; k++)
    params[k] = ew_random_uniform (random) - 0.5;
  g_assert_true (launch_exact (grid, pairs, params, has_bias, shape, FALSE, partials));
  check_guard (partials, (gsize)(n_taps + 2) * grid);
  g_assert_true (launch_reduce (3, partials, grid, n_taps + 2, NULL, sums, 1));
  ew_reference_evaluate (problem, params, &loss, gradient);
  geometry_evaluation_bounds (problem, params, (int)problem->n_residuals, &loss_bound, bounds);
  /* The same bounds with another unit; the reference rounds, too. */
  for (int k = 0; k < n && !g_test_failed (); k++)
    g_assert_cmpfloat (fabs (2 * sums[k] - gradient[k]), <=, 4 * bounds[k] * UNIT_64 / UNIT_32);
  g_assert_cmpfloat (fabs (sums[n_taps + 1] - loss), <=, 4 * loss_bound * UNIT_64 / UNIT_32);
  pairs_check (pairs, problem);
  /* With r = 1 the last two are the sum of the weights. */
  weights = sum_of_weights (problem);
  g_assert_true (launch_exact (grid, pairs, NULL, has_bias, shape, TRUE, partials));
  g_assert_true (launch_reduce (3, partials, grid, n_taps + 2, NULL, sums, 1));
  g_assert_cmpfloat_with_epsilon (sums[n_taps], weights, 1e-14 * weights);
  g_assert_cmpfloat_with_epsilon (sums[n_taps + 1], weights, 1e-14 * weights);
}

static void
test_exact (void)
{
  EwRandom random = 33;

  for (int round = 0; round < 12 && !g_test_failed (); round++)
    {
      EwGeometry g = random_geometry (&random, 40, 40, random_int (&random, 1, round == 0 ? 20 : 6),
                                      random_int (&random, 1, round == 0 ? 20 : 6), round % 2 == 0 ? 3 : 1, 4);

      check_exact (&random, &g);
    }
}

/* Σ x under p · x under q over all outputs, and of the magnitudes. */
static double
product_sum (const EwProblem *problem, int p, int q, double *magnitude)
{
  const EwGeometry *g = &problem->geometry;
  double sum = 0;

  *magnitude = 0;
  for (int s = 0; s < problem->n_samples; s++)
    {
      g_autoptr (EwGrid) x = bordered_grid (problem->samples[s].x, g);

      for (int i = 0; i < problem->samples[s].y->height; i++)
        for (int j = 0; j < problem->samples[s].y->width; j++)
          {
            double a = (double)ew_grid_row (
                x,
                i * g->stride + p / g->kernel_width * g->dilation)[j * g->stride + p % g->kernel_width * g->dilation];
            double b = (double)ew_grid_row (
                x,
                i * g->stride + q / g->kernel_width * g->dilation)[j * g->stride + q % g->kernel_width * g->dilation];

            sum += weight_at (&problem->samples[s], i, j) * a * b;
            *magnitude += fabs (a * b);
          }
    }
  return sum;
}

static void
check_gram (EwRandom *random, const EwGeometry *geometry, int blocks)
{
  g_autoptr (EwProblem) problem
      = masked_problem (random, random_problem_for (random, geometry, 2, 30, FALSE, FALSE), FALSE);
  EwCudaShape shape = { geometry->kernel_height, geometry->kernel_width, geometry->stride, geometry->dilation };
  int n_taps = problem->n_params, fours = (n_taps + 3) / 4, n_pairs = fours * (fours + 1) / 2, pair = 0;
  int parts = blocks * ew_cuda_groups (n_pairs, EW_CUDA_THREADS);
  g_autoptr (Pairs) pairs = pairs_new (problem, ew_cuda_tile (EW_CUDA_GENERAL, 0), 2);
  g_autofree double *partials = guarded_doubles (16 * (gsize)n_pairs * parts);
  g_autofree double *sums = g_new (double, 16 * n_pairs);

  g_assert_true (
      launch_gram ((n_pairs + EW_CUDA_THREADS - 1) / EW_CUDA_THREADS * blocks, pairs, shape, n_pairs, partials));
  check_guard (partials, 16 * (gsize)n_pairs * parts);
  g_assert_true (launch_reduce (7, partials, parts, 16 * n_pairs, NULL, sums, 1));
  for (int p = 0; p < fours; p++)
    for (int q = p; q < fours; q++, pair++)
      for (int k = 0; k < 16 && !g_test_failed (); k++)
        {
          int row = 4 * p + k / 4, column = 4 * q + k % 4;
          double magnitude, wanted;

          if (row >= n_taps || column >= n_taps || (n_taps > 60 && (row + column) % 7 != 0))
            continue;
          wanted = product_sum (problem, row, column, &magnitude);
          g_assert_cmpfloat (fabs (sums[16 * pair + k] - wanted), <=,
                             2 * magnitude * rounding_bound ((double)problem->n_residuals + 1, UNIT_64));
        }
}

static void
test_gram (void)
{
  EwRandom random = 34;
  EwGeometry large;

  for (int round = 0; round < 12 && !g_test_failed (); round++)
    {
      EwGeometry g = random_geometry (&random, 20, 20, random_int (&random, 1, 5), random_int (&random, 1, 5),
                                      round % 2 == 0 ? 3 : 1, 4);

      check_gram (&random, &g, 1 + round % 3);
    }
  /* More pairs than threads. */
  ew_geometry_init_valid (&large, 10, 10);
  check_gram (&random, &large, 2);
}

/* Every kernel there can be fits into what every device has. */
static void
test_shared_bytes (void)
{
  unsigned most = MAX (MAX (EW_CUDA_SMALL_BYTES, EW_CUDA_LAGS_BYTES), EW_CUDA_EXACT_BYTES);

  for (int height = 1; height <= EW_KERNEL_SIDE_MAX; height++)
    for (int width = 1; width <= EW_KERNEL_SIDE_MAX; width++)
      {
        most = MAX (most, ew_cuda_wide_bytes (height, width));
        most = MAX (most, ew_cuda_wide_evaluate_bytes (height, width));
        most = MAX (most, ew_cuda_general_bytes (height, width));
      }
  g_assert_cmpuint (most, <=, 48 * 1024);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/cuda-kernels/border", test_border);
  g_test_add_func ("/cuda-kernels/correlate-literal", test_correlate_literal);
  g_test_add_func ("/cuda-kernels/correlate-wide", test_correlate_wide);
  g_test_add_func ("/cuda-kernels/correlate-general", test_correlate_general);
  g_test_add_func ("/cuda-kernels/not-finite", test_not_finite);
  g_test_add_func ("/cuda-kernels/evaluate-literal", test_evaluate_literal);
  g_test_add_func ("/cuda-kernels/evaluate-wide", test_evaluate_wide);
  g_test_add_func ("/cuda-kernels/evaluate-general", test_evaluate_general);
  g_test_add_func ("/cuda-kernels/evaluate-nothing", test_evaluate_nothing);
  g_test_add_func ("/cuda-kernels/far-rows", test_far_rows);
  g_test_add_func ("/cuda-kernels/reduce", test_reduce);
  for (guint i = 0; i < G_N_ELEMENTS (step_cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/cuda-kernels/step/%u", i + 1);

      g_test_add_data_func (path, &step_cases[i], test_step);
    }
  g_test_add_func ("/cuda-kernels/golden-steps", test_golden_steps);
  g_test_add_func ("/cuda-kernels/golden-block", test_golden_block);
  g_test_add_func ("/cuda-kernels/block", test_block);
  g_test_add_func ("/cuda-kernels/block-divergence", test_block_divergence);
  g_test_add_func ("/cuda-kernels/exact", test_exact);
  g_test_add_func ("/cuda-kernels/gram", test_gram);
  g_test_add_func ("/cuda-kernels/lags", test_lags);
  g_test_add_func ("/cuda-kernels/gram-edges", test_gram_edges);
  g_test_add_func ("/cuda-kernels/gram-fill", test_gram_fill);
  g_test_add_func ("/cuda-kernels/shared-bytes", test_shared_bytes);
  return g_test_run ();
}
