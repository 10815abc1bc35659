/* EwPresetBrowser: the list on the left, what is chosen on the right. */
#include "ui/preset-browser.h"

#include "ui/kernel-picture.h"

#include <glib/gi18n.h>

#define THUMBNAIL 32
#define PICTURE   200

struct _EwPresetBrowser
{
  AdwWindow parent;

  GtkListBox *list;
  GtkBox *picture_box;
  GtkLabel *title_label;
  GtkLabel *sentence_label;
  GtkLabel *size_label;
  AdwPreferencesGroup *parameters;

  EwKernelPicture *picture;
  const EwPreset *preset;
  double values[EW_PRESET_PARAMETERS_MAX];
  GtkWidget *rows[EW_PRESET_PARAMETERS_MAX];
};

G_DEFINE_FINAL_TYPE (EwPresetBrowser, ew_preset_browser, ADW_TYPE_WINDOW)

static guint chosen_signal;

static void
show_kernel (EwPresetBrowser *self)
{
  g_autoptr (EwKernel) kernel = ew_preset_make (self->preset, self->values, NULL);
  g_autofree char *size = kernel == NULL ? NULL : g_strdup_printf ("%d×%d", kernel->height, kernel->width);

  if (kernel == NULL)
    return;
  ew_kernel_picture_set_kernel (self->picture, kernel);
  gtk_label_set_text (self->size_label, size);
}

static void
on_value_changed (GtkSpinButton *spin, EwPresetBrowser *self)
{
  int i = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (spin), "parameter"));
  const EwPresetParameter *p = &self->preset->parameters[i];
  double value = gtk_spin_button_get_value (spin);

  /* Typed values fall on the nearest step. */
  if (p->step > 0)
    value = p->low + p->step * (int)((value - p->low) / p->step + 0.5);
  self->values[i] = CLAMP (value, p->low, p->high);
  if (self->values[i] != gtk_spin_button_get_value (spin))
    gtk_spin_button_set_value (spin, self->values[i]);
  else
    show_kernel (self);
}

static double
step_of (const EwPresetParameter *p)
{
  return p->step > 0 ? p->step : p->high >= 100 ? 5 : p->initial >= 5 ? 0.5 : 0.1;
}

static GtkWidget *
new_parameter_row (EwPresetBrowser *self, int i)
{
  const EwPresetParameter *p = &self->preset->parameters[i];
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *spin = gtk_spin_button_new_with_range (p->low, p->high, step_of (p));

  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), p->step > 0 ? 0 : p->high >= 100 ? 1 : 2);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), p->initial);
  gtk_widget_set_valign (spin, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, _ (p->title), -1);
  g_object_set_data (G_OBJECT (spin), "parameter", GINT_TO_POINTER (i));
  g_signal_connect_object (spin, "value-changed", G_CALLBACK (on_value_changed), self, 0);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (p->title));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), spin);
  return row;
}

static void
show_preset (EwPresetBrowser *self, const EwPreset *preset)
{
  for (int i = 0; self->preset != NULL && i < self->preset->n_parameters; i++)
    adw_preferences_group_remove (self->parameters, self->rows[i]);
  self->preset = preset;
  ew_preset_init_values (preset, self->values);
  for (int i = 0; i < preset->n_parameters; i++)
    {
      self->rows[i] = new_parameter_row (self, i);
      adw_preferences_group_add (self->parameters, self->rows[i]);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->parameters), preset->n_parameters > 0);
  gtk_label_set_text (self->title_label, _ (preset->title));
  gtk_label_set_text (self->sentence_label, _ (preset->sentence));
  show_kernel (self);
}

static void
on_row_selected (EwPresetBrowser *self, GtkListBoxRow *row)
{
  guint n;

  if (row != NULL)
    show_preset (self, &ew_presets (&n)[gtk_list_box_row_get_index (row)]);
}

static void
choose (EwPresetBrowser *self, gboolean as_target)
{
  g_autofree char *text = ew_preset_format (self->preset, self->values);

  g_object_ref (self);
  gtk_window_close (GTK_WINDOW (self));
  g_signal_emit (self, chosen_signal, 0, text, as_target);
  g_object_unref (self);
}

static void
on_use (EwPresetBrowser *self)
{
  choose (self, FALSE);
}

static void
on_use_as_target (EwPresetBrowser *self)
{
  choose (self, TRUE);
}

static GtkWidget *
new_row (const EwPreset *preset)
{
  double values[EW_PRESET_PARAMETERS_MAX];
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *picture = ew_kernel_picture_new (THUMBNAIL);
  GtkWidget *label = gtk_label_new (_ (preset->title));
  g_autoptr (EwKernel) kernel = NULL;

  ew_preset_init_values (preset, values);
  kernel = ew_preset_make (preset, values, NULL);
  ew_kernel_picture_set_kernel (EW_KERNEL_PICTURE (picture), kernel);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), picture);
  gtk_box_append (GTK_BOX (box), label);
  gtk_widget_add_css_class (box, "preset-row");
  return box;
}

/* The family's name over its first preset. */
static void
show_family (GtkListBoxRow *row, GtkListBoxRow *before, gpointer data)
{
  guint n;
  const EwPreset *presets = ew_presets (&n);
  EwPresetFamily family = presets[gtk_list_box_row_get_index (row)].family;
  GtkWidget *label;

  if (before != NULL && presets[gtk_list_box_row_get_index (before)].family == family)
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }
  label = gtk_label_new (_ (ew_preset_family_title (family)));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  gtk_widget_add_css_class (label, "preset-family");
  gtk_list_box_row_set_header (row, label);
}

static void
ew_preset_browser_class_init (EwPresetBrowserClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/edgewise/Edgewise/preset-browser.ui");
  gtk_widget_class_bind_template_child (widget_class, EwPresetBrowser, list);
  gtk_widget_class_bind_template_child (widget_class, EwPresetBrowser, picture_box);
  gtk_widget_class_bind_template_child (widget_class, EwPresetBrowser, title_label);
  gtk_widget_class_bind_template_child (widget_class, EwPresetBrowser, sentence_label);
  gtk_widget_class_bind_template_child (widget_class, EwPresetBrowser, size_label);
  gtk_widget_class_bind_template_child (widget_class, EwPresetBrowser, parameters);
  gtk_widget_class_bind_template_callback (widget_class, on_row_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_use);
  gtk_widget_class_bind_template_callback (widget_class, on_use_as_target);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  chosen_signal = g_signal_new ("chosen", EW_TYPE_PRESET_BROWSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                2, G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
ew_preset_browser_init (EwPresetBrowser *self)
{
  guint n;
  const EwPreset *presets = ew_presets (&n);

  gtk_widget_init_template (GTK_WIDGET (self));
  self->picture = EW_KERNEL_PICTURE (ew_kernel_picture_new (PICTURE));
  gtk_box_append (self->picture_box, GTK_WIDGET (self->picture));
  for (guint i = 0; i < n; i++)
    gtk_list_box_append (self->list, new_row (&presets[i]));
  gtk_list_box_set_header_func (self->list, show_family, NULL, NULL);
  gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, 0));
}

GtkWidget *
ew_preset_browser_new (GtkWindow *parent)
{
  return g_object_new (EW_TYPE_PRESET_BROWSER, "transient-for", parent, "modal", TRUE, "destroy-with-parent", TRUE,
                       NULL);
}
