/* Problems so small that every moment of preparation would show: plain loops on the calling thread. Internal to the CPU
 * backend. */
#pragma once

#include "engine/gram.h"
#include "engine/problem.h"

G_BEGIN_DECLS

/* The most weights. */
#define EW_CPU_TINY_PARAMS 32

/* Whether @problem is so small; any geometry, masks too. */
gboolean ew_cpu_is_tiny (const EwProblem *problem);

/* G, h and c of a tiny problem, transfer full; each sum of n products is within n·2⁻⁵³ of that of their magnitudes. */
EwGram *ew_cpu_tiny_gram (const EwProblem *problem, GError **error);

/* The summed loss and its gradient (n_params) at @params, in float64. */
void ew_cpu_tiny_evaluate (const EwProblem *problem, const double *params, double *loss, double *gradient);

G_END_DECLS
