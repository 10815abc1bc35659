/* EwLoop: the background thread that trains, and the one that makes pictures of it. Takes commands, publishes snapshots
 * and pictures; with EwViewer the only place where threads meet. */
#pragma once

#include "engine/devices.h"
#include "engine/pictures.h"
#include "engine/recipe.h"
#include "engine/snapshot.h"

G_BEGIN_DECLS

typedef struct _EwLoop EwLoop;

/* What is done with a sample of a task. */
typedef enum
{
  EW_USE_LEARN,
  EW_USE_HELD, /* held out: it has its part in the curve of what is held out */
  EW_USE_SHOW, /* it can be shown, and nothing else */
} EwSampleUse;

/**
 * EwTask:
 * @n_samples: planes that share a kernel, 1 … 3 or more
 * @x: inputs, n_samples
 * @y: targets, n_samples; NULL: the target is @teacher applied to each input
 * @masks: weights of the targets' pixels, as EwSample's mask, each of its target's size (and cut with it) or NULL; NULL: all are
 *   1. Not with a teacher
 * @uses: an EwSampleUse for each sample, EW_USE_LEARN for one at least; NULL: that for all
 * @crop_target: a target as large as its input is cut to what valid correlation gives: the ⌊(k−1)/2⌋ first rows and
 *   columns and the other k − 1 − ⌊(k−1)/2⌋ last ones are left out
 * @teacher: the kernel that makes the target where @y is NULL; at most as large as @start
 * @start: start values; its size is the size of the kernel that is learned
 * @geometry: how the kernel is laid over the inputs; its size is that of @start. All zero: valid correlation
 * @has_bias: whether a bias is learned
 * @loss: sum or mean
 * @rate: > 0; 0: automatic, see ew_recipe_auto_rate
 * @epoch_limit: where training pauses by itself; 0: nowhere
 * @recipe: how it is learned, see ew_loop_set_recipe; NULL: by plain descent
 * @holdout: part of the rows of each target that is learned from, the last ones, that is not learned from but has a curve of its own; 0: none
 * @run: start training as soon as it is ready
 * @endless: training that has converged goes on all the same
 *
 * What to learn and from where. The loop takes its own references.
 */
typedef struct
{
  int n_samples;
  EwGrid **x;
  EwGrid **y;
  EwGrid **masks;
  int *uses;
  gboolean crop_target;
  EwKernel *teacher;
  EwKernel *start;
  EwGeometry geometry;
  gboolean has_bias;
  EwLoss loss;
  double rate;
  guint64 epoch_limit;
  const EwRecipe *recipe;
  double holdout;
  gboolean run;
  gboolean endless;
} EwTask;

/* How long playing a run takes where it is to be as fast as it goes. */
#define EW_PLAY_SECONDS 2.0

/* What a notice is about. */
typedef enum
{
  EW_NOTICE_INFO,
  EW_NOTICE_DEVICE,   /* another device is in use, or the chosen one is not to be had */
  EW_NOTICE_DIVERGED, /* training paused on an exploding loss */
  EW_NOTICE_RECIPE,   /* a recipe that does not go, or a ridge strength that could not be chosen; all stays as it was */
  EW_NOTICE_REFUSED,  /* a task could not be used; what was open stays open */
} EwNoticeKind;

/* @task: the task that it is about; of a refused one, its number. */
typedef struct
{
  EwNoticeKind kind;
  guint64 task;
  char *sentence;
} EwNotice;

/**
 * EwExport:
 * @first: the first epoch, ≥ 1
 * @last: the last one; beyond the run's end: that
 * @rows: at most so many epochs, evenly spread, the first and the last among them; 0: all
 * @row: called for each, in order, with its exact loss and weights
 * @done: called once, after the last; @error NULL, or why not all are there: EW_ERROR_CANCELLED where the run has changed
 *   or the loop ends
 * @data: for both
 *
 * Hands a run's epochs out, in slices between which training goes on. Both functions are called on the loop's thread.
 */
typedef struct
{
  guint64 first;
  guint64 last;
  guint64 rows;
  void (*row) (guint64 epoch, double loss, const double *params, gpointer data);
  void (*done) (const GError *error, gpointer data);
  gpointer data;
} EwExport;

/* Called on one of the loop's threads when something new can be taken: a snapshot or a notice, or pictures. Never again
 * until it is taken. */
typedef void (*EwLoopWake) (gpointer data);

/* Starts the thread over @devices (transfer full; used by that thread alone from now on). */
EwLoop *ew_loop_new (EwDevices *devices, EwLoopWake wake, gpointer data);

/* Cancels what is under way, ends the thread and frees everything. */
void ew_loop_free (EwLoop *loop);

/* The commands. Each returns at once; the returned generation is found in the first snapshot that reflects the command.
 * They are to be sent by one thread. A command that replaces the state interrupts a long epoch. */
guint64 ew_loop_set_task (EwLoop *loop, const EwTask *task, guint64 *task_number);
guint64 ew_loop_start (EwLoop *loop);
guint64 ew_loop_pause (EwLoop *loop);
guint64 ew_loop_step (EwLoop *loop, int epochs);
guint64 ew_loop_reset (EwLoop *loop);
guint64 ew_loop_set_kernel (EwLoop *loop, EwKernel *kernel);
/* 0: automatic. */
guint64 ew_loop_set_rate (EwLoop *loop, double rate);
guint64 ew_loop_set_epoch_limit (EwLoop *loop, guint64 epochs);
/* How it is learned, from the next epoch on and without a reset; of a kernel of @n_taps taps, of which copies are made. Its
 * kind of loss and its rate are of no meaning, and its ridge is a strength: ρ is that times the mean of the taps' diagonal
 * of G, see ew_ridge_of_strength. What does not fit together is told by a notice. */
guint64 ew_loop_set_recipe (EwLoop *loop, const EwRecipe *recipe, int n_taps);
/* Puts that strength into the recipe with which the optimum does best on what is held out. */
guint64 ew_loop_choose_ridge (EwLoop *loop);
/* Epochs a second; INFINITY: as fast as it goes. */
guint64 ew_loop_set_speed (EwLoop *loop, double epochs_per_second);
guint64 ew_loop_set_device (EwLoop *loop, const char *id);
/* The sample to show; the last one where there is no such. */
guint64 ew_loop_set_sample (EwLoop *loop, int sample);

/* The part of the shown sample to make pictures of, for a task and sample that a snapshot has named. Goes past the
 * commands to a thread of its own, which follows the kernel of each snapshot: training and pictures do not wait for
 * each other. */
void ew_loop_set_viewport (EwLoop *loop, const EwViewport *viewport);

/* The newest pictures if there are any that were not taken yet, or NULL; transfer full. */
EwPictures *ew_loop_take_pictures (EwLoop *loop);

/* The time line. Shows an earlier epoch in place of the run's end, and pauses training; an epoch beyond the end shows the
 * end again, as starting, stepping and resetting do. */
guint64 ew_loop_show_epoch (EwLoop *loop, guint64 epoch);
/* Moves the shown epoch on by itself, negative backwards, up to the end or the start; infinite: all in EW_PLAY_SECONDS.
 * From the end forwards it begins at the start. 0 stops it. */
guint64 ew_loop_play (EwLoop *loop, double epochs_per_second);
/* The shown epoch becomes the end of the run, to go on from; what came after it is forgotten. Editing the weights of an
 * earlier epoch does so by itself. */
guint64 ew_loop_branch (EwLoop *loop);
/* Asks for the numbers of an epoch, see EwSnapshot.reading. */
guint64 ew_loop_read_epoch (EwLoop *loop, guint64 epoch);
/* One at a time: another one ends the one before with EW_ERROR_CANCELLED. */
guint64 ew_loop_export (EwLoop *loop, const EwExport *request);

/* Nanoseconds without work after which devices give their memory back (EwBackend.rest), for all loops; a minute at
 * first. */
void ew_loop_set_rest_for_tests (gint64 ns);

/* The newest snapshot if there is one that was not taken yet, or NULL; transfer full. */
EwSnapshot *ew_loop_take_snapshot (EwLoop *loop);

/* The oldest notice not taken yet, or NULL; transfer full. */
EwNotice *ew_loop_take_notice (EwLoop *loop);
void ew_notice_free (EwNotice *notice);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwLoop, ew_loop_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwNotice, ew_notice_free)

G_END_DECLS
