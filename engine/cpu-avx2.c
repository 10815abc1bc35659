/* The inner loops for AVX2. */
#define EW_VECTOR_BYTES  32
#define EW_COLUMNS       2
#define EW_REGISTERS     16
#define EW_HELD_TAPS     3
#define EW_TAP_ROWS      3
#define EW_TAP_COLUMNS   3
#define EW_KERNELS       ew_cpu_avx2
#define EW_KERNELS_ID    "avx2"
#define EW_KERNELS_TITLE "AVX2"
#include "engine/cpu-kernels-impl.h"
