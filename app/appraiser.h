/* EwAppraiser: the least-squares optimum of what is learned, and how far it can be trusted, found by a worker. */
#pragma once

#include "app/channel-fits.h"
#include "engine/optimum.h"
#include "engine/pair-sums.h"
#include "engine/problem.h"
#include "engine/structure.h"
#include "engine/worker.h"

G_BEGIN_DECLS

typedef struct _EwAppraiser EwAppraiser;

/**
 * EwAppraisalGroups:
 * @whole: all samples of the task
 * @n: pairs; 0: one, of which nothing is told by itself
 * @group_of: for each sample of @whole the pair that it belongs to, −1 for one that nothing is done with
 * @held: n: whether it is held out
 *
 * Several pairs, of which the optimum's quality is told one by one.
 */
typedef struct
{
  EwProblem *whole;
  int n;
  const int *group_of;
  const gboolean *held;
} EwAppraisalGroups;

/**
 * EwAppraisal:
 * @task: the task of @problem
 * @problem: what was fitted
 * @quadratic: its squared loss; for the thread that took the appraisal; NULL with an @error
 * @optimum: NULL with an @error
 * @n_all: residuals of the problem, those that a mask leaves out among them
 * @variation: Σ(y − ȳ)² of the problem
 * @n_fits: pairs; @fits: what the optimum does on each, also on those that are held out, which it was not fitted to
 * @has_structure: whether @structure is known: it is looked for after the optimum
 * @noise: likewise: its standard deviation by ew_objective_scale, whatever outliers there are
 * @channels: of each colour channel; NULL: not known, or there are none
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
  int n_fits;
  EwPairFit *fits;
  gboolean has_structure;
  EwStructure structure;
  double noise;
  EwChannelFits *channels;
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

/* Asks for the optimum of what a task learns from; a request before this one is given up. @groups may be NULL; it is copied. */
void ew_appraiser_ask (EwAppraiser *appraiser, guint64 task, EwProblem *problem, const EwAppraisalGroups *groups);

/* Asks for what the optimum leaves over; likewise. The answer is an appraisal with that alone. */
void ew_appraiser_ask_structure (EwAppraiser *appraiser, const EwAppraisal *appraisal);

/* Asks for each channel's own kernel, see ew_channel_fits_new; likewise. */
void ew_appraiser_ask_channels (EwAppraiser *appraiser, guint64 task, EwProblem *whole, const int *channel_of);

/* Gives up what was asked for. */
void ew_appraiser_stop (EwAppraiser *appraiser);

/* The newest that was not taken yet, or NULL; transfer full. */
EwAppraisal *ew_appraiser_take (EwAppraiser *appraiser);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwAppraisal, ew_appraisal_free)

G_END_DECLS
