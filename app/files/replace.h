/* EwReplacement: a file that is in its place only when it is whole. */
#pragma once

#include "engine/error.h"

#include <stdio.h>

G_BEGIN_DECLS

typedef struct _EwReplacement EwReplacement;

/* Opens a temporary file in the folder of @path, or of what @path links to. A device or a pipe is written directly.
 * Fails with EW_ERROR_IO; messages do not name the file. */
EwReplacement *ew_replacement_new (const char *path, GError **error);

/* Where to write. What goes wrong is told by ew_replacement_commit. */
FILE *ew_replacement_stream (EwReplacement *replacement);

/* Writes what is buffered to the disk and puts the file in its place. On EW_ERROR_IO nothing has changed there. */
gboolean ew_replacement_commit (EwReplacement *replacement, GError **error);

/* Frees; what was not committed is removed. */
void ew_replacement_free (EwReplacement *replacement);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwReplacement, ew_replacement_free)

G_END_DECLS
