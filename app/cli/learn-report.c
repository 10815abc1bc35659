/* EwLearnRun: the report. */
#include "app/cli/cli.h"
#include "app/cli/learn-output.h"
#include "app/cli/learn-run.h"
#include "app/files/history-text.h"
#include "app/files/replace.h"
#include "engine/holdout.h"
#include "engine/optimum.h"
#include "engine/ridge.h"
#include "engine/structure.h"

#include <math.h>
#include <string.h>

/* "name": with a comma where it is not the first of its object. */
static void
add_name (GString *json, const char *name)
{
  if (json->len > 0 && json->str[json->len - 1] != '{')
    g_string_append_c (json, ',');
  g_string_append_printf (json, "\"%s\":", name);
}

static void
add_number (GString *json, const char *name, double value)
{
  add_name (json, name);
  ew_history_text_number (json, value, "null");
}

/* With a backslash before quotes and backslashes; sentences have no control characters. */
static char *
json_escaped (const char *text)
{
  GString *escaped = g_string_new (NULL);

  for (; *text != '\0'; text++)
    {
      if (*text == '"' || *text == '\\')
        g_string_append_c (escaped, '\\');
      g_string_append_c (escaped, *text);
    }
  return g_string_free (escaped, FALSE);
}

static void
add_text (GString *json, const char *name, const char *text)
{
  g_autofree char *escaped = json_escaped (text);

  add_name (json, name);
  g_string_append_printf (json, "\"%s\"", escaped);
}

/* "name":[[row],…] */
static void
add_matrix (GString *json, const char *name, const double *values, int height, int width)
{
  add_name (json, name);
  g_string_append_c (json, '[');
  for (int a = 0; a < height; a++)
    {
      g_string_append (json, a == 0 ? "[" : ",[");
      for (int c = 0; c < width; c++)
        {
          if (c > 0)
            g_string_append_c (json, ',');
          ew_history_text_number (json, values[a * width + c], "null");
        }
      g_string_append_c (json, ']');
    }
  g_string_append_c (json, ']');
}

/* "weight":…,"bias":… of parameters. */
static void
add_params (GString *json, const EwLearnRun *run, const char *name, const double *params)
{
  const EwGeometry *g = &run->problem->geometry;
  g_autofree char *bias = strcmp (name, "weight") == 0 ? g_strdup ("bias") : g_strconcat ("bias_", name, NULL);

  add_matrix (json, name, params, g->kernel_height, g->kernel_width);
  add_number (json, bias, run->problem->has_bias ? params[run->n_taps] : NAN);
}

/* "squared_loss":…,"r_squared":…,"psnr":… of a squared loss over a problem. */
static void
add_quality (GString *json, const EwProblem *problem, double loss)
{
  double variation = ew_problem_variation (problem);

  add_number (json, "squared_loss", loss);
  add_number (json, "r_squared", variation > 0 ? 1 - loss / variation : NAN);
  add_number (json, "psnr", loss > 0 ? 10 * log10 ((double)problem->n_residuals / loss) : INFINITY);
}

static void
add_run (GString *json, const EwLearnRun *run)
{
  static const char *const losses[] = { "sum", "huber", "absolute" };
  const EwRecipe *s = &run->options->how.solver;
  gboolean is_mean = s->loss == EW_LOSS_MEAN;

  g_string_append_printf (json, "{\"epochs\":%" G_GINT64_FORMAT, run->epochs);
  add_text (json, "stop", run->stop);
  add_text (json, "optimizer", ew_optimizer_name (s->optimizer.kind));
  add_text (json, "loss", is_mean ? "mean" : losses[s->objective.penalty]);
  add_number (json, "delta", s->objective.penalty == EW_PENALTY_SQUARED ? NAN : run->delta);
  add_number (json, "rate", ew_optimizer_has_rate (s->optimizer.kind) ? run->rate : NAN);
  add_number (json, "rate_limit", run->rate_limit);
  add_number (json, "last_loss", run->loss);
  g_string_append_printf (json, ",\"residuals\":%" G_GINT64_FORMAT, run->problem->n_residuals);
}

/* Of each finding of --examine what it is, whether it stands in the way, and the sentence. */
static void
add_findings (GString *json, const EwFindings *findings)
{
  g_string_append (json, ",\"findings\":[");
  for (int i = 0; i < findings->n; i++)
    {
      const EwFinding *finding = &findings->items[i];

      g_string_append (json, i == 0 ? "{" : ",{");
      add_text (json, "kind", ew_finding_name (finding->kind));
      add_text (json, "sentence", finding->sentence);
      add_name (json, "blocks");
      g_string_append (json, finding->blocks ? "true" : "false");
      add_number (json, "share", finding->share > 0 ? finding->share : NAN);
      g_string_append_c (json, '}');
    }
  g_string_append_c (json, ']');
}

/* Whether what the optimum leaves is noise; says so where it is not. */
static gboolean
add_structure (GString *json, const EwLearnRun *run, const EwOptimum *optimum, GError **error)
{
  static const char *const names[EW_STRUCTURE_N] = { "content", "place" };
  g_autoptr (EwProblem) plain = ew_problem_unpadded (run->problem, error);
  EwStructure structure;

  if (plain == NULL || !ew_structure_look (plain, optimum->params, &structure, &ew_cli_interrupted, error))
    return FALSE;
  g_string_append (json, ",\"structure\":{");
  for (int kind = 0; kind < EW_STRUCTURE_N; kind++)
    {
      add_name (json, names[kind]);
      g_string_append_c (json, '{');
      add_number (json, "p", structure.p[kind]);
      add_number (json, "share", structure.share[kind]);
      add_name (json, "found");
      g_string_append (json, structure.found[kind] ? "true}" : "false}");
      if (!structure.found[kind])
        continue;

      g_autofree char *sentence = ew_structure_say (&structure, (EwStructureKind)kind);

      ew_cli_say (sentence);
    }
  g_string_append_c (json, '}');
  return TRUE;
}

static EwOptimum *
find_optimum (EwLearnRun *run, GError **error)
{
  double variation = ew_problem_variation (run->problem);
  g_autoptr (EwGram) gram = NULL;
  g_autoptr (EwQuadratic) ridged = NULL;

  if (run->ridge == 0)
    return ew_optimum_new (run->quadratic, run->problem->n_residuals, variation, &ew_cli_interrupted, error);
  gram = ew_gram_ridged (ew_quadratic_gram (run->quadratic), run->n_taps, run->ridge, error);
  ridged = gram == NULL ? NULL : ew_quadratic_new (gram, error);
  return ridged == NULL ? NULL
                        : ew_optimum_new_ridged (run->quadratic, ridged, run->ridge, run->problem->n_residuals,
                                                 variation, &ew_cli_interrupted, error);
}

static void
add_optimum (GString *json, const EwLearnRun *run, const EwOptimum *o)
{
  const EwGeometry *g = &run->problem->geometry;

  g_string_append (json, ",\"optimum\":{");
  add_params (json, run, "weight", o->params);
  add_params (json, run, "standard_error", o->errors);
  add_params (json, run, "undetermined", o->share);
  add_quality (json, run->problem, o->loss);
  add_number (json, "noise", o->sigma);
  add_number (json, "condition", o->condition);
  add_number (json, "ridge", run->strength);
  g_string_append (json, ",\"null_space\":[");
  for (int v = 0; v < o->n_null; v++)
    {
      g_string_append (json, v == 0 ? "{" : ",{");
      add_matrix (json, "weight", o->null_space + (size_t)v * o->n, g->kernel_height, g->kernel_width);
      g_string_append_c (json, '}');
    }
  g_string_append (json, "]}");
}

/* The learned kernel on what it was learned from, and on what it never saw. */
static gboolean
add_learned (GString *json, EwLearnRun *run, GError **error)
{
  g_string_append (json, ",\"learned\":{");
  add_params (json, run, "weight", run->params);
  add_quality (json, run->problem, ew_quadratic_loss (run->quadratic, run->params));
  g_string_append_c (json, '}');
  if (run->held == NULL)
    return TRUE;

  g_autoptr (EwProblem) plain = ew_problem_unpadded (run->held, error);
  EwObjective squares = { EW_PENALTY_SQUARED, 1, EW_ACTIVATION_NONE };
  double loss;

  if (plain == NULL
      || !ew_objective_evaluate (&squares, plain, run->params, &loss, NULL, &ew_cli_interrupted, error))
    return FALSE;
  g_string_append_printf (json, ",\"held_out\":{\"residuals\":%" G_GINT64_FORMAT, run->held->n_residuals);
  add_quality (json, run->held, loss);
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

static gboolean
write_whole (const char *path, const GString *json, GError **error)
{
  g_autoptr (EwReplacement) file = ew_replacement_new (path, error);

  if (file != NULL)
    fwrite (json->str, 1, json->len, ew_replacement_stream (file));
  if (file != NULL && ew_replacement_commit (file, error))
    return TRUE;
  g_prefix_error (error, "%s: ", path);
  return FALSE;
}

gboolean
ew_learn_run_report (EwLearnRun *run, GError **error)
{
  g_autoptr (GString) json = g_string_new (NULL);
  g_autoptr (EwOptimum) optimum = NULL;

  if (run->options->report == NULL)
    return TRUE;
  if (!ew_learn_run_fit (run, error) || (optimum = find_optimum (run, error)) == NULL)
    return FALSE;
  warn_of_undetermined (optimum);
  add_run (json, run);
  if (run->findings != NULL)
    add_findings (json, run->findings);
  add_optimum (json, run, optimum);
  if (!add_structure (json, run, optimum, error) || !add_learned (json, run, error))
    return FALSE;
  g_string_append (json, "}\n");
  return write_whole (run->options->report, json, error);
}
