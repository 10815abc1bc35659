/* The kernels of gpu/kernels.h, to the letter, as plain loops on one thread. */
#include "tests/plain-kernels.h"

#include "engine/geometry.h"
#include "gpu/kernels.h"
#include "tests/plain-gram.h"

#include <math.h>
#include <string.h>

#define ARGUMENT(type, i) (*(type *)arguments[i])

static float
seen (const EwCudaPlane *x, EwCudaShape shape, int i, int j, int k)
{
  int a = k / shape.kernel_width, c = k % shape.kernel_width;

  return x->data[((long long)i * shape.stride + (long long)a * shape.dilation) * x->stride + (long long)j * shape.stride
                 + (long long)c * shape.dilation];
}

static int
n_taps_of (EwCudaShape shape)
{
  return shape.kernel_height * shape.kernel_width;
}

/* x must be as large as the outputs need. */
static void
check_size (const EwCudaPlane *x, const EwCudaPlane *y, EwCudaShape shape)
{
  g_assert_cmpint (x->height, >=, (y->height - 1) * shape.stride + (shape.kernel_height - 1) * shape.dilation + 1);
  g_assert_cmpint (x->width, >=, (y->width - 1) * shape.stride + (shape.kernel_width - 1) * shape.dilation + 1);
}

static float
output_at (const EwCudaPlane *x, const double *params, EwCudaShape shape, float bias, int i, int j)
{
  float sum = bias;

  for (int k = 0; k < n_taps_of (shape); k++)
    sum += (float)params[k] * seen (x, shape, i, j, k);
  return sum;
}

static void
correlate (const EwCudaPlane *x, const EwCudaPlane *y, const double *params, EwCudaShape shape)
{
  check_size (x, y, shape);
  for (int i = 0; i < y->height; i++)
    for (int j = 0; j < y->width; j++)
      y->data[i * y->stride + j] = output_at (x, params, shape, (float)params[n_taps_of (shape)], i, j);
}

static void
correlate_literal (void **arguments, int side)
{
  const EwCudaTaps *taps = &ARGUMENT (EwCudaTaps, 2);
  double params[EW_CUDA_LITERAL_MAX * EW_CUDA_LITERAL_MAX + 1];

  g_assert_cmpint (ARGUMENT (int, 3), >, 0);
  for (int k = 0; k < side * side; k++)
    params[k] = (double)taps->taps[k];
  params[side * side] = (double)taps->bias;
  correlate (&ARGUMENT (EwCudaPlane, 0), &ARGUMENT (EwCudaPlane, 1), params, (EwCudaShape){ side, side, 1, 1 });
}

static void
border (void **arguments)
{
  const EwCudaPlane *x = &ARGUMENT (EwCudaPlane, 0);
  int left = ARGUMENT (int, 1), right = ARGUMENT (int, 2), inner = x->width - left - right;

  for (int i = 0; i < x->height; i++)
    for (int j = 0; j < x->width; j++)
      {
        int from = (int)ew_geometry_border_index ((EwBorder)ARGUMENT (int, 3), j - left, inner);

        if (j < left || j >= left + inner)
          x->data[i * x->stride + j] = from < 0 ? 0 : x->data[i * x->stride + left + from];
      }
}

static double
weight_at (const EwCudaSample *sample, int i, int j)
{
  return sample->mask.data == NULL ? 1 : (double)sample->mask.data[i * sample->mask.stride + j];
}

/* Adds the residuals of one tile of a sample to a column of partial sums, @pitch apart. */
static void
add_tile (const EwCudaSample *sample, EwCudaTile tile, long long t, const double *params, gboolean has_bias,
          EwCudaShape shape, double *column, unsigned pitch)
{
  int n_taps = n_taps_of (shape);
  float bias = has_bias ? (float)params[n_taps] : 0;
  const EwCudaPlane *x = &sample->x, *y = &sample->y;
  long long across = ew_cuda_tiles (tile, 1, y->width);
  int top = (int)(t / across) * tile.height, left = (int)(t % across) * tile.width;

  check_size (x, y, shape);
  for (int i = top; i < MIN (top + tile.height, y->height); i++)
    for (int j = left; j < MIN (left + tile.width, y->width); j++)
      {
        float r = output_at (x, params, shape, bias, i, j) - y->data[i * y->stride + j];
        double weighted = weight_at (sample, i, j) * (double)r;

        for (int k = 0; k < n_taps; k++)
          column[k * pitch] += weighted * (double)seen (x, shape, i, j, k);
        column[n_taps * pitch] += weighted;
        column[(n_taps + 1) * pitch] += weighted * (double)r;
      }
}

/* Tile for tile, as the blocks share them. */
static void
evaluate (unsigned grid, void **arguments, EwCudaPath path)
{
  const EwCudaSample *samples = ARGUMENT (EwCudaSample *, 0);
  int n_samples = ARGUMENT (int, 1);
  long long n_tiles = ARGUMENT (long long, 2);
  EwCudaShape shape = ARGUMENT (EwCudaShape, 5);
  double *partials = ARGUMENT (double *, 8);
  int s = 0;

  if (ARGUMENT (EwCudaProgress *, 7)->diverged)
    return;
  memset (partials, 0, sizeof (double) * (size_t)(n_taps_of (shape) + 2) * grid);
  for (long long tile = 0; tile < n_tiles; tile++)
    {
      while (s + 1 < n_samples && samples[s + 1].first_tile <= tile)
        s++;
      add_tile (&samples[s], ew_cuda_tile (path, ARGUMENT (int, 6)), tile - samples[s].first_tile,
                ARGUMENT (double *, 3), ARGUMENT (int, 4), shape, partials + tile % grid, grid);
      g_assert_true (path != EW_CUDA_LITERAL || samples[s].mask.data == NULL);
    }
}

static void
reduce (void **arguments)
{
  const double *partials = ARGUMENT (double *, 0);
  const EwCudaProgress *progress = ARGUMENT (EwCudaProgress *, 3);
  int n = ARGUMENT (int, 1);

  if (progress != NULL && progress->diverged)
    return;
  for (int k = 0; k < ARGUMENT (int, 2); k++)
    {
      double sum = 0;

      for (int i = 0; i < n; i++)
        sum += partials[(size_t)k * n + i];
      ARGUMENT (double *, 4)[(size_t)k * ARGUMENT (int, 5)] = sum;
    }
}

static void
step_from (const double *sums, int n_taps, int n_params, double *params, EwCudaProgress *progress, double *losses,
           double *trace)
{
  double loss = sums[n_taps + 1];

  if (progress->diverged)
    return;
  losses[progress->done] = loss;
  progress->diverged = !isfinite (loss) || loss > progress->diverged_above;
  for (int k = 0; k < n_params; k++)
    if (!isfinite (params[k] - progress->step * (2 * sums[k])))
      progress->diverged = 1;
  if (progress->diverged)
    return;
  for (int k = 0; k < n_params; k++)
    params[k] -= progress->step * (2 * sums[k]);
  memcpy (trace + (size_t)progress->done * n_params, params, n_params * sizeof (double));
  progress->done++;
}

static void
step (void **arguments)
{
  step_from (ARGUMENT (double *, 0), ARGUMENT (int, 1), ARGUMENT (int, 2), ARGUMENT (double *, 3),
             ARGUMENT (EwCudaProgress *, 4), ARGUMENT (double *, 5), ARGUMENT (double *, 6));
}

static void
descend (void **arguments)
{
  const EwCudaSample *samples = ARGUMENT (EwCudaSample *, 0);
  EwCudaShape shape = ARGUMENT (EwCudaShape, 3);
  int has_bias = ARGUMENT (int, 4), n_taps = n_taps_of (shape), n_outputs = 0, n_x = 0;
  double *params = ARGUMENT (double *, 6), *sums = ARGUMENT (double *, 10);
  EwCudaProgress *progress = ARGUMENT (EwCudaProgress *, 7);

  for (int s = 0; s < ARGUMENT (int, 1); s++)
    {
      n_outputs += samples[s].y.height * samples[s].y.width;
      n_x += samples[s].x.height * ARGUMENT (int, 2);
      g_assert_cmpint (samples[s].x.width, <=, ARGUMENT (int, 2));
    }
  g_assert_cmpint (n_outputs, <=, EW_CUDA_SMALL_OUTPUTS);
  g_assert_cmpint (n_x, <=, EW_CUDA_SMALL_X);
  g_assert_cmpint (n_taps + has_bias, <=, EW_CUDA_SMALL_PARAMS);
  for (int e = 0; e < ARGUMENT (int, 5) && !progress->diverged; e++)
    {
      memset (sums, 0, (n_taps + 2) * sizeof (double));
      for (int s = 0; s < ARGUMENT (int, 1); s++)
        add_tile (&samples[s], (EwCudaTile){ samples[s].y.height, samples[s].y.width }, 0, params, has_bias, shape,
                  sums, 1);
      step_from (sums, n_taps, n_taps + has_bias, params, progress, ARGUMENT (double *, 8), ARGUMENT (double *, 9));
    }
}

static void
exact (unsigned grid, void **arguments)
{
  const EwCudaSample *samples = ARGUMENT (EwCudaSample *, 0);
  const double *params = ARGUMENT (double *, 3);
  EwCudaShape shape = ARGUMENT (EwCudaShape, 5);
  int ones = ARGUMENT (int, 6), n_taps = n_taps_of (shape);
  double *partials = ARGUMENT (double *, 7);

  /* All into the first column. */
  memset (partials, 0, sizeof (double) * (size_t)(n_taps + 2) * grid);
  for (int s = 0; s < ARGUMENT (int, 1); s++)
    for (int i = 0; i < samples[s].y.height; i++)
      for (int j = 0; j < samples[s].y.width; j++)
        {
          double r = ones ? 1
                          : (ARGUMENT (int, 4) ? params[n_taps] : 0)
                                - (double)samples[s].y.data[i * samples[s].y.stride + j];

          for (int k = 0; k < n_taps && !ones; k++)
            r += params[k] * (double)seen (&samples[s].x, shape, i, j, k);
          double weighted = weight_at (&samples[s], i, j) * r;

          for (int k = 0; k < n_taps; k++)
            partials[(size_t)k * grid] += weighted * (double)seen (&samples[s].x, shape, i, j, k);
          partials[(size_t)n_taps * grid] += weighted;
          partials[(size_t)(n_taps + 1) * grid] += weighted * r;
        }
}

static void
gram (unsigned grid, void **arguments)
{
  const EwCudaSample *samples = ARGUMENT (EwCudaSample *, 0);
  EwCudaShape shape = ARGUMENT (EwCudaShape, 3);
  int n_pairs = ARGUMENT (int, 4), n_taps = n_taps_of (shape), fours = (n_taps + 3) / 4, pair = 0;
  unsigned spans = (n_pairs + EW_CUDA_THREADS - 1) / EW_CUDA_THREADS;
  size_t parts = grid / spans * ew_cuda_groups (n_pairs, EW_CUDA_THREADS);
  double *partials = ARGUMENT (double *, 5);

  g_assert_cmpuint (grid % spans, ==, 0);
  memset (partials, 0, sizeof (double) * 16 * (size_t)n_pairs * parts);
  for (int p = 0; p < fours; p++)
    for (int q = p; q < fours; q++, pair++)
      for (int k = 0; k < 16; k++)
        for (int s = 0; s < ARGUMENT (int, 1); s++)
          for (int i = 0; i < samples[s].y.height; i++)
            for (int j = 0; j < samples[s].y.width; j++)
              if (4 * p + k / 4 < n_taps && 4 * q + k % 4 < n_taps)
                partials[(16 * (size_t)pair + k) * parts] += weight_at (&samples[s], i, j)
                                                             * (double)seen (&samples[s].x, shape, i, j, 4 * p + k / 4)
                                                             * (double)seen (&samples[s].x, shape, i, j, 4 * q + k % 4);
  g_assert_cmpint (pair, ==, n_pairs);
}

static void
gather (void **arguments)
{
  const EwCudaPlane *x = &ARGUMENT (EwCudaPlane, 0);
  EwCudaFft fft = ARGUMENT (EwCudaFft, 1);
  float *to = ARGUMENT (float *, 5);

  for (long long t = 0; t < ARGUMENT (int, 3); t++)
    for (int i = 0; i < fft.side; i++)
      for (int j = 0; j < fft.side; j++)
        {
          long long row = (ARGUMENT (long long, 2) + t) / fft.across * fft.height + i;
          long long column = (ARGUMENT (long long, 2) + t) % fft.across * fft.width + j;

          *to++ = row < x->height && column < x->width ? x->data[row * x->stride + column] - ARGUMENT (float, 4) : 0;
        }
}

static void
multiply (void **arguments)
{
  long long n = ARGUMENT (long long, 2);
  float *spectra = ARGUMENT (float *, 0);
  const float *kernel = ARGUMENT (float *, 1);

  for (long long k = 0; k < n * ARGUMENT (int, 3); k++)
    {
      float a = spectra[2 * k], b = spectra[2 * k + 1], c = kernel[2 * (k % n)], d = kernel[2 * (k % n) + 1];

      spectra[2 * k] = (a * c + b * d) * ARGUMENT (float, 4);
      spectra[2 * k + 1] = (b * c - a * d) * ARGUMENT (float, 4);
    }
}

static void
scatter (void **arguments)
{
  const EwCudaPlane *y = &ARGUMENT (EwCudaPlane, 0);
  EwCudaFft fft = ARGUMENT (EwCudaFft, 1);

  for (long long t = 0; t < ARGUMENT (int, 3); t++)
    for (int i = 0; i < fft.height; i++)
      for (int j = 0; j < fft.width; j++)
        {
          long long row = (ARGUMENT (long long, 2) + t) / fft.across * fft.height + i;
          long long column = (ARGUMENT (long long, 2) + t) % fft.across * fft.width + j;

          if (row < y->height && column < y->width)
            y->data[row * y->stride + column]
                = ARGUMENT (float *, 5)[(t * fft.side + i) * fft.side + j] + ARGUMENT (float, 4);
        }
}

/* The number that a literal kernel's name ends with; 0 for another name. */
static int
side_of (const char *kernel, const char *prefix)
{
  return g_str_has_prefix (kernel, prefix) ? (int)g_ascii_strtoll (kernel + strlen (prefix), NULL, 10) : 0;
}

gboolean
plain_kernels_launch (const char *kernel, unsigned grid, unsigned threads, unsigned shared_bytes, void **arguments)
{
  if (side_of (kernel, "ew_cuda_correlate_") > 0)
    correlate_literal (arguments, side_of (kernel, "ew_cuda_correlate_"));
  else if (g_str_has_prefix (kernel, "ew_cuda_correlate_"))
    correlate (&ARGUMENT (EwCudaPlane, 0), &ARGUMENT (EwCudaPlane, 1), ARGUMENT (double *, 2),
               ARGUMENT (EwCudaShape, 3));
  else if (g_str_has_prefix (kernel, "ew_cuda_evaluate_"))
    evaluate (grid, arguments,
              side_of (kernel, "ew_cuda_evaluate_") > 0       ? EW_CUDA_LITERAL
              : strcmp (kernel, "ew_cuda_evaluate_wide") == 0 ? EW_CUDA_WIDE
                                                              : EW_CUDA_GENERAL);
  else if (strcmp (kernel, "ew_cuda_border") == 0)
    border (arguments);
  else if (strcmp (kernel, "ew_cuda_reduce") == 0)
    reduce (arguments);
  else if (strcmp (kernel, "ew_cuda_step") == 0)
    step (arguments);
  else if (strcmp (kernel, "ew_cuda_descend") == 0)
    descend (arguments);
  else if (strcmp (kernel, "ew_cuda_exact") == 0)
    exact (grid, arguments);
  else if (strcmp (kernel, "ew_cuda_gram") == 0)
    gram (grid, arguments);
  else if (strcmp (kernel, "ew_cuda_fft_gather") == 0)
    gather (arguments);
  else if (strcmp (kernel, "ew_cuda_fft_multiply") == 0)
    multiply (arguments);
  else if (strcmp (kernel, "ew_cuda_fft_scatter") == 0)
    scatter (arguments);
  else if (strcmp (kernel, "ew_cuda_peak_copy") == 0)
    memcpy (ARGUMENT (float *, 1), ARGUMENT (float *, 0), 16 * (size_t)ARGUMENT (long long, 2));
  else if (strcmp (kernel, "ew_cuda_peak_multiply") == 0)
    memset (ARGUMENT (float *, 0), 0, sizeof (float) * grid * threads);
  else
    return plain_gram_launch (kernel, grid, arguments);
  return TRUE;
}
