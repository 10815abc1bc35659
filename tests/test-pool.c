/* The worker pool: every item once, whatever the number of threads, jobs and pauses between them. */
#include "engine/pool.h"
#include "engine/random.h"

#include <float.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ITEMS_MAX 600

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

typedef struct
{
  atomic_int calls[ITEMS_MAX];
  EwCancel cancel;
  int cancel_at; /* the item that sets the flag; −1: none */
} Job;

static void
count (int item, gpointer data)
{
  Job *job = data;

  atomic_fetch_add (&job->calls[item], 1);
  if (item == job->cancel_at)
    atomic_store (&job->cancel, 1);
}

static int
most_calls (Job *job)
{
  int most = 0;

  for (int item = 0; item < ITEMS_MAX; item++)
    most = MAX (most, atomic_load (&job->calls[item]));
  return most;
}

static void
run_once (EwPool *pool, int n)
{
  Job job = { .cancel_at = -1 };

  g_assert_true (ew_pool_run (pool, n, count, &job, NULL));
  for (int item = 0; item < ITEMS_MAX; item++)
    if (atomic_load (&job.calls[item]) != (item < n))
      g_assert_cmpint (atomic_load (&job.calls[item]), ==, item < n);
}

static void
test_every_item_once (void)
{
  EwRandom random = 1;

  for (int threads = 1; threads <= 8; threads++)
    {
      EwPool *pool = ew_pool_new (threads, NULL);

      g_assert_cmpint (ew_pool_threads (pool), ==, threads);
      for (int n = 0; n <= 20; n++)
        run_once (pool, n);
      for (int round = 0; round < 500 && !g_test_failed (); round++)
        run_once (pool, (int)(ew_random_uniform (&random) * ITEMS_MAX));
      ew_pool_free (pool);
    }
}

static void
test_default_threads (void)
{
  EwPool *pool = ew_pool_new (0, NULL);

  g_assert_cmpint (ew_pool_threads (pool), ==, (int)g_get_num_processors ());
  run_once (pool, 100);
  ew_pool_free (pool);
  ew_pool_free (NULL);
}

/* What an item has written is seen by the caller, and what the caller writes between jobs by the next job's items,
 * without any atomics of their own. ThreadSanitizer looks at this one. */
static void
add_to_slot (int item, gpointer data)
{
  double *slots = data;

  slots[item] = slots[item] * 0.5 + item;
}

static void
test_hand_over (void)
{
  EwPool *pool = ew_pool_new (4, NULL);
  double slots[ITEMS_MAX] = { 0 };
  double expected[ITEMS_MAX] = { 0 };
  EwRandom random = 2;

  for (int round = 0; round < 2000; round++)
    {
      int n = 1 + (int)(ew_random_uniform (&random) * 40);
      int changed = (int)(ew_random_uniform (&random) * ITEMS_MAX);

      slots[changed] += 1;
      expected[changed] += 1;
      g_assert_true (ew_pool_run (pool, n, add_to_slot, slots, NULL));
      for (int item = 0; item < n; item++)
        expected[item] = expected[item] * 0.5 + item;
    }
  g_assert_cmpmem (slots, sizeof slots, expected, sizeof expected);
  ew_pool_free (pool);
}

/* Pauses of about the time that a worker spins before it sleeps, so that jobs arrive at all moments of that. */
static void
test_sleeping_workers (void)
{
  EwPool *pool = ew_pool_new (3, NULL);
  EwRandom random = 3;

  for (int round = 0; round < 1500 && !g_test_failed (); round++)
    {
      if (round % 2)
        g_usleep ((gulong)(ew_random_uniform (&random) * 120));
      run_once (pool, 2 + round % 7);
    }
  g_usleep (5000);
  run_once (pool, 100);
  ew_pool_free (pool);
}

static void
test_free (void)
{
  for (int round = 0; round < 200; round++)
    {
      EwPool *pool = ew_pool_new (1 + round % 8, NULL);

      /* Right away, right after a job, and while the workers sleep. */
      if (round % 3)
        run_once (pool, round);
      if (round % 20 == 2)
        g_usleep (2000);
      ew_pool_free (pool);
    }
}

static void
test_cancel (void)
{
  EwRandom random = 4;

  for (int threads = 1; threads <= 8; threads++)
    {
      EwPool *pool = ew_pool_new (threads, NULL);

      for (int round = 0; round < 50; round++)
        {
          int n = 1 + (int)(ew_random_uniform (&random) * (ITEMS_MAX - 1));
          Job job = { .cancel_at = (int)(ew_random_uniform (&random) * n) };

          g_assert_false (ew_pool_run (pool, n, count, &job, &job.cancel));
          g_assert_cmpint (most_calls (&job), ==, 1);

          /* Set already: nothing is done. */
          Job none = { .cancel = 1, .cancel_at = -1 };

          g_assert_false (ew_pool_run (pool, n, count, &none, &none.cancel));
          g_assert_cmpint (most_calls (&none), ==, 0);
          run_once (pool, n);
        }
      ew_pool_free (pool);
    }
}

typedef struct
{
  pthread_t caller;
  atomic_int workers;
  atomic_int nicer;
  atomic_int flushed;
  volatile float tiny;
} Surroundings;

static void
look_around (int item, gpointer data)
{
  Surroundings *s = data;

  g_usleep (200);
  if (s->tiny * 0.5f == 0)
    atomic_fetch_add (&s->flushed, 1);
  if (pthread_equal (pthread_self (), s->caller))
    return;
  atomic_fetch_add (&s->workers, 1);
  if (getpriority (PRIO_PROCESS, (id_t)syscall (SYS_gettid)) >= 10)
    atomic_fetch_add (&s->nicer, 1);
}

/* Workers run at nice 10, the caller as before; denormal numbers are flushed in a job and nowhere else. */
static void
test_surroundings (void)
{
  EwPool *pool = ew_pool_new (3, NULL);
  Surroundings s = { .caller = pthread_self (), .tiny = FLT_MIN };
  int priority = getpriority (PRIO_PROCESS, 0);

  /* Until some worker has got one of the items; each sleeps a little, so they do. */
  while (atomic_load (&s.workers) == 0)
    g_assert_true (ew_pool_run (pool, 30, look_around, &s, NULL));
  g_assert_cmpint (atomic_load (&s.nicer), ==, atomic_load (&s.workers));
  g_assert_cmpint (getpriority (PRIO_PROCESS, 0), ==, priority);
#if defined(__SSE__)
  g_assert_cmpint (atomic_load (&s.flushed) % 30, ==, 0);
  g_assert_cmpint (atomic_load (&s.flushed), >, 0);
  g_assert_true (s.tiny * 0.5f != 0);
#endif
  ew_pool_free (pool);
}

/* In a process of its own: so little address space that not all stacks fit. */
static void
test_too_many_threads (void)
{
  if (SANITIZED)
    {
      g_test_skip ("a sanitizer needs address space of its own");
      return;
    }
  if (g_test_subprocess ())
    {
      g_autoptr (GError) error = NULL;
      long pages = 0;
      FILE *statm = fopen ("/proc/self/statm", "r");

      g_assert_cmpint (fscanf (statm, "%ld", &pages), ==, 1);
      fclose (statm);

      rlim_t bytes = (rlim_t)pages * (rlim_t)sysconf (_SC_PAGESIZE) + ((rlim_t)256 << 20);

      g_assert_cmpint (setrlimit (RLIMIT_AS, &(struct rlimit){ bytes, bytes }), ==, 0);
      g_assert_null (ew_pool_new (1000, &error));
      g_assert_error (error, EW_ERROR, EW_ERROR_DEVICE);
      g_assert_true (g_str_has_suffix (error->message, "."));
      g_assert_nonnull (strstr (error->message, "--threads"));
      /* Fewer are possible still. */
      EwPool *pool = ew_pool_new (2, NULL);

      run_once (pool, 10);
      ew_pool_free (pool);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/pool/every-item-once", test_every_item_once);
  g_test_add_func ("/pool/default-threads", test_default_threads);
  g_test_add_func ("/pool/hand-over", test_hand_over);
  g_test_add_func ("/pool/sleeping-workers", test_sleeping_workers);
  g_test_add_func ("/pool/free", test_free);
  g_test_add_func ("/pool/cancel", test_cancel);
  g_test_add_func ("/pool/surroundings", test_surroundings);
  g_test_add_func ("/pool/too-many-threads", test_too_many_threads);
  return g_test_run ();
}
