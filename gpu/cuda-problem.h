/* A problem in the memory of a CUDA device. */
#pragma once

#include "gpu/cuda-memory.h"
#include "gpu/cuda-plan.h"

G_BEGIN_DECLS

/**
 * EwCudaLoaded:
 * @x, @y: the planes of the samples (n_samples)
 * @n_sums: n_taps + 2
 *
 * The rest is device memory: @samples one a band of the plan; @partials grid_max rows of n_sums; @piece_sums a row a
 * piece; @sums one row; @losses and @trace for plan.chunk epochs.
 */
typedef struct
{
  EwLoaded base;
  EwCudaPlan plan;
  EwCudaMemory memory;
  EwCudaPlane *x;
  EwCudaPlane *y;
  int n_taps;
  int n_sums;
  EwCudaSample *samples;
  double *params;
  double *partials;
  double *piece_sums;
  double *sums;
  double *losses;
  double *trace;
  EwCudaProgress *progress;
} EwCudaLoaded;

/* See EwBackend. */
EwLoaded *ew_cuda_load (EwDevice *base, EwProblem *problem, EwCancel *cancel, GError **error);
void ew_cuda_unload (EwLoaded *base);
gboolean ew_cuda_evaluate (EwLoaded *base, const double *params, double *loss, double *gradient, EwCancel *cancel,
                           GError **error);
gboolean ew_cuda_descend (EwLoaded *base, EwDescent *descent, EwCancel *cancel, GError **error);
gboolean ew_cuda_correlate (EwDevice *base, const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry,
                            EwMethod method, EwGrid *y, EwCancel *cancel, GError **error);

/* Uploads the parameters and resets the progress: before a row of launches. */
gboolean ew_cuda_begin (EwCudaLoaded *loaded, const double *params, GError **error);
gboolean ew_cuda_reset_progress (EwCudaLoaded *loaded, GError **error);

/* Launches all pieces of one evaluation, so that the sums at the device's parameters come to stand in @sums. Waits,
 * with a look at @cancel, only between pieces. */
gboolean ew_cuda_launch_evaluation (EwCudaLoaded *loaded, EwCancel *cancel, GError **error);

G_END_DECLS
