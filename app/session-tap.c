/* EwSession: the gradient of the weight that is pointed at, made beside training by a worker. */
#include "app/session-private.h"

/* Longer sides of the pictures are reduced to this, in values: what the strip has room for. */
#define SIDE_MAX 128

/* While training runs it is made at most this often. */
#define INTERVAL_US 100000

static gboolean
on_made (gpointer data)
{
  EwSession *session = data;
  g_autoptr (EwTapGradient) gradient = ew_tap_worker_take (session->tap_worker);

  /* Of a tap or task that is no longer pointed at nothing is shown any more. */
  if (gradient != NULL && gradient->tap == session->tap && gradient->task == session->task)
    ew_window_show_tap_gradient (session->window, gradient);
  return G_SOURCE_REMOVE;
}

/* On the worker's thread. */
static void
on_wake (gpointer data)
{
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_made, data, NULL);
}

static void
ask (EwSession *session)
{
  if (session->tap_worker == NULL)
    {
      const EwBackend *cpu = ew_cpu_backend ();

      session->tap_worker = ew_tap_worker_new (ew_devices_new (&cpu, 1, 1), on_wake, session);
    }
  if (session->tap_worker == NULL)
    return;
  session->tap_us = g_get_monotonic_time ();
  ew_tap_worker_ask (session->tap_worker, session->snapshot, session->tap, SIDE_MAX);
}

void
ew_session_renew_tap (EwSession *session)
{
  gboolean running = session->snapshot->state == EW_RUN_RUNNING;

  if (session->tap < 0 || session->snapshot->kernel == NULL
      || session->tap >= ew_kernel_n_taps (session->snapshot->kernel))
    return;
  /* The last one before a pause is made in any case. */
  if (running
      && (g_get_monotonic_time () - session->tap_us < INTERVAL_US
          || (session->tap_worker != NULL && ew_tap_worker_is_busy (session->tap_worker))))
    return;
  ask (session);
}

static void
on_weight_pointed (EwKernelView *view, int index, EwSession *session)
{
  session->tap = index;
  session->tap_us = 0;
  if (index < 0 && session->tap_worker != NULL)
    ew_tap_worker_stop (session->tap_worker);
  else if (index >= 0 && session->snapshot != NULL && session->snapshot->kernel != NULL
           && index < ew_kernel_n_taps (session->snapshot->kernel))
    ask (session);
}

static void
on_animating (EwWindow *window, gboolean animating, EwSession *session)
{
  ew_frame_stats_set_animating (session->stats, animating);
}

void
ew_session_connect_tap (EwSession *session)
{
  session->tap = -1;
  g_signal_connect (session->window, "animating", G_CALLBACK (on_animating), session);
  g_signal_connect (ew_window_kernel_view (session->window), "weight-pointed", G_CALLBACK (on_weight_pointed), session);
}
