/* EwPatch: what one output value is made of, tap by tap. */
#pragma once

#include "engine/geometry.h"
#include "engine/grid.h"
#include "engine/kernel.h"

G_BEGIN_DECLS

/**
 * EwTerm:
 * @row: where the tap lies, in rows of the input; outside of 0 … height − 1 in the padding; likewise @column
 * @source_row: the input pixel that is read there, by the border rule; −1: none, the value is a zero; likewise
 *   @source_column
 * @value: what is read
 * @weight: the tap
 * @product: value × weight, in float64
 *
 * One tap's part of an output value.
 */
typedef struct
{
  gint64 row;
  gint64 column;
  int source_row;
  int source_column;
  double value;
  double weight;
  double product;
} EwTerm;

/**
 * EwPatch:
 * @row: of the output; likewise @column
 * @height: of the kernel; likewise @width
 * @bias: of the kernel
 * @sum: bias + Σ products, added up in float64 row by row, as ew_reference_correlate does it: the same bits
 * @terms: height × width, row by row
 */
typedef struct
{
  int row;
  int column;
  int height;
  int width;
  double bias;
  double sum;
  EwTerm terms[];
} EwPatch;

/* The terms of Y[row, column] = bias + Σ K[a, c] · X[row·s + a·d − top, column·s + c·d − left], transfer full; at most
 * 63² of them, whatever the input's size. Fails as ew_geometry_output_size does, and with EW_ERROR_GEOMETRY where the
 * kernel is not of the geometry's size or the output has no such value. */
EwPatch *ew_patch_new (const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry, int row, int column,
                       GError **error);
void ew_patch_free (EwPatch *patch);

static inline int
ew_patch_n_terms (const EwPatch *patch)
{
  return patch->height * patch->width;
}

/* Whether the tap lies in the padding. */
static inline gboolean
ew_term_is_outside (const EwTerm *term)
{
  return term->source_row < 0 || term->row != term->source_row || term->column != term->source_column;
}

/* The terms by falling magnitude of their products; equal ones and NaN in the order of taps. Fills up to @n indices and
 * returns how many. */
int ew_patch_largest (const EwPatch *patch, int *indices, int n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwPatch, ew_patch_free)

G_END_DECLS
