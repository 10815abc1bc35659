/* Threads, cancelling, and a failure at each of the driver's calls in turn. */
#include "tests/cuda-cases.h"
#include "tests/cuda-fixtures.h"
#include "tests/engine-fixtures.h"
#include "tests/fake-cufft.h"

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
void
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

/* What the kernels would compute is not looked at where this takes their place. */
static gboolean
idle_kernels (const char *kernel, unsigned grid, unsigned threads, unsigned shared_bytes, void **arguments)
{
  return TRUE;
}

/* A problem that does not fit, of rows that go through the staging buffers. */
static gboolean
do_stream (EwDevice *device, Job *job, EwCancel *cancel, GError **error)
{
  double params[1] = { 0 }, gradient[1], loss;
  EwLoaded *loaded;
  gboolean ok;

  fake_driver.memory = 8000000;
  fake_driver.kernels = idle_kernels;
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
  fake_cufft_idle = TRUE;
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
  job->huge = masked_problem (&random, problem_of_size (&random, 1, 1000, 1024, 1, 1, FALSE), FALSE);
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
void
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

/* --- faults */

/* Each work fails at each of its calls in turn: with an error, unless what failed was the freeing, and without a leak.
 */
void
test_faults (void)
{
  Job job;

  init_job (&job);
  for (guint w = 0; w < G_N_ELEMENTS (works); w++)
    for (guint i = 0; i < CUDA_FAULTS; i++)
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
void
test_faults_noticed (void)
{
  static const char *const functions[]
      = { "memory_alloc",       "memory_info", "copy_rows",  "upload",      "download",     "launch",
          "stream_synchronize", "run_launch",  "memory_set", "stream_wait", "event_record", "event_synchronize" };
  Job job;

  init_job (&job);
  for (guint w = 0; w < G_N_ELEMENTS (works); w++)
    for (guint f = 0; f < G_N_ELEMENTS (functions); f++)
      for (guint i = 0; i < CUDA_FAULTS; i++)
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
