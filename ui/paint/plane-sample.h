/* Sampling a plane at device resolution: the inner part of ew_paint_plane. */
#pragma once

#include "ui/paint/plane.h"

G_BEGIN_DECLS

/* Makes the picture of @paint, width × height device pixels, in the buffer's surface, and returns that surface (owned
 * by the buffer), or NULL where memory does not suffice. */
cairo_surface_t *ew_plane_sample (const EwPlanePaint *paint, EwPlaneBuffer *buffer, int width, int height);

G_END_DECLS
