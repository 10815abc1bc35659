/* What the parts of the CPU's Gram sums share. */
#pragma once

#include "engine/cpu-gram.h"

G_BEGIN_DECLS

/**
 * EwGramAxis:
 * @length: of the input along this axis
 * @out: of the output
 * @side: of the kernel
 * @has_core: whether elements side − 1 … out − 1 lie under every tap
 * @window: min(out, side): how many entries lie under one tap
 * @entries: side − 1 + window
 *
 * One axis of the input, shortened: the core counts as one entry (number side − 1), what lies before and behind it as
 * one each; without a core every element is an entry. Tap a covers the entries a … a + window − 1.
 */
typedef struct
{
  int length;
  int out;
  int side;
  gboolean has_core;
  int window;
  int entries;
} EwGramAxis;

/* The columns from @first on, as rows of a grid of their own: what goes down the image lies in a row. */
typedef struct
{
  int first;
  int count;
  EwGrid *grid;
} EwGramColumns;

/**
 * EwGramLags:
 * @n_down: lags down: 0 … n_down − 1
 * @n_right: lags to the right: 1 − kw … kw − 1; lag c is number c + kw − 1
 * @n: n_down × n_right, and the place n − 1 for the sum of X itself, which the bias needs
 * @n_bands: bands of the core
 * @core: one row of n a band: Σ X[u, v]·X[u + da, v + dc] over the core, lag (da, dc) at da·n_right + dc + kw − 1
 * @rows: one row of n an entry down: the same over one row and the core's columns
 * @columns: one row of n an entry to the right: over one column and the core's rows, lag (da, dc) at
 *   (dc + kw − 1)·n_down + da
 * @h: one row of kh·kw + 1 a band of the output: Σ Y·X shifted, Σ Y
 * @strips: left and right edge
 *
 * The sums of products of one sample that G and h are put together from; unneeded ones are zero.
 */
typedef struct
{
  const EwSample *sample;
  EwGramAxis down;
  EwGramAxis right;
  int n_down;
  int n_right;
  int n;
  int n_bands;
  int n_h_bands;
  double *core;
  double *rows;
  double *columns;
  double *h;
  EwGramColumns strips[2];
} EwGramLags;

/* The element of the input that an entry stands for; the core's first element for the core. */
static inline int
ew_gram_axis_element (const EwGramAxis *axis, int entry)
{
  return axis->has_core && entry >= axis->side ? entry - axis->side + axis->out : entry;
}

static inline gboolean
ew_gram_axis_is_core (const EwGramAxis *axis, int entry)
{
  return axis->has_core && entry == axis->side - 1;
}

/* Computes all the sums of a sample on the pool. NULL with EW_ERROR_CANCELLED or EW_ERROR_TOO_LARGE. */
EwGramLags *ew_gram_lags_new (const EwCpuGramSums *sums, EwPool *pool, const EwSample *sample, int kh, int kw,
                              EwCancel *cancel, GError **error);
void ew_gram_lags_free (EwGramLags *lags);

/* Adds what a sample gives to the upper triangle of G, to h and, with a bias, to their last row and column. */
gboolean ew_gram_lags_add (const EwGramLags *lags, EwPool *pool, gboolean has_bias, EwGram *gram, EwCancel *cancel);

/* The input with its border, so that correlation with it is valid; transfer full. EW_ERROR_TOO_LARGE. */
EwGrid *ew_gram_bordered (const EwGrid *x, const EwGeometry *geometry, GError **error);

/* Adds a sample with any stride and dilation to the upper triangle of G and to h, patch by patch. */
gboolean ew_gram_patches_add (EwPool *pool, const EwSample *sample, const EwGeometry *geometry, EwGram *gram,
                              EwCancel *cancel);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwGramLags, ew_gram_lags_free)

G_END_DECLS
