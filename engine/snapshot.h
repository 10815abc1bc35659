/* EwSnapshot: the state of training at one moment, as the window shows it; its pictures come beside it, see
 * EwPictures. Data only, immutable. */
#pragma once

#include "engine/geometry.h"
#include "engine/grid.h"
#include "engine/history.h"
#include "engine/kernel.h"
#include "engine/loss.h"

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
  EW_STOP_CONVERGED,
  EW_STOP_DIVERGED,
  EW_STOP_FAILED,
} EwStopReason;

/**
 * EwSnapshot:
 * @generation: of the newest command that this snapshot reflects
 * @task: number of the task it belongs to; the window drops snapshots of other tasks
 * @state: what the loop is doing
 * @stop: why it is paused
 * @epoch: epochs done
 * @epoch_limit: where it pauses by itself; 0: nowhere
 * @loss: of the last epoch, before its update; NaN before the first
 * @loss_kind: sum or mean
 * @rate: in use; NaN while the automatic rate is not known yet
 * @rate_limit: see ew_trainer_rate_limit; NaN while not known
 * @epochs_per_second: measured over the last half second; 0 when paused
 * @by_gram: epochs are done on the Gram matrix
 * @device: name of the device in use, NULL without a task
 * @device_choice: "auto", "cpu", "cuda"
 * @kernel: present weights and bias; NULL without a task
 * @curves: loss and weights by epoch; NULL without a task
 * @n_samples: samples of the task
 * @sample: the sample that is shown
 * @geometry: how the kernel is laid over the input
 * @x: the shown sample's input, whole; NULL without a task
 * @y: its target, whole; NULL without a task
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
  guint64 epoch_limit;
  double loss;
  EwLoss loss_kind;
  double rate;
  double rate_limit;
  double epochs_per_second;
  gboolean by_gram;
  char *device;
  char *device_choice;
  EwKernel *kernel;
  EwCurves *curves;
  int n_samples;
  int sample;
  EwGeometry geometry;
  EwGrid *x;
  EwGrid *y;
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
