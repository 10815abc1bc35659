/* Running a trainer for a number of epochs, all of them. */
#pragma once

#include "engine/trainer.h"

G_BEGIN_DECLS

/* Runs @epochs epochs and calls @func for each. Once the weights no longer change all further epochs are the same: they
 * are reported without being computed. Ends early, with TRUE, on divergence. Fails on an interrupt, where standard output
 * cannot be written, and as ew_trainer_run does. */
gboolean ew_cli_train (EwTrainer *trainer, gint64 epochs, EwEpochFunc func, gpointer data, GError **error);

G_END_DECLS
