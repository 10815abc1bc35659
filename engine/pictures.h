/* EwPictures: the planes of a sample as a window shows them, and the part of the planes that it asks for. Data only. */
#pragma once

#include "engine/geometry.h"
#include "engine/grid.h"
#include "engine/kernel.h"

G_BEGIN_DECLS

/**
 * EwViewport:
 * @task: the task that it is meant for (EwSnapshot.task); likewise @sample
 * @block: s ≥ 1: a value stands for s×s outputs; of the input, for s·stride × s·stride pixels, or for one where s is 1
 * @row: first row of blocks; likewise @column
 * @height: rows of blocks, ≥ 1; likewise @width
 * @seen_row: first row of blocks that is in sight now, while the rest may come into sight; likewise @seen_column
 * @seen_height: rows of blocks in sight, 0: all are; likewise @seen_width
 *
 * The part of input, target and output that is to be made. What of it lies outside a plane is left out.
 */
typedef struct
{
  guint64 task;
  int sample;
  int block;
  int row;
  int column;
  int height;
  int width;
  int seen_row;
  int seen_column;
  int seen_height;
  int seen_width;
} EwViewport;

/* Sizes that one goes through when zooming: whole sides of a pixel, or input pixels along a dot, ascending. */
#define EW_ZOOM_SIDES 20
extern const int ew_zoom_sides[EW_ZOOM_SIDES];

/**
 * EwPictures:
 * @task: whose planes; likewise @sample
 * @block: s, side of a block of outputs: block (i, j) holds the outputs [i·s, i·s + s), columns alike
 * @row: first row of blocks in output and target; likewise @column
 * @input_block: side of a block of input pixels: s·stride, or 1 where s is 1
 * @input_row: first row of blocks in the input; likewise @input_column
 * @input: block means of X, or its values where @input_block is 1; NULL where the viewport holds none. The rest that
 *   fills no last block is left out
 * @target: likewise of Y
 * @output: likewise of Ŷ at @kernel
 * @kernel: what the output was made with
 *
 * Immutable; references may be taken and dropped on any thread.
 */
typedef struct
{
  EwRefs refs;
  guint64 task;
  int sample;
  int block;
  int row;
  int column;
  int input_block;
  int input_row;
  int input_column;
  EwGrid *input;
  EwGrid *target;
  EwGrid *output;
  EwKernel *kernel;
} EwPictures;

EwPictures *ew_pictures_new (void);
EwPictures *ew_pictures_ref (EwPictures *pictures);
void ew_pictures_unref (EwPictures *pictures);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwPictures, ew_pictures_unref)

G_END_DECLS
