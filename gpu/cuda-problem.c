/* A problem on a CUDA device: uploading it, and one evaluation. */
#include "gpu/cuda-problem.h"

static EwCudaDevice *
device_of (EwCudaLoaded *loaded)
{
  return (EwCudaDevice *)loaded->base.device;
}

static void
plan_memory (EwCudaLoaded *loaded)
{
  const EwProblem *problem = loaded->base.problem;
  EwCudaMemory *memory = &loaded->memory;
  size_t n_sums = (size_t)loaded->n_sums;
  size_t chunk = (size_t)loaded->plan.chunk;

  for (int s = 0; s < problem->n_samples; s++)
    {
      const EwSample *sample = &problem->samples[s];

      ew_cuda_memory_add_plane (memory, &loaded->x[s], sample->x->height, sample->x->width);
      ew_cuda_memory_add_plane (memory, &loaded->y[s], sample->y->height, sample->y->width);
    }
  ew_cuda_memory_add (memory, &loaded->samples, loaded->plan.bands->len, sizeof (EwCudaSample));
  ew_cuda_memory_add (memory, &loaded->params, (size_t)problem->n_params, sizeof (double));
  ew_cuda_memory_add (memory, &loaded->partials, n_sums * (size_t)loaded->plan.grid_max, sizeof (double));
  ew_cuda_memory_add (memory, &loaded->piece_sums, n_sums * loaded->plan.pieces->len, sizeof (double));
  ew_cuda_memory_add (memory, &loaded->sums, n_sums, sizeof (double));
  ew_cuda_memory_add (memory, &loaded->losses, chunk, sizeof (double));
  ew_cuda_memory_add (memory, &loaded->trace, chunk * (size_t)problem->n_params, sizeof (double));
  ew_cuda_memory_add (memory, &loaded->progress, 1, sizeof (EwCudaProgress));
}

/* The bands as the kernels see them: parts of the planes, with the rows of x that theirs of y need. */
static gboolean
upload_samples (EwCudaLoaded *loaded, GError **error)
{
  EwCudaDevice *device = device_of (loaded);
  guint n = loaded->plan.bands->len;
  g_autofree EwCudaSample *samples = g_new0 (EwCudaSample, n);

  for (guint b = 0; b < n; b++)
    {
      const EwCudaBand *band = &g_array_index (loaded->plan.bands, EwCudaBand, b);
      EwCudaSample *sample = &samples[b];

      sample->x = loaded->x[band->sample];
      sample->y = loaded->y[band->sample];
      sample->x.data += band->first * sample->x.stride;
      sample->y.data += band->first * sample->y.stride;
      sample->x.height = band->rows + loaded->base.problem->geometry.kernel_height - 1;
      sample->y.height = band->rows;
      sample->first_tile = band->first_tile;
    }

  gboolean ok = ew_cuda_upload (device, loaded->samples, samples, n * sizeof (EwCudaSample), error)
                && ew_cuda_wait (device, NULL, error);

  if (!ok)
    ew_cuda_drain (device);
  return ok;
}

static gboolean
upload_problem (EwCudaLoaded *loaded, EwCancel *cancel, GError **error)
{
  const EwProblem *problem = loaded->base.problem;
  EwCudaDevice *device = device_of (loaded);

  for (int s = 0; s < problem->n_samples; s++)
    if (!ew_cuda_upload_plane (device, &loaded->x[s], problem->samples[s].x, cancel, error)
        || !ew_cuda_upload_plane (device, &loaded->y[s], problem->samples[s].y, cancel, error))
      return FALSE;
  return upload_samples (loaded, error);
}

EwLoaded *
ew_cuda_load (EwDevice *base, EwProblem *problem, EwCancel *cancel, GError **error)
{
  EwCudaDevice *device = (EwCudaDevice *)base;

  if (!ew_cuda_check_geometry (&problem->geometry, error) || !ew_cuda_enter (device, cancel, error))
    return NULL;

  EwCudaLoaded *loaded = g_new0 (EwCudaLoaded, 1);

  loaded->base.device = base;
  loaded->base.problem = ew_problem_ref (problem);
  loaded->n_taps = problem->geometry.kernel_height * problem->geometry.kernel_width;
  loaded->n_sums = loaded->n_taps + 2;
  loaded->x = g_new0 (EwCudaPlane, problem->n_samples);
  loaded->y = g_new0 (EwCudaPlane, problem->n_samples);
  ew_cuda_plan_init (&loaded->plan, problem, device->budget);
  plan_memory (loaded);
  if (ew_cuda_memory_allocate (&loaded->memory, device, error) && upload_problem (loaded, cancel, error))
    return &loaded->base;
  ew_cuda_unload (&loaded->base);
  return NULL;
}

void
ew_cuda_unload (EwLoaded *base)
{
  EwCudaLoaded *loaded = (EwCudaLoaded *)base;
  EwCudaDevice *device = device_of (loaded);

  /* Whether that worked or not: after a failure nothing more can be done than to try. */
  ew_cuda_enter (device, NULL, NULL);
  ew_cuda_memory_clear (&loaded->memory, device);
  ew_cuda_plan_clear (&loaded->plan);
  ew_problem_unref (loaded->base.problem);
  g_free (loaded->x);
  g_free (loaded->y);
  g_free (loaded);
}

gboolean
ew_cuda_reset_progress (EwCudaLoaded *loaded, GError **error)
{
  EwCudaDevice *device = device_of (loaded);

  return ew_cuda_check (
      device,
      device->driver->memory_set (ew_cuda_address (loaded->progress), 0, sizeof (EwCudaProgress), device->stream),
      "Clearing device memory", error);
}

gboolean
ew_cuda_begin (EwCudaLoaded *loaded, const double *params, GError **error)
{
  return ew_cuda_upload (device_of (loaded), loaded->params, params, loaded->base.problem->n_params * sizeof (double),
                         error)
         && ew_cuda_reset_progress (loaded, error);
}

static gboolean
launch_piece (EwCudaLoaded *loaded, const EwCudaPiece *piece, GError **error)
{
  const EwProblem *problem = loaded->base.problem;
  EwCudaSample *samples = loaded->samples + piece->first_band;
  int n_samples = piece->n_bands;
  long long n_tiles = piece->n_tiles;
  int has_bias = problem->has_bias != FALSE;
  int height = problem->geometry.kernel_height;
  int width = problem->geometry.kernel_width;
  void *arguments[] = { &samples, &n_samples, &n_tiles,          &loaded->params,  &has_bias,
                        &height,  &width,     &loaded->progress, &loaded->partials };

  return ew_cuda_launch (device_of (loaded), EW_CUDA_EVALUATE, piece->grid, ew_cuda_shared_bytes (height, width),
                         arguments, error);
}

static gboolean
launch_reduce (EwCudaLoaded *loaded, double *rows, int n_rows, double *sums, GError **error)
{
  void *arguments[] = { &rows, &n_rows, &loaded->n_sums, &loaded->progress, &sums };
  int grid = (loaded->n_sums + EW_CUDA_THREADS - 1) / EW_CUDA_THREADS;

  return ew_cuda_launch (device_of (loaded), EW_CUDA_REDUCE, grid, 0, arguments, error);
}

gboolean
ew_cuda_launch_evaluation (EwCudaLoaded *loaded, EwCancel *cancel, GError **error)
{
  int n = (int)loaded->plan.pieces->len;

  for (int p = 0; p < n; p++)
    {
      const EwCudaPiece *piece = &g_array_index (loaded->plan.pieces, EwCudaPiece, p);
      double *sums = n == 1 ? loaded->sums : loaded->piece_sums + (size_t)p * (size_t)loaded->n_sums;

      if ((p > 0 && !ew_cuda_wait (device_of (loaded), cancel, error)) || !launch_piece (loaded, piece, error)
          || !launch_reduce (loaded, loaded->partials, piece->grid, sums, error))
        return FALSE;
    }
  return n == 1 || launch_reduce (loaded, loaded->piece_sums, n, loaded->sums, error);
}

gboolean
ew_cuda_evaluate (EwLoaded *base, const double *params, double *loss, double *gradient, EwCancel *cancel,
                  GError **error)
{
  EwCudaLoaded *loaded = (EwCudaLoaded *)base;
  EwCudaDevice *device = device_of (loaded);
  g_autofree double *sums = g_new (double, loaded->n_sums);

  if (!ew_cuda_enter (device, cancel, error))
    return FALSE;
  if (!ew_cuda_begin (loaded, params, error) || !ew_cuda_launch_evaluation (loaded, cancel, error)
      || !ew_cuda_download (device, sums, loaded->sums, loaded->n_sums * sizeof (double), error)
      || !ew_cuda_wait (device, cancel, error))
    {
      ew_cuda_drain (device);
      return FALSE;
    }
  /* Σ r stands where the bias has its place, right behind the taps. */
  for (int k = 0; k < base->problem->n_params; k++)
    gradient[k] = 2 * sums[k];
  *loss = sums[loaded->n_taps + 1];
  return TRUE;
}
