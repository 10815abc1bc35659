/* EwRunner: training in slices: when the next epoch is due, how many run together, and why they stop. */
#include "engine/loop-past.h"
#include "engine/loop-recipe.h"

#include <math.h>
#include <stdatomic.h>
#include <time.h>

#define SECOND_NS 1000000000.0

/* A slice at full speed lasts about this long, so that commands, pictures and frames do not wait. */
#define SLICE_NS  500000.0
#define BATCH_MAX (1 << 16)

/* At a set speed, epochs that are due within one slice run together; a run that cannot keep up does not save up more
 * than this many. */
#define CATCH_UP_MAX 256

/* Until this epoch nothing is looked up that is not needed for it. */
#define OPTIMUM_EPOCH 3

/* Epochs a second are measured over this long. */
#define MEASURE_NS 500000000

/* How long nothing must have been done before a device gives its memory back. */
static _Atomic gint64 rest_ns = 60 * (gint64)1000000000;

gint64
ew_loop_now_ns (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return (gint64)t.tv_sec * 1000000000 + t.tv_nsec;
}

static gboolean
wants_epochs (const EwRunner *runner)
{
  return runner->trainer != NULL && (runner->running || runner->steps_left > 0) && !runner->past.rebuilding;
}

/* Where the weights lead to, once the first epochs have been seen. */
static gboolean
wants_optimum (const EwRunner *runner)
{
  return runner->trainer != NULL && !runner->optimum_tried && !isnan (runner->rate_limit)
         && (ew_trainer_epoch (runner->trainer) >= OPTIMUM_EPOCH || !wants_epochs (runner));
}

static gint64
next_epoch (const EwRunner *runner)
{
  if (!wants_epochs (runner))
    return -1;
  if (runner->steps_left > 0 || isinf (runner->speed))
    return 0;

  /* Read once: MAX looks at its arguments twice, and the clock goes on in between. */
  gint64 wait = runner->due_ns - ew_loop_now_ns ();

  return MAX (wait, 0);
}

/* In how many nanoseconds the device may rest, where nothing else is to be done; −1: it rests, or holds nothing. */
static gint64
next_rest (const EwRunner *runner)
{
  if (runner->trainer == NULL || runner->rested || !ew_trainer_can_rest (runner->trainer))
    return -1;

  gint64 wait = runner->busy_ns + atomic_load (&rest_ns) - ew_loop_now_ns ();

  return MAX (wait, 0);
}

void
ew_loop_set_rest_for_tests (gint64 ns)
{
  atomic_store (&rest_ns, ns);
}

gint64
ew_runner_next (const EwRunner *runner)
{
  gint64 epoch = next_epoch (runner);
  gint64 past = ew_past_next (runner);

  if (ew_runner_wants_settling (runner) || wants_optimum (runner) || runner->past.exporting)
    return 0;
  if (past < 0 && epoch < 0)
    return next_rest (runner);
  return past < 0 || epoch < 0 ? MAX (past, epoch) : MIN (past, epoch);
}

static void
record_epoch (guint64 epoch, double loss, const double *params, gpointer data)
{
  EwRunner *runner = data;

  ew_history_add (runner->history, epoch, loss, params);
  ew_timeline_add (runner->past.timeline, epoch, loss, params);
  if (runner->held != NULL)
    ew_held_add (runner->held, epoch, params);
}

/* After a slice of epochs. */
static void
offer_checkpoint (EwRunner *runner)
{
  guint64 epoch = ew_trainer_epoch (runner->trainer);
  g_autofree double *state = g_new (double, ew_trainer_state_size (runner->trainer));
  double loss;

  ew_trainer_save (runner->trainer, state);
  if (ew_timeline_look_up (runner->past.timeline, epoch, &loss, NULL))
    ew_timeline_checkpoint (runner->past.timeline, epoch, loss, state);
}

static char *
divergence_sentence (const EwRunner *runner)
{
  char limit[G_ASCII_DTOSTR_BUF_SIZE];
  char rate[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (limit, sizeof limit, "%.3g", runner->rate_limit);
  g_ascii_formatd (rate, sizeof rate, "%.3g", ew_trainer_rate (runner->trainer));
  if (!isfinite (runner->rate_limit))
    return g_strdup_printf ("Training diverged after epoch %" G_GUINT64_FORMAT " at the rate %s; a smaller one may lead "
                            "on. The last finite weights are kept.",
                            ew_trainer_epoch (runner->trainer), rate);
  return g_strdup_printf ("Training diverged after epoch %" G_GUINT64_FORMAT " at the rate %s; the largest stable rate "
                          "here is %s. The last finite weights are kept.",
                          ew_trainer_epoch (runner->trainer), rate, limit);
}

/* After epochs have run: is there a reason to pause? */
static gboolean
check_end (EwRunner *runner)
{
  switch (ew_trainer_state (runner->trainer))
    {
    case EW_TRAINER_DIVERGED:
      ew_runner_stop (runner, EW_STOP_DIVERGED);
      runner->notify (EW_NOTICE_DIVERGED, divergence_sentence (runner), runner->data);
      return TRUE;
    case EW_TRAINER_CONVERGED:
      ew_runner_stop (runner, EW_STOP_CONVERGED);
      return TRUE;
    case EW_TRAINER_SMALL_SLOPE:
      ew_runner_stop (runner, EW_STOP_SLOPE);
      return TRUE;
    case EW_TRAINER_SMALL_CHANGE:
      ew_runner_stop (runner, EW_STOP_CHANGE);
      return TRUE;
    case EW_TRAINER_READY:
    default:
      break;
    }
  if (runner->running && runner->stop_at > 0 && ew_trainer_epoch (runner->trainer) >= runner->stop_at)
    {
      ew_runner_stop (runner, EW_STOP_EPOCHS);
      return TRUE;
    }
  if (runner->running && ew_runner_is_over_time (runner))
    {
      ew_runner_stop (runner, EW_STOP_TIME);
      return TRUE;
    }
  return FALSE;
}

/* How many epochs the slice that begins now takes. */
static int
slice_epochs (const EwRunner *runner, gint64 now)
{
  gint64 epochs = runner->batch;

  if (runner->steps_left > 0)
    return MIN (runner->steps_left, runner->batch);
  if (!isinf (runner->speed))
    epochs = (gint64)((double)(now - runner->due_ns) / SECOND_NS * runner->speed) + 1;
  if (runner->stop_at > 0)
    epochs = MIN (epochs, (gint64)(runner->stop_at - ew_trainer_epoch (runner->trainer)));
  return (int)CLAMP (epochs, 1, MAX (runner->batch, 1));
}

static void
measure (EwRunner *runner, gint64 now)
{
  if (now - runner->measured_ns < MEASURE_NS)
    return;
  runner->epochs_per_second = (double)(ew_trainer_epoch (runner->trainer) - runner->measured_epoch) * SECOND_NS
                              / (double)(now - runner->measured_ns);
  runner->measured_ns = now;
  runner->measured_epoch = ew_trainer_epoch (runner->trainer);
}

/* Adapts the batch so that a slice takes SLICE_NS, and sets when the next epoch is due. */
static void
plan_next (EwRunner *runner, int epochs, gint64 start, gint64 now)
{
  double took = MAX ((double)(now - start), 1);
  double batch = MIN (epochs * SLICE_NS / took, 4.0 * runner->batch);

  /* A short slice, cut by the speed or the limit, says little about longer ones. */
  if (epochs == runner->batch || batch < runner->batch)
    runner->batch = (int)CLAMP (batch, 1, BATCH_MAX);
  if (isinf (runner->speed))
    return;
  runner->due_ns += (gint64)(epochs * SECOND_NS / runner->speed);
  if (now - runner->due_ns > (gint64)(CATCH_UP_MAX * SECOND_NS / runner->speed))
    runner->due_ns = now;
}

static gboolean
run_slice (EwRunner *runner)
{
  GError *error = NULL;
  gint64 start = ew_loop_now_ns ();
  guint64 before = ew_trainer_epoch (runner->trainer);
  int epochs = slice_epochs (runner, start);
  gboolean ok = ew_trainer_run (runner->trainer, epochs, record_epoch, runner, runner->cancel_epoch, &error);
  int done = (int)(ew_trainer_epoch (runner->trainer) - before);
  gint64 now = ew_loop_now_ns ();

  if (done > 0)
    runner->step_ms = (double)(now - start) / 1e6 / done;
  offer_checkpoint (runner);
  if (!ok && !g_error_matches (error, EW_ERROR, EW_ERROR_CANCELLED))
    {
      ew_runner_stop (runner, EW_STOP_FAILED);
      ew_runner_tell (runner, EW_NOTICE_DEVICE, error);
      return TRUE;
    }
  g_clear_error (&error);
  runner->steps_left = MAX (runner->steps_left - done, 0);
  plan_next (runner, MAX (done, 1), start, now);
  measure (runner, now);
  if (check_end (runner))
    return TRUE;
  if (runner->running || runner->steps_left > 0)
    return FALSE;
  /* The last step that was asked for. */
  ew_runner_stop (runner, EW_STOP_NONE);
  return TRUE;
}

/* What recipe and rate depend on, once for each task and recipe; cut short by a command it is begun again. */
static gboolean
find_limit (EwRunner *runner)
{
  GError *error = NULL;

  if (ew_runner_settle (runner, &error))
    return TRUE;
  if (!g_error_matches (error, EW_ERROR, EW_ERROR_CANCELLED))
    {
      runner->failed = TRUE;
      ew_runner_stop (runner, EW_STOP_FAILED);
    }
  ew_runner_tell (runner, EW_NOTICE_DEVICE, error);
  return TRUE;
}

/* TRUE where it was time for that. */
static gboolean
rest (EwRunner *runner)
{
  if (ew_runner_wants_settling (runner) || wants_optimum (runner) || runner->past.exporting || next_epoch (runner) >= 0
      || ew_past_next (runner) >= 0 || next_rest (runner) != 0)
    return FALSE;
  ew_trainer_rest (runner->trainer);
  runner->rested = TRUE;
  return TRUE;
}

gboolean
ew_runner_work (EwRunner *runner)
{
  gboolean due = next_epoch (runner) == 0;

  if (rest (runner))
    return FALSE;
  runner->rested = FALSE;
  runner->busy_ns = ew_loop_now_ns ();
  if (ew_runner_wants_settling (runner))
    return find_limit (runner);
  if (wants_optimum (runner))
    {
      runner->optimum_tried = TRUE;
      ew_trainer_find_optimum (runner->trainer, runner->cancel_load);
      return TRUE;
    }
  if (ew_past_next (runner) == 0)
    return ew_past_work (runner);
  /* Training and handing out take turns. */
  runner->handed_out = runner->past.exporting && !(due && runner->handed_out);
  if (runner->handed_out)
    ew_past_hand_out (runner);
  return !runner->handed_out && due && run_slice (runner);
}
