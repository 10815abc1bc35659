/* Pictures, and targets that were kept as JPEG. */
#include "tests/jpeg-fixtures.h"

#include "engine/fit.h"
#include "tests/engine-fixtures.h"

#include <math.h>
#include <string.h>

/* The standard's table for luminance, row by row. */
static const int table[EW_BLOCK_SIZE]
    = { 16, 11, 10, 16, 24, 40,  51,  61, 12, 12, 14, 19, 26,  58,  60,  55, 14, 13, 16, 24, 40,  57,  69,  56, 14, 17, 22, 29, 51,  87,  80,  62,
        18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81,  104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99 };

/* As encoders scale it for a quality from 50 on. */
EwSteps
jpeg_steps_of (int quality)
{
  EwSteps steps;

  for (int k = 0; k < EW_BLOCK_SIZE; k++)
    steps.steps[k] = CLAMP ((table[k] * (200 - 2 * quality) + 50) / 100, 1, 255) / 255.0;
  return steps;
}

/* Octaves of noise, within 0.3 … 0.7. */
EwGrid *
jpeg_picture (EwRandom *random, int height, int width)
{
  EwGrid *grid = ew_grid_new (height, width, NULL);
  double low = INFINITY, high = -INFINITY;

  for (int i = 0; i < height; i++)
    memset (ew_grid_row (grid, i), 0, (size_t)width * sizeof (float));
  for (int size = 1; size <= 32; size *= 2)
    {
      g_autoptr (EwGrid) coarse = random_grid (random, height / size + 2, width / size + 2, -0.5, 0.5);

      for (int k = 0; k < height * width; k++)
        {
          int i = k / width, j = k % width;
          double u = (double)(i % size) / size, v = (double)(j % size) / size;
          const float *a = ew_grid_row (coarse, i / size) + j / size, *b = ew_grid_row (coarse, i / size + 1) + j / size;

          ew_grid_row (grid, i)[j]
              += (float)(pow (size, 0.3) * ((1 - u) * ((1 - v) * a[0] + v * a[1]) + u * ((1 - v) * b[0] + v * b[1])));
          low = fmin (low, ew_grid_row (grid, i)[j]);
          high = fmax (high, ew_grid_row (grid, i)[j]);
        }
    }
  for (int k = 0; k < height * width; k++)
    ew_grid_row (grid, k / width)[k % width]
        = (float)(0.3 + 0.4 * (ew_grid_row (grid, k / width)[k % width] - low) / (high - low));
  return grid;
}

static double
to_byte (double value)
{
  return round (255 * value) / 255;
}

/* The inverse of ew_block_transform, which is orthonormal, by its definition. */
void
jpeg_transform_back (double *block)
{
  double values[EW_BLOCK_SIZE];

  for (int i = 0; i < 8; i++)
    for (int j = 0; j < 8; j++)
      {
        double sum = 0;

        for (int u = 0; u < 8; u++)
          for (int v = 0; v < 8; v++)
            sum += (u == 0 ? sqrt (0.5) : 1) * (v == 0 ? sqrt (0.5) : 1) / 4 * block[u * 8 + v]
                   * cos ((2 * i + 1) * u * G_PI / 16) * cos ((2 * j + 1) * v * G_PI / 16);
        values[i * 8 + j] = sum;
      }
  memcpy (block, values, sizeof values);
}

/* Keeps whole blocks of a grid as a JPEG does: bytes, coefficients in steps, bytes. */
void
jpeg_quantise (EwGrid *grid, const EwSteps *steps, const double *shifts)
{
  for (int row = 0; row + 8 <= grid->height; row += 8)
    for (int column = 0; column + 8 <= grid->width; column += 8)
      {
        double block[EW_BLOCK_SIZE];

        for (int k = 0; k < EW_BLOCK_SIZE; k++)
          block[k] = to_byte ((double)ew_grid_row (grid, row + k / 8)[column + k % 8]) - 128 / 255.0;
        ew_block_transform (block);
        /* Eighths of a 255th first; round() takes halves away from zero, as encoders do. */
        for (int k = 0; k < EW_BLOCK_SIZE; k++)
          {
            double coefficient = block[k] + (shifts == NULL ? 0 : shifts[k]);

            block[k] = steps->steps[k] * round (round (8 * 255 * coefficient) / (8 * 255 * steps->steps[k]));
          }
        jpeg_transform_back (block);
        for (int k = 0; k < EW_BLOCK_SIZE; k++)
          ew_grid_row (grid, row + k / 8)[column + k % 8] = (float)to_byte (block[k] + 128 / 255.0);
      }
}

/* A target of whole blocks, made by @kernel from a picture; @steps: NULL keeps it as bytes. */
EwProblem *
jpeg_problem_by (EwRandom *random, const EwKernel *kernel, int side, const EwSteps *steps, const double *shifts)
{
  EwGrid *x = jpeg_picture (random, side + kernel->height - 1, side + kernel->width - 1);
  EwGrid *y;

  /* From one JPEG to the next. */
  if (shifts != NULL)
    jpeg_quantise (x, steps, NULL);
  y = reference_output (x, kernel);

  if (steps != NULL)
    jpeg_quantise (y, steps, shifts);
  return problem_of_pair (x, y, kernel->height, kernel->width, TRUE);
}

/* The least-squares weights, n_params; to be freed. */
double *
jpeg_least_squares (EwProblem *problem)
{
  const EwBackend *backends[] = { ew_cpu_backend () };
  g_autoptr (EwDevices) devices = ew_devices_new (backends, 1, 2);
  g_autoptr (EwQuadratic) q = ew_fit_quadratic (devices, problem, NULL, NULL);
  double *params = g_new (double, problem->n_params);

  g_assert_true (ew_quadratic_optimum (q, params, NULL, NULL, NULL, NULL));
  return params;
}
