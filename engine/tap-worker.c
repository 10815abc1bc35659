/* EwTapWorker: what its requests are and what they come to. */
#include "engine/tap-worker.h"

#include "engine/worker.h"

struct _EwTapWorker
{
  EwWorker *worker;
  EwDevices *devices; /* used by the worker's thread alone */
};

typedef struct
{
  EwSnapshot *snapshot;
  int tap;
  int max_side;
} Request;

static gpointer
make (gconstpointer data, gpointer devices, atomic_int *cancel)
{
  const Request *request = data;
  const EwSnapshot *s = request->snapshot;
  g_autoptr (EwGrid) output = NULL;
  EwTapGradient *gradient;
  int block;

  if (s->x == NULL || s->y == NULL || s->kernel == NULL)
    return NULL;
  output = ew_grid_new (s->y->height, s->y->width, NULL);
  if (output == NULL
      || !ew_devices_correlate (devices, s->x, s->kernel, &s->geometry, EW_METHOD_AUTO, output, cancel, NULL))
    return NULL;
  block = (MAX (output->height, output->width) + request->max_side - 1) / request->max_side;
  block = CLAMP (block, 1, MIN (output->height, output->width));
  gradient = ew_tap_gradient_new (s->x, output, s->y, &s->geometry, request->tap, block, cancel, NULL);
  if (gradient != NULL)
    {
      gradient->task = s->task;
      gradient->epoch = s->shown_epoch;
    }
  return gradient;
}

static gboolean
is_same (gconstpointer present, gconstpointer newer)
{
  const Request *a = present;
  const Request *b = newer;

  return a->snapshot->task == b->snapshot->task && a->tap == b->tap;
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
  ew_tap_gradient_unref (made);
}

EwTapWorker *
ew_tap_worker_new (EwDevices *devices, EwTapWorkerWake wake, gpointer data)
{
  static const EwWorkerKind kind = { make, is_same, free_request, free_made };
  EwTapWorker *self = g_new0 (EwTapWorker, 1);

  self->devices = devices;
  self->worker = ew_worker_new (&kind, devices, wake, data);
  if (self->worker != NULL)
    return self;
  ew_tap_worker_free (self);
  return NULL;
}

void
ew_tap_worker_free (EwTapWorker *self)
{
  if (self == NULL)
    return;
  ew_worker_free (self->worker);
  ew_devices_free (self->devices);
  g_free (self);
}

void
ew_tap_worker_ask (EwTapWorker *self, EwSnapshot *snapshot, int tap, int max_side)
{
  Request *request = g_new (Request, 1);

  *request = (Request){ ew_snapshot_ref (snapshot), tap, MAX (max_side, 1) };
  ew_worker_ask (self->worker, request);
}

void
ew_tap_worker_stop (EwTapWorker *self)
{
  ew_worker_stop (self->worker);
}

EwTapGradient *
ew_tap_worker_take (EwTapWorker *self)
{
  return ew_worker_take (self->worker);
}

gboolean
ew_tap_worker_is_busy (EwTapWorker *self)
{
  return ew_worker_is_busy (self->worker);
}
