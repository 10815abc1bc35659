/* EwTapGradient: shifted input × residual, added up over blocks and over all. */
#include "engine/tap-gradient.h"

#include "engine/courtesy.h"
#include "engine/pool.h"

#include <string.h>

enum
{
  SHIFTED,
  RESIDUAL,
  PRODUCTS,
  N_PICTURES,
};

typedef struct
{
  const EwGrid *x;
  const EwGrid *output;
  const EwGrid *target;
  const EwGeometry *geometry;
  int tap;
  int *columns;             /* for each output column the input's, −1: a zero */
  double *sums[N_PICTURES]; /* of the present row of blocks, and of what is left over beside it */
} Pass;

static gboolean
check (const EwGrid *x, const EwGrid *output, const EwGrid *target, const EwGeometry *g, int tap, int block,
       GError **error)
{
  int height, width;

  if (!ew_geometry_output_size (g, x->height, x->width, &height, &width, error))
    return FALSE;
  if (output->height == height && output->width == width && target->height == height && target->width == width
      && tap >= 0 && tap < g->kernel_height * g->kernel_width && block >= 1 && block <= MIN (height, width))
    return TRUE;
  g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY,
               "Outputs of %d×%d and %d×%d, tap %d and blocks of %d do not fit an output of %d×%d.", output->height,
               output->width, target->height, target->width, tap, block, height, width);
  return FALSE;
}

static void
map_columns (Pass *pass)
{
  const EwGeometry *g = pass->geometry;
  gint64 offset = (gint64)(pass->tap % g->kernel_width) * g->dilation - g->left;

  for (int j = 0; j < pass->output->width; j++)
    pass->columns[j] = (int)ew_geometry_border_index (g->border, (gint64)j * g->stride + offset, pass->x->width);
}

/* Adds one row of outputs to the sums of its blocks; returns Σ of its products. */
static double
add_row (Pass *pass, int i, int block)
{
  const EwGeometry *g = pass->geometry;
  gint64 at = (gint64)i * g->stride + (gint64)(pass->tap / g->kernel_width) * g->dilation - g->top;
  gint64 u = ew_geometry_border_index (g->border, at, pass->x->height);
  const float *x = u < 0 ? NULL : ew_grid_row (pass->x, (int)u);
  const float *output = ew_grid_row (pass->output, i);
  const float *target = ew_grid_row (pass->target, i);
  double total = 0;

  for (int begin = 0, b = 0; begin < pass->output->width; begin += block, b++)
    {
      int end = MIN (begin + block, pass->output->width);
      double shifted = 0, residual = 0, products = 0;

      for (int j = begin; j < end; j++)
        {
          double value = x == NULL || pass->columns[j] < 0 ? 0 : (double)x[pass->columns[j]];
          double r = (double)output[j] - (double)target[j];

          shifted += value;
          residual += r;
          products += value * r;
        }
      pass->sums[SHIFTED][b] += shifted;
      pass->sums[RESIDUAL][b] += residual;
      pass->sums[PRODUCTS][b] += products;
      total += products;
    }
  return total;
}

static void
store_means (Pass *pass, EwTapGradient *gradient, int row)
{
  EwGrid *const grids[] = { gradient->shifted, gradient->residual, gradient->products };
  double scale = 1 / ((double)gradient->block * gradient->block);

  for (int k = 0; k < N_PICTURES; k++)
    for (int b = 0; b < grids[k]->width; b++)
      ew_grid_row (grids[k], row)[b] = (float)(pass->sums[k][b] * scale);
}

static gboolean
add_rows (Pass *pass, EwTapGradient *gradient, EwCancel *cancel, GError **error)
{
  size_t n_blocks = (size_t)((gradient->width + gradient->block - 1) / gradient->block);

  for (int i = 0; i < gradient->height; i++)
    {
      if (i % gradient->block == 0)
        for (int k = 0; k < N_PICTURES; k++)
          memset (pass->sums[k], 0, n_blocks * sizeof (double));
      if (ew_cancelled (cancel))
        {
          g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
          return FALSE;
        }
      ew_courtesy_give_way ();
      gradient->sum += add_row (pass, i, gradient->block);
      if ((i + 1) % gradient->block == 0)
        store_means (pass, gradient, i / gradient->block);
    }
  return TRUE;
}

EwTapGradient *
ew_tap_gradient_new (const EwGrid *x, const EwGrid *output, const EwGrid *target, const EwGeometry *geometry, int tap,
                     int block, atomic_int *cancel, GError **error)
{
  if (!check (x, output, target, geometry, tap, block, error))
    return NULL;

  g_autoptr (EwTapGradient) gradient = g_new0 (EwTapGradient, 1);
  int n_blocks = (output->width + block - 1) / block;
  g_autofree int *columns = g_new (int, output->width);
  g_autofree double *sums = g_new (double, (size_t)N_PICTURES *(size_t)n_blocks);
  Pass pass = { x, output, target, geometry, tap, columns, { sums, sums + n_blocks, sums + 2 * (size_t)n_blocks } };

  ew_refs_init (&gradient->refs);
  gradient->tap = tap;
  gradient->block = block;
  gradient->height = output->height;
  gradient->width = output->width;
  gradient->shifted = ew_grid_new (output->height / block, output->width / block, error);
  gradient->residual
      = gradient->shifted == NULL ? NULL : ew_grid_new (output->height / block, output->width / block, error);
  gradient->products
      = gradient->residual == NULL ? NULL : ew_grid_new (output->height / block, output->width / block, error);
  if (gradient->products == NULL)
    return NULL;
  map_columns (&pass);
  return add_rows (&pass, gradient, cancel, error) ? g_steal_pointer (&gradient) : NULL;
}

EwTapGradient *
ew_tap_gradient_ref (EwTapGradient *gradient)
{
  ew_refs_acquire (&gradient->refs);
  return gradient;
}

void
ew_tap_gradient_unref (EwTapGradient *gradient)
{
  if (gradient == NULL || !ew_refs_release (&gradient->refs))
    return;
  ew_grid_unref (gradient->shifted);
  ew_grid_unref (gradient->residual);
  ew_grid_unref (gradient->products);
  g_free (gradient);
}
