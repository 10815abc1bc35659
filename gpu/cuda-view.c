/* Pictures on a CUDA device. The planes are those of the problem that is trained there, or else brought there without a
 * border; what is gathered stays there; what comes back is as large as the picture. */
#include "gpu/cuda-view.h"

#include "gpu/cuda-copy.h"
#include "gpu/cuda-planes.h"

/* Blocks of a launch: more work than these is shared out among them. */
#define GRID_MAX 65535

/* Of the sums on their way from rows to squares: so many at a time. */
#define SUMS_BYTES ((size_t)64 << 20)

/**
 * EwCudaShown:
 * @shared: the planes lie where a problem that is loaded has them; NULL: in @memory
 * @kept_memory: of @kept, the means that combine works on
 * @picture_memory: of @picture and its terms, @places
 */
typedef struct
{
  EwShown base;
  EwCudaPlanes *shared;
  EwCudaMemory memory;
  EwCudaPlane x;
  EwCudaPlane y;
  EwCudaMemory kept_memory;
  EwCudaPlane kept;
  EwCudaMemory picture_memory;
  EwCudaPlane picture;
  EwCudaPlace *places;
} EwCudaShown;

/* A gathering under way; @sums hold @n_rows rows of squares. */
typedef struct
{
  EwCudaDevice *device;
  EwCudaPlane x;
  EwCudaSquares squares;
  EwCudaMemory memory;
  int *phases;
  double *sums;
  int n_rows;
} Gathering;

static EwCudaDevice *
device_of (EwCudaShown *shown)
{
  return (EwCudaDevice *)shown->base.device;
}

static long long
blocks_for (long long width)
{
  return (width + EW_CUDA_THREADS - 1) / EW_CUDA_THREADS;
}

/* --- the planes */

/* Training comes first: pictures take at most half of what is free. */
static gboolean
check_room (EwCudaShown *shown, GError **error)
{
  g_autoptr (GError) cause = NULL;
  size_t budget = ew_cuda_memory_budget (device_of (shown), &cause);

  if (cause == NULL && ew_cuda_memory_needed (&shown->memory) <= budget / 2)
    return TRUE;
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  else
    g_set_error (error, EW_ERROR, EW_ERROR_DEVICE, "The device %s has no memory to spare for pictures.",
                 shown->base.device->name);
  return FALSE;
}

static gboolean
bring_planes (EwCudaShown *shown, EwCancel *cancel, GError **error)
{
  EwCudaDevice *device = device_of (shown);
  const EwGrid *x = shown->base.x;
  const EwGrid *y = shown->base.y;

  shown->shared = ew_cuda_planes_find (device, x, y, &shown->x, &shown->y);
  if (shown->shared != NULL)
    return TRUE;
  ew_cuda_memory_add_plane (&shown->memory, &shown->x, x->height, x->width);
  if (y != NULL)
    ew_cuda_memory_add_plane (&shown->memory, &shown->y, y->height, y->width);
  return check_room (shown, error) && ew_cuda_memory_allocate (&shown->memory, device, error)
         && ew_cuda_upload_plane (device, device->stream, &shown->x, x, 0, cancel, error)
         && (y == NULL || ew_cuda_upload_plane (device, device->stream, &shown->y, y, 0, cancel, error));
}

EwShown *
ew_cuda_show (EwDevice *base, EwGrid *x, EwGrid *y, EwCancel *cancel, GError **error)
{
  EwCudaDevice *device = (EwCudaDevice *)base;

  if (!ew_cuda_enter (device, cancel, error))
    return NULL;

  EwCudaShown *shown = g_new0 (EwCudaShown, 1);

  shown->base.device = base;
  shown->base.x = ew_grid_ref (x);
  shown->base.y = y == NULL ? NULL : ew_grid_ref (y);
  if (bring_planes (shown, cancel, error))
    return &shown->base;
  ew_cuda_drain (device);
  ew_cuda_unshow (&shown->base);
  return NULL;
}

void
ew_cuda_unshow (EwShown *base)
{
  EwCudaShown *shown = (EwCudaShown *)base;
  EwCudaDevice *device = device_of (shown);

  ew_cuda_enter (device, NULL, NULL);
  ew_cuda_memory_clear (&shown->picture_memory, device);
  ew_cuda_memory_clear (&shown->kept_memory, device);
  ew_cuda_memory_clear (&shown->memory, device);
  if (shown->shared != NULL)
    ew_cuda_planes_unref (shown->shared, device);
  ew_grid_unref (base->x);
  ew_grid_unref (base->y);
  g_free (shown);
}

/* --- block means */

/* FALSE where there are more columns or planes than can be counted. */
static gboolean
describe_squares (const EwBlockMeans *m, EwCudaSquares *squares)
{
  gint64 columns = (gint64)(m->width - 1) * m->pitch + m->columns[m->n_columns - 1] - m->columns[0]
                   + (gint64)(m->side - 1) * m->step + 1;
  gint64 rows = (gint64)m->n_rows * m->n_columns * m->height;

  *squares = (EwCudaSquares){ .border = (int)m->border,
                              .side = m->side,
                              .step = m->step,
                              .pitch = m->pitch,
                              .n_rows = m->n_rows,
                              .n_columns = m->n_columns,
                              .first_row = m->first_row,
                              .first_column = m->first_column,
                              .height = m->height,
                              .width = m->width,
                              .n_columns_summed = (int)MIN (columns, G_MAXINT32) };
  return columns <= G_MAXINT32 && rows <= G_MAXINT32;
}

/* Means and what leads to them: as many rows at a time as there is room for, and as a launch may take. */
static gboolean
plan_gathering (Gathering *g, const EwBlockMeans *means, EwCudaMemory *kept_memory, EwCudaPlane *kept, GError **error)
{
  if (!describe_squares (means, &g->squares))
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_TOO_LARGE, "The picture is too large for the device.");
      return FALSE;
    }

  size_t row = (size_t)means->n_rows * (size_t)g->squares.n_columns_summed;
  double work = (double)row * means->side;

  g->n_rows = (int)CLAMP (MIN ((double)(SUMS_BYTES / sizeof (double) / row), g->device->budget / work), 1,
                          (double)means->height);
  ew_cuda_memory_add (&g->memory, &g->phases, (size_t)(means->n_rows + means->n_columns), sizeof (int));
  ew_cuda_memory_add (&g->memory, &g->sums, row * (size_t)g->n_rows, sizeof (double));
  ew_cuda_memory_add_plane (kept_memory, kept, means->n_rows * means->n_columns * means->height, means->width);
  return ew_cuda_memory_allocate (&g->memory, g->device, error)
         && ew_cuda_memory_allocate (kept_memory, g->device, error);
}

/* Rows [first, first + n) of the squares of every phase. */
static gboolean
gather_rows (Gathering *g, EwCudaPlane planes, int first, int n, GError **error)
{
  const EwCudaSquares *s = &g->squares;
  void *rows[] = { &g->x, &g->squares, &g->phases, &first, &n, &g->sums };
  void *columns[] = { &g->squares, &g->phases, &g->sums, &first, &n, &planes };
  long long row_blocks = n * blocks_for (s->n_columns_summed);
  long long column_blocks = n * blocks_for (s->width) * s->n_rows * s->n_columns;

  return ew_cuda_launch (g->device, EW_CUDA_KERNEL_VIEW_ROWS, MIN (row_blocks, GRID_MAX), 0, rows, error)
         && ew_cuda_launch (g->device, EW_CUDA_KERNEL_VIEW_COLUMNS, MIN (column_blocks, GRID_MAX), 0, columns, error);
}

static gboolean
gather_all (Gathering *g, const EwBlockMeans *means, EwCudaPlane planes, EwCancel *cancel, GError **error)
{
  if (!ew_cuda_upload (g->device, g->phases, means->rows, (size_t)means->n_rows * sizeof (int), error)
      || !ew_cuda_upload (g->device, g->phases + means->n_rows, means->columns,
                          (size_t)means->n_columns * sizeof (int), error))
    return FALSE;
  for (int first = 0, n; first < means->height; first += n)
    {
      n = MIN (g->n_rows, means->height - first);
      if (!gather_rows (g, planes, first, n, error) || !ew_cuda_wait (g->device, cancel, error))
        return FALSE;
    }
  return TRUE;
}

/* The top left of the first plane. */
static gboolean
download_first (EwCudaDevice *device, EwCudaPlane planes, EwGrid *first, EwCancel *cancel, GError **error)
{
  planes.height = first->height;
  planes.width = first->width;
  return ew_cuda_download_plane (device, device->stream, first, &planes, 0, cancel, error);
}

gboolean
ew_cuda_gather (EwShown *base, const EwBlockMeans *means, gboolean keep, EwGrid *first, EwCancel *cancel,
                GError **error)
{
  EwCudaShown *shown = (EwCudaShown *)base;
  EwCudaDevice *device = device_of (shown);
  Gathering g = { .device = device, .x = means->x == base->x ? shown->x : shown->y };
  EwCudaMemory passing = { 0 };
  EwCudaPlane passing_planes;
  EwCudaMemory *memory = keep ? &shown->kept_memory : &passing;
  EwCudaPlane *planes = keep ? &shown->kept : &passing_planes;
  gboolean ok;

  if (!ew_cuda_enter (device, cancel, error))
    return FALSE;
  ew_cuda_memory_clear (memory, device);
  ok = plan_gathering (&g, means, memory, planes, error) && gather_all (&g, means, *planes, cancel, error)
       && (first == NULL || download_first (device, *planes, first, cancel, error));
  if (!ok)
    ew_cuda_drain (device);
  ew_cuda_memory_clear (&g.memory, device);
  if (!ok || !keep)
    ew_cuda_memory_clear (memory, device);
  return ok;
}

/* --- sums of them */

/* Room for a picture and the terms of the largest kernel; kept from one picture to the next, since giving memory back
 * makes all streams wait, those that train too. */
static gboolean
make_room (EwCudaShown *shown, const EwGrid *picture, GError **error)
{
  EwCudaMemory *memory = &shown->picture_memory;

  if (memory->blocks != NULL && shown->picture.height == picture->height && shown->picture.width == picture->width)
    return TRUE;
  ew_cuda_memory_clear (memory, device_of (shown));
  ew_cuda_memory_add (memory, &shown->places, EW_KERNEL_PARAMS_MAX, sizeof *shown->places);
  ew_cuda_memory_add_plane (memory, &shown->picture, picture->height, picture->width);
  if (ew_cuda_memory_allocate (memory, device_of (shown), error))
    return TRUE;
  ew_cuda_memory_clear (memory, device_of (shown));
  return FALSE;
}

/* In parts whose launches end soon. */
static gboolean
combine_rows (EwCudaShown *shown, int n, float bias, EwCancel *cancel, GError **error)
{
  EwCudaDevice *device = device_of (shown);
  EwCudaPlane y = shown->picture;
  int part = (int)CLAMP (device->budget / ((double)y.width * MAX (n, 1)), 1, (double)y.height);

  for (int row = 0; row < y.height; row += part)
    {
      EwCudaPlane from = shown->kept;
      EwCudaPlane to = y;
      void *arguments[] = { &from, &shown->places, &n, &bias, &to };

      from.data += row * from.stride;
      to.data += row * to.stride;
      to.height = MIN (part, y.height - row);
      if (!ew_cuda_launch (device, EW_CUDA_KERNEL_VIEW_SUM, MIN (to.height * blocks_for (to.width), GRID_MAX), 0,
                           arguments, error)
          || (row + part < y.height && !ew_cuda_wait (device, cancel, error)))
        return FALSE;
    }
  return TRUE;
}

gboolean
ew_cuda_combine (EwShown *base, const EwPlace *places, int n, float bias, EwGrid *picture, EwCancel *cancel,
                 GError **error)
{
  EwCudaShown *shown = (EwCudaShown *)base;
  EwCudaDevice *device = device_of (shown);

  G_STATIC_ASSERT (sizeof (EwPlace) == sizeof (EwCudaPlace));
  g_return_val_if_fail (n <= EW_KERNEL_PARAMS_MAX && shown->kept_memory.blocks != NULL, FALSE);
  if (!ew_cuda_enter (device, cancel, error))
    return FALSE;
  if (make_room (shown, picture, error)
      && ew_cuda_upload (device, shown->places, places, (size_t)n * sizeof *places, error)
      && combine_rows (shown, n, bias, cancel, error)
      && ew_cuda_download_plane (device, device->stream, picture, &shown->picture, 0, cancel, error))
    return TRUE;
  ew_cuda_drain (device);
  return FALSE;
}
