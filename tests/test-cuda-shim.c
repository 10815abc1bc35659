/* The shim that runs CUDA kernels on the CPU sees what it is there to see: each barrier that is left out, memory that
 * is written beyond its end, threads that part. */
#include "tests/cuda-fixtures.h"
#include "tests/cuda-shim.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <string.h>

/* What a case computes; NULL where the launch failed. Always the same for the same order of threads, or there is a
 * fault. */
typedef GBytes *(*Outcome) (void);

/* More tiles than blocks, so that windows are replaced. */
static GBytes *
outcome_of_correlate (void)
{
  EwRandom random = 31;
  g_autoptr (EwGrid) x = random_grid (&random, 40, 70, -1, 1);
  g_autoptr (EwGrid) y = ew_grid_new (38, 68, NULL);
  const double params[10] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
  GuardedPlane gx, gy;
  GBytes *outcome = NULL;

  guarded_plane_init (&gx, x, 0);
  guarded_plane_init (&gy, y, 0);
  if (launch_correlate (2, &gx, &gy, params, 3, 3))
    outcome = g_bytes_new (gy.memory, gy.n_values * sizeof (float));
  guarded_plane_clear (&gx);
  guarded_plane_clear (&gy);
  return outcome;
}

static GBytes *
evaluate (int kernel_height, int kernel_width)
{
  EwRandom random = 32;
  EwGrid *x = random_grid (&random, 40 + kernel_height, 70 + kernel_width, -1, 1);
  EwGrid *y = random_grid (&random, 41, 71, -1, 1);
  g_autoptr (EwProblem) problem = problem_of_pair (x, y, kernel_height, kernel_width, TRUE);
  g_autoptr (EwKernel) kernel = random_kernel (&random, kernel_height, kernel_width, -1, 1);
  g_autoptr (Pairs) pairs = pairs_new (problem, 0);
  gsize n_partials = 2 * (ew_kernel_n_taps (kernel) + 2);
  g_autofree double *params = g_new (double, problem->n_params);
  g_autofree double *partials = g_new0 (double, n_partials);
  EwCudaProgress progress = { 0 };

  memcpy (params, kernel->taps, ew_kernel_n_taps (kernel) * sizeof (double));
  params[problem->n_params - 1] = kernel->bias;
  if (!launch_evaluate (2, pairs, params, TRUE, kernel_height, kernel_width, &progress, partials))
    return NULL;
  return g_bytes_new (partials, n_partials * sizeof (double));
}

static GBytes *
outcome_of_few_items (void)
{
  g_assert_cmpint (ew_cuda_groups (ew_cuda_items (3, 3)), >, 1);
  return evaluate (3, 3);
}

static GBytes *
outcome_of_many_items (void)
{
  g_assert_cmpint (ew_cuda_groups (ew_cuda_items (34, 17)), ==, 1);
  return evaluate (34, 17);
}

/* One of two hundred new weights is infinite. */
static GBytes *
outcome_of_step (void)
{
  struct
  {
    double params[200];
    double loss;
    EwCudaProgress progress;
  } state = { 0 };
  double sums[201] = { 0 };

  sums[100] = INFINITY;
  if (!launch_step (sums, 199, 200, 1, 1, state.params, &state.progress, &state.loss, NULL))
    return NULL;
  return g_bytes_new (&state, sizeof state);
}

static const Outcome outcomes[]
    = { outcome_of_correlate, outcome_of_few_items, outcome_of_many_items, outcome_of_step };

static gboolean
equal (GBytes *a, GBytes *b)
{
  return a != NULL && b != NULL && g_bytes_equal (a, b);
}

/* How many cases go wrong, forwards or backwards, with the fault as it is. */
static int
count_wrong (GBytes *const right[])
{
  int wrong = 0;

  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    for (int backwards = 0; backwards < 2; backwards++)
      {
        g_autoptr (GBytes) outcome = NULL;

        cuda_shim_fault.backwards = backwards;
        outcome = outcomes[i]();
        wrong += !equal (outcome, right[i]);
      }
  cuda_shim_fault.backwards = FALSE;
  return wrong;
}

static void
test_barriers (void)
{
  GBytes *right[G_N_ELEMENTS (outcomes)];

  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    {
      right[i] = outcomes[i]();
      g_assert_nonnull (right[i]);
    }
  g_assert_cmpint (count_wrong (right), ==, 0);
  g_assert_cmpint (cuda_shim_n_barriers, >, 0);
  for (int barrier = 1; barrier <= cuda_shim_n_barriers; barrier++)
    {
      cuda_shim_fault.skipped_barrier = barrier;
      g_test_message ("without barrier %d", barrier);
      g_assert_cmpint (count_wrong (right), >, 0);
    }
  cuda_shim_fault.skipped_barrier = 0;
  g_assert_cmpint (count_wrong (right), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    g_bytes_unref (right[i]);
}

/* A kernel with 16 items has work for all threads, so that the last element of shared memory is written to. */
static void
test_guard (void)
{
#ifdef __SANITIZE_ADDRESS__
  g_test_skip ("AddressSanitizer ends the program at that");
#else
  EwCudaPlane plane = { .height = 15, .width = 4 };
  g_autofree float *values = g_new0 (float, 15 * 4);
  double params[61] = { 0 };
  double partials[62];
  EwCudaSample sample = { plane, plane, 0 };
  const EwCudaSample *samples = &sample;
  EwCudaProgress progress = { 0 };
  const double *arguments_params = params;
  const EwCudaProgress *arguments_progress = &progress;
  double *arguments_partials = partials;
  int one = 1;
  int none = 0;
  int height = 15;
  int width = 4;
  long long n_tiles = 1;
  void *arguments[] = {
    &samples, &one, &n_tiles, &arguments_params, &none, &height, &width, &arguments_progress, &arguments_partials
  };
  unsigned bytes = ew_cuda_shared_bytes (height, width);

  sample.x.data = values;
  sample.x.stride = width;
  sample.y = sample.x;
  sample.y.height = sample.y.width = 1;
  g_assert_cmpint (ew_cuda_items (height, width) * ew_cuda_groups (16), ==, EW_CUDA_THREADS);
  g_assert_true (cuda_shim_launch ("ew_cuda_evaluate", 1, EW_CUDA_THREADS, bytes, arguments));
  g_assert_false (cuda_shim_launch ("ew_cuda_evaluate", 1, EW_CUDA_THREADS, bytes - 4, arguments));
  g_assert_nonnull (strstr (cuda_shim_error (), "wrote beyond"));
#endif
}

/* Without the step's first barrier some threads see what a faster one has written, and end early. */
static void
test_parted_threads (void)
{
  g_autoptr (GBytes) whole = outcome_of_step ();
  g_autoptr (GBytes) parted = NULL;

  g_assert_nonnull (whole);
  cuda_shim_fault.skipped_barrier = cuda_shim_n_barriers - 1;
  parted = outcome_of_step ();
  cuda_shim_fault.skipped_barrier = 0;
  g_assert_null (parted);
  g_assert_nonnull (strstr (cuda_shim_error (), "barrier"));
}

static void
test_refused (void)
{
  g_assert_false (cuda_shim_launch ("ew_cuda_nothing", 1, 256, 0, NULL));
  g_assert_nonnull (strstr (cuda_shim_error (), "ew_cuda_nothing"));
  g_assert_false (cuda_shim_launch ("ew_cuda_step", 0, 256, 0, NULL));
  g_assert_false (cuda_shim_launch ("ew_cuda_step", 1, 0, 0, NULL));
  g_assert_false (cuda_shim_launch ("ew_cuda_step", 1, 1025, 0, NULL));
  g_assert_false (cuda_shim_launch ("ew_cuda_step", 1, 256, 48 * 1024 + 4, NULL));
  g_assert_nonnull (strstr (cuda_shim_error (), "not possible"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/cuda-shim/barriers", test_barriers);
  g_test_add_func ("/cuda-shim/guard", test_guard);
  g_test_add_func ("/cuda-shim/parted-threads", test_parted_threads);
  g_test_add_func ("/cuda-shim/refused", test_refused);
  return g_test_run ();
}
