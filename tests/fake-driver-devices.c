/* The fake driver: devices, contexts, words for what went wrong. */
#include "tests/fake-driver-private.h"

static char other_context;

/* --- devices and contexts */

static EwCudaStatus
fake_init (unsigned flags)
{
  EwCudaStatus status = fake_enter ("init");

  g_assert_cmpuint (flags, ==, 0);
  if (status == EW_CUDA_SUCCESS && fake_driver.n_devices == 0)
    return EW_CUDA_NO_DEVICE;
  return status;
}

static EwCudaStatus
fake_driver_version (int *version)
{
  EwCudaStatus status = fake_enter ("driver_version");

  if (status == EW_CUDA_SUCCESS)
    *version = 12040;
  return status;
}

static EwCudaStatus
fake_device_count (int *count)
{
  EwCudaStatus status = fake_enter ("device_count");

  if (status == EW_CUDA_SUCCESS)
    *count = fake_driver.n_devices;
  return status;
}

static EwCudaStatus
fake_device_get (EwCudaOrdinal *device, int ordinal)
{
  EwCudaStatus status = fake_enter ("device_get");

  if (status == EW_CUDA_SUCCESS)
    *device = 40 + ordinal;
  return status;
}

static EwCudaStatus
fake_device_name (char *name, int bytes, EwCudaOrdinal device)
{
  EwCudaStatus status = fake_enter ("device_name");

  g_assert_cmpint (device, ==, 40);
  if (status == EW_CUDA_SUCCESS)
    g_strlcpy (name, "NVIDIA Fake 1", bytes);
  return status;
}

static EwCudaStatus
fake_device_attribute (int *value, int attribute, EwCudaOrdinal device)
{
  EwCudaStatus status = fake_enter ("device_attribute");

  if (status == EW_CUDA_SUCCESS)
    switch (attribute)
      {
      case EW_CUDA_MULTIPROCESSORS:
        *value = fake_driver.multiprocessors;
        break;
      case EW_CUDA_CAPABILITY_MAJOR:
        *value = 8;
        break;
      case EW_CUDA_CAPABILITY_MINOR:
        *value = 6;
        break;
      default:
        g_assert_cmpint (attribute, ==, EW_CUDA_MULTIPROCESSORS);
      }
  return status;
}

static EwCudaStatus
fake_device_memory (size_t *bytes, EwCudaOrdinal device)
{
  EwCudaStatus status = fake_enter ("device_memory");

  g_assert_cmpint (device, ==, 40);
  if (status == EW_CUDA_SUCCESS)
    *bytes = fake_driver.memory;
  return status;
}

static EwCudaStatus
fake_context_retain (EwCudaContext *context, EwCudaOrdinal device)
{
  EwCudaStatus status = fake_enter ("context_retain");

  g_assert_cmpint (device, ==, 40);
  if (status != EW_CUDA_SUCCESS)
    return status;
  fake_state.context_references++;
  fake_state.context_release_tried = FALSE;
  *context = FAKE_CONTEXT;
  return EW_CUDA_SUCCESS;
}

/* The last release takes everything along, and a sticky fault. */
static EwCudaStatus
fake_context_release (EwCudaOrdinal device)
{
  FakeDriverFault *fault = &fake_driver.fault;
  EwCudaStatus status;

  if (!fault->lost && fake_state.context_references > 0)
    fake_state.poison = fake_state.pending = EW_CUDA_SUCCESS;
  status = fake_enter ("context_release");
  fake_state.context_release_tried = TRUE;
  if (status != EW_CUDA_SUCCESS)
    return status;
  g_assert_cmpint (fake_state.context_references, >, 0);
  fake_state.context_references--;
  if (fake_state.context_references > 0)
    return EW_CUDA_SUCCESS;
  for (guint i = 0; i < fake_state.objects->len; i++)
    g_assert_true (((FakeObject *)g_ptr_array_index (fake_state.objects, i))->tried);
  g_ptr_array_set_size (fake_state.objects, 0);
  fake_state.memory_used = 0;
  return EW_CUDA_SUCCESS;
}

static EwCudaStatus
fake_context_set_current (EwCudaContext context)
{
  EwCudaStatus status = fake_enter ("context_set_current");

  if (status != EW_CUDA_SUCCESS)
    return status;
  g_assert_true (context == NULL || (context == FAKE_CONTEXT && fake_state.context_references > 0));
  fake_current = context == NULL ? (EwCudaContext)(void *)&other_context : context;
  return EW_CUDA_SUCCESS;
}

/* --- words */

static EwCudaStatus
fake_error_name (EwCudaStatus status, const char **name)
{
  switch (status)
    {
    case EW_CUDA_OUT_OF_MEMORY:
      *name = "CUDA_ERROR_OUT_OF_MEMORY";
      return EW_CUDA_SUCCESS;
    case EW_CUDA_NO_DEVICE:
      *name = "CUDA_ERROR_NO_DEVICE";
      return EW_CUDA_SUCCESS;
    case EW_CUDA_NO_BINARY:
      *name = "CUDA_ERROR_NO_BINARY_FOR_GPU";
      return EW_CUDA_SUCCESS;
    case FAKE_INVALID_CONTEXT:
      *name = "CUDA_ERROR_INVALID_CONTEXT";
      return EW_CUDA_SUCCESS;
    case FAKE_ILLEGAL_ADDRESS:
      *name = "CUDA_ERROR_ILLEGAL_ADDRESS";
      return EW_CUDA_SUCCESS;
    case FAKE_LAUNCH_FAILED:
      *name = "CUDA_ERROR_LAUNCH_FAILED";
      return EW_CUDA_SUCCESS;
    default:
      return FAKE_INVALID_VALUE;
    }
}

static EwCudaStatus
fake_error_text (EwCudaStatus status, const char **text)
{
  if (status == FAKE_LAUNCH_FAILED)
    return FAKE_INVALID_VALUE;
  *text = status == EW_CUDA_NO_DEVICE ? "no CUDA-capable device is detected" : "what went wrong";
  return EW_CUDA_SUCCESS;
}

void
fake_devices_fill (EwCudaDriver *table)
{
  table->init = fake_init;
  table->driver_version = fake_driver_version;
  table->device_count = fake_device_count;
  table->device_get = fake_device_get;
  table->device_name = fake_device_name;
  table->device_attribute = fake_device_attribute;
  table->device_memory = fake_device_memory;
  table->context_retain = fake_context_retain;
  table->context_release = fake_context_release;
  table->context_set_current = fake_context_set_current;
  table->error_name = fake_error_name;
  table->error_text = fake_error_text;
}
