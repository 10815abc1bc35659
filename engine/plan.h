/* Which way of correlating to use. */
#pragma once

#include "engine/kernel.h"
#include "engine/method.h"
#include "engine/separable.h"

G_BEGIN_DECLS

/* The fastest of direct, separable and FFT for valid correlation of a height × width input, by a table of costs that
 * was measured beforehand: sizes, taps and the instruction set (EwCpuKernels' id) decide, never a timing. Separable
 * only where the kernel is of rank one or two within EW_SEPARABLE_EXACT; then *separable, unless @separable is NULL, is
 * set to its factors (transfer full, g_free), otherwise to NULL. */
EwMethod ew_plan_choose (int height, int width, const EwKernel *kernel, const char *id, EwSeparable **separable);

/* The same for a kernel of that size whose rank is known (EW_SEPARABLE_RANK_MAX + 1: higher). */
EwMethod ew_plan_choose_by_rank (int height, int width, int kernel_height, int kernel_width, int rank, const char *id);

G_END_DECLS
