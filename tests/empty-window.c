/* Not a test: an empty libadwaita window that writes its frame statistics and ends; what tests/frames compares with. */
#include "app/frame-stats.h"

#include <adwaita.h>

static EwFrameStats *stats;

static gboolean
on_time (gpointer window)
{
  gtk_window_destroy (window);
  return G_SOURCE_REMOVE;
}

static void
on_first_frame (gpointer window)
{
  g_timeout_add (300, on_time, window);
}

static void
on_activate (GApplication *application, gpointer path)
{
  GtkWidget *window = adw_application_window_new (GTK_APPLICATION (application));

  gtk_window_set_default_size (GTK_WINDOW (window), 1100, 720);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), adw_header_bar_new ());
  stats = ew_frame_stats_new (window, path, on_first_frame, window);
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) application = adw_application_new (NULL, G_APPLICATION_NON_UNIQUE);
  int status;

  if (argc != 2)
    return 2;
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), argv[1]);
  status = g_application_run (G_APPLICATION (application), 1, argv);
  ew_frame_stats_free (stats);
  return status;
}
