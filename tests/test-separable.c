/* Separable kernels: factors, their stated error, and correlation by rows and columns, against the reference. */
#include "engine/plan.h"
#include "engine/separable.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <string.h>

/* A kernel that is a sum of @rank products. */
static EwKernel *
kernel_of_rank (EwRandom *random, int height, int width, int rank)
{
  EwKernel *kernel = ew_kernel_new (height, width, NULL);

  for (int r = 0; r < rank; r++)
    {
      g_autoptr (EwKernel) u = random_kernel (random, height, 1, -1, 1);
      g_autoptr (EwKernel) v = random_kernel (random, 1, width, -1, 1);

      for (int k = 0; k < height * width; k++)
        kernel->taps[k] += u->taps[k / width] * v->taps[k % width];
    }
  kernel->bias = ew_random_uniform (random);
  return kernel;
}

static double
norm (const EwKernel *kernel)
{
  double sum = 0;

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    sum += fabs (kernel->taps[k]);
  return sum;
}

/* ‖K − Σ u·vᵀ‖₁, and in @terms Σ |u|·|v|, which bounds what the sums may round. */
static double
error_of (const EwSeparable *s, const EwKernel *kernel, double *terms)
{
  double error = 0;

  *terms = 0;
  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    {
      double rest = kernel->taps[k];

      for (int r = 0; r < s->rank; r++)
        {
          double product = (double)s->columns[r][k / s->width] * (double)s->rows[r][k % s->width];

          rest -= product;
          *terms += fabs (product);
        }
      error += fabs (rest);
    }
  return error;
}

static EwGrid *
correlate (const EwGrid *x, const EwSeparable *s, double bias, int threads)
{
  g_autoptr (GError) error = NULL;
  EwPool *pool = ew_pool_new (threads, NULL);
  EwGrid *y = ew_grid_new (x->height - s->height + 1, x->width - s->width + 1, NULL);

  for (int i = 0; i < y->height; i++)
    for (size_t j = 0; j < y->stride; j++)
      ew_grid_row (y, i)[j] = NAN;
  g_assert_true (ew_separable_correlate (pool, x, s, bias, y, NULL, &error));
  g_assert_no_error (error);
  for (int i = 0; i < y->height; i++)
    for (size_t j = y->width; j < y->stride; j++)
      g_assert_true (isnan (ew_grid_row (y, i)[j]));
  ew_pool_free (pool);
  return y;
}

/* |ΔY| ≤ error · max|X| by the factors, and γ of both passes' roundings times the terms' sum. */
static void
check (const EwGrid *x, const EwKernel *kernel, const EwSeparable *s)
{
  g_autoptr (EwGrid) y = correlate (x, s, kernel->bias, 2);
  g_autoptr (EwGrid) expected = reference_output (x, kernel);
  double largest = 0;
  double terms, bound;

  for (int i = 0; i < x->height; i++)
    for (int j = 0; j < x->width; j++)
      if (isfinite (ew_grid_row (x, i)[j]))
        largest = fmax (largest, fabs ((double)ew_grid_row (x, i)[j]));
  bound = error_of (s, kernel, &terms) * largest
          + rounding_bound (s->height + s->width + 6, UNIT_32) * (terms * largest + fabs (kernel->bias));
  compare_within (y, expected, bound);
  if (g_test_failed ())
    g_test_message ("input %d×%d, kernel %d×%d, rank %d", x->height, x->width, s->height, s->width, s->rank);
}

static void
test_factors (void)
{
  EwRandom random = 31;

  for (int round = 0; round < draws (200) && !g_test_failed (); round++)
    {
      int kh = random_int (&random, 3, 63);
      int kw = random_int (&random, 3, 63);
      int rank = 1 + round % 3;
      g_autoptr (EwKernel) kernel = kernel_of_rank (&random, kh, kw, rank);
      g_autofree EwSeparable *s = ew_separable_new (kernel, 2, EW_SEPARABLE_EXACT);
      double terms;

      if (rank == 3)
        {
          g_assert_null (s);
          continue;
        }
      g_assert_nonnull (s);
      if (s == NULL)
        continue;
      g_assert_cmpint (s->rank, ==, rank);
      g_assert_cmpfloat (s->error, <=, EW_SEPARABLE_EXACT * norm (kernel));
      /* Stated and true error differ by float64's roundings alone. */
      g_assert_cmpfloat_with_epsilon (s->error, error_of (s, kernel, &terms), 1e-12 * norm (kernel));
      if (rank == 2)
        g_assert_null (ew_separable_new (kernel, 1, EW_SEPARABLE_EXACT));
    }
}

/* Nearly of rank one: accepted just where the tolerance allows the rest. */
static void
test_tolerance (void)
{
  EwRandom random = 32;

  for (int round = 0; round < draws (30) && !g_test_failed (); round++)
    {
      g_autoptr (EwKernel) kernel = kernel_of_rank (&random, 9, 13, 1);
      g_autoptr (EwKernel) noise = random_kernel (&random, 9, 13, -1e-3, 1e-3);
      g_autofree EwSeparable *loose = NULL;
      double rest = norm (noise) / norm (kernel);

      for (int k = 0; k < 9 * 13; k++)
        kernel->taps[k] += noise->taps[k];
      loose = ew_separable_new (kernel, 1, 2 * rest);
      g_assert_nonnull (loose);
      g_assert_null (ew_separable_new (kernel, 2, rest / 100));
    }
}

/* Whole numbers stay whole: Sobel's kernel gives the very same numbers as the direct loops. */
static void
test_exact (void)
{
  static const double taps[] = { -1, 0, 1, -2, 0, 2, -1, 0, 1 };
  EwRandom random = 33;
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (3, 3, taps, 5, NULL);
  g_autoptr (EwGrid) x = random_whole_grid (&random, 150, 620, 255);
  g_autofree EwSeparable *s = ew_separable_new (kernel, 2, 0);
  g_autoptr (EwKernel) zeros = ew_kernel_new (3, 3, NULL);

  g_assert_nonnull (s);
  g_assert_cmpfloat (s->error, ==, 0);

  g_autoptr (EwGrid) y = correlate (x, s, 5, 2);
  g_autoptr (EwGrid) expected = reference_output (x, kernel);

  for (int i = 0; i < y->height; i++)
    g_assert_cmpmem (ew_grid_row (y, i), y->width * sizeof (float), ew_grid_row (expected, i),
                     y->width * sizeof (float));
  g_assert_null (ew_separable_new (zeros, 2, EW_SEPARABLE_EXACT));
}

static void
test_shapes (void)
{
  static const float bad[] = { NAN, INFINITY, -INFINITY };
  EwRandom random = 34;

  for (int round = 0; round < draws (120) && !g_test_failed (); round++)
    {
      int kh = random_int (&random, 1, 63);
      int kw = random_int (&random, 1, 63);
      g_autoptr (EwKernel) kernel = kernel_of_rank (&random, kh, kw, 1 + round % 2);
      g_autofree EwSeparable *s = ew_separable_new (kernel, 2, EW_SEPARABLE_EXACT);
      int height = random_int (&random, kh, 200);
      int width = random_int (&random, kw, round % 10 == 0 ? 700 : 200);
      g_autoptr (EwGrid) x = random_grid (&random, height, width, -1, 1);

      for (int i = 0; i < height; i++)
        for (size_t j = width; j < x->stride; j++)
          ew_grid_row (x, i)[j] = NAN;
      if (round % 3 == 0)
        ew_grid_row (x, random_int (&random, 0, height - 1))[random_int (&random, 0, width - 1)] = bad[round / 3 % 3];
      g_assert_nonnull (s);
      if (s != NULL)
        check (x, kernel, s);
    }
}

static void
test_threads (void)
{
  EwRandom random = 35;
  g_autoptr (EwKernel) kernel = kernel_of_rank (&random, 15, 9, 2);
  g_autofree EwSeparable *s = ew_separable_new (kernel, 2, EW_SEPARABLE_EXACT);
  g_autoptr (EwGrid) x = random_grid (&random, 500, 600, -1, 1);
  g_autoptr (EwGrid) first = correlate (x, s, 0.5, 1);
  g_autoptr (GError) error = NULL;
  EwPool *pool = ew_pool_new (2, NULL);
  EwCancel cancel = 1;

  for (int threads = 2; threads <= 8; threads++)
    {
      g_autoptr (EwGrid) y = correlate (x, s, 0.5, threads);

      for (int i = 0; i < y->height; i++)
        g_assert_cmpmem (ew_grid_row (y, i), y->width * sizeof (float), ew_grid_row (first, i),
                         y->width * sizeof (float));
    }
  g_assert_false (ew_separable_correlate (pool, x, s, 0, first, &cancel, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_CANCELLED);
  ew_pool_free (pool);
}

/* What is far from every crossover, for each instruction set; an unknown one counts as the plain one. */
static void
test_plan (void)
{
  static const char *const ids[] = { "generic", "avx2", "avx512", "another" };
  static const int sides[] = { 1, 2, 64, 200, 512, 4096, 100000 };
  EwRandom random = 36;
  g_autoptr (EwKernel) small = kernel_of_rank (&random, 3, 3, 1);
  g_autoptr (EwKernel) product = kernel_of_rank (&random, 11, 11, 1);
  g_autoptr (EwKernel) full = random_kernel (&random, 41, 41, -1, 1);

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      EwSeparable *factors = NULL;

      g_assert_cmpint (ew_plan_choose (1000, 1000, small, ids[i], &factors), ==, EW_METHOD_DIRECT);
      g_assert_null (factors);
      g_assert_cmpint (ew_plan_choose (1000, 1000, full, ids[i], &factors), ==, EW_METHOD_FFT);
      g_assert_null (factors);
      /* One output: no transform pays. */
      g_assert_cmpint (ew_plan_choose (41, 41, full, ids[i], NULL), ==, EW_METHOD_DIRECT);
      g_assert_cmpint (ew_plan_choose (1000, 1000, product, ids[i], &factors), ==, EW_METHOD_SEPARABLE);
      g_assert_nonnull (factors);
      g_free (factors);
      for (guint h = 0; h < G_N_ELEMENTS (sides); h++)
        for (int k = 1; k <= 63; k++)
          {
            EwMethod method = ew_plan_choose_by_rank (sides[h] + k, sides[h] + 63, k, 64 - k, 1 + k % 3, ids[i]);

            g_assert_cmpint (method, >=, EW_METHOD_DIRECT);
            g_assert_cmpint (method, <=, EW_METHOD_FFT);
            g_assert_true (method != EW_METHOD_SEPARABLE || k % 3 < 2);
          }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/separable/factors", test_factors);
  g_test_add_func ("/separable/tolerance", test_tolerance);
  g_test_add_func ("/separable/exact", test_exact);
  g_test_add_func ("/separable/shapes", test_shapes);
  g_test_add_func ("/separable/threads", test_threads);
  g_test_add_func ("/separable/plan", test_plan);
  return g_test_run ();
}
