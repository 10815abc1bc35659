/* EwWindow: what gives way where there is little room for pictures, sum and curves: a low window, large text, a list above them. */
#include "ui/widget-style.h"
#include "ui/window-private.h"

/* The least height for all of it, in heights of the text. */
#define ROOM 36.0

/* Name and size go under the output, the other names away; headings and toggles share a line, and the sum is shorter. */
static void
set_compact (EwWindow *self, gboolean compact)
{
  GtkWidget *beside[] = { GTK_WIDGET (self->input_heading), GTK_WIDGET (self->kernel_heading), self->show_toggles };

  self->compact = compact;
  gtk_widget_set_visible (GTK_WIDGET (self->input_name), !compact);
  gtk_widget_set_visible (GTK_WIDGET (self->kernel_name), !compact);
  gtk_widget_set_visible (GTK_WIDGET (self->output_heading), !compact);
  for (guint k = 0; k < G_N_ELEMENTS (beside); k++)
    (compact ? gtk_size_group_add_widget : gtk_size_group_remove_widget) (self->heading_group, beside[k]);
  ew_plane_view_set_named (self->output_view, compact);
  ew_sum_view_set_short (self->sum_view, compact);
}

/* After the window has got its size: the scrolled part's does not depend on what it holds. */
static void
on_layout (GdkSurface *surface, int width, int height, EwWindow *self)
{
  GtkAdjustment *down = gtk_scrolled_window_get_vadjustment (self->scroller);
  int room = gtk_widget_get_height (GTK_WIDGET (self->scroller));
  EwPaintStyle style;
  gboolean compact;

  if (room <= 0)
    return;
  ew_widget_style_init (GTK_WIDGET (self), &style);
  compact = room < ROOM * ew_paint_style_font_size (&style);
  ew_paint_style_clear (&style);
  if (compact != self->compact)
    set_compact (self, compact);
  else if (self->shows_below)
    {
      self->shows_below = FALSE;
      gtk_adjustment_set_value (down, gtk_adjustment_get_upper (down) - gtk_adjustment_get_page_size (down));
    }
}

static void
on_realize (EwWindow *self)
{
  g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (self)), "layout", G_CALLBACK (on_layout), self, G_CONNECT_AFTER);
}

void
ew_window_scroll_below (EwWindow *self)
{
  self->shows_below = TRUE;
  gtk_widget_queue_resize (GTK_WIDGET (self->below));
}

void
ew_window_add_room (EwWindow *self)
{
  g_signal_connect_after (self, "realize", G_CALLBACK (on_realize), NULL);
}
