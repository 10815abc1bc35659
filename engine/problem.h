/* EwProblem: what is to be learned from: samples, geometry, with a bias or without. */
#pragma once

#include "engine/geometry.h"
#include "engine/grid.h"

G_BEGIN_DECLS

/**
 * EwSample:
 * @x: input
 * @y: target output
 * @mask: a weight for each residual, of the size of @y: usually 1, or 0 for what is to be left out; NULL where all are 1
 *
 * One pair of planes.
 */
typedef struct
{
  EwGrid *x;
  EwGrid *y;
  EwGrid *mask;
} EwSample;

/**
 * EwProblem:
 * @geometry: the same for all samples
 * @has_bias: whether a bias is learned
 * @n_params: taps, and one more with a bias: the order everywhere is taps row by row, then the bias
 * @n_samples: ≥ 1; 0 where the data are elsewhere (see ew_problem_new_of_sums)
 * @samples: n_samples pairs, validated: every value finite, every y of the size the geometry gives for its x, every
 *   weight of a mask ≥ 0 and not all of them 0
 * @has_mask: whether any sample has a mask
 * @n_residuals: number of residuals over all samples (N) whose weight is not 0
 * @y_squared: c = Σ m·y², over all samples, where m is the weight
 *
 * With a mask every sum over residuals is a weighted one: L = Σ m·r², ∇L = 2 Σ m·r·φ, G = Σ m·φφᵀ, h = Σ m·y·φ.
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
  gboolean has_mask;
  gint64 n_residuals;
  double y_squared;
} EwProblem;

/* A problem over n_samples pairs (references to the grids are taken), transfer full. Reads every value once. Fails with
 * EW_ERROR_GEOMETRY where a target or a mask has the wrong size (the size that would fit is named) or the kernel is
 * larger than an input, and with EW_ERROR_DATA where a value is not finite or a weight below 0 (its place is named) or
 * all weights are 0. */
EwProblem *ew_problem_new (const EwSample *samples, int n_samples, const EwGeometry *geometry, gboolean has_bias,
                           GError **error);

/* What is known of data that are not here, but summed up in an EwGram: no samples, only the totals. For what works on a
 * quadratic alone; what would look at the data finds none. */
EwProblem *ew_problem_new_of_sums (const EwGeometry *geometry, gboolean has_bias, gint64 n_residuals, double y_squared);

EwProblem *ew_problem_ref (EwProblem *problem);
void ew_problem_unref (EwProblem *problem);

/* Multiply-adds of one correlation over all samples: Σ residuals × taps. Decides which device is faster. */
double ew_problem_work (const EwProblem *problem);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwProblem, ew_problem_unref)

G_END_DECLS
