/* EwInputStats: the times of events, and of the frames that follow them. */
#include "app/input-stats.h"

/* Snapshots whose kernels are remembered: pictures are made of one that came a few frames ago. */
#define REMEMBERED 16

/* An event that is older than this has been told by another clock. */
#define OLDEST_MS 5000

typedef struct
{
  EwKernel *kernel; /* NULL: none */
  guint64 generation;
} Known;

struct _EwInputStats
{
  GArray *pointer;
  GArray *edits;
  double input_ms;   /* of the last event, by the monotonic clock */
  double pointer_ms; /* what the pointer did that no frame shows yet; 0: nothing */
  double edit_ms;    /* likewise the edit */
  guint64 edit_generation;
  gboolean edit_shown; /* by the next frame */
  Known known[REMEMBERED];
  int next_known;
};

static double
now_ms (void)
{
  return (double)g_get_monotonic_time () * 1e-3;
}

/* X and Wayland count the milliseconds of the monotonic clock, in 32 bits. */
static double
event_ms (GdkEvent *event)
{
  double now = now_ms ();
  guint32 age = (guint32)(guint64)now - gdk_event_get_time (event);

  return age <= OLDEST_MS ? now - age : now;
}

static gboolean
on_event (GtkEventControllerLegacy *controller, GdkEvent *event, EwInputStats *stats)
{
  switch (gdk_event_get_event_type (event))
    {
    case GDK_KEY_PRESS:
      stats->input_ms = event_ms (event);
      break;
    case GDK_MOTION_NOTIFY:
    case GDK_BUTTON_PRESS:
    case GDK_SCROLL:
      stats->input_ms = event_ms (event);
      if (stats->pointer_ms == 0)
        stats->pointer_ms = stats->input_ms;
      break;
    default:
      break;
    }
  return GDK_EVENT_PROPAGATE;
}

EwInputStats *
ew_input_stats_new (GtkWidget *window)
{
  EwInputStats *stats = g_new0 (EwInputStats, 1);
  GtkEventController *controller = gtk_event_controller_legacy_new ();

  stats->pointer = g_array_new (FALSE, FALSE, sizeof (float));
  stats->edits = g_array_new (FALSE, FALSE, sizeof (float));
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  g_signal_connect (controller, "event", G_CALLBACK (on_event), stats);
  gtk_widget_add_controller (window, controller);
  return stats;
}

void
ew_input_stats_free (EwInputStats *stats)
{
  if (stats == NULL)
    return;
  for (int k = 0; k < REMEMBERED; k++)
    ew_kernel_unref (stats->known[k].kernel);
  g_array_unref (stats->pointer);
  g_array_unref (stats->edits);
  g_free (stats);
}

void
ew_input_stats_edited (EwInputStats *stats, guint64 generation)
{
  /* One that nothing has answered yet goes on being waited for. */
  if (stats == NULL || stats->edit_ms > 0)
    return;
  stats->edit_ms = stats->input_ms;
  stats->edit_generation = generation;
  stats->edit_shown = FALSE;
}

void
ew_input_stats_snapshot (EwInputStats *stats, guint64 generation, EwKernel *kernel)
{
  Known *known;

  if (stats == NULL || kernel == NULL)
    return;
  known = &stats->known[stats->next_known];
  stats->next_known = (stats->next_known + 1) % REMEMBERED;
  ew_kernel_unref (known->kernel);
  *known = (Known){ ew_kernel_ref (kernel), generation };
}

void
ew_input_stats_pictures (EwInputStats *stats, const EwKernel *kernel)
{
  if (stats == NULL || kernel == NULL || stats->edit_ms == 0)
    return;
  for (int k = 0; k < REMEMBERED; k++)
    if (stats->known[k].kernel != NULL && stats->known[k].generation >= stats->edit_generation
        && ew_kernel_equal (stats->known[k].kernel, kernel))
      stats->edit_shown = TRUE;
}

static void
add (GArray *array, double *since)
{
  float ms = (float)(now_ms () - *since);

  g_array_append_val (array, ms);
  *since = 0;
}

void
ew_input_stats_drawn (EwInputStats *stats)
{
  if (stats == NULL)
    return;
  if (stats->pointer_ms > 0)
    add (stats->pointer, &stats->pointer_ms);
  if (stats->edit_ms > 0 && stats->edit_shown)
    add (stats->edits, &stats->edit_ms);
}

GArray *
ew_input_stats_pointer (EwInputStats *stats)
{
  return stats->pointer;
}

GArray *
ew_input_stats_edits (EwInputStats *stats)
{
  return stats->edits;
}
