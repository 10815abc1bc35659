/* The table of float64 sums that each instruction set fills. Internal to the CPU backend. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The most rows that one call of `exact` takes. */
#define EW_EXACT_ROWS_MAX 8

/* A plane of the input that residuals are of: its values under the first output, its taps and, for each tap, a sum. */
typedef struct
{
  const float *x;
  size_t stride;
  const double *taps; /* kh × kw, at most 63×63 */
  int kh;
  int kw;
  double *sums; /* kh × kw */
} EwExactPlane;

/**
 * EwCpuGramSums:
 * @id: as in EwCpuKernels
 * @cross: sums[d·sums_stride + k] += Σ a[i, j] · b[i + d, j + k] over rows × width values of a, for d < n_down and
 *   k < n_right (both at most 125). Strides are in elements. Reads exactly rows × width values of a
 *   and (rows + n_down − 1) × (width + n_right − 1) of b, all of which must be finite. The lags d = 0, k < skip are left
   out
 * @total: Σ x[i, j] over rows × width values
 * @exact: with r = bias + Σ over planes, Σ taps[a·kw + c] · x[i + a, j + c] − y[i, j] over rows (at most
 *   EW_EXACT_ROWS_MAX) × width, adds Σ m·r·x[i + a, j + c] to each plane's sums, Σ m·r to totals[0] and Σ m·r² to
 *   totals[1]; m is mask[i, j], or 1 where @mask is NULL
 * @weighted: sums[c·sums_stride + d·n_right + k] += Σ m[i, j]·a[i, j + c] · b[i + d, j + k] over rows × width values of
 *   m, for c < n_a, d < n_down and k < n_right (all at most 63)
 *
 * Data are float32; products of two of them are exact in float64, and all sums are float64.
 */
typedef struct
{
  const char *id;
  void (*cross) (const float *a, size_t a_stride, const float *b, size_t b_stride, int rows, int width, int n_down,
                 int n_right, int skip, double *sums, size_t sums_stride);
  double (*total) (const float *x, size_t x_stride, int rows, int width);
  void (*exact) (const EwExactPlane *planes, int n_planes, const float *y, size_t y_stride, const float *mask,
                 size_t mask_stride, double bias, int rows, int width, double *totals);
  void (*weighted) (const float *m, size_t m_stride, const float *a, size_t a_stride, int n_a, const float *b,
                    size_t b_stride, int rows, int width, int n_down, int n_right, double *sums, size_t sums_stride);
} EwCpuGramSums;

extern const EwCpuGramSums ew_cpu_gram_generic;
#if defined(__x86_64__)
extern const EwCpuGramSums ew_cpu_gram_avx2;
extern const EwCpuGramSums ew_cpu_gram_avx512;
#endif

/* The table that goes with the kernels of that id, which this processor must be able to run. */
const EwCpuGramSums *ew_cpu_gram_sums (const char *id);

G_END_DECLS
