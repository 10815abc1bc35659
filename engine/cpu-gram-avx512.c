/* The float64 sums for AVX-512. */
#define EW_VECTOR_BYTES 64
#define EW_SUMS_ROWS    8
#define EW_REGISTERS    32
#define EW_SUMS         ew_cpu_gram_avx512
#define EW_SUMS_ID      "avx512"
#include "engine/cpu-gram-sums-impl.h"
