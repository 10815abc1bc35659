/* Tiles: gathering squares by phase, and the output from them.
 *
 * The mean of Y over the s×s block at (i, j) is Σ K[a, c] · B[iS + u, jS + v] with S = s·stride, u = a·dilation − top
 * and v = c·dilation − left, B[r, q] being the mean of the s×s values of the bordered X that begin at pixel (r, q) and
 * lie a stride apart. Written with u = S·α + p and v = S·γ + q it is Σ K[a, c] · P(p, q)[i + α, j + γ], where the phase
 * plane P(p, q)[i, j] = B[iS + p, jS + q] holds every S-th square. Only the phases that some tap falls on are kept:
 * with stride 1 at most one value for each pixel of X, and rows of P are contiguous. */
#include "engine/view-tile.h"

#include <string.h>

static int
floor_div (int a, int b)
{
  return a / b - (a % b < 0 ? 1 : 0);
}

static int
compare_ints (const void *a, const void *b)
{
  return *(const int *)a - *(const int *)b;
}

static void
axis_init (EwViewAxis *axis, int n_taps, int dilation, int before, int pitch)
{
  int all[EW_KERNEL_SIDE_MAX];

  *axis = (EwViewAxis){ .least_shift = floor_div (-before, pitch) };
  axis->most_shift = floor_div ((n_taps - 1) * dilation - before, pitch);
  for (int k = 0; k < n_taps; k++)
    {
      axis->shift_of[k] = floor_div (k * dilation - before, pitch);
      all[k] = k * dilation - before - axis->shift_of[k] * pitch;
      axis->phase_of[k] = all[k];
    }
  qsort (all, n_taps, sizeof (int), compare_ints);
  for (int k = 0; k < n_taps; k++)
    if (k == 0 || all[k] != all[k - 1])
      axis->phases[axis->n++] = all[k];
  for (int k = 0; k < n_taps; k++)
    {
      int phase = axis->phase_of[k];

      axis->phase_of[k] = 0;
      while (axis->phases[axis->phase_of[k]] != phase)
        axis->phase_of[k]++;
    }
}

void
ew_view_plan_init (EwViewPlan *plan, const EwGrid *x, const EwGrid *y, const EwGeometry *geometry, int block,
                   int height, int width)
{
  int pitch = block * geometry->stride;

  *plan = (EwViewPlan){
    .x = x,
    .y = y,
    .geometry = geometry,
    .block = block,
    .pitch = pitch,
    .aligned = geometry->stride == 1 && geometry->top == 0 && geometry->left == 0,
    .input_rows = x->height / pitch,
    .input_columns = x->width / pitch,
    .output_rows = height / block,
    .output_columns = width / block,
  };
  axis_init (&plan->rows, geometry->kernel_height, geometry->dilation, geometry->top, pitch);
  axis_init (&plan->columns, geometry->kernel_width, geometry->dilation, geometry->left, pitch);
}

EwViewTile *
ew_view_tile_new (int block, int row, int column)
{
  EwViewTile *tile = g_new0 (EwViewTile, 1);

  tile->block = block;
  tile->row = row;
  tile->column = column;
  return tile;
}

void
ew_view_tile_free (EwViewTile *tile)
{
  ew_grid_unref (tile->input);
  ew_grid_unref (tile->target);
  ew_grid_unref (tile->phases);
  ew_grid_unref (tile->output);
  g_free (tile);
}

/* How many of @all blocks lie in tile number @at. */
static int
blocks_in (int at, int all)
{
  return CLAMP (all - at * EW_VIEW_TILE, 0, EW_VIEW_TILE);
}

/* The blocks of a plane themselves: one phase. */
static gboolean
gather_blocks (const EwViewTile *tile, const EwGrid *x, int side, int rows, int columns, EwGrid **blocks,
               EwCancel *cancel, GError **error)
{
  static const int zero[] = { 0 };
  int height = blocks_in (tile->row, rows);
  int width = blocks_in (tile->column, columns);
  EwBlockMeans means = { .x = x,
                         .side = side,
                         .step = 1,
                         .pitch = side,
                         .n_rows = 1,
                         .n_columns = 1,
                         .rows = zero,
                         .columns = zero,
                         .first_row = tile->row * EW_VIEW_TILE,
                         .first_column = tile->column * EW_VIEW_TILE,
                         .height = height,
                         .width = width };

  if (height == 0 || width == 0)
    return TRUE;
  *blocks = ew_grid_new (height, width, error);
  return *blocks != NULL && ew_block_means (&means, *blocks, cancel, error);
}

static gboolean
gather_phases (EwViewTile *tile, const EwViewPlan *plan, EwCancel *cancel, GError **error)
{
  const EwViewAxis *rows = &plan->rows;
  const EwViewAxis *columns = &plan->columns;
  int height = blocks_in (tile->row, plan->output_rows);
  int width = blocks_in (tile->column, plan->output_columns);

  height = height == 0 || width == 0 ? 0 : height + rows->most_shift - rows->least_shift;
  width = height == 0 ? 0 : width + columns->most_shift - columns->least_shift;
  if (plan->aligned)
    {
      height = MAX (height, blocks_in (tile->row, plan->input_rows));
      width = MAX (width, blocks_in (tile->column, plan->input_columns));
    }
  if (height == 0 || width == 0)
    return TRUE;

  EwBlockMeans means = { .x = plan->x,
                         .border = plan->geometry->border,
                         .side = plan->block,
                         .step = plan->geometry->stride,
                         .pitch = plan->pitch,
                         .n_rows = rows->n,
                         .n_columns = columns->n,
                         .rows = rows->phases,
                         .columns = columns->phases,
                         .first_row = tile->row * EW_VIEW_TILE + rows->least_shift,
                         .first_column = tile->column * EW_VIEW_TILE + columns->least_shift,
                         .height = height,
                         .width = width };

  tile->phase_height = height;
  tile->phases = ew_grid_new (rows->n * columns->n * height, width, error);
  return tile->phases != NULL && ew_block_means (&means, tile->phases, cancel, error);
}

static size_t
grid_bytes (const EwGrid *grid)
{
  return grid == NULL ? 0 : (size_t)grid->height * grid->stride * sizeof (float);
}

gboolean
ew_view_tile_gather (EwViewTile *tile, const EwViewPlan *plan, EwCancel *cancel, GError **error)
{
  /* What a cancelled call has left. */
  g_clear_pointer (&tile->input, ew_grid_unref);
  g_clear_pointer (&tile->target, ew_grid_unref);
  g_clear_pointer (&tile->phases, ew_grid_unref);
  tile->gathered = gather_phases (tile, plan, cancel, error)
                   && (plan->aligned
                       || gather_blocks (tile, plan->x, plan->pitch, plan->input_rows, plan->input_columns,
                                         &tile->input, cancel, error))
                   && (plan->y == NULL
                       || gather_blocks (tile, plan->y, plan->block, plan->output_rows, plan->output_columns,
                                         &tile->target, cancel, error));
  /* The output will be as large as the target. */
  tile->bytes = grid_bytes (tile->input) + 2 * grid_bytes (tile->target) + grid_bytes (tile->phases) + sizeof *tile;
  return tile->gathered;
}

static void
add_scaled (float *restrict to, const float *restrict from, float factor, int n)
{
  for (int j = 0; j < n; j++)
    to[j] += factor * from[j];
}

/* Row i of the output's block means. */
static void
output_row (const EwViewTile *tile, const EwViewPlan *plan, const EwKernel *kernel, int i, float *row)
{
  const EwViewAxis *rows = &plan->rows;
  const EwViewAxis *columns = &plan->columns;

  for (int j = 0; j < tile->output->width; j++)
    row[j] = (float)kernel->bias;
  for (int a = 0; a < kernel->height; a++)
    for (int c = 0; c < kernel->width; c++)
      {
        int plane = rows->phase_of[a] * columns->n + columns->phase_of[c];
        int at = plane * tile->phase_height + i + rows->shift_of[a] - rows->least_shift;

        add_scaled (row, ew_grid_row (tile->phases, at) + columns->shift_of[c] - columns->least_shift,
                    (float)kernel->taps[a * kernel->width + c], tile->output->width);
      }
}

gboolean
ew_view_tile_correlate (EwViewTile *tile, const EwViewPlan *plan, const EwKernel *kernel, guint64 number,
                        GError **error)
{
  int height = blocks_in (tile->row, plan->output_rows);
  int width = blocks_in (tile->column, plan->output_columns);

  if (tile->output_of == number || height == 0 || width == 0)
    return TRUE;
  if (tile->output == NULL && (tile->output = ew_grid_new (height, width, error)) == NULL)
    return FALSE;
  for (int i = 0; i < height; i++)
    output_row (tile, plan, kernel, i, ew_grid_row (tile->output, i));
  tile->output_of = number;
  return TRUE;
}

void
ew_view_tile_copy_input (const EwViewTile *tile, const EwViewPlan *plan, int i, int begin, int end, float *to)
{
  const EwGrid *from = plan->aligned ? tile->phases : tile->input;

  /* Aligned, nothing lies before a block: the least shift is 0. */
  memcpy (to, ew_grid_row (from, i) + begin, (size_t)(end - begin) * sizeof *to);
}
