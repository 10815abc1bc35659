/* The update rules against trajectories recorded with PyTorch, their limits against what happens above and below. */
#include "engine/optimizer.h"
#include "engine/schedule.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The problem of tests/record-optimizers. */
#define ROWS      12
#define N         5
#define EPOCHS    300
#define STATE_MAX 64

static const double start[N] = { 0.5, -0.25, 0.125, -1.0, 0.75 };

static double
phi (int i, int k)
{
  return (i * 7 + k * 11 + i * k * 3) % 13 - 6;
}

static double
evaluate (const double *w, double *gradient)
{
  double loss = 0;

  memset (gradient, 0, N * sizeof (double));
  for (int i = 0; i < ROWS; i++)
    {
      double residual = -((i * i * 5 + i * 3) % 11 - 5);

      for (int k = 0; k < N; k++)
        residual += phi (i, k) * w[k];
      loss += residual * residual;
      for (int k = 0; k < N; k++)
        gradient[k] += 2 * residual * phi (i, k);
    }
  return loss;
}

/* What the recorded cases are made with. */
typedef struct
{
  const char *name;
  double rate;
  EwOptimizer optimizer;
} Case;

static const Case cases[] = {
  { "gd", 8e-4, { EW_OPTIMIZER_GD, 0, 0, 0, 0, 0 } },
  { "momentum", 4e-4, { EW_OPTIMIZER_MOMENTUM, 0.9, 0, 0, 0, 0 } },
  { "momentum-0.5", 6e-4, { EW_OPTIMIZER_MOMENTUM, 0.5, 0, 0, 0, 0 } },
  { "nesterov", 4e-4, { EW_OPTIMIZER_NESTEROV, 0.9, 0, 0, 0, 0 } },
  { "rmsprop", 0.002, { EW_OPTIMIZER_RMSPROP, 0, 0.99, 0, 0, 1e-8 } },
  { "rmsprop-0.9", 0.002, { EW_OPTIMIZER_RMSPROP, 0, 0.9, 0, 0, 1e-3 } },
  { "adam", 0.01, { EW_OPTIMIZER_ADAM, 0, 0, 0.9, 0.999, 1e-8 } },
  { "adam-0.8-0.9", 0.002, { EW_OPTIMIZER_ADAM, 0, 0, 0.8, 0.9, 1e-4 } },
};

static const EwSchedule schedules[] = {
  { EW_SCHEDULE_CONSTANT, 1, 1 },
  { EW_SCHEDULE_STEP, 70, 0.3 },
  { EW_SCHEDULE_COSINE, EPOCHS, 0.1 },
};

/* A run that is compared with the recorded one as it goes. */
typedef struct
{
  const Case *test;
  const EwSchedule *schedule;
  int epoch;
  double w[N];
  double state[STATE_MAX];
  double rate;
  double loss;
} Run;

static void
begin (Run *run, const char *name, const char *schedule)
{
  memset (run, 0, sizeof *run);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    if (strcmp (cases[i].name, name) == 0)
      run->test = &cases[i];
  g_assert_nonnull (run->test);
  run->schedule = &schedules[strcmp (schedule, "constant") == 0 ? 0 : strcmp (schedule, "step") == 0 ? 1 : 2];
  memcpy (run->w, start, sizeof start);
}

static void
advance (Run *run)
{
  double gradient[N];

  run->loss = evaluate (run->w, gradient);
  run->rate = ew_schedule_rate (run->schedule, run->test->rate, run->epoch++);
  ew_optimizer_step (&run->test->optimizer, N, run->rate, gradient, run->w, run->state);
}

/* Both sides round each of some ten operations a step, relative 2⁻⁵³ of numbers up to about 1; while the weights are on
 * their way a stable rule does not enlarge an error by more than a few hundred in all (3e-15 is what is seen). About
 * the optimum Adam and RMSProp at a constant rate do: there g/√v doubles any difference every few steps, so the cases
 * are slow enough to end before it. The rate of a schedule is made by repeated multiplication there. */
#define BOUND      1e-13
#define RATE_BOUND 1e-14

static double
compare (const Run *run, char **fields)
{
  double worst = 0;

  g_assert_cmpfloat_with_epsilon (run->rate, strtod (fields[3], NULL), RATE_BOUND * run->test->rate);
  g_assert_cmpfloat_with_epsilon (run->loss, strtod (fields[4], NULL), BOUND * 500);
  for (int k = 0; k < N; k++)
    {
      double recorded = strtod (fields[5 + k], NULL);

      worst = fmax (worst, fabs (run->w[k] - recorded));
      g_assert_cmpfloat_with_epsilon (run->w[k], recorded, BOUND);
    }
  return worst;
}

static void
test_recorded (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "recorded", "optimizers.csv", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  Run run = { 0 };
  double worst = 0;
  int compared = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (int i = 1; lines[i][0] != '\0'; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], ",", -1);
      int epoch = atoi (fields[2]);

      g_assert_cmpuint (g_strv_length (fields), ==, 5 + N);
      if (epoch == 1)
        begin (&run, fields[0], fields[1]);
      while (run.epoch < epoch)
        advance (&run);
      worst = fmax (worst, compare (&run, fields));
      compared++;
    }
  g_test_message ("%s: %d epochs compared, weights within %.2g", lines[0], compared, worst);
  g_assert_cmpint (compared, ==, 12 * 22);
}

/* With the state carried over, a run that is cut goes on to the same bits. */
static void
test_cut (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Run whole, part;

      begin (&whole, cases[i].name, "cosine");
      for (int e = 0; e < 50; e++)
        advance (&whole);
      begin (&part, cases[i].name, "cosine");
      for (int e = 0; e < 20; e++)
        advance (&part);

      size_t size = ew_optimizer_state_size (part.test->optimizer.kind, N);
      double saved[STATE_MAX];
      Run rest = part;

      memcpy (saved, part.state, sizeof saved);
      memset (rest.state, 0x7f, sizeof rest.state);
      for (size_t k = 0; k < size; k++)
        rest.state[k] = saved[k];
      for (int e = 20; e < 50; e++)
        advance (&rest);
      g_assert_cmpmem (rest.w, sizeof rest.w, whole.w, sizeof whole.w);
    }
}

/* One eigenvalue is all that a limit depends on: L = λ·w². */
static double
after_many (const EwOptimizer *optimizer, double lambda, double rate)
{
  double w = 1, state[STATE_MAX] = { 0 };

  for (int e = 0; e < 20000 && fabs (w) < 1e100; e++)
    {
      double gradient = 2 * lambda * w;

      ew_optimizer_step (optimizer, 1, rate, &gradient, &w, state);
    }
  return fabs (w);
}

static void
test_limits (void)
{
  static const EwOptimizerKind kinds[] = { EW_OPTIMIZER_GD, EW_OPTIMIZER_MOMENTUM, EW_OPTIMIZER_NESTEROV };
  static const double betas[] = { 0, 0.3, 0.9, 0.99 };
  static const double lambdas[] = { 1e-3, 1, 30, 1e7 };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (guint b = 0; b < G_N_ELEMENTS (betas); b++)
      for (guint l = 0; l < G_N_ELEMENTS (lambdas); l++)
        {
          EwOptimizer optimizer;

          ew_optimizer_init (&optimizer, kinds[i]);
          optimizer.momentum = betas[b];

          double limit = ew_optimizer_limit (&optimizer, lambdas[l]);

          /* 20000 steps tell 2 % apart, however slow momentum makes it. */
          g_assert_cmpfloat (after_many (&optimizer, lambdas[l], 0.98 * limit), <, 0.5);
          g_assert_cmpfloat (after_many (&optimizer, lambdas[l], 1.02 * limit), >, 2);
        }
}

static void
test_no_limit (void)
{
  static const EwOptimizerKind kinds[] = { EW_OPTIMIZER_RMSPROP, EW_OPTIMIZER_ADAM };
  EwOptimizer optimizer;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      ew_optimizer_init (&optimizer, kinds[i]);
      g_assert_true (isinf (ew_optimizer_limit (&optimizer, 30)));
      /* However steep, they walk about the optimum in steps of about the rate. */
      g_assert_cmpfloat (after_many (&optimizer, 1e9, 0.01), <, 0.05);
    }
  ew_optimizer_init (&optimizer, EW_OPTIMIZER_GD);
  g_assert_true (isinf (ew_optimizer_limit (&optimizer, 0)));
}

/* n steps lead to the optimum of n weights. Compared with the gradient there: its rounding is about 2⁻⁵³ of the sums'
 * terms (some thousand), times the condition number's root or so. */
static void
test_conjugate (void)
{
  double w[N], gradient[N], product[N], state[STATE_MAX] = { 0 }, ahead[N];
  gboolean moved = TRUE;

  memcpy (w, start, sizeof start);
  for (int step = 0; step < N; step++)
    {
      double loss = evaluate (w, gradient);
      const double *direction = ew_optimizer_direct (N, gradient, state);
      double there[N];

      for (int k = 0; k < N; k++)
        ahead[k] = w[k] + direction[k];
      evaluate (ahead, there);
      for (int k = 0; k < N; k++)
        product[k] = (there[k] - gradient[k]) / 2;
      moved = ew_optimizer_move (N, gradient, product, w, state);
      g_assert_true (moved);
      g_assert_cmpfloat (evaluate (w, there), <, loss);
    }
  evaluate (w, gradient);
  for (int k = 0; k < N; k++)
    g_assert_cmpfloat (fabs (gradient[k]), <, 1e-9);

  /* A gradient of 0 leads nowhere, and to no NaN. */
  memset (gradient, 0, sizeof gradient);
  memset (product, 0, sizeof product);
  memcpy (ahead, w, sizeof w);
  ew_optimizer_direct (N, gradient, state);
  g_assert_false (ew_optimizer_move (N, gradient, product, w, state));
  g_assert_cmpmem (w, sizeof w, ahead, sizeof ahead);
}

static void
test_names (void)
{
  for (int kind = 0; kind < EW_OPTIMIZER_N_KINDS; kind++)
    g_assert_cmpint (ew_optimizer_from_name (ew_optimizer_name (kind)), ==, kind);
  g_assert_cmpint (ew_optimizer_from_name ("sgd"), ==, -1);
}

static void
test_schedules (void)
{
  EwSchedule step = { EW_SCHEDULE_STEP, 10, 0.5 };
  EwSchedule cosine = { EW_SCHEDULE_COSINE, 100, 0.25 };

  g_assert_cmpfloat (ew_schedule_rate (&step, 8, 9), ==, 8);
  g_assert_cmpfloat (ew_schedule_rate (&step, 8, 10), ==, 4);
  g_assert_cmpfloat (ew_schedule_rate (&step, 8, 39), ==, 1);
  g_assert_cmpfloat (ew_schedule_rate (&step, 8, G_MAXUINT64), ==, 0);
  g_assert_cmpfloat (ew_schedule_rate (&cosine, 8, 0), ==, 8);
  g_assert_cmpfloat_with_epsilon (ew_schedule_rate (&cosine, 8, 50), 5, 1e-14);
  g_assert_cmpfloat (ew_schedule_rate (&cosine, 8, 100), ==, 2);
  g_assert_cmpfloat (ew_schedule_rate (&cosine, 8, 1000000), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/optimizer/recorded", test_recorded);
  g_test_add_func ("/optimizer/cut", test_cut);
  g_test_add_func ("/optimizer/limits", test_limits);
  g_test_add_func ("/optimizer/no-limit", test_no_limit);
  g_test_add_func ("/optimizer/conjugate", test_conjugate);
  g_test_add_func ("/optimizer/names", test_names);
  g_test_add_func ("/optimizer/schedules", test_schedules);
  return g_test_run ();
}
