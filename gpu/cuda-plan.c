/* EwCudaPlan: kernels by their geometry; bands of rows, and pieces of bands, by their work. */
#include "gpu/cuda-plan.h"

/* Epochs without a round trip at most, and values in their trace. */
#define CHUNK_EPOCHS_MAX 1024
#define SMALL_EPOCHS_MAX 16384
#define CHUNK_TRACE_MAX  (1 << 20)

/* Seconds that the device's budget stands for, and what a launch costs besides, at worst. A block waits for its threads
 * five times an epoch, and for the memory that they share. */
#define BUDGET_SECONDS 0.1
#define LAUNCH_SECONDS 1e-5
#define BLOCK_SECONDS  5e-6

/* Blocks for each multiprocessor: two fit at a time, so that the last ones find company. */
#define BLOCKS_EACH 4

int
ew_cuda_bordered_height (const EwGeometry *geometry, const EwGrid *x)
{
  return geometry->top + x->height + geometry->bottom;
}

int
ew_cuda_bordered_width (const EwGeometry *geometry, const EwGrid *x)
{
  return geometry->left + x->width + geometry->right;
}

int
ew_cuda_rows_needed (const EwCudaShape *shape, int rows)
{
  return (rows - 1) * shape->stride + (shape->kernel_height - 1) * shape->dilation + 1;
}

static EwCudaPath
path_for (const EwGeometry *g, gboolean fused)
{
  int side = g->kernel_height;

  if (g->stride != 1 || g->dilation != 1)
    return EW_CUDA_GENERAL;
  if (side != g->kernel_width || (side > EW_CUDA_FUSED_MAX && (fused || (side != 9 && side != 11 && side != 15))))
    return EW_CUDA_WIDE;
  return EW_CUDA_LITERAL;
}

/* As many as leave work for every multiprocessor. */
static int
rows_for (int height, int width, int n, int multiprocessors)
{
  for (int rows = 16; rows > 2; rows /= 2)
    if (n * (double)ew_cuda_tiles (ew_cuda_tile (EW_CUDA_LITERAL, rows), height, width)
        >= BLOCKS_EACH * (double)multiprocessors)
      return rows;
  return 2;
}

void
ew_cuda_way_init (EwCudaWay *way, const EwGeometry *geometry, gboolean fused, int height, int width, int n,
                  int multiprocessors)
{
  ew_cuda_way_init_general (way, geometry);
  way->path = path_for (geometry, fused);
  way->side = geometry->kernel_height;
  way->rows = way->path == EW_CUDA_LITERAL ? rows_for (height, width, n, multiprocessors) : 0;
  way->tile = ew_cuda_tile (way->path, way->rows);
}

void
ew_cuda_way_widen (EwCudaWay *way)
{
  if (way->path != EW_CUDA_LITERAL)
    return;
  way->path = EW_CUDA_WIDE;
  way->rows = 0;
  way->tile = ew_cuda_tile (EW_CUDA_WIDE, 0);
}

void
ew_cuda_way_init_general (EwCudaWay *way, const EwGeometry *geometry)
{
  *way = (EwCudaWay){
    .path = EW_CUDA_GENERAL,
    .tile = ew_cuda_tile (EW_CUDA_GENERAL, 0),
    .shape = { geometry->kernel_height, geometry->kernel_width, geometry->stride, geometry->dilation },
  };
}

/* Multiply-adds of one row of outputs, whole tiles. */
static double
work_of_row (const EwCudaWay *way, int width, double work)
{
  return (double)ew_cuda_tiles (way->tile, 1, width) * way->tile.width * work;
}

int
ew_cuda_plan_rows (const EwCudaWay *way, double budget, int width, double work)
{
  double tile_rows = budget / (work_of_row (way, width, work) * way->tile.height);

  return (int)CLAMP (tile_rows, 1, G_MAXINT / way->tile.height) * way->tile.height;
}

static void
finish_piece (EwCudaPlan *plan, EwCudaPiece *piece, int multiprocessors)
{
  if (piece->n_bands == 0)
    return;
  piece->grid = (int)MIN (piece->n_tiles, MIN (EW_CUDA_BLOCKS_MAX, BLOCKS_EACH * (long long)multiprocessors));
  plan->grid_max = MAX (plan->grid_max, piece->grid);
  g_array_append_val (plan->pieces, *piece);
  *piece = (EwCudaPiece){ .first_band = (int)plan->bands->len };
}

/* Cuts into pieces of at most @budget; a piece holds several bands where several samples fit. */
static void
add_bands (EwCudaPlan *plan, const EwProblem *problem, double work, double budget, int rows_max, int multiprocessors)
{
  const EwCudaWay *way = &plan->way;
  EwCudaPiece piece = { 0 };
  double left = budget;

  for (int s = 0; s < problem->n_samples; s++)
    {
      const EwGrid *y = problem->samples[s].y;
      double row_work = work_of_row (way, y->width, work);

      for (int first = 0, rows; first < y->height; first += rows)
        {
          if (left < row_work * MIN (way->tile.height, y->height - first) || rows_max > 0)
            {
              finish_piece (plan, &piece, multiprocessors);
              left = budget;
            }
          rows = MIN (ew_cuda_plan_rows (way, left, y->width, work), y->height - first);
          rows = rows_max > 0 ? MIN (rows, rows_max) : rows;

          EwCudaBand band = { s, first, rows, piece.n_tiles };

          g_array_append_val (plan->bands, band);
          piece.n_bands++;
          piece.n_tiles += ew_cuda_tiles (way->tile, rows, y->width);
          left -= rows * row_work;
        }
    }
  finish_piece (plan, &piece, multiprocessors);
}

static int
chunk_of (const EwProblem *problem, double seconds, int epochs_max)
{
  return (int)CLAMP (BUDGET_SECONDS / seconds, 1, MIN (epochs_max, CHUNK_TRACE_MAX / problem->n_params));
}

void
ew_cuda_plan_init (EwCudaPlan *plan, const EwProblem *problem, const EwCudaWay *way, double work, double budget,
                   int rows_max, int multiprocessors)
{
  *plan = (EwCudaPlan){
    .way = *way,
    .bands = g_array_new (FALSE, FALSE, sizeof (EwCudaBand)),
    .pieces = g_array_new (FALSE, FALSE, sizeof (EwCudaPiece)),
  };
  add_bands (plan, problem, work, budget, rows_max, multiprocessors);

  double seconds
      = BUDGET_SECONDS * (double)problem->n_residuals * work / budget + LAUNCH_SECONDS * (2 * plan->pieces->len + 2);

  plan->chunk = chunk_of (problem, seconds, CHUNK_EPOCHS_MAX);
}

void
ew_cuda_plan_clear (EwCudaPlan *plan)
{
  g_clear_pointer (&plan->bands, g_array_unref);
  g_clear_pointer (&plan->pieces, g_array_unref);
}

gboolean
ew_cuda_plan_is_small (const EwProblem *problem)
{
  gint64 rows = 0;
  gint64 pitch = 0;

  if (problem->has_mask)
    return FALSE;
  for (int s = 0; s < problem->n_samples; s++)
    {
      rows += ew_cuda_bordered_height (&problem->geometry, problem->samples[s].x);
      pitch = MAX (pitch, ew_cuda_bordered_width (&problem->geometry, problem->samples[s].x));
    }
  return rows <= EW_CUDA_SMALL_X && pitch <= EW_CUDA_SMALL_X && rows * pitch <= EW_CUDA_SMALL_X
         && problem->n_residuals <= EW_CUDA_SMALL_OUTPUTS && problem->n_params <= EW_CUDA_SMALL_PARAMS;
}

int
ew_cuda_plan_small_chunk (const EwProblem *problem, double budget, int multiprocessors)
{
  double seconds = BUDGET_SECONDS * 2 * ew_problem_work (problem) / (budget / MAX (multiprocessors, 1)) + BLOCK_SECONDS;

  return chunk_of (problem, seconds, SMALL_EPOCHS_MAX);
}
