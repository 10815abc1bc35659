/* EwKernelView: the kernel, the selection and editing; how it looks and what keys do is in files of their own. */
#include "ui/kernel-view-private.h"
#include "ui/widget-style.h"

#include <glib/gi18n.h>
#include <math.h>

#define SIDE_MIN     120
#define SIDE_NATURAL 220

enum
{
  PROP_SELECTED = 1,
  N_PROPS,
};

enum
{
  KERNEL_EDITED,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EwKernelView, ew_kernel_view, GTK_TYPE_WIDGET)

static void
settle (GtkWidget *widget)
{
  EwKernelView *self = EW_KERNEL_VIEW (widget);
  g_autofree char *selected = self->kernel == NULL ? NULL : ew_kernel_view_caption (self, self->selected);
  g_autofree char *description
      = self->kernel == NULL
            ? g_strdup ("")
            : g_strdup_printf (_ ("%d by %d weights, %s"), self->kernel->height, self->kernel->width, selected);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, selected != NULL ? selected : "", -1);
}

void
ew_kernel_view_changed (EwKernelView *self)
{
  ew_settle_later (&self->settle, GTK_WIDGET (self), settle);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
choose_range (EwKernelView *self)
{
  double max_abs = self->show_bias && isfinite (self->kernel->bias) ? fabs (self->kernel->bias) : 0;

  /* Errors of weights may be infinite. */
  for (int k = 0; k < ew_kernel_n_taps (self->kernel); k++)
    if (isfinite (self->kernel->taps[k]))
      max_abs = fmax (max_abs, fabs (self->kernel->taps[k]));
  ew_range_follow (&self->range, ew_range_symmetric (max_abs));
}

void
ew_kernel_view_change_weight (EwKernelView *self, int index, double value)
{
  g_autoptr (EwKernel) kernel = ew_kernel_copy (self->kernel);

  if (ew_kernel_view_is_bias (self, index))
    kernel->bias = value;
  else
    kernel->taps[index] = value;
  ew_kernel_view_set_kernel (self, kernel);
  g_signal_emit (self, signals[KERNEL_EDITED], 0, kernel);
}

void
ew_kernel_view_select (EwKernelView *self, int index)
{
  if (index < 0 || index >= ew_kernel_view_n_cells (self) || index == self->selected)
    return;
  self->selected = index;
  ew_kernel_view_changed (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SELECTED]);
}

void
ew_kernel_view_move_selection (EwKernelView *self, int rows, int columns)
{
  int height = self->kernel->height;
  int width = self->kernel->width;
  int row = self->selected / width + rows;
  int column = self->selected % width + columns;

  if (ew_kernel_view_is_bias (self, self->selected))
    {
      if (rows < 0)
        ew_kernel_view_select (self, (height - 1) * width + width / 2);
      return;
    }
  if (row == height && self->show_bias)
    ew_kernel_view_select (self, height * width);
  else if (row >= 0 && row < height && column >= 0 && column < width)
    ew_kernel_view_select (self, row * width + column);
}

static void
on_entry_done (EwKernelEntryResult result, double value, gpointer data)
{
  EwKernelView *self = data;

  if (result.changed)
    {
      ew_kernel_view_begin_edit (self);
      ew_kernel_view_change_weight (self, self->selected, value);
    }
  if (result.rows != 0)
    ew_kernel_view_move_selection (self, result.rows, 0);
  else if (result.cells != 0)
    ew_kernel_view_select (self, self->selected + result.cells);
  ew_kernel_view_changed (self);
}

void
ew_kernel_view_open_entry (EwKernelView *self, const char *typed)
{
  if (!self->editable || self->kernel == NULL)
    return;
  ew_kernel_entry_open (self->entry, ew_kernel_view_value_at (self, self->selected), typed);
  ew_kernel_view_changed (self);
}

static void
ew_kernel_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  EwKernelView *self = EW_KERNEL_VIEW (widget);
  double x, y, cell_width, cell_height;
  EwKernelBox box;

  if (self->menu != NULL)
    gtk_popover_present (GTK_POPOVER (self->menu));
  if (!ew_kernel_entry_is_open (self->entry) || self->kernel == NULL)
    return;
  ew_kernel_view_find_box (self, &box);
  ew_kernel_box_cell (&box, self->kernel, ew_kernel_view_paint_cell (self, self->selected), &x, &y, &cell_width,
                      &cell_height);
  ew_kernel_entry_allocate (self->entry, x + cell_width / 2, y + cell_height / 2, cell_width, cell_height, width,
                            height);
}

static void
ew_kernel_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                        int *minimum_baseline, int *natural_baseline)
{
  *minimum = SIDE_MIN;
  *natural = SIDE_NATURAL;
}

static void
ew_kernel_view_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (ew_kernel_view_parent_class)->css_changed (widget, change);
  gtk_widget_queue_draw (widget);
}

static void
ew_kernel_view_dispose (GObject *object)
{
  EwKernelView *self = EW_KERNEL_VIEW (object);

  ew_settle_cancel (&self->settle);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_pointer (&self->entry, ew_kernel_entry_free);
  g_clear_pointer (&self->kernel, ew_kernel_unref);
  g_clear_pointer (&self->errors, ew_kernel_unref);
  g_clear_pointer (&self->fixed, ew_kernel_unref);
  G_OBJECT_CLASS (ew_kernel_view_parent_class)->dispose (object);
}

static void
ew_kernel_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_SELECTED:
      g_value_set_int (value, ew_kernel_view_get_selected (EW_KERNEL_VIEW (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ew_kernel_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_SELECTED:
      ew_kernel_view_set_selected (EW_KERNEL_VIEW (object), g_value_get_int (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ew_kernel_view_class_init (EwKernelViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ew_kernel_view_dispose;
  object_class->get_property = ew_kernel_view_get_property;
  object_class->set_property = ew_kernel_view_set_property;
  widget_class->snapshot = ew_kernel_view_draw;
  widget_class->measure = ew_kernel_view_measure;
  widget_class->size_allocate = ew_kernel_view_size_allocate;
  widget_class->css_changed = ew_kernel_view_css_changed;
  props[PROP_SELECTED] = g_param_spec_int ("selected", NULL, NULL, 0, EW_KERNEL_PARAMS_MAX, 0,
                                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[KERNEL_EDITED] = g_signal_new ("kernel-edited", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  g_signal_new ("weight-pointed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_INT);
  gtk_widget_class_set_css_name (widget_class, "kernelview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GRID);
}

static void
ew_kernel_view_init (EwKernelView *self)
{
  self->editable = TRUE;
  self->hover = -1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  self->entry = ew_kernel_entry_new (GTK_WIDGET (self), on_entry_done, self);
  ew_kernel_view_add_controllers (self);
  ew_kernel_view_add_pointing (self);
  ew_widget_style_follow (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Kernel"), -1);
}

GtkWidget *
ew_kernel_view_new (void)
{
  return g_object_new (EW_TYPE_KERNEL_VIEW, NULL);
}

static gboolean
same_size (const EwKernel *a, const EwKernel *b)
{
  return a != NULL && b != NULL && a->height == b->height && a->width == b->width;
}

void
ew_kernel_view_set_kernel (EwKernelView *view, EwKernel *kernel)
{
  g_return_if_fail (EW_IS_KERNEL_VIEW (view));
  if (kernel == view->kernel || (kernel != NULL && view->kernel != NULL && ew_kernel_equal (kernel, view->kernel)))
    return;

  g_autoptr (EwKernel) former = g_steal_pointer (&view->kernel);

  view->kernel = kernel != NULL ? ew_kernel_ref (kernel) : NULL;
  if (!same_size (former, kernel))
    {
      ew_kernel_entry_close (view->entry);
      view->range = (EwRange){ 0, 0 };
      view->hover = -1;
      if (view->selected != 0)
        {
          view->selected = 0;
          g_object_notify_by_pspec (G_OBJECT (view), props[PROP_SELECTED]);
        }
    }
  if (kernel != NULL)
    choose_range (view);
  ew_kernel_view_changed (view);
}

void
ew_kernel_view_set_errors (EwKernelView *view, EwKernel *errors)
{
  g_return_if_fail (EW_IS_KERNEL_VIEW (view));
  if (errors != NULL)
    ew_kernel_ref (errors);
  ew_kernel_unref (view->errors);
  view->errors = errors;
  ew_kernel_view_changed (view);
}

EwKernel *
ew_kernel_view_get_kernel (EwKernelView *view)
{
  g_return_val_if_fail (EW_IS_KERNEL_VIEW (view), NULL);
  return view->kernel;
}

void
ew_kernel_view_set_fixed (EwKernelView *view, EwKernel *fixed)
{
  g_return_if_fail (EW_IS_KERNEL_VIEW (view));
  if (view->fixed == fixed)
    return;
  ew_kernel_unref (view->fixed);
  view->fixed = fixed == NULL ? NULL : ew_kernel_ref (fixed);
  ew_kernel_view_changed (view);
}

void
ew_kernel_view_set_show_bias (EwKernelView *view, gboolean show)
{
  g_return_if_fail (EW_IS_KERNEL_VIEW (view));
  if (view->show_bias == !!show)
    return;
  view->show_bias = !!show;
  if (view->kernel != NULL && view->selected >= ew_kernel_view_n_cells (view))
    {
      ew_kernel_entry_close (view->entry);
      ew_kernel_view_select (view, 0);
    }
  if (view->kernel != NULL)
    choose_range (view);
  gtk_widget_queue_allocate (GTK_WIDGET (view));
  ew_kernel_view_changed (view);
}

void
ew_kernel_view_set_editable (EwKernelView *view, gboolean editable)
{
  g_return_if_fail (EW_IS_KERNEL_VIEW (view));
  view->editable = !!editable;
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_READ_ONLY, !editable, -1);
  if (!editable)
    ew_kernel_entry_close (view->entry);
}

void
ew_kernel_view_set_selected (EwKernelView *view, int index)
{
  g_return_if_fail (EW_IS_KERNEL_VIEW (view));
  if (view->kernel == NULL)
    return;
  ew_kernel_entry_close (view->entry);
  ew_kernel_view_select (view, index);
}

int
ew_kernel_view_get_selected (EwKernelView *view)
{
  g_return_val_if_fail (EW_IS_KERNEL_VIEW (view), 0);
  return view->selected;
}

guint64
ew_kernel_view_get_edit (EwKernelView *view)
{
  g_return_val_if_fail (EW_IS_KERNEL_VIEW (view), 0);
  return view->edit;
}

gboolean
ew_kernel_view_is_editing (EwKernelView *view)
{
  g_return_val_if_fail (EW_IS_KERNEL_VIEW (view), FALSE);
  return ew_kernel_entry_is_open (view->entry);
}
