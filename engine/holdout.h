/* Holding a part of the data out, to see whether what was learned from the rest is true of it. */
#pragma once

#include "engine/problem.h"

G_BEGIN_DECLS

/* Splits every sample of @problem by rows of its target: the last round(@fraction · height) of them, at least one and at
 * most all but one, go to *@held, the others to *@train; transfer full. Both see the very same windows of the input as
 * @problem does: where that pads, the border is laid around the planes and the new geometry is a valid one (with its
 * stride and dilation). EW_ERROR_GEOMETRY where a target has only one row, EW_ERROR_TOO_LARGE. */
gboolean ew_problem_split (const EwProblem *problem, double fraction, EwProblem **train, EwProblem **held,
                           GError **error);

/* The same problem without padding: the border is laid around the planes, and the new geometry has the old stride and
 * dilation. Transfer full; only a reference where nothing was padded. EW_ERROR_TOO_LARGE. */
EwProblem *ew_problem_unpadded (EwProblem *problem, GError **error);

/* The samples s of @problem whose marks[s] is @mark, of which there is one at least, as a problem of their own; transfer full,
 * only a reference where that is all of them. EW_ERROR_DATA as ew_problem_new. */
EwProblem *ew_problem_select (EwProblem *problem, const int *marks, int mark, GError **error);

/* The samples of both, which have one geometry, and a bias or not; transfer full. */
EwProblem *ew_problem_join (const EwProblem *a, const EwProblem *b, GError **error);

/* Σ m, ȳ = Σ m·y / Σ m and Σ m·(y − ȳ)² over all samples. */
typedef struct
{
  double weight;
  double mean;
  double variation;
} EwMoments;

EwMoments ew_problem_moments (const EwProblem *problem);

/* As if what they are of were one set of data: no value is looked at again. */
EwMoments ew_moments_join (const EwMoments *a, const EwMoments *b);

/* Σ m·(y − ȳ)² over all samples, ȳ the mean over all, m the weights of masks: what R² compares a loss with. */
double ew_problem_variation (const EwProblem *problem);

G_END_DECLS
