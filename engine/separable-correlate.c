/* Tile by tile: the rows of the kernel into a scratch that stays in the cache, then its columns from there. */
#include "engine/cpu-kernels.h"
#include "engine/separable.h"

#include <string.h>

typedef struct
{
  const EwCpuKernels *kernels;
  const EwGrid *x;
  const EwSeparable *separable;
  float bias;
  EwGrid *y;
  EwCancel *cancel;
} Job;

static gboolean
is_finite (const float *values, int n)
{
  int bad = 0;

  for (int j = 0; j < n; j++)
    {
      guint32 bits;

      memcpy (&bits, &values[j], sizeof bits);
      bad |= (bits & 0x7f800000) == 0x7f800000;
    }
  return !bad;
}

/* The term @r of the sum into @to. */
static void
term (const Job *job, int r, float bias, int i, int j, int rows, int width, float *to, size_t stride)
{
  const EwSeparable *s = job->separable;
  float scratch[(EW_SEPARABLE_ROWS + EW_KERNEL_SIDE_MAX - 1) * EW_SEPARABLE_WIDTH] __attribute__ ((aligned (64)));

  job->kernels->correlate (ew_grid_row (job->x, i) + j, job->x->stride, s->rows[r], 1, s->width, 0, scratch,
                           EW_SEPARABLE_WIDTH, rows + s->height - 1, width);
  job->kernels->correlate (scratch, EW_SEPARABLE_WIDTH, s->columns[r], s->height, 1, bias, to, stride, rows, width);
}

static void
tile (const Job *job, int i, int j, int rows, int width)
{
  const EwSeparable *s = job->separable;
  float second[EW_SEPARABLE_ROWS * EW_SEPARABLE_WIDTH] __attribute__ ((aligned (64)));
  float *y = ew_grid_row (job->y, i) + j;
  size_t stride = job->y->stride;
  gboolean finite = TRUE;

  term (job, 0, job->bias, i, j, rows, width, y, stride);
  if (s->rank == 2)
    {
      term (job, 1, 0, i, j, rows, width, second, EW_SEPARABLE_WIDTH);
      for (int row = 0; row < rows; row++)
        for (int column = 0; column < width; column++)
          y[row * stride + column] += second[row * EW_SEPARABLE_WIDTH + column];
    }
  for (int row = 0; row < rows; row++)
    finite &= is_finite (y + row * stride, width);
  if (!finite)
    job->kernels->correlate (ew_grid_row (job->x, i) + j, job->x->stride, s->taps, s->height, s->width, job->bias, y,
                             stride, rows, width);
}

static void
band (int item, gpointer data)
{
  const Job *job = data;
  int first = item * EW_SEPARABLE_ROWS;

  for (int j = 0; j < job->y->width && !ew_cancelled (job->cancel); j += EW_SEPARABLE_WIDTH)
    tile (job, first, j, MIN (EW_SEPARABLE_ROWS, job->y->height - first), MIN (EW_SEPARABLE_WIDTH, job->y->width - j));
}

gboolean
ew_separable_correlate (EwPool *pool, const EwGrid *x, const EwSeparable *separable, double bias, EwGrid *y,
                        EwCancel *cancel, GError **error)
{
  Job job = { ew_cpu_kernels (error), x, separable, (float)bias, y, cancel };

  g_return_val_if_fail (y->height == x->height - separable->height + 1 && y->width == x->width - separable->width + 1,
                        FALSE);
  if (job.kernels == NULL)
    return FALSE;
  if (ew_pool_run (pool, (y->height + EW_SEPARABLE_ROWS - 1) / EW_SEPARABLE_ROWS, band, &job, cancel))
    return TRUE;
  g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
  return FALSE;
}
