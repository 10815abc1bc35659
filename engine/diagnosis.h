/* EwDiagnosis: what can be said about a kernel. Data only, immutable. */
#pragma once

#include "engine/grid.h"
#include "engine/kernel.h"
#include "engine/likeness.h"

G_BEGIN_DECLS

/* What a kernel is compared with itself under. */
typedef enum
{
  EW_SYMMETRY_SIDEWAYS,  /* left and right exchanged */
  EW_SYMMETRY_UPRIGHT,   /* top and bottom exchanged */
  EW_SYMMETRY_HALF_TURN, /* both */
  EW_SYMMETRY_TRANSPOSE, /* rows and columns exchanged */
  EW_N_SYMMETRIES,
} EwSymmetry;

/**
 * EwDiagnosis:
 * @kernel: what it is about
 * @sum: Σ K: what a flat image is multiplied by
 * @norm: √Σ K²
 * @symmetry: Σ K·TK / Σ K² in [−1, 1] for each T: 1 even, −1 odd; NaN for zeros, and for a transpose that is of another
 *   size
 * @rank: singular values above max(height, width)·ε times the largest
 * @separable: σ₁² / Σ σ²: how much of it one column times one row holds; NaN for zeros
 * @likeness: the nearest preset
 * @response: |H| (see response.h)
 * @response_max: the largest value in it
 */
typedef struct
{
  EwRefs refs;
  EwKernel *kernel;
  double sum;
  double norm;
  double symmetry[EW_N_SYMMETRIES];
  int rank;
  double separable;
  EwLikeness likeness;
  EwGrid *response;
  double response_max;
} EwDiagnosis;

/* Transfer full. Takes up to some tens of milliseconds: not for the window's thread. */
EwDiagnosis *ew_diagnosis_new (EwKernel *kernel);
EwDiagnosis *ew_diagnosis_ref (EwDiagnosis *diagnosis);
void ew_diagnosis_unref (EwDiagnosis *diagnosis);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwDiagnosis, ew_diagnosis_unref)

G_END_DECLS
