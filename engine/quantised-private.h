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

/**
 * EwQuantisedPlace:
 * @params: n; @sigma: of the noise
 * @shifts: 64: by how much the encoder has each coefficient too large: the fast transforms of some round what they multiply
 *   downwards, which adds up to some 255ths; the first is 0
 */
typedef struct
{
  const double *params;
  double sigma;
  double shifts[EW_BLOCK_SIZE];
} EwQuantisedPlace;

/**
 * EwQuantisedSums:
 * @log_p: the likelihood's logarithm; @spread: its slope by log σ, @spread_squared: the sum of the squares of that
 * @gradient: n: its slope by the parameters, @hessian: n × n: how that falls, both as the shifts follow the parameters
 * @shift_slope, @shift_bend: 64: likewise by each shift; @cross: 64 × n: by both
 */
typedef struct
{
  int n;
  double log_p;
  double spread;
  double spread_squared;
  double *gradient;
  double *hessian;
  double *cross;
  double shift_slope[EW_BLOCK_SIZE];
  double shift_bend[EW_BLOCK_SIZE];
} EwQuantisedSums;

/* EW_ERROR_TOO_LARGE. */
gboolean ew_quantised_sums_init (EwQuantisedSums *sums, int n, GError **error);
void ew_quantised_sums_clear (EwQuantisedSums *sums);

/* Over all blocks; EW_ERROR_CANCELLED. */
gboolean ew_quantised_sums_take (EwQuantisedSums *sums, const EwBlocks *blocks, const EwQuantisedPlace *place,
                                 EwCancel *cancel, GError **error);

/* One block's part of the gradient in @score (n), and of the Hessian: Σ bends[k] · tilted[k]·tilted[k]ᵀ, 64 and 64 × n. @sums
 * are those of the same place. */
void ew_quantised_score (const EwQuantisedSums *sums, const EwBlocks *blocks, const EwQuantisedPlace *place, int block,
                         double *score, double *bends, double *tilted);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EwQuantisedSums, ew_quantised_sums_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwBlocks, ew_blocks_free)

G_END_DECLS
