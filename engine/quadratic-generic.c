/* The inner loops of EwQuadratic for any processor, on vectors of 16 bytes. */
#define EW_VECTOR_BYTES 16
#define EW_LOOPS        ew_quadratic_generic
#include "engine/quadratic-loops-impl.h"
