/* EwSession: the histogram of what the right pane shows, counted beside training by a worker while it is open. */
#include "app/session-private.h"

/* While training runs it is made at most this often. */
#define INTERVAL_US 100000

static gboolean
on_made (gpointer data)
{
  EwSession *session = data;
  g_autoptr (EwHistogram) histogram = ew_histogram_worker_take (session->histogram_worker);

  if (histogram != NULL && histogram->task == session->task && session->snapshot != NULL
      && histogram->sample == session->snapshot->sample)
    ew_window_show_histogram (session->window, histogram);
  ew_session_renew_histogram (session);
  return G_SOURCE_REMOVE;
}

/* On the worker's thread. */
static void
on_wake (gpointer data)
{
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_made, data, NULL);
}

static void
stop (EwSession *session)
{
  g_clear_pointer (&session->counted.kernel, ew_kernel_unref);
  if (session->histogram_worker != NULL)
    ew_histogram_worker_stop (session->histogram_worker);
}

/* Whether it is for the planes of what was asked for last. */
static gboolean
same_planes (const EwSession *session, EwHistogramOf of)
{
  const EwSnapshot *s = session->snapshot;

  return session->counted.kernel != NULL && session->counted.task == s->task && session->counted.sample == s->sample
         && session->counted.of == of;
}

void
ew_session_renew_histogram (EwSession *session)
{
  const EwSnapshot *s = session->snapshot;
  gint64 now = g_get_monotonic_time ();
  EwHistogramOf of;
  double low, high;

  if (!ew_window_wants_histogram (session->window, &of, &low, &high))
    {
      stop (session);
      return;
    }
  if (s == NULL || s->kernel == NULL || s->x == NULL)
    return;
  if (same_planes (session, of)
      && ((session->counted.low == low && session->counted.high == high
           && ew_kernel_equal (session->counted.kernel, s->kernel))
          || (s->state == EW_RUN_RUNNING && now - session->counted_us < INTERVAL_US)
          || ew_histogram_worker_is_busy (session->histogram_worker)))
    return;
  if (session->histogram_worker == NULL
      && (session->histogram_worker = ew_histogram_worker_new (on_wake, session)) == NULL)
    return;
  ew_kernel_unref (session->counted.kernel);
  session->counted = (EwCounted){ s->task, s->sample, of, low, high, ew_kernel_ref (s->kernel) };
  session->counted_us = now;
  ew_histogram_worker_ask (session->histogram_worker, session->snapshot, of, low, high);
}

void
ew_session_connect_histogram (EwSession *session)
{
  g_signal_connect_swapped (session->window, "histogram-wanted", G_CALLBACK (ew_session_renew_histogram), session);
}

void
ew_session_clear_histogram (EwSession *session)
{
  g_clear_pointer (&session->histogram_worker, ew_histogram_worker_free);
  g_clear_pointer (&session->counted.kernel, ew_kernel_unref);
}
