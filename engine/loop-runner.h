/* EwRunner: what the loop's thread does, without the thread: a task, its trainer, and when to run which
 * epoch. Internal to the loop; everything here happens on its thread. */
#pragma once

#include "engine/held.h"
#include "engine/loop.h"
#include "engine/timeline.h"
#include "engine/trainer.h"
#include "engine/viewer.h"
#include "engine/walk.h"

G_BEGIN_DECLS

typedef void (*EwRunnerNotify) (EwNoticeKind kind, char *sentence, gpointer data);

/* The epochs behind the run's end, see loop-past.h. */
typedef struct
{
  EwTimeline *timeline;
  int batch; /* epochs a slice of a replay */

  gboolean shown;    /* an earlier epoch instead of the end */
  guint64 asked;     /* which one */
  gboolean seeking;  /* on the way to it */
  gboolean foreseen; /* its closed form is shown meanwhile */
  EwSeek seek;
  guint64 shown_epoch; /* what is shown: the last one that was reached */
  double shown_loss;
  gboolean shown_exact;
  double *shown_params;

  double playing; /* epochs a second; 0: not */
  double play_from;
  gint64 play_ns;
  gint64 tick_ns;

  gboolean branching; /* as soon as it is reached */
  EwKernel *edit;     /* and with these weights; NULL: its own */
  gboolean rebuilding;
  guint64 rebuilt_loss; /* the first epoch that is missing in the curves; likewise in that of what is held out */
  guint64 rebuilt_held;
  EwWalk rebuilt;

  gboolean reading; /* on the way to read_asked */
  guint64 read_asked;
  EwSeek read;
  gboolean has_read;
  guint64 read_epoch;
  double read_loss;
  gboolean read_exact;
  double *read_params;

  gboolean exporting;
  EwExport request;
  EwWalk handed;
} EwPast;

typedef struct
{
  EwDevices *devices;
  EwViewer *viewer;
  EwRunnerNotify notify;
  gpointer data;
  int device_failures;    /* told so far */
  EwCancel *cancel_load;  /* a newer task, or the end */
  EwCancel *cancel_epoch; /* any command that replaces state */

  guint64 generation;
  guint64 task;
  guint64 loading;    /* the task that was tried last */
  EwProblem *problem; /* all samples; NULL: no task */
  EwProblem *learned; /* those that are learned from */
  EwProblem *train;   /* what of them is, rows that are held out apart */
  EwTrainer *trainer;
  EwHistory *history;
  EwPast past;
  gboolean optimum_tried;
  gint64 busy_ns;  /* when something was last done */
  gboolean rested; /* the device has given its memory back since */
  gboolean handed_out; /* the last slice was one of handing out: training's turn */

  EwRecipe *recipe;        /* as it was asked for: its ridge is a strength */
  gboolean recipe_pending; /* the trainer does not have it yet */
  gboolean choosing;       /* a ridge strength is to be chosen */
  guint64 ridge_choices;   /* made so far */
  double ridge_scale;      /* ρ of strength 1; NaN: not known yet */
  EwHeld *held;            /* NULL: nothing is held out */
  EwCurves *held_curves;   /* of epoch `held_epoch`; NULL: stale */
  guint64 held_epoch;
  gint64 started_ns;       /* when learning was last begun */

  double asked_rate; /* 0: automatic */
  double rate_limit; /* NaN: not known yet */
  guint64 epoch_limit;
  guint64 stop_at; /* the epoch at which training pauses; 0: never */
  gboolean preparing;
  gboolean running;
  gboolean failed; /* the limit could not be computed; not tried again */
  int steps_left;  /* epochs asked for one by one, paused or not */
  EwStopReason stop;

  double speed;  /* epochs a second; may be infinite */
  gint64 due_ns; /* when the next epoch is due */
  int batch;     /* epochs a slice at full speed */

  gint64 measured_ns; /* epochs a second: where the present measurement began */
  guint64 measured_epoch;
  double epochs_per_second;
  double step_ms;

  int sample;
  EwCurves *curves; /* of epoch `curves_epoch`; NULL: stale */
  guint64 curves_epoch;
} EwRunner;

void ew_runner_init (EwRunner *runner, EwDevices *devices, EwViewer *viewer, EwRunnerNotify notify, gpointer data,
                     EwCancel *cancel_load, EwCancel *cancel_epoch);
void ew_runner_finish (EwRunner *runner);

/* The commands. A task that cannot be used is told by a notice and changes nothing. */
void ew_runner_set_task (EwRunner *runner, const EwTask *task, guint64 number);
void ew_runner_start (EwRunner *runner);
void ew_runner_pause (EwRunner *runner);
void ew_runner_step (EwRunner *runner, int epochs);
void ew_runner_reset (EwRunner *runner);
void ew_runner_set_kernel (EwRunner *runner, const EwKernel *kernel);
void ew_runner_set_rate (EwRunner *runner, double rate);
void ew_runner_set_epoch_limit (EwRunner *runner, guint64 epochs);
void ew_runner_set_speed (EwRunner *runner, double epochs_per_second);
void ew_runner_set_device (EwRunner *runner, const char *id);
void ew_runner_set_sample (EwRunner *runner, int sample);

/* What is to be done next: nothing (−1), or in how many nanoseconds (0: now). */
gint64 ew_runner_next (const EwRunner *runner);

/* Does a slice of it, some milliseconds or one epoch. TRUE where the result should be shown without delay. */
gboolean ew_runner_work (EwRunner *runner);

/* The present state, with curves; transfer full. Tells the viewer what is to be seen. */
EwSnapshot *ew_runner_snapshot (EwRunner *runner);

/* Shared by the two halves of the runner. */
void ew_runner_stop (EwRunner *runner, EwStopReason reason);
void ew_runner_apply_rate (EwRunner *runner);
/* Hands an error to the user, but for a cancelled piece of work, which somebody asked for. Takes @error. */
void ew_runner_tell (EwRunner *runner, EwNoticeKind kind, GError *error);

/* Nanoseconds of the monotonic clock. */
gint64 ew_loop_now_ns (void);

G_END_DECLS
