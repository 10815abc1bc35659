/* The table of inner loops that each instruction set fills. Internal to the CPU backend. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * EwCpuHints:
 * @minus: values that are taken away from the outputs, or NULL
 * @minus_stride: their stride, in elements
 * @streaming: store past the caches, for outputs that do not fit them; y's rows then start on 64-byte boundaries
 * @x_ahead: so many elements behind each six rows of x that are new to the walk lie those that are needed next; they
 *   are fetched while the arithmetic runs. 0: no such place. Need not lie within the plane
 * @minus_ahead: likewise, behind the values of @minus
 *
 * How a correlation is done; nothing but @minus changes the result.
 */
typedef struct
{
  const float *minus;
  size_t minus_stride;
  gboolean streaming;
  size_t x_ahead;
  size_t minus_ahead;
} EwCpuHints;

/**
 * EwCpuKernels:
 * @id: "generic", "avx2", "avx512": the value of EDGEWISE_CPU that forces it
 * @title: for people
 * @correlate: y[i, j] = bias + Σ taps[a·kw + c] · x[i + a, j + c] for rows × width outputs. x and y point at the first
 *   element, strides are in elements. Reads exactly (rows + kh − 1) × (width + kw − 1) values of x
 * @correlate_hinted: the same with hints and x[i + a, j + c · x_step]; reads (width + (kw − 1) · x_step) columns
 * @correlate_gathered: y[j] = bias + Σ taps[a·kw + c] · x[rows[a] + columns[c] + j] for width outputs
 * @sums: over rows × width values (at most 4096) adds Σ r to *sum, unless @sum is NULL, and Σ r² to *squares, partial
 *   sums in float32
 * @gradient: sums[a·kw + c] += Σ r[i, j] · x[i + a, j + c · x_step] over rows × width residuals; products and partial
 * sums in float32 (at most 4096 residuals a call keep those short), totals in float64
 * @gradient_gathered: sums[a·kw + c] += Σ r[j] · x[rows[a] + columns[c] + j] over width residuals
 */
typedef struct
{
  const char *id;
  const char *title;
  void (*correlate) (const float *x, size_t x_stride, const float *taps, int kh, int kw, float bias, float *y,
                     size_t y_stride, int rows, int width);
  void (*correlate_hinted) (const float *x, size_t x_stride, const float *taps, int kh, int kw, float bias, float *y,
                            size_t y_stride, int rows, int width, int x_step, const EwCpuHints *hints);
  void (*correlate_gathered) (const float *x, const size_t *rows, const size_t *columns, const float *taps, int kh,
                              int kw, float bias, float *y, int width);
  void (*sums) (const float *r, size_t r_stride, int rows, int width, double *sum, double *squares);
  void (*gradient) (const float *x, size_t x_stride, const float *r, size_t r_stride, int kh, int kw, int rows,
                    int width, int x_step, double *sums);
  void (*gradient_gathered) (const float *x, const size_t *rows, const size_t *columns, const float *r, int kh, int kw,
                             int width, double *sums);
} EwCpuKernels;

extern const EwCpuKernels ew_cpu_generic;
#if defined(__x86_64__)
extern const EwCpuKernels ew_cpu_avx2;
extern const EwCpuKernels ew_cpu_avx512;
#endif

/* The best table for this processor, or the one that EDGEWISE_CPU asks for. EW_ERROR_DEVICE where the processor or this
 * build does not have that one. */
const EwCpuKernels *ew_cpu_kernels (GError **error);

/* The table of that id where the processor can run it, or NULL. */
const EwCpuKernels *ew_cpu_kernels_find (const char *id);

G_END_DECLS
