/* EwWorker: a thread that serves the newest request beside training: the tap pictures' and the histograms' one. */
#pragma once

#include "engine/error.h"

#include <stdatomic.h>

G_BEGIN_DECLS

typedef struct _EwWorker EwWorker;

/**
 * EwWorkerKind:
 * @make: what a request comes to, transfer full, or NULL; on the worker's thread. Looks at @cancel now and then
 * @is_same: whether a request under way may be ended before the newer one is served; if not, it is cancelled
 * @free_request: frees a request
 * @free_made: frees what @make gave; takes NULL
 */
typedef struct
{
  gpointer (*make) (gconstpointer request, gpointer data, atomic_int *cancel);
  gboolean (*is_same) (gconstpointer present, gconstpointer newer);
  void (*free_request) (gpointer request);
  void (*free_made) (gpointer made);
} EwWorkerKind;

/* Called on the worker's thread when something can be taken, and when a request came to nothing. */
typedef void (*EwWorkerWake) (gpointer data);

/* Starts the thread; it runs at nice 10. @kind is static; @make_data goes to its make, @wake_data to @wake (which may be
 * NULL). NULL where no thread can be had. */
EwWorker *ew_worker_new (const EwWorkerKind *kind, gpointer make_data, EwWorkerWake wake, gpointer wake_data);

/* Cancels what is under way, ends the thread and frees everything. */
void ew_worker_free (EwWorker *worker);

/* Asks (@request: transfer full). Returns at once. A request that has not begun gives way to this one. */
void ew_worker_ask (EwWorker *worker, gpointer request);

/* Gives up what was asked for; what is already made is dropped. */
void ew_worker_stop (EwWorker *worker);

/* The newest that was made and not taken yet, or NULL; transfer full. */
gpointer ew_worker_take (EwWorker *worker);

/* TRUE while a request waits or is under way. */
gboolean ew_worker_is_busy (EwWorker *worker);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwWorker, ew_worker_free)

G_END_DECLS
