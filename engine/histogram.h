/* EwHistogram: how the values of a whole output, target or residual are spread. Data only, immutable;
 * made by histogram-count.h. */
#pragma once

#include "engine/refs.h"

G_BEGIN_DECLS

/* What is counted: Ŷ = X ⋆ K + bias, Y, or Ŷ − Y. */
typedef enum
{
  EW_HISTOGRAM_OUTPUT,
  EW_HISTOGRAM_TARGET,
  EW_HISTOGRAM_RESIDUAL,
} EwHistogramOf;

/* The most bins, and how many there are at least where the values differ enough for it. */
#define EW_HISTOGRAM_BINS_MAX 65
#define EW_HISTOGRAM_BINS_MIN 24

/**
 * EwHistogram:
 * @task: whose values, as the one who asked said; likewise @sample and @epoch
 * @of: what was counted
 * @n: values, all of them; @n_nan and @n_infinite are among these and in no bin
 * @n_left_out: beside those @n, residuals that a mask leaves out
 * @low: the least finite value; NaN where there is none; likewise @high, @mean and @median (of an even number: the mean
 *   of the two in the middle)
 * @step: width of a bin, 1, 2, 2.5 or 5 times a power of ten
 * @first: bin k holds the values in [(first + k)·step, (first + k + 1)·step): zero is always the edge of one
 * @n_bins: bins, from the least value's to the greatest's; 0 where nothing is finite
 * @counts: exact
 * @clip_low: what the colours cover; @clip_high
 * @n_below: finite values below clip_low; likewise @n_above
 */
typedef struct
{
  EwRefs refs;
  guint64 task;
  int sample;
  guint64 epoch;
  EwHistogramOf of;
  gint64 n;
  gint64 n_nan;
  gint64 n_infinite;
  gint64 n_left_out;
  double low;
  double high;
  double mean;
  double median;
  double step;
  gint64 first;
  int n_bins;
  gint64 counts[EW_HISTOGRAM_BINS_MAX];
  double clip_low;
  double clip_high;
  gint64 n_below;
  gint64 n_above;
} EwHistogram;

/* References may be taken and dropped on any thread. */
EwHistogram *ew_histogram_ref (EwHistogram *histogram);
void ew_histogram_unref (EwHistogram *histogram);

/* Where bin @k begins; bin n_bins begins where the last one ends. */
static inline double
ew_histogram_edge (const EwHistogram *histogram, int k)
{
  return (double)(histogram->first + k) * histogram->step;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwHistogram, ew_histogram_unref)

G_END_DECLS
