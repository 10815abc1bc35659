/* EwCurvesExport: a run's epochs as CSV, into a file or as text, written on the loop's thread while the window goes on. */
#pragma once

#include "engine/loop.h"

G_BEGIN_DECLS

typedef struct _EwCurvesExport EwCurvesExport;

/* The end, on the main thread: @text is the CSV (NULL where it went into a file), of @rows epochs; or @error. */
typedef void (*EwCurvesDone) (EwCurvesExport *export, const char *text, guint64 rows, const GError *error,
                              gpointer data);

/* Asks @loop for the epochs of the present run, of a kernel of @n_taps weights, with a bias or not: into the file @path, or,
 * where that is NULL, as text of at most so many rows that it has EW_EXPORT_CELLS numbers. NULL where the file cannot be
 * written: EW_ERROR_IO. Calls @done once, unless it is freed before. */
EwCurvesExport *ew_curves_export_new (EwLoop *loop, int n_taps, gboolean has_bias, const char *path, EwCurvesDone done,
                                      gpointer data, GError **error);

/* Numbers in a text for the clipboard. */
#define EW_EXPORT_CELLS 400000

/* After @done was called, or after the loop was freed. */
void ew_curves_export_free (EwCurvesExport *export);

G_END_DECLS
