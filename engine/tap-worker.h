/* EwTapWorker: a thread that makes the pictures of taps' gradients, beside training and without holding it up. */
#pragma once

#include "engine/devices.h"
#include "engine/snapshot.h"
#include "engine/tap-gradient.h"

G_BEGIN_DECLS

typedef struct _EwTapWorker EwTapWorker;

/* Called on the worker's thread when a picture can be taken. */
typedef void (*EwTapWorkerWake) (gpointer data);

/* Starts the thread over @devices (transfer full; used by that thread alone). It runs at nice 10. NULL
 * where no thread can be had. */
EwTapWorker *ew_tap_worker_new (EwDevices *devices, EwTapWorkerWake wake, gpointer data);

/* Cancels what is under way, ends the thread and frees everything. */
void ew_tap_worker_free (EwTapWorker *worker);

/* Asks for the gradient of @tap at the snapshot's kernel on its whole planes, as pictures of at most max_side ×
 * max_side values. Returns at once. A request that has not begun gives way to this one, and so does one under way for
 * another task or tap; one for the same goes on first. Nothing is made for a snapshot without planes. */
void ew_tap_worker_ask (EwTapWorker *worker, EwSnapshot *snapshot, int tap, int max_side);

/* Gives up what was asked for; what is already made is dropped. */
void ew_tap_worker_stop (EwTapWorker *worker);

/* The newest picture that was not taken yet, or NULL; transfer full. */
EwTapGradient *ew_tap_worker_take (EwTapWorker *worker);

/* TRUE while a request waits or is under way. */
gboolean ew_tap_worker_is_busy (EwTapWorker *worker);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwTapWorker, ew_tap_worker_free)

G_END_DECLS
