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

/* More tiles than blocks in all of them, so that what lies in shared memory is replaced. */
static GBytes *
correlate (EwCudaPath path, int kernel_height, int kernel_width)
{
  EwRandom random = 31;
  g_autoptr (EwGrid) x = random_grid (&random, 40 + kernel_height, 170 + kernel_width, -1, 1);
  g_autoptr (EwGrid) y = ew_grid_new (41, 171, NULL);
  g_autoptr (EwKernel) kernel = random_kernel (&random, kernel_height, kernel_width, -1, 1);
  g_autofree double *params = g_new (double, kernel_height *kernel_width + 1);
  GuardedPlane gx, gy;
  GBytes *outcome = NULL;
  EwGeometry geometry;
  EwCudaWay way;

  memcpy (params, kernel->taps, kernel_height * kernel_width * sizeof (double));
  params[kernel_height * kernel_width] = 0.5;
  ew_geometry_init_valid (&geometry, kernel_height, kernel_width);
  ew_cuda_way_init (&way, &geometry, FALSE, 41, 171, 1, 1);
  way.path = path;
  guarded_plane_init (&gx, x, 0, FALSE);
  guarded_plane_init (&gy, y, 0, FALSE);
  if (launch_correlate (2, &way, &gx, &gy, params))
    outcome = g_bytes_new (gy.memory, gy.n_values * sizeof (float));
  guarded_plane_clear (&gx);
  guarded_plane_clear (&gy);
  return outcome;
}

static GBytes *
outcome_of_correlate_wide (void)
{
  return correlate (EW_CUDA_WIDE, 3, 5);
}

static GBytes *
outcome_of_correlate_general (void)
{
  return correlate (EW_CUDA_GENERAL, 3, 5);
}

static EwProblem *
problem_for (int kernel_height, int kernel_width)
{
  EwRandom random = 32;
  EwGeometry geometry;

  ew_geometry_init_valid (&geometry, kernel_height, kernel_width);
  return random_problem_for (&random, &geometry, 3, 100, TRUE, FALSE);
}

static double *
random_params (int n)
{
  EwRandom random = 33;
  double *params = g_new (double, n);

  for (int k = 0; k < n; k++)
    params[k] = ew_random_uniform (&random) - 0.5;
  return params;
}

static GBytes *
evaluate (EwCudaPath path, int kernel_height, int kernel_width)
{
  g_autoptr (EwProblem) problem = problem_for (kernel_height, kernel_width);
  g_autoptr (Pairs) pairs = NULL;
  gsize n_partials = 2 * (gsize)(kernel_height * kernel_width + 2);
  g_autofree double *params = random_params (problem->n_params);
  g_autofree double *partials = g_new0 (double, n_partials);
  EwCudaProgress progress = { 0 };
  EwCudaWay way;

  ew_cuda_way_init (&way, &problem->geometry, TRUE, 70, 70, 3, 1);
  way.path = path;
  way.tile = ew_cuda_tile (path, way.rows);
  pairs = pairs_new (problem, way.tile, 0);
  g_assert_cmpint (pairs->n_tiles, >, 2);
  if (!launch_evaluate (2, &way, pairs, params, TRUE, &progress, partials))
    return NULL;
  return g_bytes_new (partials, n_partials * sizeof (double));
}

#define OUTCOME_OF_LITERAL(side)                                                                                       \
  static GBytes *outcome_of_literal_##side (void)                                                                      \
  {                                                                                                                    \
    return evaluate (EW_CUDA_LITERAL, side, side);                                                                     \
  }

OUTCOME_OF_LITERAL (1)
OUTCOME_OF_LITERAL (2)
OUTCOME_OF_LITERAL (3)
OUTCOME_OF_LITERAL (4)
OUTCOME_OF_LITERAL (5)
OUTCOME_OF_LITERAL (6)
OUTCOME_OF_LITERAL (7)

static GBytes *
outcome_of_wide_groups (void)
{
  g_assert_cmpint (ew_cuda_groups (ew_cuda_wide_items (5, 3), EW_CUDA_WIDE_STRIPS), >, 1);
  return evaluate (EW_CUDA_WIDE, 5, 3);
}

static GBytes *
outcome_of_wide_items (void)
{
  g_assert_cmpint (ew_cuda_groups (ew_cuda_wide_items (45, 50), EW_CUDA_WIDE_STRIPS), ==, 1);
  return evaluate (EW_CUDA_WIDE, 45, 50);
}

static GBytes *
outcome_of_general_groups (void)
{
  return evaluate (EW_CUDA_GENERAL, 3, 3);
}

static GBytes *
outcome_of_general_taps (void)
{
  g_assert_cmpint (ew_cuda_groups (12 * 17, 16), ==, 1);
  return evaluate (EW_CUDA_GENERAL, 12, 17);
}

static GBytes *
exactly (int kernel_height, int kernel_width)
{
  g_autoptr (EwProblem) problem = problem_for (kernel_height, kernel_width);
  g_autoptr (Pairs) pairs = pairs_new (problem, ew_cuda_tile (EW_CUDA_GENERAL, 0), 0);
  gsize n_partials = 2 * (gsize)(kernel_height * kernel_width + 2);
  g_autofree double *params = random_params (problem->n_params);
  g_autofree double *partials = g_new0 (double, n_partials);
  EwCudaShape shape = { kernel_height, kernel_width, 1, 1 };

  if (!launch_exact (2, pairs, params, TRUE, shape, FALSE, partials))
    return NULL;
  return g_bytes_new (partials, n_partials * sizeof (double));
}

static GBytes *
outcome_of_exact_groups (void)
{
  return exactly (2, 3);
}

static GBytes *
outcome_of_exact_taps (void)
{
  return exactly (12, 17);
}

static GBytes *
outcome_of_reduce (void)
{
  g_autofree double *partials = random_params (5 * 700);
  double sums[5];

  if (!launch_reduce (2, partials, 700, 5, NULL, sums, 1))
    return NULL;
  return g_bytes_new (sums, sizeof sums);
}

/* One of two hundred new weights is infinite. */
static GBytes *
outcome_of_step (void)
{
  struct
  {
    double params[200];
    double trace[200];
    double loss;
    EwCudaProgress progress;
  } state = { .progress = { 1, 1, 0, 0 } };
  double sums[201] = { 0 };

  sums[100] = INFINITY;
  if (!launch_step (sums, 199, 200, state.params, &state.progress, &state.loss, state.trace))
    return NULL;
  return g_bytes_new (&state, sizeof state);
}

/* Some epochs and then, where @x of one column is very large, a weight that is infinite. */
static GBytes *
descend (float large)
{
  EwRandom random = 34;
  EwGrid *x = random_grid (&random, 20, 30, -1, 1);
  EwGrid *y = random_grid (&random, 16, 26, -1, 1);
  g_autoptr (EwProblem) problem = NULL;
  g_autoptr (Pairs) pairs = NULL;
  struct
  {
    double params[26];
    double trace[4 * 26];
    double losses[4];
    double sums[27];
    EwCudaProgress progress;
  } state = { .progress = { large > 0 ? 1e300 : 1e-4, INFINITY, 0, 0 } };
  EwCudaShape shape = { 5, 5, 1, 1 };

  ew_grid_row (x, 10)[29] = large > 0 ? large : 0.5f;
  problem = problem_of_pair (x, y, 5, 5, TRUE);
  pairs = pairs_new (problem, ew_cuda_tile (EW_CUDA_GENERAL, 0), 0);
  if (!launch_descend (pairs, shape, TRUE, 4, state.params, &state.progress, state.losses, state.trace, state.sums))
    return NULL;
  g_assert_true (cuda_shim_fault.skipped_barrier > 0 || state.progress.diverged == (large > 0));
  return g_bytes_new (&state, sizeof state);
}

static GBytes *
outcome_of_descend (void)
{
  return descend (0);
}

/* Only the taps of the last column see it. */
static GBytes *
outcome_of_end (void)
{
  return descend (1e9f);
}

/* Two tiles for each block, and more sums than are added up at a time. */
static GBytes *
outcome_of_lags (void)
{
  EwRandom random = 35;
  g_autoptr (EwGrid) x = random_grid (&random, 140, 140, -1, 1);
  double sums[(4 * 9 + 1) * 2];
  double *partials = sums;
  EwCudaLags lags = { 3, 137, 4, 136, 4, 0, 0 };
  GuardedPlane gx;
  EwCudaPlane plane;
  void *arguments[] = { &plane, &plane, &lags, &partials };
  gboolean fine;

  guarded_plane_init (&gx, x, 0, TRUE);
  plane = gx.plane;
  fine = cuda_shim_launch ("ew_cuda_lags_5", 2 * 2, EW_CUDA_THREADS, EW_CUDA_LAGS_BYTES, arguments);
  guarded_plane_clear (&gx);
  return fine ? g_bytes_new (sums, sizeof sums) : NULL;
}

static GBytes *
outcome_of_gram_edges (void)
{
  EwRandom random = 36;
  g_autoptr (EwGrid) x = random_grid (&random, 40, 300, -1, 1);
  double sums[2 * (1 + 2) * 2 * 5];
  double *edges = sums;
  EwCudaTapsOver over = { 2, 3, 39, 298, 5, 5, 0 };
  GuardedPlane gx;
  EwCudaPlane plane;
  void *arguments[] = { &plane, &over, &edges };
  gboolean fine;

  guarded_plane_init (&gx, x, 0, FALSE);
  plane = gx.plane;
  fine = cuda_shim_launch ("ew_cuda_gram_edges", 4, EW_CUDA_THREADS, EW_CUDA_THREADS * sizeof (double), arguments);
  guarded_plane_clear (&gx);
  return fine ? g_bytes_new (sums, sizeof sums) : NULL;
}

static const Outcome outcomes[] = {
  outcome_of_correlate_wide, outcome_of_correlate_general, outcome_of_literal_1,  outcome_of_literal_2,
  outcome_of_literal_3,      outcome_of_literal_4,         outcome_of_literal_5,  outcome_of_literal_6,
  outcome_of_literal_7,      outcome_of_wide_groups,       outcome_of_wide_items, outcome_of_general_groups,
  outcome_of_general_taps,   outcome_of_exact_groups,      outcome_of_exact_taps, outcome_of_reduce,
  outcome_of_step,           outcome_of_descend,           outcome_of_end,        outcome_of_lags,
  outcome_of_gram_edges,
};

static gboolean
equal (GBytes *a, GBytes *b)
{
  return a != NULL && b != NULL && g_bytes_equal (a, b);
}

/* Whether a case goes wrong, forwards or backwards, with the fault as it is. @last: where to look first, since barriers
 * that follow each other are of one kernel. */
static gboolean
goes_wrong (GBytes *const right[], guint *last)
{
  gboolean wrong = FALSE;

  for (guint n = 0; n < G_N_ELEMENTS (outcomes) && !wrong; n++)
    for (int backwards = 0; backwards < 2 && !wrong; backwards++)
      {
        guint i = (*last + n) % G_N_ELEMENTS (outcomes);
        g_autoptr (GBytes) outcome = NULL;

        cuda_shim_fault.backwards = backwards;
        outcome = outcomes[i]();
        wrong = !equal (outcome, right[i]);
        if (wrong)
          *last = i;
      }
  cuda_shim_fault.backwards = FALSE;
  return wrong;
}

static void
test_barriers (void)
{
  GBytes *right[G_N_ELEMENTS (outcomes)];
  guint last = 0;

  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    {
      right[i] = outcomes[i]();
      g_assert_nonnull (right[i]);
    }
  g_assert_false (goes_wrong (right, &last));
  g_assert_cmpint (cuda_shim_n_barriers, >, 0);
  for (int barrier = 1; barrier <= cuda_shim_n_barriers; barrier++)
    {
      cuda_shim_fault.skipped_barrier = barrier;
      g_test_message ("without barrier %d", barrier);
      g_assert_true (goes_wrong (right, &last));
    }
  cuda_shim_fault.skipped_barrier = 0;
  g_assert_false (goes_wrong (right, &last));
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    g_bytes_unref (right[i]);
}

/* Every thread of a reduction writes a value of its own. */
static void
test_guard (void)
{
#ifdef __SANITIZE_ADDRESS__
  g_test_skip ("AddressSanitizer ends the program at that");
#else
  const double partial = 1;
  const double *partials = &partial;
  const EwCudaProgress *progress = NULL;
  double sum = 0;
  double *sums = &sum;
  int one = 1;
  void *arguments[] = { &partials, &one, &one, &progress, &sums, &one };
  unsigned bytes = EW_CUDA_THREADS * sizeof (double);

  g_assert_true (cuda_shim_launch ("ew_cuda_reduce", 1, EW_CUDA_THREADS, bytes, arguments));
  g_assert_false (cuda_shim_launch ("ew_cuda_reduce", 1, EW_CUDA_THREADS, bytes - 4, arguments));
  g_assert_nonnull (strstr (cuda_shim_error (), "wrote beyond"));
#endif
}

/* Without the step's first barrier some threads see what a faster one has written, and end early. */
static void
test_parted_threads (void)
{
  g_autoptr (GBytes) whole = outcome_of_step ();
  int parted = 0;

  g_assert_nonnull (whole);
  for (int barrier = 1; barrier <= cuda_shim_n_barriers; barrier++)
    {
      g_autoptr (GBytes) outcome = NULL;

      cuda_shim_fault.skipped_barrier = barrier;
      outcome = outcome_of_step ();
      parted += outcome == NULL;
    }
  cuda_shim_fault.skipped_barrier = 0;
  g_assert_cmpint (parted, ==, 1);
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
