/* The CPU backend: images are cut into bands of rows, bands into tiles that fit the first-level cache.
 *
 * The bands depend on the shape alone and their sums are added in order, so that the result is the same, bit for bit,
 * whatever the number of threads. */
#include "engine/cpu-gram.h"
#include "engine/cpu-private.h"
#include "engine/cpu-tiny.h"

/* Multiply-adds that are not worth waking another thread for, some microseconds of work; and those of one band where
 * there are more: with larger bands the threads end at different times. */
#define ALONE_WORK (1 << 17)
#define BAND_WORK  (1 << 15)
#define BANDS_MAX  128

#define MEMORY_BYTES (16 << 20)

int
ew_cpu_band_rows (int height, int width, int n_taps)
{
  double row_work = (double)width * n_taps;
  int by_work = row_work * height <= ALONE_WORK ? height : (int)MIN (BAND_WORK / row_work + 1, height);
  int by_count = (height + BANDS_MAX - 1) / BANDS_MAX;

  return (MAX (by_work, by_count) + EW_CPU_TILE_ROWS - 1) / EW_CPU_TILE_ROWS * EW_CPU_TILE_ROWS;
}

int
ew_cpu_piece_columns (int width, int most)
{
  int n = (width + most - 1) / most;

  return ((width + n - 1) / n + 63) / 64 * 64;
}

gboolean
ew_cpu_lies_in_memory (const EwGrid *grid)
{
  return (size_t)grid->height * grid->stride * sizeof (float) >= MEMORY_BYTES;
}

static void
cpu_describe (EwDeviceInfo *info)
{
  g_autoptr (GError) error = NULL;
  const EwCpuKernels *kernels = ew_cpu_kernels (&error);

  *info = (EwDeviceInfo){ .id = "cpu" };
  if (kernels == NULL)
    {
      info->name = g_strdup ("CPU");
      info->reason = g_strdup (error->message);
      return;
    }
  info->name = g_strdup_printf ("CPU · %s", kernels->title);
}

static EwDevice *
cpu_open (int threads, GError **error)
{
  const EwCpuKernels *kernels = ew_cpu_kernels (error);
  EwPool *pool = kernels == NULL ? NULL : ew_pool_new (threads, error);

  if (pool == NULL)
    return NULL;

  EwCpuDevice *device = g_new0 (EwCpuDevice, 1);
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
  EwCpuDevice *device = (EwCpuDevice *)base;

  ew_pool_free (device->pool);
  g_free (device->base.name);
  g_free (device);
}

gboolean
ew_cpu_cancelled (GError **error)
{
  g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
  return FALSE;
}

static EwGram *
cpu_gram (EwLoaded *loaded, EwCancel *cancel, GError **error)
{
  const EwCpuDevice *device = (const EwCpuDevice *)loaded->device;

  if (ew_cpu_is_tiny (loaded->problem) && !ew_cancelled (cancel))
    return ew_cpu_tiny_gram (loaded->problem, error);
  return ew_cpu_gram (ew_cpu_gram_sums (device->kernels->id), device->pool, loaded->problem, cancel, error);
}

static EwGramTiles *
cpu_gram_tiles (EwLoaded *loaded, int n_rows, int n_columns, EwCancel *cancel, GError **error)
{
  const EwCpuDevice *device = (const EwCpuDevice *)loaded->device;

  return ew_cpu_gram_tiles (ew_cpu_gram_sums (device->kernels->id), device->pool, loaded->problem, n_rows, n_columns,
                            cancel, error);
}

static gboolean
cpu_evaluate_exactly (EwLoaded *loaded, const double *params, double *loss, double *gradient, EwCancel *cancel,
                      GError **error)
{
  const EwCpuDevice *device = (const EwCpuDevice *)loaded->device;

  if (ew_cpu_is_tiny (loaded->problem) && !ew_cancelled (cancel))
    {
      ew_cpu_tiny_evaluate (loaded->problem, params, loss, gradient);
      return TRUE;
    }
  return ew_cpu_evaluate_exactly (ew_cpu_gram_sums (device->kernels->id), device->pool, loaded->problem, params, loss,
                                  gradient, cancel, error);
}

static EwPool *
cpu_pool (EwDevice *device)
{
  return ((EwCpuDevice *)device)->pool;
}

const EwBackend *
ew_cpu_backend (void)
{
  static const EwBackend backend = {
    .id = "cpu",
    .describe = cpu_describe,
    .masks = TRUE,
    .open = cpu_open,
    .close = cpu_close,
    .pool = cpu_pool,
    .correlate = ew_cpu_correlate,
    .load = ew_cpu_load,
    .unload = ew_cpu_unload,
    .evaluate = ew_cpu_evaluate,
    .gram = cpu_gram,
    .gram_tiles = cpu_gram_tiles,
    .evaluate_exactly = cpu_evaluate_exactly,
  };

  return &backend;
}
