/* EwExperiment as a pair of images: what is examined before learning, and what mends it. */
#pragma once

#include "app/experiment.h"
#include "engine/finding.h"

G_BEGIN_DECLS

/* Input and target as they were opened, whether they fit each other or not, so that they can be examined: *to is
 * @experiment with them. */
void ew_experiment_copy_with_pair (EwExperiment *to, const EwExperiment *experiment, EwSource *input, EwSource *target);

/* Whether @a and @b have the same pair, laid over each other in the same way. */
gboolean ew_experiment_same_pair (const EwExperiment *a, const EwExperiment *b);

/* Whether a target of the input's size is cut, its frame left out: there is no padding. */
gboolean ew_experiment_cuts (const EwExperiment *experiment);

/* How the target's pixels lie to the input's: the kernel's geometry, but "same" where the target is cut. */
void ew_experiment_pair_geometry (const EwExperiment *experiment, EwGeometry *geometry);

/* What is found in the pair, transfer full: of three channels as ew_findings_join puts it together, the green one, or the one that is
 * learned, taking the lead. The target is a file's. May run
 * on any thread. Errors as ew_examine. */
EwFindings *ew_experiment_examine (const EwExperiment *experiment, EwCancel *cancel, GError **error);

/* Applies a correction, on all channels; on an error nothing has changed. May run on any thread, on an experiment that no
 * other one sees. Errors as ew_correction_apply; CHANNELS is for whoever reads the files. */
gboolean ew_experiment_correct (EwExperiment *experiment, const EwCorrection *correction, GError **error);

/* Applies one correction after the other, each to what the ones before have left, but for those that need the files again.
 * *n is how many. Errors as ew_examine and ew_correction_apply. */
gboolean ew_experiment_correct_all (EwExperiment *experiment, int *n, EwCancel *cancel, GError **error);

/* Applies what was done to @from, and chosen for it, to the planes of @experiment: they are of the same files, read otherwise
 * (ew_experiment_copy_with_pair). Errors as ew_experiment_correct. */
gboolean ew_experiment_replay (EwExperiment *experiment, const EwExperiment *from, GError **error);

/* Takes how the kernel is laid over the pictures, and its start values. */
void ew_experiment_take_layout (EwExperiment *experiment, const EwExperiment *from);

/* Whether the target has the size that comes out. */
gboolean ew_experiment_pair_fits (const EwExperiment *experiment);

/* Takes the pair, and how it is laid over each other, from @from: what else was chosen meanwhile stays. */
void ew_experiment_take_pair (EwExperiment *experiment, const EwExperiment *from);

G_END_DECLS
