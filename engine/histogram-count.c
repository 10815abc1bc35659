/* Counting: two passes over the rows of a plane, which are made as they are needed.
 *
 * The first finds extremes and mean and counts the values by the upper half of their bits, in the order of the numbers;
 * the second fills the bins, which can be laid only then, and counts by the lower half those that have the upper half
 * of a value in the middle: so the median is exact without sorting. */
#include "engine/histogram-count.h"

#include "engine/histogram-rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The halves of a float's bits. */
#define HALF_BITS 16
#define HALVES    (1 << HALF_BITS)

typedef struct
{
  EwHistogram *h;
  double sum;
  gint64 *upper;     /* HALVES */
  gint64 *lower[2];  /* HALVES each: of values whose upper half is middle[k] */
  guint32 middle[2]; /* upper halves of the two values in the middle */
  gint64 rank[2];    /* which of those they are, from 0 on */
  gint64 *memory;
} Count;

/* The bits of a finite float, such that they are ordered as the numbers are; −0 comes right before 0. */
static guint32
key_of (float value)
{
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  return bits >> 31 != 0 ? ~bits : bits | 0x80000000u;
}

static double
value_of (guint32 key)
{
  guint32 bits = key >> 31 != 0 ? key & 0x7fffffffu : ~key;
  float value;

  memcpy (&value, &bits, sizeof value);
  return (double)value;
}

static void
survey_row (const float *row, int n, gpointer data)
{
  Count *count = data;
  EwHistogram *h = count->h;

  h->n += n;
  for (int j = 0; j < n; j++)
    {
      double value = (double)row[j];

      if (!isfinite (value))
        {
          h->n_nan += isnan (value) ? 1 : 0;
          h->n_infinite += isnan (value) ? 0 : 1;
          continue;
        }
      h->low = fmin (h->low, value);
      h->high = fmax (h->high, value);
      h->n_below += value < h->clip_low ? 1 : 0;
      h->n_above += value > h->clip_high ? 1 : 0;
      count->sum += value;
      count->upper[key_of (row[j]) >> HALF_BITS]++;
    }
}

/* The bin of a value, by the very edges that ew_histogram_edge gives. */
static gint64
bin_of (double value, double step)
{
  gint64 k = (gint64)floor (value / step);

  if (value < (double)k * step)
    k--;
  else if (value >= (double)(k + 1) * step)
    k++;
  return k;
}

/* The finest step with which there are at most EW_HISTOGRAM_BINS_MAX bins. */
static void
lay_bins (EwHistogram *h)
{
  static const double nice[] = { 1, 2, 2.5, 5, 10, 20 };
  double width = h->high - h->low;
  /* Values that are all alike have a bin of a twentieth of them or less. */
  double least = width > 0 ? width / EW_HISTOGRAM_BINS_MAX : fmax (fabs (h->high), 1e-30) / 40;
  double power = pow (10, floor (log10 (least)));

  for (guint k = 0; k < G_N_ELEMENTS (nice); k++)
    {
      h->step = nice[k] * power;
      h->first = bin_of (h->low, h->step);
      h->n_bins = (int)MIN (bin_of (h->high, h->step) - h->first + 1, EW_HISTOGRAM_BINS_MAX + 1);
      if (h->n_bins <= EW_HISTOGRAM_BINS_MAX)
        return;
    }
}

static void
fill_row (const float *row, int n, gpointer data)
{
  Count *count = data;
  EwHistogram *h = count->h;

  for (int j = 0; j < n; j++)
    {
      guint32 key;

      if (!isfinite (row[j]))
        continue;
      h->counts[bin_of ((double)row[j], h->step) - h->first]++;
      key = key_of (row[j]);
      for (int k = 0; k < 2; k++)
        if (key >> HALF_BITS == count->middle[k])
          count->lower[k][key & (HALVES - 1)]++;
    }
}

/* In which of @counts the value number *rank lies; *rank becomes its number there. */
static guint32
find_rank (const gint64 *counts, gint64 *rank)
{
  guint32 k = 0;

  for (; k + 1 < HALVES && *rank >= counts[k]; k++)
    *rank -= counts[k];
  return k;
}

static void
find_middle (Count *count, gint64 n)
{
  count->rank[0] = (n - 1) / 2;
  count->rank[1] = n / 2;
  for (int k = 0; k < 2; k++)
    count->middle[k] = find_rank (count->upper, &count->rank[k]);
}

static double
median_of (const Count *count)
{
  double sum = 0;

  for (int k = 0; k < 2; k++)
    {
      gint64 rank = count->rank[k];

      sum += value_of (count->middle[k] << HALF_BITS | find_rank (count->lower[k], &rank));
    }
  return sum / 2;
}

static gboolean
count_all (Count *count, EwHistogramRows *rows, EwCancel *cancel, GError **error)
{
  EwHistogram *h = count->h;
  gint64 n;

  if (!ew_histogram_rows_run (rows, survey_row, count, cancel, error))
    return FALSE;
  n = h->n - h->n_nan - h->n_infinite;
  if (n == 0)
    return TRUE;
  h->mean = count->sum / (double)n;
  lay_bins (h);
  find_middle (count, n);
  if (!ew_histogram_rows_run (rows, fill_row, count, cancel, error))
    return FALSE;
  h->median = median_of (count);
  return TRUE;
}

EwHistogram *
ew_histogram_new (const EwHistogramSource *source, EwCancel *cancel, GError **error)
{
  g_autoptr (EwHistogram) h = g_new0 (EwHistogram, 1);
  g_autoptr (EwHistogramRows) rows = NULL;
  Count count = { .h = h, .memory = calloc (3 * HALVES, sizeof (gint64)) };
  gboolean done;

  ew_refs_init (&h->refs);
  h->of = source->of;
  h->low = h->high = h->mean = h->median = NAN;
  h->clip_low = source->clip_low;
  h->clip_high = source->clip_high;
  if (count.memory == NULL)
    {
      g_set_error_literal (error, EW_ERROR, EW_ERROR_TOO_LARGE, "There is not enough memory for the histogram.");
      return NULL;
    }
  count.upper = count.memory;
  count.lower[0] = count.memory + HALVES;
  count.lower[1] = count.memory + 2 * HALVES;
  rows = ew_histogram_rows_new (source, error);
  done = rows != NULL && count_all (&count, rows, cancel, error);
  free (count.memory);
  if (done && source->of == EW_HISTOGRAM_RESIDUAL && source->mask != NULL)
    h->n_left_out = (gint64)source->y->height * source->y->width - h->n;
  return done ? g_steal_pointer (&h) : NULL;
}
