/* EwSurfaceView: pointer and keys. The pointer reads values off where it is; the arrow keys move the same cursor. */
#include "ui/surface-view-private.h"

#include "ui/widget-style.h"

#include <math.h>

/* A key moves the cursor by this part of what is seen, with Ctrl by a tenth of it. */
#define STEP 0.025

/* With Shift a key moves what is seen. */
#define PAN 0.1

/* The place under the pointer; FALSE outside the plot. */
static gboolean
place_at (EwSurfaceView *self, double x, double y, EwSurfacePoint *place)
{
  EwSurfacePath paths[EW_SURFACE_PATHS_MAX];
  EwSurfacePaint paint;
  EwSurfaceBox box;

  if (!ew_surface_view_get_box (self, &paint, paths, &box) || x < box.x || x > box.x + box.width || y < box.y
      || y > box.y + box.height)
    return FALSE;
  *place = ew_surface_at (&paint, &box, x, y);
  return TRUE;
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, EwSurfaceView *self)
{
  EwSurfacePoint place;

  /* GTK tells of a motion where the widget under a still pointer was laid out anew. */
  if (x == self->pointer.a && y == self->pointer.b)
    return;
  self->pointer = (EwSurfacePoint){ x, y };
  ew_surface_view_set_cursor (self, place_at (self, x, y, &place) ? &place : NULL);
}

static void
on_leave (GtkEventControllerMotion *controller, EwSurfaceView *self)
{
  self->pointer = (EwSurfacePoint){ NAN, NAN };
  ew_surface_view_set_cursor (self, NULL);
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, EwSurfaceView *self)
{
  EwSurfacePoint place;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (!place_at (self, x, y, &place))
    return;
  ew_surface_view_set_cursor (self, &place);
  if (n_press == 2)
    ew_surface_view_ask_start (self);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, EwSurfaceView *self)
{
  EwSurfacePoint place;

  if (dy == 0 || !place_at (self, self->pointer.a, self->pointer.b, &place))
    return GDK_EVENT_PROPAGATE;
  ew_surface_view_zoom_around (self, -dy, place);
  return GDK_EVENT_STOP;
}

/* One step of the cursor, from the present weights where there is none yet. */
static void
move (EwSurfaceView *self, double right, double up)
{
  const EwSurfaceFrame *f = &self->frame;
  EwSurfacePoint place = self->has_cursor ? self->cursor : self->map->present;

  if (self->has_cursor)
    {
      place.a += right * (f->high.a - f->low.a);
      place.b += up * (f->high.b - f->low.b);
    }
  place = (EwSurfacePoint){ CLAMP (place.a, f->low.a, f->high.a), CLAMP (place.b, f->low.b, f->high.b) };
  ew_surface_view_set_cursor (self, &place);
}

static void
pan (EwSurfaceView *self, double right, double up)
{
  EwSurfaceFrame *f = &self->frame;
  double a = right * (f->high.a - f->low.a), b = up * (f->high.b - f->low.b);

  self->zoomed = TRUE;
  *f = (EwSurfaceFrame){ { f->low.a + a, f->low.b + b }, { f->high.a + a, f->high.b + b } };
  ew_surface_view_changed (self);
}

/* The direction of an arrow key; FALSE: it is none. */
static gboolean
direction (guint key, int *right, int *up)
{
  *right = key == GDK_KEY_Right || key == GDK_KEY_KP_Right ? 1 : key == GDK_KEY_Left || key == GDK_KEY_KP_Left ? -1 : 0;
  *up = key == GDK_KEY_Up || key == GDK_KEY_KP_Up ? 1 : key == GDK_KEY_Down || key == GDK_KEY_KP_Down ? -1 : 0;
  return *right != 0 || *up != 0;
}

static gboolean
on_zoom_key (EwSurfaceView *self, guint key)
{
  switch (key)
    {
    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_KP_Add:
      ew_surface_view_zoom (self, 1);
      return GDK_EVENT_STOP;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      ew_surface_view_zoom (self, -1);
      return GDK_EVENT_STOP;
    case GDK_KEY_0:
    case GDK_KEY_KP_0:
      ew_surface_view_fit (self);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static gboolean
on_place_key (EwSurfaceView *self, guint key)
{
  switch (key)
    {
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      ew_surface_view_set_cursor (self, &self->map->start);
      return GDK_EVENT_STOP;
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      ew_surface_view_set_cursor (self, &self->map->optimum);
      return GDK_EVENT_STOP;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      ew_surface_view_ask_start (self);
      return GDK_EVENT_STOP;
    case GDK_KEY_Escape:
      if (!self->has_cursor)
        return GDK_EVENT_PROPAGATE;
      ew_surface_view_set_cursor (self, NULL);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType modifiers, EwSurfaceView *self)
{
  gboolean fine = (modifiers & GDK_CONTROL_MASK) != 0;
  int right, up;

  if (self->map == NULL || self->map->trouble != NULL || (modifiers & GDK_ALT_MASK) != 0)
    return GDK_EVENT_PROPAGATE;
  if (!direction (key, &right, &up))
    return fine ? on_zoom_key (self, key) : on_place_key (self, key);
  if ((modifiers & GDK_SHIFT_MASK) != 0)
    pan (self, PAN * right, PAN * up);
  else
    move (self, (fine ? STEP / 10 : STEP) * right, (fine ? STEP / 10 : STEP) * up);
  return GDK_EVENT_STOP;
}

static void
on_focus_left (GtkEventControllerFocus *controller, EwSurfaceView *self)
{
  ew_surface_view_set_cursor (self, NULL);
}

void
ew_surface_view_init_input (EwSurfaceView *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkGesture *click = gtk_gesture_click_new ();

  self->pointer = (EwSurfacePoint){ NAN, NAN };
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (focus, "leave", G_CALLBACK (on_focus_left), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}
