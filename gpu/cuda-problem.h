/* A problem in the memory of a CUDA device. */
#pragma once

#include "gpu/cuda-memory.h"
#include "gpu/cuda-plan.h"
#include "gpu/cuda-planes.h"

G_BEGIN_DECLS

/**
 * EwCudaLoaded:
 * @planes: where those that are not streamed lie; NULL while nothing is on the device
 * @resting: nothing is on the device; the next use brings it there again
 * @streamed: the planes do not fit into the device: bands of them come and go through two buffers, the next one while
 *   one is worked on
 * @rows_max: of a band
 * @free: a buffer's work has ended
 * @small: one block does whole descents; the widest x has @pitch columns
 * @x, @y, @mask: the planes of the samples, those of x with their border (n_samples); a mask that a sample lacks has no
 *   data
 * @n_sums: n_taps + 2
 * @control: what a descent goes by, on its way to the device
 * @run: some epochs as a graph; NULL before it is needed
 *
 * The rest is device memory: @samples one a band of the plan, then one a sample; @partials n_sums rows of grid_max;
 * @piece_sums n_sums rows, a column a piece; @sums one column; @losses and @trace for plan.chunk epochs.
 */
typedef struct
{
  EwLoaded base;
  EwCudaPlan plan;
  EwCudaMemory memory;
  EwCudaPlanes *planes;
  gboolean resting;
  gboolean streamed;
  int rows_max;
  float *x_buffers[2];
  float *y_buffers[2];
  float *mask_buffers[2];
  EwCudaEvent free[2];
  gboolean small;
  int pitch;
  EwCudaPlane *x;
  EwCudaPlane *y;
  EwCudaPlane *mask;
  int n_taps;
  int n_sums;
  EwCudaProgress control;
  EwCudaRun run;
  gboolean run_refused;
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
void ew_cuda_rest (EwLoaded *base);
gboolean ew_cuda_evaluate (EwLoaded *base, const double *params, double *loss, double *gradient, EwCancel *cancel,
                           GError **error);
gboolean ew_cuda_descend (EwLoaded *base, EwDescent *descent, EwCancel *cancel, GError **error);
gboolean ew_cuda_correlate (EwDevice *base, const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry,
                            EwMethod method, EwGrid *y, EwCancel *cancel, GError **error);
EwGram *ew_cuda_gram (EwLoaded *base, EwCancel *cancel, GError **error);
gboolean ew_cuda_evaluate_exactly (EwLoaded *base, const double *params, double *loss, double *gradient,
                                   EwCancel *cancel, GError **error);

static inline EwCudaDevice *
ew_cuda_device_of (EwCudaLoaded *loaded)
{
  return (EwCudaDevice *)loaded->base.device;
}

/**
 * EwCudaCorrelation:
 * @x: with its border
 * @params: in device memory, with a bias; @taps: the same for a literal kernel
 * @by_fft: the kernel is transformed; @mean: of the input
 *
 * A correlation whose planes are on the device.
 */
typedef struct
{
  EwCudaWay way;
  EwCudaMemory memory;
  EwCudaPlane x;
  EwCudaPlane y;
  double *params;
  EwCudaTaps taps;
  gboolean by_fft;
  double mean;
} EwCudaCorrelation;

/* The kernel on parts of the planes. */
gboolean ew_cuda_launch_correlation (EwCudaDevice *device, EwCudaCorrelation *work, EwCudaPlane x, EwCudaPlane y,
                                     GError **error);

/* The bands of a plan as the kernels see them: parts of the planes, or of the buffers that they come through, with the
 * rows of x that theirs of y need. */
void ew_cuda_fill_samples (const EwCudaLoaded *loaded, const EwCudaPlan *plan, EwCudaSample *samples);

/* Enters the device and ends a rest: the first call of what works on a loaded problem. Errors as load. */
gboolean ew_cuda_wake (EwCudaLoaded *loaded, EwCancel *cancel, GError **error);

/* Of a streamed problem: brings the band of piece @p into its buffer when that is free, and waits until it is there;
 * work on the band before goes on. After the work on it was launched, release says so. Of others: nothing. */
gboolean ew_cuda_bring_piece (EwCudaLoaded *loaded, const EwCudaPlan *plan, int p, EwCancel *cancel, GError **error);
gboolean ew_cuda_release_piece (EwCudaLoaded *loaded, int p, GError **error);

/* Plans, for a problem whose planes do not fit, bands that do. EW_ERROR_DEVICE where not even those do. */
gboolean ew_cuda_plan_stream (EwCudaLoaded *loaded, const EwCudaWay *way, GError **error);
gboolean ew_cuda_open_stream (EwCudaLoaded *loaded, GError **error);
void ew_cuda_close_stream (EwCudaLoaded *loaded);

/* Uploads the parameters and control, with done and diverged at 0: before a row of launches. */
gboolean ew_cuda_begin (EwCudaLoaded *loaded, const double *params, GError **error);
gboolean ew_cuda_reset_progress (EwCudaLoaded *loaded, GError **error);

/* Launches all pieces of one evaluation, so that the sums at the device's parameters come to stand in @sums. Waits,
 * with a look at @cancel, only between pieces. */
gboolean ew_cuda_launch_evaluation (EwCudaLoaded *loaded, EwCancel *cancel, GError **error);

/* Launches epochs of a small problem. */
gboolean ew_cuda_launch_small (EwCudaLoaded *loaded, int epochs, GError **error);

/* sums[k] = Σ over @n columns of @partials, n_sums rows; @sums may be a column of several, @pitch apart. */
gboolean ew_cuda_launch_reduce (EwCudaLoaded *loaded, const double *partials, int n, int n_sums,
                                const EwCudaProgress *progress, double *sums, int pitch, GError **error);

G_END_DECLS
