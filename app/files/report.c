/* Reports, member by member. */
#include "app/files/report.h"

#include "app/files/json.h"

#include <math.h>
#include <string.h>

/* "weight":…,"bias":… of parameters. */
static void
add_params (GString *json, const EwProblem *problem, const char *name, const double *params)
{
  const EwGeometry *g = &problem->geometry;
  g_autofree char *bias = strcmp (name, "weight") == 0 ? g_strdup ("bias") : g_strconcat ("bias_", name, NULL);

  ew_json_matrix (json, name, params, g->kernel_height, g->kernel_width);
  ew_json_number (json, bias, problem->has_bias ? params[g->kernel_height * g->kernel_width] : NAN);
}

/* "name":{ */
static void
open_object (GString *json, const char *name)
{
  ew_json_name (json, name);
  g_string_append_c (json, '{');
}

void
ew_report_add_run (GString *json, const EwReportRun *run)
{
  static const char *const losses[] = { "sum", "huber", "absolute" };
  const EwRecipe *r = run->recipe;

  ew_json_name (json, "epochs");
  g_string_append_printf (json, "%" G_GINT64_FORMAT, run->epochs);
  ew_json_text (json, "stop", run->stop);
  ew_json_text (json, "optimizer", ew_optimizer_name (r->optimizer.kind));
  ew_json_text (json, "loss", r->loss == EW_LOSS_MEAN ? "mean" : losses[r->objective.penalty]);
  ew_json_number (json, "delta", r->objective.penalty == EW_PENALTY_SQUARED ? NAN : run->delta);
  ew_json_number (json, "rate", ew_optimizer_has_rate (r->optimizer.kind) ? run->rate : NAN);
  ew_json_number (json, "rate_limit", run->rate_limit);
  ew_json_number (json, "last_loss", run->last_loss);
  ew_json_name (json, "residuals");
  g_string_append_printf (json, "%" G_GINT64_FORMAT, run->n_residuals);
}

void
ew_report_add_findings (GString *json, const EwFindings *findings)
{
  ew_json_name (json, "findings");
  g_string_append_c (json, '[');
  for (int i = 0; i < findings->n; i++)
    {
      const EwFinding *finding = &findings->items[i];

      g_string_append (json, i == 0 ? "{" : ",{");
      ew_json_text (json, "kind", ew_finding_name (finding->kind));
      ew_json_text (json, "sentence", finding->sentence);
      ew_json_truth (json, "blocks", finding->blocks);
      ew_json_number (json, "share", finding->share > 0 ? finding->share : NAN);
      g_string_append_c (json, '}');
    }
  g_string_append_c (json, ']');
}

void
ew_report_add_optimum (GString *json, const EwProblem *problem, double variation, const EwOptimum *o, double strength)
{
  const EwGeometry *g = &problem->geometry;

  open_object (json, "optimum");
  add_params (json, problem, "weight", o->params);
  add_params (json, problem, "standard_error", o->errors);
  ew_json_number (json, "standard_error_block", o->side > 0 ? o->side : NAN);
  ew_json_number (json, "standard_error_blocks", o->side > 0 ? (double)o->n_clusters : NAN);
  add_params (json, problem, "standard_error_even_noise", o->even);
  add_params (json, problem, "undetermined", o->share);
  ew_json_quality (json, problem->n_residuals, variation, o->loss);
  ew_json_number (json, "noise", o->sigma);
  ew_json_number (json, "condition", o->condition);
  ew_json_number (json, "ridge", strength);
  g_string_append (json, ",\"null_space\":[");
  for (int v = 0; v < o->n_null; v++)
    {
      g_string_append (json, v == 0 ? "{" : ",{");
      ew_json_matrix (json, "weight", o->null_space + (size_t)v * o->n, g->kernel_height, g->kernel_width);
      g_string_append_c (json, '}');
    }
  g_string_append (json, "]}");
}

void
ew_report_add_structure (GString *json, const EwStructure *structure)
{
  static const char *const names[EW_STRUCTURE_N] = { "content", "place" };

  open_object (json, "structure");
  for (int kind = 0; kind < EW_STRUCTURE_N; kind++)
    {
      open_object (json, names[kind]);
      ew_json_number (json, "p", structure->p[kind]);
      ew_json_number (json, "share", structure->share[kind]);
      ew_json_truth (json, "found", structure->found[kind]);
      g_string_append_c (json, '}');
    }
  g_string_append_c (json, '}');
}

void
ew_report_add_learned (GString *json, const EwProblem *problem, double variation, const double *params, double loss)
{
  open_object (json, "learned");
  add_params (json, problem, "weight", params);
  ew_json_quality (json, problem->n_residuals, variation, loss);
  g_string_append_c (json, '}');
}
