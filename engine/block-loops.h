/* The inner loops of block means, compiled once for each instruction set; all give the same bits. Internal to
 * EwBlockMeans. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Blocks that are summed up side by side. */
#define EW_BLOCK_LANES 4

/**
 * EwBlockWindows:
 * @side: values of a window
 * @n: windows
 * @starts: where each begins, ascending, the first at 0
 *
 * Their sums. What all have in common is added up once, as @sum does it; what one has before it, from the last to the first,
 * and behind it, from the first to the last, each part in order.
 */
typedef struct
{
  int side;
  int n;
  const int *starts;
} EwBlockWindows;

/**
 * EwBlockLoops:
 * @widen: to[k] += from[k] for k < n; what lies @ahead values behind is needed next, and is fetched
 * @add: to[k] += from[k]
 * @join: to[k] = a[k] + b[k]
 * @sum: Σ from[k], in eight sums that are added up at the end
 * @turn: to[EW_BLOCK_LANES·k + l] = from[l·pitch + k] for k < n: the same of that many blocks side by side
 * @windows: what EwBlockWindows says, of turned values, to sums[EW_BLOCK_LANES·q + l]
 */
typedef struct
{
  void (*widen) (const float *from, size_t ahead, double *to, int n);
  void (*add) (const double *from, double *to, int n);
  void (*join) (const double *a, const double *b, double *to, int n);
  double (*sum) (const double *from, int n);
  void (*turn) (const double *from, size_t pitch, int n, double *to);
  void (*windows) (const double *turned, const EwBlockWindows *windows, double *sums);
} EwBlockLoops;

extern const EwBlockLoops ew_block_loops_generic;
#if defined(__x86_64__)
extern const EwBlockLoops ew_block_loops_avx2;
extern const EwBlockLoops ew_block_loops_avx512;
#endif

G_END_DECLS
