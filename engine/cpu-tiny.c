/* Tiny problems: output by output, its patch as float64 first. */
#include "engine/cpu-tiny.h"

/* Multiply-adds of G that take as long as a pool takes to wake up and what the lag sums allocate. */
#define WORK_MAX (1 << 14)

gboolean
ew_cpu_is_tiny (const EwProblem *problem)
{
  gint64 outputs = 0;
  int n = problem->n_params;

  if (n > EW_CPU_TINY_PARAMS)
    return FALSE;
  for (int s = 0; s < problem->n_samples && outputs <= WORK_MAX; s++)
    outputs += (gint64)problem->samples[s].y->height * problem->samples[s].y->width;
  return outputs * n * (n + 1) / 2 <= WORK_MAX;
}

static double
pixel (const EwGrid *x, EwBorder border, gint64 row, gint64 column)
{
  if (row < 0 || row >= x->height)
    row = ew_geometry_border_index (border, row, x->height);
  if (column < 0 || column >= x->width)
    column = ew_geometry_border_index (border, column, x->width);
  return row < 0 || column < 0 ? 0 : (double)ew_grid_row (x, (int)row)[column];
}

static inline void
gather_inside (const EwGeometry *g, const EwGrid *x, int top, int left, double *patch)
{
  for (int a = 0; a < g->kernel_height; a++)
    {
      const float *row = ew_grid_row (x, top + a * g->dilation) + left;

      for (int c = 0; c < g->kernel_width; c++)
        *patch++ = (double)row[c * g->dilation];
    }
}

/* What lies under the taps at output (i, j), and 1 for the bias. */
static inline void
gather (const EwProblem *problem, const EwGrid *x, int i, int j, double *patch)
{
  const EwGeometry *g = &problem->geometry;
  gint64 top = (gint64)i * g->stride - g->top;
  gint64 left = (gint64)j * g->stride - g->left;

  patch[problem->n_params - 1] = 1;
  if ((g->top | g->left | g->bottom | g->right) == 0)
    {
      gather_inside (g, x, (int)top, (int)left, patch);
      return;
    }
  for (int a = 0; a < g->kernel_height; a++)
    for (int c = 0; c < g->kernel_width; c++)
      *patch++ = pixel (x, g->border, top + (gint64)a * g->dilation, left + (gint64)c * g->dilation);
}

/* Adds an output's part to the lower triangle of G, and to h. */
static inline void
add_products (const double *patch, int n, double weight, double y, EwGram *gram)
{
  for (int k = 0; k < n; k++)
    {
      double weighted = weight * patch[k];
      double *row = gram->g + k * n;

      gram->h[k] += weighted * y;
      for (int l = 0; l <= k; l++)
        row[l] += weighted * patch[l];
    }
}

static double
weight_at (const EwSample *sample, int i, int j)
{
  return sample->mask == NULL ? 1 : (double)ew_grid_row (sample->mask, i)[j];
}

EwGram *
ew_cpu_tiny_gram (const EwProblem *problem, GError **error)
{
  EwGram *gram = ew_gram_new (problem->n_params, problem->n_residuals, error);
  int n = problem->n_params;

  if (gram == NULL)
    return NULL;
  gram->c = problem->y_squared;
  for (int s = 0; s < problem->n_samples; s++)
    {
      const EwSample *sample = &problem->samples[s];

      for (int i = 0; i < sample->y->height; i++)
        for (int j = 0; j < sample->y->width; j++)
          {
            double patch[EW_CPU_TINY_PARAMS];

            gather (problem, sample->x, i, j, patch);
            add_products (patch, n, weight_at (sample, i, j), (double)ew_grid_row (sample->y, i)[j], gram);
          }
    }
  for (int k = 0; k < n; k++)
    for (int l = 0; l < k; l++)
      gram->g[l * n + k] = gram->g[k * n + l];
  return gram;
}

void
ew_cpu_tiny_evaluate (const EwProblem *problem, const double *params, double *loss, double *gradient)
{
  int n = problem->n_params;

  *loss = 0;
  for (int k = 0; k < n; k++)
    gradient[k] = 0;
  for (int s = 0; s < problem->n_samples; s++)
    {
      const EwSample *sample = &problem->samples[s];

      for (int i = 0; i < sample->y->height; i++)
        for (int j = 0; j < sample->y->width; j++)
          {
            double patch[EW_CPU_TINY_PARAMS];
            double r = -(double)ew_grid_row (sample->y, i)[j];
            double weight = weight_at (sample, i, j);

            gather (problem, sample->x, i, j, patch);
            for (int k = 0; k < n; k++)
              r += params[k] * patch[k];
            *loss += weight * r * r;
            for (int k = 0; k < n; k++)
              gradient[k] += 2 * weight * r * patch[k];
          }
    }
}
