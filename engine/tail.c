/* EwTail: a ring that grows to its size as it fills. */
#include "engine/tail.h"

#include <string.h>

#define ALLOCATED_MIN 256

void
ew_tail_clear (EwTail *tail)
{
  g_clear_pointer (&tail->values, g_free);
  tail->allocated = 0;
  tail->n = 0;
}

static double *
place_of (const EwTail *tail, guint64 epoch)
{
  return tail->values + (epoch - tail->base) % tail->capacity * tail->width;
}

void
ew_tail_cut (EwTail *tail, guint64 epoch)
{
  tail->n = epoch <= tail->first ? 0 : MIN (tail->n, epoch - tail->first);
}

/* Until the ring is full its places are in the order of the epochs, so that it can grow. */
static void
make_room (EwTail *tail, guint64 place)
{
  if (place < tail->allocated)
    return;
  tail->allocated = MIN (MAX (2 * tail->allocated, ALLOCATED_MIN), tail->capacity);
  tail->values = g_realloc_n (tail->values, tail->allocated * tail->width, sizeof (double));
}

void
ew_tail_add (EwTail *tail, guint64 epoch, const double *values)
{
  if (tail->n == 0 || epoch != tail->first + tail->n)
    {
      tail->base = tail->first = epoch;
      tail->n = 0;
    }
  make_room (tail, (epoch - tail->base) % tail->capacity);
  memcpy (place_of (tail, epoch), values, tail->width * sizeof (double));
  if (tail->n == tail->capacity)
    tail->first++;
  else
    tail->n++;
}

const double *
ew_tail_find (const EwTail *tail, guint64 epoch)
{
  return epoch < tail->first || epoch - tail->first >= tail->n ? NULL : place_of (tail, epoch);
}
