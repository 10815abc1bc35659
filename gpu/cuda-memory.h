/* EwCudaMemory: all device memory of one piece of work, asked for at once and freed at once. */
#pragma once

#include "gpu/cuda-device.h"
#include "gpu/kernels.h"

G_BEGIN_DECLS

/* Part of a structure; all zeros is an empty one. */
typedef struct
{
  GArray *blocks;
  gboolean overflow;
} EwCudaMemory;

/* Plans a block of @count elements. @where is the address of a pointer of any type, which becomes the block's address
 * in device memory when it is allocated, and is NULL until then. */
void ew_cuda_memory_add (EwCudaMemory *memory, void *where, size_t count, size_t element_bytes);

/* Plans a plane: fills @plane but for its data. Rows start at multiples of 128 bytes. */
void ew_cuda_memory_add_plane (EwCudaMemory *memory, EwCudaPlane *plane, int height, int width);

/* Bytes that may be taken: nine tenths of what is free, so that others find room. 0 with @error set where there is
 * nothing, or the device does not say. */
size_t ew_cuda_memory_budget (EwCudaDevice *device, GError **error);

/* Bytes that what is planned takes; G_MAXSIZE where that overflows. */
size_t ew_cuda_memory_needed (const EwCudaMemory *memory);

/* Allocates all that is planned, in a device that was entered. EW_ERROR_DEVICE, with the numbers, where it does not
 * fit; what had been allocated is for clear to free. */
gboolean ew_cuda_memory_allocate (EwCudaMemory *memory, EwCudaDevice *device, GError **error);

/* Frees everything, in a device that was entered or has failed. */
void ew_cuda_memory_clear (EwCudaMemory *memory, EwCudaDevice *device);

G_END_DECLS
