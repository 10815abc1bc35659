/* EwBenchWork: what one cell of the bench does, ready to be done again and again. */
#pragma once

#include "engine/devices.h"

G_BEGIN_DECLS

/**
 * EwBenchOp:
 * @EW_BENCH_CORR2D: Y = X ⋆ K, into the same Y each time
 * @EW_BENCH_STEP: loss and gradient at given weights
 * @EW_BENCH_GRAM: G, h and c
 */
typedef enum
{
  EW_BENCH_CORR2D,
  EW_BENCH_STEP,
  EW_BENCH_GRAM,
} EwBenchOp;

/* The operations' names in that order, NULL-terminated. */
extern const char *const ew_bench_ops[];

/* A cell: an operation on an image of height × width and a kernel of kernel_height × kernel_width, valid correlation.
 */
typedef struct
{
  EwBenchOp op;
  int height;
  int width;
  int kernel_height;
  int kernel_width;
} EwBenchCell;

/* TRUE where the kernel fits into the image; otherwise EW_ERROR_GEOMETRY. */
gboolean ew_bench_cell_is_possible (const EwBenchCell *cell, GError **error);

/**
 * EwBenchWork:
 * @x: the image
 * @y: output or target
 * @device: what does it; owned by the devices
 * @method: how, in a word
 */
typedef struct
{
  EwBenchCell cell;
  EwGrid *x;
  EwGrid *y;
  EwKernel *kernel;
  EwGeometry geometry;
  EwDevices *devices;
  EwDevice *device;
  EwLoaded *loaded; /* NULL for corr2d */
  double *gradient;
  const char *method;
} EwBenchWork;

/* A plane of values uniform in [−1, 1), the same for the same @seed, transfer full. Errors as ew_grid_new. */
EwGrid *ew_bench_random_grid (int height, int width, guint64 seed, GError **error);

/* The output or target plane of a cell, filled, transfer full: it serves every number of threads. */
EwGrid *ew_bench_cell_new_output (const EwBenchCell *cell, GError **error);

/* A cell on one of @devices (which must outlive it), transfer full; references to @x and @y are taken. Fails as the
 * backend does, and with EW_ERROR_UNSUPPORTED where a device that was asked for by name cannot do the operation. */
EwBenchWork *ew_bench_work_new (const EwBenchCell *cell, EwGrid *x, EwGrid *y, EwDevices *devices, GError **error);
void ew_bench_work_free (EwBenchWork *work);

/* Does it @times times. Errors as the backend. */
gboolean ew_bench_work_run (EwBenchWork *work, gint64 times, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwBenchWork, ew_bench_work_free)

G_END_DECLS
