/* Measuring what correlations take on a device. */
#pragma once

#include "gpu/cuda-costs.h"

G_BEGIN_DECLS

/* Times every way of correlating on planes of zeros, by events on the device's stream, in a device that was entered.
 * FALSE where a call fails, memory does not suffice or @cancel is set; @costs are then of no use. */
gboolean ew_cuda_measure (EwCudaDevice *device, EwCudaCosts *costs, EwCancel *cancel);

G_END_DECLS
