/* EwFeeding: the outputs that one input value goes into. */
#pragma once

#include "engine/geometry.h"
#include "engine/kernel.h"

G_BEGIN_DECLS

/* One tap at one place of the kernel along an axis: output @output reads the input's index by tap @tap. */
typedef struct
{
  int output;
  int tap;
} EwFed;

/**
 * EwFeeding:
 * @n_rows: readings along the rows; likewise @n_columns
 * @rows: by rising output, then tap; likewise @columns
 * @height: of the output; likewise @width
 *
 * Output (rows[i].output, columns[j].output) reads the pixel by tap (rows[i].tap, columns[j].tap), for every i and j:
 * what lies along one axis does not depend on the other. Without a border that repeats the input an output reads a
 * pixel once at most.
 */
typedef struct
{
  int n_rows;
  int n_columns;
  EwFed *rows;
  EwFed *columns;
  int height;
  int width;
} EwFeeding;

/* What input (row, column) of height × width feeds, transfer full; nothing (n_rows or n_columns 0) where a stride
 * leaps over it. Fails as ew_geometry_output_size does. */
EwFeeding *ew_feeding_new (const EwGeometry *geometry, int height, int width, int row, int column, GError **error);
void ew_feeding_free (EwFeeding *feeding);

/* How many different outputs are fed. */
gint64 ew_feeding_n_outputs (const EwFeeding *feeding);

/* ∂Y[row, column]/∂X at the pixel: the sum of the taps by which that output reads it. 0 where it does not. */
double ew_feeding_weight (const EwFeeding *feeding, const EwKernel *kernel, int row, int column);

/* The first and the last output fed along an axis; FALSE where there is none. */
gboolean ew_feeding_bounds (const EwFeeding *feeding, int *first_row, int *first_column, int *last_row,
                            int *last_column);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwFeeding, ew_feeding_free)

G_END_DECLS
