/* EwGramTiles: memory and adding up. */
#include "engine/gram-tiles.h"

#include "engine/memory.h"

EwGramTiles *
ew_gram_tiles_new (int n_rows, int n_columns, int n, GError **error)
{
  g_autoptr (EwGramTiles) tiles = g_new0 (EwGramTiles, 1);
  int n_parts = n_rows * n_columns;
  double bytes = (double)n_parts * n * n * sizeof (double);

  if (!ew_memory_allows ((guint64)bytes))
    {
      ew_memory_set_error (error, bytes, "There is not enough memory for %d Gram matrices of %d weights", n_parts, n);
      return NULL;
    }
  tiles->n_rows = n_rows;
  tiles->n_columns = n_columns;
  tiles->grams = g_new0 (EwGram *, n_parts);
  for (int k = 0; k < n_parts; k++)
    {
      tiles->grams[k] = ew_gram_new (n, 0, error);
      if (tiles->grams[k] == NULL)
        return NULL;
    }
  return g_steal_pointer (&tiles);
}

void
ew_gram_tiles_free (EwGramTiles *tiles)
{
  if (tiles == NULL)
    return;
  for (int k = 0; tiles->grams != NULL && k < tiles->n_rows * tiles->n_columns; k++)
    ew_gram_unref (tiles->grams[k]);
  g_free (tiles->grams);
  g_free (tiles);
}

EwGram *
ew_gram_tiles_sum (const EwGramTiles *tiles, const gboolean *taken, GError **error)
{
  g_autoptr (EwGram) sum = NULL;

  for (int k = 0; k < tiles->n_rows * tiles->n_columns; k++)
    {
      const EwGram *part = tiles->grams[k];

      if (!taken[k] || part == NULL)
        continue;
      if (sum == NULL)
        sum = ew_gram_new (part->n, 0, error);
      if (sum == NULL)
        return NULL;
      ew_gram_add (sum, part);
    }
  if (sum == NULL)
    g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA,
                         "The region that is kept has no pixel to learn from; a larger one is needed.");
  return g_steal_pointer (&sum);
}
