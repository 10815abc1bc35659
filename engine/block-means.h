/* Means of squares of a plane, for pictures that are smaller than it. Internal to EwView. */
#pragma once

#include "engine/pool.h"
#include "engine/squares.h"

G_BEGIN_DECLS

/* Fills @planes, whose rows are those of plane (0, 0), (0, 1), … under each other (n_rows·n_columns·height × width).
 * Every pixel is read about once, whatever the number of phases. Sums are float64 and only ever added to: each mean
 * carries one rounding to float32, and what is not finite reaches the squares that hold it and no others. FALSE where
 * it was cancelled or memory did not suffice (EW_ERROR_TOO_LARGE). */
gboolean ew_block_means (const EwBlockMeans *means, EwGrid *planes, EwCancel *cancel, GError **error);

G_END_DECLS
