/* EwApplication: windows and what they share. */
#include "app/application.h"

#include "app/session.h"

#include <glib/gi18n.h>
#include <string.h>

#define APPLICATION_ID "org.edgewise.Edgewise"

struct _EwApplication
{
  AdwApplication parent;
  GSettings *settings; /* NULL where the schema is not installed */
};

G_DEFINE_FINAL_TYPE (EwApplication, ew_application, ADW_TYPE_APPLICATION)

EwApplication *
ew_application_new (gboolean unique)
{
  return g_object_new (EW_TYPE_APPLICATION, "application-id", APPLICATION_ID, "flags",
                       G_APPLICATION_HANDLES_COMMAND_LINE | (unique ? 0 : G_APPLICATION_NON_UNIQUE), NULL);
}

/* Choices that are actions of the window, by the names that they have in the settings too. */
static const char *const chosen[] = { "signed-colours", "image-colours", "colour-range", "surface-plane",
                                     "surface-through", "race-goal", "race-entrants", "race-speed" };

static void
remember_choices (EwApplication *self, GtkWindow *window)
{
  for (guint k = 0; k < G_N_ELEMENTS (chosen); k++)
    {
      g_autoptr (GVariant) state = g_action_group_get_action_state (G_ACTION_GROUP (window), chosen[k]);

      /* What is held for one picture is not for the next. */
      if (strcmp (g_variant_get_string (state, NULL), "fixed") != 0)
        g_settings_set_value (self->settings, chosen[k], state);
    }
}

static void
restore_choices (EwApplication *self, EwWindow *window)
{
  for (guint k = 0; k < G_N_ELEMENTS (chosen); k++)
    {
      g_autoptr (GVariant) value = g_settings_get_value (self->settings, chosen[k]);

      g_action_group_change_action_state (G_ACTION_GROUP (window), chosen[k], value);
    }
}

static gboolean
on_close_request (GtkWindow *window, EwApplication *self)
{
  int width, height;

  if (self->settings == NULL)
    return FALSE;
  gtk_window_get_default_size (window, &width, &height);
  g_settings_set_int (self->settings, "window-width", width);
  g_settings_set_int (self->settings, "window-height", height);
  g_settings_set_boolean (self->settings, "maximized", gtk_window_is_maximized (window));
  g_settings_set_boolean (self->settings, "sidebar-visible", ew_window_get_sidebar_visible (EW_WINDOW (window)));
  remember_choices (self, window);
  return FALSE;
}

static void
restore_window (EwApplication *self, EwWindow *window)
{
  if (self->settings == NULL)
    return;
  gtk_window_set_default_size (GTK_WINDOW (window), g_settings_get_int (self->settings, "window-width"),
                               g_settings_get_int (self->settings, "window-height"));
  if (g_settings_get_boolean (self->settings, "maximized"))
    gtk_window_maximize (GTK_WINDOW (window));
  ew_window_set_sidebar_visible (window, g_settings_get_boolean (self->settings, "sidebar-visible"));
  restore_choices (self, window);
}

static void
open_window (EwApplication *self, const EwOptions *options, const char *directory)
{
  EwWindow *window = EW_WINDOW (ew_window_new (GTK_APPLICATION (self)));

  restore_window (self, window);
  g_signal_connect (window, "close-request", G_CALLBACK (on_close_request), self);
  ew_session_new (window, options, directory, g_getenv ("EDGEWISE_FRAME_STATS"), self->settings);
  gtk_window_present (GTK_WINDOW (window));
}

static int
ew_application_command_line (GApplication *application, GApplicationCommandLine *command_line)
{
  g_auto (GStrv) arguments = g_application_command_line_get_arguments (command_line, NULL);
  g_autoptr (GError) error = NULL;
  gboolean help = FALSE;
  EwOptions options;
  int status = 0;

  /* The process that was started has looked at them already; they are parsed again in the one that has the windows. */
  if (ew_options_parse (&options, arguments, &help, &error))
    open_window (EW_APPLICATION (application), &options, g_application_command_line_get_cwd (command_line));
  else
    status = 2;
  ew_options_clear (&options);
  return status;
}

static void
on_new_window (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  const EwOptions options = { 0 };

  open_window (data, &options, NULL);
}

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GPtrArray) windows = g_ptr_array_new_with_free_func (g_object_unref);

  for (GList *l = gtk_application_get_windows (data); l != NULL; l = l->next)
    if (EW_IS_WINDOW (l->data))
      g_ptr_array_add (windows, g_object_ref (l->data));
  /* Each is closed as by hand, so that it remembers its size; what is open over it goes with it. */
  for (guint i = 0; i < windows->len; i++)
    gtk_window_close (windows->pdata[i]);
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  adw_show_about_window (gtk_application_get_active_window (data), "application-name", "Edgewise", "application-icon",
                         APPLICATION_ID, "version", EDGEWISE_VERSION, "developer-name", "The Edgewise authors",
                         "comments", _ ("Watch a convolution kernel learn."), "license-type", GTK_LICENSE_GPL_3_0,
                         NULL);
}

static void
add_shortcuts (GtkApplication *application)
{
  static const struct
  {
    const char *action;
    const char *keys[4];
  } shortcuts[] = {
    { "win.open-input", { "<Control>o" } },
    { "win.open-target", { "<Control><Shift>o" } },
    { "win.open-pairs", { "<Control><Alt>o" } },
    { "win.next-pair", { "<Control>Page_Down" } },
    { "win.previous-pair", { "<Control>Page_Up" } },
    { "win.save-kernel", { "<Control>s" } },
    { "win.learn", { "<Control>l", "F5" } },
    { "win.step", { "<Control>e", "F6" } },
    { "win.reset", { "<Control>r" } },
    { "win.textbook", { "<Control>t" } },
    { "win.presets", { "<Control>k" } },
    { "win.undo", { "<Control>z" } },
    { "win.redo", { "<Control><Shift>z", "<Control>y" } },
    { "win.sidebar", { "F9" } },
    { "win.play", { "<Control>p" } },
    { "win.play-back", { "<Control><Shift>p" } },
    { "win.branch", { "<Control>b" } },
    { "win.show-end", { "<Control>End" } },
    { "win.keep-run", { "<Control><Shift>k" } },
    { "win.copy-curves", { "<Control><Shift>c" } },
    { "win.save-curves", { "<Control><Shift>s" } },
    { "win.show::output", { "<Alt>1" } },
    { "win.show::target", { "<Alt>2" } },
    { "win.show::residual", { "<Alt>3" } },
    { "win.below::curves", { "<Alt>4" } },
    { "win.below::slide", { "<Alt>5" } },
    { "win.below::matrix", { "<Alt>6" } },
    { "win.below::surface", { "F7" } },
    { "win.below::race", { "F8" } },
    { "win.histogram", { "<Alt>7" } },
    { "win.settings::experiment", { "<Alt>8" } },
    { "win.settings::kernel", { "<Alt>9" } },
    { "win.settings::optimum", { "<Alt>0" } },
    { "win.findings", { "<Control><Shift>f" } },
    { "win.use-optimum", { "<Control><Shift>l" } },
    { "win.apply-kernel", { "<Control><Shift>a" } },
    { "win.save-output", { "<Control><Shift>e" } },
    { "win.settings::learning", { "<Alt>minus" } },
    { "win.fix-weight", { "<Control>f" } },
    { "win.zoom-in", { "<Control>plus", "<Control>equal", "<Control>KP_Add" } },
    { "win.zoom-out", { "<Control>minus", "<Control>KP_Subtract" } },
    { "win.zoom-fit", { "<Control>0", "<Control>KP_0" } },
    { "win.zoom-one", { "<Control>1", "<Control>KP_1" } },
    { "app.new-window", { "<Control>n" } },
    { "window.close", { "<Control>w" } },
    { "app.quit", { "<Control>q" } },
    { "win.show-shortcuts", { "<Control>question", "<Control>F1" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    gtk_application_set_accels_for_action (application, shortcuts[i].action, shortcuts[i].keys);
}

static void
ew_application_startup (GApplication *application)
{
  static const GActionEntry entries[] = {
    { .name = "new-window", .activate = on_new_window },
    { .name = "about", .activate = on_about },
    { .name = "quit", .activate = on_quit },
  };
  EwApplication *self = EW_APPLICATION (application);
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema
      = source == NULL ? NULL : g_settings_schema_source_lookup (source, APPLICATION_ID, TRUE);

  G_APPLICATION_CLASS (ew_application_parent_class)->startup (application);
  /* Without its schema a program would be ended by GLib; remembering nothing is better than that. */
  if (schema != NULL)
    self->settings = g_settings_new (APPLICATION_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (application), entries, G_N_ELEMENTS (entries), application);
  add_shortcuts (GTK_APPLICATION (application));
}

static void
ew_application_dispose (GObject *object)
{
  g_clear_object (&EW_APPLICATION (object)->settings);
  G_OBJECT_CLASS (ew_application_parent_class)->dispose (object);
}

static void
ew_application_init (EwApplication *self)
{
}

static void
ew_application_class_init (EwApplicationClass *class)
{
  G_OBJECT_CLASS (class)->dispose = ew_application_dispose;
  G_APPLICATION_CLASS (class)->startup = ew_application_startup;
  G_APPLICATION_CLASS (class)->command_line = ew_application_command_line;
}
