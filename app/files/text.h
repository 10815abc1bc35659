/* Matrices of numbers as text: .csv and .txt. Internal to app/files. */
#pragma once

#include "app/files/reading.h"
#include "engine/kernel.h"

G_BEGIN_DECLS

/* Reads a matrix, a row a line. Values are apart by a comma, a semicolon, or tabs and blanks, by one of these
 * throughout; the decimal point is a point whatever the locale; nan and inf are values; empty lines and what follows #
 * are passed over. EW_ERROR_DATA names the line that is wrong. */
gboolean ew_text_read_matrix (EwReading *reading, EwMatrix *matrix, GError **error);

/* Writes a row a line, commas between, with as few digits as read back the same. */
void ew_text_write_grid (FILE *stream, const EwGrid *grid);
void ew_text_write_kernel (FILE *stream, const EwKernel *kernel);

G_END_DECLS
