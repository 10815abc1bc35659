/* EwHistogram: reference counting. */
#include "engine/histogram.h"

EwHistogram *
ew_histogram_ref (EwHistogram *histogram)
{
  ew_refs_acquire (&histogram->refs);
  return histogram;
}

void
ew_histogram_unref (EwHistogram *histogram)
{
  if (histogram != NULL && ew_refs_release (&histogram->refs))
    g_free (histogram);
}
