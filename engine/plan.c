/* Methods by measured costs. */
#include "engine/plan.h"

#include "engine/fft-tiling.h"

#include <math.h>
#include <string.h>

/**
 * Costs:
 * @id: the instruction set
 * @output: of an output of one direct pass, besides its taps
 * @tap: of a tap of the direct loops
 * @line_tap: of a tap of a pass along rows or columns, which are short and whose results pass through the cache
 * @transforms: what an operation as fft-tiling.c counts them takes
 * @far: of an output through transforms besides, where input and output are beyond the caches
 *
 * Nanoseconds on one core, fitted within a quarter to direct, separable and FFT for kernels 3×3 … 63×63 and images
 * 128², 512², 1024² and 4096². Their ratios are what counts. 2026-11-24, virtual machine on AMD EPYC (Zen 4), GCC 12
 * and FFTW 3.3.10; the row for AVX-512 2026-11-26 on an Intel Xeon (Emerald Rapids), one thread and two, whose two
 * units for it make direct sums dearer than transforms only from 17×17 to 21×21 on.
 */
typedef struct
{
  const char *id;
  double output;
  double tap;
  double line_tap;
  double transforms;
  double far;
} Costs;

/* Outputs that, with their inputs, are beyond the caches. */
#define FAR_OUTPUTS (4 << 20)

/* Nanoseconds that the singular values of a kernel take, by its taps and its shorter side; measured from 11×11 to
 * 63×63, where they are longer than the correlation of a small image. */
#define FACTORS_COST 210

static const Costs table[] = {
  { "avx512", 0.10, 0.0125, 0.042, 0.0146, 1.8 },
  { "avx2", 0.10, 0.0182, 0.045, 0.0105, 1.2 },
  { "generic", 0.15, 0.0535, 0.080, 0.0125, 1.2 },
};

static const Costs *
costs_for (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (table[i].id, id) == 0)
      return &table[i];
  return &table[G_N_ELEMENTS (table) - 1];
}

/* Transforms' cost; INFINITY where it is above @least in any case, since the search for a tiling itself takes as long
 * as a small image. */
static double
cost_of_transforms (const Costs *costs, int output_height, int output_width, int kernel_height, int kernel_width,
                    double least)
{
  double outputs = (double)output_height * output_width;
  double far = outputs > FAR_OUTPUTS ? costs->far * outputs : 0;
  EwFftTiling tiling;

  if (least <= costs->transforms * EW_FFT_TILING_LEAST * outputs + far)
    return INFINITY;
  return far
         + costs->transforms * ew_fft_tiling_choose (&tiling, output_height, output_width, kernel_height, kernel_width);
}

EwMethod
ew_plan_choose_by_rank (int height, int width, int kernel_height, int kernel_width, int rank, const char *id)
{
  const Costs *costs = costs_for (id);
  int output_height = height - kernel_height + 1;
  int output_width = width - kernel_width + 1;
  double outputs = (double)output_height * output_width;
  double direct = outputs * (costs->output + costs->tap * kernel_height * kernel_width);
  double factors = (double)FACTORS_COST * kernel_height * kernel_width * MIN (kernel_height, kernel_width);
  double separable
      = outputs * rank * (2 * costs->output + costs->line_tap * (kernel_height + kernel_width)) + factors;
  EwMethod method = EW_METHOD_DIRECT;
  double least = direct;

  if (rank <= EW_SEPARABLE_RANK_MAX && separable < least)
    {
      method = EW_METHOD_SEPARABLE;
      least = separable;
    }
  if (cost_of_transforms (costs, output_height, output_width, kernel_height, kernel_width, least) < least)
    method = EW_METHOD_FFT;
  return method;
}

EwMethod
ew_plan_choose (int height, int width, const EwKernel *kernel, const char *id, EwSeparable **separable)
{
  g_autofree EwSeparable *factors = NULL;
  int rank = EW_SEPARABLE_RANK_MAX + 1;
  EwMethod method;

  if (separable != NULL)
    *separable = NULL;
  /* Where even one term would not pay, the kernel's rank need not be found. */
  if (ew_plan_choose_by_rank (height, width, kernel->height, kernel->width, 1, id) == EW_METHOD_SEPARABLE)
    factors = ew_separable_new (kernel, EW_SEPARABLE_RANK_MAX, EW_SEPARABLE_EXACT);
  if (factors != NULL)
    rank = factors->rank;
  method = ew_plan_choose_by_rank (height, width, kernel->height, kernel->width, rank, id);
  if (method == EW_METHOD_SEPARABLE && separable != NULL)
    *separable = g_steal_pointer (&factors);
  return method;
}
