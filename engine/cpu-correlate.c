/* CPU correlation; directly: bands of rows, in them pieces as wide as the second-level cache bears. */
#include "engine/cpu-method.h"
#include "engine/cpu-private.h"
#include "engine/cpu-window.h"
#include "engine/fft-correlate.h"

/* A piece's rows, and the input values that six of its rows may read: the rows that two blocks share wait in the
 * second-level cache. */
#define PIECE_ROWS   EW_CPU_WINDOW_ROWS
#define PIECE_VALUES (1 << 16)

/* Edges are done in pieces whose input the scratch holds. */
#define EDGE_COLUMNS 64

typedef struct
{
  const EwCpuDevice *device;
  const EwGeometry *geometry;
  const EwGrid *x;
  EwGrid *y;
  int band_rows;
  gboolean streaming;
  float taps[EW_KERNEL_PARAMS_MAX];
  float bias;
  EwCancel *cancel;
} CorrelateJob;

/* Outputs (i, j) … (end_row, end_column), in pieces of rows × columns. */
static void
correlate_pieces (const CorrelateJob *job, EwCpuWindow *window, int i, int end_row, int begin_column, int end_column,
                  int rows, int columns, gboolean streaming)
{
  EwCpuHints hints = { .streaming = streaming };

  for (; i < end_row; i += rows)
    for (int j = begin_column; j < end_column && !ew_cancelled (job->cancel); j += columns)
      ew_cpu_window_correlate (window, i, j, MIN (rows, end_row - i), MIN (columns, end_column - j),
                               ew_grid_row (job->y, i) + j, job->y->stride, &hints);
}

/* Outputs that see the border, or any where nothing can be read in place. */
static void
correlate_edge (const CorrelateJob *job, EwCpuWindow *window, int i, int end_row, int j, int end_column)
{
  correlate_pieces (job, window, i, end_row, j, end_column, EW_CPU_TILE_ROWS, EDGE_COLUMNS, FALSE);
}

/* Columns that are read in place, between the edges at the left and at the right. */
static void
correlate_middle (const CorrelateJob *job, EwCpuWindow *window, int i, int end_row, int left, int right)
{
  int most = PIECE_VALUES / (5 + job->geometry->kernel_height) / 64 * 64;

  correlate_edge (job, window, i, end_row, 0, left);
  correlate_pieces (job, window, i, end_row, left, right, PIECE_ROWS, ew_cpu_piece_columns (right - left, most),
                    job->streaming);
  correlate_edge (job, window, i, end_row, right, job->y->width);
}

static void
correlate_band (int item, gpointer data)
{
  const CorrelateJob *job = data;
  int first = item * job->band_rows;
  int end = MIN (first + job->band_rows, job->y->height);
  float scratch[EW_CPU_SCRATCH] __attribute__ ((aligned (64)));
  EwCpuWindow window = { .kernels = job->device->kernels,
                         .geometry = job->geometry,
                         .x = job->x,
                         .taps = job->taps,
                         .bias = job->bias,
                         .scratch = scratch };
  int top, bottom, left, right;

  ew_cpu_window_inside (job->geometry, job->x, job->y, &top, &bottom, &left, &right);
  /* What is stored past the caches begins on a cache line. */
  left = (left + 15) / 16 * 16;
  top = CLAMP (top, first, end);
  bottom = CLAMP (bottom, top, end);
  if (job->geometry->stride > 1 || left >= right)
    top = bottom = end;
  correlate_edge (job, &window, first, top, 0, job->y->width);
  if (top < bottom)
    correlate_middle (job, &window, top, bottom, left, right);
  correlate_edge (job, &window, bottom, end, 0, job->y->width);
}

static gboolean
correlate_directly (const EwCpuDevice *device, const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry,
                    EwGrid *y, EwCancel *cancel, GError **error)
{
  CorrelateJob job;
  int n_taps = ew_kernel_n_taps (kernel);

  /* One by one: clearing the room for the largest kernel would take as long as a small image. */
  job.device = device;
  job.geometry = geometry;
  job.x = x;
  job.y = y;
  job.cancel = cancel;
  for (int k = 0; k < n_taps; k++)
    job.taps[k] = (float)kernel->taps[k];
  job.bias = (float)kernel->bias;
  job.streaming = ew_cpu_lies_in_memory (y);
  job.band_rows = ew_cpu_band_rows (y->height, y->width, n_taps);
  return ew_pool_run (device->pool, (y->height + job.band_rows - 1) / job.band_rows, correlate_band, &job, cancel)
         || ew_cpu_cancelled (error);
}

gboolean
ew_cpu_correlate (EwDevice *base, const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry, EwMethod wanted,
                  EwGrid *y, EwCancel *cancel, GError **error)
{
  const EwCpuDevice *device = (const EwCpuDevice *)base;
  g_autofree EwSeparable *separable = NULL;
  g_autoptr (GError) cause = NULL;
  int height, width;
  EwMethod method;

  if (!ew_geometry_output_size (geometry, x->height, x->width, &height, &width, error))
    return FALSE;
  g_return_val_if_fail (y->height == height && y->width == width, FALSE);
  if (!ew_cpu_method (base, wanted, geometry, x, kernel, &method, &separable, error))
    return FALSE;
  if (method == EW_METHOD_SEPARABLE)
    return ew_separable_correlate (device->pool, x, separable, kernel->bias, y, cancel, error);
  if (method == EW_METHOD_FFT)
    {
      if (ew_fft_correlate (device->pool, x, kernel, y, cancel, &cause))
        return TRUE;
      /* Without memory for transforms the direct loops still do. */
      if (wanted == EW_METHOD_FFT || !g_error_matches (cause, EW_ERROR, EW_ERROR_TOO_LARGE))
        {
          g_propagate_error (error, g_steal_pointer (&cause));
          return FALSE;
        }
    }
  return correlate_directly (device, x, kernel, geometry, y, cancel, error);
}
