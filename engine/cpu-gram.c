/* G, h and c: samples one after the other, then the lower triangle from the upper one. */
#include "engine/cpu-gram.h"

#include "engine/cpu-gram-private.h"

#include <string.h>

/* Side of the squares in which G is mirrored. */
#define MIRROR_SIDE 64

static const EwCpuGramSums *const tables[] = {
#if defined(__x86_64__)
  &ew_cpu_gram_avx512,
  &ew_cpu_gram_avx2,
#endif
  &ew_cpu_gram_generic,
};

const EwCpuGramSums *
ew_cpu_gram_sums (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    if (strcmp (tables[i]->id, id) == 0)
      return tables[i];
  return &ew_cpu_gram_generic;
}

static void
mirror_rows (int item, gpointer data)
{
  EwGram *gram = data;
  size_t n = gram->n;
  size_t end = MIN (n, (size_t)(item + 1) * MIRROR_SIDE);

  for (size_t first = 0; first < end; first += MIRROR_SIDE)
    for (size_t i = (size_t)item * MIRROR_SIDE; i < end; i++)
      for (size_t j = first; j < MIN (first + MIRROR_SIDE, i); j++)
        gram->g[i * n + j] = gram->g[j * n + i];
}

static gboolean
add_sample (const EwCpuGramSums *sums, EwPool *pool, const EwProblem *problem, const EwSample *sample, EwGram *gram,
            EwCancel *cancel, GError **error)
{
  const EwGeometry *g = &problem->geometry;
  gboolean has_border = g->top > 0 || g->right > 0 || g->bottom > 0 || g->left > 0;
  g_autoptr (EwGrid) x = has_border ? ew_gram_bordered (sample->x, g, error) : ew_grid_ref (sample->x);
  EwSample valid = { x, sample->y };

  if (x == NULL)
    return FALSE;
  if (g->stride == 1 && g->dilation == 1)
    {
      g_autoptr (EwGramLags) lags
          = ew_gram_lags_new (sums, pool, &valid, g->kernel_height, g->kernel_width, cancel, error);

      if (lags == NULL)
        return FALSE;
      if (ew_gram_lags_add (lags, pool, problem->has_bias, gram, cancel))
        return TRUE;
    }
  else if (ew_gram_patches_add (pool, &valid, g, gram, cancel))
    return TRUE;
  g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
  return FALSE;
}

EwGram *
ew_cpu_gram (const EwCpuGramSums *sums, EwPool *pool, const EwProblem *problem, EwCancel *cancel, GError **error)
{
  g_autoptr (EwGram) gram = ew_gram_new (problem->n_params, problem->n_residuals, error);

  if (gram == NULL)
    return NULL;
  gram->c = problem->y_squared;
  for (int s = 0; s < problem->n_samples; s++)
    if (!add_sample (sums, pool, problem, &problem->samples[s], gram, cancel, error))
      return NULL;
  if (ew_pool_run (pool, (gram->n + MIRROR_SIDE - 1) / MIRROR_SIDE, mirror_rows, gram, cancel))
    return g_steal_pointer (&gram);
  g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
  return NULL;
}
