/* What a diagnosis says, in words. */
#pragma once

#include "engine/diagnosis.h"

G_BEGIN_DECLS

/* "even sideways, odd upright"; "almost" for what is so to within a hundredth. Transfer full. */
char *ew_diagnosis_symmetry_text (const EwDiagnosis *diagnosis);

/* "1: a column times a row", "2 (97 % in the first)". Transfer full. */
char *ew_diagnosis_rank_text (const EwDiagnosis *diagnosis);

/* "Sobel x, 98 %", "−Gaussian blur (σ 1.5), 100 %". Transfer full. */
char *ew_diagnosis_likeness_text (const EwDiagnosis *diagnosis);

/* The same where it is near enough to be worth the line under the heading; else NULL. Transfer full. */
char *ew_diagnosis_headline (const EwDiagnosis *diagnosis);

G_END_DECLS
