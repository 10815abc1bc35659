/* From lag sums to G. Under one lag, the products X[u, v]·X[u + da, v + dc] make a plane; tap (a, c) and the one a lag
 * further have the sum of those under the tap: a window of the plane, one row and column further for each tap. With the
 * core taken as a single row and column, the plane is hardly larger than two kernels.
 *
 * Windows are put together from sums that only ever grow: nothing is subtracted, so nothing cancels. */
#include "engine/cpu-gram-private.h"

#include "engine/kernel.h"

#include <string.h>

/* No axis has more entries. */
#define ENTRIES_MAX (2 * EW_KERNEL_SIDE_MAX - 1)

typedef struct
{
  const EwGramLags *lags;
  EwGram *gram;
  EwCancel *cancel;
} Job;

/* One lag; alone, X without the other factor. */
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
  const EwGrid *x = lags->sample->x;
  int kw = lags->right.side;
  int place = lag->alone ? lags->n - 1 : lag->down * lags->n_right + lag->right + kw - 1;
  int turned = lag->alone ? lags->n - 1 : (lag->right + kw - 1) * lags->n_down + lag->down;
  gboolean is_core = ew_gram_axis_is_core (&lags->down, entry);
  int i = ew_gram_axis_element (&lags->down, entry);
  const float *row = ew_grid_row (x, i);
  const float *other = is_core || lag->alone ? NULL : ew_grid_row (x, i + lag->down);

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

/* Adds the sums of one lag, for every tap that has another tap there. */
static void
add_lag (const Job *job, const Lag *lag)
{
  const EwGramLags *lags = job->lags;
  int kw = lags->right.side;
  int n = job->gram->n;
  int taps_down = lags->down.side - lag->down;
  int taps_right = kw - ABS (lag->right);
  int first = MAX (0, -lag->right);
  int width = taps_right + lags->right.window - 1;
  int height = taps_down + lags->down.window - 1;
  double plane[ENTRIES_MAX * ENTRIES_MAX];
  double summed[EW_KERNEL_SIDE_MAX * ENTRIES_MAX];
  double values[EW_KERNEL_SIDE_MAX];

  for (int entry = 0; entry < height; entry++)
    fill_row (lags, lag, entry, first, first + width, plane + entry * width);
  sum_windows (plane, width, width, lags->down.window, taps_down, summed, width);
  for (int a = 0; a < taps_down; a++)
    {
      sum_windows (summed + a * width, 1, 1, lags->right.window, taps_right, values, 1);
      for (int k = 0; k < taps_right; k++)
        {
          int tap = a * kw + first + k;
          int other = lag->alone ? n - 1 : (a + lag->down) * kw + first + k + lag->right;

          job->gram->g[(size_t)tap * n + other] += values[k];
        }
    }
}

/* All lags of one step down; after them, the bias. */
static void
add_lags (int item, gpointer data)
{
  const Job *job = data;
  int kw = job->lags->right.side;

  if (item == job->lags->n_down)
    {
      add_lag (job, &(Lag){ 0, 0, TRUE });
      return;
    }
  for (int right = item == 0 ? 0 : 1 - kw; right < kw && !ew_cancelled (job->cancel); right++)
    add_lag (job, &(Lag){ item, right, FALSE });
}

gboolean
ew_gram_lags_add (const EwGramLags *lags, EwPool *pool, gboolean has_bias, EwGram *gram, EwCancel *cancel)
{
  Job job = { lags, gram, cancel };
  int n_taps = lags->down.side * lags->right.side;

  for (int band = 0; band < lags->n_h_bands; band++)
    for (int k = 0; k < gram->n; k++)
      gram->h[k] += lags->h[(size_t)band * (n_taps + 1) + k];
  if (has_bias)
    gram->g[(size_t)gram->n * gram->n - 1] += (double)lags->down.out * lags->right.out;
  return ew_pool_run (pool, lags->n_down + (has_bias ? 1 : 0), add_lags, &job, cancel);
}
