/* EwFrameStats: times of the frame clock's after-paint. */
#include "app/frame-stats.h"

#include "app/files/replace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct _EwFrameStats
{
  GtkWidget *window;
  GdkFrameClock *clock;
  gulong realize_handler;
  gulong paint_handler;
  char *path;
  EwFirstFrameFunc first;
  gpointer data;

  double first_frame_ms;
  gint64 first_us;    /* when the first frame was drawn */
  gint64 previous_us; /* the frame before, 0 where the interval to it does not count */
  guint64 frames;
  EwInputStats *input;
  GArray *intervals; /* of float, milliseconds */
  gboolean active;
  gboolean animating;
  gint64 decoded_us; /* when a pair was last decoded; 0: none that was not answered */
  gboolean answered;
  double optimum_ms; /* 0: no pair was answered */
  guint64 first_epoch; /* of the present run, so that a reset does not take away */
  guint64 last_epoch;
  guint64 epochs;
};

/* Milliseconds since this process was started. The kernel counts its start in ticks, of 10 ms as a rule. */
static double
process_age_ms (void)
{
  g_autofree char *text = NULL;
  struct timespec now;
  unsigned long long start = 0;
  char *after_name;

  if (!g_file_get_contents ("/proc/self/stat", &text, NULL, NULL) || (after_name = strrchr (text, ')')) == NULL
      || sscanf (after_name + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
                 &start)
             != 1)
    return 0;
  clock_gettime (CLOCK_BOOTTIME, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6 - (double)start * 1e3 / (double)sysconf (_SC_CLK_TCK);
}

static void
on_after_paint (GdkFrameClock *clock, gpointer data)
{
  EwFrameStats *stats = data;
  gint64 now = g_get_monotonic_time ();
  gboolean counts = stats->active || stats->animating;

  if (stats->frames++ == 0)
    {
      stats->first_us = now;
      stats->first_frame_ms = process_age_ms ();
      if (stats->first != NULL)
        stats->first (stats->data);
    }
  if (stats->answered && stats->decoded_us > 0)
    {
      stats->optimum_ms = (double)(now - stats->decoded_us) * 1e-3;
      stats->decoded_us = 0;
    }
  stats->answered = FALSE;
  ew_input_stats_drawn (stats->input);
  if (stats->previous_us > 0 && counts)
    {
      float interval = (float)(now - stats->previous_us) * 1e-3f;

      g_array_append_val (stats->intervals, interval);
    }
  stats->previous_us = counts ? now : 0;
}

static void
on_realize (GtkWidget *window, gpointer data)
{
  EwFrameStats *stats = data;

  stats->clock = g_object_ref (gtk_widget_get_frame_clock (window));
  stats->paint_handler = g_signal_connect (stats->clock, "after-paint", G_CALLBACK (on_after_paint), stats);
}

EwFrameStats *
ew_frame_stats_new (GtkWidget *window, const char *path, EwFirstFrameFunc first, gpointer data)
{
  EwFrameStats *stats = g_new0 (EwFrameStats, 1);

  stats->window = window;
  stats->path = g_strdup (path);
  stats->first = first;
  stats->data = data;
  stats->intervals = g_array_new (FALSE, FALSE, sizeof (float));
  if (path != NULL)
    stats->input = ew_input_stats_new (window);
  if (gtk_widget_get_realized (window))
    on_realize (window, stats);
  else
    stats->realize_handler = g_signal_connect_after (window, "realize", G_CALLBACK (on_realize), stats);
  return stats;
}

static int
compare_floats (gconstpointer a, gconstpointer b)
{
  float x = *(const float *)a;
  float y = *(const float *)b;

  return (x > y) - (x < y);
}

/* The value that a share of the sorted intervals does not exceed; 0 where there are none. */
static double
quantile (const GArray *sorted, double share)
{
  if (sorted->len == 0)
    return 0;
  return g_array_index (sorted, float, (guint)(share * (sorted->len - 1)));
}

/* A replacement, unlike g_file_set_contents, writes to a device and does not put a file in its place. */
static gboolean
write_text (const char *path, const char *text, GError **error)
{
  g_autoptr (EwReplacement) replacement = ew_replacement_new (path, error);

  if (replacement == NULL)
    return FALSE;
  fputs (text, ew_replacement_stream (replacement));
  return ew_replacement_commit (replacement, error);
}

/* "name": {"median": …, "p99": …, "max": …} of what is not sorted yet. */
static void
append_times (GString *json, const char *name, GArray *times)
{
  static const char *const keys[] = { "median", "p99", "max" };
  static const double shares[] = { 0.5, 0.99, 1 };
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_array_sort (times, compare_floats);
  g_string_append_printf (json, ", \"%s\": {", name);
  for (guint k = 0; k < G_N_ELEMENTS (keys); k++)
    g_string_append_printf (json, "%s\"%s\": %s", k == 0 ? "" : ", ", keys[k],
                            g_ascii_formatd (number, sizeof number, "%.3f", quantile (times, shares[k])));
  g_string_append (json, "}");
}

static void
append_number (GString *json, const char *name, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (json, "%s\"%s\": %s", json->len > 1 ? ", " : "", name,
                          g_ascii_formatd (number, sizeof number, "%.3f", value));
}

static void
write_file (EwFrameStats *stats)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) json = g_string_new ("{");
  double seconds = stats->first_us == 0 ? 0 : (double)(g_get_monotonic_time () - stats->first_us) * 1e-6;

  append_number (json, "first_frame_ms", stats->first_frame_ms);
  g_string_append_printf (json, ", \"frames\": %" G_GUINT64_FORMAT, stats->frames);
  append_times (json, "interval_ms", stats->intervals);
  g_string_append_printf (json, ", \"epochs\": %" G_GUINT64_FORMAT,
                          stats->epochs + stats->last_epoch - stats->first_epoch);
  append_number (json, "seconds", seconds);
  if (stats->optimum_ms > 0)
    append_number (json, "optimum_ms", stats->optimum_ms);
  if (ew_input_stats_pointer (stats->input)->len > 0)
    append_times (json, "pointer_ms", ew_input_stats_pointer (stats->input));
  if (ew_input_stats_edits (stats->input)->len > 0)
    append_times (json, "edit_ms", ew_input_stats_edits (stats->input));
  g_string_append (json, "}\n");
  if (!write_text (stats->path, json->str, &error))
    g_message ("%s: the frame statistics could not be written: %s", stats->path, error->message);
}

/* A window that is destroyed has dropped its handlers already, and so has its frame clock. */
static void
disconnect (gpointer object, gulong handler)
{
  if (object != NULL && handler != 0 && g_signal_handler_is_connected (object, handler))
    g_signal_handler_disconnect (object, handler);
}

void
ew_frame_stats_free (EwFrameStats *stats)
{
  if (stats == NULL)
    return;
  if (stats->path != NULL)
    write_file (stats);
  disconnect (stats->window, stats->realize_handler);
  disconnect (stats->clock, stats->paint_handler);
  g_clear_object (&stats->clock);
  ew_input_stats_free (stats->input);
  g_array_unref (stats->intervals);
  g_free (stats->path);
  g_free (stats);
}

EwInputStats *
ew_frame_stats_input (EwFrameStats *stats)
{
  return stats->input;
}

void
ew_frame_stats_update (EwFrameStats *stats, gboolean active, guint64 epochs)
{
  stats->active = active;
  if (epochs < stats->last_epoch)
    {
      stats->epochs += stats->last_epoch - stats->first_epoch;
      stats->first_epoch = epochs;
    }
  stats->last_epoch = epochs;
}

void
ew_frame_stats_set_animating (EwFrameStats *stats, gboolean animating)
{
  stats->animating = animating;
}

void
ew_frame_stats_decoded (EwFrameStats *stats)
{
  stats->decoded_us = g_get_monotonic_time ();
}

void
ew_frame_stats_answered (EwFrameStats *stats)
{
  stats->answered = TRUE;
}
