/* The CUDA kernels; kernels.h says what each computes. Plain enough to be C as well, so that a test can run them on a
 * CPU.
 *
 * A block works on tiles of the output. Sums within a tile are float32, beyond it float64. Nothing depends on the order
 * in which threads or blocks run: every number has one thread that adds it up. */

/* The host finds kernels by names that C++ has not decorated. Parameters that are arrays stay in constant memory. */
#ifdef __cplusplus
#define KERNEL   extern "C" __global__
#define CONSTANT __grid_constant__
#else
#define KERNEL __global__
#define CONSTANT
#endif

/* All dynamic shared memory, at a multiple of 16 bytes. */
#define SHARED_MEMORY extern __shared__ float ew_cuda_shared[] ALIGNED (16)

#include "gpu/kernels-common.h"
#include "gpu/kernels-descend.h"
#include "gpu/kernels-exact.h"
#include "gpu/kernels-fft.h"
#include "gpu/kernels-general.h"
#include "gpu/kernels-gram.h"
#include "gpu/kernels-peak.h"
#include "gpu/kernels-view.h"
#include "gpu/kernels-wide.h"

#include <math.h>

/* Rows of x between which outputs under way change their registers. */
#define NAME(name)     NAME_OF (name, SIDE)
#define NAME_OF(a, b)  NAME_OF_ (a, b)
#define NAME_OF_(a, b) a##_##b

#define ROWS_AT_ONCE SIDE
#define SIDE         1
#include "gpu/kernels-literal.inc"
#include "gpu/kernels-lags.inc"
#undef SIDE
#define SIDE 2
#include "gpu/kernels-literal.inc"
#include "gpu/kernels-lags.inc"
#undef SIDE
#define SIDE 3
#include "gpu/kernels-literal.inc"
#include "gpu/kernels-lags.inc"
#undef SIDE
#define SIDE 4
#include "gpu/kernels-literal.inc"
#include "gpu/kernels-lags.inc"
#undef SIDE
#define SIDE 5
#include "gpu/kernels-literal.inc"
#include "gpu/kernels-lags.inc"
#undef SIDE
#undef ROWS_AT_ONCE
#define ROWS_AT_ONCE 2
#define SIDE         6
#include "gpu/kernels-literal.inc"
#include "gpu/kernels-lags.inc"
#undef SIDE
#define SIDE 7
#include "gpu/kernels-literal.inc"
#include "gpu/kernels-lags.inc"
#undef SIDE
#define SIDE 9
#include "gpu/kernels-literal.inc"
#undef SIDE
#define SIDE 11
#include "gpu/kernels-literal.inc"
#undef SIDE
#undef ROWS_AT_ONCE
#define ROWS_AT_ONCE 1
#define SIDE         15
#include "gpu/kernels-literal.inc"
#undef SIDE

/* The columns beside those that x has of its own. */
KERNEL void
ew_cuda_border (EwCudaPlane x, int left, int right, int border)
{
  int inner = x.width - left - right;
  int outer = left + right;

  for (long long row = blockIdx.x; row < x.height; row += gridDim.x)
    for (int k = threadIdx.x; k < outer; k += EW_CUDA_THREADS)
      {
        float *values = x.data + row * x.stride;
        int column = k < left ? k : inner + k;
        int from = place_in (column - (long long)left, inner, border);

        values[column] = from < 0 ? 0 : values[left + from];
      }
}
