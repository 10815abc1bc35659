/* EwDeviceCheck: whether a device computes what the CPU does, and how long both take. */
#pragma once

#include "engine/backend.h"

G_BEGIN_DECLS

/**
 * EwDeviceCheck:
 * @output_difference: the largest |difference| between two outputs of a correlation
 * @output_allowed: what float32 rounding allows
 * @gradient_difference: the same of the gradient of an epoch, divided by Σ |r|·|x|, and @gradient_allowed
 * @agrees: neither is above what is allowed
 * @cpu_ms: for an epoch (loss and gradient), the median of some; likewise @device_ms
 */
typedef struct
{
  double output_difference;
  double output_allowed;
  double gradient_difference;
  double gradient_allowed;
  gboolean agrees;
  double cpu_ms;
  double device_ms;
} EwDeviceCheck;

/* Opens @backend and the CPU's, and has both correlate a side × side image with a 5×5 kernel and do epochs of learning
 * it. Takes a second at most for a side of 1024. Errors as EwBackend. */
gboolean ew_device_check (const EwBackend *backend, int side, EwDeviceCheck *check, EwCancel *cancel, GError **error);

/* For people, a sentence, transfer full. */
char *ew_device_check_text (const EwDeviceCheck *check);

G_END_DECLS
