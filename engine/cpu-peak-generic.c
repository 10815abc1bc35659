/* The peak loops for any processor. */
#define EW_VECTOR_BYTES 16
#define EW_PEAK         ew_cpu_peak_generic
#define EW_PEAK_ID      "generic"
#include "engine/cpu-peak-impl.h"
