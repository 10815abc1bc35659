/* EwSession: files and folders dropped onto the window. */
#include "app/session-private.h"

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, EwSession *session)
{
  GSList *files = g_value_get_boxed (value);
  GtkWidget *widget = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (target));
  gboolean on_output = widget == GTK_WIDGET (ew_window_output_view (session->window));

  if (files == NULL)
    return FALSE;
  if (files->next != NULL)
    {
      /* Two files are a pair, whatever they were dropped on. */
      g_autofree char *input = g_file_get_path (files->data);
      g_autofree char *output = g_file_get_path (files->next->data);

      if (input == NULL || output == NULL)
        ew_session_refuse_remote (session);
      else
        ew_session_open_paths (session, input, output);
      return TRUE;
    }
  ew_session_open_file (session, files->data, on_output);
  return TRUE;
}

static void
accept_drops (EwSession *session, GtkWidget *widget)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (target, "drop", G_CALLBACK (on_drop), session);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (target));
}

void
ew_session_add_drops (EwSession *session)
{
  accept_drops (session, GTK_WIDGET (ew_window_input_view (session->window)));
  accept_drops (session, GTK_WIDGET (ew_window_output_view (session->window)));
  accept_drops (session, GTK_WIDGET (session->window));
}
