/* The inner loops for any processor, on vectors of 16 bytes. */
#define EW_VECTOR_BYTES  16
#define EW_COLUMNS       2
#define EW_REGISTERS     16
#define EW_HELD_TAPS     0
#define EW_TAP_ROWS      3
#define EW_TAP_COLUMNS   3
#define EW_KERNELS       ew_cpu_generic
#define EW_KERNELS_ID    "generic"
#define EW_KERNELS_TITLE "generic"
#include "engine/cpu-kernels-impl.h"
