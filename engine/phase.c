/* Phase correlation with FFTW. */
#include "engine/phase.h"

#include "engine/fftw.h"

#include <math.h>

/* A plane of n × n complex numbers, and room for another. */
typedef struct
{
  const EwFftw *fftw;
  EwComplex *values;
  EwComplex *scratch;
  int n;
} Plane;

static int
window_size (const EwGrid *x, const EwGrid *y, int most)
{
  int side = MIN (MIN (x->height, x->width), MIN (y->height, y->width));
  int n = 8;

  while (2 * n <= MIN (side, most))
    n *= 2;
  return side < 8 ? 0 : n;
}

/* The middle of a grid, its mean taken away, fading out to the edges. */
static void
fill (Plane *plane, const EwGrid *grid)
{
  int n = plane->n, top = (grid->height - n) / 2, left = (grid->width - n) / 2;
  double mean = 0;

  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      mean += (double)ew_grid_row (grid, top + i)[left + j] / ((double)n * n);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      {
        double fade = sin (G_PI * (i + 0.5) / n) * sin (G_PI * (j + 0.5) / n);
        float *value = plane->values[(size_t)i * n + j];

        value[0] = (float)(((double)ew_grid_row (grid, top + i)[left + j] - mean) * fade * fade);
        value[1] = 0;
      }
}

static void
transpose (Plane *plane)
{
  int n = plane->n;

  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      for (int part = 0; part < 2; part++)
        plane->values[(size_t)j * n + i][part] = plane->scratch[(size_t)i * n + j][part];
}

/* Both axes, in place; the result lies transposed twice, so as it was. */
static gboolean
transform (Plane *plane, gboolean forward, GError **error)
{
  EwFftwShape shape = { plane->n, plane->n, plane->n, plane->n, forward };
  EwFftwPlan *plan = ew_fftw_plan (&shape, error);

  if (plan == NULL)
    return FALSE;
  for (int axis = 0; axis < 2; axis++)
    {
      plane->fftw->execute (plan, plane->values, plane->scratch);
      transpose (plane);
    }
  return TRUE;
}

/* a = a·b̄ / |a·b̄| */
static void
divide (Plane *a, const Plane *b)
{
  for (size_t k = 0; k < (size_t)a->n * a->n; k++)
    {
      double re = (double)a->values[k][0] * b->values[k][0] + (double)a->values[k][1] * b->values[k][1];
      double im = (double)a->values[k][1] * b->values[k][0] - (double)a->values[k][0] * b->values[k][1];
      double size = hypot (re, im);

      a->values[k][0] = size > 0 ? (float)(re / size) : 0;
      a->values[k][1] = size > 0 ? (float)(im / size) : 0;
    }
}

/* A shift beyond half of the window is one the other way. */
static int
unwrap (int i, int n)
{
  return i < n / 2 ? i : i - n;
}

static void
find_peak (const Plane *plane, EwPhase *phase)
{
  int n = plane->n;
  double peak = -1, square = 0;

  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      {
        double value = fabs ((double)plane->values[(size_t)i * n + j][0]);

        square += value * value / ((double)n * n);
        if (value <= peak)
          continue;
        peak = value;
        phase->dy = unwrap (i, n);
        phase->dx = unwrap (j, n);
      }
  phase->strength = square > 0 ? peak / sqrt (square) : 0;
}

static gboolean
allocate (Plane *plane, const EwFftw *fftw, int n, GError **error)
{
  size_t bytes = sizeof (EwComplex) * (size_t)n * (size_t)n;

  plane->fftw = fftw;
  plane->n = n;
  plane->values = fftw->malloc (bytes);
  plane->scratch = fftw->malloc (bytes);
  if (plane->values != NULL && plane->scratch != NULL)
    return TRUE;
  g_set_error (error, EW_ERROR, EW_ERROR_TOO_LARGE, "There is not enough memory to compare %d×%d pixels.", n, n);
  return FALSE;
}

static void
release (Plane *plane)
{
  if (plane->values != NULL)
    plane->fftw->free (plane->values);
  if (plane->scratch != NULL)
    plane->fftw->free (plane->scratch);
}

gboolean
ew_phase_correlate (const EwGrid *x, const EwGrid *y, int most, EwPhase *phase, GError **error)
{
  int n = window_size (x, y, most);
  const EwFftw *fftw = ew_fftw (error);
  Plane a = { 0 }, b = { 0 };
  gboolean good;

  if (fftw == NULL)
    return FALSE;
  if (n == 0)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_GEOMETRY,
                           "The images are too small to tell a shift; 8×8 pixels are the least.");
      return FALSE;
    }
  good = allocate (&a, fftw, n, error) && allocate (&b, fftw, n, error);
  if (good)
    {
      fill (&a, x);
      fill (&b, y);
      good = transform (&a, TRUE, error) && transform (&b, TRUE, error);
    }
  if (good)
    {
      divide (&a, &b);
      good = transform (&a, FALSE, error);
    }
  if (good)
    find_peak (&a, phase);
  release (&a);
  release (&b);
  return good;
}
