/* EwPool: worker threads that share one job at a time (fork and join). */
#pragma once

#include "engine/backend.h"

G_BEGIN_DECLS

typedef struct _EwPool EwPool;

/* Does item @item of a job; called once for each, on any of the pool's threads or the caller's, in any order. */
typedef void (*EwPoolFunc) (int item, gpointer data);

/* A pool that works on @threads threads, the caller's among them (0: one for each core). Its threads run at nice 10 and
 * flush denormal numbers to zero; after each item all give way to frames (courtesy.h). Fails with EW_ERROR_DEVICE where a
 * thread cannot be made. */
EwPool *ew_pool_new (int threads, GError **error);
void ew_pool_free (EwPool *pool);

int ew_pool_threads (const EwPool *pool);

/* Calls func (item, data) for item 0 … n − 1 and returns when all are done. FALSE where @cancel was set before the end;
 * then some items may not have been called. Used by one thread at a time. */
gboolean ew_pool_run (EwPool *pool, int n, EwPoolFunc func, gpointer data, EwCancel *cancel);

static inline gboolean
ew_cancelled (EwCancel *cancel)
{
  return cancel != NULL && atomic_load_explicit (cancel, memory_order_relaxed) != 0;
}

G_END_DECLS
