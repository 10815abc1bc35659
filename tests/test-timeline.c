/* The time line: what is kept is what was, and what is replayed is, bit for bit, what training had. */
#include "engine/seek.h"
#include "engine/timeline.h"
#include "tests/engine-fixtures.h"
#include "tests/fake-backend.h"

#include <malloc.h>
#include <math.h>
#include <string.h>

/* A run and everything that it was: parameters and loss of each epoch from 0 on. */
typedef struct
{
  EwTrainer *trainer;
  EwTimeline *timeline;
  int n;
  GArray *params;
  GArray *losses;
} Run;

static double *
params_at (const Run *run, guint64 epoch)
{
  return &g_array_index (run->params, double, epoch * (guint64)run->n);
}

static double
loss_at (const Run *run, guint64 epoch)
{
  return g_array_index (run->losses, double, epoch);
}

static void
put (Run *run, guint64 epoch, double loss, const double *params)
{
  g_array_set_size (run->params, (guint)epoch * (guint)run->n);
  g_array_set_size (run->losses, (guint)epoch);
  g_array_append_vals (run->params, params, (guint)run->n);
  g_array_append_val (run->losses, loss);
}

static void
on_changed (gpointer data)
{
  Run *run = data;
  guint64 epoch = ew_trainer_epoch (run->trainer);
  double loss = epoch < run->losses->len ? loss_at (run, epoch) : NAN;
  int n_state = ew_trainer_state_size (run->trainer);
  g_autofree double *state = g_new (double, n_state);
  EwRegime regime;

  ew_trainer_save (run->trainer, state);
  ew_trainer_regime (run->trainer, &regime);
  put (run, epoch, loss, state);
  ew_timeline_begin (run->timeline, epoch, loss, state, n_state, &regime);
}

static void
on_epoch (guint64 epoch, double loss, const double *params, gpointer data)
{
  Run *run = data;

  put (run, epoch, loss, params);
  ew_timeline_add (run->timeline, epoch, loss, params);
}

static void
run_init (Run *run, EwDevices *devices, EwProblem *problem, const EwKernel *start, EwLoss loss, EwTrainerMethod method)
{
  g_autoptr (GError) error = NULL;

  run->trainer = ew_trainer_new (devices, problem, start, loss, 0.001, NULL, &error);
  g_assert_no_error (error);
  run->n = problem->n_params;
  run->timeline = ew_timeline_new (run->n);
  run->params = g_array_new (FALSE, FALSE, sizeof (double));
  run->losses = g_array_new (FALSE, FALSE, sizeof (double));
  ew_trainer_set_watch (run->trainer, on_changed, run);
  ew_trainer_set_endless (run->trainer, TRUE);
  ew_trainer_set_method (run->trainer, method);
}

static void
run_clear (Run *run)
{
  ew_trainer_free (run->trainer);
  ew_timeline_free (run->timeline);
  g_array_unref (run->params);
  g_array_unref (run->losses);
}

/* Epochs in slices of any length, as the loop does them, with a checkpoint offered after each. */
static void
learn (Run *run, EwRandom *random, int epochs)
{
  g_autofree double *state = g_new (double, ew_trainer_state_size (run->trainer));
  g_autoptr (GError) error = NULL;

  while (epochs > 0 && ew_trainer_state (run->trainer) == EW_TRAINER_READY)
    {
      int wished = random_int (random, 1, 300);
      int slice = MIN (epochs, wished);

      g_assert_true (ew_trainer_run (run->trainer, slice, on_epoch, run, NULL, &error));
      g_assert_no_error (error);
      ew_trainer_save (run->trainer, state);
      if (ew_trainer_state (run->trainer) != EW_TRAINER_DIVERGED)
        ew_timeline_checkpoint (run->timeline, ew_trainer_epoch (run->trainer), ew_trainer_loss (run->trainer), state);
      epochs -= slice;
    }
}

static gboolean
same (double a, double b)
{
  return a == b || (isnan (a) && isnan (b));
}

/* The traveller to @epoch, in slices; what it finds is what was. */
static void
check_epoch (const Run *run, EwSeek *seek, EwRandom *random, guint64 epoch)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (ew_timeline_nearest (run->timeline, epoch), ==, epoch);
  ew_seek_start (seek, run->trainer, run->timeline, epoch, epoch % 2 == 0);
  while (seek->epoch < epoch
         && ew_seek_advance (seek, run->trainer, run->timeline, epoch, random_int (random, 1, 5000), NULL, NULL, NULL,
                             &error))
    ;
  g_assert_no_error (error);
  g_assert_cmpuint (seek->epoch, ==, epoch);
  g_assert_true (seek->exact);
  g_assert_cmpmem (seek->state, (size_t)run->n * sizeof (double), params_at (run, epoch),
                   (size_t)run->n * sizeof (double));
  g_assert_true (same (seek->loss, loss_at (run, epoch)));
}

static void
check_everywhere (const Run *run, EwRandom *random, int times)
{
  EwSeek seek = { 0 };
  guint64 last = ew_timeline_last_epoch (run->timeline);

  g_assert_cmpuint (last, ==, run->losses->len - 1);
  check_epoch (run, &seek, random, 0);
  check_epoch (run, &seek, random, last);
  for (int k = 0; k < times && !g_test_failed (); k++)
    {
      guint64 epoch = (guint64)(ew_random_uniform (random) * (double)(last + 1));

      check_epoch (run, &seek, random, epoch);
      /* Onwards from there, and from the start once more. */
      epoch += (guint64)random_int (random, 0, 50);
      check_epoch (run, &seek, random, MIN (epoch, last));
      if (k % 5 == 0)
        ew_seek_forget (&seek);
    }
  ew_seek_clear (&seek);
}

/* Sets something in mid-run, as a user does. */
static void
disturb (Run *run, EwRandom *random, EwDevices *devices, int how)
{
  const EwKernel *size = ew_trainer_kernel (run->trainer);
  g_autoptr (EwKernel) edited = NULL;

  switch (how)
    {
    case 0:
      ew_trainer_set_rate (run->trainer, 0.0001 + 0.0005 * ew_random_uniform (random));
      break;
    case 1:
      edited = random_kernel (random, size->height, size->width, -1, 1);
      g_assert_true (ew_trainer_set_kernel (run->trainer, edited, NULL));
      break;
    default:
      g_assert_true (ew_devices_choose (devices, how % 2 == 0 ? "fake" : "cpu", NULL));
      g_assert_true (ew_trainer_move (run->trainer, NULL, NULL));
      break;
    }
  ew_kernel_unref ((EwKernel *)size);
}

static EwDevices *
new_devices (const EwBackend *second)
{
  const EwBackend *backends[] = { ew_cpu_backend (), second };

  fake_reset ();
  return ew_devices_new (backends, 2, 1);
}

static EwProblem *
random_problem (EwRandom *random, int side, int kh, int kw, gboolean has_bias)
{
  EwGrid *x = random_grid (random, side, side, 0, 1);
  g_autoptr (EwKernel) teacher = random_kernel (random, kh, kw, -1, 1);
  EwGrid *y = reference_output (x, teacher);

  return problem_of_pair (x, y, kh, kw, has_bias);
}

/* Rates, edits and Gram in mid-run; on one device all of it can be replayed. */
static void
test_replay (void)
{
  static const struct
  {
    int kh, kw, side, epochs;
    EwTrainerMethod method;
    gboolean descending;
  } cases[] = { { 1, 2, 8, 90000, EW_TRAINER_DIRECT, FALSE },
                { 2, 3, 12, 4000, EW_TRAINER_DIRECT, TRUE },
                { 3, 3, 40, 150000, EW_TRAINER_GRAM, FALSE },
                { 3, 3, 120, 3000, EW_TRAINER_AUTO, FALSE } };

  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      EwRandom random = 11 + c;
      g_autoptr (EwDevices) devices
          = new_devices (cases[c].descending ? fake_descending_backend () : fake_backend ());
      g_autoptr (EwProblem) problem
          = random_problem (&random, cases[c].side, cases[c].kh, cases[c].kw, c % 2 == 1);
      g_autoptr (EwKernel) start = random_kernel (&random, cases[c].kh, cases[c].kw, 0, 1);
      Run run;

      if (cases[c].descending)
        g_assert_true (ew_devices_choose (devices, "fake", NULL));
      run_init (&run, devices, problem, start, c % 2 == 0 ? EW_LOSS_SUM : EW_LOSS_MEAN, cases[c].method);
      for (int part = 0; part < 8 && !g_test_failed (); part++)
        {
          learn (&run, &random, cases[c].epochs / 8);
          disturb (&run, &random, devices, part % 2);
        }
      check_everywhere (&run, &random, 40);
      run_clear (&run);
    }
}

/* Epochs that another device did are said not to be exact; the ones that are kept are all the same. */
static void
test_devices (void)
{
  EwRandom random = 3;
  g_autoptr (EwDevices) devices = new_devices (fake_backend ());
  g_autoptr (EwProblem) problem = random_problem (&random, 10, 1, 2, FALSE);
  g_autoptr (EwKernel) start = random_kernel (&random, 1, 2, 0, 1);
  EwSeek seek = { 0 };
  int inexact = 0;
  Run run;

  run_init (&run, devices, problem, start, EW_LOSS_SUM, EW_TRAINER_DIRECT);
  learn (&run, &random, 30000);
  disturb (&run, &random, devices, 2);
  learn (&run, &random, 80000);
  check_epoch (&run, &seek, &random, 110000);
  for (guint64 epoch = 5000; epoch < 30000; epoch += 617)
    {
      ew_seek_start (&seek, run.trainer, run.timeline, epoch, TRUE);
      g_assert_true (
          ew_seek_advance (&seek, run.trainer, run.timeline, epoch, G_MAXINT, NULL, NULL, NULL, NULL));
      inexact += seek.exact ? 0 : 1;
      for (int k = 0; k < run.n; k++)
        /* The very loops of the CPU under another name. */
        g_assert_cmpfloat (seek.state[k], ==, params_at (&run, epoch)[k]);
    }
  g_assert_cmpint (inexact, >, 5);
  /* The move itself is a checkpoint. */
  check_epoch (&run, &seek, &random, 30000);
  ew_seek_clear (&seek);
  run_clear (&run);
}

/* Back to an epoch and on from there: the same epochs as the first time, and the time line is that of the new run. */
static void
test_branch (void)
{
  EwRandom random = 8;
  g_autoptr (EwDevices) devices = new_devices (fake_backend ());
  g_autoptr (EwProblem) problem = random_problem (&random, 30, 3, 3, TRUE);
  g_autoptr (EwKernel) start = random_kernel (&random, 3, 3, 0, 1);
  Run run;

  run_init (&run, devices, problem, start, EW_LOSS_MEAN, EW_TRAINER_GRAM);
  ew_trainer_set_rate (run.trainer, 0.001);
  learn (&run, &random, 100000);
  for (int round = 0; round < 6 && !g_test_failed (); round++)
    {
      guint64 last = ew_timeline_last_epoch (run.timeline);
      guint64 epoch = (guint64)(ew_random_uniform (&random) * (double)last);
      g_autofree double *params = g_memdup2 (run.params->data, run.params->len * sizeof (double));
      g_autofree double *losses = g_memdup2 (run.losses->data, run.losses->len * sizeof (double));
      EwSeek seek = { 0 };

      check_epoch (&run, &seek, &random, epoch);
      ew_trainer_restore (run.trainer, epoch, seek.loss, seek.recipe, seek.state);
      g_assert_cmpuint (ew_timeline_last_epoch (run.timeline), ==, epoch);
      g_assert_true (same (ew_trainer_loss (run.trainer), losses[epoch]));
      learn (&run, &random, (int)MIN (last - epoch, 3000));
      g_assert_cmpmem (run.params->data, run.params->len * sizeof (double), params,
                       run.params->len * sizeof (double));
      for (guint e = 0; e < run.losses->len; e++)
        g_assert_true (same (loss_at (&run, e), losses[e]));
      learn (&run, &random, 20000);
      check_everywhere (&run, &random, 10);
      ew_seek_clear (&seek);
    }
  run_clear (&run);
}

/* Recipes of every size of state. */
#define N_RECIPES 10

static void
fill_recipe (EwRecipe *recipe, int number, const gboolean *fixed, const double *values)
{
  static const EwOptimizerKind rules[N_RECIPES]
      = { EW_OPTIMIZER_ADAM,  EW_OPTIMIZER_GD,       EW_OPTIMIZER_MOMENTUM, EW_OPTIMIZER_GD,      EW_OPTIMIZER_CG,
          EW_OPTIMIZER_LEAST_SQUARES, EW_OPTIMIZER_NESTEROV, EW_OPTIMIZER_GD,       EW_OPTIMIZER_RMSPROP, EW_OPTIMIZER_MOMENTUM };

  ew_recipe_init (recipe, rules[number]);
  recipe->batch = number == 2 || number == 8 ? 20 : 0;
  recipe->seed = (guint64)number;
  recipe->ridge = number == 3 || number == 6 ? 3 : 0;
  if (number == 1)
    recipe->objective = (EwObjective){ EW_PENALTY_HUBER, 0.05, EW_ACTIVATION_NONE };
  if (number == 8)
    recipe->objective.activation = EW_ACTIVATION_RELU;
  if (number == 3)
    recipe->constraint.flags = EW_CONSTRAINT_SUM_ONE | EW_CONSTRAINT_NON_NEGATIVE;
  if (number == 9)
    recipe->constraint = (EwConstraint){ .sparsity = 0.01, .fixed = fixed, .values = values };
  if (number == 6)
    recipe->schedule = (EwSchedule){ EW_SCHEDULE_STEP, 40, 0.9 };
}

/* Any recipe after any other in mid-run, on the Gram matrix and through the data: what any epoch had is found, bit for bit,
 * and a branch in another recipe's part goes on as that one did. */
static void
test_recipes (void)
{
  static const gboolean fixed[9] = { [4] = TRUE, [7] = TRUE };
  static const double values[9] = { [4] = 0.25 };

  for (int way = 0; way < 2; way++)
    {
      EwRandom random = 31 + (EwRandom)way;
      g_autoptr (EwDevices) devices = new_devices (fake_backend ());
      g_autoptr (EwProblem) problem = random_problem (&random, 15, 3, 3, way == 0);
      g_autoptr (EwKernel) start = random_kernel (&random, 3, 3, 0, 1);
      guint64 begun[2 * N_RECIPES];
      double rates[2 * N_RECIPES];
      EwRecipe recipe;
      Run run;

      run_init (&run, devices, problem, start, way == 0 ? EW_LOSS_MEAN : EW_LOSS_SUM,
                way == 0 ? EW_TRAINER_GRAM : EW_TRAINER_DIRECT);
      for (int part = 0; part < 2 * N_RECIPES && !g_test_failed (); part++)
        {
          double limit;

          fill_recipe (&recipe, part * 3 % N_RECIPES, fixed, values);
          g_assert_true (ew_trainer_set_recipe (run.trainer, &recipe, NULL));
          g_assert_true (ew_trainer_rate_limit (run.trainer, &limit, NULL, NULL));
          rates[part] = ew_recipe_auto_rate (&recipe, limit);
          ew_trainer_set_rate (run.trainer, rates[part]);
          begun[part] = ew_trainer_epoch (run.trainer);
          learn (&run, &random, part < 5 ? 300 : 60);
          g_assert_cmpint (ew_trainer_state (run.trainer), !=, EW_TRAINER_DIVERGED);
        }
      check_everywhere (&run, &random, 60);
      for (int part = 2 * N_RECIPES - 1; part >= 0 && !g_test_failed (); part -= 3)
        {
          guint64 epoch = begun[part] + 1;
          g_autofree double *after = g_memdup2 (params_at (&run, epoch + 1), (size_t)run.n * sizeof (double));
          EwSeek seek = { 0 };

          fill_recipe (&recipe, part * 3 % N_RECIPES, fixed, values);
          if (!ew_optimizer_has_rate (recipe.optimizer.kind))
            continue;
          ew_seek_start (&seek, run.trainer, run.timeline, epoch, TRUE);
          g_assert_true (ew_seek_advance (&seek, run.trainer, run.timeline, epoch, 5, NULL, NULL, NULL, NULL));
          g_assert_true (ew_trainer_set_recipe (run.trainer, &recipe, NULL));
          ew_trainer_set_rate (run.trainer, rates[part]);
          ew_trainer_restore (run.trainer, epoch, seek.loss, seek.recipe, seek.state);
          learn (&run, &random, 1);
          g_assert_cmpmem (ew_trainer_params (run.trainer), (size_t)run.n * sizeof (double), after,
                           (size_t)run.n * sizeof (double));
          ew_seek_clear (&seek);
        }
      run_clear (&run);
    }
}

/* An exploding loss takes the weights back; what was recorded is what is found. */
static void
test_diverged (void)
{
  EwRandom random = 4;
  g_autoptr (EwDevices) devices = new_devices (fake_backend ());
  g_autoptr (EwProblem) problem = random_problem (&random, 30, 2, 2, FALSE);
  g_autoptr (EwKernel) start = random_kernel (&random, 2, 2, 0, 1);
  Run run;

  run_init (&run, devices, problem, start, EW_LOSS_SUM, EW_TRAINER_GRAM);
  ew_trainer_set_rate (run.trainer, 1e-4);
  learn (&run, &random, 500);
  ew_trainer_set_rate (run.trainer, 1);
  learn (&run, &random, 500);
  g_assert_cmpint (ew_trainer_state (run.trainer), ==, EW_TRAINER_DIVERGED);
  ew_trainer_set_rate (run.trainer, 1e-4);
  learn (&run, &random, 500);
  check_everywhere (&run, &random, 40);
  run_clear (&run);
}

/* More changes than are kept: what cannot be recomputed is not claimed, what is claimed is right. */
static void
test_many_regimes (void)
{
  EwRandom random = 21;
  g_autoptr (EwDevices) devices = new_devices (fake_backend ());
  g_autoptr (EwProblem) problem = random_problem (&random, 30, 2, 2, FALSE);
  g_autoptr (EwKernel) start = random_kernel (&random, 2, 2, 0, 1);
  EwSeek seek = { 0 };
  Run run;

  run_init (&run, devices, problem, start, EW_LOSS_SUM, EW_TRAINER_GRAM);
  for (int part = 0; part < 4 * EW_TIMELINE_REGIMES; part++)
    {
      disturb (&run, &random, devices, part % 2);
      learn (&run, &random, random_int (&random, 0, 300));
    }
  ew_trainer_set_rate (run.trainer, 1e-4);
  learn (&run, &random, EW_TIMELINE_TAIL + 10);
  for (int k = 0; k < 2000 && !g_test_failed (); k++)
    {
      guint64 wished = (guint64)random_int (&random, 0, (int)ew_timeline_last_epoch (run.timeline));
      guint64 epoch = ew_timeline_nearest (run.timeline, wished);

      g_assert_cmpuint (epoch, <=, wished);
      g_assert_cmpuint (wished - epoch, <, 100000);
      check_epoch (&run, &seek, &random, epoch);
    }
  ew_seek_clear (&seek);
  run_clear (&run);
}

/* Checkpoints that do not fit are thinned out, the memory stays what is promised, and the tail is exact. */
static void
test_memory (void)
{
  static const struct
  {
    int n;
    guint64 epochs;
  } cases[] = { { 1, 3000000 }, { 10, 300000 }, { 225, 80000 }, { 3970, 9000 } };

  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      int n = cases[c].n;
      size_t before = mallinfo2 ().uordblks + mallinfo2 ().hblkhd;
      g_autoptr (EwTimeline) timeline = ew_timeline_new (n);
      g_autofree double *params = g_new (double, n);
      EwRegime regime = { .step = 1 };
      size_t after;

      for (guint64 epoch = 0; epoch <= cases[c].epochs; epoch++)
        {
          for (int k = 0; k < n; k++)
            params[k] = (double)(epoch * 7 + (guint64)k);
          if (epoch == 0)
            ew_timeline_begin (timeline, 0, NAN, params, n, &regime);
          else
            ew_timeline_add (timeline, epoch, 1.0 / (double)epoch, params);
          if (epoch > 0)
            ew_timeline_checkpoint (timeline, epoch, 1.0 / (double)epoch, params);
        }
      after = mallinfo2 ().uordblks + mallinfo2 ().hblkhd;
      g_assert_cmpuint (after - before, <=, 49 * 1024 * 1024);
      for (guint64 epoch = cases[c].epochs + 1 > EW_TIMELINE_TAIL ? cases[c].epochs + 1 - EW_TIMELINE_TAIL : 0;
           epoch <= cases[c].epochs; epoch++)
        {
          double loss = -1;
          gboolean kept = ew_timeline_look_up (timeline, epoch, NULL, params);

          g_assert_true (ew_timeline_look_up (timeline, epoch, &loss, NULL));
          g_assert_true (epoch == 0 ? isnan (loss) : loss == 1.0 / (double)epoch);
          g_assert_true (kept || n > 32);
          g_assert_true (!kept || params[n - 1] == (double)(epoch * 7 + (guint64)n - 1));
        }
      for (guint64 epoch = 0; epoch <= cases[c].epochs; epoch += 997)
        {
          const EwCheckpoint *checkpoint = ew_timeline_before (timeline, epoch);

          g_assert_cmpuint (checkpoint->epoch, <=, epoch);
          g_assert_cmpuint (epoch - checkpoint->epoch, <=, 1 + cases[c].epochs / 128);
          g_assert_cmpfloat (checkpoint->state[0], ==, (double)(checkpoint->epoch * 7));
        }
    }
}

/* --- what is kept, without a trainer: parameters that tell their epoch */

static void
add_plain (EwTimeline *timeline, guint64 epoch)
{
  double value = (double)epoch;

  ew_timeline_add (timeline, epoch, value, &value);
  ew_timeline_checkpoint (timeline, epoch, value, &value);
}

static void
begin_plain (EwTimeline *timeline, guint64 epoch, gboolean by_itself)
{
  EwRegime regime = { .step = (double)epoch, .by_itself = by_itself };
  double value = (double)epoch;

  ew_timeline_begin (timeline, epoch, value, &value, 1, &regime);
}

/* With a checkpoint offered after each epoch the kept ones lie evenly, a power of two apart, and use most of the room. */
static void
test_even (void)
{
  for (int epochs = 500; epochs < 30000; epochs = epochs * 3 / 2 + 1)
    {
      g_autoptr (EwTimeline) timeline = ew_timeline_new (1);
      guint64 spacing = 0;
      int n = 1;

      begin_plain (timeline, 0, FALSE);
      for (int epoch = 1; epoch <= epochs; epoch++)
        add_plain (timeline, (guint64)epoch);
      for (guint64 at = ew_timeline_before (timeline, (guint64)epochs)->epoch; at > 0; n++)
        {
          guint64 before = ew_timeline_before (timeline, at - 1)->epoch;

          spacing = spacing == 0 ? at - before : spacing;
          g_assert_cmpuint (at - before, ==, spacing);
          g_assert_cmpfloat (ew_timeline_before (timeline, at)->state[0], ==, (double)at);
          at = before;
        }
      g_assert_cmpuint (spacing & (spacing - 1), ==, 0);
      g_assert_cmpint (n, <=, 1024);
      g_assert_true (n >= 1024 / 3 || spacing == 1);
      /* Nothing is known of what has not been yet, whatever is asked. */
      g_assert_true (ew_timeline_look_up (timeline, (guint64)epochs, NULL, NULL));
      g_assert_false (ew_timeline_look_up (timeline, (guint64)epochs + 1, NULL, NULL));
    }
}

/* As many regimes as there is room for are all known; one more costs the two neighbours that are shortest together. */
static void
test_shortest_go (void)
{
  g_autoptr (EwTimeline) timeline = ew_timeline_new (1);
  EwRegime regime;
  guint64 first[EW_TIMELINE_REGIMES + 2];
  guint64 epoch = 0, until;

  for (int k = 0; k <= EW_TIMELINE_REGIMES + 1; k++)
    {
      first[k] = epoch;
      if (k == EW_TIMELINE_REGIMES + 1)
        break;
      begin_plain (timeline, epoch, FALSE);
      for (int n = k == 100 ? 2 : k == 101 ? 3 : 10; n > 0; n--)
        add_plain (timeline, ++epoch);
      for (int j = 0; j <= k; j++)
        g_assert_cmpint (ew_timeline_regime (timeline, first[j], &regime, &until), ==,
                         k < EW_TIMELINE_REGIMES || (j != 100 && j != 101));
    }
  g_assert_false (ew_timeline_regime (timeline, first[101] + 1, &regime, &until));
  g_assert_cmpuint (until, ==, first[102]);
  g_assert_true (ew_timeline_regime (timeline, first[102], &regime, &until));
  g_assert_cmpfloat (regime.step, ==, (double)first[102]);
  g_assert_cmpuint (until, ==, first[103]);
}

/* Only the first epoch of a regime can have been done by itself. */
static void
test_by_itself (void)
{
  g_autoptr (EwTimeline) timeline = ew_timeline_new (1);
  EwRegime regime;
  guint64 until;

  begin_plain (timeline, 0, FALSE);
  add_plain (timeline, 1);
  begin_plain (timeline, 1, TRUE);
  add_plain (timeline, 2);
  add_plain (timeline, 3);
  for (guint64 epoch = 0; epoch <= 3; epoch++)
    {
      g_assert_true (ew_timeline_regime (timeline, epoch, &regime, &until));
      g_assert_cmpint (regime.by_itself, ==, epoch == 1);
    }
}

/* The closed form against the replay. Rounding of one epoch is about n·2⁻⁵³ of the weights, those of 10⁵ epochs of a
 * contraction add up to a few dozen of it, and the eigenvalues' to as much again. */
static void
test_foreseen (void)
{
  EwRandom random = 12;
  g_autoptr (EwDevices) devices = new_devices (fake_backend ());
  g_autoptr (EwProblem) problem = random_problem (&random, 60, 3, 5, TRUE);
  g_autoptr (EwKernel) start = random_kernel (&random, 3, 5, -1, 1);
  g_autofree double *params = g_new (double, 16);
  EwSeek seek = { 0 };
  double limit;
  Run run;

  run_init (&run, devices, problem, start, EW_LOSS_MEAN, EW_TRAINER_GRAM);
  g_assert_true (ew_trainer_rate_limit (run.trainer, &limit, NULL, NULL));
  ew_trainer_set_rate (run.trainer, 0.9 * limit);
  learn (&run, &random, 100000);
  for (int k = 0; k < 300; k++)
    {
      guint64 epoch = 1 + (guint64)(ew_random_uniform (&random) * 99998);
      const EwCheckpoint *from = ew_timeline_before (run.timeline, epoch);
      EwRegime regime;
      guint64 until;
      double loss;

      g_assert_true (ew_timeline_regime (run.timeline, from->epoch, &regime, &until));
      if (epoch == from->epoch)
        continue;
      g_assert_true (ew_trainer_foresee (run.trainer, &regime, (double)(epoch - from->epoch), from->state, params, &loss));
      for (int i = 0; i < 16; i++)
        g_assert_cmpfloat_with_epsilon (params[i], params_at (&run, epoch)[i], 1e-11);
      g_assert_cmpfloat_with_epsilon (loss, loss_at (&run, epoch), 1e-11 * (1 + loss_at (&run, epoch)));
    }
  ew_seek_clear (&seek);
  run_clear (&run);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/timeline/replay", test_replay);
  g_test_add_func ("/timeline/devices", test_devices);
  g_test_add_func ("/timeline/branch", test_branch);
  g_test_add_func ("/timeline/recipes", test_recipes);
  g_test_add_func ("/timeline/diverged", test_diverged);
  g_test_add_func ("/timeline/many-regimes", test_many_regimes);
  g_test_add_func ("/timeline/memory", test_memory);
  g_test_add_func ("/timeline/foreseen", test_foreseen);
  g_test_add_func ("/timeline/even", test_even);
  g_test_add_func ("/timeline/shortest-go", test_shortest_go);
  g_test_add_func ("/timeline/by-itself", test_by_itself);
  return g_test_run ();
}
