/* Phase correlation with FFTW: of two middles, and of a piece with the whole. */
#include "engine/phase.h"

#include "engine/fftw.h"

#include <math.h>
#include <stdlib.h>

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
fill_middle (Plane *plane, const EwGrid *grid, int factor)
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

static double
block_mean (const EwGrid *grid, int top, int left, int factor)
{
  double sum = 0;

  for (int i = 0; i < factor; i++)
    for (int j = 0; j < factor; j++)
      sum += (double)ew_grid_row (grid, top + i)[left + j];
  return sum / ((double)factor * factor);
}

/* 1 but for an eighth at either end, so that a picture's edges are not the strongest thing in it. */
static double
taper (int i, int n)
{
  double from_end = (MIN (i, n - 1 - i) + 0.5) * 8 / n;

  return from_end >= 1 ? 1 : 0.5 - 0.5 * cos (G_PI * from_end);
}

/* All of a grid in block means, from the plane's corner on, its mean taken away and its edges fading out. */
static void
fill_reduced (Plane *plane, const EwGrid *grid, int factor)
{
  int n = plane->n, height = grid->height / factor, width = grid->width / factor;
  double mean = 0;

  for (size_t k = 0; k < (size_t)n * n; k++)
    plane->values[k][0] = plane->values[k][1] = 0;
  for (int i = 0; i < height; i++)
    for (int j = 0; j < width; j++)
      {
        double value = block_mean (grid, i * factor, j * factor, factor);

        plane->values[(size_t)i * n + j][0] = (float)value;
        mean += value / ((double)height * width);
      }
  for (int i = 0; i < height; i++)
    for (int j = 0; j < width; j++)
      {
        float *value = plane->values[(size_t)i * n + j];

        value[0] = (float)(((double)value[0] - mean) * taper (i, height) * taper (j, width));
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

typedef void (*Fill) (Plane *plane, const EwGrid *grid, int factor);

/* The peak of the two planes of n × n that @fill makes. */
static gboolean
correlate (const EwGrid *x, const EwGrid *y, int n, Fill fill, int factor, EwPhase *phase, GError **error)
{
  const EwFftw *fftw = ew_fftw (error);
  Plane a = { 0 }, b = { 0 };
  gboolean good = fftw != NULL && allocate (&a, fftw, n, error) && allocate (&b, fftw, n, error);

  if (good)
    {
      fill (&a, x, factor);
      fill (&b, y, factor);
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

gboolean
ew_phase_correlate (const EwGrid *x, const EwGrid *y, int most, EwPhase *phase, GError **error)
{
  int n = window_size (x, y, most);

  if (n > 0)
    return correlate (x, y, n, fill_middle, 1, phase, error);
  g_set_error_literal (error, EW_ERROR, EW_ERROR_GEOMETRY,
                       "The images are too small to tell a shift; 8×8 pixels are the least.");
  return FALSE;
}

static gboolean
holds (const EwGrid *whole, const EwGrid *piece)
{
  return whole->height >= piece->height && whole->width >= piece->width;
}

/* In a plane of period n a piece that begins at −d begins at n − d as well: the one of the two that lies in the whole. */
static int
place_within (int d, int n, int factor, int room)
{
  int at = factor * (room >= 0 ? (d + n) % n : (d - n) % n);

  return room >= 0 ? MIN (at, room) : MAX (at, room);
}

/* What the block means found, in whole pixels. */
static gboolean
refine (const EwGrid *x, const EwGrid *y, int most, EwPhase *phase, GError **error)
{
  gboolean y_within = holds (x, y);
  const EwGrid *piece = y_within ? y : x;
  g_autoptr (EwGrid) there = ew_grid_new_cropped (y_within ? x : y, abs (phase->dy), abs (phase->dx), piece->height,
                                                  piece->width, error);
  EwPhase fine;

  if (there == NULL || !ew_phase_correlate (y_within ? there : x, y_within ? y : there, most, &fine, error))
    return FALSE;
  phase->dy += fine.dy;
  phase->dx += fine.dx;
  phase->strength = fine.strength;
  return TRUE;
}

gboolean
ew_phase_locate (const EwGrid *x, const EwGrid *y, int most, EwPhase *phase, GError **error)
{
  int rows = x->height - y->height, columns = x->width - y->width;
  int side = MAX (MAX (x->height, x->width), MAX (y->height, y->width));
  int factor = (side + most - 1) / most, n = 8;

  if (!holds (x, y) && !holds (y, x))
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_GEOMETRY, "Neither of the images is as large as the other both ways.");
      return FALSE;
    }
  while (n * factor < side)
    n *= 2;
  if (!correlate (x, y, n, fill_reduced, factor, phase, error))
    return FALSE;
  phase->dy = place_within (phase->dy, n, factor, rows);
  phase->dx = place_within (phase->dx, n, factor, columns);
  if (factor > 1 && !refine (x, y, most, phase, error))
    return FALSE;
  return ABS (phase->dy) <= ABS (rows) && ABS (phase->dx) <= ABS (columns) && phase->dy * (gint64)rows >= 0
         && phase->dx * (gint64)columns >= 0;
}
