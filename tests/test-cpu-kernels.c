/* The CPU's inner loops, each instruction set's against plain loops, between pages that must not be touched: once at
 * the page's end and once at its start. */
#include "engine/cpu-kernels.h"
#include "tests/engine-fixtures.h"
#include "tests/guarded.h"

#include <float.h>
#include <math.h>

static const char *const ids[] = { "generic", "avx2", "avx512" };

static const EwCpuKernels *
kernels_or_skip (const char *id)
{
  const EwCpuKernels *kernels = ew_cpu_kernels_find (id);

  if (kernels == NULL)
    g_test_skip ("this processor cannot run it");
  else
    g_assert_cmpstr (kernels->id, ==, id);
  return kernels;
}

static void
taps_of (const EwKernel *kernel, float *taps)
{
  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    taps[k] = (float)kernel->taps[k];
}

/* How check_correlate calls the loops. */
typedef enum
{
  PLAIN,
  HINTED, /* with hints, which change nothing: what is fetched ahead lies behind the plane, and y is streamed */
  LESS,   /* something is taken away, and fetched ahead likewise */
} Way;

/* What a check works in. */
typedef struct
{
  const EwCpuKernels *kernels;
  EwRandom random;
  Guarded x;
  Guarded y;
  Guarded minus;
} Planes;

static void
planes_init (Planes *p, const EwCpuKernels *kernels, EwRandom random)
{
  p->kernels = kernels;
  p->random = random;
  guarded_init (&p->x);
  guarded_init (&p->y);
  guarded_init (&p->minus);
}

static void
planes_clear (Planes *p)
{
  guarded_clear (&p->x);
  guarded_clear (&p->y);
  guarded_clear (&p->minus);
}

static void
run_correlate (Planes *p, const EwKernel *kernel, Way way)
{
  float taps[EW_KERNEL_PARAMS_MAX];
  EwCpuHints hints = { .streaming = way == HINTED, .x_ahead = p->y.width, .minus_ahead = p->y.width };

  taps_of (kernel, taps);
  if (way == LESS)
    {
      hints.minus = p->minus.at;
      hints.minus_stride = p->minus.stride;
    }
  if (way == PLAIN)
    p->kernels->correlate (p->x.at, p->x.stride, taps, kernel->height, kernel->width, (float)kernel->bias, p->y.at,
                           p->y.stride, p->y.height, p->y.width);
  else
    p->kernels->correlate_hinted (p->x.at, p->x.stride, taps, kernel->height, kernel->width, (float)kernel->bias,
                                  p->y.at, p->y.stride, p->y.height, p->y.width, 1, &hints);
}

/* One correlation in all four placements; whole numbers, so the result is exact. Streaming needs aligned rows, so that
 * y stays at the pages' starts. */
static void
check_correlate (Planes *p, int kh, int kw, int rows, int width, Way way)
{
  g_autoptr (EwGrid) x = random_whole_grid (&p->random, rows + kh - 1, width + kw - 1, 7);
  g_autoptr (EwGrid) minus = random_whole_grid (&p->random, rows, width, 1000);
  g_autoptr (EwKernel) kernel = random_whole_kernel (&p->random, kh, kw, 7);
  g_autoptr (EwGrid) y = reference_output (x, kernel);

  for (int i = 0; way == LESS && i < rows; i++)
    for (int j = 0; j < width; j++)
      ew_grid_row (y, i)[j] -= ew_grid_row (minus, i)[j];
  for (int placement = 0; placement < (way == HINTED ? 2 : 4) && !g_test_failed (); placement++)
    {
      guarded_place (&p->x, x->height, x->width, placement & 1);
      guarded_place (&p->y, rows, width, placement & 2);
      guarded_place (&p->minus, rows, width, placement == 1 || placement == 2);
      guarded_fill (&p->x, x);
      guarded_fill (&p->minus, minus);
      run_correlate (p, kernel, way);
      for (int i = 0; i < rows; i++)
        g_assert_cmpmem (p->y.at + (size_t)i * p->y.stride, width * sizeof (float), ew_grid_row (y, i),
                         width * sizeof (float));
      guarded_check (&p->x);
      guarded_check (&p->y);
      guarded_check (&p->minus);
    }
}

static void
check_correlates (const char *id, Way way)
{
  static const int sizes[][2] = { { 1, 1 }, { 1, 2 }, { 2, 1 }, { 3, 3 }, { 2, 5 }, { 5, 8 }, { 8, 3 } };
  const EwCpuKernels *kernels = kernels_or_skip (id);
  Planes p;

  if (kernels == NULL)
    return;
  planes_init (&p, kernels, 11);
  for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
    for (int width = 1; width <= 140 && !g_test_failed (); width++)
      check_correlate (&p, sizes[k][0], sizes[k][1], 1 + width % 5, width, way);
  for (int width = 500; width <= 512 && !g_test_failed (); width++)
    check_correlate (&p, 3, 3, 8, width, way);
  /* Blocks of rows: every height of a kernel that has loops of its own, every remainder. */
  for (int kh = 1; kh <= 9; kh++)
    for (int rows = 1; rows <= 20 && !g_test_failed (); rows++)
      for (int k = 0; k < 3; k++)
        check_correlate (&p, kh, 1 + k, rows, random_int (&p.random, 1, 260), way);
  for (int round = 0; round < 20 && !g_test_failed (); round++)
    check_correlate (&p, random_int (&p.random, 30, 63), random_int (&p.random, 1, 63), random_int (&p.random, 1, 16),
                     random_int (&p.random, 1, 70), way);
  planes_clear (&p);
}

static void
test_correlate (gconstpointer id)
{
  check_correlates (id, PLAIN);
}

static void
test_correlate_hinted (gconstpointer id)
{
  check_correlates (id, HINTED);
}

static void
test_correlate_less (gconstpointer id)
{
  check_correlates (id, LESS);
}

/* Σ r and Σ r² in both placements, and Σ r² alone: exact for whole numbers. */
static void
check_sums (const EwCpuKernels *kernels, Guarded *gr, EwRandom *random, int rows, int width)
{
  g_autoptr (EwGrid) r = random_whole_grid (random, rows, width, 50);
  double expected_sum = 1000;
  double expected_squares = 2000;

  for (int i = 0; i < rows; i++)
    for (int j = 0; j < width; j++)
      {
        double value = (double)ew_grid_row (r, i)[j];

        expected_sum += value;
        expected_squares += value * value;
      }
  for (int placement = 0; placement < 2 && !g_test_failed (); placement++)
    {
      double sum = 1000;
      double squares = 2000;

      guarded_place (gr, rows, width, placement);
      guarded_fill (gr, r);
      kernels->sums (gr->at, gr->stride, rows, width, &sum, &squares);
      g_assert_cmpfloat (sum, ==, expected_sum);
      g_assert_cmpfloat (squares, ==, expected_squares);
      squares = 2000;
      kernels->sums (gr->at, gr->stride, rows, width, NULL, &squares);
      g_assert_cmpfloat (squares, ==, expected_squares);
      guarded_check (gr);
    }
}

static void
test_sums (gconstpointer id)
{
  const EwCpuKernels *kernels = kernels_or_skip (id);
  EwRandom random = 12;
  Guarded r;

  if (kernels == NULL)
    return;
  guarded_init (&r);
  for (int width = 1; width <= 600 && !g_test_failed (); width += width < 140 ? 1 : 23)
    check_sums (kernels, &r, &random, 1 + width % 6, width);
  guarded_clear (&r);
}

static void
check_gradient (const EwCpuKernels *kernels, Guarded *gx, Guarded *gr, EwRandom *random, int kh, int kw, int rows,
                int width)
{
  g_autoptr (EwGrid) x = random_whole_grid (random, rows + kh - 1, width + kw - 1, 9);
  g_autoptr (EwGrid) r = random_whole_grid (random, rows, width, 20);
  g_autofree double *sums = g_new (double, kh *kw);

  for (int placement = 0; placement < 4 && !g_test_failed (); placement++)
    {
      guarded_place (gx, x->height, x->width, placement & 1);
      guarded_place (gr, rows, width, placement & 2);
      guarded_fill (gx, x);
      guarded_fill (gr, r);
      for (int k = 0; k < kh * kw; k++)
        sums[k] = 0.25 * k;
      kernels->gradient (gx->at, gx->stride, gr->at, gr->stride, kh, kw, rows, width, 1, sums);
      for (int k = 0; k < kh * kw; k++)
        {
          double expected = 0.25 * k;

          for (int i = 0; i < rows; i++)
            for (int j = 0; j < width; j++)
              expected += (double)ew_grid_row (r, i)[j] * (double)ew_grid_row (x, i + k / kw)[j + k % kw];
          g_assert_cmpfloat (sums[k], ==, expected);
        }
      guarded_check (gx);
      guarded_check (gr);
    }
}

static void
test_gradient (gconstpointer id)
{
  const EwCpuKernels *kernels = kernels_or_skip (id);
  EwRandom random = 13;
  Guarded x, r;

  if (kernels == NULL)
    return;
  guarded_init (&x);
  guarded_init (&r);
  /* Taps go in groups of rows and columns that are cut differently for each size and for few rows of residuals. */
  for (int kh = 1; kh <= 17; kh++)
    for (int rows = 1; rows <= 13 && !g_test_failed (); rows++)
      check_gradient (kernels, &x, &r, &random, kh, 1 + (kh + rows) % 4, rows, random_int (&random, 1, 40));
  for (int kw = 1; kw <= 26; kw++)
    for (int width = 1; width <= 70 && !g_test_failed (); width += 1 + kw % 3)
      check_gradient (kernels, &x, &r, &random, 1 + kw % 3, kw, 1 + width % 8, width);
  for (int round = 0; round < 6 && !g_test_failed (); round++)
    check_gradient (kernels, &x, &r, &random, random_int (&random, 30, 63), random_int (&random, 30, 63), 8,
                    random_int (&random, 1, 70));
  check_gradient (kernels, &x, &r, &random, 3, 3, 8, 512);
  guarded_clear (&x);
  guarded_clear (&r);
}

/* Numbers with fractions: the error of each result stays within what float32 sums of that length may have. */
static void
test_rounding (gconstpointer id)
{
  const EwCpuKernels *kernels = kernels_or_skip (id);
  EwRandom random = 14;

  if (kernels == NULL)
    return;
  for (int round = 0; round < 40 && !g_test_failed (); round++)
    {
      int kh = random_int (&random, 1, 12);
      int kw = random_int (&random, 1, 12);
      int width = random_int (&random, 1, 300);
      g_autoptr (EwGrid) x = random_grid (&random, 8 + kh - 1, width + kw - 1, -1, 1);
      g_autoptr (EwGrid) r = ew_grid_new (8, width, NULL);
      g_autoptr (EwKernel) kernel = random_kernel (&random, kh, kw, -1, 1);
      g_autofree double *bounds = correlation_bounds (x, kernel);
      g_autofree double *sums = g_new0 (double, kh *kw);
      float taps[EW_KERNEL_PARAMS_MAX];

      taps_of (kernel, taps);
      kernels->correlate (x->data, x->stride, taps, kh, kw, (float)kernel->bias, r->data, r->stride, 8, width);
      for (int i = 0; i < 8; i++)
        for (int j = 0; j < width; j++)
          {
            double expected = kernel->bias;

            for (int k = 0; k < kh * kw; k++)
              expected += kernel->taps[k] * (double)ew_grid_row (x, i + k / kw)[j + k % kw];
            g_assert_cmpfloat_with_epsilon (ew_grid_row (r, i)[j], expected, bounds[i * width + j]);
          }
      kernels->gradient (x->data, x->stride, r->data, r->stride, kh, kw, 8, width, 1, sums);
      for (int k = 0; k < kh * kw; k++)
        {
          double expected = 0;
          double magnitude = 0;

          for (int i = 0; i < 8; i++)
            for (int j = 0; j < width; j++)
              {
                double product = (double)ew_grid_row (r, i)[j] * (double)ew_grid_row (x, i + k / kw)[j + k % kw];

                expected += product;
                magnitude += fabs (product);
              }
          /* In the worst case all 8·width products meet in one chain of additions. */
          g_assert_cmpfloat_with_epsilon (sums[k], expected, rounding_bound (8 * width + 1, UNIT_32) * magnitude);
        }
    }
}

/* Forcing an instruction set by the environment. */
static void
test_forced (void)
{
  const EwCpuKernels *best;
  const EwCpuKernels *last = NULL;
  GError *error = NULL;

  g_unsetenv ("EDGEWISE_CPU");
  best = ew_cpu_kernels (NULL);
  g_assert_nonnull (best);
  /* They are in order, so that the best is the last that can be run. */
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      const EwCpuKernels *found = ew_cpu_kernels_find (ids[i]);

      g_setenv ("EDGEWISE_CPU", ids[i], TRUE);
      g_assert_true (ew_cpu_kernels (&error) == found);
      if (found == NULL)
        {
          g_assert_error (error, EW_ERROR, EW_ERROR_DEVICE);
          g_assert_nonnull (strstr (error->message, ids[i]));
          g_clear_error (&error);
        }
      else
        last = found;
    }
  g_assert_true (best == last);
  g_setenv ("EDGEWISE_CPU", "banana", TRUE);
  g_assert_null (ew_cpu_kernels (&error));
  g_assert_error (error, EW_ERROR, EW_ERROR_DEVICE);
  g_assert_nonnull (strstr (error->message, "banana"));
  g_assert_nonnull (strstr (error->message, "generic"));
  g_clear_error (&error);
  g_assert_null (ew_cpu_kernels_find ("banana"));
  g_setenv ("EDGEWISE_CPU", "", TRUE);
  g_assert_true (ew_cpu_kernels (NULL) == best);
  g_unsetenv ("EDGEWISE_CPU");
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    GTestDataFunc func;
  } cases[] = {
    { "correlate", test_correlate },
    { "correlate-hinted", test_correlate_hinted },
    { "correlate-less", test_correlate_less },
    { "sums", test_sums },
    { "gradient", test_gradient },
    { "rounding", test_rounding },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
      {
        g_autofree char *path = g_strdup_printf ("/cpu-kernels/%s/%s", ids[i], cases[c].name);

        g_test_add_data_func (path, ids[i], cases[c].func);
      }
  g_test_add_func ("/cpu-kernels/forced", test_forced);
  return g_test_run ();
}
