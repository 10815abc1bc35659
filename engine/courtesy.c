/* Courtesy: one flag for the process; it has one window that is measured by its frames. */
#include "engine/courtesy.h"

#include <sched.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NICE 10

/* A thread gives way no more often than this: two that compute on one core would hand it to and fro. */
#define PAUSE_NS 250000

/* Relaxed: it orders nothing, and one that is seen late costs a moment. */
static atomic_bool frame_is_drawn;

void
ew_courtesy_lower_priority (void)
{
  /* On Linux a thread id is a process id here. Failing to be nice is harmless. */
  setpriority (PRIO_PROCESS, (id_t)syscall (SYS_gettid), NICE);
}

void
ew_courtesy_set_drawing (gboolean drawing)
{
  atomic_store_explicit (&frame_is_drawn, drawing, memory_order_relaxed);
}

gboolean
ew_courtesy_is_drawing (void)
{
  return atomic_load_explicit (&frame_is_drawn, memory_order_relaxed);
}

void
ew_courtesy_give_way (void)
{
  static _Thread_local gint64 last_ns;
  struct timespec t;
  gint64 now;

  if (!ew_courtesy_is_drawing ())
    return;
  clock_gettime (CLOCK_MONOTONIC, &t);
  now = (gint64)t.tv_sec * 1000000000 + t.tv_nsec;
  if (now - last_ns < PAUSE_NS)
    return;
  last_ns = now;
  sched_yield ();
}
