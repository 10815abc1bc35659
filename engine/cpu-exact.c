/* The loss and its gradient in float64: phases one after the other, in each of them bands of rows, summed in order. */
#include "engine/cpu-gram-phases.h"
#include "engine/cpu-gram.h"

/* Bands are whole tiles of the inner loop. */
#define BAND_ROWS 16
#define BANDS_MAX 64

/* Columns that pass between two looks at the cancel flag. */
#define STEP_WIDTH 6144

/**
 * Job:
 * @taps: the problem's weights, plane by plane
 * @n_sums: a sum for each of them, Σ r, Σ r²
 * @partials: n_sums for each band
 */
typedef struct
{
  const EwCpuGramSums *sums;
  const EwProblem *problem;
  const EwGramPhase *phase;
  double bias;
  double *taps;
  int band_rows;
  int n_sums;
  double *partials;
  EwCancel *cancel;
} Job;

/* The phase's planes under output (i, j). */
static void
point_at (const Job *job, int i, int j, double *partial, EwExactPlane *planes)
{
  int before = 0;

  for (int p = 0; p < job->phase->n_planes; p++)
    {
      const EwGramPlane *plane = &job->phase->planes[p];

      planes[p] = (EwExactPlane){ ew_gram_view_row (&plane->x, i) + j,
                                  plane->x.stride,
                                  job->taps + before,
                                  plane->kh,
                                  plane->kw,
                                  partial + before };
      before += plane->kh * plane->kw;
    }
}

static void
evaluate_band (int item, gpointer data)
{
  const Job *job = data;
  const EwGramView *y = &job->phase->y;
  const EwGramView *mask = &job->phase->mask;
  double *partial = job->partials + (size_t)item * job->n_sums;
  int first = item * job->band_rows;
  int end = MIN (first + job->band_rows, y->height);
  g_autofree EwExactPlane *planes = g_new (EwExactPlane, job->phase->n_planes);

  for (int i = first; i < end; i += EW_EXACT_ROWS_MAX)
    for (int j = 0; j < y->width && !ew_cancelled (job->cancel); j += STEP_WIDTH)
      {
        point_at (job, i, j, partial, planes);
        job->sums->exact (planes, job->phase->n_planes, ew_gram_view_row (y, i) + j, y->stride,
                          mask->data == NULL ? NULL : ew_gram_view_row (mask, i) + j, mask->stride, job->bias,
                          MIN (EW_EXACT_ROWS_MAX, end - i), MIN (STEP_WIDTH, y->width - j),
                          partial + job->n_sums - 2);
      }
}

/* The weights in the order of the phase's planes. */
static void
order_taps (const Job *job, const double *params, double *to)
{
  int kernel_width = job->problem->geometry.kernel_width;

  for (int p = 0; p < job->phase->n_planes; p++)
    {
      const EwGramPlane *plane = &job->phase->planes[p];

      for (int k = 0; k < plane->kh * plane->kw; k++)
        *to++ = params[ew_gram_phase_tap (job->phase, plane, k / plane->kw, k % plane->kw, kernel_width)];
    }
}

static void
add_partial (const Job *job, const double *partial, double *loss, double *gradient)
{
  int kernel_width = job->problem->geometry.kernel_width;
  const double *from = partial;

  for (int p = 0; p < job->phase->n_planes; p++)
    {
      const EwGramPlane *plane = &job->phase->planes[p];

      for (int k = 0; k < plane->kh * plane->kw; k++)
        gradient[ew_gram_phase_tap (job->phase, plane, k / plane->kw, k % plane->kw, kernel_width)] += 2 * *from++;
    }
  if (job->problem->has_bias)
    gradient[job->problem->n_params - 1] += 2 * from[0];
  *loss += from[1];
}

/* Adds one phase's sums to loss and gradient. */
static gboolean
add_phase (Job *job, EwPool *pool, const double *params, double *loss, double *gradient, GError **error)
{
  int height = job->phase->y.height;

  job->band_rows = MAX ((height + BANDS_MAX - 1) / BANDS_MAX, BAND_ROWS);
  job->band_rows = (job->band_rows + BAND_ROWS - 1) / BAND_ROWS * BAND_ROWS;

  int n_bands = (height + job->band_rows - 1) / job->band_rows;
  g_autofree double *partials = g_try_new0 (double, (size_t)n_bands *(size_t)job->n_sums);

  if (partials == NULL)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_TOO_LARGE, "There is not enough memory for the sums of %d weights.",
                   job->problem->n_params);
      return FALSE;
    }
  job->partials = partials;
  order_taps (job, params, job->taps);
  if (!ew_pool_run (pool, n_bands, evaluate_band, job, job->cancel))
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
      return FALSE;
    }
  for (int b = 0; b < n_bands; b++)
    add_partial (job, partials + (size_t)b * job->n_sums, loss, gradient);
  return TRUE;
}

static gboolean
add_sample (Job *job, EwPool *pool, const EwSample *sample, const double *params, double *loss, double *gradient,
            GError **error)
{
  const EwGeometry *g = &job->problem->geometry;
  gint64 n_phases = ew_gram_n_phases (g, sample);

  for (gint64 p = 0; p < n_phases; p++)
    {
      g_autoptr (EwGramPhase) phase = ew_gram_phase_new (pool, sample, g, p, job->cancel, error);

      job->phase = phase;
      if (phase == NULL || !add_phase (job, pool, params, loss, gradient, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
ew_cpu_evaluate_exactly (const EwCpuGramSums *sums, EwPool *pool, const EwProblem *problem, const double *params,
                         double *loss, double *gradient, EwCancel *cancel, GError **error)
{
  int n_taps = problem->geometry.kernel_height * problem->geometry.kernel_width;
  g_autofree double *taps = g_new (double, n_taps);
  Job job = { .sums = sums, .problem = problem, .taps = taps, .n_sums = n_taps + 2, .cancel = cancel };

  job.bias = problem->has_bias ? params[n_taps] : 0;
  *loss = 0;
  for (int k = 0; k < problem->n_params; k++)
    gradient[k] = 0;
  for (int s = 0; s < problem->n_samples; s++)
    if (!add_sample (&job, pool, &problem->samples[s], params, loss, gradient, error))
      return FALSE;
  return TRUE;
}
