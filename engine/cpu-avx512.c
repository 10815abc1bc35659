/* The inner loops for AVX-512. */
#define EW_VECTOR_BYTES  64
#define EW_COLUMNS       4
#define EW_REGISTERS     32
#define EW_HELD_TAPS     7
#define EW_TAP_ROWS      7
#define EW_TAP_COLUMNS   3
#define EW_KERNELS       ew_cpu_avx512
#define EW_KERNELS_ID    "avx512"
#define EW_KERNELS_TITLE "AVX-512"
#include "engine/cpu-kernels-impl.h"
