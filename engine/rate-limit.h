/* The largest rate at which plain gradient descent is stable. Internal to the trainer. */
#pragma once

#include "engine/backend.h"
#include "engine/loss.h"
#include "engine/quadratic.h"

G_BEGIN_DECLS

/* 1/λmax(G) for the summed loss and N/λmax(G) for the mean; infinite where G is 0. λmax by Lanczos iteration on
 * Gv = (∇L(v) − ∇L(0))/2, in at most 65 evaluations: but for float32's sums a lower bound, within about 1e-5. The
 * gradients are @quadratic's, or where that is NULL the device's. EW_ERROR_DATA where the sums leave the finite
 * numbers; other errors as EwBackend.evaluate. */
gboolean ew_rate_limit (EwLoaded *loaded, EwQuadratic *quadratic, EwLoss loss, double *limit, EwCancel *cancel,
                        GError **error);

G_END_DECLS
