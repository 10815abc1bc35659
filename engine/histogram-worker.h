/* EwHistogramWorker: a thread that counts the values of whole planes, beside training and without holding it up. */
#pragma once

#include "engine/histogram.h"
#include "engine/snapshot.h"

G_BEGIN_DECLS

typedef struct _EwHistogramWorker EwHistogramWorker;

/* Called on the worker's thread when a histogram can be taken, and when a request came to nothing. */
typedef void (*EwHistogramWorkerWake) (gpointer data);

/* Starts the thread; it runs at nice 10. NULL where no thread can be had. */
EwHistogramWorker *ew_histogram_worker_new (EwHistogramWorkerWake wake, gpointer data);

/* Cancels what is under way, ends the thread and frees everything. */
void ew_histogram_worker_free (EwHistogramWorker *worker);

/* Asks for the values of the snapshot's whole planes at its kernel, and for what of them lies outside [clip_low,
 * clip_high]. Returns at once. A request that has not begun gives way to this one, and so does one under way for
 * another task, sample or kind of values; one for the same goes on first. Nothing is made for a snapshot without
 * planes. */
void ew_histogram_worker_ask (EwHistogramWorker *worker, EwSnapshot *snapshot, EwHistogramOf of, double clip_low,
                              double clip_high);

/* Gives up what was asked for; what is already made is dropped. */
void ew_histogram_worker_stop (EwHistogramWorker *worker);

/* The newest histogram that was not taken yet, or NULL; transfer full. */
EwHistogram *ew_histogram_worker_take (EwHistogramWorker *worker);

/* TRUE while a request waits or is under way. */
gboolean ew_histogram_worker_is_busy (EwHistogramWorker *worker);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwHistogramWorker, ew_histogram_worker_free)

G_END_DECLS
