/* What is pointed at, in words: the same for the eye and for a screen reader. */
#pragma once

#include "engine/feeding.h"
#include "engine/grid.h"
#include "engine/loss.h"
#include "engine/patch.h"
#include "engine/tap-gradient.h"

G_BEGIN_DECLS

/* Products that are written out one by one; of more than these only the largest are. */
#define EW_EXPLAIN_TERMS_MAX 9

/**
 * EwExplanation:
 * @headline: the sum itself
 * @detail: what belongs to it
 *
 * Numbers have four digits, results six; "=" before a result says that all of them are exact, "≈" that one is not.
 */
typedef struct
{
  char *headline;
  char *detail;
} EwExplanation;

void ew_explanation_clear (EwExplanation *explanation);

/* Both in a row, as a screen reader says them. Transfer full. */
char *ew_explanation_sentence (const EwExplanation *explanation);

/* "Ŷ[0, 0] = 0×0 + 1×1 + 3×2 + 4×3 = 19", and what the target @y (NULL: none) says to it: @mask (NULL: all
 * count) is the weight of each of its pixels. @block: outputs along one side of the block that a dot on screen stands for. */
void ew_explain_output (EwExplanation *explanation, const EwPatch *patch, const EwGrid *y, const EwGrid *mask, EwLoss loss, int block);

/* "X[1, 1] = 4 goes into 4 outputs, Ŷ[0, 0] to Ŷ[1, 1]", and by which weights. */
void ew_explain_input (EwExplanation *explanation, const EwFeeding *feeding, const EwKernel *kernel, const EwGrid *x,
                       int row, int column);

/* "∂L/∂K[0, 1] = 2 Σ shifted X × residual = −3.2", and which way descent moves the weight. @gradient: NULL while it is
 * being computed. @n_residuals: of all samples, what the mean divides by; @n_samples: of which one is shown. */
void ew_explain_tap (EwExplanation *explanation, const EwKernel *kernel, int tap, const EwTapGradient *gradient,
                     EwLoss loss, gint64 n_residuals, int n_samples);

G_END_DECLS
