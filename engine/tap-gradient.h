/* EwTapGradient: how one tap's share of the gradient comes about, as pictures and as a number. */
#pragma once

#include "engine/geometry.h"
#include "engine/grid.h"

G_BEGIN_DECLS

/**
 * EwTapGradient:
 * @refs: for ew_tap_gradient_ref and ew_tap_gradient_unref alone
 * @tap: a · kernel width + c
 * @block: outputs along one side of a block; 1: the pictures hold the values themselves
 * @height: of the output, in values; likewise @width
 * @shifted: block means of the input that the tap multiplies, X[i·s + a·d − top, j·s + c·d − left]
 * @residual: block means of Ŷ[i, j] − Y[i, j]
 * @products: block means of the products of the two, value by value
 * @sum: Σ of the products over all outputs, in float64
 * @task: of the snapshot that it was made from, where a tap worker made it; likewise @epoch
 *
 * ∂L/∂K[a, c] = 2 · sum for the sum of squares over this sample. Outputs that do not fill a last block are in @sum but
 * not in the pictures. Immutable.
 */
typedef struct
{
  EwRefs refs;
  int tap;
  int block;
  int height;
  int width;
  EwGrid *shifted;
  EwGrid *residual;
  EwGrid *products;
  double sum;
  guint64 task;
  guint64 epoch;
} EwTapGradient;

/* One pass over input, @output (Ŷ) and @target (Y), which are of the size that the geometry gives; transfer full.
 * @block: ≥ 1, at most the output's smaller side. @cancel: see EwCancel; may be NULL. Fails as ew_grid_new does, with
 * EW_ERROR_GEOMETRY where sizes or the tap do not fit, and with EW_ERROR_CANCELLED. */
EwTapGradient *ew_tap_gradient_new (const EwGrid *x, const EwGrid *output, const EwGrid *target,
                                    const EwGeometry *geometry, int tap, int block, atomic_int *cancel, GError **error);

EwTapGradient *ew_tap_gradient_ref (EwTapGradient *gradient);
void ew_tap_gradient_unref (EwTapGradient *gradient);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwTapGradient, ew_tap_gradient_unref)

G_END_DECLS
