/* EwOptimumPage: a template; a kernel's view that shows weights, errors, differences or what is free, and numbers. */
#include "ui/optimum-page.h"

#include "ui/kernel-picture.h"
#include "ui/kernel-view.h"
#include "ui/paint/number.h"

#include <glib/gi18n.h>
#include <math.h>

#define FREE_SIDE 64

struct _EwOptimumPage
{
  AdwBin parent;

  GtkLabel *why_label;
  GtkWidget *facts_box;
  GtkLabel *heading_label;
  GtkToggleButton *weights_toggle;
  GtkToggleButton *errors_toggle;
  GtkToggleButton *difference_toggle;
  GtkToggleButton *free_toggle;
  EwChannelsBox *channels_box;
  EwKernelView *kernel_view;
  GtkWidget *warning_box;
  GtkLabel *warning_label;
  GtkBox *free_box;
  GtkLabel *r_squared_label;
  GtkLabel *psnr_label;
  GtkLabel *sigma_label;
  GtkLabel *condition_label;
  GtkLabel *limit_label;
  GtkLabel *residuals_label;
  GtkLabel *structure_label;

  gboolean built;       /* the template is made when there is time, at the latest when the page is first seen */
  guint building;       /* the idle that does so; 0: none */
  EwOptimumFacts facts; /* of its own; without weights there is nothing to show */
  char *structure;      /* in the facts */
  char *why;            /* there is nothing */
  EwKernel *present;
  double limit;
};

G_DEFINE_FINAL_TYPE (EwOptimumPage, ew_optimum_page, ADW_TYPE_BIN)

static guint wanted_signal;

static void
replace (EwKernel **to, EwKernel *from)
{
  if (from != NULL)
    ew_kernel_ref (from);
  ew_kernel_unref (*to);
  *to = from;
}

/* The present weights less the optimum; NULL where they are of another size. Transfer full. */
static EwKernel *
difference (EwOptimumPage *self)
{
  EwKernel *d;

  if (self->present == NULL || self->present->height != self->facts.weights->height
      || self->present->width != self->facts.weights->width)
    return NULL;
  d = ew_kernel_copy (self->present);
  for (int k = 0; k < ew_kernel_n_taps (d); k++)
    d->taps[k] -= self->facts.weights->taps[k];
  d->bias -= self->facts.weights->bias;
  return d;
}

static void
show_kernel (EwOptimumPage *self)
{
  g_autoptr (EwKernel) made = NULL;
  EwKernel *shown = self->facts.weights;

  if (self->facts.weights == NULL)
    return;
  if (gtk_toggle_button_get_active (self->errors_toggle))
    shown = self->facts.errors;
  else if (gtk_toggle_button_get_active (self->free_toggle) && self->facts.shares != NULL)
    shown = self->facts.shares;
  else if (gtk_toggle_button_get_active (self->difference_toggle))
    shown = made = difference (self);
  ew_kernel_view_set_kernel (self->kernel_view, shown);
  ew_kernel_view_set_errors (self->kernel_view, shown == self->facts.weights ? self->facts.errors : NULL);
}

static void
on_toggled (EwOptimumPage *self)
{
  show_kernel (self);
}

static void
set_number (GtkLabel *label, double value, int digits, const char *unit)
{
  char number[EW_NUMBER_SIZE];
  g_autofree char *text
      = isnan (value) ? g_strdup ("–") : g_strconcat (ew_number_short (number, value, digits), unit, NULL);

  gtk_label_set_text (label, text);
}

/* All the nines that are known: 0.99998 rather than 1. */
static void
show_r_squared (EwOptimumPage *self, double r_squared)
{
  int digits = r_squared < 1 ? (int)CLAMP (3 - floor (log10 (1 - r_squared)), 4, 12) : 4;

  set_number (self->r_squared_label, r_squared, digits, "");
}

static void
show_warning (EwOptimumPage *self, const EwOptimumFacts *f)
{
  int n = ew_kernel_n_taps (f->weights) + (f->has_bias ? 1 : 0);
  GtkWidget *picture;
  g_autofree char *text = g_strdup_printf (
      ngettext ("The image does not determine %d of the %d weights: a combination of them, pictured here, may be anything "
                "without a change in the output. A more varied image or fewer taps would do.",
                "The image does not determine %d of the %d weights: %d combinations of them, some pictured here, may be "
                "anything without a change in the output. A more varied image or fewer taps would do.",
                (gulong)f->n_free),
      f->n_undetermined, n, f->n_free);

  while ((picture = gtk_widget_get_first_child (GTK_WIDGET (self->free_box))) != NULL)
    gtk_box_remove (self->free_box, picture);
  for (int i = 0; i < MIN (f->n_free, EW_OPTIMUM_FREE_MAX) && f->n_undetermined > 0; i++)
    {
      picture = ew_kernel_picture_new (FREE_SIDE);
      ew_kernel_picture_set_kernel (EW_KERNEL_PICTURE (picture), f->free[i]);
      gtk_box_append (self->free_box, picture);
    }
  gtk_label_set_text (self->warning_label, f->n_undetermined > 0 ? text : "");
  gtk_widget_set_visible (self->warning_box, f->n_undetermined > 0);
}

static void
show_residuals (EwOptimumPage *self, const EwOptimumFacts *f)
{
  char share[EW_NUMBER_SIZE];
  g_autofree char *count = g_strdup_printf ("%'" G_GINT64_FORMAT, f->n_residuals);
  g_autofree char *text
      = f->left_out > 0 ? g_strdup_printf (_ ("%s; %s %% are left out"), count, ew_number_short (share, 100 * f->left_out, 2))
                        : g_strdup (count);

  gtk_label_set_text (self->residuals_label, text);
}

static void
show_structure (EwOptimumPage *self, const char *structure)
{
  gboolean found = structure != NULL && *structure != '\0';

  gtk_label_set_text (self->structure_label, structure == NULL ? _ ("Looking at what is left over…")
                                             : found           ? structure
                                                               : _ ("What is left over looks like noise."));
  if (found)
    gtk_widget_add_css_class (GTK_WIDGET (self->structure_label), "warning");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->structure_label), "warning");
}

static void
show_facts (EwOptimumPage *self)
{
  const EwOptimumFacts *f = &self->facts;
  gboolean there = f->weights != NULL;
  g_autofree char *heading = NULL;

  gtk_widget_set_visible (self->facts_box, there);
  gtk_widget_set_visible (GTK_WIDGET (self->why_label), !there);
  if (!there)
    {
      gtk_label_set_text (self->why_label, self->why);
      return;
    }
  heading = g_strdup_printf (_ ("The best %d×%d kernel, by least squares"), f->weights->height, f->weights->width);
  gtk_label_set_text (self->heading_label, heading);
  gtk_widget_set_visible (GTK_WIDGET (self->free_toggle), f->shares != NULL);
  if (f->shares == NULL && gtk_toggle_button_get_active (self->free_toggle))
    gtk_toggle_button_set_active (self->weights_toggle, TRUE);
  ew_kernel_view_set_show_bias (self->kernel_view, f->has_bias);
  show_kernel (self);
  show_warning (self, f);
  show_r_squared (self, f->r_squared);
  set_number (self->psnr_label, f->psnr, 4, _ (" dB"));
  set_number (self->sigma_label, f->sigma, 3, "");
  set_number (self->condition_label, f->condition, 3, "");
  show_residuals (self, f);
  show_structure (self, f->structure);
  gtk_widget_set_visible (GTK_WIDGET (self->structure_label), !f->structureless);
}

static void
clear_facts (EwOptimumPage *self)
{
  ew_kernel_unref (self->facts.weights);
  ew_kernel_unref (self->facts.errors);
  ew_kernel_unref (self->facts.shares);
  for (int i = 0; i < EW_OPTIMUM_FREE_MAX; i++)
    ew_kernel_unref (self->facts.free[i]);
  self->facts = (EwOptimumFacts){ 0 };
  g_clear_pointer (&self->structure, g_free);
  g_clear_pointer (&self->why, g_free);
}

static void
keep (EwKernel *kernel)
{
  if (kernel != NULL)
    ew_kernel_ref (kernel);
}

void
ew_optimum_page_set_facts (EwOptimumPage *self, const EwOptimumFacts *f, const char *why)
{
  clear_facts (self);
  self->why = g_strdup (why);
  if (f != NULL)
    {
      self->facts = *f;
      self->facts.structure = self->structure = g_strdup (f->structure);
      keep (f->weights);
      keep (f->errors);
      keep (f->shares);
      for (int i = 0; i < EW_OPTIMUM_FREE_MAX; i++)
        keep (f->free[i]);
    }
  if (self->built)
    show_facts (self);
}

void
ew_optimum_page_set_rate_limit (EwOptimumPage *self, double limit)
{
  if (limit == self->limit || (isnan (limit) && isnan (self->limit)))
    return;
  self->limit = limit;
  if (self->built)
    set_number (self->limit_label, limit, 3, "");
}

void
ew_optimum_page_set_present (EwOptimumPage *self, EwKernel *present)
{
  if (self->present == present)
    return;
  replace (&self->present, present);
  if (self->built && gtk_toggle_button_get_active (self->difference_toggle)
      && gtk_widget_get_mapped (GTK_WIDGET (self)))
    show_kernel (self);
}

static void
build (EwOptimumPage *self)
{
  g_clear_handle_id (&self->building, g_source_remove);
  self->built = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  ew_kernel_view_set_editable (self->kernel_view, FALSE);
  set_number (self->limit_label, self->limit, 3, "");
  show_facts (self);
}

EwChannelsBox *
ew_optimum_page_channels (EwOptimumPage *self)
{
  if (!self->built)
    build (self);
  return self->channels_box;
}

static gboolean
on_idle (gpointer data)
{
  EwOptimumPage *self = data;

  self->building = 0;
  build (self);
  return G_SOURCE_REMOVE;
}

/* In the window. */
static void
ew_optimum_page_root (GtkWidget *widget)
{
  EwOptimumPage *self = EW_OPTIMUM_PAGE (widget);

  GTK_WIDGET_CLASS (ew_optimum_page_parent_class)->root (widget);
  if (!self->built && self->building == 0)
    self->building = g_idle_add_full (G_PRIORITY_LOW, on_idle, self, NULL);
}

static void
ew_optimum_page_map (GtkWidget *widget)
{
  EwOptimumPage *self = EW_OPTIMUM_PAGE (widget);

  if (self->built)
    show_kernel (self);
  else
    build (self);
  GTK_WIDGET_CLASS (ew_optimum_page_parent_class)->map (widget);
  g_signal_emit (widget, wanted_signal, 0);
}

static void
ew_optimum_page_dispose (GObject *object)
{
  EwOptimumPage *self = EW_OPTIMUM_PAGE (object);

  g_clear_handle_id (&self->building, g_source_remove);
  self->built = FALSE;
  adw_bin_set_child (ADW_BIN (object), NULL);
  clear_facts (self);
  g_clear_pointer (&self->present, ew_kernel_unref);
  G_OBJECT_CLASS (ew_optimum_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, EwOptimumPage, why_label);
  gtk_widget_class_bind_template_child (widget_class, EwOptimumPage, facts_box);
  gtk_widget_class_bind_template_child (widget_class, EwOptimumPage, heading_label);
  gtk_widget_class_bind_template_child (widget_class, EwOptimumPage, weights_toggle);
  gtk_widget_class_bind_template_child (widget_class, EwOptimumPage, errors_toggle);
  gtk_widget_class_bind_template_child (widget_class, EwOptimumPage, difference_toggle);
  gtk_widget_class_bind_template_child (widget_class, EwOptimumPage, free_toggle);
  gtk_widget_class_bind_template_child (widget_class, EwOptimumPage, channels_box);
  gtk_widget_class_bind_template_child (widget_class, EwOptimumPage, kernel_view);
  gtk_widget_class_bind_template_child (widget_class, EwOptimumPage, warning_box);
  gtk_widget_class_bind_template_child (widget_class, EwOptimumPage, warning_label);
  gtk_widget_class_bind_template_child (widget_class, EwOptimumPage, free_box);
  gtk_widget_class_bind_template_child (widget_class, EwOptimumPage, r_squared_label);
  gtk_widget_class_bind_template_child (widget_class, EwOptimumPage, psnr_label);
  gtk_widget_class_bind_template_child (widget_class, EwOptimumPage, sigma_label);
  gtk_widget_class_bind_template_child (widget_class, EwOptimumPage, condition_label);
  gtk_widget_class_bind_template_child (widget_class, EwOptimumPage, limit_label);
  gtk_widget_class_bind_template_child (widget_class, EwOptimumPage, residuals_label);
  gtk_widget_class_bind_template_child (widget_class, EwOptimumPage, structure_label);
}

static void
ew_optimum_page_class_init (EwOptimumPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ew_optimum_page_dispose;
  widget_class->root = ew_optimum_page_root;
  widget_class->map = ew_optimum_page_map;
  g_type_ensure (EW_TYPE_CHANNELS_BOX);
  g_type_ensure (EW_TYPE_KERNEL_VIEW);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/edgewise/Edgewise/optimum-page.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_toggled);
  wanted_signal
      = g_signal_new ("wanted", EW_TYPE_OPTIMUM_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ew_optimum_page_init (EwOptimumPage *self)
{
  self->limit = NAN;
  ew_optimum_page_set_facts (self, NULL, _ ("There is no pair to learn from yet."));
}

GtkWidget *
ew_optimum_page_new (void)
{
  return g_object_new (EW_TYPE_OPTIMUM_PAGE, NULL);
}
