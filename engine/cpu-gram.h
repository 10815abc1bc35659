/* G, h and c of a problem on the CPU, and its loss in float64. Internal to the CPU backend. */
#pragma once

#include "engine/cpu-gram-sums.h"
#include "engine/gram.h"
#include "engine/pool.h"
#include "engine/problem.h"

G_BEGIN_DECLS

/* G, h and c, transfer full, for every geometry; with stride 1 and dilation 1 by lag sums. Each sum of n products is
 * within about n·2⁻⁵³ of the sum of their magnitudes, and is the same, bit for bit, whatever the number of threads.
 * EW_ERROR_CANCELLED, EW_ERROR_TOO_LARGE. */
EwGram *ew_cpu_gram (const EwCpuGramSums *sums, EwPool *pool, const EwProblem *problem, EwCancel *cancel,
                     GError **error);

/* Summed loss and its gradient (n_params) at @params, residuals and sums in float64; accurate and deterministic as
 * ew_cpu_gram. Valid geometry only: EW_ERROR_UNSUPPORTED. EW_ERROR_CANCELLED, EW_ERROR_TOO_LARGE. */
gboolean ew_cpu_evaluate_exactly (const EwCpuGramSums *sums, EwPool *pool, const EwProblem *problem,
                                  const double *params, double *loss, double *gradient, EwCancel *cancel,
                                  GError **error);

G_END_DECLS
