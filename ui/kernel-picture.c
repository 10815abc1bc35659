/* EwKernelPicture: drawn as the kernel's view is, without anything to select. */
#include "ui/kernel-picture.h"

#include "ui/paint/kernel.h"
#include "ui/widget-style.h"

#include <math.h>

struct _EwKernelPicture
{
  GtkWidget parent_instance;

  EwKernel *kernel;
  int side;
};

G_DEFINE_FINAL_TYPE (EwKernelPicture, ew_kernel_picture, GTK_TYPE_WIDGET)

static void
ew_kernel_picture_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  EwKernelPicture *self = EW_KERNEL_PICTURE (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  double largest = 0;
  EwPaintStyle style;
  cairo_t *cr;

  if (self->kernel == NULL || width <= 0 || height <= 0)
    return;
  for (int k = 0; k < ew_kernel_n_taps (self->kernel); k++)
    largest = fmax (largest, fabs (self->kernel->taps[k]));
  ew_widget_style_init (widget, &style);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  ew_paint_kernel (cr,
                   &(EwKernelPaint){ .kernel = self->kernel,
                                     .range = ew_range_symmetric (largest),
                                     .style = &style,
                                     .selected = EW_KERNEL_NO_CELL,
                                     .hover = EW_KERNEL_NO_CELL },
                   width, height);
  cairo_destroy (cr);
  ew_paint_style_clear (&style);
}

static void
ew_kernel_picture_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                           int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = EW_KERNEL_PICTURE (widget)->side;
}

static void
ew_kernel_picture_dispose (GObject *object)
{
  g_clear_pointer (&EW_KERNEL_PICTURE (object)->kernel, ew_kernel_unref);
  G_OBJECT_CLASS (ew_kernel_picture_parent_class)->dispose (object);
}

static void
ew_kernel_picture_class_init (EwKernelPictureClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ew_kernel_picture_dispose;
  widget_class->snapshot = ew_kernel_picture_snapshot;
  widget_class->measure = ew_kernel_picture_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
ew_kernel_picture_init (EwKernelPicture *self)
{
  ew_widget_style_follow (GTK_WIDGET (self));
}

GtkWidget *
ew_kernel_picture_new (int side)
{
  EwKernelPicture *self = g_object_new (EW_TYPE_KERNEL_PICTURE, NULL);

  self->side = side;
  return GTK_WIDGET (self);
}

void
ew_kernel_picture_set_kernel (EwKernelPicture *picture, EwKernel *kernel)
{
  g_return_if_fail (EW_IS_KERNEL_PICTURE (picture));
  if (kernel != NULL)
    ew_kernel_ref (kernel);
  ew_kernel_unref (picture->kernel);
  picture->kernel = kernel;
  gtk_widget_queue_draw (GTK_WIDGET (picture));
}
