/* The inner loops of block means for AVX-512. */
#define EW_LOOPS ew_block_loops_avx512
#include "engine/block-loops-impl.h"
