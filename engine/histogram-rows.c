/* EwHistogramRows: outputs in bands of rows, as they are shown where a picture's value is one output. */
#include "engine/histogram-rows.h"

#include "engine/courtesy.h"
#include "engine/cpu-window.h"

#include <stdlib.h>

/* Rows of outputs that are made at once. */
#define BAND 8

struct _EwHistogramRows
{
  const EwHistogramSource *source;
  const EwCpuKernels *kernels;
  int height;
  int width;
  EwGrid *band; /* NULL: of a target */
  float taps[EW_KERNEL_PARAMS_MAX];
  float scratch[EW_CPU_SCRATCH] __attribute__ ((aligned (64)));
};

static gboolean
prepare_output (EwHistogramRows *rows, const EwHistogramSource *source, GError **error)
{
  rows->kernels = ew_cpu_kernels (error);
  if (rows->kernels == NULL
      || !ew_geometry_output_size (&source->geometry, source->x->height, source->x->width, &rows->height, &rows->width,
                                   error))
    return FALSE;
  for (int k = 0; k < ew_kernel_n_taps (source->kernel); k++)
    rows->taps[k] = (float)source->kernel->taps[k];
  rows->band = ew_grid_new (MIN (BAND, rows->height), rows->width, error);
  return rows->band != NULL;
}

EwHistogramRows *
ew_histogram_rows_new (const EwHistogramSource *source, GError **error)
{
  EwHistogramRows *rows = aligned_alloc (64, (sizeof *rows + 63) / 64 * 64);

  if (rows == NULL)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_TOO_LARGE, "There is not enough memory for the histogram.");
      return NULL;
    }
  rows->source = source;
  rows->band = NULL;
  if (source->of == EW_HISTOGRAM_TARGET)
    {
      rows->height = source->y->height;
      rows->width = source->y->width;
      return rows;
    }
  if (prepare_output (rows, source, error))
    return rows;
  ew_histogram_rows_free (rows);
  return NULL;
}

void
ew_histogram_rows_free (EwHistogramRows *rows)
{
  if (rows == NULL)
    return;
  ew_grid_unref (rows->band);
  free (rows);
}

/* Outputs of rows [first, first + n). */
static void
correlate_band (EwHistogramRows *rows, int first, int n)
{
  const EwHistogramSource *source = rows->source;
  EwCpuWindow window = { .kernels = rows->kernels,
                         .geometry = &source->geometry,
                         .x = source->x,
                         .taps = rows->taps,
                         .bias = (float)source->kernel->bias,
                         .scratch = rows->scratch };
  const EwCpuHints hints = { 0 };
  int height, width;

  for (int i = 0; i < n; i += height)
    for (int j = 0; j < rows->width; j += width)
      {
        height = n - i;
        width = rows->width - j;
        ew_cpu_window_fit (&source->geometry, &height, &width);
        ew_cpu_window_correlate (&window, first + i, j, height, width, ew_grid_row (rows->band, i) + j,
                                 rows->band->stride, &hints);
      }
}

static void
subtract_row (float *restrict from, const float *restrict what, int n)
{
  for (int j = 0; j < n; j++)
    from[j] -= what[j];
}

/* Moves the residuals that count to the front of the row; how many they are. */
static int
keep_weighed (float *row, const float *weights, int n)
{
  int kept = 0;

  for (int j = 0; j < n; j++)
    if (weights[j] > 0)
      row[kept++] = row[j];
  return kept;
}

gboolean
ew_histogram_rows_run (EwHistogramRows *rows, void (*func) (const float *row, int n, gpointer data), gpointer data,
                       EwCancel *cancel, GError **error)
{
  const EwHistogramSource *source = rows->source;

  for (int first = 0; first < rows->height; first += BAND)
    {
      int n = MIN (BAND, rows->height - first);

      if (ew_cancelled (cancel))
        {
          g_set_error_literal (error, EW_ERROR, EW_ERROR_CANCELLED, "The work was cancelled.");
          return FALSE;
        }
      ew_courtesy_give_way ();
      if (rows->band != NULL)
        correlate_band (rows, first, n);
      for (int i = 0; i < n; i++)
        {
          float *row = rows->band != NULL ? ew_grid_row (rows->band, i) : ew_grid_row (source->y, first + i);

          int kept = rows->width;

          if (source->of == EW_HISTOGRAM_RESIDUAL)
            subtract_row (row, ew_grid_row (source->y, first + i), rows->width);
          if (source->of == EW_HISTOGRAM_RESIDUAL && source->mask != NULL)
            kept = keep_weighed (row, ew_grid_row (source->mask, first + i), rows->width);
          func (row, kept, data);
        }
    }
  return TRUE;
}
