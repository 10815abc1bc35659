/* The CPU backend, with each instruction set that this processor has, against the float64 reference. */
#include "engine/backend.h"
#include "engine/cpu-kernels.h"
#include "engine/reference.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

/* A tile's gradient is summed in float32 over at most this many residuals (engine/cpu-kernels.h). */
#define CHAIN 4096

/* Whole numbers below this are exact in float32. */
#define EXACT 0x1p24

static const char *const ids[] = { "generic", "avx2", "avx512" };

/* The CPU with that instruction set; NULL, and the test is skipped, where the processor lacks it. */
static EwDevice *
open_or_skip (const char *id, int threads)
{
  g_autoptr (GError) error = NULL;

  if (ew_cpu_kernels_find (id) == NULL)
    {
      g_test_skip ("this processor cannot run it");
      return NULL;
    }
  g_setenv ("EDGEWISE_CPU", id, TRUE);

  EwDevice *device = ew_cpu_backend ()->open (threads, &error);

  g_unsetenv ("EDGEWISE_CPU");
  g_assert_no_error (error);
  return device;
}

static void
check_padding (const EwGrid *grid)
{
  for (int i = 0; i < grid->height && !g_test_failed (); i++)
    for (size_t j = grid->width; j < grid->stride; j++)
      g_assert_true (isnan (ew_grid_row (grid, i)[j]));
}

static EwGrid *
correlate (EwDevice *device, const EwGrid *x, const EwKernel *kernel)
{
  g_autoptr (GError) error = NULL;
  EwGrid *y = ew_grid_new (x->height - kernel->height + 1, x->width - kernel->width + 1, NULL);
  EwGeometry geometry;

  for (int i = 0; i < y->height; i++)
    for (size_t j = 0; j < y->stride; j++)
      ew_grid_row (y, i)[j] = NAN;
  ew_geometry_init_valid (&geometry, kernel->height, kernel->width);
  g_assert_true (device->backend->correlate (device, x, kernel, &geometry, EW_METHOD_DIRECT, y, NULL, &error));
  g_assert_no_error (error);
  check_padding (y);
  return y;
}

static gboolean
same_bits (const EwGrid *a, const EwGrid *b)
{
  gboolean same = a->height == b->height && a->width == b->width;

  for (int i = 0; same && i < a->height; i++)
    same = memcmp (ew_grid_row (a, i), ew_grid_row (b, i), a->width * sizeof (float)) == 0;
  return same;
}

/* Within @bounds of the reference; NaN and infinities where it has them. */
static void
check_output (const EwGrid *y, const EwGrid *x, const EwKernel *kernel, const double *bounds)
{
  g_autofree double *expected = g_new (double, y->height * y->width);
  EwGeometry geometry;

  ew_geometry_init_valid (&geometry, kernel->height, kernel->width);
  g_assert_true (ew_reference_correlate (x, kernel, &geometry, expected, NULL));
  for (int i = 0; i < y->height && !g_test_failed (); i++)
    for (int j = 0; j < y->width; j++)
      {
        double want = expected[i * y->width + j];
        double have = (double)ew_grid_row (y, i)[j];

        if (isfinite (want))
          g_assert_cmpfloat_with_epsilon (have, want, bounds[i * y->width + j]);
        else
          g_assert_true (isnan (want) ? isnan (have) : have == want);
      }
}

static void
check_correlate (EwDevice *device, EwRandom *random, int height, int width, int kh, int kw)
{
  g_autoptr (EwGrid) x = random_grid (random, height, width, -1, 1);
  g_autoptr (EwKernel) kernel = random_kernel (random, kh, kw, -1, 1);
  g_autofree double *bounds = correlation_bounds (x, kernel);

  poison_padding (x);

  g_autoptr (EwGrid) y = correlate (device, x, kernel);

  check_output (y, x, kernel, bounds);
  if (g_test_failed ())
    g_test_message ("input %d×%d, kernel %d×%d", height, width, kh, kw);
}

/* --- the worked examples */

static void
test_worked_example (gconstpointer id)
{
  static const float x_values[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8 };
  static const double taps[] = { 0, 1, 2, 3 };
  static const float y_values[] = { 19, 25, 37, 43 };
  g_autoptr (EwGrid) x = ew_grid_new_from_values (3, 3, x_values, NULL);
  g_autoptr (EwGrid) expected = ew_grid_new_from_values (2, 2, y_values, NULL);
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (2, 2, taps, 0, NULL);
  EwDevice *device = open_or_skip (id, 1);

  if (device == NULL)
    return;

  g_autoptr (EwGrid) y = correlate (device, x, kernel);

  g_assert_true (same_bits (y, expected));

  /* A convolution layer's forward pass is the same and its bias. */
  g_autoptr (EwKernel) layer = ew_kernel_new_from_taps (2, 2, taps, 0.5, NULL);
  g_autoptr (EwGrid) forward = correlate (device, x, layer);

  for (int k = 0; k < 4; k++)
    g_assert_cmpfloat (ew_grid_row (forward, k / 2)[k % 2], ==, (double)y_values[k] + 0.5);
  device->backend->close (device);
}

static void
test_edge_map (gconstpointer id)
{
  static const double taps[] = { 1, -1 };
  g_autoptr (EwGrid) x = golden_input ();
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (1, 2, taps, 0, NULL);
  g_autoptr (EwProblem) problem = golden_problem ();
  EwDevice *device = open_or_skip (id, 1);

  if (device == NULL)
    return;

  g_autoptr (EwGrid) y = correlate (device, x, kernel);

  g_assert_true (same_bits (y, problem->samples[0].y));
  device->backend->close (device);
}

/* --- correlate */

static void
test_correlate_random (gconstpointer id)
{
  EwDevice *device = open_or_skip (id, 2);
  EwRandom random = 21;

  if (device == NULL)
    return;
  for (int round = 0; round < draws (150) && !g_test_failed (); round++)
    {
      int height = random_int (&random, 1, 70);
      int width = random_int (&random, 1, 70);
      /* Every second kernel is a small one. */
      int most = round % 2 ? 7 : EW_KERNEL_SIDE_MAX;

      check_correlate (device, &random, height, width, random_int (&random, 1, MIN (height, most)),
                       random_int (&random, 1, MIN (width, most)));
    }
  check_correlate (device, &random, 63, 63, 63, 63);
  check_correlate (device, &random, 70, 70, 63, 1);
  check_correlate (device, &random, 70, 70, 1, 63);
  device->backend->close (device);
}

static void
test_correlate_widths (gconstpointer id)
{
  static const int sizes[][2] = { { 1, 1 }, { 1, 2 }, { 2, 1 }, { 3, 3 } };
  EwDevice *device = open_or_skip (id, 2);
  EwRandom random = 22;

  if (device == NULL)
    return;
  for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
    for (int width = sizes[k][1]; width <= 70 && !g_test_failed (); width++)
      for (int rows = 1; rows <= 3; rows++)
        check_correlate (device, &random, rows + sizes[k][0] - 1, width, sizes[k][0], sizes[k][1]);
  device->backend->close (device);
}

/* Planes of several bands, tiles and pieces, one of them so large that it is stored past the caches; in whole numbers,
 * where any lost or doubled product shows. */
static void
test_correlate_large (gconstpointer id)
{
  static const int sizes[][4] = { { 40, 1200, 3, 3 }, { 700, 300, 5, 4 },   { 1, 5000, 1, 7 },   { 3000, 1, 9, 1 },
                                  { 9, 20001, 3, 2 }, { 200, 600, 12, 31 }, { 2055, 2061, 2, 3 } };
  EwDevice *device = open_or_skip (id, 3);
  EwRandom random = 23;

  if (device == NULL)
    return;
  for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
    {
      g_autoptr (EwGrid) x = random_whole_grid (&random, sizes[k][0], sizes[k][1], 9);
      g_autoptr (EwKernel) kernel = random_whole_kernel (&random, sizes[k][2], sizes[k][3], 9);

      poison_padding (x);

      g_autoptr (EwGrid) y = correlate (device, x, kernel);
      g_autoptr (EwGrid) expected = reference_output (x, kernel);

      g_assert_true (same_bits (y, expected));
    }
  device->backend->close (device);
}

/* NaN and infinity go through as IEEE 754 says, and into no output whose window they are not in. */
static void
test_correlate_non_finite (gconstpointer id)
{
  static const float bad[] = { NAN, INFINITY, -INFINITY };
  EwDevice *device = open_or_skip (id, 2);
  EwRandom random = 24;

  if (device == NULL)
    return;
  for (int round = 0; round < draws (60) && !g_test_failed (); round++)
    {
      g_autoptr (EwGrid) x = random_grid (&random, random_int (&random, 9, 40), random_int (&random, 9, 70), -1, 1);
      g_autoptr (EwKernel) kernel
          = random_kernel (&random, random_int (&random, 1, 9), random_int (&random, 1, 9), -1, 1);
      g_autofree double *bounds = correlation_bounds (x, kernel);
      int n_bad = random_int (&random, 1, 4);

      /* 0 · ∞ is not a number. */
      kernel->taps[random_int (&random, 0, ew_kernel_n_taps (kernel) - 1)] = 0;
      for (int k = 0; k < n_bad; k++)
        ew_grid_row (x, random_int (&random, 0, x->height - 1))[random_int (&random, 0, x->width - 1)]
            = bad[random_int (&random, 0, 2)];

      g_autoptr (EwGrid) y = correlate (device, x, kernel);

      check_output (y, x, kernel, bounds);
    }
  device->backend->close (device);
}

/* --- evaluate */

/* A problem of 1 to 3 samples of different sizes. Whole numbers stay small enough to be exact. */
static EwProblem *
random_problem (EwRandom *random, int kh, int kw, gboolean has_bias, gboolean whole)
{
  EwSample samples[3] = { 0 };
  EwGeometry geometry;
  int n = random_int (random, 1, 3);

  ew_geometry_init_valid (&geometry, kh, kw);
  for (int s = 0; s < n; s++)
    {
      int height = random_int (random, kh, 70);
      int width = random_int (random, kw, 70);

      samples[s].x = whole ? random_whole_grid (random, height, width, 2) : random_grid (random, height, width, -1, 1);
      samples[s].y = whole ? random_whole_grid (random, height - kh + 1, width - kw + 1, 3)
                           : random_grid (random, height - kh + 1, width - kw + 1, -1, 1);
      poison_padding (samples[s].x);
      poison_padding (samples[s].y);
    }

  EwProblem *problem = ew_problem_new (samples, n, &geometry, has_bias, NULL);

  g_assert_nonnull (problem);
  for (int s = 0; s < n; s++)
    {
      ew_grid_unref (samples[s].x);
      ew_grid_unref (samples[s].y);
    }
  return problem;
}

static double *
random_params (EwRandom *random, const EwProblem *problem, gboolean whole)
{
  double *params = g_new (double, problem->n_params);

  for (int k = 0; k < problem->n_params; k++)
    params[k] = whole ? random_int (random, -1, 1) : 2 * ew_random_uniform (random) - 1;
  return params;
}

static void
evaluate (EwDevice *device, EwProblem *problem, const double *params, double *loss, double *gradient)
{
  g_autoptr (GError) error = NULL;
  EwLoaded *loaded = device->backend->load (device, problem, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (device->backend->evaluate (loaded, params, loss, gradient, NULL, &error));
  g_assert_no_error (error);
  device->backend->unload (loaded);
}

static void
check_evaluate (EwDevice *device, EwProblem *problem, const double *params)
{
  g_autofree double *gradient = g_new (double, problem->n_params);
  g_autofree double *expected_gradient = g_new (double, problem->n_params);
  g_autofree double *bounds = g_new (double, problem->n_params);
  double loss, expected, bound;

  evaluate (device, problem, params, &loss, gradient);
  ew_reference_evaluate (problem, params, &expected, expected_gradient);
  evaluation_bounds (problem, params, CHAIN, &bound, bounds);
  g_assert_cmpfloat_with_epsilon (loss, expected, bound);
  for (int k = 0; k < problem->n_params && !g_test_failed (); k++)
    g_assert_cmpfloat_with_epsilon (gradient[k], expected_gradient[k], bounds[k]);
}

static void
test_evaluate_random (gconstpointer id)
{
  EwDevice *device = open_or_skip (id, 2);
  EwRandom random = 25;

  if (device == NULL)
    return;
  for (int round = 0; round < draws (30) && !g_test_failed (); round++)
    {
      int most = round % 3 == 0 ? EW_KERNEL_SIDE_MAX : 9;
      g_autoptr (EwProblem) problem
          = random_problem (&random, random_int (&random, 1, most), random_int (&random, 1, most), round & 1, FALSE);
      g_autofree double *params = random_params (&random, problem, FALSE);

      check_evaluate (device, problem, params);
    }
  device->backend->close (device);
}

/* Whole numbers: loss and gradient to the last bit. */
static void
check_exact (EwDevice *device, EwProblem *problem, const double *params)
{
  g_autofree double *gradient = g_new (double, problem->n_params);
  g_autofree double *expected_gradient = g_new (double, problem->n_params);
  double loss, expected;

  g_assert_cmpfloat (evaluation_magnitude (problem, params), <, EXACT);
  evaluate (device, problem, params, &loss, gradient);
  ew_reference_evaluate (problem, params, &expected, expected_gradient);
  g_assert_cmpfloat (loss, ==, expected);
  for (int k = 0; k < problem->n_params && !g_test_failed (); k++)
    g_assert_cmpfloat (gradient[k], ==, expected_gradient[k]);
}

static void
test_evaluate_exact (gconstpointer id)
{
  EwDevice *device = open_or_skip (id, 2);
  EwRandom random = 26;

  if (device == NULL)
    return;
  for (int round = 0; round < draws (60) && !g_test_failed (); round++)
    {
      int most = round % 6 == 0 ? EW_KERNEL_SIDE_MAX : 6;
      g_autoptr (EwProblem) problem
          = random_problem (&random, random_int (&random, 1, most), random_int (&random, 1, most), round & 1, TRUE);
      g_autofree double *params = random_params (&random, problem, TRUE);

      check_exact (device, problem, params);
    }
  device->backend->close (device);
}

static void
test_evaluate_widths (gconstpointer id)
{
  static const int sizes[][2] = { { 1, 1 }, { 1, 2 }, { 2, 1 }, { 3, 3 } };
  EwDevice *device = open_or_skip (id, 1);
  EwRandom random = 27;

  if (device == NULL)
    return;
  for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
    for (int width = sizes[k][1]; width <= 70 && !g_test_failed (); width++)
      {
        int kh = sizes[k][0];
        int kw = sizes[k][1];
        int height = kh + width % 4;
        g_autoptr (EwProblem) problem
            = problem_of_pair (random_whole_grid (&random, height, width, 3),
                               random_whole_grid (&random, height - kh + 1, width - kw + 1, 3), kh, kw, width & 1);
        g_autofree double *params = random_params (&random, problem, TRUE);

        check_exact (device, problem, params);
      }
  device->backend->close (device);
}

/* Several bands and tiles: sums of −1, 0 and 1 stay exact. */
static void
test_evaluate_large (gconstpointer id)
{
  static const int sizes[][4]
      = { { 40, 1200, 3, 3 }, { 700, 300, 5, 4 }, { 1, 5000, 1, 7 }, { 3000, 1, 9, 1 }, { 2055, 2061, 1, 2 } };
  EwDevice *device = open_or_skip (id, 3);
  EwRandom random = 28;

  if (device == NULL)
    return;
  for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
    {
      int kh = sizes[k][2];
      int kw = sizes[k][3];
      g_autoptr (EwProblem) problem
          = problem_of_pair (random_whole_grid (&random, sizes[k][0], sizes[k][1], 1),
                             random_whole_grid (&random, sizes[k][0] - kh + 1, sizes[k][1] - kw + 1, 1), kh, kw, TRUE);
      g_autofree double *params = random_params (&random, problem, TRUE);

      check_exact (device, problem, params);
    }
  device->backend->close (device);
}

/* The loss is a square of the weights, so that central differences of any step are its gradient; what they lose is the
 * rounding of the two losses. The step 1 loses least. */
static void
test_finite_differences (gconstpointer id)
{
  EwDevice *device = open_or_skip (id, 2);
  EwRandom random = 29;

  if (device == NULL)
    return;
  for (int round = 0; round < draws (12) && !g_test_failed (); round++)
    {
      g_autoptr (EwProblem) problem
          = random_problem (&random, random_int (&random, 1, 4), random_int (&random, 1, 4), round & 1, FALSE);
      int n = problem->n_params;
      g_autofree double *params = random_params (&random, problem, FALSE);
      g_autofree double *gradient = g_new (double, n);
      g_autofree double *bounds = g_new (double, n);
      g_autofree double *scratch = g_new (double, n);
      double loss, bound;

      evaluate (device, problem, params, &loss, gradient);
      evaluation_bounds (problem, params, CHAIN, &bound, bounds);
      for (int k = 0; k < n; k++)
        {
          double here = params[k];
          double losses[2];
          double own[2];
          double own_bounds[2];

          for (int side = 0; side < 2; side++)
            {
              params[k] = here + (side ? 1 : -1);
              ew_reference_evaluate (problem, params, &losses[side], NULL);
              evaluate (device, problem, params, &own[side], scratch);
              evaluation_bounds (problem, params, CHAIN, &own_bounds[side], scratch);
            }
          params[k] = here;

          double summed = rounding_bound (2.0 * (double)problem->n_residuals, UNIT_64) * (losses[0] + losses[1]);

          g_assert_cmpfloat_with_epsilon (gradient[k], (losses[1] - losses[0]) / 2, bounds[k] + summed);
          g_assert_cmpfloat_with_epsilon (gradient[k], (own[1] - own[0]) / 2,
                                          bounds[k] + (own_bounds[0] + own_bounds[1]) / 2 + summed);
        }
    }
  device->backend->close (device);
}

/* --- threads, cancelling, geometry */

/* Everything that a device with that many threads makes of a problem, as bytes. */
static GByteArray *
results (const char *id, int threads, EwProblem *problem, const double *params)
{
  g_autofree double *gradient = g_new (double, problem->n_params);
  g_autoptr (EwKernel) kernel = kernel_of_params (problem, params);
  GByteArray *bytes = g_byte_array_new ();
  EwDevice *device = open_or_skip (id, threads);
  g_autoptr (EwGrid) y = correlate (device, problem->samples[0].x, kernel);
  double loss;

  evaluate (device, problem, params, &loss, gradient);
  device->backend->close (device);
  for (int i = 0; i < y->height; i++)
    g_byte_array_append (bytes, (const guint8 *)ew_grid_row (y, i), y->width * sizeof (float));
  g_byte_array_append (bytes, (const guint8 *)&loss, sizeof loss);
  return g_byte_array_append (bytes, (const guint8 *)gradient, problem->n_params * sizeof (double));
}

/* The same bits whatever the number of threads. */
static void
test_determinism (gconstpointer id)
{
  static const int threads[] = { 2, 3, 4, 8 };
  static const int sizes[][4] = { { 300, 400, 5, 7 }, { 60, 2000, 3, 3 }, { 90, 90, 31, 31 }, { 6, 8, 1, 2 } };
  EwRandom random = 30;

  if (ew_cpu_kernels_find (id) == NULL)
    {
      g_test_skip ("this processor cannot run it");
      return;
    }
  for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
    {
      int kh = sizes[k][2];
      int kw = sizes[k][3];
      g_autoptr (EwProblem) problem
          = problem_of_pair (random_grid (&random, sizes[k][0], sizes[k][1], -1, 1),
                             random_grid (&random, sizes[k][0] - kh + 1, sizes[k][1] - kw + 1, -1, 1), kh, kw, TRUE);
      g_autofree double *params = random_params (&random, problem, FALSE);
      g_autoptr (GByteArray) alone = results (id, 1, problem, params);

      for (guint t = 0; t < G_N_ELEMENTS (threads); t++)
        {
          g_autoptr (GByteArray) together = results (id, threads[t], problem, params);

          g_assert_cmpmem (alone->data, alone->len, together->data, together->len);
        }
    }
}

static void *
cancel_soon (void *data)
{
  g_usleep (3000);
  atomic_store ((EwCancel *)data, 1);
  return NULL;
}

/* A flag that is set before or while a device works; afterwards the same work is done as if nothing had happened. */
static void
test_cancel (gconstpointer id)
{
  EwDevice *device = open_or_skip (id, 2);
  EwRandom random = 31;

  if (device == NULL)
    return;

  g_autoptr (EwProblem) problem = problem_of_pair (random_grid (&random, 400, 400, -1, 1),
                                                   random_grid (&random, 400 - 30, 400 - 30, -1, 1), 31, 31, FALSE);
  g_autofree double *params = random_params (&random, problem, FALSE);
  g_autofree double *gradient = g_new0 (double, problem->n_params);
  g_autofree double *again = g_new0 (double, problem->n_params);
  g_autoptr (EwKernel) kernel = kernel_of_params (problem, params);
  g_autoptr (EwGrid) y = ew_grid_new (370, 370, NULL);
  EwLoaded *loaded = device->backend->load (device, problem, NULL, NULL);
  double loss, loss_again;

  g_assert_true (device->backend->evaluate (loaded, params, &loss, gradient, NULL, NULL));
  for (int round = 0; round < 4; round++)
    {
      g_autoptr (GError) error = NULL;
      EwCancel cancel = round < 2;
      pthread_t thread;

      if (round >= 2)
        pthread_create (&thread, NULL, cancel_soon, &cancel);
      if (round % 2 == 0)
        while (device->backend->evaluate (loaded, params, &loss_again, again, &cancel, &error))
          ;
      else
        while (device->backend->correlate (device, problem->samples[0].x, kernel, &problem->geometry, EW_METHOD_DIRECT,
                                           y, &cancel, &error))
          ;
      g_assert_error (error, EW_ERROR, EW_ERROR_CANCELLED);
      if (round >= 2)
        pthread_join (thread, NULL);
      atomic_store (&cancel, 0);
      g_assert_true (device->backend->evaluate (loaded, params, &loss_again, again, &cancel, NULL));
      g_assert_cmpmem (&loss, sizeof loss, &loss_again, sizeof loss);
      g_assert_cmpmem (gradient, problem->n_params * sizeof (double), again, problem->n_params * sizeof (double));
    }
  device->backend->unload (loaded);
  device->backend->close (device);
}

/* What does not fit is refused and touches nothing. */
static void
test_geometry_refused (gconstpointer id)
{
  EwDevice *device = open_or_skip (id, 1);
  EwRandom random = 32;

  if (device == NULL)
    return;

  g_autoptr (EwGrid) x = random_grid (&random, 9, 9, -1, 1);
  g_autoptr (EwGrid) y = ew_grid_new (7, 7, NULL);
  g_autoptr (EwKernel) larger = random_kernel (&random, 10, 3, -1, 1);
  g_autoptr (GError) error = NULL;
  EwGeometry g;

  ew_geometry_init_valid (&g, 10, 3);
  g_assert_false (device->backend->correlate (device, x, larger, &g, EW_METHOD_DIRECT, y, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_GEOMETRY);
  for (int i = 0; i < 7; i++)
    for (int j = 0; j < 7; j++)
      g_assert_cmpfloat (ew_grid_row (y, i)[j], ==, 0);
  device->backend->close (device);
}

static void
test_describe (void)
{
  g_autoptr (GError) error = NULL;
  EwDeviceInfo info = { 0 };

  ew_cpu_backend ()->describe (&info);
  g_assert_cmpstr (info.id, ==, "cpu");
  g_assert_true (g_str_has_prefix (info.name, "CPU · "));
  g_assert_null (info.reason);
  ew_device_info_clear (&info);

  g_setenv ("EDGEWISE_CPU", "banana", TRUE);
  ew_cpu_backend ()->describe (&info);
  g_assert_nonnull (info.name);
  g_assert_nonnull (strstr (info.reason, "banana"));
  ew_device_info_clear (&info);
  g_assert_null (ew_cpu_backend ()->open (1, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_DEVICE);
  g_unsetenv ("EDGEWISE_CPU");

  EwDevice *device = ew_cpu_backend ()->open (3, NULL);

  g_assert_true (g_str_has_suffix (device->name, "3 threads"));
  device->backend->close (device);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    GTestDataFunc func;
  } cases[] = {
    { "worked-example", test_worked_example },
    { "edge-map", test_edge_map },
    { "correlate/random", test_correlate_random },
    { "correlate/widths", test_correlate_widths },
    { "correlate/large", test_correlate_large },
    { "correlate/non-finite", test_correlate_non_finite },
    { "evaluate/random", test_evaluate_random },
    { "evaluate/exact", test_evaluate_exact },
    { "evaluate/widths", test_evaluate_widths },
    { "evaluate/large", test_evaluate_large },
    { "evaluate/finite-differences", test_finite_differences },
    { "determinism", test_determinism },
    { "cancel", test_cancel },
    { "geometry-refused", test_geometry_refused },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_unsetenv ("EDGEWISE_CPU");
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
      {
        g_autofree char *path = g_strdup_printf ("/backends/cpu/%s/%s", ids[i], cases[c].name);

        g_test_add_data_func (path, ids[i], cases[c].func);
      }
  g_test_add_func ("/backends/cpu/describe", test_describe);
  return g_test_run ();
}
