/* EwSnapshot: reference counting. */
#include "engine/snapshot.h"

#include <math.h>

EwSnapshot *
ew_snapshot_new (void)
{
  EwSnapshot *snapshot = g_new0 (EwSnapshot, 1);

  ew_refs_init (&snapshot->refs);
  snapshot->loss = NAN;
  snapshot->rate = NAN;
  snapshot->optimum_loss = NAN;
  snapshot->held_loss = NAN;
  ew_recipe_init (&snapshot->recipe, EW_OPTIMIZER_GD);
  snapshot->shown_exact = TRUE;
  snapshot->rate_limit = NAN;
  return snapshot;
}

EwSnapshot *
ew_snapshot_ref (EwSnapshot *snapshot)
{
  ew_refs_acquire (&snapshot->refs);
  return snapshot;
}

void
ew_snapshot_unref (EwSnapshot *snapshot)
{
  if (snapshot == NULL || !ew_refs_release (&snapshot->refs))
    return;
  g_free (snapshot->device);
  g_free (snapshot->device_choice);
  ew_kernel_unref (snapshot->kernel);
  ew_curves_unref (snapshot->curves);
  ew_curves_unref (snapshot->held_curves);
  ew_kernel_unref (snapshot->start);
  ew_gram_unref (snapshot->gram);
  ew_kernel_unref (snapshot->optimum);
  ew_kernel_unref (snapshot->reading.kernel);
  ew_grid_unref (snapshot->x);
  ew_grid_unref (snapshot->y);
  ew_problem_unref (snapshot->problem);
  ew_problem_unref (snapshot->whole);
  g_free (snapshot);
}
