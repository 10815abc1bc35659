/* EwHistogramRows: the rows of an output, target or residual one after the other, made as they are needed. Internal to
 * histogram-count.h. */
#pragma once

#include "engine/histogram-count.h"

G_BEGIN_DECLS

typedef struct _EwHistogramRows EwHistogramRows;

/* The source's planes must outlive it. Errors as ew_histogram_new. */
EwHistogramRows *ew_histogram_rows_new (const EwHistogramSource *source, GError **error);
void ew_histogram_rows_free (EwHistogramRows *rows);

/* Calls func (row, n, data) for each row of n values, from the first to the last. EW_ERROR_CANCELLED. */
gboolean ew_histogram_rows_run (EwHistogramRows *rows, void (*func) (const float *row, int n, gpointer data),
                                gpointer data, EwCancel *cancel, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwHistogramRows, ew_histogram_rows_free)

G_END_DECLS
