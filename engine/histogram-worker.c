/* EwHistogramWorker: one thread, one request that waits, one histogram that waits to be taken; all under one mutex. */
#include "engine/histogram-worker.h"

#include "engine/histogram-count.h"

#include <pthread.h>

/* What is asked for; @snapshot NULL: nothing. */
typedef struct
{
  EwSnapshot *snapshot;
  EwHistogramOf of;
  double clip_low;
  double clip_high;
} Request;

struct _EwHistogramWorker
{
  pthread_t thread;
  EwHistogramWorkerWake wake;
  gpointer data;
  EwCancel cancel;

  pthread_mutex_t mutex;
  pthread_cond_t arrived;
  gboolean quit;
  Request waiting;
  gboolean busy; /* at a request for these three */
  guint64 present_task;
  int present_sample;
  EwHistogramOf present_of;
  EwHistogram *made;
};

static EwHistogram *
make (EwHistogramWorker *worker, const Request *request)
{
  const EwSnapshot *s = request->snapshot;
  EwHistogramSource source = { .of = request->of,
                               .x = s->x,
                               .y = s->y,
                               .geometry = s->geometry,
                               .kernel = s->kernel,
                               .clip_low = request->clip_low,
                               .clip_high = request->clip_high };
  EwHistogram *histogram;

  if (s->x == NULL || s->y == NULL || s->kernel == NULL)
    return NULL;
  histogram = ew_histogram_new (&source, &worker->cancel, NULL);
  if (histogram != NULL)
    {
      histogram->task = s->task;
      histogram->sample = s->sample;
      histogram->epoch = s->shown_epoch;
    }
  return histogram;
}

/* The next request, the caller's; @snapshot NULL at the end. */
static Request
next_request (EwHistogramWorker *worker)
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
      worker->present_sample = request.snapshot->sample;
      worker->present_of = request.of;
      atomic_store (&worker->cancel, 0);
    }
  pthread_mutex_unlock (&worker->mutex);
  return request;
}

/* Lays the histogram down unless the request was given up meanwhile. */
static void
deliver (EwHistogramWorker *worker, EwHistogram *histogram)
{
  EwHistogram *dropped = histogram;

  pthread_mutex_lock (&worker->mutex);
  worker->busy = FALSE;
  if (histogram != NULL && !ew_cancelled (&worker->cancel))
    {
      dropped = worker->made;
      worker->made = histogram;
    }
  pthread_mutex_unlock (&worker->mutex);
  ew_histogram_unref (dropped);
  if (worker->wake != NULL)
    worker->wake (worker->data);
}

static void *
run (void *data)
{
  EwHistogramWorker *worker = data;

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

EwHistogramWorker *
ew_histogram_worker_new (EwHistogramWorkerWake wake, gpointer data)
{
  EwHistogramWorker *worker = g_new0 (EwHistogramWorker, 1);

  worker->wake = wake;
  worker->data = data;
  pthread_mutex_init (&worker->mutex, NULL);
  pthread_cond_init (&worker->arrived, NULL);
  if (pthread_create (&worker->thread, NULL, run, worker) == 0)
    return worker;
  worker->thread = 0;
  ew_histogram_worker_free (worker);
  return NULL;
}

void
ew_histogram_worker_free (EwHistogramWorker *worker)
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
  ew_histogram_unref (worker->made);
  g_free (worker);
}

void
ew_histogram_worker_ask (EwHistogramWorker *worker, EwSnapshot *snapshot, EwHistogramOf of, double clip_low,
                         double clip_high)
{
  EwSnapshot *former;

  pthread_mutex_lock (&worker->mutex);
  former = worker->waiting.snapshot;
  worker->waiting = (Request){ ew_snapshot_ref (snapshot), of, clip_low, clip_high };
  if (worker->busy
      && (worker->present_task != snapshot->task || worker->present_sample != snapshot->sample
          || worker->present_of != of))
    atomic_store (&worker->cancel, 1);
  pthread_cond_signal (&worker->arrived);
  pthread_mutex_unlock (&worker->mutex);
  ew_snapshot_unref (former);
}

void
ew_histogram_worker_stop (EwHistogramWorker *worker)
{
  EwHistogram *made;
  EwSnapshot *waiting;

  pthread_mutex_lock (&worker->mutex);
  made = g_steal_pointer (&worker->made);
  waiting = g_steal_pointer (&worker->waiting.snapshot);
  atomic_store (&worker->cancel, 1);
  pthread_mutex_unlock (&worker->mutex);
  ew_snapshot_unref (waiting);
  ew_histogram_unref (made);
}

EwHistogram *
ew_histogram_worker_take (EwHistogramWorker *worker)
{
  EwHistogram *made;

  pthread_mutex_lock (&worker->mutex);
  made = g_steal_pointer (&worker->made);
  pthread_mutex_unlock (&worker->mutex);
  return made;
}

gboolean
ew_histogram_worker_is_busy (EwHistogramWorker *worker)
{
  gboolean busy;

  pthread_mutex_lock (&worker->mutex);
  busy = worker->busy || worker->waiting.snapshot != NULL;
  pthread_mutex_unlock (&worker->mutex);
  return busy;
}
