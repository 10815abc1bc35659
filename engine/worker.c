/* EwWorker: one thread, one request that waits, one result that waits to be taken; all under one mutex. */
#include "engine/worker.h"

#include "engine/courtesy.h"
#include "engine/pool.h"

#include <pthread.h>

struct _EwWorker
{
  const EwWorkerKind *kind;
  gpointer make_data;
  EwWorkerWake wake;
  gpointer wake_data;
  pthread_t thread;
  atomic_int cancel;

  pthread_mutex_t mutex;
  pthread_cond_t arrived;
  gboolean quit;
  gpointer waiting; /* request; NULL: none */
  gpointer present; /* request under way; NULL: none */
  gpointer made;
};

static void
free_request (EwWorker *worker, gpointer request)
{
  if (request != NULL)
    worker->kind->free_request (request);
}

/* The next request, now the present one; NULL at the end. */
static gpointer
next_request (EwWorker *worker)
{
  gpointer request;

  pthread_mutex_lock (&worker->mutex);
  while (worker->waiting == NULL && !worker->quit)
    pthread_cond_wait (&worker->arrived, &worker->mutex);
  request = worker->quit ? NULL : g_steal_pointer (&worker->waiting);
  if (request != NULL)
    {
      worker->present = request;
      atomic_store (&worker->cancel, 0);
    }
  pthread_mutex_unlock (&worker->mutex);
  return request;
}

/* Lays down what was made unless the request was given up meanwhile. */
static void
deliver (EwWorker *worker, gpointer made)
{
  gpointer dropped = made;
  gpointer request;

  pthread_mutex_lock (&worker->mutex);
  request = g_steal_pointer (&worker->present);
  if (made != NULL && !ew_cancelled (&worker->cancel))
    {
      dropped = worker->made;
      worker->made = made;
    }
  pthread_mutex_unlock (&worker->mutex);
  worker->kind->free_made (dropped);
  free_request (worker, request);
  if (worker->wake != NULL)
    worker->wake (worker->wake_data);
}

static void *
run (void *data)
{
  EwWorker *worker = data;
  gpointer request;

  ew_courtesy_lower_priority ();
  while ((request = next_request (worker)) != NULL)
    deliver (worker, worker->kind->make (request, worker->make_data, &worker->cancel));
  return NULL;
}

EwWorker *
ew_worker_new (const EwWorkerKind *kind, gpointer make_data, EwWorkerWake wake, gpointer wake_data)
{
  EwWorker *worker = g_new0 (EwWorker, 1);

  worker->kind = kind;
  worker->make_data = make_data;
  worker->wake = wake;
  worker->wake_data = wake_data;
  pthread_mutex_init (&worker->mutex, NULL);
  pthread_cond_init (&worker->arrived, NULL);
  if (pthread_create (&worker->thread, NULL, run, worker) == 0)
    return worker;
  worker->thread = 0;
  ew_worker_free (worker);
  return NULL;
}

void
ew_worker_free (EwWorker *worker)
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
  free_request (worker, worker->waiting);
  worker->kind->free_made (worker->made);
  g_free (worker);
}

void
ew_worker_ask (EwWorker *worker, gpointer request)
{
  gpointer former;

  pthread_mutex_lock (&worker->mutex);
  former = worker->waiting;
  worker->waiting = request;
  if (worker->present != NULL && !worker->kind->is_same (worker->present, request))
    atomic_store (&worker->cancel, 1);
  pthread_cond_signal (&worker->arrived);
  pthread_mutex_unlock (&worker->mutex);
  free_request (worker, former);
}

void
ew_worker_stop (EwWorker *worker)
{
  gpointer made;
  gpointer waiting;

  pthread_mutex_lock (&worker->mutex);
  made = g_steal_pointer (&worker->made);
  waiting = g_steal_pointer (&worker->waiting);
  atomic_store (&worker->cancel, 1);
  pthread_mutex_unlock (&worker->mutex);
  free_request (worker, waiting);
  worker->kind->free_made (made);
}

gpointer
ew_worker_take (EwWorker *worker)
{
  gpointer made;

  pthread_mutex_lock (&worker->mutex);
  made = g_steal_pointer (&worker->made);
  pthread_mutex_unlock (&worker->mutex);
  return made;
}

gboolean
ew_worker_is_busy (EwWorker *worker)
{
  gboolean busy;

  pthread_mutex_lock (&worker->mutex);
  busy = worker->present != NULL || worker->waiting != NULL;
  pthread_mutex_unlock (&worker->mutex);
  return busy;
}
