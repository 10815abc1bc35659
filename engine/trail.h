/* EwTrail: the way that a point takes, in bounded memory: as many of its places as tell its shape. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _EwTrail EwTrail;

/* An empty trail of points with @n coordinates, of at most @most (≥ 4) places. */
EwTrail *ew_trail_new (int n, int most);
void ew_trail_free (EwTrail *trail);

/* The point is at @place (n values, finite) now. The first and the last place are always kept, and all of them while
 * they are few; then those that lie some length apart, which grows with the way so far, so that a point that comes to
 * rest takes no room however long it rests. A place that is not finite is passed over. */
void ew_trail_add (EwTrail *trail, const double *place);

void ew_trail_clear (EwTrail *trail);

int ew_trail_length (const EwTrail *trail);

/* The @k-th place that is kept, n values, owned by the trail until it is changed. */
const double *ew_trail_place (const EwTrail *trail, int k);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwTrail, ew_trail_free)

G_END_DECLS
