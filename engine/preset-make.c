/* Kernels by their formulas; preset-make.h says which. */
#include "engine/preset-make.h"

#include <math.h>
#include <stdlib.h>

#define PI 3.14159265358979323846

static EwKernel *
square (double size)
{
  return ew_kernel_new ((int)size, (int)size, NULL);
}

/* Column and row of a tap from the middle, rows up. */
static double
x_of (const EwKernel *kernel, int k)
{
  return k % kernel->width - (kernel->width - 1) / 2.0;
}

static double
y_of (const EwKernel *kernel, int k)
{
  return (kernel->height - 1) / 2.0 - k / kernel->width;
}

static double
sum_of (const EwKernel *kernel)
{
  double sum = 0;

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    sum += kernel->taps[k];
  return sum;
}

static void
divide (EwKernel *kernel, double divisor)
{
  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    kernel->taps[k] /= divisor;
}

/* Exactly 0, ½ … where they are: 90° is to give whole weights. */
static void
direction (double degrees, double *cosine, double *sine)
{
  double turned = fmod (degrees, 360);
  double radians = turned * (PI / 180);

  *cosine = fmod (turned, 180) == 90 || fmod (turned, 180) == -90 ? 0 : cos (radians);
  *sine = fmod (turned, 180) == 0 ? 0 : sin (radians);
}

EwKernel *
ew_make_fixed (const EwPreset *preset, const double *values)
{
  EwKernel *kernel = ew_kernel_new (preset->height, preset->width, NULL);

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    kernel->taps[k] = preset->taps[k] / preset->divisor;
  return kernel;
}

EwKernel *
ew_make_identity (const EwPreset *preset, const double *values)
{
  EwKernel *kernel = square (values[0]);

  kernel->taps[ew_kernel_n_taps (kernel) / 2] = 1;
  return kernel;
}

EwKernel *
ew_make_box (const EwPreset *preset, const double *values)
{
  EwKernel *kernel = square (values[0]);

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    kernel->taps[k] = 1.0 / ew_kernel_n_taps (kernel);
  return kernel;
}

static EwKernel *
binomial (int size)
{
  EwKernel *kernel = square (size);
  double row[EW_KERNEL_SIDE_MAX] = { 1 };

  for (int n = 1; n < size; n++)
    for (int j = n; j > 0; j--)
      row[j] += row[j - 1];
  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    kernel->taps[k] = ldexp (row[k / size] * row[k % size], -2 * (size - 1));
  return kernel;
}

static EwKernel *
gaussian (double size, double sigma)
{
  EwKernel *kernel = square (size);

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    {
      double x = x_of (kernel, k);
      double y = y_of (kernel, k);

      kernel->taps[k] = exp (-(x * x + y * y) / (2 * sigma * sigma));
    }
  divide (kernel, sum_of (kernel));
  return kernel;
}

EwKernel *
ew_make_gaussian (const EwPreset *preset, const double *values)
{
  return values[1] == 0 ? binomial ((int)values[0]) : gaussian (values[0], values[1]);
}

/* The part of [−half, half] in which position + t·slope lies within ½ of 0; FALSE where there is none. */
static gboolean
clip (double position, double slope, double *from, double *to)
{
  double first, last;

  if (slope == 0)
    return fabs (position) <= 0.5;
  first = (-0.5 - position) / slope;
  last = (0.5 - position) / slope;
  *from = fmax (*from, fmin (first, last));
  *to = fmin (*to, fmax (first, last));
  return *to > *from;
}

/* Whole pixels beyond the middle one that ±reach touches. */
static int
pixels_beyond (double reach)
{
  return (int)fmax (0, ceil (fabs (reach) - 0.5 - 1e-9));
}

EwKernel *
ew_make_motion (const EwPreset *preset, const double *values)
{
  double half = values[0] / 2;
  double cosine, sine;
  EwKernel *kernel;

  direction (values[1], &cosine, &sine);
  kernel = ew_kernel_new (2 * pixels_beyond (half * sine) + 1, 2 * pixels_beyond (half * cosine) + 1, NULL);
  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    {
      double from = -half;
      double to = half;

      if (clip (-x_of (kernel, k), cosine, &from, &to) && clip (-y_of (kernel, k), sine, &from, &to))
        kernel->taps[k] = to - from;
    }
  divide (kernel, sum_of (kernel));
  return kernel;
}

#define SAMPLES 16

EwKernel *
ew_make_disc (const EwPreset *preset, const double *values)
{
  double radius = values[0];
  EwKernel *kernel = square (2 * pixels_beyond (radius) + 1);

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    for (int s = 0; s < SAMPLES * SAMPLES; s++)
      {
        double x = x_of (kernel, k) + (s % SAMPLES + 0.5) / SAMPLES - 0.5;
        double y = y_of (kernel, k) + (s / SAMPLES + 0.5) / SAMPLES - 0.5;

        kernel->taps[k] += x * x + y * y <= radius * radius;
      }
  divide (kernel, sum_of (kernel));
  return kernel;
}

EwKernel *
ew_make_kirsch (const EwPreset *preset, const double *values)
{
  /* The rim from the right on, counter-clockwise. */
  static const int rim[8] = { 5, 2, 1, 0, 3, 6, 7, 8 };
  EwKernel *kernel = square (3);
  int middle = (int)(values[0] / 45);

  for (int i = 0; i < 8; i++)
    {
      int away = abs (i - middle) % 8;

      kernel->taps[rim[i]] = MIN (away, 8 - away) <= 1 ? 5 : -3;
    }
  return kernel;
}

EwKernel *
ew_make_slope (const EwPreset *preset, const double *values)
{
  g_autoptr (EwKernel) weights = gaussian (values[0], values[1]);
  EwKernel *kernel = square (values[0]);
  double cosine, sine;
  double moment = 0;

  direction (values[2], &cosine, &sine);
  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    {
      double u = x_of (kernel, k) * cosine + y_of (kernel, k) * sine;

      kernel->taps[k] = u * weights->taps[k];
      moment += u * u * weights->taps[k];
    }
  divide (kernel, moment);
  return kernel;
}

EwKernel *
ew_make_log (const EwPreset *preset, const double *values)
{
  EwKernel *kernel = gaussian (values[0], values[1]);
  double square_sigma = values[1] * values[1];
  double mean;

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    {
      double x = x_of (kernel, k);
      double y = y_of (kernel, k);

      kernel->taps[k] *= (x * x + y * y - 2 * square_sigma) / (square_sigma * square_sigma);
    }
  mean = sum_of (kernel) / ew_kernel_n_taps (kernel);
  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    kernel->taps[k] -= mean;
  return kernel;
}

EwKernel *
ew_make_dog (const EwPreset *preset, const double *values)
{
  EwKernel *kernel = gaussian (values[0], values[1]);
  g_autoptr (EwKernel) wide = gaussian (values[0], values[1] * values[2]);

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    kernel->taps[k] -= wide->taps[k];
  return kernel;
}

EwKernel *
ew_make_unsharp (const EwPreset *preset, const double *values)
{
  EwKernel *kernel = gaussian (values[0], values[1]);

  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    kernel->taps[k] *= -values[2];
  kernel->taps[ew_kernel_n_taps (kernel) / 2] += 1 + values[2];
  return kernel;
}

EwKernel *
ew_make_gabor (const EwPreset *preset, const double *values)
{
  double sigma = values[1];
  double wavelength = values[3];
  double aspect = values[4];
  double phase = values[5] * (PI / 180);
  EwKernel *kernel = square (values[0]);
  double cosine, sine;

  direction (values[2], &cosine, &sine);
  for (int k = 0; k < ew_kernel_n_taps (kernel); k++)
    {
      double x = x_of (kernel, k);
      double y = y_of (kernel, k);
      double u = x * cosine + y * sine;
      double v = -x * sine + y * cosine;

      kernel->taps[k]
          = exp (-(u * u + aspect * aspect * v * v) / (2 * sigma * sigma)) * cos (2 * PI * u / wavelength + phase);
    }
  return kernel;
}
