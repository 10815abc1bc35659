/* EwExplainer: the three tables of what is explained. */
#include "ui/explainer-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* Whether every pixel of the input is between 0 and 1 is what its pane says by its colours; here the window itself
 * does. */
static gboolean
has_negative (const double *values, int n)
{
  for (int k = 0; k < n; k++)
    if (values[k] < 0)
      return TRUE;
  return FALSE;
}

void
ew_explainer_show_output (EwExplainer *self, const EwPatch *patch, const EwExplanation *explanation)
{
  int n = ew_patch_n_terms (patch);
  g_autofree double *values = g_new (double, n);
  g_autofree double *weights = g_new (double, n);
  g_autofree double *products = g_new (double, n);
  g_autofree guint8 *kinds = g_new (guint8, n);

  for (int k = 0; k < n; k++)
    {
      values[k] = patch->terms[k].value;
      weights[k] = patch->terms[k].weight;
      products[k] = patch->terms[k].product;
      kinds[k] = ew_term_is_outside (&patch->terms[k]) ? EW_CELL_PADDING : EW_CELL_PLAIN;
    }

  EwProductsPaint paint = {
    .tables = { { values, kinds, patch->height, patch->width, has_negative (values, n), { 0, 0 }, _ ("window of X") },
                { weights, NULL, patch->height, patch->width, TRUE, { 0, 0 }, _ ("kernel K") },
                { products, NULL, patch->height, patch->width, TRUE, { 0, 0 }, _ ("products") } },
    .marked = -1,
  };

  ew_sum_view_show (self->sum, &paint, explanation);
}

/* Different outputs along one axis, in their order. */
static int
distinct (const EwFed *readings, int n, int *outputs)
{
  int count = 0;

  for (int k = 0; k < n; k++)
    if (k == 0 || readings[k].output != readings[k - 1].output)
      outputs[count++] = readings[k].output;
  return count;
}

void
ew_explainer_show_input (EwExplainer *self, const EwFeeding *feeding, const EwExplanation *explanation)
{
  g_autofree int *rows = g_new (int, MAX (feeding->n_rows, 1));
  g_autofree int *columns = g_new (int, MAX (feeding->n_columns, 1));
  int height = distinct (feeding->rows, feeding->n_rows, rows);
  int width = distinct (feeding->columns, feeding->n_columns, columns);
  double value = (double)ew_grid_row (self->snapshot->x, self->input_row)[self->input_column];

  /* A border that repeats the input may feed more outputs than a table shows. */
  height = MIN (height, EW_KERNEL_SIDE_MAX);
  width = MIN (width, EW_KERNEL_SIDE_MAX);
  if (height == 0 || width == 0)
    {
      ew_sum_view_show (self->sum, NULL, explanation);
      return;
    }

  g_autofree double *weights = g_new (double, (size_t)height *(size_t)width);
  g_autofree double *products = g_new (double, (size_t)height *(size_t)width);

  for (int k = 0; k < height * width; k++)
    {
      weights[k] = ew_feeding_weight (feeding, self->snapshot->kernel, rows[k / width], columns[k % width]);
      products[k] = value * weights[k];
    }

  EwProductsPaint paint = {
    .tables = { { &value, NULL, 1, 1, value < 0, { 0, 0 }, _ ("pixel of X") },
                { weights, NULL, height, width, TRUE, { 0, 0 }, _ ("kernel K, turned") },
                { products, NULL, height, width, TRUE, { 0, 0 }, _ ("parts of Ŷ") } },
    .marked = -1,
  };

  ew_sum_view_show (self->sum, &paint, explanation);
}

static double *
values_of (const EwGrid *grid)
{
  double *values = g_new (double, (size_t)grid->height *(size_t)grid->width);

  for (int i = 0; i < grid->height; i++)
    for (int j = 0; j < grid->width; j++)
      values[(size_t)i * grid->width + j] = (double)ew_grid_row (grid, i)[j];
  return values;
}

void
ew_explainer_show_tap (EwExplainer *self, const EwTapGradient *gradient, const EwExplanation *explanation)
{
  if (gradient == NULL)
    {
      ew_sum_view_show (self->sum, NULL, explanation);
      return;
    }

  g_autofree double *shifted = values_of (gradient->shifted);
  g_autofree double *residual = values_of (gradient->residual);
  g_autofree double *products = values_of (gradient->products);
  int height = gradient->products->height;
  int width = gradient->products->width;
  EwProductsPaint paint = {
    .tables = { { shifted, NULL, height, width, has_negative (shifted, height * width), { 0, 0 }, _ ("shifted X") },
                { residual, NULL, height, width, TRUE, { 0, 0 }, _ ("residual") },
                { products, NULL, height, width, TRUE, { 0, 0 }, _ ("products") } },
    .marked = -1,
  };

  ew_sum_view_show (self->sum, &paint, explanation);
}
