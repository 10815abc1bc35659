/* The CPU backend: images are cut into bands of rows, bands into tiles that fit the first-level cache.
 *
 * The bands depend on the shape alone and their sums are added in order, so that the result is the same, bit for bit,
 * whatever the number of threads. */
#include "engine/backend.h"
#include "engine/cpu-gram.h"
#include "engine/cpu-kernels.h"
#include "engine/pool.h"

#include <string.h>

#define TILE_ROWS  12
#define TILE_WIDTH 320

/* A band is correlated in pieces of some rows, as wide as lets the input rows that two blocks share wait in the
 * second-level cache. */
#define PIECE_ROWS   48
#define PIECE_VALUES (1 << 16)
#define PIECE_SHARED 5

/* Planes from this size on come from memory: a tile's data are fetched while the one before it is worked on, and
 * outputs go past the caches, where they would only push the input out. */
#define MEMORY_BYTES (16 << 20)

/* Multiply-adds that are worth handing to another thread: some microseconds of work. */
#define BAND_WORK (1 << 17)
#define BANDS_MAX 128

typedef struct
{
  EwDevice base;
  const EwCpuKernels *kernels;
  EwPool *pool;
} CpuDevice;

/* Rows [first, first + rows) of the output of one sample. */
typedef struct
{
  int sample;
  int first;
  int rows;
} Band;

typedef struct
{
  EwLoaded base;
  GArray *bands;
  /* One row a band: Σ r·x for each tap, Σ r, Σ r². */
  double *partials;
  float taps[EW_KERNEL_PARAMS_MAX];
  float bias;
  EwCancel *cancel;
} CpuLoaded;

typedef struct
{
  const CpuDevice *device;
  const EwGrid *x;
  EwGrid *y;
  int kh;
  int kw;
  int band_rows;
  gboolean streaming;
  float taps[EW_KERNEL_PARAMS_MAX];
  float bias;
  EwCancel *cancel;
} CorrelateJob;

static int
rows_of_a_band (int height, int width, int n_taps)
{
  double row_work = (double)width * n_taps;
  int by_work = (int)MIN (BAND_WORK / row_work + 1, height);
  int by_count = (height + BANDS_MAX - 1) / BANDS_MAX;

  return (MAX (by_work, by_count) + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;
}

/* Columns of the pieces, about equal and of whole cache lines, that @width is cut into; at most @most, a multiple
 * of 64.
 */
static int
columns_of_a_piece (int width, int most)
{
  int n = (width + most - 1) / most;

  return ((width + n - 1) / n + 63) / 64 * 64;
}

static gboolean
lies_in_memory (const EwGrid *grid)
{
  return (size_t)grid->height * grid->stride * sizeof (float) >= MEMORY_BYTES;
}

static void
cpu_describe (EwDeviceInfo *info)
{
  g_autoptr (GError) error = NULL;
  const EwCpuKernels *kernels = ew_cpu_kernels (&error);

  info->id = "cpu";
  if (kernels == NULL)
    {
      info->name = g_strdup ("CPU");
      info->reason = g_strdup (error->message);
      return;
    }
  info->name = g_strdup_printf ("CPU · %s", kernels->title);
  info->reason = NULL;
}

static EwDevice *
cpu_open (int threads, GError **error)
{
  const EwCpuKernels *kernels = ew_cpu_kernels (error);
  EwPool *pool = kernels == NULL ? NULL : ew_pool_new (threads, error);

  if (pool == NULL)
    return NULL;

  CpuDevice *device = g_new0 (CpuDevice, 1);
  int n = ew_pool_threads (pool);

  device->base.backend = ew_cpu_backend ();
  device->base.name = g_strdup_printf ("CPU · %s · %d %s", kernels->title, n, n == 1 ? "thread" : "threads");
  device->kernels = kernels;
  device->pool = pool;
  return &device->base;
}

static void
cpu_close (EwDevice *base)
{
  CpuDevice *device = (CpuDevice *)base;

  ew_pool_free (device->pool);
  g_free (device->base.name);
  g_free (device);
}

static gboolean
check_geometry (const EwGeometry *geometry, GError **error)
{
  if (ew_geometry_is_valid (geometry))
    return TRUE;
  g_set_error_literal (error, EW_ERROR, EW_ERROR_UNSUPPORTED,
                       "Only valid correlation is possible so far: no padding, stride 1, dilation 1.");
  return FALSE;
}

static gboolean
cancelled (GError **error)
{
  g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
  return FALSE;
}

static void
correlate_band (int item, gpointer data)
{
  CorrelateJob *job = data;
  const EwCpuKernels *kernels = job->device->kernels;
  int first = item * job->band_rows;
  int end = MIN (first + job->band_rows, job->y->height);
  int width = job->y->width;
  EwCpuHints hints = { .streaming = job->streaming };
  int step = columns_of_a_piece (width, PIECE_VALUES / (PIECE_SHARED + job->kh) / 64 * 64);

  for (int j = 0; j < width; j += step)
    for (int i = first; i < end && !ew_cancelled (job->cancel); i += PIECE_ROWS)
      kernels->correlate_hinted (ew_grid_row (job->x, i) + j, job->x->stride, job->taps, job->kh, job->kw, job->bias,
                                 ew_grid_row (job->y, i) + j, job->y->stride, MIN (PIECE_ROWS, end - i),
                                 MIN (step, width - j), &hints);
}

static gboolean
cpu_correlate (EwDevice *base, const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry, EwGrid *y,
               EwCancel *cancel, GError **error)
{
  CpuDevice *device = (CpuDevice *)base;
  int height, width;

  if (!check_geometry (geometry, error)
      || !ew_geometry_output_size (geometry, x->height, x->width, &height, &width, error))
    return FALSE;
  g_return_val_if_fail (y->height == height && y->width == width, FALSE);

  CorrelateJob job = { .device = device, .x = x, .y = y, .kh = kernel->height, .kw = kernel->width, .cancel = cancel };
  int n_taps = ew_kernel_n_taps (kernel);

  for (int k = 0; k < n_taps; k++)
    job.taps[k] = (float)kernel->taps[k];
  job.bias = (float)kernel->bias;
  job.streaming = lies_in_memory (y);
  job.band_rows = rows_of_a_band (height, width, n_taps);
  return ew_pool_run (device->pool, (height + job.band_rows - 1) / job.band_rows, correlate_band, &job, cancel)
         || cancelled (error);
}

static EwLoaded *
cpu_load (EwDevice *device, EwProblem *problem, EwCancel *cancel, GError **error)
{
  if (!check_geometry (&problem->geometry, error))
    return NULL;

  CpuLoaded *loaded = g_new0 (CpuLoaded, 1);
  int n_taps = problem->geometry.kernel_height * problem->geometry.kernel_width;

  loaded->base.device = device;
  loaded->base.problem = ew_problem_ref (problem);
  loaded->bands = g_array_new (FALSE, FALSE, sizeof (Band));
  for (int s = 0; s < problem->n_samples; s++)
    {
      const EwGrid *y = problem->samples[s].y;
      int rows = rows_of_a_band (y->height, y->width, n_taps);

      for (int first = 0; first < y->height; first += rows)
        {
          Band band = { s, first, MIN (rows, y->height - first) };

          g_array_append_val (loaded->bands, band);
        }
    }
  loaded->partials = g_new (double, (size_t)loaded->bands->len *(size_t)(n_taps + 2));
  return &loaded->base;
}

static void
cpu_unload (EwLoaded *base)
{
  CpuLoaded *loaded = (CpuLoaded *)base;

  g_array_unref (loaded->bands);
  ew_problem_unref (loaded->base.problem);
  g_free (loaded->partials);
  g_free (loaded);
}

/* One tile: Ŷ into a scratch, the scratch minus Y, and that against X; nothing leaves the cache. */
static void
evaluate_tile (CpuLoaded *loaded, const EwSample *sample, int i, int j, int rows, int width, double *partial)
{
  const EwCpuKernels *kernels = ((CpuDevice *)loaded->base.device)->kernels;
  const EwGeometry *g = &loaded->base.problem->geometry;
  int n_taps = g->kernel_height * g->kernel_width;
  const float *x = ew_grid_row (sample->x, i) + j;
  EwCpuHints hints = { FALSE };
  float scratch[TILE_ROWS * TILE_WIDTH] __attribute__ ((aligned (64)));

  if (lies_in_memory (sample->y))
    {
      hints.x_ahead = (size_t)width;
      hints.y_ahead = ew_grid_row (sample->y, i) + j + width;
      hints.y_ahead_stride = sample->y->stride;
    }
  kernels->correlate_hinted (x, sample->x->stride, loaded->taps, g->kernel_height, g->kernel_width, loaded->bias,
                             scratch, TILE_WIDTH, rows, width, &hints);
  kernels->residual (scratch, TILE_WIDTH, ew_grid_row (sample->y, i) + j, sample->y->stride, rows, width,
                     &partial[n_taps], &partial[n_taps + 1]);
  kernels->gradient (x, sample->x->stride, scratch, TILE_WIDTH, g->kernel_height, g->kernel_width, rows, width,
                     partial);
}

static void
evaluate_band (int item, gpointer data)
{
  CpuLoaded *loaded = data;
  const Band *band = &g_array_index (loaded->bands, Band, item);
  const EwSample *sample = &loaded->base.problem->samples[band->sample];
  const EwGeometry *g = &loaded->base.problem->geometry;
  size_t n_sums = (size_t)g->kernel_height * g->kernel_width + 2;
  double *partial = loaded->partials + n_sums * item;
  int step = columns_of_a_piece (sample->y->width, TILE_WIDTH);

  memset (partial, 0, n_sums * sizeof (double));
  for (int i = band->first; i < band->first + band->rows; i += TILE_ROWS)
    for (int j = 0; j < sample->y->width && !ew_cancelled (loaded->cancel); j += step)
      evaluate_tile (loaded, sample, i, j, MIN (TILE_ROWS, band->first + band->rows - i),
                     MIN (step, sample->y->width - j), partial);
}

static gboolean
cpu_evaluate (EwLoaded *base, const double *params, double *loss, double *gradient, EwCancel *cancel, GError **error)
{
  CpuLoaded *loaded = (CpuLoaded *)base;
  EwProblem *problem = base->problem;
  int n_taps = problem->geometry.kernel_height * problem->geometry.kernel_width;
  int n_bands = (int)loaded->bands->len;

  for (int k = 0; k < n_taps; k++)
    loaded->taps[k] = (float)params[k];
  loaded->bias = problem->has_bias ? (float)params[n_taps] : 0;
  loaded->cancel = cancel;
  if (!ew_pool_run (((CpuDevice *)base->device)->pool, n_bands, evaluate_band, loaded, cancel))
    return cancelled (error);

  *loss = 0;
  for (int k = 0; k < problem->n_params; k++)
    gradient[k] = 0;
  for (int b = 0; b < n_bands; b++)
    {
      const double *partial = loaded->partials + (size_t)b * (n_taps + 2);

      /* Σ r stands where the bias has its place, right behind the taps. */
      for (int k = 0; k < problem->n_params; k++)
        gradient[k] += 2 * partial[k];
      *loss += partial[n_taps + 1];
    }
  return TRUE;
}

static EwGram *
cpu_gram (EwLoaded *loaded, EwCancel *cancel, GError **error)
{
  const CpuDevice *device = (const CpuDevice *)loaded->device;

  return ew_cpu_gram (ew_cpu_gram_sums (device->kernels->id), device->pool, loaded->problem, cancel, error);
}

static gboolean
cpu_evaluate_exactly (EwLoaded *loaded, const double *params, double *loss, double *gradient, EwCancel *cancel,
                      GError **error)
{
  const CpuDevice *device = (const CpuDevice *)loaded->device;

  return ew_cpu_evaluate_exactly (ew_cpu_gram_sums (device->kernels->id), device->pool, loaded->problem, params,
                                  loss, gradient, cancel, error);
}

const EwBackend *
ew_cpu_backend (void)
{
  static const EwBackend backend = {
    .id = "cpu",
    .describe = cpu_describe,
    .open = cpu_open,
    .close = cpu_close,
    .correlate = cpu_correlate,
    .load = cpu_load,
    .unload = cpu_unload,
    .evaluate = cpu_evaluate,
    .gram = cpu_gram,
    .evaluate_exactly = cpu_evaluate_exactly,
  };

  return &backend;
}
