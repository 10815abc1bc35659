/* EwSidebar: the rows of its template, as settings and back. */
#include "ui/sidebar-private.h"

#include "engine/preset.h"
#include "ui/speed-stops.h"

#include <glib/gi18n.h>

#define INIT_BY_HAND 3

/* Of the row of colour; the first is the luminance. */
#define COLOUR_CHANNELS 1
#define COLOUR_EACH     2

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
  ew_sidebar_changed (self, EW_CHANGE_TARGET);
}

void
ew_sidebar_show_channel_row (EwSidebar *self)
{
  guint colour = adw_combo_row_get_selected (self->colour_row);

  gtk_widget_set_visible (GTK_WIDGET (self->channel_row), self->has_colour && colour >= COLOUR_CHANNELS);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->channel_row),
                                 colour == COLOUR_EACH ? _ ("Channel learned") : _ ("Channel shown"));
}

static void
on_colour_selected (EwSidebar *self)
{
  ew_sidebar_show_channel_row (self);
  ew_sidebar_changed (self, EW_CHANGE_COLOUR);
}

static void
on_channel_selected (EwSidebar *self)
{
  ew_sidebar_changed (self, EW_CHANGE_CHANNEL);
}

static void
on_size_changed (EwSidebar *self)
{
  ew_sidebar_changed (self, EW_CHANGE_SIZE);
}

static void
on_geometry_changed (EwSidebar *self)
{
  ew_sidebar_changed (self, EW_CHANGE_GEOMETRY);
}

static void
on_init_changed (EwSidebar *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->seed_row), adw_combo_row_get_selected (self->init_row) < EW_INIT_ZEROS);
  ew_sidebar_changed (self, EW_CHANGE_INIT);
}

static void
on_task_changed (EwSidebar *self)
{
  ew_sidebar_changed (self, EW_CHANGE_TASK);
}

static void
on_epochs_changed (EwSidebar *self)
{
  ew_sidebar_changed (self, EW_CHANGE_EPOCHS);
}

static void
on_speed_changed (EwSidebar *self)
{
  describe_speed (self);
  ew_sidebar_changed (self, EW_CHANGE_SPEED);
}

static void
on_rate_changed (EwSidebar *self)
{
  ew_sidebar_changed (self, EW_CHANGE_RATE);
}

static void
on_refused (EwSidebar *self, const char *sentence)
{
  ew_sidebar_refused (self, sentence);
}

void
ew_sidebar_read_rows (EwSidebar *self, EwSettings *settings)
{
  guint target = adw_combo_row_get_selected (self->target_row);
  guint init = adw_combo_row_get_selected (self->init_row);

  *settings = (EwSettings){
    .target = target < self->n_presets    ? (int)target
              : target == self->n_presets ? EW_TARGET_KERNEL
                                          : EW_TARGET_FILE,
    .channels = adw_combo_row_get_selected (self->colour_row) >= COLOUR_CHANNELS,
    .each = adw_combo_row_get_selected (self->colour_row) == COLOUR_EACH,
    .pair = self->settings.pair,
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
ew_sidebar_fill_rows (EwSidebar *self, const EwSettings *settings)
{
  self->quiet = TRUE;
  adw_combo_row_set_selected (self->target_row, settings->target >= 0                  ? (guint)settings->target
                                                : settings->target == EW_TARGET_KERNEL ? self->n_presets
                                                                                       : self->n_presets + 1);
  adw_combo_row_set_selected (self->colour_row, !settings->channels ? 0 : settings->each ? COLOUR_EACH : COLOUR_CHANNELS);
  ew_sidebar_show_channel_row (self);
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
  describe_speed (self);
  self->quiet = FALSE;
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

void
ew_sidebar_set_up_rows (EwSidebar *self)
{
  fill_combos (self);
  gtk_adjustment_set_upper (self->speed_adjustment, ew_speed_last_stop ());
  gtk_scale_set_digits (self->speed_scale, 0);
  ew_rate_row_set_scale (self->rate_row, self->rate_scale);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, EwSidebar, pages);
  gtk_widget_class_bind_template_child (widget_class, EwSidebar, stack);
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

void
ew_sidebar_class_add_rows (GtkWidgetClass *widget_class)
{
  g_type_ensure (EW_TYPE_GEOMETRY_ROWS);
  g_type_ensure (EW_TYPE_KERNEL_PANEL);
  g_type_ensure (EW_TYPE_RATE_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/edgewise/Edgewise/sidebar.ui");
  bind_children (widget_class);
  bind_callbacks (widget_class);
}
