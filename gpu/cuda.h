/* The CUDA backend: the public face of gpu/. */
#pragma once

#include "engine/backend.h"

G_BEGIN_DECLS

/* The first NVIDIA device through the driver's own library, which is opened on first use. Where there is none, or this
 * build has no CUDA kernels, describe says why and open fails with EW_ERROR_DEVICE. Every geometry; EW_ERROR_DEVICE
 * where the device fails or its memory does not suffice. */
const EwBackend *ew_cuda_backend (void);

G_END_DECLS
