/* EwKernelView: which weight is pointed at, by pointer or keyboard. */
#include "ui/kernel-view-private.h"

/* The pointer counts before the keyboard: it has moved last. */
static void
check_pointed (EwKernelView *self)
{
  int pointed = -1;

  if (self->pointer_index >= 0 && self->pointer_index < ew_kernel_view_n_cells (self))
    pointed = self->pointer_index;
  else if (gtk_widget_has_focus (GTK_WIDGET (self)) && self->kernel != NULL)
    pointed = self->selected;
  if (pointed == self->pointed)
    return;
  self->pointed = pointed;
  g_signal_emit_by_name (self, "weight-pointed", pointed);
}

int
ew_kernel_view_get_pointed (EwKernelView *view)
{
  g_return_val_if_fail (EW_IS_KERNEL_VIEW (view), -1);
  return view->pointed;
}

static void
on_motion (EwKernelView *self, double x, double y)
{
  self->pointer_index = ew_kernel_view_index_at (self, x, y);
  check_pointed (self);
}

static void
on_leave (EwKernelView *self)
{
  self->pointer_index = -1;
  check_pointed (self);
}

void
ew_kernel_view_add_pointing (EwKernelView *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();

  self->pointed = self->pointer_index = -1;
  g_signal_connect_swapped (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect (self, "notify::selected", G_CALLBACK (check_pointed), NULL);
  g_signal_connect (self, "notify::has-focus", G_CALLBACK (check_pointed), NULL);
}
