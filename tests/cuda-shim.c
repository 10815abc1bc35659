/* CUDA's few words in C, fibers for threads, and the kernels' source. */
#include "tests/cuda-shim.h"

#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

#ifndef __x86_64__
#include <ucontext.h>
#endif

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

/* Where a thread of execution stands: its stack, on which its registers are. swapcontext would do (and does elsewhere),
 * but takes most of the time: it asks the kernel for the signal mask, and AddressSanitizer clears what it knows of the
 * other stack. */
typedef struct
{
#ifdef __x86_64__
  void *top;
#else
  ucontext_t context;
#endif
} Stand;

typedef struct
{
  Stand stand;
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
static Stand scheduler;
static Fiber *current;

#ifdef __x86_64__
/* What a function must leave as it was goes onto the one stack and comes from the other. */
__attribute__ ((naked, noinline)) static void
switch_stacks (G_GNUC_UNUSED void **from, G_GNUC_UNUSED void *to)
{
  __asm__("pushq %rbp\n\t"
          "pushq %rbx\n\t"
          "pushq %r12\n\t"
          "pushq %r13\n\t"
          "pushq %r14\n\t"
          "pushq %r15\n\t"
          "movq %rsp, (%rdi)\n\t"
          "movq %rsi, %rsp\n\t"
          "popq %r15\n\t"
          "popq %r14\n\t"
          "popq %r13\n\t"
          "popq %r12\n\t"
          "popq %rbx\n\t"
          "popq %rbp\n\t"
          "ret");
}
#endif

static void
switch_stands (Stand *from, Stand *to)
{
#ifdef __x86_64__
  switch_stacks (&from->top, to->top);
#else
  swapcontext (&from->context, &to->context);
#endif
}

/* Waits in the scheduler until all have come here. */
static void
barrier (int number)
{
  Fiber *self = current;

  if (number == cuda_shim_fault.skipped_barrier)
    return;
  self->barrier = number;
  switch_stands (&self->stand, &scheduler);
}

enum
{
  BARRIERS_START = __COUNTER__,
};

#define __global__ static
#define __device__
#define __forceinline__ inline
#define __shared__
#define __syncthreads() barrier (__COUNTER__ - BARRIERS_START)

#include "gpu/kernels.cu"

const int cuda_shim_n_barriers = __COUNTER__ - BARRIERS_START - 1;

#define ARGUMENT(i, type) (*(type *)a[i])

#define EVALUATE(name)                                                                                                 \
  static void call_##name (void **a)                                                                                   \
  {                                                                                                                    \
    ew_cuda_##name (ARGUMENT (0, const EwCudaSample *), ARGUMENT (1, int), ARGUMENT (2, long long),                    \
                    ARGUMENT (3, const double *), ARGUMENT (4, int), ARGUMENT (5, EwCudaShape), ARGUMENT (6, int),     \
                    ARGUMENT (7, const EwCudaProgress *), ARGUMENT (8, double *));                                     \
  }
#define LITERAL(name)                                                                                                  \
  static void call_##name (void **a)                                                                                   \
  {                                                                                                                    \
    ew_cuda_##name (ARGUMENT (0, EwCudaPlane), ARGUMENT (1, EwCudaPlane), ARGUMENT (2, EwCudaTaps),                    \
                    ARGUMENT (3, int));                                                                                \
  }
#define CORRELATE(name)                                                                                                \
  static void call_##name (void **a)                                                                                   \
  {                                                                                                                    \
    ew_cuda_##name (ARGUMENT (0, EwCudaPlane), ARGUMENT (1, EwCudaPlane), ARGUMENT (2, const double *),                \
                    ARGUMENT (3, EwCudaShape));                                                                        \
  }

#define LAGS(name)                                                                                                     \
  static void call_##name (void **a)                                                                                   \
  {                                                                                                                    \
    ew_cuda_##name (ARGUMENT (0, EwCudaPlane), ARGUMENT (1, EwCudaPlane), ARGUMENT (2, EwCudaLags),                    \
                    ARGUMENT (3, double *));                                                                           \
  }

LITERAL (correlate_1)
LITERAL (correlate_2)
LITERAL (correlate_3)
LITERAL (correlate_4)
LITERAL (correlate_5)
LITERAL (correlate_6)
LITERAL (correlate_7)
LITERAL (correlate_9)
LITERAL (correlate_11)
LITERAL (correlate_15)
CORRELATE (correlate_wide)
CORRELATE (correlate_general)
EVALUATE (evaluate_1)
EVALUATE (evaluate_2)
EVALUATE (evaluate_3)
EVALUATE (evaluate_4)
EVALUATE (evaluate_5)
EVALUATE (evaluate_6)
EVALUATE (evaluate_7)
EVALUATE (evaluate_wide)
EVALUATE (evaluate_general)
LAGS (lags_1)
LAGS (lags_2)
LAGS (lags_3)
LAGS (lags_4)
LAGS (lags_5)
LAGS (lags_6)
LAGS (lags_7)

static void
call_border (void **a)
{
  ew_cuda_border (ARGUMENT (0, EwCudaPlane), ARGUMENT (1, int), ARGUMENT (2, int), ARGUMENT (3, int));
}

static void
call_reduce (void **a)
{
  ew_cuda_reduce (ARGUMENT (0, const double *), ARGUMENT (1, int), ARGUMENT (2, int),
                  ARGUMENT (3, const EwCudaProgress *), ARGUMENT (4, double *), ARGUMENT (5, int));
}

static void
call_step (void **a)
{
  ew_cuda_step (ARGUMENT (0, const double *), ARGUMENT (1, int), ARGUMENT (2, int), ARGUMENT (3, double *),
                ARGUMENT (4, EwCudaProgress *), ARGUMENT (5, double *), ARGUMENT (6, double *));
}

static void
call_descend (void **a)
{
  ew_cuda_descend (ARGUMENT (0, const EwCudaSample *), ARGUMENT (1, int), ARGUMENT (2, int), ARGUMENT (3, EwCudaShape),
                   ARGUMENT (4, int), ARGUMENT (5, int), ARGUMENT (6, double *), ARGUMENT (7, EwCudaProgress *),
                   ARGUMENT (8, double *), ARGUMENT (9, double *), ARGUMENT (10, double *));
}

static void
call_exact (void **a)
{
  ew_cuda_exact (ARGUMENT (0, const EwCudaSample *), ARGUMENT (1, int), ARGUMENT (2, long long),
                 ARGUMENT (3, const double *), ARGUMENT (4, int), ARGUMENT (5, EwCudaShape), ARGUMENT (6, int),
                 ARGUMENT (7, double *));
}

static void
call_gram (void **a)
{
  ew_cuda_gram (ARGUMENT (0, const EwCudaSample *), ARGUMENT (1, int), ARGUMENT (2, long long),
                ARGUMENT (3, EwCudaShape), ARGUMENT (4, int), ARGUMENT (5, double *));
}

static void
call_gram_edges (void **a)
{
  ew_cuda_gram_edges (ARGUMENT (0, EwCudaPlane), ARGUMENT (1, EwCudaTapsOver), ARGUMENT (2, double *));
}

static void
call_gram_fill (void **a)
{
  ew_cuda_gram_fill (ARGUMENT (0, EwCudaPlane), ARGUMENT (1, EwCudaTapsOver), ARGUMENT (2, const double *),
                     ARGUMENT (3, const double *), ARGUMENT (4, double *));
}

static void
call_peak_copy (void **a)
{
  ew_cuda_peak_copy (ARGUMENT (0, const float *), ARGUMENT (1, float *), ARGUMENT (2, long long));
}

static void
call_peak_multiply (void **a)
{
  ew_cuda_peak_multiply (ARGUMENT (0, float *), ARGUMENT (1, int), ARGUMENT (2, float), ARGUMENT (3, float));
}

static void
call_fft_gather (void **a)
{
  ew_cuda_fft_gather (ARGUMENT (0, EwCudaPlane), ARGUMENT (1, EwCudaFft), ARGUMENT (2, long long), ARGUMENT (3, int),
                      ARGUMENT (4, float), ARGUMENT (5, float *));
}

static void
call_fft_multiply (void **a)
{
  ew_cuda_fft_multiply (ARGUMENT (0, float *), ARGUMENT (1, const float *), ARGUMENT (2, long long), ARGUMENT (3, int),
                        ARGUMENT (4, float));
}

static void
call_fft_scatter (void **a)
{
  ew_cuda_fft_scatter (ARGUMENT (0, EwCudaPlane), ARGUMENT (1, EwCudaFft), ARGUMENT (2, long long), ARGUMENT (3, int),
                       ARGUMENT (4, float), ARGUMENT (5, const float *));
}

static void
call_view_rows (void **a)
{
  ew_cuda_view_rows (ARGUMENT (0, EwCudaPlane), ARGUMENT (1, EwCudaSquares), ARGUMENT (2, const int *),
                     ARGUMENT (3, int), ARGUMENT (4, int), ARGUMENT (5, double *));
}

static void
call_view_columns (void **a)
{
  ew_cuda_view_columns (ARGUMENT (0, EwCudaSquares), ARGUMENT (1, const int *), ARGUMENT (2, const double *),
                        ARGUMENT (3, int), ARGUMENT (4, int), ARGUMENT (5, EwCudaPlane));
}

static void
call_view_sum (void **a)
{
  ew_cuda_view_sum (ARGUMENT (0, EwCudaPlane), ARGUMENT (1, const EwCudaPlace *), ARGUMENT (2, int),
                    ARGUMENT (3, float), ARGUMENT (4, EwCudaPlane));
}

#define ENTRY(name)                                                                                                    \
  {                                                                                                                    \
    "ew_cuda_" #name, call_##name                                                                                      \
  }

static const struct
{
  const char *name;
  void (*call) (void **arguments);
} kernels[] = {
  ENTRY (correlate_1),      ENTRY (correlate_2),  ENTRY (correlate_3),    ENTRY (correlate_4),
  ENTRY (correlate_5),      ENTRY (correlate_6),  ENTRY (correlate_7),    ENTRY (correlate_9),
  ENTRY (correlate_11),     ENTRY (correlate_15), ENTRY (correlate_wide), ENTRY (correlate_general),
  ENTRY (evaluate_1),       ENTRY (evaluate_2),   ENTRY (evaluate_3),     ENTRY (evaluate_4),
  ENTRY (evaluate_5),       ENTRY (evaluate_6),   ENTRY (evaluate_7),     ENTRY (evaluate_wide),
  ENTRY (evaluate_general), ENTRY (border),       ENTRY (reduce),         ENTRY (step),
  ENTRY (descend),          ENTRY (exact),        ENTRY (gram),           ENTRY (fft_gather),
  ENTRY (fft_multiply),     ENTRY (fft_scatter),  ENTRY (peak_copy),      ENTRY (peak_multiply),
  ENTRY (lags_1),           ENTRY (lags_2),       ENTRY (lags_3),         ENTRY (lags_4),
  ENTRY (lags_5),           ENTRY (lags_6),       ENTRY (lags_7),         ENTRY (gram_edges),
  ENTRY (gram_fill),        ENTRY (view_rows),    ENTRY (view_columns),   ENTRY (view_sum),
};

/* What the fibers run. */
static void (*called) (void **arguments);
static void **called_with;

/* Block after block. */
static void
fiber_main (void)
{
  for (;;)
    {
      Fiber *self = current;

      called (called_with);
      self->barrier = 0;
      switch_stands (&self->stand, &scheduler);
    }
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
      switch_stands (&scheduler, &current->stand);
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
#ifdef __x86_64__
  /* Six registers, where to return to, and nothing above: a function begins 8 bytes beside a multiple of 16. */
  uintptr_t *top = (uintptr_t *)(((uintptr_t)fiber->stack + STACK_BYTES) / 16 * 16);

  memset (top - 8, 0, 8 * sizeof *top);
  top[-2] = (uintptr_t)fiber_main;
  fiber->stand.top = top - 8;
#else
  getcontext (&fiber->stand.context);
  fiber->stand.context.uc_stack.ss_sp = fiber->stack;
  fiber->stand.context.uc_stack.ss_size = STACK_BYTES;
  fiber->stand.context.uc_link = NULL;
  makecontext (&fiber->stand.context, fiber_main, 0);
#endif
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
    {
      fibers[i].stack = stacks + (gsize)i * STACK_BYTES;
      start_fiber (&fibers[i]);
    }
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
