/* EwOptimum: the least-squares kernel and how much it can be trusted. */
#pragma once

#include "engine/clusters.h"
#include "engine/quadratic.h"

G_BEGIN_DECLS

/* A parameter whose share within the null space is above this is not determined by the data. */
#define EW_OPTIMUM_UNDETERMINED 1e-8

/**
 * EwOptimum:
 * @n: parameters: taps row by row, then the bias where there is one
 * @n_residuals: N
 * @params: K*, n values; of all that are as good, the one of least norm
 * @errors: n: the standard error of each: the truth lies within three of them all but surely, if what is in the target beside
 *   the kernel's output is noise. At first as @even; with ew_optimum_take_clusters whatever that noise is like. Infinite
 *   for what the data do not determine; NAN above EW_QUADRATIC_EIGEN_MAX parameters, where it is not computed
 * @even: n: likewise, σ·√(G⁻¹)ₖₖ, for noise of one strength everywhere, independent from pixel to pixel
 * @side, @n_clusters: of the squares within which the noise may be bound together, and how many of them there are; 0: as @even
 * @share: n: Σ v² over the null space, between 0 (determined) and 1: how much of that parameter may be anything
 * @n_null: dimension of the null space; −1 above EW_QUADRATIC_EIGEN_MAX parameters
 * @null_space: n_null × n: directions along which the loss does not change, orthonormal
 * @loss: L*, summed
 * @sigma: √(L* / (N − rank)), the noise's standard deviation; NAN where N is not larger than the rank
 * @r_squared: 1 − L* / Σ(y − ȳ)²; NAN for a constant target
 * @psnr: 10·log₁₀(N / L*) in dB, for values whose peak is 1; infinite for a loss of 0
 * @condition: λmax/λmin of G; infinite where it is singular, NAN where it is not known
 * @ridge: ρ, what was added to the diagonal of G for each tap; 0 for plain least squares
 *
 * Immutable but for its maker.
 */
typedef struct
{
  int n;
  gint64 n_residuals;
  double *params;
  double *errors;
  double *even;
  int side;
  gint64 n_clusters;
  double *share;
  int n_null;
  double *null_space;
  double loss;
  double sigma;
  double r_squared;
  double psnr;
  double condition;
  double ridge;
} EwOptimum;

/* The optimum of @q, transfer full. @n_residuals: N; @variation: Σ(y − ȳ)² over all samples. By Cholesky where G's
 * condition allows it, else by eigenvalues, those up to 16·n·2⁻⁵²·λmax counting as 0; see ew_quadratic_optimum. n³
 * multiply-adds, a few times. EW_ERROR_UNSUPPORTED without LAPACK, EW_ERROR_TOO_LARGE, EW_ERROR_CANCELLED. */
EwOptimum *ew_optimum_new (EwQuadratic *q, gint64 n_residuals, double variation, EwCancel *cancel, GError **error);

/* The same with ρ‖taps‖² added to the loss that is minimised (not to the one reported), @n_taps first parameters being
 * taps: @ridged is made from ew_gram_ridged. The errors are those of an estimate that is drawn towards 0, without what it
 * is drawn by. */
EwOptimum *ew_optimum_new_ridged (EwQuadratic *q, EwQuadratic *ridged, double ridge, gint64 n_residuals,
                                  double variation, EwCancel *cancel, GError **error);

/* Takes the errors of determined parameters from @clusters, which were summed up at this optimum by the quadratic that was
 * minimised; as they are where those are too few. */
void ew_optimum_take_clusters (EwOptimum *optimum, const EwClusters *clusters);

/* Both for the only problem: @q is the quadratic that was minimised, the ridged one where there is a ridge. Errors as
 * ew_clusters_add. */
gboolean ew_optimum_cluster (EwOptimum *optimum, EwQuadratic *q, const EwProblem *problem, EwPool *pool, EwCancel *cancel,
                             GError **error);

void ew_optimum_free (EwOptimum *optimum);

/* Whether the data determine parameter @k. */
static inline gboolean
ew_optimum_determines (const EwOptimum *optimum, int k)
{
  return optimum->share[k] <= EW_OPTIMUM_UNDETERMINED;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwOptimum, ew_optimum_free)

G_END_DECLS
