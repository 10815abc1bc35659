/* EwNumberRow: an entry that takes what is a number in its range. */
#include "ui/number-row.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define WIDTH 9

struct _EwNumberRow
{
  AdwActionRow parent_instance;

  GtkEntry *entry;
  char *subtitle;
  double low;
  double high;
  gboolean whole;
  double value;
};

G_DEFINE_FINAL_TYPE (EwNumberRow, ew_number_row, ADW_TYPE_ACTION_ROW)

enum
{
  SIGNAL_CHANGED,
  SIGNAL_REFUSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static char *
text_of (EwNumberRow *self, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_formatd (number, sizeof number, self->whole ? "%.0f" : "%.6g", value));
}

static void
show_value (EwNumberRow *self)
{
  g_autofree char *text = text_of (self, self->value);

  if (strcmp (gtk_editable_get_text (GTK_EDITABLE (self->entry)), text) != 0)
    gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
}

static gboolean
parse (EwNumberRow *self, const char *text, double *value)
{
  g_autofree char *plain = g_strdelimit (g_strstrip (g_strdup (text)), ",", '.');
  char *end = NULL;

  *value = g_ascii_strtod (plain, &end);
  return end != plain && *end == '\0' && isfinite (*value) && *value >= self->low && *value <= self->high
         && (!self->whole || *value == floor (*value));
}

static void
refuse (EwNumberRow *self)
{
  const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self));
  g_autofree char *low = text_of (self, self->low);
  g_autofree char *high = text_of (self, self->high);
  g_autofree char *sentence
      = isinf (self->high)
            ? g_strdup_printf (self->whole ? _ ("%s is a whole number of at least %s.") : _ ("%s is a number of at least %s."), title, low)
            : g_strdup_printf (self->whole ? _ ("%s is a whole number from %s to %s.") : _ ("%s is a number from %s to %s."), title, low, high);

  gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  g_signal_emit (self, signals[SIGNAL_REFUSED], 0, sentence);
}

static void
on_activated (EwNumberRow *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  g_autofree char *shown = text_of (self, self->value);
  double value;

  /* What stands there may be just how the present number is shown, or nothing: then it is shown again. */
  if (*text == '\0' || strcmp (text, shown) == 0)
    {
      show_value (self);
      return;
    }
  if (!parse (self, text, &value))
    {
      refuse (self);
      return;
    }
  self->value = value;
  show_value (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

double
ew_number_row_get_value (EwNumberRow *self)
{
  return self->value;
}

void
ew_number_row_set_value (EwNumberRow *self, double value)
{
  gboolean focused = gtk_widget_get_state_flags (GTK_WIDGET (self->entry)) & GTK_STATE_FLAG_FOCUS_WITHIN;

  if (value == self->value && focused)
    return;
  self->value = value;
  show_value (self);
}

void
ew_number_row_set_reason (EwNumberRow *self, const char *reason)
{
  const char *text = reason != NULL ? reason : self->subtitle;

  gtk_widget_set_sensitive (GTK_WIDGET (self), reason == NULL);
  if (g_strcmp0 (adw_action_row_get_subtitle (ADW_ACTION_ROW (self)), text) != 0)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text);
}

static void
on_leave (GtkEventControllerFocus *controller, EwNumberRow *self)
{
  on_activated (self);
}

static void
ew_number_row_init (EwNumberRow *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->entry = GTK_ENTRY (gtk_entry_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->entry), GTK_ALIGN_CENTER);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), WIDTH);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->entry), WIDTH);
  gtk_entry_set_input_purpose (self->entry, GTK_INPUT_PURPOSE_NUMBER);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (on_activated), self);
  g_signal_connect (focus, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), focus);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), GTK_WIDGET (self->entry));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (self), 4);
}

static void
ew_number_row_finalize (GObject *object)
{
  g_free (EW_NUMBER_ROW (object)->subtitle);
  G_OBJECT_CLASS (ew_number_row_parent_class)->finalize (object);
}

static void
ew_number_row_class_init (EwNumberRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ew_number_row_finalize;
  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", EW_TYPE_NUMBER_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_REFUSED] = g_signal_new ("refused", EW_TYPE_NUMBER_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
}

GtkWidget *
ew_number_row_new (const char *title, const char *subtitle, double low, double high, gboolean whole)
{
  EwNumberRow *self = g_object_new (EW_TYPE_NUMBER_ROW, "title", title, NULL);

  self->subtitle = g_strdup (subtitle);
  self->low = low;
  self->high = high;
  self->whole = whole;
  self->value = low;
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  show_value (self);
  return GTK_WIDGET (self);
}
