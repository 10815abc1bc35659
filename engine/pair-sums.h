/* EwPairSums: one kernel for many pairs, of which one at a time is in memory. */
#pragma once

#include "engine/clusters.h"
#include "engine/fit.h"
#include "engine/holdout.h"

G_BEGIN_DECLS

/* Brings pair @number: in *@problem what is learned from, in *@held what is held out of it, or NULL; transfer full. Asked
 * for each pair twice, and to give the same both times. All pairs have one geometry, and a bias or not. */
typedef gboolean (*EwPairFetch) (int number, gpointer data, EwProblem **problem, EwProblem **held, GError **error);

/* Shown each pair when the common optimum @params is known, while it is in memory. May be used to look for more. */
typedef gboolean (*EwPairVisit) (int number, EwProblem *problem, const double *params, gpointer data, GError **error);

/**
 * EwPairFit:
 * @n_residuals: of what is learned from
 * @moments: of its targets
 * @loss: what the kernel for all pairs leaves in this one, summed, by the data themselves
 * @own_loss: what the best kernel for this pair alone would leave; ≤ loss but for rounding. Where it is far below, the
 *   pair was not made by the filter of the others
 * @held: residuals that are held out; 0 where none are. @held_loss, @held_moments: likewise
 */
typedef struct
{
  gint64 n_residuals;
  EwMoments moments;
  double loss;
  double own_loss;
  gint64 held;
  double held_loss;
  EwMoments held_moments;
} EwPairFit;

/**
 * EwPairSums:
 * @fits: n
 * @problem: of sums (ew_problem_new_of_sums); @held: what was held out likewise, or NULL
 * @quadratic: the squared loss over all pairs, based on an exact look at the data at its optimum. @held_quadratic: that
 *   over what was held out, based on a look at the same weights, or NULL
 * @moments: of the targets of all pairs; @held_moments: likewise
 * @params: the common optimum; @clusters: what its errors are made of
 */
typedef struct
{
  int n;
  EwPairFit *fits;
  EwProblem *problem;
  EwProblem *held;
  EwQuadratic *quadratic;
  EwQuadratic *held_quadratic;
  EwMoments moments;
  EwMoments held_moments;
  double *params;
  EwClusters clusters;
} EwPairSums;

/* Sums up @n ≥ 1 pairs, transfer full: G, h and c pair by pair, and when the optimum is known, once more what it leaves in
 * each. Memory: a pair, and a Gram matrix or three. @visit may be NULL; both get @data. EW_ERROR_GEOMETRY where pairs do
 * not fit together; else as ew_fit_quadratic, and what @fetch and @visit fail with. */
EwPairSums *ew_pair_sums_new (EwDevices *devices, int n, EwPairFetch fetch, EwPairVisit visit, gpointer data,
                              EwCancel *cancel, GError **error);
void ew_pair_sums_free (EwPairSums *sums);

/* Whether a pair is not of the others' filter: its own best kernel leaves less than half of what the common one leaves in it,
 * and that is more than the rounding of files that are as good as exact. Of several pairs only. */
gboolean ew_pair_fit_is_strange (const EwPairFit *fit);

/* 1 − loss / variation, NAN where the targets are constant. */
double ew_moments_r_squared (const EwMoments *moments, double loss);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwPairSums, ew_pair_sums_free)

G_END_DECLS
