/* The trainer by other rules than plain descent: against the solver, replayed, saved, switched, diverged. */
#include "engine/lapack.h"
#include "engine/reference.h"
#include "engine/solver.h"
#include "engine/trainer.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <string.h>

#define N 7

static const EwOptimizerKind rules[] = { EW_OPTIMIZER_MOMENTUM, EW_OPTIMIZER_NESTEROV, EW_OPTIMIZER_RMSPROP,
                                         EW_OPTIMIZER_ADAM, EW_OPTIMIZER_CG };
static EwDevices *devices;

static gboolean
has_lapack (void)
{
  g_autoptr (GError) error = NULL;

  if (ew_lapack_available (&error))
    return TRUE;
  g_test_skip (error->message);
  return FALSE;
}

static EwProblem *
problem_of_noise (EwRandom *random)
{
  g_autoptr (EwKernel) kernel = random_kernel (random, 2, 3, -1, 1);
  EwGrid *x = random_grid (random, 25, 31, 0, 1);
  EwGrid *y = reference_output (x, kernel);

  for (int k = 0; k < y->height * y->width; k++)
    ew_grid_row (y, k / y->width)[k % y->width] += (float)(0.1 * ew_random_uniform (random));
  return problem_of_pair (x, y, 2, 3, TRUE);
}

/* The same recipe with another rule. */
static void
set_rule (EwTrainer *trainer, const EwOptimizer *rule)
{
  EwRecipe recipe = *ew_trainer_recipe (trainer);

  recipe.optimizer = *rule;
  g_assert_true (ew_trainer_set_recipe (trainer, &recipe, NULL));
}

static EwTrainer *
trainer_by (EwProblem *problem, EwOptimizerKind kind, EwLoss loss, EwTrainerMethod method)
{
  g_autoptr (EwKernel) start = ew_kernel_new_initial (2, 3, EW_INIT_UNIFORM, 5, NULL);
  g_autoptr (GError) error = NULL;
  EwTrainer *trainer = ew_trainer_new (devices, problem, start, loss, 0.01, NULL, &error);
  EwOptimizer rule;
  double limit;

  g_assert_no_error (error);
  ew_optimizer_init (&rule, kind);
  ew_trainer_set_method (trainer, method);
  set_rule (trainer, &rule);
  g_assert_true (ew_trainer_rate_limit (trainer, &limit, NULL, &error));
  if (isfinite (limit))
    ew_trainer_set_rate (trainer, 0.5 * limit);
  return trainer;
}

static void
run (EwTrainer *trainer, int epochs)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ew_trainer_run (trainer, epochs, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
}

static double
distance (const double *a, const double *b)
{
  double most = 0;

  for (int k = 0; k < N; k++)
    most = fmax (most, fabs (a[k] - b[k]));
  return most;
}

/* The solver's path, which is tested against PyTorch's rules. On the Gram matrix both round in the same places but for
 * the base; through the data float32 sums lead some 1e-6 away, and conjugate gradients, which take the difference of two
 * such gradients for a product, as much times the condition number of some thousand. */
static void
test_paths (void)
{
  static const double bounds[2][2] = { { 1e-5, 1e-10 }, { 0.02, 1e-6 } };
  EwRandom random = 701;
  g_autoptr (EwProblem) problem = problem_of_noise (&random);
  g_autoptr (EwKernel) start = ew_kernel_new_initial (2, 3, EW_INIT_UNIFORM, 5, NULL);
  g_autoptr (EwQuadratic) q = NULL;

  if (!has_lapack ())
    return;
  q = ew_fit_quadratic (devices, problem, NULL, NULL);
  for (guint r = 0; r < 4 * G_N_ELEMENTS (rules); r++)
    {
      EwOptimizerKind kind = rules[r / 4];
      EwTrainerMethod method = r & 1 ? EW_TRAINER_GRAM : EW_TRAINER_DIRECT;
      g_autoptr (EwTrainer) trainer = trainer_by (problem, kind, r & 2 ? EW_LOSS_MEAN : EW_LOSS_SUM, method);
      EwRecipe options;

      ew_recipe_init (&options, kind);
      options.loss = r & 2 ? EW_LOSS_MEAN : EW_LOSS_SUM;
      options.rate = ew_trainer_rate (trainer);

      g_autoptr (EwSolver) solver = ew_solver_new (problem, q, start, &options, NULL);

      for (int part = 0; part < 3; part++)
        {
          /* No more than conjugate gradients have something to do in. */
          int epochs = kind == EW_OPTIMIZER_CG ? 2 : 15;

          run (trainer, epochs);
          g_assert_true (ew_solver_run (solver, epochs, NULL, NULL, NULL, NULL));
          g_assert_cmpuint (ew_trainer_epoch (trainer), ==, ew_solver_epoch (solver));
          g_assert_cmpfloat (distance (ew_trainer_params (trainer), ew_solver_params (solver)), <,
                             bounds[kind == EW_OPTIMIZER_CG][method == EW_TRAINER_GRAM]);
        }
    }
}

typedef struct
{
  guint64 epoch;
  double loss[64];
  double params[64][N];
} Told;

static void
note (guint64 epoch, double loss, const double *params, gpointer data)
{
  Told *told = data;

  told->epoch = epoch;
  g_assert_cmpuint (epoch, <, 64);
  told->loss[epoch] = loss;
  memcpy (told->params[epoch], params, N * sizeof (double));
}

/* From a state that was saved the epochs come again, bit for bit: replayed, and run after it was restored. */
static void
test_again (void)
{
  EwRandom random = 702;
  g_autoptr (EwProblem) problem = problem_of_noise (&random);

  if (!has_lapack ())
    return;
  for (guint r = 0; r < 2 * G_N_ELEMENTS (rules); r++)
    {
      g_autoptr (EwTrainer) trainer
          = trainer_by (problem, rules[r / 2], EW_LOSS_SUM, r & 1 ? EW_TRAINER_GRAM : EW_TRAINER_DIRECT);
      double state[64], saved[64], at_end[N];
      Told told = { 0 }, replayed = { 0 }, again = { 0 };
      g_autoptr (GError) error = NULL;
      EwReplay replay = { .epoch = 2, .epochs = 4, .state = state, .exact = TRUE };
      double loss;

      run (trainer, 2);
      g_assert_cmpint (ew_trainer_state_size (trainer), <=, 64);
      ew_trainer_save (trainer, saved);
      memcpy (state, saved, sizeof state);
      loss = ew_trainer_loss (trainer);
      ew_trainer_regime (trainer, &replay.regime);
      g_assert_true (ew_trainer_run (trainer, 4, note, &told, NULL, &error));
      memcpy (at_end, ew_trainer_params (trainer), sizeof at_end);
      g_assert_true (ew_trainer_replay (trainer, &replay, note, &replayed, NULL, &error));
      g_assert_true (replay.exact);
      g_assert_cmpmem (&told, sizeof told, &replayed, sizeof replayed);
      g_assert_cmpmem (ew_trainer_params (trainer), sizeof at_end, at_end, sizeof at_end);
      ew_trainer_restore (trainer, 2, loss, replay.regime.recipe, saved);
      g_assert_true (ew_trainer_run (trainer, 4, note, &again, NULL, &error));
      g_assert_cmpmem (&told, sizeof told, &again, sizeof again);
    }
}

/* Another rule in mid-run goes on from the same weights and epoch with nothing to remember. */
static void
test_switch (void)
{
  EwRandom random = 703;
  g_autoptr (EwProblem) problem = problem_of_noise (&random);
  g_autoptr (EwTrainer) trainer = NULL;
  double before[N], state[64];
  EwOptimizer rule;
  EwRegime regime;
  double gd, momentum, limit;

  if (!has_lapack ())
    return;
  trainer = trainer_by (problem, EW_OPTIMIZER_GD, EW_LOSS_SUM, EW_TRAINER_GRAM);
  run (trainer, 10);
  memcpy (before, ew_trainer_params (trainer), sizeof before);
  g_assert_true (ew_trainer_rate_limit (trainer, &gd, NULL, NULL));
  ew_optimizer_init (&rule, EW_OPTIMIZER_MOMENTUM);
  set_rule (trainer, &rule);
  g_assert_cmpmem (ew_trainer_params (trainer), sizeof before, before, sizeof before);
  g_assert_cmpuint (ew_trainer_epoch (trainer), ==, 10);
  g_assert_true (ew_trainer_rate_limit (trainer, &momentum, NULL, NULL));
  g_assert_cmpfloat_with_epsilon (momentum / gd, 1.9, 1e-12);
  run (trainer, 5);
  /* A changed β keeps what is remembered. */
  rule.momentum = 0.5;
  ew_trainer_save (trainer, state);
  g_assert_cmpfloat (fabs (state[N]), >, 0);
  set_rule (trainer, &rule);
  ew_trainer_save (trainer, state);
  g_assert_cmpfloat (fabs (state[N]), >, 0);
  ew_optimizer_init (&rule, EW_OPTIMIZER_ADAM);
  set_rule (trainer, &rule);
  ew_trainer_save (trainer, state);
  for (int k = 0; k < 2 * N + 1; k++)
    g_assert_cmpfloat (state[N + k], ==, 0);
  g_assert_true (ew_trainer_rate_limit (trainer, &limit, NULL, NULL));
  g_assert_true (isinf (limit));
  run (trainer, 5);
  g_assert_cmpuint (ew_trainer_epoch (trainer), ==, 20);
  /* What Adam remembers is nothing to momentum. */
  ew_trainer_save (trainer, state);
  ew_trainer_regime (trainer, &regime);
  ew_optimizer_init (&rule, EW_OPTIMIZER_MOMENTUM);
  set_rule (trainer, &rule);
  ew_trainer_restore (trainer, 20, 1, regime.recipe, state);
  g_assert_cmpmem (ew_trainer_params (trainer), sizeof before, state, sizeof before);
  ew_trainer_save (trainer, state);
  for (int k = 0; k < N; k++)
    g_assert_cmpfloat (state[N + k], ==, 0);
  run (trainer, 1);
  ew_trainer_reset (trainer);
  ew_trainer_save (trainer, state);
  g_assert_cmpfloat (state[N], ==, 0);
}

/* Above its limit it diverges, with the last good weights kept, and from those a smaller rate leads on. */
static void
test_divergence (void)
{
  EwRandom random = 704;
  g_autoptr (EwProblem) problem = problem_of_noise (&random);

  if (!has_lapack ())
    return;
  for (int r = 0; r < 2; r++)
    {
      g_autoptr (EwTrainer) trainer = trainer_by (problem, rules[r], EW_LOSS_SUM, EW_TRAINER_GRAM);
      double limit, optimum, *state = NULL;
      g_autofree double *memory = g_new (double, 64);

      state = memory;
      g_assert_true (ew_trainer_rate_limit (trainer, &limit, NULL, NULL));
      ew_trainer_set_rate (trainer, 1.5 * limit);
      run (trainer, 10000);
      g_assert_cmpint (ew_trainer_state (trainer), ==, EW_TRAINER_DIVERGED);
      ew_trainer_save (trainer, state);
      for (int k = 0; k < N; k++)
        {
          g_assert_true (isfinite (state[k]));
          g_assert_cmpfloat (state[N + k], ==, 0);
        }
      ew_trainer_set_rate (trainer, 0.5 * limit);
      run (trainer, 3000);
      g_assert_nonnull (ew_trainer_optimum (trainer, &optimum));
      g_assert_cmpfloat_with_epsilon (ew_trainer_loss (trainer), optimum, 1e-9);
    }
}

/* What is minimised, and its gradient, written down once more: float64, from the reference's outputs. */
static double
cost (const EwProblem *problem, const EwRecipe *recipe, const double *params, double *gradient)
{
  const EwSample *sample = &problem->samples[0];
  int width = sample->y->width;
  double loss = 0;

  memset (gradient, 0, N * sizeof (double));
  for (int at = 0; at < sample->y->height * width; at++)
    {
      int i = at / width, j = at % width;
      double phi[N] = { [N - 1] = 1 }, z = 0, r, slope;

      for (int k = 0; k < N - 1; k++)
        phi[k] = ew_grid_row (sample->x, i + k / 3)[j + k % 3];
      for (int k = 0; k < N; k++)
        z += params[k] * phi[k];
      r = (recipe->objective.activation == EW_ACTIVATION_ABS ? fabs (z) : z) - ew_grid_row (sample->y, i)[j];
      slope = 2 * r;
      if (recipe->objective.penalty == EW_PENALTY_HUBER && fabs (r) > recipe->objective.delta)
        {
          slope = copysign (2 * recipe->objective.delta, r);
          loss += recipe->objective.delta * (2 * fabs (r) - recipe->objective.delta);
        }
      else
        loss += r * r;
      for (int k = 0; k < N; k++)
        gradient[k] += slope * (recipe->objective.activation == EW_ACTIVATION_ABS && z < 0 ? -1 : 1) * phi[k];
    }
  for (int k = 0; k < N - 1; k++)
    gradient[k] += 2 * recipe->ridge * params[k];
  return loss;
}

/* Epoch by epoch as written down here: momentum with ridge, a cosine schedule and taps that sum up to 1; Huber's loss of
 * the absolute value; sparse taps. Both sides are float64 over some 700 outputs; the rates are stable, so that the rounding
 * of each of the 40 epochs (700 units of it at most) does not grow. */
static void
test_written_down (void)
{
  EwRandom random = 705;
  g_autoptr (EwProblem) problem = problem_of_noise (&random);
  double bound = 40 * rounding_bound (700, UNIT_64) * 10;

  if (!has_lapack ())
    return;
  for (int which = 0; which < 3; which++)
    {
      g_autoptr (EwTrainer) trainer = trainer_by (problem, EW_OPTIMIZER_GD, EW_LOSS_MEAN, EW_TRAINER_GRAM);
      double rate = ew_trainer_rate (trainer);
      double w[N], b[N] = { 0 }, gradient[N];
      Told told = { 0 };
      EwRecipe recipe;

      ew_recipe_init (&recipe, which == 0 ? EW_OPTIMIZER_MOMENTUM : EW_OPTIMIZER_GD);
      recipe.ridge = which == 0 ? 20 : 0;
      if (which == 0)
        recipe.schedule = (EwSchedule){ EW_SCHEDULE_COSINE, 30, 0.25 };
      if (which == 0)
        recipe.constraint.flags = EW_CONSTRAINT_SUM_ONE;
      if (which == 1)
        recipe.objective = (EwObjective){ EW_PENALTY_HUBER, 0.1, EW_ACTIVATION_ABS };
      recipe.constraint.sparsity = which == 2 ? 30 : 0;
      g_assert_true (ew_trainer_set_recipe (trainer, &recipe, NULL));
      memcpy (w, ew_trainer_params (trainer), sizeof w);
      g_assert_true (ew_trainer_run (trainer, 40, note, &told, NULL, NULL));
      g_assert_cmpuint (told.epoch, ==, 40);
      for (int e = 1; e <= 40; e++)
        {
          double n_residuals = (double)problem->n_residuals, off = -1;
          double loss = cost (problem, &recipe, w, gradient) / n_residuals;
          double now = which == 0 ? rate * (0.25 + 0.75 * (1 + cos (G_PI * fmin ((e - 1) / 30.0, 1))) / 2) : rate;

          for (int k = 0; k < N; k++)
            {
              b[k] = (which == 0 ? 0.9 * b[k] : 0) + gradient[k] / n_residuals;
              w[k] -= now * b[k];
            }
          for (int k = 0; which == 2 && k < N - 1; k++)
            w[k] = copysign (fmax (fabs (w[k]) - now / n_residuals * 30, 0), w[k]);
          for (int k = 0; k < N - 1; k++)
            off += w[k];
          for (int k = 0; which == 0 && k < N - 1; k++)
            w[k] -= off / (N - 1);
          g_assert_cmpfloat_with_epsilon (told.loss[e], loss, bound * (1 + loss));
          g_assert_cmpfloat (distance (told.params[e], w), <, bound);
        }
    }
}

/* Least squares is there after one epoch, and the second one tells its loss and ends; a run without an end ends too. */
static void
test_least_squares (void)
{
  EwRandom random = 706;
  g_autoptr (EwProblem) problem = problem_of_noise (&random);

  if (!has_lapack ())
    return;
  for (int method = 0; method < 2; method++)
    {
      g_autoptr (EwTrainer) trainer = trainer_by (problem, EW_OPTIMIZER_LEAST_SQUARES, EW_LOSS_SUM,
                                                  method == 0 ? EW_TRAINER_DIRECT : EW_TRAINER_GRAM);
      double gradient[N], loss;

      ew_trainer_set_endless (trainer, TRUE);
      run (trainer, 100);
      g_assert_cmpint (ew_trainer_state (trainer), ==, EW_TRAINER_CONVERGED);
      g_assert_cmpuint (ew_trainer_epoch (trainer), ==, 2);
      ew_reference_evaluate (problem, ew_trainer_params (trainer), &loss, gradient);
      for (int k = 0; k < N; k++)
        g_assert_cmpfloat (fabs (gradient[k]), <, 1e-9);
      g_assert_cmpfloat_with_epsilon (ew_trainer_loss (trainer), loss, method == 0 ? 1e-5 * loss : 1e-10);
      ew_trainer_reset (trainer);
      run (trainer, 1);
      g_assert_cmpint (ew_trainer_state (trainer), ==, EW_TRAINER_READY);
    }
}

/* Each rule stops at the first epoch at which what it is about holds, however the epochs are cut into calls, and on the
 * gradient that the reference has there; what is left of it in mid-run is gone on from. */
static void
test_stops (void)
{
  EwRandom random = 707;
  g_autoptr (EwProblem) problem = problem_of_noise (&random);

  if (!has_lapack ())
    return;
  for (int which = 0; which < 8; which++)
    {
      EwOptimizerKind kind = which < 4 ? EW_OPTIMIZER_GD : EW_OPTIMIZER_MOMENTUM;
      gboolean by_slope = which % 2 == 0;
      g_autoptr (EwTrainer) trainer
          = trainer_by (problem, kind, EW_LOSS_SUM, which & 2 ? EW_TRAINER_DIRECT : EW_TRAINER_GRAM);
      double gradient[N], loss, before, square = 0;
      EwRecipe recipe = *ew_trainer_recipe (trainer);
      guint64 end;

      recipe.stop_gradient = by_slope ? 1 : 0;
      recipe.stop_change = by_slope ? 0 : 1e-3;
      g_assert_true (ew_trainer_set_recipe (trainer, &recipe, NULL));
      for (int call = 0; call < 2000 && ew_trainer_state (trainer) == EW_TRAINER_READY; call++)
        run (trainer, 1 + call % 7);
      g_assert_cmpint (ew_trainer_state (trainer), ==, by_slope ? EW_TRAINER_SMALL_SLOPE : EW_TRAINER_SMALL_CHANGE);
      end = ew_trainer_epoch (trainer);
      g_assert_cmpuint (end, >, 3);
      /* The same without stopping: nothing was to be stopped for before. */
      loss = ew_trainer_loss (trainer);
      recipe.stop_gradient = recipe.stop_change = 0;
      g_assert_true (ew_trainer_set_recipe (trainer, &recipe, NULL));
      ew_trainer_reset (trainer);
      run (trainer, (int)end - 2);
      before = ew_trainer_loss (trainer);
      ew_reference_evaluate (problem, ew_trainer_params (trainer), &square, gradient);
      run (trainer, 1);
      g_assert_cmpfloat (fabs (before - ew_trainer_loss (trainer)), >, by_slope ? 0 : 1e-3 * before);
      before = ew_trainer_loss (trainer);
      for (int turn = 0; turn < 2; turn++)
        {
          square = 0;
          for (int k = 0; k < N; k++)
            square += gradient[k] * gradient[k];
          if (by_slope)
            g_assert_cmpint (sqrt (square) <= 1, ==, turn == 1);
          ew_reference_evaluate (problem, ew_trainer_params (trainer), &square, gradient);
        }
      run (trainer, 1);
      g_assert_cmpfloat (ew_trainer_loss (trainer), ==, loss);
      g_assert_cmpint (ew_trainer_state (trainer), ==, EW_TRAINER_READY);
      if (!by_slope)
        g_assert_cmpfloat (fabs (before - loss), <=, 1e-3 * before);
    }
}

/* What does not fit is refused, and nothing has changed. */
static void
test_refused (void)
{
  EwRandom random = 708;
  g_autoptr (EwProblem) problem = problem_of_noise (&random);
  g_autoptr (EwKernel) start = ew_kernel_new_initial (2, 3, EW_INIT_UNIFORM, 5, NULL);
  g_autoptr (EwTrainer) trainer = ew_trainer_new (devices, problem, start, EW_LOSS_SUM, 1e-4, NULL, NULL);
  g_autoptr (GError) error = NULL;
  EwRecipe recipe;

  ew_recipe_init (&recipe, EW_OPTIMIZER_CG);
  recipe.batch = 10;
  g_assert_false (ew_trainer_set_recipe (trainer, &recipe, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_USAGE);
  g_assert_cmpint (ew_trainer_recipe (trainer)->optimizer.kind, ==, EW_OPTIMIZER_GD);
  run (trainer, 3);
  g_assert_cmpuint (ew_trainer_epoch (trainer), ==, 3);
}

/* The limit of plain descent on a loss as steep as it gets, by the formulas; and the rate to begin with below it. */
static void
test_recipe_rates (void)
{
  EwRecipe recipe;

  ew_recipe_init (&recipe, EW_OPTIMIZER_GD);
  g_assert_cmpfloat_with_epsilon (ew_recipe_rate_limit (&recipe, 40, 7), 1 / 40.0, 1e-15);
  recipe.ridge = 10;
  g_assert_cmpfloat_with_epsilon (ew_recipe_rate_limit (&recipe, 40, 7), 1 / 50.0, 1e-15);
  recipe.loss = EW_LOSS_MEAN;
  g_assert_cmpfloat_with_epsilon (ew_recipe_rate_limit (&recipe, 40, 7), 7 / 50.0, 1e-15);
  /* √(r² + δ²) has the second derivative 1/δ in the middle, the square 2. */
  recipe.loss = EW_LOSS_SUM;
  recipe.objective = (EwObjective){ EW_PENALTY_ABSOLUTE, 0.25, EW_ACTIVATION_NONE };
  g_assert_cmpfloat_with_epsilon (ew_recipe_rate_limit (&recipe, 40, 7), 1 / (2 * 40.0 + 10), 1e-15);
  recipe.objective.penalty = EW_PENALTY_HUBER;
  g_assert_cmpfloat_with_epsilon (ew_recipe_rate_limit (&recipe, 40, 7), 1 / 50.0, 1e-15);

  g_assert_cmpfloat_with_epsilon (ew_recipe_auto_rate (&recipe, 0.5), 0.45, 1e-15);
  g_assert_cmpfloat (ew_recipe_auto_rate (&recipe, INFINITY), ==, 1);
  g_assert_true (isnan (ew_recipe_auto_rate (&recipe, NAN)));
  recipe.batch = 8;
  g_assert_cmpfloat_with_epsilon (ew_recipe_auto_rate (&recipe, 0.5), 0.225, 1e-15);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  const EwBackend *backends[] = { ew_cpu_backend () };
  int status;

  devices = ew_devices_new (backends, 1, 2);
  g_test_add_func ("/trainer-rules/paths", test_paths);
  g_test_add_func ("/trainer-rules/again", test_again);
  g_test_add_func ("/trainer-rules/switch", test_switch);
  g_test_add_func ("/trainer-rules/divergence", test_divergence);
  g_test_add_func ("/trainer-rules/written-down", test_written_down);
  g_test_add_func ("/trainer-rules/least-squares", test_least_squares);
  g_test_add_func ("/trainer-rules/stops", test_stops);
  g_test_add_func ("/trainer-rules/refused", test_refused);
  g_test_add_func ("/trainer-rules/recipe-rates", test_recipe_rates);
  status = g_test_run ();
  ew_devices_free (devices);
  return status;
}
