/* EwMoment: all that the user can change, as it is at one moment. */
#pragma once

#include "app/experiment.h"

G_BEGIN_DECLS

/**
 * EwMoment:
 * @experiment: what is open and chosen
 * @kernel: the weights that are shown
 * @epoch: how many epochs they have learned; 0: they are start values
 *
 * Costs little more than its kernels: pictures are shared.
 */
typedef struct
{
  EwExperiment experiment;
  EwKernel *kernel;
  guint64 epoch;
} EwMoment;

/* References of its own to all of it. */
void ew_moment_init (EwMoment *moment, const EwExperiment *experiment, EwKernel *kernel, guint64 epoch);
void ew_moment_clear (EwMoment *moment);

/* Whether nothing that the user could see differs. */
gboolean ew_moment_equal (const EwMoment *a, const EwMoment *b);

/* Whether both have the same task to learn, whatever the rate and where the weights stand: it need not be loaded again.
 */
gboolean ew_moment_same_task (const EwExperiment *a, const EwExperiment *b);

/* Whether both learn it in the same way. */
gboolean ew_moment_same_recipe (const EwExperiment *a, const EwExperiment *b);

G_END_DECLS
