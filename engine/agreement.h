/* EwAgreement: whether kernels that were fitted to different data are one and the same but for their errors. */
#pragma once

#include "engine/optimum.h"

G_BEGIN_DECLS

/* As much apart are kernels of one filter with at most this probability, over all weights and pairs of kernels together. */
#define EW_AGREEMENT_ALPHA 1e-3

/* What differs by less is one kernel to whoever uses it, however sure the difference is: half a step of 8 bits. */
#define EW_AGREEMENT_NEGLIGIBLE (0.5 / 255)

/**
 * EwAgreement:
 * @n_weights: that are determined in all of them and were compared
 * @agree: no weight differs beyond what its errors allow
 * @negligible: the largest difference is below EW_AGREEMENT_NEGLIGIBLE
 * @threshold: standard errors that a difference may have
 * @most: the largest difference in standard errors, √(e₁² + e₂²); its @weight (taps row by row, then the bias), its @first
 *   and @second kernel, and the @difference of theirs, first less second. Of the others none is compared
 * @largest: the largest difference of all, without a sign
 */
typedef struct
{
  int n_weights;
  gboolean agree;
  gboolean negligible;
  double threshold;
  double most;
  int weight;
  int first;
  int second;
  double difference;
  double largest;
} EwAgreement;

/* Compares @n ≥ 2 optima of one size, fitted to data whose noise is independent of each other's. By the normal distribution,
 * with as many comparisons as there are weights and pairs allowed for (Bonferroni). Errors below float32's rounding of the
 * weights count as that. A bias is compared where all have one. */
void ew_agreement_look (EwOptimum *const *optima, int n, EwAgreement *agreement);

/* z with P(|Z| > z) = @p of a normal Z, 0 < p ≤ 1, within 1e-9 for p ≥ 1e-12. */
double ew_normal_quantile_two_sided (double p);

G_END_DECLS
