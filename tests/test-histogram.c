/* Histograms of whole planes against sorting and counting by plain loops, and the worker that makes them. */
#include "engine/histogram-count.h"
#include "engine/histogram-worker.h"
#include "engine/reference.h"
#include "engine/view.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <stdlib.h>

/* Generous: sanitizers are slow. */
#define PATIENCE_US (60 * G_USEC_PER_SEC)

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *)a;
  double y = *(const double *)b;

  return (x > y) - (x < y);
}

/* Moves the finite values to the front and sorts them; how many they are. */
static int
sort_finite (double *values, int n, int *n_nan)
{
  int finite = 0;

  *n_nan = 0;
  for (int k = 0; k < n; k++)
    {
      *n_nan += isnan (values[k]) ? 1 : 0;
      if (isfinite (values[k]))
        values[finite++] = values[k];
    }
  qsort (values, finite, sizeof *values, compare_doubles);
  return finite;
}

/* The values in [from, to). */
static gint64
count_between (const double *values, int n, double from, double to)
{
  gint64 count = 0;

  for (int k = 0; k < n; k++)
    count += values[k] >= from && values[k] < to ? 1 : 0;
  return count;
}

/* Steps are 1, 2, 2.5 or 5 times a power of ten; a power of ten that is computed has a rounding or two. */
static gboolean
is_nice (double step)
{
  static const double nice[] = { 1, 2, 2.5, 5, 10 };
  double mantissa = step / pow (10, floor (log10 (step) + 1e-9));

  for (guint k = 0; k < G_N_ELEMENTS (nice); k++)
    if (fabs (mantissa - nice[k]) < 1e-9)
      return TRUE;
  return FALSE;
}

/* How many bins of a width hold all from low to high, zero being an edge; computed apart from the code's. */
static double
bins_of (double low, double high, double step)
{
  return floor (high / step) - floor (low / step) + 1;
}

/* No nice step below that one does with as few bins: of those around, from a hundredth of it on, all need more. */
static void
assert_finest (const EwHistogram *h)
{
  static const double nice[] = { 1, 2, 2.5, 5 };
  double power = pow (10, floor (log10 (h->step) + 1e-9) - 2);

  for (int k = 0; k < 12; k++)
    {
      double step = nice[k % 4] * pow (10, k / 4) * power;

      /* 66 or more, of which this count may miss one where an end of the values is an edge but for a rounding. */
      if (step < h->step * (1 - 1e-9))
        g_assert_cmpfloat (bins_of (h->low, h->high, step), >=, EW_HISTOGRAM_BINS_MAX);
    }
}

/* @values: all of the plane's, which are sorted; float32's. */
static void
assert_counts (const EwHistogram *h, double *values, int n)
{
  int n_nan;
  int finite = sort_finite (values, n, &n_nan);
  double sum = 0;
  double magnitudes = 0;

  g_assert_cmpint (h->n, ==, n);
  g_assert_cmpint (h->n_nan, ==, n_nan);
  g_assert_cmpint (h->n_infinite, ==, n - finite - n_nan);
  if (finite == 0)
    {
      g_assert_cmpint (h->n_bins, ==, 0);
      g_assert_true (isnan (h->low) && isnan (h->high) && isnan (h->mean) && isnan (h->median));
      return;
    }
  for (int k = 0; k < finite; k++)
    {
      sum += values[k];
      magnitudes += fabs (values[k]);
    }
  g_assert_cmpfloat (h->low, ==, values[0]);
  g_assert_cmpfloat (h->high, ==, values[finite - 1]);
  g_assert_cmpfloat (h->median, ==, (values[(finite - 1) / 2] + values[finite / 2]) / 2);
  /* Both sums have a rounding a value, in another order, and a division. */
  g_assert_cmpfloat (fabs (h->mean - sum / finite), <=, 2 * rounding_bound (finite + 1, UNIT_64) * magnitudes / finite);
  g_assert_cmpint (h->n_below, ==, count_between (values, finite, -INFINITY, h->clip_low));
  g_assert_cmpint (h->n_above, ==,
                   finite - count_between (values, finite, -INFINITY, nextafter (h->clip_high, INFINITY)));
  /* Zero has no sign. */
  g_assert_false (h->median == 0 && signbit (h->median));
  g_assert_true (is_nice (h->step));
  if (h->low < h->high)
    assert_finest (h);
  else
    g_assert_cmpfloat (20 * h->step, <=, MAX (fabs (h->high), 1e-30));
  g_assert_cmpint (h->n_bins, >=, 1);
  g_assert_cmpint (h->n_bins, <=, EW_HISTOGRAM_BINS_MAX);
  g_assert_cmpfloat (ew_histogram_edge (h, 0), <=, h->low);
  g_assert_cmpfloat (ew_histogram_edge (h, 1), >, h->low);
  g_assert_cmpfloat (ew_histogram_edge (h, h->n_bins), >, h->high);
  for (int k = 0; k < h->n_bins; k++)
    g_assert_cmpint (h->counts[k], ==,
                     count_between (values, finite, ew_histogram_edge (h, k), ew_histogram_edge (h, k + 1)));
}

static double *
values_of (const EwGrid *grid)
{
  double *values = g_new (double, (gsize)grid->height *(gsize)grid->width);

  for (int i = 0; i < grid->height; i++)
    for (int j = 0; j < grid->width; j++)
      values[i * grid->width + j] = (double)ew_grid_row (grid, i)[j];
  return values;
}

static void
random_geometry (EwRandom *random, EwGeometry *geometry)
{
  ew_geometry_init_valid (geometry, random_int (random, 1, 5), random_int (random, 1, 5));
  geometry->border = (EwBorder)random_int (random, 0, 3);
  geometry->dilation = random_int (random, 1, 3);
  geometry->stride = random_int (random, 1, 3);
  geometry->top = random_int (random, 0, 4);
  geometry->right = random_int (random, 0, 4);
  geometry->bottom = random_int (random, 0, 4);
  geometry->left = random_int (random, 0, 4);
}

/* What a mask leaves out is in no bin of the residual, and is counted apart; output and target have all. */
static void
test_mask (void)
{
  EwRandom random = 75;

  for (int round = 0; round < 20 && !g_test_failed (); round++)
    {
      int height = random_int (&random, 1, 30), width = random_int (&random, 1, 40), kept = 0;
      g_autoptr (EwGrid) x = random_whole_grid (&random, height, width, 100);
      g_autoptr (EwGrid) y = random_whole_grid (&random, height, width, 100);
      g_autoptr (EwGrid) mask = random_whole_grid (&random, height, width, 1);
      g_autoptr (EwKernel) one = ew_kernel_new (1, 1, NULL);
      EwHistogramSource source = { .x = x, .y = y, .mask = mask, .kernel = one, .clip_low = -50, .clip_high = 60 };
      g_autofree double *values = g_new (double, (gsize)(height * width));

      ew_geometry_init_valid (&source.geometry, 1, 1);
      one->taps[0] = 1;
      for (int i = 0; i < height; i++)
        for (int j = 0; j < width; j++)
          {
            ew_grid_row (mask, i)[j] = fmaxf (ew_grid_row (mask, i)[j], 0);
            if (ew_grid_row (mask, i)[j] > 0)
              values[kept++] = (double)(ew_grid_row (x, i)[j] - ew_grid_row (y, i)[j]);
          }
      for (int of = EW_HISTOGRAM_OUTPUT; of <= EW_HISTOGRAM_RESIDUAL; of++)
        {
          g_autoptr (EwHistogram) h = NULL;

          source.of = (EwHistogramOf)of;
          h = ew_histogram_new (&source, NULL, NULL);
          if (of == EW_HISTOGRAM_RESIDUAL)
            assert_counts (h, values, kept);
          else
            g_assert_cmpint (h->n, ==, height * width);
          g_assert_cmpint (h->n_left_out, ==, of == EW_HISTOGRAM_RESIDUAL ? height * width - kept : 0);
        }
    }
}

/* Whole numbers below 2²⁴: the float32 outputs are the reference's, in any geometry. */
static void
test_outputs (void)
{
  EwRandom random = 71;

  for (int round = 0; round < 60 && !g_test_failed (); round++)
    {
      EwGeometry geometry;
      int height, width;

      random_geometry (&random, &geometry);

      g_autoptr (EwGrid) x = random_whole_grid (&random, random_int (&random, 13, 60), random_int (&random, 13, 60), 9);
      g_autoptr (EwKernel) kernel
          = random_whole_kernel (&random, geometry.kernel_height, geometry.kernel_width, 1 + round % 7);

      g_assert_true (ew_geometry_output_size (&geometry, x->height, x->width, &height, &width, NULL));

      g_autoptr (EwGrid) y = random_whole_grid (&random, height, width, 30);
      g_autofree double *output = g_new (double, (gsize)height *(gsize)width);
      g_autofree double *target = values_of (y);
      g_autofree double *residual = g_new (double, (gsize)height *(gsize)width);
      double *const values[] = { output, target, residual };

      g_assert_true (ew_reference_correlate (x, kernel, &geometry, output, NULL));
      for (int k = 0; k < height * width; k++)
        residual[k] = output[k] - target[k];
      for (int of = 0; of < 3; of++)
        {
          EwHistogramSource source = { .of = (EwHistogramOf)of,
                                       .x = x,
                                       .y = y,
                                       .geometry = geometry,
                                       .kernel = kernel,
                                       .clip_low = random_int (&random, -20, 0),
                                       .clip_high = random_int (&random, 0, 20) };
          g_autoptr (EwHistogram) h = ew_histogram_new (&source, NULL, NULL);

          g_assert_nonnull (h);
          assert_counts (h, values[of], height * width);
        }
    }
}

/* Values of every size, with what is not finite among them, both zeros, all alike, and none finite. */
static void
test_values (void)
{
  EwRandom random = 72;

  for (int round = 0; round < 80 && !g_test_failed (); round++)
    {
      g_autoptr (EwGrid) y
          = random_grid (&random, random_int (&random, 1, 40), random_int (&random, 1, 70), round % 4 == 3 ? 5 : -1, 6);
      float scale = (float)pow (10, random_int (&random, -36, 36));
      EwHistogramSource source
          = { .of = EW_HISTOGRAM_TARGET, .y = y, .clip_low = -(double)scale, .clip_high = 3 * (double)scale };

      for (int i = 0; i < y->height; i++)
        for (int j = 0; j < y->width; j++)
          {
            double what = ew_random_uniform (&random);
            float *value = &ew_grid_row (y, i)[j];

            *value = round == 5 ? NAN : round % 9 == 4 ? scale : *value * scale;
            if (round % 2 == 0 && what < 0.2)
              *value = what < 0.05 ? NAN : what < 0.1 ? INFINITY : what < 0.12 ? -INFINITY : what < 0.16 ? -0.0f : 0;
          }

      g_autoptr (EwHistogram) h = ew_histogram_new (&source, NULL, NULL);
      g_autofree double *values = values_of (y);

      g_assert_nonnull (h);
      assert_counts (h, values, y->height * y->width);
      if (round == 1 && y->height * y->width > 100)
        g_assert_cmpint (h->n_bins, >=, EW_HISTOGRAM_BINS_MIN);
    }
}

/* A value that is an edge, or next to one, where the quotient by the step rounds into the bin beside its own: numbers far from
 * zero in bins that are narrow beside them. */
static void
test_edges (void)
{
  int rounds_up = 0;
  int rounds_down = 0;

  for (int round = 0; round < 4 * 32 && !g_test_failed (); round++)
    {
      double width = (round % 4 == 3 ? 50 : round % 4 == 2 ? 25 : round % 4 == 1 ? 20 : 10) * 1e-5;
      double middle = (round % 8 < 4 ? 0.5 : -0.5) * (1 + round / 8);
      g_autoptr (EwGrid) y = ew_grid_new (3, 21, NULL);
      EwHistogramSource source = { .of = EW_HISTOGRAM_TARGET, .y = y, .clip_low = middle, .clip_high = middle };
      g_autofree double *values = NULL;
      double quotient;

      /* The middle itself is among them, and binary fractions. */
      for (int k = 0; k < 63; k++)
        ew_grid_row (y, k / 21)[k % 21] = (float)(middle + (k - 31) * width / 31);

      g_autoptr (EwHistogram) h = ew_histogram_new (&source, NULL, NULL);

      values = values_of (y);
      g_assert_nonnull (h);
      assert_counts (h, values, 63);
      quotient = floor (middle / h->step);
      rounds_up += quotient * h->step > middle ? 1 : 0;
      rounds_down += (quotient + 1) * h->step <= middle ? 1 : 0;
    }
  /* Or this tries nothing. */
  g_assert_cmpint (rounds_up, >, 5);
  g_assert_cmpint (rounds_down, >, 5);
}

/* Values that just take as many bins as there may be, or one more, wherever they begin. */
static void
test_most_bins (void)
{
  EwRandom random = 78;

  for (int round = 0; round < 60 && !g_test_failed (); round++)
    {
      double step = pow (10, random_int (&random, -5, 5)) * (round % 3 == 0 ? 1 : round % 3 == 1 ? 2 : 5);
      double low = (ew_random_uniform (&random) - 30) * step;
      double width = (63.5 + 2 * ew_random_uniform (&random)) * step;
      g_autoptr (EwGrid) y = ew_grid_new (10, 20, NULL);
      EwHistogramSource source = { .of = EW_HISTOGRAM_TARGET, .y = y };
      g_autoptr (EwHistogram) h = NULL;
      g_autofree double *values = NULL;

      for (int k = 0; k < 200; k++)
        ew_grid_row (y, k / 20)[k % 20] = (float)(low + width * k / 199);
      h = ew_histogram_new (&source, NULL, NULL);
      values = values_of (y);
      g_assert_nonnull (h);
      assert_counts (h, values, 200);
    }
}

/* Zeros of both signs are one value, at the median too. */
static void
test_zeros (void)
{
  EwRandom random = 76;

  for (int round = 0; round < 20; round++)
    {
      g_autoptr (EwGrid) y = ew_grid_new (random_int (&random, 1, 9), random_int (&random, 1, 9), NULL);
      EwHistogramSource source = { .of = EW_HISTOGRAM_TARGET, .y = y };
      g_autoptr (EwHistogram) h = NULL;
      g_autofree double *values = NULL;

      for (int i = 0; i < y->height; i++)
        for (int j = 0; j < y->width; j++)
          ew_grid_row (y, i)[j] = ew_random_uniform (&random) < 0.2 ? (round % 2 == 0 ? 0.0f : 1.0f) : -0.0f;
      h = ew_histogram_new (&source, NULL, NULL);
      values = values_of (y);
      g_assert_nonnull (h);
      assert_counts (h, values, y->height * y->width);
    }
}

/* Outputs that round: those that are shown, bit for bit. */
static void
test_as_shown (void)
{
  EwRandom random = 73;
  EwPool *pool = ew_pool_new (2, NULL);

  for (int round = 0; round < 20 && !g_test_failed (); round++)
    {
      EwHistogramSource source = { .of = EW_HISTOGRAM_OUTPUT, .clip_low = -0.5, .clip_high = 0.5 };
      EwViewport viewport = { .block = 1, .height = 500, .width = 500 };

      random_geometry (&random, &source.geometry);

      g_autoptr (EwGrid) x = random_grid (&random, random_int (&random, 13, 90), random_int (&random, 13, 90), -1, 1);
      g_autoptr (EwKernel) kernel
          = random_kernel (&random, source.geometry.kernel_height, source.geometry.kernel_width, -1, 1);
      g_autoptr (EwView) view = ew_view_new (x, NULL, &source.geometry, pool, NULL);
      g_autoptr (EwPictures) pictures = ew_view_pictures (view, &viewport, kernel, NULL, NULL);
      g_autofree double *values = values_of (pictures->output);

      source.x = x;
      source.kernel = kernel;

      g_autoptr (EwHistogram) h = ew_histogram_new (&source, NULL, NULL);

      g_assert_nonnull (h);
      assert_counts (h, values, pictures->output->height * pictures->output->width);
    }
  ew_pool_free (pool);
}

static void
test_cancelled (void)
{
  EwRandom random = 74;
  g_autoptr (EwGrid) y = random_grid (&random, 30, 30, 0, 1);
  EwHistogramSource source = { .of = EW_HISTOGRAM_TARGET, .y = y };
  EwCancel cancel = 1;
  g_autoptr (GError) error = NULL;

  g_assert_null (ew_histogram_new (&source, &cancel, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_CANCELLED);
}

/* --- the worker */

/* A snapshot as the loop gives it: planes, kernel and geometry. */
static EwSnapshot *
new_snapshot (EwRandom *random, int side, guint64 task)
{
  EwSnapshot *s = ew_snapshot_new ();

  s->task = task;
  s->shown_epoch = 10 * task;
  s->kernel = random_whole_kernel (random, 3, 2, 3);
  s->x = random_whole_grid (random, side, side, 5);
  s->y = random_whole_grid (random, side - 2, side - 1, 5);
  ew_geometry_init_valid (&s->geometry, 3, 2);
  return s;
}

static EwHistogram *
wait_for (EwHistogramWorker *worker, guint64 task, EwHistogramOf of)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  while (g_get_monotonic_time () < end)
    {
      g_autoptr (EwHistogram) made = ew_histogram_worker_take (worker);

      if (made != NULL && made->task == task && made->of == of)
        return g_steal_pointer (&made);
      g_usleep (1000);
    }
  g_test_fail_printf ("no histogram %d of task %d", (int)of, (int)task);
  return NULL;
}

static void
wait_until_idle (EwHistogramWorker *worker)
{
  for (gint64 end = g_get_monotonic_time () + PATIENCE_US; ew_histogram_worker_is_busy (worker);)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (1000);
    }
}

/* Of many requests the last one is answered; what was given up never comes; the end comes in the middle of work. */
static void
test_worker (void)
{
  EwRandom random = 75;
  g_autoptr (EwHistogramWorker) worker = ew_histogram_worker_new (NULL, NULL);
  g_autoptr (EwSnapshot) s = new_snapshot (&random, 300, 1);
  g_autoptr (EwSnapshot) other = new_snapshot (&random, 300, 2);
  g_autoptr (EwSnapshot) empty = ew_snapshot_new ();

  for (int n = 0; n < 200; n++)
    ew_histogram_worker_ask (worker, n % 2 == 0 ? s : other, (EwHistogramOf)(n % 3), -1, 1);

  g_autoptr (EwHistogram) made = wait_for (worker, 2, (EwHistogramOf)(199 % 3));

  g_assert_nonnull (made);
  g_assert_cmpint (made->n, ==, 298 * 299);
  g_assert_cmpuint (made->epoch, ==, 20);
  wait_until_idle (worker);
  g_assert_null (ew_histogram_worker_take (worker));
  ew_histogram_worker_ask (worker, s, EW_HISTOGRAM_OUTPUT, -1, 1);
  ew_histogram_worker_stop (worker);
  wait_until_idle (worker);
  g_assert_null (ew_histogram_worker_take (worker));
  ew_histogram_worker_ask (worker, empty, EW_HISTOGRAM_OUTPUT, -1, 1);
  wait_until_idle (worker);
  g_assert_null (ew_histogram_worker_take (worker));
  ew_histogram_worker_ask (worker, s, EW_HISTOGRAM_RESIDUAL, -1, 1);
}

/* Work under way for other values, another sample or another task is given up: what it would have come to is never seen. */
static void
test_worker_gives_up (void)
{
  EwRandom random = 77;
  g_autoptr (EwHistogramWorker) worker = ew_histogram_worker_new (NULL, NULL);
  g_autoptr (EwSnapshot) s = new_snapshot (&random, 1500, 1);
  g_autoptr (EwSnapshot) other_sample = new_snapshot (&random, 1500, 1);
  g_autoptr (EwSnapshot) other_task = new_snapshot (&random, 1500, 2);

  other_sample->sample = 1;
  for (int what = 0; what < 3; what++)
    {
      int given_up = 0;

      /* One that is not held up by the machine is enough: it gives up what it has just begun. */
      for (int round = 0; round < 5 && given_up == 0; round++)
        {
          g_autoptr (EwHistogram) made = NULL;

          ew_histogram_worker_ask (worker, s, EW_HISTOGRAM_RESIDUAL, -1, 1);
          g_usleep (5000);
          ew_histogram_worker_ask (worker, what == 1 ? other_sample : what == 2 ? other_task : s,
                                   what == 0 ? EW_HISTOGRAM_OUTPUT : EW_HISTOGRAM_RESIDUAL, -1, 1);
          while ((made = ew_histogram_worker_take (worker)) == NULL)
            g_usleep (500);
          given_up += made->task != 1 || made->sample != 0 || made->of != EW_HISTOGRAM_RESIDUAL ? 1 : 0;
          wait_until_idle (worker);
          ew_histogram_unref (ew_histogram_worker_take (worker));
        }
      g_assert_cmpint (given_up, >, 0);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/histogram/mask", test_mask);
  g_test_add_func ("/histogram/outputs", test_outputs);
  g_test_add_func ("/histogram/values", test_values);
  g_test_add_func ("/histogram/edges", test_edges);
  g_test_add_func ("/histogram/most-bins", test_most_bins);
  g_test_add_func ("/histogram/zeros", test_zeros);
  g_test_add_func ("/histogram/as-shown", test_as_shown);
  g_test_add_func ("/histogram/cancelled", test_cancelled);
  g_test_add_func ("/histogram/worker", test_worker);
  g_test_add_func ("/histogram/worker-gives-up", test_worker_gives_up);
  return g_test_run ();
}
