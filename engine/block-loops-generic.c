/* The inner loops of block means for any processor. */
#define EW_LOOPS ew_block_loops_generic
#include "engine/block-loops-impl.h"
