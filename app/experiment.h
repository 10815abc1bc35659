/* EwExperiment: what is open: input, target, kernel and settings, and the rules that keep them fitting together. Knows
 * no window. */
#pragma once

#include "app/channel-fits.h"
#include "app/pairs.h"
#include "engine/loop.h"
#include "ui/settings.h"

G_BEGIN_DECLS

/**
 * EwExperiment:
 * @settings: what the sidebar shows
 * @textbook: this is the golden case, untouched in its data
 * @size_chosen: the kernel's size was asked for, so a pair of images of one size does not change it
 * @input: never NULL
 * @target: the target's file where settings.target is EW_TARGET_FILE, else NULL
 * @mask: weights of that target's pixels, as many planes of its size; NULL: all count
 * @lost_height: where values of the input that are not finite were left out: the kernel's size whose windows the mask leaves
 *   out with them, likewise @lost_width; else 0
 * @pairs: several pairs that share the kernel, @input, @target and @mask being those of the one that is shown; NULL: there is
 *   one
 * @done: what has been done to input and target since they were read
 * @own: where each channel has a kernel of its own: that of those that were learned before the one that is now; NULL: none. One of another
 *   size than the settings' counts for nothing
 * @teacher: the kernel that makes the target otherwise
 * @start: the start values, of the size in the settings
 * @fixed: the taps that learning leaves as they are, NaN where it does not; NULL: it leaves none. One of another size than
 *   the settings' counts for nothing
 */
typedef struct
{
  EwSettings settings;
  gboolean textbook;
  gboolean size_chosen;
  EwSource *input;
  EwSource *target;
  EwSource *mask;
  int lost_height;
  int lost_width;
  EwPairs *pairs;
  EwCorrections *done;
  EwKernel *own[EW_N_CHANNELS];
  EwKernel *teacher;
  EwKernel *start;
  EwKernel *fixed;
} EwExperiment;

/* The golden case: 6×8 image, [1 −1], the textbook's start values, rate 0.03, 100 epochs, 10 a second. */
void ew_experiment_init_textbook (EwExperiment *experiment);

/* A copy with references of its own. */
void ew_experiment_copy (EwExperiment *to, const EwExperiment *from);
void ew_experiment_clear (EwExperiment *experiment);

/* Changes. Each either is done whole, with *note (may be NULL, transfer full) a sentence about what followed from it,
 * or fails with a sentence and changes nothing. */

/* Another input. A target file that does not fit it makes room for the teacher. Fails where the kernel is larger. */
gboolean ew_experiment_set_input (EwExperiment *experiment, EwSource *input, char **note, GError **error);

/* A target from a file: of the input's size (it is cut), or smaller by a kernel of 1 … 63 less one, whose size is taken
 * over. */
gboolean ew_experiment_set_target (EwExperiment *experiment, EwSource *target, char **note, GError **error);

/* Input and target at once: whether they fit each other is all that matters, not whether they fit what is open. */
gboolean ew_experiment_set_pair (EwExperiment *experiment, EwSource *input, EwSource *target, char **note,
                                 GError **error);

/* Several pairs, the first of them shown; whether they fit what is open does not matter. */
gboolean ew_experiment_set_pairs (EwExperiment *experiment, EwPairs *pairs, char **note, GError **error);

/* Shows another one of them. */
void ew_experiment_show_pair (EwExperiment *experiment, int pair);

/* Takes it out of what is learned from, or back. Fails where it is the last one. */
gboolean ew_experiment_hold_pair (EwExperiment *experiment, int pair, gboolean held, GError **error);

/* Keeps the kernel of the channel that is learned until it is again. */
void ew_experiment_keep_own (EwExperiment *experiment, EwKernel *kernel);

/* The sample that is shown, among those of the task. */
int ew_experiment_sample (const EwExperiment *experiment);

/* A target made by @kernel, whose index among the presets is @preset, or EW_TARGET_KERNEL. The kernel that learns is
 * made as large as it if it is smaller, and drawn anew where it would have nothing to learn. */
gboolean ew_experiment_set_teacher (EwExperiment *experiment, EwKernel *kernel, int preset, char **note,
                                    GError **error);

/* Another size of the kernel; start values are drawn, and the textbook's rate makes room for the automatic one. Fails
 * where the target needs another one. */
gboolean ew_experiment_set_size (EwExperiment *experiment, int height, int width, GError **error);

/* The size that the next input is to be opened with; it is checked against that. A teacher that is larger makes room
 * for the identity. */
void ew_experiment_wish_size (EwExperiment *experiment, int height, int width);

/* Start values by hand, of any size. A teacher that is larger makes room for @kernel itself. */
gboolean ew_experiment_set_start (EwExperiment *experiment, EwKernel *kernel, char **note, GError **error);

/* Draws start values as the settings say. */
void ew_experiment_draw_start (EwExperiment *experiment);

/* The task for the loop; the pointers in it belong to the experiment. @task->y points at an array within it. What is done
 * with its samples is not in it: */
void ew_experiment_task (EwExperiment *experiment, EwTask *task);

/* EwTask.uses: each channel with a kernel of its own, pairs held out; NULL: all is learned from. Transfer full. */
int *ew_experiment_uses (const EwExperiment *experiment);

/* How it is learned, fixed taps included; transfer full. The task does not have it. */
EwRecipe *ew_experiment_recipe (const EwExperiment *experiment);

/* Fixes a tap at @value, or frees it where that is NaN. */
void ew_experiment_fix_tap (EwExperiment *experiment, int tap, double value);
gboolean ew_experiment_tap_is_fixed (const EwExperiment *experiment, int tap);

/* Fixed taps take the values that they have in @kernel, which was changed by hand; TRUE where any is another one. */
gboolean ew_experiment_follow_fixed (EwExperiment *experiment, const EwKernel *kernel);

/* What the target is, for people: a file's name, or "made by Sobel x"; transfer full. */
char *ew_experiment_describe_target (const EwExperiment *experiment);

G_END_DECLS
