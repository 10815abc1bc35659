/* Real keys and a real pointer come from xdotool, which asks the X server for them. */
#include "tests/widget-fixtures.h"

#include <gdk/x11/gdkx.h>
#include <math.h>
#include <string.h>

/* Seconds after which something that should happen never will; sanitizers are slow. */
#define PATIENCE 20

static int n_draws;
static int n_releases;

/* Types whose drawing is counted, with their own way of drawing. */
static struct
{
  GType type;
  void (*snapshot) (GtkWidget *widget, GtkSnapshot *snapshot);
} counted[4];

gboolean
ew_widgets_init (void)
{
  g_autofree char *xdotool = g_find_program_in_path ("xdotool");

  if (!gtk_init_check ())
    g_print ("1..0 # SKIP there is no display\n");
  else if (xdotool == NULL)
    g_print ("1..0 # SKIP xdotool is not installed\n");
  else
    {
      adw_init ();
      g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, "gtk-cursor-blink", FALSE, NULL);
      return TRUE;
    }
  return FALSE;
}

static gboolean
on_patience_lost (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

gboolean
ew_spin_until (EwCondition condition, gpointer data)
{
  gboolean lost = FALSE;
  guint source = g_timeout_add_seconds (PATIENCE, on_patience_lost, &lost);

  while (!condition (data) && !lost)
    g_main_context_iteration (NULL, TRUE);
  if (!lost)
    g_source_remove (source);
  return !lost;
}

static gboolean
is_set (gpointer data)
{
  return *(gboolean *)data;
}

void
ew_spin (int milliseconds)
{
  gboolean over = FALSE;

  g_timeout_add (milliseconds, on_patience_lost, &over);
  ew_spin_until (is_set, &over);
}

static void
on_process_end (GObject *process, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_wait_check_finish (G_SUBPROCESS (process), result, &error);
  g_assert_no_error (error);
  *(gboolean *)data = TRUE;
}

/* Runs xdotool with these words; the main loop goes on meanwhile, for the X server may wait for this client. */
static void
xdotool (const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error);
  gboolean done = FALSE;

  g_assert_no_error (error);
  g_subprocess_wait_check_async (process, NULL, on_process_end, &done);
  g_assert_true (ew_spin_until (is_set, &done));
}

static gboolean
on_event (GtkEventController *controller, GdkEvent *event)
{
  if (gdk_event_get_event_type (event) == GDK_KEY_RELEASE)
    n_releases++;
  return FALSE;
}

static gboolean
has_focus (gpointer window)
{
  return gtk_window_is_active (window) && gtk_widget_get_mapped (window);
}

static char *
window_id (GtkWindow *window)
{
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  return g_strdup_printf ("%lu", gdk_x11_surface_get_xid (gtk_native_get_surface (GTK_NATIVE (window))));
  G_GNUC_END_IGNORE_DEPRECATIONS
}

static gboolean
has_size (gpointer widget)
{
  return gtk_widget_get_width (widget) > 0;
}

GtkWindow *
ew_window_open (GtkWidget *content, int width, int height)
{
  GtkWindow *window = GTK_WINDOW (gtk_window_new ());
  GtkEventController *events = gtk_event_controller_legacy_new ();
  g_autofree char *id = NULL;

  gtk_event_controller_set_propagation_phase (events, GTK_PHASE_CAPTURE);
  g_signal_connect (events, "event", G_CALLBACK (on_event), NULL);
  gtk_widget_add_controller (GTK_WIDGET (window), events);
  gtk_window_set_decorated (window, FALSE);
  gtk_window_set_default_size (window, width, height);
  gtk_window_set_child (window, content);
  gtk_window_present (window);
  id = window_id (window);
  /* No window manager gives it the focus. */
  xdotool ((const char *[]){ "xdotool", "windowfocus", "--sync", id, NULL });
  g_assert_true (ew_spin_until (has_focus, window));
  g_assert_true (ew_spin_until (has_size, content));
  return window;
}

void
ew_window_close (GtkWindow *window)
{
  gtk_window_destroy (window);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static gboolean
has_released (gpointer data)
{
  return n_releases >= *(int *)data;
}

static void
wait_for_releases (int n)
{
  g_assert_true (ew_spin_until (has_released, &n));
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
ew_keys (GtkWindow *window, const char *keys)
{
  g_auto (GStrv) names = g_strsplit (keys, " ", -1);

  for (char **name = names; *name != NULL; name++)
    {
      int before = n_releases;
      int n = 1;

      /* Modifiers are keys too. */
      for (const char *p = *name; *p != '\0'; p++)
        n += *p == '+' ? 1 : 0;
      xdotool ((const char *[]){ "xdotool", "key", *name, NULL });
      wait_for_releases (before + n);
    }
}

void
ew_type (GtkWindow *window, const char *text)
{
  int before = n_releases;

  xdotool ((const char *[]){ "xdotool", "type", "--delay", "1", "--", text, NULL });
  wait_for_releases (before + (int)strlen (text));
}

typedef struct
{
  int releases;
  int expected;
} Clicks;

static gboolean
on_click_event (GtkEventControllerLegacy *controller, GdkEvent *event, gpointer data)
{
  Clicks *clicks = data;

  clicks->releases += gdk_event_get_event_type (event) == GDK_BUTTON_RELEASE;
  return GDK_EVENT_PROPAGATE;
}

static gboolean
all_clicked (gpointer data)
{
  Clicks *clicks = data;

  return clicks->releases >= clicks->expected;
}

static GtkEventController *
watch_clicks (GtkWindow *window, Clicks *clicks)
{
  GtkEventController *watch = gtk_event_controller_legacy_new ();

  gtk_event_controller_set_propagation_phase (watch, GTK_PHASE_CAPTURE);
  g_signal_connect (watch, "event", G_CALLBACK (on_click_event), clicks);
  gtk_widget_add_controller (GTK_WIDGET (window), watch);
  return watch;
}

void
ew_drag (GtkWindow *window, GtkWidget *widget, double x, double y, const char *const *moves)
{
  Clicks clicks = { 0, 1 };
  GtkEventController *watch = watch_clicks (window, &clicks);

  ew_click (window, widget, x, y, 0);
  xdotool ((const char *[]){ "xdotool", "mousedown", "1", NULL });
  ew_spin (50);
  for (; *moves != NULL; moves++)
    {
      xdotool ((const char *[]){ "xdotool", "mousemove_relative", "--", "0", *moves, NULL });
      ew_spin (50);
    }
  xdotool ((const char *[]){ "xdotool", "mouseup", "1", NULL });
  g_assert_true (ew_spin_until (all_clicked, &clicks));
  gtk_widget_remove_controller (GTK_WIDGET (window), watch);
}

void
ew_click (GtkWindow *window, GtkWidget *widget, double x, double y, int times)
{
  g_autofree char *id = window_id (window);
  g_autofree char *repeat = g_strdup_printf ("%d", times);
  Clicks clicks = { 0, times };
  GtkEventController *watch = watch_clicks (window, &clicks);
  double to_x, to_y;

  g_assert_true (gtk_widget_translate_coordinates (widget, GTK_WIDGET (window), x, y, &to_x, &to_y));

  g_autofree char *at_x = g_strdup_printf ("%d", (int)lround (to_x));
  g_autofree char *at_y = g_strdup_printf ("%d", (int)lround (to_y));

  xdotool ((const char *[]){ "xdotool", "mousemove", "--window", id, at_x, at_y, NULL });
  if (times > 0)
    xdotool ((const char *[]){ "xdotool", "click", "--repeat", repeat, "--delay", "20", "1", NULL });
  /* A busy machine may be late. */
  g_assert_true (ew_spin_until (all_clicked, &clicks));
  gtk_widget_remove_controller (GTK_WIDGET (window), watch);
  ew_spin (100);
}

void
ew_wheel (GtkWindow *window, GtkWidget *widget, double x, double y, gboolean up, const char *modifier)
{
  ew_click (window, widget, x, y, 0);
  if (modifier != NULL)
    xdotool ((const char *[]){ "xdotool", "keydown", modifier, NULL });
  xdotool ((const char *[]){ "xdotool", "click", up ? "4" : "5", NULL });
  if (modifier != NULL)
    xdotool ((const char *[]){ "xdotool", "keyup", modifier, NULL });
  ew_spin (100);
}

static void
counting_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  int k = 0;

  while (counted[k].type != G_OBJECT_TYPE (widget))
    k++;
  n_draws++;
  counted[k].snapshot (widget, snapshot);
}

void
ew_count_draws (GType type)
{
  GtkWidgetClass *klass = g_type_class_ref (type);
  guint k = 0;

  while (k < G_N_ELEMENTS (counted) && counted[k].type != 0 && counted[k].type != type)
    k++;
  g_assert_cmpuint (k, <, G_N_ELEMENTS (counted));
  if (counted[k].type == 0)
    {
      counted[k].type = type;
      counted[k].snapshot = klass->snapshot;
      klass->snapshot = counting_snapshot;
    }
  g_type_class_unref (klass);
}

int
ew_draws (void)
{
  return n_draws;
}

typedef struct
{
  GtkWindow *window;
  GskRenderNode *node; /* NULL: it has not been drawn yet */
} Drawn;

static gboolean
is_drawn (gpointer data)
{
  Drawn *drawn = data;
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (drawn->window));
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (GTK_WIDGET (drawn->window)),
                          gtk_widget_get_height (GTK_WIDGET (drawn->window)));
  drawn->node = gtk_snapshot_free_to_node (snapshot);
  return drawn->node != NULL;
}

guint32 *
ew_window_pixels (GtkWindow *window, int *width, int *height)
{
  Drawn drawn = { window, NULL };
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  guint32 *pixels;

  g_assert_true (ew_spin_until (is_drawn, &drawn));
  node = drawn.node;
  *width = gtk_widget_get_width (GTK_WIDGET (window));
  *height = gtk_widget_get_height (GTK_WIDGET (window));
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node,
                                         &GRAPHENE_RECT_INIT (0, 0, *width, *height));
  pixels = g_new0 (guint32, (gsize)*width * *height);
  gdk_texture_download (texture, (guint8 *)pixels, (gsize)*width * sizeof *pixels);
  return pixels;
}

typedef struct
{
  GtkWidget *widget;
  GtkAccessibleProperty property;
  const char *text;
} Expected;

static gboolean
has_text (gpointer data)
{
  const Expected *e = data;
  g_autofree char *other = gtk_test_accessible_check_property (GTK_ACCESSIBLE (e->widget), e->property, e->text);

  return other == NULL;
}

void
ew_assert_text (GtkWidget *widget, GtkAccessibleProperty property, const char *text)
{
  Expected expected = { widget, property, text };

  if (ew_spin_until (has_text, &expected))
    return;
  g_autofree char *other = gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget), property, text);

  g_test_message ("said '%s', not '%s'", other, text);
  g_test_fail ();
}
