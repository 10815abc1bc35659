/* EwQuantised: the blocks of a target, and of what each tap sees, as cosine transforms. */
#include "engine/quantised-private.h"

#include "engine/memory.h"

#include <math.h>
#include <string.h>

/* What an encoder takes from every pixel. */
#define LEVEL (128 / 255.0)

/* Coefficients of at least so many 255ths of a step show whether they are multiples: rounding to bytes moves them by 0.3. */
#define LARGE_STEP (3 / 255.0)

/* Smaller ones are not told apart: rounding has a standard deviation of 0.29 of a 255th. */
#define FINE_STEP (1.5 / 255.0)

/* Encoders have whole eighths of a 255th before they round, and round halves away from zero: so a step begins, on the
 * average, half of an eighth early. Of no account but for the millions of coefficients that it is alike for. */
#define EARLY (1 / (16 * 255.0))

/* So near, as part of a step, does what was quantised lie to a multiple. */
#define NEAR_STEP 0.2

/* Values of all blocks together. */
#define VALUES_MAX (1 << 25)

static gpointer
make_basis (gpointer data)
{
  double *basis = data;

  for (int u = 0; u < EW_BLOCK_SIDE; u++)
    for (int i = 0; i < EW_BLOCK_SIDE; i++)
      basis[u * EW_BLOCK_SIDE + i] = (u == 0 ? sqrt (0.5) : 1) / 2 * cos ((2 * i + 1) * u * G_PI / 16);
  return basis;
}

static const double *
basis (void)
{
  static GOnce once = G_ONCE_INIT;
  static double values[EW_BLOCK_SIZE];

  return g_once (&once, make_basis, values);
}

/* to = C · fromᵀ; twice it is C · block · Cᵀ. */
static void
transform_rows (const double *c, const double *from, double *to)
{
  for (int u = 0; u < EW_BLOCK_SIDE; u++)
    for (int i = 0; i < EW_BLOCK_SIDE; i++)
      {
        double sum = 0;

        for (int k = 0; k < EW_BLOCK_SIDE; k++)
          sum += c[u * EW_BLOCK_SIDE + k] * from[i * EW_BLOCK_SIDE + k];
        to[u * EW_BLOCK_SIDE + i] = sum;
      }
}

void
ew_block_transform (double *block)
{
  double half[EW_BLOCK_SIZE];

  transform_rows (basis (), block, half);
  transform_rows (basis (), half, block);
}

/* The target's pixels from (row, column) on; FALSE where one may be clipped or is left out. */
static gboolean
read_target (const EwSample *sample, int row, int column, double *block)
{
  for (int i = 0; i < EW_BLOCK_SIDE; i++)
    for (int j = 0; j < EW_BLOCK_SIDE; j++)
      {
        double value = (double)ew_grid_row (sample->y, row + i)[column + j];

        if (!(value > 0 && value < 1)
            || (sample->mask != NULL && ew_grid_row (sample->mask, row + i)[column + j] == 0))
          return FALSE;
        block[i * EW_BLOCK_SIDE + j] = value - LEVEL;
      }
  return TRUE;
}

/* What tap (a, c) sees where the block's outputs are. */
static void
read_input (const EwGeometry *g, const EwSample *sample, int row, int column, int a, int c, double *block)
{
  for (int i = 0; i < EW_BLOCK_SIDE; i++)
    {
      const float *x = ew_grid_row (sample->x, (row + i) * g->stride + a * g->dilation);

      for (int j = 0; j < EW_BLOCK_SIDE; j++)
        block[i * EW_BLOCK_SIDE + j] = (double)x[(size_t)(column + j) * g->stride + (size_t)c * g->dilation];
    }
}

static void
add_block (EwBlocks *blocks, const EwProblem *problem, const EwSteps *steps, const EwSample *sample, int row, int column)
{
  const EwGeometry *g = &problem->geometry;
  size_t first = (size_t)blocks->n_blocks * EW_BLOCK_SIZE;
  float *phi = blocks->phi + first * blocks->n;
  double block[EW_BLOCK_SIZE];

  if (!read_target (sample, row, column, block))
    return;
  ew_block_transform (block);
  for (int k = 0; k < EW_BLOCK_SIZE; k++)
    {
      double step = steps->steps[k], multiple = round (block[k] / step);
      double middle = (blocks->fine[k] ? block[k] : multiple * step) + (k == 0 ? EW_BLOCK_SIDE * LEVEL : 0);
      double to_low = multiple > 0 ? EARLY : -EARLY, to_high = multiple < 0 ? -EARLY : EARLY;

      blocks->low[first + k] = middle - step / 2 - to_low;
      blocks->high[first + k] = middle + step / 2 - to_high;
      blocks->n_large += step >= LARGE_STEP && multiple != 0;
      blocks->n_aligned += step >= LARGE_STEP && multiple != 0 && fabs (block[k] / step - multiple) < NEAR_STEP;
    }
  for (int tap = 0; tap < g->kernel_height * g->kernel_width; tap++)
    {
      read_input (g, sample, row, column, tap / g->kernel_width, tap % g->kernel_width, block);
      ew_block_transform (block);
      for (int k = 0; k < EW_BLOCK_SIZE; k++)
        phi[(size_t)k * blocks->n + tap] = (float)block[k];
    }
  for (int k = 0; problem->has_bias && k < EW_BLOCK_SIZE; k++)
    phi[(size_t)k * blocks->n + blocks->n - 1] = k == 0 ? EW_BLOCK_SIDE : 0;
  blocks->n_blocks++;
}

static gint64
blocks_in (const EwSample *sample)
{
  return (gint64)(sample->y->height / EW_BLOCK_SIDE) * (sample->y->width / EW_BLOCK_SIDE);
}

/* Block number @at, counted over all samples. */
static void
add_number (EwBlocks *blocks, const EwProblem *problem, const EwSteps *steps, gint64 at)
{
  const EwSample *sample = problem->samples;
  gint64 across;

  for (; at >= blocks_in (sample); sample++)
    at -= blocks_in (sample);
  across = sample->y->width / EW_BLOCK_SIDE;
  add_block (blocks, problem, steps, sample, (int)(at / across) * EW_BLOCK_SIDE, (int)(at % across) * EW_BLOCK_SIDE);
}

static EwBlocks *
new_empty (int n, gint64 n_blocks, GError **error)
{
  gsize size = (gsize)n_blocks * EW_BLOCK_SIZE;
  g_autoptr (EwBlocks) blocks = g_new0 (EwBlocks, 1);

  blocks->n = n;
  if (ew_memory_allows (size * (gsize)n * sizeof (float)))
    blocks->phi = g_try_new (float, size *(gsize)n + 1);
  blocks->low = g_try_new (double, size + 1);
  blocks->high = g_try_new (double, size + 1);
  if (blocks->phi != NULL && blocks->low != NULL && blocks->high != NULL)
    return g_steal_pointer (&blocks);
  g_set_error_literal (error, EW_ERROR, EW_ERROR_TOO_LARGE, "There is not enough memory for the target's blocks.");
  return NULL;
}

EwBlocks *
ew_blocks_new (const EwProblem *problem, const EwSteps *steps, EwCancel *cancel, GError **error)
{
  double n = problem->n_params;
  gint64 total = 0, wanted;
  g_autoptr (EwBlocks) blocks = NULL;

  for (int s = 0; s < problem->n_samples; s++)
    total += blocks_in (&problem->samples[s]);
  wanted = (gint64)fmin (EW_QUANTISED_WORK / (n * n / 2), VALUES_MAX / n) / EW_BLOCK_SIZE;
  wanted = MIN (MAX (wanted, 1), total);
  blocks = new_empty (problem->n_params, wanted, error);
  for (int k = 0; blocks != NULL && k < EW_BLOCK_SIZE; k++)
    blocks->fine[k] = steps->steps[k] < FINE_STEP;
  for (gint64 k = 0; blocks != NULL && k < wanted; k++)
    {
      if (ew_cancelled (cancel))
        {
          g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
          return NULL;
        }
      add_number (blocks, problem, steps, (gint64)((double)k * (double)total / (double)wanted));
    }
  return g_steal_pointer (&blocks);
}

void
ew_blocks_free (EwBlocks *blocks)
{
  if (blocks == NULL)
    return;
  g_free (blocks->phi);
  g_free (blocks->low);
  g_free (blocks->high);
  g_free (blocks);
}
