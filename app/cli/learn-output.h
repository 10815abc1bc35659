/* How an epoch is written: as text, as JSON, as a line of the CSV history. Numbers always have a point. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "epoch 10, loss 0.305, weight [0.9308, -1.0440]", and ", bias 0.1234" with a bias, on standard output.
 * Where a channel has a kernel of its own, its name comes first. */
void ew_learn_print_text (int channel, guint64 epoch, double loss, const double *params, int n_taps, gboolean has_bias);

/* {"epoch":…,"loss":…,"weight":[…],"bias":…} with digits that read back the same; null for what is not finite.
 * "channel":"red" comes first where a channel has a kernel of its own; else @channel is −1. */
void ew_learn_print_json (int channel, guint64 epoch, double loss, const double *params, int n_taps, gboolean has_bias);

G_END_DECLS
