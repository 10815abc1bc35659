/* From lag sums to G. Under one lag, the products A[u, v]·B[u + da, v + dc] make a plane; tap (a, c) of A and the one a
 * lag further of B have the sum of those under the tap: a window of the plane, one row and column further for each tap.
 * With the core taken as a single row and column, the plane is hardly larger than two kernels.
 *
 * Windows are put together from sums that only ever grow: nothing is subtracted, so nothing cancels. */
#include "engine/cpu-gram-private.h"

#include "engine/kernel.h"

#include <string.h>

/* No axis has more entries. */
#define ENTRIES_MAX (2 * EW_KERNEL_SIDE_MAX - 1)

/* One lag; alone, A without the other factor. */
typedef struct
{
  int down;
  int right;
  gboolean alone;
} Lag;

/* to[k] = Σ from[k … k + length − 1] for k < count, each a row of @width values. At most @length windows that follow
 * each other share a middle: to that they add what lies before, one after the other, then what lies behind. */
static void
sum_windows (const double *from, size_t stride, int width, int length, int count, double *to, size_t to_stride)
{
  double behind[ENTRIES_MAX];

  for (int first = 0; first < count; first += length)
    {
      int n = MIN (length, count - first);
      double *middle = to + (first + n - 1) * to_stride;

      memset (middle, 0, width * sizeof (double));
      for (int k = first + n - 1; k < first + length; k++)
        for (int j = 0; j < width; j++)
          middle[j] += from[k * stride + j];
      for (int k = first + n - 2; k >= first; k--)
        for (int j = 0; j < width; j++)
          to[k * to_stride + j] = to[(k + 1) * to_stride + j] + from[k * stride + j];
      memset (behind, 0, width * sizeof (double));
      for (int k = first + 1; k < first + n; k++)
        for (int j = 0; j < width; j++)
          {
            behind[j] += from[(k + length - 1) * stride + j];
            to[k * to_stride + j] += behind[j];
          }
    }
}

static double
core_sum (const EwGramLags *lags, int place)
{
  double sum = 0;

  for (int band = 0; band < lags->n_bands; band++)
    sum += lags->core[(size_t)band * lags->n + place];
  return sum;
}

/* One row of the plane: entries [first, end). */
static void
fill_row (const EwGramLags *lags, const Lag *lag, int entry, int first, int end, double *plane)
{
  int place = lag->alone ? lags->n - 1 : ew_gram_lags_place (lags, lag->down, lag->right, FALSE);
  int turned = lag->alone ? lags->n - 1 : ew_gram_lags_place (lags, lag->down, lag->right, TRUE);
  gboolean is_core = ew_gram_axis_is_core (&lags->down, entry);
  int i = ew_gram_axis_element (&lags->down, entry);
  const float *row = ew_gram_view_row (&lags->a->x, i);
  const float *other = is_core || lag->alone ? NULL : ew_gram_view_row (&lags->b->x, i + lag->down);

  for (int e = first; e < end; e++)
    {
      int j = ew_gram_axis_element (&lags->right, e);
      double *to = &plane[e - first];

      if (ew_gram_axis_is_core (&lags->right, e))
        *to = is_core ? core_sum (lags, place) : lags->rows[(size_t)entry * lags->n + place];
      else if (is_core)
        *to = lags->columns[(size_t)e * lags->n + turned];
      else
        *to = lag->alone ? (double)row[j] : (double)row[j] * other[j + lag->right];
    }
}

/* The taps of A that have one of B a lag further: *first and how many. */
static int
taps_with (int lag, int side, int other, int *first)
{
  *first = MAX (0, -lag);
  return MIN (side, other - lag) - *first;
}

/* Adds the sums of one lag, for every tap that has another tap there. */
static void
add_lag (const EwGramLags *lags, const Lag *lag, EwGram *gram, int kernel_width)
{
  size_t n = (size_t)gram->n;
  int first_down, first_right;
  int taps_down = taps_with (lag->down, lags->a->kh, lags->b->kh, &first_down);
  int taps_right = taps_with (lag->right, lags->a->kw, lags->b->kw, &first_right);
  int width = taps_right + lags->right.window - 1;
  int height = taps_down + lags->down.window - 1;
  double plane[ENTRIES_MAX * ENTRIES_MAX];
  double summed[EW_KERNEL_SIDE_MAX * ENTRIES_MAX];
  double values[EW_KERNEL_SIDE_MAX];

  for (int entry = 0; entry < height; entry++)
    fill_row (lags, lag, first_down + entry, first_right, first_right + width, plane + entry * width);
  sum_windows (plane, width, width, lags->down.window, taps_down, summed, width);
  for (int k = 0; k < taps_down; k++)
    {
      sum_windows (summed + k * width, 1, 1, lags->right.window, taps_right, values, 1);
      for (int l = 0; l < taps_right; l++)
        {
          int a = first_down + k;
          int c = first_right + l;
          size_t tap = (size_t)ew_gram_phase_tap (lags->phase, lags->a, a, c, kernel_width);
          size_t other = lag->alone ? n - 1
                                    : (size_t)ew_gram_phase_tap (lags->phase, lags->b, a + lag->down, c + lag->right,
                                                                 kernel_width);

          gram->g[MIN (tap, other) * n + MAX (tap, other)] += values[l];
        }
    }
}

int
ew_gram_lags_n_steps (const EwGramLags *lags, gboolean has_bias)
{
  return lags->down.n_lags + (has_bias && lags->a == lags->b ? 1 : 0);
}

void
ew_gram_lags_add_step (const EwGramLags *lags, int step, EwGram *gram, int kernel_width, EwCancel *cancel)
{
  int down = lags->down.low + step;
  /* A plane against itself: along a row half of the lags say all. */
  int first = lags->a == lags->b && down == 0 ? 0 : lags->right.low;

  if (step == lags->down.n_lags)
    {
      add_lag (lags, &(Lag){ 0, 0, TRUE }, gram, kernel_width);
      return;
    }
  for (int right = first; right < lags->right.low + lags->right.n_lags && !ew_cancelled (cancel); right++)
    add_lag (lags, &(Lag){ down, right, FALSE }, gram, kernel_width);
}

void
ew_gram_lags_add_targets (const EwGramLags *lags, EwGram *gram, int kernel_width, gboolean has_bias)
{
  const EwGramPlane *x = lags->a;
  int n_taps = x->kh * x->kw;

  for (int band = 0; band < lags->n_h_bands; band++)
    {
      const double *sums = lags->h + (size_t)band * (n_taps + 1);

      for (int k = 0; k < n_taps; k++)
        gram->h[ew_gram_phase_tap (lags->phase, x, k / x->kw, k % x->kw, kernel_width)] += sums[k];
      if (has_bias && x == lags->phase->planes)
        gram->h[gram->n - 1] += sums[n_taps];
    }
}
