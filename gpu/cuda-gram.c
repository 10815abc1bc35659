/* What a CUDA device sums in float64: the loss near its minimum, and the Gram matrix. */
#include "gpu/cuda-gram.h"

#include <string.h>

/* Taps beyond which each tile would be read too often. */
#define TAPS_MAX 256

/* One piece of work, with a plan of its own: the tiles are others. */
typedef struct
{
  EwCudaLoaded *loaded;
  EwCudaPlan plan;
  EwCudaMemory memory;
  EwCudaSample *bands;
  EwCudaSample *samples;
  double *params;
  double *partials;
  double *columns; /* n_values rows of a value a piece */
  double *values;
  int n_values;
} Sums;

/* @columns: of partial sums, for each value and piece. */
static gboolean
start_sums (Sums *sums, EwCudaLoaded *loaded, int n_values, double work, int columns_max, GError **error)
{
  const EwProblem *problem = loaded->base.problem;
  EwCudaDevice *device = ew_cuda_device_of (loaded);
  EwCudaWay way;

  *sums = (Sums){ .loaded = loaded, .n_values = n_values };
  ew_cuda_way_init_general (&way, &problem->geometry);
  ew_cuda_plan_init (&sums->plan, problem, &way, work * device->float64_slowness, device->budget, loaded->rows_max,
                     device->multiprocessors);

  guint n_bands = sums->plan.bands->len;
  size_t n_columns = columns_max > 0 ? (size_t)columns_max : (size_t)sums->plan.grid_max;

  sums->bands = g_new0 (EwCudaSample, n_bands);
  ew_cuda_memory_add (&sums->memory, &sums->samples, n_bands, sizeof (EwCudaSample));
  ew_cuda_memory_add (&sums->memory, &sums->params, (size_t)problem->n_params, sizeof (double));
  ew_cuda_memory_add (&sums->memory, &sums->partials, (size_t)n_values * n_columns, sizeof (double));
  ew_cuda_memory_add (&sums->memory, &sums->columns, (size_t)n_values * sums->plan.pieces->len, sizeof (double));
  ew_cuda_memory_add (&sums->memory, &sums->values, (size_t)n_values, sizeof (double));
  if (!ew_cuda_memory_allocate (&sums->memory, device, error))
    return FALSE;
  ew_cuda_fill_samples (loaded, &sums->plan, sums->bands);
  return ew_cuda_upload (device, sums->samples, sums->bands, n_bands * sizeof (EwCudaSample), error);
}

/* What may still be under way is waited for where @ok is FALSE. */
static void
end_sums (Sums *sums, gboolean ok)
{
  EwCudaDevice *device = ew_cuda_device_of (sums->loaded);

  if (!ok)
    ew_cuda_drain (device);
  ew_cuda_memory_clear (&sums->memory, device);
  ew_cuda_plan_clear (&sums->plan);
  g_free (sums->bands);
}

/* After a launch that left @n columns of partial sums for piece @p. */
static gboolean
reduce_piece (Sums *sums, int p, int n, EwCancel *cancel, GError **error)
{
  return ew_cuda_launch_reduce (sums->loaded, sums->partials, n, sums->n_values, NULL, sums->columns + p,
                                (int)sums->plan.pieces->len, error)
         && ew_cuda_wait (ew_cuda_device_of (sums->loaded), cancel, error);
}

/* All pieces' sums, added and brought here. */
static gboolean
read_sums (Sums *sums, double *values, EwCancel *cancel, GError **error)
{
  EwCudaDevice *device = ew_cuda_device_of (sums->loaded);

  return ew_cuda_launch_reduce (sums->loaded, sums->columns, (int)sums->plan.pieces->len, sums->n_values, NULL,
                                sums->values, 1, error)
         && ew_cuda_download (device, values, sums->values, (size_t)sums->n_values * sizeof (double), error)
         && ew_cuda_wait (device, cancel, error);
}

static gboolean
sum_exactly (Sums *sums, const double *params, int ones, double *values, EwCancel *cancel, GError **error)
{
  EwCudaDevice *device = ew_cuda_device_of (sums->loaded);
  const EwProblem *problem = sums->loaded->base.problem;
  int has_bias = problem->has_bias != FALSE;

  if (!ew_cuda_upload (device, sums->params, params, (size_t)problem->n_params * sizeof (double), error))
    return FALSE;
  for (guint p = 0; p < sums->plan.pieces->len; p++)
    {
      const EwCudaPiece *piece = &g_array_index (sums->plan.pieces, EwCudaPiece, p);
      EwCudaSample *samples = sums->samples + piece->first_band;
      int n_samples = piece->n_bands;
      long long n_tiles = piece->n_tiles;
      EwCudaShape shape = sums->plan.way.shape;
      void *arguments[] = { &samples, &n_samples, &n_tiles, &sums->params, &has_bias, &shape, &ones, &sums->partials };

      if (!ew_cuda_bring_piece (sums->loaded, &sums->plan, (int)p, cancel, error)
          || !ew_cuda_launch (device, EW_CUDA_KERNEL_EXACT, piece->grid, EW_CUDA_EXACT_BYTES, arguments, error)
          || !ew_cuda_release_piece (sums->loaded, (int)p, error)
          || !reduce_piece (sums, (int)p, piece->grid, cancel, error))
        return FALSE;
    }
  return read_sums (sums, values, cancel, error);
}

/* values: n_sums of them at @params; Σ of what each tap sees where @ones. */
static gboolean
run_exactly (EwCudaLoaded *loaded, const double *params, int ones, double *values, EwCancel *cancel, GError **error)
{
  Sums sums;
  gboolean ok = start_sums (&sums, loaded, loaded->n_sums, 2.0 * loaded->n_taps, 0, error)
                && sum_exactly (&sums, params, ones, values, cancel, error);

  end_sums (&sums, ok);
  return ok;
}

gboolean
ew_cuda_evaluate_exactly (EwLoaded *base, const double *params, double *loss, double *gradient, EwCancel *cancel,
                          GError **error)
{
  EwCudaLoaded *loaded = (EwCudaLoaded *)base;
  g_autofree double *values = g_new (double, loaded->n_sums);

  if (!ew_cuda_wake (loaded, cancel, error) || !run_exactly (loaded, params, 0, values, cancel, error))
    return FALSE;
  for (int k = 0; k < base->problem->n_params; k++)
    gradient[k] = 2 * values[k];
  *loss = values[loaded->n_taps + 1];
  return TRUE;
}

static gboolean
sum_products (Sums *sums, int n_pairs, int blocks, double *values, EwCancel *cancel, GError **error)
{
  EwCudaDevice *device = ew_cuda_device_of (sums->loaded);

  for (guint p = 0; p < sums->plan.pieces->len; p++)
    {
      const EwCudaPiece *piece = &g_array_index (sums->plan.pieces, EwCudaPiece, p);
      EwCudaSample *samples = sums->samples + piece->first_band;
      int n_samples = piece->n_bands;
      long long n_tiles = piece->n_tiles;
      EwCudaShape shape = sums->plan.way.shape;
      int grid = (n_pairs + EW_CUDA_THREADS - 1) / EW_CUDA_THREADS * blocks;
      void *arguments[] = { &samples, &n_samples, &n_tiles, &shape, &n_pairs, &sums->partials };

      if (!ew_cuda_bring_piece (sums->loaded, &sums->plan, (int)p, cancel, error)
          || !ew_cuda_launch (device, EW_CUDA_KERNEL_GRAM, grid, 0, arguments, error)
          || !ew_cuda_release_piece (sums->loaded, (int)p, error)
          || !reduce_piece (sums, (int)p, blocks * ew_cuda_groups (n_pairs, EW_CUDA_THREADS), cancel, error))
        return FALSE;
    }
  return read_sums (sums, values, cancel, error);
}

/* The sixteen sums of each pair of fours to where they belong. */
static void
spread_products (EwGram *gram, int n_taps, const double *values)
{
  int fours = (n_taps + 3) / 4;
  int pair = 0;

  for (int p = 0; p < fours; p++)
    for (int q = p; q < fours; q++, pair++)
      for (int k = 0; k < 16; k++)
        {
          int row = 4 * p + k / 4;
          int column = 4 * q + k % 4;

          if (row < n_taps && column < n_taps)
            gram->g[row * gram->n + column] = gram->g[column * gram->n + row] = values[16 * pair + k];
        }
}

/* Blocks for each 256 pairs: four for each multiprocessor, fewer where their sums would take too much memory; 0 with
 * @error set where the device does not say what it has. */
static int
blocks_for (EwCudaDevice *device, int n_pairs, GError **error)
{
  int blocks = n_pairs > EW_CUDA_THREADS ? device->multiprocessors : 4 * device->multiprocessors;
  size_t block_bytes = 16 * sizeof (double) * (size_t)n_pairs * (size_t)ew_cuda_groups (n_pairs, EW_CUDA_THREADS);
  size_t budget = ew_cuda_memory_budget (device, error) / 2;

  if (budget == 0)
    return 0;
  return (int)CLAMP (budget / block_bytes, 1, (size_t)blocks);
}

static gboolean
fill_products (EwCudaLoaded *loaded, EwGram *gram, EwCancel *cancel, GError **error)
{
  int fours = (loaded->n_taps + 3) / 4;
  int n_pairs = fours * (fours + 1) / 2;
  int blocks = blocks_for (ew_cuda_device_of (loaded), n_pairs, error);
  int columns = blocks * ew_cuda_groups (n_pairs, EW_CUDA_THREADS);
  g_autofree double *values = g_new (double, 16 * (gsize)n_pairs);
  Sums sums;
  gboolean ok;

  if (blocks == 0)
    return FALSE;
  ok = start_sums (&sums, loaded, 16 * n_pairs, 16.0 * n_pairs, columns, error)
       && sum_products (&sums, n_pairs, blocks, values, cancel, error);

  end_sums (&sums, ok);
  if (ok)
    spread_products (gram, loaded->n_taps, values);
  return ok;
}

/* h and c are what an evaluation at zero gives: r is −y there. */
static gboolean
fill_targets (EwCudaLoaded *loaded, EwGram *gram, EwCancel *cancel, GError **error)
{
  g_autofree double *zeros = g_new0 (double, gram->n);
  g_autofree double *values = g_new (double, loaded->n_sums);

  if (!run_exactly (loaded, zeros, 0, values, cancel, error))
    return FALSE;
  for (int k = 0; k < gram->n; k++)
    gram->h[k] = -values[k];
  gram->c = values[loaded->n_taps + 1];
  if (!loaded->base.problem->has_bias)
    return TRUE;
  if (!run_exactly (loaded, zeros, 1, values, cancel, error))
    return FALSE;
  for (int k = 0; k < gram->n; k++)
    gram->g[k * gram->n + gram->n - 1] = gram->g[(gram->n - 1) * gram->n + k] = values[k];
  return TRUE;
}

EwGram *
ew_cuda_gram (EwLoaded *base, EwCancel *cancel, GError **error)
{
  EwCudaLoaded *loaded = (EwCudaLoaded *)base;
  g_autoptr (EwGram) gram = NULL;

  if (!ew_cuda_wake (loaded, cancel, error))
    return NULL;
  if (!ew_cuda_gram_lags_can (loaded) && loaded->n_taps > TAPS_MAX)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_UNSUPPORTED,
                   "%s sums up Gram matrices of kernels up to %d taps here; the CPU takes larger ones.",
                   base->device->name, TAPS_MAX);
      return NULL;
    }
  gram = ew_gram_new (base->problem->n_params, base->problem->n_residuals, error);
  if (gram == NULL)
    return NULL;
  if (ew_cuda_gram_lags_can (loaded)
          ? !ew_cuda_gram_lags_fill (loaded, gram, cancel, error)
          : !fill_products (loaded, gram, cancel, error) || !fill_targets (loaded, gram, cancel, error))
    return NULL;
  return g_steal_pointer (&gram);
}
