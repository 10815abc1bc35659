/* EwDeviceCheck: the same problem on the CPU and on another device. */
#include "engine/device-check.h"

#include "engine/random.h"

#include <math.h>
#include <string.h>

#define SIDE   5
#define N_TAPS (SIDE * SIDE)
#define EPOCHS 7

/* Values lie in (−1, 1), so that an output of 25 taps and a bias, each rounded, is within γ(n + 3)·(n + 1) of the truth
 * on either device; a residual likewise, with the target. Its sums in float32 are over 4096 residuals at most. */
#define UNIT            0x1p-24
#define OUTPUT_ALLOWED  (2 * (N_TAPS + 3) * UNIT * (N_TAPS + 1))
#define RESIDUALS_CHAIN 4096

typedef struct
{
  EwDevice *device;
  EwLoaded *loaded;
  EwGrid *y;
  double gradient[N_TAPS];
  double ms;
} Side;

typedef struct
{
  EwGrid *x;
  EwKernel *kernel;
  EwProblem *problem;
  EwGeometry geometry;
} Work;

static EwGrid *
random_grid (EwRandom *random, int height, int width, GError **error)
{
  EwGrid *grid = ew_grid_new (height, width, error);

  for (int i = 0; grid != NULL && i < height; i++)
    for (int j = 0; j < width; j++)
      ew_grid_row (grid, i)[j] = (float)(2 * ew_random_uniform (random) - 1);
  return grid;
}

static gboolean
make_work (Work *work, int side, GError **error)
{
  EwRandom random = 1;
  double taps[N_TAPS];

  for (int k = 0; k < N_TAPS; k++)
    taps[k] = 2 * ew_random_uniform (&random) - 1;
  ew_geometry_init_valid (&work->geometry, SIDE, SIDE);
  work->kernel = ew_kernel_new_from_taps (SIDE, SIDE, taps, 0.5, error);
  work->x = random_grid (&random, side, side, error);

  g_autoptr (EwGrid) y = work->x == NULL ? NULL : random_grid (&random, side - SIDE + 1, side - SIDE + 1, error);
  EwSample sample = { .x = work->x, .y = y };

  if (y == NULL)
    return FALSE;
  work->problem = ew_problem_new (&sample, 1, &work->geometry, FALSE, error);
  return work->problem != NULL;
}

static void
clear_work (Work *work)
{
  g_clear_pointer (&work->x, ew_grid_unref);
  g_clear_pointer (&work->kernel, ew_kernel_unref);
  g_clear_pointer (&work->problem, ew_problem_unref);
}

static int
compare_times (const void *a, const void *b)
{
  gint64 left = *(const gint64 *)a, right = *(const gint64 *)b;

  return (left > right) - (left < right);
}

/* One correlation, then epochs, timed without the first. */
static gboolean
run_side (Side *side, const EwBackend *backend, const Work *work, EwCancel *cancel, GError **error)
{
  gint64 times[EPOCHS];
  double loss;

  side->y = ew_grid_new (work->problem->samples[0].y->height, work->problem->samples[0].y->width, error);
  side->device = side->y == NULL ? NULL : backend->open (0, error);
  if (side->device == NULL
      || !backend->correlate (side->device, work->x, work->kernel, &work->geometry, EW_METHOD_DIRECT, side->y, cancel,
                              error)
      || (side->loaded = backend->load (side->device, work->problem, cancel, error)) == NULL)
    return FALSE;
  for (int e = -1; e < EPOCHS; e++)
    {
      gint64 start = g_get_monotonic_time ();

      if (!backend->evaluate (side->loaded, work->kernel->taps, &loss, side->gradient, cancel, error))
        return FALSE;
      if (e >= 0)
        times[e] = g_get_monotonic_time () - start;
    }
  qsort (times, EPOCHS, sizeof times[0], compare_times);
  side->ms = (double)times[EPOCHS / 2] / 1000;
  return TRUE;
}

static void
clear_side (Side *side, const EwBackend *backend)
{
  if (side->loaded != NULL)
    backend->unload (side->loaded);
  if (side->device != NULL)
    backend->close (side->device);
  g_clear_pointer (&side->y, ew_grid_unref);
}

/* A NaN in one of them counts as infinite. */
static double
distance (double a, double b)
{
  double d = fabs (a - b);

  return isnan (d) ? INFINITY : d;
}

/* What every gradient's sum of magnitudes is at most, from the CPU's outputs: Σ |r|·|x| ≤ Σ |r|. */
static double
sum_residuals (const Work *work, const Side *cpu)
{
  const EwGrid *y = work->problem->samples[0].y;
  double sum = 0;

  for (int i = 0; i < y->height; i++)
    for (int j = 0; j < y->width; j++)
      sum += fabs ((double)ew_grid_row (cpu->y, i)[j] - work->kernel->bias - (double)ew_grid_row (y, i)[j]);
  return sum;
}

static void
compare_sides (const Work *work, const Side *cpu, const Side *device, EwDeviceCheck *check)
{
  double residuals = sum_residuals (work, cpu);
  double n = (double)work->problem->n_residuals;

  *check = (EwDeviceCheck){ .cpu_ms = cpu->ms, .device_ms = device->ms, .output_allowed = OUTPUT_ALLOWED };
  for (int i = 0; i < cpu->y->height; i++)
    for (int j = 0; j < cpu->y->width; j++)
      check->output_difference = MAX (check->output_difference, distance ((double)ew_grid_row (cpu->y, i)[j],
                                                                          (double)ew_grid_row (device->y, i)[j]));
  for (int k = 0; k < N_TAPS; k++)
    check->gradient_difference
        = MAX (check->gradient_difference, distance (cpu->gradient[k], device->gradient[k]) / (2 * residuals));
  check->gradient_allowed = OUTPUT_ALLOWED * n / residuals + 2 * RESIDUALS_CHAIN * UNIT;
  check->agrees
      = check->output_difference <= check->output_allowed && check->gradient_difference <= check->gradient_allowed;
}

gboolean
ew_device_check (const EwBackend *backend, int side, EwDeviceCheck *check, EwCancel *cancel, GError **error)
{
  const EwBackend *cpu = ew_cpu_backend ();
  Work work = { 0 };
  Side here = { 0 }, there = { 0 };
  gboolean ok = make_work (&work, side, error) && run_side (&here, cpu, &work, cancel, error)
                && run_side (&there, backend, &work, cancel, error);

  if (ok)
    compare_sides (&work, &here, &there, check);
  clear_side (&here, cpu);
  clear_side (&there, backend);
  clear_work (&work);
  return ok;
}

char *
ew_device_check_text (const EwDeviceCheck *check)
{
  return g_strdup_printf (
      "%s: the largest difference of two outputs is %.2g (rounding allows %.2g), of a gradient %.2g "
      "of its size (%.2g); a step takes %.3g ms there and %.3g ms on the CPU.",
      check->agrees ? "The device agrees with the CPU" : "The device disagrees with the CPU", check->output_difference,
      check->output_allowed, check->gradient_difference, check->gradient_allowed, check->device_ms, check->cpu_ms);
}
