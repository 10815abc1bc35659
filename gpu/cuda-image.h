/* The compiled kernels that this build carries. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A fat binary of gpu/kernels.cu for cuModuleLoadData; NULL where the build has none. */
const void *ew_cuda_image (void);

/* What ew_cuda_image gives from now on, where @replace; may be NULL. */
void ew_cuda_image_set_for_tests (gboolean replace, const void *image);

G_END_DECLS
