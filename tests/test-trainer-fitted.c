/* The trainer on a quadratic that came with it: against the solver, which is tested against PyTorch's rules, bit for bit; on
 * sums alone; and what it then cannot do. */
#include "engine/fit.h"
#include "engine/lapack.h"
#include "engine/solver.h"
#include "engine/trainer.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <string.h>

#define N      7
#define EPOCHS 40

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
problem_of_noise (guint64 seed)
{
  EwRandom random = seed;
  g_autoptr (EwKernel) kernel = random_kernel (&random, 2, 3, -1, 1);
  EwGrid *x = random_grid (&random, 25, 31, 0, 1);
  EwGrid *y = reference_output (x, kernel);

  for (int k = 0; k < y->height * y->width; k++)
    ew_grid_row (y, k / y->width)[k % y->width] += (float)(0.1 * ew_random_uniform (&random));
  return problem_of_pair (x, y, 2, 3, TRUE);
}

typedef struct
{
  guint64 epoch;
  double loss[EPOCHS + 1];
  double params[EPOCHS + 1][N];
} Told;

static void
note (guint64 epoch, double loss, const double *params, gpointer data)
{
  Told *told = data;

  told->epoch = epoch;
  told->loss[epoch] = loss;
  memcpy (told->params[epoch], params, N * sizeof (double));
}

/* Rules, losses and constraints, each once. */
static void
make_recipe (int which, EwRecipe *recipe)
{
  ew_recipe_init (recipe, which < EW_OPTIMIZER_LEAST_SQUARES ? (EwOptimizerKind)which : EW_OPTIMIZER_MOMENTUM);
  recipe->loss = which % 2 == 0 ? EW_LOSS_SUM : EW_LOSS_MEAN;
  switch (which - EW_OPTIMIZER_LEAST_SQUARES)
    {
    case 0:
      recipe->ridge = 3;
      recipe->schedule = (EwSchedule){ EW_SCHEDULE_COSINE, 30, 0.25 };
      break;
    case 1:
      recipe->constraint.flags = EW_CONSTRAINT_SUM_ONE;
      recipe->constraint.sparsity = 0.5;
      break;
    case 2:
      recipe->objective = (EwObjective){ EW_PENALTY_HUBER, 0.05, EW_ACTIVATION_NONE };
      break;
    case 3:
      recipe->objective.activation = EW_ACTIVATION_RELU;
      break;
    case 4:
      recipe->batch = 50;
      recipe->seed = 9;
      break;
    default:
      break;
    }
}

#define N_RECIPES (EW_OPTIMIZER_LEAST_SQUARES + 5)

/* @kernel as the recipe's constraint has it, which the solver does by itself. */
static void
constrain (const EwRecipe *recipe, EwKernel *kernel)
{
  if (ew_constraint_is_any (&recipe->constraint))
    ew_constraint_apply (&recipe->constraint, kernel->height, kernel->width, 0, kernel->taps);
}

/* Nothing is rounded differently, so nothing differs; but for plain descent of the mean, where one divides the rate by N and the
 * other the gradient: a rounding an epoch, of weights that are below 2 and losses below 1. */
static void
check_same (const Told *a, const Told *b, const EwRecipe *recipe)
{
  gboolean exact = recipe->optimizer.kind != EW_OPTIMIZER_GD || recipe->loss == EW_LOSS_SUM;
  double bound = exact ? 0 : EPOCHS * 4 * UNIT_64;

  g_assert_cmpuint (a->epoch, ==, b->epoch);
  g_assert_cmpuint (a->epoch, >, 0);
  for (guint64 e = 1; e <= a->epoch; e++)
    {
      g_assert_cmpfloat (fabs (a->loss[e] - b->loss[e]), <=, bound * a->loss[1]);
      for (int k = 0; k < N; k++)
        g_assert_cmpfloat (fabs (a->params[e][k] - b->params[e][k]), <=, bound);
    }
}

static void
test_as_solver (void)
{
  g_autoptr (EwProblem) problem = problem_of_noise (801);
  g_autoptr (EwQuadratic) q = NULL;

  if (!has_lapack ())
    return;
  q = ew_fit_quadratic (devices, problem, NULL, NULL);
  for (int which = 0; which < 2 * N_RECIPES; which++)
    {
      g_autoptr (EwKernel) start = ew_kernel_new_initial (2, 3, EW_INIT_UNIFORM, 5, NULL);
      g_autoptr (EwTrainer) trainer = NULL;
      g_autoptr (EwSolver) solver = NULL;
      g_autofree Told *a = g_new0 (Told, 2);
      Told *b = a + 1;
      EwRecipe recipe;
      double limit;

      make_recipe (which % N_RECIPES, &recipe);
      if (which >= N_RECIPES)
        recipe.loss = recipe.loss == EW_LOSS_SUM ? EW_LOSS_MEAN : EW_LOSS_SUM;
      limit = ew_solver_rate_limit (&recipe, q, problem->n_residuals);
      recipe.rate = isfinite (limit) ? 0.4 * limit : 0.01;
      solver = ew_solver_new (problem, q, start, &recipe, NULL);
      constrain (&recipe, start);
      trainer = ew_trainer_new_fitted (devices, problem, q, start, recipe.loss, recipe.rate, NULL);
      g_assert_true (ew_trainer_set_recipe (trainer, &recipe, NULL));
      g_assert_true (ew_trainer_rate_limit (trainer, &recipe.rate, NULL, NULL));
      g_assert_cmpfloat (recipe.rate, ==, limit);
      /* However it is cut. */
      g_assert_true (ew_trainer_run (trainer, EPOCHS - 13, note, a, NULL, NULL));
      g_assert_true (ew_trainer_run (trainer, 13, note, a, NULL, NULL));
      g_assert_true (ew_solver_run (solver, EPOCHS, note, b, NULL, NULL));
      check_same (a, b, &recipe);
    }
}

/* Where only sums are here all quadratic rules do the same epochs, and the others say what they lack. */
static void
test_of_sums (void)
{
  g_autoptr (EwProblem) problem = problem_of_noise (802);
  g_autoptr (EwProblem) sums
      = ew_problem_new_of_sums (&problem->geometry, problem->has_bias, problem->n_residuals, problem->y_squared);
  g_autoptr (EwKernel) start = ew_kernel_new_initial (2, 3, EW_INIT_UNIFORM, 5, NULL);
  g_autoptr (EwQuadratic) q = NULL;

  if (!has_lapack ())
    return;
  q = ew_fit_quadratic (devices, problem, NULL, NULL);
  for (int which = 0; which < N_RECIPES; which++)
    {
      g_autofree Told *told = g_new0 (Told, 2);
      g_autoptr (GError) error = NULL;
      EwRecipe recipe;

      make_recipe (which, &recipe);
      for (int k = 0; k < 2; k++)
        {
          g_autoptr (EwTrainer) trainer
              = ew_trainer_new_fitted (devices, k == 0 ? problem : sums, q, start, recipe.loss, 1e-4, NULL);

          g_assert_true (ew_trainer_set_recipe (trainer, &recipe, NULL));
          if (k == 0 || ew_recipe_is_quadratic (&recipe))
            g_assert_true (ew_trainer_run (trainer, EPOCHS, note, &told[k], NULL, NULL));
          else
            g_assert_false (ew_trainer_run (trainer, EPOCHS, note, &told[k], NULL, &error));
        }
      if (ew_recipe_is_quadratic (&recipe))
        g_assert_cmpmem (&told[0], sizeof told[0], &told[1], sizeof told[1]);
      else
        g_assert_error (error, EW_ERROR, EW_ERROR_USAGE);
    }
}

/* What would need a device does nothing, and the optimum is there when it is asked for. */
static void
test_without_device (void)
{
  g_autoptr (EwProblem) problem = problem_of_noise (803);
  g_autoptr (EwKernel) start = ew_kernel_new_initial (2, 3, EW_INIT_UNIFORM, 5, NULL);
  g_autoptr (EwKernel) other = ew_kernel_new_initial (3, 3, EW_INIT_UNIFORM, 5, NULL);
  g_autoptr (EwTrainer) trainer = NULL;
  g_autoptr (EwQuadratic) q = NULL;
  g_autoptr (GError) error = NULL;
  double params[N], optimum;

  if (!has_lapack ())
    return;
  q = ew_fit_quadratic (devices, problem, NULL, NULL);
  g_assert_null (ew_trainer_new_fitted (devices, problem, q, other, EW_LOSS_SUM, 1e-4, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_GEOMETRY);
  trainer = ew_trainer_new_fitted (devices, problem, q, start, EW_LOSS_SUM, 1e-4, NULL);
  g_assert_null (ew_trainer_device (trainer));
  g_assert_true (ew_trainer_move (trainer, NULL, NULL));
  ew_trainer_set_method (trainer, EW_TRAINER_DIRECT);
  g_assert_cmpint (ew_trainer_method (trainer), ==, EW_TRAINER_GRAM);
  g_assert_false (ew_trainer_can_rest (trainer));
  ew_trainer_rest (trainer);
  g_assert_null (ew_trainer_optimum (trainer, NULL));
  ew_trainer_find_optimum (trainer, NULL);
  g_assert_true (ew_quadratic_optimum (q, params, NULL, NULL, NULL, NULL));
  g_assert_cmpmem (ew_trainer_optimum (trainer, &optimum), sizeof params, params, sizeof params);
  g_assert_cmpfloat (optimum, ==, ew_quadratic_loss (q, params));
}

int
main (int argc, char **argv)
{
  const EwBackend *backends[] = { ew_cpu_backend () };
  int status;

  g_test_init (&argc, &argv, NULL);
  devices = ew_devices_new (backends, 1, 2);
  g_test_add_func ("/trainer-fitted/as-solver", test_as_solver);
  g_test_add_func ("/trainer-fitted/of-sums", test_of_sums);
  g_test_add_func ("/trainer-fitted/without-device", test_without_device);
  status = g_test_run ();
  ew_devices_free (devices);
  return status;
}
