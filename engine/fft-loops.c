/* Written once on vectors of 16 bytes, whose shuffles every processor has in one instruction, and compiled for the
 * plain processor and for AVX2. */
#include "engine/fft-loops.h"

#include <math.h>
#include <string.h>

#define ALWAYS_INLINE static inline __attribute__ ((always_inline))
#define LANES         4

typedef float Vector __attribute__ ((vector_size (16), may_alias));
typedef gint32 Mask __attribute__ ((vector_size (16), may_alias));
/* The same, at any float's address. */
typedef float Unaligned __attribute__ ((vector_size (16), aligned (4), may_alias));

#define LOAD(from)      (*(const Unaligned *)(from))
#define STORE(to, what) (*(Unaligned *)(to) = (what))

ALWAYS_INLINE gboolean
zip_loop (const float *a, const float *b, const float *centres, float limit, int n, EwComplex *to)
{
  const Mask magnitude = (Mask){ 0 } + G_MAXINT32;
  Mask bad = { 0 };
  gboolean found = FALSE;
  int j = 0;

  for (; j + LANES <= n; j += LANES)
    {
      Vector u = LOAD (a + j);
      Vector v = LOAD (b + j);
      Mask u_good = (Vector)((Mask)u & magnitude) <= limit;
      Mask v_good = (Vector)((Mask)v & magnitude) <= limit;

      bad |= ~(u_good & v_good);
      u = (Vector)((Mask)(u - centres[0]) & u_good);
      v = (Vector)((Mask)(v - centres[1]) & v_good);
      STORE (to[j], __builtin_shufflevector (u, v, 0, 4, 1, 5));
      STORE (to[j + LANES / 2], __builtin_shufflevector (u, v, 2, 6, 3, 7));
    }
  for (; j < n; j++)
    {
      gboolean a_good = fabsf (a[j]) <= limit;
      gboolean b_good = fabsf (b[j]) <= limit;

      found |= !a_good || !b_good;
      to[j][0] = a_good ? a[j] - centres[0] : 0;
      to[j][1] = b_good ? b[j] - centres[1] : 0;
    }
  for (int lane = 0; lane < LANES; lane++)
    found |= bad[lane] != 0;
  return found;
}

ALWAYS_INLINE void
unzip_loop (const EwComplex *from, float scale, const float *offsets, int n, float *a, float *b)
{
  int j = 0;

  for (; j + LANES <= n; j += LANES)
    {
      Vector low = LOAD (from[j]);
      Vector high = LOAD (from[j + LANES / 2]);

      STORE (a + j, __builtin_shufflevector (low, high, 0, 2, 4, 6) * scale + offsets[0]);
      STORE (b + j, __builtin_shufflevector (low, high, 1, 3, 5, 7) * scale + offsets[1]);
    }
  for (; j < n; j++)
    {
      a[j] = from[j][0] * scale + offsets[0];
      b[j] = from[j][1] * scale + offsets[1];
    }
}

ALWAYS_INLINE void
multiply_loop (EwComplex *z, const EwComplex *by, int n)
{
  const Vector sign = { -1, 1, -1, 1 };

  for (int i = 0; i < n; i += LANES / 2)
    {
      Vector v = *(const Vector *)z[i];
      Vector w = *(const Vector *)by[i];
      Vector re = __builtin_shufflevector (w, w, 0, 0, 2, 2);
      Vector im = __builtin_shufflevector (w, w, 1, 1, 3, 3);
      Vector swapped = __builtin_shufflevector (v, v, 1, 0, 3, 2);

      *(Vector *)z[i] = v * re + swapped * im * sign;
    }
}

ALWAYS_INLINE int
add_loop (const float *x, float limit, int n, float *sums)
{
  int added = 0;

  for (int j = 0; j < n; j++)
    {
      gboolean good = fabsf (x[j]) <= limit;

      added += good;
      sums[j] += good ? x[j] : 0;
    }
  return added;
}

#define LOOPS(name, attributes)                                                                                        \
  attributes static gboolean zip_##name (const float *a, const float *b, const float *centres, float limit, int n,     \
                                         EwComplex *to)                                                                \
  {                                                                                                                    \
    return zip_loop (a, b, centres, limit, n, to);                                                                     \
  }                                                                                                                    \
  attributes static void unzip_##name (const EwComplex *from, float scale, const float *offsets, int n, float *a,      \
                                       float *b)                                                                       \
  {                                                                                                                    \
    unzip_loop (from, scale, offsets, n, a, b);                                                                        \
  }                                                                                                                    \
  attributes static void multiply_##name (EwComplex *z, const EwComplex *by, int n)                                    \
  {                                                                                                                    \
    multiply_loop (z, by, n);                                                                                          \
  }                                                                                                                    \
  attributes static int add_##name (const float *x, float limit, int n, float *sums)                                   \
  {                                                                                                                    \
    return add_loop (x, limit, n, sums);                                                                               \
  }                                                                                                                    \
  static const EwFftLoops name = { zip_##name, unzip_##name, multiply_##name, add_##name };

LOOPS (generic, )
#if defined(__x86_64__)
LOOPS (avx2, __attribute__ ((target ("avx2,fma"))))
#endif

const EwFftLoops *
ew_fft_loops (const char *id)
{
#if defined(__x86_64__)
  if (strcmp (id, "generic") != 0)
    return &avx2;
#endif
  return &generic;
}
