/* EwExcerpt: a part of an input, small enough to be drawn value by value, whose outputs are outputs of the whole. */
#pragma once

#include "engine/geometry.h"
#include "engine/grid.h"

G_BEGIN_DECLS

/**
 * EwExcerpt:
 * @row: first input row; likewise @column
 * @height: input rows; likewise @width
 * @geometry: the whole's, with padding only on sides that are the whole's too
 * @output_row: of the whole's output, what output 0 of the excerpt is; likewise @output_column
 * @output_height: of the excerpt's output; likewise @output_width
 *
 * Output (i, j) of the excerpt is output (output_row + i, output_column + j) of the whole.
 */
typedef struct
{
  int row;
  int column;
  int height;
  int width;
  EwGeometry geometry;
  int output_row;
  int output_column;
  int output_height;
  int output_width;
} EwExcerpt;

/* An excerpt of an input of height × width: all of an axis that is at most max_height (max_width) long, otherwise about
 * so much of it around what output (output_row, output_column) reads, more where the kernel reaches further. Fails as
 * ew_geometry_output_size does. */
gboolean ew_excerpt_init (EwExcerpt *excerpt, const EwGeometry *geometry, int height, int width, int output_row,
                          int output_column, int max_height, int max_width, GError **error);

/* Whether it is all of an input of height × width. */
gboolean ew_excerpt_is_whole (const EwExcerpt *excerpt, int height, int width);

G_END_DECLS
