/* EwCudaPlan: how a problem is cut into launches that each end soon. Depends on the shapes and the device alone. */
#pragma once

#include "gpu/cuda-device.h"

G_BEGIN_DECLS

/* Rows [first, first + rows) of the output of one sample; first is a multiple of EW_CUDA_TILE_HEIGHT. */
typedef struct
{
  int sample;
  int first;
  int rows;
  long long first_tile; /* within its piece */
} EwCudaBand;

/* One launch of ew_cuda_evaluate: some bands in a row. */
typedef struct
{
  int first_band;
  int n_bands;
  long long n_tiles;
  int grid;
} EwCudaPiece;

typedef struct
{
  GArray *bands;
  GArray *pieces;
  int grid_max;
  int chunk; /* epochs between two looks at the cancel flag */
} EwCudaPlan;

/* Rows of an output of @width that a device computes within @budget multiply-adds, @work for each output and tap;
 * a multiple of EW_CUDA_TILE_HEIGHT, at least one. */
int ew_cuda_plan_rows (double budget, int width, double work);

void ew_cuda_plan_init (EwCudaPlan *plan, const EwProblem *problem, double budget);
void ew_cuda_plan_clear (EwCudaPlan *plan);

G_END_DECLS
