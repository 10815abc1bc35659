/* Ridge regularisation: ρ‖taps‖² beside the loss, and ρ by what it does to data that were held out. */
#pragma once

#include "engine/quadratic.h"

G_BEGIN_DECLS

/* G + ρ on the diagonal of the first @n_taps parameters (a bias is left alone), h and c as they are; transfer full.
 * EW_ERROR_TOO_LARGE. */
EwGram *ew_gram_ridged (const EwGram *gram, int n_taps, double ridge, GError **error);

/* ρ for a strength that does not depend on the image: strength · mean of the taps' diagonal of G. */
double ew_ridge_of_strength (const EwGram *gram, int n_taps, double strength);

/* What ew_ridge_choose tries: 0, and 10^−10 … 10^0 in steps of √10. */
#define EW_RIDGE_N_STRENGTHS 22
extern const double ew_ridge_strengths[EW_RIDGE_N_STRENGTHS];

/* The index of the strength whose optimum on @train has the least loss on @held, the weaker one where two are alike; −1
 * with an error. @losses (EW_RIDGE_N_STRENGTHS) are the held-out losses, summed. Errors as ew_quadratic_optimum. */
int ew_ridge_choose (const EwGram *train, EwQuadratic *held, int n_taps, double *losses, EwCancel *cancel,
                     GError **error);

G_END_DECLS
