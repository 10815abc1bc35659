/* Tiles of a view: a square of blocks with all that another kernel's output needs. Internal to EwView. */
#pragma once

#include "engine/block-means.h"

G_BEGIN_DECLS

/* Blocks along one side of a tile. */
#define EW_VIEW_TILE 64

/* Where the taps of one axis fall: tap k reads squares of phase phases[phase_of[k]], shift_of[k] blocks on. */
typedef struct
{
  int n; /* phases, ascending, each once */
  int phases[EW_KERNEL_SIDE_MAX];
  int phase_of[EW_KERNEL_SIDE_MAX];
  int shift_of[EW_KERNEL_SIDE_MAX];
  int least_shift;
  int most_shift;
} EwViewAxis;

/**
 * EwViewPlan:
 * @block: outputs along one side of a block, ≥ 2
 * @pitch: input pixels along it, block · stride
 * @aligned: the first phase's squares are the blocks of the input
 * @input_rows: whole blocks of the input; likewise @input_columns, @output_rows and @output_columns
 */
typedef struct
{
  const EwGrid *x;
  const EwGrid *y; /* may be NULL */
  const EwGeometry *geometry;
  int block;
  int pitch;
  gboolean aligned;
  int input_rows;
  int input_columns;
  int output_rows;
  int output_columns;
  EwViewAxis rows;
  EwViewAxis columns;
} EwViewPlan;

/* Row and column are in tiles. What a tile has no block of is NULL. */
typedef struct
{
  int block;
  int row;
  int column;
  guint64 used; /* the view's clock when it was last shown */
  gboolean gathered;
  size_t bytes;
  EwGrid *input;  /* block means; where it is NULL and the plan aligned, they are rows of the first phase plane */
  EwGrid *target; /* block means */
  EwGrid *phases; /* see EwBlockMeans */
  int phase_height;
  EwGrid *output; /* of kernel number @output_of */
  guint64 output_of;
} EwViewTile;

/* height × width: of the output. */
void ew_view_plan_init (EwViewPlan *plan, const EwGrid *x, const EwGrid *y, const EwGeometry *geometry, int block,
                        int height, int width);

EwViewTile *ew_view_tile_new (int block, int row, int column);
void ew_view_tile_free (EwViewTile *tile);

/* Gathers all but the output. Errors as ew_block_means. */
gboolean ew_view_tile_gather (EwViewTile *tile, const EwViewPlan *plan, EwCancel *cancel, GError **error);

/* Makes the output at @kernel, which is number @number. */
gboolean ew_view_tile_correlate (EwViewTile *tile, const EwViewPlan *plan, const EwKernel *kernel, guint64 number,
                                 GError **error);

/* Copies columns [begin, end) of row i of the input's blocks. */
void ew_view_tile_copy_input (const EwViewTile *tile, const EwViewPlan *plan, int i, int begin, int end, float *to);

G_END_DECLS
