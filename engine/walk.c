/* EwWalk: what is kept is looked up, what is not is replayed in one go. */
#include "engine/walk.h"

typedef struct
{
  EwWalk *walk;
  EwEpochFunc func;
  gpointer data;
} Told;

void
ew_walk_clear (EwWalk *walk)
{
  ew_seek_clear (&walk->seek);
  g_clear_pointer (&walk->params, g_free);
}

static void
step_on (EwWalk *walk)
{
  /* The last one comes whatever the stride. */
  if (walk->next < walk->last && walk->last - walk->next < walk->stride)
    walk->next = walk->last;
  else
    walk->next += walk->stride;
}

static void
on_epoch (guint64 epoch, double loss, const double *params, gpointer data)
{
  Told *told = data;

  if (epoch != told->walk->next)
    return;
  told->func (epoch, loss, params, told->data);
  step_on (told->walk);
}

/* Those that are kept, up to @epochs of them; how many. */
static int
walk_kept (EwWalk *walk, const EwTimeline *timeline, int epochs, EwEpochFunc func, gpointer data)
{
  int n = 0;
  double loss;

  for (; n < epochs && !ew_walk_done (walk) && ew_timeline_look_up (timeline, walk->next, &loss, walk->params); n++)
    {
      func (walk->next, loss, walk->params, data);
      step_on (walk);
    }
  return n;
}

gboolean
ew_walk_on (EwWalk *walk, EwTrainer *trainer, const EwTimeline *timeline, int epochs, EwEpochFunc func, gpointer data,
            EwCancel *cancel, GError **error)
{
  Told told = { walk, func, data };
  GError *cause = NULL;

  if (walk->params == NULL)
    walk->params = g_new (double, ew_trainer_state_max (trainer));
  epochs -= walk_kept (walk, timeline, epochs, func, data);
  if (epochs <= 0 || ew_walk_done (walk))
    return TRUE;
  while (walk->skip && ew_timeline_nearest (timeline, walk->next) != walk->next && walk->next < walk->last)
    step_on (walk);
  ew_seek_start (&walk->seek, trainer, timeline, walk->next - 1, TRUE);
  if (ew_seek_advance (&walk->seek, trainer, timeline, walk->last, epochs, on_epoch, &told, cancel, &cause))
    return TRUE;
  if (walk->skip && g_error_matches (cause, EW_ERROR, EW_ERROR_DATA))
    {
      g_error_free (cause);
      step_on (walk);
      return TRUE;
    }
  g_propagate_error (error, cause);
  return FALSE;
}
