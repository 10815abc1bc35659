/* The session's parts see each other's inside here. */
#pragma once

#include "app/appraiser.h"
#include "app/curves-export.h"
#include "app/diagnoser.h"
#include "app/examiner.h"
#include "app/experiment.h"
#include "app/frame-stats.h"
#include "app/opening.h"
#include "app/pairs-opening.h"
#include "app/runs.h"
#include "app/session.h"
#include "app/undo.h"
#include "engine/histogram-worker.h"
#include "engine/race-worker.h"
#include "engine/surface-worker.h"
#include "engine/tap-worker.h"

G_BEGIN_DECLS

/* The histogram that was asked for last; @kernel NULL: none. */
typedef struct
{
  guint64 task;
  int sample;
  EwHistogramOf of;
  double low;
  double high;
  EwKernel *kernel;
} EwCounted;

/**
 * EwRaceRun:
 * @worker: NULL until a race is wanted
 * @snapshot: of what is raced on; NULL: nothing yet
 * @number: of the race; @standing_race: of the last one that was heard of
 * @epoch: as it stood last; @until: how far it was asked for
 * @from, @from_us: the epoch and the time at which playing began
 * @asked_us: when it was asked last
 * @standing: the last one; NULL: none
 */
typedef struct
{
  EwRaceWorker *worker;
  EwSnapshot *snapshot;
  guint64 number;
  guint64 standing_race;
  guint64 epoch;
  guint64 until;
  gboolean playing;
  guint64 from;
  gint64 from_us;
  gint64 asked_us;
  guint tick;
  EwRaceStanding *standing;
} EwRaceRun;

struct _EwSession
{
  EwWindow *window; /* owns the session */
  EwLoop *loop;
  GSettings *settings;
  EwFrameStats *stats;
  guint tick;
  guint quit_timeout;
  double quit_after;

  EwExperiment experiment; /* as it is wished */
  EwExperiment accepted;   /* as the loop last took it; wished things that it refuses go back to this */
  gboolean has_accepted;
  guint64 task;              /* number of the task that was sent last */
  guint64 kernel_generation; /* of the last edit of the kernel */
  EwKernel *edited;          /* by that edit; NULL: none since the last task or reset */
  EwSnapshot *snapshot;      /* the newest */
  gboolean learn_flat_out;   /* --learn: the next task runs at once, without an end */

  gboolean recipe_recalled; /* for the pairs since the textbook's experiment */
  gboolean rate_remembered; /* the rate is a remembered one, which has not been held against the limit yet */

  guint64 ridge_choices; /* of the snapshots, as far as they are known here */

  EwTapWorker *tap_worker; /* NULL until a weight is pointed at */
  int tap;                 /* whose gradient is shown; −1: none */
  gint64 tap_us;           /* when it was last asked for */

  EwHistogramWorker *histogram_worker; /* NULL until a histogram is wanted */
  EwCounted counted;
  gint64 counted_us; /* when it was asked for */

  EwExaminer *examiner;    /* NULL until there is a pair */
  EwExperiment offered;    /* the pair that is examined, which may not fit and so not be open */
  gboolean has_offered;
  EwFindings *findings;    /* in it; NULL while it is examined */
  GHashTable *told;        /* what the list has said since files were opened: only what is not in it opens a closed list */
  char *pair_note;         /* what followed from its opening; NULL: nothing */

  EwAppraiser *appraiser; /* NULL until an optimum is wanted */
  guint64 appraised;      /* the task whose optimum was asked for last */
  EwAppraisal *appraisal; /* of the present task; NULL: not known */
  int optimum_channel;    /* that is looked at; −1: all */
  gboolean shows_channels;

  EwSurfaceWorker *surface_worker; /* NULL until a surface is wanted */
  EwKernel *surface_kernel;        /* it was asked for last at this; NULL: it was not; likewise what follows */
  const EwCurves *surface_curves;  /* only compared */
  guint64 surface_asked;           /* task */
  EwSurfaceChoice surface_choice;
  gint64 surface_us;
  guint64 surface_task;      /* of the last one that came */
  guint64 surface_cancelled; /* of the task it is not wanted for; 0: none */
  guint surface_timeout;

  EwRaceRun race;

  gboolean rereads_each; /* what is being read again is to have a kernel for each channel */
  EwOpening *opening; /* NULL: nothing is being read */
  guint progress_timeout;
  EwPairsOpening *pairs_opening; /* likewise */
  EwPairs *pairs_shown;          /* in the page of the sidebar; NULL: none */
  GtkNativeDialog *dialog; /* the file dialog that is open */
  int wished_height;       /* --kernel-size, until the files of the command line are there; 0: none */
  int wished_width;

  EwRuns *runs;
  GPtrArray *exports;      /* of curves, under way */
  guint64 time_generation; /* of the last wish for an epoch */
  gint64 asked_us;         /* when that was */

  EwDiagnoser *diagnoser;
  EwUndo *undo;
  guint64 undo_task; /* the task that came of what was remembered last; refused, it is forgotten */
  gboolean restored; /* by undo or redo: a reset is to go to the experiment's start values, not to the loop's */
  int group_kind;    /* of what was remembered last, and when: quick changes of one kind are undone together */
  gint64 group_us;
  guint64 group;
};

/* Sends the experiment to the loop and shows its settings. @run: learn as soon as it is ready. */
void ew_session_apply (EwSession *session, gboolean run);

/* Tells the loop which sample is shown. */
void ew_session_apply_sample (EwSession *session);

/* Shows settings and names without sending anything. */
void ew_session_show_experiment (EwSession *session);

/* Takes an experiment that has been changed as a whole: shows @note (transfer full, may be NULL) and applies. */
void ew_session_changed (EwSession *session, char *note);

/* Shows a sentence and puts the controls back to what holds. Takes @error. */
void ew_session_refuse (EwSession *session, GError *error);

/* How it is learned: the page, its actions; what is sent to the loop and shown of it; what a snapshot brings back. */
void ew_session_add_recipe (EwSession *session);
void ew_session_disconnect_recipe (EwSession *session);
void ew_session_send_recipe (EwSession *session);
/* After a change by hand: fixed weights are fixed where they are now, and what is said of the kernel follows. */
void ew_session_kernel_changed (EwSession *session, EwKernel *kernel);
/* Remembers what of rule, rate, loss and held-out share is another than @before; brings back what is remembered where another
 * pair takes the textbook's place; sets a remembered rate aside that is beyond the limit; the way back to the defaults. */
void ew_session_remember_recipe (EwSession *session, const EwSettings *before);
void ew_session_recall_recipe (EwSession *session);
void ew_session_check_rate (EwSession *session, const EwSnapshot *snapshot);
void ew_session_add_defaults (EwSession *session);
/* Sends what is set without a new task, after a change from @former. */
void ew_session_take_settings (EwSession *session, const EwSettings *former);

/* The run is to end after so many epochs. */
void ew_session_change_epochs (EwSession *session, guint64 epochs);
void ew_session_show_recipe (EwSession *session);
void ew_session_take_recipe (EwSession *session, const EwSnapshot *snapshot);

/* Actions and the sidebar's signals. */
void ew_session_add_actions (EwSession *session);
void ew_session_connect_controls (EwSession *session);
void ew_session_update_actions (EwSession *session);

/* The list of devices, and their check. */
void ew_session_add_device_actions (EwSession *session);

/* The time line's signals and actions, the kept runs, the curves as CSV. */
void ew_session_add_time (EwSession *session);
void ew_session_add_curves (EwSession *session);
void ew_session_disconnect_time (EwSession *session);

/* Before something is changed at an earlier epoch that is shown: what came after it is kept as a run. */
void ew_session_keep_past_run (EwSession *session);

/* Whether the shown epoch moves, by itself or by hand. */
gboolean ew_session_time_moves (const EwSession *session);

/* Files: the dialogs, drag and drop, the command line. */
void ew_session_add_file_actions (EwSession *session);
void ew_session_open_paths (EwSession *session, const char *input, const char *target);
/* Reads the files again, as luminance or as @channels, with a kernel for @each of them or one; what was done to them is done again.
 * Until they are there all stays as it is. */
void ew_session_read_again (EwSession *session, gboolean channels, gboolean each);
/* A file, or a folder, that the user has named. */
void ew_session_open_file (EwSession *session, GFile *file, gboolean as_target);
void ew_session_refuse_remote (EwSession *session);
void ew_session_add_drops (EwSession *session);
void ew_session_choose_target_file (EwSession *session);
/* Reads files (either may be NULL) and calls @done, which calls ew_session_end_opening and drops session->opening. */
void ew_session_start_opening (EwSession *session, const char *input, const char *target, gboolean channels,
                               EwOpeningDone done);
void ew_session_end_opening (EwSession *session);
/* Ends what is being read and waits for nothing; what it yields is dropped. */
void ew_session_cancel_opening (EwSession *session);

/* Folders of pairs: the dialog, reading, the page of the sidebar, which of them is shown and which held out. */
void ew_session_add_pairs (EwSession *session);
void ew_session_open_pairs (EwSession *session, const char *path, gboolean channels, gboolean each);
/* Stops reading a folder; TRUE where one was being read. */
gboolean ew_session_cancel_pairs (EwSession *session);
/* After a change of the experiment, and when more is known of the pairs. */
void ew_session_show_pairs (EwSession *session);
void ew_session_show_pairs_quality (EwSession *session);

/* The kernel that is shown, or NULL: the newest snapshot's, or an edit that no snapshot reflects yet. */
EwKernel *ew_session_present_kernel (const EwSession *session);

/* Brings @kernel on: as an edit where the size stays, as a new start where it does not. */
void ew_session_put_kernel (EwSession *session, EwKernel *kernel);

/* The gradient of the weight that is pointed at: follows the kernel view, and every snapshot. */
void ew_session_connect_tap (EwSession *session);
void ew_session_renew_tap (EwSession *session);

/* The histogram of what the right pane shows: follows the window's wish, and every snapshot. */
void ew_session_connect_histogram (EwSession *session);
void ew_session_renew_histogram (EwSession *session);
void ew_session_clear_histogram (EwSession *session);

/* The loss surface, and with it the race: follows the window's wish, and every snapshot. */
void ew_session_connect_surface (EwSession *session);
void ew_session_renew_surface (EwSession *session);
void ew_session_clear_surface (EwSession *session);

/* The race: follows its page, and what is open. */
void ew_session_connect_race (EwSession *session);
void ew_session_renew_race (EwSession *session);
void ew_session_clear_race (EwSession *session);

/* Brings @kernel on as the user's deed, named @label in the menu. */
void ew_session_replace_kernel (EwSession *session, EwKernel *kernel, const char *label);

/* A target made by @kernel, whose index among the presets is @preset, or EW_TARGET_KERNEL; as the user's deed. */
void ew_session_make_target (EwSession *session, EwKernel *kernel, int preset);

/* The kernel as a whole: its actions, and what is said of the one that is shown. */
void ew_session_add_kernel_actions (EwSession *session);
void ew_session_diagnose (EwSession *session);

/* What is found in the pair of images, and its correction: follows the experiment. */
void ew_session_add_pair (EwSession *session);
void ew_session_examine (EwSession *session);
/* Files are opened: all that is found in them is news. */
void ew_session_forget_told (EwSession *session);
/* Looks at the same files, read otherwise, after what was done to them; then they are opened. */
void ew_session_examine_again (EwSession *session, EwSource *input, EwSource *target, gboolean channels, gboolean each);
/* Two images that could not be opened as a pair: what is wrong with them. */
void ew_session_examine_refused (EwSession *session, EwSource *input, EwSource *target);
/* "the shift and the offset": what was found and can be mended, and what the optimum leaves over follows from until it is; NULL:
 * nothing. Transfer full. */
char *ew_session_describe_unmended (EwSession *session);
/* Says what is known of the pair by now. */
void ew_session_tell_pair (EwSession *session);
void ew_session_clear_pair (EwSession *session);

/* The least-squares optimum: follows every snapshot. */
void ew_session_add_optimum (EwSession *session);
void ew_session_appraise (EwSession *session);
void ew_session_show_optimum (EwSession *session);
/* Values of all parameters, which need not be finite, as a kernel; transfer full. */
EwKernel *ew_session_kernel_of (const EwProblem *problem, const double *values);
void ew_session_add_report (EwSession *session);

/* Colour channels with a kernel each: what is said of them beside the optimum, and which of them is learned. */
void ew_session_add_channels (EwSession *session);
void ew_session_ask_channels (EwSession *session);
void ew_session_show_channels (EwSession *session);

/* After another examination: what was said of them may have to be said otherwise. */
void ew_session_show_channels_again (EwSession *session);
/* Whether the optimum that is looked at is of what is learned from. */
gboolean ew_session_shows_learned (const EwSession *session);
/* Another channel is to be seen, and where each has a kernel of its own, learned. */
void ew_session_change_channel (EwSession *session, int channel);
/* What of it belongs above the pictures; NULL: nothing. Transfer full. */
char *ew_session_describe_channels (EwSession *session);
void ew_session_change_colour (EwSession *session, gboolean channels, gboolean each);

/* What its line above the pictures says; NULL while it is not known. Transfer full. */
char *ew_session_describe_optimum (EwSession *session, gboolean *is_good);
/* What is left over, where that is more than noise; NULL: nothing. Transfer full. */
char *ew_session_describe_structure (EwSession *session);
void ew_session_clear_optimum (EwSession *session);

/* The kernel applied to another image, and the output saved. */
void ew_session_add_apply (EwSession *session);

/* Undo. @before is how it is now; begin is called before a change, commit after it. Commit remembers @before where
 * something has changed, and takes it over. @kind: quick changes of one kind other than 0 are undone together. */
/* The epoch of the weights that are shown. */
guint64 ew_session_shown_epoch (const EwSession *session);
void ew_session_begin (EwSession *session, EwMoment *before);
void ew_session_commit (EwSession *session, EwMoment *before, const char *label, int kind);
/* The same, undone together with what has that @group. */
void ew_session_commit_group (EwSession *session, EwMoment *before, const char *label, guint64 group);
/* That learning begins: all of it is one step. */
void ew_session_remember_learning (EwSession *session);
/* Weights that were there before come back, as an edit. */
void ew_session_restore_kernel (EwSession *session, EwKernel *kernel);
void ew_session_add_undo_actions (EwSession *session);
void ew_session_show_undo (EwSession *session);

/* Asks by a dialog for a file to write, @name suggested, or with @name NULL for one to read, and hands its path to @use; nothing is
 * called where the user thinks better of it. An older dialog of the session gives way. */
#define EW_SESSION_PAIR_KIND 200 /* a kind of quick change, see ew_session_commit */
typedef void (*EwSessionPathFunc) (EwSession *session, const char *path);
void ew_session_ask_path (EwSession *session, const char *title, const char *name, EwSessionPathFunc use);
void ew_session_ask_folder (EwSession *session, const char *title, EwSessionPathFunc use);

G_END_DECLS
