/* EwQuantised: fitting a kernel to a target that was kept as JPEG: of each coefficient of its 8×8 blocks only a step is known. */
#pragma once

#include "engine/pool.h"
#include "engine/problem.h"

G_BEGIN_DECLS

/* Along a side of a block. */
#define EW_BLOCK_SIDE 8
#define EW_BLOCK_SIZE 64

/* The noise of a value rounded to 8 bits: a 255th over √12. */
#define EW_NOISE_OF_BYTES (1 / (255 * 3.4641016151377544))

/**
 * EwSteps:
 * @steps: of the orthonormal cosine transform, row by row: vertical frequencies down, horizontal ones to the right; in
 *   units of the target's values: the table's numbers divided by 255
 *
 * Coefficients of a block less 128/255 are whole multiples of them. The blocks begin at the target's first pixel.
 */
typedef struct
{
  double steps[EW_BLOCK_SIZE];
} EwSteps;

/**
 * EwQuantisedFit:
 * @params: n; @errors: their standard errors, by the jackknife over blocks, which holds whatever the noise is like within a
 *   block. Where quantisation has left little of the detail that tells taps apart, as of a wide blur, the likelihood is flat
 *   and they are large
 * @n_blocks: blocks that were used
 * @noise: standard deviation of what is in the target beside the kernel's output before it was quantised
 * @aligned: part of the coefficients of large steps that lie at multiples of them: near 1 where the steps are the
 *   target's, 0.4 where they have nothing to do with it
 */
typedef struct
{
  int n;
  double *params;
  double *errors;
  int n_blocks;
  double noise;
  double aligned;
} EwQuantisedFit;

/* Least squares takes what quantisation did for noise. It is none: where the truth is smaller than half a step the
 * coefficient becomes 0, so that fine detail is lost, not disturbed, and taps come out too soft by 0.1 and more. This
 * maximises the likelihood of what is known, Σ log(Φ((hᵢ − pᵢ)/σ) − Φ((lᵢ − pᵢ)/σ)), where p are the coefficients of
 * X ⋆ K + b, l and h the ends of the steps and σ the noise before quantisation, which is found along with K, as is how far the
 * encoder's arithmetic has each of the 63 coefficients off. The input must
 * be what the filter was given, not another JPEG of it. Blocks with a pixel at 0 or 1, which may be clipped, or one
 * with a mask's weight of 0, are left out. As many blocks, evenly spread, as EW_QUANTISED_WORK multiply-adds a round allow.
 *
 * @problem: without padding, stride any; @start: n_params, from least squares. Transfer full. EW_ERROR_DATA where there
 * are too few blocks, where the steps are not the target's (turned, cropped or scaled since) or where they leave the kernel
 * undetermined; EW_ERROR_UNSUPPORTED without LAPACK, EW_ERROR_TOO_LARGE, EW_ERROR_CANCELLED. */
#define EW_QUANTISED_WORK 2e8
EwQuantisedFit *ew_fit_quantised (const EwProblem *problem, const EwSteps *steps, const double *start, EwCancel *cancel,
                                  GError **error);
void ew_quantised_fit_free (EwQuantisedFit *fit);

/* The orthonormal 8×8 cosine transform, in place. */
void ew_block_transform (double *block);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwQuantisedFit, ew_quantised_fit_free)

G_END_DECLS
