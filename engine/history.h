/* EwHistory: loss and weights by epoch in bounded memory, and EwCurves, a frozen copy of it for drawing. */
#pragma once

#include "engine/refs.h"

G_BEGIN_DECLS

/* How many weight curves are kept; a larger kernel shows its first ones, row by row. */
#define EW_CURVES_MAX 256

/**
 * EwCurves:
 * @n_points: points along the epochs, 0 … a few thousand
 * @n_weights: weight curves: min(n_params, EW_CURVES_MAX)
 * @starts: n_points: the first epoch of each point, ascending; point p covers starts[p] … starts[p+1] − 1, the last one
 *   up to @last_epoch
 * @first_epoch: starts[0]; 1 for a fresh run
 * @span: epochs that each of the last points covers (a power of two; the very last may cover fewer). The points before
 *   them are finer, so that a log axis has some at every octave
 * @last_epoch: the last epoch recorded
 * @loss_min: n_points: smallest loss within each point; NaN where none was finite; @loss_max alike
 * @weight_min: n_weights × n_points, curve by curve: smallest value of a weight within each point; @weight_max alike
 *
 * No epoch's extreme is lost. Immutable.
 */
typedef struct
{
  EwRefs refs;
  int n_points;
  int n_weights;
  guint64 *starts;
  guint64 first_epoch;
  guint64 span;
  guint64 last_epoch;
  double *loss_min;
  double *loss_max;
  float *weight_min;
  float *weight_max;
} EwCurves;

typedef struct _EwHistory EwHistory;

/* An empty history of runs with n_params parameters. Its memory is bounded by 4 MB for the last points and, as the epochs
 * double, an eighth of that for each further octave of older ones' finer points: 8 MB at 10¹² epochs. */
EwHistory *ew_history_new (int n_params);
void ew_history_free (EwHistory *history);

/* Records the loss of @epoch and the weights after it. Epochs are given in order, without gaps. */
void ew_history_add (EwHistory *history, guint64 epoch, double loss, const double *params);

/* Forgets the epochs after @epoch, and as many before it as must be recorded anew for points as fine as those of a run of
 * that length. Returns the first of them: it and all up to @epoch are to be added next, epoch + 1 where nothing is
 * missing. */
guint64 ew_history_cut (EwHistory *history, guint64 epoch);

/* Forgets everything. */
void ew_history_clear (EwHistory *history);

/* What has been recorded, transfer full. */
EwCurves *ew_history_curves (const EwHistory *history);

/* The point that covers @epoch, −1 where none does. */
int ew_curves_find (const EwCurves *curves, guint64 epoch);

EwCurves *ew_curves_ref (EwCurves *curves);
void ew_curves_unref (EwCurves *curves);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwHistory, ew_history_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwCurves, ew_curves_unref)

G_END_DECLS
