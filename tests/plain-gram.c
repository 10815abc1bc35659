/* Sums at distances, and the Gram matrix from them, one element after the other. */
#include "tests/plain-gram.h"

#include "gpu/kernels.h"

#include <string.h>

#define ARGUMENT(type, i) (*(type *)arguments[i])

static double
value_at (const EwCudaPlane *plane, long long i, long long j)
{
  return i >= 0 && i < plane->height && j >= 0 && j < plane->stride ? (double)plane->data[i * plane->stride + j] : 0;
}

/* All into the first column of partials. */
static void
lags (int side, unsigned grid, void **arguments)
{
  EwCudaPlane a = ARGUMENT (EwCudaPlane, 0), b = ARGUMENT (EwCudaPlane, 1);
  EwCudaLags l = ARGUMENT (EwCudaLags, 2);
  int across = 2 * side - 1;
  unsigned pairs = ((unsigned)l.n_down + 1) / 2;
  size_t parts = grid / pairs;
  double *partials = ARGUMENT (double *, 3);

  g_assert_cmpuint (grid % pairs, ==, 0);
  g_assert_cmpint (l.shift % 4, ==, 0);
  g_assert_true (l.first_row >= 0 && l.end_row <= a.height && l.first_column >= 0 && l.end_column <= a.width);
  memset (partials, 0, sizeof (double) * parts * (size_t)(l.n_down * across + 1));
  for (int i = l.first_row; i < l.end_row; i++)
    for (int j = l.first_column; j < l.end_column; j++)
      {
        double value = l.ones ? 1 : (double)a.data[i * a.stride + j];

        for (int u = 0; u < l.n_down; u++)
          for (int k = 0; k < across; k++)
            partials[(size_t)(u * across + k) * parts]
                += value * value_at (&b, i + u, (long long)j + l.shift + k - (side - 1));
        partials[(size_t)(l.n_down * across) * parts] += value;
      }
}

/* The row or column with this number beside the core. */
static int
beside (int entry, int side, int out)
{
  return entry < side - 1 ? entry : out + entry - (side - 1);
}

static void
edges (void **arguments)
{
  EwCudaPlane x = ARGUMENT (EwCudaPlane, 0);
  EwCudaTapsOver o = ARGUMENT (EwCudaTapsOver, 1);
  int kh = o.kernel_height, kw = o.kernel_width;
  double *to = ARGUMENT (double *, 2);

  for (int e = 0; e < 2 * (kh - 1); e++)
    for (int u = 0; u < kh; u++)
      for (int v = 1 - kw; v < kw; v++, to++)
        {
          int i = beside (e, kh, o.out_height);

          *to = 0;
          for (int j = kw - 1; j < o.out_width; j++)
            *to += value_at (&x, i, j) * value_at (&x, i + u, j + v);
        }
  for (int e = 0; e < 2 * (kw - 1); e++)
    for (int u = 0; u < kh; u++)
      for (int v = 1 - kw; v < kw; v++, to++)
        {
          int j = beside (e, kw, o.out_width);

          *to = 0;
          for (int i = kh - 1; i < o.out_height && j + v < x.width; i++)
            *to += value_at (&x, i, j) * value_at (&x, i + u, j + v);
        }
}

static void
fill (void **arguments)
{
  EwCudaPlane x = ARGUMENT (EwCudaPlane, 0);
  EwCudaTapsOver o = ARGUMENT (EwCudaTapsOver, 1);
  int kh = o.kernel_height, kw = o.kernel_width, across = 2 * kw - 1, n = kh * kw;
  const double *core = ARGUMENT (double *, 2), *edge = ARGUMENT (double *, 3);
  double *g = ARGUMENT (double *, 4);

  for (int p = 0; p < n; p++)
    for (int q = p; q < n; q++)
      {
        int a = p / kw, c = p % kw, u = q / kw - a, v = q % kw - c;
        int at = v + kw - 1 + o.core_skip;
        double sum = core[(at / o.core_step * kh + u) * o.core_lags + at % o.core_step];

        for (int e = a; e < a + kh - 1; e++)
          sum += edge[(e * kh + u) * across + v + kw - 1];
        for (int f = c; f < c + kw - 1; f++)
          sum += edge[((2 * (kh - 1) + f) * kh + u) * across + v + kw - 1];
        for (int e = a; e < a + kh - 1; e++)
          for (int f = c; f < c + kw - 1; f++)
            {
              int i = beside (e, kh, o.out_height), j = beside (f, kw, o.out_width);

              sum += value_at (&x, i, j) * value_at (&x, i + u, j + v);
            }
        g[p * n + q] += sum;
        g[q * n + p] = g[p * n + q];
      }
}

gboolean
plain_gram_launch (const char *kernel, unsigned grid, void **arguments)
{
  const char *prefix = "ew_cuda_lags_";

  if (g_str_has_prefix (kernel, prefix))
    lags ((int)g_ascii_strtoll (kernel + strlen (prefix), NULL, 10), grid, arguments);
  else if (strcmp (kernel, "ew_cuda_gram_edges") == 0)
    edges (arguments);
  else if (strcmp (kernel, "ew_cuda_gram_fill") == 0)
    fill (arguments);
  else
    return FALSE;
  return TRUE;
}
