/* EwPool: items are handed out by an atomic counter; idle workers spin briefly, then sleep.
 *
 * A job is announced by raising `round`. Workers that see it take items until none is left, then count themselves out
 * in `busy`; the caller works too and waits for busy to reach zero. Waking a sleeper costs about 8 µs, a spinning one
 * 0.2 µs, so a worker spins for SPIN_NS after a job: epochs follow each other closely. */
#include "engine/pool.h"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#if defined(__SSE__)
#include <xmmintrin.h>
#endif

#define SPIN_NS 50000
#define NICE    10
/* Flush results and inputs that are denormal to zero: arithmetic on them is up to 200 times slower. */
#define MXCSR_FLUSH 0x8040

struct _EwPool
{
  int n_workers;
  pthread_t *workers;
  atomic_uint round;
  atomic_int next;
  atomic_int busy;
  atomic_int sleepers;
  atomic_bool quit;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  /* The job; written before `round` is raised. */
  int n;
  EwPoolFunc func;
  gpointer data;
  EwCancel *cancel;
};

static inline void
relax (void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause ();
#endif
}

static gint64
now_ns (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return (gint64)t.tv_sec * 1000000000 + t.tv_nsec;
}

static unsigned
flush_denormals (void)
{
#if defined(__SSE__)
  unsigned before = _mm_getcsr ();

  _mm_setcsr (before | MXCSR_FLUSH);
  return before;
#else
  return 0;
#endif
}

static void
restore_denormals (unsigned state)
{
#if defined(__SSE__)
  _mm_setcsr (state);
#endif
}

void
ew_pool_lower_priority (void)
{
  /* On Linux a thread id is a process id here. Failing to be nice is harmless. */
  setpriority (PRIO_PROCESS, (id_t)syscall (SYS_gettid), NICE);
}

static void
take_items (EwPool *pool)
{
  int item;

  while (!ew_cancelled (pool->cancel)
         && (item = atomic_fetch_add_explicit (&pool->next, 1, memory_order_relaxed)) < pool->n)
    pool->func (item, pool->data);
}

/* Returns once `round` is no longer @seen. */
static void
await_round (EwPool *pool, unsigned seen)
{
  gint64 start = now_ns ();

  while (atomic_load_explicit (&pool->round, memory_order_acquire) == seen)
    {
      for (int i = 0; i < 64; i++)
        relax ();
      if (now_ns () - start < SPIN_NS)
        continue;
      pthread_mutex_lock (&pool->mutex);
      atomic_fetch_add (&pool->sleepers, 1);
      while (atomic_load (&pool->round) == seen)
        pthread_cond_wait (&pool->wake, &pool->mutex);
      atomic_fetch_sub (&pool->sleepers, 1);
      pthread_mutex_unlock (&pool->mutex);
    }
}

static void *
worker (gpointer data)
{
  EwPool *pool = data;
  unsigned seen = 0;

  ew_pool_lower_priority ();
  flush_denormals ();
  for (;;)
    {
      await_round (pool, seen);
      seen++;
      if (atomic_load (&pool->quit))
        return NULL;
      take_items (pool);
      atomic_fetch_sub_explicit (&pool->busy, 1, memory_order_release);
    }
}

static void
announce (EwPool *pool)
{
  atomic_store (&pool->busy, pool->n_workers);
  atomic_fetch_add (&pool->round, 1);
  /* A worker counts itself a sleeper before it looks at the round for the last time, so one of the two sees the other.
   */
  if (atomic_load (&pool->sleepers) == 0)
    return;
  pthread_mutex_lock (&pool->mutex);
  pthread_cond_broadcast (&pool->wake);
  pthread_mutex_unlock (&pool->mutex);
}

EwPool *
ew_pool_new (int threads, GError **error)
{
  if (threads <= 0)
    threads = (int)g_get_num_processors ();

  EwPool *pool = g_new0 (EwPool, 1);

  pool->workers = g_new0 (pthread_t, threads);
  pthread_mutex_init (&pool->mutex, NULL);
  pthread_cond_init (&pool->wake, NULL);
  for (; pool->n_workers < threads - 1; pool->n_workers++)
    if (pthread_create (&pool->workers[pool->n_workers], NULL, worker, pool) != 0)
      {
        g_set_error (error, EW_ERROR, EW_ERROR_DEVICE,
                     "The system allows no more than %d threads; a smaller --threads would do.", pool->n_workers + 1);
        ew_pool_free (pool);
        return NULL;
      }
  return pool;
}

void
ew_pool_free (EwPool *pool)
{
  if (pool == NULL)
    return;
  atomic_store (&pool->quit, TRUE);
  announce (pool);
  for (int i = 0; i < pool->n_workers; i++)
    pthread_join (pool->workers[i], NULL);
  pthread_cond_destroy (&pool->wake);
  pthread_mutex_destroy (&pool->mutex);
  g_free (pool->workers);
  g_free (pool);
}

int
ew_pool_threads (const EwPool *pool)
{
  return pool->n_workers + 1;
}

/* The caller waits for workers that finish their last item: usually a matter of microseconds, but with other programs
 * on the same cores a worker may have lost its turn, so after a while the caller gives up its own. */
static void
await_workers (EwPool *pool)
{
  for (unsigned spins = 0; atomic_load_explicit (&pool->busy, memory_order_acquire) != 0; spins++)
    {
      relax ();
      if (spins > 2000)
        sched_yield ();
    }
}

gboolean
ew_pool_run (EwPool *pool, int n, EwPoolFunc func, gpointer data, EwCancel *cancel)
{
  unsigned denormals = flush_denormals ();

  pool->n = n;
  pool->func = func;
  pool->data = data;
  pool->cancel = cancel;
  atomic_store_explicit (&pool->next, 0, memory_order_relaxed);
  /* One item is not worth waking anybody for. */
  if (n > 1 && pool->n_workers > 0)
    {
      announce (pool);
      take_items (pool);
      await_workers (pool);
    }
  else
    take_items (pool);
  restore_denormals (denormals);
  return !ew_cancelled (cancel);
}
