/* Sampling a plane at device resolution: the inner part of ew_paint_plane. */
#pragma once

#include "ui/paint/plane.h"

G_BEGIN_DECLS

/**
 * EwSampling:
 * @pixels: device pixels, ≥ 1
 * @first: where the first pixel begins, in values; may be negative, as the last may end past the last value
 * @step: values that a pixel covers, > 0
 *
 * Along one axis, pixel k covers [first + k·step, first + (k + 1)·step). Steps below 1 take the value under the pixel's
 * middle, others the mean of what it covers.
 */
typedef struct
{
  int pixels;
  double first;
  double step;
} EwSampling;

/* Makes a picture of @paint in the buffer's surface and returns that surface (owned by the buffer), or NULL where
 * memory does not suffice. Every pixel must touch the plane. */
cairo_surface_t *ew_plane_sample (const EwPlanePaint *paint, EwPlaneBuffer *buffer, const EwSampling *rows,
                                  const EwSampling *columns);

G_END_DECLS
