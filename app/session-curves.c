/* EwSession: the curves as CSV, to the clipboard and into a file. */
#include "app/session-private.h"

#include <glib/gi18n.h>

static void
tell (EwSession *session, guint64 rows, gboolean copied)
{
  guint64 epochs = session->snapshot == NULL ? rows : session->snapshot->epoch;
  g_autofree char *sentence = NULL;

  if (!copied)
    sentence = g_strdup_printf (_ ("%" G_GUINT64_FORMAT " epochs saved."), rows);
  else if (rows >= epochs)
    sentence = g_strdup_printf (_ ("%" G_GUINT64_FORMAT " epochs copied."), rows);
  else
    sentence = g_strdup_printf (
        _ ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " epochs copied, evenly spread; a file takes all."), rows, epochs);
  ew_window_toast (session->window, sentence);
}

static void
on_exported (EwCurvesExport *export, const char *text, guint64 rows, const GError *error, gpointer data)
{
  EwSession *session = data;

  if (error != NULL)
    ew_window_toast (session->window, error->message);
  else
    {
      if (text != NULL)
        gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (session->window)), text);
      tell (session, rows, text != NULL);
    }
  g_ptr_array_remove_fast (session->exports, export);
}

static void
start_export (EwSession *session, const char *path)
{
  const EwSnapshot *s = session->snapshot;
  g_autoptr (GError) error = NULL;
  EwCurvesExport *export;

  if (s == NULL || s->kernel == NULL || s->curves == NULL)
    return;
  export = ew_curves_export_new (session->loop, ew_kernel_n_taps (s->kernel), s->curves->n_weights > ew_kernel_n_taps (s->kernel), path,
                                 on_exported, session, &error);
  if (export == NULL)
    ew_window_toast (session->window, error->message);
  else
    g_ptr_array_add (session->exports, export);
}

static void
on_copy (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  start_export (data, NULL);
}

static void
on_save (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ew_session_ask_path (data, _ ("Save the Curves"), "curves.csv", start_export);
}

void
ew_session_add_curves (EwSession *session)
{
  static const GActionEntry entries[] = {
    { .name = "copy-curves", .activate = on_copy },
    { .name = "save-curves", .activate = on_save },
  };

  session->exports = g_ptr_array_new_with_free_func ((GDestroyNotify)ew_curves_export_free);
  g_action_map_add_action_entries (G_ACTION_MAP (session->window), entries, G_N_ELEMENTS (entries), session);
}
