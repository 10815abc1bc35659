/* EwBenchFloor: the peak loops on as many threads as the cell has. */
#include "app/cli/bench-floor.h"

#include "engine/cpu-peak.h"
#include "engine/pool.h"

#include <math.h>
#include <time.h>

/* Multiply-adds a thread in one measurement of their rate: about a millisecond. */
#define RATE_WORK 1e8

/* Bytes that are moved in one measurement at least, so that it is long enough for the clock. */
#define TRAFFIC_BYTES 4e6

/* What a thread moves at a time, where there are several: so many parts a thread that they end together, but no smaller
 * ones than this. */
#define PARTS_A_THREAD 4
#define PART_VALUES    (1 << 15)

typedef void (*Move) (const EwBenchFloor *floor, size_t from, size_t to);

struct _EwBenchFloor
{
  EwPool *pool;
  const EwCpuPeak *peak;
  EwBenchCell cell;
  const float *x;
  float *y;
  /* Values that must be read or written, at least; the planes' padding is left out. */
  size_t n_x;
  size_t n_y;
  double multiply_adds;
  /* The job. */
  Move move;
  size_t part;
  gint64 rounds;
  /* The least so far. */
  double memory;
  double arithmetic;
};

double
ew_bench_now (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

EwBenchFloor *
ew_bench_floor_new (int threads, GError **error)
{
  const EwCpuPeak *peak = ew_cpu_peak (error);
  EwPool *pool = peak == NULL ? NULL : ew_pool_new (threads, error);

  if (pool == NULL)
    return NULL;

  EwBenchFloor *floor = g_new0 (EwBenchFloor, 1);

  floor->peak = peak;
  floor->pool = pool;
  return floor;
}

void
ew_bench_floor_free (EwBenchFloor *floor)
{
  if (floor == NULL)
    return;
  ew_pool_free (floor->pool);
  g_free (floor);
}

/* Each output needs its taps once to be correlated, once more for the gradient. For the Gram matrix each of the
 * different lags between two taps needs a sum over as many products as there are outputs, and each tap one for h. */
static double
count_multiply_adds (const EwBenchCell *cell)
{
  double outputs = (double)(cell->height - cell->kernel_height + 1) * (cell->width - cell->kernel_width + 1);
  double taps = (double)cell->kernel_height * cell->kernel_width;
  double lags = (2.0 * cell->kernel_height - 1) * (2.0 * cell->kernel_width - 1);

  switch (cell->op)
    {
    case EW_BENCH_STEP:
      return outputs * taps * 2;
    case EW_BENCH_GRAM:
      return outputs * ((lags + 1) / 2 + taps);
    case EW_BENCH_CORR2D:
    default:
      return outputs * taps;
    }
}

void
ew_bench_floor_begin (EwBenchFloor *floor, const EwBenchCell *cell, const EwGrid *x, EwGrid *y)
{
  floor->cell = *cell;
  floor->x = x->data;
  floor->y = y->data;
  floor->n_x = (size_t)x->height * (size_t)x->width;
  floor->n_y = (size_t)y->height * (size_t)y->width;
  floor->multiply_adds = count_multiply_adds (cell);
  floor->memory = INFINITY;
  floor->arithmetic = INFINITY;
}

/* --- memory: values from … to − 1 of X, and what there is of them in Y, which is never the larger one */

static float nowhere;

static void
move_read (const EwBenchFloor *floor, size_t from, size_t to)
{
  float of_x = floor->peak->read (floor->x + from, to - from);
  float of_y = from < floor->n_y ? floor->peak->read (floor->y + from, MIN (to, floor->n_y) - from) : 0;

  /* Never true of finite values, which the compiler cannot know. */
  if (!(of_x - of_x == 0 && of_y - of_y == 0))
    nowhere = of_x;
}

static void
move_with (const EwBenchFloor *floor, size_t from, size_t to, void (*copy) (const float *, float *, size_t))
{
  size_t both = MIN (to, MAX (from, floor->n_y));

  copy (floor->x + from, floor->y + from, both - from);
  if (both < to && !isfinite (floor->peak->read (floor->x + both, to - both)))
    nowhere = floor->x[both];
}

static void
move_copy (const EwBenchFloor *floor, size_t from, size_t to)
{
  move_with (floor, from, to, floor->peak->copy);
}

static void
move_streaming (const EwBenchFloor *floor, size_t from, size_t to)
{
  move_with (floor, from, to, floor->peak->copy_streaming);
}

static void
move_part (int item, gpointer data)
{
  const EwBenchFloor *floor = data;
  size_t from = (size_t)item * floor->part;

  floor->move (floor, from, MIN (from + floor->part, floor->n_x));
}

/* Wakes the threads, so that what is timed next does not wait for them. */
static void
wake_part (int item, gpointer data)
{
  const EwBenchFloor *floor = data;

  floor->peak->multiply (100);
}

static void
wake (EwBenchFloor *floor)
{
  ew_pool_run (floor->pool, 16 * ew_pool_threads (floor->pool), wake_part, floor, NULL);
}

static void
measure_traffic (EwBenchFloor *floor, Move move)
{
  int threads = ew_pool_threads (floor->pool);
  double bytes = (double)(floor->n_x + floor->n_y) * sizeof (float);
  int times = (int)(TRAFFIC_BYTES / bytes) + 1;

  floor->move = move;
  floor->part = floor->n_x;
  if (threads > 1)
    floor->part = MAX (PART_VALUES, (floor->n_x / (PARTS_A_THREAD * threads) + 63) / 64 * 64);

  int n = (int)((floor->n_x + floor->part - 1) / floor->part);

  wake (floor);

  double start = ew_bench_now ();

  for (int i = 0; i < times; i++)
    ew_pool_run (floor->pool, n, move_part, floor, NULL);
  floor->memory = MIN (floor->memory, (ew_bench_now () - start) / times);
}

/* --- arithmetic */

static void
multiply_part (int item, gpointer data)
{
  const EwBenchFloor *floor = data;
  double sum = floor->cell.op == EW_BENCH_GRAM ? floor->peak->multiply_double (floor->rounds)
                                               : floor->peak->multiply (floor->rounds);

  if (!isfinite (sum))
    nowhere = (float)sum;
}

static void
measure_multiply_adds (EwBenchFloor *floor)
{
  int threads = ew_pool_threads (floor->pool);
  int of_a_round = floor->cell.op == EW_BENCH_GRAM ? floor->peak->doubles : floor->peak->floats;

  floor->rounds = (gint64)(RATE_WORK / floor->peak->floats);
  wake (floor);

  double start = ew_bench_now ();

  ew_pool_run (floor->pool, threads, multiply_part, floor, NULL);

  double seconds = ew_bench_now () - start;
  double done = (double)threads * (double)floor->rounds * of_a_round;

  floor->arithmetic = MIN (floor->arithmetic, seconds * floor->multiply_adds / done);
}

void
ew_bench_floor_measure (EwBenchFloor *floor)
{
  if (floor->cell.op == EW_BENCH_CORR2D)
    {
      measure_traffic (floor, move_copy);
      measure_traffic (floor, move_streaming);
    }
  else
    measure_traffic (floor, move_read);
  measure_multiply_adds (floor);
}

double
ew_bench_floor_seconds (const EwBenchFloor *floor, gboolean *arithmetic)
{
  *arithmetic = floor->arithmetic > floor->memory;
  return MAX (floor->arithmetic, floor->memory);
}
