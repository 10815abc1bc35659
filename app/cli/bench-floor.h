/* EwBenchFloor: what no program could do a cell in less than, measured on this machine. */
#pragma once

#include "app/cli/bench-work.h"

G_BEGIN_DECLS

typedef struct _EwBenchFloor EwBenchFloor;

/* A floor for @threads threads. EW_ERROR_DEVICE as ew_pool_new and ew_cpu_peak. */
EwBenchFloor *ew_bench_floor_new (int threads, GError **error);
void ew_bench_floor_free (EwBenchFloor *floor);

/* Begins a cell whose input is @x and whose output or target is @y. Both must stay until its last measurement; an
 * output is written. */
void ew_bench_floor_begin (EwBenchFloor *floor, const EwBenchCell *cell, const EwGrid *x, EwGrid *y);

/* Measures once: the memory traffic of the cell alone, on the cell's own planes, and its multiply-adds alone, at the
 * rate of some of them in registers. Takes a few milliseconds, or the time of the traffic. */
void ew_bench_floor_measure (EwBenchFloor *floor);

/* The larger of the two, each the least that was measured, in seconds. *arithmetic: whether it is the multiply-adds. */
double ew_bench_floor_seconds (const EwBenchFloor *floor, gboolean *arithmetic);

/* Seconds on a clock that only goes forward. */
double ew_bench_now (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwBenchFloor, ew_bench_floor_free)

G_END_DECLS
