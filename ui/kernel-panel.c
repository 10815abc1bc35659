/* EwKernelPanel: a template; numbers and sentences of a diagnosis in it. */
#include "ui/kernel-panel.h"

#include "ui/diagnosis-text.h"
#include "ui/paint/number.h"
#include "ui/response-view.h"

struct _EwKernelPanel
{
  AdwBin parent;

  GtkLabel *sum_label;
  GtkLabel *norm_label;
  GtkLabel *symmetry_label;
  GtkLabel *rank_label;
  GtkLabel *likeness_label;
  EwResponseView *response_view;
  EwDiagnosis *unseen; /* came while the panel was not on screen, NULL: none */
};

G_DEFINE_FINAL_TYPE (EwKernelPanel, ew_kernel_panel, ADW_TYPE_BIN)

static void
ew_kernel_panel_dispose (GObject *object)
{
  adw_bin_set_child (ADW_BIN (object), NULL);
  g_clear_pointer (&EW_KERNEL_PANEL (object)->unseen, ew_diagnosis_unref);
  G_OBJECT_CLASS (ew_kernel_panel_parent_class)->dispose (object);
}

static void
show (EwKernelPanel *self, EwDiagnosis *diagnosis)
{
  g_autofree char *symmetry = ew_diagnosis_symmetry_text (diagnosis);
  g_autofree char *rank = ew_diagnosis_rank_text (diagnosis);
  g_autofree char *likeness = ew_diagnosis_likeness_text (diagnosis);
  char number[EW_NUMBER_SIZE];

  gtk_label_set_text (self->sum_label, ew_number_short (number, diagnosis->sum, 6));
  gtk_label_set_text (self->norm_label, ew_number_short (number, diagnosis->norm, 6));
  gtk_label_set_text (self->symmetry_label, symmetry);
  gtk_label_set_text (self->rank_label, rank);
  gtk_label_set_text (self->likeness_label, likeness);
  ew_response_view_set_diagnosis (self->response_view, diagnosis);
}

/* Labels that change lay out the whole window, seen or not. */
static void
ew_kernel_panel_map (GtkWidget *widget)
{
  EwKernelPanel *self = EW_KERNEL_PANEL (widget);
  g_autoptr (EwDiagnosis) diagnosis = g_steal_pointer (&self->unseen);

  if (diagnosis != NULL)
    show (self, diagnosis);
  GTK_WIDGET_CLASS (ew_kernel_panel_parent_class)->map (widget);
}

static void
ew_kernel_panel_class_init (EwKernelPanelClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ew_kernel_panel_dispose;
  widget_class->map = ew_kernel_panel_map;
  g_type_ensure (EW_TYPE_RESPONSE_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/edgewise/Edgewise/kernel-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, EwKernelPanel, sum_label);
  gtk_widget_class_bind_template_child (widget_class, EwKernelPanel, norm_label);
  gtk_widget_class_bind_template_child (widget_class, EwKernelPanel, symmetry_label);
  gtk_widget_class_bind_template_child (widget_class, EwKernelPanel, rank_label);
  gtk_widget_class_bind_template_child (widget_class, EwKernelPanel, likeness_label);
  gtk_widget_class_bind_template_child (widget_class, EwKernelPanel, response_view);
}

static void
ew_kernel_panel_init (EwKernelPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ew_kernel_panel_set_diagnosis (EwKernelPanel *self, EwDiagnosis *diagnosis)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      show (self, diagnosis);
      return;
    }
  ew_diagnosis_ref (diagnosis);
  ew_diagnosis_unref (self->unseen);
  self->unseen = diagnosis;
}
