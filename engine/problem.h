/* EwProblem: what is to be learned from: samples, geometry, with a bias or without. */
#pragma once

#include "engine/geometry.h"
#include "engine/grid.h"

G_BEGIN_DECLS

/* One pair of planes: input and target output. */
typedef struct
{
  EwGrid *x;
  EwGrid *y;
} EwSample;

/**
 * EwProblem:
 * @geometry: the same for all samples
 * @has_bias: whether a bias is learned
 * @n_params: taps, and one more with a bias: the order everywhere is taps row by row, then the bias
 * @n_samples: ≥ 1
 * @samples: n_samples pairs, validated: every value finite, every y of the size the geometry gives for its x
 * @n_residuals: number of residuals over all samples (N)
 * @y_squared: c = Σ y², over all samples
 *
 * Immutable; references may be taken and dropped on any thread.
 */
typedef struct
{
  EwRefs refs;
  EwGeometry geometry;
  gboolean has_bias;
  int n_params;
  int n_samples;
  EwSample *samples;
  gint64 n_residuals;
  double y_squared;
} EwProblem;

/* A problem over n_samples pairs (references to the grids are taken), transfer full. Reads every value once. Fails with
 * EW_ERROR_GEOMETRY where a target has the wrong size (the size that would fit is named) or the kernel is larger than
 * an input, and with EW_ERROR_DATA where a value is not finite (its place is named). */
EwProblem *ew_problem_new (const EwSample *samples, int n_samples, const EwGeometry *geometry, gboolean has_bias,
                           GError **error);

EwProblem *ew_problem_ref (EwProblem *problem);
void ew_problem_unref (EwProblem *problem);

/* Multiply-adds of one correlation over all samples: Σ residuals × taps. Decides which device is faster. */
double ew_problem_work (const EwProblem *problem);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwProblem, ew_problem_unref)

G_END_DECLS
