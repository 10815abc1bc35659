/* Not a test: a libadwaita window without contents that writes its frame statistics and ends; what tests/frames compares with.
 *
 *   empty-window FILE            the time to its first frame
 *   empty-window FILE SECONDS    one picture of 1600 × 900 that is another in each frame, while a thread for each core does
 *                                nothing useful at nice 10: how evenly frames come on this system at best
 */
#include "app/frame-stats.h"
#include "engine/courtesy.h"

#include <adwaita.h>
#include <pthread.h>
#include <stdatomic.h>

#define WIDTH  1600
#define HEIGHT 900
#define THREADS_MAX 256

static EwFrameStats *stats;
static const char *path;
static double seconds;
static cairo_surface_t *pictures[2];
static int shown;
static atomic_bool quit;

static gboolean
on_time (gpointer window)
{
  gtk_window_destroy (window);
  return G_SOURCE_REMOVE;
}

static void
on_first_frame (gpointer window)
{
  g_timeout_add (seconds > 0 ? (guint)(seconds * 1000) : 300, on_time, window);
}

static void *
burn (void *data)
{
  ew_courtesy_lower_priority ();
  while (!atomic_load_explicit (&quit, memory_order_relaxed))
    ;
  return NULL;
}

static void
draw (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  cairo_set_source_surface (cr, pictures[shown], 0, 0);
  cairo_paint (cr);
}

static gboolean
on_tick (GtkWidget *area, GdkFrameClock *clock, gpointer data)
{
  shown = 1 - shown;
  gtk_widget_queue_draw (area);
  return G_SOURCE_CONTINUE;
}

static GtkWidget *
make_animation (void)
{
  GtkWidget *area = gtk_drawing_area_new ();

  for (int k = 0; k < 2; k++)
    {
      cairo_t *cr;

      pictures[k] = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
      cr = cairo_create (pictures[k]);
      cairo_set_source_rgb (cr, k, 0.5, 0.5);
      cairo_paint (cr);
      cairo_destroy (cr);
    }
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (area), draw, NULL, NULL);
  gtk_widget_add_tick_callback (area, on_tick, NULL, NULL);
  return area;
}

static void
on_activate (GApplication *application, gpointer data)
{
  GtkWidget *window = adw_application_window_new (GTK_APPLICATION (application));

  gtk_window_set_default_size (GTK_WINDOW (window), seconds > 0 ? WIDTH : 1100, seconds > 0 ? HEIGHT : 720);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window),
                                      seconds > 0 ? make_animation () : adw_header_bar_new ());
  stats = ew_frame_stats_new (window, path, on_first_frame, window);
  ew_frame_stats_set_animating (stats, seconds > 0);
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) application = adw_application_new (NULL, G_APPLICATION_NON_UNIQUE);
  pthread_t threads[THREADS_MAX];
  int n = 0;
  int status;

  if (argc < 2 || argc > 3)
    return 2;
  path = argv[1];
  seconds = argc == 3 ? g_ascii_strtod (argv[2], NULL) : 0;
  while (seconds > 0 && n < MIN ((int)g_get_num_processors (), THREADS_MAX)
         && pthread_create (&threads[n], NULL, burn, NULL) == 0)
    n++;
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), NULL);
  status = g_application_run (G_APPLICATION (application), 1, argv);
  ew_frame_stats_free (stats);
  atomic_store (&quit, TRUE);
  for (int k = 0; k < n; k++)
    pthread_join (threads[k], NULL);
  for (int k = 0; k < 2; k++)
    g_clear_pointer (&pictures[k], cairo_surface_destroy);
  return status;
}
