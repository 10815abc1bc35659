/* EwRaceWorker: what its requests are and what they come to. */
#include "engine/race-worker.h"

#include "engine/worker.h"

/* Epochs between two looks at the clock grow up to this. */
#define BATCH_MAX 4096

struct _EwRaceWorker
{
  EwWorker *worker;
  EwDevices *devices; /* these are used by the worker's thread alone */
  EwFitted fitted;
  EwRace *race; /* NULL: none yet */
  guint64 number;
};

/* The race that is asked for, at the start where it is another one. */
static gboolean
prepare (EwRaceWorker *self, const EwRaceRequest *request, EwCancel *cancel, GError **error)
{
  const EwSnapshot *s = request->snapshot;

  if (self->race != NULL && self->number == request->race && self->fitted.problem == s->problem)
    return TRUE;
  g_clear_pointer (&self->race, ew_race_free);
  if (!ew_fitted_renew (&self->fitted, self->devices, s, cancel, error))
    return FALSE;
  self->race = ew_race_new (&self->fitted, s->start, s->loss_kind, request->entries, request->n, error);
  self->number = request->race;
  return self->race != NULL;
}

/* Until the epoch that is asked for, or time is over. */
static gboolean
run (EwRace *race, guint64 until, EwCancel *cancel, GError **error)
{
  gint64 end = g_get_monotonic_time () + EW_RACE_SLICE_US;
  gint64 batch = 1;

  while (ew_race_epoch (race) < until && !ew_race_is_over (race) && g_get_monotonic_time () < end)
    {
      gint64 before = g_get_monotonic_time ();
      gint64 left = (gint64)(until - ew_race_epoch (race));

      if (!ew_race_run (race, MIN (batch, left), cancel, error))
        return FALSE;
      if (g_get_monotonic_time () - before < EW_RACE_SLICE_US / 16)
        batch = MIN (2 * batch, BATCH_MAX);
    }
  return TRUE;
}

static EwRaceStanding *
stand (EwRaceWorker *self, const EwRaceRequest *request, EwCancel *cancel, GError **error)
{
  if (!prepare (self, request, cancel, error) || !run (self->race, request->until, cancel, error))
    return NULL;
  return ew_race_standing (self->race, &request->choice);
}

static gpointer
make (gconstpointer data, gpointer worker, atomic_int *cancel)
{
  const EwRaceRequest *request = data;
  const EwSnapshot *s = request->snapshot;
  g_autoptr (GError) error = NULL;
  EwRaceStanding *standing;

  if (s->problem == NULL || s->start == NULL)
    return NULL;
  standing = stand (worker, request, cancel, &error);
  if (standing == NULL && g_error_matches (error, EW_ERROR, EW_ERROR_CANCELLED))
    return NULL;
  if (standing == NULL)
    {
      standing = ew_race_standing_new ();
      standing->trouble = g_strdup (error->message);
      standing->over = TRUE;
    }
  standing->task = s->task;
  standing->race = request->race;
  return standing;
}

static gboolean
is_same (gconstpointer present, gconstpointer newer)
{
  const EwRaceRequest *a = present;
  const EwRaceRequest *b = newer;

  return a->race == b->race && a->snapshot->problem == b->snapshot->problem;
}

static void
free_request (gpointer data)
{
  EwRaceRequest *request = data;

  ew_snapshot_unref (request->snapshot);
  g_free (request);
}

static void
free_made (gpointer made)
{
  ew_race_standing_unref (made);
}

EwRaceWorker *
ew_race_worker_new (EwDevices *devices, EwRaceWorkerWake wake, gpointer data)
{
  static const EwWorkerKind kind = { make, is_same, free_request, free_made };
  EwRaceWorker *self = g_new0 (EwRaceWorker, 1);

  self->devices = devices;
  self->worker = ew_worker_new (&kind, self, wake, data);
  if (self->worker != NULL)
    return self;
  ew_race_worker_free (self);
  return NULL;
}

void
ew_race_worker_free (EwRaceWorker *self)
{
  if (self == NULL)
    return;
  ew_worker_free (self->worker);
  ew_race_free (self->race);
  ew_fitted_clear (&self->fitted);
  ew_devices_free (self->devices);
  g_free (self);
}

void
ew_race_worker_ask (EwRaceWorker *self, const EwRaceRequest *request)
{
  EwRaceRequest *copy = g_memdup2 (request, sizeof *request);

  ew_snapshot_ref (copy->snapshot);
  ew_worker_ask (self->worker, copy);
}

void
ew_race_worker_stop (EwRaceWorker *self)
{
  ew_worker_stop (self->worker);
}

EwRaceStanding *
ew_race_worker_take (EwRaceWorker *self)
{
  return ew_worker_take (self->worker);
}

gboolean
ew_race_worker_is_busy (EwRaceWorker *self)
{
  return ew_worker_is_busy (self->worker);
}
