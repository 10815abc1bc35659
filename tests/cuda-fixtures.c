/* Guarded planes, pairs and launches for the tests of the CUDA kernels. */
#include "tests/cuda-fixtures.h"

#include "tests/cuda-shim.h"

#include <string.h>

/* More elements before the first row, so that no row begins where memory does. */
#define LEAD 5

static const guint32 pattern = 0x7fe5a5a5; /* a NaN */

void
guarded_plane_init (GuardedPlane *guarded, const EwGrid *grid, int padding)
{
  gsize stride = (gsize)grid->width + padding;

  guarded->n_values = (grid->height + 2) * stride + 2 * LEAD;
  guarded->memory = g_new (float, guarded->n_values);
  for (gsize k = 0; k < guarded->n_values; k++)
    memcpy (guarded->memory + k, &pattern, sizeof pattern);
  guarded->plane.data = guarded->memory + stride + LEAD;
  guarded->plane.stride = stride;
  guarded->plane.height = grid->height;
  guarded->plane.width = grid->width;
  for (int i = 0; i < grid->height; i++)
    memcpy (guarded->plane.data + i * stride, ew_grid_row (grid, i), grid->width * sizeof (float));
}

void
guarded_plane_clear (GuardedPlane *guarded)
{
  g_clear_pointer (&guarded->memory, g_free);
}

void
guarded_plane_check (const GuardedPlane *guarded)
{
  const EwCudaPlane *plane = &guarded->plane;
  gsize first = plane->data - guarded->memory;

  for (gsize k = 0; k < guarded->n_values && !g_test_failed (); k++)
    {
      gsize row = k < first ? plane->height : (k - first) / plane->stride;

      if (row >= plane->height || (k - first) % plane->stride >= plane->width)
        g_assert_cmpmem (guarded->memory + k, sizeof pattern, &pattern, sizeof pattern);
    }
}

Pairs *
pairs_new (const EwProblem *problem, int padding)
{
  Pairs *pairs = g_new0 (Pairs, 1);

  pairs->n_samples = problem->n_samples;
  pairs->x = g_new0 (GuardedPlane, problem->n_samples);
  pairs->y = g_new0 (GuardedPlane, problem->n_samples);
  pairs->samples = g_new0 (EwCudaSample, problem->n_samples);
  for (int s = 0; s < problem->n_samples; s++)
    {
      const EwGrid *y = problem->samples[s].y;

      guarded_plane_init (&pairs->x[s], problem->samples[s].x, padding);
      guarded_plane_init (&pairs->y[s], y, 2 * padding);
      pairs->samples[s].x = pairs->x[s].plane;
      pairs->samples[s].y = pairs->y[s].plane;
      pairs->samples[s].first_tile = pairs->n_tiles;
      pairs->n_tiles += ew_cuda_tiles (y->height, y->width);
    }
  return pairs;
}

void
pairs_free (Pairs *pairs)
{
  for (int s = 0; s < pairs->n_samples; s++)
    {
      guarded_plane_clear (&pairs->x[s]);
      guarded_plane_clear (&pairs->y[s]);
    }
  g_free (pairs->x);
  g_free (pairs->y);
  g_free (pairs->samples);
  g_free (pairs);
}

static void
check_unchanged (const GuardedPlane *guarded, const EwGrid *grid)
{
  gsize bytes = grid->width * sizeof (float);

  guarded_plane_check (guarded);
  for (int i = 0; i < grid->height; i++)
    g_assert_cmpmem (guarded->plane.data + i * guarded->plane.stride, bytes, ew_grid_row (grid, i), bytes);
}

void
pairs_check (const Pairs *pairs, const EwProblem *problem)
{
  for (int s = 0; s < pairs->n_samples; s++)
    {
      check_unchanged (&pairs->x[s], problem->samples[s].x);
      check_unchanged (&pairs->y[s], problem->samples[s].y);
    }
}

static gboolean
launch (const char *kernel, unsigned grid, unsigned shared_bytes, void **arguments)
{
  gboolean fine = cuda_shim_launch (kernel, grid, EW_CUDA_THREADS, shared_bytes, arguments);

  if (!fine)
    g_test_message ("%s: %s", kernel, cuda_shim_error ());
  return fine;
}

gboolean
launch_correlate (unsigned grid, const GuardedPlane *x, const GuardedPlane *y, const double *params, int kernel_height,
                  int kernel_width)
{
  EwCudaPlane planes[2] = { x->plane, y->plane };
  void *arguments[] = { &planes[0], &planes[1], &params, &kernel_height, &kernel_width };

  return launch ("ew_cuda_correlate", grid, ew_cuda_shared_bytes (kernel_height, kernel_width), arguments);
}

gboolean
launch_evaluate (unsigned grid, const Pairs *pairs, const double *params, gboolean has_bias, int kernel_height,
                 int kernel_width, const EwCudaProgress *progress, double *partials)
{
  const EwCudaSample *samples = pairs->samples;
  int n_samples = pairs->n_samples;
  long long n_tiles = pairs->n_tiles;
  void *arguments[]
      = { &samples, &n_samples, &n_tiles, &params, &has_bias, &kernel_height, &kernel_width, &progress, &partials };

  return launch ("ew_cuda_evaluate", grid, ew_cuda_shared_bytes (kernel_height, kernel_width), arguments);
}

gboolean
launch_reduce (unsigned grid, const double *partials, int n_rows, int n_sums, const EwCudaProgress *progress,
               double *sums)
{
  void *arguments[] = { &partials, &n_rows, &n_sums, &progress, &sums };

  return launch ("ew_cuda_reduce", grid, 0, arguments);
}

gboolean
launch_step (const double *sums, int n_taps, int n_params, double step, double diverged_above, double *params,
             EwCudaProgress *progress, double *losses, double *trace)
{
  void *arguments[] = { &sums, &n_taps, &n_params, &step, &diverged_above, &params, &progress, &losses, &trace };

  return launch ("ew_cuda_step", 1, 0, arguments);
}
