/* Learning by other rules, losses and constraints, against plain loops, finite differences and known optima. */
#include "engine/holdout.h"
#include "engine/lapack.h"
#include "engine/reference.h"
#include "engine/solver.h"
#include "tests/engine-fixtures.h"

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

static EwDevices *
cpu (void)
{
  static const EwBackend *backends[1];

  backends[0] = ew_cpu_backend ();
  return ew_devices_new (backends, 1, 2);
}

static EwQuadratic *
quadratic_of (EwProblem *problem)
{
  g_autoptr (EwDevices) devices = cpu ();
  g_autoptr (GError) error = NULL;
  EwQuadratic *q = ew_fit_quadratic (devices, problem, NULL, &error);

  g_assert_no_error (error);
  return q;
}

/* A pair of random geometry without padding, or with. */
static EwProblem *
random_problem (EwRandom *random, gboolean padded, gboolean has_bias)
{
  EwGeometry g;
  EwSample samples[2] = { { NULL } };
  g_autoptr (GError) error = NULL;
  int h, w;

  ew_geometry_init_valid (&g, random_int (random, 1, 3), random_int (random, 1, 4));
  g.stride = random_int (random, 1, 2);
  g.dilation = random_int (random, 1, 2);
  g.border = (EwBorder)random_int (random, 0, 3);
  if (padded)
    {
      g.top = random_int (random, 0, 2);
      g.left = random_int (random, 1, 3);
      g.bottom = random_int (random, 0, 3);
    }
  for (int s = 0; s < 2; s++)
    {
      samples[s].x = random_grid (random, random_int (random, 8, 15), random_int (random, 8, 21), -1, 1);
      g_assert_true (ew_geometry_output_size (&g, samples[s].x->height, samples[s].x->width, &h, &w, &error));
      samples[s].y = random_grid (random, h, w, -1, 1);
    }
  /* Weights from 0 to 1 on every second one. */
  if (has_bias)
    {
      samples[1].mask = random_grid (random, h, w, -0.5, 1);
      for (int k = 0; k < h * w; k++)
        ew_grid_row (samples[1].mask, k / w)[k % w] = fmaxf (ew_grid_row (samples[1].mask, k / w)[k % w], 0);
    }

  EwProblem *problem = ew_problem_new (samples, 2, &g, has_bias, &error);

  g_assert_no_error (error);
  for (int s = 0; s < 2; s++)
    {
      ew_grid_unref (samples[s].x);
      ew_grid_unref (samples[s].y);
      ew_grid_unref (samples[s].mask);
    }
  return problem;
}

static void
random_params (EwRandom *random, int n, double *params)
{
  for (int k = 0; k < n; k++)
    params[k] = 2 * ew_random_uniform (random) - 1;
}

/* Squares are what the reference has, on the padded problem itself; sums of at most 700 products of numbers up to some
 * ten. */
static void
test_squares (void)
{
  static const EwObjective squares = { EW_PENALTY_SQUARED, 1, EW_ACTIVATION_NONE };
  EwRandom random = 301;

  for (int trial = 0; trial < 40; trial++)
    {
      g_autoptr (EwProblem) problem = random_problem (&random, trial % 2, trial % 3 == 0);
      g_autoptr (GError) error = NULL;
      g_autoptr (EwProblem) plain = ew_problem_unpadded (problem, &error);
      double params[13], loss, gradient[13], expected, slopes[13];

      g_assert_no_error (error);
      random_params (&random, problem->n_params, params);
      g_assert_true (ew_objective_evaluate (NULL, &squares, plain, params, &loss, gradient, NULL, &error));
      ew_reference_evaluate (problem, params, &expected, slopes);
      g_assert_cmpfloat_with_epsilon (loss, expected, 1e-12 * expected);
      for (int k = 0; k < problem->n_params; k++)
        g_assert_cmpfloat_with_epsilon (gradient[k], slopes[k], 1e-10);
    }
}

/* Every penalty behind every activation by central differences. The second derivatives are at most about 1/δ, and a
 * corner lies within a step of 1e-6 for some residuals of some trials, each of them adding at most 1e-6·|φ|. */
static void
test_gradients (void)
{
  EwRandom random = 302;

  for (int penalty = 0; penalty < 3; penalty++)
    for (int activation = 0; activation < 3; activation++)
      {
        EwObjective objective = { (EwPenalty)penalty, 0.2, (EwActivation)activation };
        g_autoptr (EwProblem) problem = random_problem (&random, FALSE, TRUE);
        double params[13], loss, gradient[13], above, below;

        random_params (&random, problem->n_params, params);
        g_assert_true (ew_objective_evaluate (NULL, &objective, problem, params, &loss, gradient, NULL, NULL));
        for (int k = 0; k < problem->n_params; k++)
          {
            double at = params[k];

            params[k] = at + 1e-6;
            g_assert_true (ew_objective_evaluate (NULL, &objective, problem, params, &above, NULL, NULL, NULL));
            params[k] = at - 1e-6;
            g_assert_true (ew_objective_evaluate (NULL, &objective, problem, params, &below, NULL, NULL, NULL));
            params[k] = at;
            g_assert_cmpfloat_with_epsilon (gradient[k], (above - below) / 2e-6, 1e-4);
          }
      }
}

static void
test_penalties (void)
{
  EwObjective huber = { EW_PENALTY_HUBER, 0.5, EW_ACTIVATION_NONE };
  EwObjective absolute = { EW_PENALTY_ABSOLUTE, 1e-9, EW_ACTIVATION_NONE };

  g_assert_cmpfloat (ew_penalty_cost (&huber, -0.25), ==, 0.0625);
  g_assert_cmpfloat (ew_penalty_cost (&huber, -2), ==, 2 * 0.5 * 2 - 0.25);
  g_assert_cmpfloat (ew_penalty_slope (&huber, -2), ==, -1);
  g_assert_cmpfloat_with_epsilon (ew_penalty_cost (&absolute, -3), 3, 1e-8);
}

/* Weighted sums by plain loops. */
static void
test_gram (void)
{
  EwRandom random = 303;

  for (int penalty = 0; penalty < 3; penalty++)
    {
      EwObjective objective = { (EwPenalty)penalty, 0.3, EW_ACTIVATION_NONE };
      g_autoptr (EwProblem) problem = random_problem (&random, FALSE, penalty != 1);
      int n = problem->n_params;
      double params[13], gradient[13], loss, left[13] = { 0 };

      random_params (&random, n, params);

      g_autoptr (EwGram) gram = ew_objective_gram (NULL, &objective, problem, params, 1, NULL, NULL);

      g_assert_cmpint (gram->n_residuals, >=, problem->n_residuals);
      g_assert_true (ew_objective_evaluate (NULL, &objective, problem, params, &loss, gradient, NULL, NULL));
      /* At the point of the weights itself slope(r) = 2mr, so ∇L = 2(Gw − h); half of it for absolute values. */
      for (int i = 0; i < n; i++)
        {
          for (int j = 0; j < n; j++)
            {
              left[i] += 2 * gram->g[i * n + j] * params[j];
              g_assert_cmpfloat (gram->g[i * n + j], ==, gram->g[j * n + i]);
            }
          left[i] -= 2 * gram->h[i];
          g_assert_cmpfloat_with_epsilon (left[i], (penalty == 2 ? 2 : 1) * gradient[i], 1e-9);
        }
    }
}

/* Over many draws the mini-batch's gradient is the whole one: 4000 batches of 8 leave 1/√32000 of the spread of a
 * single output's, four of those allowed. */
static void
test_batches (void)
{
  static const EwObjective squares = { EW_PENALTY_SQUARED, 1, EW_ACTIVATION_NONE };
  EwRandom random = 304, draws = 5;
  g_autoptr (EwProblem) problem = random_problem (&random, FALSE, TRUE);
  double n = (double)problem->n_residuals;
  double params[13], loss, gradient[13], part, parts[13], mean[13] = { 0 }, square[13] = { 0 }, mean_loss = 0;

  random_params (&random, problem->n_params, params);
  g_assert_true (ew_objective_evaluate (NULL, &squares, problem, params, &loss, gradient, NULL, NULL));
  for (int b = 0; b < 4000; b++)
    {
      ew_objective_sample (&squares, problem, params, 8, &draws, &part, parts);
      mean_loss += part / 4000;
      for (int k = 0; k < problem->n_params; k++)
        {
          mean[k] += parts[k] / 4000;
          square[k] += parts[k] * parts[k] / 4000;
        }
    }
  g_assert_cmpfloat_with_epsilon (mean_loss, loss, 0.05 * loss);
  for (int k = 0; k < problem->n_params; k++)
    g_assert_cmpfloat_with_epsilon (mean[k], gradient[k], 4 * sqrt (square[k] / 4000));
  g_assert_cmpfloat (n, >, 8);
}

static double
distance (const double *a, const double *b, int n)
{
  double most = 0;

  for (int k = 0; k < n; k++)
    most = fmax (most, fabs (a[k] - b[k]));
  return most;
}

/* Every rule comes to the optimum of squares, on the quadratic and through the data alike. */
static void
test_rules (void)
{
  static const double rates[] = { 0.9, 0.5, 0.5, 0, 0, 0, 0 };
  EwRandom random = 305;
  g_autoptr (EwProblem) problem = random_problem (&random, TRUE, TRUE);
  g_autoptr (EwKernel) start = ew_kernel_new_initial (problem->geometry.kernel_height, problem->geometry.kernel_width,
                                                      EW_INIT_UNIFORM, 1, NULL);
  g_autoptr (EwQuadratic) q = NULL;
  double best[13];

  if (!has_lapack ())
    return;
  q = quadratic_of (problem);
  g_assert_true (ew_quadratic_optimum (q, best, NULL, NULL, NULL, NULL));
  for (int kind = 0; kind < EW_OPTIMIZER_N_KINDS; kind++)
    {
      g_autoptr (GError) error = NULL;
      EwRecipe options;

      ew_recipe_init (&options, (EwOptimizerKind)kind);
      options.loss = kind % 2 ? EW_LOSS_MEAN : EW_LOSS_SUM;
      options.rate = rates[kind] > 0 ? rates[kind] * ew_solver_rate_limit (&options, q, problem->n_residuals) : 0.01;
      options.schedule = (EwSchedule){ EW_SCHEDULE_COSINE, 5000, 0.001 };

      g_autoptr (EwSolver) solver = ew_solver_new (problem, q, start, &options, &error);

      g_assert_no_error (error);
      g_assert_true (ew_solver_run (solver, 5000, NULL, NULL, NULL, &error));
      g_assert_cmpint (ew_solver_state (solver), !=, EW_SOLVER_DIVERGED);
      /* RMSProp ends up as near as its rate lets it. */
      g_assert_cmpfloat (distance (ew_solver_params (solver), best, problem->n_params), <,
                         kind == EW_OPTIMIZER_RMSPROP ? 1e-4 : 1e-8);
    }
}

/* The same rule and rate through the data and on the quadratic: the same path. */
static void
test_two_ways (void)
{
  EwRandom random = 306;
  g_autoptr (EwProblem) problem = random_problem (&random, TRUE, FALSE);
  g_autoptr (EwKernel) start = ew_kernel_new_initial (problem->geometry.kernel_height, problem->geometry.kernel_width,
                                                      EW_INIT_UNIFORM, 1, NULL);
  g_autoptr (EwQuadratic) q = NULL;
  EwRecipe options;

  if (!has_lapack ())
    return;
  q = quadratic_of (problem);
  ew_recipe_init (&options, EW_OPTIMIZER_NESTEROV);
  options.rate = 0.5 * ew_solver_rate_limit (&options, q, problem->n_residuals);
  options.ridge = 0.5;

  g_autoptr (EwSolver) quick = ew_solver_new (problem, q, start, &options, NULL);
  g_autoptr (EwSolver) direct = ew_solver_new (problem, NULL, start, &options, NULL);

  g_assert_true (ew_solver_run (quick, 30, NULL, NULL, NULL, NULL));
  g_assert_true (ew_solver_run (direct, 30, NULL, NULL, NULL, NULL));
  g_assert_cmpfloat (distance (ew_solver_params (quick), ew_solver_params (direct), problem->n_params), <, 1e-12);
  g_assert_cmpfloat_with_epsilon (ew_solver_loss (quick), ew_solver_loss (direct), 1e-10);
}

/* A pair made by a known kernel, with a part of its targets spoilt. */
static EwProblem *
spoilt_problem (EwRandom *random, const EwKernel *kernel, double part)
{
  EwGrid *x = random_grid (random, 40, 45, 0, 1);
  EwGrid *y = reference_output (x, kernel);

  for (int i = 0; i < y->height; i++)
    for (int j = 0; j < y->width; j++)
      if (ew_random_uniform (random) < part)
        ew_grid_row (y, i)[j] += 3;
  return problem_of_pair (x, y, kernel->height, kernel->width, TRUE);
}

/* What outliers do to squares, they do not do to the robust losses: their optimum is checked by its gradient. */
static void
test_robust (void)
{
  EwRandom random = 307;
  g_autoptr (EwKernel) kernel = random_kernel (&random, 3, 2, -1, 1);
  g_autoptr (EwProblem) problem = spoilt_problem (&random, kernel, 0.1);
  g_autoptr (EwQuadratic) q = NULL;
  double truth[7], plain[7];

  if (!has_lapack ())
    return;
  memcpy (truth, kernel->taps, 6 * sizeof (double));
  truth[6] = kernel->bias;
  q = quadratic_of (problem);
  g_assert_true (ew_quadratic_optimum (q, plain, NULL, NULL, NULL, NULL));
  g_assert_cmpfloat (distance (plain, truth, 7), >, 0.1);
  g_assert_cmpfloat_with_epsilon (ew_objective_scale (problem, truth, 100000), 0, 1e-6);
  for (int penalty = 1; penalty < 3; penalty++)
    {
      EwObjective objective = { (EwPenalty)penalty, penalty == 1 ? 0.01 : 1e-3, EW_ACTIVATION_NONE };
      g_autoptr (GError) error = NULL;
      double params[7], loss, gradient[7];
      gint64 outputs;

      memcpy (params, plain, sizeof params);
      g_assert_true (ew_fit_robust (NULL, &objective, problem, params, &outputs, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpint (outputs, ==, problem->n_residuals);
      g_assert_true (ew_objective_evaluate (NULL, &objective, problem, params, &loss, gradient, NULL, NULL));
      for (int k = 0; k < 7; k++)
        g_assert_cmpfloat_with_epsilon (gradient[k], 0, 1e-3);
      g_assert_cmpfloat (distance (params, truth, 7), <, 0.01);
    }
}

/* A constrained optimum: no feasible direction leads down. Feasible points are made by projecting. */
static void
test_constrained (void)
{
  static const int flags[] = { EW_CONSTRAINT_SUM_ONE, EW_CONSTRAINT_NON_NEGATIVE, EW_CONSTRAINT_MIRROR_X,
                               EW_CONSTRAINT_SUM_ONE | EW_CONSTRAINT_NON_NEGATIVE | EW_CONSTRAINT_POINT };
  EwRandom random = 308;
  g_autoptr (EwKernel) kernel = random_kernel (&random, 3, 3, -1, 1);
  g_autoptr (EwProblem) problem = spoilt_problem (&random, kernel, 0);
  g_autoptr (EwQuadratic) q = NULL;

  if (!has_lapack ())
    return;
  q = quadratic_of (problem);
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    {
      EwConstraint constraint = { (EwConstraintFlags)flags[i] };
      double w[10] = { 0 }, gradient[10];

      g_assert_true (ew_fit_constrained (q, &constraint, 3, 3, 10, 0, w, NULL, NULL));
      ew_quadratic_gradient (q, w, gradient);
      for (int trial = 0; trial < 50; trial++)
        {
          double z[10], product = 0, reach = 0;

          random_params (&random, 10, z);
          ew_constraint_apply (&constraint, 3, 3, 0, z);
          for (int k = 0; k < 10; k++)
            {
              product += gradient[k] * (z[k] - w[k]);
              reach += fabs (z[k] - w[k]);
            }
          /* Gradients here are up to some thousand; what is left is from steps of 1e-13. */
          g_assert_cmpfloat (product, >=, -1e-7 * reach);
        }
    }
}

/* With λ large enough only zeros are left, and the bias; and the conditions of the optimum hold for one between. */
static void
test_sparse (void)
{
  EwRandom random = 309;
  g_autoptr (EwKernel) kernel = random_kernel (&random, 3, 3, -1, 1);
  g_autoptr (EwProblem) problem = spoilt_problem (&random, kernel, 0);
  g_autoptr (EwQuadratic) q = NULL;
  EwConstraint constraint = { .sparsity = 1e6 };
  double w[10] = { 0 }, gradient[10];
  int zeros = 0;

  if (!has_lapack ())
    return;
  q = quadratic_of (problem);
  g_assert_true (ew_fit_constrained (q, &constraint, 3, 3, 10, 0, w, NULL, NULL));
  for (int k = 0; k < 9; k++)
    g_assert_cmpfloat (w[k], ==, 0);
  g_assert_cmpfloat (w[9], !=, 0);
  constraint.sparsity = 100;
  g_assert_true (ew_fit_constrained (q, &constraint, 3, 3, 10, 0, w, NULL, NULL));
  ew_quadratic_gradient (q, w, gradient);
  for (int k = 0; k < 9; k++)
    {
      zeros += w[k] == 0;
      if (w[k] == 0)
        g_assert_cmpfloat (fabs (gradient[k]), <=, 100 + 1e-6);
      else
        g_assert_cmpfloat_with_epsilon (gradient[k], w[k] > 0 ? -100 : 100, 1e-6);
    }
  g_assert_cmpint (zeros, >, 0);
  g_assert_cmpint (zeros, <, 9);
}

/* Ridge in one step is the solution of (G + ρD)w = h, and descent comes to the same. */
static void
test_ridge (void)
{
  static const EwOptimizerKind kinds[] = { EW_OPTIMIZER_LEAST_SQUARES, EW_OPTIMIZER_MOMENTUM };
  EwRandom random = 311;
  g_autoptr (EwKernel) kernel = random_kernel (&random, 3, 3, -1, 1);
  g_autoptr (EwProblem) problem = spoilt_problem (&random, kernel, 0.1);
  g_autoptr (EwQuadratic) q = NULL;

  if (!has_lapack ())
    return;
  q = quadratic_of (problem);

  const EwGram *gram = ew_quadratic_gram (q);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      EwRecipe options;

      ew_recipe_init (&options, kinds[i]);
      options.ridge = 20;
      options.rate = 0.9 * ew_solver_rate_limit (&options, q, problem->n_residuals);

      g_autoptr (EwSolver) solver = ew_solver_new (problem, q, kernel, &options, NULL);

      g_assert_true (ew_solver_run (solver, 3000, NULL, NULL, NULL, NULL));
      for (int a = 0; a < 10; a++)
        {
          double left = gram->h[a] - (a < 9 ? 20 * ew_solver_params (solver)[a] : 0);

          for (int b = 0; b < 10; b++)
            left -= gram->g[a * 10 + b] * ew_solver_params (solver)[b];
          /* Sums of some thousand, and steps that no longer change them. */
          g_assert_cmpfloat_with_epsilon (left, 0, 1e-7);
        }
    }
}

/* Descent with a sparse kernel comes to the conditions of its optimum. */
static void
test_sparse_descent (void)
{
  EwRandom random = 312;
  g_autoptr (EwKernel) kernel = random_kernel (&random, 3, 3, -1, 1);
  g_autoptr (EwProblem) problem = spoilt_problem (&random, kernel, 0);
  g_autoptr (EwQuadratic) q = NULL;
  double gradient[10];
  int zeros = 0;

  if (!has_lapack ())
    return;
  q = quadratic_of (problem);
  for (int loss = 0; loss < 2; loss++)
    {
      EwRecipe options;

      ew_recipe_init (&options, EW_OPTIMIZER_GD);
      options.constraint.sparsity = 100;
      options.loss = (EwLoss)loss;
      options.rate = 0.9 * ew_solver_rate_limit (&options, q, problem->n_residuals);

      g_autoptr (EwSolver) solver = ew_solver_new (problem, q, kernel, &options, NULL);
      const double *w = ew_solver_params (solver);

      g_assert_true (ew_solver_run (solver, 20000, NULL, NULL, NULL, NULL));
      ew_quadratic_gradient (q, w, gradient);
      for (int k = 0; k < 9; k++)
        {
          zeros += w[k] == 0;
          if (w[k] == 0)
            g_assert_cmpfloat (fabs (gradient[k]), <=, 100 + 1e-6);
          else
            g_assert_cmpfloat_with_epsilon (gradient[k], w[k] > 0 ? -100 : 100, 1e-6);
        }
    }
  g_assert_cmpint (zeros, >, 0);
}

/* A kernel behind ReLU is found by Adam, which squares alone would not find. */
static void
test_activation (void)
{
  EwRandom random = 310;
  g_autoptr (EwKernel) kernel = random_kernel (&random, 2, 2, -1, 1);
  EwGrid *x = random_grid (&random, 30, 30, -1, 1);
  EwGrid *y = NULL;
  g_autoptr (EwKernel) start = ew_kernel_new_initial (2, 2, EW_INIT_UNIFORM, 4, NULL);
  g_autoptr (GError) error = NULL;
  EwRecipe options;

  kernel->bias = 0;
  y = reference_output (x, kernel);
  for (int i = 0; i < y->height; i++)
    for (int j = 0; j < y->width; j++)
      ew_grid_row (y, i)[j] = fmaxf (ew_grid_row (y, i)[j], 0);

  g_autoptr (EwProblem) problem = problem_of_pair (x, y, 2, 2, FALSE);

  ew_recipe_init (&options, EW_OPTIMIZER_ADAM);
  options.objective.activation = EW_ACTIVATION_RELU;
  options.rate = 0.02;
  options.schedule = (EwSchedule){ EW_SCHEDULE_COSINE, 1500, 0.001 };

  g_autoptr (EwSolver) solver = ew_solver_new (problem, NULL, start, &options, &error);

  g_assert_no_error (error);
  g_assert_true (ew_solver_run (solver, 1500, NULL, NULL, NULL, &error));
  g_assert_cmpfloat (distance (ew_solver_params (solver), kernel->taps, 4), <, 1e-5);
}

static void
count (guint64 epoch, double loss, const double *params, gpointer data)
{
  g_assert_cmpuint (epoch, ==, ++*(guint64 *)data);
}

static void
test_stops (void)
{
  g_autoptr (EwProblem) problem = golden_problem ();
  EwRecipe options;
  static const EwSolverState states[]
      = { EW_SOLVER_SMALL_SLOPE, EW_SOLVER_SMALL_CHANGE, EW_SOLVER_DIVERGED, EW_SOLVER_CONVERGED };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      static const double optimum[] = { 1, -1 };
      g_autoptr (EwKernel) start = ew_kernel_new_from_taps (1, 2, i == 3 ? optimum : golden_start, 0, NULL);
      guint64 epochs = 0;

      ew_recipe_init (&options, EW_OPTIMIZER_GD);
      options.rate = i == 2 ? 0.04 : 0.03;
      options.stop_gradient = i == 0 ? 1e-3 : 0;
      options.stop_change = i == 1 ? 1e-3 : 0;

      g_autoptr (EwSolver) solver = ew_solver_new (problem, NULL, start, &options, NULL);

      g_assert_true (ew_solver_run (solver, 100000, count, &epochs, NULL, NULL));
      g_assert_cmpint (ew_solver_state (solver), ==, states[i]);
      g_assert_cmpuint (ew_solver_epoch (solver), ==, epochs);
      g_assert_cmpuint (epochs, <, 2000);
      if (i == 0)
        g_assert_cmpfloat (ew_solver_slope (solver), <=, 1e-3);
      for (int k = 0; k < 2; k++)
        g_assert_true (isfinite (ew_solver_params (solver)[k]));
    }
}

/* Whoever adds the rows up, the sums are the same bits: alone, or by any number of threads. */
static void
test_threads (void)
{
  EwRandom random = 91;
  EwPool *pools[3];
  EwObjective objective = { EW_PENALTY_HUBER, 0.1, EW_ACTIVATION_NONE };

  for (int k = 0; k < 3; k++)
    pools[k] = ew_pool_new (k + 1, NULL);
  for (int round = 0; round < 6; round++)
    {
      int kh = random_int (&random, 1, 5), kw = random_int (&random, 3, 6);
      EwSample samples[2];
      EwGeometry geometry;
      g_autoptr (EwProblem) problem = NULL;
      double params[31], losses[4], gradients[4][31];
      g_autoptr (EwGram) alone = NULL;

      ew_geometry_init_valid (&geometry, kh, kw);
      for (int s = 0; s < 2; s++)
        {
          int height = random_int (&random, 90, 150) + s * 31, width = random_int (&random, 90, 150);

          samples[s] = (EwSample){ random_grid (&random, height, width, -1, 1),
                                   random_grid (&random, height - kh + 1, width - kw + 1, -1, 1),
                                   random_grid (&random, height - kh + 1, width - kw + 1, 0, 1) };
        }
      problem = ew_problem_new (samples, 2, &geometry, round % 2 == 0, NULL);
      for (int k = 0; k < problem->n_params; k++)
        params[k] = ew_random_uniform (&random) - 0.5;
      for (int k = 0; k < 4; k++)
        g_assert_true (ew_objective_evaluate (k == 0 ? NULL : pools[k - 1], &objective, problem, params, &losses[k],
                                              gradients[k], NULL, NULL));
      alone = ew_objective_gram (NULL, &objective, problem, params, 1 + round % 3, NULL, NULL);
      for (int k = 1; k < 4; k++)
        {
          g_autoptr (EwGram) gram = ew_objective_gram (pools[k - 1], &objective, problem, params, 1 + round % 3, NULL, NULL);
          size_t n = (size_t)gram->n;

          g_assert_cmpmem (&losses[k], sizeof (double), &losses[0], sizeof (double));
          g_assert_cmpmem (gradients[k], n * sizeof (double), gradients[0], n * sizeof (double));
          g_assert_cmpmem (gram->g, n * n * sizeof (double), alone->g, n * n * sizeof (double));
          g_assert_cmpmem (gram->h, n * sizeof (double), alone->h, n * sizeof (double));
          g_assert_cmpfloat (gram->c, ==, alone->c);
          g_assert_cmpint (gram->n_residuals, ==, alone->n_residuals);
        }
      for (int s = 0; s < 2; s++)
        {
          ew_grid_unref (samples[s].x);
          ew_grid_unref (samples[s].y);
          ew_grid_unref (samples[s].mask);
        }
    }
  for (int k = 0; k < 3; k++)
    g_clear_pointer (&pools[k], ew_pool_free);
}

static void
refused (const EwRecipe *options, const char *word)
{
  g_autoptr (EwProblem) problem = golden_problem ();
  g_autoptr (EwKernel) start = ew_kernel_new_from_taps (1, 2, golden_start, 0, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (ew_solver_new (problem, NULL, start, options, &error));
  g_assert_error (error, EW_ERROR, EW_ERROR_USAGE);
  g_assert_nonnull (strstr (error->message, word));
}

static void
test_refused (void)
{
  EwRecipe options;

  ew_recipe_init (&options, EW_OPTIMIZER_CG);
  options.batch = 5;
  refused (&options, "Conjugate");
  options.batch = 0;
  options.constraint.flags = EW_CONSTRAINT_SUM_ONE;
  refused (&options, "Conjugate");
  ew_recipe_init (&options, EW_OPTIMIZER_LEAST_SQUARES);
  options.objective.activation = EW_ACTIVATION_RELU;
  refused (&options, "activation");
  options.objective = (EwObjective){ EW_PENALTY_HUBER, 1, EW_ACTIVATION_NONE };
  options.constraint.flags = EW_CONSTRAINT_SUM_ONE;
  refused (&options, "robust");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/solver/squares", test_squares);
  g_test_add_func ("/solver/gradients", test_gradients);
  g_test_add_func ("/solver/penalties", test_penalties);
  g_test_add_func ("/solver/gram", test_gram);
  g_test_add_func ("/solver/batches", test_batches);
  g_test_add_func ("/solver/rules", test_rules);
  g_test_add_func ("/solver/two-ways", test_two_ways);
  g_test_add_func ("/solver/robust", test_robust);
  g_test_add_func ("/solver/constrained", test_constrained);
  g_test_add_func ("/solver/sparse", test_sparse);
  g_test_add_func ("/solver/ridge", test_ridge);
  g_test_add_func ("/solver/sparse-descent", test_sparse_descent);
  g_test_add_func ("/solver/activation", test_activation);
  g_test_add_func ("/solver/threads", test_threads);
  g_test_add_func ("/solver/stops", test_stops);
  g_test_add_func ("/solver/refused", test_refused);
  return g_test_run ();
}
