/* Pictures on a CUDA device: block means, and sums of them. */
#pragma once

#include "gpu/cuda-memory.h"

G_BEGIN_DECLS

/* See EwBackend. A device that is opened for pictures alone has a stream and staging buffers of its own, so that neither
 * it nor the one that trains waits for the other's thread. */
EwShown *ew_cuda_show (EwDevice *base, EwGrid *x, EwGrid *y, EwCancel *cancel, GError **error);
void ew_cuda_unshow (EwShown *base);
gboolean ew_cuda_gather (EwShown *base, const EwBlockMeans *means, gboolean keep, EwGrid *first, EwCancel *cancel,
                         GError **error);
gboolean ew_cuda_combine (EwShown *base, const EwPlace *places, int n, float bias, EwGrid *picture, EwCancel *cancel,
                          GError **error);

G_END_DECLS
