/* EwCudaPlanes: the planes of a problem in device memory, which pictures of the same planes use too instead of bringing
 * them once more. */
#pragma once

#include "gpu/cuda-memory.h"

G_BEGIN_DECLS

typedef struct _EwCudaPlanes EwCudaPlanes;

/* @n planes without memory, used by one side. Those of one context are the same for all handles of the device: whoever
 * lets go of them last frees them. */
EwCudaPlanes *ew_cuda_planes_new (EwCudaDevice *device, int n);

/* Their memory, to be planned and allocated, and plane @k, to be planned there. */
EwCudaMemory *ew_cuda_planes_memory (EwCudaPlanes *planes);
EwCudaPlane *ew_cuda_planes_at (EwCudaPlanes *planes, int k);

/* Says that @plane, which lies in that memory and is not written any more, holds @grid, of which a reference is taken.
 * On any thread. */
void ew_cuda_planes_offer (EwCudaPlanes *planes, EwGrid *grid, EwCudaPlane plane);

/* Planes that hold both grids (@y may be NULL) on the same device; x and y become where they lie. Transfer full; NULL
 * where nobody has offered both. */
EwCudaPlanes *ew_cuda_planes_find (EwCudaDevice *device, const EwGrid *grid_x, const EwGrid *grid_y, EwCudaPlane *x,
                                   EwCudaPlane *y);

/* Lets go of them, in a device that was entered or has failed. */
void ew_cuda_planes_unref (EwCudaPlanes *planes, EwCudaDevice *device);

G_END_DECLS
