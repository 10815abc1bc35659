/* Two images as a pair of the window's: what is found in it, and that corrections mend what is learned from it. */
#include "app/experiment-pair.h"
#include "app/moment.h"
#include "engine/devices.h"
#include "engine/fit.h"
#include "engine/lapack.h"
#include "engine/loop.h"
#include "engine/reference.h"
#include "tests/engine-fixtures.h"

#include <math.h>

static const double blur[] = { 0.05, 0.1, 0.05, 0.1, 0.45, 0.1, 0.05, 0.1, 0 };

static gboolean
has_lapack (void)
{
  g_autoptr (GError) error = NULL;

  if (ew_lapack_available (&error))
    return TRUE;
  g_test_skip (error->message);
  return FALSE;
}

/* Noise of which neighbours are alike, so that a turn or a shift by a pixel is not just any other picture. */
static EwGrid *
smooth (EwRandom *random, int height, int width)
{
  g_autoptr (EwGrid) noise = random_grid (random, height + 4, width + 4, 0.2, 0.8);
  g_autoptr (EwKernel) box = ew_kernel_new (5, 5, NULL);

  for (int k = 0; k < 25; k++)
    box->taps[k] = 0.04;
  return reference_output (noise, box);
}

/* x ⋆ taps + bias laid over the edges, the outermost pixels repeated. */
static EwGrid *
filtered (const EwGrid *x, const double *taps, double bias)
{
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (3, 3, taps, bias, NULL);
  EwGeometry same = { .kernel_height = 3, .kernel_width = 3, .stride = 1, .dilation = 1, .top = 1, .bottom = 1, .left = 1,
                      .right = 1, .border = EW_BORDER_REPLICATE };
  g_autofree double *values = g_new (double, x->height * x->width);
  EwGrid *y = ew_grid_new (x->height, x->width, NULL);

  g_assert_true (ew_reference_correlate (x, kernel, &same, values, NULL));
  for (int k = 0; k < x->height * x->width; k++)
    ew_grid_row (y, k / x->width)[k % x->width] = (float)values[k];
  return y;
}

/* A source of @n planes, which are taken over. */
static EwSource *
source_of (const char *name, EwGrid **planes, int n)
{
  EwSource *source = ew_source_new (NULL, name, n == 3, planes, n);

  for (int i = 0; i < n; i++)
    ew_grid_unref (planes[i]);
  return source;
}

/* An experiment of the textbook's, with a pair put in whether it fits or not; the grids are taken over. */
static void
init_pair (EwExperiment *e, EwGrid *x, EwGrid *y)
{
  EwExperiment textbook;
  g_autoptr (EwSource) input = source_of ("before", &x, 1);
  g_autoptr (EwSource) target = source_of ("after", &y, 1);

  ew_experiment_init_textbook (&textbook);
  ew_experiment_copy_with_pair (e, &textbook, input, target);
  ew_experiment_clear (&textbook);
  g_assert_false (e->textbook);
  g_assert_cmpint (e->settings.target, ==, EW_TARGET_FILE);
}

static void
on_wake (gpointer data)
{
}

/* The largest error of the taps that a loop learns in one go from the experiment as it is. */
static double
learned_error (EwExperiment *e, const double *taps)
{
  const EwBackend *backends[] = { ew_cpu_backend () };
  EwLoop *loop = ew_loop_new (ew_devices_new (backends, 1, 1), on_wake, NULL);
  g_autoptr (EwSnapshot) s = NULL;
  g_autoptr (EwDevices) devices = ew_devices_new (backends, 1, 1);
  g_autoptr (GError) error = NULL;
  double params[10], worst = 0;
  EwTask task;

  ew_experiment_task (e, &task);
  ew_loop_set_task (loop, &task, NULL);
  while (s == NULL || s->problem == NULL)
    {
      g_autoptr (EwNotice) notice = ew_loop_take_notice (loop);

      ew_snapshot_unref (s);
      s = ew_loop_take_snapshot (loop);
      if (notice != NULL && notice->kind == EW_NOTICE_REFUSED)
        g_error ("refused: %s", notice->sentence);
      g_usleep (200);
    }

  g_autoptr (EwQuadratic) q = ew_fit_quadratic (devices, s->problem, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (ew_quadratic_optimum (q, params, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  for (int k = 0; k < 9; k++)
    worst = fmax (worst, fabs (params[k] - taps[k]));
  ew_loop_free (loop);
  return worst;
}

static const EwFinding *
find (const EwFindings *findings, EwFindingKind kind)
{
  const EwFinding *finding = ew_findings_find (findings, kind);

  if (finding == NULL)
    g_error ("%s was not found", ew_finding_name (kind));
  return finding;
}

static EwFindings *
examine (const EwExperiment *e)
{
  g_autoptr (GError) error = NULL;
  EwFindings *findings = ew_experiment_examine (e, NULL, &error);

  g_assert_no_error (error);
  for (int i = 0; i < findings->n; i++)
    g_test_message ("%s: %s", ew_finding_name (findings->items[i].kind), findings->items[i].sentence);
  return findings;
}

static void
correct (EwExperiment *e, EwFindingKind kind)
{
  g_autoptr (EwFindings) findings = examine (e);
  g_autoptr (GError) error = NULL;

  g_assert_true (ew_experiment_correct (e, &find (findings, kind)->correction, &error));
  g_assert_no_error (error);
  g_assert_true (ew_experiment_pair_fits (e));
}

/* Of one size: the frame is left out until the border is asked for, which is then learned from too. */
static void
test_border (void)
{
  EwRandom random = 601;
  EwGrid *x = smooth (&random, 60, 70);
  EwExperiment e;

  if (!has_lapack ())
    return;
  init_pair (&e, ew_grid_ref (x), filtered (x, blur, 0));
  g_assert_true (ew_experiment_cuts (&e));
  g_assert_true (ew_experiment_pair_fits (&e));
  g_assert_cmpfloat (learned_error (&e, blur), <, 1e-4);
  correct (&e, EW_FINDING_BORDER);
  g_assert_cmpint (e.settings.padding, ==, EW_PADDING_SAME);
  g_assert_cmpint (e.settings.border, ==, EW_BORDER_REPLICATE);
  g_assert_false (ew_experiment_cuts (&e));
  g_assert_cmpfloat (learned_error (&e, blur), <, 1e-4);
  ew_experiment_clear (&e);
  ew_grid_unref (x);
}

/* Made by a larger kernel: that is learned, and the frame is left out as before. */
static void
test_larger (void)
{
  EwRandom random = 608;
  g_autoptr (EwGrid) x = smooth (&random, 80, 90);
  g_autoptr (EwGrid) once = filtered (x, blur, 0);
  EwExperiment e;

  if (!has_lapack ())
    return;
  /* Twice a 3×3 kernel is once a 5×5 one, but near the edges, where no rule gives the same. */
  init_pair (&e, ew_grid_new_cropped (x, 2, 2, 76, 86, NULL), ew_grid_new_cropped (once, 2, 2, 76, 86, NULL));

  g_autoptr (EwFindings) none = examine (&e);

  g_assert_null (ew_findings_find (none, EW_FINDING_KERNEL));
  ew_experiment_clear (&e);

  g_autoptr (EwGrid) twice = filtered (once, blur, 0);

  init_pair (&e, ew_grid_new_cropped (x, 2, 2, 76, 86, NULL), ew_grid_new_cropped (twice, 2, 2, 76, 86, NULL));
  correct (&e, EW_FINDING_KERNEL);
  g_assert_cmpint (e.settings.kernel_height, ==, 5);
  g_assert_cmpint (e.start->width, ==, 5);
  g_assert_true (ew_experiment_cuts (&e));
  ew_experiment_clear (&e);
}

/* Turned by any turn: the input is turned back, on its side as well. */
static void
test_turns (void)
{
  EwRandom random = 602;

  if (!has_lapack ())
    return;
  for (int turn = EW_TURN_NONE + 1; turn < EW_TURN_N; turn++)
    {
      gboolean sideways = ew_turn_is_sideways ((EwTurn)turn);
      EwGrid *x = smooth (&random, 60, 90);
      g_autoptr (EwGrid) turned
          = ew_grid_turned (x, (EwTurn)turn, 0, 0, sideways ? 90 : 60, sideways ? 60 : 90, NULL);
      EwExperiment e;

      init_pair (&e, x, filtered (turned, blur, 0));
      g_assert_true (ew_experiment_pair_fits (&e) == !sideways);
      correct (&e, EW_FINDING_FLIPPED);
      g_assert_cmpmem (ew_grid_row (e.input->planes[0], 7), 40, ew_grid_row (turned, 7), 40);
      g_assert_cmpstr (e.input->name, ==, "before");
      g_assert_cmpfloat (learned_error (&e, blur), <, 1e-4);
      ew_experiment_clear (&e);
    }
}

/* Shifted, offset, and of values a file could not hold: all is mended in one go, and a mask leaves out what was clipped. */
static void
test_all (void)
{
  static const double crisp[] = { 0, -1, 0, -1, 5, -1, 0, -1, 0 };
  EwRandom random = 603;
  g_autoptr (EwGrid) x = smooth (&random, 120, 130);
  g_autoptr (EwGrid) y = NULL;
  gint64 clipped = 0, left_out = 0;
  EwExperiment e;
  g_autoptr (GError) error = NULL;
  int n;

  if (!has_lapack ())
    return;
  for (int i = 0; i < 120; i++)
    for (int j = 0; j < 130; j++)
      ew_grid_row (x, i)[j] = 0.5f + 3 * (ew_grid_row (x, i)[j] - 0.5f);
  y = filtered (x, crisp, 0.1);
  for (int i = 0; i < 120; i++)
    for (int j = 0; j < 130; j++)
      ew_grid_row (y, i)[j] = CLAMP (ew_grid_row (y, i)[j], 0, 1);
  init_pair (&e, ew_grid_new_cropped (x, 0, 0, 110, 120, NULL), ew_grid_new_cropped (y, 10, 5, 110, 120, NULL));
  g_assert_true (ew_experiment_correct_all (&e, &n, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (n, >=, 3);
  g_assert_cmpint (e.input->planes[0]->height, ==, 100);
  g_assert_cmpint (e.target->planes[0]->width, ==, 115);
  g_assert_true (e.settings.has_bias);
  g_assert_nonnull (e.mask);
  for (int i = 0; i < 100; i++)
    for (int j = 0; j < 115; j++)
      {
        clipped += ew_grid_row (e.target->planes[0], i)[j] <= 0 || ew_grid_row (e.target->planes[0], i)[j] >= 1;
        left_out += ew_grid_row (e.mask->planes[0], i)[j] == 0;
      }
  g_assert_cmpint (clipped, >, 100);
  g_assert_cmpint (left_out, ==, clipped);
  /* Float values: what is left is their rounding. */
  g_assert_cmpfloat (learned_error (&e, crisp), <, 1e-3);

  g_autoptr (EwFindings) after = examine (&e);

  for (int i = 0; i < after->n; i++)
    g_assert_false (after->items[i].blocks);
  ew_experiment_clear (&e);
}

/* Sizes that nothing explains: the pair does not fit before, and does after. */
static void
test_sizes (void)
{
  EwRandom random = 604;
  g_autoptr (EwGrid) x = smooth (&random, 130, 140);
  g_autoptr (EwGrid) y = filtered (x, blur, 0);
  EwExperiment e;

  if (!has_lapack ())
    return;
  init_pair (&e, ew_grid_new_cropped (x, 0, 10, 130, 120, NULL), ew_grid_new_cropped (y, 20, 0, 90, 140, NULL));
  g_assert_false (ew_experiment_pair_fits (&e));
  correct (&e, EW_FINDING_SIZE);
  g_assert_cmpfloat (learned_error (&e, blur), <, 1e-4);
  ew_experiment_clear (&e);
}

/* Rows of NaN in one of three channels: each has its own mask. */
static void
test_not_finite (void)
{
  EwRandom random = 605;
  EwGrid *x[3], *y[3];
  g_autoptr (EwSource) input = NULL;
  g_autoptr (EwSource) target = NULL;
  EwExperiment e, textbook;
  gint64 left_out[3] = { 0 };
  g_autoptr (GError) error = NULL;

  if (!has_lapack ())
    return;
  for (int c = 0; c < 3; c++)
    {
      x[c] = smooth (&random, 50, 60);
      y[c] = filtered (x[c], blur, 0);
    }
  for (int j = 0; j < 60; j++)
    ew_grid_row (x[1], 20)[j] = NAN;
  ew_grid_row (y[1], 40)[7] = INFINITY;
  input = source_of ("before", x, 3);
  target = source_of ("after", y, 3);
  ew_experiment_init_textbook (&textbook);
  ew_experiment_copy_with_pair (&e, &textbook, input, target);
  correct (&e, EW_FINDING_NOT_FINITE);
  g_assert_cmpint (e.mask->n_planes, ==, 3);
  for (int c = 0; c < 3; c++)
    for (int k = 0; k < 50 * 60; k++)
      left_out[c] += ew_grid_row (e.mask->planes[c], k / 60)[k % 60] == 0;
  g_assert_cmpint (left_out[0], ==, 0);
  g_assert_cmpint (left_out[1], ==, 3 * 60 + 1);
  g_assert_cmpint (left_out[2], ==, 0);
  g_assert_cmpfloat (learned_error (&e, blur), <, 1e-4);
  /* A larger kernel would see what stands in their place. */
  g_assert_false (ew_experiment_set_size (&e, 5, 3, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_GEOMETRY);
  g_assert_true (ew_experiment_set_size (&e, 1, 3, NULL));
  g_assert_true (ew_experiment_set_size (&e, 3, 3, NULL));
  g_assert_true (ew_experiment_set_target (&e, target, NULL, NULL));
  g_assert_true (ew_experiment_set_size (&e, 5, 3, NULL));
  ew_experiment_clear (&e);
  ew_experiment_clear (&textbook);
}

/* A mask belongs to the pair that it was found with: a copy has it, another input, target or teacher has not. */
static void
test_mask (void)
{
  EwRandom random = 606;
  EwGrid *x = smooth (&random, 50, 60), *y = filtered (x, blur, 0), *mask = filtered (x, blur, 0);
  g_autoptr (EwSource) weights = source_of ("after", &mask, 1);
  g_autoptr (EwKernel) kernel = ew_kernel_new_from_taps (3, 3, blur, 0, NULL);
  EwExperiment e, copies[4];
  EwTask task;

  init_pair (&e, x, y);
  e.mask = ew_source_ref (weights);
  for (int i = 0; i < 4; i++)
    ew_experiment_copy (&copies[i], &e);
  ew_experiment_task (&copies[0], &task);
  g_assert_true (task.masks[0] == weights->planes[0]);
  g_assert_true (ew_experiment_same_pair (&copies[0], &e) && ew_moment_same_task (&copies[0], &e));
  g_assert_true (ew_experiment_set_input (&copies[1], e.input, NULL, NULL));
  g_assert_true (ew_experiment_set_target (&copies[2], e.target, NULL, NULL));
  g_assert_true (ew_experiment_set_teacher (&copies[3], kernel, EW_TARGET_KERNEL, NULL, NULL));
  for (int i = 1; i < 4; i++)
    {
      ew_experiment_task (&copies[i], &task);
      g_assert_null (copies[i].mask);
      g_assert_null (task.masks);
      g_assert_false (ew_experiment_same_pair (&copies[i], &e));
      g_assert_false (ew_moment_same_task (&copies[i], &e));
    }
  for (int i = 0; i < 4; i++)
    ew_experiment_clear (&copies[i]);
  ew_experiment_clear (&e);
}

/* The pair alone is taken over: what else was chosen stays. */
static void
test_take (void)
{
  EwRandom random = 607;
  EwGrid *x = smooth (&random, 50, 60);
  EwExperiment e, textbook;

  init_pair (&e, ew_grid_ref (x), filtered (x, blur, 0));
  ew_experiment_init_textbook (&textbook);
  textbook.settings.seed = 77;
  textbook.settings.loss = EW_LOSS_MEAN;
  e.settings.has_bias = TRUE;
  ew_experiment_take_pair (&textbook, &e);
  g_assert_true (ew_experiment_same_pair (&textbook, &e));
  g_assert_cmpint (textbook.settings.seed, ==, 77);
  g_assert_cmpint (textbook.settings.loss, ==, EW_LOSS_MEAN);
  g_assert_false (textbook.textbook);
  g_assert_cmpfloat (textbook.settings.rate, ==, 0);
  g_assert_cmpint (textbook.start->height, ==, 3);
  ew_experiment_clear (&textbook);
  ew_experiment_clear (&e);
  ew_grid_unref (x);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pair/border", test_border);
  g_test_add_func ("/pair/larger", test_larger);
  g_test_add_func ("/pair/turns", test_turns);
  g_test_add_func ("/pair/all", test_all);
  g_test_add_func ("/pair/sizes", test_sizes);
  g_test_add_func ("/pair/not-finite", test_not_finite);
  g_test_add_func ("/pair/mask", test_mask);
  g_test_add_func ("/pair/take", test_take);
  return g_test_run ();
}
