/* The frequency response of a kernel. */
#pragma once

#include "engine/grid.h"
#include "engine/kernel.h"

G_BEGIN_DECLS

/* Frequencies along each side of the picture: odd, so that 0 is in the middle and ±½ at the ends. */
#define EW_RESPONSE_SIDE 129

/* |H(u, v)| = |Σ K[a, c] · exp(−2πi(v·a + u·c))|, without the bias, as an EW_RESPONSE_SIDE square, transfer full:
 * column n is u = (n − 64)/128 cycles a pixel along a row, row n is v = (n − 64)/128 down a column: a wave is found in
 * the direction in which it runs. Correlating a wave of that frequency scales it by this; flipping the kernel changes
 * nothing. Taps in float64; each value is rounded once to float32 and capped at FLT_MAX. Some milliseconds for the
 * largest kernel. */
EwGrid *ew_response_new (const EwKernel *kernel);

/* The same at one frequency, by the formula itself. */
double ew_response_at (const EwKernel *kernel, double u, double v);

G_END_DECLS
