/* How the CPU correlates: what is asked for, as far as it can be done. */
#pragma once

#include "engine/backend.h"
#include "engine/plan.h"

G_BEGIN_DECLS

/**
 * ew_cpu_method:
 * @cpu: an opened device of ew_cpu_backend
 * @wanted: not EW_METHOD_REFERENCE
 * @method: out: EW_METHOD_DIRECT, EW_METHOD_SEPARABLE or EW_METHOD_FFT
 * @separable: out: the kernel's factors with EW_METHOD_SEPARABLE (transfer full, g_free), otherwise NULL; may be NULL
 *
 * Which way @cpu correlates x. EW_METHOD_AUTO becomes what ew_plan_choose finds, or direct where the
 * geometry is not valid correlation or there is no FFTW. The others stay, or fail with EW_ERROR_UNSUPPORTED and a
 * sentence that says what stands against them.
 */
gboolean ew_cpu_method (const EwDevice *cpu, EwMethod wanted, const EwGeometry *geometry, const EwGrid *x,
                        const EwKernel *kernel, EwMethod *method, EwSeparable **separable, GError **error);

G_END_DECLS
