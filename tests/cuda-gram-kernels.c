/* The CUDA kernels of the Gram matrix by sums at distances, run on the CPU by the shim, against plain sums. */
#include "tests/cuda-fixtures.h"
#include "tests/cuda-shim.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <string.h>

#define GUARD 0x1.a5a5p+500

static double *
guarded (gsize n)
{
  double *values = g_new (double, n + 4);

  for (gsize k = 0; k < n + 4; k++)
    values[k] = GUARD;
  return values;
}

static void
check_guard (const double *values, gsize n)
{
  for (gsize k = n; k < n + 4; k++)
    g_assert_cmpfloat (values[k], ==, GUARD);
}

static double
value_at (const EwGrid *grid, int i, int j)
{
  return i >= 0 && i < grid->height && j >= 0 && j < grid->width ? (double)ew_grid_row (grid, i)[j] : 0;
}

/* --- sums at distances */

static gboolean
launch_lags (int side, const GuardedPlane *a, const GuardedPlane *b, EwCudaLags lags, int parts, double *partials)
{
  EwCudaPlane planes[] = { a->plane, b->plane };
  g_autofree char *name = g_strdup_printf ("ew_cuda_lags_%d", side);
  void *arguments[] = { &planes[0], &planes[1], &lags, &partials };
  gboolean fine = cuda_shim_launch (name, (unsigned)(parts * ((lags.n_down + 1) / 2)), EW_CUDA_THREADS,
                                    EW_CUDA_LAGS_BYTES, arguments);

  if (!fine)
    g_test_message ("%s: %s", name, cuda_shim_error ());
  return fine;
}

/* One distance: what it must be, and how much a sum of so many products may be off. */
static double
lag_sum (const EwGrid *a, const EwGrid *b, const EwCudaLags *lags, int u, int v, double *bound)
{
  double sum = 0, magnitude = 0;

  for (int i = lags->first_row; i < lags->end_row; i++)
    for (int j = lags->first_column; j < lags->end_column; j++)
      {
        double product = (lags->ones ? 1 : value_at (a, i, j)) * value_at (b, i + u, j + v);

        sum += product;
        magnitude += fabs (product);
      }
  *bound
      = 2 * magnitude
        * rounding_bound ((double)(lags->end_row - lags->first_row) * (lags->end_column - lags->first_column), UNIT_64);
  return sum;
}

static void
check_partials (const EwGrid *a, const EwGrid *b, int side, const EwCudaLags *lags, int parts, const double *partials)
{
  int across = 2 * side - 1;

  for (int k = 0; k <= lags->n_down * across && !g_test_failed (); k++)
    {
      gboolean values = k == lags->n_down * across;
      double sum = 0, bound, wanted;

      for (int p = 0; p < parts; p++)
        sum += partials[k * parts + p];
      wanted = lag_sum (a, b, lags, k / across, lags->shift + k % across - (side - 1), &bound);
      if (values)
        {
          wanted = 0;
          for (int i = lags->first_row; i < lags->end_row; i++)
            for (int j = lags->first_column; j < lags->end_column; j++)
              wanted += lags->ones ? 1 : value_at (a, i, j);
          bound = 1e-15 * 400 * 400;
        }
      g_assert_cmpfloat (fabs (sum - wanted), <=, bound);
    }
}

/* The first plane is not finite beside its values; the second is, as an input is. */
static void
check_lags (EwRandom *random, int side, int height, int width)
{
  g_autoptr (EwGrid) a = random_grid (random, height, width, -1, 1);
  g_autoptr (EwGrid) b
      = random_grid (random, height + random_int (random, 0, 9), width + random_int (random, 0, 9), -1, 1);
  EwCudaLags lags = { .first_row = random_int (random, 0, height / 3),
                      .first_column = random_int (random, 0, width / 3),
                      .n_down = random_int (random, 1, 8),
                      .shift = 4 * random_int (random, -3, 3),
                      .ones = random_int (random, 0, 3) == 0 };
  int parts = random_int (random, 1, 3);
  gsize n = (gsize)(lags.n_down * (2 * side - 1) + 1) * (gsize)parts;
  g_autofree double *partials = guarded (n);
  g_autofree double *again = guarded (n);
  GuardedPlane ga, gb;

  lags.end_row = random_int (random, lags.first_row + 1, height);
  lags.end_column = random_int (random, lags.first_column + 1, width);
  guarded_plane_init (&ga, a, random_int (random, 0, 9), FALSE);
  guarded_plane_init (&gb, b, random_int (random, 0, 9), TRUE);
  g_assert_true (launch_lags (side, &ga, &gb, lags, parts, partials));
  check_guard (partials, n);
  check_partials (a, b, side, &lags, parts, partials);
  cuda_shim_fault.backwards = TRUE;
  g_assert_true (launch_lags (side, &ga, &gb, lags, parts, again));
  cuda_shim_fault.backwards = FALSE;
  g_assert_cmpmem (partials, n * sizeof (double), again, n * sizeof (double));
  guarded_plane_check (&ga);
  guarded_plane_check (&gb);
  guarded_plane_clear (&ga);
  guarded_plane_clear (&gb);
}

void
test_lags (void)
{
  EwRandom random = 41;

  for (int side = 1; side <= EW_CUDA_FUSED_MAX && !g_test_failed (); side++)
    {
      check_lags (&random, side, random_int (&random, 1, 30), random_int (&random, 1, 40));
      check_lags (&random, side, random_int (&random, 100, 170), random_int (&random, 1, 20));
      check_lags (&random, side, random_int (&random, 1, 40), random_int (&random, 120, 300));
    }
}

/* --- beside the core */

static EwCudaTapsOver
taps_over (int kh, int kw, const EwGrid *x)
{
  return (EwCudaTapsOver){ .kernel_height = kh,
                           .kernel_width = kw,
                           .out_height = x->height - kh + 1,
                           .out_width = x->width - kw + 1,
                           .core_lags = 2 * kw - 1,
                           .core_step = 2 * kw - 1 };
}

static int
beside (int entry, int side, int out)
{
  return entry < side - 1 ? entry : entry - (side - 1) + out;
}

static double
edge_sum (const EwGrid *x, const EwCudaTapsOver *over, int entry, int u, int v)
{
  int kh = over->kernel_height, kw = over->kernel_width;
  gboolean is_row = entry < 2 * (kh - 1);
  int place = is_row ? beside (entry, kh, over->out_height) : beside (entry - 2 * (kh - 1), kw, over->out_width);
  double sum = 0;

  for (int t = (is_row ? kw : kh) - 1; t < (is_row ? over->out_width : over->out_height); t++)
    {
      int i = is_row ? place : t, j = is_row ? t : place;

      sum += value_at (x, i, j) * value_at (x, i + u, j + v);
    }
  return sum;
}

static gboolean
launch_edges (unsigned grid, const GuardedPlane *x, EwCudaTapsOver over, double *edges)
{
  EwCudaPlane plane = x->plane;
  void *arguments[] = { &plane, &over, &edges };

  return cuda_shim_launch ("ew_cuda_gram_edges", grid, EW_CUDA_THREADS, EW_CUDA_THREADS * sizeof (double), arguments);
}

static void
check_edges (EwRandom *random, int kh, int kw, int height, int width)
{
  g_autoptr (EwGrid) x = random_grid (random, height, width, -1, 1);
  EwCudaTapsOver over = taps_over (kh, kw, x);
  int across = 2 * kw - 1, distances = kh * across, n = 2 * (kh + kw - 2) * distances;
  g_autofree double *edges = guarded ((gsize)n);
  GuardedPlane gx;

  guarded_plane_init (&gx, x, random_int (random, 0, 9), FALSE);
  g_assert_true (launch_edges ((unsigned)random_int (random, 1, 9), &gx, over, edges));
  check_guard (edges, (gsize)n);
  guarded_plane_check (&gx);
  for (int k = 0; k < n && !g_test_failed (); k++)
    g_assert_cmpfloat_with_epsilon (edges[k],
                                    edge_sum (x, &over, k / distances, k % distances / across, k % across - (kw - 1)),
                                    2.0 * rounding_bound (MAX (height, width), UNIT_64) * MAX (height, width));
  guarded_plane_clear (&gx);
}

void
test_gram_edges (void)
{
  EwRandom random = 42;

  check_edges (&random, 2, 1, 2, 1);
  check_edges (&random, 3, 3, 5, 5);
  check_edges (&random, 1, 4, 300, 9);
  for (int round = 0; round < 5 && !g_test_failed (); round++)
    {
      int kh = random_int (&random, 1, 4), kw = random_int (&random, 2, 4);

      check_edges (&random, kh, kw, 2 * kh + random_int (&random, 0, 9), 2 * kw + random_int (&random, 0, 300));
    }
}

/* --- all together */

static double
gram_sum (const EwGrid *x, const EwCudaTapsOver *over, int p, int q)
{
  int kw = over->kernel_width;
  double sum = 0;

  for (int i = 0; i < over->out_height; i++)
    for (int j = 0; j < over->out_width; j++)
      sum += value_at (x, i + p / kw, j + p % kw) * value_at (x, i + q / kw, j + q % kw);
  return sum;
}

/* The three kernels one after the other give the matrix, and twice twice of it. */
static void
check_fill (EwRandom *random, int kh, int kw, int height, int width)
{
  g_autoptr (EwGrid) x = random_grid (random, height, width, -1, 1);
  EwCudaTapsOver over = taps_over (kh, kw, x);
  EwCudaLags lags = { kh - 1, over.out_height, kw - 1, over.out_width, kh, 0, 0 };
  int n = kh * kw, across = 2 * kw - 1;
  g_autofree double *core = guarded ((gsize)(kh * across + 1));
  g_autofree double *edges = guarded ((gsize)(2 * (kh + kw - 2) * kh * across));
  g_autofree double *g = guarded ((gsize)(n * n));
  GuardedPlane gx;
  EwCudaPlane plane;
  void *arguments[] = { &plane, &over, &core, &edges, &g };

  guarded_plane_init (&gx, x, random_int (random, 0, 9), TRUE);
  plane = gx.plane;
  memset (g, 0, (gsize)(n * n) * sizeof (double));
  g_assert_true (launch_lags (kw, &gx, &gx, lags, 1, core));
  g_assert_true (launch_edges (3, &gx, over, edges));
  for (int times = 1; times <= 2; times++)
    {
      g_assert_true (
          cuda_shim_launch ("ew_cuda_gram_fill", (unsigned)random_int (random, 1, 3), EW_CUDA_THREADS, 0, arguments));
      for (int k = 0; k < n * n && !g_test_failed (); k++)
        g_assert_cmpfloat_with_epsilon (g[k], times * gram_sum (x, &over, k / n, k % n),
                                        4.0 * rounding_bound ((double)height * width, UNIT_64) * height * width);
    }
  check_guard (g, (gsize)(n * n));
  check_guard (core, (gsize)(kh * across + 1));
  guarded_plane_check (&gx);
  guarded_plane_clear (&gx);
}

void
test_gram_fill (void)
{
  EwRandom random = 43;

  for (int kw = 1; kw <= EW_CUDA_FUSED_MAX && !g_test_failed (); kw++)
    {
      int kh = random_int (&random, 1, 5);

      /* The smallest there is, with a core of one element, and one of several tiles. */
      check_fill (&random, kh, kw, 2 * kh - 1, 2 * kw - 1);
      check_fill (&random, kh, kw, 2 * kh + random_int (&random, 0, 20), 2 * kw + random_int (&random, 0, 30));
    }
  check_fill (&random, 3, 2, 150, 150);
}
