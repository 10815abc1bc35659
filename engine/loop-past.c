/* EwRunner's past: which epoch is shown, and how it is reached. Branching and handing out are in loop-branch.c. */
#include "engine/loop-past.h"

#include <math.h>
#include <string.h>

#define SECOND_NS 1000000000.0

/* A slice of a replay lasts about this long; a playback's steps are as far apart as frames. */
#define SLICE_NS  500000.0
#define FRAME_NS  16000000
#define BATCH_MAX (1 << 16)

/* Called by the trainer: its next epochs depend on something new. */
static void
on_changed (gpointer data)
{
  EwRunner *runner = data;
  EwPast *past = &runner->past;
  guint64 epoch = ew_trainer_epoch (runner->trainer);
  double loss = ew_trainer_loss (runner->trainer);
  g_autofree double *state = g_new (double, ew_trainer_state_size (runner->trainer));
  EwRegime regime;

  ew_trainer_save (runner->trainer, state);
  ew_trainer_regime (runner->trainer, &regime);
  /* The loss that showed a divergence is not the epoch's own. */
  if (ew_trainer_state (runner->trainer) == EW_TRAINER_DIVERGED)
    ew_timeline_look_up (past->timeline, epoch, &loss, NULL);
  if (past->seek.epoch >= epoch)
    ew_seek_forget (&past->seek);
  if (past->read.epoch >= epoch)
    ew_seek_forget (&past->read);
  if (past->exporting && epoch < past->handed.last)
    ew_past_end_export (runner, EW_ERROR_CANCELLED);
  if (runner->held != NULL)
    ew_held_look (runner->held, state);
  ew_timeline_begin (past->timeline, epoch, loss, state, ew_trainer_state_size (runner->trainer), &regime);
}

void
ew_past_init (EwRunner *runner)
{
  EwPast *past = &runner->past;

  *past = (EwPast){ .timeline = ew_timeline_new (runner->problem->n_params), .batch = 16 };
  past->shown_params = g_new (double, runner->problem->n_params);
  past->read_params = g_new (double, runner->problem->n_params);
  ew_trainer_set_watch (runner->trainer, on_changed, runner);
  on_changed (runner);
}

void
ew_past_finish (EwRunner *runner)
{
  EwPast *past = &runner->past;

  if (past->exporting)
    ew_past_end_export (runner, EW_ERROR_CANCELLED);
  ew_seek_clear (&past->seek);
  ew_seek_clear (&past->read);
  ew_walk_clear (&past->rebuilt);
  ew_walk_clear (&past->handed);
  g_clear_pointer (&past->shown_params, g_free);
  g_clear_pointer (&past->read_params, g_free);
  g_clear_pointer (&past->edit, ew_kernel_unref);
  g_clear_pointer (&past->timeline, ew_timeline_free);
}

void
ew_past_leave (EwRunner *runner)
{
  EwPast *past = &runner->past;

  past->shown = past->seeking = past->branching = FALSE;
  past->playing = 0;
  g_clear_pointer (&past->edit, ew_kernel_unref);
}

static void
take_shown (EwRunner *runner, guint64 epoch, double loss, gboolean exact, const double *params)
{
  EwPast *past = &runner->past;

  past->shown_epoch = epoch;
  past->shown_loss = loss;
  past->shown_exact = exact;
  memmove (past->shown_params, params, runner->problem->n_params * sizeof (double));
}

/* The epoch that was asked for is there. */
static void
arrive (EwRunner *runner)
{
  EwPast *past = &runner->past;

  past->seeking = FALSE;
  take_shown (runner, past->seek.epoch, past->seek.loss, past->seek.exact, past->seek.state);
  if (past->branching)
    ew_past_branch (runner);
}

static void
show (EwRunner *runner, guint64 epoch)
{
  EwPast *past = &runner->past;

  if (epoch >= ew_timeline_last_epoch (past->timeline))
    {
      ew_past_leave (runner);
      return;
    }
  /* Until another one is there the end of the run is what is seen. */
  if (!past->shown)
    take_shown (runner, ew_trainer_epoch (runner->trainer), ew_trainer_loss (runner->trainer), TRUE,
                ew_trainer_params (runner->trainer));
  past->shown = TRUE;
  past->asked = ew_timeline_nearest (past->timeline, epoch);
  past->foreseen = FALSE;
  past->seeking = TRUE;
  ew_seek_start (&past->seek, runner->trainer, past->timeline, past->asked, past->branching);
  if (past->seek.epoch == past->asked)
    arrive (runner);
}

static void
pause_training (EwRunner *runner)
{
  if (runner->running || runner->steps_left > 0)
    ew_runner_stop (runner, EW_STOP_NONE);
}

void
ew_past_show (EwRunner *runner, guint64 epoch)
{
  if (runner->trainer == NULL)
    return;
  pause_training (runner);
  runner->past.playing = 0;
  runner->past.branching = FALSE;
  g_clear_pointer (&runner->past.edit, ew_kernel_unref);
  show (runner, epoch);
}

void
ew_past_play (EwRunner *runner, double epochs_per_second)
{
  EwPast *past = &runner->past;

  if (runner->trainer == NULL)
    return;

  double last = (double)ew_timeline_last_epoch (past->timeline);
  guint64 from = past->shown ? past->asked : ew_timeline_last_epoch (past->timeline);

  pause_training (runner);
  past->playing = 0;
  if (epochs_per_second == 0 || last == 0)
    return;
  if (epochs_per_second > 0 && !past->shown)
    show (runner, from = 0);
  if (isinf (epochs_per_second))
    epochs_per_second = copysign (fmax (last / EW_PLAY_SECONDS, 1), epochs_per_second);
  past->playing = epochs_per_second;
  past->play_from = (double)from;
  past->play_ns = past->tick_ns = ew_loop_now_ns ();
}

/* Shows the epoch that is due, once the one before is there or foreseen. Playing goes no faster than that. */
static gboolean
tick (EwRunner *runner)
{
  EwPast *past = &runner->past;
  gint64 now = ew_loop_now_ns ();
  double epoch = floor (past->play_from + past->playing * (double)(now - past->play_ns) / SECOND_NS);
  double last = (double)ew_timeline_last_epoch (past->timeline);

  past->tick_ns = now + FRAME_NS;
  if (epoch <= 0 && past->playing < 0)
    past->playing = 0;
  if (epoch >= last)
    ew_past_leave (runner);
  else if (!past->shown || (guint64)fmax (epoch, 0) != past->asked)
    show (runner, (guint64)fmax (epoch, 0));
  else
    return FALSE;
  ew_past_settle (runner);
  return TRUE;
}

void
ew_past_read (EwRunner *runner, guint64 epoch)
{
  EwPast *past = &runner->past;

  if (runner->trainer == NULL)
    return;
  past->read_asked = ew_timeline_nearest (past->timeline, epoch);
  past->reading = TRUE;
  ew_seek_start (&past->read, runner->trainer, past->timeline, past->read_asked, FALSE);
}

/* Adapts the number of epochs so that a slice takes SLICE_NS. */
static void
adapt (EwPast *past, double done, gint64 start)
{
  double took = (double)(ew_loop_now_ns () - start) + 1;

  if (done >= past->batch || took > SLICE_NS)
    past->batch = (int)CLAMP (fmin (done * SLICE_NS / took, 4.0 * past->batch), 1, BATCH_MAX);
}

/* A slice on the way to an epoch; *asked becomes where it ends if the way is blocked. */
static void
go_on (EwRunner *runner, EwSeek *seek, guint64 *asked)
{
  EwPast *past = &runner->past;
  GError *error = NULL;
  gint64 start = ew_loop_now_ns ();
  guint64 before = seek->epoch;

  /* What happened in the meantime may have taken the ground away. */
  if (!seek->valid)
    {
      *asked = ew_timeline_nearest (past->timeline, *asked);
      ew_seek_start (seek, runner->trainer, past->timeline, *asked, past->branching);
      before = seek->epoch;
    }
  if (!ew_seek_advance (seek, runner->trainer, past->timeline, *asked, past->batch, NULL, NULL, runner->cancel_epoch,
                        &error))
    {
      if (!g_error_matches (error, EW_ERROR, EW_ERROR_CANCELLED))
        *asked = seek->epoch;
      ew_runner_tell (runner, EW_NOTICE_INFO, error);
    }
  adapt (past, (double)(seek->epoch - before), start);
}

static gboolean
seek_on (EwRunner *runner)
{
  EwPast *past = &runner->past;

  go_on (runner, &past->seek, &past->asked);
  if (past->seek.epoch != past->asked)
    return FALSE;
  arrive (runner);
  return TRUE;
}

static gboolean
read_on (EwRunner *runner)
{
  EwPast *past = &runner->past;

  if (past->read.epoch < past->read_asked || !past->read.valid)
    go_on (runner, &past->read, &past->read_asked);
  if (past->read.epoch != past->read_asked)
    return FALSE;
  past->reading = FALSE;
  past->has_read = TRUE;
  past->read_loss = past->read.loss;
  past->read_exact = past->read.exact;
  past->read_epoch = past->read.epoch;
  memcpy (past->read_params, past->read.state, runner->problem->n_params * sizeof (double));
  return TRUE;
}

/* The closed form from the checkpoint on, where the regime holds that long. */
static void
foresee (EwRunner *runner)
{
  EwPast *past = &runner->past;
  const EwCheckpoint *from = ew_timeline_before (past->timeline, past->asked);
  EwRegime regime;
  guint64 until;
  double loss;

  if (!ew_timeline_regime (past->timeline, from->epoch, &regime, &until) || until < past->asked
      || !ew_trainer_foresee (runner->trainer, &regime, (double)(past->asked - from->epoch), from->state,
                              past->shown_params, &loss))
    return;
  past->foreseen = TRUE;
  past->shown_epoch = past->asked;
  past->shown_loss = loss;
  past->shown_exact = FALSE;
}

void
ew_past_settle (EwRunner *runner)
{
  EwPast *past = &runner->past;

  if (runner->trainer == NULL)
    return;
  if (past->shown && past->seeking && !seek_on (runner) && past->seeking && !past->foreseen)
    foresee (runner);
  if (past->reading)
    read_on (runner);
}

gint64
ew_past_next (const EwRunner *runner)
{
  const EwPast *past = &runner->past;

  if (runner->trainer == NULL)
    return -1;
  if (past->seeking || past->rebuilding || past->reading)
    return 0;
  if (past->playing == 0)
    return -1;

  gint64 wait = past->tick_ns - ew_loop_now_ns ();

  return MAX (wait, 0);
}

gboolean
ew_past_work (EwRunner *runner)
{
  EwPast *past = &runner->past;
  gboolean due = past->playing != 0 && past->tick_ns <= ew_loop_now_ns ();

  if (due && (!past->seeking || past->foreseen))
    return tick (runner);
  if (past->seeking)
    return seek_on (runner);
  if (past->rebuilding)
    return ew_past_rebuild (runner);
  return past->reading && read_on (runner);
}

void
ew_past_describe (EwRunner *runner, EwSnapshot *snapshot)
{
  const EwPast *past = &runner->past;
  guint64 end = ew_trainer_epoch (runner->trainer);

  snapshot->past = past->shown;
  snapshot->shown_epoch = past->shown ? past->shown_epoch : end;
  snapshot->asked_epoch = past->shown ? past->asked : end;
  snapshot->shown_exact = !past->shown || past->shown_exact;
  snapshot->loss = past->shown ? past->shown_loss : ew_trainer_loss (runner->trainer);
  snapshot->playing = past->playing;
  snapshot->rebuilding = past->rebuilding;
  snapshot->kernel = ew_trainer_kernel_of (runner->trainer,
                                           past->shown ? past->shown_params : ew_trainer_params (runner->trainer));
  if (past->has_read)
    snapshot->reading = (EwReading){ past->read_epoch, past->read_loss, past->read_exact,
                                     ew_trainer_kernel_of (runner->trainer, past->read_params) };
}
