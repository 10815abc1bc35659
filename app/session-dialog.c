/* EwSession: asks where to write a file, or which one to read. */
#include "app/session-private.h"

#include <glib/gi18n.h>

typedef struct
{
  EwSession *session;
  EwSessionPathFunc use;
  gboolean saves;
} Question;

static void
on_response (GtkNativeDialog *dialog, int response, const Question *question)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_autofree char *path = file == NULL ? NULL : g_file_get_path (file);
  /* The question goes with the dialog. */
  EwSession *session = question->session;
  EwSessionPathFunc use = question->use;
  gboolean saves = question->saves;

  g_clear_object (&session->dialog);
  if (response != GTK_RESPONSE_ACCEPT || file == NULL)
    return;
  if (path != NULL)
    use (session, path);
  else if (saves)
    ew_window_toast (session->window, _ ("Only files on this computer can be written."));
  else
    ew_window_toast (session->window, _ ("Only files of this computer can be opened."));
}

static void
free_question (gpointer question, GClosure *closure)
{
  g_free (question);
}

static void
ask (EwSession *session, const char *title, const char *name, GtkFileChooserAction action, EwSessionPathFunc use)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (title, GTK_WINDOW (session->window), action, NULL, NULL);
  Question *question = g_new (Question, 1);

  *question = (Question){ session, use, action == GTK_FILE_CHOOSER_ACTION_SAVE };
  if (name != NULL)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), question, free_question, 0);
  g_clear_object (&session->dialog);
  session->dialog = GTK_NATIVE_DIALOG (dialog);
  gtk_native_dialog_show (session->dialog);
}

void
ew_session_ask_path (EwSession *session, const char *title, const char *name, EwSessionPathFunc use)
{
  ask (session, title, name, name != NULL ? GTK_FILE_CHOOSER_ACTION_SAVE : GTK_FILE_CHOOSER_ACTION_OPEN, use);
}

void
ew_session_ask_folder (EwSession *session, const char *title, EwSessionPathFunc use)
{
  ask (session, title, NULL, GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, use);
}
