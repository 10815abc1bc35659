/* One piece of memory, cut into parts; the piece freed last is kept for the next correlation. */
#include "engine/fft-scratch.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* Parts begin on cache lines of their own. */
#define ALIGNMENT 64
#define ELEMENTS  (ALIGNMENT / sizeof (EwComplex))

struct _EwFftScratch
{
  void *memory;
  size_t n_bytes;
  size_t part; /* elements */
  int threads;
  atomic_bool *taken;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *kept;
static size_t kept_bytes;

/* The kept memory where it will do, new memory otherwise. */
static void *
get_memory (size_t n_bytes, size_t *got)
{
  void *memory = NULL;

  pthread_mutex_lock (&lock);
  if (kept_bytes >= n_bytes)
    {
      memory = kept;
      *got = kept_bytes;
      kept = NULL;
      kept_bytes = 0;
    }
  pthread_mutex_unlock (&lock);
  if (memory != NULL)
    return memory;
  *got = n_bytes;
  return posix_memalign (&memory, ALIGNMENT, n_bytes) == 0 ? memory : NULL;
}

/* Keeps the larger of two. */
static void
put_memory (void *memory, size_t n_bytes)
{
  pthread_mutex_lock (&lock);
  if (n_bytes > kept_bytes)
    {
      void *smaller = kept;

      kept = memory;
      kept_bytes = n_bytes;
      memory = smaller;
    }
  pthread_mutex_unlock (&lock);
  free (memory);
}

EwFftScratch *
ew_fft_scratch_new (size_t n_elements, int threads, GError **error)
{
  size_t part = (n_elements + ELEMENTS - 1) / ELEMENTS * ELEMENTS;
  size_t n_bytes = part * ((size_t)threads + 1) * sizeof (EwComplex);
  size_t got;
  void *memory = get_memory (n_bytes, &got);
  EwFftScratch *scratch;

  if (memory == NULL)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_TOO_LARGE,
                   "There is not enough memory for the transforms of %d threads; fewer threads need less.", threads);
      return NULL;
    }
  scratch = g_new0 (EwFftScratch, 1);
  *scratch = (EwFftScratch){ memory, got, part, threads, g_new0 (atomic_bool, threads) };
  return scratch;
}

void
ew_fft_scratch_free (EwFftScratch *scratch)
{
  put_memory (scratch->memory, scratch->n_bytes);
  g_free (scratch->taken);
  g_free (scratch);
}

EwComplex *
ew_fft_scratch_spectrum (EwFftScratch *scratch)
{
  return ew_fft_scratch_at (scratch, scratch->threads);
}

EwComplex *
ew_fft_scratch_at (EwFftScratch *scratch, int place)
{
  return (EwComplex *)scratch->memory + scratch->part * (size_t)place;
}

EwComplex *
ew_fft_scratch_take (EwFftScratch *scratch, int *place)
{
  for (int p = 0;; p = (p + 1) % scratch->threads)
    if (!atomic_exchange_explicit (&scratch->taken[p], TRUE, memory_order_acquire))
      {
        *place = p;
        return ew_fft_scratch_at (scratch, p);
      }
}

void
ew_fft_scratch_give (EwFftScratch *scratch, int place)
{
  atomic_store_explicit (&scratch->taken[place], FALSE, memory_order_release);
}
