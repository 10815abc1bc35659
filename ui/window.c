/* EwWindow: the template, messages, and what the user can choose to see. */
#include "ui/window-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

static guint closed_signal;

G_DEFINE_FINAL_TYPE (EwWindow, ew_window, ADW_TYPE_APPLICATION_WINDOW)

EwSidebar *
ew_window_sidebar (EwWindow *self)
{
  return self->sidebar;
}

EwPlaneView *
ew_window_input_view (EwWindow *self)
{
  return self->input_view;
}

EwPlaneView *
ew_window_output_view (EwWindow *self)
{
  return self->output_view;
}

EwKernelView *
ew_window_kernel_view (EwWindow *self)
{
  return self->kernel_view;
}

void
ew_window_set_names (EwWindow *self, const char *input, const char *target)
{
  g_autofree char *subtitle = target == NULL ? g_strdup (input) : g_strdup_printf ("%s → %s", input, target);
  g_autofree char *title = g_strdup_printf (_ ("Edgewise: %s"), input);

  adw_window_title_set_subtitle (self->title, subtitle);
  gtk_label_set_text (self->input_name, input);
  gtk_window_set_title (GTK_WINDOW (self), title);
}

void
ew_window_set_device_note (EwWindow *self, const char *sentence)
{
  g_free (self->device_note);
  self->device_note = g_strdup (sentence);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->device_button), sentence);
}

void
ew_window_toast (EwWindow *self, const char *sentence)
{
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);
  AdwToast *toast = adw_toast_new (escaped);

  adw_toast_set_timeout (toast, 6);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
ew_window_show_banner (EwWindow *self, const char *sentence, const char *button, const char *action, GVariant *target)
{
  gtk_label_set_text (self->banner_label, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->banner_button), button != NULL);
  if (button != NULL)
    {
      gtk_button_set_label (self->banner_button, button);
      gtk_actionable_set_action_target_value (GTK_ACTIONABLE (self->banner_button), target);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (self->banner_button), action);
    }
  gtk_info_bar_set_revealed (self->banner, TRUE);
}

void
ew_window_hide_banner (EwWindow *self)
{
  gtk_info_bar_set_revealed (self->banner, FALSE);
}

static void
on_banner_response (GtkInfoBar *banner, int response, EwWindow *self)
{
  gtk_info_bar_set_revealed (banner, FALSE);
}

void
ew_window_show_loading (EwWindow *self, const char *what, double fraction)
{
  gtk_revealer_set_reveal_child (self->loading_revealer, what != NULL);
  if (what == NULL)
    return;
  gtk_label_set_text (self->loading_label, what);
  if (fraction < 0)
    gtk_progress_bar_pulse (self->loading_bar);
  else
    gtk_progress_bar_set_fraction (self->loading_bar, fraction);
}

void
ew_window_show_undo (EwWindow *self, const char *undo, const char *redo)
{
  g_autofree char *undo_text = undo == NULL ? g_strdup (_ ("_Undo")) : g_strdup_printf (_ ("_Undo %s"), undo);
  g_autofree char *redo_text = redo == NULL ? g_strdup (_ ("_Redo")) : g_strdup_printf (_ ("_Redo %s"), redo);

  g_menu_remove_all (self->undo_section);
  g_menu_append (self->undo_section, undo_text, "win.undo");
  g_menu_append (self->undo_section, redo_text, "win.redo");
}

gboolean
ew_window_get_sidebar_visible (EwWindow *self)
{
  return adw_flap_get_reveal_flap (self->flap);
}

void
ew_window_set_sidebar_visible (EwWindow *self, gboolean visible)
{
  adw_flap_set_reveal_flap (self->flap, visible);
}

static void
on_show_changed (GSimpleAction *action, GVariant *value, gpointer data)
{
  EwWindow *self = data;
  const char *name = g_variant_get_string (value, NULL);
  static const char *const labels[] = { N_ ("Output"), N_ ("Target"), N_ ("Residual") };
  static const char *const symbols[] = { "Ŷ", "Y", "R" };

  g_simple_action_set_state (action, value);
  self->shown = strcmp (name, "target") == 0     ? SHOW_TARGET
                : strcmp (name, "residual") == 0 ? SHOW_RESIDUAL
                                                 : SHOW_OUTPUT;
  ew_plane_view_set_label (self->output_view, _ (labels[self->shown]));
  ew_plane_view_set_symbol (self->output_view, symbols[self->shown]);
  ew_window_show_output (self);
  ew_window_histogram_changed (self);
}

/* Built when it is first wanted: GTK would do so before the first frame, which costs a twentieth of the start. */
static void
on_show_shortcuts (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkApplicationWindow *window = GTK_APPLICATION_WINDOW (data);

  if (gtk_application_window_get_help_overlay (window) == NULL)
    {
      g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/org/edgewise/Edgewise/help-overlay.ui");
      GObject *overlay = gtk_builder_get_object (builder, "help_overlay");

      /* Set with the pages' names in place; in the file it comes before them. */
      g_object_set (overlay, "section-name", "experiment", NULL);
      gtk_application_window_set_help_overlay (window, GTK_SHORTCUTS_WINDOW (overlay));
    }
  gtk_window_present (GTK_WINDOW (gtk_application_window_get_help_overlay (window)));
}

/* One of the sidebar's pages, whether it is hidden or not. */
static void
on_settings (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  EwWindow *self = data;

  ew_sidebar_show_page (self->sidebar, g_variant_get_string (parameter, NULL));
  adw_flap_set_reveal_flap (self->flap, TRUE);
}

static void
add_actions (EwWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "show-shortcuts", .activate = on_show_shortcuts },
    { .name = "settings", .parameter_type = "s", .activate = on_settings },
    { .name = "show", .parameter_type = "s", .state = "'output'", .change_state = on_show_changed },
  };
  g_autoptr (GPropertyAction) sidebar = g_property_action_new ("sidebar", self->flap, "reveal-flap");

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (sidebar));
}

static void
on_tap_selected (EwKernelView *kernel_view, GParamSpec *pspec, EwWindow *self)
{
  ew_chart_view_set_highlight (self->weights_chart, ew_kernel_view_get_selected (kernel_view));
}

/* A menu's popover is made when it is first wanted: each of them costs the start as much as a row of buttons. */
static void
create_menu (GtkMenuButton *button, gpointer menu)
{
  if (gtk_menu_button_get_popover (button) == NULL)
    gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

static void
add_menus (EwWindow *self)
{
  gtk_menu_button_set_create_popup_func (self->menu_button, create_menu, self->primary_menu, NULL);
  gtk_menu_button_set_create_popup_func (self->device_button, create_menu, self->device_menu, NULL);
  gtk_menu_button_set_create_popup_func (self->curves_button, create_menu, self->curves_menu, NULL);
}

static void
ew_window_init (EwWindow *self)
{
  self->learn_state = EW_RUN_EMPTY;
  gtk_widget_init_template (GTK_WIDGET (self));
  add_menus (self);
  ew_window_init_curves (self);
  ew_plane_view_set_signed (self->output_view, TRUE);
  g_object_bind_property (self->flap, "reveal-flap", self->sidebar_button, "active",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  g_signal_connect_object (self->kernel_view, "notify::selected", G_CALLBACK (on_tap_selected), self, 0);
  ew_window_add_room (self);
  ew_window_add_explanations (self);
  add_actions (self);
  ew_window_add_zoom (self);
  ew_window_add_colours (self, self->colours_section);
  ew_window_add_histogram (self);
  ew_window_add_pair (self);
  ew_window_add_surface (self);
  ew_window_add_race (self);
}

static void
ew_window_dispose (GObject *object)
{
  EwWindow *self = EW_WINDOW (object);

  if (!self->closed)
    {
      self->closed = TRUE;
      g_signal_emit (self, closed_signal, 0);
    }
  g_clear_pointer (&self->explainer, ew_explainer_free);
  g_clear_pointer (&self->snapshot, ew_snapshot_unref);
  g_clear_pointer (&self->pictures, ew_pictures_unref);
  g_clear_pointer (&self->surface_map, ew_surface_map_unref);
  g_clear_pointer (&self->race_standing, ew_race_standing_unref);
  g_clear_object (&self->zoom);
  g_clear_handle_id (&self->stale_timeout, g_source_remove);
  g_clear_pointer (&self->diagnosis, ew_diagnosis_unref);
  g_clear_pointer (&self->device_note, g_free);
  G_OBJECT_CLASS (ew_window_parent_class)->dispose (object);
}

static void
bind_menus (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, EwWindow, device_button);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, undo_section);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, colours_section);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, device_menu);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, primary_menu);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, curves_button);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, curves_menu);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, EwWindow, title);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, learn_button);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, learn_content);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, sidebar_button);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, loading_revealer);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, loading_label);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, loading_bar);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, banner);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, banner_label);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, banner_button);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, flap);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, scroller);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, show_toggles);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, heading_group);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, input_heading);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, input_name);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, kernel_heading);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, kernel_name);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, output_heading);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, input_view);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, kernel_view);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, output_view);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, sum_view);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, below);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, charts);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, run_list);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, time_bar);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, epoch_label);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, loss_label);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, speed_label);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, state_label);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, zoom_text);
  gtk_widget_class_bind_template_child (widget_class, EwWindow, histogram_button);
}

static void
ew_window_class_init (EwWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ew_window_dispose;
  ew_window_class_add_zoom (class);
  closed_signal = g_signal_new ("closed", EW_TYPE_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("animating", EW_TYPE_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  g_type_ensure (EW_TYPE_SIDEBAR);
  g_type_ensure (EW_TYPE_PLANE_VIEW);
  g_type_ensure (EW_TYPE_KERNEL_VIEW);
  g_type_ensure (EW_TYPE_RUN_LIST);
  g_type_ensure (EW_TYPE_TIME_BAR);
  ew_window_add_curve_signals (EW_TYPE_WINDOW);
  ew_window_class_add_histogram (EW_TYPE_WINDOW);
  ew_window_class_add_surface (EW_TYPE_WINDOW);
  ew_window_class_add_race (EW_TYPE_WINDOW);
  g_type_ensure (EW_TYPE_SUM_VIEW);
  g_type_ensure (EW_TYPE_STEADY_TEXT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/edgewise/Edgewise/window.ui");
  bind_children (widget_class);
  bind_menus (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_banner_response);
}

GtkWidget *
ew_window_new (GtkApplication *application)
{
  return g_object_new (EW_TYPE_WINDOW, "application", application, NULL);
}
