/* Views: block means of any part of input, target and output against the float64 reference, reduced by plain loops. What is
 * kept and prepared is in view-kept.c, the loops alone in view-loops.c. */
#include "engine/backend.h"
#include "engine/cpu-kernels.h"
#include "tests/view-fixtures.h"

#include <math.h>

/* Any part at any size, of the plain geometry and of every other. A second kernel on the same view finds nothing left
 * of the first. */
static void
test_parts (void)
{
  EwRandom random = 41;

  for (int round = 0; round < draws (160) && !g_test_failed (); round++)
    {
      EwGeometry geometry;
      Sample sample;

      random_geometry (&random, &geometry, round % 4 == 0 ? 20 : 5);
      if (round % 2 == 0)
        ew_geometry_init_valid (&geometry, geometry.kernel_height, geometry.kernel_width);
      sample_init (&sample, &random, &geometry, random_int (&random, 65, 200), random_int (&random, 65, 300));

      g_autoptr (EwView) view = view_of (&sample);

      for (int look = 0; look < 5 && !g_test_failed (); look++)
        {
          int s = random_int (&random, 1, MIN (25, MIN (sample.height, sample.width)));
          EwViewport viewport = random_viewport (&random, s, sample.height / s, sample.width / s);
          g_autoptr (EwPictures) pictures = pictures_of (view, &viewport, sample.kernel);

          check_pictures (&sample, &viewport, pictures);
          if (look % 2 == 0)
            continue;
          ew_kernel_unref (sample.kernel);
          sample.kernel = random_kernel (&random, geometry.kernel_height, geometry.kernel_width, -1, 1);
          sample_compute (&sample);
        }
      sample_clear (&sample);
    }
}

/* A walk over the plane and through the sizes gives the bits that a fresh view gives, and gathers each tile once. */
static void
test_walk (void)
{
  EwRandom random = 47;
  EwGeometry geometry;
  Sample sample;

  ew_geometry_init_valid (&geometry, 5, 4);
  sample_init (&sample, &random, &geometry, 700, 900);

  g_autoptr (EwView) view = view_of (&sample);
  EwViewport at = { .block = 3, .row = 40, .column = 60, .height = 70, .width = 80 };

  for (int step = 0; step < 60 && !g_test_failed (); step++)
    {
      at.row = CLAMP (at.row + random_int (&random, -20, 20), -10, 700 / at.block);
      at.column = CLAMP (at.column + random_int (&random, -20, 20), -10, 900 / at.block);
      if (step % 10 == 9)
        at.block = random_int (&random, 1, 7);
      if (step % 7 == 6)
        {
          ew_kernel_unref (sample.kernel);
          sample.kernel = random_kernel (&random, 5, 4, -1, 1);
        }

      g_autoptr (EwView) fresh = view_of (&sample);
      g_autoptr (EwPictures) pictures = pictures_of (view, &at, sample.kernel);
      g_autoptr (EwPictures) expected = pictures_of (fresh, &at, sample.kernel);

      assert_same_grid (pictures->input, expected->input);
      assert_same_grid (pictures->target, expected->target);
      assert_same_grid (pictures->output, expected->output);
    }

  /* The same again, and another kernel: nothing is gathered; one tile further: only what comes into sight. */
  g_autoptr (EwView) other = view_of (&sample);
  EwViewport still = { .block = 2, .row = 0, .column = 0, .height = 128, .width = 128 };

  for (int again = 0; again < 3; again++)
    {
      g_autoptr (EwPictures) pictures = pictures_of (other, &still, sample.kernel);

      g_assert_cmpuint (ew_view_n_gathered (other), ==, 4);
      ew_kernel_unref (sample.kernel);
      sample.kernel = random_kernel (&random, 5, 4, -1, 1);
    }
  still.column = 64;

  g_autoptr (EwPictures) further = pictures_of (other, &still, sample.kernel);

  g_assert_cmpuint (ew_view_n_gathered (other), ==, 6);
  sample_clear (&sample);
}

/* Another kernel leaves input and target as they are, down to the pointer; another part or block does not. */
static void
test_shared (void)
{
  EwRandom random = 57;

  for (int block = 1; block <= 3; block++)
    {
      EwGeometry geometry;
      Sample sample;

      ew_geometry_init_valid (&geometry, 3, 2);
      sample_init (&sample, &random, &geometry, 90, 110);

      EwViewport viewport = { .block = block, .row = 2, .column = 1, .height = 12, .width = 20 };
      g_autoptr (EwView) view = view_of (&sample);
      g_autoptr (EwPictures) first = pictures_of (view, &viewport, sample.kernel);

      ew_kernel_unref (sample.kernel);
      sample.kernel = random_kernel (&random, 3, 2, -1, 1);
      sample_compute (&sample);

      g_autoptr (EwPictures) second = pictures_of (view, &viewport, sample.kernel);

      g_assert_true (second->input == first->input);
      g_assert_true (second->target == first->target);
      g_assert_true (second->output != first->output);
      check_pictures (&sample, &viewport, second);
      viewport.column += 3;

      g_autoptr (EwPictures) aside = pictures_of (view, &viewport, sample.kernel);

      g_assert_true (aside->input != first->input);
      check_pictures (&sample, &viewport, aside);
      viewport.block++;

      g_autoptr (EwPictures) smaller = pictures_of (view, &viewport, sample.kernel);

      g_assert_true (smaller->input != aside->input);
      check_pictures (&sample, &viewport, smaller);
      sample_clear (&sample);
    }
}

/* Blocks of one output are what the CPU gives, bit for bit; the input and the target whole are the planes themselves.
 */
static void
test_values (void)
{
  EwRandom random = 43;
  g_autoptr (GError) error = NULL;
  EwDevice *device = ew_cpu_backend ()->open (2, &error);

  g_assert_no_error (error);
  for (int round = 0; round < 60 && !g_test_failed (); round++)
    {
      EwGeometry geometry;
      Sample sample;

      random_geometry (&random, &geometry, round % 3 == 0 ? 15 : 4);
      if (round % 3 == 1)
        ew_geometry_init_valid (&geometry, geometry.kernel_height, geometry.kernel_width);
      sample_init (&sample, &random, &geometry, random_int (&random, 46, 120), random_int (&random, 46, 150));

      g_autoptr (EwGrid) output = ew_grid_new (sample.height, sample.width, NULL);
      g_autoptr (EwView) view = view_of (&sample);
      EwViewport all = { .block = 1, .height = 1000, .width = 1000 };
      EwViewport part = random_viewport (&random, 1, sample.height, sample.width);
      g_autoptr (EwPictures) whole = pictures_of (view, &all, sample.kernel);
      g_autoptr (EwPictures) some = pictures_of (view, &part, sample.kernel);

      g_assert_true (ew_cpu_backend ()->correlate (device, sample.x, sample.kernel, &geometry, EW_METHOD_DIRECT, output,
                                                   NULL, NULL));
      assert_same_grid (whole->output, output);
      g_assert_true (whole->input == sample.x);
      g_assert_true (whole->target == sample.y);
      check_pictures (&sample, &part, some);
      for (int i = 0; some->output != NULL && i < some->output->height; i++)
        g_assert_cmpmem (ew_grid_row (some->output, i), some->output->width * sizeof (float),
                         ew_grid_row (output, some->row + i) + some->column, some->output->width * sizeof (float));
      sample_clear (&sample);
    }
  ew_cpu_backend ()->close (device);
}

/* A block is not a number just where its window holds something that is not. */
static void
test_non_finite (void)
{
  static const float bad[] = { NAN, INFINITY, -INFINITY };
  EwRandom random = 44;

  for (int round = 0; round < 60 && !g_test_failed (); round++)
    {
      EwGeometry geometry;
      g_autoptr (EwGrid) x = random_grid (&random, 60, 70, -1, 1);
      int s = random_int (&random, 1, 9);
      int row = random_int (&random, 0, 59);
      int column = random_int (&random, 0, 69);

      ew_geometry_init_valid (&geometry, random_int (&random, 1, 7), random_int (&random, 1, 7));
      ew_grid_row (x, row)[column] = bad[round % 3];

      int kh = geometry.kernel_height;
      int kw = geometry.kernel_width;
      g_autoptr (EwKernel) kernel = random_kernel (&random, kh, kw, 0.1, 1);
      g_autoptr (EwView) view = ew_view_new (x, NULL, &geometry, pool, NULL);
      EwViewport all = { .block = s, .height = 100, .width = 100 };
      g_autoptr (EwPictures) pictures = pictures_of (view, &all, kernel);

      g_assert_null (pictures->target);
      for (int i = 0; i < pictures->output->height; i++)
        for (int j = 0; j < pictures->output->width; j++)
          {
            gboolean inside
                = row >= i * s && row < i * s + s + kh - 1 && column >= j * s && column < j * s + s + kw - 1;
            float value = ew_grid_row (pictures->output, i)[j];

            /* Weights are positive, so that an infinity keeps its sign. */
            if (!inside)
              g_assert_true (isfinite (value));
            else
              g_assert_true (isnan (bad[round % 3]) ? isnan (value) : value == bad[round % 3]);
          }
      for (int i = 0; i < pictures->input->height; i++)
        for (int j = 0; j < pictures->input->width; j++)
          g_assert_true (isfinite (ew_grid_row (pictures->input, i)[j]) != (row / s == i && column / s == j));
    }
}

/* A view that was cancelled shows the right thing the next time. */
static void
test_cancelled (void)
{
  EwRandom random = 45;
  EwCancel cancel = 1;
  g_autoptr (GError) error = NULL;
  EwGeometry geometry;
  Sample sample;

  ew_geometry_init_valid (&geometry, 3, 3);
  sample_init (&sample, &random, &geometry, 240, 240);
  for (int s = 1; s <= 2; s++)
    {
      g_autoptr (EwView) view = view_of (&sample);
      EwViewport all = { .block = s, .height = 300, .width = 300 };

      g_assert_null (ew_view_pictures (view, &all, sample.kernel, &cancel, &error));
      g_assert_error (error, EW_ERROR, EW_ERROR_CANCELLED);
      g_clear_error (&error);

      g_autoptr (EwPictures) pictures = pictures_of (view, &all, sample.kernel);

      check_pictures (&sample, &all, pictures);
    }
  geometry.kernel_height = 63;
  geometry.dilation = 4;
  g_assert_null (ew_view_new (sample.x, NULL, &geometry, pool, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_GEOMETRY);
  /* Nothing keeps the plane. */
  g_assert_cmpint (atomic_load (&sample.x->refs), ==, 1);
  sample_clear (&sample);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  pool = ew_pool_new (2, NULL);
  g_test_add_func ("/view/parts", test_parts);
  g_test_add_func ("/view/walk", test_walk);
  g_test_add_func ("/view/shared", test_shared);
  g_test_add_func ("/view/values", test_values);
  g_test_add_func ("/view/non-finite", test_non_finite);
  g_test_add_func ("/view/cancelled", test_cancelled);
  add_view_kept_cases ();
  add_view_loops_cases ();
  status = g_test_run ();
  ew_pool_free (pool);
  return status;
}
