/* The float64 reference: plain loops that follow the formulas to the letter. The oracle of every test; never optimised.
 */
#pragma once

#include "engine/kernel.h"
#include "engine/problem.h"

G_BEGIN_DECLS

/* Y = X ⋆ K + bias as in geometry.h, for every geometry. @y holds output_height × output_width values, row by row.
 * Fails as ew_geometry_output_size does. */
gboolean ew_reference_correlate (const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry, double *y,
                                 GError **error);

/* Loss L = Σ m·(Ŷ − Y)², where m is the mask's weight or 1, over all samples and, unless @gradient is NULL, ∂L/∂w for the problem's n_params parameters.
 * @params holds the taps row by row, then the bias where the problem has one. */
void ew_reference_evaluate (const EwProblem *problem, const double *params, double *loss, double *gradient);

G_END_DECLS
