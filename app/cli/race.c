/* edgewise-cli race: several optimizers from the same start on one pair, in a table. */
#include "engine/race.h"
#include "app/cli/cli.h"
#include "app/cli/geometry-options.h"
#include "app/files/replace.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct
{
  const char *files[2];
  const char *kernel_size;
  const char *entrants;
  const char *loss;
  const char *init;
  const char *goal;
  const char *output;
  const char *device;
  EwGeometryOptions geometry;
  gboolean has_bias;
  gint64 epochs;
  gint64 seed;
  gint64 threads;
  int height; /* from here on: what they come to */
  int width;
  EwLoss loss_kind;
  EwRaceGoal race_goal;
  EwGeometry laid;
  EwRaceEntry entries[EW_RACE_MAX];
  int n;
} Options;

static gboolean
refuse_entrant (const char *text, GError **error)
{
  g_set_error (
      error, EW_ERROR, EW_ERROR_USAGE,
      "--entrants %s: gd, momentum, nesterov, rmsprop, adam and cg are possible, each once, with a rate or without, "
      "like gd,momentum=0.01,adam.",
      text);
  return FALSE;
}

/* "adam=0.01" */
static gboolean
parse_entrant (Options *o, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "=", 2);
  int kind = parts[0] == NULL ? -1 : ew_optimizer_from_name (parts[0]);
  double rate = 0;
  char *end = NULL;

  if (kind < 0 || kind >= EW_OPTIMIZER_LEAST_SQUARES || o->n == EW_RACE_MAX)
    return refuse_entrant (o->entrants, error);
  for (int k = 0; k < o->n; k++)
    if (o->entries[k].kind == (EwOptimizerKind)kind)
      return refuse_entrant (o->entrants, error);
  if (parts[1] != NULL)
    {
      rate = g_ascii_strtod (parts[1], &end);
      if (end == parts[1] || *end != '\0' || !isfinite (rate) || !(rate > 0)
          || !ew_optimizer_has_rate ((EwOptimizerKind)kind))
        return refuse_entrant (o->entrants, error);
    }
  o->entries[o->n++] = (EwRaceEntry){ (EwOptimizerKind)kind, rate };
  return TRUE;
}

static gboolean
parse_entrants (Options *o, GError **error)
{
  const char *all = "gd,momentum,nesterov,rmsprop,adam,cg";
  g_auto (GStrv) names = g_strsplit (o->entrants != NULL ? o->entrants : all, ",", 0);

  for (int k = 0; names[k] != NULL; k++)
    if (!parse_entrant (o, names[k], error))
      return FALSE;
  return o->n > 0 || refuse_entrant (o->entrants, error);
}

static gboolean
check (Options *o, int n_files, GError **error)
{
  static const char *const losses[] = { "sum", "mean", NULL };
  static const char *const goals[] = { "90", "99", "99.99", "optimum", NULL };
  int loss = o->loss == NULL ? 0 : ew_arguments_parse_word ("loss", o->loss, losses, error);
  int goal = o->goal == NULL || loss < 0 ? 1 : ew_arguments_parse_word ("goal", o->goal, goals, error);

  if (loss < 0 || goal < 0)
    return FALSE;
  o->loss_kind = loss == 1 ? EW_LOSS_MEAN : EW_LOSS_SUM;
  o->race_goal = (EwRaceGoal)goal;
  if (n_files < 2 || o->kernel_size == NULL)
    {
      g_set_error_literal (
          error, EW_ERROR, EW_ERROR_USAGE,
          "race needs two files and the kernel's size, like: race before.npy after.npy --kernel-size 3x3.");
      return FALSE;
    }
  return ew_geometry_options_check (&o->geometry, error)
         && ew_arguments_parse_size ("kernel-size", o->kernel_size, EW_KERNEL_SIDE_MAX, &o->height, &o->width, error)
         && ew_geometry_options_apply (&o->geometry, o->height, o->width, &o->laid, error) && parse_entrants (o, error);
}

static gboolean
parse (Options *o, char *const *arguments, GError **error)
{
  const EwArgument table[] = {
    { .name = "kernel-size", .kind = EW_ARGUMENT_TEXT, .value = &o->kernel_size },
    { .name = "entrants", .kind = EW_ARGUMENT_TEXT, .value = &o->entrants },
    { .name = "epochs", .kind = EW_ARGUMENT_WHOLE, .value = &o->epochs, .low = 1, .high = G_MAXINT64 },
    { .name = "loss", .kind = EW_ARGUMENT_TEXT, .value = &o->loss },
    { .name = "goal", .kind = EW_ARGUMENT_TEXT, .value = &o->goal },
    { .name = "bias", .kind = EW_ARGUMENT_FLAG, .value = &o->has_bias },
    { .name = "init", .kind = EW_ARGUMENT_TEXT, .value = &o->init },
    { .name = "seed", .kind = EW_ARGUMENT_WHOLE, .value = &o->seed, .low = 0, .high = G_MAXINT64 },
    { .name = "o", .kind = EW_ARGUMENT_TEXT, .value = &o->output },
    EW_GEOMETRY_ARGUMENTS (&o->geometry),
    { .name = "device", .kind = EW_ARGUMENT_TEXT, .value = &o->device },
    { .name = "threads", .kind = EW_ARGUMENT_WHOLE, .value = &o->threads, .low = 1, .high = 1024 },
  };
  int n = 0;

  *o = (Options){ .epochs = 1000, .geometry = EW_GEOMETRY_OPTIONS_INIT };
  return ew_arguments_parse (arguments, table, G_N_ELEMENTS (table), o->files, 2, &n, error) && check (o, n, error);
}

static EwKernel *
start_values (const Options *o, GError **error)
{
  static const char *const words[] = { "uniform", "pytorch", "zeros", NULL };

  for (int k = 0; words[k] != NULL; k++)
    if (o->init == NULL || strcmp (o->init, words[k]) == 0)
      return ew_kernel_new_initial (o->height, o->width, (EwInit)k, (guint64)o->seed, error);
  return ew_cli_read_kernel (o->init, error);
}

static EwProblem *
read_problem (const Options *o, GError **error)
{
  g_autoptr (EwGrid) x = ew_cli_read_grid (o->files[0], error);
  g_autoptr (EwGrid) y = x == NULL ? NULL : ew_cli_read_grid (o->files[1], error);
  EwSample sample = { x, y, NULL };
  EwProblem *problem = y == NULL ? NULL : ew_problem_new (&sample, 1, &o->laid, o->has_bias, error);

  if (problem == NULL && y != NULL)
    g_prefix_error (error, "%s: ", o->files[1]);
  return problem;
}

static void
print_number (const char *format, int width, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (number, sizeof number, format, value);
  printf ("  %*s", width, isfinite (value) ? number : "-");
}

static void
print_racer (const EwRacer *r)
{
  static const char *const states[] = { "", "  arrived", "  diverged" };

  printf ("%-20s", ew_race_title (r->kind));
  print_number ("%.4g", 10, r->rate > 0 ? r->rate : NAN);
  print_number ("%.6g", 12, r->loss);
  for (int goal = 0; goal < EW_RACE_N_GOALS; goal++)
    print_number ("%.0f", 9, r->reached[goal] >= 0 ? (double)r->reached[goal] : NAN);
  printf ("%s\n", states[r->state]);
}

static void
print_standing (const EwRaceStanding *s, EwRaceGoal goal)
{
  g_autofree char *sentence = ew_race_sentence (s, goal);

  printf ("%-20s  %10s  %12s  %9s  %9s  %9s  %9s\n", "", "rate", "loss", "to 90 %", "to 99 %", "99.99 %", "opt+1 %");
  for (int k = 0; k < s->n; k++)
    print_racer (&s->racers[k]);
  printf ("%s\n", sentence);
}

static gboolean
write_csv (const char *path, const EwRaceStanding *s, GError **error)
{
  g_autofree char *csv = ew_race_csv (s);
  g_autoptr (EwReplacement) file = ew_replacement_new (path, error);

  if (file != NULL)
    fputs (csv, ew_replacement_stream (file));
  if (file != NULL && ew_replacement_commit (file, error))
    return TRUE;
  g_prefix_error (error, "%s: ", path);
  return FALSE;
}

gboolean
ew_cli_race (char *const *arguments, GError **error)
{
  g_autoptr (EwDevices) devices = NULL;
  g_autoptr (EwProblem) problem = NULL;
  g_autoptr (EwKernel) start = NULL;
  g_auto (EwFitted) fitted = { 0 };
  g_autoptr (EwRace) race = NULL;
  g_autoptr (EwRaceStanding) standing = NULL;
  Options o;

  if (!parse (&o, arguments, error) || (devices = ew_cli_devices_new (o.device, o.threads, error)) == NULL
      || (start = start_values (&o, error)) == NULL || (problem = read_problem (&o, error)) == NULL
      || !ew_fitted_init (&fitted, devices, problem, &ew_cli_interrupted, error))
    return FALSE;
  race = ew_race_new (&fitted, start, o.loss_kind, o.entries, o.n, error);
  if (race == NULL || !ew_race_run (race, o.epochs, &ew_cli_interrupted, error))
    return FALSE;
  standing = ew_race_standing (race, NULL);
  print_standing (standing, o.race_goal);
  return (o.output == NULL || write_csv (o.output, standing, error)) && ew_cli_flush (error);
}
