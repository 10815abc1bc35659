/* A run as CSV: loss and weights by epoch. Numbers always have a point. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Appends @value in the shortest of 15 to 17 digits that reads back as the same number; @not_finite for what is not. */
void ew_history_text_number (GString *text, double value, const char *not_finite);

/* "epoch,loss,w0,…,bias" and a line below it; the bias column is there in any case, empty without a bias. */
void ew_history_text_header (GString *csv, int n_taps);
void ew_history_text_add (GString *csv, guint64 epoch, double loss, const double *params, int n_taps,
                          gboolean has_bias);

G_END_DECLS
