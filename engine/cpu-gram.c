/* G, h and c: samples and their phases one after the other, then the lower triangle from the upper one. */
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

gboolean
ew_gram_cancelled (GError **error)
{
  g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
  return FALSE;
}

gboolean
ew_gram_add_phase (const EwGramWork *work, EwGramPhase *phase, GError **error)
{
  return phase->mask.data == NULL ? ew_gram_add_parts (work, &phase, 1, error)
                                  : ew_gram_add_masked (work, phase, error);
}

gboolean
ew_gram_mirror (const EwGramWork *work, GError **error)
{
  return ew_pool_run (work->pool, (work->gram->n + MIRROR_SIDE - 1) / MIRROR_SIDE, mirror_rows, work->gram, work->cancel)
         || ew_gram_cancelled (error);
}

static gboolean
add_sample (const EwGramWork *work, const EwSample *sample, const EwGeometry *geometry, GError **error)
{
  gint64 n_phases = ew_gram_n_phases (geometry, sample);

  for (gint64 p = 0; p < n_phases; p++)
    {
      g_autoptr (EwGramPhase) phase = ew_gram_phase_new (work->pool, sample, geometry, p, work->cancel, error);

      if (phase == NULL || !ew_gram_add_phase (work, phase, error))
        return FALSE;
    }
  return TRUE;
}

EwGram *
ew_cpu_gram (const EwCpuGramSums *sums, EwPool *pool, const EwProblem *problem, EwCancel *cancel, GError **error)
{
  g_autoptr (EwGram) gram = ew_gram_new (problem->n_params, problem->n_residuals, error);
  EwGramWork work = { sums, pool, gram, problem->geometry.kernel_width, problem->has_bias, cancel };

  if (gram == NULL)
    return NULL;
  gram->c = problem->y_squared;
  for (int s = 0; s < problem->n_samples; s++)
    if (!add_sample (&work, &problem->samples[s], &problem->geometry, error))
      return NULL;
  return ew_gram_mirror (&work, error) ? g_steal_pointer (&gram) : NULL;
}
