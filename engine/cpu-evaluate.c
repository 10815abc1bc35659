/* The fused step: loss and gradient in one pass over X and Y. */
#include "engine/cpu-private.h"
#include "engine/cpu-window.h"

#include <string.h>

/* Rows [first, first + rows) of the output of one sample. */
typedef struct
{
  int sample;
  int first;
  int rows;
} Band;

typedef struct
{
  EwLoaded base;
  GArray *bands;
  /* One row a band: Σ r·x for each tap, Σ r, Σ r². */
  double *partials;
  float taps[EW_KERNEL_PARAMS_MAX];
  float bias;
  EwCancel *cancel;
} CpuLoaded;

EwLoaded *
ew_cpu_load (EwDevice *device, EwProblem *problem, EwCancel *cancel, GError **error)
{
  /* Not cleared: room for thousands of taps, which each evaluation fills as far as it needs it. */
  CpuLoaded *loaded = g_new (CpuLoaded, 1);
  int n_taps = problem->geometry.kernel_height * problem->geometry.kernel_width;

  loaded->base = (EwLoaded){ .device = device, .problem = ew_problem_ref (problem) };
  loaded->bands = g_array_new (FALSE, FALSE, sizeof (Band));
  for (int s = 0; s < problem->n_samples; s++)
    {
      const EwGrid *y = problem->samples[s].y;
      int rows = ew_cpu_band_rows (y->height, y->width, n_taps);

      for (int first = 0; first < y->height; first += rows)
        {
          Band band = { s, first, MIN (rows, y->height - first) };

          g_array_append_val (loaded->bands, band);
        }
    }
  loaded->partials = g_new (double, (size_t)loaded->bands->len *(size_t)(n_taps + 2));
  return &loaded->base;
}

void
ew_cpu_unload (EwLoaded *base)
{
  CpuLoaded *loaded = (CpuLoaded *)base;

  g_array_unref (loaded->bands);
  ew_problem_unref (loaded->base.problem);
  g_free (loaded->partials);
  g_free (loaded);
}

/* r = m·r; *sum += Σ m·r, *squares += Σ m·r². */
static void
weigh (float *r, const EwGrid *mask, int i, int j, int rows, int width, double *sum, double *squares)
{
  for (int k = 0; k < rows; k++)
    {
      const float *m = ew_grid_row (mask, i + k) + j;
      float *row = r + (size_t)k * EW_CPU_TILE_WIDTH;
      double of_row = 0;
      double squares_of_row = 0;

      for (int l = 0; l < width; l++)
        {
          float residual = row[l];

          row[l] = m[l] * residual;
          of_row += (double)row[l];
          squares_of_row += (double)row[l] * (double)residual;
        }
      *sum += of_row;
      *squares += squares_of_row;
    }
}

/* One tile: Ŷ − Y into a buffer, its sums, and it against X; nothing leaves the cache. */
static void
evaluate_tile (EwCpuWindow *window, const EwSample *sample, int i, int j, int rows, int width, gboolean has_bias,
               double *partial)
{
  int n_taps = window->geometry->kernel_height * window->geometry->kernel_width;
  const EwGrid *target = sample->y;
  const float *y = ew_grid_row (target, i) + j;
  EwCpuHints hints = { .minus = y, .minus_stride = target->stride };
  float r[EW_CPU_TILE_ROWS * EW_CPU_TILE_WIDTH] __attribute__ ((aligned (64)));

  if (ew_cpu_lies_in_memory (target))
    hints.x_ahead = hints.minus_ahead = (size_t)width;
  ew_cpu_window_correlate (window, i, j, rows, width, r, EW_CPU_TILE_WIDTH, &hints);
  if (sample->mask != NULL)
    weigh (r, sample->mask, i, j, rows, width, &partial[n_taps], &partial[n_taps + 1]);
  else
    window->kernels->sums (r, EW_CPU_TILE_WIDTH, rows, width, has_bias ? &partial[n_taps] : NULL,
                           &partial[n_taps + 1]);
  ew_cpu_window_gradient (window, i, j, rows, width, r, EW_CPU_TILE_WIDTH, partial);
}

static void
evaluate_band (int item, gpointer data)
{
  CpuLoaded *loaded = data;
  const Band *band = &g_array_index (loaded->bands, Band, item);
  const EwSample *sample = &loaded->base.problem->samples[band->sample];
  const EwGeometry *g = &loaded->base.problem->geometry;
  size_t n_sums = (size_t)g->kernel_height * g->kernel_width + 2;
  double *partial = loaded->partials + n_sums * item;
  float scratch[EW_CPU_SCRATCH] __attribute__ ((aligned (64)));
  EwCpuWindow window = { .kernels = ((EwCpuDevice *)loaded->base.device)->kernels,
                         .geometry = g,
                         .x = sample->x,
                         .taps = loaded->taps,
                         .bias = loaded->bias,
                         .scratch = scratch };
  int rows = EW_CPU_TILE_ROWS;
  int step = ew_cpu_piece_columns (sample->y->width, EW_CPU_TILE_WIDTH);

  /* What is gathered for the residuals is used again for the gradient. */
  if (g->stride > 1)
    ew_cpu_window_fit (g, &rows, &step);
  memset (partial, 0, n_sums * sizeof (double));
  for (int i = band->first; i < band->first + band->rows; i += rows)
    for (int j = 0; j < sample->y->width && !ew_cancelled (loaded->cancel); j += step)
      evaluate_tile (&window, sample, i, j, MIN (rows, band->first + band->rows - i), MIN (step, sample->y->width - j),
                     loaded->base.problem->has_bias, partial);
}

gboolean
ew_cpu_evaluate (EwLoaded *base, const double *params, double *loss, double *gradient, EwCancel *cancel, GError **error)
{
  CpuLoaded *loaded = (CpuLoaded *)base;
  EwProblem *problem = base->problem;
  int n_taps = problem->geometry.kernel_height * problem->geometry.kernel_width;
  int n_bands = (int)loaded->bands->len;

  for (int k = 0; k < n_taps; k++)
    loaded->taps[k] = (float)params[k];
  loaded->bias = problem->has_bias ? (float)params[n_taps] : 0;
  loaded->cancel = cancel;
  if (!ew_pool_run (((EwCpuDevice *)base->device)->pool, n_bands, evaluate_band, loaded, cancel))
    return ew_cpu_cancelled (error);

  *loss = 0;
  for (int k = 0; k < problem->n_params; k++)
    gradient[k] = 0;
  for (int b = 0; b < n_bands; b++)
    {
      const double *partial = loaded->partials + (size_t)b * (n_taps + 2);

      /* Σ r stands where the bias has its place, right behind the taps. */
      for (int k = 0; k < problem->n_params; k++)
        gradient[k] += 2 * partial[k];
      *loss += partial[n_taps + 1];
    }
  return TRUE;
}
