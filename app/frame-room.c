/* Room for frames: from the frame clock's before-paint to its after-paint. */
#include "app/frame-room.h"

#include "engine/courtesy.h"

static void
on_before_paint (GdkFrameClock *clock, gpointer data)
{
  ew_courtesy_set_drawing (TRUE);
}

/* After GDK's own handler, which waits until the display server has done its part. */
static void
on_after_paint (GdkFrameClock *clock, gpointer data)
{
  ew_courtesy_set_drawing (FALSE);
}

static void
on_realize (GtkWidget *window, gpointer data)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);

  g_signal_connect_object (clock, "before-paint", G_CALLBACK (on_before_paint), window, 0);
  g_signal_connect_object (clock, "after-paint", G_CALLBACK (on_after_paint), window, G_CONNECT_AFTER);
}

/* A frame that was begun is not ended any more. */
static void
on_unrealize (GtkWidget *window, gpointer data)
{
  ew_courtesy_set_drawing (FALSE);
}

void
ew_frame_room_keep (GtkWidget *window)
{
  if (gtk_widget_get_realized (window))
    on_realize (window, NULL);
  g_signal_connect_after (window, "realize", G_CALLBACK (on_realize), NULL);
  g_signal_connect (window, "unrealize", G_CALLBACK (on_unrealize), NULL);
}
