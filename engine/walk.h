/* EwWalk: epochs of a run's time line one after the other, in slices, kept or replayed. */
#pragma once

#include "engine/seek.h"

G_BEGIN_DECLS

/**
 * EwWalk:
 * @next: the epoch that comes next
 * @last: the last one
 * @stride: only every so many are told, from the first on; and the last one
 * @skip: epochs that cannot be had any more are left out; otherwise they are an error
 *
 * Zeros and these at the start; ew_walk_clear at the end.
 */
typedef struct
{
  guint64 next;
  guint64 last;
  guint64 stride;
  gboolean skip;
  EwSeek seek;
  double *params;
} EwWalk;

void ew_walk_clear (EwWalk *walk);

static inline gboolean
ew_walk_done (const EwWalk *walk)
{
  return walk->next > walk->last;
}

/* Goes on over about @epochs epochs and tells @func. Errors as ew_seek_advance; after EW_ERROR_CANCELLED it can go on. */
gboolean ew_walk_on (EwWalk *walk, EwTrainer *trainer, const EwTimeline *timeline, int epochs, EwEpochFunc func,
                     gpointer data, EwCancel *cancel, GError **error);

G_END_DECLS
