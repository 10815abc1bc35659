/* Which table of inner loops this processor can run. */
#include "engine/backend.h"
#include "engine/cpu-kernels.h"

#include <string.h>

/* The compiler's own check asks CPUID and, for the wide registers, XGETBV whether the system saves them. */
static gboolean
can_run (const EwCpuKernels *kernels)
{
#if defined(__x86_64__)
  __builtin_cpu_init ();
  if (kernels == &ew_cpu_avx512)
    return __builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512dq")
           && __builtin_cpu_supports ("avx512vl") && __builtin_cpu_supports ("avx512bw")
           && __builtin_cpu_supports ("fma");
  if (kernels == &ew_cpu_avx2)
    return __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma");
#endif
  return kernels == &ew_cpu_generic;
}

/* Best first. */
static const EwCpuKernels *const tables[] = {
#if defined(__x86_64__)
  &ew_cpu_avx512,
  &ew_cpu_avx2,
#endif
  &ew_cpu_generic,
};

const EwCpuKernels *
ew_cpu_kernels_find (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    if (strcmp (tables[i]->id, id) == 0 && can_run (tables[i]))
      return tables[i];
  return NULL;
}

const EwCpuKernels *
ew_cpu_kernels (GError **error)
{
  const char *forced = g_getenv ("EDGEWISE_CPU");
  const EwCpuKernels *found = NULL;

  if (forced == NULL || *forced == '\0')
    {
      for (guint i = 0; found == NULL; i++)
        if (can_run (tables[i]))
          found = tables[i];
      return found;
    }
  found = ew_cpu_kernels_find (forced);
  if (found == NULL)
    g_set_error (
        error, EW_ERROR, EW_ERROR_DEVICE,
        "EDGEWISE_CPU is “%s”, which this processor cannot run; generic always works, avx2 and avx512 where the "
        "processor has them.",
        forced);
  return found;
}
