/* NumPy's .npy files, formats 1 to 3. Internal to app/files. */
#pragma once

#include "app/files/reading.h"
#include "engine/kernel.h"

G_BEGIN_DECLS

/* The first bytes of every .npy file. */
#define EW_NPY_MAGIC        "\x93NUMPY"
#define EW_NPY_MAGIC_LENGTH 6

/* Reads a plane: two dimensions, or more of which the leading ones are of length 1; floats of 2, 4 or 8 bytes, integers
 * of 1 to 8, booleans; both orders, both byte orders. The header is held against the file's length before memory is
 * asked for. Transfer full. Errors as ew_picture_read. */
EwGrid *ew_npy_read_grid (EwReading *reading, GError **error);

/* The same for a matrix of at most @side_max rows and columns, in float64; one dimension is taken as a row. */
gboolean ew_npy_read_matrix (EwReading *reading, int side_max, EwMatrix *matrix, GError **error);

/* Writes float32 or float64 in C order, little-endian, format 1. Write errors are seen on the stream. */
void ew_npy_write_grid (FILE *stream, const EwGrid *grid);
void ew_npy_write_kernel (FILE *stream, const EwKernel *kernel);

G_END_DECLS
