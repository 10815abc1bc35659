/* EwPool: each thread has its own share of the items and then helps with the others'; idle workers spin briefly, then
 * sleep.
 *
 * The shares are the same in every job of as many items, so that what a thread works on is what it has in its own cache
 * from the last time. The owner takes items from the front of its share, helpers from the back.
 *
 * A job is announced by raising `round`. Workers that see it take items until none is left, then count themselves out
 * in `busy`; the caller works too and waits for busy to reach zero. Waking a sleeper costs about 8 µs, a spinning one
 * 0.2 µs, so a worker spins for SPIN_NS after a job: epochs follow each other closely. */
#include "engine/pool.h"

#include "engine/courtesy.h"

#include <pthread.h>
#include <sched.h>
#include <time.h>
#if defined(__SSE__)
#include <xmmintrin.h>
#endif

#define SPIN_NS 50000
/* Flush results and inputs that are denormal to zero: arithmetic on them is up to 200 times slower. */
#define MXCSR_FLUSH 0x8040

/* The items of a share that are not taken yet: the first in the upper half, the end in the lower. On a cache line of
 * its own. */
typedef struct
{
  _Alignas(64) atomic_uint_least64_t items;
} Share;

typedef struct
{
  EwPool *pool;
  int place; /* of its share; the caller's is 0 */
  pthread_t thread;
} Worker;

struct _EwPool
{
  int n_workers;
  Worker *workers;
  Share *shares;
  atomic_uint round;
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

static guint64
pack (int first, int end)
{
  return (guint64)first << 32 | (guint32)end;
}

/* An item of that share, from its back or its front; −1 where none is left. */
static int
take_item (Share *share, gboolean back)
{
  guint64 items = atomic_load_explicit (&share->items, memory_order_relaxed);

  for (;;)
    {
      int first = (int)(items >> 32);
      int end = (int)(guint32)items;
      guint64 left = back ? pack (first, end - 1) : pack (first + 1, end);

      if (first >= end)
        return -1;
      if (atomic_compare_exchange_weak_explicit (&share->items, &items, left, memory_order_relaxed,
                                                 memory_order_relaxed))
        return back ? end - 1 : first;
    }
}

static void
take_items (EwPool *pool, int place)
{
  int n_shares = pool->n_workers + 1;

  for (int i = 0; i < n_shares; i++)
    {
      Share *share = &pool->shares[(place + i) % n_shares];
      int item;

      while (!ew_cancelled (pool->cancel) && (item = take_item (share, i > 0)) >= 0)
        {
          pool->func (item, pool->data);
          ew_courtesy_give_way ();
        }
    }
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
  const Worker *self = data;
  EwPool *pool = self->pool;
  unsigned seen = 0;

  ew_courtesy_lower_priority ();
  flush_denormals ();
  for (;;)
    {
      await_round (pool, seen);
      seen++;
      if (atomic_load (&pool->quit))
        return NULL;
      take_items (pool, self->place);
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

  pool->workers = g_new0 (Worker, threads);
  pool->shares = g_aligned_alloc0 ((gsize)threads, sizeof (Share), sizeof (Share));
  pthread_mutex_init (&pool->mutex, NULL);
  pthread_cond_init (&pool->wake, NULL);
  for (; pool->n_workers < threads - 1; pool->n_workers++)
    {
      Worker *w = &pool->workers[pool->n_workers];

      w->pool = pool;
      w->place = pool->n_workers + 1;
      if (pthread_create (&w->thread, NULL, worker, w) == 0)
        continue;
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
    pthread_join (pool->workers[i].thread, NULL);
  pthread_cond_destroy (&pool->wake);
  pthread_mutex_destroy (&pool->mutex);
  g_aligned_free (pool->shares);
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

static void
run_together (EwPool *pool)
{
  int n_shares = pool->n_workers + 1;

  for (int i = 0; i < n_shares; i++)
    {
      int first = (int)((gint64)pool->n * i / n_shares);
      int end = (int)((gint64)pool->n * (i + 1) / n_shares);

      atomic_store_explicit (&pool->shares[i].items, pack (first, end), memory_order_relaxed);
    }
  announce (pool);
  take_items (pool, 0);
  await_workers (pool);
}

gboolean
ew_pool_run (EwPool *pool, int n, EwPoolFunc func, gpointer data, EwCancel *cancel)
{
  unsigned denormals = flush_denormals ();

  pool->n = n;
  pool->func = func;
  pool->data = data;
  pool->cancel = cancel;
  /* One item is not worth waking anybody for. */
  if (n > 1 && pool->n_workers > 0)
    run_together (pool);
  else
    for (int item = 0; item < n && !ew_cancelled (cancel); item++)
      {
        func (item, data);
        ew_courtesy_give_way ();
      }
  restore_denormals (denormals);
  return !ew_cancelled (cancel);
}
