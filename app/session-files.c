/* EwSession: opening and saving: dialogs, the command line. */
#include "app/files/kernel-file.h"
#include "app/files/write.h"
#include "app/opening.h"
#include "app/session-private.h"

#include <glib/gi18n.h>

#define PROGRESS_INTERVAL_MS 100

/* What a dialog was opened for. */
typedef enum
{
  FILE_INPUT,
  FILE_TARGET,
  FILE_KERNEL,
  FILE_SAVE_KERNEL,
} FileRole;

void
ew_session_cancel_opening (EwSession *session)
{
  ew_session_cancel_pairs (session);
  g_clear_handle_id (&session->progress_timeout, g_source_remove);
  g_clear_pointer (&session->opening, ew_opening_cancel);
  ew_window_show_loading (session->window, NULL, 0);
}

void
ew_session_end_opening (EwSession *session)
{
  g_clear_handle_id (&session->progress_timeout, g_source_remove);
  ew_window_show_loading (session->window, NULL, 0);
}

static gboolean
on_progress_timeout (gpointer data)
{
  EwSession *session = data;
  EwOpening *opening = session->opening;
  int permille = atomic_load (&opening->permille);
  g_autofree char *name = g_filename_display_basename (opening->paths[atomic_load (&opening->reading)]);
  g_autofree char *what = g_strdup_printf (_ ("Opening %s…"), name);

  ew_window_show_loading (session->window, what, permille < 0 ? -1 : permille / 1000.0);
  return G_SOURCE_CONTINUE;
}

/* Both files as one change: a pair that does not fit leaves everything as it was. */
static gboolean
take_sources (EwSession *session, EwOpening *opening, char **note, GError **error)
{
  EwSource *input = opening->sources[0];
  EwSource *target = opening->sources[1];
  EwExperiment changed;

  ew_experiment_copy (&changed, &session->experiment);
  changed.settings.channels = opening->channels;
  if (session->wished_height > 0)
    ew_experiment_wish_size (&changed, session->wished_height, session->wished_width);
  if (!(input != NULL && target != NULL ? ew_experiment_set_pair (&changed, input, target, note, error)
        : input != NULL                 ? ew_experiment_set_input (&changed, input, note, error)
                                        : ew_experiment_set_target (&changed, target, note, error)))
    {
      ew_experiment_clear (&changed);
      return FALSE;
    }
  session->wished_height = 0;
  ew_experiment_clear (&session->experiment);
  session->experiment = changed;
  return TRUE;
}

/* Of a pair they stand with what else is said of it. */
static void
take_notes (EwSession *session, const GString *notes)
{
  char *note = notes->len > 0 ? g_strdup (notes->str) : NULL;

  if (session->experiment.target == NULL)
    {
      ew_session_changed (session, note);
      return;
    }
  ew_session_changed (session, NULL);
  g_free (session->pair_note);
  session->pair_note = note;
}

static void
on_opened (EwOpening *opening, GError *error, gpointer data)
{
  EwSession *session = data;
  g_autoptr (GString) notes = g_string_new (NULL);
  g_autofree char *note = NULL;
  GError *refused = NULL;
  EwMoment before;

  ew_session_begin (session, &before);
  ew_session_end_opening (session);
  if (error != NULL)
    ew_session_refuse (session, g_error_copy (error));
  else if (!take_sources (session, opening, &note, &refused))
    {
      ew_session_refuse (session, refused);
      ew_session_examine_refused (session, opening->sources[0], opening->sources[1]);
    }
  else
    {
      ew_frame_stats_decoded (session->stats);
      for (int i = 0; i < 2; i++)
        if (opening->notes[i] != NULL)
          g_string_append_printf (notes, "%s%s", notes->len > 0 ? " " : "", opening->notes[i]);
      if (note != NULL)
        g_string_append_printf (notes, "%s%s", notes->len > 0 ? " " : "", note);
      take_notes (session, notes);
    }
  ew_session_commit (session, &before, opening->sources[0] != NULL ? _ ("Open Input") : _ ("Open Target"), 0);
  g_clear_pointer (&session->opening, ew_opening_unref);
}

void
ew_session_start_opening (EwSession *session, const char *input, const char *target, gboolean channels, EwOpeningDone done)
{
  ew_session_cancel_opening (session);
  ew_window_hide_banner (session->window);
  session->opening = ew_opening_start (input, target, channels, done, session);
  session->progress_timeout = g_timeout_add (PROGRESS_INTERVAL_MS, on_progress_timeout, session);
}

void
ew_session_open_paths (EwSession *session, const char *input, const char *target)
{
  const char *single = input == NULL ? target : target == NULL ? input : NULL;
  char *const *reading = session->opening == NULL ? NULL : session->opening->paths;
  /* A target opened while its input is still being read, or the other way round, makes a pair with it. */
  gboolean pair = reading != NULL && (reading[0] == NULL) != (reading[1] == NULL);
  g_autofree char *first = g_strdup (input == NULL && pair ? reading[0] : input);
  g_autofree char *second = g_strdup (target == NULL && pair ? reading[1] : target);

  ew_session_forget_told (session);
  /* A folder has its pairs in itself. */
  if (single != NULL && g_file_test (single, G_FILE_TEST_IS_DIR))
    {
      ew_session_open_pairs (session, single, session->experiment.settings.channels, session->experiment.settings.each);
      return;
    }
  ew_session_start_opening (session, first, second, session->experiment.settings.channels, on_opened);
}

static void
on_read_again (EwOpening *opening, GError *error, gpointer data)
{
  EwSession *session = data;

  if (error == NULL && opening->sources[0] != NULL && opening->sources[1] != NULL)
    {
      ew_session_end_opening (session);
      ew_session_examine_again (session, opening->sources[0], opening->sources[1], opening->channels, session->rereads_each);
      g_clear_pointer (&session->opening, ew_opening_unref);
      return;
    }
  on_opened (opening, error, data);
}

void
ew_session_read_again (EwSession *session, gboolean channels, gboolean each)
{
  const EwExperiment *e = &session->experiment;

  session->rereads_each = each;
  if (e->pairs != NULL)
    ew_session_open_pairs (session, e->pairs->path, channels, each);
  else if (e->input->path != NULL)
    ew_session_start_opening (session, e->input->path, e->target == NULL ? NULL : e->target->path, channels, on_read_again);
}

static void
open_kernel (EwSession *session, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EwKernel) kernel = ew_kernel_read (path, &error);

  if (kernel == NULL)
    {
      g_autofree char *name = g_filename_display_basename (path);

      g_prefix_error (&error, "%s: ", name);
      ew_session_refuse (session, g_steal_pointer (&error));
      return;
    }
  ew_session_replace_kernel (session, kernel, _ ("Open Kernel"));
}

static void
save_kernel (EwSession *session, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_filename_display_basename (path);
  g_autofree char *saved = g_strdup_printf (_ ("Saved %s"), name);

  if (ew_session_present_kernel (session) == NULL)
    return;
  if (ew_kernel_write (path, ew_session_present_kernel (session), &error))
    {
      ew_window_toast (session->window, saved);
      return;
    }
  g_prefix_error (&error, "%s: ", name);
  ew_session_refuse (session, g_steal_pointer (&error));
}

static void
remember_folder (EwSession *session, GFile *file)
{
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *path = folder == NULL ? NULL : g_file_get_path (folder);

  if (session->settings != NULL && path != NULL)
    g_settings_set_string (session->settings, "last-folder", path);
}

void
ew_session_refuse_remote (EwSession *session)
{
  ew_window_show_banner (session->window, _ ("Only files of this computer can be opened."), NULL, NULL, NULL);
}

static void
use_file (EwSession *session, FileRole role, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);

  if (path == NULL)
    {
      ew_session_refuse_remote (session);
      return;
    }
  remember_folder (session, file);
  switch (role)
    {
    case FILE_INPUT:
      ew_session_open_paths (session, path, NULL);
      break;
    case FILE_TARGET:
      ew_session_open_paths (session, NULL, path);
      break;
    case FILE_KERNEL:
      open_kernel (session, path);
      break;
    case FILE_SAVE_KERNEL:
    default:
      save_kernel (session, path);
      break;
    }
}

void
ew_session_open_file (EwSession *session, GFile *file, gboolean as_target)
{
  use_file (session, as_target ? FILE_TARGET : FILE_INPUT, file);
}

static void
on_dialog_response (GtkNativeDialog *dialog, int response, EwSession *session)
{
  FileRole role = (FileRole)GPOINTER_TO_INT (g_object_get_data (G_OBJECT (dialog), "role"));
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

  g_clear_object (&session->dialog);
  if (response == GTK_RESPONSE_ACCEPT && file != NULL)
    use_file (session, role, file);
}

static void
add_filter (GtkFileChooser *chooser, const char *name, const char *const *patterns, gboolean images)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  if (images)
    gtk_file_filter_add_mime_type (filter, "image/*");
  for (; *patterns != NULL; patterns++)
    gtk_file_filter_add_suffix (filter, *patterns);
  gtk_file_chooser_add_filter (chooser, filter);
}

static void
add_filters (GtkFileChooser *chooser, FileRole role)
{
  static const char *const arrays[] = { "npy", "csv", "txt", NULL };
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();

  if (role == FILE_INPUT || role == FILE_TARGET)
    add_filter (chooser, _ ("Images and arrays"), arrays, TRUE);
  else
    add_filter (chooser, _ ("Kernels (.npy, .csv, .txt)"), arrays, FALSE);
  gtk_file_filter_set_name (all, _ ("All files"));
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (chooser, all);
}

static void
show_dialog (EwSession *session, FileRole role)
{
  static const char *const titles[]
      = { N_ ("Open an Input"), N_ ("Open a Target"), N_ ("Open a Kernel"), N_ ("Save the Kernel") };
  gboolean saving = role == FILE_SAVE_KERNEL;
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (_ (titles[role]), GTK_WINDOW (session->window),
                                     saving ? GTK_FILE_CHOOSER_ACTION_SAVE : GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  const EwSettings *s = &session->experiment.settings;
  g_autofree char *name
      = s->each ? g_strdup_printf ("kernel-%s.npy", ew_channel_name (s->channel)) : g_strdup ("kernel.npy");
  g_autofree char *folder = session->settings == NULL ? NULL : g_settings_get_string (session->settings, "last-folder");

  add_filters (GTK_FILE_CHOOSER (dialog), role);
  if (saving)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  if (folder != NULL && *folder != '\0')
    {
      g_autoptr (GFile) file = g_file_new_for_path (folder);

      gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), file, NULL);
    }
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_object_set_data (G_OBJECT (dialog), "role", GINT_TO_POINTER (role));
  g_signal_connect (dialog, "response", G_CALLBACK (on_dialog_response), session);
  g_clear_object (&session->dialog);
  session->dialog = GTK_NATIVE_DIALOG (dialog);
  gtk_native_dialog_show (session->dialog);
}

void
ew_session_choose_target_file (EwSession *session)
{
  show_dialog (session, FILE_TARGET);
}

static void
on_open_input (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  show_dialog (data, FILE_INPUT);
}

static void
on_open_target (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  show_dialog (data, FILE_TARGET);
}

static void
on_open_kernel (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  show_dialog (data, FILE_KERNEL);
}

static void
on_save_kernel (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  show_dialog (data, FILE_SAVE_KERNEL);
}

static void
on_cancel_open (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ew_session_cancel_opening (data);
  ew_session_show_experiment (data);
}

void
ew_session_add_file_actions (EwSession *session)
{
  static const GActionEntry entries[] = {
    { .name = "open-input", .activate = on_open_input },   { .name = "open-target", .activate = on_open_target },
    { .name = "open-kernel", .activate = on_open_kernel }, { .name = "save-kernel", .activate = on_save_kernel },
    { .name = "cancel-open", .activate = on_cancel_open },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (session->window), entries, G_N_ELEMENTS (entries), session);
  ew_session_add_pairs (session);
  ew_session_add_drops (session);
}
