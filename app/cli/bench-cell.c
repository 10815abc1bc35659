/* One cell of the bench: in each round some runs, then the floor. */
#include "app/cli/bench-cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is timed at once takes this long at least: a thousand times the clock's own call. */
#define BATCH_SECONDS 1e-4

/* A cell ends after so many seconds, with at least SAMPLES_MIN samples where the limit allows them. */
#define QUICK_SECONDS 0.6
#define USUAL_SECONDS 2.0
#define SAMPLES_MIN   3

/* What one run takes at most to count as quick. */
#define QUICK_RUN 1e-3

/* Samples between two measurements of the floor, where they are short. */
#define SAMPLES_A_ROUND 5

/* Measurements of the floor between two rounds: some, and more of them where samples are so long that there are few
 * rounds, up to this part of the samples' time. */
#define FLOORS_MIN  2
#define FLOORS_MAX  20
#define FLOORS_PART 0.2

static int
compare (gconstpointer a, gconstpointer b)
{
  double first = *(const double *)a;
  double second = *(const double *)b;

  return (first > second) - (first < second);
}

static double
median (GArray *samples)
{
  guint middle = samples->len / 2;

  g_array_sort (samples, compare);
  if (samples->len % 2 == 1)
    return g_array_index (samples, double, middle);
  return (g_array_index (samples, double, middle - 1) + g_array_index (samples, double, middle)) / 2;
}

/* Seconds of one run, by @times of them; negative on an error. */
static double
time_runs (EwBenchWork *work, gint64 times, GError **error)
{
  double start = ew_bench_now ();

  if (!ew_bench_work_run (work, times, error))
    return -1;
  return (ew_bench_now () - start) / (double)times;
}

/* Warms up and finds how many runs fill a batch. *seconds: of one run. */
static gint64
runs_of_a_batch (EwBenchWork *work, double *seconds, GError **error)
{
  gint64 times = 1;

  for (;; times *= 2)
    {
      *seconds = time_runs (work, times, error);
      if (*seconds < 0)
        return 0;
      if (*seconds * (double)times >= BATCH_SECONDS)
        return times;
    }
}

/* The samples of one round. What the floor left in the caches is not the run's: a quick one goes untimed first. */
static gboolean
take_samples (EwBenchWork *work, gint64 times, double seconds, GArray *samples, GError **error)
{
  int n = seconds * (double)times < 0.01 ? SAMPLES_A_ROUND : 1;

  if (seconds < 0.1 && !ew_bench_work_run (work, 1, error))
    return FALSE;
  for (int i = 0; i < n; i++)
    {
      double sample = time_runs (work, times, error);

      if (sample < 0)
        return FALSE;
      g_array_append_val (samples, sample);
    }
  return TRUE;
}

/* After samples that took @seconds. */
static void
measure_floor (EwBenchFloor *floor, double seconds)
{
  double start = ew_bench_now ();

  for (int i = 0; floor != NULL && i < FLOORS_MAX; i++)
    {
      if (i >= FLOORS_MIN && ew_bench_now () - start > FLOORS_PART * seconds)
        return;
      ew_bench_floor_measure (floor);
    }
}

static gboolean
take_rounds (EwBenchWork *work, EwBenchFloor *floor, double began, GArray *samples, GError **error)
{
  double seconds;
  gint64 times = runs_of_a_batch (work, &seconds, error);

  if (times == 0)
    return FALSE;

  /* There is no time for a second run: the first one must do. */
  if (ew_bench_now () - began > EW_BENCH_SECONDS_MAX / 2)
    {
      g_array_append_val (samples, seconds);
      measure_floor (floor, seconds);
      return TRUE;
    }

  double limit = seconds < QUICK_RUN ? QUICK_SECONDS : USUAL_SECONDS;
  double round_began = ew_bench_now ();
  double now = round_began;

  for (;;)
    {
      if (!take_samples (work, times, seconds, samples, error))
        return FALSE;
      measure_floor (floor, ew_bench_now () - round_began);
      now = ew_bench_now ();
      if (now - began >= limit && samples->len >= SAMPLES_MIN)
        return TRUE;
      /* Another round of the last one's length would go past the limit. */
      if (2 * now - round_began - began > 0.95 * EW_BENCH_SECONDS_MAX)
        return TRUE;
      round_began = now;
    }
}

gboolean
ew_bench_measure (EwBenchWork *work, EwBenchFloor *floor, double began, EwBenchResult *result, GError **error)
{
  g_autoptr (GArray) samples = g_array_new (FALSE, FALSE, sizeof (double));
  gboolean on_cpu = strcmp (work->device->backend->id, "cpu") == 0;

  if (on_cpu)
    ew_bench_floor_begin (floor, &work->cell, work->x, work->y);
  if (!take_rounds (work, on_cpu ? floor : NULL, began, samples, error))
    return FALSE;
  result->cell = work->cell;
  result->device = work->device->backend->id;
  result->method = work->method;
  result->median = median (samples);
  result->min = g_array_index (samples, double, 0);
  result->floor = NAN;
  if (on_cpu)
    result->floor = ew_bench_floor_seconds (floor, &result->arithmetic);
  return TRUE;
}
