/* EwPatch: the terms of one output value. */
#include "engine/patch.h"

#include <math.h>

static void
fill_term (EwTerm *term, const EwGrid *x, const EwGeometry *g, const EwPatch *patch, int a, int c)
{
  term->row = (gint64)patch->row * g->stride + (gint64)a * g->dilation - g->top;
  term->column = (gint64)patch->column * g->stride + (gint64)c * g->dilation - g->left;
  term->source_row = (int)ew_geometry_border_index (g->border, term->row, x->height);
  term->source_column = (int)ew_geometry_border_index (g->border, term->column, x->width);
  if (term->source_row < 0 || term->source_column < 0)
    term->source_row = term->source_column = -1;
  term->value = term->source_row < 0 ? 0 : (double)ew_grid_row (x, term->source_row)[term->source_column];
  term->product = term->weight * term->value;
}

EwPatch *
ew_patch_new (const EwGrid *x, const EwKernel *kernel, const EwGeometry *geometry, int row, int column, GError **error)
{
  int height, width;

  if (!ew_geometry_output_size (geometry, x->height, x->width, &height, &width, error))
    return NULL;
  if (kernel->height != geometry->kernel_height || kernel->width != geometry->kernel_width || row < 0 || column < 0
      || row >= height || column >= width)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY,
                   "There is no output (%d, %d) of a kernel of %d×%d; it has %d×%d values of a kernel of %d×%d.", row,
                   column, kernel->height, kernel->width, height, width, geometry->kernel_height,
                   geometry->kernel_width);
      return NULL;
    }

  EwPatch *patch = g_malloc0 (sizeof (EwPatch) + (size_t)ew_kernel_n_taps (kernel) * sizeof (EwTerm));

  patch->row = row;
  patch->column = column;
  patch->height = kernel->height;
  patch->width = kernel->width;
  patch->sum = patch->bias = kernel->bias;
  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    {
      patch->terms[k].weight = kernel->taps[k];
      fill_term (&patch->terms[k], x, geometry, patch, k / kernel->width, k % kernel->width);
      patch->sum += patch->terms[k].product;
    }
  return patch;
}

void
ew_patch_free (EwPatch *patch)
{
  g_free (patch);
}

int
ew_patch_largest (const EwPatch *patch, int *indices, int n)
{
  int found = 0;

  for (int k = 0; k < ew_patch_n_terms (patch); k++)
    {
      double size = fabs (patch->terms[k].product);
      int place = found;

      /* Insertion into the few that are wanted; what is not larger stays behind. */
      while (place > 0 && size > fabs (patch->terms[indices[place - 1]].product))
        place--;
      if (place >= n)
        continue;
      for (int m = MIN (found, n - 1); m > place; m--)
        indices[m] = indices[m - 1];
      indices[place] = k;
      found = MIN (found + 1, n);
    }
  return found;
}
