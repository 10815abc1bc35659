/* Timing each way of correlating. */
#include "gpu/cuda-measure.h"

#include "gpu/cuda-fft.h"
#include "gpu/cufft.h"

/* The output at most: 1024 tiles of the kernels for any size, several for each multiprocessor of the largest devices.
 */
#define SIDE_MAX 2048

/* The best of so many, after one that brings memory and clocks up. */
#define ROUNDS 3

#define LARGEST (ew_cuda_costs_sides[EW_CUDA_COSTS_WIDE - 1])

typedef struct
{
  EwCudaDevice *device;
  EwCancel *cancel;
  EwKernel *kernel; /* the largest, zeros */
  EwCudaCorrelation work;
  EwCudaEvent from;
  EwCudaEvent to;
} Measuring;

typedef gboolean (*Work) (Measuring *m, EwCudaPlane y);

static gboolean
work_directly (Measuring *m, EwCudaPlane y)
{
  EwCudaPlane x = m->work.x;

  x.height = ew_cuda_rows_needed (&m->work.way.shape, y.height);
  x.width = y.width + m->work.way.shape.kernel_width - 1;
  return ew_cuda_launch_correlation (m->device, &m->work, x, y, NULL);
}

static gboolean
work_by_fft (Measuring *m, EwCudaPlane y)
{
  EwCudaPlane x = m->work.x;

  x.height = y.height + LARGEST - 1;
  x.width = y.width + LARGEST - 1;
  return ew_cuda_fft_correlate (m->device, x, y, m->kernel, 0, m->cancel, NULL);
}

/* Seconds of one run. */
static gboolean
time_once (Measuring *m, Work work, EwCudaPlane y, double *seconds)
{
  const EwCudaDriver *driver = m->device->driver;
  float ms = 0;

  if (driver->event_record (m->from, m->device->stream) != EW_CUDA_SUCCESS || !work (m, y)
      || driver->event_record (m->to, m->device->stream) != EW_CUDA_SUCCESS
      || !ew_cuda_wait (m->device, m->cancel, NULL) || driver->event_elapsed (&ms, m->from, m->to) != EW_CUDA_SUCCESS)
    return FALSE;
  /* No clock is finer than this. */
  *seconds = (double)MAX (ms, 1e-4f) / 1000;
  return TRUE;
}

static gboolean
time_work (Measuring *m, Work work, EwCudaPlane y, double *seconds)
{
  double now;

  if (!time_once (m, work, y, seconds))
    return FALSE;
  for (int r = 0; r < ROUNDS; r++)
    {
      if (!time_once (m, work, y, &now))
        return FALSE;
      *seconds = r == 0 ? now : MIN (*seconds, now);
    }
  return TRUE;
}

/* Seconds an output of a square kernel. */
static gboolean
time_side (Measuring *m, int side, EwCudaPath path, double *seconds)
{
  EwGeometry geometry;
  EwCudaPlane y = m->work.y;
  EwCudaWay *way = &m->work.way;

  ew_geometry_init_valid (&geometry, side, side);
  ew_cuda_way_init (way, &geometry, FALSE, y.height, y.width, 1, m->device->multiprocessors);
  if (path == EW_CUDA_WIDE)
    ew_cuda_way_widen (way);
  if (!time_work (m, work_directly, y, seconds))
    return FALSE;
  *seconds /= (double)y.height * y.width;
  return TRUE;
}

/* From one tile and from many: what each takes, and what the beginning does. Zeros where the library is missing or
 * fails. */
static gboolean
time_fft (Measuring *m, EwCudaCosts *costs)
{
  EwCudaPlane one = m->work.y;
  EwCudaPlane many = m->work.y;
  int tile = ew_cuda_fft_outputs (LARGEST);
  double few_seconds, many_seconds, tiles;

  costs->fft_start = costs->fft_tile = 0;
  if (ew_cufft () == NULL)
    return TRUE;
  one.height = MIN (tile, one.height);
  one.width = MIN (tile, one.width);
  many.height = MAX (many.height / tile, 1) * one.height;
  many.width = many.width / one.width * one.width;
  tiles = ew_cuda_fft_tiles (LARGEST, LARGEST, many.height, many.width);
  if (!time_work (m, work_by_fft, one, &few_seconds) || !time_work (m, work_by_fft, many, &many_seconds))
    return ew_cuda_wait (m->device, m->cancel, NULL);
  costs->fft_tile = many_seconds > few_seconds ? (many_seconds - few_seconds) / (tiles - 1) : many_seconds / tiles;
  costs->fft_start = MAX (few_seconds - costs->fft_tile, 0);
  return TRUE;
}

/* Planes of zeros and taps of zeros; as many rows as the device does in one go even if it is slow. */
static gboolean
prepare (Measuring *m)
{
  EwCudaDevice *device = m->device;
  EwCudaCorrelation *work = &m->work;
  double taps = (double)LARGEST * LARGEST;
  EwGeometry geometry;
  EwCudaWay way;
  size_t budget;

  ew_geometry_init_valid (&geometry, LARGEST, LARGEST);
  ew_cuda_way_init (&way, &geometry, FALSE, SIDE_MAX, SIDE_MAX, 1, device->multiprocessors);

  int rows = MIN (SIDE_MAX, ew_cuda_plan_rows (&way, device->budget, SIDE_MAX, taps));

  ew_cuda_memory_add_plane (&work->memory, &work->x, rows + LARGEST - 1, SIDE_MAX + LARGEST - 1);
  ew_cuda_memory_add_plane (&work->memory, &work->y, rows, SIDE_MAX);
  ew_cuda_memory_add (&work->memory, &work->params, (size_t)(LARGEST * LARGEST) + 1, sizeof (double));
  budget = ew_cuda_memory_budget (device, NULL);
  /* Others come first. */
  return ew_cuda_memory_needed (&work->memory) <= budget / 2 && ew_cuda_memory_allocate (&work->memory, device, NULL)
         && device->driver->memory_set (ew_cuda_address (work->x.data), 0,
                                        (size_t)work->x.height * (size_t)work->x.stride * sizeof (float),
                                        device->stream)
                == EW_CUDA_SUCCESS
         && device->driver->memory_set (ew_cuda_address (work->params), 0,
                                        ((size_t)(LARGEST * LARGEST) + 1) * sizeof (double), device->stream)
                == EW_CUDA_SUCCESS;
}

static gboolean
make_event (Measuring *m, EwCudaEvent *event)
{
  if (m->device->driver->event_create (event, EW_CUDA_EVENT_TIMED) == EW_CUDA_SUCCESS)
    return TRUE;
  *event = NULL;
  return FALSE;
}

static gboolean
time_all (Measuring *m, EwCudaCosts *costs)
{
  for (int i = 0; i < EW_CUDA_COSTS_LITERAL; i++)
    if (!time_side (m, ew_cuda_costs_sides[i], EW_CUDA_LITERAL, &costs->literal[i]))
      return FALSE;
  for (int i = 0; i < EW_CUDA_COSTS_WIDE; i++)
    if (!time_side (m, ew_cuda_costs_sides[i], EW_CUDA_WIDE, &costs->wide[i]))
      return FALSE;
  return time_fft (m, costs);
}

gboolean
ew_cuda_measure (EwCudaDevice *device, EwCudaCosts *costs, EwCancel *cancel)
{
  Measuring m = { .device = device, .cancel = cancel, .kernel = ew_kernel_new (LARGEST, LARGEST, NULL) };
  gboolean ok
      = m.kernel != NULL && prepare (&m) && make_event (&m, &m.from) && make_event (&m, &m.to) && time_all (&m, costs);

  if (!ok)
    ew_cuda_drain (device);
  if (m.from != NULL)
    device->driver->event_destroy (m.from);
  if (m.to != NULL)
    device->driver->event_destroy (m.to);
  ew_cuda_memory_clear (&m.work.memory, device);
  g_clear_pointer (&m.kernel, ew_kernel_unref);
  return ok;
}
