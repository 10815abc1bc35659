/* EwOpening: files being read by a worker, with progress and a way to stop. */
#pragma once

#include "app/source.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EwOpening:
 * @paths: input and target; NULL where that one is not opened
 * @sources: what was read, beside each path
 * @notes: what was dropped in reading each (NULL: nothing)
 * @channels: colour images as three channels
 */
typedef struct _EwOpening EwOpening;

struct _EwOpening
{
  EwRefs refs;
  char *paths[2];
  gboolean channels;
  EwSource *sources[2];
  char *notes[2];
  EwCancel cancel;
  atomic_int permille; /* of the whole; negative: not known yet */
  atomic_int reading;  /* which of the two */
};

/* Called on the main thread when all has been read, or with an error that names the file. Not called after a cancel. */
typedef void (*EwOpeningDone) (EwOpening *opening, GError *error, gpointer data);

/* Starts reading in a worker thread; transfer full. */
EwOpening *ew_opening_start (const char *input, const char *target, gboolean channels, EwOpeningDone done,
                             gpointer data);

/* Stops it; @done is not called any more. Drops the caller's reference. */
void ew_opening_cancel (EwOpening *opening);

void ew_opening_unref (EwOpening *opening);

G_END_DECLS
