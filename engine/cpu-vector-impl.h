/* The vectors that the inner loops are written on: GCC's vector types, as wide as EW_VECTOR_BYTES says. */
#pragma once

#include <glib.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define LANES ((int)(EW_VECTOR_BYTES / sizeof (float)))

typedef float Vector __attribute__ ((vector_size (EW_VECTOR_BYTES), may_alias));
/* The same, at any float's address. */
typedef float Unaligned __attribute__ ((vector_size (EW_VECTOR_BYTES), aligned (4), may_alias));

#define ALWAYS_INLINE static inline __attribute__ ((always_inline))

ALWAYS_INLINE Vector
load (const float *from)
{
  return *(const Unaligned *)from;
}

ALWAYS_INLINE void
store (float *to, Vector v)
{
  *(Unaligned *)to = v;
}

ALWAYS_INLINE Vector
broadcast (float value)
{
  return value - (Vector){ 0 };
}

/* Keeps a loaded vector in its register. Left alone, GCC folds the load into each instruction that uses it. */
#if defined(__x86_64__)
#define IN_REGISTER(v) __asm__("" : "+v"(v))
#else
#define IN_REGISTER(v)
#endif

/* Brings what lies @ahead elements behind @from into the second-level cache. The address need not be valid. */
ALWAYS_INLINE void
fetch (const float *from, size_t ahead)
{
  __builtin_prefetch ((const void *)((guintptr)from + ahead * sizeof (float)), 0, 2);
}

/* The first @n lanes (1 … LANES), the others zero; touches no element behind them. Likewise store_first. */
ALWAYS_INLINE Vector
load_first (const float *from, int n)
{
#if EW_VECTOR_BYTES == 64
  return (Vector)_mm512_maskz_loadu_ps ((__mmask16)(0xffffu >> (16 - n)), from);
#elif EW_VECTOR_BYTES == 32
  return (Vector)_mm256_maskload_ps (
      from, _mm256_cmpgt_epi32 (_mm256_set1_epi32 (n), _mm256_setr_epi32 (0, 1, 2, 3, 4, 5, 6, 7)));
#else
  Vector v = { 0 };

  for (int lane = 0; lane < n; lane++)
    v[lane] = from[lane];
  return v;
#endif
}

ALWAYS_INLINE void
store_first (float *to, Vector v, int n)
{
#if EW_VECTOR_BYTES == 64
  _mm512_mask_storeu_ps (to, (__mmask16)(0xffffu >> (16 - n)), (__m512)v);
#elif EW_VECTOR_BYTES == 32
  _mm256_maskstore_ps (to, _mm256_cmpgt_epi32 (_mm256_set1_epi32 (n), _mm256_setr_epi32 (0, 1, 2, 3, 4, 5, 6, 7)),
                       (__m256)v);
#else
  for (int lane = 0; lane < n; lane++)
    to[lane] = v[lane];
#endif
}

/* Past the caches: for outputs that would only push other data out of them. @to is aligned. */
ALWAYS_INLINE void
stream (float *to, Vector v)
{
#if EW_VECTOR_BYTES == 64
  _mm512_stream_ps (to, (__m512)v);
#elif EW_VECTOR_BYTES == 32
  _mm256_stream_ps (to, (__m256)v);
#elif defined(__x86_64__)
  _mm_stream_ps (to, (__m128)v);
#else
  *(Vector *)to = v;
#endif
}

/* Streamed values are in memory before anything that is stored from now on. */
ALWAYS_INLINE void
stream_end (void)
{
#if defined(__x86_64__)
  _mm_sfence ();
#endif
}

typedef double DoubleHalf __attribute__ ((vector_size (EW_VECTOR_BYTES)));
typedef float Half __attribute__ ((vector_size (EW_VECTOR_BYTES / 2)));

/* The sum of all lanes in float64. */
ALWAYS_INLINE double
sum_of_lanes (Vector v)
{
  union
  {
    Vector whole;
    Half halves[2];
  } u = { .whole = v };
  DoubleHalf sums = __builtin_convertvector(u.halves[0], DoubleHalf) + __builtin_convertvector(u.halves[1], DoubleHalf);
  double total = 0;

#if EW_VECTOR_BYTES == 64
  __m256d four = _mm512_castpd512_pd256 ((__m512d)sums) + _mm512_extractf64x4_pd ((__m512d)sums, 1);
  __m128d two = _mm256_castpd256_pd128 (four) + _mm256_extractf128_pd (four, 1);

  total = two[0] + two[1];
#else
  for (int lane = 0; lane < LANES / 2; lane++)
    total += sums[lane];
#endif
  return total;
}
