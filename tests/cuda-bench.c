/* Not a test: what an NVIDIA device does, beside its floors, which are measured in the same run: cuda-bench [SIDE…].
 * Prints a table in Markdown; without a device it says so and ends with status 77. */
#include "engine/random.h"
#include "gpu/cuda-copy.h"
#include "gpu/cuda-costs.h"
#include "gpu/cuda-fft.h"
#include "gpu/cuda-problem.h"
#include "gpu/cuda.h"
#include "gpu/cufft.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS    7
#define NO_DEVICE 77

typedef struct
{
  EwCudaDevice *device;
  double bytes_per_s;
  double multiply_adds_per_s;
} Bench;

static void
die (GError *error)
{
  fprintf (stderr, "cuda-bench: %s\n", error->message);
  exit (1);
}

static void
must (gboolean ok, GError *error)
{
  if (!ok)
    die (error);
}

static int
compare (const void *a, const void *b)
{
  double left = *(const double *)a, right = *(const double *)b;

  return (left > right) - (left < right);
}

static double
median (double times[ROUNDS])
{
  qsort (times, ROUNDS, sizeof times[0], compare);
  return times[ROUNDS / 2];
}

/* Work that is launched on the device's stream. */
typedef gboolean (*Launch) (EwCudaDevice *device, gpointer data, GError **error);

/* Seconds on the device of one of @times launches: the median of some rounds. */
static double
time_launches (EwCudaDevice *device, Launch launch, gpointer data, int times)
{
  const EwCudaDriver *driver = device->driver;
  GError *error = NULL;
  EwCudaEvent from, to;
  double seconds[ROUNDS];

  must (ew_cuda_check (device, driver->event_create (&from, EW_CUDA_EVENT_TIMED), "Making an event", &error), error);
  must (ew_cuda_check (device, driver->event_create (&to, EW_CUDA_EVENT_TIMED), "Making an event", &error), error);
  for (int r = -1; r < ROUNDS; r++)
    {
      float ms = 0;

      must (ew_cuda_check (device, driver->event_record (from, device->stream), "Recording an event", &error), error);
      for (int i = 0; i < times; i++)
        must (launch (device, data, &error), error);
      must (ew_cuda_check (device, driver->event_record (to, device->stream), "Recording an event", &error), error);
      must (ew_cuda_wait (device, NULL, &error), error);
      must (ew_cuda_check (device, driver->event_elapsed (&ms, from, to), "Reading the time", &error), error);
      if (r >= 0)
        seconds[r] = (double)ms / 1000 / times;
    }
  driver->event_destroy (from);
  driver->event_destroy (to);
  return median (seconds);
}

/* --- floors */

typedef struct
{
  float *from;
  float *to;
  long long n;
} Peak;

static gboolean
launch_copy (EwCudaDevice *device, gpointer data, GError **error)
{
  Peak *peak = data;
  void *arguments[] = { &peak->from, &peak->to, &peak->n };

  return ew_cuda_launch (device, EW_CUDA_KERNEL_PEAK_COPY, 8 * device->multiprocessors, 0, arguments, error);
}

static gboolean
launch_multiply (EwCudaDevice *device, gpointer data, GError **error)
{
  Peak *peak = data;
  int rounds = 512;
  float factor = 0.5f, term = 1;
  void *arguments[] = { &peak->to, &rounds, &factor, &term };

  return ew_cuda_launch (device, EW_CUDA_KERNEL_PEAK_MULTIPLY, 8 * device->multiprocessors, 0, arguments, error);
}

static void
measure_floors (Bench *bench, int side)
{
  EwCudaDevice *device = bench->device;
  EwCudaMemory memory = { 0 };
  GError *error = NULL;
  Peak peak = { .n = (long long)side * side / 4 };
  double threads = 8.0 * device->multiprocessors * EW_CUDA_THREADS;

  ew_cuda_memory_add (&memory, &peak.from, (size_t)peak.n * 4, sizeof (float));
  ew_cuda_memory_add (&memory, &peak.to, MAX ((size_t)peak.n * 4, (size_t)threads), sizeof (float));
  must (ew_cuda_memory_allocate (&memory, device, &error), error);
  bench->bytes_per_s = 32.0 * (double)peak.n / time_launches (device, launch_copy, &peak, 10);
  bench->multiply_adds_per_s = threads * 512 * 128 / time_launches (device, launch_multiply, &peak, 4);
  ew_cuda_memory_clear (&memory, device);
  printf ("Copying: %.0f GB/s. Multiply-adds: %.2f T/s.\n\n", bench->bytes_per_s / 1e9,
          bench->multiply_adds_per_s / 1e12);
  puts ("| what | image | kernel | ms | floor ms | of | share |\n| --- | --- | --- | --- | --- | --- | --- |");
}

static void
print_row (const Bench *bench, const char *what, int side, int kernel, double seconds, double bytes,
           double multiply_adds)
{
  double memory = bytes / bench->bytes_per_s;
  double arithmetic = multiply_adds / bench->multiply_adds_per_s;
  double floor = MAX (memory, arithmetic);

  printf ("| %s | %d×%d | %d×%d | %.4f | %.4f | %s | %.0f %% |\n", what, side, side, kernel, kernel, 1000 * seconds,
          1000 * floor, memory > arithmetic ? "memory" : "arithmetic", 100 * floor / seconds);
  fflush (stdout);
}

/* --- correlation */

static gboolean
launch_correlation (EwCudaDevice *device, gpointer data, GError **error)
{
  EwCudaCorrelation *work = data;

  return ew_cuda_launch_correlation (device, work, work->x, work->y, error);
}

/* With the plans, which are made each time. */
static gboolean
transform (EwCudaDevice *device, gpointer data, GError **error)
{
  EwCudaCorrelation *work = data;
  g_autoptr (EwKernel) kernel = ew_kernel_new (work->way.shape.kernel_height, work->way.shape.kernel_width, error);

  return kernel != NULL && ew_cuda_fft_correlate (device, work->x, work->y, kernel, 0, NULL, error);
}

static void
measure_correlation (const Bench *bench, const EwGrid *x, int kernel)
{
  EwCudaDevice *device = bench->device;
  EwCudaCorrelation work = { 0 };
  GError *error = NULL;
  EwGeometry geometry;
  int side = x->height - kernel + 1;
  int n_taps = kernel * kernel;
  double outputs = (double)side * side;
  g_autofree double *params = g_new0 (double, n_taps + 1);

  for (int k = 0; k < n_taps; k++)
    params[k] = 1.0 / (k + 1);
  ew_geometry_init_valid (&geometry, kernel, kernel);
  ew_cuda_way_init (&work.way, &geometry, FALSE, side, side, 1, device->multiprocessors);
  for (int k = 0; k < n_taps && work.way.path == EW_CUDA_LITERAL; k++)
    work.taps.taps[k] = (float)params[k];
  ew_cuda_memory_add_plane (&work.memory, &work.x, x->height, x->width);
  ew_cuda_memory_add_plane (&work.memory, &work.y, side, side);
  ew_cuda_memory_add (&work.memory, &work.params, (size_t)n_taps + 1, sizeof (double));
  must (ew_cuda_memory_allocate (&work.memory, device, &error), error);
  must (ew_cuda_upload (device, work.params, params, ((size_t)n_taps + 1) * sizeof (double), &error), error);
  must (ew_cuda_upload_bordered (device, device->stream, &work.x, x, &geometry, 0, NULL, &error), error);
  print_row (bench, "corr2d", x->height, kernel,
             time_launches (device, launch_correlation, &work, kernel > 15 ? 2 : 10),
             4 * ((double)x->height * x->width + outputs), outputs * n_taps);
  if (kernel >= 11 && ew_cufft () != NULL)
    print_row (bench, "by cuFFT", x->height, kernel, time_launches (device, transform, &work, 2),
               4 * ((double)x->height * x->width + outputs), 0);
  ew_cuda_memory_clear (&work.memory, device);
}

/* The side from which square kernels are transformed on images of that size, as the device was measured. */
static void
print_choice (EwCudaDevice *device, int side)
{
  EwCudaCosts costs;
  int kernel = 11;
  gboolean pays = FALSE;

  if (!ew_cuda_costs_get (device, &costs, NULL))
    {
      puts ("\nWays of correlating: could not be measured; transforms from 25×25 on.");
      return;
    }
  for (; kernel <= EW_KERNEL_SIDE_MAX && !pays; kernel++)
    {
      EwGeometry geometry;
      EwCudaWay way;
      int out = side - kernel + 1;

      ew_geometry_init_valid (&geometry, kernel, kernel);
      ew_cuda_way_init (&way, &geometry, FALSE, out, out, 1, device->multiprocessors);
      ew_cuda_costs_choose_way (&costs, &way);
      pays = ew_cuda_costs_fft_pays (&costs, &way, out, out, ew_cuda_fft_tiles (kernel, kernel, out, out));
    }
  if (pays)
    printf ("\n%d×%d: square kernels are transformed from %d×%d on, by what was measured here.\n", side, side,
            kernel - 1, kernel - 1);
  else
    printf ("\n%d×%d: no square kernel is transformed, by what was measured here.\n", side, side);
}

/* --- epochs and sums */

/* Epochs by the clock on the wall, with all that a caller waits for. */
static double
time_epochs (EwLoaded *loaded, int epochs, double step)
{
  int n = loaded->problem->n_params;
  g_autofree double *params = g_new0 (double, n);
  g_autofree double *losses = g_new (double, epochs);
  GError *error = NULL;
  double seconds[ROUNDS];

  for (int r = -1; r < ROUNDS; r++)
    {
      EwDescent descent
          = { .epochs = epochs, .step = step, .diverged_above = INFINITY, .params = params, .losses = losses };
      gint64 began = g_get_monotonic_time ();

      memset (params, 0, n * sizeof (double));
      must (loaded->device->backend->descend (loaded, &descent, NULL, &error), error);
      if (r >= 0)
        seconds[r] = (double)(g_get_monotonic_time () - began) / 1e6;
    }
  return median (seconds) / epochs;
}

static double
time_gram (EwLoaded *loaded)
{
  GError *error = NULL;
  double seconds[ROUNDS];

  for (int r = -1; r < ROUNDS; r++)
    {
      gint64 began = g_get_monotonic_time ();
      EwGram *gram = loaded->device->backend->gram (loaded, NULL, &error);

      must (gram != NULL, error);
      ew_gram_unref (gram);
      if (r >= 0)
        seconds[r] = (double)(g_get_monotonic_time () - began) / 1e6;
    }
  return median (seconds);
}

static void
measure_epochs (const Bench *bench, EwGrid *x, int kernel)
{
  EwDevice *device = &bench->device->base;
  EwRandom random = 2;
  EwGrid *y = random_grid (&random, x->height - kernel + 1, x->width - kernel + 1, 0, 1);
  g_autoptr (EwProblem) problem = problem_of_pair (ew_grid_ref (x), y, kernel, kernel, FALSE);
  GError *error = NULL;
  EwLoaded *loaded = device->backend->load (device, problem, NULL, &error);
  double outputs = (double)problem->n_residuals;

  must (loaded != NULL, error);
  print_row (bench, "epoch", x->height, kernel, time_epochs (loaded, kernel > 15 ? 16 : 64, 1e-12),
             4 * ((double)x->height * x->width + outputs), 2 * outputs * kernel * kernel);
  if (kernel <= 7)
    print_row (bench, "Gram", x->height, kernel, time_gram (loaded), 4 * ((double)x->height * x->width + outputs), 0);
  device->backend->unload (loaded);
}

static void
measure_golden (const Bench *bench)
{
  EwDevice *device = &bench->device->base;
  g_autoptr (EwProblem) problem = golden_problem ();
  GError *error = NULL;
  EwLoaded *loaded = device->backend->load (device, problem, NULL, &error);

  must (loaded != NULL, error);
  printf ("\nGolden case, 100 epochs: %.4f ms.\n", 1000 * 100 * time_epochs (loaded, 100, 3e-2));
  device->backend->unload (loaded);
}

int
main (int argc, char *argv[])
{
  static const int kernels[] = { 3, 5, 7, 9, 11, 15, 31, 63 };
  static const char *const defaults[] = { "4096", "8192", NULL };
  const char *const *sides = argc > 1 ? (const char *const *)argv + 1 : defaults;
  EwDeviceInfo info;
  GError *error = NULL;
  EwDevice *device;
  EwRandom random = 1;

  ew_cuda_backend ()->describe (&info);
  if (info.reason != NULL)
    {
      printf ("No NVIDIA device here, so nothing was measured: %s\n", info.reason);
      return NO_DEVICE;
    }
  device = ew_cuda_backend ()->open (0, &error);
  must (device != NULL, error);

  Bench bench = { .device = (EwCudaDevice *)device };
  g_autofree char *text = ew_device_info_text (&info);

  printf ("%s.\n", text);
  measure_floors (&bench, (int)g_ascii_strtoll (sides[0], NULL, 10) * 2);
  for (int s = 0; sides[s] != NULL; s++)
    {
      int side = (int)g_ascii_strtoll (sides[s], NULL, 10);
      g_autoptr (EwGrid) x = random_grid (&random, side, side, 0, 1);

      for (guint k = 0; k < G_N_ELEMENTS (kernels); k++)
        measure_correlation (&bench, x, kernels[k]);
      for (guint k = 0; k < G_N_ELEMENTS (kernels); k++)
        measure_epochs (&bench, x, kernels[k]);
    }
  measure_golden (&bench);
  for (int s = 0; sides[s] != NULL; s++)
    print_choice (bench.device, (int)g_ascii_strtoll (sides[s], NULL, 10));
  device->backend->close (device);
  ew_device_info_clear (&info);
  return 0;
}
