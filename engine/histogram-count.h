/* Counting the values of a whole plane. */
#pragma once

#include "engine/geometry.h"
#include "engine/grid.h"
#include "engine/histogram.h"
#include "engine/kernel.h"
#include "engine/pool.h"

G_BEGIN_DECLS

/**
 * EwHistogramSource:
 * @x: the input; of a target not needed
 * @y: the target; of an output not needed
 * @mask: residuals whose weight is 0 are not counted; NULL: all are
 * @kernel: likewise @geometry: of a target not needed
 * @clip_low: ≤ @clip_high
 */
typedef struct
{
  EwHistogramOf of;
  EwGrid *x;
  EwGrid *y;
  EwGrid *mask;
  EwGeometry geometry;
  EwKernel *kernel;
  double clip_low;
  double clip_high;
} EwHistogramSource;

/* Counts every value of the whole plane, in two passes on the calling thread; no output is stored, but a band of it.
 * The values are those that the CPU's direct method gives, as float32. Transfer full. EW_ERROR_CANCELLED,
 * EW_ERROR_GEOMETRY where the kernel does not fit, EW_ERROR_TOO_LARGE where there is no memory. */
EwHistogram *ew_histogram_new (const EwHistogramSource *source, EwCancel *cancel, GError **error);

G_END_DECLS
