/* The inner loops of block means, compiled once for each instruction set; all give the same bits. Internal to
 * EwBlockMeans. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * EwBlockLoops:
 * @widen: to[k] += from[k] for k < n; what lies @ahead values behind is needed next, and is fetched
 * @add: to[k] += from[k]
 * @sum: Σ from[k], in eight sums that are added up at the end
 */
typedef struct
{
  void (*widen) (const float *from, size_t ahead, double *to, int n);
  void (*add) (const double *from, double *to, int n);
  double (*sum) (const double *from, int n);
} EwBlockLoops;

extern const EwBlockLoops ew_block_loops_generic;
#if defined(__x86_64__)
extern const EwBlockLoops ew_block_loops_avx2;
extern const EwBlockLoops ew_block_loops_avx512;
#endif

G_END_DECLS
