/* EwSeek: lookups and replays. */
#include "engine/seek.h"

#include <string.h>

void
ew_seek_clear (EwSeek *seek)
{
  g_clear_pointer (&seek->state, g_free);
  seek->valid = FALSE;
}

void
ew_seek_forget (EwSeek *seek)
{
  seek->valid = FALSE;
}

/* Stands at a checkpoint. */
static void
stand_at (EwSeek *seek, const EwCheckpoint *checkpoint)
{
  memcpy (seek->state, checkpoint->state, (size_t)checkpoint->n_state * sizeof (double));
  seek->epoch = checkpoint->epoch;
  seek->loss = checkpoint->loss;
  seek->recipe = checkpoint->recipe;
  seek->exact = seek->valid = TRUE;
  seek->looked_up = FALSE;
}

void
ew_seek_start (EwSeek *seek, EwTrainer *trainer, const EwTimeline *timeline, guint64 epoch, gboolean whole)
{
  const EwCheckpoint *from = ew_timeline_before (timeline, epoch);
  gboolean is_whole = ew_timeline_is_whole (timeline, epoch);
  EwRegime regime;
  guint64 until;

  whole = whole && !is_whole;
  if (seek->state == NULL)
    seek->state = g_new (double, ew_trainer_state_max (trainer));
  if (seek->valid && seek->exact && seek->epoch == epoch && !(whole && seek->looked_up))
    return;
  if (!whole && from->epoch != epoch && ew_timeline_look_up (timeline, epoch, &seek->loss, seek->state))
    {
      seek->epoch = epoch;
      seek->exact = seek->valid = TRUE;
      seek->looked_up = !is_whole;
      ew_timeline_regime (timeline, epoch, &regime, &until);
      seek->recipe = regime.recipe;
      return;
    }
  /* On from where it stands is nearer than from the checkpoint. */
  if (seek->valid && !seek->looked_up && seek->epoch <= epoch && seek->epoch > from->epoch)
    return;
  stand_at (seek, from);
}

gboolean
ew_seek_advance (EwSeek *seek, EwTrainer *trainer, const EwTimeline *timeline, guint64 target, int epochs,
                 EwEpochFunc func, gpointer data, EwCancel *cancel, GError **error)
{
  while (epochs > 0 && seek->epoch < target)
    {
      guint64 until;
      EwReplay replay
          = { .epoch = seek->epoch, .state = seek->state, .loss = seek->loss, .exact = seek->exact };

      if (!ew_timeline_regime (timeline, seek->epoch, &replay.regime, &until))
        {
          g_set_error_literal (error, EW_ERROR, EW_ERROR_DATA,
                               "The rate was changed too often to say how these epochs were done.");
          return FALSE;
        }
      /* Where a regime ends the weights may have been set: that is a checkpoint. */
      replay.epochs = (int)MIN ((guint64)epochs, MIN (target, until) - seek->epoch);

      gboolean ok = ew_trainer_replay (trainer, &replay, func, data, cancel, error);

      epochs -= (int)(replay.epoch - seek->epoch);
      seek->epoch = replay.epoch;
      seek->loss = replay.loss;
      seek->exact = replay.exact;
      if (!ok)
        return FALSE;
      if (seek->epoch == until && until < ew_timeline_last_epoch (timeline))
        stand_at (seek, ew_timeline_before (timeline, until));
    }
  return TRUE;
}
