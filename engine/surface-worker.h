/* EwSurfaceWorker: a thread that lays the plane through the weights and the run's path on it, beside training. */
#pragma once

#include "engine/devices.h"
#include "engine/snapshot.h"
#include "engine/surface-map.h"

G_BEGIN_DECLS

typedef struct _EwSurfaceWorker EwSurfaceWorker;

/* Called on the worker's thread when a map can be taken, and when a request came to nothing. */
typedef void (*EwSurfaceWorkerWake) (gpointer data);

/* Starts the thread over @devices (transfer full; used by that thread alone). It runs at nice 10. NULL where no thread
 * can be had. */
EwSurfaceWorker *ew_surface_worker_new (EwDevices *devices, EwSurfaceWorkerWake wake, gpointer data);

/* Cancels what is under way, ends the thread and frees everything. */
void ew_surface_worker_free (EwSurfaceWorker *worker);

/* Asks for the map of the snapshot's task, run and shown weights. Returns at once. A request that has not begun gives
 * way to this one, and so does one under way for another task. The first one of a task may go through all its data.
 * What cannot be made comes as a map that says why. */
void ew_surface_worker_ask (EwSurfaceWorker *worker, EwSnapshot *snapshot, const EwSurfaceChoice *choice);

/* Gives up what was asked for; what is already made is dropped. */
void ew_surface_worker_stop (EwSurfaceWorker *worker);

/* The newest map that was not taken yet, or NULL; transfer full. */
EwSurfaceMap *ew_surface_worker_take (EwSurfaceWorker *worker);

/* TRUE while a request waits or is under way. */
gboolean ew_surface_worker_is_busy (EwSurfaceWorker *worker);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwSurfaceWorker, ew_surface_worker_free)

G_END_DECLS
