/* EwCudaPlan: bands of rows, and pieces of bands, by their work. */
#include "gpu/cuda-plan.h"

#include "gpu/kernels.h"

/* Epochs without a round trip at most, and values in their trace. */
#define CHUNK_EPOCHS_MAX 1024
#define CHUNK_TRACE_MAX  (1 << 20)

/* Seconds that the device's budget stands for, and what a launch and a row of partial sums cost besides, at worst. */
#define BUDGET_SECONDS 0.1
#define LAUNCH_SECONDS 1e-5
#define ROW_SECONDS    1e-7

int
ew_cuda_plan_rows (double budget, int width, double work)
{
  double columns = (double)ew_cuda_tiles (1, width) * EW_CUDA_TILE_WIDTH;
  double tile_rows = budget / (columns * EW_CUDA_TILE_HEIGHT * work);

  return (int)CLAMP (tile_rows, 1, G_MAXINT / EW_CUDA_TILE_HEIGHT) * EW_CUDA_TILE_HEIGHT;
}

static void
finish_piece (EwCudaPlan *plan, EwCudaPiece *piece)
{
  if (piece->n_bands == 0)
    return;
  piece->grid = (int)MIN (piece->n_tiles, EW_CUDA_BLOCKS_MAX);
  plan->grid_max = MAX (plan->grid_max, piece->grid);
  g_array_append_val (plan->pieces, *piece);
  *piece = (EwCudaPiece){ .first_band = (int)plan->bands->len };
}

/* Cuts into pieces of at most @budget; a piece holds several bands where several samples fit. */
static void
add_bands (EwCudaPlan *plan, const EwProblem *problem, double work, double budget)
{
  EwCudaPiece piece = { 0 };
  double left = budget;

  for (int s = 0; s < problem->n_samples; s++)
    {
      const EwGrid *y = problem->samples[s].y;
      double row_work = (double)ew_cuda_tiles (1, y->width) * EW_CUDA_TILE_WIDTH * work;

      for (int first = 0, rows; first < y->height; first += rows)
        {
          if (left < row_work * MIN (EW_CUDA_TILE_HEIGHT, y->height - first))
            {
              finish_piece (plan, &piece);
              left = budget;
            }
          rows = MIN (ew_cuda_plan_rows (left, y->width, work), y->height - first);

          EwCudaBand band = { s, first, rows, piece.n_tiles };

          g_array_append_val (plan->bands, band);
          piece.n_bands++;
          piece.n_tiles += ew_cuda_tiles (rows, y->width);
          left -= rows * row_work;
        }
    }
  finish_piece (plan, &piece);
}

void
ew_cuda_plan_init (EwCudaPlan *plan, const EwProblem *problem, double budget)
{
  /* Each tap of each output is multiplied once for the output and once for the gradient. */
  double work = 2.0 * problem->geometry.kernel_height * problem->geometry.kernel_width;

  *plan = (EwCudaPlan){
    .bands = g_array_new (FALSE, FALSE, sizeof (EwCudaBand)),
    .pieces = g_array_new (FALSE, FALSE, sizeof (EwCudaPiece)),
  };
  add_bands (plan, problem, work, budget);

  double seconds = BUDGET_SECONDS * 2 * ew_problem_work (problem) / budget
                   + ROW_SECONDS * plan->grid_max * plan->pieces->len + LAUNCH_SECONDS * (2 * plan->pieces->len + 2);
  int epochs_max = MIN (CHUNK_EPOCHS_MAX, CHUNK_TRACE_MAX / problem->n_params);

  plan->chunk = (int)CLAMP (BUDGET_SECONDS / seconds, 1, epochs_max);
}

void
ew_cuda_plan_clear (EwCudaPlan *plan)
{
  g_clear_pointer (&plan->bands, g_array_unref);
  g_clear_pointer (&plan->pieces, g_array_unref);
}
