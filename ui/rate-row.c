/* EwRateRow: entry, button and scale of one number. */
#include "ui/rate-row.h"

#include "ui/rate-text.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* The scale, in powers of ten of the limit. */
#define SCALE_LOW  (-3.0)
#define SCALE_HIGH 0.5
#define SCALE_STEP 0.05

struct _EwRateRow
{
  AdwActionRow parent_instance;

  GtkEntry *entry;
  GtkToggleButton *auto_button;
  GtkScale *scale;
  gboolean quiet;  /* while something is being shown, nothing is emitted */
  double rate;     /* as set by the user or shown last */
  double limit;
  EwRecipe recipe; /* without its pointers */
};

G_DEFINE_FINAL_TYPE (EwRateRow, ew_rate_row, ADW_TYPE_ACTION_ROW)

enum
{
  SIGNAL_CHANGED,
  SIGNAL_REFUSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
emit_changed (EwRateRow *self)
{
  if (!self->quiet)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
show_text (EwRateRow *self)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  ew_rate_format (text, self->rate);
  self->quiet = TRUE;
  if (strcmp (gtk_editable_get_text (GTK_EDITABLE (self->entry)), text) != 0)
    gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
  self->quiet = FALSE;
}

/* What a rate does, or would do. */
static void
show_outlook (EwRateRow *self, double rate)
{
  g_autofree char *text = ew_rate_describe (rate, self->limit, &self->recipe);

  if (g_strcmp0 (adw_action_row_get_subtitle (ADW_ACTION_ROW (self)), text) != 0)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text);
  if (rate > self->limit)
    gtk_widget_add_css_class (GTK_WIDGET (self), "warning");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "warning");
}

/* What the middle of the scale stands for: the limit, or the rule's usual rate; NaN: there is neither. */
static double
reference (EwRateRow *self)
{
  double usual = ew_optimizer_usual_rate (self->recipe.optimizer.kind);

  return isfinite (self->limit) ? self->limit : usual > 0 ? usual : NAN;
}

static void
show_scale (EwRateRow *self)
{
  double middle = reference (self);
  gboolean usable = !isnan (middle) && ew_optimizer_has_rate (self->recipe.optimizer.kind);
  char rate[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *text = NULL;

  if (self->scale == NULL)
    return;
  gtk_widget_set_sensitive (GTK_WIDGET (self->scale), usable);
  gtk_scale_clear_marks (self->scale);
  if (usable)
    gtk_scale_add_mark (self->scale, 0, GTK_POS_BOTTOM, isfinite (self->limit) ? _ ("limit") : _ ("usual"));
  if (!usable || isnan (self->rate))
    return;
  self->quiet = TRUE;
  gtk_range_set_value (GTK_RANGE (self->scale), log10 (self->rate / middle));
  self->quiet = FALSE;
  ew_rate_format (rate, self->rate);
  text = isfinite (self->limit) ? g_strdup_printf (_ ("%s, %.0f %% of the limit"), rate, 100 * self->rate / self->limit)
                                : g_strdup (rate);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scale), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
}

/* A rate by hand. */
static void
take (EwRateRow *self, double rate)
{
  self->rate = rate;
  self->quiet = TRUE;
  gtk_toggle_button_set_active (self->auto_button, FALSE);
  self->quiet = FALSE;
  show_text (self);
  show_outlook (self, rate);
  emit_changed (self);
}

static void
on_activated (EwRateRow *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  char shown[G_ASCII_DTOSTR_BUF_SIZE];
  double rate;

  /* What stands there may be just how the present rate is shown, or nothing: then it is shown again. */
  if (*text == '\0' || strcmp (text, ew_rate_format (shown, self->rate)) == 0)
    {
      show_text (self);
      show_outlook (self, self->rate);
      return;
    }
  if (!ew_rate_parse (text, &rate))
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
      g_signal_emit (self, signals[SIGNAL_REFUSED], 0, _ ("A rate is a number greater than 0, like 0.03 or 1e-5."));
      return;
    }
  take (self, rate);
  show_scale (self);
}

/* Before it is confirmed it is said what will come of it. */
static void
on_typed (EwRateRow *self)
{
  double rate;

  if (!self->quiet && ew_rate_parse (gtk_editable_get_text (GTK_EDITABLE (self->entry)), &rate))
    show_outlook (self, rate);
}

static void
on_leave (GtkEventControllerFocus *controller, EwRateRow *self)
{
  on_activated (self);
}

static void
on_auto_toggled (EwRateRow *self)
{
  /* Let go of the automatic rate, the present one stays. */
  emit_changed (self);
}

static void
on_scaled (EwRateRow *self)
{
  double rate = reference (self) * pow (10, gtk_range_get_value (GTK_RANGE (self->scale)));
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (self->quiet || isnan (rate))
    return;
  /* No more digits than a hand can set. */
  take (self, g_ascii_strtod (g_ascii_formatd (text, sizeof text, "%.3g", rate), NULL));
}

void
ew_rate_row_set_scale (EwRateRow *self, GtkScale *scale)
{
  self->scale = scale;
  gtk_range_set_range (GTK_RANGE (scale), SCALE_LOW, SCALE_HIGH);
  gtk_range_set_increments (GTK_RANGE (scale), SCALE_STEP, 10 * SCALE_STEP);
  gtk_range_set_round_digits (GTK_RANGE (scale), -1);
  g_signal_connect_object (scale, "value-changed", G_CALLBACK (on_scaled), self, G_CONNECT_SWAPPED);
  show_scale (self);
}

double
ew_rate_row_get_rate (EwRateRow *self)
{
  return gtk_toggle_button_get_active (self->auto_button) || isnan (self->rate) ? 0 : self->rate;
}

void
ew_rate_row_set_rate (EwRateRow *self, double rate)
{
  self->quiet = TRUE;
  gtk_toggle_button_set_active (self->auto_button, rate <= 0);
  self->quiet = FALSE;
  self->rate = rate > 0 ? rate : NAN;
  show_text (self);
  show_scale (self);
}

void
ew_rate_row_show (EwRateRow *self, double rate, double limit, const EwRecipe *recipe)
{
  gboolean focused = gtk_widget_get_state_flags (GTK_WIDGET (self->entry)) & GTK_STATE_FLAG_FOCUS_WITHIN;
  gboolean same = ew_recipe_same_epochs (recipe, &self->recipe, 0)
                  && adw_action_row_get_subtitle (ADW_ACTION_ROW (self)) != NULL;

  if (same && limit == self->limit && (rate == self->rate || (isnan (rate) && isnan (self->rate))))
    return;
  self->rate = rate;
  self->limit = limit;
  self->recipe = *recipe;
  gtk_widget_set_sensitive (GTK_WIDGET (self), ew_optimizer_has_rate (recipe->optimizer.kind));
  if (!focused)
    show_text (self);
  show_outlook (self, rate);
  show_scale (self);
}

static void
ew_rate_row_init (EwRateRow *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkWidget *entry = gtk_entry_new ();
  GtkWidget *automatic = gtk_toggle_button_new_with_label (_ ("Auto"));

  self->rate = self->limit = NAN;
  ew_recipe_init (&self->recipe, EW_OPTIMIZER_GD);
  self->entry = GTK_ENTRY (entry);
  self->auto_button = GTK_TOGGLE_BUTTON (automatic);
  gtk_widget_set_valign (entry, GTK_ALIGN_CENTER);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 9);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (entry), 9);
  gtk_entry_set_input_purpose (self->entry, GTK_INPUT_PURPOSE_NUMBER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Rate"), -1);
  g_signal_connect_swapped (entry, "activate", G_CALLBACK (on_activated), self);
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (on_typed), self);
  g_signal_connect (focus, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (entry, focus);
  gtk_widget_set_valign (automatic, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (automatic, _ ("0.9 of the largest stable rate, or the rule’s usual one"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (automatic), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Automatic rate"), -1);
  g_signal_connect_swapped (automatic, "toggled", G_CALLBACK (on_auto_toggled), self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), entry);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), automatic);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (self), 4);
}

static void
ew_rate_row_dispose (GObject *object)
{
  /* Focus that leaves an entry which goes tells of it. */
  EW_RATE_ROW (object)->quiet = TRUE;
  EW_RATE_ROW (object)->scale = NULL;
  G_OBJECT_CLASS (ew_rate_row_parent_class)->dispose (object);
}

static void
ew_rate_row_class_init (EwRateRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ew_rate_row_dispose;
  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", EW_TYPE_RATE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_REFUSED] = g_signal_new ("refused", EW_TYPE_RATE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
}
