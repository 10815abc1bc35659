/* The CUDA backend: with a driver made up for the tests, whose kernels run on the CPU, and with a real device where
 * there is one. */
#include "engine/device-check.h"
#include "engine/reference.h"
#include "engine/trainer.h"
#include "gpu/cuda-device.h"
#include "gpu/cuda-image.h"
#include "gpu/cuda-problem.h"
#include "gpu/cuda.h"
#include "tests/cuda-checks.h"
#include "tests/cuda-fixtures.h"
#include "tests/cuda-shim.h"
#include "tests/engine-fixtures.h"
#include "tests/fake-cufft.h"
#include "tests/fake-driver.h"
#include "tests/plain-kernels.h"

#include <dlfcn.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

/* --- describing and opening */

/* Both must say why there is no device. */
static void
assert_reason (const char *reason)
{
  g_autoptr (GError) error = NULL;
  EwDeviceInfo info;

  ew_cuda_backend ()->describe (&info);
  g_assert_cmpstr (info.id, ==, "cuda");
  g_assert_nonnull (info.name);
  g_assert_cmpstr (info.reason, ==, reason);
  ew_device_info_clear (&info);
  g_assert_null (ew_cuda_backend ()->open (0, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_DEVICE);
  g_assert_cmpstr (error->message, ==, reason);
}

static void
test_reasons (void)
{
  fake_driver_install ();
  g_setenv ("EDGEWISE_CUDA", "off", TRUE);
  assert_reason ("EDGEWISE_CUDA=off keeps NVIDIA devices out of use.");
  g_setenv ("EDGEWISE_CUDA", "on", TRUE);
  g_unsetenv ("EDGEWISE_CUDA");
  ew_cuda_image_set_for_tests (TRUE, NULL);
  assert_reason ("This build has no CUDA kernels; nvcc was missing when it was built.");
  fake_driver_install ();
  fake_driver.n_devices = 0;
  assert_reason ("The NVIDIA driver finds no device: CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected.");
  fake_driver_install ();
  fake_driver.fault = (FakeDriverFault){ .function = "init", .nth = 1, .status = 803, .lost = TRUE };
  assert_reason ("The NVIDIA driver finds no device: error 803.");
  fake_driver_assert_clean ();
  fake_driver_remove ();
}

static void
test_libraries (void)
{
  g_autoptr (GError) missing = NULL;
  g_autoptr (GError) old = NULL;
  EwCudaDriver driver;

  g_assert_false (ew_cuda_driver_open ("libedgewise-no-such-driver.so.1", &driver, &missing));
  g_assert_error (missing, EW_ERROR, EW_ERROR_DEVICE);
  g_assert_cmpstr (missing->message, ==, "There is no NVIDIA driver on this machine.");
  g_assert_false (ew_cuda_driver_open ("libm.so.6", &driver, &old));
  g_assert_error (old, EW_ERROR, EW_ERROR_DEVICE);
  g_assert_nonnull (strstr (old->message, "too old: it has no cuInit"));
}

/* On a machine without the driver the real table is refused, each time alike. */
static void
test_no_driver (void)
{
  static const char image[] = "kernels";
  void *library = dlopen ("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);

  if (library != NULL)
    {
      g_test_skip ("this machine has an NVIDIA driver");
      return;
    }
  ew_cuda_image_set_for_tests (TRUE, image);
  assert_reason ("There is no NVIDIA driver on this machine.");
  assert_reason ("There is no NVIDIA driver on this machine.");
  ew_cuda_image_set_for_tests (FALSE, NULL);
}

static void
test_described (void)
{
  EwDeviceInfo info;

  fake_driver_install ();
  ew_cuda_backend ()->describe (&info);
  g_assert_cmpstr (info.name, ==, "NVIDIA Fake 1");
  g_assert_null (info.reason);
  g_assert_true (info.memory == fake_driver.memory);
  g_assert_cmpstr (info.capability, ==, "8.6");
  g_assert_cmpstr (info.driver, ==, "12.4");

  g_autofree char *text = ew_device_info_text (&info);

  g_assert_cmpstr (text, ==, "NVIDIA Fake 1, 1 GB, compute capability 8.6, driver for CUDA 12.4");
  ew_device_info_clear (&info);
  /* What a driver does not tell is left out. */
  fake_driver.fault = (FakeDriverFault){ .function = "device_attribute", .nth = 1, .status = FAKE_INVALID_VALUE };
  ew_cuda_backend ()->describe (&info);
  g_assert_null (info.reason);
  g_assert_null (info.capability);
  g_assert_cmpstr (info.driver, ==, "12.4");
  ew_device_info_clear (&info);
  g_assert_false (fake_driver_in_use ());
  fake_driver_remove ();
}

/* --- the check against the CPU */

static gboolean
wrong_kernels (const char *kernel, unsigned grid, unsigned threads, unsigned shared_bytes, void **arguments)
{
  gboolean ran = plain_kernels_launch (kernel, grid, threads, shared_bytes, arguments);

  /* One output is a little off. */
  if (ran && g_str_has_prefix (kernel, "ew_cuda_correlate_"))
    (*(EwCudaPlane *)arguments[1]).data[3] += 0.01f;
  return ran;
}

static void
test_check (void)
{
  EwDeviceCheck check;
  g_autoptr (GError) error = NULL;

  fake_driver_install ();
  g_assert_true (ew_device_check (ew_cuda_backend (), 70, &check, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (check.agrees);
  g_assert_cmpfloat (check.output_difference, <=, check.output_allowed);
  g_assert_cmpfloat (check.gradient_difference, <=, check.gradient_allowed);
  g_assert_cmpfloat (check.device_ms, >=, 0);

  g_autofree char *text = ew_device_check_text (&check);

  g_assert_true (g_str_has_prefix (text, "The device agrees with the CPU: "));
  fake_driver.kernels = wrong_kernels;
  g_assert_true (ew_device_check (ew_cuda_backend (), 70, &check, NULL, &error));
  g_assert_false (check.agrees);
  g_assert_cmpfloat_with_epsilon (check.output_difference, 0.01, 1e-4);
  fake_driver_assert_clean ();
  fake_driver.kernels = plain_kernels_launch;
  fake_driver.fault = (FakeDriverFault){ .function = "launch", .nth = 2, .status = FAKE_LAUNCH_FAILED };
  g_assert_false (ew_device_check (ew_cuda_backend (), 70, &check, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_DEVICE);
  fake_driver_assert_clean ();
  fake_driver_remove ();
}

static EwDevice *
open_fake (void)
{
  g_autoptr (GError) error = NULL;

  fake_driver_install ();

  EwDevice *device = ew_cuda_backend ()->open (0, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (device->name, ==, "NVIDIA Fake 1");
  g_assert_true (device->backend == ew_cuda_backend ());
  return device;
}

static void
close_fake (EwDevice *device)
{
  device->backend->close (device);
  fake_driver_assert_clean ();
  fake_driver_remove ();
}

/* The ways in which a call can fail: by itself, for as long as the context lives, for ever, or later. */
static const FakeDriverFault faults[] = {
  { .status = EW_CUDA_OUT_OF_MEMORY },
  { .status = FAKE_ILLEGAL_ADDRESS, .sticky = TRUE },
  { .status = FAKE_LAUNCH_FAILED, .lost = TRUE },
  { .status = FAKE_ILLEGAL_ADDRESS, .late = TRUE, .sticky = TRUE },
};

static void
set_fault (int i, int nth)
{
  fake_driver.fault = faults[i];
  fake_driver.fault.nth = nth;
  fake_driver.fired = FALSE;
}

/* Opening fails at each of its calls in turn. */
static void
test_open_faults (void)
{
  /* All but the one that shows later: opening waits for nothing. */
  for (int i = 0; i < 3; i++)
    for (int nth = 1, more = TRUE; more; nth++)
      {
        g_autoptr (GError) error = NULL;

        fake_driver_install ();
        set_fault (i, nth);

        EwDevice *device = ew_cuda_backend ()->open (0, &error);

        more = fake_driver.fired;
        g_assert_true ((device == NULL) == more);
        if (device == NULL)
          {
            g_assert_error (error, EW_ERROR, EW_ERROR_DEVICE);
            g_assert_true (g_str_has_suffix (error->message, "."));
          }
        else
          device->backend->close (device);
        g_assert_cmpint (nth, <, 60);
        fake_driver_assert_clean ();
      }
  fake_driver_remove ();
}

static void
test_old_driver (void)
{
  g_autoptr (GError) error = NULL;

  fake_driver_install ();
  fake_driver.fault = (FakeDriverFault){ .function = "module_load", .nth = 1, .status = EW_CUDA_NO_BINARY };
  g_assert_null (ew_cuda_backend ()->open (0, &error));
  g_assert_cmpstr (error->message, ==,
                   "The device NVIDIA Fake 1 or its driver, which is for CUDA 12.4, is too old for the kernels of this "
                   "build (CUDA_ERROR_NO_BINARY_FOR_GPU: what went wrong).");
  fake_driver_assert_clean ();
  fake_driver_remove ();
}

/* --- what it computes */

/* Budgets: the device's own, one that cuts problems of this size into some pieces, one that cuts them as far as
 * possible. */
static const double budgets[] = { 0, 5e4, 1 };

typedef struct
{
  CudaCheck check;
  FakeKernels kernels;
} Computes;

static void
test_computes (gconstpointer data)
{
  const Computes *computes = data;
  EwDevice *device = open_fake ();
  EwRandom random = 20;

  /* Fibers are slow, most of all under sanitizers; the shim has larger problems in its own test. */
  int large = computes->kernels == cuda_shim_launch ? 40 : 80;

  fake_driver.kernels = computes->kernels;
  for (guint b = 0; b < G_N_ELEMENTS (budgets); b++)
    for (int i = 0; i < 8 && !g_test_failed (); i++)
      computes->check (device, &random, i < 5 ? 20 : large, budgets[b]);
  close_fake (device);
}

static void
test_large (void)
{
  EwDevice *device = open_fake ();
  EwRandom random = 27;

  check_large (device, &random);
  close_fake (device);
}

static void
test_divergence (gconstpointer data)
{
  EwDevice *device = open_fake ();
  EwRandom random = 21;

  fake_driver.kernels = ((const Computes *)data)->kernels;
  check_divergence (device, &random);
  close_fake (device);
}

/* Multiply-adds of one row of outputs, whole tiles. */
static double
row_work (const EwProblem *problem, const EwCudaPlan *plan, int sample)
{
  return 2.0 * ew_cuda_tiles (plan->way.tile, 1, problem->samples[sample].y->width) * plan->way.tile.width
         * problem->geometry.kernel_height * problem->geometry.kernel_width;
}

/* Bands cover every row of every sample once, start at tiles, and count them; pieces are full and not too large. */
static void
check_plan (const EwProblem *problem, double budget)
{
  const EwGrid *y = problem->samples[0].y;
  EwCudaWay way;
  EwCudaPlan plan;
  int sample = 0, row = 0, band = 0;

  ew_cuda_way_init (&way, &problem->geometry, TRUE, y->height, y->width, problem->n_samples, 16);
  ew_cuda_plan_init (&plan, problem, &way, 2.0 * problem->geometry.kernel_height * problem->geometry.kernel_width,
                     budget, 0, 16);
  g_assert_cmpint (plan.chunk, >=, 1);
  g_assert_cmpint (plan.chunk, <=, 1024);
  for (guint p = 0; p < plan.pieces->len; p++)
    {
      const EwCudaPiece *piece = &g_array_index (plan.pieces, EwCudaPiece, p);
      long long tiles = 0;
      double work = 0;
      int rows = 0;

      g_assert_cmpint (piece->first_band, ==, band);
      for (int b = 0; b < piece->n_bands; b++, band++)
        {
          const EwCudaBand *part = &g_array_index (plan.bands, EwCudaBand, band);

          g_assert_cmpint (part->sample, ==, sample);
          g_assert_cmpint (part->first, ==, row);
          g_assert_cmpint (part->first_tile, ==, tiles);
          row += part->rows;
          rows = part->rows;
          work += part->rows * row_work (problem, &plan, sample);
          tiles += ew_cuda_tiles (way.tile, part->rows, problem->samples[sample].y->width);
          if (row == problem->samples[sample].y->height)
            {
              sample++;
              row = 0;
            }
          else
            g_assert_cmpint (row % way.tile.height, ==, 0);
        }
      g_assert_cmpint (piece->n_tiles, ==, tiles);
      g_assert_cmpint (piece->grid, ==, MIN (tiles, 64));
      g_assert_cmpint (piece->grid, <=, plan.grid_max);
      /* A single row of tiles is never cut. */
      g_assert_true (work <= budget * (1 + 1e-9) || (piece->n_bands == 1 && rows <= way.tile.height));
      if (sample < problem->n_samples)
        g_assert_cmpfloat (work + way.tile.height * row_work (problem, &plan, sample), >, budget * (1 - 1e-9));
    }
  g_assert_cmpint (sample, ==, problem->n_samples);
  g_assert_cmpuint (band, ==, plan.bands->len);
  ew_cuda_plan_clear (&plan);
}

static void
test_plan (void)
{
  EwRandom random = 22;
  g_autoptr (EwProblem) large = problem_of_size (&random, 2, 1500, 1600, 1, 1, FALSE);

  check_plan (large, 1e12);
  check_plan (large, 1e6);
  for (int i = 0; i < 50; i++)
    {
      g_autoptr (EwProblem) problem = random_problem (&random, 200);

      check_plan (problem, exp (30 * ew_random_uniform (&random)));
    }
}

/* Kernels by their geometry; fewer rows a thread where there would be too few blocks. */
static void
test_ways (void)
{
  EwGeometry geometry;
  EwCudaWay way;

  ew_geometry_init_valid (&geometry, 5, 5);
  ew_cuda_way_init (&way, &geometry, TRUE, 8188, 8188, 1, 132);
  g_assert_cmpint (way.path, ==, EW_CUDA_LITERAL);
  g_assert_cmpint (way.side, ==, 5);
  g_assert_cmpint (way.rows, ==, 16);
  ew_cuda_way_init (&way, &geometry, TRUE, 508, 508, 1, 132);
  g_assert_cmpint (way.rows, ==, 2);
  ew_geometry_init_valid (&geometry, 15, 15);
  ew_cuda_way_init (&way, &geometry, FALSE, 1000, 1000, 1, 16);
  g_assert_cmpint (way.path, ==, EW_CUDA_LITERAL);
  ew_cuda_way_init (&way, &geometry, TRUE, 1000, 1000, 1, 16);
  g_assert_cmpint (way.path, ==, EW_CUDA_WIDE);
  geometry.kernel_width = 3;
  ew_cuda_way_init (&way, &geometry, FALSE, 1000, 1000, 1, 16);
  g_assert_cmpint (way.path, ==, EW_CUDA_WIDE);
  geometry.stride = 2;
  ew_cuda_way_init (&way, &geometry, FALSE, 1000, 1000, 1, 16);
  g_assert_cmpint (way.path, ==, EW_CUDA_GENERAL);
}

/* Epochs from one wait to the next: within one block, as graphs, and launch by launch. */
static void
check_round_trips (EwDevice *device, EwProblem *problem, double step, int epochs, int launches, int runs)
{
  g_autoptr (GError) error = NULL;
  EwLoaded *loaded = device->backend->load (device, problem, NULL, &error);
  g_autofree double *params = g_new0 (double, problem->n_params);
  g_autofree double *losses = g_new (double, epochs);
  EwDescent descent
      = { .epochs = epochs, .step = step, .diverged_above = INFINITY, .params = params, .losses = losses };
  int waits = fake_driver.waits;

  g_assert_no_error (error);
  fake_driver.launches = fake_driver.runs = 0;
  g_assert_true (device->backend->descend (loaded, &descent, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (descent.done, ==, epochs);
  g_assert_cmpint (fake_driver.launches, ==, launches);
  g_assert_cmpint (fake_driver.runs, ==, runs);
  g_assert_cmpint (fake_driver.waits - waits, <=, 2);
  device->backend->unload (loaded);
}

static void
test_round_trips (void)
{
  EwDevice *device = open_fake ();
  EwRandom random = 28;
  g_autoptr (EwProblem) golden = golden_problem ();
  g_autoptr (EwProblem) medium = problem_of_size (&random, 1, 90, 90, 3, 3, TRUE);

  check_round_trips (device, golden, 3e-2, 1000, 1, 0);
  check_round_trips (device, medium, 1e-7, 39, 3 * 39, 2);
  fake_driver_without_graphs ();
  check_round_trips (device, medium, 1e-7, 39, 3 * 39, 0);
  close_fake (device);
}

/* A graph is a matter of speed: where none can be made, epochs are launched one by one. */
static void
test_graph_refused (void)
{
  static const char *const functions[] = { "capture_begin", "capture_end", "graph_instantiate", "launch" };
  EwRandom random = 28;
  g_autoptr (EwProblem) medium = problem_of_size (&random, 1, 90, 90, 3, 3, TRUE);

  for (guint f = 0; f < G_N_ELEMENTS (functions); f++)
    {
      EwDevice *device = open_fake ();

      fake_driver.fault = (FakeDriverFault){ .function = functions[f], .nth = 1, .status = FAKE_INVALID_VALUE };
      check_round_trips (device, medium, 1e-7, 39, 3 * 39, 0);
      g_assert_true (fake_driver.fired);
      close_fake (device);
    }
}

/* --- threads, cancelling, refusing */

static void *
evaluate_elsewhere (void *data)
{
  EwLoaded *loaded = data;
  g_autoptr (GError) error = NULL;
  double loss, gradient[2];

  g_assert_true (loaded->device->backend->evaluate (loaded, golden_start, &loss, gradient, NULL, &error));
  g_assert_no_error (error);
  return NULL;
}

static void *
unload_elsewhere (void *data)
{
  EwLoaded *loaded = data;

  loaded->device->backend->unload (loaded);
  return NULL;
}

static void *
close_elsewhere (void *data)
{
  EwDevice *device = data;

  device->backend->close (device);
  return NULL;
}

static void
run_elsewhere (void *(*func) (void *data), void *data)
{
  pthread_t thread;

  g_assert_cmpint (pthread_create (&thread, NULL, func, data), ==, 0);
  pthread_join (thread, NULL);
}

/* Opened, used, unloaded and closed on four threads, one after the other. */
static void
test_threads (void)
{
  EwDevice *device = open_fake ();
  g_autoptr (EwProblem) problem = golden_problem ();
  EwLoaded *loaded = device->backend->load (device, problem, NULL, NULL);

  g_assert_nonnull (loaded);
  run_elsewhere (evaluate_elsewhere, loaded);
  run_elsewhere (unload_elsewhere, loaded);
  run_elsewhere (close_elsewhere, device);
  g_assert_false (fake_driver_in_use ());
  fake_driver_remove ();
}

/* One piece of work; what it wrote is in @params, @done. */
typedef struct
{
  EwProblem *problem;
  EwProblem *large;
  EwProblem *huge;
  EwGeometry geometry;
  EwGrid *x;
  EwGrid *y;
  EwKernel *kernel;
} Job;

static gboolean
do_correlate (EwDevice *device, Job *job, EwCancel *cancel, GError **error)
{
  return device->backend->correlate (device, job->x, job->kernel, &job->geometry, EW_METHOD_AUTO, job->y, cancel,
                                     error);
}

static gboolean
do_evaluate (EwDevice *device, Job *job, EwCancel *cancel, GError **error)
{
  double params[10] = { 0 }, gradient[10], loss;
  EwLoaded *loaded = device->backend->load (device, job->problem, cancel, error);

  if (loaded == NULL)
    return FALSE;

  gboolean ok = device->backend->evaluate (loaded, params, &loss, gradient, cancel, error);

  device->backend->unload (loaded);
  return ok;
}

static gboolean
do_descend (EwDevice *device, Job *job, EwCancel *cancel, GError **error)
{
  double params[10] = { 0 }, losses[7];
  static const double zeros[10];
  EwDescent descent
      = { .epochs = 7, .step = 1e-4, .diverged_above = 1e12, .params = params, .losses = losses, .done = -1 };
  EwLoaded *loaded = device->backend->load (device, job->problem, cancel, error);

  if (loaded == NULL)
    return FALSE;

  gboolean ok = device->backend->descend (loaded, &descent, cancel, error);

  g_assert_cmpint (descent.done, ==, ok ? 7 : -1);
  g_assert_true ((memcmp (params, zeros, sizeof params) != 0) == ok);
  device->backend->unload (loaded);
  return ok;
}

/* As a graph: a problem that no block holds, and as many epochs as a graph has. */
static gboolean
do_run (EwDevice *device, Job *job, EwCancel *cancel, GError **error)
{
  double params[10] = { 0 }, losses[18];
  EwDescent descent
      = { .epochs = 18, .step = 1e-7, .diverged_above = 1e12, .params = params, .losses = losses, .done = -1 };
  EwLoaded *loaded = device->backend->load (device, job->large, cancel, error);

  if (loaded == NULL)
    return FALSE;

  gboolean ok = device->backend->descend (loaded, &descent, cancel, error);

  g_assert_cmpint (descent.done, ==, ok ? 18 : -1);
  device->backend->unload (loaded);
  return ok;
}

static gboolean
do_gram (EwDevice *device, Job *job, EwCancel *cancel, GError **error)
{
  EwLoaded *loaded = device->backend->load (device, job->problem, cancel, error);

  if (loaded == NULL)
    return FALSE;

  g_autoptr (EwGram) gram = device->backend->gram (loaded, cancel, error);

  device->backend->unload (loaded);
  return gram != NULL;
}

static gboolean
do_exactly (EwDevice *device, Job *job, EwCancel *cancel, GError **error)
{
  double params[10] = { 0 }, gradient[10], loss;
  EwLoaded *loaded = device->backend->load (device, job->problem, cancel, error);

  if (loaded == NULL)
    return FALSE;

  gboolean ok = device->backend->evaluate_exactly (loaded, params, &loss, gradient, cancel, error);

  device->backend->unload (loaded);
  return ok;
}

/* A problem that does not fit, of rows that go through the staging buffers. */
static gboolean
do_stream (EwDevice *device, Job *job, EwCancel *cancel, GError **error)
{
  double params[1] = { 0 }, gradient[1], loss;
  EwLoaded *loaded;
  gboolean ok;

  fake_driver.memory = 8000000;
  loaded = device->backend->load (device, job->huge, cancel, error);
  if (loaded == NULL)
    return FALSE;
  ok = device->backend->evaluate (loaded, params, &loss, gradient, cancel, error);
  device->backend->unload (loaded);
  return ok;
}

/* By transforms. */
static gboolean
do_fft (EwDevice *device, Job *job, EwCancel *cancel, GError **error)
{
  return device->backend->correlate (device, job->x, job->kernel, &job->geometry, EW_METHOD_FFT, job->y, cancel, error);
}

typedef gboolean (*Doing) (EwDevice *device, Job *job, EwCancel *cancel, GError **error);

static const Doing works[] = { do_correlate, do_evaluate, do_descend, do_run, do_gram, do_exactly, do_stream, do_fft };

static void
init_job (Job *job)
{
  EwRandom random = 23;

  job->problem = problem_of_size (&random, 2, 40, 40, 3, 3, TRUE);
  job->large = problem_of_size (&random, 1, 60, 60, 3, 3, TRUE);
  job->huge = problem_of_size (&random, 1, 1000, 1024, 1, 1, FALSE);
  job->x = random_grid (&random, 50, 40, 0, 1);
  job->y = ew_grid_new (50, 40, NULL);
  ew_geometry_init_valid (&job->geometry, 3, 3);
  job->geometry.top = job->geometry.right = job->geometry.bottom = job->geometry.left = 1;
  job->geometry.border = EW_BORDER_WRAP;
  job->kernel = random_kernel (&random, 3, 3, -1, 1);
}

static void
clear_job (Job *job)
{
  ew_problem_unref (job->problem);
  ew_problem_unref (job->large);
  ew_problem_unref (job->huge);
  ew_grid_unref (job->x);
  ew_grid_unref (job->y);
  ew_kernel_unref (job->kernel);
}

/* Cancelled before it begins, and at each wait in turn: no more is launched, and nothing is left. */
static void
test_cancel (void)
{
  Job job;

  init_job (&job);
  for (guint w = 0; w < G_N_ELEMENTS (works); w++)
    for (int at = 0, more = TRUE; more; at++)
      {
        EwDevice *device = open_fake ();
        EwCancel cancel = at == 0;
        g_autoptr (GError) error = NULL;

        /* Cut as far as possible, so that there are many waits. */
        ((EwCudaDevice *)device)->budget = 1;
        fake_driver.cancel = &cancel;
        fake_driver.cancel_at = at;
        more = !works[w](device, &job, &cancel, &error);
        g_assert_true (more == (atomic_load (&cancel) != 0));
        if (more)
          {
            g_assert_error (error, EW_ERROR, EW_ERROR_CANCELLED);
            g_assert_cmpint (fake_driver.waits, <=, at + 4); /* those for both streams after it, on two levels */
          }
        else
          g_assert_cmpint (fake_driver.waits, >=, 3);
        g_assert_cmpint (at, <, 200);
        close_fake (device);
      }
  clear_job (&job);
}

/* --- transforms */

/* The error of three transforms of float32 numbers is a few units for each of their 16 levels, of the tile's norm times
 * the kernel's; values of x lie within ½ of their mean. */
static void
check_fft_output (const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry, const EwGrid *y)
{
  g_autofree double *wanted = g_new (double, (size_t)y->height *(size_t)y->width);
  double norm = 0, magnitude = fabs (kernel->bias);

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    {
      norm += kernel->taps[k] * kernel->taps[k];
      magnitude += 10 * fabs (kernel->taps[k]);
    }
  g_assert_true (ew_reference_correlate (x, kernel, geometry, wanted, NULL));
  for (int i = 0; i < y->height && !g_test_failed (); i++)
    for (int j = 0; j < y->width; j++)
      g_assert_cmpfloat_with_epsilon ((double)ew_grid_row (y, i)[j], wanted[(size_t)i * y->width + j],
                                      48 * UNIT_32 * 256 * sqrt (norm) + 4 * UNIT_32 * magnitude);
}

static EwGrid *
correlate_by (EwDevice *device, const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry, EwMethod method)
{
  g_autoptr (GError) error = NULL;
  EwGrid *y;
  int height, width;

  g_assert_true (ew_geometry_output_size (geometry, x->height, x->width, &height, &width, NULL));
  y = ew_grid_new (height, width, NULL);
  g_assert_true (device->backend->correlate (device, x, kernel, geometry, method, y, NULL, &error));
  g_assert_no_error (error);
  return y;
}

/* Values around 10, which without their mean are small; several tiles, with a border. */
static void
check_fft (EwDevice *device, EwRandom *random, int height, int width, int kh, int kw)
{
  g_autoptr (EwGrid) x = random_grid (random, height, width, 9.5, 10.5);
  g_autoptr (EwKernel) kernel = random_kernel (random, kh, kw, -1, 1);
  g_autoptr (EwGrid) y = NULL;
  EwGeometry geometry;
  int before = fake_cufft_transforms;

  ew_geometry_init_valid (&geometry, kh, kw);
  geometry.left = geometry.bottom = 3;
  geometry.border = EW_BORDER_REFLECT;
  y = correlate_by (device, x, kernel, &geometry, EW_METHOD_FFT);
  g_assert_cmpint (fake_cufft_transforms, >=, before + 3);
  g_assert_cmpint (fake_cufft_plans, ==, 0);
  check_fft_output (x, kernel, &geometry, y);
}

static void
test_fft (gconstpointer data)
{
  EwDevice *device = open_fake ();
  EwRandom random = 35;

  fake_driver.kernels = ((const Computes *)data)->kernels;
  check_fft (device, &random, 300, 270, 63, 63);
  check_fft (device, &random, 40, 500, 2, 31);
  check_fft (device, &random, 5, 5, 5, 4);
  /* More tiles than a batch has. */
  if (fake_driver.kernels == plain_kernels_launch)
    check_fft (device, &random, 9, 16000, 3, 9);
  close_fake (device);
}

/* By itself for large kernels, not for small ones; not for values that are not finite; directly where the library is
 * missing, or fails at any of its calls. */
static void
test_fft_choice (void)
{
  EwDevice *device = open_fake ();
  EwRandom random = 36;
  g_autoptr (EwGrid) x = random_grid (&random, 320, 320, 9.5, 10.5);
  g_autoptr (EwKernel) large = random_kernel (&random, 31, 31, -1, 1);
  g_autoptr (EwKernel) small = random_kernel (&random, 7, 7, -1, 1);
  g_autoptr (EwGrid) by_fft = NULL;
  g_autoptr (EwGrid) directly = NULL;
  g_autoptr (EwGrid) infinite = NULL;
  g_autoptr (EwGrid) without = NULL;
  g_autoptr (EwGrid) y = ew_grid_new (290, 290, NULL);
  g_autoptr (GError) error = NULL;
  EwGeometry geometry;
  int nth = 1;

  ew_geometry_init_valid (&geometry, 31, 31);
  by_fft = correlate_by (device, x, large, &geometry, EW_METHOD_AUTO);
  g_assert_cmpint (fake_cufft_transforms, >, 0);
  directly = correlate_by (device, x, large, &geometry, EW_METHOD_DIRECT);
  for (gboolean failed = TRUE; failed; nth++)
    {
      g_autoptr (EwGrid) again = NULL;

      fake_cufft_fault = nth;
      again = correlate_by (device, x, large, &geometry, EW_METHOD_AUTO);
      failed = fake_cufft_fault == 0;
      g_assert_cmpint (fake_cufft_plans, ==, 0);
      g_assert_cmpmem (ew_grid_row (again, 100), 290 * sizeof (float), ew_grid_row (failed ? directly : by_fft, 100),
                       290 * sizeof (float));
    }
  g_assert_cmpint (nth, >, 8);
  fake_cufft_fault = fake_cufft_transforms = 0;
  ew_geometry_init_valid (&geometry, 7, 7);
  g_autoptr (EwGrid) small_output = correlate_by (device, x, small, &geometry, EW_METHOD_AUTO);

  ew_geometry_init_valid (&geometry, 31, 31);
  ew_grid_row (x, 5)[5] = INFINITY;
  infinite = correlate_by (device, x, large, &geometry, EW_METHOD_AUTO);
  g_assert_true (isfinite (ew_grid_row (infinite, 100)[100]));
  g_assert_cmpint (fake_cufft_transforms, ==, 0);
  ew_grid_row (x, 5)[5] = 10;
  ew_cufft_set_for_tests (TRUE, NULL);
  without = correlate_by (device, x, large, &geometry, EW_METHOD_AUTO);
  g_assert_false (device->backend->correlate (device, x, large, &geometry, EW_METHOD_FFT, y, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_UNSUPPORTED);
  close_fake (device);
}

/* On a machine without the library. */
static void
test_no_cufft (void)
{
  void *library = dlopen ("libcufft.so.12", RTLD_NOW | RTLD_LOCAL);

  if (library != NULL)
    {
      g_test_skip ("this machine has cuFFT");
      return;
    }
  g_assert_null (ew_cufft ());
}

/* Every geometry is known; there is no other method. */
static void
test_methods (void)
{
  EwDevice *device = open_fake ();
  EwRandom random = 24;
  g_autoptr (EwGrid) x = random_grid (&random, 8, 8, 0, 1);
  g_autoptr (EwKernel) kernel = random_kernel (&random, 3, 3, 0, 1);
  g_autoptr (EwGrid) y = ew_grid_new (6, 6, NULL);
  g_autoptr (GError) error = NULL;
  EwGeometry geometry;

  g_assert_null (device->backend->supports);
  ew_geometry_init_valid (&geometry, 3, 3);
  g_assert_false (device->backend->correlate (device, x, kernel, &geometry, EW_METHOD_SEPARABLE, y, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_UNSUPPORTED);
  close_fake (device);
}

/* More taps than it is worth: the trainer then goes on without. */
static void
test_gram_refused (void)
{
  EwDevice *device = open_fake ();
  EwRandom random = 29;
  g_autoptr (EwProblem) problem = problem_of_size (&random, 1, 40, 40, 17, 17, FALSE);
  EwLoaded *loaded = device->backend->load (device, problem, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (device->backend->gram (loaded, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_UNSUPPORTED);
  device->backend->unload (loaded);
  close_fake (device);
}

/* Not even a few rows fit, and what overflows. */
static void
test_memory (void)
{
  EwDevice *device = open_fake ();
  EwRandom random = 25;
  g_autoptr (EwProblem) problem = problem_of_size (&random, 1, 600, 600, 1, 1, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) overflow = NULL;
  EwCudaMemory memory = { 0 };
  void *block;

  fake_driver.memory = 100000;
  g_assert_null (device->backend->load (device, problem, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_DEVICE);
  g_assert_cmpstr (error->message, ==,
                   "The device NVIDIA Fake 1 has 0 MB to spare; even a few rows of this problem need more.");
  ew_cuda_memory_add (&memory, &block, G_MAXSIZE / 4, sizeof (double));
  g_assert_false (ew_cuda_memory_allocate (&memory, (EwCudaDevice *)device, &overflow));
  g_assert_error (overflow, EW_ERROR, EW_ERROR_DEVICE);
  ew_cuda_memory_clear (&memory, (EwCudaDevice *)device);
  close_fake (device);
}

/* Nine tenths of what is free are taken at most. */
static void
test_memory_budget (void)
{
  EwDevice *device = open_fake ();
  g_autoptr (GError) error = NULL;
  EwCudaMemory memory = { 0 };
  void *block;

  fake_driver.memory = 10000000;
  ew_cuda_memory_add (&memory, &block, 9000001, 1);
  g_assert_false (ew_cuda_memory_allocate (&memory, (EwCudaDevice *)device, &error));
  g_assert_cmpstr (error->message, ==, "The device NVIDIA Fake 1 has 9 MB to spare; this problem needs 10 MB.");
  ew_cuda_memory_clear (&memory, (EwCudaDevice *)device);
  close_fake (device);
}

/* Larger than the device: the same numbers band by band, whatever the geometry. */
static void
check_streamed (EwDevice *device, const EwGeometry *geometry)
{
  EwRandom random = 31;
  g_autoptr (EwProblem) problem = noisy_problem (&random, 2, 500, 300, geometry, TRUE);
  int n = problem->n_params;
  g_autofree double *params = g_new (double, n);
  g_autofree double *gradient = g_new (double, n);
  g_autofree double *wanted = g_new (double, n);
  g_autofree double *bounds = g_new (double, n);
  double losses[3], loss, wanted_loss, loss_bound;
  g_autoptr (GError) error = NULL;
  EwLoaded *loaded = device->backend->load (device, problem, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (((EwCudaLoaded *)loaded)->streamed);
  g_assert_cmpuint (((EwCudaLoaded *)loaded)->plan.pieces->len, >, 4);
  for (int k = 0; k < n; k++)
    params[k] = ew_random_uniform (&random) - 0.5;
  ew_reference_evaluate (problem, params, &wanted_loss, wanted);
  geometry_evaluation_bounds (problem, params, 4096, &loss_bound, bounds);
  g_assert_true (device->backend->evaluate (loaded, params, &loss, gradient, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (loss, wanted_loss, loss_bound);
  for (int k = 0; k < n; k++)
    g_assert_cmpfloat_with_epsilon (gradient[k], wanted[k], bounds[k]);
  g_assert_true (device->backend->evaluate_exactly (loaded, params, &loss, gradient, NULL, &error));
  g_assert_cmpfloat_with_epsilon (loss, wanted_loss, 1e-9 * wanted_loss);

  EwDescent descent = { .epochs = 3, .step = 1e-8, .diverged_above = INFINITY, .params = params, .losses = losses };

  g_assert_true (device->backend->descend (loaded, &descent, NULL, &error));
  g_assert_cmpint (descent.done, ==, 3);
  g_assert_cmpfloat_with_epsilon (losses[0], wanted_loss, loss_bound);
  g_assert_cmpfloat (losses[2], <, losses[0]);
  g_autoptr (EwGram) gram = device->backend->gram (loaded, NULL, &error);

  g_assert_no_error (error);
  /* Σ y² and the number of residuals. */
  g_assert_cmpfloat_with_epsilon (gram->c, problem->y_squared, 1e-9 * problem->y_squared);
  g_assert_cmpfloat (gram->g[n * n - 1], ==, (double)problem->n_residuals);
  device->backend->unload (loaded);
}

static void
test_streamed (void)
{
  EwDevice *device = open_fake ();
  EwGeometry geometry;

  fake_driver.memory = 1600000;
  ew_geometry_init_valid (&geometry, 3, 3);
  check_streamed (device, &geometry);
  geometry.top = geometry.bottom = geometry.left = geometry.right = 2;
  geometry.border = EW_BORDER_WRAP;
  check_streamed (device, &geometry);
  geometry.stride = 2;
  geometry.dilation = 2;
  geometry.border = EW_BORDER_REFLECT;
  fake_driver.memory = 900000;
  check_streamed (device, &geometry);
  close_fake (device);
}

/* A correlation larger than the device. */
static void
test_correlate_banded (void)
{
  EwDevice *device = open_fake ();
  EwRandom random = 32;

  for (int i = 0; i < 6 && !g_test_failed (); i++)
    {
      fake_driver.memory = 300000;
      check_correlate (device, &random, 300, 0);
    }
  close_fake (device);
}

/* While it rests a problem takes no memory; afterwards all is as it was. */
static void
test_rest (void)
{
  EwDevice *device = open_fake ();
  EwRandom random = 33;
  g_autoptr (EwProblem) problem = problem_of_size (&random, 2, 70, 80, 3, 3, TRUE);
  g_autoptr (GError) error = NULL;
  EwLoaded *loaded = device->backend->load (device, problem, NULL, &error);
  double params[10] = { 1 }, before[10], after[10], loss_before, loss_after;

  g_assert_true (device->backend->evaluate (loaded, params, &loss_before, before, NULL, &error));
  g_assert_cmpuint (fake_driver_memory_used (), >, 0);
  device->backend->rest (loaded);
  device->backend->rest (loaded);
  g_assert_cmpuint (fake_driver_memory_used (), ==, 0);
  g_assert_true (device->backend->evaluate (loaded, params, &loss_after, after, NULL, &error));
  g_assert_cmpmem (before, sizeof before, after, sizeof after);
  g_assert_cmpfloat (loss_before, ==, loss_after);
  /* A rest that cannot be ended is a failure of the device; the next try may do better. */
  device->backend->rest (loaded);
  fake_driver.fault = (FakeDriverFault){ .function = "memory_alloc", .nth = 2, .status = EW_CUDA_OUT_OF_MEMORY };
  g_assert_false (device->backend->evaluate (loaded, params, &loss_after, after, NULL, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_DEVICE);
  g_clear_error (&error);
  g_assert_true (device->backend->evaluate (loaded, params, &loss_after, after, NULL, &error));
  g_assert_cmpfloat (loss_before, ==, loss_after);
  device->backend->rest (loaded);
  device->backend->unload (loaded);
  close_fake (device);
}

/* --- faults */

/* Each work fails at each of its calls in turn: with an error, unless what failed was the freeing, and without a leak.
 */
static void
test_faults (void)
{
  Job job;

  init_job (&job);
  for (guint w = 0; w < G_N_ELEMENTS (works); w++)
    for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
      for (int nth = 1, more = TRUE; more && !g_test_failed (); nth++)
        {
          EwDevice *device = open_fake ();
          g_autoptr (GError) error = NULL;

          set_fault (i, nth);
          if (!works[w](device, &job, NULL, &error))
            {
              g_assert_true (fake_driver.fired);
              g_assert_error (error, EW_ERROR, EW_ERROR_DEVICE);
              g_assert_true (g_str_has_suffix (error->message, "."));
            }
          /* The calls of close are not meant. */
          more = fake_driver.fired;
          fake_driver.fault.nth = 0;
          g_assert_cmpint (nth, <, 200);
          close_fake (device);
        }
  clear_job (&job);
}

/* What is not the freeing is noticed each time: a failure that is not would be a wrong result. */
static void
test_faults_noticed (void)
{
  static const char *const functions[]
      = { "memory_alloc",       "memory_info", "copy_rows",  "upload",      "download",     "launch",
          "stream_synchronize", "run_launch",  "memory_set", "stream_wait", "event_record", "event_synchronize" };
  Job job;

  init_job (&job);
  for (guint w = 0; w < G_N_ELEMENTS (works); w++)
    for (guint f = 0; f < G_N_ELEMENTS (functions); f++)
      for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
        for (int nth = 1, more = TRUE; more && !g_test_failed (); nth++)
          {
            EwDevice *device = open_fake ();
            g_autoptr (GError) error = NULL;

            set_fault (i, nth);
            fake_driver.fault.function = functions[f];

            gboolean ok = works[w](device, &job, NULL, &error);

            more = fake_driver.fired;
            /* What fails while a graph is recorded has not been done, and is then done without one. */
            if (works[w] != do_run || i > 0 || strcmp (functions[f], "launch") != 0)
              g_assert_true (ok == !more);
            close_fake (device);
          }
  clear_job (&job);
}

/* --- the trainer */

static void
count_sentence (const char *sentence, gpointer data)
{
  g_ptr_array_add (data, g_strdup (sentence));
}

/* The CPU and CUDA, which is asked for by name. */
static EwDevices *
cuda_devices (GPtrArray *sentences)
{
  const EwBackend *backends[] = { ew_cpu_backend (), ew_cuda_backend () };
  EwDevices *devices = ew_devices_new (backends, 2, 1);
  g_autoptr (GError) error = NULL;

  ew_devices_set_notify (devices, count_sentence, sentences);
  ew_devices_choose (devices, "cuda", &error);
  g_assert_no_error (error);
  return devices;
}

static void
print_line (guint64 epoch, double loss, const double *params, gpointer data)
{
  if (epoch % 10 == 0)
    g_string_append_printf (data, "epoch %d, loss %.3f, weight [%.4f, %.4f]\n", (int)epoch, loss, params[0], params[1]);
}

static void
check_golden (void)
{
  g_autoptr (GPtrArray) sentences = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (EwDevices) devices = cuda_devices (sentences);
  g_autoptr (EwProblem) problem = golden_problem ();
  g_autoptr (EwKernel) start = ew_kernel_new_from_taps (1, 2, golden_start, 0, NULL);
  g_autoptr (EwTrainer) trainer = ew_trainer_new (devices, problem, start, EW_LOSS_SUM, 3e-2, NULL, NULL);
  g_autoptr (GString) lines = g_string_new (NULL);

  g_assert_true (ew_trainer_run (trainer, 60, print_line, lines, NULL, NULL));
  g_assert_cmpstr (ew_trainer_device (trainer)->backend->id, ==, "cuda");
  g_assert_cmpuint (sentences->len, ==, 0);
  g_assert_cmpstr (lines->str, ==,
                   "epoch 10, loss 0.305, weight [0.9308, -1.0440]\n"
                   "epoch 20, loss 0.003, weight [0.9938, -1.0059]\n"
                   "epoch 30, loss 0.000, weight [0.9993, -1.0007]\n"
                   "epoch 40, loss 0.000, weight [0.9999, -1.0001]\n"
                   "epoch 50, loss 0.000, weight [1.0000, -1.0000]\n"
                   "epoch 60, loss 0.000, weight [1.0000, -1.0000]\n");
}

static void
test_golden (gconstpointer data)
{
  fake_driver_install ();
  fake_driver.kernels = ((const Computes *)data)->kernels;
  check_golden ();
  fake_driver_assert_clean ();
  fake_driver_remove ();
}

#define EPOCHS 6

/* What is trained: the golden case, which one block does by itself, or a problem of many launches. */
static gboolean trains_large;

static EwProblem *
training_problem (double *rate)
{
  EwRandom random = 30;

  *rate = trains_large ? 1e-4 : 2e-2;
  return trains_large ? problem_of_size (&random, 1, 60, 60, 1, 2, FALSE) : golden_problem ();
}

/* How far two devices may be apart after EPOCHS: each epoch adds the error of its float32 sums, and at a stable rate no
 * epoch makes an older error larger. */
static double
allowed_difference (void)
{
  double rate;
  g_autoptr (EwProblem) problem = training_problem (&rate);
  double w[2] = { golden_start[0], golden_start[1] };
  double allowed = 0;

  for (int e = 0; e < EPOCHS; e++)
    {
      double loss, gradient[2], loss_bound, bounds[2];

      ew_reference_evaluate (problem, w, &loss, gradient);
      evaluation_bounds (problem, w, 4096, &loss_bound, bounds);
      allowed += 2 * rate * hypot (bounds[0], bounds[1]) + 1e-12;
      for (int k = 0; k < 2; k++)
        w[k] -= rate * gradient[k];
    }
  return allowed;
}

static void
count_epoch (guint64 epoch, double loss, const double *params, gpointer data)
{
  /* Each epoch is reported once, in order. */
  g_assert_cmpuint (epoch, ==, ++*(guint64 *)data);
}

/* Trains EPOCHS on @devices, through the data, which is what the device does; the weights go to @weights. */
static const char *
train (EwDevices *devices, double weights[2])
{
  double rate;
  g_autoptr (EwProblem) problem = training_problem (&rate);
  g_autoptr (EwKernel) start = ew_kernel_new_from_taps (1, 2, golden_start, 0, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (EwTrainer) trainer = ew_trainer_new (devices, problem, start, EW_LOSS_SUM, rate, NULL, &error);
  guint64 epochs = 0;

  g_assert_no_error (error);
  ew_trainer_set_method (trainer, EW_TRAINER_DIRECT);
  g_assert_true (ew_trainer_run (trainer, EPOCHS, count_epoch, &epochs, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (epochs, ==, EPOCHS);
  memcpy (weights, ew_trainer_params (trainer), 2 * sizeof (double));
  return ew_trainer_device (trainer)->backend->id;
}

static void
train_on_cpu (double weights[2])
{
  const EwBackend *backends[] = { ew_cpu_backend () };
  g_autoptr (EwDevices) devices = ew_devices_new (backends, 1, 1);

  train (devices, weights);
}

/* A run with one fault: it ends with the right weights, on the CPU if the fault showed before the end, and says so in
 * one sentence. TRUE where the fault came. */
static gboolean
train_with_fault (FakeKernels kernels, int fault, int nth, const double wanted[2], double allowed)
{
  g_autoptr (GPtrArray) sentences = g_ptr_array_new_with_free_func (g_free);
  EwDevices *devices;
  double weights[2];

  fake_driver_install ();
  fake_driver.kernels = kernels;
  devices = cuda_devices (sentences);
  set_fault (fault, nth);

  const char *id = train (devices, weights);
  gboolean fired = fake_driver.fired;

  fake_driver.fault.nth = 0;
  for (int k = 0; k < 2; k++)
    g_assert_cmpfloat_with_epsilon (weights[k], wanted[k], allowed);
  g_assert_cmpuint (sentences->len, ==, strcmp (id, "cpu") == 0);
  if (sentences->len > 0)
    {
      const char *sentence = g_ptr_array_index (sentences, 0);

      g_assert_true (fired);
      g_assert_true (g_str_has_prefix (sentence, "NVIDIA Fake 1 failed: "));
      g_assert_true (g_str_has_suffix (sentence, ". The CPU goes on from the last good weights."));
    }
  ew_devices_free (devices);
  fake_driver_assert_clean ();
  return fired;
}

static void
test_trainer_faults (gconstpointer data)
{
  FakeKernels kernels = ((const Computes *)data)->kernels;
  double allowed = allowed_difference ();
  double wanted[2];

  train_on_cpu (wanted);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    for (int nth = 1; train_with_fault (kernels, (int)i, nth, wanted, allowed) && !g_test_failed (); nth++)
      g_assert_cmpint (nth, <, 300);
  fake_driver_remove ();
}

/* An illegal address in the middle of a descent: what was good before it stays. */
static void
test_mid_descent (void)
{
  double allowed;
  double wanted[2];

  trains_large = TRUE;
  allowed = allowed_difference ();
  train_on_cpu (wanted);
  for (int nth = 4; nth < 3 * EPOCHS; nth++)
    {
      g_autoptr (GPtrArray) sentences = g_ptr_array_new_with_free_func (g_free);
      EwDevices *devices;
      double weights[2];

      fake_driver_install ();
      devices = cuda_devices (sentences);
      set_fault (3, nth);
      fake_driver.fault.function = "launch";
      g_assert_cmpstr (train (devices, weights), ==, "cpu");
      for (int k = 0; k < 2; k++)
        g_assert_cmpfloat_with_epsilon (weights[k], wanted[k], allowed);
      g_assert_cmpuint (sentences->len, ==, 1);
      g_assert_cmpstr (g_ptr_array_index (sentences, 0), ==,
                       "NVIDIA Fake 1 failed: The work on the device failed (CUDA_ERROR_ILLEGAL_ADDRESS: what went "
                       "wrong). The CPU goes on from the last good weights.");
      ew_devices_free (devices);
      fake_driver_assert_clean ();
    }
  trains_large = FALSE;
  fake_driver_remove ();
}

/* After a few epochs through the data the device sums up the Gram matrix, and the host goes on with that: the same
 * weights as by the CPU alone, to the rounding of the float32 epochs before. */
static void
test_trainer_gram (void)
{
  EwRandom random = 37;
  g_autoptr (EwProblem) problem = problem_of_size (&random, 1, 90, 90, 3, 3, TRUE);
  g_autoptr (EwKernel) start = random_kernel (&random, 3, 3, -1, 1);
  g_autoptr (GPtrArray) sentences = g_ptr_array_new_with_free_func (g_free);
  const EwBackend *cpu[] = { ew_cpu_backend () };
  EwDevices *sets[2];
  EwTrainer *trainers[2];
  int launches;

  fake_driver_install ();
  sets[0] = ew_devices_new (cpu, 1, 1);
  sets[1] = cuda_devices (sentences);
  for (int i = 0; i < 2; i++)
    {
      trainers[i] = ew_trainer_new (sets[i], problem, start, EW_LOSS_SUM, 1e-5, NULL, NULL);
      g_assert_true (ew_trainer_run (trainers[i], 20, NULL, NULL, NULL, NULL));
      g_assert_cmpint (ew_trainer_method (trainers[i]), ==, EW_TRAINER_GRAM);
    }
  g_assert_cmpstr (ew_trainer_device (trainers[1])->backend->id, ==, "cuda");
  launches = fake_driver.launches;
  g_assert_cmpint (launches, >, 0);
  for (int i = 0; i < 2; i++)
    g_assert_true (ew_trainer_run (trainers[i], 500, NULL, NULL, NULL, NULL));
  g_assert_cmpint (fake_driver.launches, ==, launches);
  for (int k = 0; k < problem->n_params; k++)
    g_assert_cmpfloat_with_epsilon (ew_trainer_params (trainers[0])[k], ew_trainer_params (trainers[1])[k], 1e-5);
  g_assert_cmpuint (sentences->len, ==, 0);
  for (int i = 0; i < 2; i++)
    {
      ew_trainer_free (trainers[i]);
      ew_devices_free (sets[i]);
    }
  fake_driver_assert_clean ();
  fake_driver_remove ();
}

/* After a failure the device is opened afresh; after five it rests. */
static void
test_five_failures (void)
{
  g_autoptr (GPtrArray) sentences = g_ptr_array_new_with_free_func (g_free);
  EwDevices *devices;
  double weights[2];

  fake_driver_install ();
  devices = cuda_devices (sentences);
  for (int i = 0; i < 5; i++)
    {
      set_fault (1, 1);
      fake_driver.fault.function = "launch";
      g_assert_cmpstr (train (devices, weights), ==, "cpu");
      g_assert_cmpuint (sentences->len, ==, i + 1);
      /* Given back with all it held. */
      g_assert_false (fake_driver_in_use ());
    }
  g_assert_nonnull (strstr (g_ptr_array_index (sentences, 4), "after five failures the GPU rests"));

  int calls = fake_driver.calls;

  g_assert_cmpstr (train (devices, weights), ==, "cpu");
  g_assert_cmpint (fake_driver.calls, ==, calls);
  ew_devices_free (devices);
  fake_driver_assert_clean ();
  fake_driver_remove ();
}

/* --- a real device */

/* Transforms by the real library, where it is. */
static void
check_real_fft (EwDevice *device, EwRandom *random)
{
  g_autoptr (EwGrid) x = random_grid (random, 700, 900, 9.5, 10.5);

  for (int side = 2; side <= 63 && ew_cufft () != NULL; side += 61)
    {
      g_autoptr (EwKernel) kernel = random_kernel (random, side, side, -1, 1);
      g_autoptr (EwGrid) y = NULL;
      EwGeometry geometry;

      ew_geometry_init_valid (&geometry, side, side);
      y = correlate_by (device, x, kernel, &geometry, EW_METHOD_FFT);
      check_fft_output (x, kernel, &geometry, y);
    }
  if (ew_cufft () == NULL)
    g_test_message ("no cuFFT here");
}

static void
test_real (void)
{
  g_autoptr (GError) error = NULL;
  EwDeviceInfo info;
  EwRandom random = 26;

  ew_cuda_backend ()->describe (&info);
  if (info.reason != NULL)
    {
      g_autofree char *text = g_strdup_printf ("no NVIDIA device here: %s", info.reason);

      g_test_skip (text);
      ew_device_info_clear (&info);
      return;
    }

  EwDevice *device = ew_cuda_backend ()->open (0, &error);

  g_assert_no_error (error);
  g_test_message ("%s", info.name);
  for (guint b = 0; b < G_N_ELEMENTS (budgets); b++)
    for (int i = 0; i < 40 && !g_test_failed (); i++)
      {
        check_correlate (device, &random, 200, budgets[b]);
        check_exact (device, &random, 200, budgets[b]);
        check_evaluate (device, &random, 120, budgets[b]);
        check_descend (device, &random, 80, budgets[b]);
        check_gram (device, &random, 80, budgets[b]);
      }
  check_divergence (device, &random);
  check_large (device, &random);
  check_real_fft (device, &random);
  device->backend->close (device);
  check_golden ();
  ew_device_info_clear (&info);
}

/* What is computed, with the kernels as plain loops and with their very source. */
static void
add_computing (const char *name, FakeKernels kernels)
{
  static Computes all[18];
  static int n;
  const struct
  {
    const char *name;
    CudaCheck check;
    GTestDataFunc func;
  } tests[] = {
    { "correlate", check_correlate, test_computes }, { "evaluate", check_evaluate, test_computes },
    { "exact", check_exact, test_computes },         { "descend", check_descend, test_computes },
    { "gram", check_gram, test_computes },           { "fft", NULL, test_fft },
    { "divergence", NULL, test_divergence },         { "golden", NULL, test_golden },
    { "trainer-faults", NULL, test_trainer_faults },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++, n++)
    {
      g_autofree char *path = g_strdup_printf ("/cuda/%s/%s", name, tests[i].name);

      all[n] = (Computes){ tests[i].check, kernels };
      g_test_add_data_func (path, &all[n], tests[i].func);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_unsetenv ("EDGEWISE_CUDA");
  g_test_add_func ("/cuda/reasons", test_reasons);
  g_test_add_func ("/cuda/libraries", test_libraries);
  g_test_add_func ("/cuda/no-driver", test_no_driver);
  g_test_add_func ("/cuda/described", test_described);
  g_test_add_func ("/cuda/check", test_check);
  g_test_add_func ("/cuda/open-faults", test_open_faults);
  g_test_add_func ("/cuda/old-driver", test_old_driver);
  add_computing ("plain", plain_kernels_launch);
  add_computing ("shim", cuda_shim_launch);
  g_test_add_func ("/cuda/large", test_large);
  g_test_add_func ("/cuda/plan", test_plan);
  g_test_add_func ("/cuda/ways", test_ways);
  g_test_add_func ("/cuda/round-trips", test_round_trips);
  g_test_add_func ("/cuda/graph-refused", test_graph_refused);
  g_test_add_func ("/cuda/threads", test_threads);
  g_test_add_func ("/cuda/cancel", test_cancel);
  g_test_add_func ("/cuda/methods", test_methods);
  g_test_add_func ("/cuda/fft-choice", test_fft_choice);
  g_test_add_func ("/cuda/no-cufft", test_no_cufft);
  g_test_add_func ("/cuda/gram-refused", test_gram_refused);
  g_test_add_func ("/cuda/memory", test_memory);
  g_test_add_func ("/cuda/memory-budget", test_memory_budget);
  g_test_add_func ("/cuda/streamed", test_streamed);
  g_test_add_func ("/cuda/correlate-banded", test_correlate_banded);
  g_test_add_func ("/cuda/rest", test_rest);
  g_test_add_func ("/cuda/faults", test_faults);
  g_test_add_func ("/cuda/faults-noticed", test_faults_noticed);
  g_test_add_func ("/cuda/mid-descent", test_mid_descent);
  g_test_add_func ("/cuda/trainer-gram", test_trainer_gram);
  g_test_add_func ("/cuda/five-failures", test_five_failures);
  g_test_add_func ("/cuda/real-device", test_real);
  return g_test_run ();
}
