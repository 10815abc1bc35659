/* How the kernel is laid over the input, as the settings say it. */
#pragma once

#include "app/experiment.h"

G_BEGIN_DECLS

/* The geometry of a kernel of that size: "same" is ⌊d(k−1)/2⌋ above and left and the rest below and right, "full"
 * d(k−1) on every side. */
void ew_settings_geometry (const EwSettings *settings, int kernel_height, int kernel_width, EwGeometry *geometry);

/* No padding, stride 1, dilation 1. */
void ew_settings_forget_geometry (EwSettings *settings);

/* Whether a kernel of that size, laid as @wished, reaches nothing that was left out of the input for want of a finite value.
 * Fails with a sentence. */
gboolean ew_experiment_check_lost (const EwExperiment *experiment, const EwSettings *wished, int height, int width,
                                   GError **error);

/* Takes padding, border, stride and dilation of @wished, all or none of them. Fails with a sentence where the kernel
 * would not fit into the input, a target from a file has another size than comes out, or "same" meets a stride. */
gboolean ew_experiment_set_geometry (EwExperiment *experiment, const EwSettings *wished, GError **error);

G_END_DECLS
