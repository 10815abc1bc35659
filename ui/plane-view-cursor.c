/* EwPlaneView: its cursor, moved by pointer and arrow keys, and the marks that others lay over it. */
#include "ui/plane-view-private.h"

#include <math.h>
#include <string.h>

/* How far Page Up and Page Down go, in cursor steps. */
#define PAGE 10

gboolean
ew_plane_view_find_pixel (EwPlaneView *self, double x, double y, int *row, int *column)
{
  double width, height;
  EwPlanePlace place;
  int rows, columns;

  g_return_val_if_fail (EW_IS_PLANE_VIEW (self), FALSE);
  if (!ew_plane_view_get_place (self, &place, &rows, &columns))
    return FALSE;
  ew_plane_view_get_room (self, &width, &height);
  if (!(x >= 0 && x < width && y >= 0 && y < height))
    return FALSE;

  double i = floor ((y - place.y) / place.pitch);
  double j = floor ((x - place.x) / place.pitch);

  if (!(i >= 0 && i < rows && j >= 0 && j < columns))
    return FALSE;
  *row = (int)i;
  *column = (int)j;
  return TRUE;
}

gboolean
ew_plane_view_get_area (EwPlaneView *self, int row, int column, int height, int width, graphene_rect_t *area)
{
  EwPlanePlace place;
  int rows, columns;

  g_return_val_if_fail (EW_IS_PLANE_VIEW (self), FALSE);
  if (!ew_plane_view_get_place (self, &place, &rows, &columns))
    return FALSE;
  graphene_rect_init (area, (float)(place.x + column * place.pitch), (float)(place.y + row * place.pitch),
                      (float)(width * place.pitch), (float)(height * place.pitch));
  return TRUE;
}

gboolean
ew_plane_view_get_cursor (EwPlaneView *self, int *row, int *column)
{
  g_return_val_if_fail (EW_IS_PLANE_VIEW (self), FALSE);
  *row = self->cursor_row;
  *column = self->cursor_column;
  return self->cursor_row >= 0;
}

void
ew_plane_view_set_cursor (EwPlaneView *self, int row, int column)
{
  int rows, columns;

  g_return_if_fail (EW_IS_PLANE_VIEW (self));
  ew_plane_view_get_size (self, &rows, &columns);
  if (row < 0 || row >= rows || column < 0 || column >= columns)
    row = column = -1;
  if (row == self->cursor_row && column == self->cursor_column)
    return;
  self->cursor_row = row;
  self->cursor_column = column;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  ew_plane_view_emit_cursor (self);
}

void
ew_plane_view_check_cursor (EwPlaneView *self)
{
  if (self->cursor_row >= 0)
    ew_plane_view_set_cursor (self, self->cursor_row, self->cursor_column);
}

void
ew_plane_view_set_marks (EwPlaneView *self, const EwPlaneMark *marks, int n)
{
  g_return_if_fail (EW_IS_PLANE_VIEW (self));
  g_return_if_fail (n >= 0);
  if (n == self->n_marks && (n == 0 || memcmp (marks, self->marks, n * sizeof *marks) == 0))
    return;
  g_free (self->marks);
  self->marks = n == 0 ? NULL : g_memdup2 (marks, n * sizeof *marks);
  self->n_marks = n;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ew_plane_view_follow_pointer (EwPlaneView *self)
{
  int row = -1;
  int column = -1;

  if (!self->has_pointer)
    return;
  if (!ew_plane_view_find_pixel (self, self->pointer_x, self->pointer_y, &row, &column))
    row = column = -1;
  ew_plane_view_set_cursor (self, row, column);
}

static void
on_motion (EwPlaneView *self, double x, double y)
{
  /* GTK tells of a pointer that lies still too, when something has moved under it. */
  if (self->has_pointer && x == self->pointer_x && y == self->pointer_y)
    return;
  self->has_pointer = TRUE;
  self->pointer_x = x;
  self->pointer_y = y;
  ew_plane_view_follow_pointer (self);
}

/* With the keyboard on it the cursor stays where it is. */
static void
on_leave (EwPlaneView *self)
{
  self->has_pointer = FALSE;
  if (!gtk_widget_has_focus (GTK_WIDGET (self)))
    ew_plane_view_set_cursor (self, -1, -1);
}

/* The pixel in the middle of the room. */
static gboolean
find_middle (EwPlaneView *self, int *row, int *column)
{
  double width, height;

  ew_plane_view_get_room (self, &width, &height);
  return self->zoom != NULL && ew_plane_view_find_pixel (self, width / 2, height / 2, row, column);
}

static void
on_pressed (EwPlaneView *self, int n_press, double x, double y)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
on_focus_left (EwPlaneView *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
  ew_plane_view_set_cursor (self, -1, -1);
}

/* Moves the cursor by whole blocks where it stands for one, from the middle where there is none yet, and what is shown
 * after it. */
static void
move_cursor (EwPlaneView *self, int rows_down, int columns_right)
{
  int rows, columns;
  int row, column;

  ew_plane_view_get_size (self, &rows, &columns);
  if (rows == 0)
    return;
  self->has_pointer = FALSE;
  if (self->cursor_row >= 0)
    {
      row = CLAMP (self->cursor_row + rows_down * self->block, 0, rows - 1);
      column = CLAMP (self->cursor_column + columns_right * self->block, 0, columns - 1);
    }
  else if (!find_middle (self, &row, &column))
    {
      row = rows / 2;
      column = columns / 2;
    }
  ew_plane_view_set_cursor (self, row, column);
  if (self->zoom != NULL)
    ew_plane_zoom_reveal (self->zoom, self->origin_row + (row + 0.5) * self->origin_pitch,
                          self->origin_column + (column + 0.5) * self->origin_pitch);
}

static gboolean
on_key (EwPlaneView *self, guint key, guint code, GdkModifierType state)
{
  if (ew_plane_view_zoom_key (self, key, state))
    return TRUE;
  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK | GDK_SUPER_MASK)) != 0)
    return FALSE;
  switch (key)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      move_cursor (self, 0, -1);
      return TRUE;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      move_cursor (self, 0, 1);
      return TRUE;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      move_cursor (self, -1, 0);
      return TRUE;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      move_cursor (self, 1, 0);
      return TRUE;
    case GDK_KEY_Page_Up:
      move_cursor (self, -PAGE, 0);
      return TRUE;
    case GDK_KEY_Page_Down:
      move_cursor (self, PAGE, 0);
      return TRUE;
    case GDK_KEY_Escape:
      if (self->cursor_row < 0)
        return FALSE;
      ew_plane_view_set_cursor (self, -1, -1);
      return TRUE;
    default:
      return FALSE;
    }
}

void
ew_plane_view_add_controllers (EwPlaneView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_widget_set_focusable (widget, TRUE);
  g_signal_connect_swapped (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect_swapped (key, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (gtk_widget_queue_draw), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_focus_left), self);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, key);
  gtk_widget_add_controller (widget, focus);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
}
