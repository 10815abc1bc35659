/* EwRunner's past: earlier epochs shown, played, read, handed out and gone on from. Internal to the loop. */
#pragma once

#include "engine/loop-runner.h"

G_BEGIN_DECLS

/* With the runner's task: after its trainer is made, and before it is freed. */
void ew_past_init (EwRunner *runner);
void ew_past_finish (EwRunner *runner);

/* The commands. */
void ew_past_show (EwRunner *runner, guint64 epoch);
void ew_past_play (EwRunner *runner, double epochs_per_second);
void ew_past_branch (EwRunner *runner);
void ew_past_read (EwRunner *runner, guint64 epoch);
void ew_past_export (EwRunner *runner, const EwExport *request);

/* Weights that were set by hand: at the shown epoch, which they make the end of the run. FALSE where that is the end
 * already. */
gboolean ew_past_edit (EwRunner *runner, const EwKernel *kernel);

/* Shows the end of the run again. */
void ew_past_leave (EwRunner *runner);

/* Before a picture is published: what was asked for, if it is a matter of a moment; else its closed form. */
void ew_past_settle (EwRunner *runner);

/* In how many nanoseconds there is something to do, −1: nothing. Handing out does not count. */
gint64 ew_past_next (const EwRunner *runner);

/* Does a slice of that, and of handing out. TRUE where the result should be shown. */
gboolean ew_past_work (EwRunner *runner);
void ew_past_hand_out (EwRunner *runner);

/* A slice of the curves after a branch; TRUE when they are whole. Ends handing out: @code of EW_ERROR, 0: all is there. */
gboolean ew_past_rebuild (EwRunner *runner);
void ew_past_end_export (EwRunner *runner, int code);

/* Fills the snapshot's members about the shown epoch. */
void ew_past_describe (EwRunner *runner, EwSnapshot *snapshot);

G_END_DECLS
