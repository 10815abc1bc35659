/* Planes between the machine's memory and a device's. */
#pragma once

#include "gpu/cuda-memory.h"

G_BEGIN_DECLS

/* Fills @plane with rows [first, first + plane->height) of @grid with its border, and zeros behind its columns. The
 * copies and the border kernel go by @stream, with a wait and a look at @cancel between large parts; all have ended
 * when it returns. */
gboolean ew_cuda_upload_bordered (EwCudaDevice *device, EwCudaStream stream, const EwCudaPlane *plane,
                                  const EwGrid *grid, const EwGeometry *geometry, int first, EwCancel *cancel,
                                  GError **error);

/* Fills @plane with rows [first, first + plane->height) of @grid. */
gboolean ew_cuda_upload_plane (EwCudaDevice *device, EwCudaStream stream, const EwCudaPlane *plane, const EwGrid *grid,
                               int first, EwCancel *cancel, GError **error);

/* The other way: @plane's rows become those of @grid from @first on. */
gboolean ew_cuda_download_plane (EwCudaDevice *device, EwCudaStream stream, EwGrid *grid, const EwCudaPlane *plane,
                                 int first, EwCancel *cancel, GError **error);

/* Frees the staging buffers. */
void ew_cuda_close_staging (EwCudaDevice *device);

G_END_DECLS
