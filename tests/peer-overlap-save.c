/* Not a test: correlation by Fourier transforms beside a plain overlap-save on FFTW, as a careful user would write it,
 * in one interleaved run: real transforms of square tiles of 64 … 512, the best size taken, plans measured and the
 * kernel's transform made before the clock starts. Prints the median ratio ours/peer of each case.
 *
 *   peer-overlap-save [THREADS [SIDE KERNEL]]    default 2 threads and all cases; with 1 the processor's time counts,
 *                                                which other programs disturb less. With one case the peer's median
 *                                                alone is printed, in seconds
 */
#include "engine/fft-correlate.h"
#include "engine/random.h"

#include <fftw3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS      9
#define THREADS_MAX 64

typedef struct
{
  int side;
  int kernel;
  const EwGrid *x;
  EwGrid *y;
  fftwf_plan forward;
  fftwf_plan inverse;
  fftwf_complex *spectrum;
  float *tiles[THREADS_MAX];
  fftwf_complex *spectra[THREADS_MAX];
  int threads;
} Peer;

static size_t
n_complex (const Peer *p)
{
  return (size_t)p->side * (p->side / 2 + 1);
}

static void
peer_init (Peer *p, int side, const EwGrid *x, const EwKernel *kernel, EwGrid *y, int threads)
{
  *p = (Peer){ .side = side, .kernel = kernel->height, .x = x, .y = y, .threads = threads };
  for (int t = 0; t < threads; t++)
    {
      p->tiles[t] = fftwf_malloc ((size_t)side * side * sizeof (float));
      p->spectra[t] = fftwf_malloc (n_complex (p) * sizeof (fftwf_complex));
    }
  p->spectrum = fftwf_malloc (n_complex (p) * sizeof (fftwf_complex));
  p->forward = fftwf_plan_dft_r2c_2d (side, side, p->tiles[0], p->spectra[0], FFTW_MEASURE);
  p->inverse = fftwf_plan_dft_c2r_2d (side, side, p->spectra[0], p->tiles[0], FFTW_MEASURE);
  memset (p->tiles[0], 0, (size_t)side * side * sizeof (float));
  for (int a = 0; a < p->kernel; a++)
    for (int c = 0; c < p->kernel; c++)
      p->tiles[0][a * side + c] = (float)kernel->taps[a * p->kernel + c] / (float)(side * side);
  fftwf_execute_dft_r2c (p->forward, p->tiles[0], p->spectrum);
}

static void
peer_clear (Peer *p)
{
  for (int t = 0; t < p->threads; t++)
    {
      fftwf_free (p->tiles[t]);
      fftwf_free (p->spectra[t]);
    }
  fftwf_free (p->spectrum);
  fftwf_destroy_plan (p->forward);
  fftwf_destroy_plan (p->inverse);
}

static void
peer_tile (Peer *p, int thread, int i, int j)
{
  float *tile = p->tiles[thread];
  fftwf_complex *z = p->spectra[thread];
  int step = p->side - p->kernel + 1;
  int width = MIN (p->side, p->x->width - j);
  size_t n = n_complex (p);

  for (int r = 0; r < p->side; r++)
    {
      float *row = tile + r * p->side;

      memset (row, 0, p->side * sizeof (float));
      if (i + r < p->x->height)
        memcpy (row, ew_grid_row (p->x, i + r) + j, width * sizeof (float));
    }
  fftwf_execute_dft_r2c (p->forward, tile, z);
  for (size_t k = 0; k < n; k++)
    {
      float re = z[k][0] * p->spectrum[k][0] + z[k][1] * p->spectrum[k][1];
      float im = z[k][1] * p->spectrum[k][0] - z[k][0] * p->spectrum[k][1];

      z[k][0] = re;
      z[k][1] = im;
    }
  fftwf_execute_dft_c2r (p->inverse, z, tile);
  for (int r = 0; r < MIN (step, p->y->height - i); r++)
    memcpy (ew_grid_row (p->y, i + r) + j, tile + r * p->side, MIN (step, p->y->width - j) * sizeof (float));
}

/* Thread t takes every n-th row of tiles. */
static void
peer_thread (int thread, gpointer data)
{
  Peer *p = data;
  int step = p->side - p->kernel + 1;

  for (int i = thread * step; i < p->y->height; i += p->threads * step)
    for (int j = 0; j < p->y->width; j += step)
      peer_tile (p, thread, i, j);
}

static double
now_ms (int threads)
{
  struct timespec t;

  clock_gettime (threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static double
peer_run (Peer *p, EwPool *pool)
{
  double start = now_ms (p->threads);

  ew_pool_run (pool, p->threads, peer_thread, p, NULL);
  return now_ms (p->threads) - start;
}

static double
our_run (EwPool *pool, const EwGrid *x, const EwKernel *kernel, EwGrid *y)
{
  double start = now_ms (ew_pool_threads (pool));

  if (!ew_fft_correlate (pool, x, kernel, y, NULL, NULL))
    exit (EXIT_FAILURE);
  return now_ms (ew_pool_threads (pool)) - start;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *)a;
  double y = *(const double *)b;

  return (x > y) - (x < y);
}

static double
median (double *values)
{
  qsort (values, ROUNDS, sizeof *values, compare);
  return values[ROUNDS / 2];
}

static float
largest_difference (const EwGrid *a, const EwGrid *b)
{
  float largest = 0;

  for (int i = 0; i < a->height; i++)
    for (int j = 0; j < a->width; j++)
      largest = MAX (largest, ABS (ew_grid_row (a, i)[j] - ew_grid_row (b, i)[j]));
  return largest;
}

static void
run_case (EwPool *pool, int side, int kernel_side, gboolean alone)
{
  EwRandom random = 5;
  g_autoptr (EwGrid) x = ew_grid_new (side, side, NULL);
  g_autoptr (EwGrid) ours = ew_grid_new (side - kernel_side + 1, side - kernel_side + 1, NULL);
  g_autoptr (EwGrid) theirs = ew_grid_new (side - kernel_side + 1, side - kernel_side + 1, NULL);
  g_autoptr (EwKernel) kernel = ew_kernel_new_initial (kernel_side, kernel_side, EW_INIT_PYTORCH, 1, NULL);
  double our_times[ROUNDS];
  double times[ROUNDS];
  double ratios[ROUNDS];
  double best = G_MAXDOUBLE;
  int best_tile = 0;
  Peer peer;

  for (int i = 0; i < side; i++)
    for (int j = 0; j < side; j++)
      ew_grid_row (x, i)[j] = (float)ew_random_uniform (&random);
  for (int tile = 64; tile <= 512; tile *= 2)
    {
      peer_init (&peer, tile, x, kernel, theirs, ew_pool_threads (pool));
      for (int round = 0; tile >= kernel_side + 1 && round < 4; round++)
        {
          double time = peer_run (&peer, pool);

          best_tile = time < best ? tile : best_tile;
          best = MIN (best, time);
        }
      peer_clear (&peer);
    }
  peer_init (&peer, best_tile, x, kernel, theirs, ew_pool_threads (pool));
  our_run (pool, x, kernel, ours);
  for (int round = 0; round < ROUNDS; round++)
    {
      times[round] = peer_run (&peer, pool);
      our_times[round] = our_run (pool, x, kernel, ours);
      ratios[round] = our_times[round] / times[round];
    }
  peer_clear (&peer);
  if (alone)
    {
      printf ("%.6g\n", median (times) / 1e3);
      return;
    }
  printf ("%4d² %2d×%-2d  ours %7.2f ms  peer %7.2f ms (tile %3d)  ratio %.2f  difference %.1e\n", side, kernel_side,
          kernel_side, median (our_times), median (times), best_tile, median (ratios),
          (double)largest_difference (ours, theirs));
}

int
main (int argc, char *argv[])
{
  static const int sides[] = { 512, 1024, 4096 };
  static const int kernels[] = { 15, 31, 63 };
  EwPool *pool = ew_pool_new (argc > 1 ? CLAMP (atoi (argv[1]), 1, THREADS_MAX) : 2, NULL);

  if (pool == NULL)
    return EXIT_FAILURE;
  if (argc == 4)
    run_case (pool, CLAMP (atoi (argv[2]), 64, 32768), CLAMP (atoi (argv[3]), 2, 63), TRUE);
  for (guint s = 0; argc < 4 && s < G_N_ELEMENTS (sides); s++)
    for (guint k = 0; k < G_N_ELEMENTS (kernels); k++)
      {
        run_case (pool, sides[s], kernels[k], FALSE);
        fflush (stdout);
      }
  ew_pool_free (pool);
  return EXIT_SUCCESS;
}
