/* G, h and c of a problem on the CPU, and its loss in float64. Internal to the CPU backend. */
#pragma once

#include "engine/cpu-gram-sums.h"
#include "engine/gram-tiles.h"
#include "engine/pool.h"
#include "engine/problem.h"

G_BEGIN_DECLS

/* G, h and c, transfer full, for every geometry: by lag sums, with stride and dilation phase by phase (see
 * cpu-gram-phases.h, also for the copies that padding, stride and dilation take). Each sum of n products is within about
 * n·2⁻⁵³ of the sum of their magnitudes, and is the same, bit for bit, whatever the number of threads.
 * EW_ERROR_CANCELLED, EW_ERROR_TOO_LARGE. */
EwGram *ew_cpu_gram (const EwCpuGramSums *sums, EwPool *pool, const EwProblem *problem, EwCancel *cancel,
                     GError **error);

/* The same for each part of an n_rows × n_columns grid over the targets (each 1 … EW_GRAM_TILES_MAX), transfer full: the
 * work of ew_cpu_gram and some more for the parts' edges. Errors as there. */
EwGramTiles *ew_cpu_gram_tiles (const EwCpuGramSums *sums, EwPool *pool, const EwProblem *problem, int n_rows,
                                int n_columns, EwCancel *cancel, GError **error);

/* Summed loss and its gradient (n_params) at @params, residuals and sums in float64; geometries, accuracy, memory,
 * threads and errors as ew_cpu_gram. */
gboolean ew_cpu_evaluate_exactly (const EwCpuGramSums *sums, EwPool *pool, const EwProblem *problem,
                                  const double *params, double *loss, double *gradient, EwCancel *cancel,
                                  GError **error);

G_END_DECLS
