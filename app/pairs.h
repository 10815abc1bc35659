/* EwPairs: pairs of pictures that share one kernel, as they were opened from a folder. */
#pragma once

#include "app/corrections.h"
#include "app/source.h"

G_BEGIN_DECLS

/**
 * EwPairItem:
 * @name: what both files' names share
 * @input, @target: of as many planes each
 * @mask: weights of the target's pixels, as many planes of its size; NULL: all count
 * @done: what has been done to them since they were read
 * @held: it is not learned from, but has its part in the curve of what is held out
 * @note: a sentence about it, or NULL
 * @first: number of its first plane among the planes of all
 */
typedef struct
{
  char *name;
  EwSource *input;
  EwSource *target;
  EwSource *mask;
  EwCorrections *done;
  gboolean held;
  char *note;
  int first;
} EwPairItem;

/* What could not be used, and the sentence that says why. */
typedef struct
{
  char *name;
  char *reason;
} EwPairLeftOut;

/**
 * EwPairs:
 * @path: the folder; @name: for people
 * @n: pairs, ≥ 1, in the order of their names
 * @kernel_height: the kernel's size that targets smaller than their inputs ask for; 0: there are none. Likewise
 *   @kernel_width
 * @n_samples: planes of all pairs
 * @x, @y: these planes, pair by pair; not referenced beside the pairs
 * @masks: likewise, some of them NULL; NULL: there are none
 *
 * Immutable once it is finished, reference-counted.
 */
typedef struct
{
  EwRefs refs;
  char *path;
  char *name;
  int n;
  EwPairItem *items;
  int n_left_out;
  EwPairLeftOut *left_out;
  int kernel_height;
  int kernel_width;
  int n_samples;
  EwGrid **x;
  EwGrid **y;
  EwGrid **masks;
} EwPairs;

/* Pairs of a folder, none yet; transfer full. */
EwPairs *ew_pairs_new (const char *path);

/* Adds one before it is finished; sources are referenced, texts copied. FALSE, and the pair among those that are left out, where
 * it is not of the others' kind: targets are as large as their inputs, or smaller by the same kernel as the others. */
gboolean ew_pairs_add (EwPairs *pairs, const char *name, EwSource *input, EwSource *target, const char *note);
void ew_pairs_leave_out (EwPairs *pairs, const char *name, const char *reason);

/* All has been added. */
void ew_pairs_finish (EwPairs *pairs);

EwPairs *ew_pairs_ref (EwPairs *pairs);
void ew_pairs_unref (EwPairs *pairs);

/* The same pairs but for the @i-th, which has these sources (@mask and @done may be NULL) and no note; finished, transfer full. */
EwPairs *ew_pairs_with_item (EwPairs *pairs, int i, EwSource *input, EwSource *target, EwSource *mask,
                              EwCorrections *done);

/* The same, the @i-th held out or not. */
EwPairs *ew_pairs_with_held (EwPairs *pairs, int i, gboolean held);

/* How many are learned from. */
int ew_pairs_count_learned (const EwPairs *pairs);

/* Bytes of all planes. */
gsize ew_pairs_bytes (const EwPairs *pairs);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwPairs, ew_pairs_unref)

G_END_DECLS
