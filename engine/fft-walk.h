/* EwFftWalk: one walk down a strip of an output, the unit of work of correlation by Fourier transforms. */
#pragma once

#include "engine/cpu-kernels.h"
#include "engine/fft-loops.h"
#include "engine/fft-tiling.h"
#include "engine/grid.h"
#include "engine/pool.h"

G_BEGIN_DECLS

/**
 * EwFftJob:
 * @spectrum: the conjugate transform of the taps, block after block of EW_FFT_BLOCK columns (height × width)
 * @taps: the kernel in float32, for the outputs that are computed directly
 * @scale: what the outputs of the transforms are multiplied with
 * @taps_sum: Σ taps, in float64
 * @limit: values beyond it, and those that are not finite, are kept out of the transforms
 *
 * What all walks of one correlation share. Nothing is owned.
 */
typedef struct
{
  const EwFftw *fftw;
  const EwCpuKernels *kernels;
  const EwFftLoops *loops;
  const EwGrid *x;
  EwGrid *y;
  int kernel_height;
  int kernel_width;
  EwFftTiling tiling;
  EwFftPlans plans;
  EwComplex *spectrum;
  const float *taps;
  double bias;
  float scale;
  double taps_sum;
  float limit;
  EwCancel *cancel;
} EwFftJob;

/* Elements of the scratch that a walk needs, at most EW_FFT_SCRATCH_MAX bytes. */
size_t ew_fft_walk_scratch (const EwFftTiling *tiling);

/* Computes the outputs of walk @walk of strip @strip. @scratch: ew_fft_walk_scratch () elements on a 64-byte boundary.
 */
void ew_fft_walk (const EwFftJob *job, int strip, int walk, EwComplex *scratch);

/* The outputs of rows × columns from (i, j) on by the direct loops. */
void ew_fft_direct (const EwFftJob *job, int i, int j, int rows, int columns);

/* Fills job->spectrum from job->taps. @scratch as above. */
void ew_fft_transform_kernel (const EwFftJob *job, EwComplex *scratch);

G_END_DECLS
