/* The golden case: the textbook's experiment, number by number. The window opens on it, `edgewise-cli demo` prints it, the
 * tests hold everything against it. */
#pragma once

#include "engine/grid.h"
#include "engine/kernel.h"

G_BEGIN_DECLS

/* Gradient descent on the sum of squares, full batch, without bias. */
#define EW_GOLDEN_RATE   3e-2
#define EW_GOLDEN_EPOCHS 100

/* The worked example: X = [[0,1,2],[3,4,5],[6,7,8]] and K = [[0,1],[2,3]]; X ⋆ K = [[19,25],[37,43]]. Transfer full. */
EwGrid *ew_golden_example_input (void);
EwKernel *ew_golden_example_kernel (void);

/* 6×8 ones with columns 2 … 5 zero. Transfer full. */
EwGrid *ew_golden_edge_image (void);

/* [1 −1]: its output on the edge image is 1 in column 1, −1 in column 5, else 0. Transfer full. */
EwKernel *ew_golden_edge_kernel (void);

/* The weights that the textbook's run starts from. Transfer full. */
EwKernel *ew_golden_start (void);

G_END_DECLS
