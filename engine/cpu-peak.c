/* Which table of peak loops goes with the CPU backend's kernels. */
#include "engine/cpu-peak.h"

#include "engine/cpu-kernels.h"

#include <string.h>

static const EwCpuPeak *const tables[] = {
#if defined(__x86_64__)
  &ew_cpu_peak_avx512,
  &ew_cpu_peak_avx2,
#endif
  &ew_cpu_peak_generic,
};

const EwCpuPeak *
ew_cpu_peak (GError **error)
{
  const EwCpuKernels *kernels = ew_cpu_kernels (error);

  for (guint i = 0; kernels != NULL && i < G_N_ELEMENTS (tables); i++)
    if (strcmp (tables[i]->id, kernels->id) == 0)
      return tables[i];
  return NULL;
}
