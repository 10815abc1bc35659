/* EwTrail: places that lie apart. */
#include "engine/trail.h"

#include <math.h>
#include <string.h>

struct _EwTrail
{
  int n;
  int most;
  int length;
  double apart; /* at least this far from the one before, but for the last */
  double *places;
};

EwTrail *
ew_trail_new (int n, int most)
{
  EwTrail *trail = g_new0 (EwTrail, 1);

  trail->n = n;
  trail->most = MAX (most, 4);
  trail->places = g_new (double, (size_t)trail->most *n);
  return trail;
}

void
ew_trail_free (EwTrail *trail)
{
  if (trail == NULL)
    return;
  g_free (trail->places);
  g_free (trail);
}

void
ew_trail_clear (EwTrail *trail)
{
  trail->length = 0;
  trail->apart = 0;
}

static double *
place (const EwTrail *trail, int k)
{
  return trail->places + (size_t)k * trail->n;
}

static double
distance (const EwTrail *trail, int j, int k)
{
  const double *a = place (trail, j);
  const double *b = place (trail, k);
  double square = 0;

  for (int i = 0; i < trail->n; i++)
    square += (a[i] - b[i]) * (a[i] - b[i]);
  return sqrt (square);
}

/* Keeps at most half of the places and one more: each kept step is longer than 2·way/most, and together they are no
 * longer than the way. */
static void
thin (EwTrail *trail)
{
  size_t bytes = trail->n * sizeof (double);
  int last = trail->length - 1;
  double way = 0;
  int kept = 1;

  for (int k = 1; k <= last; k++)
    way += distance (trail, k - 1, k);
  trail->apart = fmax (2 * trail->apart, 2 * way / trail->most);
  for (int k = 1; k < last; k++)
    if (distance (trail, kept - 1, k) > trail->apart)
      memmove (place (trail, kept++), place (trail, k), bytes);
  memmove (place (trail, kept++), place (trail, last), bytes);
  trail->length = kept;
}

void
ew_trail_add (EwTrail *trail, const double *new_place)
{
  for (int i = 0; i < trail->n; i++)
    if (!isfinite (new_place[i]))
      return;
  /* The last one was kept for being the last only. */
  if (trail->length >= 2 && distance (trail, trail->length - 2, trail->length - 1) <= trail->apart)
    trail->length--;
  else if (trail->length == trail->most)
    thin (trail);
  memcpy (place (trail, trail->length++), new_place, trail->n * sizeof (double));
}

int
ew_trail_length (const EwTrail *trail)
{
  return trail->length;
}

const double *
ew_trail_place (const EwTrail *trail, int k)
{
  return place (trail, k);
}
