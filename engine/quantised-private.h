/* What the two halves of EwQuantised share: the blocks, and fitting to them. */
#pragma once

#include "engine/quantised.h"

G_BEGIN_DECLS

/**
 * EwBlocks:
 * @n: parameters
 * @phi: n_blocks × 64 × n: the coefficients of what each tap sees, and of 1 for the bias
 * @low, @high: n_blocks × 64: the ends of what is known of the target's
 * @fine: 64: whether a step is so small that decoding to bytes hides which multiple it was: then it is around the
 *   coefficient as it is found, with the noise of that rounding
 * @n_large: coefficients that tell whether the steps are the target's; @n_aligned: those of them that say so
 */
typedef struct
{
  int n;
  int n_blocks;
  float *phi;
  double *low;
  double *high;
  gboolean fine[EW_BLOCK_SIZE];
  gint64 n_large;
  gint64 n_aligned;
} EwBlocks;

/* Transfer full; EW_ERROR_TOO_LARGE, EW_ERROR_CANCELLED. */
EwBlocks *ew_blocks_new (const EwProblem *problem, const EwSteps *steps, EwCancel *cancel, GError **error);
void ew_blocks_free (EwBlocks *blocks);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwBlocks, ew_blocks_free)

G_END_DECLS
