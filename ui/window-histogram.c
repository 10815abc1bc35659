/* EwWindow: the histogram of what the right pane shows, in a popover. */
#include "ui/window-private.h"

#include <glib/gi18n.h>

static guint wanted_signal;

static void
tell (EwWindow *self)
{
  g_signal_emit (self, wanted_signal, 0);
}

static gboolean
is_open (EwWindow *self)
{
  GtkPopover *popover = gtk_menu_button_get_popover (self->histogram_button);

  return popover != NULL && gtk_widget_get_visible (GTK_WIDGET (popover));
}

static EwHistogramOf
shown_kind (EwWindow *self)
{
  return self->shown == SHOW_TARGET     ? EW_HISTOGRAM_TARGET
         : self->shown == SHOW_RESIDUAL ? EW_HISTOGRAM_RESIDUAL
                                        : EW_HISTOGRAM_OUTPUT;
}

static GtkWidget *
add_label (GtkBox *box, const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 44);
  gtk_widget_add_css_class (label, style);
  gtk_widget_add_css_class (label, "numeric");
  gtk_box_append (box, label);
  return label;
}

/* Until it is counted. */
static void
show_counting (EwWindow *self)
{
  static const char *const headings[]
      = { N_ ("Values of the Output"), N_ ("Values of the Target"), N_ ("Values of the Residual") };

  gtk_label_set_text (self->histogram_heading, _ (headings[shown_kind (self)]));
  gtk_label_set_text (self->histogram_values, "\n");
  gtk_label_set_text (self->histogram_counts, _ ("counting…"));
  ew_histogram_view_set_histogram (self->histogram_view, NULL);
}

static void
on_visible (EwWindow *self)
{
  if (is_open (self))
    show_counting (self);
  tell (self);
}

/* An open popover takes all keys; those of the program go on to it, Escape and Tab stay. */
static gboolean
on_key (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state, GtkWidget *window)
{
  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) == 0 && (key < GDK_KEY_F1 || key > GDK_KEY_F12))
    return FALSE;
  return gtk_event_controller_key_forward (keys, window);
}

/* Made when it is first wanted. */
static void
create_popover (GtkMenuButton *button, gpointer data)
{
  EwWindow *self = data;
  GtkWidget *popover, *box;
  GtkEventController *keys;

  if (gtk_menu_button_get_popover (button) != NULL)
    return;
  popover = gtk_popover_new ();
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_add_css_class (box, "histogram");
  self->histogram_heading = GTK_LABEL (add_label (GTK_BOX (box), "heading"));
  self->histogram_view = EW_HISTOGRAM_VIEW (ew_histogram_view_new (self->output_view));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->histogram_view));
  self->histogram_values = GTK_LABEL (add_label (GTK_BOX (box), "histogram-values"));
  self->histogram_counts = GTK_LABEL (add_label (GTK_BOX (box), "dim-label"));
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  keys = gtk_event_controller_key_new ();
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key), self, 0);
  gtk_widget_add_controller (popover, keys);
  gtk_menu_button_set_popover (button, popover);
  g_signal_connect_object (popover, "notify::visible", G_CALLBACK (on_visible), self, G_CONNECT_SWAPPED);
}

static void
on_histogram (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  EwWindow *self = data;

  if (is_open (self))
    gtk_menu_button_popdown (self->histogram_button);
  else
    gtk_menu_button_popup (self->histogram_button);
}

gboolean
ew_window_wants_histogram (EwWindow *self, EwHistogramOf *of, double *low, double *high)
{
  EwRange range;

  if (!is_open (self))
    return FALSE;
  ew_plane_view_get_colours (self->output_view, FALSE, &range);
  *of = shown_kind (self);
  *low = range.low;
  *high = range.high;
  return TRUE;
}

void
ew_window_show_histogram (EwWindow *self, EwHistogram *histogram)
{
  g_autofree char *values = ew_histogram_describe_values (histogram);
  g_autofree char *counts = ew_histogram_describe_counts (histogram);

  if (!is_open (self) || histogram->of != shown_kind (self))
    return;
  /* Always two lines, as the popover does not grow with its words. */
  g_auto (GStrv) lines = g_strsplit (values, " · ", 2);
  g_autofree char *text = g_strdup_printf ("%s\n%s", lines[0], lines[1] != NULL ? lines[1] : "");

  gtk_label_set_text (self->histogram_values, text);
  gtk_label_set_text (self->histogram_counts, counts);
  ew_histogram_view_set_histogram (self->histogram_view, histogram);
}

void
ew_window_histogram_changed (EwWindow *self)
{
  if (!is_open (self))
    return;
  show_counting (self);
  tell (self);
}

void
ew_window_class_add_histogram (GType type)
{
  wanted_signal = g_signal_new ("histogram-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

void
ew_window_add_histogram (EwWindow *self)
{
  static const GActionEntry entries[] = { { .name = "histogram", .activate = on_histogram } };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  gtk_menu_button_set_create_popup_func (self->histogram_button, create_popover, self, NULL);
}
