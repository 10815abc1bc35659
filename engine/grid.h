/* EwGrid: a plane of float32 values. */
#pragma once

#include "engine/error.h"
#include "engine/refs.h"

G_BEGIN_DECLS

/**
 * EwGrid:
 * @height: rows, ≥ 1
 * @width: columns, ≥ 1
 * @stride: distance between the starts of two rows, in elements, ≥ @width
 * @data: the first element; every row starts on a 64-byte boundary
 *
 * Element (i, j) is data[i * stride + j]. The elements between @width and @stride are padding: allocated, zero when the
 * grid is made, never read as data. A grid is filled by the one that made it and is immutable from the moment it is
 * shared; references may then be taken and dropped on any thread.
 */
typedef struct
{
  EwRefs refs;
  int height;
  int width;
  size_t stride;
  float *data;
  void *allocation; /* what data lies in; for ew_grid_unref alone */
} EwGrid;

/* A new grid of zeros, transfer full. Fails with EW_ERROR_GEOMETRY where a side is < 1 and with EW_ERROR_TOO_LARGE
 * where the size overflows or memory cannot hold it; never aborts. */
EwGrid *ew_grid_new (int height, int width, GError **error);

/* A new grid that copies height × width values laid out row by row without gaps, transfer full. Errors as ew_grid_new.
 */
EwGrid *ew_grid_new_from_values (int height, int width, const float *values, GError **error);

/* A copy of the height × width values whose first is (top, left), transfer full. Errors as ew_grid_new, and
 * EW_ERROR_GEOMETRY where they do not lie within @grid. */
EwGrid *ew_grid_new_cropped (const EwGrid *grid, int top, int left, int height, int width, GError **error);

EwGrid *ew_grid_ref (EwGrid *grid);
void ew_grid_unref (EwGrid *grid);

static inline float *
ew_grid_row (const EwGrid *grid, int row)
{
  return grid->data + (size_t)row * grid->stride;
}

/* TRUE where no element is NaN or infinite; otherwise *row and *column (each may be NULL) are the first such element.
 */
gboolean ew_grid_is_finite (const EwGrid *grid, int *row, int *column);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwGrid, ew_grid_unref)

G_END_DECLS
