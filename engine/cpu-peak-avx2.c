/* The peak loops for AVX2. */
#define EW_VECTOR_BYTES 32
#define EW_PEAK         ew_cpu_peak_avx2
#define EW_PEAK_ID      "avx2"
#include "engine/cpu-peak-impl.h"
