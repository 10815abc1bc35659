/* EwCudaPlan: which kernels work on a problem, and how it is cut into launches that each end soon. Depends on the
 * shapes and the device alone. */
#pragma once

#include "gpu/cuda-device.h"
#include "gpu/kernels.h"

G_BEGIN_DECLS

/**
 * EwCudaWay:
 * @side: of a literal kernel
 * @rows: that a thread of a literal kernel works on
 * @tile: of a block
 *
 * The kernels that a geometry is computed with.
 */
typedef struct
{
  EwCudaPath path;
  int side;
  int rows;
  EwCudaTile tile;
  EwCudaShape shape;
} EwCudaWay;

/* Rows [first, first + rows) of the output of one sample; first is a multiple of the tile's height. */
typedef struct
{
  int sample;
  int first;
  int rows;
  long long first_tile; /* within its piece */
} EwCudaBand;

/* One launch of an evaluation: some bands in a row. */
typedef struct
{
  int first_band;
  int n_bands;
  long long n_tiles;
  int grid;
} EwCudaPiece;

/**
 * EwCudaPlan:
 * @grid_max: blocks of the largest piece
 * @chunk: epochs between two looks at the cancel flag
 */
typedef struct
{
  EwCudaWay way;
  GArray *bands;
  GArray *pieces;
  int grid_max;
  int chunk;
} EwCudaPlan;

/* The size of x with its border. */
int ew_cuda_bordered_height (const EwGeometry *geometry, const EwGrid *x);
int ew_cuda_bordered_width (const EwGeometry *geometry, const EwGrid *x);

/* Rows of the bordered x that @rows of outputs need. */
int ew_cuda_rows_needed (const EwCudaShape *shape, int rows);

/* For an output of @height × @width, as one of @n such. @fused: for loss and gradient; otherwise for a correlation. */
void ew_cuda_way_init (EwCudaWay *way, const EwGeometry *geometry, gboolean fused, int height, int width, int n,
                       int multiprocessors);

/* Takes the kernels for any size instead of one with the size compiled in. */
void ew_cuda_way_widen (EwCudaWay *way);

/* For what is computed in float64, in any geometry. */
void ew_cuda_way_init_general (EwCudaWay *way, const EwGeometry *geometry);

/* Rows of an output of @width that a device computes within @budget multiply-adds, @work for each output; a multiple of
 * the tile's height, at least one. */
int ew_cuda_plan_rows (const EwCudaWay *way, double budget, int width, double work);

/* @work: multiply-adds for each output. @rows_max: of a band, a multiple of the tile's height; 0: no limit, and a band
 * may share its piece. */
void ew_cuda_plan_init (EwCudaPlan *plan, const EwProblem *problem, const EwCudaWay *way, double work, double budget,
                        int rows_max, int multiprocessors);
void ew_cuda_plan_clear (EwCudaPlan *plan);

/* Whether one block holds it (ew_cuda_descend), which knows no masks, and the epochs that it then does in a tenth of a
 * second. */
gboolean ew_cuda_plan_is_small (const EwProblem *problem);
int ew_cuda_plan_small_chunk (const EwProblem *problem, double budget, int multiprocessors);

G_END_DECLS
