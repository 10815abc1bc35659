/* Kernel and tiling are prepared once, then the pool's threads take walks, each in a scratch of its own. */
#include "engine/fft-correlate.h"
#include "engine/fft-scratch.h"
#include "engine/fft-walk.h"

#include <float.h>
#include <math.h>

typedef struct
{
  EwFftJob job;
  EwFftScratch *scratch;
} Work;

static void
walk_item (int item, gpointer data)
{
  Work *work = data;
  int n_walks = work->job.tiling.n_walks;
  int place;
  EwComplex *scratch = ew_fft_scratch_take (work->scratch, &place);

  ew_fft_walk (&work->job, item / n_walks, item % n_walks, scratch);
  ew_fft_scratch_give (work->scratch, place);
}

/* Kernels with larger sums are left to the direct loops: their transforms could leave float32's range. */
#define NORM_MAX 0x1p60

/* Taps in float32, and what follows from them. FALSE where no transform can be made of them. */
static gboolean
prepare_taps (EwFftJob *job, const EwKernel *kernel, float *taps)
{
  double values = (double)job->tiling.height * job->tiling.width;
  double norm = 0;

  job->taps_sum = 0;
  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    {
      taps[k] = (float)kernel->taps[k];
      job->taps_sum += (double)taps[k];
      norm += fabs ((double)taps[k]);
    }
  /* |transform back| ≤ values² · ‖K‖₁ · |x|, twice that for two parts. */
  job->limit = (float)((double)FLT_MAX / (8 * values * values * MAX (1, norm)));
  job->scale = (float)(1 / values);
  return norm < NORM_MAX;
}

static gboolean
cancelled (GError **error)
{
  g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
  return FALSE;
}

static void
direct_row (int item, gpointer data)
{
  const EwFftJob *job = data;

  ew_fft_direct (job, item, 0, 1, job->y->width);
}

gboolean
ew_fft_correlate (EwPool *pool, const EwGrid *x, const EwKernel *kernel, EwGrid *y, EwCancel *cancel, GError **error)
{
  float taps[EW_KERNEL_PARAMS_MAX];
  Work work = { .job = { .x = x, .y = y, .taps = taps, .bias = kernel->bias, .cancel = cancel } };
  EwFftJob *job = &work.job;
  int n_items;
  gboolean done;

  g_return_val_if_fail (y->height == x->height - kernel->height + 1 && y->width == x->width - kernel->width + 1, FALSE);
  job->kernel_height = kernel->height;
  job->kernel_width = kernel->width;
  ew_fft_tiling_choose (&job->tiling, y->height, y->width, kernel->height, kernel->width);
  n_items = job->tiling.n_strips * job->tiling.n_walks;
  job->fftw = ew_fftw (error);
  job->kernels = job->fftw == NULL ? NULL : ew_cpu_kernels (error);
  if (job->kernels == NULL)
    return FALSE;
  job->loops = ew_fft_loops (job->kernels->id);
  if (!prepare_taps (job, kernel, taps))
    return ew_pool_run (pool, y->height, direct_row, job, cancel) || cancelled (error);
  if (!ew_fft_tiling_plan (&job->tiling, &job->plans, error))
    return FALSE;
  work.scratch = ew_fft_scratch_new (ew_fft_walk_scratch (&job->tiling), MIN (n_items, ew_pool_threads (pool)), error);
  if (work.scratch == NULL)
    return FALSE;
  job->spectrum = ew_fft_scratch_spectrum (work.scratch);
  ew_fft_transform_kernel (job, ew_fft_scratch_at (work.scratch, 0));
  done = ew_pool_run (pool, n_items, walk_item, &work, cancel);
  ew_fft_scratch_free (work.scratch);
  return done || cancelled (error);
}
