/* The inner loops of EwQuadratic for AVX2. */
#define EW_VECTOR_BYTES 32
#define EW_LOOPS        ew_quadratic_avx2
#include "engine/quadratic-loops-impl.h"
