/* Races: against plain loops over the data, in slices, on a thread; what is said of them. */
#include "engine/race-worker.h"
#include "engine/reference.h"
#include "engine/solver.h"
#include "engine/surface-worker.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <string.h>

/* Generous: sanitizers are slow. */
#define PATIENCE_US (60 * G_USEC_PER_SEC)

static const EwOptimizerKind kinds[EW_RACE_MAX] = { EW_OPTIMIZER_GD,      EW_OPTIMIZER_MOMENTUM, EW_OPTIMIZER_NESTEROV,
                                                    EW_OPTIMIZER_RMSPROP, EW_OPTIMIZER_ADAM,     EW_OPTIMIZER_CG };

/* A problem and its quadratic. */
typedef struct
{
  EwProblem *problem;
  EwKernel *start;
  EwDevices *devices;
  EwFitted fitted;
} Fixture;

static EwDevices *
new_devices (void)
{
  const EwBackend *cpu = ew_cpu_backend ();

  return ew_devices_new (&cpu, 1, 1);
}

static EwSnapshot *
snapshot_of (EwProblem *problem, EwKernel *start, EwLoss loss)
{
  EwSnapshot *s = ew_snapshot_new ();

  s->task = 7;
  s->loss_kind = loss;
  s->problem = ew_problem_ref (problem);
  s->start = ew_kernel_ref (start);
  s->kernel = ew_kernel_ref (start);
  return s;
}

static void
fixture_fit (Fixture *f)
{
  g_autoptr (EwSnapshot) s = snapshot_of (f->problem, f->start, EW_LOSS_SUM);
  g_autoptr (GError) error = NULL;

  f->devices = new_devices ();
  f->fitted = (EwFitted){ 0 };
  g_assert_true (ew_fitted_renew (&f->fitted, f->devices, s, NULL, &error));
  g_assert_no_error (error);
}

/* A noisy pair with a bias: the loss's least is not 0. */
static void
fixture_init (Fixture *f, guint64 seed)
{
  EwRandom random = seed;
  EwGrid *x = random_grid (&random, 14, 11, 0, 1);
  g_autoptr (EwKernel) teacher = random_kernel (&random, 2, 3, -1, 1);
  EwGrid *y = reference_output (x, teacher);

  for (int i = 0; i < y->height; i++)
    for (int j = 0; j < y->width; j++)
      ew_grid_row (y, i)[j] += (float)(0.1 * ew_random_uniform (&random));
  f->problem = problem_of_pair (x, y, 2, 3, TRUE);
  f->start = random_kernel (&random, 2, 3, 0, 1);
  fixture_fit (f);
}

/* The textbook's experiment. */
static void
fixture_init_golden (Fixture *f)
{
  f->problem = golden_problem ();
  f->start = ew_kernel_new_from_taps (1, 2, golden_start, 0, NULL);
  fixture_fit (f);
}

static void
fixture_clear (Fixture *f)
{
  ew_fitted_clear (&f->fitted);
  ew_devices_free (f->devices);
  ew_kernel_unref (f->start);
  ew_problem_unref (f->problem);
}

static EwRace *
race_of_all (const Fixture *f, EwLoss loss)
{
  EwRaceEntry entries[EW_RACE_MAX];
  g_autoptr (GError) error = NULL;
  EwRace *race;

  for (int k = 0; k < EW_RACE_MAX; k++)
    entries[k] = (EwRaceEntry){ kinds[k], 0 };
  race = ew_race_new (&f->fitted, f->start, loss, entries, EW_RACE_MAX, &error);
  g_assert_no_error (error);
  return race;
}

/* Momentum (β = 0: plain descent) over the data in plain loops: the losses of the weights after 0 … epochs − 1 epochs,
 * and the weights at the end. */
static void
descend (const Fixture *f, double rate, double beta, int epochs, double *losses, double *params)
{
  int n = f->problem->n_params;
  double gradient[16], gathered[16] = { 0 };

  ew_fitted_params (f->problem, f->start, params);
  for (int e = 0; e < epochs; e++)
    {
      ew_reference_evaluate (f->problem, params, &losses[e], gradient);
      for (int k = 0; k < n; k++)
        {
          gathered[k] = beta * gathered[k] + gradient[k];
          params[k] -= rate * gathered[k];
        }
    }
}

/* The epochs after which a loss was reached; −1: never. */
static gint64
count_to (const double *losses, int n, double goal)
{
  for (int e = 0; e < n; e++)
    if (losses[e] <= goal)
      return e;
  return -1;
}

/* Losses within 1e-9 of the reference's: the quadratic is measured from the optimum, and the fixture's condition lets
 * rounding grow by some thousands. A goal is so clearly passed that the epoch is the same. */
static void
test_reference (void)
{
  enum
  {
    EPOCHS = 60
  };

  for (guint64 seed = 1; seed <= 6; seed++)
    {
      Fixture f;
      double losses[EPOCHS], params[16];

      fixture_init (&f, seed);

      g_autoptr (EwRace) race = race_of_all (&f, EW_LOSS_SUM);

      for (int e = 0; e < EPOCHS; e++)
        g_assert_true (ew_race_run (race, 1, NULL, NULL));

      g_autoptr (EwRaceStanding) s = ew_race_standing (race, NULL);

      for (int k = 0; k < 2; k++)
        {
          descend (&f, s->racers[k].rate, k == 0 ? 0 : 0.9, EPOCHS, losses, params);
          g_assert_cmpfloat (fabs (ew_race_loss (race, k) - losses[EPOCHS - 1]), <=, 1e-9 * losses[0]);
          for (int goal = 0; goal < EW_RACE_N_GOALS; goal++)
            g_assert_cmpint (
                s->racers[k].reached[goal], ==,
                count_to (losses, EPOCHS, ew_race_goal_loss (losses[0], s->optimum_loss, (EwRaceGoal)goal)));
        }
      g_assert_cmpuint (s->epoch, ==, EPOCHS);
      /* Conjugate gradients are at the optimum after as many epochs as there are parameters, but for rounding. */
      g_assert_cmpint (s->racers[5].reached[EW_RACE_NEAREST], >=, 0);
      g_assert_cmpint (s->racers[5].reached[EW_RACE_NEAREST], <=, f.problem->n_params);
      fixture_clear (&f);
    }
}

/* The textbook's run: its rate is nine tenths of the limit, and the losses are its own. For the mean of N = 42
 * residuals the rate is 42 times as large and the run the same. */
static void
test_golden (void)
{
  Fixture f;

  fixture_init_golden (&f);
  for (int mean = 0; mean < 2; mean++)
    {
      g_autoptr (EwRace) race = race_of_all (&f, mean ? EW_LOSS_MEAN : EW_LOSS_SUM);
      double scale = mean ? 42 : 1;

      g_assert_true (ew_race_run (race, 10, NULL, NULL));

      g_autoptr (EwRaceStanding) s = ew_race_standing (race, NULL);

      g_assert_cmpfloat_with_epsilon (s->racers[0].rate, 0.03 * scale, 1e-12);
      g_assert_cmpfloat_with_epsilon (s->racers[0].limit, scale / 30, 1e-12);
      g_assert_cmpfloat_with_epsilon (s->racers[1].limit, 1.9 * scale / 30, 1e-12);
      g_assert_true (isinf (s->racers[4].limit));
      /* 1.62 is the longer way of the two. */
      g_assert_cmpfloat_with_epsilon (s->racers[4].rate, 1.6200043670977488 / 30, 1e-12);
      g_assert_cmpfloat_with_epsilon (ew_race_loss (race, 0) * scale, 0.305, 5e-4);
      g_assert_cmpint (s->racers[5].state, ==, EW_RACER_ARRIVED);
      g_assert_cmpuint (s->racers[5].epoch, <=, 3);
    }
  fixture_clear (&f);
}

static void
assert_same (const EwRaceStanding *a, const EwRaceStanding *b)
{
  for (int k = 0; k < EW_RACE_MAX; k++)
    {
      g_assert_cmpfloat (a->racers[k].loss, ==, b->racers[k].loss);
      g_assert_cmpmem (a->racers[k].reached, sizeof a->racers[k].reached, b->racers[k].reached,
                       sizeof b->racers[k].reached);
      g_assert_cmpint (a->racers[k].n_path, ==, b->racers[k].n_path);
      g_assert_cmpmem (a->racers[k].path, a->racers[k].n_path * sizeof (EwSurfacePoint), b->racers[k].path,
                       b->racers[k].n_path * sizeof (EwSurfacePoint));
    }
}

/* In one go, and in slices between which somebody looks: the same bits, and the same as each alone. */
static void
test_slices (void)
{
  const EwSurfaceChoice choice = { .first = 2, .second = 6 };
  EwRandom random = 11;
  Fixture f;

  fixture_init (&f, 9);

  g_autoptr (EwRace) whole = race_of_all (&f, EW_LOSS_SUM);
  g_autoptr (EwRace) cut = race_of_all (&f, EW_LOSS_SUM);
  g_autoptr (EwRaceStanding) first = NULL;
  g_autoptr (EwRaceStanding) second = NULL;

  g_assert_true (ew_race_run (whole, 500, NULL, NULL));
  while (ew_race_epoch (cut) < 500)
    {
      gint64 epochs = MIN (random_int (&random, 1, 40), 500 - (gint64)ew_race_epoch (cut));

      g_assert_true (ew_race_run (cut, epochs, NULL, NULL));
      ew_race_standing_unref (ew_race_standing (cut, &choice));
    }
  first = ew_race_standing (whole, &choice);
  second = ew_race_standing (cut, &choice);
  assert_same (first, second);
  for (int k = 0; k < EW_RACE_MAX; k++)
    {
      EwRecipe recipe;

      ew_recipe_init (&recipe, kinds[k]);
      recipe.rate = first->racers[k].rate;

      g_autoptr (EwSolver) alone = ew_solver_new (f.problem, f.fitted.quadratic, f.start, &recipe, NULL);

      g_assert_true (ew_solver_run (alone, 500, NULL, NULL, NULL, NULL));
      g_assert_cmpfloat (first->racers[k].loss, ==, ew_quadratic_loss (f.fitted.quadratic, ew_solver_params (alone)));
      /* The path begins at the start and ends where it is. */
      const EwSurfacePoint *path = first->racers[k].path;
      int last = first->racers[k].n_path - 1;

      g_assert_cmpfloat_with_epsilon (first->map->zero_a + path[0].a, f.start->taps[2], 1e-14);
      g_assert_cmpfloat_with_epsilon (first->map->zero_b + path[last].b, ew_solver_params (alone)[6], 1e-14);
    }
  fixture_clear (&f);
}

/* One above its limit diverges, says so and stays at its last good weights; the others go on. */
static void
test_divergence (void)
{
  const EwRaceEntry entries[] = { { EW_OPTIMIZER_GD, 0.05 }, { EW_OPTIMIZER_MOMENTUM, 0.01 } };
  g_autofree char *sentence = NULL;
  Fixture f;

  fixture_init_golden (&f);

  g_autoptr (EwRace) race = ew_race_new (&f.fitted, f.start, EW_LOSS_SUM, entries, 2, NULL);

  g_assert_true (ew_race_run (race, 400, NULL, NULL));

  g_autoptr (EwRaceStanding) s = ew_race_standing (race, NULL);

  g_assert_cmpint (s->racers[0].state, ==, EW_RACER_DIVERGED);
  g_assert_true (isfinite (s->racers[0].loss));
  g_assert_cmpuint (s->racers[0].epoch, <, 100);
  g_assert_cmpint (s->racers[0].reached[EW_RACE_NEAR], ==, -1);
  g_assert_cmpint (s->racers[1].reached[EW_RACE_NEAREST], >, 0);
  g_assert_true (s->racers[0].rate_is_own);
  sentence = ew_race_sentence (s, EW_RACE_NEAR);
  g_assert_true (g_str_has_prefix (sentence, "Momentum wins: 90 % of the way after "));
  g_assert_nonnull (strstr (sentence, "nobody else is there after 400 epochs."));
  fixture_clear (&f);
}

static void
test_refused (void)
{
  const EwRaceEntry wrong[][1]
      = { { { EW_OPTIMIZER_LEAST_SQUARES, 0 } }, { { EW_OPTIMIZER_GD, -1 } }, { { EW_OPTIMIZER_GD, NAN } } };
  const EwRaceEntry entry = { EW_OPTIMIZER_GD, 0 };
  g_autoptr (EwKernel) large = ew_kernel_new (3, 3, NULL);
  EwCancel cancel = 1;
  Fixture f;

  fixture_init_golden (&f);
  for (guint k = 0; k < G_N_ELEMENTS (wrong); k++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (ew_race_new (&f.fitted, f.start, EW_LOSS_SUM, wrong[k], 1, &error));
      g_assert_error (error, EW_ERROR, EW_ERROR_USAGE);
    }

  g_autoptr (GError) none = NULL;
  g_autoptr (GError) size = NULL;
  g_autoptr (GError) cancelled = NULL;
  g_autoptr (EwRace) race = ew_race_new (&f.fitted, f.start, EW_LOSS_SUM, &entry, 1, NULL);

  g_assert_null (ew_race_new (&f.fitted, f.start, EW_LOSS_SUM, &entry, 0, &none));
  g_assert_error (none, EW_ERROR, EW_ERROR_USAGE);
  g_assert_null (ew_race_new (&f.fitted, large, EW_LOSS_SUM, &entry, 1, &size));
  g_assert_error (size, EW_ERROR, EW_ERROR_GEOMETRY);
  g_assert_false (ew_race_run (race, 5, &cancel, &cancelled));
  g_assert_error (cancelled, EW_ERROR, EW_ERROR_CANCELLED);
  g_assert_cmpuint (ew_race_epoch (race), ==, 0);
  fixture_clear (&f);
}

/* What is said, of standings made up. */
static void
test_sentences (void)
{
  g_autoptr (EwRaceStanding) s = ew_race_standing_new ();
  struct
  {
    gint64 reached[3];
    const char *sentence;
  } cases[] = {
    { { 4, 9, -1 }, "Gradient descent wins: 99 % of the way after 4 epochs; next is Momentum after 9 epochs." },
    { { 9, 1, -1 }, "Momentum wins: 99 % of the way after 1 epoch; next is Gradient descent after 9 epochs." },
    { { 9, 9, -1 }, "Momentum and Gradient descent are level: 99 % of the way after 9 epochs." },
    { { -1, -1, 3 }, "Nesterov wins: 99 % of the way after 3 epochs; nobody else is there after 12 epochs." },
    { { -1, -1, -1 }, "Nobody has reached 99 % of the way after 12 epochs; Momentum is ahead with a loss of 0.5." },
  };

  s->epoch = 12;
  s->n = 3;
  for (int k = 0; k < 3; k++)
    s->racers[k] = (EwRacer){ .kind = kinds[k], .loss = 1, .epoch = 12, .rate = 0.25 };
  s->racers[1].loss = 0.5;
  s->racers[2].state = EW_RACER_DIVERGED;
  s->racers[2].loss = 0.1;
  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      g_autofree char *sentence = NULL;

      for (int k = 0; k < 3; k++)
        s->racers[k].reached[EW_RACE_NEARER] = cases[c].reached[k];
      sentence = ew_race_sentence (s, EW_RACE_NEARER);
      g_assert_cmpstr (sentence, ==, cases[c].sentence);
    }

  g_autofree char *csv = ew_race_csv (s);

  g_assert_cmpstr (csv, ==,
                   "optimizer,rate,state,epochs,loss,to_90,to_99,to_99.99,to_optimum_1\n"
                   "gd,0.25,running,12,1,0,,0,0\n"
                   "momentum,0.25,running,12,0.5,0,,0,0\n"
                   "nesterov,0.25,diverged,12,0.10000000000000001,0,,0,0\n");
}

static EwRaceStanding *
wait_for_standing (EwRaceWorker *worker)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;
  EwRaceStanding *standing;

  while ((standing = ew_race_worker_take (worker)) == NULL && g_get_monotonic_time () < end)
    g_usleep (1000);
  g_assert_nonnull (standing);
  return standing;
}

/* Slice by slice to the end, as the race itself; a new number begins anew. */
static void
test_race_worker (void)
{
  g_autoptr (EwRaceWorker) worker = ew_race_worker_new (new_devices (), NULL, NULL);
  g_autoptr (EwRaceStanding) expected = NULL;
  g_autoptr (EwRaceStanding) standing = NULL;
  Fixture f;

  fixture_init (&f, 21);

  g_autoptr (EwSnapshot) s = snapshot_of (f.problem, f.start, EW_LOSS_MEAN);
  EwRaceRequest request = { .snapshot = s, .race = 1, .n = EW_RACE_MAX, .until = 300, .choice = { .second = 1 } };
  g_autoptr (EwRace) race = race_of_all (&f, EW_LOSS_MEAN);

  for (int k = 0; k < EW_RACE_MAX; k++)
    request.entries[k] = (EwRaceEntry){ kinds[k], 0 };
  g_assert_true (ew_race_run (race, 300, NULL, NULL));
  expected = ew_race_standing (race, &request.choice);
  while (standing == NULL || standing->epoch < 300)
    {
      g_clear_pointer (&standing, ew_race_standing_unref);
      ew_race_worker_ask (worker, &request);
      standing = wait_for_standing (worker);
      g_assert_null (standing->trouble);
    }
  g_assert_cmpuint (standing->task, ==, 7);
  assert_same (standing, expected);
  g_clear_pointer (&standing, ew_race_standing_unref);
  request.race = 2;
  request.until = 0;
  ew_race_worker_ask (worker, &request);
  standing = wait_for_standing (worker);
  g_assert_cmpuint (standing->epoch, ==, 0);
  g_assert_cmpuint (standing->race, ==, 2);
  g_assert_cmpfloat (standing->racers[0].loss, ==, standing->start_loss);
  g_clear_pointer (&standing, ew_race_standing_unref);
  /* What cannot be raced is told. */
  request.race = 3;
  request.n = 0;
  ew_race_worker_ask (worker, &request);
  standing = wait_for_standing (worker);
  g_assert_cmpstr (standing->trouble, ==, "A race takes 1 to 6 optimizers.");
  fixture_clear (&f);
}

/* The map that the worker makes: of the problem's own sums, or of training's; the newest wish; trouble is told. */
static void
test_surface_worker (void)
{
  g_autoptr (EwSurfaceWorker) worker = ew_surface_worker_new (new_devices (), NULL, NULL);
  gint64 end = g_get_monotonic_time () + PATIENCE_US;
  EwSurfaceChoice choice = { .first = 1, .second = 3 };
  double optimum[16];
  Fixture f;

  fixture_init (&f, 22);
  memcpy (optimum, f.fitted.optimum, f.problem->n_params * sizeof (double));
  for (int known = 0; known < 2; known++)
    {
      /* Another problem object, so that it is fitted again. */
      g_autoptr (EwProblem) problem = ew_problem_new (f.problem->samples, 1, &f.problem->geometry, TRUE, NULL);
      g_autoptr (EwSnapshot) s = snapshot_of (problem, f.start, EW_LOSS_MEAN);
      g_autoptr (EwSurfaceMap) map = NULL;

      if (known)
        {
          s->gram = ew_gram_ref ((EwGram *)ew_quadratic_gram (f.fitted.quadratic));
          s->optimum = ew_kernel_new_from_taps (2, 3, optimum, optimum[6], NULL);
          s->optimum_loss = f.fitted.optimum_loss / (double)f.problem->n_residuals;
        }
      for (int n = 0; n < 50; n++)
        ew_surface_worker_ask (worker, s, &choice);
      while ((map == NULL || ew_surface_worker_is_busy (worker)) && g_get_monotonic_time () < end)
        {
          EwSurfaceMap *made = ew_surface_worker_take (worker);

          if (made != NULL)
            {
              ew_surface_map_unref (map);
              map = made;
            }
          g_usleep (1000);
        }
      g_assert_nonnull (map);
      g_assert_null (map->trouble);
      g_assert_cmpuint (map->task, ==, 7);
      for (int n = 0; n < 20; n++)
        {
          double a = 0.3 * n - 3, b = 2 - 0.2 * n, params[16], loss, gradient[16];

          ew_surface_map_params (map, a, b, params);
          ew_reference_evaluate (f.problem, params, &loss, gradient);
          /* Losses of some hundred over 120 residuals; float32 data summed in float64. */
          g_assert_cmpfloat_with_epsilon (ew_surface_map_loss (map, a, b), loss / (double)f.problem->n_residuals,
                                          1e-10);
        }
      g_assert_cmpfloat_with_epsilon (map->zero_a + map->start.a, f.start->taps[1], 1e-14);
    }
  fixture_clear (&f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/race/reference", test_reference);
  g_test_add_func ("/race/golden", test_golden);
  g_test_add_func ("/race/slices", test_slices);
  g_test_add_func ("/race/divergence", test_divergence);
  g_test_add_func ("/race/refused", test_refused);
  g_test_add_func ("/race/sentences", test_sentences);
  g_test_add_func ("/race/worker", test_race_worker);
  g_test_add_func ("/race/surface-worker", test_surface_worker);
  return g_test_run ();
}
