/* The table of loops that do nothing but what no method can do without: multiply-adds, reading, writing. What the bench
 * measures everything else against. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * EwCpuPeak:
 * @id: "generic", "avx2", "avx512"
 * @floats: float32 multiply-adds of one round of @multiply
 * @doubles: float64 multiply-adds of one round of @multiply_double
 * @multiply: @rounds of them from register to register, independent enough to keep every unit busy; returns what they
 *   add up to, which is of no use
 * @multiply_double: likewise
 * @read: reads @n values; returns something of them
 * @copy: y[i] = x[i] for @n values
 * @copy_streaming: the same, written past the caches where y[i] lies on a vector's boundary
 *
 * None allocates or synchronises; any number of threads may call them.
 */
typedef struct
{
  const char *id;
  int floats;
  int doubles;
  double (*multiply) (gint64 rounds);
  double (*multiply_double) (gint64 rounds);
  float (*read) (const float *x, size_t n);
  void (*copy) (const float *x, float *y, size_t n);
  void (*copy_streaming) (const float *x, float *y, size_t n);
} EwCpuPeak;

extern const EwCpuPeak ew_cpu_peak_generic;
#if defined(__x86_64__)
extern const EwCpuPeak ew_cpu_peak_avx2;
extern const EwCpuPeak ew_cpu_peak_avx512;
#endif

/* The table for the instruction set that the CPU backend uses (see EDGEWISE_CPU). Errors as ew_cpu_kernels. */
const EwCpuPeak *ew_cpu_peak (GError **error);

G_END_DECLS
