/* EwSlidePage: the frame clock moves the window on while it plays; otherwise nothing runs. */
#include "ui/slide-page.h"

#include "ui/slide-view.h"
#include "ui/steady-text.h"

#include <glib/gi18n.h>
#include <math.h>

/* Outputs a second at the ends of the speed's scale, and at the start; powers of two. */
#define SPEED_LOW   -1
#define SPEED_HIGH  8
#define SPEED_START 2

/* The least room for what is said below the picture. */
#define WORDS_CHARS 12

enum
{
  PROP_PLAYING = 1,
  N_PROPS,
};

struct _EwSlidePage
{
  AdwBin parent_instance;

  EwSlideView *view;
  GtkButton *play_button;
  GtkScale *scrub;
  GtkScale *speed;
  EwSteadyText *words;

  guint tick; /* while playing */
  gint64 last_us;
  double due; /* outputs that are due, as a fraction */
};

static GParamSpec *props[N_PROPS];
static guint moved_signal;

G_DEFINE_FINAL_TYPE (EwSlidePage, ew_slide_page, ADW_TYPE_BIN)

gboolean
ew_slide_page_get_playing (EwSlidePage *page)
{
  return page->tick != 0;
}

static void
show_playing (EwSlidePage *self)
{
  gboolean playing = self->tick != 0;

  gtk_button_set_icon_name (self->play_button,
                            playing ? "media-playback-pause-symbolic" : "media-playback-start-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->play_button),
                               playing ? _ ("Pause the slide") : _ ("Slide the kernel over the input"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->play_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  playing ? _ ("Pause slide") : _ ("Play slide"), -1);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PLAYING]);
}

static void
stop (EwSlidePage *self)
{
  if (self->tick == 0)
    return;
  gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  show_playing (self);
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  EwSlidePage *self = EW_SLIDE_PAGE (widget);
  gint64 now = gdk_frame_clock_get_frame_time (clock);
  double whole;

  self->due += (double)(now - self->last_us) * 1e-6 * exp2 (gtk_range_get_value (GTK_RANGE (self->speed)));
  self->last_us = now;
  self->due = modf (self->due, &whole);
  if (whole >= 1)
    ew_slide_view_set_made (self->view, ew_slide_view_get_made (self->view) + (int)fmin (whole, G_MAXINT / 2));
  if (ew_slide_view_get_made (self->view) < ew_slide_view_get_length (self->view))
    return G_SOURCE_CONTINUE;
  self->tick = 0;
  show_playing (self);
  return G_SOURCE_REMOVE;
}

static gboolean
animations_enabled (EwSlidePage *self)
{
  gboolean enabled = TRUE;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations", &enabled, NULL);
  return enabled;
}

void
ew_slide_page_set_playing (EwSlidePage *page, gboolean playing)
{
  int length = ew_slide_view_get_length (page->view);

  g_return_if_fail (EW_IS_SLIDE_PAGE (page));
  if (playing == (page->tick != 0))
    return;
  if (!playing)
    {
      stop (page);
      return;
    }
  if (length < 1)
    return;
  if (!animations_enabled (page))
    {
      ew_slide_view_set_made (page->view, length);
      return;
    }
  if (ew_slide_view_get_made (page->view) >= length)
    ew_slide_view_set_made (page->view, 1);
  page->due = 0;
  page->last_us = g_get_monotonic_time ();
  page->tick = gtk_widget_add_tick_callback (GTK_WIDGET (page), on_tick, NULL, NULL);
  show_playing (page);
}

static void
on_play_clicked (EwSlidePage *self)
{
  ew_slide_page_set_playing (self, self->tick == 0);
}

static void
step (EwSlidePage *self, int by)
{
  stop (self);
  ew_slide_view_set_made (self->view, ew_slide_view_get_made (self->view) + by);
}

static void
on_step_clicked (EwSlidePage *self)
{
  step (self, 1);
}

static void
on_back_clicked (EwSlidePage *self)
{
  step (self, -1);
}

static void
on_scrubbed (EwSlidePage *self)
{
  ew_slide_view_set_made (self->view, (int)gtk_range_get_value (GTK_RANGE (self->scrub)));
}

static void
show_words (EwSlidePage *self)
{
  g_autofree char *how = ew_slide_view_describe (self->view);
  g_autofree char *text = g_strdup_printf (_ ("%d of %d · %s"), ew_slide_view_get_made (self->view),
                                           ew_slide_view_get_length (self->view), how);

  ew_steady_text_set_words (self->words, text, NULL);
}

static void
on_moved (EwSlidePage *self)
{
  int row, column;

  gtk_range_set_range (GTK_RANGE (self->scrub), 1, MAX (ew_slide_view_get_length (self->view), 2));
  gtk_range_set_value (GTK_RANGE (self->scrub), ew_slide_view_get_made (self->view));
  show_words (self);
  if (ew_slide_view_get_output (self->view, &row, &column) && gtk_widget_get_mapped (GTK_WIDGET (self)))
    g_signal_emit (self, moved_signal, 0, row, column);
}

static void
ew_slide_page_unmap (GtkWidget *widget)
{
  stop (EW_SLIDE_PAGE (widget));
  GTK_WIDGET_CLASS (ew_slide_page_parent_class)->unmap (widget);
}

static void
ew_slide_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_PLAYING)
    g_value_set_boolean (value, EW_SLIDE_PAGE (object)->tick != 0);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
ew_slide_page_class_init (EwSlidePageClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = ew_slide_page_get_property;
  GTK_WIDGET_CLASS (klass)->unmap = ew_slide_page_unmap;
  props[PROP_PLAYING] = g_param_spec_boolean ("playing", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, props);
  moved_signal = g_signal_new ("moved", EW_TYPE_SLIDE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                               G_TYPE_INT, G_TYPE_INT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "slidepage");
}

static GtkWidget *
add_button (EwSlidePage *self, GtkWidget *bar, const char *icon, const char *name, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (button, "clicked", clicked, self);
  gtk_box_append (GTK_BOX (bar), button);
  return button;
}

static GtkScale *
add_scale (GtkWidget *bar, const char *name, double low, double high, double value)
{
  GtkWidget *scale = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, low, high, 1);

  gtk_scale_set_draw_value (GTK_SCALE (scale), FALSE);
  gtk_range_set_value (GTK_RANGE (scale), value);
  gtk_widget_set_tooltip_text (scale, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (scale), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_box_append (GTK_BOX (bar), scale);
  return GTK_SCALE (scale);
}

static GtkWidget *
make_bar (EwSlidePage *self)
{
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *slow = gtk_label_new (_ ("Speed"));

  add_button (self, bar, "media-seek-backward-symbolic", _ ("One output back"), G_CALLBACK (on_back_clicked));
  self->play_button = GTK_BUTTON (
      add_button (self, bar, "media-playback-start-symbolic", _ ("Play slide"), G_CALLBACK (on_play_clicked)));
  add_button (self, bar, "media-seek-forward-symbolic", _ ("One output on"), G_CALLBACK (on_step_clicked));
  self->scrub = add_scale (bar, _ ("Outputs made"), 1, 2, 1);
  gtk_widget_set_hexpand (GTK_WIDGET (self->scrub), TRUE);
  gtk_widget_add_css_class (slow, "dim-label");
  gtk_box_append (GTK_BOX (bar), slow);
  self->speed = add_scale (bar, _ ("Outputs a second"), SPEED_LOW, SPEED_HIGH, SPEED_START);
  gtk_widget_set_size_request (GTK_WIDGET (self->speed), 110, -1);
  g_signal_connect_swapped (self->scrub, "value-changed", G_CALLBACK (on_scrubbed), self);
  return bar;
}

static void
ew_slide_page_init (EwSlidePage *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *view = ew_slide_view_new ();

  self->view = EW_SLIDE_VIEW (view);
  gtk_widget_set_vexpand (view, TRUE);
  gtk_box_append (GTK_BOX (box), view);
  self->words = EW_STEADY_TEXT (ew_steady_text_new (WORDS_CHARS, 0.5));
  gtk_widget_add_css_class (GTK_WIDGET (self->words), "dim-label");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->words));
  gtk_box_append (GTK_BOX (box), make_bar (self));
  g_signal_connect_swapped (view, "moved", G_CALLBACK (on_moved), self);
  adw_bin_set_child (ADW_BIN (self), box);
}

void
ew_slide_page_set_snapshot (EwSlidePage *page, EwSnapshot *snapshot, int output_row, int output_column)
{
  g_return_if_fail (EW_IS_SLIDE_PAGE (page));
  ew_slide_view_set_snapshot (page->view, snapshot, output_row, output_column);
}
