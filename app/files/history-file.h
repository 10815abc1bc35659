/* EwHistoryFile: the CSV of a run, written as it goes and there only when it is whole. */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

typedef struct _EwHistoryFile EwHistoryFile;

/* Opens a temporary file beside @path (a device or pipe is written directly) and writes the header. EW_ERROR_IO. */
EwHistoryFile *ew_history_file_new (const char *path, int n_taps, gboolean has_bias, GError **error);

/* Adds an epoch. What goes wrong is told by ew_history_file_finish. */
void ew_history_file_add (EwHistoryFile *file, guint64 epoch, double loss, const double *params);

/* Puts the file in its place. EW_ERROR_IO; then nothing is left of it. */
gboolean ew_history_file_finish (EwHistoryFile *file, GError **error);

/* Frees; an unfinished file is removed. */
void ew_history_file_free (EwHistoryFile *file);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwHistoryFile, ew_history_file_free)

G_END_DECLS
