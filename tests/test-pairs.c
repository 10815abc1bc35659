/* Several pairs in the window's experiment: what of a folder is taken and why the rest is not, which samples the task has, and
 * what is said of each pair. */
#include "app/appraiser.h"
#include "app/experiment-pair.h"
#include "app/files/write.h"
#include "app/moment.h"
#include "app/pairs-opening.h"
#include "app/undo.h"
#include "engine/holdout.h"
#include "engine/lapack.h"
#include "engine/reference.h"
#include "tests/engine-fixtures.h"
#include "tests/files-fixtures.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static gboolean
has_lapack (void)
{
  g_autoptr (GError) error = NULL;

  if (ew_lapack_available (&error))
    return TRUE;
  g_test_skip (error->message);
  return FALSE;
}

/* NAME-before.npy of that size, and NAME-after.npy, what @kernel makes of it with some noise. */
static void
write_pair (EwRandom *random, const char *name, int height, int width, const EwKernel *kernel, double noise)
{
  g_autoptr (EwGrid) x = random_grid (random, height, width, 0, 1);
  g_autoptr (EwGrid) y = reference_output (x, kernel);
  g_autofree char *before = g_strdup_printf ("%s-before.npy", name);
  g_autofree char *after = g_strdup_printf ("%s-after.npy", name);

  for (int i = 0; i < y->height; i++)
    for (int j = 0; j < y->width; j++)
      ew_grid_row (y, i)[j] += (float)(noise * ew_random_uniform (random));
  g_assert_true (ew_grid_write (scratch (before), x, NULL, NULL));
  g_assert_true (ew_grid_write (scratch (after), y, NULL, NULL));
}

static EwPairs *
read_folder (GError **error)
{
  g_autofree char *folder = g_path_get_dirname (scratch ("any"));
  EwPairsOpening opening = { .path = folder };

  return ew_pairs_read (&opening, error);
}

static const char *
reason_for (const EwPairs *pairs, const char *name)
{
  for (int i = 0; i < pairs->n_left_out; i++)
    if (strcmp (pairs->left_out[i].name, name) == 0)
      return pairs->left_out[i].reason;
  g_error ("%s is not among what is left out", name);
}

static void
check_reason (const EwPairs *pairs, const char *name, const char *text)
{
  if (strstr (reason_for (pairs, name), text) == NULL)
    g_test_fail_printf ("%s is left out for “%s”, not for “%s”", name, reason_for (pairs, name), text);
}

/* What goes together is taken, in the order of names; each of the others is left out with its reason. */
static void
test_folder (void)
{
  EwRandom random = 31;
  g_autoptr (EwKernel) three = random_kernel (&random, 3, 2, -1, 1);
  g_autoptr (EwKernel) five = random_kernel (&random, 5, 5, -1, 1);
  g_autoptr (EwKernel) point = random_kernel (&random, 1, 1, 1, 2);
  g_autoptr (EwKernel) cut = random_kernel (&random, 7, 16, -1, 1);
  g_autoptr (EwPairs) pairs = NULL;
  g_autoptr (GError) error = NULL;

  scratch_open ();
  /* The first of them in their order, so that it could ask for a size. */
  write_pair (&random, "0", 40, 40, cut, 0);
  write_pair (&random, "b", 20, 30, three, 0);
  write_pair (&random, "a", 11, 9, three, 0);
  write_pair (&random, "c", 14, 15, point, 0);
  write_pair (&random, "d", 20, 30, five, 0);
  write_pair (&random, "e", 20, 30, three, 0);
  scratch_write_text ("e-after.npy", "1,2\n3\n");
  write_pair (&random, "f", 20, 30, three, 0);
  scratch_write_text ("f-before.npy", "1,2,3\n4,nan,6\n");
  scratch_write_text ("f-after.npy", "1,2,3\n4,5,6\n");
  write_pair (&random, "g", 8, 8, three, 0);
  scratch_write_text ("g-before.npy", "1,2\n3,4\n");
  scratch_write_text ("alone.txt", "1\n");
  pairs = read_folder (&error);
  g_assert_no_error (error);
  g_assert_cmpint (pairs->n, ==, 3);
  g_assert_cmpstr (pairs->items[0].name, ==, "a");
  g_assert_cmpstr (pairs->items[1].name, ==, "b");
  g_assert_cmpstr (pairs->items[2].name, ==, "c");
  g_assert_cmpint (pairs->kernel_height, ==, 3);
  g_assert_cmpint (pairs->kernel_width, ==, 2);
  g_assert_cmpint (pairs->n_left_out, ==, 6);
  check_reason (pairs, "0", "cut from it rather than");
  check_reason (pairs, "d", "ask for a 5×5 kernel, those of the pairs before it for 3×2");
  check_reason (pairs, "e", "e-after.npy: ");
  check_reason (pairs, "f", "not finite");
  check_reason (pairs, "g", "a target of the input’s size would fit");
  check_reason (pairs, "alone.txt", "no partner");
  scratch_close ();
}

/* Nothing that can be used is one sentence, and so is too much. */
static void
test_refused (void)
{
  EwRandom random = 32;
  g_autoptr (EwKernel) kernel = random_kernel (&random, 3, 3, -1, 1);
  g_autoptr (GError) empty = NULL;
  g_autoptr (GError) bad = NULL;
  g_autoptr (GError) large = NULL;
  g_autoptr (GError) held = NULL;
  g_autoptr (GError) cancelled = NULL;
  g_autofree char *folder = NULL;

  scratch_open ();
  folder = g_path_get_dirname (scratch ("any"));
  g_assert_null (read_folder (&empty));
  g_assert_error (empty, EW_ERROR, EW_ERROR_DATA);
  g_assert_nonnull (strstr (empty->message, "no pair in this folder"));
  scratch_write_text ("x-before.csv", "1,2\n");
  scratch_write_text ("x-after.csv", "1,2,3\n");
  g_assert_null (read_folder (&bad));
  g_assert_error (bad, EW_ERROR, EW_ERROR_DATA);
  g_assert_nonnull (strstr (bad->message, "The only pair, x, cannot be used. The input is 1×2 and the target 1×3"));
  write_pair (&random, "y", 20, 30, kernel, 0);
  g_autoptr (EwPairs) all = read_folder (NULL);
  EwPairsOpening again = { .path = folder, .has_former = TRUE, .former = { .pairs = ew_pairs_with_held (all, 0, TRUE) } };
  g_assert_null (ew_pairs_read (&again, &held));
  g_assert_nonnull (strstr (held->message, "All pairs that could be read so are held out"));
  ew_pairs_unref (again.former.pairs);
  ew_pairs_set_bytes_for_tests (1000);
  g_assert_null (read_folder (&large));
  ew_pairs_set_bytes_for_tests (0);
  g_assert_error (large, EW_ERROR, EW_ERROR_TOO_LARGE);

  EwPairsOpening stopped = { .path = folder, .cancel = 1 };

  g_assert_null (ew_pairs_read (&stopped, &cancelled));
  g_assert_error (cancelled, EW_ERROR, EW_ERROR_CANCELLED);
  scratch_close ();
}

/* Pairs of one kernel, the last of them of another, open in an experiment. */
static void
open_some (EwExperiment *e, EwRandom *random, int n)
{
  g_autoptr (EwKernel) kernel = random_kernel (random, 3, 3, -1, 1);
  g_autoptr (EwKernel) other = random_kernel (random, 3, 3, -1, 1);
  g_autoptr (EwPairs) pairs = NULL;
  g_autoptr (GError) error = NULL;

  scratch_open ();
  for (int i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("pair%d", i);

      write_pair (random, name, random_int (random, 12, 30), random_int (random, 12, 30), i == n - 1 ? other : kernel, 0.1);
    }
  pairs = read_folder (&error);
  g_assert_no_error (error);
  scratch_close ();
  ew_experiment_init_textbook (e);
  g_assert_true (ew_experiment_set_pairs (e, pairs, NULL, &error));
  g_assert_no_error (error);
}

/* One after the other is shown without a change of what is learned; held out, it is another task. What is opened instead
 * forgets them. */
static void
test_experiment (void)
{
  EwRandom random = 33;
  EwExperiment e, shown, held;
  g_autofree int *uses = NULL;
  g_autoptr (GError) error = NULL;
  EwTask task;

  open_some (&e, &random, 3);
  ew_experiment_task (&e, &task);
  g_assert_cmpint (task.n_samples, ==, 3);
  g_assert_true (task.x[1] == e.pairs->items[1].input->planes[0]);
  g_assert_true (task.y[2] == e.pairs->items[2].target->planes[0]);
  g_assert_null (ew_experiment_uses (&e));
  g_assert_cmpint (e.settings.kernel_height, ==, 3);
  g_assert_false (e.textbook);

  ew_experiment_copy (&shown, &e);
  ew_experiment_show_pair (&shown, 2);
  g_assert_true (shown.input == shown.pairs->items[2].input);
  g_assert_true (shown.target == shown.pairs->items[2].target);
  g_assert_cmpint (ew_experiment_sample (&shown), ==, 2);
  g_assert_true (ew_moment_same_task (&e, &shown));

  ew_experiment_copy (&held, &shown);
  g_assert_true (ew_experiment_hold_pair (&held, 0, TRUE, NULL));
  g_assert_true (ew_experiment_hold_pair (&held, 2, TRUE, NULL));
  g_assert_false (ew_moment_same_task (&e, &held));
  uses = ew_experiment_uses (&held);
  g_assert_cmpint (uses[0], ==, EW_USE_HELD);
  g_assert_cmpint (uses[1], ==, EW_USE_LEARN);
  g_assert_cmpint (uses[2], ==, EW_USE_HELD);
  g_assert_false (ew_experiment_hold_pair (&held, 1, TRUE, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_DATA);

  g_assert_true (ew_experiment_set_input (&held, shown.input, NULL, NULL));
  g_assert_null (held.pairs);
  ew_experiment_task (&held, &task);
  g_assert_cmpint (task.n_samples, ==, 1);
  ew_experiment_clear (&held);
  ew_experiment_clear (&shown);
  ew_experiment_clear (&e);
}

/* A correction of the pair that is shown is that pair's alone. */
static void
test_correction (void)
{
  EwRandom random = 34;
  EwExperiment e, corrected;
  EwCorrection scale = { .kind = EW_CORRECTION_SCALE, .factor = 2 };
  float before;

  open_some (&e, &random, 3);
  ew_experiment_show_pair (&e, 1);
  before = ew_grid_row (e.target->planes[0], 3)[4];
  ew_experiment_copy (&corrected, &e);
  g_assert_true (ew_experiment_correct (&corrected, &scale, NULL));
  ew_experiment_take_pair (&e, &corrected);
  g_assert_cmpfloat (ew_grid_row (e.pairs->items[1].target->planes[0], 3)[4], ==, before / 2);
  g_assert_true (e.target == e.pairs->items[1].target);
  g_assert_true (e.pairs->items[0].target == corrected.pairs->items[0].target);
  g_assert_true (e.pairs->y[1] == e.pairs->items[1].target->planes[0]);
  ew_experiment_clear (&corrected);
  ew_experiment_clear (&e);
}

/* What undo holds beside what is open: the planes of all pairs, each once. */
static void
test_undo_bytes (void)
{
  EwRandom random = 35;
  EwExperiment e, textbook;
  g_autoptr (EwUndo) undo = ew_undo_new (10, G_MAXSIZE);
  EwMoment moment;
  gsize bytes;

  open_some (&e, &random, 3);
  ew_experiment_init_textbook (&textbook);
  ew_moment_init (&moment, &e, e.start, 0);
  ew_undo_add (undo, "Open Pairs", 0, &moment, &textbook);
  bytes = ew_undo_bytes (undo, &textbook) - ew_undo_bytes (undo, &e);
  g_assert_cmpuint (bytes, ==, ew_pairs_bytes (e.pairs));
  ew_experiment_clear (&textbook);
  ew_experiment_clear (&e);
}

static void
on_wake (gpointer data)
{
}

static EwAppraisal *
appraise (EwProblem *learned, const EwAppraisalGroups *groups)
{
  EwAppraiser *appraiser = ew_appraiser_new (on_wake, NULL);
  EwAppraisal *a = NULL;

  ew_appraiser_ask (appraiser, 1, learned, groups);
  while ((a = ew_appraiser_take (appraiser)) == NULL)
    g_usleep (200);
  ew_appraiser_free (appraiser);
  return a;
}

/* The optimum and what it leaves in each pair, also in one that it was not fitted to, by the reference's sums over the data. */
static void
test_quality (void)
{
  EwRandom random = 36;

  for (int round = 0; has_lapack () && round < draws (5); round++)
    {
      EwExperiment e;
      EwSample samples[4], learned_samples[3];
      int group_of[4] = { 0, 1, 2, 3 };
      gboolean held[4] = { FALSE, FALSE, TRUE, FALSE };
      EwGeometry g;
      g_autoptr (EwProblem) whole = NULL;
      g_autoptr (EwProblem) learned = NULL;
      g_autoptr (EwAppraisal) a = NULL;
      double gradient[9], least;

      open_some (&e, &random, 4);
      ew_geometry_init_valid (&g, 3, 3);
      for (int i = 0, n = 0; i < 4; i++)
        {
          samples[i] = (EwSample){ e.pairs->x[i], e.pairs->y[i], NULL };
          if (!held[i])
            learned_samples[n++] = samples[i];
        }
      whole = ew_problem_new (samples, 4, &g, FALSE, NULL);
      learned = ew_problem_new (learned_samples, 3, &g, FALSE, NULL);
      a = appraise (learned, &(EwAppraisalGroups){ whole, 4, group_of, held });
      g_assert_no_error (a->error);
      /* At the optimum of what is learned from, and of nothing else, its loss has no slope: to rounding, against h. */
      ew_reference_evaluate (learned, a->optimum->params, &least, gradient);
      for (int k = 0; k < 9; k++)
        g_assert_cmpfloat_with_epsilon (gradient[k], 0, 1e-9 * learned->y_squared);
      g_assert_cmpint (a->n_fits, ==, 4);
      for (int i = 0; i < 4; i++)
        {
          g_autoptr (EwProblem) one = ew_problem_new (&samples[i], 1, &g, FALSE, NULL);
          double loss;

          ew_reference_evaluate (one, a->optimum->params, &loss, gradient);
          g_assert_cmpfloat_with_epsilon (a->fits[i].loss, loss, 1e-9 * one->y_squared);
          g_assert_cmpint (a->fits[i].n_residuals, ==, one->n_residuals);
          g_assert_cmpfloat_with_epsilon (a->fits[i].moments.variation, ew_problem_variation (one), 1e-9 * one->y_squared);
          g_assert_cmpfloat (a->fits[i].own_loss, <=, loss * (1 + 1e-9));
        }
      /* The last one is of another filter, which its own kernel shows. */
      g_assert_true (ew_pair_fit_is_strange (&a->fits[3]));
      ew_experiment_clear (&e);
    }
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return x < y ? -1 : x > y;
}

/* The noise is 1.4826 times the median of the optimum's residuals, by sorting all of them, whatever a few outliers are. */
static void
test_noise (void)
{
  EwRandom random = 37;
  g_autoptr (EwKernel) kernel = random_kernel (&random, 3, 3, -1, 1);
  EwGrid *x = random_grid (&random, 30, 40, 0, 1);
  EwGrid *y = reference_output (x, kernel);
  g_autoptr (EwProblem) problem = NULL;
  g_autoptr (EwAppraisal) a = NULL;
  g_autoptr (EwAppraisal) left = NULL;
  g_autofree double *values = NULL;
  EwAppraiser *appraiser;
  int n = y->height * y->width;

  if (!has_lapack ())
    return;
  for (int k = 0; k < n; k++)
    ew_grid_row (y, k / y->width)[k % y->width] += (float)(0.1 * ew_random_uniform (&random) + (k % 97 == 0 ? 50 : 0));
  problem = problem_of_pair (x, y, 3, 3, TRUE);
  a = appraise (problem, NULL);
  g_assert_no_error (a->error);
  appraiser = ew_appraiser_new (on_wake, NULL);
  ew_appraiser_ask_structure (appraiser, a);
  while ((left = ew_appraiser_take (appraiser)) == NULL)
    g_usleep (200);
  ew_appraiser_free (appraiser);
  g_assert_true (left->has_structure);

  EwKernel *optimum = kernel_of_params (problem, a->optimum->params);

  values = g_new (double, n);
  g_assert_true (ew_reference_correlate (problem->samples[0].x, optimum, &problem->geometry, values, NULL));
  ew_kernel_unref (optimum);
  for (int k = 0; k < n; k++)
    values[k] = fabs (values[k] - (double)ew_grid_row (problem->samples[0].y, k / problem->samples[0].y->width)[k % problem->samples[0].y->width]);
  qsort (values, (gsize)n, sizeof *values, compare);
  /* Between the two in the middle, whichever is taken; residuals in float64 either way. */
  g_assert_cmpfloat (left->noise, >=, 1.4826 * values[n / 2 - 1] * (1 - 1e-4));
  g_assert_cmpfloat (left->noise, <=, 1.4826 * values[n / 2] * (1 + 1e-4));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/pairs/folder", test_folder);
  g_test_add_func ("/pairs/refused", test_refused);
  g_test_add_func ("/pairs/experiment", test_experiment);
  g_test_add_func ("/pairs/correction", test_correction);
  g_test_add_func ("/pairs/undo-bytes", test_undo_bytes);
  g_test_add_func ("/pairs/quality", test_quality);
  g_test_add_func ("/pairs/noise", test_noise);
  return g_test_run ();
}
