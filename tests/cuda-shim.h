/* Runs the CUDA kernels of gpu/kernels.cu, the very same source, on the CPU: each thread of a block is a fiber, and
 * blocks run one after the other. Proves indices, halos and barriers; says nothing about a GPU's speed or memory model.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A guard of so many floats lies behind the dynamic shared memory. */
#define CUDA_SHIM_GUARD 64

/**
 * CudaShimFault:
 * @backwards: threads and blocks run from the last to the first; no result may change
 * @skipped_barrier: number of the __syncthreads () that is left out, counted from 1 in the order of the source; 0: none
 *
 * What to do differently, for tests of tests.
 */
typedef struct
{
  gboolean backwards;
  int skipped_barrier;
} CudaShimFault;

extern CudaShimFault cuda_shim_fault;

/* How many __syncthreads () the source has. */
extern const int cuda_shim_n_barriers;

/* Runs the kernel of that name to its end, as cuLaunchKernel takes it: @arguments points to each argument, grid and
 * blocks have one dimension. Shared memory is NaN when a block starts; it has exactly shared_bytes, and a guard behind
 * it, untouchable under ASan, shows what is written beyond. FALSE, with cuda_shim_error () saying what is wrong, where
 * there is no such kernel, the sizes are not possible on every device, some threads of a block miss a barrier that
 * others reach, or the guard was written to. One launch at a time, whatever the number of threads that call. */
gboolean cuda_shim_launch (const char *kernel, unsigned grid, unsigned threads, unsigned shared_bytes,
                           void **arguments);

/* What was wrong with the last launch that failed. */
const char *cuda_shim_error (void);

G_END_DECLS
