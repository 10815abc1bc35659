/* The compiled kernels; the array comes from nvcc and bin2c by way of gpu/meson.build. */
#include "gpu/cuda-image.h"

#include <stdatomic.h>

#if EW_HAVE_CUDA_KERNELS
#include "gpu/kernels-image.h"
#else
static const void *const ew_cuda_fatbin = NULL;
#endif

static atomic_int replaced;
static _Atomic (const void *) replacement;

const void *
ew_cuda_image (void)
{
  return atomic_load (&replaced) ? atomic_load (&replacement) : (const void *)ew_cuda_fatbin;
}

void
ew_cuda_image_set_for_tests (gboolean replace, const void *image)
{
  atomic_store (&replacement, image);
  atomic_store (&replaced, replace);
}
