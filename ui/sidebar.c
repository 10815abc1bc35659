/* EwSidebar: rows of a template, read and written as EwSettings. */
#include "ui/sidebar.h"

#include "engine/preset.h"
#include "ui/geometry-rows.h"
#include "ui/kernel-panel.h"
#include "ui/rate-row.h"
#include "ui/speed-stops.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

struct _EwSidebar
{
  AdwBin parent;

  GtkWidget *pages;
  AdwActionRow *input_row;
  AdwComboRow *target_row;
  AdwComboRow *colour_row;
  AdwComboRow *channel_row;
  GtkSpinButton *height_spin;
  GtkSpinButton *width_spin;
  EwGeometryRows *geometry_rows;
  EwKernelPanel *kernel_panel;
  AdwComboRow *init_row;
  AdwActionRow *seed_row;
  GtkSpinButton *seed_spin;
  GtkSwitch *bias_switch;
  EwRateRow *rate_row;
  GtkScale *rate_scale;
  EwRecipePage *recipe_page;
  AdwComboRow *loss_row;
  GtkSpinButton *epochs_spin;
  AdwActionRow *speed_row;
  GtkScale *speed_scale;
  GtkAdjustment *speed_adjustment;

  gboolean quiet; /* while settings are being shown, nothing is emitted */
  gboolean has_colour;
  guint n_presets;
  guint frames; /* seen so far, until the rows are shown */
};

G_DEFINE_FINAL_TYPE (EwSidebar, ew_sidebar, ADW_TYPE_BIN)

enum
{
  SIGNAL_CHANGED,
  SIGNAL_REFUSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

#define INIT_BY_HAND 3

static void
emit_changed (EwSidebar *self, EwChange change)
{
  if (!self->quiet)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0, (int)change);
}

static double
speed_chosen (EwSidebar *self)
{
  return ew_speed_at_stop (gtk_range_get_value (GTK_RANGE (self->speed_scale)));
}

static void
describe_speed (EwSidebar *self)
{
  g_autofree char *text = ew_speed_describe (speed_chosen (self));

  adw_action_row_set_subtitle (self->speed_row, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->speed_scale), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
}

static void
on_target_selected (EwSidebar *self)
{
  emit_changed (self, EW_CHANGE_TARGET);
}

static void
on_colour_selected (EwSidebar *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->channel_row),
                          self->has_colour && adw_combo_row_get_selected (self->colour_row) == 1);
  emit_changed (self, EW_CHANGE_COLOUR);
}

static void
on_channel_selected (EwSidebar *self)
{
  emit_changed (self, EW_CHANGE_CHANNEL);
}

static void
on_size_changed (EwSidebar *self)
{
  emit_changed (self, EW_CHANGE_SIZE);
}

static void
on_geometry_changed (EwSidebar *self)
{
  emit_changed (self, EW_CHANGE_GEOMETRY);
}

static void
on_init_changed (EwSidebar *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->seed_row), adw_combo_row_get_selected (self->init_row) < EW_INIT_ZEROS);
  emit_changed (self, EW_CHANGE_INIT);
}

static void
on_task_changed (EwSidebar *self)
{
  emit_changed (self, EW_CHANGE_TASK);
}

static void
on_epochs_changed (EwSidebar *self)
{
  emit_changed (self, EW_CHANGE_EPOCHS);
}

static void
on_speed_changed (EwSidebar *self)
{
  describe_speed (self);
  emit_changed (self, EW_CHANGE_SPEED);
}

static void
on_rate_changed (EwSidebar *self)
{
  emit_changed (self, EW_CHANGE_RATE);
}

static void
on_refused (EwSidebar *self, const char *sentence)
{
  g_signal_emit (self, signals[SIGNAL_REFUSED], 0, sentence);
}

void
ew_sidebar_get_settings (EwSidebar *self, EwSettings *settings)
{
  guint target = adw_combo_row_get_selected (self->target_row);
  guint init = adw_combo_row_get_selected (self->init_row);

  *settings = (EwSettings){
    .target = target < self->n_presets    ? (int)target
              : target == self->n_presets ? EW_TARGET_KERNEL
                                          : EW_TARGET_FILE,
    .channels = adw_combo_row_get_selected (self->colour_row) == 1,
    .channel = (int)adw_combo_row_get_selected (self->channel_row),
    .kernel_height = gtk_spin_button_get_value_as_int (self->height_spin),
    .kernel_width = gtk_spin_button_get_value_as_int (self->width_spin),
    .by_hand = init == INIT_BY_HAND,
    .init = init == INIT_BY_HAND ? EW_INIT_UNIFORM : (EwInit)init,
    .seed = (guint64)gtk_spin_button_get_value (self->seed_spin),
    .has_bias = gtk_switch_get_active (self->bias_switch),
    .loss = adw_combo_row_get_selected (self->loss_row) == 1 ? EW_LOSS_MEAN : EW_LOSS_SUM,
    .rate = ew_rate_row_get_rate (self->rate_row),
    .epochs = (guint64)gtk_spin_button_get_value (self->epochs_spin),
    .speed = speed_chosen (self),
  };
  ew_geometry_rows_get_settings (self->geometry_rows, settings);
  ew_recipe_page_get_settings (self->recipe_page, settings);
}

void
ew_sidebar_set_settings (EwSidebar *self, const EwSettings *settings)
{
  self->quiet = TRUE;
  adw_combo_row_set_selected (self->target_row, settings->target >= 0                  ? (guint)settings->target
                                                : settings->target == EW_TARGET_KERNEL ? self->n_presets
                                                                                       : self->n_presets + 1);
  adw_combo_row_set_selected (self->colour_row, settings->channels ? 1 : 0);
  adw_combo_row_set_selected (self->channel_row, (guint)settings->channel);
  gtk_spin_button_set_value (self->height_spin, settings->kernel_height);
  gtk_spin_button_set_value (self->width_spin, settings->kernel_width);
  ew_geometry_rows_set_settings (self->geometry_rows, settings);
  adw_combo_row_set_selected (self->init_row, settings->by_hand ? INIT_BY_HAND : (guint)settings->init);
  gtk_spin_button_set_value (self->seed_spin, (double)settings->seed);
  gtk_switch_set_active (self->bias_switch, settings->has_bias);
  adw_combo_row_set_selected (self->loss_row, settings->loss == EW_LOSS_MEAN ? 1 : 0);
  gtk_spin_button_set_value (self->epochs_spin, (double)settings->epochs);
  gtk_range_set_value (GTK_RANGE (self->speed_scale), ew_speed_find_stop (settings->speed));
  ew_rate_row_set_rate (self->rate_row, settings->rate);
  ew_recipe_page_set_settings (self->recipe_page, settings);
  describe_speed (self);
  self->quiet = FALSE;
}

void
ew_sidebar_set_input (EwSidebar *self, const char *description, gboolean has_colour)
{
  adw_action_row_set_subtitle (self->input_row, description);
  self->has_colour = has_colour;
  gtk_widget_set_visible (GTK_WIDGET (self->colour_row), has_colour);
  gtk_widget_set_visible (GTK_WIDGET (self->channel_row),
                          has_colour && adw_combo_row_get_selected (self->colour_row) == 1);
}

void
ew_sidebar_set_target_note (EwSidebar *self, const char *note)
{
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->target_row), note == NULL ? "" : note);
}

void
ew_sidebar_show_rate (EwSidebar *self, double rate, double limit, const EwRecipe *recipe)
{
  ew_rate_row_show (self->rate_row, rate, limit, recipe);
}

EwRecipePage *
ew_sidebar_recipe_page (EwSidebar *self)
{
  return self->recipe_page;
}

void
ew_sidebar_show_diagnosis (EwSidebar *self, EwDiagnosis *diagnosis)
{
  ew_kernel_panel_set_diagnosis (self->kernel_panel, diagnosis);
}

static void
fill_combos (EwSidebar *self)
{
  const EwPreset *presets = ew_presets (&self->n_presets);
  g_autoptr (GtkStringList) targets = gtk_string_list_new (NULL);

  for (guint i = 0; i < self->n_presets; i++)
    gtk_string_list_append (targets, _ (presets[i].title));
  gtk_string_list_append (targets, _ ("Present kernel"));
  gtk_string_list_append (targets, _ ("File…"));
  adw_combo_row_set_model (self->target_row, G_LIST_MODEL (targets));
}

/* The rows take as long to style and measure as all the rest of the window: they come with the second frame. */
static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  EwSidebar *self = EW_SIDEBAR (widget);

  if (self->frames++ == 0)
    return G_SOURCE_CONTINUE;
  gtk_widget_set_visible (self->pages, TRUE);
  return G_SOURCE_REMOVE;
}

static void
ew_sidebar_init (EwSidebar *self)
{
  self->quiet = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  fill_combos (self);
  gtk_adjustment_set_upper (self->speed_adjustment, ew_speed_last_stop ());
  gtk_scale_set_digits (self->speed_scale, 0);
  ew_rate_row_set_scale (self->rate_row, self->rate_scale);
  gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
  self->quiet = FALSE;
}

static void
ew_sidebar_dispose (GObject *object)
{
  EwSidebar *self = EW_SIDEBAR (object);

  /* Rows that go tell of their last change; nobody is to hear it. */
  self->quiet = TRUE;
  adw_bin_set_child (ADW_BIN (self), NULL);
  G_OBJECT_CLASS (ew_sidebar_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, EwSidebar, pages);
  gtk_widget_class_bind_template_child_full (widget_class, "stack", FALSE, 0);
  gtk_widget_class_bind_template_child (widget_class, EwSidebar, input_row);
  gtk_widget_class_bind_template_child (widget_class, EwSidebar, target_row);
  gtk_widget_class_bind_template_child (widget_class, EwSidebar, colour_row);
  gtk_widget_class_bind_template_child (widget_class, EwSidebar, channel_row);
  gtk_widget_class_bind_template_child (widget_class, EwSidebar, height_spin);
  gtk_widget_class_bind_template_child (widget_class, EwSidebar, width_spin);
  gtk_widget_class_bind_template_child (widget_class, EwSidebar, geometry_rows);
  gtk_widget_class_bind_template_child (widget_class, EwSidebar, kernel_panel);
  gtk_widget_class_bind_template_child (widget_class, EwSidebar, init_row);
  gtk_widget_class_bind_template_child (widget_class, EwSidebar, seed_row);
  gtk_widget_class_bind_template_child (widget_class, EwSidebar, seed_spin);
  gtk_widget_class_bind_template_child (widget_class, EwSidebar, bias_switch);
  gtk_widget_class_bind_template_child (widget_class, EwSidebar, rate_row);
  gtk_widget_class_bind_template_child (widget_class, EwSidebar, rate_scale);
  gtk_widget_class_bind_template_child (widget_class, EwSidebar, recipe_page);
  gtk_widget_class_bind_template_child (widget_class, EwSidebar, loss_row);
  gtk_widget_class_bind_template_child (widget_class, EwSidebar, epochs_spin);
  gtk_widget_class_bind_template_child (widget_class, EwSidebar, speed_row);
  gtk_widget_class_bind_template_child (widget_class, EwSidebar, speed_scale);
  gtk_widget_class_bind_template_child (widget_class, EwSidebar, speed_adjustment);
}

static void
bind_callbacks (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, on_target_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_colour_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_channel_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_size_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_init_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_geometry_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_task_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_rate_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_refused);
  gtk_widget_class_bind_template_callback (widget_class, on_epochs_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_speed_changed);
}

static void
ew_sidebar_class_init (EwSidebarClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ew_sidebar_dispose;
  g_type_ensure (EW_TYPE_GEOMETRY_ROWS);
  g_type_ensure (EW_TYPE_KERNEL_PANEL);
  g_type_ensure (EW_TYPE_RATE_ROW);
  g_type_ensure (EW_TYPE_RECIPE_PAGE);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/edgewise/Edgewise/sidebar.ui");
  bind_children (widget_class);
  bind_callbacks (widget_class);
  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", EW_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[SIGNAL_REFUSED] = g_signal_new ("refused", EW_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
}
