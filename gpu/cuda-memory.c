/* EwCudaMemory: planning, allocating and filling device memory. */
#include "gpu/cuda-memory.h"

#include <string.h>

/* Elements between the starts of two rows: a multiple of this. */
#define ROW_MULTIPLE 32

/* What rounding adds to an allocation at most. */
#define ALLOCATION_BYTES 512

typedef struct
{
  void *where; /* a pointer of any type, read and written by memcpy */
  size_t bytes;
} Block;

static void
set_address (const Block *block, void *address)
{
  memcpy (block->where, &address, sizeof address);
}

static void *
get_address (const Block *block)
{
  void *address;

  memcpy (&address, block->where, sizeof address);
  return address;
}

void
ew_cuda_memory_add (EwCudaMemory *memory, void *where, size_t count, size_t element_bytes)
{
  Block block = { .where = where };

  set_address (&block, NULL);
  if (!g_size_checked_mul (&block.bytes, MAX (count, 1), element_bytes))
    memory->overflow = TRUE;
  if (memory->blocks == NULL)
    memory->blocks = g_array_new (FALSE, FALSE, sizeof (Block));
  g_array_append_val (memory->blocks, block);
}

void
ew_cuda_memory_add_plane (EwCudaMemory *memory, EwCudaPlane *plane, int height, int width)
{
  size_t count;

  plane->height = height;
  plane->width = width;
  plane->stride = ((long long)width + ROW_MULTIPLE - 1) / ROW_MULTIPLE * ROW_MULTIPLE;
  if (!g_size_checked_mul (&count, (size_t)plane->stride, (size_t)height))
    memory->overflow = TRUE;
  ew_cuda_memory_add (memory, &plane->data, memory->overflow ? 1 : count, sizeof (float));
}

/* The sum of what is planned; FALSE where it overflows. */
static gboolean
sum_blocks (const EwCudaMemory *memory, size_t *needed)
{
  *needed = 0;
  for (guint i = 0; i < memory->blocks->len; i++)
    if (!g_size_checked_add (needed, *needed, g_array_index (memory->blocks, Block, i).bytes)
        || !g_size_checked_add (needed, *needed, ALLOCATION_BYTES))
      return FALSE;
  return !memory->overflow;
}

size_t
ew_cuda_memory_needed (const EwCudaMemory *memory)
{
  size_t needed;

  return sum_blocks (memory, &needed) ? needed : G_MAXSIZE;
}

size_t
ew_cuda_memory_budget (EwCudaDevice *device, GError **error)
{
  size_t available = 0;
  size_t total = 0;

  if (!ew_cuda_check (device, device->driver->memory_info (&available, &total), "Asking for the device’s memory",
                      error))
    return 0;
  if (available == 0)
    g_set_error (error, EW_ERROR, EW_ERROR_DEVICE, "The device %s has no memory to spare.", device->base.name);
  return available - available / 10;
}

static gboolean
check_fits (const EwCudaMemory *memory, EwCudaDevice *device, size_t *needed, GError **error)
{
  size_t budget;

  *needed = ew_cuda_memory_needed (memory);
  if (*needed == G_MAXSIZE)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_DEVICE, "This problem is larger than the memory of the device %s can be.",
                   device->base.name);
      return FALSE;
    }
  budget = ew_cuda_memory_budget (device, error);
  if (*needed <= budget)
    return TRUE;
  if (budget > 0)
    g_set_error (error, EW_ERROR, EW_ERROR_DEVICE,
                 "The device %s has %" G_GSIZE_FORMAT " MB to spare; this problem needs %" G_GSIZE_FORMAT " MB.",
                 device->base.name, budget / 1000000, *needed / 1000000 + 1);
  return FALSE;
}

gboolean
ew_cuda_memory_allocate (EwCudaMemory *memory, EwCudaDevice *device, GError **error)
{
  size_t needed;

  if (!check_fits (memory, device, &needed, error))
    return FALSE;
  for (guint i = 0; i < memory->blocks->len; i++)
    {
      const Block *block = &g_array_index (memory->blocks, Block, i);
      EwCudaAddress address = 0;
      EwCudaStatus status = device->driver->memory_alloc (&address, block->bytes);

      if (status == EW_CUDA_OUT_OF_MEMORY)
        {
          g_set_error (error, EW_ERROR, EW_ERROR_DEVICE,
                       "The device %s ran out of memory; this problem needs %" G_GSIZE_FORMAT " MB.", device->base.name,
                       needed / 1000000 + 1);
          return FALSE;
        }
      if (!ew_cuda_check (device, status, "Allocating device memory", error))
        return FALSE;
      set_address (block, (void *)(guintptr)address);
    }
  return TRUE;
}

void
ew_cuda_memory_clear (EwCudaMemory *memory, EwCudaDevice *device)
{
  for (guint i = 0; memory->blocks != NULL && i < memory->blocks->len; i++)
    {
      const Block *block = &g_array_index (memory->blocks, Block, i);

      /* After a failure of the device this fails too, and the memory goes with the context. */
      if (get_address (block) != NULL)
        device->driver->memory_free (ew_cuda_address (get_address (block)));
      set_address (block, NULL);
    }
  g_clear_pointer (&memory->blocks, g_array_unref);
}
