/* EwSession: the time line: earlier epochs shown and played, branches, and the runs that are kept. */
#include "app/session-private.h"

#include <glib/gi18n.h>

static void
show_runs (EwSession *session)
{
  EwRunRow rows[EW_CHART_RUNS_MAX];
  EwChartRun drawn[EW_CHART_RUNS_MAX];
  int n = ew_runs_fill (session->runs, rows, drawn);

  ew_run_list_set_runs (ew_window_run_list (session->window), rows, ew_runs_count (session->runs));
  ew_window_set_runs (session->window, drawn, n);
}

static void
keep_run (EwSession *session, const char *name)
{
  EwCurves *curves = session->snapshot == NULL ? NULL : session->snapshot->curves;
  g_autofree char *gone = NULL;

  if (curves == NULL || curves->n_points == 0 || ew_runs_has (session->runs, curves))
    return;
  ew_runs_add (session->runs, curves, name, &gone);
  if (gone != NULL)
    {
      g_autofree char *sentence
          = g_strdup_printf (_ ("Up to %d runs are kept: %s, the oldest, was removed."), EW_CHART_RUNS_MAX, gone);

      ew_window_toast (session->window, sentence);
    }
  show_runs (session);
}

void
ew_session_keep_past_run (EwSession *session)
{
  const EwSnapshot *s = session->snapshot;
  g_autofree char *name = NULL;

  /* What was sent since may have left the past already. */
  if (s == NULL || !s->past || s->generation < session->time_generation || s->generation < session->kernel_generation)
    return;
  name = g_strdup_printf (_ ("To epoch %" G_GUINT64_FORMAT), s->epoch);
  keep_run (session, name);
}

gboolean
ew_session_time_moves (const EwSession *session)
{
  return session->snapshot->playing != 0 || g_get_monotonic_time () - session->asked_us < G_USEC_PER_SEC / 2;
}

static void
on_epoch_asked (EwWindow *window, guint64 epoch, EwSession *session)
{
  session->asked_us = g_get_monotonic_time ();
  session->time_generation = ew_loop_show_epoch (session->loop, epoch);
}

static void
on_epoch_hovered (EwWindow *window, guint64 epoch, EwSession *session)
{
  if (epoch > 0 && session->snapshot != NULL && session->snapshot->epoch > 0)
    ew_loop_read_epoch (session->loop, MIN (epoch, session->snapshot->epoch));
}

static void
on_play (EwTimeBar *bar, double speed, EwSession *session)
{
  session->time_generation = ew_loop_play (session->loop, speed);
}

static void
on_branch (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  EwSession *session = data;

  ew_session_keep_past_run (session);
  session->time_generation = ew_loop_branch (session->loop);
}

static void
on_show_end (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  EwSession *session = data;

  session->time_generation = ew_loop_show_epoch (session->loop, G_MAXUINT64);
}

static void
on_keep_run (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  keep_run (data, NULL);
}

static void
on_run_renamed (EwRunList *list, int id, const char *name, EwSession *session)
{
  ew_runs_rename (session->runs, id, name);
  show_runs (session);
}

static void
on_run_shown (EwRunList *list, int id, gboolean shown, EwSession *session)
{
  EwRunRow rows[EW_CHART_RUNS_MAX];
  EwChartRun drawn[EW_CHART_RUNS_MAX];

  /* The list stays as it is: its button has the keyboard. */
  ew_runs_show (session->runs, id, shown);
  ew_window_set_runs (session->window, drawn, ew_runs_fill (session->runs, rows, drawn));
}

static gboolean
on_removed_later (gpointer data)
{
  show_runs (data);
  return G_SOURCE_REMOVE;
}

/* The button that was pressed goes with its row, but not while it tells of it. */
static void
on_run_removed (EwRunList *list, int id, EwSession *session)
{
  ew_runs_remove (session->runs, id);
  g_idle_add (on_removed_later, session);
}

void
ew_session_add_time (EwSession *session)
{
  static const GActionEntry entries[] = {
    { .name = "branch", .activate = on_branch },
    { .name = "show-end", .activate = on_show_end },
    { .name = "keep-run", .activate = on_keep_run },
  };
  EwRunList *list = ew_window_run_list (session->window);

  session->runs = ew_runs_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (session->window), entries, G_N_ELEMENTS (entries), session);
  g_signal_connect (session->window, "epoch-asked", G_CALLBACK (on_epoch_asked), session);
  g_signal_connect (session->window, "epoch-hovered", G_CALLBACK (on_epoch_hovered), session);
  g_signal_connect (ew_window_time_bar (session->window), "play", G_CALLBACK (on_play), session);
  g_signal_connect (list, "renamed", G_CALLBACK (on_run_renamed), session);
  g_signal_connect (list, "shown", G_CALLBACK (on_run_shown), session);
  g_signal_connect (list, "removed", G_CALLBACK (on_run_removed), session);
  ew_session_add_curves (session);
}

void
ew_session_disconnect_time (EwSession *session)
{
  g_signal_handlers_disconnect_by_data (session->window, session);
  g_signal_handlers_disconnect_by_data (ew_window_time_bar (session->window), session);
  g_signal_handlers_disconnect_by_data (ew_window_run_list (session->window), session);
}
