/* EwAppraiser: the least-squares optimum of what is learned, and how far it can be trusted, found by a worker. */
#pragma once

#include "engine/optimum.h"
#include "engine/problem.h"
#include "engine/structure.h"
#include "engine/worker.h"

G_BEGIN_DECLS

typedef struct _EwAppraiser EwAppraiser;

/**
 * EwAppraisal:
 * @task: the task of @problem
 * @problem: what was fitted
 * @quadratic: its squared loss; for the thread that took the appraisal; NULL with an @error
 * @optimum: NULL with an @error
 * @n_all: residuals of the problem, those that a mask leaves out among them
 * @variation: Σ(y − ȳ)² of the problem
 * @has_structure: whether @structure is known: it is looked for after the optimum
 * @error: why there is no optimum, or no structure
 */
typedef struct
{
  guint64 task;
  EwProblem *problem;
  EwQuadratic *quadratic;
  EwOptimum *optimum;
  gint64 n_all;
  double variation;
  gboolean has_structure;
  EwStructure structure;
  GError *error;
} EwAppraisal;

void ew_appraisal_free (EwAppraisal *appraisal);

/* Above this many parameters the errors of the taps are not known, and none is computed. */
#define EW_APPRAISAL_PARAMS_MAX EW_QUADRATIC_EIGEN_MAX

/* @wake is called on the worker's thread when something can be taken, and when a request came to nothing. NULL where no
 * thread can be had. */
EwAppraiser *ew_appraiser_new (EwWorkerWake wake, gpointer data);

/* Cancels what is under way. */
void ew_appraiser_free (EwAppraiser *appraiser);

/* Asks for the optimum of a task's problem; a request before this one is given up. */
void ew_appraiser_ask (EwAppraiser *appraiser, guint64 task, EwProblem *problem);

/* Asks for what the optimum leaves over; likewise. The answer is an appraisal with that alone. */
void ew_appraiser_ask_structure (EwAppraiser *appraiser, const EwAppraisal *appraisal);

/* Gives up what was asked for. */
void ew_appraiser_stop (EwAppraiser *appraiser);

/* The newest that was not taken yet, or NULL; transfer full. */
EwAppraisal *ew_appraiser_take (EwAppraiser *appraiser);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwAppraisal, ew_appraisal_free)

G_END_DECLS
