/* The loss and its gradient in float64: bands of rows, summed in order. */
#include "engine/cpu-gram.h"

/* Bands are whole tiles of the inner loop. */
#define BAND_ROWS 16
#define BANDS_MAX 64

/* Columns that pass between two looks at the cancel flag. */
#define STEP_WIDTH 6144

typedef struct
{
  const EwCpuGramSums *sums;
  const EwProblem *problem;
  const EwSample *sample;
  const double *params;
  int band_rows;
  /* Each band's Σ r·x for each tap, Σ r, Σ r². */
  double *partials;
  EwCancel *cancel;
} Job;

static void
evaluate_band (int item, gpointer data)
{
  const Job *job = data;
  const EwGeometry *g = &job->problem->geometry;
  const EwGrid *x = job->sample->x;
  const EwGrid *y = job->sample->y;
  int n_taps = g->kernel_height * g->kernel_width;
  double *sums = job->partials + (size_t)item * (n_taps + 2);
  int first = item * job->band_rows;
  int end = MIN (first + job->band_rows, y->height);

  for (int i = first; i < end; i += EW_EXACT_ROWS_MAX)
    for (int j = 0; j < y->width && !ew_cancelled (job->cancel); j += STEP_WIDTH)
      job->sums->exact (ew_grid_row (x, i) + j, x->stride, ew_grid_row (y, i) + j, y->stride, job->params,
                        g->kernel_height, g->kernel_width, job->problem->has_bias ? job->params[n_taps] : 0,
                        MIN (EW_EXACT_ROWS_MAX, end - i), MIN (STEP_WIDTH, y->width - j), sums);
}

/* Adds one sample's sums to loss and gradient. */
static gboolean
add_sample (Job *job, EwPool *pool, double *loss, double *gradient, GError **error)
{
  const EwProblem *problem = job->problem;
  int n_sums = problem->geometry.kernel_height * problem->geometry.kernel_width + 2;
  int height = job->sample->y->height;

  job->band_rows = MAX ((height + BANDS_MAX - 1) / BANDS_MAX, BAND_ROWS);
  job->band_rows = (job->band_rows + BAND_ROWS - 1) / BAND_ROWS * BAND_ROWS;

  int n_bands = (height + job->band_rows - 1) / job->band_rows;
  g_autofree double *partials = g_try_new0 (double, (size_t)n_bands *(size_t)n_sums);

  if (partials == NULL)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_TOO_LARGE, "There is not enough memory for the sums of %d weights.",
                   problem->n_params);
      return FALSE;
    }
  job->partials = partials;
  if (!ew_pool_run (pool, n_bands, evaluate_band, job, job->cancel))
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
      return FALSE;
    }
  for (int b = 0; b < n_bands; b++)
    {
      const double *partial = partials + (size_t)b * n_sums;

      for (int k = 0; k < problem->n_params; k++)
        gradient[k] += 2 * partial[k];
      *loss += partial[n_sums - 1];
    }
  return TRUE;
}

gboolean
ew_cpu_evaluate_exactly (const EwCpuGramSums *sums, EwPool *pool, const EwProblem *problem, const double *params,
                         double *loss, double *gradient, EwCancel *cancel, GError **error)
{
  Job job = { .sums = sums, .problem = problem, .params = params, .cancel = cancel };

  if (!ew_geometry_is_valid (&problem->geometry))
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_UNSUPPORTED,
                           "An exact loss is possible only without padding, with stride 1 and dilation 1.");
      return FALSE;
    }
  *loss = 0;
  for (int k = 0; k < problem->n_params; k++)
    gradient[k] = 0;
  for (int s = 0; s < problem->n_samples; s++)
    {
      job.sample = &problem->samples[s];
      if (!add_sample (&job, pool, loss, gradient, error))
        return FALSE;
    }
  return TRUE;
}
