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
 * @first_epoch: the epoch of the first point's start; 1 for a fresh run
 * @span: epochs that each point covers (a power of two; the last point may cover fewer)
 * @last_epoch: the last epoch recorded
 * @loss_min: n_points: smallest loss within each point; NaN where none was finite; @loss_max alike
 * @weight_min: n_weights × n_points, curve by curve: smallest value of a weight within each point; @weight_max alike
 *
 * Point p covers epochs first_epoch + p·span … first_epoch + (p+1)·span − 1. No epoch's extreme is lost. Immutable.
 */
typedef struct
{
  EwRefs refs;
  int n_points;
  int n_weights;
  guint64 first_epoch;
  guint64 span;
  guint64 last_epoch;
  double *loss_min;
  double *loss_max;
  float *weight_min;
  float *weight_max;
} EwCurves;

typedef struct _EwHistory EwHistory;

/* An empty history of runs with n_params parameters. Its memory is bounded by 4 MB. */
EwHistory *ew_history_new (int n_params);
void ew_history_free (EwHistory *history);

/* Records the loss of @epoch and the weights after it. Epochs are given in order, without gaps. */
void ew_history_add (EwHistory *history, guint64 epoch, double loss, const double *params);

/* Forgets everything. */
void ew_history_clear (EwHistory *history);

/* What has been recorded, transfer full. */
EwCurves *ew_history_curves (const EwHistory *history);

EwCurves *ew_curves_ref (EwCurves *curves);
void ew_curves_unref (EwCurves *curves);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwHistory, ew_history_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwCurves, ew_curves_unref)

G_END_DECLS
