/* The inner loops of block means for AVX2. */
#define EW_LOOPS ew_block_loops_avx2
#include "engine/block-loops-impl.h"
