/* The Fourier transform of a kernel on a grid of frequencies: first along rows, then along columns. */
#include "engine/response.h"

#include "engine/courtesy.h"

#include <float.h>
#include <math.h>

#define SIDE   EW_RESPONSE_SIDE
#define PERIOD (SIDE - 1)
#define HALF   (PERIOD / 2)
#define TWO_PI 6.28318530717958647692

typedef struct
{
  double re;
  double im;
} Complex;

/* exp(−2πi·n/PERIOD): all that is needed, for frequencies and places are whole numbers. */
static void
fill_roots (Complex *roots)
{
  for (int n = 0; n < PERIOD; n++)
    roots[n] = (Complex){ cos (TWO_PI * n / PERIOD), -sin (TWO_PI * n / PERIOD) };
}

/* Index of the root for frequency f (in 1/PERIOD, may be negative) at that place. */
static int
root_index (int f, int place)
{
  return ((f * place) % PERIOD + PERIOD) % PERIOD;
}

static Complex
row_sum (const EwKernel *kernel, int a, int f, const Complex *roots)
{
  Complex sum = { 0, 0 };

  for (int c = 0; c < kernel->width; c++)
    {
      double tap = kernel->taps[a * kernel->width + c];
      const Complex *root = &roots[root_index (f, c)];

      sum.re += tap * root->re;
      sum.im += tap * root->im;
    }
  return sum;
}

static Complex
column_sum (const Complex *rows, int height, int f, const Complex *roots)
{
  Complex sum = { 0, 0 };

  for (int a = 0; a < height; a++)
    {
      const Complex *root = &roots[root_index (f, a)];

      sum.re += rows[a].re * root->re - rows[a].im * root->im;
      sum.im += rows[a].re * root->im + rows[a].im * root->re;
    }
  return sum;
}

EwGrid *
ew_response_new (const EwKernel *kernel)
{
  EwGrid *response = ew_grid_new (SIDE, SIDE, NULL);
  Complex roots[PERIOD];
  Complex rows[EW_KERNEL_SIDE_MAX];

  if (response == NULL)
    return NULL;
  fill_roots (roots);
  /* |H(−u, −v)| = |H(u, v)|, for the taps are real: half of it is enough. */
  for (int j = 0; j <= HALF; j++)
    {
      ew_courtesy_give_way ();
      for (int a = 0; a < kernel->height; a++)
        rows[a] = row_sum (kernel, a, j - HALF, roots);
      for (int i = 0; i < SIDE; i++)
        {
          Complex h = column_sum (rows, kernel->height, i - HALF, roots);
          float value = (float)fmin (hypot (h.re, h.im), FLT_MAX);

          ew_grid_row (response, i)[j] = value;
          ew_grid_row (response, PERIOD - i)[PERIOD - j] = value;
        }
    }
  return response;
}

double
ew_response_at (const EwKernel *kernel, double u, double v)
{
  double re = 0;
  double im = 0;

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    {
      double angle = TWO_PI * (v * (k / kernel->width) + u * (k % kernel->width));

      re += kernel->taps[k] * cos (angle);
      im -= kernel->taps[k] * sin (angle);
    }
  return hypot (re, im);
}
