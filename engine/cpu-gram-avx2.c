/* The float64 sums for AVX2. */
#define EW_VECTOR_BYTES 32
#define EW_SUMS_ROWS    4
#define EW_REGISTERS    16
#define EW_SUMS         ew_cpu_gram_avx2
#define EW_SUMS_ID      "avx2"
#include "engine/cpu-gram-sums-impl.h"
