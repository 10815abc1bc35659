/* EwSnapshot: the state of training at one moment, as the window shows it; its pictures come beside it, see
 * EwPictures. Data only, immutable. */
#pragma once

#include "engine/geometry.h"
#include "engine/gram.h"
#include "engine/grid.h"
#include "engine/history.h"
#include "engine/kernel.h"
#include "engine/problem.h"
#include "engine/recipe.h"

G_BEGIN_DECLS

typedef enum
{
  EW_RUN_EMPTY,     /* no task yet */
  EW_RUN_PREPARING, /* a task is being loaded */
  EW_RUN_PAUSED,
  EW_RUN_RUNNING,
} EwRunState;

/* Why training is paused. */
typedef enum
{
  EW_STOP_NONE, /* on request, or not started */
  EW_STOP_EPOCHS,
  EW_STOP_CONVERGED, /* the weights no longer change, or all is done */
  EW_STOP_SLOPE,     /* the gradient is as short as the recipe's stop_gradient */
  EW_STOP_CHANGE,    /* the loss changes by no more than its stop_change */
  EW_STOP_TIME,      /* its stop_seconds are over */
  EW_STOP_DIVERGED,
  EW_STOP_FAILED,
} EwStopReason;

/* A run's weights and loss at one of its epochs. */
typedef struct
{
  guint64 epoch;
  double loss;      /* of that epoch, before its update; NaN at epoch 0 */
  gboolean exact;   /* bit for bit what training had; else within rounding of it */
  EwKernel *kernel; /* NULL: nothing was asked for, or it is not there yet */
} EwReading;

/**
 * EwSnapshot:
 * @generation: of the newest command that this snapshot reflects
 * @task: number of the task it belongs to; the window drops snapshots of other tasks
 * @state: what the loop is doing
 * @stop: why it is paused
 * @epoch: epochs done
 * @past: what is shown is not the end of the run but an earlier epoch of it, or on its way there
 * @shown_epoch: the epoch of @kernel, @loss and the pictures; @epoch where not @past
 * @shown_exact: those are bit for bit what training had then; else within 1e-11 of it, until the exact ones are there
 * @asked_epoch: the one that was asked for; while another one is shown it is on its way
 * @playing: epochs a second at which the shown epoch moves on by itself, negative backwards; 0: it does not
 * @rebuilding: after a branch the curves are being made anew, and training waits for that
 * @epoch_limit: where it pauses by itself; 0: nowhere
 * @loss: of the shown epoch, before its update; NaN before the first
 * @loss_kind: sum or mean
 * @recipe: as the loop was last given it (its ridge is a strength), but with the kind of loss and the rate in use; without
 *   its fixed taps
 * @ridge_choices: how often a strength was chosen by ew_loop_choose_ridge
 * @held_curves: the loss of what is held out in loss_min and loss_max, before each epoch's update as the training's is, and
 *   on its scale; NULL where nothing is
 * @held_loss: it at the run's end, after the last update; NaN while it is not known
 * @rate: in use; NaN while the automatic rate is not known yet, and where the rule has none
 * @rate_limit: see ew_trainer_rate_limit; NaN while not known
 * @epochs_per_second: measured over the last half second; 0 when paused
 * @step_ms: milliseconds that an epoch took to compute, lately; 0 before the first
 * @by_gram: epochs are done on the Gram matrix
 * @device: name of the device in use, NULL without a task
 * @device_choice: "auto", "cpu", "cuda"
 * @kernel: weights and bias at the shown epoch; NULL without a task
 * @curves: loss and weights by epoch; NULL without a task
 * @start: the weights at epoch 0; NULL without a task
 * @gram: its Gram sums; NULL while training has none
 * @optimum: the least-squares optimum; NULL while it is not known
 * @optimum_loss: its loss
 * @reading: the numbers of the epoch that was asked for last with ew_loop_read_epoch
 * @n_samples: samples of the task
 * @sample: the sample that is shown
 * @geometry: how the kernel is laid over the input
 * @x: the shown sample's input, whole; NULL without a task
 * @y: its target, whole; NULL without a task
 * @problem: the samples that are learned from, with their masks and with rows that are held out; NULL without a task
 * @whole: all samples, those of EW_USE_HELD and EW_USE_SHOW too
 * @input_height: size of the shown sample's input, in pixels; likewise @input_width, @output_height and @output_width
 */
typedef struct
{
  EwRefs refs;
  guint64 generation;
  guint64 task;
  EwRunState state;
  EwStopReason stop;
  guint64 epoch;
  gboolean past;
  guint64 shown_epoch;
  gboolean shown_exact;
  guint64 asked_epoch;
  double playing;
  gboolean rebuilding;
  guint64 epoch_limit;
  double loss;
  EwLoss loss_kind;
  EwRecipe recipe;
  guint64 ridge_choices;
  EwCurves *held_curves;
  double held_loss;
  double rate;
  double rate_limit;
  double epochs_per_second;
  double step_ms;
  gboolean by_gram;
  char *device;
  char *device_choice;
  EwKernel *kernel;
  EwCurves *curves;
  EwKernel *start;
  EwGram *gram;
  EwKernel *optimum;
  double optimum_loss;
  EwReading reading;
  int n_samples;
  int sample;
  EwGeometry geometry;
  EwGrid *x;
  EwGrid *y;
  EwProblem *problem;
  EwProblem *whole;
  int input_height;
  int input_width;
  int output_height;
  int output_width;
} EwSnapshot;

EwSnapshot *ew_snapshot_new (void);
EwSnapshot *ew_snapshot_ref (EwSnapshot *snapshot);
void ew_snapshot_unref (EwSnapshot *snapshot);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwSnapshot, ew_snapshot_unref)

G_END_DECLS
