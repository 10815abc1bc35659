/* EwRange: extents of planes, and the ranges and steps that suit them. */
#include "ui/paint/range.h"

#include <math.h>
#include <stdlib.h>

#define LANES 16

/* Values that are sorted at most. */
#define SAMPLES 16384

void
ew_extent_init (EwExtent *extent)
{
  *extent = (EwExtent){ .low = NAN, .high = NAN };
}

/* Extremes of a row without branches, so that it vectorises. FALSE where a value is not finite; *low and *high then
 * mean nothing. x·0 is 0 just where x is finite. */
static gboolean
finite_row_extremes (const float *a, const float *b, int width, float *low, float *high)
{
  float lows[LANES];
  float highs[LANES];
  float zeros[LANES] = { 0 };
  int j = 0;

  for (int lane = 0; lane < LANES; lane++)
    {
      lows[lane] = INFINITY;
      highs[lane] = -INFINITY;
    }
  for (; j + LANES <= width; j += LANES)
    for (int lane = 0; lane < LANES; lane++)
      {
        float v = a[j + lane] - b[j + lane];

        lows[lane] = v < lows[lane] ? v : lows[lane];
        highs[lane] = v > highs[lane] ? v : highs[lane];
        zeros[lane] += v * 0.0f;
      }
  for (; j < width; j++)
    {
      float v = a[j] - b[j];

      lows[0] = fminf (lows[0], v);
      highs[0] = fmaxf (highs[0], v);
      zeros[0] += v * 0.0f;
    }
  *low = lows[0];
  *high = highs[0];
  for (int lane = 0; lane < LANES; lane++)
    {
      if (zeros[lane] != 0.0f)
        return FALSE;
      *low = fminf (*low, lows[lane]);
      *high = fmaxf (*high, highs[lane]);
    }
  return TRUE;
}

static void
add_value (EwExtent *extent, double value)
{
  if (isnan (value))
    extent->n_nan++;
  else if (isinf (value))
    extent->n_infinite++;
  else
    {
      extent->low = fmin (extent->low, value);
      extent->high = fmax (extent->high, value);
    }
}

void
ew_extent_add (EwExtent *extent, const EwGrid *grid, const EwGrid *subtract)
{
  static const float zeros[LANES * 64];

  for (int i = 0; i < grid->height; i++)
    for (int j = 0; j < grid->width; j += G_N_ELEMENTS (zeros))
      {
        const float *a = ew_grid_row (grid, i) + j;
        const float *b = subtract == NULL ? zeros : ew_grid_row (subtract, i) + j;
        int n = MIN (grid->width - j, (int)G_N_ELEMENTS (zeros));
        float low, high;

        if (finite_row_extremes (a, b, n, &low, &high))
          {
            extent->low = fmin (extent->low, low);
            extent->high = fmax (extent->high, high);
            continue;
          }
        for (int k = 0; k < n; k++)
          add_value (extent, a[k] - b[k]);
      }
}

void
ew_extent_join (EwExtent *extent, const EwExtent *other)
{
  extent->low = fmin (extent->low, other->low);
  extent->high = fmax (extent->high, other->high);
  extent->n_nan += other->n_nan;
  extent->n_infinite += other->n_infinite;
}

static int
compare_floats (const void *a, const void *b)
{
  float x = *(const float *)a;
  float y = *(const float *)b;

  return (x > y) - (x < y);
}

void
ew_extent_of_most (EwExtent *extent, const EwGrid *grid, const EwGrid *subtract, double share)
{
  gint64 all = (gint64)grid->height * grid->width;
  /* Odd steps do not fall into step with rows of even length. */
  gint64 step = all <= SAMPLES ? 1 : all / SAMPLES | 1;
  g_autofree float *values = g_new (float, all / step + 1);
  int n = 0;

  for (gint64 k = 0; k < all; k += step)
    {
      int i = (int)(k / grid->width);
      int j = (int)(k % grid->width);
      float value = ew_grid_row (grid, i)[j] - (subtract == NULL ? 0 : ew_grid_row (subtract, i)[j]);

      if (isfinite (value))
        values[n++] = value;
    }
  if (n == 0)
    return;
  qsort (values, n, sizeof *values, compare_floats);
  extent->low = (double)values[(int)(share * (n - 1))];
  extent->high = (double)values[n - 1 - (int)(share * (n - 1))];
}

double
ew_extent_max_abs (const EwExtent *extent)
{
  return isnan (extent->low) ? 0 : fmax (fabs (extent->low), fabs (extent->high));
}

EwRange
ew_range_sequential (const EwExtent *extent)
{
  if (isnan (extent->low) || (extent->low >= 0 && extent->high <= 1))
    return (EwRange){ 0, 1 };
  if (extent->low < extent->high)
    return (EwRange){ extent->low, extent->high };
  /* All alike: the value lies in the middle. */
  return (EwRange){ extent->low - fmax (1, fabs (extent->low)), extent->low + fmax (1, fabs (extent->low)) };
}

EwRange
ew_range_symmetric (double max_abs)
{
  if (!(max_abs > 0) || !isfinite (max_abs))
    return (EwRange){ -1, 1 };

  double high = ew_nice_ceil (max_abs);

  return (EwRange){ -high, high };
}

gboolean
ew_range_follow (EwRange *shown, EwRange wanted)
{
  gboolean unset = shown->low == 0 && shown->high == 0;
  EwRange next = wanted;

  if (!unset && wanted.high - wanted.low >= (shown->high - shown->low) / 2)
    next = (EwRange){ fmin (shown->low, wanted.low), fmax (shown->high, wanted.high) };
  if (next.low == shown->low && next.high == shown->high)
    return FALSE;
  *shown = next;
  return TRUE;
}

double
ew_nice_ceil (double value)
{
  static const double nice[] = { 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10 };
  double power = pow (10, floor (log10 (value)));

  if (!(power > 0) || !isfinite (power))
    return value;
  for (guint k = 0; k < G_N_ELEMENTS (nice); k++)
    if (nice[k] * power >= value * (1 - 1e-6))
      return nice[k] * power;
  return 10 * power;
}

double
ew_nice_step (EwRange range, int n_max)
{
  static const double nice[] = { 1, 2, 2.5, 5, 10 };
  double width = range.high - range.low;
  double least = width / MAX (n_max, 2);
  double power = pow (10, floor (log10 (least)));

  if (!(power > 0) || !isfinite (power))
    return width > 0 ? width : 1;
  for (guint k = 0; k < G_N_ELEMENTS (nice); k++)
    {
      double step = nice[k] * power;

      if (floor (range.high / step + 1e-9) - ceil (range.low / step - 1e-9) + 1 <= n_max)
        return step;
    }
  return 20 * power;
}
