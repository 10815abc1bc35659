/* The kernels of gpu/kernels.h, to the letter, as plain loops on one thread. */
#include "tests/plain-kernels.h"

#include "gpu/kernels.h"

#include <math.h>
#include <string.h>

#define ARGUMENT(type, i) (*(type *)arguments[i])

static float
output_at (const EwCudaPlane *x, const double *params, int kh, int kw, float bias, int i, int j)
{
  float sum = bias;

  for (int a = 0; a < kh; a++)
    for (int c = 0; c < kw; c++)
      sum += (float)params[a * kw + c] * x->data[(i + a) * x->stride + j + c];
  return sum;
}

static void
correlate (void **arguments)
{
  const EwCudaPlane *x = &ARGUMENT (EwCudaPlane, 0);
  const EwCudaPlane *y = &ARGUMENT (EwCudaPlane, 1);
  const double *params = ARGUMENT (double *, 2);
  int kh = ARGUMENT (int, 3), kw = ARGUMENT (int, 4);

  g_assert_cmpint (x->height, ==, y->height + kh - 1);
  g_assert_cmpint (x->width, ==, y->width + kw - 1);
  for (int i = 0; i < y->height; i++)
    for (int j = 0; j < y->width; j++)
      y->data[i * y->stride + j] = output_at (x, params, kh, kw, (float)params[kh * kw], i, j);
}

/* Adds the residuals of one tile of a sample to a row of partial sums. */
static void
add_tile (const EwCudaSample *sample, long long tile, void **arguments, double *row)
{
  const double *params = ARGUMENT (double *, 3);
  int has_bias = ARGUMENT (int, 4), kh = ARGUMENT (int, 5), kw = ARGUMENT (int, 6);
  float bias = has_bias ? (float)params[kh * kw] : 0;
  const EwCudaPlane *x = &sample->x, *y = &sample->y;
  long long columns = ew_cuda_tiles (1, y->width);
  g_assert_cmpint (x->height, ==, y->height + kh - 1);
  g_assert_cmpint (x->width, ==, y->width + kw - 1);

  int top = (int)(tile / columns) * EW_CUDA_TILE_HEIGHT, left = (int)(tile % columns) * EW_CUDA_TILE_WIDTH;

  for (int i = top; i < MIN (top + EW_CUDA_TILE_HEIGHT, y->height); i++)
    for (int j = left; j < MIN (left + EW_CUDA_TILE_WIDTH, y->width); j++)
      {
        float r = output_at (x, params, kh, kw, bias, i, j) - y->data[i * y->stride + j];

        for (int a = 0; a < kh; a++)
          for (int c = 0; c < kw; c++)
            row[a * kw + c] += (double)r * (double)x->data[(i + a) * x->stride + j + c];
        row[kh * kw] += (double)r;
        row[kh * kw + 1] += (double)r * (double)r;
      }
}

static void
evaluate (unsigned grid, void **arguments)
{
  const EwCudaSample *samples = ARGUMENT (EwCudaSample *, 0);
  int n_samples = ARGUMENT (int, 1);
  long long n_tiles = ARGUMENT (long long, 2);
  int n_sums = ARGUMENT (int, 5) * ARGUMENT (int, 6) + 2;
  double *partials = ARGUMENT (double *, 8);
  int s = 0;

  if (ARGUMENT (EwCudaProgress *, 7)->diverged)
    return;
  memset (partials, 0, sizeof (double) * (size_t)n_sums * grid);
  for (long long tile = 0; tile < n_tiles; tile++)
    {
      while (s + 1 < n_samples && samples[s + 1].first_tile <= tile)
        s++;
      add_tile (&samples[s], tile - samples[s].first_tile, arguments, partials + (size_t)(tile % grid) * n_sums);
    }
}

static void
reduce (unsigned threads, void **arguments)
{
  const double *partials = ARGUMENT (double *, 0);
  int n_rows = ARGUMENT (int, 1), n_sums = ARGUMENT (int, 2);
  double *sums = ARGUMENT (double *, 4);

  if (ARGUMENT (EwCudaProgress *, 3)->diverged)
    return;
  for (int k = 0; k < MIN (n_sums, (int)threads); k++)
    {
      sums[k] = 0;
      for (int r = 0; r < n_rows; r++)
        sums[k] += partials[(size_t)r * n_sums + k];
    }
}

static void
step (void **arguments)
{
  const double *sums = ARGUMENT (double *, 0);
  int n_taps = ARGUMENT (int, 1), n_params = ARGUMENT (int, 2);
  double length = ARGUMENT (double, 3), diverged_above = ARGUMENT (double, 4);
  double *params = ARGUMENT (double *, 5), *losses = ARGUMENT (double *, 7), *trace = ARGUMENT (double *, 8);
  EwCudaProgress *progress = ARGUMENT (EwCudaProgress *, 6);
  double loss = sums[n_taps + 1];

  if (progress->diverged)
    return;
  losses[progress->done] = loss;
  progress->diverged = !isfinite (loss) || loss > diverged_above;
  for (int k = 0; k < n_params; k++)
    if (!isfinite (params[k] - length * (2 * sums[k])))
      progress->diverged = 1;
  if (progress->diverged)
    return;
  for (int k = 0; k < n_params; k++)
    params[k] -= length * (2 * sums[k]);
  if (trace != NULL)
    memcpy (trace + (size_t)progress->done * n_params, params, n_params * sizeof (double));
  progress->done++;
}

gboolean
plain_kernels_launch (const char *kernel, unsigned grid, unsigned threads, unsigned shared_bytes, void **arguments)
{
  if (strcmp (kernel, "ew_cuda_correlate") == 0)
    correlate (arguments);
  else if (strcmp (kernel, "ew_cuda_evaluate") == 0)
    evaluate (grid, arguments);
  else if (strcmp (kernel, "ew_cuda_reduce") == 0)
    reduce (grid * threads, arguments);
  else if (strcmp (kernel, "ew_cuda_step") == 0)
    step (arguments);
  else
    return FALSE;
  return TRUE;
}
