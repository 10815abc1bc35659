/* EwLearnRun: a run of edgewise-cli learn, and what it prints as it goes. */
#pragma once

#include "app/files/history-file.h"
#include "app/cli/learn-options.h"
#include "engine/examine.h"

G_BEGIN_DECLS

/**
 * EwLearnRun:
 * @problem: what is learned from; @held: what was held out, or NULL
 * @quadratic: the squared loss of @problem; NULL where it is not known
 * @findings: of --examine, before any correction; NULL where it was not asked for
 * @ridge: ρ; @strength: what it was made from
 * @last: the last epoch, which is printed in any case
 * @printed: the last epoch that was
 * @params: the weights in the end, n_params; @epochs: epochs done; @loss: the loss that was reported last
 * @stop: why it ended, for the report: "epochs", "converged", "gradient", "change", "time"
 * @rate_limit: NAN where it is not known
 */
typedef struct
{
  const EwLearnOptions *options;
  EwDevices *devices;
  EwProblem *problem;
  EwProblem *held;
  EwQuadratic *quadratic;
  EwHistoryFile *history;
  EwFindings *findings;
  int n_taps;
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
} EwLearnRun;

/* An EwEpochFunc and EwSolverFunc: keeps the history and prints every Nth epoch and the last. */
void ew_learn_run_epoch (guint64 epoch, double loss, const double *params, gpointer run);

/* Prints the last epoch done unless it was. */
void ew_learn_run_finish (EwLearnRun *run);

/* With --examine says what is found in @pair before anything is learned from it; with --correct mends what can be mended
 * without another kernel size, one thing after another. @pair is replaced. Errors as ew_examine and
 * ew_correction_apply. */
gboolean ew_learn_run_examine (EwLearnRun *run, EwPair *pair, gboolean x_colour, gboolean y_colour, GError **error);

/* Fills @quadratic where it is not known yet. Errors as ew_fit_quadratic. */
gboolean ew_learn_run_fit (EwLearnRun *run, GError **error);

/* Runs the rules, losses and constraints beyond plain gradient descent. EW_ERROR_DIVERGED, and as EwSolver. */
gboolean ew_learn_run_solver (EwLearnRun *run, const EwKernel *start, GError **error);

/* Writes --report: the optimum, what was learned and how it does on what was held out, as JSON. Warns of taps that the
 * image does not determine. */
gboolean ew_learn_run_report (EwLearnRun *run, GError **error);

void ew_learn_run_clear (EwLearnRun *run);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EwLearnRun, ew_learn_run_clear)

G_END_DECLS
