/* EwToeplitz: the matrix of a correlation. */
#include "engine/toeplitz.h"

static void
fill_row (EwToeplitz *t, const EwKernel *kernel, const EwGeometry *g, int i, int j)
{
  double *row = t->entries + (size_t)(i * t->output_width + j) * t->columns;

  for (int a = 0; a < kernel->height; a++)
    for (int c = 0; c < kernel->width; c++)
      {
        gint64 u = (gint64)i * g->stride + (gint64)a * g->dilation - g->top;
        gint64 v = (gint64)j * g->stride + (gint64)c * g->dilation - g->left;

        u = ew_geometry_border_index (g->border, u, t->height);
        v = ew_geometry_border_index (g->border, v, t->width);
        /* A border that repeats the input may read a pixel by several taps. */
        if (u >= 0 && v >= 0)
          row[u * t->width + v] += kernel->taps[a * kernel->width + c];
      }
}

EwToeplitz *
ew_toeplitz_new (const EwKernel *kernel, const EwGeometry *geometry, int height, int width, GError **error)
{
  int output_height, output_width;

  if (!ew_geometry_output_size (geometry, height, width, &output_height, &output_width, error))
    return NULL;
  if (kernel->height != geometry->kernel_height || kernel->width != geometry->kernel_width)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_GEOMETRY, "A kernel of %d×%d is not one of %d×%d.", kernel->height,
                   kernel->width, geometry->kernel_height, geometry->kernel_width);
      return NULL;
    }

  double rows = (double)output_height * output_width;
  double columns = (double)height * width;

  if (rows * columns > EW_TOEPLITZ_ENTRIES_MAX)
    {
      g_set_error (error, EW_ERROR, EW_ERROR_TOO_LARGE,
                   "The matrix would have %.0f rows and %.0f columns; a smaller input would fit.", rows, columns);
      return NULL;
    }

  EwToeplitz *t = g_malloc0 (sizeof (EwToeplitz) + (size_t)(rows * columns) * sizeof (double));

  t->height = height;
  t->width = width;
  t->output_height = output_height;
  t->output_width = output_width;
  t->rows = (int)rows;
  t->columns = (int)columns;
  for (int i = 0; i < output_height; i++)
    for (int j = 0; j < output_width; j++)
      fill_row (t, kernel, geometry, i, j);
  return t;
}

void
ew_toeplitz_free (EwToeplitz *toeplitz)
{
  g_free (toeplitz);
}
