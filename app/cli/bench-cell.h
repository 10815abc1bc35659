/* EwBenchResult: a cell, measured beside its floor. */
#pragma once

#include "app/cli/bench-floor.h"

G_BEGIN_DECLS

/**
 * EwBenchResult:
 * @threads: that worked on it
 * @device: the backend's id
 * @method: in a word
 * @median: seconds of one run; likewise @min
 * @floor: seconds that no program could do it in; NaN where none is measured, which is on every device but the CPU
 * @arithmetic: the floor is the multiply-adds, not the memory
 */
typedef struct
{
  EwBenchCell cell;
  int threads;
  const char *device;
  const char *method;
  double median;
  double min;
  double floor;
  gboolean arithmetic;
} EwBenchResult;

/* The most seconds that one cell takes. */
#define EW_BENCH_SECONDS_MAX 5.0

/* Runs @work once to warm up, then again and again, with @floor measured in between; fills @result but for threads.
 * @began: when the cell's time began (ew_bench_now). Errors as the backend. */
gboolean ew_bench_measure (EwBenchWork *work, EwBenchFloor *floor, double began, EwBenchResult *result, GError **error);

G_END_DECLS
