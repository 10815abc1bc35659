/* Marks laid over a plane: which pixels belong together. */
#pragma once

#include "ui/paint/style.h"

G_BEGIN_DECLS

typedef enum
{
  EW_MARK_CURSOR, /* the pixel under the pointer or the keyboard's cursor */
  EW_MARK_WINDOW, /* the input pixels under the kernel */
  EW_MARK_TAP,    /* the input pixel that one tap multiplies */
  EW_MARK_OUTPUT, /* the output pixel that is being made */
  EW_MARK_FED,    /* output pixels that one input pixel feeds */
} EwMarkRole;

/**
 * EwPlaneMark:
 * @role: what it says, which is how it is drawn
 * @row: first row, in pixels of the plane; likewise @column. May lie outside the plane, on its padding
 * @height: rows, ≥ 1; likewise @width
 */
typedef struct
{
  EwMarkRole role;
  int row;
  int column;
  int height;
  int width;
} EwPlaneMark;

/**
 * EwPlanePlace:
 * @x: where the left edge of pixel (0, 0) lies, in units; likewise @y
 * @pitch: units along one side of a pixel, > 0
 * @wide: units from its left to its right where that is another number; 0: as @pitch
 *
 * Where the pixels of a plane lie: pixel (row, column) covers x + [column, column + 1)·wide, y + [row, row + 1)·pitch.
 */
typedef struct
{
  double x;
  double y;
  double pitch;
  double wide;
} EwPlanePlace;

/* Units from the left to the right of a pixel. */
static inline double
ew_plane_place_wide (const EwPlanePlace *place)
{
  return place->wide > 0 ? place->wide : place->pitch;
}

/* Draws the marks in their order, cut off at the width × height units from the origin. Around rectangles smaller
 * than some units the frame is drawn outside, so that it is seen, and they are, at any zoom. */
void ew_paint_plane_marks (cairo_t *cr, const EwPaintStyle *style, const EwPlaneMark *marks, int n,
                           const EwPlanePlace *place, double width, double height);

G_END_DECLS
