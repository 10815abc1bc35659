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

/* What is summed up at a time: one plane with itself and all that come after it. */
typedef struct
{
  const EwCpuGramSums *sums;
  EwGram *gram;
  gboolean has_bias;
  int kernel_width;
  EwCancel *cancel;
  GPtrArray *lags;
  GArray *tasks; /* EwGramTask */
  GArray *steps; /* Step */
} Job;

typedef struct
{
  const EwGramLags *lags;
  int step;
} Step;

static void
run_task (int item, gpointer data)
{
  const Job *job = data;

  ew_gram_task_run (&g_array_index (job->tasks, EwGramTask, item), job->sums, job->cancel);
}

static void
run_step (int item, gpointer data)
{
  const Job *job = data;
  const Step *step = &g_array_index (job->steps, Step, item);

  ew_gram_lags_add_step (step->lags, step->step, job->gram, job->kernel_width, job->cancel);
}

static gboolean
cancelled (GError **error)
{
  g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
  return FALSE;
}

/* Plane @a of a phase with those from @a on. */
static gboolean
add_plane (Job *job, EwPool *pool, const EwGramPhase *phase, int a, GError **error)
{
  g_ptr_array_set_size (job->lags, 0);
  g_array_set_size (job->tasks, 0);
  g_array_set_size (job->steps, 0);
  for (int b = a; b < phase->n_planes; b++)
    {
      EwGramLags *lags = ew_gram_lags_new (phase, a, b, error);

      if (lags == NULL)
        return FALSE;
      g_ptr_array_add (job->lags, lags);
      ew_gram_lags_list_tasks (lags, job->tasks);
      for (int k = 0; k < ew_gram_lags_n_steps (lags, job->has_bias); k++)
        {
          Step step = { lags, k };

          g_array_append_val (job->steps, step);
        }
    }
  if (!ew_pool_run (pool, (int)job->tasks->len, run_task, job, job->cancel)
      || !ew_pool_run (pool, (int)job->steps->len, run_step, job, job->cancel))
    return cancelled (error);
  ew_gram_lags_add_targets (g_ptr_array_index (job->lags, 0), job->gram, job->kernel_width, job->has_bias);
  return TRUE;
}

static gboolean
add_sample (Job *job, EwPool *pool, const EwProblem *problem, const EwSample *sample, GError **error)
{
  gint64 n_phases = ew_gram_n_phases (&problem->geometry, sample);

  for (gint64 p = 0; p < n_phases; p++)
    {
      g_autoptr (EwGramPhase) phase
          = ew_gram_phase_new (pool, sample, &problem->geometry, p, job->cancel, error);

      if (phase == NULL)
        return FALSE;
      for (int a = 0; a < phase->n_planes; a++)
        if (!add_plane (job, pool, phase, a, error))
          return FALSE;
      if (job->has_bias)
        job->gram->g[(size_t)job->gram->n * job->gram->n - 1] += (double)phase->y.height * phase->y.width;
    }
  return TRUE;
}

EwGram *
ew_cpu_gram (const EwCpuGramSums *sums, EwPool *pool, const EwProblem *problem, EwCancel *cancel, GError **error)
{
  g_autoptr (EwGram) gram = ew_gram_new (problem->n_params, problem->n_residuals, error);
  g_autoptr (GPtrArray) lags = g_ptr_array_new_with_free_func ((GDestroyNotify)ew_gram_lags_free);
  g_autoptr (GArray) tasks = g_array_new (FALSE, FALSE, sizeof (EwGramTask));
  g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (Step));
  Job job = { sums, gram, problem->has_bias, problem->geometry.kernel_width, cancel, lags, tasks, steps };

  if (gram == NULL)
    return NULL;
  gram->c = problem->y_squared;
  for (int s = 0; s < problem->n_samples; s++)
    if (!add_sample (&job, pool, problem, &problem->samples[s], error))
      return NULL;
  if (ew_pool_run (pool, (gram->n + MIRROR_SIDE - 1) / MIRROR_SIDE, mirror_rows, gram, cancel))
    return g_steal_pointer (&gram);
  cancelled (error);
  return NULL;
}
