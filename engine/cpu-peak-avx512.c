/* The peak loops for AVX-512. */
#define EW_VECTOR_BYTES 64
#define EW_PEAK         ew_cpu_peak_avx512
#define EW_PEAK_ID      "avx512"
#include "engine/cpu-peak-impl.h"
