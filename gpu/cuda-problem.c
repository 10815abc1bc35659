/* A problem on a CUDA device: its memory, and uploading it. */
#include "gpu/cuda-problem.h"

#include "gpu/cuda-copy.h"

static void
plan_planes (EwCudaLoaded *loaded)
{
  const EwProblem *problem = loaded->base.problem;
  EwCudaMemory *memory = ew_cuda_planes_memory (loaded->planes);

  for (int s = 0; s < problem->n_samples; s++)
    {
      const EwSample *sample = &problem->samples[s];

      ew_cuda_memory_add_plane (memory, ew_cuda_planes_at (loaded->planes, 3 * s),
                                ew_cuda_bordered_height (&problem->geometry, sample->x),
                                ew_cuda_bordered_width (&problem->geometry, sample->x));
      ew_cuda_memory_add_plane (memory, ew_cuda_planes_at (loaded->planes, 3 * s + 1), sample->y->height,
                                sample->y->width);
      if (sample->mask != NULL)
        ew_cuda_memory_add_plane (memory, ew_cuda_planes_at (loaded->planes, 3 * s + 2), sample->y->height,
                                  sample->y->width);
    }
}

/* Their memory, and where each of them lies. */
static gboolean
allocate_planes (EwCudaLoaded *loaded, GError **error)
{
  if (loaded->streamed)
    return TRUE;
  if (!ew_cuda_memory_allocate (ew_cuda_planes_memory (loaded->planes), ew_cuda_device_of (loaded), error))
    return FALSE;
  for (int s = 0; s < loaded->base.problem->n_samples; s++)
    {
      loaded->x[s] = *ew_cuda_planes_at (loaded->planes, 3 * s);
      loaded->y[s] = *ew_cuda_planes_at (loaded->planes, 3 * s + 1);
      loaded->mask[s] = *ew_cuda_planes_at (loaded->planes, 3 * s + 2);
    }
  return TRUE;
}

static void
plan_sums (EwCudaLoaded *loaded)
{
  const EwProblem *problem = loaded->base.problem;
  EwCudaMemory *memory = &loaded->memory;
  const EwCudaPlan *plan = &loaded->plan;
  size_t n_sums = (size_t)loaded->n_sums;
  size_t chunk = (size_t)plan->chunk;

  ew_cuda_memory_add (memory, &loaded->samples, plan->bands->len, sizeof (EwCudaSample));
  ew_cuda_memory_add (memory, &loaded->params, (size_t)problem->n_params, sizeof (double));
  ew_cuda_memory_add (memory, &loaded->partials, n_sums * (size_t)plan->grid_max, sizeof (double));
  ew_cuda_memory_add (memory, &loaded->piece_sums, n_sums * plan->pieces->len, sizeof (double));
  ew_cuda_memory_add (memory, &loaded->sums, n_sums, sizeof (double));
  ew_cuda_memory_add (memory, &loaded->losses, chunk, sizeof (double));
  ew_cuda_memory_add (memory, &loaded->trace, chunk * (size_t)problem->n_params, sizeof (double));
  ew_cuda_memory_add (memory, &loaded->progress, 1, sizeof (EwCudaProgress));
}

void
ew_cuda_fill_samples (const EwCudaLoaded *loaded, const EwCudaPlan *plan, EwCudaSample *samples)
{
  for (guint b = 0; b < plan->bands->len; b++)
    {
      const EwCudaBand *band = &g_array_index (plan->bands, EwCudaBand, b);
      EwCudaSample *sample = &samples[b];

      sample->x = loaded->x[band->sample];
      sample->y = loaded->y[band->sample];
      sample->mask = loaded->mask[band->sample];
      if (loaded->streamed)
        {
          sample->x.data = loaded->x_buffers[b % 2];
          sample->y.data = loaded->y_buffers[b % 2];
          if (loaded->base.problem->samples[band->sample].mask != NULL)
            sample->mask.data = loaded->mask_buffers[b % 2];
        }
      else
        {
          sample->x.data += (long long)band->first * plan->way.shape.stride * sample->x.stride;
          sample->y.data += band->first * sample->y.stride;
          if (sample->mask.data != NULL)
            sample->mask.data += band->first * sample->mask.stride;
        }
      sample->x.height = ew_cuda_rows_needed (&plan->way.shape, band->rows);
      sample->y.height = sample->mask.height = band->rows;
      sample->first_tile = band->first_tile;
    }
}

static gboolean
upload_samples (EwCudaLoaded *loaded, GError **error)
{
  EwCudaDevice *device = ew_cuda_device_of (loaded);
  guint n = loaded->plan.bands->len;
  g_autofree EwCudaSample *samples = g_new0 (EwCudaSample, n);

  ew_cuda_fill_samples (loaded, &loaded->plan, samples);

  gboolean ok = ew_cuda_upload (device, loaded->samples, samples, n * sizeof (EwCudaSample), error)
                && ew_cuda_wait (device, NULL, error);

  /* Nothing may still read the samples when they go. */
  if (!ok)
    ew_cuda_drain (device);
  return ok;
}

static gboolean
upload_problem (EwCudaLoaded *loaded, EwCancel *cancel, GError **error)
{
  const EwProblem *problem = loaded->base.problem;
  EwCudaDevice *device = ew_cuda_device_of (loaded);

  for (int s = 0; s < problem->n_samples && !loaded->streamed; s++)
    if (!ew_cuda_upload_bordered (device, device->stream, &loaded->x[s], problem->samples[s].x, &problem->geometry, 0,
                                  cancel, error)
        || !ew_cuda_upload_plane (device, device->stream, &loaded->y[s], problem->samples[s].y, 0, cancel, error)
        || (problem->samples[s].mask != NULL
            && !ew_cuda_upload_plane (device, device->stream, &loaded->mask[s], problem->samples[s].mask, 0, cancel,
                                      error)))
      return FALSE;
  return upload_samples (loaded, error);
}

/* Pictures may use them from now on; an input without its border. */
static void
offer_samples (EwCudaLoaded *loaded)
{
  const EwProblem *problem = loaded->base.problem;

  for (int s = 0; s < problem->n_samples && !loaded->streamed; s++)
    {
      EwCudaPlane x = loaded->x[s];

      x.data += problem->geometry.top * x.stride + problem->geometry.left;
      x.height = problem->samples[s].x->height;
      x.width = problem->samples[s].x->width;
      ew_cuda_planes_offer (loaded->planes, problem->samples[s].x, x);
      ew_cuda_planes_offer (loaded->planes, problem->samples[s].y, loaded->y[s]);
    }
}

/* Each tap of each output is multiplied once for the output and once for the gradient. */
static void
plan_work (EwCudaLoaded *loaded, const EwCudaWay *way)
{
  EwCudaDevice *device = ew_cuda_device_of (loaded);

  ew_cuda_plan_init (&loaded->plan, loaded->base.problem, way, 2.0 * loaded->n_taps, device->budget, loaded->rows_max,
                     device->multiprocessors);
}

static void
plan_small (EwCudaLoaded *loaded)
{
  const EwProblem *problem = loaded->base.problem;
  EwCudaDevice *device = ew_cuda_device_of (loaded);

  /* Where a look at the cancel flag is needed within an epoch, bands are not whole samples. */
  loaded->small = ew_cuda_plan_is_small (problem) && loaded->plan.bands->len == (guint)problem->n_samples
                  && loaded->plan.pieces->len == 1;
  for (int s = 0; s < problem->n_samples; s++)
    loaded->pitch = MAX (loaded->pitch, ew_cuda_bordered_width (&problem->geometry, problem->samples[s].x));
  if (loaded->small)
    loaded->plan.chunk = ew_cuda_plan_small_chunk (problem, device->budget, device->multiprocessors);
}

/* The planes as a whole where they fit, else bands of them. */
static gboolean
plan_problem (EwCudaLoaded *loaded, GError **error)
{
  const EwProblem *problem = loaded->base.problem;
  EwCudaDevice *device = ew_cuda_device_of (loaded);
  const EwGrid *y = problem->samples[0].y;
  g_autoptr (GError) cause = NULL;
  EwCudaWay way;
  size_t needed;

  ew_cuda_way_init (&way, &problem->geometry, TRUE, y->height, y->width, problem->n_samples, device->multiprocessors);
  if (problem->has_mask)
    ew_cuda_way_widen (&way);
  plan_work (loaded, &way);
  plan_small (loaded);
  plan_planes (loaded);
  plan_sums (loaded);
  if (g_size_checked_add (&needed, ew_cuda_memory_needed (&loaded->memory),
                          ew_cuda_memory_needed (ew_cuda_planes_memory (loaded->planes)))
      && needed <= ew_cuda_memory_budget (device, &cause))
    return TRUE;
  if (cause != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
  ew_cuda_memory_clear (&loaded->memory, device);
  ew_cuda_memory_clear (ew_cuda_planes_memory (loaded->planes), device);
  ew_cuda_plan_clear (&loaded->plan);
  loaded->small = FALSE;
  if (!ew_cuda_plan_stream (loaded, &way, error))
    return FALSE;
  plan_work (loaded, &way);
  plan_sums (loaded);
  return TRUE;
}

/* Frees what is on the device, whether that works or not: after a failure nothing more can be done than to try. */
static void
free_device_side (EwCudaLoaded *loaded)
{
  EwCudaDevice *device = ew_cuda_device_of (loaded);

  if (loaded->run != NULL)
    device->driver->run_destroy (loaded->run);
  loaded->run = NULL;
  ew_cuda_close_stream (loaded);
  ew_cuda_memory_clear (&loaded->memory, device);
  ew_cuda_planes_unref (loaded->planes, device);
  loaded->planes = NULL;
  ew_cuda_plan_clear (&loaded->plan);
  loaded->small = loaded->streamed = loaded->run_refused = FALSE;
  loaded->rows_max = loaded->pitch = 0;
}

static gboolean
make_device_side (EwCudaLoaded *loaded, EwCancel *cancel, GError **error)
{
  EwCudaDevice *device = ew_cuda_device_of (loaded);

  loaded->planes = ew_cuda_planes_new (device, 3 * loaded->base.problem->n_samples);
  loaded->resting = !(plan_problem (loaded, error) && allocate_planes (loaded, error)
                      && ew_cuda_memory_allocate (&loaded->memory, device, error) && ew_cuda_open_stream (loaded, error)
                      && upload_problem (loaded, cancel, error));
  if (!loaded->resting)
    {
      offer_samples (loaded);
      return TRUE;
    }
  ew_cuda_drain (device);
  free_device_side (loaded);
  return FALSE;
}

EwLoaded *
ew_cuda_load (EwDevice *base, EwProblem *problem, EwCancel *cancel, GError **error)
{
  EwCudaDevice *device = (EwCudaDevice *)base;

  if (!ew_cuda_enter (device, cancel, error))
    return NULL;

  EwCudaLoaded *loaded = g_new0 (EwCudaLoaded, 1);

  loaded->base.device = base;
  loaded->base.problem = ew_problem_ref (problem);
  loaded->n_taps = problem->geometry.kernel_height * problem->geometry.kernel_width;
  loaded->n_sums = loaded->n_taps + 2;
  loaded->x = g_new0 (EwCudaPlane, problem->n_samples);
  loaded->y = g_new0 (EwCudaPlane, problem->n_samples);
  loaded->mask = g_new0 (EwCudaPlane, problem->n_samples);
  if (make_device_side (loaded, cancel, error))
    return &loaded->base;
  ew_cuda_unload (&loaded->base);
  return NULL;
}

void
ew_cuda_unload (EwLoaded *base)
{
  EwCudaLoaded *loaded = (EwCudaLoaded *)base;

  if (!loaded->resting)
    ew_cuda_rest (base);
  ew_problem_unref (loaded->base.problem);
  g_free (loaded->x);
  g_free (loaded->y);
  g_free (loaded->mask);
  g_free (loaded);
}

void
ew_cuda_rest (EwLoaded *base)
{
  EwCudaLoaded *loaded = (EwCudaLoaded *)base;

  if (loaded->resting)
    return;
  ew_cuda_enter (ew_cuda_device_of (loaded), NULL, NULL);
  free_device_side (loaded);
  loaded->resting = TRUE;
}

gboolean
ew_cuda_wake (EwCudaLoaded *loaded, EwCancel *cancel, GError **error)
{
  return ew_cuda_enter (ew_cuda_device_of (loaded), cancel, error)
         && (!loaded->resting || make_device_side (loaded, cancel, error));
}
