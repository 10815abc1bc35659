/* EwGeometryRows: two lists and two numbers. */
#include "ui/geometry-rows.h"

#include <glib/gi18n.h>

/* The largest stride and dilation that can be chosen here. */
#define STEP_MAX 16

struct _EwGeometryRows
{
  AdwBin parent_instance;

  AdwComboRow *padding_row;
  AdwComboRow *border_row;
  GtkSpinButton *stride_spin;
  GtkSpinButton *dilation_spin;
  gboolean quiet; /* while settings are being shown, nothing is emitted */
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (EwGeometryRows, ew_geometry_rows, ADW_TYPE_BIN)

static void
on_changed (EwGeometryRows *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->border_row),
                            adw_combo_row_get_selected (self->padding_row) != EW_PADDING_VALID);
  if (!self->quiet)
    g_signal_emit (self, changed_signal, 0);
}

void
ew_geometry_rows_get_settings (EwGeometryRows *rows, EwSettings *settings)
{
  settings->padding = (EwPadding)adw_combo_row_get_selected (rows->padding_row);
  settings->border = (EwBorder)adw_combo_row_get_selected (rows->border_row);
  settings->stride = gtk_spin_button_get_value_as_int (rows->stride_spin);
  settings->dilation = gtk_spin_button_get_value_as_int (rows->dilation_spin);
}

void
ew_geometry_rows_set_settings (EwGeometryRows *rows, const EwSettings *settings)
{
  rows->quiet = TRUE;
  adw_combo_row_set_selected (rows->padding_row, settings->padding);
  adw_combo_row_set_selected (rows->border_row, settings->border);
  gtk_spin_button_set_value (rows->stride_spin, settings->stride);
  gtk_spin_button_set_value (rows->dilation_spin, settings->dilation);
  rows->quiet = FALSE;
}

static AdwComboRow *
add_choice (EwGeometryRows *self, AdwPreferencesGroup *group, const char *title, const char *const *choices)
{
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr (GtkStringList) model = gtk_string_list_new (NULL);

  for (; *choices != NULL; choices++)
    gtk_string_list_append (model, _ (*choices));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (model));
  g_signal_connect_swapped (row, "notify::selected", G_CALLBACK (on_changed), self);
  adw_preferences_group_add (group, row);
  return ADW_COMBO_ROW (row);
}

static GtkSpinButton *
add_number (EwGeometryRows *self, AdwPreferencesGroup *group, const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *spin = gtk_spin_button_new_with_range (1, STEP_MAX, 1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_widget_set_valign (spin, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), spin);
  g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (on_changed), self);
  adw_preferences_group_add (group, row);
  return GTK_SPIN_BUTTON (spin);
}

static void
ew_geometry_rows_dispose (GObject *object)
{
  EwGeometryRows *self = EW_GEOMETRY_ROWS (object);

  /* Rows that go tell of their last change; nobody is to hear it. */
  self->quiet = TRUE;
  adw_bin_set_child (ADW_BIN (self), NULL);
  G_OBJECT_CLASS (ew_geometry_rows_parent_class)->dispose (object);
}

static void
ew_geometry_rows_class_init (EwGeometryRowsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ew_geometry_rows_dispose;
  changed_signal
      = g_signal_new ("changed", EW_TYPE_GEOMETRY_ROWS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ew_geometry_rows_init (EwGeometryRows *self)
{
  static const char *const paddings[] = { N_ ("None"), N_ ("Same size"), N_ ("Full"), NULL };
  static const char *const borders[] = { N_ ("Zeros"), N_ ("Edge repeated"), N_ ("Mirrored"), N_ ("Wrapped"), NULL };
  GtkWidget *group = adw_preferences_group_new ();

  self->quiet = TRUE;
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ ("Over the input"));
  adw_bin_set_child (ADW_BIN (self), group);
  self->padding_row = add_choice (self, ADW_PREFERENCES_GROUP (group), _ ("Padding"), paddings);
  self->border_row = add_choice (self, ADW_PREFERENCES_GROUP (group), _ ("Border"), borders);
  self->stride_spin
      = add_number (self, ADW_PREFERENCES_GROUP (group), _ ("Stride"), _ ("pixels from window to window"));
  self->dilation_spin
      = add_number (self, ADW_PREFERENCES_GROUP (group), _ ("Dilation"), _ ("pixels from weight to weight"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->border_row), FALSE);
  self->quiet = FALSE;
}
