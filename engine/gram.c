/* EwGram: memory and adding up. */
#include "engine/gram.h"

EwGram *
ew_gram_new (int n, gint64 n_residuals, GError **error)
{
  EwGram *gram = g_new0 (EwGram, 1);

  ew_refs_init (&gram->refs);
  gram->n = n;
  gram->n_residuals = n_residuals;
  gram->h = g_new0 (double, n);
  gram->g = g_try_new0 (double, (size_t)n *(size_t)n);
  if (gram->g != NULL)
    return gram;
  ew_gram_unref (gram);
  g_set_error (error, EW_ERROR, EW_ERROR_TOO_LARGE, "There is not enough memory for the Gram matrix of %d weights.", n);
  return NULL;
}

void
ew_gram_add (EwGram *gram, const EwGram *other)
{
  size_t n = (size_t)gram->n;

  for (size_t k = 0; k < n * n; k++)
    gram->g[k] += other->g[k];
  for (size_t k = 0; k < n; k++)
    gram->h[k] += other->h[k];
  gram->c += other->c;
  gram->n_residuals += other->n_residuals;
}

EwGram *
ew_gram_ref (EwGram *gram)
{
  ew_refs_acquire (&gram->refs);
  return gram;
}

void
ew_gram_unref (EwGram *gram)
{
  if (gram == NULL || !ew_refs_release (&gram->refs))
    return;
  g_free (gram->g);
  g_free (gram->h);
  g_free (gram);
}
