/* EwStructure: whether what the best kernel leaves over is noise, or something that no single kernel can be. */
#pragma once

#include "engine/pool.h"
#include "engine/problem.h"

G_BEGIN_DECLS

/* What it may depend on. */
typedef enum
{
  EW_STRUCTURE_CONTENT, /* brightness and contrast: the filter is not linear */
  EW_STRUCTURE_PLACE,   /* where in the picture it is: the filter is not the same everywhere */
  EW_STRUCTURE_N,
} EwStructureKind;

/* Each test raises a false alarm with at most this probability, where the residual is normal noise of one strength,
 * independent from output to output. */
#define EW_STRUCTURE_ALPHA 1e-3

/* What explains less of the residual is left alone however sure it is: rounding to 8 bits explains some. */
#define EW_STRUCTURE_SHARE 0.02

/**
 * EwStructure:
 * @n_outputs: looked at
 * @p: the probability of as much in noise, by an F test
 * @share: part of the residual's sum of squares that is explained, less what chance explains; ≥ 0
 * @found: p < EW_STRUCTURE_ALPHA and share > EW_STRUCTURE_SHARE
 */
typedef struct
{
  int n_outputs;
  double p[EW_STRUCTURE_N];
  double share[EW_STRUCTURE_N];
  gboolean found[EW_STRUCTURE_N];
} EwStructure;

/* Looks at the residuals of the least-squares optimum @params of @problem, which has no padding, at outputs
 * spread evenly over it, 40,000 at most. Regresses them on the patch, and on the patch together with other features: for CONTENT ŷ² and
 * ŷ³, the patch's largest and smallest value, and powers of its middle less its mean; for PLACE ŷ, the patch's mean and
 * middle and 1, each times the row, the column and the square of the distance from the middle. F = ((RSS₀ − RSS₁)/d) /
 * (RSS₁/(N − rank)). All p are 1 where the residual is no more than float32's rounding, or where there are too few
 * outputs or more than some thousand taps. EW_ERROR_UNSUPPORTED without LAPACK, EW_ERROR_CANCELLED, EW_ERROR_TOO_LARGE. */
gboolean ew_structure_look (const EwProblem *problem, const double *params, EwStructure *structure, EwCancel *cancel,
                            GError **error);

/* P(F > f) with @d1 and @d2 degrees of freedom, within about 1e-10. */
double ew_structure_f_tail (double f, double d1, double d2);

/* A sentence for the user, for what was found; transfer full. */
char *ew_structure_say (const EwStructure *structure, EwStructureKind kind);

G_END_DECLS
