/* EwSession: its life, and the way from the loop to the window. */
#include "app/session-private.h"

#include "app/frame-room.h"
#include "gpu/cuda.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* What undo keeps: changes, and bytes of pictures that are no longer open. */
#define UNDO_STEPS 200
#define UNDO_BYTES ((gsize)512 << 20)

void
ew_session_show_experiment (EwSession *session)
{
  EwSidebar *sidebar = ew_window_sidebar (session->window);
  g_autofree char *input = ew_source_describe (session->experiment.input);
  g_autofree char *target = ew_experiment_describe_target (&session->experiment);
  g_autofree char *note = session->experiment.target == NULL ? g_strdup (_ ("made by this kernel from the input"))
                                                             : ew_source_describe (session->experiment.target);

  ew_sidebar_set_settings (sidebar, &session->experiment.settings);
  ew_session_show_recipe (session);
  ew_sidebar_set_input (sidebar, input, session->experiment.input->has_colour);
  ew_sidebar_set_target_note (sidebar, note);
  ew_window_set_names (session->window, session->experiment.input->name, target);
  ew_session_show_pairs (session);
}

void
ew_session_apply_sample (EwSession *session)
{
  ew_loop_set_sample (session->loop, ew_experiment_sample (&session->experiment));
}

/* Asks for the part that the panes show of what the snapshots are of. */
static void
apply_viewport (EwSession *session)
{
  EwViewport viewport;

  if (ew_window_get_viewport (session->window, &viewport))
    ew_loop_set_viewport (session->loop, &viewport);
}

void
ew_session_changed (EwSession *session, char *note)
{
  ew_window_hide_banner (session->window);
  if (note != NULL)
    ew_window_show_banner (session->window, note, NULL, NULL, NULL);
  g_free (note);
  /* A higher speed waits until the task has been taken: what is open would run at it while that is loaded. */
  if (!session->has_accepted || session->experiment.settings.speed < session->accepted.settings.speed)
    ew_loop_set_speed (session->loop, session->experiment.settings.speed);
  ew_session_apply (session, session->learn_flat_out);
}

void
ew_session_refuse (EwSession *session, GError *error)
{
  ew_window_show_banner (session->window, error->message, NULL, NULL, NULL);
  g_error_free (error);
  ew_session_show_experiment (session);
}

/* The loop could not use the experiment: what was open stays open. */
static void
go_back (EwSession *session)
{
  if (!session->has_accepted)
    return;
  ew_experiment_clear (&session->experiment);
  ew_experiment_copy (&session->experiment, &session->accepted);
  if (session->snapshot != NULL)
    session->task = session->snapshot->task;
  /* The refused one's may have been set already. */
  ew_loop_set_speed (session->loop, session->experiment.settings.speed);
  /* Answered by a snapshot of what stays open; one that came before the notice was not shown. */
  ew_session_apply_sample (session);
  ew_session_show_experiment (session);
}

static void
offer_smaller_rate (EwSession *session, const char *sentence)
{
  double limit = session->snapshot == NULL ? NAN : session->snapshot->rate_limit;
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *button = NULL;

  if (!isfinite (limit))
    {
      ew_window_show_banner (session->window, sentence, NULL, NULL, NULL);
      return;
    }
  g_ascii_formatd (number, sizeof number, "%.3g", EW_RATE_SHARE * limit);
  button = g_strdup_printf (_ ("Start again at %s"), number);
  ew_window_show_banner (session->window, sentence, button, "win.learn-at-rate",
                         g_variant_new_double (EW_RATE_SHARE * limit));
}

static void
take_notice (EwSession *session, const EwNotice *notice)
{
  g_message ("%s", notice->sentence);
  switch (notice->kind)
    {
    case EW_NOTICE_DIVERGED:
      offer_smaller_rate (session, notice->sentence);
      break;
    case EW_NOTICE_REFUSED:
      if (notice->task != session->task)
        break;
      ew_window_show_banner (session->window, notice->sentence, NULL, NULL, NULL);
      go_back (session);
      if (session->undo_task == notice->task)
        ew_undo_drop (session->undo);
      ew_session_show_undo (session);
      break;
    case EW_NOTICE_DEVICE:
      ew_window_set_device_note (session->window, notice->sentence);
      ew_window_show_banner (session->window, notice->sentence, NULL, NULL, NULL);
      break;
    case EW_NOTICE_RECIPE:
      ew_window_toast (session->window, notice->sentence);
      break;
    case EW_NOTICE_INFO:
    default:
      ew_window_set_device_note (session->window, notice->sentence);
      break;
    }
}

static void
accept_experiment (EwSession *session, const EwSnapshot *snapshot)
{
  if (snapshot->task != session->task || snapshot->state == EW_RUN_PREPARING || snapshot->kernel == NULL)
    return;
  if (session->has_accepted && session->snapshot != NULL && session->snapshot->task == snapshot->task)
    return;
  ew_experiment_clear (&session->accepted);
  ew_experiment_copy (&session->accepted, &session->experiment);
  session->has_accepted = TRUE;
  ew_loop_set_speed (session->loop, session->experiment.settings.speed);
}

static void
take_snapshot (EwSession *session, EwSnapshot *snapshot)
{
  gboolean current = snapshot->task == session->task;

  accept_experiment (session, snapshot);
  /* Of a task that is no longer wanted nothing is shown any more; the former one stays until the new one is there. */
  if (!current && snapshot->state != EW_RUN_PREPARING)
    return;
  ew_snapshot_unref (session->snapshot);
  session->snapshot = ew_snapshot_ref (snapshot);
  ew_input_stats_snapshot (ew_frame_stats_input (session->stats), snapshot->generation, snapshot->kernel);
  ew_window_keep_time (session->window, snapshot->generation < session->time_generation);
  ew_window_show_snapshot (session->window, snapshot, snapshot->generation < session->kernel_generation);
  apply_viewport (session);
  ew_session_take_recipe (session, snapshot);
  ew_session_renew_tap (session);
  ew_session_renew_histogram (session);
  ew_session_renew_surface (session);
  ew_session_diagnose (session);
  ew_session_appraise (session);
  ew_session_update_actions (session);
  ew_frame_stats_update (session->stats, snapshot->state == EW_RUN_RUNNING || ew_session_time_moves (session),
                         snapshot->epoch);
}

/* Flat out, epochs may be slower than frames; frames go on all the same, so that nothing that follows waits for one.
 * Likewise where epochs are sought. */
static gboolean
wants_frames (const EwSession *session)
{
  return session->snapshot != NULL
         && ((session->snapshot->state == EW_RUN_RUNNING && isinf (session->experiment.settings.speed))
             || ew_session_time_moves (session));
}

/* Once a frame while there is something new; the last notice is shown before the snapshot that follows it. */
static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  EwSession *session = data;
  g_autoptr (EwSnapshot) snapshot = ew_loop_take_snapshot (session->loop);
  g_autoptr (EwPictures) pictures = ew_loop_take_pictures (session->loop);
  EwNotice *notice;
  gboolean idle = snapshot == NULL && pictures == NULL;

  ew_window_begin_frame (session->window, pictures != NULL);
  if (snapshot != NULL)
    take_snapshot (session, snapshot);
  if (pictures != NULL)
    {
      ew_window_show_pictures (session->window, pictures);
      ew_input_stats_pictures (ew_frame_stats_input (session->stats), pictures->kernel);
      ew_session_renew_histogram (session);
    }
  while ((notice = ew_loop_take_notice (session->loop)) != NULL)
    {
      idle = FALSE;
      take_notice (session, notice);
      ew_notice_free (notice);
    }
  if (!idle || wants_frames (session))
    return G_SOURCE_CONTINUE;
  if (session->snapshot != NULL)
    ew_frame_stats_update (session->stats, session->snapshot->state == EW_RUN_RUNNING, session->snapshot->epoch);
  session->tick = 0;
  return G_SOURCE_REMOVE;
}

/* On the main thread: something can be taken. Frames are only asked for while that is so. */
static gboolean
on_news (gpointer data)
{
  EwSession *session = data;

  if (session->tick == 0)
    session->tick = gtk_widget_add_tick_callback (GTK_WIDGET (session->window), on_tick, session, NULL);
  return G_SOURCE_REMOVE;
}

/* On the loop's thread. */
static void
on_wake (gpointer data)
{
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_news, data, NULL);
}

static void
on_viewport_changed (EwWindow *window, EwSession *session)
{
  apply_viewport (session);
}

static gboolean
on_quit_timeout (gpointer data)
{
  EwSession *session = data;

  session->quit_timeout = 0;
  gtk_window_close (GTK_WINDOW (session->window));
  return G_SOURCE_REMOVE;
}

static void
on_first_frame (gpointer data)
{
  EwSession *session = data;

  if (session->quit_after > 0)
    session->quit_timeout
        = g_timeout_add ((guint)MIN (session->quit_after * 1000, G_MAXUINT), on_quit_timeout, session);
}

static void
session_free (gpointer data)
{
  EwSession *session = data;

  g_clear_handle_id (&session->progress_timeout, g_source_remove);
  g_clear_pointer (&session->opening, ew_opening_cancel);
  g_clear_pointer (&session->pairs_opening, ew_pairs_opening_cancel);
  g_clear_pointer (&session->pairs_shown, ew_pairs_unref);
  g_clear_object (&session->dialog);
  ew_loop_free (session->loop);
  ew_tap_worker_free (session->tap_worker);
  ew_session_clear_histogram (session);
  ew_session_clear_pair (session);
  ew_session_clear_surface (session);
  /* The thread is gone; what it has asked for on this one must not come any more. */
  while (g_idle_remove_by_data (session))
    ;
  g_ptr_array_unref (session->exports);
  ew_runs_free (session->runs);
  g_clear_handle_id (&session->quit_timeout, g_source_remove);
  ew_frame_stats_free (session->stats);
  ew_experiment_clear (&session->experiment);
  if (session->has_accepted)
    ew_experiment_clear (&session->accepted);
  ew_snapshot_unref (session->snapshot);
  ew_kernel_unref (session->edited);
  g_clear_object (&session->settings);
  ew_undo_free (session->undo);
  ew_diagnoser_free (session->diagnoser);
  g_free (session);
}

/* Before the widgets go: while they do they still tell of changes, of the focus that leaves an entry for one. */
static void
on_window_closed (GtkWidget *window, EwSession *session)
{
  if (session->tick != 0)
    gtk_widget_remove_tick_callback (window, session->tick);
  g_signal_handlers_disconnect_by_data (ew_window_sidebar (session->window), session);
  ew_session_disconnect_recipe (session);
  g_signal_handlers_disconnect_by_data (ew_window_kernel_view (session->window), session);
  g_signal_handlers_disconnect_by_data (window, session);
  g_object_set_data (G_OBJECT (window), "ew-session", NULL);
}

static EwDevices *
make_devices (void)
{
  const EwBackend *const backends[] = { ew_cpu_backend (), ew_cuda_backend () };

  return ew_devices_new (backends, G_N_ELEMENTS (backends), 0);
}

/* The command line's wishes for the textbook's experiment, or for the files that are about to be read. */
static void
wish (EwSession *session, const EwOptions *options)
{
  EwExperiment *experiment = &session->experiment;
  g_autoptr (GError) error = NULL;

  session->learn_flat_out = options->learn;
  if (options->learn)
    {
      experiment->settings.rate = 0;
      experiment->settings.epochs = 0;
      experiment->settings.speed = INFINITY;
    }
  if (options->kernel_height == 0)
    return;
  if (options->input != NULL)
    {
      session->wished_height = options->kernel_height;
      session->wished_width = options->kernel_width;
    }
  else if (!ew_experiment_set_size (experiment, options->kernel_height, options->kernel_width, &error))
    ew_window_show_banner (session->window, error->message, NULL, NULL, NULL);
}

static char *
absolute_path (const char *directory, const char *path)
{
  if (path == NULL)
    return NULL;
  return directory == NULL ? g_strdup (path) : g_canonicalize_filename (path, directory);
}

static void
start_experiment (EwSession *session, const EwOptions *options, const char *directory)
{
  g_autofree char *input = absolute_path (directory, options->input);
  g_autofree char *target = absolute_path (directory, options->target);

  ew_experiment_init_textbook (&session->experiment);
  wish (session, options);
  if (options->device != NULL)
    ew_loop_set_device (session->loop, options->device);
  ew_loop_set_speed (session->loop, session->experiment.settings.speed);
  /* Without files the textbook's experiment learns from the start; with them it is what is seen until they are read. */
  ew_session_apply (session, options->input == NULL);
  if (input != NULL)
    ew_session_open_paths (session, input, target);
}

EwSession *
ew_session_new (EwWindow *window, const EwOptions *options, const char *directory, const char *frame_stats,
                GSettings *settings)
{
  EwSession *session = g_new0 (EwSession, 1);

  session->window = window;
  session->settings = settings == NULL ? NULL : g_object_ref (settings);
  session->quit_after = options->quit_after;
  session->undo = ew_undo_new (UNDO_STEPS, UNDO_BYTES);
  session->stats = ew_frame_stats_new (GTK_WIDGET (window), frame_stats, on_first_frame, session);
  ew_frame_room_keep (GTK_WIDGET (window));
  session->loop = ew_loop_new (make_devices (), on_wake, session);
  g_object_set_data_full (G_OBJECT (window), "ew-session", session, session_free);
  g_signal_connect (window, "closed", G_CALLBACK (on_window_closed), session);
  g_signal_connect (window, "viewport-changed", G_CALLBACK (on_viewport_changed), session);
  ew_session_add_actions (session);
  ew_session_add_undo_actions (session);
  ew_session_add_kernel_actions (session);
  ew_session_add_file_actions (session);
  ew_session_add_device_actions (session);
  ew_session_add_recipe (session);
  ew_session_add_time (session);
  ew_session_connect_controls (session);
  ew_session_connect_tap (session);
  ew_session_connect_histogram (session);
  ew_session_add_pair (session);
  ew_session_connect_surface (session);
  start_experiment (session, options, directory);
  return session;
}
