/* EwTail: the last epochs' values, as many of them as a ring holds. Internal to the time line. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @width values an epoch, of @n epochs from @first on. All zero but @width and @capacity at the start. */
typedef struct
{
  size_t width;
  guint64 capacity; /* epochs */
  guint64 base;     /* the epoch in the first place */
  guint64 first;
  guint64 n;
  guint64 allocated;
  double *values;
} EwTail;

void ew_tail_clear (EwTail *tail);

/* Forgets the epochs from @epoch on. */
void ew_tail_cut (EwTail *tail, guint64 epoch);

/* Records @epoch, which is the next one; anything else starts anew with it. */
void ew_tail_add (EwTail *tail, guint64 epoch, const double *values);

/* The values of @epoch, NULL where they are not there. */
const double *ew_tail_find (const EwTail *tail, guint64 epoch);

G_END_DECLS
