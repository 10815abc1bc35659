/* EwConstraint: what the taps are to fulfil, by projection after each step. */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

/* May be combined, but for what ew_constraint_check refuses. */
typedef enum
{
  EW_CONSTRAINT_SUM_ONE = 1 << 0,
  EW_CONSTRAINT_SUM_ZERO = 1 << 1,
  EW_CONSTRAINT_MIRROR_X = 1 << 2, /* left and right alike */
  EW_CONSTRAINT_MIRROR_Y = 1 << 3, /* top and bottom alike */
  EW_CONSTRAINT_POINT = 1 << 4,    /* the same when turned by half a turn */
  EW_CONSTRAINT_NON_NEGATIVE = 1 << 5,
  EW_CONSTRAINT_SEPARABLE = 1 << 6, /* a column times a row */
} EwConstraintFlags;

/**
 * EwConstraint:
 * @sparsity: strength λ ≥ 0 of λ·Σ|tap| beside the loss
 * @fixed: height × width: TRUE for a tap that stays at its @values; NULL where none is. Owned by whoever made it
 *
 * The bias is never constrained.
 */
typedef struct
{
  EwConstraintFlags flags;
  double sparsity;
  const gboolean *fixed;
  const double *values;
} EwConstraint;

/* Whether there is anything to fulfil. */
gboolean ew_constraint_is_any (const EwConstraint *constraint);

/* Whether it can be fulfilled. EW_ERROR_USAGE: sum 1 and sum 0; non-negative and sum 0, which leaves only zeros; fixed
 * taps that contradict symmetry or, all being fixed, the sum; fixed and separable. */
gboolean ew_constraint_check (const EwConstraint *constraint, int height, int width, GError **error);

/* Moves the @taps (height × width) to what fulfils it: first the proximal step of sparsity, by @step · λ (the rate, or 0
 * for none of it), then the nearest taps in the set. That is exact for every combination without separable (a
 * combination with non-negative to 1e-12 of the largest tap, by Dykstra's method). Separable alone is the nearest matrix
 * of rank 1; with others beside it, which is no convex set, taps that fulfil all of them near by. */
void ew_constraint_apply (const EwConstraint *constraint, int height, int width, double step, double *taps);

/* λ·Σ|tap| */
double ew_constraint_cost (const EwConstraint *constraint, int n_taps, const double *taps);

/* The name as on the command line: "sum1", "sum0", "mirror-x", "mirror-y", "symmetric" (both mirrors), "point",
 * "non-negative", "separable"; 0 where there is none of that name. */
EwConstraintFlags ew_constraint_from_name (const char *name);

G_END_DECLS
