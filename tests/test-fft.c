/* Correlation by Fourier transforms against the float64 reference. */
#include "engine/fft-correlate.h"
#include "engine/fft-tiling.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <string.h>

/* Roundings of one step of a fast transform, a bound: a product with a rounded root of unity and an addition (Higham,
 * "Accuracy and Stability", theorem 24.2, has a little less for radix two). */
#define STEP_ROUNDINGS 8

static EwGrid *
correlate (const EwGrid *x, const EwKernel *kernel, int threads)
{
  g_autoptr (GError) error = NULL;
  EwPool *pool = ew_pool_new (threads, NULL);
  EwGrid *y = ew_grid_new (x->height - kernel->height + 1, x->width - kernel->width + 1, NULL);

  /* What lies between width and stride must not be touched. */
  for (int i = 0; i < y->height; i++)
    for (size_t j = 0; j < y->stride; j++)
      ew_grid_row (y, i)[j] = NAN;
  g_assert_true (ew_fft_correlate (pool, x, kernel, y, NULL, &error));
  g_assert_no_error (error);
  for (int i = 0; i < y->height; i++)
    for (size_t j = y->width; j < y->stride; j++)
      g_assert_true (isnan (ew_grid_row (y, i)[j]));
  ew_pool_free (pool);
  return y;
}

/* Each of the transforms (of z = tile A + i·tile B without their centres, of K, and back) is off by ε = log₂(N) ·
 * STEP_ROUNDINGS · 2⁻²⁴ in the 2-norm, relatively. An output is then off by at most ε(2‖K‖₂ + ‖K‖₁)‖z‖₂; every |z| is
 * at most √2 · range, range = max X − min X. The last line: taps, centre and result are
 * rounded; @exact: the taps are not, and add up to nothing. */
static double
error_bound (const EwGrid *x, const EwKernel *kernel, gboolean exact)
{
  double low = INFINITY;
  double high = -INFINITY;
  double one = 0;
  double two = 0;
  EwFftTiling t;
  double n, epsilon;

  for (int i = 0; i < x->height; i++)
    for (int j = 0; j < x->width; j++)
      if (isfinite (ew_grid_row (x, i)[j]))
        {
          low = fmin (low, (double)ew_grid_row (x, i)[j]);
          high = fmax (high, (double)ew_grid_row (x, i)[j]);
        }
  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    {
      one += fabs (kernel->taps[k]);
      two += kernel->taps[k] * kernel->taps[k];
    }
  ew_fft_tiling_choose (&t, x->height - kernel->height + 1, x->width - kernel->width + 1, kernel->height,
                        kernel->width);
  n = (double)t.height * t.width;
  epsilon = log2 (n) * STEP_ROUNDINGS * UNIT_32;
  return epsilon * (2 * sqrt (two) + one) * sqrt (fmin (n, (double)x->height * x->width) * 2) * (high - low)
         + 4 * UNIT_32 * (one * (exact ? high - low : fmax (fabs (low), fabs (high))) + fabs (kernel->bias));
}

/* Within the bound everywhere; NaN and infinities where the reference has them. */
static void
check_bound (const EwGrid *x, const EwKernel *kernel, double bound)
{
  g_autoptr (EwGrid) y = correlate (x, kernel, 2);
  g_autoptr (EwGrid) expected = reference_output (x, kernel);

  compare_within (y, expected, bound);
  if (g_test_failed ())
    g_test_message ("input %d×%d, kernel %d×%d", x->height, x->width, kernel->height, kernel->width);
}

static void
check (const EwGrid *x, const EwKernel *kernel)
{
  check_bound (x, kernel, error_bound (x, kernel, FALSE));
}

static void
test_shapes (void)
{
  EwRandom random = 21;

  for (int round = 0; round < draws (150) && !g_test_failed (); round++)
    {
      int kh = random_int (&random, 1, 63);
      int kw = random_int (&random, 1, 63);
      g_autoptr (EwGrid) x = random_grid (&random, random_int (&random, kh, 200), random_int (&random, kw, 200), -1, 1);
      g_autoptr (EwKernel) kernel = random_kernel (&random, kh, kw, -1, 1);

      poison_padding (x);
      check (x, kernel);
    }
}

/* Outputs of several strips and walks, of one row, of one column, of one value. */
static void
test_edges (void)
{
  static const int sizes[][4] = { { 63, 63, 63, 63 }, { 1, 1, 1, 1 },   { 1, 2100, 1, 31 }, { 1300, 3, 17, 3 },
                                  { 300, 1, 63, 1 },  { 1, 90, 1, 63 }, { 500, 700, 5, 7 }, { 640, 600, 31, 63 } };
  EwRandom random = 22;

  for (guint k = 0; k < G_N_ELEMENTS (sizes) && !g_test_failed (); k++)
    {
      g_autoptr (EwGrid) x = random_grid (&random, sizes[k][0], sizes[k][1], 0, 1);
      g_autoptr (EwKernel) kernel = random_kernel (&random, sizes[k][2], sizes[k][3], -1, 1);

      check (x, kernel);
    }
}

/* The range stays 1 and an edge filter's taps add up to nothing, so the bound does not grow with the offset: without
 * the centres taken away the error would. */
static void
test_offsets (void)
{
  static const double offsets[] = { 1e6, -1e6, 3e4 };
  EwRandom random = 23;

  for (guint k = 0; k < G_N_ELEMENTS (offsets) && !g_test_failed (); k++)
    {
      g_autoptr (EwGrid) x = random_grid (&random, 190, 170, offsets[k], offsets[k] + 1);
      g_autoptr (EwKernel) kernel = random_whole_kernel (&random, 9, 15, 2);

      for (int t = 1; t < 135; t++)
        kernel->taps[0] -= kernel->taps[t] + (t == 1 ? kernel->taps[0] : 0);
      check_bound (x, kernel, error_bound (x, kernel, TRUE));
    }
}

/* Both scales at their ends: nothing overflows or is flushed away that the direct loops would keep. */
static void
test_scales (void)
{
  static const double scales[][2] = { { 1e-20, 1 }, { 1e20, 1 },    { 1, 1e-12 },    { 1, 1e-25 },   { 1, 1e15 },
                                      { 1, 1e20 },  { 1e25, 1e10 }, { 1e-10, 1e37 }, { 1e30, 1e-28 } };
  EwRandom random = 24;

  for (guint k = 0; k < G_N_ELEMENTS (scales) && !g_test_failed (); k++)
    {
      g_autoptr (EwGrid) x = random_grid (&random, 100, 90, -scales[k][0], scales[k][0]);
      g_autoptr (EwKernel) kernel = random_kernel (&random, 11, 12, -scales[k][1], scales[k][1]);

      check (x, kernel);
    }
}

/* NaN and infinities, alone and in numbers, in corners and inside: check () asks for them where the reference has them,
 * and for plain numbers everywhere else. */
static void
test_containment (void)
{
  static const float values[] = { NAN, INFINITY, -INFINITY, 1e35f, -3e38f };
  EwRandom random = 25;

  for (int round = 0; round < draws (40) && !g_test_failed (); round++)
    {
      g_autoptr (EwGrid) x = random_grid (&random, 210, 300, 0, 1);
      g_autoptr (EwKernel) kernel
          = random_kernel (&random, random_int (&random, 1, 40), random_int (&random, 1, 40), 0.25, 1);
      int n = round % 2 == 0 ? 1 : 30;

      for (int k = 0; k < n; k++)
        ew_grid_row (x, random_int (&random, 0, 1) * random_int (&random, 0, 209))[random_int (&random, 0, 299)]
            = values[round % 3];
      check (x, kernel);
    }
  /* Finite, but too large for a transform: neighbours must not feel it. */
  for (guint k = 3; k < G_N_ELEMENTS (values); k++)
    {
      g_autoptr (EwGrid) x = random_grid (&random, 100, 100, 0, 1);
      g_autoptr (EwKernel) kernel = random_kernel (&random, 5, 6, 0.125, 0.25);
      g_autoptr (EwGrid) plain = correlate (x, kernel, 1);

      ew_grid_row (x, 50)[50] = values[k];

      g_autoptr (EwGrid) y = correlate (x, kernel, 1);

      for (int i = 0; i < y->height; i++)
        for (int j = 0; j < y->width; j++)
          if (i > 50 || i < 46 || j > 50 || j < 45)
            g_assert_cmpfloat_with_epsilon (ew_grid_row (y, i)[j], ew_grid_row (plain, i)[j], 1e-5);
          else
            g_assert_cmpfloat (fabsf (ew_grid_row (y, i)[j]), >, 1e33);
    }
}

static void
test_threads (void)
{
  EwRandom random = 26;
  g_autoptr (EwGrid) x = random_grid (&random, 700, 650, -1, 1);
  g_autoptr (EwKernel) kernel = random_kernel (&random, 23, 19, -1, 1);

  ew_grid_row (x, 300)[20] = NAN;

  g_autoptr (EwGrid) first = correlate (x, kernel, 1);

  for (int threads = 2; threads <= 8 && !g_test_failed (); threads++)
    {
      g_autoptr (EwGrid) y = correlate (x, kernel, threads);

      for (int i = 0; i < y->height; i++)
        g_assert_cmpmem (ew_grid_row (y, i), y->width * sizeof (float), ew_grid_row (first, i),
                         y->width * sizeof (float));
    }
}

static void
test_cancel (void)
{
  EwRandom random = 27;
  g_autoptr (GError) error = NULL;
  g_autoptr (EwGrid) x = random_grid (&random, 200, 200, -1, 1);
  g_autoptr (EwKernel) kernel = random_kernel (&random, 31, 31, -1, 1);
  g_autoptr (EwGrid) y = ew_grid_new (170, 170, NULL);
  EwPool *pool = ew_pool_new (2, NULL);
  EwCancel cancel = 1;

  g_assert_false (ew_fft_correlate (pool, x, kernel, y, &cancel, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_CANCELLED);
  ew_pool_free (pool);
}

/* Every choice covers its output, stays within the memory that is promised and costs what any must cost. */
static void
test_tilings (void)
{
  static const int sides[] = { 1, 2, 3, 50, 100, 333, 512, 1024, 4096, 32768, 1000000 };

  g_assert_cmpuint (EW_FFT_SCRATCH_MAX, <=, 16 << 20);
  for (guint h = 0; h < G_N_ELEMENTS (sides); h++)
    for (guint w = 0; w < G_N_ELEMENTS (sides); w++)
      for (int k = 1; k <= 63; k += 2)
        {
          EwFftTiling t = { 0 };
          double least = EW_FFT_TILING_LEAST * (double)sides[h] * sides[w];

          /* Where direct sums cost less than this, no tiling is sought. */
          g_assert_cmpfloat (ew_fft_tiling_choose (&t, sides[h], sides[w], 1, 1 + k / 8), >=, least);
          g_assert_cmpfloat (ew_fft_tiling_choose (&t, sides[h], sides[w], k, 64 - k), >=, least);
          g_assert_cmpint (t.height, <=, EW_FFT_HEIGHT_MAX);
          g_assert_cmpint (t.width, <=, EW_FFT_WIDTH_MAX);
          g_assert_cmpint (t.walk_rows, <=, EW_FFT_WALK_MAX);
          g_assert_cmpint (t.tile_rows, ==, t.height - k + 1);
          g_assert_cmpint (t.tile_columns, ==, t.width - 63 + k);
          g_assert_cmpint ((gint64)t.n_strips * t.tile_columns, >=, sides[w]);
          g_assert_cmpint ((gint64)2 * t.n_walks * t.walk_rows, >=, sides[h]);
          g_assert_cmpint ((gint64)(t.n_strips - 1) * t.tile_columns, <, sides[w]);
        }
}

static void
skip (void)
{
  g_test_skip ("there is no FFTW here");
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    GTestFunc func;
  } cases[] = {
    { "/fft/shapes", test_shapes },           { "/fft/edges", test_edges },
    { "/fft/offsets", test_offsets },         { "/fft/scales", test_scales },
    { "/fft/containment", test_containment }, { "/fft/threads", test_threads },
    { "/fft/cancel", test_cancel },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint k = 0; k < G_N_ELEMENTS (cases); k++)
    g_test_add_func (cases[k].name, ew_fftw (NULL) == NULL ? skip : cases[k].func);
  g_test_add_func ("/fft/tilings", test_tilings);
  return g_test_run ();
}
