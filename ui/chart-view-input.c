/* EwChartView: pointer and keys. The cursor that reads values off follows the pointer; the arrow keys move the same one. */
#include "ui/chart-view-private.h"
#include "ui/widget-style.h"

#include <math.h>

/* Page Up and Page Down go over this part of the axis. */
#define PAGES 10

static gboolean
get_frame (EwChartView *self, EwChartFrame *frame)
{
  EwPaintStyle style;
  EwChartPaint paint;
  gboolean any;

  ew_widget_style_init (GTK_WIDGET (self), &style);
  ew_chart_view_fill_paint (self, &style, &paint);
  any = ew_chart_frame (&paint, gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)),
                        frame);
  ew_paint_style_clear (&style);
  return any;
}

/* The last epoch of any run. */
static guint64
last_epoch (const EwChartView *self)
{
  guint64 last = self->curves != NULL && self->curves->n_points > 0 ? self->curves->last_epoch : 0;

  for (int run = 0; run < self->n_runs; run++)
    last = MAX (last, self->runs[run].curves->last_epoch);
  return last;
}

/* The epoch at a place, 0 outside the plot. */
static guint64
epoch_at (EwChartView *self, double x, double y)
{
  EwChartFrame frame;

  if (!get_frame (self, &frame) || x < frame.x - 4 || x > frame.x + frame.width + 4 || y < frame.y - 4
      || y > frame.y + frame.height + 16)
    return 0;
  return CLAMP (ew_chart_epoch_at (&frame, x), 1, MAX (last_epoch (self), 1));
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, EwChartView *self)
{
  guint64 epoch = epoch_at (self, x, y);

  if (epoch != self->hover)
    ew_chart_view_emit_hovered (self, epoch);
}

static void
on_leave (GtkEventControllerMotion *controller, EwChartView *self)
{
  if (self->hover != 0)
    ew_chart_view_emit_hovered (self, 0);
}

/* Pressing the plot and drawing over it shows the epoch under the pointer. */
static void
on_drag (GtkGestureDrag *gesture, double dx, double dy, EwChartView *self)
{
  EwChartFrame frame;
  double x, y;

  if (!get_frame (self, &frame) || !gtk_gesture_drag_get_start_point (gesture, &x, &y)
      || epoch_at (self, x, y) == 0)
    return;
  ew_chart_view_emit_asked (self, MIN (ew_chart_epoch_at (&frame, x + dx), last_epoch (self)));
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, EwChartView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  on_drag (gesture, 0, 0, self);
}

/* Where a step of @part of the axis leads to, at least one epoch. */
static guint64
step_from (EwChartView *self, guint64 from, double part)
{
  EwChartFrame frame;
  double x;

  if (!get_frame (self, &frame))
    return from;
  x = ew_chart_epoch_x (&frame, (double)from) + part * frame.width;

  guint64 to = ew_chart_epoch_at (&frame, x);

  return part > 0 ? MAX (to, from + 1) : MIN (to, from > 0 ? from - 1 : 0);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType modifiers, EwChartView *self)
{
  guint64 last = last_epoch (self);
  guint64 from = self->hover > 0 ? self->hover : self->past ? self->shown_epoch : last;
  guint64 to = from;

  if (last == 0 || (modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  switch (key)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      to = from - 1;
      break;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      to = from + 1;
      break;
    case GDK_KEY_Page_Up:
      to = step_from (self, from, -1.0 / PAGES);
      break;
    case GDK_KEY_Page_Down:
      to = step_from (self, from, 1.0 / PAGES);
      break;
    case GDK_KEY_Home:
      to = 1;
      break;
    case GDK_KEY_End:
      to = last;
      break;
    case GDK_KEY_Escape:
      if (self->hover == 0)
        return GDK_EVENT_PROPAGATE;
      ew_chart_view_emit_hovered (self, 0);
      return GDK_EVENT_STOP;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_space:
      ew_chart_view_emit_asked (self, from);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
  /* One less than 0 is the largest there is. */
  ew_chart_view_emit_hovered (self, to > last + 1 || to == 0 ? 1 : MIN (to, last));
  return GDK_EVENT_STOP;
}

static void
on_focus_left (GtkEventControllerFocus *controller, EwChartView *self)
{
  if (self->hover != 0)
    ew_chart_view_emit_hovered (self, 0);
}

void
ew_chart_view_init_input (EwChartView *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (focus, "leave", G_CALLBACK (on_focus_left), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
}
