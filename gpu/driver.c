/* EwCudaDriver: opening the driver's library. */
#include "gpu/driver.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

typedef struct
{
  const char *symbol;
  size_t offset;
} Entry;

#define ENTRY(member, symbol)                                                                                          \
  {                                                                                                                    \
    symbol, offsetof (EwCudaDriver, member)                                                                            \
  }

static const Entry entries[] = {
  ENTRY (init, "cuInit"),
  ENTRY (driver_version, "cuDriverGetVersion"),
  ENTRY (device_count, "cuDeviceGetCount"),
  ENTRY (device_get, "cuDeviceGet"),
  ENTRY (device_name, "cuDeviceGetName"),
  ENTRY (device_attribute, "cuDeviceGetAttribute"),
  ENTRY (context_retain, "cuDevicePrimaryCtxRetain"),
  ENTRY (context_release, "cuDevicePrimaryCtxRelease_v2"),
  ENTRY (context_set_current, "cuCtxSetCurrent"),
  ENTRY (memory_info, "cuMemGetInfo_v2"),
  ENTRY (memory_alloc, "cuMemAlloc_v2"),
  ENTRY (memory_free, "cuMemFree_v2"),
  ENTRY (upload, "cuMemcpyHtoDAsync_v2"),
  ENTRY (download, "cuMemcpyDtoHAsync_v2"),
  ENTRY (copy_rows, "cuMemcpy2DAsync_v2"),
  ENTRY (memory_set, "cuMemsetD8Async"),
  ENTRY (module_load, "cuModuleLoadData"),
  ENTRY (module_unload, "cuModuleUnload"),
  ENTRY (module_function, "cuModuleGetFunction"),
  ENTRY (launch, "cuLaunchKernel"),
  ENTRY (stream_create, "cuStreamCreate"),
  ENTRY (stream_synchronize, "cuStreamSynchronize"),
  ENTRY (stream_destroy, "cuStreamDestroy_v2"),
  ENTRY (stream_wait, "cuStreamWaitEvent"),
  ENTRY (event_create, "cuEventCreate"),
  ENTRY (event_record, "cuEventRecord"),
  ENTRY (event_synchronize, "cuEventSynchronize"),
  ENTRY (event_elapsed, "cuEventElapsedTime"),
  ENTRY (event_destroy, "cuEventDestroy_v2"),
  ENTRY (device_memory, "cuDeviceTotalMem_v2"),
  ENTRY (host_alloc, "cuMemHostAlloc"),
  ENTRY (host_free, "cuMemFreeHost"),
  ENTRY (error_name, "cuGetErrorName"),
  ENTRY (error_text, "cuGetErrorString"),
  ENTRY (capture_begin, "cuStreamBeginCapture_v2"),
  ENTRY (capture_end, "cuStreamEndCapture"),
  ENTRY (graph_instantiate, "cuGraphInstantiateWithFlags"),
  ENTRY (graph_destroy, "cuGraphDestroy"),
  ENTRY (run_launch, "cuGraphLaunch"),
  ENTRY (run_destroy, "cuGraphExecDestroy"),
};

/* From here on a driver may lack them: it is then asked for none of them. */
#define FIRST_OPTIONAL offsetof (EwCudaDriver, capture_begin)

G_STATIC_ASSERT (sizeof (EwCudaDriver) == G_N_ELEMENTS (entries) * sizeof (void *));

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EwCudaDriver real;
static GError *real_error; /* why there is no real one; never freed */
static _Atomic (const EwCudaDriver *) replaced;

/* All of the optional ones or none. */
static void
drop_graphs (EwCudaDriver *driver)
{
  memset ((char *)driver + FIRST_OPTIONAL, 0, sizeof *driver - FIRST_OPTIONAL);
}

gboolean
ew_cuda_driver_open (const char *library, EwCudaDriver *driver, GError **error)
{
  /* Never closed: the driver has threads of its own. */
  void *handle = dlopen (library, RTLD_NOW | RTLD_LOCAL);

  if (handle == NULL)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_DEVICE, "There is no NVIDIA driver on this machine.");
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      void *function = dlsym (handle, entries[i].symbol);

      if (function == NULL && entries[i].offset >= FIRST_OPTIONAL)
        {
          drop_graphs (driver);
          break;
        }
      if (function == NULL)
        {
          g_set_error (error, EW_ERROR, EW_ERROR_DEVICE,
                       "The NVIDIA driver on this machine is too old: it has no %s; a newer one would do.",
                       entries[i].symbol);
          dlclose (handle);
          return FALSE;
        }
      memcpy ((char *)driver + entries[i].offset, &function, sizeof function);
    }
  return TRUE;
}

static void
open_real (void)
{
  ew_cuda_driver_open ("libcuda.so.1", &real, &real_error);
}

const EwCudaDriver *
ew_cuda_driver (GError **error)
{
  const EwCudaDriver *driver = atomic_load (&replaced);

  if (driver != NULL)
    return driver;
  pthread_once (&once, open_real);
  if (real_error == NULL)
    return &real;
  if (error != NULL)
    *error = g_error_copy (real_error);
  return NULL;
}

void
ew_cuda_driver_set_for_tests (const EwCudaDriver *driver)
{
  atomic_store (&replaced, driver);
}

char *
ew_cuda_driver_words (const EwCudaDriver *driver, EwCudaStatus status)
{
  const char *name = NULL;
  const char *text = NULL;

  /* Both fail for a status that this driver does not know. */
  if (driver->error_name (status, &name) != EW_CUDA_SUCCESS || name == NULL)
    return g_strdup_printf ("error %d", status);
  if (driver->error_text (status, &text) != EW_CUDA_SUCCESS || text == NULL)
    return g_strdup (name);
  return g_strdup_printf ("%s: %s", name, text);
}

void
ew_cuda_driver_set_error (const EwCudaDriver *driver, EwCudaStatus status, const char *what, GError **error)
{
  g_autofree char *words = ew_cuda_driver_words (driver, status);

  g_set_error (error, EW_ERROR, EW_ERROR_DEVICE, "%s failed (%s).", what, words);
}
