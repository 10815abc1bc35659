/* Reference counts on C11 atomics, which ThreadSanitizer can follow (GLib's own are in a library that it cannot see).
 */
#pragma once

#include <glib.h>
#include <stdatomic.h>

typedef atomic_int EwRefs;

static inline void
ew_refs_init (EwRefs *refs)
{
  atomic_init (refs, 1);
}

static inline void
ew_refs_acquire (EwRefs *refs)
{
  atomic_fetch_add_explicit (refs, 1, memory_order_relaxed);
}

/* Returns TRUE for the caller that released the last reference and must free the object. */
static inline gboolean
ew_refs_release (EwRefs *refs)
{
  return atomic_fetch_sub_explicit (refs, 1, memory_order_acq_rel) == 1;
}
