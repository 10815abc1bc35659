/* EwBenchWork: random data of a cell, and the call into the backend. */
#include "app/cli/bench-work.h"

#include "app/cli/cli.h"
#include "engine/cpu-method.h"
#include "engine/random.h"

#include <string.h>

const char *const ew_bench_ops[] = { "corr2d", "step", "gram", NULL };

gboolean
ew_bench_cell_is_possible (const EwBenchCell *cell, GError **error)
{
  EwGeometry geometry;
  int height, width;

  ew_geometry_init_valid (&geometry, cell->kernel_height, cell->kernel_width);
  return ew_geometry_output_size (&geometry, cell->height, cell->width, &height, &width, error);
}

EwGrid *
ew_bench_random_grid (int height, int width, guint64 seed, GError **error)
{
  EwGrid *grid = ew_grid_new (height, width, error);
  EwRandom random = seed;

  for (int i = 0; grid != NULL && i < height; i++)
    for (int j = 0; j < width; j++)
      ew_grid_row (grid, i)[j] = (float)(2 * ew_random_uniform (&random) - 1);
  return grid;
}

EwGrid *
ew_bench_cell_new_output (const EwBenchCell *cell, GError **error)
{
  return ew_bench_random_grid (cell->height - cell->kernel_height + 1, cell->width - cell->kernel_width + 1, 2, error);
}

static gboolean
can_do (const EwDevice *device, EwBenchOp op)
{
  return device != NULL && (op != EW_BENCH_GRAM || device->backend->gram != NULL);
}

/* The device for the cell. What the automatic choice takes for large work may lack an operation that the CPU has. */
static gboolean
pick (EwBenchWork *work, GError **error)
{
  double outputs = (double)work->y->height * work->y->width;

  work->device = ew_devices_pick (work->devices, NULL, outputs * ew_kernel_n_taps (work->kernel), error);
  if (work->device != NULL && !can_do (work->device, work->cell.op))
    work->device = ew_devices_pick (work->devices, NULL, 0, error);
  if (work->device == NULL)
    return FALSE;
  if (can_do (work->device, work->cell.op))
    return TRUE;
  g_set_error (error, EW_ERROR, EW_ERROR_UNSUPPORTED, "The device %s has no %s; --device cpu has.",
               work->device->backend->id, ew_bench_ops[work->cell.op]);
  return FALSE;
}

static gboolean
load (EwBenchWork *work, GError **error)
{
  const EwSample sample = { work->x, work->y };
  g_autoptr (EwProblem) problem = ew_problem_new (&sample, 1, &work->geometry, FALSE, error);

  if (problem == NULL)
    return FALSE;
  work->gradient = g_new0 (double, problem->n_params);
  work->loaded = ew_devices_load (work->devices, work->device, problem, &ew_cli_interrupted, error);
  return work->loaded != NULL;
}

/* What the automatic choice comes to for correlation; there is but one way for the rest. */
static const char *
method_of (const EwBenchWork *work)
{
  EwMethod method = EW_METHOD_DIRECT;

  if (work->cell.op == EW_BENCH_GRAM)
    return "gram";
  if (work->cell.op == EW_BENCH_CORR2D && work->device->backend == ew_cpu_backend ())
    ew_cpu_method (work->device, EW_METHOD_AUTO, &work->geometry, work->x, work->kernel, &method, NULL, NULL);
  return method == EW_METHOD_SEPARABLE ? "separable" : method == EW_METHOD_FFT ? "fft" : "direct";
}

EwBenchWork *
ew_bench_work_new (const EwBenchCell *cell, EwGrid *x, EwGrid *y, EwDevices *devices, GError **error)
{
  g_autoptr (EwBenchWork) work = g_new0 (EwBenchWork, 1);

  work->cell = *cell;
  work->x = ew_grid_ref (x);
  work->y = ew_grid_ref (y);
  work->devices = devices;
  ew_geometry_init_valid (&work->geometry, cell->kernel_height, cell->kernel_width);
  work->kernel = ew_kernel_new_initial (cell->kernel_height, cell->kernel_width, EW_INIT_PYTORCH, 3, error);
  if (work->kernel == NULL || !pick (work, error) || (cell->op != EW_BENCH_CORR2D && !load (work, error)))
    return NULL;
  work->method = method_of (work);
  return g_steal_pointer (&work);
}

void
ew_bench_work_free (EwBenchWork *work)
{
  if (work == NULL)
    return;
  ew_devices_unload (work->devices, work->loaded);
  g_clear_pointer (&work->kernel, ew_kernel_unref);
  ew_grid_unref (work->x);
  ew_grid_unref (work->y);
  g_free (work->gradient);
  g_free (work);
}

static gboolean
run_once (EwBenchWork *work, GError **error)
{
  const EwBackend *backend = work->device->backend;
  EwGram *gram;
  double loss;

  switch (work->cell.op)
    {
    case EW_BENCH_STEP:
      return backend->evaluate (work->loaded, work->kernel->taps, &loss, work->gradient, &ew_cli_interrupted, error);
    case EW_BENCH_GRAM:
      gram = backend->gram (work->loaded, &ew_cli_interrupted, error);
      if (gram == NULL)
        return FALSE;
      ew_gram_unref (gram);
      return TRUE;
    case EW_BENCH_CORR2D:
    default:
      return backend->correlate (work->device, work->x, work->kernel, &work->geometry, EW_METHOD_AUTO, work->y,
                                 &ew_cli_interrupted, error);
    }
}

gboolean
ew_bench_work_run (EwBenchWork *work, gint64 times, GError **error)
{
  for (gint64 i = 0; i < times; i++)
    if (!run_once (work, error))
      return FALSE;
  return TRUE;
}
