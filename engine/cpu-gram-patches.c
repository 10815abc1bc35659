/* G and h patch by patch, for strides and dilations that lags do not serve; and the border, drawn as pixels. */
#include "engine/cpu-gram-private.h"

#include "engine/kernel.h"

/* Rows of G that are summed together, every BLOCKS-th: each block gathers all the patches anew. */
#define BLOCKS 16

typedef struct
{
  const EwSample *sample;
  const EwGeometry *geometry;
  EwGram *gram;
  EwCancel *cancel;
} Job;

EwGrid *
ew_gram_bordered (const EwGrid *x, const EwGeometry *g, GError **error)
{
  EwGrid *bordered = ew_grid_new (x->height + g->top + g->bottom, x->width + g->left + g->right, error);

  for (int i = 0; bordered != NULL && i < bordered->height; i++)
    for (int j = 0; j < bordered->width; j++)
      {
        int row = (int)ew_geometry_border_index (g->border, i - g->top, x->height);
        int column = (int)ew_geometry_border_index (g->border, j - g->left, x->width);

        if (row >= 0 && column >= 0)
          ew_grid_row (bordered, i)[j] = ew_grid_row (x, row)[column];
      }
  return bordered;
}

/* The values under the kernel at (i, j), and 1 for the bias. */
static void
gather_patch (const Job *job, int i, int j, double *patch)
{
  const EwGeometry *g = job->geometry;

  for (int a = 0; a < g->kernel_height; a++)
    {
      const float *row = ew_grid_row (job->sample->x, i * g->stride + a * g->dilation) + j * g->stride;

      for (int c = 0; c < g->kernel_width; c++)
        *patch++ = (double)row[c * g->dilation];
    }
  *patch = 1;
}

static void
add_block (int item, gpointer data)
{
  const Job *job = data;
  const EwGrid *y = job->sample->y;
  int n = job->gram->n;
  double patch[EW_KERNEL_PARAMS_MAX];

  for (int i = 0; i < y->height; i++)
    for (int j = 0; j < y->width && !ew_cancelled (job->cancel); j++)
      {
        double target = (double)ew_grid_row (y, i)[j];

        gather_patch (job, i, j, patch);
        for (int k = item; k < n; k += BLOCKS)
          {
            double *row = job->gram->g + (size_t)k * n;

            for (int l = k; l < n; l++)
              row[l] += patch[k] * patch[l];
            job->gram->h[k] += patch[k] * target;
          }
      }
}

gboolean
ew_gram_patches_add (EwPool *pool, const EwSample *sample, const EwGeometry *geometry, EwGram *gram, EwCancel *cancel)
{
  Job job = { sample, geometry, gram, cancel };

  return ew_pool_run (pool, MIN (BLOCKS, gram->n), add_block, &job, cancel);
}
