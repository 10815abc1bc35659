/* EwSurfaceWorker: what its requests are and what they come to. */
#include "engine/surface-worker.h"

#include "engine/fitted.h"
#include "engine/worker.h"

struct _EwSurfaceWorker
{
  EwWorker *worker;
  EwDevices *devices; /* these two are used by the worker's thread alone */
  EwFitted fitted;
};

typedef struct
{
  EwSnapshot *snapshot;
  EwSurfaceChoice choice;
} Request;

static EwSurfaceMap *
map_of (EwSurfaceWorker *self, const Request *request, EwCancel *cancel, GError **error)
{
  const EwSnapshot *s = request->snapshot;
  int n = s->problem->n_params;
  g_autofree double *start = g_new (double, n);
  g_autofree double *present = g_new (double, n);

  if (!ew_fitted_renew (&self->fitted, self->devices, s, cancel, error))
    return NULL;
  ew_fitted_params (s->problem, s->start, start);
  ew_fitted_params (s->problem, s->kernel, present);

  EwSurfaceSource source = { .quadratic = self->fitted.quadratic,
                             .optimum = self->fitted.optimum,
                             .start = start,
                             .present = present,
                             .curves = s->curves,
                             .at_end = !s->past,
                             .scale = s->loss_kind == EW_LOSS_MEAN ? 1 / (double)s->problem->n_residuals : 1 };

  return ew_surface_map_new (&source, &request->choice, error);
}

static gpointer
make (gconstpointer data, gpointer worker, atomic_int *cancel)
{
  const Request *request = data;
  const EwSnapshot *s = request->snapshot;
  g_autoptr (GError) error = NULL;
  EwSurfaceMap *map;

  if (s->problem == NULL || s->start == NULL || s->kernel == NULL)
    return NULL;
  map = map_of (worker, request, cancel, &error);
  if (map == NULL && !g_error_matches (error, EW_ERROR, EW_ERROR_CANCELLED))
    map = ew_surface_map_new_trouble (&request->choice, error->message);
  if (map != NULL)
    {
      map->task = s->task;
      map->epoch = s->shown_epoch;
    }
  return map;
}

static gboolean
is_same (gconstpointer present, gconstpointer newer)
{
  const Request *a = present;
  const Request *b = newer;

  return a->snapshot->problem == b->snapshot->problem;
}

static void
free_request (gpointer data)
{
  Request *request = data;

  ew_snapshot_unref (request->snapshot);
  g_free (request);
}

static void
free_made (gpointer made)
{
  ew_surface_map_unref (made);
}

EwSurfaceWorker *
ew_surface_worker_new (EwDevices *devices, EwSurfaceWorkerWake wake, gpointer data)
{
  static const EwWorkerKind kind = { make, is_same, free_request, free_made };
  EwSurfaceWorker *self = g_new0 (EwSurfaceWorker, 1);

  self->devices = devices;
  self->worker = ew_worker_new (&kind, self, wake, data);
  if (self->worker != NULL)
    return self;
  ew_surface_worker_free (self);
  return NULL;
}

void
ew_surface_worker_free (EwSurfaceWorker *self)
{
  if (self == NULL)
    return;
  ew_worker_free (self->worker);
  ew_fitted_clear (&self->fitted);
  ew_devices_free (self->devices);
  g_free (self);
}

void
ew_surface_worker_ask (EwSurfaceWorker *self, EwSnapshot *snapshot, const EwSurfaceChoice *choice)
{
  Request *request = g_new (Request, 1);

  *request = (Request){ ew_snapshot_ref (snapshot), *choice };
  ew_worker_ask (self->worker, request);
}

void
ew_surface_worker_stop (EwSurfaceWorker *self)
{
  ew_worker_stop (self->worker);
}

EwSurfaceMap *
ew_surface_worker_take (EwSurfaceWorker *self)
{
  return ew_worker_take (self->worker);
}

gboolean
ew_surface_worker_is_busy (EwSurfaceWorker *self)
{
  return ew_worker_is_busy (self->worker);
}
