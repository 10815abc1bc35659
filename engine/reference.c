/* The float64 reference: the formulas of geometry.h and problem.h, one loop a sign. */
#include "engine/reference.h"

/* Where the border rule finds index i of an axis of n elements, or −1 for "zero". */
static int
border_index (int i, int n, EwBorder border)
{
  if (i >= 0 && i < n)
    return i;
  switch (border)
    {
    case EW_BORDER_REPLICATE:
      return i < 0 ? 0 : n - 1;
    case EW_BORDER_WRAP:
      return ((i % n) + n) % n;
    case EW_BORDER_REFLECT:
      {
        int period = n == 1 ? 1 : 2 * (n - 1);
        int phase = ((i % period) + period) % period;

        return phase < n ? phase : period - phase;
      }
    case EW_BORDER_ZERO:
    default:
      return -1;
    }
}

static double
input_at (const EwGrid *x, int row, int column, EwBorder border)
{
  int i = border_index (row, x->height, border);
  int j = border_index (column, x->width, border);

  return i < 0 || j < 0 ? 0 : (double)ew_grid_row (x, i)[j];
}

static double
patch_value (const EwGrid *x, const EwGeometry *g, int i, int j, int a, int c)
{
  return input_at (x, i * g->stride + a * g->dilation - g->top, j * g->stride + c * g->dilation - g->left, g->border);
}

static double
output_at (const EwGrid *x, const EwGeometry *g, const double *taps, double bias, int i, int j)
{
  double sum = bias;

  for (int a = 0; a < g->kernel_height; a++)
    for (int c = 0; c < g->kernel_width; c++)
      sum += taps[a * g->kernel_width + c] * patch_value (x, g, i, j, a, c);
  return sum;
}

gboolean
ew_reference_correlate (const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry, double *y, GError **error)
{
  int height, width;

  if (!ew_geometry_output_size (geometry, x->height, x->width, &height, &width, error))
    return FALSE;
  for (int i = 0; i < height; i++)
    for (int j = 0; j < width; j++)
      y[(size_t)i * width + j] = output_at (x, geometry, kernel->taps, kernel->bias, i, j);
  return TRUE;
}

void
ew_reference_evaluate (const EwProblem *problem, const double *params, double *loss, double *gradient)
{
  const EwGeometry *g = &problem->geometry;
  int n_taps = g->kernel_height * g->kernel_width;

  *loss = 0;
  for (int k = 0; gradient != NULL && k < problem->n_params; k++)
    gradient[k] = 0;
  for (int s = 0; s < problem->n_samples; s++)
    for (int i = 0; i < problem->samples[s].y->height; i++)
      for (int j = 0; j < problem->samples[s].y->width; j++)
        {
          const EwGrid *x = problem->samples[s].x;
          double bias = problem->has_bias ? params[n_taps] : 0;
          double residual = output_at (x, g, params, bias, i, j) - (double)ew_grid_row (problem->samples[s].y, i)[j];
          double weight
              = problem->samples[s].mask == NULL ? 1 : (double)ew_grid_row (problem->samples[s].mask, i)[j];

          *loss += weight * (residual * residual);
          residual *= weight;
          if (gradient == NULL)
            continue;
          for (int a = 0; a < g->kernel_height; a++)
            for (int c = 0; c < g->kernel_width; c++)
              gradient[a * g->kernel_width + c] += 2 * residual * patch_value (x, g, i, j, a, c);
          if (problem->has_bias)
            gradient[n_taps] += 2 * residual;
        }
}
