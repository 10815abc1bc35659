/* The loop with other recipes than plain descent: changed in mid-run, stopped, held out, chosen. */
#include "engine/fit.h"
#include "engine/holdout.h"
#include "engine/lapack.h"
#include "engine/loop.h"
#include "engine/reference.h"
#include "engine/ridge.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

/* How long a test waits for something that should come at once; valgrind is slow. */
#define PATIENCE_US (120 * G_USEC_PER_SEC)

#define TAPS 6

typedef struct
{
  EwLoop *loop;
  guint64 sent;
  EwSnapshot *last;
  EwProblem *problem;
  EwKernel *start;
  char *notice; /* the last one */
} Client;

typedef gboolean (*Condition) (const EwSnapshot *s, double value);

static const EwSnapshot *
wait_for (Client *c, Condition condition, double value)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  for (;;)
    {
      EwSnapshot *snapshot = ew_loop_take_snapshot (c->loop);
      g_autoptr (EwNotice) notice = ew_loop_take_notice (c->loop);

      if (notice != NULL)
        {
          g_free (c->notice);
          c->notice = g_strdup (notice->sentence);
        }
      if (g_get_monotonic_time () > end)
        g_error ("nothing came in two minutes");
      if (snapshot == NULL)
        {
          g_usleep (200);
          continue;
        }
      ew_snapshot_unref (c->last);
      c->last = snapshot;
      if (snapshot->generation >= c->sent && snapshot->state != EW_RUN_PREPARING && condition (snapshot, value))
        return snapshot;
    }
}

static gboolean
paused (const EwSnapshot *s, double value)
{
  return s->state == EW_RUN_PAUSED && !isnan (s->rate_limit);
}

static gboolean
limit_is (const EwSnapshot *s, double limit)
{
  return s->rate_limit == limit || fabs (s->rate_limit - limit) <= 1e-9 * limit;
}

static gboolean
shows (const EwSnapshot *s, double epoch)
{
  return (double)s->shown_epoch == epoch && s->shown_exact && s->shown_epoch == s->asked_epoch;
}

static gboolean
chosen (const EwSnapshot *s, double times)
{
  return (double)s->ridge_choices >= times;
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

/* A 2×3 kernel behind noise. */
static void
client_open (Client *c, guint64 seed, EwLoss loss, double holdout, const EwRecipe *recipe)
{
  const EwBackend *backends[] = { ew_cpu_backend () };
  EwRandom random = seed;
  EwGrid *x = random_grid (&random, 25, 31, 0, 1);
  g_autoptr (EwKernel) teacher = random_kernel (&random, 2, 3, -1, 1);
  EwGrid *y = reference_output (x, teacher);
  EwTask task = { .n_samples = 1, .has_bias = TRUE, .loss = loss, .holdout = holdout, .recipe = recipe };

  for (int k = 0; k < y->height * y->width; k++)
    ew_grid_row (y, k / y->width)[k % y->width] += (float)(0.3 * ew_random_uniform (&random));
  *c = (Client){ .loop = ew_loop_new (ew_devices_new (backends, 1, 2), NULL, NULL) };
  c->problem = problem_of_pair (x, y, 2, 3, TRUE);
  c->start = random_kernel (&random, 2, 3, 0, 1);
  c->start->bias = 0;
  task.x = &c->problem->samples[0].x;
  task.y = &c->problem->samples[0].y;
  task.start = c->start;
  c->sent = ew_loop_set_task (c->loop, &task, NULL);
}

static void
client_close (Client *c)
{
  ew_loop_free (c->loop);
  ew_snapshot_unref (c->last);
  ew_problem_unref (c->problem);
  ew_kernel_unref (c->start);
  g_free (c->notice);
}

static void
params_of (const EwSnapshot *s, double *params)
{
  memcpy (params, s->kernel->taps, TAPS * sizeof (double));
  params[TAPS] = s->kernel->bias;
}

static const EwSnapshot *
step (Client *c, int epochs)
{
  c->sent = ew_loop_step (c->loop, epochs);
  return wait_for (c, paused, 0);
}

/* Without a reset from recipe to recipe; every epoch is shown as it was, and a branch in the first recipe's part goes on by
 * the present one. */
static void
test_switch (void)
{
  EwOptimizerKind kinds[] = { EW_OPTIMIZER_GD, EW_OPTIMIZER_ADAM, EW_OPTIMIZER_MOMENTUM, EW_OPTIMIZER_CG };
  double params[40][TAPS + 1];
  const EwSnapshot *s;
  EwRecipe recipe;
  Client c;
  double limit;

  if (!has_lapack ())
    return;
  client_open (&c, 801, EW_LOSS_SUM, 0, NULL);
  s = wait_for (&c, paused, 0);
  limit = s->rate_limit;
  g_assert_cmpint (s->recipe.optimizer.kind, ==, EW_OPTIMIZER_GD);
  params_of (s, params[0]);
  for (int part = 0; part < 4; part++)
    {
      ew_recipe_init (&recipe, kinds[part]);
      if (part == 2)
        recipe.constraint.flags = EW_CONSTRAINT_SUM_ZERO;
      c.sent = ew_loop_set_recipe (c.loop, &recipe, TAPS);
      s = wait_for (&c, limit_is, part == 0 ? limit : part == 2 ? 1.9 * limit : INFINITY);
      g_assert_cmpint (s->recipe.optimizer.kind, ==, kinds[part]);
      g_assert_true (part != 1 || s->rate == 0.001);
      g_assert_true (part != 3 || isnan (s->rate));
      g_assert_true (part != 2 || fabs (s->rate - EW_RATE_SHARE * 1.9 * limit) < 1e-9 * limit);
      for (int e = 1; e <= (part == 3 ? 2 : 8); e++)
        {
          s = step (&c, 1);
          g_assert_cmpuint (s->epoch, ==, 8 * part + e);
          params_of (s, params[s->epoch]);
        }
      if (part == 2)
        g_assert_cmpfloat (fabs (params[24][0] + params[24][1] + params[24][2] + params[24][3] + params[24][4]
                                 + params[24][5]),
                           <, 1e-12);
    }
  for (int epoch = 25; epoch >= 0; epoch -= 3)
    {
      double shown[TAPS + 1];

      c.sent = ew_loop_show_epoch (c.loop, (guint64)epoch);
      params_of (wait_for (&c, shows, epoch), shown);
      g_assert_cmpmem (shown, sizeof shown, params[epoch], sizeof shown);
    }
  ew_recipe_init (&recipe, EW_OPTIMIZER_GD);
  ew_loop_set_recipe (c.loop, &recipe, TAPS);
  ew_loop_show_epoch (c.loop, 5);
  c.sent = ew_loop_branch (c.loop);
  s = step (&c, 3);
  g_assert_cmpuint (s->epoch, ==, 8);
  params_of (s, params[39]);
  g_assert_cmpmem (params[39], sizeof params[39], params[8], sizeof params[8]);
  client_close (&c);
}

/* What does not go together is told, and the run goes on as it did; likewise a task with such a recipe is none. */
static void
test_refused (void)
{
  EwRecipe recipe;
  Client c;

  ew_recipe_init (&recipe, EW_OPTIMIZER_CG);
  recipe.batch = 4;
  client_open (&c, 802, EW_LOSS_MEAN, 0, NULL);
  wait_for (&c, paused, 0);
  c.sent = ew_loop_set_recipe (c.loop, &recipe, TAPS);
  g_assert_cmpint (wait_for (&c, paused, 0)->recipe.optimizer.kind, ==, EW_OPTIMIZER_GD);
  g_assert_nonnull (strstr (c.notice, "Conjugate"));
  c.sent = ew_loop_choose_ridge (c.loop);
  wait_for (&c, paused, 0);
  g_assert_nonnull (strstr (c.notice, "hold a part"));
  g_assert_cmpuint (step (&c, 2)->epoch, ==, 2);
  client_close (&c);
}

/* The threads that are there before any loop is: the test's own, and one that a sanitizer may have, which looks about by the
 * clock. */
static GHashTable *earlier;

static void *
nothing (void *data)
{
  return data;
}

static void
remember_threads (void)
{
  pthread_t thread;
  const char *task;

  /* A sanitizer's begins with the first thread. */
  g_assert_cmpint (pthread_create (&thread, NULL, nothing, NULL), ==, 0);
  pthread_join (thread, NULL);

  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);

  earlier = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  while (tasks != NULL && (task = g_dir_read_name (tasks)) != NULL)
    g_hash_table_add (earlier, g_strdup (task));
}

/* How often any thread that came later has gone to sleep so far. */
static gint64
count_naps (void)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  const char *task;
  gint64 naps = 0;

  while (tasks != NULL && (task = g_dir_read_name (tasks)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/task", task, "status", NULL);
      g_autofree char *status = NULL;
      const char *line;

      if (g_hash_table_contains (earlier, task) || !g_file_get_contents (path, &status, NULL, NULL))
        continue;
      line = strstr (status, "\nvoluntary_ctxt_switches:");
      naps += line == NULL ? 0 : g_ascii_strtoll (line + strlen ("\nvoluntary_ctxt_switches:"), NULL, 10);
      /* Whoever does not sleep is interrupted. */
      line = strstr (status, "nonvoluntary_ctxt_switches:");
      naps += line == NULL ? 0 : g_ascii_strtoll (line + strlen ("nonvoluntary_ctxt_switches:"), NULL, 10);
    }
  return naps;
}

/* A thread that looks now and then whether there is something to do has been woken in any tenth of a second. */
static void
check_asleep (void)
{
  gint64 end = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
  gint64 before, after = count_naps ();

  do
    {
      before = after;
      g_usleep (100000);
      after = count_naps ();
    }
  while (after != before && g_get_monotonic_time () < end);
  g_assert_cmpint (after, ==, before);
}

/* Each rule says why it stopped, and a stopped run sleeps; with the rule gone the run goes on. */
static void
test_stops (void)
{
  static const EwStopReason reasons[]
      = { EW_STOP_SLOPE, EW_STOP_CHANGE, EW_STOP_TIME, EW_STOP_CONVERGED, EW_STOP_EPOCHS };

  if (!has_lapack ())
    return;
  for (int which = 0; which < 5; which++)
    {
      const EwSnapshot *s;
      EwRecipe recipe;
      Client c;

      ew_recipe_init (&recipe, which == 2   ? EW_OPTIMIZER_ADAM
                               : which == 3 ? EW_OPTIMIZER_LEAST_SQUARES
                                            : EW_OPTIMIZER_GD);
      recipe.stop_gradient = which == 0 ? 1e-3 : 0;
      recipe.stop_change = which == 1 ? 1e-6 : 0;
      recipe.stop_seconds = which == 2 ? 0.05 : 0;
      /* By the clock alone: this goes back and forth for ever. */
      recipe.batch = which == 2 ? 10 : 0;
      client_open (&c, 803, EW_LOSS_MEAN, 0, &recipe);
      wait_for (&c, paused, 0);
      ew_loop_set_epoch_limit (c.loop, which == 4 ? 17 : 0);
      c.sent = ew_loop_start (c.loop);
      s = wait_for (&c, paused, 0);
      g_assert_cmpint (s->stop, ==, reasons[which]);
      g_assert_cmpuint (s->epoch, >, 0);
      check_asleep ();
      recipe.stop_gradient = recipe.stop_change = recipe.stop_seconds = 0;
      c.sent = ew_loop_set_recipe (c.loop, &recipe, TAPS);
      s = wait_for (&c, paused, 0);
      g_assert_cmpint (s->stop, ==, which == 4 ? EW_STOP_EPOCHS : EW_STOP_NONE);
      client_close (&c);
    }
}

/* The loss over the rows that are held out, on the scale of a curve over the others. */
static double
held_loss (const EwProblem *held, const EwProblem *train, EwLoss kind, const double *params)
{
  double loss;

  ew_reference_evaluate (held, params, &loss, NULL);
  return kind == EW_LOSS_MEAN ? loss / (double)held->n_residuals
                              : loss * (double)train->n_residuals / (double)held->n_residuals;
}

static void
check_held (const EwSnapshot *s, const double *expected, guint64 epochs)
{
  g_assert_nonnull (s->held_curves);
  g_assert_cmpint (s->held_curves->n_points, ==, (int)epochs);
  for (guint64 e = 1; e <= epochs; e++)
    {
      int at = ew_curves_find (s->held_curves, e);

      g_assert_cmpint (at, >=, 0);
      g_assert_cmpfloat_with_epsilon (s->held_curves->loss_min[at], expected[e], 1e-10 * (1 + expected[e]));
      g_assert_cmpfloat (s->held_curves->loss_min[at], ==, s->held_curves->loss_max[at]);
    }
}

static gboolean
whole (const EwSnapshot *s, double epoch)
{
  return !s->rebuilding && !s->past && (double)s->epoch == epoch && s->held_curves->n_points == (int)epoch;
}

static gboolean
at_end (const EwSnapshot *s, double epoch)
{
  return !s->rebuilding && !s->past && (double)s->epoch == epoch;
}

/* Every epoch's loss on the last rows, at the weights that the epoch began with, against the reference; nothing is learned
 * from them; and after a branch the curve is what it was. */
static void
test_held_out (void)
{
  if (!has_lapack ())
    return;
  for (int kind = 0; kind < 2; kind++)
    {
      g_autoptr (EwProblem) train = NULL, held = NULL;
      EwLoss loss = kind == 0 ? EW_LOSS_MEAN : EW_LOSS_SUM;
      double params[TAPS + 1], expected[32] = { 0 }, own;
      const EwSnapshot *s;
      Client c;

      client_open (&c, 804, loss, 0.2, NULL);
      g_assert_true (ew_problem_split (c.problem, 0.2, &train, &held, NULL));
      g_assert_cmpint (held->samples[0].y->height, ==, 5);
      s = wait_for (&c, paused, 0);
      /* All of it is seen. */
      g_assert_cmpint (s->output_height, ==, 24);
      for (int e = 1; e <= 30; e++)
        {
          params_of (s, params);
          expected[e] = held_loss (held, train, loss, params);
          ew_reference_evaluate (train, params, &own, NULL);
          s = step (&c, 1);
          g_assert_cmpfloat_with_epsilon (s->loss, loss == EW_LOSS_MEAN ? own / (double)train->n_residuals : own, 1e-4 * own);
        }
      check_held (s, expected, 30);
      params_of (s, params);
      g_assert_cmpfloat_with_epsilon (s->held_loss, held_loss (held, train, loss, params), 1e-8);
      ew_loop_show_epoch (c.loop, 11);
      c.sent = ew_loop_branch (c.loop);
      s = wait_for (&c, whole, 11);
      check_held (s, expected, 11);
      for (int e = 12; e <= 20; e++)
        s = step (&c, 1);
      check_held (s, expected, 20);
      /* Another objective, on the data themselves: from the next epoch on. */
      EwRecipe recipe;

      ew_recipe_init (&recipe, EW_OPTIMIZER_GD);
      recipe.objective = (EwObjective){ EW_PENALTY_HUBER, 1e9, EW_ACTIVATION_NONE };
      c.sent = ew_loop_set_recipe (c.loop, &recipe, TAPS);
      params_of (wait_for (&c, paused, 0), params);
      expected[21] = held_loss (held, train, loss, params);
      check_held (step (&c, 1), expected, 21);
      c.sent = ew_loop_reset (c.loop);
      g_assert_cmpint (wait_for (&c, paused, 0)->held_curves->n_points, ==, 0);
      client_close (&c);
    }
}

/* After a branch far back, where the curve has been merged to wider points, it is that of a run of that length. */
static void
test_held_branch (void)
{
  g_autoptr (EwCurves) branched = NULL;
  const EwSnapshot *s;
  EwRecipe recipe;
  size_t bytes;
  Client c;

  if (!has_lapack ())
    return;
  /* Small batches: no epoch's loss is the one before. */
  ew_recipe_init (&recipe, EW_OPTIMIZER_GD);
  recipe.batch = 300;
  client_open (&c, 806, EW_LOSS_MEAN, 0.3, &recipe);
  wait_for (&c, paused, 0);
  step (&c, 9001);
  ew_loop_show_epoch (c.loop, 6005);
  c.sent = ew_loop_branch (c.loop);
  s = wait_for (&c, at_end, 6005);
  branched = ew_curves_ref (s->held_curves);
  ew_loop_reset (c.loop);
  s = step (&c, 6005);
  g_assert_cmpint (branched->n_points, ==, s->held_curves->n_points);
  bytes = (size_t)branched->n_points * sizeof (double);
  g_assert_cmpmem (branched->starts, bytes, s->held_curves->starts, bytes);
  g_assert_cmpmem (branched->loss_min, bytes, s->held_curves->loss_min, bytes);
  g_assert_cmpmem (branched->loss_max, bytes, s->held_curves->loss_max, bytes);
  client_close (&c);
}

/* The strength is the one that all tried give the least held-out loss for, and learning goes to that ridge's optimum. */
static void
test_ridge (void)
{
  g_autoptr (EwProblem) train = NULL, held = NULL;
  g_autoptr (EwQuadratic) q = NULL, ridged_q = NULL, held_q = NULL;
  g_autoptr (EwGram) ridged = NULL;
  const EwBackend *backends[] = { ew_cpu_backend () };
  g_autoptr (EwDevices) devices = ew_devices_new (backends, 1, 1);
  double best[TAPS + 1], params[TAPS + 1], losses[EW_RIDGE_N_STRENGTHS];
  const EwSnapshot *s;
  EwRecipe recipe;
  Client c;
  int choice;

  if (!has_lapack ())
    return;
  client_open (&c, 805, EW_LOSS_SUM, 0.9, NULL);
  g_assert_true (ew_problem_split (c.problem, 0.9, &train, &held, NULL));
  q = ew_fit_quadratic (devices, train, NULL, NULL);
  held_q = ew_fit_quadratic (devices, held, NULL, NULL);
  choice = ew_ridge_choose (ew_quadratic_gram (q), held_q, TAPS, losses, NULL, NULL);
  c.sent = ew_loop_choose_ridge (c.loop);
  s = wait_for (&c, chosen, 1);
  g_assert_cmpfloat (s->recipe.ridge, ==, ew_ridge_strengths[choice]);
  g_assert_cmpint (choice, >, 0);
  /* By hand, and solved in one step. */
  ew_recipe_init (&recipe, EW_OPTIMIZER_LEAST_SQUARES);
  recipe.ridge = 0.125;
  ew_loop_set_recipe (c.loop, &recipe, TAPS);
  c.sent = ew_loop_start (c.loop);
  s = wait_for (&c, paused, 0);
  g_assert_cmpint (s->stop, ==, EW_STOP_CONVERGED);
  g_assert_cmpfloat (s->recipe.ridge, ==, 0.125);
  ridged = ew_gram_ridged (ew_quadratic_gram (q), TAPS, ew_ridge_of_strength (ew_quadratic_gram (q), TAPS, 0.125), NULL);
  ridged_q = ew_quadratic_new (ridged, NULL);
  g_assert_true (ew_quadratic_optimum (ridged_q, best, NULL, NULL, NULL, NULL));
  params_of (s, params);
  for (int k = 0; k <= TAPS; k++)
    g_assert_cmpfloat_with_epsilon (params[k], best[k], 1e-9);
  client_close (&c);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  remember_threads ();
  g_test_add_func ("/loop-recipe/switch", test_switch);
  g_test_add_func ("/loop-recipe/refused", test_refused);
  g_test_add_func ("/loop-recipe/stops", test_stops);
  g_test_add_func ("/loop-recipe/held-out", test_held_out);
  g_test_add_func ("/loop-recipe/held-branch", test_held_branch);
  g_test_add_func ("/loop-recipe/ridge", test_ridge);
  status = g_test_run ();
  g_hash_table_unref (earlier);
  return status;
}
