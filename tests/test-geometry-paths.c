/* Padding, borders, strides and dilations: the CPU's paths through them against the reference, with each instruction
 * set. Whole numbers throughout, so that every result is exact. */
#include "engine/backend.h"
#include "engine/cpu-kernels.h"
#include "engine/reference.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <string.h>

/* Whole numbers below this are exact in float32. */
#define EXACT 0x1p24

static const char *const ids[] = { "generic", "avx2", "avx512" };

static EwDevice *
open_or_skip (const char *id, int threads)
{
  if (ew_cpu_kernels_find (id) == NULL)
    {
      g_test_skip ("this processor cannot run it");
      return NULL;
    }
  g_setenv ("EDGEWISE_CPU", id, TRUE);

  EwDevice *device = ew_cpu_backend ()->open (threads, NULL);

  g_unsetenv ("EDGEWISE_CPU");
  g_assert_nonnull (device);
  return device;
}

static gboolean
fits (const EwGeometry *g, int height, int width, int *rows, int *columns)
{
  return ew_geometry_output_size (g, height, width, rows, columns, NULL);
}

static EwGrid *
correlate (EwDevice *device, const EwGrid *x, const EwKernel *kernel, const EwGeometry *g)
{
  g_autoptr (GError) error = NULL;
  int height, width;

  g_assert_true (fits (g, x->height, x->width, &height, &width));

  EwGrid *y = ew_grid_new (height, width, NULL);

  for (int i = 0; i < height; i++)
    for (size_t j = 0; j < y->stride; j++)
      ew_grid_row (y, i)[j] = NAN;
  g_assert_true (device->backend->correlate (device, x, kernel, g, EW_METHOD_DIRECT, y, NULL, &error));
  g_assert_no_error (error);
  for (int i = 0; i < height && !g_test_failed (); i++)
    for (size_t j = width; j < y->stride; j++)
      g_assert_true (isnan (ew_grid_row (y, i)[j]));
  return y;
}

static void
tell (const EwGeometry *g, int height, int width)
{
  if (g_test_failed ())
    g_test_message ("input %d×%d, kernel %d×%d, padding %d,%d,%d,%d, border %d, stride %d, dilation %d", height, width,
                    g->kernel_height, g->kernel_width, g->top, g->right, g->bottom, g->left, g->border, g->stride,
                    g->dilation);
}

static void
check_correlate (EwDevice *device, EwRandom *random, const EwGeometry *g, int height, int width, gboolean with_bad)
{
  static const float bad[] = { NAN, INFINITY, -INFINITY };
  g_autoptr (EwGrid) x = random_whole_grid (random, height, width, 9);
  g_autoptr (EwKernel) kernel = random_whole_kernel (random, g->kernel_height, g->kernel_width, 9);

  if (with_bad)
    ew_grid_row (x, random_int (random, 0, height - 1))[random_int (random, 0, width - 1)]
        = bad[random_int (random, 0, 2)];
  poison_padding (x);

  g_autoptr (EwGrid) y = correlate (device, x, kernel, g);
  g_autofree double *expected = g_new (double, (size_t)y->height *(size_t)y->width);

  g_assert_true (ew_reference_correlate (x, kernel, g, expected, NULL));
  for (int i = 0; i < y->height && !g_test_failed (); i++)
    for (int j = 0; j < y->width; j++)
      {
        double want = expected[(size_t)i * y->width + j];
        double have = (double)ew_grid_row (y, i)[j];

        g_assert_true (isnan (want) ? isnan (have) : have == want);
      }
  tell (g, height, width);
}

/* Loss and gradient of two samples of different sizes, one of them with weights. */
static void
check_evaluate (EwDevice *device, EwRandom *random, const EwGeometry *g, int height, int width)
{
  EwSample samples[2] = { 0 };
  double loss, expected;

  for (int s = 0; s < 2; s++)
    {
      int rows, columns;

      samples[s].x = random_whole_grid (random, height + 3 * s, width + 2 * s, 2);
      g_assert_true (fits (g, height + 3 * s, width + 2 * s, &rows, &columns));
      samples[s].y = random_whole_grid (random, rows, columns, 3);
      poison_padding (samples[s].x);
      poison_padding (samples[s].y);
    }

  samples[1].mask = random_whole_grid (random, samples[1].y->height, samples[1].y->width, 1);
  for (int i = 0; i < samples[1].mask->height; i++)
    for (int j = 0; j < samples[1].mask->width; j++)
      ew_grid_row (samples[1].mask, i)[j] += 1;
  poison_padding (samples[1].mask);

  g_autoptr (EwProblem) problem = ew_problem_new (samples, 2, g, random_int (random, 0, 1), NULL);
  g_autofree double *params = g_new (double, problem->n_params);
  g_autofree double *gradient = g_new (double, problem->n_params);
  g_autofree double *wanted = g_new (double, problem->n_params);
  EwLoaded *loaded = device->backend->load (device, problem, NULL, NULL);

  for (int k = 0; k < problem->n_params; k++)
    params[k] = random_int (random, -1, 1);
  g_assert_nonnull (loaded);
  g_assert_true (device->backend->evaluate (loaded, params, &loss, gradient, NULL, NULL));
  device->backend->unload (loaded);
  ew_reference_evaluate (problem, params, &expected, wanted);
  g_assert_cmpfloat (expected, <, EXACT);
  g_assert_cmpfloat (loss, ==, expected);
  for (int k = 0; k < problem->n_params && !g_test_failed (); k++)
    g_assert_cmpfloat (gradient[k], ==, wanted[k]);
  for (int s = 0; s < 2; s++)
    {
      ew_grid_unref (samples[s].x);
      ew_grid_unref (samples[s].y);
      ew_grid_unref (samples[s].mask);
    }
  tell (g, height, width);
}

/* A geometry that fits an input of height × width, with padding up to @most on a side. */
static EwGeometry
random_geometry (EwRandom *random, int height, int width, int most, int stride, int dilation, EwBorder border)
{
  EwGeometry g = { .border = border, .stride = stride, .dilation = dilation };
  int rows, columns;

  do
    {
      int high = border == EW_BORDER_REFLECT ? MIN (most, height - 1) : most;
      int wide = border == EW_BORDER_REFLECT ? MIN (most, width - 1) : most;

      g.kernel_height = random_int (random, 1, 8);
      g.kernel_width = random_int (random, 1, 8);
      g.top = random_int (random, 0, high);
      g.bottom = random_int (random, 0, high);
      g.left = random_int (random, 0, wide);
      g.right = random_int (random, 0, wide);
    }
  while (!fits (&g, height, width, &rows, &columns));
  return g;
}

/* Every border × stride × dilation on small planes of odd sizes. */
static void
test_small (gconstpointer id)
{
  static const int strides[] = { 1, 2, 3, 7 };
  static const int dilations[] = { 1, 2, 3, 5 };
  EwDevice *device = open_or_skip (id, 2);
  EwRandom random = 51;

  if (device == NULL)
    return;
  for (int border = EW_BORDER_ZERO; border <= EW_BORDER_WRAP; border++)
    for (guint s = 0; s < G_N_ELEMENTS (strides); s++)
      for (guint d = 0; d < G_N_ELEMENTS (dilations); d++)
        for (int round = 0; round < draws (12) && !g_test_failed (); round++)
          {
            int height = random_int (&random, 1, 45);
            int width = random_int (&random, 1, 90);
            EwGeometry g = random_geometry (&random, height, width, round % 3 == 0 ? 70 : 9, strides[s], dilations[d],
                                            (EwBorder)border);

            check_correlate (device, &random, &g, height, width, round % 4 == 3);
            check_evaluate (device, &random, &g, height, width);
          }
  device->backend->close (device);
}

/* Several bands, tiles and pieces with interior and edges; large kernels; dilations and strides that leave nothing but
 * the widest reaches. */
static void
test_large (gconstpointer id)
{
  static const struct
  {
    int height;
    int width;
    EwGeometry g;
  } cases[] = {
    { 300, 700, { 3, 3, 1, 1, 1, 1, EW_BORDER_ZERO, 1, 1 } },
    { 61, 12000, { 5, 3, 2, 1, 2, 1, EW_BORDER_REPLICATE, 1, 1 } },
    { 150, 400, { 7, 7, 6, 6, 6, 6, EW_BORDER_WRAP, 1, 1 } },
    { 200, 333, { 63, 63, 31, 31, 31, 31, EW_BORDER_REFLECT, 1, 1 } },
    { 260, 270, { 63, 62, 120, 3, 0, 120, EW_BORDER_REPLICATE, 1, 4 } },
    { 90, 700, { 63, 63, 62, 62, 62, 62, EW_BORDER_REFLECT, 1, 1 } },
    { 300, 500, { 5, 4, 3, 2, 1, 9, EW_BORDER_REFLECT, 1, 13 } },
    { 9, 11, { 63, 63, 3000, 3000, 3000, 3000, EW_BORDER_WRAP, 60, 90 } },
    { 301, 517, { 3, 3, 1, 1, 1, 1, EW_BORDER_ZERO, 2, 1 } },
    { 200, 301, { 11, 12, 4, 0, 9, 1, EW_BORDER_WRAP, 3, 2 } },
    { 400, 401, { 63, 63, 0, 0, 0, 0, EW_BORDER_ZERO, 9, 6 } },
    { 70, 71, { 63, 63, 0, 0, 0, 0, EW_BORDER_ZERO, 1000, 1 } },
    { 1, 2000, { 1, 9, 4, 4, 4, 4, EW_BORDER_ZERO, 1, 1 } },
    { 2000, 1, { 9, 1, 4, 4, 4, 4, EW_BORDER_REPLICATE, 1, 1 } },
    { 2060, 2070, { 1, 2, 1, 1, 1, 1, EW_BORDER_ZERO, 1, 1 } },
  };
  EwDevice *device = open_or_skip (id, 3);
  EwRandom random = 52;

  if (device == NULL)
    return;
  for (guint c = 0; c < G_N_ELEMENTS (cases) && !g_test_failed (); c++)
    check_correlate (device, &random, &cases[c].g, cases[c].height, cases[c].width, FALSE);
  device->backend->close (device);
}

/* The same bits whatever the number of threads, fractions included. */
static void
test_threads (gconstpointer id)
{
  EwRandom random = 53;

  for (int round = 0; round < draws (12) && ew_cpu_kernels_find (id) != NULL; round++)
    {
      EwGeometry g = random_geometry (&random, 130, 300, 9, 1 + round % 3, 1 + round / 3 % 3, (EwBorder)(round % 4));
      int rows, columns;

      g_assert_true (fits (&g, 130, 300, &rows, &columns));

      g_autoptr (EwGrid) x = random_grid (&random, 130, 300, -1, 1);
      g_autoptr (EwGrid) target = random_grid (&random, rows, columns, -1, 1);
      g_autoptr (EwKernel) kernel = random_kernel (&random, g.kernel_height, g.kernel_width, -1, 1);
      EwSample sample = { x, target };
      g_autoptr (EwProblem) problem = ew_problem_new (&sample, 1, &g, FALSE, NULL);
      g_autoptr (EwGrid) first = NULL;
      double losses[2], gradients[2][64];

      for (int threads = 1; threads <= 8; threads++)
        {
          EwDevice *device = open_or_skip (id, threads);
          EwLoaded *loaded = device->backend->load (device, problem, NULL, NULL);
          g_autoptr (EwGrid) y = correlate (device, x, kernel, &g);
          int k = threads > 1;

          g_assert_true (device->backend->evaluate (loaded, kernel->taps, &losses[k], gradients[k], NULL, NULL));
          device->backend->unload (loaded);
          device->backend->close (device);
          if (first == NULL)
            first = ew_grid_ref (y);
          for (int i = 0; i < rows; i++)
            g_assert_cmpmem (ew_grid_row (y, i), columns * sizeof (float), ew_grid_row (first, i),
                             columns * sizeof (float));
          g_assert_cmpmem (&losses[k], sizeof (double), &losses[0], sizeof (double));
          g_assert_cmpmem (gradients[k], problem->n_params * sizeof (double), gradients[0],
                           problem->n_params * sizeof (double));
        }
    }
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    GTestDataFunc func;
  } cases[] = { { "small", test_small }, { "large", test_large }, { "threads", test_threads } };

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
      {
        g_autofree char *path = g_strdup_printf ("/geometry-paths/%s/%s", ids[i], cases[c].name);

        g_test_add_data_func (path, ids[i], cases[c].func);
      }
  return g_test_run ();
}
