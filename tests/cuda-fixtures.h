/* What the tests of the CUDA kernels share: planes between guards, pairs laid out as the kernels want them, and a typed
 * launch for each kernel on the CPU shim. */
#pragma once

#include "engine/problem.h"
#include "gpu/kernels.h"

#include <glib.h>

G_BEGIN_DECLS

/* A plane as in device memory: NaN before, after and between its rows. */
typedef struct
{
  EwCudaPlane plane;
  float *memory;
  gsize n_values;
} GuardedPlane;

/* A copy of @grid with rows @padding elements apart. */
void guarded_plane_init (GuardedPlane *guarded, const EwGrid *grid, int padding);
void guarded_plane_clear (GuardedPlane *guarded);

/* Nothing around the values has been written to. */
void guarded_plane_check (const GuardedPlane *guarded);

/* The pairs of a problem, and the number of their tiles. */
typedef struct
{
  int n_samples;
  GuardedPlane *x;
  GuardedPlane *y;
  EwCudaSample *samples;
  long long n_tiles;
} Pairs;

Pairs *pairs_new (const EwProblem *problem, int padding);
void pairs_free (Pairs *pairs);

/* Nothing has been written to: the values are still those of the problem. */
void pairs_check (const Pairs *pairs, const EwProblem *problem);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pairs, pairs_free)

/* One launch each, with the shared memory that the kernel is promised. FALSE where the shim finds fault with it. */
gboolean launch_correlate (unsigned grid, const GuardedPlane *x, const GuardedPlane *y, const double *params,
                           int kernel_height, int kernel_width);
gboolean launch_evaluate (unsigned grid, const Pairs *pairs, const double *params, gboolean has_bias, int kernel_height,
                          int kernel_width, const EwCudaProgress *progress, double *partials);
gboolean launch_reduce (unsigned grid, const double *partials, int n_rows, int n_sums, const EwCudaProgress *progress,
                        double *sums);
gboolean launch_step (const double *sums, int n_taps, int n_params, double step, double diverged_above, double *params,
                      EwCudaProgress *progress, double *losses, double *trace);

G_END_DECLS
