/* CUDA's few words in C, fibers for threads, and the kernels' source. */
#include "tests/cuda-shim.h"

#include <math.h>
#include <pthread.h>
#include <string.h>
#include <ucontext.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size)
#define ASAN_UNPOISON_MEMORY_REGION(address, size)
#endif

/* What every device has. */
#define SHARED_BYTES_MAX (48 * 1024)
#define THREADS_MAX      1024

#define STACK_BYTES (64 * 1024)

typedef struct
{
  unsigned x;
} Index;

typedef struct
{
  ucontext_t context;
  char *stack;
  int barrier; /* the one it waits at; 0: it has ended */
} Fiber;

/* All are read by code that runs in between switches, so none is static: the compiler must not keep them in registers.
 */
extern Index threadIdx, blockIdx, blockDim, gridDim;
extern float ew_cuda_shared[];

Index threadIdx, blockIdx, blockDim, gridDim;
_Alignas(64) float ew_cuda_shared[SHARED_BYTES_MAX / sizeof (float) + CUDA_SHIM_GUARD];
CudaShimFault cuda_shim_fault;

static pthread_mutex_t one_launch = PTHREAD_MUTEX_INITIALIZER;
static char last_error[200];
static ucontext_t scheduler;
static Fiber *current;

/* Waits in the scheduler until all have come here. */
static void
barrier (int number)
{
  Fiber *self = current;

  if (number == cuda_shim_fault.skipped_barrier)
    return;
  self->barrier = number;
  swapcontext (&self->context, &scheduler);
}

enum
{
  BARRIERS_START = __COUNTER__,
};

#define __global__ static
#define __device__
#define __shared__
#define __syncthreads() barrier (__COUNTER__ - BARRIERS_START)

#include "gpu/kernels.cu"

const int cuda_shim_n_barriers = __COUNTER__ - BARRIERS_START - 1;

#define ARGUMENT(i, type) (*(type *)a[i])

static void
call_correlate (void **a)
{
  ew_cuda_correlate (ARGUMENT (0, EwCudaPlane), ARGUMENT (1, EwCudaPlane), ARGUMENT (2, const double *),
                     ARGUMENT (3, int), ARGUMENT (4, int));
}

static void
call_evaluate (void **a)
{
  ew_cuda_evaluate (ARGUMENT (0, const EwCudaSample *), ARGUMENT (1, int), ARGUMENT (2, long long),
                    ARGUMENT (3, const double *), ARGUMENT (4, int), ARGUMENT (5, int), ARGUMENT (6, int),
                    ARGUMENT (7, const EwCudaProgress *), ARGUMENT (8, double *));
}

static void
call_reduce (void **a)
{
  ew_cuda_reduce (ARGUMENT (0, const double *), ARGUMENT (1, int), ARGUMENT (2, int),
                  ARGUMENT (3, const EwCudaProgress *), ARGUMENT (4, double *));
}

static void
call_step (void **a)
{
  ew_cuda_step (ARGUMENT (0, const double *), ARGUMENT (1, int), ARGUMENT (2, int), ARGUMENT (3, double),
                ARGUMENT (4, double), ARGUMENT (5, double *), ARGUMENT (6, EwCudaProgress *), ARGUMENT (7, double *),
                ARGUMENT (8, double *));
}

static const struct
{
  const char *name;
  void (*call) (void **arguments);
} kernels[] = {
  { "ew_cuda_correlate", call_correlate },
  { "ew_cuda_evaluate", call_evaluate },
  { "ew_cuda_reduce", call_reduce },
  { "ew_cuda_step", call_step },
};

/* What the fibers run. */
static void (*called) (void **arguments);
static void **called_with;

static void
fiber_main (void)
{
  called (called_with);
  current->barrier = 0;
  /* On return, uc_link leads to the scheduler. */
}

G_GNUC_PRINTF (1, 2)
static gboolean
fail (const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_vsnprintf (last_error, sizeof last_error, format, arguments);
  va_end (arguments);
  return FALSE;
}

/* Lets each thread go on to its next barrier, or its end. All must come to the same; *ended says which. */
static gboolean
run_to_barrier (Fiber *fibers, unsigned threads, gboolean *ended)
{
  for (unsigned i = 0; i < threads; i++)
    {
      threadIdx.x = cuda_shim_fault.backwards ? threads - 1 - i : i;
      current = &fibers[threadIdx.x];
      swapcontext (&scheduler, &current->context);
    }
  for (unsigned i = 1; i < threads; i++)
    if (fibers[i].barrier != fibers[0].barrier)
      return fail ("block %u: thread 0 is at barrier %d and thread %u at %d (0: its end)", blockIdx.x,
                   fibers[0].barrier, i, fibers[i].barrier);
  *ended = fibers[0].barrier == 0;
  return TRUE;
}

static void
start_fiber (Fiber *fiber)
{
  getcontext (&fiber->context);
  fiber->context.uc_stack.ss_sp = fiber->stack;
  fiber->context.uc_stack.ss_size = STACK_BYTES;
  fiber->context.uc_link = &scheduler;
  makecontext (&fiber->context, fiber_main, 0);
}

static gboolean
run_block (Fiber *fibers, unsigned threads, unsigned shared_bytes)
{
  char *guard = (char *)ew_cuda_shared + shared_bytes;
  gsize guard_bytes = CUDA_SHIM_GUARD * sizeof (float);
  gboolean ended = FALSE;
  gboolean fine;

  /* All bits one is a NaN. */
  memset (ew_cuda_shared, 0xff, shared_bytes + guard_bytes);
  ASAN_POISON_MEMORY_REGION (guard, guard_bytes);
  for (unsigned i = 0; i < threads; i++)
    start_fiber (&fibers[i]);
  do
    fine = run_to_barrier (fibers, threads, &ended);
  while (fine && !ended);
  ASAN_UNPOISON_MEMORY_REGION (guard, guard_bytes);
  for (gsize i = 0; fine && i < guard_bytes; i++)
    if (guard[i] != (char)0xff)
      fine = fail ("block %u wrote beyond its %u bytes of shared memory", blockIdx.x, shared_bytes);
  return fine;
}

static gboolean
run_grid (unsigned grid, unsigned threads, unsigned shared_bytes)
{
  g_autofree Fiber *fibers = g_new0 (Fiber, threads);
  g_autofree char *stacks = g_malloc ((gsize)threads * STACK_BYTES);
  gboolean fine = TRUE;

  for (unsigned i = 0; i < threads; i++)
    fibers[i].stack = stacks + (gsize)i * STACK_BYTES;
  blockDim.x = threads;
  gridDim.x = grid;
  for (unsigned i = 0; fine && i < grid; i++)
    {
      blockIdx.x = cuda_shim_fault.backwards ? grid - 1 - i : i;
      fine = run_block (fibers, threads, shared_bytes);
    }
  return fine;
}

gboolean
cuda_shim_launch (const char *kernel, unsigned grid, unsigned threads, unsigned shared_bytes, void **arguments)
{
  gboolean fine;
  guint k = 0;

  pthread_mutex_lock (&one_launch);
  while (k < G_N_ELEMENTS (kernels) && strcmp (kernels[k].name, kernel) != 0)
    k++;
  if (k == G_N_ELEMENTS (kernels))
    fine = fail ("there is no kernel %s", kernel);
  else if (grid < 1 || grid > G_MAXINT || threads < 1 || threads > THREADS_MAX || shared_bytes > SHARED_BYTES_MAX)
    fine = fail ("%s: %u blocks of %u threads with %u bytes are not possible", kernel, grid, threads, shared_bytes);
  else
    {
      called = kernels[k].call;
      called_with = arguments;
      fine = run_grid (grid, threads, shared_bytes);
    }
  pthread_mutex_unlock (&one_launch);
  return fine;
}

const char *
cuda_shim_error (void)
{
  return last_error;
}
