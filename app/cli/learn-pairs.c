/* EwLearnRun: reading, and what is said of each of several pairs. */
#include "app/cli/cli.h"
#include "app/files/json.h"
#include "app/cli/learn-run.h"
#include "engine/holdout.h"

#include <math.h>

static gboolean
visit (int number, EwProblem *problem, const double *params, gpointer data, GError **error)
{
  EwLearnRun *run = (EwLearnRun *)((char *)data - G_STRUCT_OFFSET (EwLearnRun, source));
  g_autofree char *title = ew_learn_source_title (&run->source, number);
  GString *json = g_string_new (NULL);
  gboolean good = ew_learn_run_report_structure (run, problem, params, title, json, error);

  g_ptr_array_add (run->structures, g_string_free (json, FALSE));
  return good;
}

static void
say_fit (const char *name, const EwPairFit *fit)
{
  char r_squared[G_ASCII_DTOSTR_BUF_SIZE], left[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *line = NULL;
  double explained = ew_moments_r_squared (&fit->moments, fit->loss);

  g_ascii_formatd (left, sizeof left, "%.3g", sqrt (fit->loss / (double)fit->n_residuals));
  g_ascii_formatd (r_squared, sizeof r_squared, "%.6f", explained);
  line = g_strdup_printf ("%s: R\302\262 %s, residual %s.", name, isnan (explained) ? "unknown" : r_squared, left);
  ew_cli_say (line);
}

/* The kernel for all of them on each, and which of them it is not the kernel of. */
static void
say_pairs (const EwLearnRun *run)
{
  const EwPairSums *sums = run->sums;
  EwPairFit whole = { .n_residuals = sums->problem->n_residuals, .moments = sums->moments };

  for (int i = 0; i < sums->n; i++)
    {
      g_autofree char *name = ew_learn_source_title (&run->source, i);

      say_fit (name, &sums->fits[i]);
      whole.loss += sums->fits[i].loss;
      if (sums->n > 1 && ew_pair_fit_is_strange (&sums->fits[i]))
        {
          g_autofree char *line = g_strdup_printf ("%s does not seem to be of the same filter: a kernel of its own would "
                                                   "leave less than half as much of it.",
                                                   name);

          ew_cli_say (line);
        }
    }
  if (sums->n > 1)
    {
      g_autofree char *name = g_strdup_printf ("all %d pairs", sums->n);

      say_fit (name, &whole);
    }
}

static gboolean
read_pairs (EwLearnRun *run, GError **error)
{
  double before = run->source.read_seconds + run->source.examine_seconds;
  gint64 start = g_get_monotonic_time ();
  EwPairVisit look = run->options->report == NULL ? NULL : visit;
  EwPairSums *sums;

  run->structures = g_ptr_array_new_with_free_func (g_free);
  sums = ew_pair_sums_new (run->devices, run->source.names->n, ew_learn_source_fetch, look, &run->source,
                           &ew_cli_interrupted, error);
  if (sums == NULL)
    return FALSE;
  run->fit_seconds += ew_learn_seconds (start) - run->structure_seconds
                      - (run->source.read_seconds + run->source.examine_seconds - before);
  run->sums = sums;
  run->quadratic = g_steal_pointer (&sums->quadratic);
  run->held_quadratic = g_steal_pointer (&sums->held_quadratic);
  run->variation = sums->moments.variation;
  run->held_variation = sums->held_moments.variation;
  say_pairs (run);
  /* Squares need nothing but the sums; for all else the pairs must be at hand. */
  if (ew_recipe_is_quadratic (&run->options->how.solver))
    {
      run->problem = ew_problem_ref (sums->problem);
      run->held = sums->held == NULL ? NULL : ew_problem_ref (sums->held);
      return TRUE;
    }
  return ew_learn_source_fetch_all (&run->source, &run->problem, &run->held, error);
}

gboolean
ew_learn_run_read (EwLearnRun *run, GError **error)
{
  if (run->options->pairs != NULL)
    {
      if (!read_pairs (run, error))
        return FALSE;
    }
  else
    {
      if (!ew_learn_source_fetch (0, &run->source, &run->problem, &run->held, error))
        return FALSE;
      run->variation = run->options->report == NULL ? NAN : ew_problem_variation (run->problem);
      run->held_variation = run->held == NULL ? NAN : ew_problem_variation (run->held);
    }
  run->has_bias = run->problem->has_bias;
  run->params = g_new0 (double, run->problem->n_params);
  return TRUE;
}

void
ew_learn_run_report_pairs (const EwLearnRun *run, GString *json)
{
  for (int i = 0; run->sums != NULL && i < run->sums->n; i++)
    {
      const EwPairFit *fit = &run->sums->fits[i];
      const EwPairNames *names = run->source.names;

      g_string_append (json, i == 0 ? ",\"pairs\":[{" : ",{");
      ew_json_text (json, "name", names->names[i]);
      ew_json_text (json, "input", names->before[i]);
      ew_json_text (json, "target", names->after[i]);
      ew_json_number (json, "residuals", (double)fit->n_residuals);
      ew_json_quality (json, fit->n_residuals, fit->moments.variation, fit->loss);
      ew_json_number (json, "residual_rms", sqrt (fit->loss / (double)fit->n_residuals));
      ew_json_number (json, "own_r_squared", ew_moments_r_squared (&fit->moments, fit->own_loss));
      ew_json_truth (json, "strange", run->sums->n > 1 && ew_pair_fit_is_strange (fit));
      if (fit->held > 0)
        {
          g_string_append (json, ",\"held_out\":{");
          ew_json_number (json, "residuals", (double)fit->held);
          ew_json_quality (json, fit->held, fit->held_moments.variation, fit->held_loss);
          g_string_append_c (json, '}');
        }
      g_string_append_c (json, ',');
      g_string_append (json, g_ptr_array_index (run->structures, i));
      g_string_append (json, i == run->sums->n - 1 ? "}]" : "}");
    }
}
