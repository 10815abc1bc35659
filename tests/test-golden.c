/* The experiment that must always work, number by number, from app/golden.h through the trainer and the loop. */
#include "app/golden.h"
#include "engine/backend.h"
#include "engine/loop.h"
#include "engine/random.h"
#include "engine/reference.h"
#include "engine/trainer.h"

#include <math.h>
#include <string.h>

/* The table that a reader of the textbook expects. */
static const struct
{
  guint64 epoch;
  const char *line;
} table[] = {
  { 10, "epoch 10, loss 0.305, weight [0.9308, -1.0440]" }, { 20, "epoch 20, loss 0.003, weight [0.9938, -1.0059]" },
  { 30, "epoch 30, loss 0.000, weight [0.9993, -1.0007]" }, { 40, "epoch 40, loss 0.000, weight [0.9999, -1.0001]" },
  { 50, "epoch 50, loss 0.000, weight [1.0000, -1.0000]" }, { 60, "epoch 60, loss 0.000, weight [1.0000, -1.0000]" },
  { 70, "epoch 70, loss 0.000, weight [1.0000, -1.0000]" }, { 80, "epoch 80, loss 0.000, weight [1.0000, -1.0000]" },
  { 90, "epoch 90, loss 0.000, weight [1.0000, -1.0000]" }, { 100, "epoch 100, loss 0.000, weight [1.0000, -1.0000]" },
};

static EwDevices *
cpu (int threads)
{
  const EwBackend *backends[] = { ew_cpu_backend () };

  return ew_devices_new (backends, 1, threads);
}

/* x ⋆ kernel + bias on the CPU; valid geometry. */
static EwGrid *
correlate (const EwGrid *x, const EwKernel *kernel)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EwDevices) devices = cpu (1);
  EwGeometry geometry;
  int height, width;

  ew_geometry_init_valid (&geometry, kernel->height, kernel->width);
  g_assert_true (ew_geometry_output_size (&geometry, x->height, x->width, &height, &width, &error));

  EwGrid *y = ew_grid_new (height, width, &error);

  g_assert_true (ew_devices_correlate (devices, x, kernel, &geometry, EW_METHOD_AUTO, y, NULL, &error));
  g_assert_no_error (error);
  return y;
}

static void
check_values (const EwGrid *grid, int height, int width, const float *values)
{
  g_assert_cmpint (grid->height, ==, height);
  g_assert_cmpint (grid->width, ==, width);
  for (int i = 0; i < height; i++)
    for (int j = 0; j < width; j++)
      g_assert_cmpfloat (ew_grid_row (grid, i)[j], ==, values[i * width + j]);
}

static void
test_example (void)
{
  static const float input[9] = { 0, 1, 2, 3, 4, 5, 6, 7, 8 };
  static const float output[4] = { 19, 25, 37, 43 };
  g_autoptr (EwGrid) x = ew_golden_example_input ();
  g_autoptr (EwKernel) kernel = ew_golden_example_kernel ();
  g_autoptr (EwGrid) y = correlate (x, kernel);
  EwGeometry geometry;
  double reference[4];

  check_values (x, 3, 3, input);
  check_values (y, 2, 2, output);
  ew_geometry_init_valid (&geometry, 2, 2);
  g_assert_true (ew_reference_correlate (x, kernel, &geometry, reference, NULL));
  for (int k = 0; k < 4; k++)
    g_assert_cmpfloat (reference[k], ==, (double)output[k]);
}

static void
test_edge_map (void)
{
  g_autoptr (EwGrid) x = ew_golden_edge_image ();
  g_autoptr (EwKernel) kernel = ew_golden_edge_kernel ();
  g_autoptr (EwGrid) y = correlate (x, kernel);
  float input[6 * 8];
  float output[6 * 7];

  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 8; j++)
      input[i * 8 + j] = j < 2 || j > 5 ? 1 : 0;
  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 7; j++)
      output[i * 7 + j] = j == 1 ? 1 : j == 5 ? -1 : 0;
  check_values (x, 6, 8, input);
  check_values (y, 6, 7, output);
}

/* A layer: a weight drawn from [0, 1), a bias of 0, and the forward pass is x ⋆ weight + bias. */
static void
test_layer (void)
{
  g_autoptr (EwGrid) x = ew_golden_example_input ();

  for (guint64 seed = 0; seed < 200; seed++)
    {
      g_autoptr (EwKernel) layer = ew_kernel_new_initial (2, 2, EW_INIT_UNIFORM, seed, NULL);
      g_autoptr (EwKernel) again = ew_kernel_new_initial (2, 2, EW_INIT_UNIFORM, seed, NULL);
      g_autoptr (EwKernel) other = ew_kernel_new_initial (2, 2, EW_INIT_UNIFORM, seed + 1, NULL);
      EwGeometry geometry;
      double expected[4];

      g_assert_cmpfloat (layer->bias, ==, 0);
      for (int k = 0; k < 4; k++)
        g_assert_true (layer->taps[k] >= 0 && layer->taps[k] < 1);
      g_assert_true (ew_kernel_equal (layer, again));
      g_assert_false (ew_kernel_equal (layer, other));
      layer->bias = (double)seed - 100;

      g_autoptr (EwGrid) y = correlate (x, layer);

      ew_geometry_init_valid (&geometry, 2, 2);
      g_assert_true (ew_reference_correlate (x, layer, &geometry, expected, NULL));
      /* At most 4 products, a sum and 5 weights rounded to float32, none of the magnitudes above 24 + 100: 10 roundings
       * of 2⁻²⁴ each. */
      for (int k = 0; k < 4; k++)
        g_assert_cmpfloat_with_epsilon (ew_grid_row (y, k / 2)[k % 2], expected[k], 10 * 124 * 0x1p-24);
    }
}

/* --- learning */

static EwGrid *
edge_map (void)
{
  g_autoptr (EwGrid) x = ew_golden_edge_image ();
  g_autoptr (EwKernel) kernel = ew_golden_edge_kernel ();

  return correlate (x, kernel);
}

static EwProblem *
edge_problem (void)
{
  g_autoptr (EwGrid) x = ew_golden_edge_image ();
  g_autoptr (EwGrid) y = edge_map ();
  EwSample sample = { x, y };
  EwGeometry geometry;
  EwProblem *problem;

  ew_geometry_init_valid (&geometry, 1, 2);
  problem = ew_problem_new (&sample, 1, &geometry, FALSE, NULL);
  g_assert_nonnull (problem);
  return problem;
}

/* How the textbook prints an epoch. */
static char *
line_of (guint64 epoch, double loss, double first, double second)
{
  return g_strdup_printf ("epoch %" G_GUINT64_FORMAT ", loss %.3f, weight [%.4f, %.4f]", epoch, loss, first, second);
}

static void
collect_line (guint64 epoch, double loss, const double *params, gpointer data)
{
  g_ptr_array_add (data, line_of (epoch, loss, params[0], params[1]));
}

static void
test_table (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EwDevices) devices = cpu (2);
  g_autoptr (EwProblem) problem = edge_problem ();
  g_autoptr (EwKernel) start = ew_golden_start ();
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (EwTrainer) trainer = ew_trainer_new (devices, problem, start, EW_LOSS_SUM, EW_GOLDEN_RATE, NULL, &error);
  double limit;

  g_assert_no_error (error);
  g_assert_cmpfloat (EW_GOLDEN_RATE, ==, 0.03);
  g_assert_cmpint (EW_GOLDEN_EPOCHS, ==, 100);
  g_assert_cmpfloat (start->taps[0], ==, -0.6200043670977488);
  g_assert_cmpfloat (start->taps[1], ==, -0.43425278736697215);
  /* The limit is computed to about 1e-5 of itself. */
  g_assert_true (ew_trainer_rate_limit (trainer, &limit, NULL, &error));
  g_assert_cmpfloat_with_epsilon (limit, 1.0 / 30, 1e-6);

  g_assert_true (ew_trainer_run (trainer, EW_GOLDEN_EPOCHS, collect_line, lines, NULL, &error));
  g_assert_cmpuint (lines->len, ==, EW_GOLDEN_EPOCHS);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    g_assert_cmpstr (g_ptr_array_index (lines, table[i].epoch - 1), ==, table[i].line);
}

/* At the limit's other side the same run leaves the finite numbers. */
static void
test_above_the_limit (void)
{
  g_autoptr (EwDevices) devices = cpu (1);
  g_autoptr (EwProblem) problem = edge_problem ();
  g_autoptr (EwKernel) start = ew_golden_start ();
  g_autoptr (EwTrainer) trainer = ew_trainer_new (devices, problem, start, EW_LOSS_SUM, 0.04, NULL, NULL);

  g_assert_true (ew_trainer_run (trainer, 10000, NULL, NULL, NULL, NULL));
  g_assert_cmpint (ew_trainer_state (trainer), ==, EW_TRAINER_DIVERGED);
  g_assert_cmpuint (ew_trainer_epoch (trainer), <, 10000);
  g_assert_true (isfinite (ew_trainer_params (trainer)[0]) && isfinite (ew_trainer_params (trainer)[1]));
}

/* --- the loop */

/* The newest snapshot once the loop has come to rest by itself. */
static EwSnapshot *
wait_for_rest (EwLoop *loop)
{
  EwSnapshot *newest = NULL;

  while (newest == NULL || newest->state != EW_RUN_PAUSED || isnan (newest->rate_limit))
    {
      EwSnapshot *taken = ew_loop_take_snapshot (loop);

      if (taken == NULL)
        {
          g_usleep (500);
          continue;
        }
      ew_snapshot_unref (newest);
      newest = taken;
    }
  return newest;
}

static void
test_loop (void)
{
  g_autoptr (EwLoop) loop = ew_loop_new (cpu (2), NULL, NULL);
  g_autoptr (EwGrid) x = ew_golden_edge_image ();
  g_autoptr (EwKernel) teacher = ew_golden_edge_kernel ();
  g_autoptr (EwKernel) start = ew_golden_start ();
  EwTask task = { .n_samples = 1,
                  .x = &x,
                  .teacher = teacher,
                  .start = start,
                  .rate = EW_GOLDEN_RATE,
                  .epoch_limit = EW_GOLDEN_EPOCHS,
                  .run = TRUE };
  EwSnapshot *rest;

  ew_loop_set_speed (loop, INFINITY);
  ew_loop_set_task (loop, &task, NULL);
  rest = wait_for_rest (loop);
  g_assert_cmpuint (rest->epoch, ==, EW_GOLDEN_EPOCHS);
  g_assert_cmpint (rest->stop, ==, EW_STOP_EPOCHS);
  g_assert_cmpfloat_with_epsilon (rest->rate_limit, 1.0 / 30, 1e-6);
  g_assert_cmpint (rest->curves->n_points, ==, EW_GOLDEN_EPOCHS);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      int p = (int)table[i].epoch - 1;
      g_autofree char *line = line_of (table[i].epoch, rest->curves->loss_max[p], (double)rest->curves->weight_max[p],
                                       (double)rest->curves->weight_max[EW_GOLDEN_EPOCHS + p]);

      g_assert_cmpstr (line, ==, table[i].line);
    }
  g_assert_cmpfloat_with_epsilon (rest->kernel->taps[0], 1, 5e-5);
  g_assert_cmpfloat_with_epsilon (rest->kernel->taps[1], -1, 5e-5);
  g_assert_null (ew_loop_take_notice (loop));
  ew_snapshot_unref (rest);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/golden/example", test_example);
  g_test_add_func ("/golden/edge-map", test_edge_map);
  g_test_add_func ("/golden/layer", test_layer);
  g_test_add_func ("/golden/table", test_table);
  g_test_add_func ("/golden/above-the-limit", test_above_the_limit);
  g_test_add_func ("/golden/loop", test_loop);
  return g_test_run ();
}
