/* EwRunner's past: going on from an earlier epoch, and handing epochs out. */
#include "engine/loop-past.h"

#include <math.h>
#include <string.h>

/* Epochs of a slice of what is looked up; of what is replayed the runner's batch. */
#define WALK_MAX 4096

/* After the curves have been cut at @epoch: what is to be recorded anew. That of what is held out also needs the weights
 * before its first epoch. */
static void
begin_rebuilding (EwRunner *runner, guint64 epoch)
{
  EwPast *past = &runner->past;
  guint64 next = ew_history_cut (runner->history, epoch);
  guint64 next_held = runner->held == NULL ? 0 : ew_held_cut (runner->held, epoch);
  guint64 first = MAX (next, 1);

  past->rebuilt_loss = first;
  past->rebuilt_held = MAX (next_held, 1);
  if (runner->held != NULL)
    {
      g_autofree double *start = g_new (double, runner->problem->n_params);

      if (past->rebuilt_held == 1 && ew_timeline_look_up (past->timeline, 0, NULL, start))
        ew_held_look (runner->held, start);
      if (past->rebuilt_held <= epoch)
        first = MIN (first, MAX (past->rebuilt_held - 1, 1));
    }
  ew_walk_clear (&past->rebuilt);
  past->rebuilt = (EwWalk){ .next = first, .last = epoch, .stride = 1 };
  past->rebuilding = !ew_walk_done (&past->rebuilt);
}

/* The shown epoch, which has been reached, becomes the end of the run. */
static void
branch (EwRunner *runner)
{
  EwPast *past = &runner->past;
  guint64 epoch = past->seek.epoch;
  g_autoptr (EwKernel) edit = g_steal_pointer (&past->edit);

  ew_trainer_restore (runner->trainer, epoch, past->seek.loss, past->seek.recipe, past->seek.state);
  ew_past_leave (runner);
  g_clear_pointer (&runner->curves, ew_curves_unref);
  g_clear_pointer (&runner->held_curves, ew_curves_unref);
  begin_rebuilding (runner, epoch);
  runner->stop = EW_STOP_NONE;
  if (edit != NULL)
    ew_runner_set_kernel (runner, edit);
}

void
ew_past_branch (EwRunner *runner)
{
  EwPast *past = &runner->past;

  if (runner->trainer == NULL || !past->shown)
    return;
  past->playing = 0;
  past->branching = TRUE;
  /* To go on, an optimiser's memory is needed too. */
  ew_seek_start (&past->seek, runner->trainer, past->timeline, past->asked, TRUE);
  past->seeking = past->seek.epoch != past->asked;
  if (!past->seeking)
    branch (runner);
}

gboolean
ew_past_edit (EwRunner *runner, const EwKernel *kernel)
{
  EwPast *past = &runner->past;

  if (!past->shown)
    return FALSE;
  g_clear_pointer (&past->edit, ew_kernel_unref);
  past->edit = ew_kernel_copy (kernel);
  ew_past_branch (runner);
  return TRUE;
}

static void
record_again (guint64 epoch, double loss, const double *params, gpointer data)
{
  EwRunner *runner = data;

  if (epoch >= runner->past.rebuilt_loss)
    ew_history_add (runner->history, epoch, loss, params);
  if (runner->held != NULL && epoch >= runner->past.rebuilt_held)
    ew_held_add (runner->held, epoch, params);
  else if (runner->held != NULL && epoch + 1 == runner->past.rebuilt_held)
    ew_held_look (runner->held, params);
}

gboolean
ew_past_rebuild (EwRunner *runner)
{
  EwPast *past = &runner->past;
  GError *error = NULL;

  if (!ew_walk_on (&past->rebuilt, runner->trainer, past->timeline, MAX (past->batch, 1), record_again, runner,
                   runner->cancel_epoch, &error)
      && !g_error_matches (error, EW_ERROR, EW_ERROR_CANCELLED))
    {
      /* Without a whole past the curves begin here. */
      ew_history_clear (runner->history);
      if (runner->held != NULL)
        ew_held_clear (runner->held);
      past->rebuilding = FALSE;
    }
  g_clear_error (&error);
  if (ew_walk_done (&past->rebuilt))
    past->rebuilding = FALSE;
  if (past->rebuilding)
    return FALSE;
  g_clear_pointer (&runner->curves, ew_curves_unref);
  g_clear_pointer (&runner->held_curves, ew_curves_unref);
  ew_walk_clear (&past->rebuilt);
  return TRUE;
}

void
ew_past_end_export (EwRunner *runner, int code)
{
  EwPast *past = &runner->past;
  g_autoptr (GError) error = NULL;

  if (code != 0)
    error = g_error_new_literal (EW_ERROR, code, "The run has changed before all of its epochs were handed out.");
  past->exporting = FALSE;
  ew_walk_clear (&past->handed);
  past->request.done (error, past->request.data);
}

void
ew_past_export (EwRunner *runner, const EwExport *request)
{
  EwPast *past = &runner->past;

  if (past->exporting)
    ew_past_end_export (runner, EW_ERROR_CANCELLED);
  past->request = *request;
  past->exporting = TRUE;
  if (runner->trainer == NULL)
    {
      ew_past_end_export (runner, EW_ERROR_CANCELLED);
      return;
    }

  guint64 first = MAX (request->first, 1);
  guint64 last = MIN (request->last, ew_timeline_last_epoch (past->timeline));
  guint64 n = last < first ? 0 : last - first + 1;
  /* The last one comes besides those of the stride. */
  guint64 stride = request->rows < 2 || n <= request->rows ? 1 : (n - 2) / (request->rows - 1) + 1;

  past->handed = (EwWalk){ .next = first, .last = last, .stride = stride, .skip = TRUE };
  if (n == 0)
    ew_past_end_export (runner, 0);
}

void
ew_past_hand_out (EwRunner *runner)
{
  EwPast *past = &runner->past;
  GError *error = NULL;
  int code = 0;

  if (!ew_walk_on (&past->handed, runner->trainer, past->timeline, MIN (past->batch, WALK_MAX), past->request.row,
                   past->request.data, runner->cancel_epoch, &error)
      && !g_error_matches (error, EW_ERROR, EW_ERROR_CANCELLED))
    code = error->code;
  g_clear_error (&error);
  if (code != 0 || ew_walk_done (&past->handed))
    ew_past_end_export (runner, code);
}
