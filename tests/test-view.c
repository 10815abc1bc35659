/* Views: block means of input, target and output against the float64 reference, reduced by plain loops. */
#include "engine/reference.h"
#include "engine/view.h"
#include "tests/engine-fixtures.h"

#include <malloc.h>
#include <math.h>

static EwDevices *
cpu_devices (void)
{
  const EwBackend *backends[] = { ew_cpu_backend () };

  return ew_devices_new (backends, 1, 2);
}

static EwView *
new_view (EwGrid *x, EwGrid *y, const EwKernel *kernel, int max_height, int max_width)
{
  g_autoptr (GError) error = NULL;
  EwGeometry geometry;

  ew_geometry_init_valid (&geometry, kernel->height, kernel->width);

  EwView *view = ew_view_new (x, y, &geometry, max_height, max_width, NULL, &error);

  g_assert_no_error (error);
  return view;
}

/* The mean of block (i, j) of values laid out row by row. */
static double
mean_of_block (const double *values, int width, int s, int i, int j)
{
  double sum = 0;

  for (int a = 0; a < s; a++)
    for (int c = 0; c < s; c++)
      sum += values[(size_t)(i * s + a) * width + j * s + c];
  return sum / (s * s);
}

/* A plane's values, or their magnitudes, in float64. */
static double *
values_of (const EwGrid *grid, gboolean magnitudes)
{
  double *values = g_new (double, (size_t)grid->height *(size_t)grid->width);

  for (int i = 0; i < grid->height; i++)
    for (int j = 0; j < grid->width; j++)
      {
        double value = (double)ew_grid_row (grid, i)[j];

        values[(size_t)i * grid->width + j] = magnitudes ? fabs (value) : value;
      }
  return values;
}

/* Means of a plane itself: one rounding to float32 after float64 sums of s² values. */
static void
check_means (const EwGrid *means, const EwGrid *plane, int s)
{
  g_autofree double *values = values_of (plane, FALSE);
  g_autofree double *magnitudes = values_of (plane, TRUE);

  g_assert_cmpint (means->height, ==, plane->height / s);
  g_assert_cmpint (means->width, ==, plane->width / s);
  for (int i = 0; i < means->height && !g_test_failed (); i++)
    for (int j = 0; j < means->width; j++)
      g_assert_cmpfloat_with_epsilon (ew_grid_row (means, i)[j], mean_of_block (values, plane->width, s, i, j),
                                      1.01 * UNIT_32 * mean_of_block (magnitudes, plane->width, s, i, j));
}

/* Means of the output: the error of a correlation of means whose values carry one more rounding. A correlation's bound
 * counts n + 2 of them, so half as much again covers n + 3. */
static void
check_output (const EwGrid *output, const EwGrid *x, const EwKernel *kernel, int s)
{
  int height = x->height - kernel->height + 1;
  int width = x->width - kernel->width + 1;
  g_autofree double *values = g_new (double, (size_t)height *(size_t)width);
  g_autofree double *bounds = correlation_bounds (x, kernel);
  EwGeometry geometry;

  ew_geometry_init_valid (&geometry, kernel->height, kernel->width);
  g_assert_true (ew_reference_correlate (x, kernel, &geometry, values, NULL));
  g_assert_cmpint (output->height, ==, height / s);
  g_assert_cmpint (output->width, ==, width / s);
  for (int i = 0; i < output->height && !g_test_failed (); i++)
    for (int j = 0; j < output->width; j++)
      g_assert_cmpfloat_with_epsilon (ew_grid_row (output, i)[j], mean_of_block (values, width, s, i, j),
                                      1.5 * mean_of_block (bounds, width, s, i, j));
}

static void
check_view (EwDevices *devices, EwRandom *random, int height, int width, int kh, int kw, int max_height, int max_width,
            int s)
{
  g_autoptr (EwGrid) x = random_grid (random, height, width, -1, 1);
  g_autoptr (EwGrid) y = random_grid (random, height - kh + 1, width - kw + 1, -1, 1);
  g_autoptr (EwKernel) kernel = random_kernel (random, kh, kw, -1, 1);
  g_autoptr (EwView) view = new_view (x, y, kernel, max_height, max_width);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (ew_view_block (view), ==, s);
  check_means (ew_view_input (view), x, s);
  check_means (ew_view_target (view), y, s);
  /* A second kernel on the same view finds nothing left of the first. */
  for (int again = 0; again < 2; again++)
    {
      g_autoptr (EwGrid) output = ew_view_output (view, devices, kernel, NULL, &error);

      g_assert_no_error (error);
      check_output (output, x, kernel, s);
      for (int k = 0; k < kh * kw; k++)
        kernel->taps[k] = ew_random_uniform (random) - 0.5;
    }
  if (g_test_failed ())
    g_test_message ("input %d×%d, kernel %d×%d, blocks of %d", height, width, kh, kw, s);
}

/* Every s from 1 to 20, kernels smaller and larger than s, even and rectangular, sizes that leave a rest. */
static void
test_blocks (void)
{
  g_autoptr (EwDevices) devices = cpu_devices ();
  EwRandom random = 41;

  for (int s = 1; s <= 20 && !g_test_failed (); s++)
    for (int round = 0; round < 5 && !g_test_failed (); round++)
      {
        int kh = random_int (&random, 1, round < 3 ? 6 : 25);
        int kw = random_int (&random, 1, round < 3 ? 6 : 25);
        int rows = random_int (&random, 1, 6);
        int columns = random_int (&random, 1, 6);
        int height = rows * s + random_int (&random, 0, MIN (s, rows) - 1);
        int width = columns * s + random_int (&random, 0, MIN (s, columns) - 1);

        /* A pane of as many pixels as there are whole blocks asks for just this s, in the tighter direction; along the
         * other there is room to spare. */
        if (round % 2)
          check_view (devices, &random, height + kh - 1, width + kw - 1, kh, kw, rows, 1000, s);
        else
          check_view (devices, &random, height + kh - 1, width + kw - 1, kh, kw, 1000, columns, s);
      }
}

/* The largest block at which there are at least as many blocks as pixels along the side that fits tighter, by trying.
 */
static int
expected_block (int height, int width, int max_height, int max_width)
{
  gboolean by_height = (gint64)height * max_width >= (gint64)width * max_height;
  int length = by_height ? height : width;
  int pixels = by_height ? max_height : max_width;
  int block = 1;

  while (block < MIN (height, width) && length / (block + 1) >= pixels)
    block++;
  return block;
}

static void
test_block_size (void)
{
  EwRandom random = 42;
  g_autoptr (EwKernel) kernel = random_kernel (&random, 2, 3, -1, 1);

  for (int round = 0; round < 400; round++)
    {
      int height = random_int (&random, 1, 200);
      int width = random_int (&random, 1, 200);
      int max_height = random_int (&random, 1, 100);
      int max_width = random_int (&random, 1, 100);
      g_autoptr (EwGrid) x = ew_grid_new (height + 1, width + 2, NULL);
      g_autoptr (EwView) view = new_view (x, NULL, kernel, max_height, max_width);

      g_assert_cmpint (ew_view_block (view), ==, expected_block (height, width, max_height, max_width));
      g_assert_null (ew_view_target (view));
      if (ew_view_block (view) == 1)
        g_assert_true (ew_view_input (view) == x);
    }
}

/* An image smaller than the pane, and one whose blocks are pixels: the planes themselves, and the device's output. */
static void
test_small (void)
{
  g_autoptr (EwDevices) devices = cpu_devices ();
  EwRandom random = 43;

  check_view (devices, &random, 6, 8, 1, 2, 600, 600, 1);
  check_view (devices, &random, 63, 63, 63, 63, 1, 1, 1);
  check_view (devices, &random, 100, 80, 3, 3, 98, 78, 1);
  check_view (devices, &random, 1, 300, 1, 1, 10, 10, 1);
}

/* A block is not a number just where its window holds something that is not. */
static void
test_non_finite (void)
{
  static const float bad[] = { NAN, INFINITY, -INFINITY };
  g_autoptr (EwDevices) devices = cpu_devices ();
  EwRandom random = 44;

  for (int round = 0; round < 60 && !g_test_failed (); round++)
    {
      int kh = random_int (&random, 1, 7);
      int kw = random_int (&random, 1, 7);
      g_autoptr (EwGrid) x = random_grid (&random, 60, 70, -1, 1);
      g_autoptr (EwKernel) kernel = random_kernel (&random, kh, kw, 0.1, 1);
      int s = random_int (&random, 1, 6);
      int row = random_int (&random, 0, 59);
      int column = random_int (&random, 0, 69);

      ew_grid_row (x, row)[column] = bad[round % 3];

      g_autoptr (EwView) view = new_view (x, NULL, kernel, (61 - kh) / s, 1000);
      g_autoptr (EwGrid) output = ew_view_output (view, devices, kernel, NULL, NULL);
      EwGrid *input = ew_view_input (view);

      /* The pane's height is a whole part of the output's; the block may come out larger, never smaller. */
      g_assert_cmpint (ew_view_block (view), >=, s);
      s = ew_view_block (view);
      for (int i = 0; i < output->height; i++)
        for (int j = 0; j < output->width; j++)
          {
            gboolean inside
                = row >= i * s && row < i * s + s + kh - 1 && column >= j * s && column < j * s + s + kw - 1;
            float value = ew_grid_row (output, i)[j];

            /* Weights are positive, so that an infinity keeps its sign. */
            if (!inside)
              g_assert_true (isfinite (value));
            else
              g_assert_true (isnan (bad[round % 3]) ? isnan (value) : value == bad[round % 3]);
          }
      for (int i = 0; i < input->height; i++)
        for (int j = 0; j < input->width; j++)
          g_assert_true (isfinite (ew_grid_row (input, i)[j]) != (row / s == i && column / s == j));
    }
}

static void
test_refused (void)
{
  EwRandom random = 45;
  g_autoptr (EwDevices) devices = cpu_devices ();
  g_autoptr (EwGrid) x = random_grid (&random, 40, 40, -1, 1);
  g_autoptr (EwKernel) kernel = random_kernel (&random, 3, 3, -1, 1);
  g_autoptr (GError) error = NULL;
  EwGeometry geometry;
  EwCancel cancel = 1;

  ew_geometry_init_valid (&geometry, 3, 3);
  geometry.stride = 2;
  g_assert_null (ew_view_new (x, NULL, &geometry, 10, 10, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  ew_geometry_init_valid (&geometry, 41, 3);
  g_assert_null (ew_view_new (x, NULL, &geometry, 10, 10, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_GEOMETRY);
  g_clear_error (&error);

  ew_geometry_init_valid (&geometry, 3, 3);
  g_assert_null (ew_view_new (x, NULL, &geometry, 10, 10, &cancel, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_CANCELLED);
  g_clear_error (&error);
  for (int pane = 10; pane <= 100; pane += 90)
    {
      g_autoptr (EwView) view = ew_view_new (x, NULL, &geometry, pane, pane, NULL, &error);

      g_assert_no_error (error);
      g_assert_null (ew_view_output (view, devices, kernel, &cancel, &error));
      g_assert_error (error, EW_ERROR, EW_ERROR_CANCELLED);
      g_clear_error (&error);

      g_autoptr (EwGrid) output = ew_view_output (view, devices, kernel, NULL, &error);

      check_output (output, x, kernel, ew_view_block (view));
    }
  /* Nothing keeps the plane. */
  g_assert_cmpint (atomic_load (&x->refs), ==, 1);
}

static size_t
allocated (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

/* At most one more plane like x, and the target's means (y is as large as x, or smaller); rows of the many small planes
 * are rounded up to whole cache lines, by at most 32 elements. */
static void
test_memory (void)
{
  EwRandom random = 46;
  g_autoptr (EwGrid) x = ew_grid_new (700, 900, NULL);
  g_autoptr (EwGrid) y = ew_grid_new (670, 870, NULL);
  g_autoptr (EwKernel) kernel = random_kernel (&random, 31, 31, -1, 1);

  for (int s = 1; s <= 20; s++)
    {
      size_t before = allocated ();
      g_autoptr (EwView) view = new_view (x, y, kernel, 670 / s, 5000);
      size_t taken = allocated () - before;
      size_t block = (size_t)ew_view_block (view);
      size_t phases = MIN (block, 31);
      size_t rows = 700 / block;
      size_t planes = (size_t)x->height * x->stride * sizeof (float);
      size_t rounding = (phases * phases + 1) * (rows * 32 * sizeof (float) + 512);

      g_assert_cmpuint (taken, <=, (block == 1 ? 0 : planes + planes / (block * block) + rounding) + 4096);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/view/blocks", test_blocks);
  g_test_add_func ("/view/block-size", test_block_size);
  g_test_add_func ("/view/small", test_small);
  g_test_add_func ("/view/non-finite", test_non_finite);
  g_test_add_func ("/view/refused", test_refused);
  g_test_add_func ("/view/memory", test_memory);
  return g_test_run ();
}
