/* What the CUDA backend computes: held against the reference, cut into pieces, by every way there is. */
#include "tests/cuda-cases.h"
#include "tests/cuda-fixtures.h"
#include "tests/cuda-shim.h"
#include "tests/engine-fixtures.h"

#include <math.h>

/* --- what it computes */

void
test_computes (gconstpointer data)
{
  const Computes *computes = data;
  EwDevice *device = open_fake ();
  EwRandom random = 20;

  /* Fibers are slow, most of all under sanitizers; the shim has larger problems in its own test. */
  int large = computes->kernels == cuda_shim_launch ? 40 : 80;

  fake_driver.kernels = computes->kernels;
  for (guint b = 0; b < CUDA_BUDGETS; b++)
    for (int i = 0; i < 8 && !g_test_failed (); i++)
      computes->check (device, &random, i < 5 ? 20 : large, cuda_budgets[b]);
  close_fake (device);
}

void
test_large (void)
{
  EwDevice *device = open_fake ();
  EwRandom random = 27;

  check_large (device, &random);
  close_fake (device);
}

void
test_divergence (gconstpointer data)
{
  EwDevice *device = open_fake ();
  EwRandom random = 21;

  fake_driver.kernels = ((const Computes *)data)->kernels;
  check_divergence (device, &random);
  close_fake (device);
}

/* Multiply-adds of one row of outputs, whole tiles. */
static double
row_work (const EwProblem *problem, const EwCudaPlan *plan, int sample)
{
  return 2.0 * ew_cuda_tiles (plan->way.tile, 1, problem->samples[sample].y->width) * plan->way.tile.width
         * problem->geometry.kernel_height * problem->geometry.kernel_width;
}

/* Bands cover every row of every sample once, start at tiles, and count them; pieces are full and not too large. */
static void
check_plan (const EwProblem *problem, double budget)
{
  const EwGrid *y = problem->samples[0].y;
  EwCudaWay way;
  EwCudaPlan plan;
  int sample = 0, row = 0, band = 0;

  ew_cuda_way_init (&way, &problem->geometry, TRUE, y->height, y->width, problem->n_samples, 16);
  ew_cuda_plan_init (&plan, problem, &way, 2.0 * problem->geometry.kernel_height * problem->geometry.kernel_width,
                     budget, 0, 16);
  g_assert_cmpint (plan.chunk, >=, 1);
  g_assert_cmpint (plan.chunk, <=, 1024);
  for (guint p = 0; p < plan.pieces->len; p++)
    {
      const EwCudaPiece *piece = &g_array_index (plan.pieces, EwCudaPiece, p);
      long long tiles = 0;
      double work = 0;
      int rows = 0;

      g_assert_cmpint (piece->first_band, ==, band);
      for (int b = 0; b < piece->n_bands; b++, band++)
        {
          const EwCudaBand *part = &g_array_index (plan.bands, EwCudaBand, band);

          g_assert_cmpint (part->sample, ==, sample);
          g_assert_cmpint (part->first, ==, row);
          g_assert_cmpint (part->first_tile, ==, tiles);
          row += part->rows;
          rows = part->rows;
          work += part->rows * row_work (problem, &plan, sample);
          tiles += ew_cuda_tiles (way.tile, part->rows, problem->samples[sample].y->width);
          if (row == problem->samples[sample].y->height)
            {
              sample++;
              row = 0;
            }
          else
            g_assert_cmpint (row % way.tile.height, ==, 0);
        }
      g_assert_cmpint (piece->n_tiles, ==, tiles);
      g_assert_cmpint (piece->grid, ==, MIN (tiles, 64));
      g_assert_cmpint (piece->grid, <=, plan.grid_max);
      /* A single row of tiles is never cut. */
      g_assert_true (work <= budget * (1 + 1e-9) || (piece->n_bands == 1 && rows <= way.tile.height));
      if (sample < problem->n_samples)
        g_assert_cmpfloat (work + way.tile.height * row_work (problem, &plan, sample), >, budget * (1 - 1e-9));
    }
  g_assert_cmpint (sample, ==, problem->n_samples);
  g_assert_cmpuint (band, ==, plan.bands->len);
  ew_cuda_plan_clear (&plan);
}

void
test_plan (void)
{
  EwRandom random = 22;
  g_autoptr (EwProblem) large = problem_of_size (&random, 2, 1500, 1600, 1, 1, FALSE);

  check_plan (large, 1e12);
  check_plan (large, 1e6);
  for (int i = 0; i < 50; i++)
    {
      g_autoptr (EwProblem) problem = random_problem (&random, 200);

      check_plan (problem, exp (30 * ew_random_uniform (&random)));
    }
}

/* Kernels by their geometry; fewer rows a thread where there would be too few blocks. */
void
test_ways (void)
{
  EwGeometry geometry;
  EwCudaWay way;

  ew_geometry_init_valid (&geometry, 5, 5);
  ew_cuda_way_init (&way, &geometry, TRUE, 8188, 8188, 1, 132);
  g_assert_cmpint (way.path, ==, EW_CUDA_LITERAL);
  g_assert_cmpint (way.side, ==, 5);
  g_assert_cmpint (way.rows, ==, 16);
  ew_cuda_way_init (&way, &geometry, TRUE, 508, 508, 1, 132);
  g_assert_cmpint (way.rows, ==, 2);
  ew_geometry_init_valid (&geometry, 15, 15);
  ew_cuda_way_init (&way, &geometry, FALSE, 1000, 1000, 1, 16);
  g_assert_cmpint (way.path, ==, EW_CUDA_LITERAL);
  ew_cuda_way_init (&way, &geometry, TRUE, 1000, 1000, 1, 16);
  g_assert_cmpint (way.path, ==, EW_CUDA_WIDE);
  geometry.kernel_width = 3;
  ew_cuda_way_init (&way, &geometry, FALSE, 1000, 1000, 1, 16);
  g_assert_cmpint (way.path, ==, EW_CUDA_WIDE);
  geometry.stride = 2;
  ew_cuda_way_init (&way, &geometry, FALSE, 1000, 1000, 1, 16);
  g_assert_cmpint (way.path, ==, EW_CUDA_GENERAL);
}

/* Epochs from one wait to the next: within one block, as graphs, and launch by launch. */
static void
check_round_trips (EwDevice *device, EwProblem *problem, double step, int epochs, int launches, int runs)
{
  g_autoptr (GError) error = NULL;
  EwLoaded *loaded = device->backend->load (device, problem, NULL, &error);
  g_autofree double *params = g_new0 (double, problem->n_params);
  g_autofree double *losses = g_new (double, epochs);
  EwDescent descent
      = { .epochs = epochs, .step = step, .diverged_above = INFINITY, .params = params, .losses = losses };
  int waits = fake_driver.waits;

  g_assert_no_error (error);
  fake_driver.launches = fake_driver.runs = 0;
  g_assert_true (device->backend->descend (loaded, &descent, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (descent.done, ==, epochs);
  g_assert_cmpint (fake_driver.launches, ==, launches);
  g_assert_cmpint (fake_driver.runs, ==, runs);
  g_assert_cmpint (fake_driver.waits - waits, <=, 2);
  device->backend->unload (loaded);
}

void
test_round_trips (void)
{
  EwDevice *device = open_fake ();
  EwRandom random = 28;
  g_autoptr (EwProblem) golden = golden_problem ();
  g_autoptr (EwProblem) medium = problem_of_size (&random, 1, 90, 90, 3, 3, TRUE);

  check_round_trips (device, golden, 3e-2, 1000, 1, 0);
  check_round_trips (device, medium, 1e-7, 39, 3 * 39, 2);
  fake_driver_without_graphs ();
  check_round_trips (device, medium, 1e-7, 39, 3 * 39, 0);
  close_fake (device);
}

/* A graph is a matter of speed: where none can be made, epochs are launched one by one. */
void
test_graph_refused (void)
{
  static const char *const functions[] = { "capture_begin", "capture_end", "graph_instantiate", "launch" };
  EwRandom random = 28;
  g_autoptr (EwProblem) medium = problem_of_size (&random, 1, 90, 90, 3, 3, TRUE);

  for (guint f = 0; f < G_N_ELEMENTS (functions); f++)
    {
      EwDevice *device = open_fake ();

      fake_driver.fault = (FakeDriverFault){ .function = functions[f], .nth = 1, .status = FAKE_INVALID_VALUE };
      check_round_trips (device, medium, 1e-7, 39, 3 * 39, 0);
      g_assert_true (fake_driver.fired);
      close_fake (device);
    }
}
