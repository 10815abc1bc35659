/* EwSession: the kernel as a whole: turned, normalised, copied, pasted, from a preset, diagnosed. */
#include "app/files/kernel-text.h"
#include "app/session-private.h"
#include "engine/kernel-edit.h"
#include "engine/preset.h"
#include "ui/preset-browser.h"

#include <glib/gi18n.h>

static EwKernel *
shown_kernel (EwSession *session)
{
  return ew_kernel_view_get_kernel (ew_window_kernel_view (session->window));
}

static void
on_kernel_edit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  static const char *const labels[EW_N_EDITS]
      = { N_ ("Rotation"), N_ ("Rotation"), N_ ("Flip"),  N_ ("Flip"),     N_ ("Transpose"),
          N_ ("Negation"), N_ ("Sum 1"),    N_ ("Sum 0"), N_ ("Unit Norm") };
  EwSession *session = data;
  EwKernelEdit edit = ew_kernel_edit_find (g_variant_get_string (parameter, NULL));
  g_autoptr (GError) error = NULL;
  g_autoptr (EwKernel) edited = NULL;

  if (edit == EW_N_EDITS || shown_kernel (session) == NULL)
    return;
  edited = ew_kernel_edited (shown_kernel (session), edit, &error);
  if (edited == NULL)
    ew_window_toast (session->window, error->message);
  else
    ew_session_replace_kernel (session, edited, _ (labels[edit]));
}

static void
on_copy (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  static const char *const notes[EW_N_KERNEL_TEXTS]
      = { N_ ("Kernel copied as NumPy"), N_ ("Kernel copied as MATLAB"), N_ ("Kernel copied as CSV"),
          N_ ("Kernel copied for a spreadsheet") };
  EwSession *session = data;
  EwKernelTextFormat format = ew_kernel_text_find_format (g_variant_get_string (parameter, NULL));
  g_autofree char *text = NULL;

  if (format == EW_N_KERNEL_TEXTS || shown_kernel (session) == NULL)
    return;
  text = ew_kernel_text_write (shown_kernel (session), format);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (session->window)), text);
  ew_window_toast (session->window, _ (notes[format]));
}

static void
paste_text (EwSession *session, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EwKernel) kernel = ew_kernel_text_read (text, &error);

  if (kernel == NULL)
    {
      ew_window_toast (session->window, error->message);
      return;
    }
  /* The text has no bias; the present one stays. */
  if (shown_kernel (session) != NULL)
    kernel->bias = shown_kernel (session)->bias;
  ew_session_replace_kernel (session, kernel, _ ("Paste"));
}

static void
on_text (GObject *clipboard, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkWidget) window = data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
  EwSession *session = g_object_get_data (G_OBJECT (window), "ew-session");

  /* The window may have been closed meanwhile. */
  if (session == NULL)
    return;
  if (text == NULL)
    ew_window_toast (session->window, _ ("There is no text on the clipboard; copy a matrix first."));
  else
    paste_text (session, text);
}

static void
on_paste (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  EwSession *session = data;
  GtkWidget *window = GTK_WIDGET (session->window);

  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (window), NULL, on_text, g_object_ref (window));
}

static void
on_chosen (EwPresetBrowser *browser, const char *text, gboolean as_target, EwWindow *window)
{
  double values[EW_PRESET_PARAMETERS_MAX];
  const EwPreset *preset = ew_preset_parse (text, values, NULL);
  g_autoptr (EwKernel) kernel = preset == NULL ? NULL : ew_preset_make (preset, values, NULL);
  EwSession *session = g_object_get_data (G_OBJECT (window), "ew-session");
  guint n;
  /* Only a preset as it stands in the table has a name in the list of targets. */
  gboolean plain = preset != NULL && g_str_equal (text, preset->id);

  if (kernel == NULL || session == NULL)
    return;
  if (as_target)
    ew_session_make_target (session, kernel, plain ? (int)(preset - ew_presets (&n)) : EW_TARGET_KERNEL);
  else
    ew_session_replace_kernel (session, kernel, _ (preset->title));
}

static void
on_presets (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  EwSession *session = data;
  GtkWidget *browser = ew_preset_browser_new (GTK_WINDOW (session->window));

  g_signal_connect_object (browser, "chosen", G_CALLBACK (on_chosen), session->window, 0);
  gtk_window_present (GTK_WINDOW (browser));
}

static void
on_diagnosed (EwDiagnosis *diagnosis, gpointer data)
{
  EwSession *session = data;

  ew_window_show_diagnosis (session->window, diagnosis);
}

void
ew_session_diagnose (EwSession *session)
{
  if (shown_kernel (session) != NULL)
    ew_diagnoser_ask (session->diagnoser, shown_kernel (session));
}

void
ew_session_add_kernel_actions (EwSession *session)
{
  static const GActionEntry entries[] = {
    { .name = "kernel-edit", .activate = on_kernel_edit, .parameter_type = "s" },
    { .name = "copy-kernel", .activate = on_copy, .parameter_type = "s" },
    { .name = "paste-kernel", .activate = on_paste },
    { .name = "presets", .activate = on_presets },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (session->window), entries, G_N_ELEMENTS (entries), session);
  session->diagnoser = ew_diagnoser_new (on_diagnosed, session);
}
