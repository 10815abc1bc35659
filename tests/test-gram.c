/* The CPU's Gram sums and its float64 loss, with each instruction set that this processor has, against plain loops. */
#include "engine/cpu-gram.h"
#include "engine/cpu-kernels.h"
#include "engine/reference.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

static const char *const ids[] = { "generic", "avx2", "avx512" };

/* The sums of that instruction set; NULL, and the test is skipped, where the processor lacks it. EDGEWISE_CPU picks the
 * kernels that they go with. */
static const EwCpuGramSums *
sums_or_skip (const char *id)
{
  g_autoptr (GError) error = NULL;

  if (ew_cpu_kernels_find (id) == NULL)
    {
      g_test_skip ("this processor cannot run it");
      return NULL;
    }
  g_setenv ("EDGEWISE_CPU", id, TRUE);

  const EwCpuKernels *kernels = ew_cpu_kernels (&error);

  g_unsetenv ("EDGEWISE_CPU");
  g_assert_no_error (error);

  const EwCpuGramSums *sums = ew_cpu_gram_sums (kernels->id);

  g_assert_cmpstr (sums->id, ==, id);
  return sums;
}

/* What lies between the columns and the stride is not data: any use of it shows. */
static void
poison_padding (EwGrid *grid)
{
  for (int i = 0; i < grid->height; i++)
    for (size_t j = grid->width; j < grid->stride; j++)
      ew_grid_row (grid, i)[j] = NAN;
}

/* --- problems */

typedef struct
{
  EwSample values[4];
  int n;
} Samples;

/* Whole numbers are small enough that all sums are exact in float64. */
static void
add_sample (Samples *samples, EwRandom *random, const EwGeometry *g, int height, int width, gboolean whole)
{
  EwSample *sample = &samples->values[samples->n++];
  int out_height, out_width;

  g_assert_true (ew_geometry_output_size (g, height, width, &out_height, &out_width, NULL));
  sample->x = whole ? random_whole_grid (random, height, width, 9) : random_grid (random, height, width, -1, 2);
  sample->y = whole ? random_whole_grid (random, out_height, out_width, 9)
                    : random_grid (random, out_height, out_width, -1, 1);
  poison_padding (sample->x);
  poison_padding (sample->y);
}

static EwProblem *
problem_of (Samples *samples, const EwGeometry *g, gboolean has_bias)
{
  g_autoptr (GError) error = NULL;
  EwProblem *problem = ew_problem_new (samples->values, samples->n, g, has_bias, &error);

  g_assert_no_error (error);
  for (int s = 0; s < samples->n; s++)
    {
      ew_grid_unref (samples->values[s].x);
      ew_grid_unref (samples->values[s].y);
    }
  return problem;
}

static EwProblem *
valid_problem (EwRandom *random, int height, int width, int kh, int kw, gboolean has_bias, gboolean whole)
{
  Samples samples = { 0 };
  EwGeometry g;

  ew_geometry_init_valid (&g, kh, kw);
  add_sample (&samples, random, &g, height, width, whole);
  return problem_of (&samples, &g, has_bias);
}

static double *
random_params (EwRandom *random, const EwProblem *problem, gboolean whole)
{
  double *params = g_new (double, problem->n_params);

  for (int k = 0; k < problem->n_params; k++)
    params[k] = whole ? random_int (random, -3, 3) : 2 * ew_random_uniform (random) - 1;
  return params;
}

/* --- the oracle: G, h and c, and the same sums of magnitudes, one residual after the other */

/**
 * Sums:
 * @n: parameters
 * @g: n × n, upper triangle
 * @h: n
 * @g_magnitude, @h_magnitude: the same with the magnitude of each product
 */
typedef struct
{
  int n;
  double *g;
  double *h;
  double *g_magnitude;
  double *h_magnitude;
  double c;
} Sums;

/* The input with its border, row by row. The reference knows every border: a kernel of one tap draws it. */
static double *
draw_border (const EwGrid *x, const EwGeometry *g, int *width)
{
  static const double one = 1;
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (1, 1, &one, 0, NULL);
  EwGeometry whole = *g;
  int height;

  whole.kernel_height = whole.kernel_width = whole.stride = whole.dilation = 1;
  g_assert_true (ew_geometry_output_size (&whole, x->height, x->width, &height, width, NULL));

  double *pixels = g_new (double, (size_t)height *(size_t)*width);

  g_assert_true (ew_reference_correlate (x, kernel, &whole, pixels, NULL));
  return pixels;
}

static void
add_residual (Sums *sums, const double *patch, double y)
{
  for (int k = 0; k < sums->n; k++)
    {
      double *row = sums->g + (size_t)k * sums->n;
      double *magnitudes = sums->g_magnitude + (size_t)k * sums->n;

      for (int l = k; l < sums->n; l++)
        {
          row[l] += patch[k] * patch[l];
          magnitudes[l] += fabs (patch[k] * patch[l]);
        }
      sums->h[k] += patch[k] * y;
      sums->h_magnitude[k] += fabs (patch[k] * y);
    }
  sums->c += y * y;
}

static void
add_sums_of_sample (Sums *sums, const EwSample *sample, const EwGeometry *g)
{
  double patch[EW_KERNEL_PARAMS_MAX];
  int width;
  g_autofree double *pixels = draw_border (sample->x, g, &width);

  for (int i = 0; i < sample->y->height; i++)
    for (int j = 0; j < sample->y->width; j++)
      {
        int k = 0;

        for (int a = 0; a < g->kernel_height; a++)
          for (int c = 0; c < g->kernel_width; c++)
            patch[k++] = pixels[(size_t)(i * g->stride + a * g->dilation) * width + j * g->stride + c * g->dilation];
        patch[k] = 1;
        add_residual (sums, patch, (double)ew_grid_row (sample->y, i)[j]);
      }
}

static Sums *
plain_sums (const EwProblem *problem)
{
  Sums *sums = g_new0 (Sums, 1);
  size_t n = problem->n_params;

  sums->n = problem->n_params;
  sums->g = g_new0 (double, n *n);
  sums->g_magnitude = g_new0 (double, n *n);
  sums->h = g_new0 (double, n);
  sums->h_magnitude = g_new0 (double, n);
  for (int s = 0; s < problem->n_samples; s++)
    add_sums_of_sample (sums, &problem->samples[s], &problem->geometry);
  return sums;
}

static void
sums_free (Sums *sums)
{
  g_free (sums->g);
  g_free (sums->g_magnitude);
  g_free (sums->h);
  g_free (sums->h_magnitude);
  g_free (sums);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sums, sums_free)

/* --- comparing */

/* A product of two float32 numbers is exact in float64 (24 + 24 bits < 53), so an entry is off by the additions alone:
 * N − 1 of them in the oracle, in any order, and no more in what is tested. Whole numbers make no error at all. */
static double
sum_error (const EwProblem *problem, gboolean whole)
{
  return whole ? 0 : 2 * rounding_bound ((double)problem->n_residuals, UNIT_64);
}

static void
compare_gram (const EwGram *gram, const EwProblem *problem, gboolean whole)
{
  g_autoptr (Sums) sums = plain_sums (problem);
  size_t n = gram->n;
  double error = sum_error (problem, whole);
  gboolean good = TRUE;

  for (size_t k = 0; k < n; k++)
    {
      for (size_t l = k; l < n; l++)
        good = good && fabs (gram->g[k * n + l] - sums->g[k * n + l]) <= error * sums->g_magnitude[k * n + l]
               && gram->g[k * n + l] == gram->g[l * n + k];
      good = good && fabs (gram->h[k] - sums->h[k]) <= error * sums->h_magnitude[k];
    }
  g_assert_true (good);
  g_assert_true (fabs (gram->c - sums->c) <= error * sums->c);
  g_assert_cmpint (gram->n, ==, problem->n_params);
  g_assert_cmpint (gram->n_residuals, ==, problem->n_residuals);
  if (g_test_failed ())
    g_test_message ("kernel %d×%d, first input %d×%d", problem->geometry.kernel_height, problem->geometry.kernel_width,
                    problem->samples[0].x->height, problem->samples[0].x->width);
}

static void
check_gram (const EwCpuGramSums *sums, EwPool *pool, EwProblem *problem, gboolean whole)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EwGram) gram = ew_cpu_gram (sums, pool, problem, NULL, &error);

  g_assert_no_error (error);
  compare_gram (gram, problem, whole);
}

/* --- G, h and c */

static void
test_shapes (gconstpointer id)
{
  const EwCpuGramSums *sums = sums_or_skip (id);
  EwRandom random = 41;

  if (sums == NULL)
    return;

  EwPool *pool = ew_pool_new (2, NULL);

  for (int round = 0; round < 200 && !g_test_failed (); round++)
    {
      int most = round % 4 == 0 ? 15 : 6;
      int kh = random_int (&random, 1, most);
      int kw = random_int (&random, 1, most);
      /* Every second image is hardly larger than the kernel: no core along one axis or both. */
      int height = round % 2 ? random_int (&random, kh, 70) : kh + random_int (&random, 0, kh + 1);
      int width = round % 3 ? random_int (&random, kw, 70) : kw + random_int (&random, 0, kw + 1);
      g_autoptr (EwProblem) problem = valid_problem (&random, height, width, kh, kw, round & 1, round % 5 != 0);

      check_gram (sums, pool, problem, round % 5 != 0);
    }
  ew_pool_free (pool);
}

/* Every width meets every remainder; every height up to beyond a core, every shape of corner. */
static void
test_remainders (gconstpointer id)
{
  static const int sizes[][2] = { { 1, 1 }, { 1, 4 }, { 4, 1 }, { 2, 3 }, { 3, 2 } };
  const EwCpuGramSums *sums = sums_or_skip (id);
  EwRandom random = 42;

  if (sums == NULL)
    return;

  EwPool *pool = ew_pool_new (2, NULL);

  for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
    for (int side = 0; side < 66 && !g_test_failed (); side++)
      {
        int kh = sizes[k][0];
        int kw = sizes[k][1];
        g_autoptr (EwProblem) wide = valid_problem (&random, kh + side % 9, kw + side, kh, kw, side & 1, TRUE);
        g_autoptr (EwProblem) high = valid_problem (&random, kh + side, kw + side % 9, kh, kw, side & 1, TRUE);

        check_gram (sums, pool, wide, TRUE);
        check_gram (sums, pool, high, TRUE);
      }
  ew_pool_free (pool);
}

/* Kernels of several blocks of lags, images of several tiles and bands. */
static void
test_large (gconstpointer id)
{
  static const int sizes[][4] = {
    { 63, 63, 63, 63 }, { 65, 64, 63, 63 },  { 70, 70, 63, 1 },   { 70, 70, 1, 63 },   { 140, 66, 63, 2 },
    { 66, 140, 2, 63 }, { 40, 1200, 3, 3 },  { 700, 300, 5, 4 },  { 1, 7000, 1, 7 },   { 3000, 1, 9, 1 },
    { 33, 33, 17, 17 }, { 34, 250, 17, 17 }, { 40, 200, 11, 12 }, { 2100, 20, 9, 10 },
  };
  const EwCpuGramSums *sums = sums_or_skip (id);
  EwRandom random = 43;

  if (sums == NULL)
    return;

  EwPool *pool = ew_pool_new (2, NULL);

  for (guint k = 0; k < G_N_ELEMENTS (sizes) && !g_test_failed (); k++)
    {
      g_autoptr (EwProblem) problem
          = valid_problem (&random, sizes[k][0], sizes[k][1], sizes[k][2], sizes[k][3], TRUE, TRUE);

      check_gram (sums, pool, problem, TRUE);
    }
  ew_pool_free (pool);
}

static EwProblem *
problem_of_several (EwRandom *random, gboolean whole)
{
  Samples samples = { 0 };
  EwGeometry g;

  ew_geometry_init_valid (&g, random_int (random, 1, 7), random_int (random, 1, 7));
  for (int n = random_int (random, 2, 4); n > 0; n--)
    add_sample (&samples, random, &g, random_int (random, g.kernel_height, 60), random_int (random, g.kernel_width, 60),
                whole);
  return problem_of (&samples, &g, random_int (random, 0, 1));
}

static void
test_samples (gconstpointer id)
{
  const EwCpuGramSums *sums = sums_or_skip (id);
  EwRandom random = 44;

  if (sums == NULL)
    return;

  EwPool *pool = ew_pool_new (2, NULL);

  for (int round = 0; round < 30 && !g_test_failed (); round++)
    {
      g_autoptr (EwProblem) problem = problem_of_several (&random, round & 1);

      check_gram (sums, pool, problem, round & 1);
    }
  ew_pool_free (pool);
}

/* Padding on any side with any border, strides and dilations. */
static void
test_geometries (gconstpointer id)
{
  const EwCpuGramSums *sums = sums_or_skip (id);
  EwRandom random = 45;

  if (sums == NULL)
    return;

  EwPool *pool = ew_pool_new (2, NULL);

  for (int round = 0; round < 80 && !g_test_failed (); round++)
    {
      EwGeometry g = {
        .kernel_height = random_int (&random, 1, 5),
        .kernel_width = random_int (&random, 1, 5),
        .top = random_int (&random, 0, 9),
        .right = random_int (&random, 0, 9),
        .bottom = random_int (&random, 0, 9),
        .left = random_int (&random, 0, 9),
        .border = (EwBorder)(round % 4),
        .stride = round % 3 ? 1 : random_int (&random, 1, 4),
        .dilation = round % 5 ? 1 : random_int (&random, 1, 4),
      };
      Samples samples = { 0 };

      if (round % 7 == 0)
        g.top = g.right = g.bottom = g.left = 0;
      add_sample (&samples, &random, &g, random_int (&random, g.dilation * 4 + 1, 30),
                  random_int (&random, g.dilation * 4 + 1, 30), TRUE);

      g_autoptr (EwProblem) problem = problem_of (&samples, &g, round & 1);

      check_gram (sums, pool, problem, TRUE);
    }
  ew_pool_free (pool);
}

/* --- the float64 loss */

static void
test_exact_loss (gconstpointer id)
{
  const EwCpuGramSums *sums = sums_or_skip (id);
  EwRandom random = 46;

  if (sums == NULL)
    return;

  EwPool *pool = ew_pool_new (2, NULL);

  for (int round = 0; round < 60 && !g_test_failed (); round++)
    {
      g_autoptr (EwProblem) problem = problem_of_several (&random, TRUE);
      g_autofree double *params = random_params (&random, problem, TRUE);
      g_autofree double *gradient = g_new (double, problem->n_params);
      g_autofree double *expected_gradient = g_new (double, problem->n_params);
      double loss, expected;

      g_assert_true (ew_cpu_evaluate_exactly (sums, pool, problem, params, &loss, gradient, NULL, NULL));
      ew_reference_evaluate (problem, params, &expected, expected_gradient);
      g_assert_cmpfloat (loss, ==, expected);
      for (int k = 0; k < problem->n_params; k++)
        g_assert_cmpfloat (gradient[k], ==, expected_gradient[k]);
    }
  ew_pool_free (pool);
}

static void
add_tests (const char *id)
{
  static const struct
  {
    const char *name;
    GTestDataFunc func;
  } tests[] = {
    { "shapes", test_shapes },   { "remainders", test_remainders }, { "large", test_large },
    { "samples", test_samples }, { "geometries", test_geometries }, { "exact-loss", test_exact_loss },
  };

  for (guint k = 0; k < G_N_ELEMENTS (tests); k++)
    {
      g_autofree char *path = g_strdup_printf ("/gram/%s/%s", id, tests[k].name);

      g_test_add_data_func (path, id, tests[k].func);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint k = 0; k < G_N_ELEMENTS (ids); k++)
    add_tests (ids[k]);
  return g_test_run ();
}
