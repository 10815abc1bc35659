/* EwTimeBar: the scrubber over a run's epochs. */
#include "ui/time-bar.h"

#include "ui/steady-text.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define PAGES 20

struct _EwTimeBar
{
  GtkBox parent_instance;

  GtkWidget *backwards;
  GtkWidget *forwards;
  GtkWidget *scale;
  GtkAdjustment *epochs;
  EwSteadyText *place;
  GtkWidget *speed;
  GtkWidget *branch;
  GtkWidget *end;
  gboolean showing; /* what is set is not the user's */
  double playing;
  guint64 last;
};

/* Epochs a second, as the list of speeds has them. */
static const double speeds[] = { 1, 10, 100, 1000, 10000, INFINITY };

static guint asked_signal;
static guint play_signal;

G_DEFINE_FINAL_TYPE (EwTimeBar, ew_time_bar, GTK_TYPE_BOX)

static double
chosen_speed (EwTimeBar *self)
{
  guint chosen = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->speed));

  return speeds[MIN (chosen, G_N_ELEMENTS (speeds) - 1)];
}

static void
show_place (EwTimeBar *self, const char *prefix, guint64 epoch)
{
  g_autofree char *text = g_strdup_printf (_ ("%s%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT), prefix, epoch, self->last);
  g_autofree char *spoken = g_strdup_printf (_ ("Epoch %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT), epoch, self->last);

  if (strcmp (ew_steady_text_get_words (self->place), text) == 0)
    return;
  ew_steady_text_set_words (self->place, text, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scale), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, spoken, -1);
}

static void
on_moved (EwTimeBar *self)
{
  guint64 epoch = (guint64)llround (gtk_adjustment_get_value (self->epochs));

  if (self->showing)
    return;
  show_place (self, "", epoch);
  g_signal_emit (self, asked_signal, 0, epoch);
}

static void
on_backwards (EwTimeBar *self)
{
  if (!self->showing)
    g_signal_emit (self, play_signal, 0, self->playing < 0 ? 0 : -chosen_speed (self));
}

static void
on_forwards (EwTimeBar *self)
{
  if (!self->showing)
    g_signal_emit (self, play_signal, 0, self->playing > 0 ? 0 : chosen_speed (self));
}

void
ew_time_bar_toggle_play (EwTimeBar *self, gboolean backwards)
{
  g_return_if_fail (EW_IS_TIME_BAR (self));
  if (backwards)
    on_backwards (self);
  else
    on_forwards (self);
}

/* Another speed holds for what is playing. */
static void
on_speed_chosen (EwTimeBar *self)
{
  if (self->playing != 0)
    g_signal_emit (self, play_signal, 0, copysign (chosen_speed (self), self->playing));
}

static void
show_playing (EwTimeBar *self, GtkWidget *button, gboolean playing, const char *icon)
{
  const char *name = playing ? "media-playback-pause-symbolic" : icon;

  if (g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (button)), name) != 0)
    gtk_button_set_icon_name (GTK_BUTTON (button), name);
}

void
ew_time_bar_show (EwTimeBar *self, const EwSnapshot *s, gboolean keep)
{
  const char *prefix = s->shown_epoch != s->asked_epoch ? "… " : s->shown_exact ? "" : "≈ ";
  gboolean any = s->epoch > 0;

  g_return_if_fail (EW_IS_TIME_BAR (self));
  self->showing = TRUE;
  self->playing = s->playing;
  self->last = s->epoch;
  gtk_widget_set_sensitive (self->scale, any);
  gtk_widget_set_sensitive (self->backwards, any && (s->playing < 0 || s->asked_epoch > 0));
  gtk_widget_set_sensitive (self->forwards, any);
  gtk_widget_set_sensitive (self->branch, s->past);
  gtk_widget_set_sensitive (self->end, s->past);
  gtk_adjustment_set_upper (self->epochs, (double)MAX (s->epoch, 1));
  gtk_adjustment_set_page_increment (self->epochs, ceil (fmax ((double)s->epoch / PAGES, 1)));
  if (!keep)
    {
      gtk_adjustment_set_value (self->epochs, (double)s->asked_epoch);
      show_place (self, prefix, s->asked_epoch);
    }
  show_playing (self, self->backwards, s->playing < 0, "media-seek-backward-symbolic");
  show_playing (self, self->forwards, s->playing > 0, "media-seek-forward-symbolic");
  self->showing = FALSE;
}

static GtkWidget *
add_button (EwTimeBar *self, const char *icon, const char *name, const char *tooltip)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, tooltip);
  /* Its arrow is as the line is: time runs to the right everywhere, as in the charts. */
  gtk_widget_set_direction (gtk_button_get_child (GTK_BUTTON (button)), GTK_TEXT_DIR_LTR);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_box_append (GTK_BOX (self), button);
  return button;
}

static void
add_scale (EwTimeBar *self)
{
  self->epochs = gtk_adjustment_new (0, 0, 1, 1, 1, 0);
  self->scale = gtk_scale_new (GTK_ORIENTATION_HORIZONTAL, self->epochs);
  gtk_scale_set_draw_value (GTK_SCALE (self->scale), FALSE);
  gtk_scale_set_digits (GTK_SCALE (self->scale), 0);
  gtk_range_set_round_digits (GTK_RANGE (self->scale), 0);
  gtk_widget_set_hexpand (self->scale, TRUE);
  gtk_widget_set_size_request (self->scale, 120, -1);
  gtk_widget_set_direction (self->scale, GTK_TEXT_DIR_LTR);
  gtk_widget_set_tooltip_text (self->scale, _ ("Show an earlier epoch"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scale), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Time line"), -1);
  g_signal_connect_swapped (self->epochs, "value-changed", G_CALLBACK (on_moved), self);
  gtk_box_append (GTK_BOX (self), self->scale);
}

static void
add_place (EwTimeBar *self)
{
  self->place = g_object_new (EW_TYPE_STEADY_TEXT, "width-chars", 14, "grows", TRUE, NULL);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->place));
}

static void
add_speed (EwTimeBar *self)
{
  const char *const names[] = { _ ("1 epoch/s"),   _ ("10 epochs/s"),   _ ("100 epochs/s"),
                                _ ("1000 epochs/s"), _ ("10 000 epochs/s"), _ ("All in 2 s"), NULL };

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == G_N_ELEMENTS (speeds) + 1);
  self->speed = gtk_drop_down_new_from_strings (names);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->speed), 1);
  gtk_widget_add_css_class (self->speed, "flat");
  gtk_widget_set_tooltip_text (self->speed, _ ("How fast the time line plays"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->speed), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Playback speed"), -1);
  g_signal_connect_swapped (self->speed, "notify::selected", G_CALLBACK (on_speed_chosen), self);
  gtk_box_append (GTK_BOX (self), self->speed);
}

static void
ew_time_bar_class_init (EwTimeBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  asked_signal = g_signal_new ("epoch-asked", EW_TYPE_TIME_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                               G_TYPE_UINT64);
  play_signal
      = g_signal_new ("play", EW_TYPE_TIME_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  gtk_widget_class_set_css_name (widget_class, "timebar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_TOOLBAR);
}

static void
ew_time_bar_init (EwTimeBar *self)
{
  gtk_box_set_spacing (GTK_BOX (self), 6);
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);
  self->backwards = add_button (self, "media-seek-backward-symbolic", _ ("Play backwards"),
                                _ ("Play the time line backwards (Ctrl+Shift+P)"));
  self->forwards = add_button (self, "media-seek-forward-symbolic", _ ("Play forwards"), _ ("Play the time line (Ctrl+P)"));
  add_scale (self);
  add_place (self);
  add_speed (self);
  self->branch = gtk_button_new_with_mnemonic (_ ("_Branch Here"));
  gtk_widget_set_tooltip_text (self->branch, _ ("Make this epoch the end of the run and go on from it (Ctrl+B)"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->branch), "win.branch");
  gtk_box_append (GTK_BOX (self), self->branch);
  self->end = add_button (self, "go-last-symbolic", _ ("Back to the last epoch"), _ ("Back to the last epoch (Ctrl+End)"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->end), "win.show-end");
  g_signal_connect_swapped (self->backwards, "clicked", G_CALLBACK (on_backwards), self);
  g_signal_connect_swapped (self->forwards, "clicked", G_CALLBACK (on_forwards), self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Time line"), -1);
  self->last = 0;
  show_place (self, "", 0);
}

GtkWidget *
ew_time_bar_new (void)
{
  return g_object_new (EW_TYPE_TIME_BAR, NULL);
}
