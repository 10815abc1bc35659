/* EwLearnRun: a run of edgewise-cli learn, and what it prints as it goes. */
#pragma once

#include "app/cli/learn-source.h"
#include "app/files/history-file.h"
#include "engine/pair-sums.h"
#include "engine/quantised.h"
#include "engine/trainer.h"

G_BEGIN_DECLS

/**
 * EwLearnRun:
 * @source: where the pairs come from; @devices: not owned
 * @problem: what is learned from; @held: what was held out, or NULL. Both may be of sums only
 * @quadratic: the squared loss of @problem; NULL where it is not known. @held_quadratic: likewise, of several pairs
 * @optimum: its optimum, for the report; NULL where none was asked for
 * @sums: of several pairs; NULL for one
 * @structures: for each of several pairs what is to be reported of its residuals, as JSON; may be NULL
 * @jpeg: the fit to the target's steps, or NULL
 * @variation: Σ(y − ȳ)² of @problem; @held_variation: likewise
 * @ridge: ρ; @strength: what it was made from
 * @last: the last epoch, which is printed in any case
 * @printed: the last epoch that was
 * @params: the weights in the end, n_params; @epochs: epochs done; @loss: the loss that was reported last
 * @stop: why it ended, for the report: "epochs", "converged", "gradient", "change", "time"
 * @rate_limit: NAN where it is not known
 * @fit_seconds: for G, h, c, the optimum and its exact loss; @descent_seconds: for the epochs; @judge_seconds: for the
 *   standard errors and the null space; @structure_seconds: for what is left in the residual
 */
typedef struct
{
  const EwLearnOptions *options;
  EwLearnSource source;
  EwDevices *devices;
  EwProblem *problem;
  EwProblem *held;
  EwQuadratic *quadratic;
  EwQuadratic *held_quadratic;
  EwPairSums *sums;
  GPtrArray *structures;
  EwQuantisedFit *jpeg;
  EwHistoryFile *history;
  int n_taps;
  gboolean has_bias;
  double variation;
  double held_variation;
  double rate;
  double rate_limit;
  double ridge;
  double strength;
  double delta;
  gint64 last;
  gint64 printed;
  double *params;
  gint64 epochs;
  double loss;
  const char *stop;
  double fit_seconds;
  double descent_seconds;
  double judge_seconds;
  double structure_seconds;
} EwLearnRun;

/* An EwEpochFunc: keeps the history and prints every Nth epoch and the last. */
void ew_learn_run_epoch (guint64 epoch, double loss, const double *params, gpointer run);

/* Prints the last epoch done unless it was. */
void ew_learn_run_finish (EwLearnRun *run);

/* Fills @problem and @held, and of several pairs all that is known of them; says how each pair is explained. */
gboolean ew_learn_run_read (EwLearnRun *run, GError **error);

/* Fills @quadratic where it is not known yet. Errors as ew_fit_quadratic. */
gboolean ew_learn_run_fit (EwLearnRun *run, GError **error);

/* Fills in the recipe what is automatic in it, but for the rate, and says what it is. */
gboolean ew_learn_run_settle (EwLearnRun *run, EwRecipe *recipe, GError **error);

/* Gives @trainer its rate where that is automatic, says it, and warns of one that is too large. */
gboolean ew_learn_run_settle_rate (EwLearnRun *run, EwTrainer *trainer, GError **error);

/* Runs the epochs that were asked for, by whatever rule, loss and constraint. EW_ERROR_DIVERGED, and as EwTrainer. */
gboolean ew_learn_run_descend (EwLearnRun *run, const EwKernel *start, GError **error);

/* Fits to the steps of the target's JPEG from the least-squares optimum on, and prints that as the one epoch there is.
 * EW_ERROR_DATA where the target is none; as ew_fit_quantised. */
gboolean ew_learn_run_jpeg (EwLearnRun *run, GError **error);

/* Appends ,"jpeg":{…} where that was done. */
void ew_learn_run_report_jpeg (const EwLearnRun *run, GString *json);

/* Appends to @json what --report asks for, an object: the optimum, what was learned and how it does on what was held out.
 * Warns of taps that the image does not determine. Nothing where no report was asked for. */
gboolean ew_learn_run_report (EwLearnRun *run, GString *json, GError **error);

/* Appends ,"pairs":[…] where there are several. */
void ew_learn_run_report_pairs (const EwLearnRun *run, GString *json);

/* Appends ,"structure":{…} of the residuals of @problem at @params, and says what is found, after @name unless it is NULL. */
gboolean ew_learn_run_report_structure (EwLearnRun *run, EwProblem *problem, const double *params, const char *name,
                                        GString *json, GError **error);

void ew_learn_run_clear (EwLearnRun *run);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EwLearnRun, ew_learn_run_clear)

G_END_DECLS
