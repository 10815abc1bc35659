/* The Gram matrix on a CUDA device by sums of products at each distance of two taps. */
#pragma once

#include "gpu/cuda-problem.h"

G_BEGIN_DECLS

/* Whether they apply: stride and dilation 1, no mask, outputs not smaller than the kernel, planes that lie on the
 * device as a whole, and not more than EW_CUDA_GRAM_LAGS_TAPS taps. */
gboolean ew_cuda_gram_lags_can (const EwCudaLoaded *loaded);

#define EW_CUDA_GRAM_LAGS_TAPS 1024

/* Fills G, h and c, which are zeros. Errors as EwBackend.gram. */
gboolean ew_cuda_gram_lags_fill (EwCudaLoaded *loaded, EwGram *gram, EwCancel *cancel, GError **error);

G_END_DECLS
