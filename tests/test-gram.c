/* The CPU's Gram sums and its float64 loss, with each instruction set that this processor has, against plain loops. */
#include "engine/cpu-gram.h"
#include "engine/cpu-kernels.h"
#include "engine/memory.h"
#include "engine/reference.h"
#include "tests/gram-fixtures.h"

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

static void
check_gram (const EwCpuGramSums *sums, EwPool *pool, EwProblem *problem, gboolean whole)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EwGram) gram = ew_cpu_gram (sums, pool, problem, NULL, &error);

  g_assert_no_error (error);
  compare_with_plain_sums (gram, problem, whole);
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

  for (int round = 0; round < draws (200) && !g_test_failed (); round++)
    {
      int most = round % 4 == 0 ? 15 : 6;
      int kh = random_int (&random, 1, most);
      int kw = random_int (&random, 1, most);
      /* Every second image is hardly larger than the kernel: no core along one axis or both. */
      int height = round % 2 ? random_int (&random, kh, 70) : kh + random_int (&random, 0, kh + 1);
      int width = round % 3 ? random_int (&random, kw, 70) : kw + random_int (&random, 0, kw + 1);
      g_autoptr (EwProblem) problem = random_valid_problem (&random, height, width, kh, kw, round & 1, round % 5 != 0);

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
        g_autoptr (EwProblem) wide = random_valid_problem (&random, kh + side % 9, kw + side, kh, kw, side & 1, TRUE);
        g_autoptr (EwProblem) high = random_valid_problem (&random, kh + side, kw + side % 9, kh, kw, side & 1, TRUE);

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
          = random_valid_problem (&random, sizes[k][0], sizes[k][1], sizes[k][2], sizes[k][3], TRUE, TRUE);

      check_gram (sums, pool, problem, TRUE);
    }
  ew_pool_free (pool);
}

static EwProblem *
problem_of_several (EwRandom *random, gboolean whole)
{
  SampleList samples = { 0 };
  EwGeometry g;

  ew_geometry_init_valid (&g, random_int (random, 1, 7), random_int (random, 1, 7));
  for (int n = random_int (random, 2, 4); n > 0; n--)
    add_random_sample (&samples, random, &g, random_int (random, g.kernel_height, 60),
                       random_int (random, g.kernel_width, 60), whole);
  return problem_of_samples (&samples, &g, random_int (random, 0, 1));
}

static void
test_samples (gconstpointer id)
{
  const EwCpuGramSums *sums = sums_or_skip (id);
  EwRandom random = 44;

  if (sums == NULL)
    return;

  EwPool *pool = ew_pool_new (2, NULL);

  for (int round = 0; round < draws (30) && !g_test_failed (); round++)
    {
      g_autoptr (EwProblem) problem = problem_of_several (&random, round & 1);

      check_gram (sums, pool, problem, round & 1);
    }
  ew_pool_free (pool);
}

/* Padding on any side with any border, strides and dilations, one and several samples, tall and wide. */
static void
test_geometries (gconstpointer id)
{
  const EwCpuGramSums *sums = sums_or_skip (id);
  EwRandom random = 45;

  if (sums == NULL)
    return;

  EwPool *pool = ew_pool_new (2, NULL);

  for (int round = 0; round < draws (300) && !g_test_failed (); round++)
    {
      g_autoptr (EwProblem) problem = random_problem (&random, round, round % 3 != 0, MASK_NONE);

      check_gram (sums, pool, problem, round % 3 != 0);
    }
  ew_pool_free (pool);
}

/* --- the float64 loss */

typedef struct
{
  double loss;
  double *gradient;
} Loss;

static void
evaluate (const EwCpuGramSums *sums, EwPool *pool, const EwProblem *problem, const double *params, Loss *loss)
{
  g_autoptr (GError) error = NULL;

  loss->gradient = g_new (double, problem->n_params);
  g_assert_true (ew_cpu_evaluate_exactly (sums, pool, problem, params, &loss->loss, loss->gradient, NULL, &error));
  g_assert_no_error (error);
}

/* What float64 can make of one residual r of magnitude m = |b| + Σ|w||x| + |y|: off by e = γ·m, with one rounding for
 * each product and addition; r² then by 2|r|e + e², r·x by |x|e; and again by γ of the residuals for the sums and the
 * weight. */
static void
add_residual_bounds (const EwProblem *problem, const double *params, const double *patch, double y, double weight,
                     Loss *bounds)
{
  double r = -y;
  double m = fabs (y);

  for (int k = 0; k < problem->n_params; k++)
    {
      r += params[k] * patch[k];
      m += fabs (params[k] * patch[k]);
    }

  double e = rounding_bound (problem->n_params + 3, UNIT_64) * m;
  double summed = rounding_bound ((double)problem->n_residuals + 4, UNIT_64);

  bounds->loss += weight * (2 * fabs (r) * e + e * e + summed * (fabs (r) + e) * (fabs (r) + e));
  for (int k = 0; k < problem->n_params; k++)
    bounds->gradient[k] += weight * 2 * fabs (patch[k]) * (e + summed * (fabs (r) + e));
}

typedef struct
{
  const EwProblem *problem;
  const double *params;
  Loss *bounds;
} BoundsJob;

static void
add_bounds (const double *patch, double y, double weight, gpointer data)
{
  const BoundsJob *job = data;

  add_residual_bounds (job->problem, job->params, patch, y, weight, job->bounds);
}

/* Twice what one evaluation can be off: the reference computes in float64 too. */
static void
exact_bounds (const EwProblem *problem, const double *params, Loss *bounds)
{
  BoundsJob job = { problem, params, bounds };

  bounds->loss = 0;
  bounds->gradient = g_new0 (double, problem->n_params);
  each_patch (problem, add_bounds, &job);
  bounds->loss *= 2;
  for (int k = 0; k < problem->n_params; k++)
    bounds->gradient[k] *= 2;
}

static void
check_exact_loss (const EwCpuGramSums *sums, EwPool *pool, const EwProblem *problem, const double *params,
                  gboolean whole)
{
  Loss have, want, bounds;

  evaluate (sums, pool, problem, params, &have);
  want.gradient = g_new (double, problem->n_params);
  ew_reference_evaluate (problem, params, &want.loss, want.gradient);
  exact_bounds (problem, params, &bounds);
  g_assert_true (fabs (have.loss - want.loss) <= (whole ? 0 : bounds.loss));
  for (int k = 0; k < problem->n_params && !g_test_failed (); k++)
    g_assert_true (fabs (have.gradient[k] - want.gradient[k]) <= (whole ? 0 : bounds.gradient[k]));
  g_free (have.gradient);
  g_free (want.gradient);
  g_free (bounds.gradient);
}

static void
test_exact_loss (gconstpointer id)
{
  static const int sizes[][4]
      = { { 63, 63, 63, 63 }, { 70, 66, 63, 61 }, { 20, 900, 1, 20 }, { 300, 30, 13, 2 }, { 1, 7000, 1, 3 } };
  const EwCpuGramSums *sums = sums_or_skip (id);
  EwRandom random = 46;

  if (sums == NULL)
    return;

  EwPool *pool = ew_pool_new (2, NULL);

  for (int round = 0; round < draws (60) && !g_test_failed (); round++)
    {
      g_autoptr (EwProblem) problem = problem_of_several (&random, round & 1);
      g_autofree double *params = random_weights (&random, problem, round & 1);

      check_exact_loss (sums, pool, problem, params, round & 1);
    }
  for (guint k = 0; k < G_N_ELEMENTS (sizes) && !g_test_failed (); k++)
    {
      g_autoptr (EwProblem) problem
          = random_valid_problem (&random, sizes[k][0], sizes[k][1], sizes[k][2], sizes[k][3], TRUE, TRUE);
      g_autofree double *params = random_weights (&random, problem, TRUE);

      check_exact_loss (sums, pool, problem, params, TRUE);
    }
  ew_pool_free (pool);
}

/* The same for any geometry. */
static void
test_exact_geometries (gconstpointer id)
{
  const EwCpuGramSums *sums = sums_or_skip (id);
  EwRandom random = 52;

  if (sums == NULL)
    return;

  EwPool *pool = ew_pool_new (2, NULL);

  for (int round = 0; round < draws (300) && !g_test_failed (); round++)
    {
      g_autoptr (EwProblem) problem = random_problem (&random, round, round % 3 != 0, MASK_NONE);
      g_autofree double *params = random_weights (&random, problem, round % 3 != 0);

      check_exact_loss (sums, pool, problem, params, round % 3 != 0);
    }
  ew_pool_free (pool);
}

/* Whatever stride and dilation have in common, and a stride or dilation beyond kernel and image. */
static void
test_steps (gconstpointer id)
{
  static const int steps[][2] = { { 2, 1 }, { 3, 1 }, { 9, 1 }, { 1, 2 }, { 1, 3 }, { 1, 8 }, { 2, 2 },   { 2, 3 },
                                  { 3, 2 }, { 4, 6 }, { 6, 4 }, { 5, 5 }, { 2, 4 }, { 4, 2 }, { 99, 98 } };
  const EwCpuGramSums *sums = sums_or_skip (id);
  EwRandom random = 51;

  if (sums == NULL)
    return;

  EwPool *pool = ew_pool_new (2, NULL);

  for (guint k = 0; k < G_N_ELEMENTS (steps) && !g_test_failed (); k++)
    for (int round = 0; round < 8; round++)
      {
        static const int sides[][2] = { { 1, 1 }, { 1, 5 }, { 4, 1 }, { 2, 3 }, { 5, 4 }, { 9, 2 }, { 3, 10 }, { 7, 7 } };
        EwGeometry g = { sides[round][0], sides[round][1], 1, 0, 2, 3, EW_BORDER_ZERO, steps[k][0], steps[k][1] };
        int more = round % 2 ? 40 : 3;
        SampleList samples = { 0 };

        add_random_sample (&samples, &random, &g, (g.kernel_height - 1) * g.dilation + random_int (&random, 1, more),
                           (g.kernel_width - 1) * g.dilation + random_int (&random, 1, more), TRUE);

        g_autoptr (EwProblem) problem = problem_of_samples (&samples, &g, round & 1);
        g_autofree double *params = random_weights (&random, problem, TRUE);

        check_gram (sums, pool, problem, TRUE);
        check_exact_loss (sums, pool, problem, params, TRUE);
      }
  ew_pool_free (pool);
}

/* Masks of every kind on every geometry. */
static void
test_masks (gconstpointer id)
{
  const EwCpuGramSums *sums = sums_or_skip (id);
  EwRandom random = 53;

  if (sums == NULL)
    return;

  EwPool *pool = ew_pool_new (2, NULL);

  for (int round = 0; round < draws (300) && !g_test_failed (); round++)
    {
      gboolean whole = round % 3 != 0;
      g_autoptr (EwProblem) problem = random_problem (&random, round, whole, (Mask)random_int (&random, 1, N_MASKS - 1));
      g_autofree double *params = random_weights (&random, problem, whole);

      check_gram (sums, pool, problem, whole);
      check_exact_loss (sums, pool, problem, params, whole);
    }
  ew_pool_free (pool);
}

/* Large enough for rectangles that lags serve beside tiles, and for more of them than are in memory at a time. */
static void
test_large_masks (gconstpointer id)
{
  static const struct
  {
    EwGeometry g;
    int height, width;
  } cases[] = {
    { { 3, 3, .stride = 1, .dilation = 1 }, 400, 410 },
    { { 5, 7, .stride = 1, .dilation = 1 }, 200, 333 },
    { { 4, 3, 1, 2, 3, 0, EW_BORDER_WRAP, 2, 1 }, 251, 240 },
    { { 3, 2, 2, 2, 2, 2, EW_BORDER_REFLECT, 3, 2 }, 270, 290 },
    { { 11, 12, .stride = 1, .dilation = 1 }, 90, 100 },
  };
  const EwCpuGramSums *sums = sums_or_skip (id);
  EwRandom random = 54;

  if (sums == NULL)
    return;

  EwPool *pool = ew_pool_new (2, NULL);

  for (guint k = 0; k < G_N_ELEMENTS (cases); k++)
    for (Mask mask = MASK_SPECKS; mask < N_MASKS && !g_test_failed (); mask++)
      {
        SampleList samples = { 0 };

        add_random_sample (&samples, &random, &cases[k].g, cases[k].height, cases[k].width, TRUE);
        add_random_mask (&samples, &random, mask, TRUE);

        g_autoptr (EwProblem) problem = problem_of_samples (&samples, &cases[k].g, mask % 2);

        check_gram (sums, pool, problem, TRUE);
      }
  ew_pool_free (pool);
}

/* The problem with what lies outside the parts taken masked away. */
static EwProblem *
keep_parts (const EwProblem *problem, const EwGramTiles *tiles, const gboolean *taken)
{
  SampleList samples = { 0 };

  for (; samples.n < problem->n_samples; samples.n++)
    {
      const EwSample *from = &problem->samples[samples.n];
      EwGrid *mask = ew_grid_new (from->y->height, from->y->width, NULL);

      samples.values[samples.n] = (EwSample){ ew_grid_ref (from->x), ew_grid_ref (from->y), mask };
      for (int r = 0; r < tiles->n_rows; r++)
        for (int c = 0; c < tiles->n_columns; c++)
          for (int i = mask->height * r / tiles->n_rows; i < mask->height * (r + 1) / tiles->n_rows; i++)
            for (int j = mask->width * c / tiles->n_columns; j < mask->width * (c + 1) / tiles->n_columns; j++)
              if (taken[r * tiles->n_columns + c])
                ew_grid_row (mask, i)[j] = from->mask == NULL ? 1 : ew_grid_row (from->mask, i)[j];
    }

  EwProblem *kept = ew_problem_new (samples.values, samples.n, &problem->geometry, problem->has_bias, NULL);

  for (int s = 0; s < samples.n; s++)
    {
      ew_grid_unref (samples.values[s].x);
      ew_grid_unref (samples.values[s].y);
      ew_grid_unref (samples.values[s].mask);
    }
  return kept;
}

/* Any parts add up to the sums over what they hold, with masks and any geometry; none has nothing. */
static void
test_tiles (gconstpointer id)
{
  const EwCpuGramSums *sums = sums_or_skip (id);
  EwRandom random = 55;

  if (sums == NULL)
    return;

  EwPool *pool = ew_pool_new (2, NULL);

  for (int round = 0; round < draws (120) && !g_test_failed (); round++)
    {
      g_autoptr (GError) error = NULL;
      Mask mask = round % 3 == 0 ? (Mask)random_int (&random, 1, N_MASKS - 1) : MASK_NONE;
      g_autoptr (EwProblem) problem = random_problem (&random, round, TRUE, mask);
      int n_rows = random_int (&random, 1, EW_GRAM_TILES_MAX);
      int n_columns = random_int (&random, 1, EW_GRAM_TILES_MAX);
      g_autoptr (EwGramTiles) tiles = ew_cpu_gram_tiles (sums, pool, problem, n_rows, n_columns, NULL, &error);
      gboolean taken[EW_GRAM_TILES_MAX * EW_GRAM_TILES_MAX];

      g_assert_no_error (error);
      for (int k = 0; k < n_rows * n_columns; k++)
        taken[k] = round % 10 == 0 || random_int (&random, 0, 2) > 0;

      g_autoptr (EwProblem) kept = keep_parts (problem, tiles, taken);
      g_autoptr (EwGram) gram = ew_gram_tiles_sum (tiles, taken, &error);

      if (kept != NULL)
        compare_with_plain_sums (gram, kept, TRUE);
      else
        g_assert_error (error, EW_ERROR, EW_ERROR_DATA);
    }
  ew_pool_free (pool);
}

/* Parts that memory cannot hold are refused before any is made. */
static void
test_tiles_beyond_memory (gconstpointer id)
{
  g_autoptr (GError) error = NULL;

  ew_memory_set_available_for_tests (100 << 20);
  g_assert_null (ew_gram_tiles_new (8, 8, 600, &error));
  ew_memory_set_available_for_tests (0);
  g_assert_error (error, EW_ERROR, EW_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (error->message, "64 Gram matrices of 600"));
}

/* wᵀGw − 2hᵀw + c; @bound: what rounding can make of it when each entry is itself a rounded sum of N products. */
static double
quadratic_loss (const EwGram *gram, const PlainSums *plain, const double *w, double *bound)
{
  int n = gram->n;
  double loss = gram->c;
  double magnitude = gram->c;

  for (int k = 0; k < n; k++)
    {
      loss -= 2 * gram->h[k] * w[k];
      magnitude += 2 * plain->h_magnitude[k] * fabs (w[k]);
      for (int l = 0; l < n; l++)
        {
          loss += w[k] * gram->g[(size_t)k * n + l] * w[l];
          magnitude += fabs (w[k] * w[l]) * plain->g_magnitude[(size_t)MIN (k, l) * n + MAX (k, l)];
        }
    }
  *bound = rounding_bound ((double)gram->n_residuals + 3.0 * n * (n + 1), UNIT_64) * magnitude;
  return loss;
}

/* G, h and c hold the loss at any weights. */
static void
test_quadratic (gconstpointer id)
{
  const EwCpuGramSums *sums = sums_or_skip (id);
  EwRandom random = 47;

  if (sums == NULL)
    return;

  EwPool *pool = ew_pool_new (2, NULL);

  for (int round = 0; round < draws (30) && !g_test_failed (); round++)
    {
      g_autoptr (EwProblem) problem = problem_of_several (&random, FALSE);
      g_autofree double *params = random_weights (&random, problem, FALSE);
      g_autoptr (EwGram) gram = ew_cpu_gram (sums, pool, problem, NULL, NULL);
      g_autoptr (PlainSums) plain = plain_sums (problem);
      Loss exact, bounds;
      double bound;
      double loss = quadratic_loss (gram, plain, params, &bound);

      evaluate (sums, pool, problem, params, &exact);
      exact_bounds (problem, params, &bounds);
      g_assert_true (fabs (loss - exact.loss) <= bound + bounds.loss);
      g_free (exact.gradient);
      g_free (bounds.gradient);
    }
  ew_pool_free (pool);
}

/* --- threads, cancelling, geometry */

/* Everything that so many threads make of a problem, as bytes. */
static GByteArray *
results (const EwCpuGramSums *sums, int threads, const EwProblem *problem, const double *params)
{
  EwPool *pool = ew_pool_new (threads, NULL);
  g_autoptr (EwGram) gram = ew_cpu_gram (sums, pool, problem, NULL, NULL);
  GByteArray *bytes = g_byte_array_new ();
  Loss loss;

  g_byte_array_append (bytes, (const guint8 *)gram->g, gram->n * gram->n * sizeof (double));
  g_byte_array_append (bytes, (const guint8 *)gram->h, gram->n * sizeof (double));
  g_byte_array_append (bytes, (const guint8 *)&gram->c, sizeof gram->c);
  evaluate (sums, pool, problem, params, &loss);
  g_byte_array_append (bytes, (const guint8 *)&loss.loss, sizeof loss.loss);
  g_byte_array_append (bytes, (const guint8 *)loss.gradient, gram->n * sizeof (double));
  g_free (loss.gradient);
  ew_pool_free (pool);
  return bytes;
}

static EwProblem *
problem_with_mask (EwRandom *random)
{
  SampleList samples = { 0 };
  EwGeometry g;

  ew_geometry_init_valid (&g, 5, 7);
  add_random_sample (&samples, random, &g, 150, 160, FALSE);
  add_random_mask (&samples, random, MASK_RECTANGLE, FALSE);
  return problem_of_samples (&samples, &g, TRUE);
}

static EwProblem *
problem_with_stride (EwRandom *random)
{
  EwGeometry g = { 4, 5, 1, 2, 3, 4, EW_BORDER_REFLECT, 2, 3 };
  SampleList samples = { 0 };

  add_random_sample (&samples, random, &g, 60, 70, FALSE);
  return problem_of_samples (&samples, &g, TRUE);
}

/* The same bits whatever the number of threads. */
static void
test_threads (gconstpointer id)
{
  static const int sizes[][4] = { { 300, 400, 5, 7 }, { 60, 1200, 3, 3 }, { 40, 40, 31, 15 }, { 6, 8, 1, 2 } };
  const EwCpuGramSums *sums = sums_or_skip (id);
  EwRandom random = 48;

  if (sums == NULL)
    return;
  for (guint k = 0; k < G_N_ELEMENTS (sizes) + 3; k++)
    {
      g_autoptr (EwProblem) problem
          = k == G_N_ELEMENTS (sizes)       ? problem_of_several (&random, FALSE)
            : k == G_N_ELEMENTS (sizes) + 1 ? problem_with_stride (&random)
            : k == G_N_ELEMENTS (sizes) + 2
                ? problem_with_mask (&random)
                : random_valid_problem (&random, sizes[k][0], sizes[k][1], sizes[k][2], sizes[k][3], TRUE, FALSE);
      g_autofree double *params = random_weights (&random, problem, FALSE);
      g_autoptr (GByteArray) alone = results (sums, 1, problem, params);

      for (int threads = 2; threads <= 8; threads++)
        {
          g_autoptr (GByteArray) together = results (sums, threads, problem, params);

          g_assert_cmpmem (alone->data, alone->len, together->data, together->len);
        }
    }
}

static void *
cancel_soon (void *data)
{
  g_usleep (2000);
  atomic_store ((EwCancel *)data, 1);
  return NULL;
}

static void
work_until_cancelled (const EwCpuGramSums *sums, EwPool *pool, const EwProblem *problem, const double *params,
                      gboolean gram, EwCancel *cancel)
{
  g_autofree double *gradient = g_new (double, problem->n_params);
  g_autoptr (GError) error = NULL;
  double loss;

  while (error == NULL)
    if (gram)
      ew_gram_unref (ew_cpu_gram (sums, pool, problem, cancel, &error));
    else
      ew_cpu_evaluate_exactly (sums, pool, problem, params, &loss, gradient, cancel, &error);
  g_assert_error (error, EW_ERROR, EW_ERROR_CANCELLED);
}

/* A flag that is set before the work or while it goes on; afterwards all is as if nothing had happened. */
static void
test_cancel (gconstpointer id)
{
  const EwCpuGramSums *sums = sums_or_skip (id);
  EwRandom random = 49;

  if (sums == NULL)
    return;

  EwPool *pool = ew_pool_new (2, NULL);
  g_autoptr (EwProblem) large = random_valid_problem (&random, 300, 300, 15, 15, TRUE, FALSE);
  g_autoptr (EwProblem) strided = problem_with_stride (&random);
  g_autofree double *params = random_weights (&random, large, FALSE);
  g_autoptr (GByteArray) before = results (sums, 2, large, params);

  for (int round = 0; round < 6; round++)
    {
      EwCancel cancel = round < 3;
      pthread_t thread;

      if (round >= 3)
        g_assert_cmpint (pthread_create (&thread, NULL, cancel_soon, &cancel), ==, 0);
      work_until_cancelled (sums, pool, round % 3 == 2 ? strided : large, params, round % 3 > 0, &cancel);
      if (round >= 3)
        pthread_join (thread, NULL);
    }

  g_autoptr (GByteArray) after = results (sums, 2, large, params);

  g_assert_cmpmem (before->data, before->len, after->data, after->len);
  ew_pool_free (pool);
}

/* A copy that does not fit into memory is refused before it is made, with the numbers. */
static void
test_beyond_memory (gconstpointer id)
{
  const EwCpuGramSums *sums = sums_or_skip (id);
  EwRandom random = 50;
  EwGeometry g = { 1, 2, 2100, 2100, 2100, 2100, EW_BORDER_REPLICATE, 1, 1 };
  SampleList samples = { 0 };

  if (sums == NULL)
    return;
  add_random_sample (&samples, &random, &g, 60, 60, FALSE);

  EwPool *pool = ew_pool_new (1, NULL);
  g_autoptr (EwProblem) problem = problem_of_samples (&samples, &g, FALSE);
  g_autofree double *params = random_weights (&random, problem, FALSE);
  g_autofree double *gradient = g_new (double, problem->n_params);
  g_autoptr (GError) error = NULL;
  double loss;

  ew_memory_set_available_for_tests (1 << 20);
  g_assert_null (ew_cpu_gram (sums, pool, problem, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (error->message, "border"));
  g_clear_error (&error);
  g_assert_false (ew_cpu_evaluate_exactly (sums, pool, problem, params, &loss, gradient, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_TOO_LARGE);
  ew_memory_set_available_for_tests (0);
  g_assert_true (ew_cpu_evaluate_exactly (sums, pool, problem, params, &loss, gradient, NULL, NULL));
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
    { "shapes", test_shapes },       { "remainders", test_remainders }, { "large", test_large },
    { "samples", test_samples },     { "geometries", test_geometries }, { "exact-loss", test_exact_loss },
    { "quadratic", test_quadratic }, { "threads", test_threads },       { "cancel", test_cancel },
    { "beyond-memory", test_beyond_memory }, { "steps", test_steps }, { "exact-geometries", test_exact_geometries },
    { "masks", test_masks }, { "large-masks", test_large_masks },
    { "tiles", test_tiles }, { "tiles-beyond-memory", test_tiles_beyond_memory },
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
