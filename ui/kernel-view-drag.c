/* EwKernelView: dragging a weight up and down. */
#include "ui/kernel-view-private.h"

#include <math.h>

/* A press that moves less than this is a click, in units. */
#define THRESHOLD 4.0

/* A drag over this many units is a step. */
#define STEP_LENGTH 10.0

static void
on_begin (EwKernelView *self, double x, double y)
{
  self->dragged = self->kernel != NULL && self->editable ? ew_kernel_view_index_at (self, x, y) : -1;
  if (self->dragged < 0)
    return;
  self->drag_value = ew_kernel_view_value_at (self, self->dragged);
  self->drag_step = ew_kernel_view_step (self);
  self->dragging = FALSE;
}

static void
on_update (EwKernelView *self, double dx, double dy, GtkGesture *gesture)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  double step = self->drag_step / STEP_LENGTH * ((state & GDK_SHIFT_MASK) != 0 ? 0.1 : 1);

  if (self->dragged < 0 || self->dragged >= ew_kernel_view_n_cells (self))
    return;
  if (!self->dragging)
    {
      if (fabs (dy) < THRESHOLD)
        return;
      self->dragging = TRUE;
      gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
      gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "ns-resize");
      ew_kernel_view_select (self, self->dragged);
      ew_kernel_view_begin_edit (self);
    }
  /* From where it began, so that the way back is the way there; on whole steps where the start was on one. */
  ew_kernel_view_change_weight (self, self->dragged, ew_kernel_view_round (self->drag_value - round (dy) * step, step));
}

static void
on_end (EwKernelView *self)
{
  self->dragged = -1;
  gtk_widget_set_cursor (GTK_WIDGET (self), NULL);
}

void
ew_kernel_view_add_drag (EwKernelView *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  self->dragged = -1;
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (on_begin), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (on_update), self);
  g_signal_connect_swapped (drag, "drag-end", G_CALLBACK (on_end), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
}
