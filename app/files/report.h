/* What a pair was fitted with and how far it can be trusted, as members of an object of JSON: the parts of the reports of
 * edgewise-cli and of the window. */
#pragma once

#include "engine/finding.h"
#include "engine/optimum.h"
#include "engine/problem.h"
#include "engine/recipe.h"
#include "engine/structure.h"

G_BEGIN_DECLS

/* Each appends to @json, whose object is open. */

/**
 * EwReportRun:
 * @stop: why it ended
 * @recipe: its kind of loss too
 * @delta: of a robust loss; @rate, @rate_limit: NAN where they are not known
 * @last_loss: the loss that the run told last
 * @n_residuals: of what was learned from
 */
typedef struct
{
  gint64 epochs;
  const char *stop;
  const EwRecipe *recipe;
  double delta;
  double rate;
  double rate_limit;
  double last_loss;
  gint64 n_residuals;
} EwReportRun;

/* "epochs":…,"stop":… and so on: what the run was like. */
void ew_report_add_run (GString *json, const EwReportRun *run);

/* "findings":[…]: of each what it is, whether it stands in the way, and the sentence. */
void ew_report_add_findings (GString *json, const EwFindings *findings);

/* "optimum":{…}. @variation: Σ(y − ȳ)² of @problem; @strength: of the ridge. */
void ew_report_add_optimum (GString *json, const EwProblem *problem, double variation, const EwOptimum *optimum,
                            double strength);

/* "structure":{…}: whether what the optimum leaves is noise. */
void ew_report_add_structure (GString *json, const EwStructure *structure);

/* "learned":{…}: weights and their summed squared loss. */
void ew_report_add_learned (GString *json, const EwProblem *problem, double variation, const double *params, double loss);

G_END_DECLS
