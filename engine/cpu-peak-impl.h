/* The peak loops on vectors of EW_VECTOR_BYTES; included once for each instruction set, which fills EW_PEAK. */
#pragma once

#include "engine/cpu-peak.h"
#include "engine/cpu-vector-impl.h"

#include <stdint.h>

/* Chains of multiply-adds that do not wait for each other: two units of four cycles need eight, and where a
 * multiply-add is two instructions, twelve. With the two factors they fit sixteen registers. */
#define CHAINS 12

typedef double DoubleVector __attribute__ ((vector_size (EW_VECTOR_BYTES)));
typedef guint64 Bits __attribute__ ((vector_size (EW_VECTOR_BYTES), aligned (4), may_alias));

/* v ← v·½ + 1 goes to 2 from anywhere: no overflow and no denormals. The factors come from where the compiler cannot
 * see them. A macro, so that every chain is a variable of its own, kept in a register. */
#define DEFINE_MULTIPLY(name, Type, Scalar)                                                                            \
  static double name (gint64 rounds)                                                                                   \
  {                                                                                                                    \
    Scalar one = 1;                                                                                                    \
    IN_REGISTER (one);                                                                                                 \
    Type m = one * (Scalar)0.5 - (Type){ 0 };                                                                          \
    Type b = one - (Type){ 0 };                                                                                        \
    Type v0 = b, v1 = v0 + b, v2 = v1 + b, v3 = v2 + b, v4 = v3 + b, v5 = v4 + b;                                      \
    Type v6 = v5 + b, v7 = v6 + b, v8 = v7 + b, v9 = v8 + b, v10 = v9 + b, v11 = v10 + b;                              \
                                                                                                                       \
    for (gint64 i = 0; i < rounds; i++)                                                                                \
      {                                                                                                                \
        ALL_CHAINS                                                                                                     \
        ALL_CHAINS                                                                                                     \
        ALL_CHAINS                                                                                                     \
        ALL_CHAINS                                                                                                     \
      }                                                                                                                \
    v0 += v1 + v2 + v3 + v4 + v5 + v6 + v7 + v8 + v9 + v10 + v11;                                                      \
    return v0[0];                                                                                                      \
  }
#define CHAIN(v) v = v * m + b;
#define ALL_CHAINS                                                                                                     \
  CHAIN (v0)                                                                                                           \
  CHAIN (v1)                                                                                                           \
  CHAIN (v2) CHAIN (v3) CHAIN (v4) CHAIN (v5) CHAIN (v6) CHAIN (v7) CHAIN (v8) CHAIN (v9) CHAIN (v10) CHAIN (v11)

DEFINE_MULTIPLY (multiply, Vector, float)
DEFINE_MULTIPLY (multiply_double, DoubleVector, double)

/* One place in memory is prefetched more slowly than several at once: long planes are walked in so many stretches, side
 * by side, a few cache lines of each in turn. */
#define STRETCHES      8
#define STRETCHES_FROM (1 << 16)
#define TURN           (256 / (int)sizeof (float))

/* Values of one stretch, whole turns; what is left over is walked by itself. */
static size_t
stretch_length (size_t n)
{
  return n < STRETCHES_FROM ? 0 : n / STRETCHES / TURN * TURN;
}

ALWAYS_INLINE void
read_turn (const float *x, Bits bits[4])
{
  for (int i = 0; i < TURN; i += 4 * LANES)
    {
      bits[0] |= *(const Bits *)(x + i);
      bits[1] |= *(const Bits *)(x + i + LANES);
      bits[2] |= *(const Bits *)(x + i + 2 * LANES);
      bits[3] |= *(const Bits *)(x + i + 3 * LANES);
    }
}

static float
read_values (const float *x, size_t n)
{
  Bits bits[4] = { 0 };
  size_t length = stretch_length (n);
  size_t i = STRETCHES * length;
  float rest = 0;

  for (size_t j = 0; j < length; j += TURN)
    for (int k = 0; k < STRETCHES; k++)
      read_turn (x + k * length + j, bits);
  for (; i + TURN <= n; i += TURN)
    read_turn (x + i, bits);
  for (; i < n; i++)
    rest += x[i];
  bits[0] |= bits[1] | bits[2] | bits[3];
  return rest + (float)(bits[0][0] & 1);
}

/* y is on a vector's boundary. */
ALWAYS_INLINE void
copy_turn (const float *x, float *y, void (*put) (float *, Vector))
{
  for (int i = 0; i < TURN; i += LANES)
    put (y + i, load (x + i));
}

ALWAYS_INLINE void
copy_with (const float *x, float *y, size_t n, void (*put) (float *, Vector))
{
  size_t i = 0;

  for (; i < n && (uintptr_t)(y + i) % EW_VECTOR_BYTES != 0; i++)
    y[i] = x[i];

  size_t length = stretch_length (n - i);

  for (size_t j = 0; j < length; j += TURN)
    for (int k = 0; k < STRETCHES; k++)
      copy_turn (x + i + k * length + j, y + i + k * length + j, put);
  for (i += STRETCHES * length; i + TURN <= n; i += TURN)
    copy_turn (x + i, y + i, put);
  for (; i < n; i++)
    y[i] = x[i];
}

static void
copy (const float *x, float *y, size_t n)
{
  copy_with (x, y, n, store);
}

static void
copy_streaming (const float *x, float *y, size_t n)
{
  copy_with (x, y, n, stream);
  stream_end ();
}

const EwCpuPeak EW_PEAK = {
  .id = EW_PEAK_ID,
  .floats = 4 * CHAINS * LANES,
  .doubles = 4 * CHAINS * LANES / 2,
  .multiply = multiply,
  .multiply_double = multiply_double,
  .read = read_values,
  .copy = copy,
  .copy_streaming = copy_streaming,
};
