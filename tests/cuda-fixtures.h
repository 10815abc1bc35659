/* What the tests of the CUDA kernels share: planes between guards, pairs laid out as the kernels want them, and a typed
 * launch for each kernel on the CPU shim. */
#pragma once

#include "engine/kernel.h"
#include "engine/problem.h"
#include "engine/random.h"
#include "gpu/cuda-plan.h"
#include "gpu/kernels.h"

#include <glib.h>

G_BEGIN_DECLS

/* A plane as in device memory, NaN before and after it and, unless @finite, between its rows. */
typedef struct
{
  EwCudaPlane plane;
  float *memory;
  gsize n_values;
  gboolean finite;
} GuardedPlane;

/* A copy of @grid with rows at least @padding elements apart. */
void guarded_plane_init (GuardedPlane *guarded, const EwGrid *grid, int padding, gboolean finite);
void guarded_plane_clear (GuardedPlane *guarded);

/* Nothing around the values has been written to. */
void guarded_plane_check (const GuardedPlane *guarded);

/* x with its border, as the kernels want it; transfer full. */
EwGrid *bordered_grid (const EwGrid *x, const EwGeometry *geometry);

/* A geometry for an input of height × width: stride and dilation up to @step, padding up to @pad, any border. The
 * kernel is made smaller where it does not fit. */
EwGeometry random_geometry (EwRandom *random, int height, int width, int kernel_height, int kernel_width, int step,
                            int pad);

/* A problem of @n random samples, where @whole of small whole numbers, with sides up to @side. */
EwProblem *random_problem_for (EwRandom *random, const EwGeometry *geometry, int n, int side, gboolean has_bias,
                               gboolean whole);

/* Masks for a problem's samples, at random, where @whole of 0 and 1; takes the problem and gives another. */
EwProblem *masked_problem (EwRandom *random, EwProblem *problem, gboolean whole);

/* The pairs of a problem, and the number of their tiles. */
typedef struct
{
  int n_samples;
  GuardedPlane *x;
  GuardedPlane *y;
  GuardedPlane *mask;
  EwCudaSample *samples;
  long long n_tiles;
} Pairs;

Pairs *pairs_new (const EwProblem *problem, EwCudaTile tile, int padding);
void pairs_free (Pairs *pairs);

/* Nothing has been written to: the values are still those of the problem. */
void pairs_check (const Pairs *pairs, const EwProblem *problem);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pairs, pairs_free)

/* The largest error of a float32 correlation in any geometry, at each output, row by row: products and a bias in any
 * order, each weight rounded once. */
double *geometry_bounds (const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry);

/* The same for loss and gradient (n_params): residuals summed in float32 over at most @chain values, in float64
 * beyond. */
void geometry_evaluation_bounds (const EwProblem *problem, const double *params, int chain, double *loss,
                                 double *gradient);

/* One launch each, with the shared memory that the kernel is promised. FALSE where the shim finds fault with it. */
gboolean launch_border (unsigned grid, const GuardedPlane *x, int left, int right, EwBorder border);
gboolean launch_correlate (unsigned grid, const EwCudaWay *way, const GuardedPlane *x, const GuardedPlane *y,
                           const double *params);
gboolean launch_evaluate (unsigned grid, const EwCudaWay *way, const Pairs *pairs, const double *params,
                          gboolean has_bias, const EwCudaProgress *progress, double *partials);
gboolean launch_reduce (unsigned grid, const double *partials, int n_partials, int n_sums,
                        const EwCudaProgress *progress, double *sums, int pitch);
gboolean launch_step (const double *sums, int n_taps, int n_params, double *params, EwCudaProgress *progress,
                      double *losses, double *trace);
gboolean launch_descend (const Pairs *pairs, EwCudaShape shape, gboolean has_bias, int epochs, double *params,
                         EwCudaProgress *progress, double *losses, double *trace, double *sums);
gboolean launch_exact (unsigned grid, const Pairs *pairs, const double *params, gboolean has_bias, EwCudaShape shape,
                       gboolean ones, double *partials);
gboolean launch_gram (unsigned grid, const Pairs *pairs, EwCudaShape shape, int n_pairs, double *partials);

/* Cases of test-cuda-kernels.c that are in cuda-gram-kernels.c. */
void test_lags (void);
void test_gram_edges (void);
void test_gram_fill (void);

G_END_DECLS
