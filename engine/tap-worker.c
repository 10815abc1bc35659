/* EwTapWorker: one thread, one request that waits, one picture that waits to be taken; all under one mutex. */
#include "engine/tap-worker.h"

#include "engine/pool.h"

#include <pthread.h>

/* What is asked for; @snapshot NULL: nothing. */
typedef struct
{
  EwSnapshot *snapshot;
  int tap;
  int max_side;
} Request;

struct _EwTapWorker
{
  pthread_t thread;
  EwDevices *devices;
  EwTapWorkerWake wake;
  gpointer data;
  EwCancel cancel;

  pthread_mutex_t mutex;
  pthread_cond_t arrived;
  gboolean quit;
  Request waiting;
  gboolean busy; /* at a request of present_task and present_tap */
  guint64 present_task;
  int present_tap;
  EwTapGradient *made;
};

static EwTapGradient *
make (EwTapWorker *worker, const Request *request)
{
  const EwSnapshot *s = request->snapshot;
  g_autoptr (EwGrid) output = NULL;
  EwTapGradient *gradient;
  int block;

  if (s->x == NULL || s->y == NULL || s->kernel == NULL)
    return NULL;
  output = ew_grid_new (s->y->height, s->y->width, NULL);
  if (output == NULL
      || !ew_devices_correlate (worker->devices, s->x, s->kernel, &s->geometry, EW_METHOD_AUTO, output, &worker->cancel,
                                NULL))
    return NULL;
  block = (MAX (output->height, output->width) + request->max_side - 1) / request->max_side;
  block = CLAMP (block, 1, MIN (output->height, output->width));
  gradient = ew_tap_gradient_new (s->x, output, s->y, &s->geometry, request->tap, block, &worker->cancel, NULL);
  if (gradient != NULL)
    {
      gradient->task = s->task;
      gradient->epoch = s->shown_epoch;
    }
  return gradient;
}

/* The next request, the caller's; @snapshot NULL at the end. */
static Request
next_request (EwTapWorker *worker)
{
  Request request;

  pthread_mutex_lock (&worker->mutex);
  while (worker->waiting.snapshot == NULL && !worker->quit)
    pthread_cond_wait (&worker->arrived, &worker->mutex);
  request = worker->quit ? (Request){ 0 } : worker->waiting;
  if (request.snapshot != NULL)
    {
      worker->waiting.snapshot = NULL;
      worker->busy = TRUE;
      worker->present_task = request.snapshot->task;
      worker->present_tap = request.tap;
      atomic_store (&worker->cancel, 0);
    }
  pthread_mutex_unlock (&worker->mutex);
  return request;
}

/* Lays the picture down unless the request was given up meanwhile. */
static void
deliver (EwTapWorker *worker, EwTapGradient *gradient)
{
  EwTapGradient *dropped = gradient;

  pthread_mutex_lock (&worker->mutex);
  worker->busy = FALSE;
  if (gradient != NULL && !ew_cancelled (&worker->cancel))
    {
      dropped = worker->made;
      worker->made = gradient;
    }
  pthread_mutex_unlock (&worker->mutex);
  ew_tap_gradient_unref (dropped);
  if (worker->wake != NULL)
    worker->wake (worker->data);
}

static void *
run (void *data)
{
  EwTapWorker *worker = data;

  ew_pool_lower_priority ();
  for (;;)
    {
      Request request = next_request (worker);

      if (request.snapshot == NULL)
        return NULL;
      deliver (worker, make (worker, &request));
      ew_snapshot_unref (request.snapshot);
    }
}

EwTapWorker *
ew_tap_worker_new (EwDevices *devices, EwTapWorkerWake wake, gpointer data)
{
  EwTapWorker *worker = g_new0 (EwTapWorker, 1);

  worker->devices = devices;
  worker->wake = wake;
  worker->data = data;
  pthread_mutex_init (&worker->mutex, NULL);
  pthread_cond_init (&worker->arrived, NULL);
  if (pthread_create (&worker->thread, NULL, run, worker) == 0)
    return worker;
  worker->thread = 0;
  ew_tap_worker_free (worker);
  return NULL;
}

void
ew_tap_worker_free (EwTapWorker *worker)
{
  if (worker == NULL)
    return;
  pthread_mutex_lock (&worker->mutex);
  worker->quit = TRUE;
  atomic_store (&worker->cancel, 1);
  pthread_cond_signal (&worker->arrived);
  pthread_mutex_unlock (&worker->mutex);
  if (worker->thread != 0)
    pthread_join (worker->thread, NULL);
  pthread_cond_destroy (&worker->arrived);
  pthread_mutex_destroy (&worker->mutex);
  ew_snapshot_unref (worker->waiting.snapshot);
  ew_tap_gradient_unref (worker->made);
  ew_devices_free (worker->devices);
  g_free (worker);
}

void
ew_tap_worker_ask (EwTapWorker *worker, EwSnapshot *snapshot, int tap, int max_side)
{
  EwSnapshot *former;

  pthread_mutex_lock (&worker->mutex);
  former = worker->waiting.snapshot;
  worker->waiting = (Request){ ew_snapshot_ref (snapshot), tap, MAX (max_side, 1) };
  if (worker->busy && (worker->present_task != snapshot->task || worker->present_tap != tap))
    atomic_store (&worker->cancel, 1);
  pthread_cond_signal (&worker->arrived);
  pthread_mutex_unlock (&worker->mutex);
  ew_snapshot_unref (former);
}

void
ew_tap_worker_stop (EwTapWorker *worker)
{
  EwTapGradient *made;
  EwSnapshot *waiting;

  pthread_mutex_lock (&worker->mutex);
  made = g_steal_pointer (&worker->made);
  waiting = g_steal_pointer (&worker->waiting.snapshot);
  atomic_store (&worker->cancel, 1);
  pthread_mutex_unlock (&worker->mutex);
  ew_snapshot_unref (waiting);
  ew_tap_gradient_unref (made);
}

EwTapGradient *
ew_tap_worker_take (EwTapWorker *worker)
{
  EwTapGradient *made;

  pthread_mutex_lock (&worker->mutex);
  made = g_steal_pointer (&worker->made);
  pthread_mutex_unlock (&worker->mutex);
  return made;
}

gboolean
ew_tap_worker_is_busy (EwTapWorker *worker)
{
  gboolean busy;

  pthread_mutex_lock (&worker->mutex);
  busy = worker->busy || worker->waiting.snapshot != NULL;
  pthread_mutex_unlock (&worker->mutex);
  return busy;
}
