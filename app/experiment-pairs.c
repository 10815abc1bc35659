/* EwExperiment: several pairs that share a kernel, and channels that have one each. */
#include "app/experiment-geometry.h"

#include <glib/gi18n.h>

static void
replace_source (EwSource **to, EwSource *from)
{
  if (from != NULL)
    ew_source_ref (from);
  ew_source_unref (*to);
  *to = from;
}

/* Every input holds the kernel. */
static gboolean
check_sizes (const EwExperiment *experiment, const EwPairs *pairs, GError **error)
{
  const EwSettings *s = &experiment->settings;

  for (int i = 0; i < pairs->n; i++)
    {
      const EwGrid *x = pairs->items[i].input->planes[0];

      if (x->height >= s->kernel_height && x->width >= s->kernel_width)
        continue;
      g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY,
                   _ ("%s is %d×%d, too small for the %d×%d kernel; without it the other pairs would do."), pairs->items[i].name,
                   x->height, x->width, s->kernel_height, s->kernel_width);
      return FALSE;
    }
  return TRUE;
}

/* With the first of them as its pair, and the size that any of them asks for. */
static gboolean
take_first (EwExperiment *experiment, EwPairs *pairs, char **note, GError **error)
{
  gboolean chosen = experiment->size_chosen;
  gboolean ok = ew_experiment_set_pair (experiment, pairs->items[0].input, pairs->items[0].target, note, error)
                && (pairs->kernel_height == 0
                    || ew_experiment_set_size (experiment, pairs->kernel_height, pairs->kernel_width, error))
                && check_sizes (experiment, pairs, error);

  experiment->size_chosen = chosen;
  return ok;
}

gboolean
ew_experiment_set_pairs (EwExperiment *experiment, EwPairs *pairs, char **note, GError **error)
{
  EwExperiment changed;

  ew_experiment_copy (&changed, experiment);
  if (!take_first (&changed, pairs, note, error))
    {
      ew_experiment_clear (&changed);
      return FALSE;
    }
  changed.pairs = ew_pairs_ref (pairs);
  ew_experiment_show_pair (&changed, 0);
  ew_experiment_clear (experiment);
  *experiment = changed;
  return TRUE;
}

void
ew_experiment_show_pair (EwExperiment *experiment, int pair)
{
  EwSettings *s = &experiment->settings;
  const EwPairItem *item;

  if (experiment->pairs == NULL)
    return;
  s->pair = CLAMP (pair, 0, experiment->pairs->n - 1);
  item = &experiment->pairs->items[s->pair];
  replace_source (&experiment->input, item->input);
  replace_source (&experiment->target, item->target);
  replace_source (&experiment->mask, item->mask);
  ew_corrections_replace (&experiment->done, item->done);
  /* A pair without colours has none of the others' channels to show, but one of its own. */
  if (!s->each)
    s->channel = MIN (s->channel, item->input->n_planes - 1);
}

gboolean
ew_experiment_hold_pair (EwExperiment *experiment, int pair, gboolean held, GError **error)
{
  EwPairs *pairs = experiment->pairs;

  if (pairs == NULL || pair < 0 || pair >= pairs->n || pairs->items[pair].held == held)
    return TRUE;
  if (held && ew_pairs_count_learned (pairs) == 1)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA,
                           _ ("This is the last pair that is learned from; take another one back first."));
      return FALSE;
    }
  experiment->pairs = ew_pairs_with_held (pairs, pair, held);
  ew_pairs_unref (pairs);
  return TRUE;
}

int
ew_experiment_sample (const EwExperiment *experiment)
{
  const EwSettings *s = &experiment->settings;
  int channel = MIN (s->channel, experiment->input->n_planes - 1);

  return experiment->pairs == NULL ? channel : experiment->pairs->items[s->pair].first + channel;
}

int *
ew_experiment_uses (const EwExperiment *experiment)
{
  const EwSettings *s = &experiment->settings;
  const EwPairs *pairs = experiment->pairs;
  gboolean each = s->each && experiment->input->n_planes > 1;
  int n_pairs = pairs == NULL ? 1 : pairs->n;
  int *uses;

  if (!each && (pairs == NULL || ew_pairs_count_learned (pairs) == pairs->n))
    return NULL;
  uses = g_new (int, pairs == NULL ? experiment->input->n_planes : pairs->n_samples);
  for (int i = 0; i < n_pairs; i++)
    {
      const EwPairItem *item = pairs == NULL ? NULL : &pairs->items[i];
      int n = item == NULL ? experiment->input->n_planes : item->input->n_planes;

      for (int k = 0; k < n; k++)
        uses[(item == NULL ? 0 : item->first) + k] = each && k != s->channel           ? EW_USE_SHOW
                                                     : item != NULL && item->held ? EW_USE_HELD
                                                                                  : EW_USE_LEARN;
    }
  return uses;
}

void
ew_experiment_keep_own (EwExperiment *experiment, EwKernel *kernel)
{
  EwKernel **own = &experiment->own[experiment->settings.channel];

  ew_kernel_ref (kernel);
  ew_kernel_unref (*own);
  *own = kernel;
}
