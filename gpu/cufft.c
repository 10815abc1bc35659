/* EwCufft: opening the library. */
#include "gpu/cufft.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

static const struct
{
  const char *symbol;
  size_t offset;
} entries[] = {
  { "cufftPlanMany", offsetof (EwCufft, plan_many) }, { "cufftSetStream", offsetof (EwCufft, set_stream) },
  { "cufftExecR2C", offsetof (EwCufft, to_complex) }, { "cufftExecC2R", offsetof (EwCufft, to_real) },
  { "cufftDestroy", offsetof (EwCufft, destroy) },
};

G_STATIC_ASSERT (sizeof (EwCufft) == G_N_ELEMENTS (entries) * sizeof (void *));

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EwCufft real;
static gboolean has_real;
static atomic_int replaced;
static _Atomic (const EwCufft *) replacement;

static gboolean
open_library (const char *name)
{
  void *handle = dlopen (name, RTLD_NOW | RTLD_LOCAL);

  for (guint i = 0; handle != NULL && i < G_N_ELEMENTS (entries); i++)
    {
      void *function = dlsym (handle, entries[i].symbol);

      if (function == NULL)
        return FALSE;
      memcpy ((char *)&real + entries[i].offset, &function, sizeof function);
    }
  return handle != NULL;
}

/* Those of CUDA 13, 12 and 11, whose functions of these names are the same. */
static void
open_real (void)
{
  has_real = open_library ("libcufft.so.12") || open_library ("libcufft.so.11") || open_library ("libcufft.so.10");
}

const EwCufft *
ew_cufft (void)
{
  if (atomic_load (&replaced))
    return atomic_load (&replacement);
  pthread_once (&once, open_real);
  return has_real ? &real : NULL;
}

void
ew_cufft_set_for_tests (gboolean replace, const EwCufft *cufft)
{
  atomic_store (&replacement, cufft);
  atomic_store (&replaced, replace);
}
