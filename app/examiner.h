/* EwExaminer: pairs examined and corrected by a worker, the newest request only. */
#pragma once

#include "app/experiment-pair.h"
#include "engine/worker.h"

G_BEGIN_DECLS

typedef struct _EwExaminer EwExaminer;

/**
 * EwExamined:
 * @experiment: the pair, as it is after the corrections
 * @findings: what is still found in it; NULL with an @error
 * @n_corrected: how many corrections have been applied
 * @again: what was done to another reading of the files has been done to this one
 * @error: why it could not be examined or corrected, or NULL
 *
 * What a request has come to.
 */
typedef struct
{
  EwExperiment experiment;
  EwFindings *findings;
  int n_corrected;
  gboolean again;
  GError *error;
} EwExamined;

void ew_examined_free (EwExamined *examined);

/* @wake is called on the worker's thread when something can be taken, and when a request came to nothing. NULL where no
 * thread can be had. */
EwExaminer *ew_examiner_new (EwWorkerWake wake, gpointer data);

/* Cancels what is under way. */
void ew_examiner_free (EwExaminer *examiner);

/* Asks for the pair of @experiment, which is copied, after @correction, which may be NULL, or after all that can be
 * corrected. A request before this one is given up. */
void ew_examiner_ask (EwExaminer *examiner, const EwExperiment *experiment, const EwCorrection *correction,
                      gboolean all);

/* The same after what was done to @from, see ew_experiment_replay; both are copied. */
void ew_examiner_ask_again (EwExaminer *examiner, const EwExperiment *experiment, const EwExperiment *from);

/* Gives up what was asked for. */
void ew_examiner_stop (EwExaminer *examiner);

/* The newest that was not taken yet, or NULL; transfer full. */
EwExamined *ew_examiner_take (EwExaminer *examiner);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwExamined, ew_examined_free)

G_END_DECLS
