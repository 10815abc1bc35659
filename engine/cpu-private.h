/* What the files of the CPU backend share. */
#pragma once

#include "engine/backend.h"
#include "engine/cpu-kernels.h"
#include "engine/pool.h"

G_BEGIN_DECLS

typedef struct
{
  EwDevice base;
  const EwCpuKernels *kernels;
  EwPool *pool;
} EwCpuDevice;

/* Rows of a tile, and its columns at the most: at most 4096 residuals, which fit the first-level cache. */
#define EW_CPU_TILE_ROWS  12
#define EW_CPU_TILE_WIDTH 320

/* Rows of the bands that an output is cut into, a multiple of EW_CPU_TILE_ROWS: work for some microseconds each. */
int ew_cpu_band_rows (int height, int width, int n_taps);

/* Columns of the pieces, about equal and of whole cache lines, that @width is cut into; at most @most. */
int ew_cpu_piece_columns (int width, int most);

/* Whether a plane is so large that it comes from memory, not from a cache. */
gboolean ew_cpu_lies_in_memory (const EwGrid *grid);

/* Always FALSE, with EW_ERROR_CANCELLED. */
gboolean ew_cpu_cancelled (GError **error);

/* The backend's functions. */
gboolean ew_cpu_correlate (EwDevice *base, const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry,
                           EwMethod method, EwGrid *y, EwCancel *cancel, GError **error);
EwLoaded *ew_cpu_load (EwDevice *device, EwProblem *problem, EwCancel *cancel, GError **error);
void ew_cpu_unload (EwLoaded *base);
gboolean ew_cpu_evaluate (EwLoaded *base, const double *params, double *loss, double *gradient, EwCancel *cancel,
                          GError **error);

G_END_DECLS
