/* EwLearnRun: the report. */
#include "app/cli/cli.h"
#include "app/cli/learn-run.h"
#include "app/files/json.h"
#include "app/files/report.h"
#include "engine/holdout.h"
#include "engine/optimum.h"
#include "engine/ridge.h"
#include "engine/structure.h"

#include <math.h>

static void
add_run (GString *json, const EwLearnRun *run)
{
  ew_report_add_run (json, &(EwReportRun){ .epochs = run->epochs,
                                           .stop = run->stop,
                                           .recipe = &run->options->how.solver,
                                           .delta = run->delta,
                                           .rate = run->rate,
                                           .rate_limit = run->rate_limit,
                                           .last_loss = run->loss,
                                           .n_residuals = run->problem->n_residuals });
}

gboolean
ew_learn_run_report_structure (EwLearnRun *run, EwProblem *problem, const double *params, const char *name, GString *json,
                               GError **error)
{
  gint64 start = g_get_monotonic_time ();
  g_autoptr (EwProblem) plain = ew_problem_unpadded (problem, error);
  EwStructure structure;

  if (plain == NULL || !ew_structure_look (plain, params, &structure, &ew_cli_interrupted, error))
    return FALSE;
  ew_report_add_structure (json, &structure);
  for (int kind = 0; kind < EW_STRUCTURE_N; kind++)
    {
      if (!structure.found[kind])
        continue;

      g_autofree char *sentence = ew_structure_say (&structure, (EwStructureKind)kind);
      g_autofree char *line = name == NULL ? g_strdup (sentence) : g_strdup_printf ("%s: %s", name, sentence);

      ew_cli_say (line);
    }
  run->structure_seconds += ew_learn_seconds (start);
  return TRUE;
}

/* Errors that hold whatever the noise is like; of several pairs they were summed up pair by pair, without a ridge. */
static gboolean
find_errors (EwLearnRun *run, EwOptimum *optimum, EwQuadratic *minimised, GError **error)
{
  if (run->problem->n_samples > 0)
    return ew_optimum_cluster (optimum, minimised, run->problem, ew_devices_pool (run->devices), &ew_cli_interrupted, error);
  if (run->ridge == 0)
    ew_optimum_take_clusters (optimum, &run->sums->clusters);
  return TRUE;
}

static EwOptimum *
find_optimum (EwLearnRun *run, GError **error)
{
  gint64 n_residuals = run->problem->n_residuals;
  g_autoptr (EwGram) gram = NULL;
  g_autoptr (EwQuadratic) ridged = NULL;
  g_autoptr (EwOptimum) optimum = NULL;

  if (run->ridge == 0)
    optimum = ew_optimum_new (run->quadratic, n_residuals, run->variation, &ew_cli_interrupted, error);
  else
    {
      gram = ew_gram_ridged (ew_quadratic_gram (run->quadratic), run->n_taps, run->ridge, error);
      ridged = gram == NULL ? NULL : ew_quadratic_new (gram, error);
      optimum = ridged == NULL ? NULL
                               : ew_optimum_new_ridged (run->quadratic, ridged, run->ridge, n_residuals, run->variation,
                                                        &ew_cli_interrupted, error);
    }
  if (optimum == NULL || !find_errors (run, optimum, ridged == NULL ? run->quadratic : ridged, error))
    return NULL;
  return g_steal_pointer (&optimum);
}

/* The squared loss of what was learned over what was held out. */
static gboolean
held_loss (const EwLearnRun *run, double *loss, GError **error)
{
  EwObjective squares = { EW_PENALTY_SQUARED, 1, EW_ACTIVATION_NONE };
  g_autoptr (EwProblem) plain = NULL;

  if (run->held_quadratic != NULL)
    {
      *loss = ew_quadratic_loss (run->held_quadratic, run->params);
      return TRUE;
    }
  plain = ew_problem_unpadded (run->held, error);
  return plain != NULL
         && ew_objective_evaluate (ew_devices_pool (run->devices), &squares, plain, run->params, loss, NULL, &ew_cli_interrupted, error);
}

/* The learned kernel on what it was learned from, and on what it never saw. */
static gboolean
add_learned (GString *json, EwLearnRun *run, GError **error)
{
  double loss;

  ew_report_add_learned (json, run->problem, run->variation, run->params, ew_quadratic_loss (run->quadratic, run->params));
  if (run->held == NULL)
    return TRUE;
  if (!held_loss (run, &loss, error))
    return FALSE;
  g_string_append_printf (json, ",\"held_out\":{\"residuals\":%" G_GINT64_FORMAT, run->held->n_residuals);
  ew_json_quality (json, run->held->n_residuals, run->held_variation, loss);
  g_string_append_c (json, '}');
  return TRUE;
}

static void
warn_of_undetermined (const EwOptimum *o)
{
  int n_free = 0;
  g_autofree char *line = NULL;

  for (int k = 0; o->n_null > 0 && k < o->n; k++)
    n_free += !ew_optimum_determines (o, k);
  if (n_free == 0)
    return;
  line = g_strdup_printf ("the image does not determine %d of the %d weights: %d combination%s of them may be anything "
                          "without a change in the output. A more varied image, fewer taps or --ridge would do.",
                          n_free, o->n, o->n_null, o->n_null == 1 ? "" : "s");
  ew_cli_say (line);
}

/* What took how long: reading is apart from all that follows it. */
static void
add_seconds (GString *json, const EwLearnRun *run)
{
  g_string_append (json, ",\"seconds\":{");
  ew_json_number (json, "read", run->source.read_seconds);
  ew_json_number (json, "examine", run->source.examine_seconds);
  ew_json_number (json, "fit", run->fit_seconds);
  ew_json_number (json, "descent", run->descent_seconds);
  ew_json_number (json, "judge", run->judge_seconds);
  ew_json_number (json, "structure", run->structure_seconds);
  g_string_append_c (json, '}');
}

/* The optimum with its errors; the rate's limit with it. */
static EwOptimum *
judge (EwLearnRun *run, GError **error)
{
  gint64 start = g_get_monotonic_time ();
  EwOptimum *optimum = find_optimum (run, error);

  run->judge_seconds = ew_learn_seconds (start);
  return optimum;
}

gboolean
ew_learn_run_report (EwLearnRun *run, GString *json, GError **error)
{
  g_autoptr (EwOptimum) optimum = NULL;
  g_autofree char *title = run->sums == NULL ? ew_learn_source_title (&run->source, 0) : NULL;

  if (run->options->report == NULL)
    return TRUE;
  if (!ew_learn_run_fit (run, error) || (optimum = judge (run, error)) == NULL)
    return FALSE;
  warn_of_undetermined (optimum);
  g_string_append_c (json, '{');
  add_run (json, run);
  if (run->source.findings != NULL)
    ew_report_add_findings (json, run->source.findings);
  ew_report_add_optimum (json, run->problem, run->variation, optimum, run->strength);
  /* Of several pairs each has been looked at by itself. */
  if ((run->sums == NULL
       && !ew_learn_run_report_structure (run, run->problem, optimum->params, title, json, error))
      || !add_learned (json, run, error))
    return FALSE;
  ew_learn_run_report_jpeg (run, json);
  ew_learn_run_report_pairs (run, json);
  add_seconds (json, run);
  g_string_append_c (json, '}');
  return TRUE;
}
