/* EwTimeline: what makes every epoch of a run available again: the last ones as they were, and, from checkpoints on, how
 * the others were done. */
#pragma once

#include "engine/regime.h"

G_BEGIN_DECLS

/* Losses that are kept as they were. Weights are kept for as many epochs where they fit into 16 MB: up to 32 of them. */
#define EW_TIMELINE_TAIL 65536

/* Changes of the regime that are kept; where there were more, epochs between the shortest of them can no longer be
 * recomputed, only looked up where they are kept. */
#define EW_TIMELINE_REGIMES 256

typedef struct _EwTimeline EwTimeline;

/**
 * EwCheckpoint:
 * @epoch: the epochs done
 * @loss: of the last of them; NaN before the first
 * @pinned: a regime begins here
 * @recipe: of the regime that it is in: it says what the state holds
 * @n_state: values of it
 * @state: all that the next epochs depend on: the parameters, and behind them whatever the recipe needs
 */
typedef struct
{
  guint64 epoch;
  double loss;
  gboolean pinned;
  int recipe;
  int n_state;
  double state[];
} EwCheckpoint;

/* A time line of runs with @n_params parameters, the first values of every state. Its memory is bounded by 16.5 MB for the
 * last epochs, and 32 MB for the checkpoints or, where they are larger, 512 of them; it grows as it is needed. A checkpoint
 * more than there is room for makes every other one go. */
EwTimeline *ew_timeline_new (int n_params);
void ew_timeline_free (EwTimeline *timeline);

/* After @epoch, whose loss was @loss, the run goes on from @state (@n_state values) in @regime. What was recorded for later epochs is
 * forgotten, and what was for @epoch itself is replaced: the weights may have been set by hand. */
void ew_timeline_begin (EwTimeline *timeline, guint64 epoch, double loss, const double *state, int n_state,
                        const EwRegime *regime);

/* Records an epoch; they come in order, without gaps, after what was begun. */
void ew_timeline_add (EwTimeline *timeline, guint64 epoch, double loss, const double *params);

/* Records the whole state after @epoch, the last one added, if it is time for it again. It is as large as the regime's
 * first. */
void ew_timeline_checkpoint (EwTimeline *timeline, guint64 epoch, double loss, const double *state);

guint64 ew_timeline_first_epoch (const EwTimeline *timeline);
guint64 ew_timeline_last_epoch (const EwTimeline *timeline);

/* Looks an epoch up; FALSE where it is not kept as it was. @loss and @params (n_params) may be NULL. */
gboolean ew_timeline_look_up (const EwTimeline *timeline, guint64 epoch, double *loss, double *params);

/* Whether the parameters are the whole state at @epoch. */
gboolean ew_timeline_is_whole (const EwTimeline *timeline, guint64 epoch);

/* The checkpoint at or before @epoch, owned by the time line until it is changed; never NULL once something was begun. */
const EwCheckpoint *ew_timeline_before (const EwTimeline *timeline, guint64 epoch);

/* How the epochs after @epoch were done; *until is the last of them that was done so. FALSE where that is not known any
 * more. */
gboolean ew_timeline_regime (const EwTimeline *timeline, guint64 epoch, EwRegime *regime, guint64 *until);

/* The latest epoch up to @epoch that is kept or can be recomputed. */
guint64 ew_timeline_nearest (const EwTimeline *timeline, guint64 epoch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwTimeline, ew_timeline_free)

G_END_DECLS
