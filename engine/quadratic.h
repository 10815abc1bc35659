/* EwQuadratic: the loss as a function of the weights alone, from the Gram matrix, and gradient descent on it. */
#pragma once

#include "engine/descent.h"
#include "engine/gram.h"
#include "engine/pool.h"

G_BEGIN_DECLS

/* Above this many parameters there is no eigendecomposition: λmax is by Lanczos iteration, the optimum by conjugate
 * gradients, and there is no closed form. */
#define EW_QUADRATIC_EIGEN_MAX 1025

/* L(w) = L₁ + g₁ᵀd + dᵀGd with d = w − w₁, ∇L(w) = g₁ + 2Gd, for the sum of squares over all samples. At first w₁ = 0,
 * so that this is wᵀGw − 2hᵀw + c and 2(Gw − h). All is float64 in a fixed order of sums: the same numbers give the
 * same bits on every processor. Nothing here looks at the data, whatever their size. Parameters are arrays of gram->n
 * values. Used by one thread at a time. */
typedef struct _EwQuadratic EwQuadratic;

/* Takes a reference to @gram; transfer full. EW_ERROR_TOO_LARGE where memory is short; EW_ERROR_DATA where G, h or c is
 * not finite. */
EwQuadratic *ew_quadratic_new (EwGram *gram, GError **error);
void ew_quadratic_free (EwQuadratic *q);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwQuadratic, ew_quadratic_free)

/* What it was made from, owned by @q. */
const EwGram *ew_quadratic_gram (const EwQuadratic *q);

/* From now on measures from w₁ = @params, where the data themselves gave @loss and @gradient, all copied. The loss's
 * error is then about 2⁻⁵³ of L₁ + |g₁|ᵀ|d| + |d|ᵀ|G||d|, and not of c, which near a loss of 0 is all that is left of
 * it. */
void ew_quadratic_rebase (EwQuadratic *q, const double *params, double loss, const double *gradient);

/* The summed loss at @params. What rounding makes negative is 0. */
double ew_quadratic_loss (EwQuadratic *q, const double *params);

/* The gradient of the summed loss. */
void ew_quadratic_gradient (EwQuadratic *q, const double *params, double *gradient);

/* n² multiply-adds an epoch; allocates nothing. May be cut into calls of any length without a change in any bit. */
void ew_quadratic_descend (EwQuadratic *q, EwDescent *descent);

/* The largest eigenvalue of G, 0 where G is: plain descent with a step below 1/λmax is stable. Exact but for rounding
 * up to EW_QUADRATIC_EIGEN_MAX parameters where there is a LAPACK, else by Lanczos iteration, at most 1e-8 of it too
 * small. Infinite where its square is not a finite number. Computed once. */
double ew_quadratic_lambda_max (EwQuadratic *q);

/* The least-squares optimum, its loss, and the condition number of G in the 1-norm (an estimate; infinite where G is
 * singular, NAN where it is not known). @loss and @condition may be NULL. Where G is singular to working precision,
 * eigenvalues up to 16·n·2⁻⁵²·λmax count as 0 and the optimum is the one of least norm. Above EW_QUADRATIC_EIGEN_MAX
 * parameters it is by conjugate gradients, to a gradient of 1e-12 of h or as near as rounding lets them come.
 * EW_ERROR_UNSUPPORTED without LAPACK, EW_ERROR_TOO_LARGE, EW_ERROR_CANCELLED. */
gboolean ew_quadratic_optimum (EwQuadratic *q, double *params, double *loss, double *condition, EwCancel *cancel,
                               GError **error);

/* Where descent from @start comes to rest in any number of epochs that anyone waits for: the optimum, but along
 * eigenvalues up to 1e-8 of λmax, and where G is singular, as near to @start as can be. To measure from there keeps
 * |d|ᵀ|G||d| and with it the loss's rounding small; from an optimum that is far away, because the data hardly tell it,
 * it would not. *@is_optimum: whether it is what ew_quadratic_optimum gives. Errors as there. */
gboolean ew_quadratic_rest (EwQuadratic *q, const double *start, double *params, gboolean *is_optimum,
                            EwCancel *cancel, GError **error);

/* Where plain descent with @step is @epoch epochs (a whole number ≥ 0, of any size) after @start: with G = QΛQᵀ,
 * w = w₀ + Q·diag((1 − (1 − 2·step·λ)^epoch)/2λ)·Qᵀ(−∇L(w₀)). What lies along an eigenvalue that counts as 0 stays as
 * it is. The error does not grow with @epoch beyond what the eigenvalues' own rounding makes of it. *@diverged: the
 * weights have left the finite numbers; @params are then of no use. A run may have diverged by its loss before: that is
 * for the caller to see. EW_ERROR_UNSUPPORTED without LAPACK or above EW_QUADRATIC_EIGEN_MAX parameters,
 * EW_ERROR_TOO_LARGE. */
gboolean ew_quadratic_at_epoch (EwQuadratic *q, const double *start, double step, double epoch, double *params,
                                gboolean *diverged, GError **error);

G_END_DECLS
