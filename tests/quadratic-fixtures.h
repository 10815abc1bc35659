/* Gram matrices for tests: of whole numbers, so that they are exact, and loops in long double to compare with. */
#pragma once

#include "engine/quadratic.h"
#include "tests/engine-fixtures.h"

/* Patches and what is to come of them: y = Φw + noise; all whole numbers but for the weights' own fractions. */
typedef struct
{
  int n;
  int rows;
  double *phi;  /* rows × n */
  double *y;    /* rows */
  double *best; /* n: without noise the optimum */
} Patches;

/* Whole numbers from −7 to 7 with a mean of about 1; weights are multiples of 2⁻⁸ in [−2, 2]; noise is whole numbers up
 * to @noise. */
Patches *random_patches (EwRandom *random, int n, int rows, int noise);
void patches_free (Patches *patches);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Patches, patches_free)

/* Exact. */
EwGram *gram_of_patches (const Patches *patches);

/* The summed loss and its gradient (may be NULL) at @params by way of the residuals, in long double. */
long double loss_of_patches (const Patches *patches, const double *params, double *gradient);

/* The textbook's: G = [[18, 12], [12, 18]], h = [6, −6], c = 12, from its image. */
EwGram *golden_gram (void);

/* G[i, j] = 100·2^−|i−j| and h = G·best: eigenvalues from 33 to 300 whatever n is. */
EwGram *decaying_gram (EwRandom *random, int n, double *best);

/* Of sums that are finite. */
EwQuadratic *quadratic_of (EwGram *gram);

/* Whether there is a LAPACK; where not, the test is skipped. */
gboolean has_lapack (void);
