/* EwBlockMeans: which squares of a plane are to be averaged. Data only. */
#pragma once

#include "engine/geometry.h"
#include "engine/grid.h"
#include "engine/kernel.h"

G_BEGIN_DECLS

/* The most phases along one axis: one for each tap. */
#define EW_BLOCK_PHASES_MAX EW_KERNEL_SIDE_MAX

/**
 * EwBlockMeans:
 * @x: the plane
 * @border: what lies outside it
 * @side: values along one side of a square
 * @step: distance between two of them, in pixels, ≥ 1
 * @pitch: distance between two squares, in pixels
 * @n_rows: row phases, ≥ 1; likewise @n_columns
 * @rows: the phases, ascending, within one pitch of each other; likewise @columns
 * @first_row: number of the first row of squares, which may be negative; likewise @first_column
 * @height: rows of squares; likewise @width
 *
 * Plane (p, q) holds in row i and column j the mean of the side × side values
 * x[(first_row + i)·pitch + rows[p] + step·a, (first_column + j)·pitch + columns[q] + step·b].
 */
typedef struct
{
  const EwGrid *x;
  EwBorder border;
  int side;
  int step;
  int pitch;
  int n_rows;
  int n_columns;
  const int *rows;
  const int *columns;
  int first_row;
  int first_column;
  int height;
  int width;
} EwBlockMeans;

G_END_DECLS
