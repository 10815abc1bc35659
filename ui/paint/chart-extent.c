/* The extremes of a chart's weights: hundreds of thousands of values, looked at once for each new curves. */
#include "ui/paint/chart-buffer.h"

#include <math.h>

#define LANES 16

/* A comparison with NaN is false. */
static inline float
finite_or_high (float value)
{
  return value > -INFINITY ? value : INFINITY;
}

static inline float
finite_or_low (float value)
{
  return value < INFINITY ? value : -INFINITY;
}

/* Without branches and in lanes side by side, so that it vectorises. */
static void
look (const float *restrict minima, const float *restrict maxima, size_t n, float *low, float *high)
{
  float lows[LANES];
  float highs[LANES];
  size_t k = 0;

  for (int lane = 0; lane < LANES; lane++)
    {
      lows[lane] = INFINITY;
      highs[lane] = -INFINITY;
    }
  for (; k + LANES <= n; k += LANES)
    for (int lane = 0; lane < LANES; lane++)
      {
        float least = finite_or_high (minima[k + lane]);
        float most = finite_or_low (maxima[k + lane]);

        lows[lane] = least < lows[lane] ? least : lows[lane];
        highs[lane] = most > highs[lane] ? most : highs[lane];
      }
  for (; k < n; k++)
    {
      lows[0] = MIN (lows[0], finite_or_high (minima[k]));
      highs[0] = MAX (highs[0], finite_or_low (maxima[k]));
    }
  *low = INFINITY;
  *high = -INFINITY;
  for (int lane = 0; lane < LANES; lane++)
    {
      *low = MIN (*low, lows[lane]);
      *high = MAX (*high, highs[lane]);
    }
}

void
ew_chart_weight_extent (const EwCurves *curves, size_t first, size_t n, EwChartExtent *extent)
{
  *extent = (EwChartExtent){ .curves = NULL };
  look (curves->weight_min + first, curves->weight_max + first, n, &extent->low, &extent->high);
}

void
ew_chart_weights_extent (const EwCurves *curves, EwChartBuffer *buffer, EwChartExtent *extent)
{
  size_t n = (size_t)curves->n_points * curves->n_weights;
  EwChartExtent *kept;

  for (guint k = 0; buffer != NULL && k < G_N_ELEMENTS (buffer->extents); k++)
    if (buffer->extents[k].curves == curves)
      {
        *extent = buffer->extents[k];
        return;
      }
  ew_chart_weight_extent (curves, 0, n, extent);
  if (buffer == NULL)
    return;
  kept = &buffer->extents[buffer->next_extent];
  buffer->next_extent = (buffer->next_extent + 1) % (int)G_N_ELEMENTS (buffer->extents);
  ew_curves_unref ((EwCurves *)kept->curves);
  *kept = *extent;
  kept->curves = ew_curves_ref ((EwCurves *)curves);
}
