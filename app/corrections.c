/* EwCorrections: an array that grows by copying. */
#include "app/corrections.h"

#include <string.h>

EwCorrections *
ew_corrections_new_with (const EwCorrections *corrections, const EwCorrection *correction)
{
  int n = corrections == NULL ? 0 : corrections->n;
  EwCorrections *longer = g_malloc0 (sizeof *longer + ((gsize)n + 1) * sizeof *correction);

  ew_refs_init (&longer->refs);
  longer->n = n + 1;
  if (n > 0)
    memcpy (longer->items, corrections->items, (gsize)n * sizeof *correction);
  longer->items[n] = *correction;
  return longer;
}

EwCorrections *
ew_corrections_ref (EwCorrections *corrections)
{
  if (corrections != NULL)
    ew_refs_acquire (&corrections->refs);
  return corrections;
}

void
ew_corrections_unref (EwCorrections *corrections)
{
  if (corrections != NULL && ew_refs_release (&corrections->refs))
    g_free (corrections);
}

void
ew_corrections_replace (EwCorrections **to, EwCorrections *from)
{
  ew_corrections_ref (from);
  ew_corrections_unref (*to);
  *to = from;
}
