/* What the tests of the examination share: pictures, filtered ones, and what is found in them. */
#pragma once

#include "engine/examine.h"
#include "tests/engine-fixtures.h"

/* 3×3 taps */
extern const double blur[9];
extern const double crisp[9];
extern const double edges[9];

/* Octaves of noise within @low … @high: about the spectrum of a photograph. */
EwGrid *photograph (EwRandom *random, int height, int width, double low, double high);

/* A pair that owns what it has. */
EwPair pair_of (EwGrid *x, EwGrid *y, const EwGeometry *g);

/* A 3×3 kernel's. */
EwGeometry geometry_of (gboolean same, EwBorder border);

/* x ⋆ taps + bias, rounded to 8 bits where wanted. */
EwGrid *filtered (const EwGrid *x, const double *taps, double bias, const EwGeometry *g, gboolean eight_bits);

/* The values of a grid that begin at (top, left). */
EwGrid *part (const EwGrid *grid, int top, int left, int height, int width);

EwFindings *examine (const EwPair *pair);

/* Fails unless just the one finding is made, and returns whether it blocks. */
gboolean finds_only (const EwPair *pair, EwFindingKind kind);

/* Fails where there is none. */
const EwFinding *finds (const EwFindings *findings, EwFindingKind kind);

void mend (EwPair *pair, const EwFinding *finding);

/* The largest error of the taps learned from a pair as it is now. */
double learned_error (const EwPair *pair, const double *taps);

/* FALSE, and the test is skipped, without LAPACK. */
gboolean has_lapack (void);

/* The cases, by what they try. */
void add_examine_light_cases (void);
