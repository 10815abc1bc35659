/* EwRace: several optimizers from the same start on the same problem, an epoch all together. Deterministic: no threads,
 * no clock. */
#pragma once

#include "engine/fitted.h"
#include "engine/race-standing.h"

G_BEGIN_DECLS

/* Who runs: a rule but least squares; @rate 0: ew_race_rate. */
typedef struct
{
  EwOptimizerKind kind;
  double rate;
} EwRaceEntry;

typedef struct _EwRace EwRace;

/* All at @start. @fitted must be that of the problem and outlive the race. EW_ERROR_USAGE where there is no entry, more
 * than EW_RACE_MAX, or least squares; errors as ew_solver_new. */
EwRace *ew_race_new (const EwFitted *fitted, const EwKernel *start, EwLoss loss, const EwRaceEntry *entries, int n,
                     GError **error);
void ew_race_free (EwRace *race);

/* Up to @epochs more epochs; a racer that has arrived or diverged stays. Ends early when nobody runs. FALSE:
 * EW_ERROR_CANCELLED: the epochs that are done are kept, and all racers have done the same. */
gboolean ew_race_run (EwRace *race, gint64 epochs, EwCancel *cancel, GError **error);

guint64 ew_race_epoch (const EwRace *race);
/* Whether nobody runs any more. */
gboolean ew_race_is_over (const EwRace *race);

/* The loss of racer @k in the last epoch that it did, before its update, as curves have it. */
double ew_race_loss (const EwRace *race, int k);

/* How it stands, transfer full; with @choice (may be NULL) with a map through the optimum and each racer's path. */
EwRaceStanding *ew_race_standing (EwRace *race, const EwSurfaceChoice *choice);

/* The rate that a rule runs at if it is left to it: EW_RATE_SHARE of the limit where there is one; else, as each step of RMSProp
 * and Adam is about as long as the rate, EW_RACE_STRIDE of the way that the weight with the longest one has from @start
 * to the optimum. 0 for a rule without rate. */
#define EW_RACE_STRIDE (1.0 / 30)
double ew_race_rate (const EwFitted *fitted, EwOptimizerKind kind, const double *start, EwLoss loss);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwRace, ew_race_free)

G_END_DECLS
