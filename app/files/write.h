/* Grids and kernels into files, by ending. */
#pragma once

#include "engine/grid.h"
#include "engine/kernel.h"

G_BEGIN_DECLS

/* Whether a grid can be written to a file of that name: .npy, .csv, .txt, .png, .jpg, .jpeg, .tif, .tiff, or "-".
 * EW_ERROR_USAGE names what would do; EW_ERROR_UNSUPPORTED where only images are missing. */
gboolean ew_grid_check_name (const char *path, GError **error);

/* Likewise for a kernel: .npy, .csv, .txt, or "-". */
gboolean ew_kernel_check_name (const char *path, GError **error);

/* Writes float32 values: exactly as .npy, text or TIFF (floats); as PNG and JPEG clipped to [0, 1], NaN as 0, and
 * rounded to 8 bits, *n_clipped (may be NULL) values of them clipped. "-" is standard output, as text. The file is in
 * its place whole or not at all. Fails with EW_ERROR_IO and as ew_grid_check_name; messages do not name the file. */
gboolean ew_grid_write (const char *path, const EwGrid *grid, gint64 *n_clipped, GError **error);

/* The same for the 1 or 3 planes (red, green, blue) of an image, of one size. Three go into images only:
 * EW_ERROR_USAGE. */
gboolean ew_planes_check_name (const char *path, int n, GError **error);
gboolean ew_planes_write (const char *path, EwGrid *const *planes, int n, gint64 *n_clipped, GError **error);

/* Writes float64 taps; the bias has no place in the file. Errors as ew_grid_write. */
gboolean ew_kernel_write (const char *path, const EwKernel *kernel, GError **error);

G_END_DECLS
