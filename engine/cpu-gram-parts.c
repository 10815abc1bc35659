/* G and h of phases by lag sums, one plane with all that come after it at a time. */
#include "engine/cpu-gram-private.h"

/**
 * Job:
 * @a: the plane that is summed with those from it on
 * @n_pairs: how many those are
 * @lags: for each part n_pairs EwGramLags
 * @tasks: what fills them, EwGramTask
 */
typedef struct
{
  const EwGramWork *work;
  int n_parts;
  int a;
  int n_pairs;
  GPtrArray *lags;
  GArray *tasks;
} Job;

static const EwGramLags *
lags_of (const Job *job, int part, int pair)
{
  return g_ptr_array_index (job->lags, part * job->n_pairs + pair);
}

static void
run_task (int item, gpointer data)
{
  const Job *job = data;

  ew_gram_task_run (&g_array_index (job->tasks, EwGramTask, item), job->work->sums, job->work->cancel);
}

/* The steps of all pairs one after the other; each adds up what all the parts give to the same entries of G. */
static void
run_step (int item, gpointer data)
{
  const Job *job = data;
  const EwGramWork *work = job->work;
  int pair = 0;

  for (int n; item >= (n = ew_gram_lags_n_steps (lags_of (job, 0, pair), work->has_bias)); pair++)
    item -= n;
  for (int part = 0; part < job->n_parts; part++)
    ew_gram_lags_add_step (lags_of (job, part, pair), item, work->gram, work->kernel_width, work->cancel);
}

static int
count_steps (const Job *job)
{
  int n = 0;

  for (int pair = 0; pair < job->n_pairs; pair++)
    n += ew_gram_lags_n_steps (lags_of (job, 0, pair), job->work->has_bias);
  return n;
}

static gboolean
make_lags (const Job *job, EwGramPhase *const *parts, GError **error)
{
  for (int part = 0; part < job->n_parts; part++)
    for (int pair = 0; pair < job->n_pairs; pair++)
      {
        EwGramLags *lags = ew_gram_lags_new (parts[part], job->a, job->a + pair, error);

        if (lags == NULL)
          return FALSE;
        g_ptr_array_add (job->lags, lags);
        ew_gram_lags_list_tasks (lags, job->tasks);
      }
  return TRUE;
}

static gboolean
add_plane (const EwGramWork *work, EwGramPhase *const *parts, int n_parts, int a, GError **error)
{
  g_autoptr (GPtrArray) lags = g_ptr_array_new_with_free_func ((GDestroyNotify)ew_gram_lags_free);
  g_autoptr (GArray) tasks = g_array_new (FALSE, FALSE, sizeof (EwGramTask));
  Job job = { work, n_parts, a, parts[0]->n_planes - a, lags, tasks };

  if (!make_lags (&job, parts, error))
    return FALSE;
  if (!ew_pool_run (work->pool, (int)tasks->len, run_task, &job, work->cancel)
      || !ew_pool_run (work->pool, count_steps (&job), run_step, &job, work->cancel))
    return ew_gram_cancelled (error);
  for (int part = 0; part < n_parts; part++)
    ew_gram_lags_add_targets (lags_of (&job, part, 0), work->gram, work->kernel_width, work->has_bias);
  return TRUE;
}

gboolean
ew_gram_add_parts (const EwGramWork *work, EwGramPhase *const *parts, int n_parts, GError **error)
{
  size_t n = (size_t)work->gram->n;

  for (int a = 0; a < parts[0]->n_planes; a++)
    if (!add_plane (work, parts, n_parts, a, error))
      return FALSE;
  for (int part = 0; work->has_bias && part < n_parts; part++)
    work->gram->g[n * n - 1] += (double)parts[part]->y.height * parts[part]->y.width;
  return TRUE;
}
