/* EwKernelView: keys, pointer and wheel. */
#include "ui/kernel-view-private.h"

#include <math.h>

/* What Ctrl and an arrow add, where weights are around 1; with Shift, a tenth of it. */
#define STEP  0.1
#define SMALL 0.1

/* Sums of steps are rounded to this part of a step. */
#define STEP_PLACES 1e9

/* Steps on one weight with no longer pause between them are one edit. */
#define PAUSE_US 1000000

double
ew_kernel_view_step (EwKernelView *self)
{
  double largest = 0;

  for (int i = 0; i < ew_kernel_view_n_cells (self); i++)
    largest = fmax (largest, fabs (ew_kernel_view_value_at (self, i)));
  if (largest == 0 || (largest >= 0.1 && largest < 10))
    return STEP;
  return STEP * pow (10, floor (log10 (largest)) + (largest < 1 ? 1 : 0));
}

double
ew_kernel_view_round (double value, double step)
{
  double places = STEP_PLACES / pow (10, floor (log10 (step)));

  return isfinite (places) ? round (value * places) / places : value;
}

void
ew_kernel_view_begin_edit (EwKernelView *self)
{
  self->edit++;
  self->nudged_us = 0;
}

static void
nudge (EwKernelView *self, double steps)
{
  gint64 now = g_get_monotonic_time ();
  double step = ew_kernel_view_step (self) * steps;
  double value = ew_kernel_view_value_at (self, self->selected) + step;

  if (self->nudged_us == 0 || self->nudged != self->selected || now - self->nudged_us > PAUSE_US)
    ew_kernel_view_begin_edit (self);
  self->nudged_us = now;
  self->nudged = self->selected;
  ew_kernel_view_change_weight (self, self->selected, ew_kernel_view_round (value, fabs (step)));
}

static gboolean
handle_arrow (EwKernelView *self, guint key, GdkModifierType state)
{
  gboolean control = (state & GDK_CONTROL_MASK) != 0;
  double step = (state & GDK_SHIFT_MASK) != 0 ? SMALL : 1;
  int down = key == GDK_KEY_Down || key == GDK_KEY_KP_Down ? 1 : key == GDK_KEY_Up || key == GDK_KEY_KP_Up ? -1 : 0;
  int right = key == GDK_KEY_Right || key == GDK_KEY_KP_Right ? 1
              : key == GDK_KEY_Left || key == GDK_KEY_KP_Left ? -1
                                                              : 0;

  if (down == 0 && right == 0)
    return FALSE;
  if (!control)
    ew_kernel_view_move_selection (self, down, right);
  else if (down != 0 && self->editable)
    nudge (self, -down * step);
  return TRUE;
}

static gboolean
handle_command (EwKernelView *self, guint key, GdkModifierType state)
{
  int width = self->kernel->width;
  gboolean control = (state & GDK_CONTROL_MASK) != 0;
  double x, y;
  int row_start = ew_kernel_view_is_bias (self, self->selected) ? self->selected : self->selected / width * width;
  int row_end = ew_kernel_view_is_bias (self, self->selected) ? self->selected : row_start + width - 1;

  switch (key)
    {
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
    case GDK_KEY_F2:
      ew_kernel_view_open_entry (self, NULL);
      return self->editable;
    case GDK_KEY_Delete:
    case GDK_KEY_KP_Delete:
    case GDK_KEY_BackSpace:
      if (self->editable)
        {
          ew_kernel_view_begin_edit (self);
          ew_kernel_view_change_weight (self, self->selected, 0);
        }
      return self->editable;
    case GDK_KEY_Menu:
    case GDK_KEY_F10:
      if (key == GDK_KEY_F10 && (state & GDK_SHIFT_MASK) == 0)
        return FALSE;
      ew_kernel_view_find_cell (self, self->selected, &x, &y);
      ew_kernel_view_open_menu (self, x, y);
      return TRUE;
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      ew_kernel_view_select (self, control ? 0 : row_start);
      return TRUE;
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      ew_kernel_view_select (self, control ? ew_kernel_n_taps (self->kernel) - 1 : row_end);
      return TRUE;
    default:
      return FALSE;
    }
}

/* Actions of the window, where it has them. */
static gboolean
handle_clipboard (EwKernelView *self, guint key, GdkModifierType state)
{
  gboolean control = (state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK)) == GDK_CONTROL_MASK;

  if (control && (key == GDK_KEY_c || key == GDK_KEY_C))
    return gtk_widget_activate_action (GTK_WIDGET (self), "win.copy-kernel", "s", "spreadsheet");
  if (control && self->editable && (key == GDK_KEY_v || key == GDK_KEY_V))
    return gtk_widget_activate_action (GTK_WIDGET (self), "win.paste-kernel", NULL);
  return FALSE;
}

static gboolean
on_key_pressed (EwKernelView *self, guint key, guint code, GdkModifierType state)
{
  gunichar typed = gdk_keyval_to_unicode (key);
  char text[8] = { 0 };

  if (self->kernel == NULL || ew_kernel_entry_is_open (self->entry) || (state & GDK_ALT_MASK) != 0)
    return FALSE;
  if (handle_arrow (self, key, state) || handle_command (self, key, state) || handle_clipboard (self, key, state))
    return TRUE;
  if ((state & GDK_CONTROL_MASK) != 0 || !self->editable || typed == 0
      || !(g_unichar_isdigit (typed) || typed == '-' || typed == '+' || typed == '.' || typed == ','
           || typed == 0x2212))
    return FALSE;
  g_unichar_to_utf8 (typed, text);
  ew_kernel_view_open_entry (self, text);
  return TRUE;
}

static void
on_pressed (EwKernelView *self, int n_press, double x, double y, GtkGestureClick *click)
{
  int index = ew_kernel_view_index_at (self, x, y);

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (index < 0)
    return;
  ew_kernel_view_select (self, index);
  if (n_press == 2)
    ew_kernel_view_open_entry (self, NULL);
  ew_kernel_view_changed (self);
}

static void
on_motion (EwKernelView *self, double x, double y)
{
  int index = ew_kernel_view_index_at (self, x, y);

  if (index == self->hover)
    return;
  self->hover = index;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_leave (EwKernelView *self)
{
  self->hover = -1;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Only over the selected weight of a focused view: a wheel that passes by changes nothing. */
static gboolean
on_scroll (EwKernelView *self, double dx, double dy, GtkEventController *controller)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (controller);
  double step = (state & GDK_SHIFT_MASK) != 0 ? SMALL : 1;
  /* Shift turns a wheel sideways. */
  double turn = dy != 0 ? dy : dx;

  if (self->kernel == NULL || !self->editable || !gtk_widget_has_focus (GTK_WIDGET (self)) || turn == 0
      || self->hover != self->selected)
    return FALSE;
  nudge (self, turn < 0 ? step : -step);
  return TRUE;
}

void
ew_kernel_view_add_controllers (EwKernelView *self)
{
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkEventController *scroll
      = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES | GTK_EVENT_CONTROLLER_SCROLL_DISCRETE);
  GtkGesture *click = gtk_gesture_click_new ();

  ew_kernel_view_add_drag (self);
  ew_kernel_view_add_menu (self);
  g_signal_connect_swapped (key, "key-pressed", G_CALLBACK (on_key_pressed), self);
  g_signal_connect_swapped (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (gtk_widget_queue_draw), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (gtk_widget_queue_draw), self);
  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}
