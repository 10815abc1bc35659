/* The window's list of devices, and their check against the CPU. Both ask drivers and compute, so they run in workers.
 */
#include "app/session-private.h"
#include "engine/device-check.h"
#include "gpu/cuda.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* The image of the check: some tenths of a second of work. */
#define CHECK_SIDE 1024

static const EwBackend *
backend_at (guint i)
{
  return i == 0 ? ew_cpu_backend () : i == 1 ? ew_cuda_backend () : NULL;
}

/* In the worker: a line for each device, and why it cannot be used. */
static void
list_devices (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; backend_at (i) != NULL; i++)
    {
      EwDeviceInfo info = { 0 };
      g_autofree char *line = NULL;

      backend_at (i)->describe (&info);
      line = ew_device_info_text (&info);
      g_string_append_printf (text, "%s%s%s%s", i > 0 ? "\n\n" : "", line, info.reason != NULL ? "\n" : "",
                              info.reason != NULL ? info.reason : "");
      ew_device_info_clear (&info);
    }
  g_task_return_pointer (task, g_string_free (g_steal_pointer (&text), FALSE), g_free);
}

/* In the worker: what came out of it, for each device but the CPU. */
static void
check_devices (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 1; backend_at (i) != NULL; i++)
    {
      EwDeviceInfo info = { 0 };
      EwDeviceCheck check;
      g_autoptr (GError) error = NULL;
      g_autofree char *line = NULL;

      backend_at (i)->describe (&info);
      if (info.reason != NULL)
        line = g_strdup (info.reason);
      else if (ew_device_check (backend_at (i), CHECK_SIDE, &check, NULL, &error))
        line = ew_device_check_text (&check);
      else
        line = g_strdup (error->message);
      g_string_append_printf (text, "%s%s\n%s", i > 1 ? "\n\n" : "", info.name, line);
      ew_device_info_clear (&info);
    }
  g_task_return_pointer (task, g_string_free (g_steal_pointer (&text), FALSE), g_free);
}

static void present (GObject *window, GAsyncResult *result, gpointer data);

static void
start (GtkWindow *window, GTaskThreadFunc func, gboolean offers_check)
{
  g_autoptr (GTask) task = g_task_new (window, NULL, present, GINT_TO_POINTER (offers_check));

  g_task_run_in_thread (task, func);
}

static void
on_response (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  GtkWindow *window = gtk_window_get_transient_for (GTK_WINDOW (dialog));

  if (window != NULL && strcmp (response, "check") == 0)
    start (window, check_devices, FALSE);
}

/* What a worker found out, unless the window has been closed meanwhile. */
static void
present (GObject *window, GAsyncResult *result, gpointer offers_check)
{
  g_autofree char *text = g_task_propagate_pointer (G_TASK (result), NULL);
  GtkWidget *dialog;

  if (!gtk_widget_get_mapped (GTK_WIDGET (window)))
    return;
  dialog = adw_message_dialog_new (GTK_WINDOW (window),
                                   offers_check ? _ ("Devices") : _ ("Devices Compared with the CPU"), text);
  if (offers_check)
    adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "check", _ ("Compare with the _CPU"));
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "close");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "close");
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), NULL);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_devices (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  EwSession *session = data;

  start (GTK_WINDOW (session->window), list_devices, TRUE);
}

void
ew_session_add_device_actions (EwSession *session)
{
  static const GActionEntry entries[] = { { .name = "devices", .activate = on_devices } };

  g_action_map_add_action_entries (G_ACTION_MAP (session->window), entries, G_N_ELEMENTS (entries), session);
}
