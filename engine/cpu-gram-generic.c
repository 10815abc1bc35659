/* The float64 sums for any processor, on vectors of 16 bytes. */
#define EW_VECTOR_BYTES 16
#define EW_SUMS_ROWS    4
#define EW_REGISTERS    16
#define EW_SUMS         ew_cpu_gram_generic
#define EW_SUMS_ID      "generic"
#include "engine/cpu-gram-sums-impl.h"
