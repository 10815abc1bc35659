/* EwRace: solvers side by side. */
#include "engine/race.h"

#include "engine/solver.h"
#include "engine/trail.h"

#include <math.h>
#include <string.h>

/* Bytes of a racer's trail, and how many places that are at least and at most. */
#define TRAIL_BYTES (4 << 20)
#define PLACES_MIN  64

typedef struct
{
  const EwRace *race;
  EwSolver *solver;
  EwHistory *history;
  EwTrail *trail;
  double rate;
  gboolean rate_is_own;
  double limit;
  EwOptimizerKind kind;
  gint64 reached[EW_RACE_N_GOALS];
} Runner;

struct _EwRace
{
  const EwFitted *fitted;
  EwLoss loss_kind;
  double *start;
  double start_loss; /* as reported; likewise the goals */
  double goals[EW_RACE_N_GOALS];
  guint64 epoch;
  int n;
  Runner runners[EW_RACE_MAX];
};

static double
scale (const EwRace *race)
{
  return race->loss_kind == EW_LOSS_MEAN ? 1 / (double)race->fitted->problem->n_residuals : 1;
}

double
ew_race_rate (const EwFitted *fitted, EwOptimizerKind kind, const double *start, EwLoss loss)
{
  EwRecipe recipe;
  double limit, way = 0;

  if (!ew_optimizer_has_rate (kind))
    return 0;
  ew_recipe_init (&recipe, kind);
  recipe.loss = loss;
  limit = ew_solver_rate_limit (&recipe, fitted->quadratic, fitted->problem->n_residuals);
  if (isfinite (limit))
    return EW_RATE_SHARE * limit;
  for (int k = 0; k < fitted->problem->n_params; k++)
    way = fmax (way, fabs (fitted->optimum[k] - start[k]));
  /* Where there is nowhere to go any rate will do. */
  return way > 0 ? EW_RACE_STRIDE * way : fmax (ew_optimizer_usual_rate (kind), 1e-3);
}

static gboolean
check_entries (const EwRaceEntry *entries, int n, GError **error)
{
  if (n < 1 || n > EW_RACE_MAX)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_USAGE, "A race takes 1 to %d optimizers.", EW_RACE_MAX);
      return FALSE;
    }
  for (int k = 0; k < n; k++)
    if (entries[k].kind >= EW_OPTIMIZER_LEAST_SQUARES || !(entries[k].rate >= 0) || !isfinite (entries[k].rate))
      {
        g_set_error_literal (
            error, EW_ERROR, EW_ERROR_USAGE,
            "Racers are gd, momentum, nesterov, rmsprop, adam and cg, each at a rate above 0 or its own.");
        return FALSE;
      }
  return TRUE;
}

static gboolean
add_runner (EwRace *race, const EwKernel *start, const EwRaceEntry *entry, GError **error)
{
  EwProblem *problem = race->fitted->problem;
  Runner *r = &race->runners[race->n++];
  EwRecipe recipe;
  int places = (int)MIN (TRAIL_BYTES / ((gint64)problem->n_params * (gint64)sizeof (double)), EW_SURFACE_PATH_MAX);

  ew_recipe_init (&recipe, entry->kind);
  recipe.loss = race->loss_kind;
  r->race = race;
  r->kind = entry->kind;
  r->limit = ew_solver_rate_limit (&recipe, race->fitted->quadratic, problem->n_residuals);
  r->rate_is_own = entry->rate > 0 && ew_optimizer_has_rate (entry->kind);
  r->rate = r->rate_is_own ? entry->rate : ew_race_rate (race->fitted, entry->kind, race->start, race->loss_kind);
  recipe.rate = r->rate;
  r->solver = ew_solver_new (problem, race->fitted->quadratic, start, &recipe, error);
  /* Of the weights only the way is drawn, which the trail keeps. */
  r->history = ew_history_new (1);
  r->trail = ew_trail_new (problem->n_params, MAX (places, PLACES_MIN));
  ew_trail_add (r->trail, race->start);
  for (int goal = 0; goal < EW_RACE_N_GOALS; goal++)
    r->reached[goal] = race->start_loss <= race->goals[goal] ? 0 : -1;
  return r->solver != NULL;
}

EwRace *
ew_race_new (const EwFitted *fitted, const EwKernel *start, EwLoss loss, const EwRaceEntry *entries, int n,
             GError **error)
{
  g_autoptr (EwRace) race = NULL;

  if (!check_entries (entries, n, error))
    return NULL;
  race = g_new0 (EwRace, 1);
  race->fitted = fitted;
  race->loss_kind = loss;
  race->start = g_new0 (double, fitted->problem->n_params);
  /* The solver says so where it has another size. */
  if (ew_kernel_n_taps (start) + (fitted->problem->has_bias ? 1 : 0) == fitted->problem->n_params)
    ew_fitted_params (fitted->problem, start, race->start);
  race->start_loss = scale (race) * ew_quadratic_loss (fitted->quadratic, race->start);
  for (int goal = 0; goal < EW_RACE_N_GOALS; goal++)
    race->goals[goal] = ew_race_goal_loss (race->start_loss, scale (race) * fitted->optimum_loss, goal);
  for (int k = 0; k < n; k++)
    if (!add_runner (race, start, &entries[k], error))
      return NULL;
  return g_steal_pointer (&race);
}

void
ew_race_free (EwRace *race)
{
  if (race == NULL)
    return;
  for (int k = 0; k < race->n; k++)
    {
      ew_solver_free (race->runners[k].solver);
      ew_history_free (race->runners[k].history);
      ew_trail_free (race->runners[k].trail);
    }
  g_free (race->start);
  g_free (race);
}

/* After @epochs epochs the weights have that loss. */
static void
note_loss (Runner *r, guint64 epochs, double loss)
{
  for (int goal = 0; goal < EW_RACE_N_GOALS; goal++)
    if (r->reached[goal] < 0 && loss <= r->race->goals[goal])
      r->reached[goal] = (gint64)epochs;
}

static void
on_epoch (guint64 epoch, double loss, const double *params, gpointer data)
{
  Runner *r = data;

  note_loss (r, epoch - 1, loss);
  ew_history_add (r->history, epoch, loss, params);
  ew_trail_add (r->trail, params);
}

gboolean
ew_race_is_over (const EwRace *race)
{
  for (int k = 0; k < race->n; k++)
    if (ew_solver_state (race->runners[k].solver) == EW_SOLVER_READY)
      return FALSE;
  return TRUE;
}

gboolean
ew_race_run (EwRace *race, gint64 epochs, EwCancel *cancel, GError **error)
{
  for (; epochs > 0 && !ew_race_is_over (race); epochs--)
    {
      if (ew_cancelled (cancel))
        {
          g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The race was cancelled.");
          return FALSE;
        }
      /* An epoch on the Gram matrix is short: it is not cut. */
      for (int k = 0; k < race->n; k++)
        if (!ew_solver_run (race->runners[k].solver, 1, on_epoch, &race->runners[k], NULL, error))
          return FALSE;
      race->epoch++;
    }
  return TRUE;
}

guint64
ew_race_epoch (const EwRace *race)
{
  return race->epoch;
}

double
ew_race_loss (const EwRace *race, int k)
{
  return ew_solver_loss (race->runners[k].solver);
}

static EwRacerState
state_of (const Runner *r)
{
  EwSolverState state = ew_solver_state (r->solver);

  return state == EW_SOLVER_READY      ? EW_RACER_RUNNING
         : state == EW_SOLVER_DIVERGED ? EW_RACER_DIVERGED
                                       : EW_RACER_ARRIVED;
}

static void
add_path (EwRacer *racer, const Runner *r, const EwSurfaceMap *map)
{
  double off;

  racer->n_path = ew_trail_length (r->trail);
  racer->path = g_new (EwSurfacePoint, racer->n_path);
  for (int k = 0; k < racer->n_path; k++)
    ew_surface_place (map->surface, ew_trail_place (r->trail, k), &racer->path[k].a, &racer->path[k].b, &off);
}

static void
describe (EwRace *race, Runner *r, EwRacer *racer)
{
  racer->kind = r->kind;
  racer->state = state_of (r);
  racer->rate = r->rate;
  racer->rate_is_own = r->rate_is_own;
  racer->limit = r->limit;
  racer->epoch = ew_solver_epoch (r->solver);
  racer->loss = scale (race) * ew_quadratic_loss (race->fitted->quadratic, ew_solver_params (r->solver));
  if (racer->state != EW_RACER_DIVERGED)
    note_loss (r, racer->epoch, racer->loss);
  memcpy (racer->reached, r->reached, sizeof racer->reached);
  racer->curves = ew_history_curves (r->history);
}

EwRaceStanding *
ew_race_standing (EwRace *race, const EwSurfaceChoice *choice)
{
  EwRaceStanding *s = ew_race_standing_new ();
  EwSurfaceSource source = { .quadratic = race->fitted->quadratic,
                             .optimum = race->fitted->optimum,
                             .start = race->start,
                             .present = race->start,
                             .scale = scale (race) };

  s->epoch = race->epoch;
  s->over = ew_race_is_over (race);
  s->loss_kind = race->loss_kind;
  s->start_loss = race->start_loss;
  s->optimum_loss = scale (race) * race->fitted->optimum_loss;
  s->map = choice == NULL ? NULL : ew_surface_map_new (&source, choice, NULL);
  for (s->n = 0; s->n < race->n; s->n++)
    {
      describe (race, &race->runners[s->n], &s->racers[s->n]);
      if (s->map != NULL)
        add_path (&s->racers[s->n], &race->runners[s->n], s->map);
    }
  return s;
}
