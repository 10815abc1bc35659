/* EwGramTiles: G, h and c for each part of a grid over the target, so that leaving a region out is adding up the rest. */
#pragma once

#include "engine/gram.h"

G_BEGIN_DECLS

/* The most rows and columns of parts. */
#define EW_GRAM_TILES_MAX 8

/**
 * EwGramTiles:
 * @n_rows, @n_columns: 1 … EW_GRAM_TILES_MAX
 * @grams: n_rows × n_columns, row by row; NULL where a part has no residual
 *
 * Part (r, c) holds the residuals in rows ⌊H·r/n_rows⌋ … ⌊H·(r + 1)/n_rows⌋ − 1 of every sample's target of H rows,
 * columns alike. The parts' sums add up to the whole's; what is left out is never added, so nothing cancels.
 */
typedef struct
{
  int n_rows;
  int n_columns;
  EwGram **grams;
} EwGramTiles;

/* All zeros, transfer full; EW_ERROR_TOO_LARGE, before anything is allocated, where memory
 * cannot hold n² for each part. */
EwGramTiles *ew_gram_tiles_new (int n_rows, int n_columns, int n, GError **error);
void ew_gram_tiles_free (EwGramTiles *tiles);

/* The first row (column) of part @part of @n_parts along an axis of @length; of part @n_parts: @length. */
static inline int
ew_gram_tiles_edge (int length, int part, int n_parts)
{
  return (int)((gint64)length * part / n_parts);
}

/* The sum of the parts that @taken (n_rows × n_columns) says, in order; transfer full. EW_ERROR_DATA where they hold no
 * residual, EW_ERROR_TOO_LARGE. */
EwGram *ew_gram_tiles_sum (const EwGramTiles *tiles, const gboolean *taken, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwGramTiles, ew_gram_tiles_free)

G_END_DECLS
