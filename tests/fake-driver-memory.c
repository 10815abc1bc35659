/* The fake driver: memory of the device, and pinned memory of the machine. */
#include "tests/fake-driver-private.h"

static EwCudaStatus
fake_host_alloc (void **memory, size_t bytes, unsigned flags)
{
  EwCudaStatus status = fake_enter_context ("host_alloc");

  if (status == EW_CUDA_SUCCESS)
    *memory = fake_new (FAKE_HOST, bytes)->bytes;
  return status;
}

static EwCudaStatus
fake_host_free (void *memory)
{
  return fake_give_back ("host_free", FAKE_HOST, memory);
}

static EwCudaStatus
fake_memory_info (size_t *available, size_t *total)
{
  EwCudaStatus status = fake_enter_context ("memory_info");

  if (status != EW_CUDA_SUCCESS)
    return status;
  *total = fake_driver.memory;
  *available = fake_driver.memory - fake_state.memory_used;
  return EW_CUDA_SUCCESS;
}

static EwCudaStatus
fake_memory_alloc (EwCudaAddress *address, size_t bytes)
{
  EwCudaStatus status = fake_enter_context ("memory_alloc");

  if (status != EW_CUDA_SUCCESS)
    return status;
  g_assert_cmpuint (bytes, >, 0);
  if (bytes > fake_driver.memory - fake_state.memory_used)
    return EW_CUDA_OUT_OF_MEMORY;
  fake_state.memory_used += bytes;
  *address = (EwCudaAddress)(guintptr)fake_new (FAKE_MEMORY, bytes)->bytes;
  return EW_CUDA_SUCCESS;
}

static EwCudaStatus
fake_memory_free (EwCudaAddress address)
{
  return fake_give_back ("memory_free", FAKE_MEMORY, (void *)(guintptr)address);
}

void
fake_memory_fill (EwCudaDriver *table)
{
  table->host_alloc = fake_host_alloc;
  table->host_free = fake_host_free;
  table->memory_info = fake_memory_info;
  table->memory_alloc = fake_memory_alloc;
  table->memory_free = fake_memory_free;
}
