/* EwSeek: the way to an epoch of a run's time line: looked up where it is kept, else replayed from a checkpoint, in
 * slices. */
#pragma once

#include "engine/timeline.h"
#include "engine/trainer.h"

G_BEGIN_DECLS

/**
 * EwSeek:
 * @epoch: where it stands
 * @loss: of that epoch
 * @exact: its numbers are those of training, bit for bit
 * @valid: it stands somewhere
 * @recipe: of the regime that the state is of
 * @state: the state there; only the parameters where @looked_up
 *
 * One traveller over a time line; zeros at the start. Epochs that follow each other are reached from one another.
 */
typedef struct
{
  guint64 epoch;
  double loss;
  gboolean exact;
  gboolean valid;
  gboolean looked_up;
  int recipe;
  double *state;
} EwSeek;

void ew_seek_clear (EwSeek *seek);

/* Forgets where it stands: what comes after it in the time line has changed. */
void ew_seek_forget (EwSeek *seek);

/* Stands at @epoch, or as near before it as can be had without computing; what is left is for ew_seek_advance. @epoch is
 * one that ew_timeline_nearest gave. @whole: with the whole state, so that it can go on from there. */
void ew_seek_start (EwSeek *seek, EwTrainer *trainer, const EwTimeline *timeline, guint64 epoch, gboolean whole);

/* Does up to @epochs epochs towards @target, which ew_seek_start was given, or on to any later one from a whole state. Stands there where seek->epoch is the target.
 * FALSE: EW_ERROR_CANCELLED (as far as it came it stands), EW_ERROR_DATA where the epochs can no longer be computed, or as
 * ew_trainer_replay. */
gboolean ew_seek_advance (EwSeek *seek, EwTrainer *trainer, const EwTimeline *timeline, guint64 target, int epochs,
                          EwEpochFunc func, gpointer data, EwCancel *cancel, GError **error);

G_END_DECLS
