/* EwChannelsBox: toggle buttons, three of which hold a picture. */
#include "ui/channels-box.h"

#include "ui/kernel-picture.h"

#include <glib/gi18n.h>

#define N_COLUMNS    3
#define PICTURE_SIDE 56

struct _EwChannelsBox
{
  AdwBin parent_instance;

  GtkToggleButton *all;
  GtkToggleButton *toggles[N_COLUMNS];
  GtkLabel *titles[N_COLUMNS];
  GtkLabel *qualities[N_COLUMNS];
  EwKernelPicture *pictures[N_COLUMNS];
  GtkLabel *sentence;
  gboolean quiet;
};

G_DEFINE_FINAL_TYPE (EwChannelsBox, ew_channels_box, ADW_TYPE_BIN)

static guint chosen_signal;

static void
on_toggled (GtkToggleButton *toggle, EwChannelsBox *self)
{
  int chosen = EW_CHANNELS_BOX_ALL;

  if (self->quiet || !gtk_toggle_button_get_active (toggle))
    return;
  for (int k = 0; k < N_COLUMNS; k++)
    if (toggle == self->toggles[k])
      chosen = k;
  g_signal_emit (self, chosen_signal, 0, chosen);
}

static GtkLabel *
add_label (GtkWidget *box, const char *class_name)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_widget_add_css_class (label, class_name);
  gtk_box_append (GTK_BOX (box), label);
  return GTK_LABEL (label);
}

static GtkWidget *
make_column (EwChannelsBox *self, int k)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *picture = ew_kernel_picture_new (PICTURE_SIDE);

  self->toggles[k] = GTK_TOGGLE_BUTTON (gtk_toggle_button_new ());
  self->pictures[k] = EW_KERNEL_PICTURE (picture);
  self->titles[k] = add_label (box, "heading");
  gtk_widget_set_halign (picture, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), picture);
  self->qualities[k] = add_label (box, "caption");
  gtk_label_set_wrap (self->qualities[k], TRUE);
  gtk_label_set_justify (self->qualities[k], GTK_JUSTIFY_CENTER);
  gtk_button_set_child (GTK_BUTTON (self->toggles[k]), box);
  gtk_toggle_button_set_group (self->toggles[k], self->all);
  g_signal_connect (self->toggles[k], "toggled", G_CALLBACK (on_toggled), self);
  return GTK_WIDGET (self->toggles[k]);
}

void
ew_channels_box_set (EwChannelsBox *self, const EwChannelColumn *columns, const char *sentence, gboolean warns,
                     gboolean has_all)
{
  gtk_widget_set_visible (GTK_WIDGET (self), columns != NULL);
  for (int k = 0; columns != NULL && k < N_COLUMNS; k++)
    {
      g_autofree char *name = g_strdup_printf ("%s, %s", columns[k].title, columns[k].quality);

      gtk_label_set_text (self->titles[k], columns[k].title);
      gtk_label_set_text (self->qualities[k], columns[k].quality);
      ew_kernel_picture_set_kernel (self->pictures[k], columns[k].kernel);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->toggles[k]), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    }
  if (columns == NULL)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->all), has_all);
  gtk_label_set_text (self->sentence, sentence);
  if (warns)
    gtk_widget_add_css_class (GTK_WIDGET (self->sentence), "warning");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->sentence), "warning");
}

void
ew_channels_box_set_chosen (EwChannelsBox *self, int channel)
{
  self->quiet = TRUE;
  gtk_toggle_button_set_active (channel < 0 ? self->all : self->toggles[channel], TRUE);
  self->quiet = FALSE;
}

static void
ew_channels_box_dispose (GObject *object)
{
  EwChannelsBox *self = EW_CHANNELS_BOX (object);

  self->quiet = TRUE;
  adw_bin_set_child (ADW_BIN (self), NULL);
  G_OBJECT_CLASS (ew_channels_box_parent_class)->dispose (object);
}

static void
ew_channels_box_init (EwChannelsBox *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *columns = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->all = GTK_TOGGLE_BUTTON (gtk_toggle_button_new_with_label (_ ("All Channels")));
  gtk_toggle_button_set_active (self->all, TRUE);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->all), _ ("The best kernel for red, green and blue together"));
  g_signal_connect (self->all, "toggled", G_CALLBACK (on_toggled), self);
  gtk_box_set_homogeneous (GTK_BOX (columns), TRUE);
  for (int k = 0; k < N_COLUMNS; k++)
    gtk_box_append (GTK_BOX (columns), make_column (self, k));
  gtk_widget_add_css_class (GTK_WIDGET (self->all), "channel-all");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->all));
  gtk_box_append (GTK_BOX (box), columns);
  self->sentence = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->sentence, TRUE);
  gtk_label_set_xalign (self->sentence, 0);
  gtk_label_set_max_width_chars (self->sentence, 36);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->sentence));
  adw_bin_set_child (ADW_BIN (self), box);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
ew_channels_box_class_init (EwChannelsBoxClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ew_channels_box_dispose;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
  chosen_signal
      = g_signal_new ("chosen", EW_TYPE_CHANNELS_BOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}
