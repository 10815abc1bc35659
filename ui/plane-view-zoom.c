/* EwPlaneView: the part that is shown, and changing it by wheel, fingers, drag and keys. */
#include "ui/plane-view-private.h"

#include <math.h>

/* Device pixels that a wheel's notch moves what is seen, and the part of the room that a key does. */
#define NOTCH    48.0
#define KEY_PART 8.0

/* A drag shorter than this is a click, in units. */
#define DRAG_MIN 4.0

void
ew_plane_view_show_part (EwPlaneView *self, EwGrid *grid, EwGrid *subtract, int block, int row, int column)
{
  g_return_if_fail (EW_IS_PLANE_VIEW (self));
  g_return_if_fail (block >= 1 && row >= 0 && column >= 0);
  g_return_if_fail (subtract == NULL || (subtract->height == grid->height && subtract->width == grid->width));
  ew_plane_view_set_content (self, &grid, 1, subtract, block, row, column);
}

void
ew_plane_view_set_source (EwPlaneView *self, EwGrid *source)
{
  g_return_if_fail (EW_IS_PLANE_VIEW (self));
  if (source == self->source)
    return;
  ew_grid_unref (self->source);
  self->source = source == NULL ? NULL : ew_grid_ref (source);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_zoom_changed (EwPlaneView *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
  ew_plane_view_follow_pointer (self);
}

void
ew_plane_view_set_zoom (EwPlaneView *self, EwPlaneZoom *zoom, int pane)
{
  g_return_if_fail (EW_IS_PLANE_VIEW (self));
  g_return_if_fail (self->zoom == NULL);
  self->zoom = g_object_ref (zoom);
  self->pane = pane;
  g_signal_connect_object (zoom, "changed", G_CALLBACK (on_zoom_changed), self, G_CONNECT_SWAPPED);
  if (self->pane_height > 0)
    ew_plane_zoom_set_pane (zoom, pane, self->pane_height, self->pane_width,
                            gtk_widget_get_scale_factor (GTK_WIDGET (self)));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ew_plane_view_set_origin (EwPlaneView *self, double row, double column, double pitch)
{
  g_return_if_fail (EW_IS_PLANE_VIEW (self));
  g_return_if_fail (pitch > 0);
  if (row == self->origin_row && column == self->origin_column && pitch == self->origin_pitch)
    return;
  self->origin_row = row;
  self->origin_column = column;
  self->origin_pitch = pitch;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* What lies at (x, y), in the zoom's coordinates. */
static gboolean
zoom_place (EwPlaneView *self, double x, double y, double *row, double *column)
{
  EwPlanePlace place;
  int rows, columns;

  if (self->zoom == NULL || !ew_plane_view_get_place (self, &place, &rows, &columns))
    return FALSE;
  *row = self->origin_row + (y - place.y) / place.pitch * self->origin_pitch;
  *column = self->origin_column + (x - place.x) / place.pitch * self->origin_pitch;
  return TRUE;
}

static void
zoom_at (EwPlaneView *self, double x, double y, int steps)
{
  double row, column;

  if (zoom_place (self, x, y, &row, &column))
    ew_plane_zoom_step (self->zoom, steps, row, column);
}

static gboolean
pan (EwPlaneView *self, double x, double y)
{
  double scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  return self->zoom != NULL && ew_plane_zoom_pan (self->zoom, y * scale, x * scale);
}

/* A wheel zooms, or moves sideways with Shift; two fingers on a touchpad move, or zoom with Control. */
static gboolean
on_scroll (EwPlaneView *self, double dx, double dy, GtkEventController *controller)
{
  GtkEventControllerScroll *scroll = GTK_EVENT_CONTROLLER_SCROLL (controller);
  GdkModifierType state = gtk_event_controller_get_current_event_state (controller);
  gboolean wheel = gtk_event_controller_scroll_get_unit (scroll) == GDK_SCROLL_UNIT_WHEEL;
  double notch = wheel ? NOTCH : 1;

  if (self->zoom == NULL)
    return FALSE;
  if ((state & GDK_SHIFT_MASK) != 0)
    {
      pan (self, (dx + dy) * notch, 0);
      return TRUE;
    }
  if (!wheel && (state & GDK_CONTROL_MASK) == 0)
    {
      /* What is all seen does not move: then the window's contents may. */
      return pan (self, dx, dy) || !ew_plane_zoom_is_fit (self->zoom);
    }
  /* Fine wheels turn by parts of a notch, touchpads by pixels. */
  self->wheel = (self->wheel > 0) == (dy > 0) ? self->wheel + dy / (wheel ? 1 : NOTCH) : dy / (wheel ? 1 : NOTCH);
  if (fabs (self->wheel) >= 0.99 && self->has_pointer)
    {
      zoom_at (self, self->pointer_x, self->pointer_y, -(int)round (self->wheel));
      self->wheel = 0;
    }
  return TRUE;
}

static void
on_drag_begin (EwPlaneView *self)
{
  self->dragged_x = self->dragged_y = 0;
}

static void
on_drag (EwPlaneView *self, double x, double y, GtkGesture *gesture)
{
  if (self->zoom == NULL
      || (self->dragged_x == 0 && self->dragged_y == 0 && fabs (x) < DRAG_MIN && fabs (y) < DRAG_MIN))
    return;
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "grabbing");
  pan (self, self->dragged_x - x, self->dragged_y - y);
  self->dragged_x = x;
  self->dragged_y = y;
}

static void
on_drag_end (EwPlaneView *self)
{
  gtk_widget_set_cursor (GTK_WIDGET (self), NULL);
}

void
ew_plane_view_pinch_begin (EwPlaneView *self)
{
  self->pinch_scale = self->zoom == NULL ? 0 : ew_plane_zoom_get_scale (self->zoom);
}

void
ew_plane_view_pinch (EwPlaneView *self, double factor, double x, double y)
{
  double row, column;

  if (zoom_place (self, x, y, &row, &column))
    ew_plane_zoom_set_scale (self->zoom, self->pinch_scale * factor, row, column);
}

void
ew_plane_view_pinch_end (EwPlaneView *self)
{
  if (self->zoom != NULL)
    ew_plane_zoom_settle (self->zoom);
}

static void
on_pinch (EwPlaneView *self, double factor, GtkGesture *gesture)
{
  double x, y;

  if (gtk_gesture_get_bounding_box_center (gesture, &x, &y))
    ew_plane_view_pinch (self, factor, x, y);
}

/* About the cursor where there is one, else about the middle. */
static void
zoom_by_key (EwPlaneView *self, int steps)
{
  double row, column;

  ew_plane_zoom_get_center (self->zoom, &row, &column);
  if (self->cursor_row >= 0)
    {
      row = self->origin_row + (self->cursor_row + 0.5) * self->origin_pitch;
      column = self->origin_column + (self->cursor_column + 0.5) * self->origin_pitch;
    }
  ew_plane_zoom_step (self->zoom, steps, row, column);
}

gboolean
ew_plane_view_zoom_key (EwPlaneView *self, guint key, GdkModifierType state)
{
  double width, height;
  gboolean shift = (state & GDK_SHIFT_MASK) != 0;

  if (self->zoom == NULL || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0)
    return FALSE;
  ew_plane_view_get_room (self, &width, &height);
  switch (key)
    {
    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_KP_Add:
      zoom_by_key (self, 1);
      return TRUE;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      zoom_by_key (self, -1);
      return TRUE;
    case GDK_KEY_0:
    case GDK_KEY_KP_0:
      ew_plane_zoom_fit (self->zoom);
      return TRUE;
    case GDK_KEY_Left:
      return shift && (pan (self, -width / KEY_PART, 0) || TRUE);
    case GDK_KEY_Right:
      return shift && (pan (self, width / KEY_PART, 0) || TRUE);
    case GDK_KEY_Up:
      return shift && (pan (self, 0, -height / KEY_PART) || TRUE);
    case GDK_KEY_Down:
      return shift && (pan (self, 0, height / KEY_PART) || TRUE);
    default:
      return FALSE;
    }
}

void
ew_plane_view_add_zoom_controllers (EwPlaneView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();

  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (on_drag), self);
  g_signal_connect_swapped (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect_swapped (pinch, "begin", G_CALLBACK (ew_plane_view_pinch_begin), self);
  g_signal_connect_swapped (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  g_signal_connect_swapped (pinch, "end", G_CALLBACK (ew_plane_view_pinch_end), self);
  gtk_widget_add_controller (widget, scroll);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (pinch));
}
