/* EwSession: the loss surface, made beside training by a worker while it is open; and starting from a place on it. */
#include "app/session-private.h"

#include <glib/gi18n.h>

/* While training runs it is made at most this often. */
#define INTERVAL_US 33000

/* A worker that takes longer than this has not got the sums: that is said. */
#define PATIENCE_MS 300

static gboolean
on_made (gpointer data)
{
  EwSession *session = data;
  g_autoptr (EwSurfaceMap) map = ew_surface_worker_take (session->surface_worker);

  if (map != NULL && map->task == session->task)
    {
      session->surface_task = map->task;
      g_clear_handle_id (&session->surface_timeout, g_source_remove);
      ew_window_show_surface (session->window, map);
    }
  ew_session_renew_surface (session);
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
  g_clear_pointer (&session->surface_kernel, ew_kernel_unref);
  g_clear_handle_id (&session->surface_timeout, g_source_remove);
  if (session->surface_worker != NULL)
    ew_surface_worker_stop (session->surface_worker);
}

static gboolean
on_patience_over (gpointer data)
{
  EwSession *session = data;

  session->surface_timeout = 0;
  ew_window_wait_for_surface (session->window);
  return G_SOURCE_REMOVE;
}

/* Whether what was asked for last is what there is to show; or it may wait. */
static gboolean
is_asked_for (const EwSession *session, const EwSurfaceChoice *choice)
{
  const EwSnapshot *s = session->snapshot;

  if (session->surface_kernel == NULL || session->surface_asked != s->task
      || !ew_surface_choice_equal (&session->surface_choice, choice))
    return FALSE;
  return (ew_kernel_equal (session->surface_kernel, s->kernel) && session->surface_curves == s->curves)
         || (s->state == EW_RUN_RUNNING && g_get_monotonic_time () - session->surface_us < INTERVAL_US)
         || ew_surface_worker_is_busy (session->surface_worker);
}

static gboolean
has_worker (EwSession *session)
{
  const EwBackend *cpu = ew_cpu_backend ();

  if (session->surface_worker == NULL)
    session->surface_worker = ew_surface_worker_new (ew_devices_new (&cpu, 1, 0), on_wake, session);
  return session->surface_worker != NULL;
}

void
ew_session_renew_surface (EwSession *session)
{
  const EwSnapshot *s = session->snapshot;
  EwSurfaceChoice choice;

  ew_session_renew_race (session);
  if (!ew_window_wants_surface (session->window, &choice))
    {
      stop (session);
      return;
    }
  if (s == NULL || s->kernel == NULL || s->task != session->task || session->surface_cancelled == s->task
      || is_asked_for (session, &choice) || !has_worker (session))
    return;
  ew_kernel_unref (session->surface_kernel);
  session->surface_kernel = ew_kernel_ref (s->kernel);
  session->surface_curves = s->curves;
  session->surface_asked = s->task;
  session->surface_choice = choice;
  session->surface_us = g_get_monotonic_time ();
  if (session->surface_task != s->task && session->surface_timeout == 0)
    session->surface_timeout = g_timeout_add (PATIENCE_MS, on_patience_over, session);
  ew_surface_worker_ask (session->surface_worker, session->snapshot, &choice);
}

/* Somebody wants it, perhaps after having cancelled it. */
static void
on_wanted (EwSession *session)
{
  session->surface_cancelled = 0;
  ew_session_renew_surface (session);
}

static void
on_cancelled (EwSession *session)
{
  session->surface_cancelled = session->task;
  stop (session);
}

/* A run from these weights, with everything else as it is. */
static void
on_start_asked (EwWindow *window, gpointer kernel, EwSession *session)
{
  EwMoment before;

  ew_window_hide_banner (session->window);
  ew_session_begin (session, &before);
  g_clear_pointer (&session->edited, ew_kernel_unref);
  session->kernel_generation = ew_loop_reset (session->loop);
  ew_session_put_kernel (session, kernel);
  ew_session_commit (session, &before, _ ("Start from Here"), 0);
}

void
ew_session_connect_surface (EwSession *session)
{
  g_signal_connect_swapped (session->window, "surface-wanted", G_CALLBACK (on_wanted), session);
  g_signal_connect_swapped (session->window, "surface-cancelled", G_CALLBACK (on_cancelled), session);
  g_signal_connect (session->window, "start-asked", G_CALLBACK (on_start_asked), session);
  ew_session_connect_race (session);
}

void
ew_session_clear_surface (EwSession *session)
{
  ew_session_clear_race (session);
  g_clear_handle_id (&session->surface_timeout, g_source_remove);
  g_clear_pointer (&session->surface_worker, ew_surface_worker_free);
  g_clear_pointer (&session->surface_kernel, ew_kernel_unref);
}
