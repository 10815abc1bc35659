/* EwGram: all that gradient descent on a sum of squares ever needs of the data. */
#pragma once

#include "engine/error.h"
#include "engine/refs.h"

G_BEGIN_DECLS

/**
 * EwGram:
 * @n: parameters: taps row by row, then the bias where there is one
 * @n_residuals: residuals over all samples (N)
 * @g: n × n, row by row, symmetric: G = Σ φφᵀ, where φ is the patch under the kernel, with a last 1 for the bias
 * @h: n: h = Σ φ·y
 * @c: Σ y²
 *
 * L(w) = wᵀGw − 2hᵀw + c and ∇L(w) = 2(Gw − h), summed over all samples; float64. Like a grid it is filled by its maker
 * and immutable once shared.
 */
typedef struct
{
  EwRefs refs;
  int n;
  gint64 n_residuals;
  double *g;
  double *h;
  double c;
} EwGram;

/* Zeros, transfer full; EW_ERROR_TOO_LARGE where memory cannot hold n². */
EwGram *ew_gram_new (int n, gint64 n_residuals, GError **error);

/* Adds the sums of other data for the same parameters, while @gram is not shared yet. */
void ew_gram_add (EwGram *gram, const EwGram *other);

EwGram *ew_gram_ref (EwGram *gram);
void ew_gram_unref (EwGram *gram);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwGram, ew_gram_unref)

G_END_DECLS
