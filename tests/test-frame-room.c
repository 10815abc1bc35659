/* Threads that compute are told while a frame is drawn, and only then. */
#include "app/frame-room.h"
#include "engine/courtesy.h"
#include "tests/widget-fixtures.h"

typedef struct
{
  int frames;
  int untold; /* frames in which nobody was told, before or while they were painted */
  int unended;
} Seen;

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Seen *seen = data;

  seen->frames++;
  seen->untold += !ew_courtesy_is_drawing ();
  gtk_widget_queue_draw (widget);
  return G_SOURCE_CONTINUE;
}

static void
on_draw (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  Seen *seen = data;

  seen->untold += !ew_courtesy_is_drawing ();
}

/* Between frames. */
static gboolean
on_time (gpointer data)
{
  Seen *seen = data;

  seen->unended += ew_courtesy_is_drawing ();
  return G_SOURCE_CONTINUE;
}

static gboolean
has_seen_frames (gpointer data)
{
  return ((const Seen *)data)->frames >= 10;
}

static void
test_frames (void)
{
  GtkWidget *area = gtk_drawing_area_new ();
  GtkWindow *window = ew_window_open (area, 200, 100);
  Seen seen = { 0 };
  guint timeout;

  g_assert_false (ew_courtesy_is_drawing ());
  ew_courtesy_give_way ();
  /* Of a window that is there already. */
  ew_frame_room_keep (GTK_WIDGET (window));
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (area), on_draw, &seen, NULL);
  gtk_widget_add_tick_callback (area, on_tick, &seen, NULL);
  timeout = g_timeout_add (5, on_time, &seen);
  g_assert_true (ew_spin_until (has_seen_frames, &seen));
  g_source_remove (timeout);
  g_assert_cmpint (seen.untold, ==, 0);
  g_assert_cmpint (seen.unended, ==, 0);
  ew_window_close (window);
  g_assert_false (ew_courtesy_is_drawing ());
}

typedef struct
{
  int frames;
  gboolean told_at_close;
} Closing;

/* In the middle of a frame. */
static gboolean
on_last_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Closing *closing = data;

  closing->frames++;
  closing->told_at_close = ew_courtesy_is_drawing ();
  gtk_window_destroy (GTK_WINDOW (gtk_widget_get_root (widget)));
  return G_SOURCE_REMOVE;
}

static gboolean
has_closed (gpointer data)
{
  return ((const Closing *)data)->frames > 0;
}

/* One that is not there yet; and that goes before its frame has ended. */
static void
test_closed_in_a_frame (void)
{
  GtkWidget *window = gtk_window_new ();
  Closing closing = { 0 };

  ew_frame_room_keep (window);
  gtk_window_present (GTK_WINDOW (window));
  gtk_widget_add_tick_callback (window, on_last_tick, &closing, NULL);
  g_assert_true (ew_spin_until (has_closed, &closing));
  ew_spin (20);
  g_assert_true (closing.told_at_close);
  g_assert_false (ew_courtesy_is_drawing ());
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  if (!ew_widgets_init ())
    return 0;
  g_test_add_func ("/frame-room/frames", test_frames);
  g_test_add_func ("/frame-room/closed-in-a-frame", test_closed_in_a_frame);
  return g_test_run ();
}
