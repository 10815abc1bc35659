/* EwPairsOpening: a folder of pairs being read by a worker, with progress and a way to stop. */
#pragma once

#include "app/experiment-pair.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EwPairsOpening:
 * @path: the folder
 * @channels: colour images as three channels, where both of a pair have them
 * @each: only such pairs will do
 * @former: has_former: what was open of the same folder, read otherwise: what was done to its pairs is done again
 * @pairs: what was found; NULL until it is there
 * @n: how many pairs there seem to be; 0: not known yet. @reading: which of them is being read, from 0
 * @permille: of that one; negative: not known yet
 */
typedef struct
{
  EwRefs refs;
  char *path;
  gboolean channels;
  gboolean each;
  gboolean has_former;
  EwExperiment former;
  EwPairs *pairs;
  EwCancel cancel;
  atomic_int n;
  atomic_int reading;
  atomic_int permille;
} EwPairsOpening;

/* Called on the main thread when all has been read, or with an error that names the folder. Not called after a cancel. */
typedef void (*EwPairsOpeningDone) (EwPairsOpening *opening, GError *error, gpointer data);

/* Starts reading in a worker thread; transfer full. @former is copied; NULL: nothing was open of that folder. Pairs are found as ew_pair_names_read finds them; one that cannot be read,
 * is not of the others' kind or holds what is no number is left out with the reason. EW_ERROR_DATA where none is left,
 * EW_ERROR_TOO_LARGE where all together would take more than half of the machine's memory. */
EwPairsOpening *ew_pairs_opening_start (const char *path, gboolean channels, gboolean each, const EwExperiment *former,
                                        EwPairsOpeningDone done, gpointer data);

/* Stops it; @done is not called any more. Drops the caller's reference. */
void ew_pairs_opening_cancel (EwPairsOpening *opening);
void ew_pairs_opening_unref (EwPairsOpening *opening);

/* "Opening pair 3 of 12 in blurs…", transfer full; *fraction is how much of all is read, negative where it is not known. */
char *ew_pairs_opening_describe (EwPairsOpening *opening, double *fraction);

/* The same in the calling thread, for tests and for the worker. */
EwPairs *ew_pairs_read (EwPairsOpening *opening, GError **error);

/* Bytes that pairs may take; 0: half of the machine's memory. */
void ew_pairs_set_bytes_for_tests (gsize bytes);

G_END_DECLS
