/* EwTimeline: tails of losses and weights, checkpoints that thin out, and the regimes between them. */
#include "engine/timeline.h"

#include "engine/tail.h"

#include <math.h>
#include <string.h>

#define TAIL_BYTES       (16 * 1024 * 1024)
#define CHECKPOINT_BYTES (32 * 1024 * 1024)
#define CHECKPOINTS_MIN  (2 * EW_TIMELINE_REGIMES)
#define CHECKPOINTS_MAX  1024

/* Epochs after @first, up to the next stretch's first, in one regime. */
typedef struct
{
  guint64 first;
  EwRegime regime;
  int n_state;
  gboolean known; /* FALSE: several regimes that are no longer told apart */
} Stretch;

struct _EwTimeline
{
  int n_params;
  int n_state; /* the largest so far */
  guint checkpoints_max;
  guint64 last;
  guint64 spacing;
  EwTail losses;
  EwTail params;
  GPtrArray *checkpoints; /* EwCheckpoint, ascending */
  GArray *stretches;      /* Stretch, ascending */
};

/* Makes out how many checkpoints there is room for, should all have @n_state values. */
static void
allow_for (EwTimeline *timeline, int n_state)
{
  size_t bytes = sizeof (EwCheckpoint) + n_state * sizeof (double);

  timeline->n_state = n_state;
  timeline->checkpoints_max = (guint)CLAMP (CHECKPOINT_BYTES / bytes, CHECKPOINTS_MIN, CHECKPOINTS_MAX);
}

EwTimeline *
ew_timeline_new (int n_params)
{
  EwTimeline *timeline = g_new0 (EwTimeline, 1);
  size_t params_bytes = n_params * sizeof (double);

  timeline->n_params = n_params;
  allow_for (timeline, n_params);
  timeline->spacing = 1;
  timeline->losses.width = 1;
  timeline->losses.capacity = EW_TIMELINE_TAIL;
  timeline->params.width = n_params;
  timeline->params.capacity = CLAMP (TAIL_BYTES / params_bytes, 1, EW_TIMELINE_TAIL);
  timeline->checkpoints = g_ptr_array_new_with_free_func (g_free);
  timeline->stretches = g_array_new (FALSE, FALSE, sizeof (Stretch));
  return timeline;
}

void
ew_timeline_free (EwTimeline *timeline)
{
  if (timeline == NULL)
    return;
  ew_tail_clear (&timeline->losses);
  ew_tail_clear (&timeline->params);
  g_ptr_array_unref (timeline->checkpoints);
  g_array_unref (timeline->stretches);
  g_free (timeline);
}

static Stretch *
stretch (const EwTimeline *timeline, guint k)
{
  return &g_array_index (timeline->stretches, Stretch, k);
}

/* The last of @n ascending epochs that is at most @epoch, −1 where none is; @at gives the epoch of one. */
static int
find_last (const EwTimeline *timeline, int n, guint64 epoch, guint64 (*at) (const EwTimeline *, int))
{
  int low = -1;
  int high = n;

  while (high - low > 1)
    {
      int middle = (low + high) / 2;

      if (at (timeline, middle) <= epoch)
        low = middle;
      else
        high = middle;
    }
  return low;
}

static guint64
checkpoint_epoch (const EwTimeline *timeline, int k)
{
  return ((EwCheckpoint *)timeline->checkpoints->pdata[k])->epoch;
}

static guint64
stretch_first (const EwTimeline *timeline, int k)
{
  return stretch (timeline, (guint)k)->first;
}

static int
find_checkpoint (const EwTimeline *timeline, guint64 epoch)
{
  return find_last (timeline, (int)timeline->checkpoints->len, epoch, checkpoint_epoch);
}

static int
find_stretch (const EwTimeline *timeline, guint64 epoch)
{
  return find_last (timeline, (int)timeline->stretches->len, epoch, stretch_first);
}

/* Drops checkpoints that are nearer than the spacing, which doubles until a quarter of the room is free. */
static void
thin_out (EwTimeline *timeline)
{
  GPtrArray *all = timeline->checkpoints;

  while (all->len > timeline->checkpoints_max * 3 / 4)
    {
      guint kept = 0;
      guint64 last = 0;

      timeline->spacing *= 2;
      for (guint k = 0; k < all->len; k++)
        {
          EwCheckpoint *checkpoint = all->pdata[k];

          if (k > 0 && !checkpoint->pinned && checkpoint->epoch - last < timeline->spacing)
            {
              g_free (checkpoint);
              continue;
            }
          last = checkpoint->epoch;
          all->pdata[kept++] = checkpoint;
        }
      /* The pointers behind them have moved or are gone. */
      memset (all->pdata + kept, 0, (all->len - kept) * sizeof (gpointer));
      g_ptr_array_set_size (all, (int)kept);
    }
}

/* In the last stretch. */
static void
add_checkpoint (EwTimeline *timeline, guint64 epoch, double loss, const double *state, gboolean pinned)
{
  const Stretch *now = stretch (timeline, timeline->stretches->len - 1);
  EwCheckpoint *checkpoint = g_malloc (sizeof *checkpoint + now->n_state * sizeof (double));

  checkpoint->epoch = epoch;
  checkpoint->loss = loss;
  checkpoint->pinned = pinned;
  checkpoint->recipe = now->regime.recipe;
  checkpoint->n_state = now->n_state;
  memcpy (checkpoint->state, state, now->n_state * sizeof (double));
  g_ptr_array_add (timeline->checkpoints, checkpoint);
  if (timeline->checkpoints->len > timeline->checkpoints_max)
    thin_out (timeline);
}

/* One stretch fewer: the two neighbours that are shortest together become one of which no regime is known. The last one
 * stays, since the run goes on in it. */
static void
forget_regimes (EwTimeline *timeline)
{
  guint best = 0;
  guint64 shortest = G_MAXUINT64;

  for (guint k = 0; k + 2 < timeline->stretches->len; k++)
    {
      guint64 length = stretch (timeline, k + 2)->first - stretch (timeline, k)->first;

      if (length < shortest)
        {
          shortest = length;
          best = k;
        }
    }

  int at = find_checkpoint (timeline, stretch (timeline, best + 1)->first);

  ((EwCheckpoint *)timeline->checkpoints->pdata[at])->pinned = FALSE;
  stretch (timeline, best)->known = FALSE;
  g_array_remove_index (timeline->stretches, best + 1);
}

/* Forgets what comes after @epoch, and the checkpoint and the stretch that begin at it. */
static void
cut (EwTimeline *timeline, guint64 epoch)
{
  int checkpoints = find_checkpoint (timeline, epoch) + 1;
  int stretches = find_stretch (timeline, epoch) + 1;

  if (checkpoints > 0 && checkpoint_epoch (timeline, checkpoints - 1) == epoch)
    checkpoints--;
  if (stretches > 0 && stretch_first (timeline, stretches - 1) == epoch)
    stretches--;
  g_ptr_array_set_size (timeline->checkpoints, checkpoints);
  g_array_set_size (timeline->stretches, (guint)stretches);
  ew_tail_cut (&timeline->losses, epoch);
  ew_tail_cut (&timeline->params, epoch);
  timeline->last = epoch;
}

void
ew_timeline_begin (EwTimeline *timeline, guint64 epoch, double loss, const double *state, int n_state,
                   const EwRegime *regime)
{
  Stretch fresh = { epoch, *regime, n_state, TRUE };

  if (n_state > timeline->n_state)
    allow_for (timeline, n_state);

  cut (timeline, epoch);
  /* A run whose first regime was given up before its first epoch begins where this one does. */
  g_array_append_val (timeline->stretches, fresh);
  add_checkpoint (timeline, epoch, loss, state, TRUE);
  ew_tail_add (&timeline->losses, epoch, &loss);
  ew_tail_add (&timeline->params, epoch, state);
  if (timeline->stretches->len > EW_TIMELINE_REGIMES)
    forget_regimes (timeline);
}

void
ew_timeline_add (EwTimeline *timeline, guint64 epoch, double loss, const double *params)
{
  ew_tail_add (&timeline->losses, epoch, &loss);
  ew_tail_add (&timeline->params, epoch, params);
  timeline->last = epoch;
}

void
ew_timeline_checkpoint (EwTimeline *timeline, guint64 epoch, double loss, const double *state)
{
  guint n = timeline->checkpoints->len;

  if (epoch - checkpoint_epoch (timeline, (int)n - 1) >= timeline->spacing)
    add_checkpoint (timeline, epoch, loss, state, FALSE);
}

guint64
ew_timeline_first_epoch (const EwTimeline *timeline)
{
  return timeline->checkpoints->len == 0 ? 0 : checkpoint_epoch (timeline, 0);
}

guint64
ew_timeline_last_epoch (const EwTimeline *timeline)
{
  return timeline->last;
}

gboolean
ew_timeline_is_whole (const EwTimeline *timeline, guint64 epoch)
{
  int at = find_stretch (timeline, epoch);

  return at >= 0 && stretch (timeline, (guint)at)->known
         && stretch (timeline, (guint)at)->n_state == timeline->n_params;
}

const EwCheckpoint *
ew_timeline_before (const EwTimeline *timeline, guint64 epoch)
{
  int at = find_checkpoint (timeline, epoch);

  return at < 0 ? NULL : timeline->checkpoints->pdata[at];
}

gboolean
ew_timeline_look_up (const EwTimeline *timeline, guint64 epoch, double *loss, double *params)
{
  const double *kept_loss = ew_tail_find (&timeline->losses, epoch);
  const double *kept = ew_tail_find (&timeline->params, epoch);
  const EwCheckpoint *checkpoint = ew_timeline_before (timeline, epoch);

  if (checkpoint != NULL && checkpoint->epoch == epoch)
    {
      kept_loss = &checkpoint->loss;
      kept = checkpoint->state;
    }
  if ((params != NULL && kept == NULL) || (loss != NULL && kept_loss == NULL) || epoch > timeline->last)
    return FALSE;
  if (loss != NULL)
    *loss = *kept_loss;
  if (params != NULL)
    memcpy (params, kept, timeline->n_params * sizeof (double));
  return TRUE;
}

gboolean
ew_timeline_regime (const EwTimeline *timeline, guint64 epoch, EwRegime *regime, guint64 *until)
{
  int at = find_stretch (timeline, epoch);

  if (at < 0)
    return FALSE;
  *regime = stretch (timeline, (guint)at)->regime;
  *until = at + 1 < (int)timeline->stretches->len ? stretch_first (timeline, at + 1) : timeline->last;
  /* Only the first epoch of a stretch can have been done by itself. */
  regime->by_itself = regime->by_itself && epoch == stretch_first (timeline, at);
  return stretch (timeline, (guint)at)->known;
}

guint64
ew_timeline_nearest (const EwTimeline *timeline, guint64 epoch)
{
  guint64 wanted = CLAMP (epoch, ew_timeline_first_epoch (timeline), timeline->last);
  int at = wanted == 0 ? 0 : find_stretch (timeline, wanted - 1);

  if (at < 0 || stretch (timeline, (guint)at)->known || ew_tail_find (&timeline->params, wanted) != NULL)
    return wanted;
  return ew_timeline_before (timeline, wanted)->epoch;
}
