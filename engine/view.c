/* EwView: block means for a pane, gathered once, so that another kernel costs blocks × taps.
 *
 * The mean of Y over the s×s block at (i, j) is Σ K[a, c] · B[is + a, js + c], B[u, v] being the mean of the s×s square
 * of X whose corner is pixel (u, v). Written with a = s·α + p and c = s·γ + q it is Σ K[a, c] · P(p, q)[i + α, j + γ],
 * where the phase plane P(p, q)[i, j] = B[is + p, js + q] holds every s-th square. Only the phases that some tap falls
 * on are kept: together at most one value for each pixel of X, and rows of P are contiguous. */
#include "engine/view.h"

#include "engine/pool.h"

#include <math.h>
#include <string.h>

struct _EwView
{
  EwGeometry geometry;
  int block;
  int height; /* blocks of the output */
  int width;
  EwGrid *x; /* the full input where block is 1 */
  EwGrid *input;
  EwGrid *target;
  int phase_rows; /* phases along each axis: min(kernel side, s) */
  int phase_columns;
  EwGrid **phases; /* phase_rows × phase_columns planes */
};

static int
block_for (int height, int width, int max_height, int max_width)
{
  double scale = MAX ((double)height / MAX (max_height, 1), (double)width / MAX (max_width, 1));
  int block = (int)MAX (floor (scale), 1);

  /* A thin image may have fewer rows than a block would take. */
  return MIN (block, MIN (height, width));
}

/* sums[j] = Σ of rows [first, first + count) of column j. */
static void
sum_rows (const EwGrid *x, int first, int count, double *sums)
{
  memset (sums, 0, x->width * sizeof (double));
  for (int i = first; i < first + count; i++)
    {
      const float *row = ew_grid_row (x, i);

      for (int j = 0; j < x->width; j++)
        sums[j] += (double)row[j];
    }
}

/* means[j] = mean of the s columns from j·s + phase on. */
static void
mean_columns (const double *sums, int s, int phase, int count, float *means)
{
  double scale = 1 / ((double)s * s);

  for (int j = 0; j < count; j++)
    {
      const double *from = sums + (size_t)j * s + phase;
      double sum = 0;

      for (int v = 0; v < s; v++)
        sum += from[v];
      means[j] = (float)(sum * scale);
    }
}

static EwGrid *
block_means (const EwGrid *x, int s, EwCancel *cancel, GError **error)
{
  g_autoptr (EwGrid) means = ew_grid_new (x->height / s, x->width / s, error);
  g_autofree double *sums = g_new (double, x->width);

  for (int i = 0; means != NULL && i < means->height && !ew_cancelled (cancel); i++)
    {
      sum_rows (x, i * s, s, sums);
      mean_columns (sums, s, 0, means->width, ew_grid_row (means, i));
    }
  return g_steal_pointer (&means);
}

/* The phase planes of one row phase: squares whose corners lie in the rows i·s + p. Every sum is taken afresh: a
 * running sum would carry a NaN on to squares that do not contain it. */
static gboolean
gather_phase_row (EwView *view, int p, EwCancel *cancel, GError **error)
{
  const EwGrid *x = view->x;
  int s = view->block;
  int rows = (x->height - p) / s;
  g_autofree double *sums = g_new (double, x->width);

  for (int q = 0; q < view->phase_columns; q++)
    {
      EwGrid *plane = ew_grid_new (rows, (x->width - q) / s, error);

      if (plane == NULL)
        return FALSE;
      view->phases[p * view->phase_columns + q] = plane;
    }
  for (int i = 0; i < rows && !ew_cancelled (cancel); i++)
    {
      sum_rows (x, i * s + p, s, sums);
      for (int q = 0; q < view->phase_columns; q++)
        {
          EwGrid *plane = view->phases[p * view->phase_columns + q];

          mean_columns (sums, s, q, plane->width, ew_grid_row (plane, i));
        }
    }
  return TRUE;
}

static gboolean
gather (EwView *view, const EwGrid *y, EwCancel *cancel, GError **error)
{
  if (y != NULL && (view->target = block_means (y, view->block, cancel, error)) == NULL)
    return FALSE;
  view->phase_rows = MIN (view->geometry.kernel_height, view->block);
  view->phase_columns = MIN (view->geometry.kernel_width, view->block);
  view->phases = g_new0 (EwGrid *, view->phase_rows * view->phase_columns);
  for (int p = 0; p < view->phase_rows; p++)
    if (!gather_phase_row (view, p, cancel, error))
      return FALSE;
  /* The first phase plane holds the squares that touch: the blocks of X. */
  view->input = ew_grid_ref (view->phases[0]);
  if (!ew_cancelled (cancel))
    return TRUE;
  g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
  return FALSE;
}

EwView *
ew_view_new (EwGrid *x, EwGrid *y, const EwGeometry *geometry, int max_height, int max_width, EwCancel *cancel,
             GError **error)
{
  int height, width;

  if (!ew_geometry_output_size (geometry, x->height, x->width, &height, &width, error))
    return NULL;
  if (!ew_geometry_is_valid (geometry))
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_UNSUPPORTED,
                           "Only valid correlation can be shown so far: no padding, stride 1, dilation 1.");
      return NULL;
    }

  g_autoptr (EwView) view = g_new0 (EwView, 1);

  view->geometry = *geometry;
  view->block = block_for (height, width, max_height, max_width);
  view->height = height / view->block;
  view->width = width / view->block;
  view->x = ew_grid_ref (x);
  if (view->block == 1)
    {
      view->input = ew_grid_ref (x);
      view->target = y == NULL ? NULL : ew_grid_ref (y);
    }
  else if (!gather (view, y, cancel, error))
    return NULL;
  return g_steal_pointer (&view);
}

void
ew_view_free (EwView *view)
{
  if (view == NULL)
    return;
  for (int k = 0; view->phases != NULL && k < view->phase_rows * view->phase_columns; k++)
    ew_grid_unref (view->phases[k]);
  g_free (view->phases);
  ew_grid_unref (view->x);
  ew_grid_unref (view->input);
  ew_grid_unref (view->target);
  g_free (view);
}

int
ew_view_block (const EwView *view)
{
  return view->block;
}

EwGrid *
ew_view_input (const EwView *view)
{
  return view->input;
}

EwGrid *
ew_view_target (const EwView *view)
{
  return view->target;
}

static void
add_scaled (float *to, const float *from, float factor, int n)
{
  for (int j = 0; j < n; j++)
    to[j] += factor * from[j];
}

/* Row i of the output's block means. */
static void
output_row (const EwView *view, const EwKernel *kernel, int i, float *row)
{
  int s = view->block;

  for (int j = 0; j < view->width; j++)
    row[j] = (float)kernel->bias;
  for (int a = 0; a < kernel->height; a++)
    for (int c = 0; c < kernel->width; c++)
      {
        const EwGrid *plane = view->phases[a % s * view->phase_columns + c % s];

        add_scaled (row, ew_grid_row (plane, i + a / s) + c / s, (float)kernel->taps[a * kernel->width + c],
                    view->width);
      }
}

EwGrid *
ew_view_output (EwView *view, EwDevices *devices, const EwKernel *kernel, EwCancel *cancel, GError **error)
{
  g_autoptr (EwGrid) output = ew_grid_new (view->height, view->width, error);

  g_return_val_if_fail (kernel->height == view->geometry.kernel_height, NULL);
  g_return_val_if_fail (kernel->width == view->geometry.kernel_width, NULL);
  if (output == NULL)
    return NULL;
  if (view->block == 1)
    return ew_devices_correlate (devices, view->x, kernel, &view->geometry, EW_METHOD_AUTO, output, cancel, error)
               ? g_steal_pointer (&output)
               : NULL;
  for (int i = 0; i < view->height && !ew_cancelled (cancel); i++)
    output_row (view, kernel, i, ew_grid_row (output, i));
  if (!ew_cancelled (cancel))
    return g_steal_pointer (&output);
  g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
  return NULL;
}
