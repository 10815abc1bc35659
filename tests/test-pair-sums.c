/* One kernel for many pairs: the sums, and what is said of each pair, against one problem that holds all of them. */
#include "engine/lapack.h"
#include "engine/pair-sums.h"
#include "engine/reference.h"
#include "engine/solver.h"
#include "tests/gram-fixtures.h"

#include <math.h>
#include <string.h>

#define PAIRS_MAX 5

/* What the pairs are fetched from, and a look at what is kept of them. */
typedef struct
{
  int n;
  EwProblem *problems[PAIRS_MAX];
  EwProblem *held[PAIRS_MAX];
  int fetched[PAIRS_MAX];
  int visited[PAIRS_MAX];
  int fails_at;
  int visit_fails_at;
} Pairs;

static void
pairs_clear (Pairs *pairs)
{
  for (int i = 0; i < pairs->n; i++)
    {
      g_clear_pointer (&pairs->problems[i], ew_problem_unref);
      g_clear_pointer (&pairs->held[i], ew_problem_unref);
    }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pairs, pairs_clear)

static gboolean
fetch (int number, gpointer data, EwProblem **problem, EwProblem **held, GError **error)
{
  Pairs *pairs = data;

  /* Memory is bounded by one pair: all others have been let go. */
  for (int i = 0; i < pairs->n; i++)
    g_assert_cmpint (atomic_load (&pairs->problems[i]->refs), ==, 1);
  if (pairs->fails_at == number)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_IO, "gone.png: It is gone.");
      return FALSE;
    }
  pairs->fetched[number]++;
  *problem = ew_problem_ref (pairs->problems[number]);
  *held = pairs->held[number] == NULL ? NULL : ew_problem_ref (pairs->held[number]);
  return TRUE;
}

static gboolean
visit (int number, EwProblem *problem, const double *params, gpointer data, GError **error)
{
  Pairs *pairs = data;

  g_assert_true (problem == pairs->problems[number]);
  g_assert_true (isfinite (params[0]));
  pairs->visited[number]++;
  if (pairs->visit_fails_at == number)
    g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA, "No more.");
  return pairs->visit_fails_at != number;
}

static EwDevices *
cpu (void)
{
  static const EwBackend *backends[1];

  backends[0] = ew_cpu_backend ();
  return ew_devices_new (backends, 1, 2);
}

static void
random_geometry (EwRandom *random, EwGeometry *g)
{
  ew_geometry_init_valid (g, random_int (random, 1, 4), random_int (random, 1, 3));
  g->stride = random_int (random, 1, 2);
  g->dilation = random_int (random, 1, 2);
  g->border = (EwBorder)random_int (random, 0, 3);
  g->top = random_int (random, 0, 2);
  g->right = random_int (random, 0, 2);
}

/* Pairs of any sizes and masks, of one or two samples, and all of them as one problem. Whole numbers: sums are exact. */
static EwProblem *
random_pairs (EwRandom *random, int round, Pairs *pairs, EwProblem **joined_held)
{
  EwGeometry g;
  EwSample all[4 * PAIRS_MAX], held[4 * PAIRS_MAX];
  int n_all = 0, n_held = 0;
  gboolean has_bias = round % 2;

  *pairs = (Pairs){ .n = random_int (random, 1, PAIRS_MAX), .fails_at = -1, .visit_fails_at = -1 };
  random_geometry (random, &g);
  for (int i = 0; i < pairs->n; i++)
    {
      SampleList samples = { .n = 0 };
      g_autoptr (EwProblem) whole = NULL;

      for (int s = random_int (random, 1, 2); s > 0; s--)
        {
          add_random_sample (&samples, random, &g, random_int (random, 12, 30), random_int (random, 12, 40), TRUE);
          if (round % 3 == 0)
            add_random_mask (&samples, random, (Mask)random_int (random, 0, MASK_RECTANGLE), TRUE);
        }
      whole = problem_of_samples (&samples, &g, has_bias);
      if (round % 4 < 2)
        pairs->problems[i] = ew_problem_ref (whole);
      else
        g_assert_true (ew_problem_split (whole, 0.3, &pairs->problems[i], &pairs->held[i], NULL));
      for (int s = 0; s < pairs->problems[i]->n_samples; s++)
        all[n_all++] = pairs->problems[i]->samples[s];
      for (int s = 0; pairs->held[i] != NULL && s < pairs->held[i]->n_samples; s++)
        held[n_held++] = pairs->held[i]->samples[s];
    }
  g = pairs->problems[0]->geometry;
  *joined_held = n_held == 0 ? NULL : ew_problem_new (held, n_held, &g, has_bias, NULL);
  return ew_problem_new (all, n_all, &g, has_bias, NULL);
}

/* The reference's loss, and a bound on what float64 rounding makes of a sum of that many squares of magnitude c. */
static double
reference_loss (const EwProblem *problem, const double *params)
{
  g_autofree double *gradient = g_new (double, problem->n_params);
  double loss;

  ew_reference_evaluate (problem, params, &loss, gradient);
  return loss;
}

/* 1e-12 of the loss: some thousand roundings of 2⁻⁵³ each; and as much of Σ y², for what cancels in each residual. */
static void
check_loss (double loss, const EwProblem *problem, const double *params)
{
  g_assert_cmpfloat_with_epsilon (loss, reference_loss (problem, params), 1e-12 * problem->y_squared);
}

static void
check_pair (const EwPairFit *fit, EwProblem *problem, EwProblem *held, const double *params, EwDevices *devices)
{
  g_autoptr (EwQuadratic) q = ew_fit_quadratic (devices, problem, NULL, NULL);
  g_autofree double *own = g_new (double, problem->n_params);

  g_assert_cmpint (fit->n_residuals, ==, problem->n_residuals);
  check_loss (fit->loss, problem, params);
  g_assert_true (ew_quadratic_optimum (q, own, NULL, NULL, NULL, NULL));
  check_loss (fit->own_loss, problem, own);
  g_assert_cmpfloat (fit->own_loss, <=, fit->loss + 1e-12 * problem->y_squared);
  g_assert_cmpfloat_with_epsilon (fit->moments.variation, ew_problem_variation (problem), 1e-12 * problem->y_squared);
  g_assert_cmpint (fit->held, ==, held == NULL ? 0 : held->n_residuals);
  if (held != NULL)
    check_loss (fit->held_loss, held, params);
}

static void
check_whole (const EwPairSums *sums, EwProblem *joined, EwProblem *joined_held, EwRandom *random)
{
  g_autofree double *elsewhere = random_weights (random, joined, FALSE);

  g_assert_cmpint (sums->problem->n_residuals, ==, joined->n_residuals);
  g_assert_cmpfloat (sums->problem->y_squared, ==, joined->y_squared);
  g_assert_cmpfloat_with_epsilon (sums->moments.variation, ew_problem_variation (joined), 1e-12 * joined->y_squared);
  compare_with_plain_sums (ew_quadratic_gram (sums->quadratic), joined, TRUE);
  check_loss (ew_quadratic_loss (sums->quadratic, sums->params), joined, sums->params);
  /* Far from the base the quadratic's own rounding: 1e-12 of the loss there. */
  g_assert_cmpfloat_with_epsilon (ew_quadratic_loss (sums->quadratic, elsewhere), reference_loss (joined, elsewhere),
                                  1e-11 * (joined->y_squared + reference_loss (joined, elsewhere)));
  g_assert_true ((sums->held_quadratic != NULL) == (joined_held != NULL));
  if (joined_held == NULL)
    return;
  compare_with_plain_sums (ew_quadratic_gram (sums->held_quadratic), joined_held, TRUE);
  check_loss (ew_quadratic_loss (sums->held_quadratic, sums->params), joined_held, sums->params);
  g_assert_cmpint (sums->held->n_residuals, ==, joined_held->n_residuals);
  g_assert_cmpfloat_with_epsilon (sums->held_moments.variation, ew_problem_variation (joined_held),
                                  1e-12 * joined_held->y_squared);
}

static gboolean
has_lapack (void)
{
  g_autoptr (GError) error = NULL;

  if (ew_lapack_available (&error))
    return TRUE;
  g_test_skip (error->message);
  return FALSE;
}

static void
test_agrees (void)
{
  EwRandom random = 801;
  g_autoptr (EwDevices) devices = cpu ();

  for (int round = 0; has_lapack () && round < 24; round++)
    {
      g_auto (Pairs) pairs = { 0 };
      g_autoptr (EwProblem) joined_held = NULL;
      g_autoptr (EwProblem) joined = random_pairs (&random, round, &pairs, &joined_held);
      g_autoptr (GError) error = NULL;
      g_autoptr (EwPairSums) sums = ew_pair_sums_new (devices, pairs.n, fetch, round % 5 == 0 ? NULL : visit, &pairs,
                                                      NULL, &error);

      g_assert_no_error (error);
      check_whole (sums, joined, joined_held, &random);
      for (int i = 0; i < pairs.n; i++)
        {
          check_pair (&sums->fits[i], pairs.problems[i], pairs.held[i], sums->params, devices);
          g_assert_cmpint (pairs.fetched[i], ==, 2);
          g_assert_cmpint (pairs.visited[i], ==, round % 5 == 0 ? 0 : 1);
        }
    }
}

/* Learning goes on from the sums alone, and what needs the data is refused. */
static void
test_solver (void)
{
  EwRandom random = 802;
  g_auto (Pairs) pairs = { 0 };
  g_autoptr (EwDevices) devices = cpu ();
  g_autoptr (EwProblem) joined_held = NULL;
  g_autoptr (EwProblem) joined = random_pairs (&random, 1, &pairs, &joined_held);
  g_autoptr (EwPairSums) sums = NULL;
  g_autoptr (EwKernel) start = random_kernel (&random, joined->geometry.kernel_height, joined->geometry.kernel_width, 0, 1);
  g_autoptr (EwSolver) solver = NULL;
  g_autoptr (GError) error = NULL;
  EwRecipe options;

  if (!has_lapack ())
    return;
  sums = ew_pair_sums_new (devices, pairs.n, fetch, NULL, &pairs, NULL, &error);
  g_assert_no_error (error);
  ew_recipe_init (&options, EW_OPTIMIZER_LEAST_SQUARES);
  g_assert_true (ew_recipe_is_quadratic (&options));
  solver = ew_solver_new (sums->problem, sums->quadratic, start, &options, &error);
  g_assert_no_error (error);
  g_assert_true (ew_solver_run (solver, 1, NULL, NULL, NULL, &error));
  for (int k = 0; k < joined->n_params; k++)
    g_assert_cmpfloat_with_epsilon (ew_solver_params (solver)[k], sums->params[k], 1e-12);
  ew_recipe_init (&options, EW_OPTIMIZER_MOMENTUM);
  options.batch = 4;
  g_assert_false (ew_recipe_is_quadratic (&options));
  g_assert_null (ew_solver_new (sums->problem, sums->quadratic, start, &options, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_USAGE);
}

/* What is wrong with one pair is told as it is. */
static void
check_failure (Pairs *pairs, EwCancel *cancel, int code, const char *text)
{
  g_autoptr (EwDevices) devices = cpu ();
  g_autoptr (GError) error = NULL;

  g_assert_null (ew_pair_sums_new (devices, pairs->n, fetch, visit, pairs, cancel, &error));
  g_assert_error (error, EW_ERROR, code);
  g_assert_nonnull (strstr (error->message, text));
  for (int i = 0; i < pairs->n; i++)
    g_assert_cmpint (atomic_load (&pairs->problems[i]->refs), ==, 1);
}

static void
test_failures (void)
{
  EwRandom random = 803;
  g_auto (Pairs) pairs = { .n = 3, .fails_at = -1, .visit_fails_at = -1 };
  EwCancel cancel = 1;

  for (int i = 0; i < 3; i++)
    pairs.problems[i] = random_valid_problem (&random, 14, 15 + i, 2, 2, FALSE, TRUE);
  if (!has_lapack ())
    return;
  pairs.fails_at = 1;
  check_failure (&pairs, NULL, EW_ERROR_IO, "gone.png: It is gone.");
  pairs.fails_at = -1;
  pairs.visit_fails_at = 2;
  check_failure (&pairs, NULL, EW_ERROR_DATA, "No more.");
  pairs.visit_fails_at = -1;
  check_failure (&pairs, &cancel, EW_ERROR_CANCELLED, "cancelled");
  /* Another kernel size, and a bias that the others do not have. */
  ew_problem_unref (pairs.problems[2]);
  pairs.problems[2] = random_valid_problem (&random, 14, 15, 2, 3, FALSE, TRUE);
  check_failure (&pairs, NULL, EW_ERROR_GEOMETRY, "must be the same for all pairs");
  ew_problem_unref (pairs.problems[2]);
  pairs.problems[2] = random_valid_problem (&random, 14, 15, 2, 2, TRUE, TRUE);
  check_failure (&pairs, NULL, EW_ERROR_GEOMETRY, "must be the same for all pairs");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/pair-sums/agrees", test_agrees);
  g_test_add_func ("/pair-sums/solver", test_solver);
  g_test_add_func ("/pair-sums/failures", test_failures);
  return g_test_run ();
}
