/* Kernels turned, flipped, normalised and resized: against small kernels written out, and laws that hold for any. */
#include "engine/kernel-edit.h"
#include "tests/engine-fixtures.h"

#include <float.h>
#include <math.h>
#include <string.h>

static EwKernel *
edited (const EwKernel *kernel, EwKernelEdit edit)
{
  g_autoptr (GError) error = NULL;
  EwKernel *result = ew_kernel_edited (kernel, edit, &error);

  g_assert_no_error (error);
  return result;
}

static void
assert_taps (const EwKernel *kernel, int height, int width, const double *taps)
{
  g_assert_cmpint (kernel->height, ==, height);
  g_assert_cmpint (kernel->width, ==, width);
  g_assert_cmpmem (kernel->taps, (gsize)(height * width) * sizeof (double), taps,
                   (gsize)(height * width) * sizeof (double));
}

static void
test_written_out (void)
{
  static const double taps[] = { 1, 2, 3, 4, 5, 6 };
  static const struct
  {
    const char *id;
    int height;
    int width;
    double taps[6];
  } expected[] = {
    { "rotate-left", 3, 2, { 3, 6, 2, 5, 1, 4 } },
    { "rotate-right", 3, 2, { 4, 1, 5, 2, 6, 3 } },
    { "flip-sideways", 2, 3, { 3, 2, 1, 6, 5, 4 } },
    { "flip-upright", 2, 3, { 4, 5, 6, 1, 2, 3 } },
    { "transpose", 3, 2, { 1, 4, 2, 5, 3, 6 } },
    { "negate", 2, 3, { -1, -2, -3, -4, -5, -6 } },
    { "sum-zero", 2, 3, { -2.5, -1.5, -.5, .5, 1.5, 2.5 } },
  };
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (2, 3, taps, 7, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      EwKernelEdit edit = ew_kernel_edit_find (expected[i].id);
      g_autoptr (EwKernel) result = edited (kernel, edit);

      g_assert_cmpstr (ew_kernel_edit_id (edit), ==, expected[i].id);
      assert_taps (result, expected[i].height, expected[i].width, expected[i].taps);
      g_assert_cmpfloat (result->bias, ==, edit == EW_EDIT_NEGATE ? -7 : 7);
    }
  g_assert_cmpint (ew_kernel_edit_find ("banana"), ==, EW_N_EDITS);
}

/* The symmetries of the square: what undoes what, and what two of them make. */
static void
test_group (void)
{
  EwRandom random = 3;

  for (int round = 0; round < 40; round++)
    {
      g_autoptr (EwKernel) kernel
          = random_kernel (&random, random_int (&random, 1, 9), random_int (&random, 1, 9), -1, 1);
      g_autoptr (EwKernel) left = edited (kernel, EW_EDIT_ROTATE_LEFT);
      g_autoptr (EwKernel) back = edited (left, EW_EDIT_ROTATE_RIGHT);
      g_autoptr (EwKernel) half = edited (left, EW_EDIT_ROTATE_LEFT);
      g_autoptr (EwKernel) sideways = edited (kernel, EW_EDIT_FLIP_SIDEWAYS);
      g_autoptr (EwKernel) both = edited (sideways, EW_EDIT_FLIP_UPRIGHT);
      g_autoptr (EwKernel) transposed = edited (kernel, EW_EDIT_TRANSPOSE);
      g_autoptr (EwKernel) left_again = edited (transposed, EW_EDIT_FLIP_UPRIGHT);
      g_autoptr (EwKernel) right_again = edited (transposed, EW_EDIT_FLIP_SIDEWAYS);
      g_autoptr (EwKernel) right = edited (kernel, EW_EDIT_ROTATE_RIGHT);
      g_autoptr (EwKernel) negative = edited (kernel, EW_EDIT_NEGATE);
      g_autoptr (EwKernel) positive = edited (negative, EW_EDIT_NEGATE);

      g_assert_true (ew_kernel_equal (back, kernel));
      g_assert_true (ew_kernel_equal (half, both));
      g_assert_true (ew_kernel_equal (left, left_again));
      g_assert_true (ew_kernel_equal (right, right_again));
      g_assert_true (ew_kernel_equal (positive, kernel));
    }
}

static double
sum_of (const EwKernel *kernel, int power)
{
  double sum = 0;

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    sum += pow (kernel->taps[k], power);
  return sum;
}

static void
test_normalised (void)
{
  EwRandom random = 5;

  for (int round = 0; round < 60; round++)
    {
      double scale = ldexp (1, random_int (&random, -900, 900));
      g_autoptr (EwKernel) kernel
          = random_kernel (&random, random_int (&random, 1, 9), random_int (&random, 1, 9), 0.25, 1);
      g_autoptr (EwKernel) one = NULL;
      g_autoptr (EwKernel) zero = NULL;
      g_autoptr (EwKernel) unit = NULL;
      int n = ew_kernel_n_taps (kernel);

      for (int k = 0; k < n; k++)
        kernel->taps[k] *= scale * (k % 3 == 1 ? -0.1 : 1);
      one = edited (kernel, EW_EDIT_SUM_ONE);
      zero = edited (kernel, EW_EDIT_SUM_ZERO);
      unit = edited (kernel, EW_EDIT_UNIT_NORM);
      /* A sum of n numbers, a division each, and the sum again. Σ|taps| is at most twice the sum here. */
      g_assert_cmpfloat_with_epsilon (sum_of (one, 1), 1, 2 * rounding_bound (2 * n + 4, UNIT_64));
      g_assert_cmpfloat_with_epsilon (sum_of (unit, 2), 1, 2 * rounding_bound (2 * n + 8, UNIT_64));
      g_assert_cmpfloat_with_epsilon (sum_of (zero, 1) / scale, 0, n * rounding_bound (2 * n + 4, UNIT_64));
      for (int k = 1; k < n; k++)
        {
          /* What is scaled keeps its ratios, what is levelled its differences. */
          g_assert_cmpfloat_with_epsilon (one->taps[k] / one->taps[0], kernel->taps[k] / kernel->taps[0], 40 * UNIT_64);
          g_assert_cmpfloat_with_epsilon (unit->taps[k] / unit->taps[0], kernel->taps[k] / kernel->taps[0],
                                          40 * UNIT_64);
          g_assert_cmpfloat_with_epsilon ((zero->taps[k] - zero->taps[0]) / scale,
                                          (kernel->taps[k] - kernel->taps[0]) / scale, 40 * UNIT_64);
        }
    }
}

static void
assert_refused (const double *taps, EwKernelEdit edit, const char *sentence)
{
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (1, 3, taps, 0, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (ew_kernel_edited (kernel, edit, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_DATA);
  g_assert_cmpstr (error->message, ==, sentence);
}

static void
test_refused (void)
{
  const double zeros[] = { 0, 0, 0 };
  const double edge[] = { 1, 0, -1 };
  /* 0.1 + 0.2 is not 0.3, but nobody means 2e16 by this. */
  const double thirds[] = { 0.1, 0.2, -0.3 };
  const double tiny[] = { 1e-300, 1e-300, 0 };
  g_autoptr (EwKernel) zero = ew_kernel_new (2, 2, NULL);
  g_autoptr (EwKernel) still = edited (zero, EW_EDIT_SUM_ZERO);
  g_autoptr (EwKernel) small = ew_kernel_new_from_taps (1, 3, tiny, 0, NULL);
  g_autoptr (EwKernel) halves = edited (small, EW_EDIT_SUM_ONE);

  assert_refused (zeros, EW_EDIT_SUM_ONE,
                  "All weights are 0, so they cannot be scaled to the sum 1; change one first.");
  assert_refused (zeros, EW_EDIT_UNIT_NORM,
                  "All weights are 0, so they cannot be scaled to the norm 1; change one first.");
  assert_refused (edge, EW_EDIT_SUM_ONE,
                  "The weights sum to 0, so they cannot be scaled to the sum 1; change one first.");
  assert_refused (thirds, EW_EDIT_SUM_ONE,
                  "The weights sum to 0, so they cannot be scaled to the sum 1; change one first.");
  g_assert_true (ew_kernel_equal (zero, still));
  g_assert_cmpfloat (halves->taps[0], ==, 0.5);
}

static void
test_resized (void)
{
  static const double taps[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
  static const double wide[] = { 0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 4, 5, 6, 0, 0, 7, 8, 9, 0, 0, 0, 0, 0, 0 };
  static const double even[] = { 1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0, 0, 0, 0, 0 };
  static const double flat[] = { 0, 4, 5, 6, 0 };
  static const double middle[] = { 5 };
  static const double pair[] = { 1, 2, 4, 5 };
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (3, 3, taps, 0.5, NULL);
  g_autoptr (EwKernel) a = ew_kernel_resized (kernel, 5, 5, NULL);
  g_autoptr (EwKernel) b = ew_kernel_resized (kernel, 4, 4, NULL);
  g_autoptr (EwKernel) c = ew_kernel_resized (kernel, 1, 5, NULL);
  g_autoptr (EwKernel) d = ew_kernel_resized (kernel, 1, 1, NULL);
  g_autoptr (EwKernel) e = ew_kernel_resized (kernel, 2, 2, NULL);
  g_autoptr (GError) error = NULL;

  assert_taps (a, 5, 5, wide);
  assert_taps (b, 4, 4, even);
  assert_taps (c, 1, 5, flat);
  assert_taps (d, 1, 1, middle);
  assert_taps (e, 2, 2, pair);
  g_assert_cmpfloat (e->bias, ==, 0.5);
  g_assert_null (ew_kernel_resized (kernel, 64, 3, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_GEOMETRY);
}

/* Larger and back is the same kernel, whatever the sizes. */
static void
test_resized_and_back (void)
{
  EwRandom random = 9;

  for (int round = 0; round < 200; round++)
    {
      int height = random_int (&random, 1, 12);
      int width = random_int (&random, 1, 12);
      g_autoptr (EwKernel) kernel = random_kernel (&random, height, width, -1, 1);
      g_autoptr (EwKernel) larger
          = ew_kernel_resized (kernel, height + random_int (&random, 0, 7), width + random_int (&random, 0, 7), NULL);
      g_autoptr (EwKernel) back = ew_kernel_resized (larger, height, width, NULL);

      g_assert_true (ew_kernel_equal (back, kernel));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/kernel-edit/written-out", test_written_out);
  g_test_add_func ("/kernel-edit/group", test_group);
  g_test_add_func ("/kernel-edit/normalised", test_normalised);
  g_test_add_func ("/kernel-edit/refused", test_refused);
  g_test_add_func ("/kernel-edit/resized", test_resized);
  g_test_add_func ("/kernel-edit/resized-and-back", test_resized_and_back);
  return g_test_run ();
}
