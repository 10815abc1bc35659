/* Phase correlation: by how many whole pixels one image is shifted against another. */
#pragma once

#include "engine/grid.h"

G_BEGIN_DECLS

/**
 * EwPhase:
 * @dy: y(i, j) looks like x(i + dy, j + dx); likewise @dx; within half of the window that was looked at
 * @strength: the peak in standard deviations of what unrelated images give; among the n² values of the window the largest
 *   of these is all but surely below √(4 ln n) + 3, 8 for a window of 1024
 */
typedef struct
{
  int dy;
  int dx;
  double strength;
} EwPhase;

/* Looks at the largest square window, a power of two from 8 to @most, in the middle of both images: the two are windowed
 * (Hann) and transformed, and the transforms' quotient of magnitude 1 transformed back. EW_ERROR_GEOMETRY where the
 * images are smaller than 8×8; EW_ERROR_TOO_LARGE and as ew_fftw. */
gboolean ew_phase_correlate (const EwGrid *x, const EwGrid *y, int most, EwPhase *phase, GError **error);

/* Where the smaller of two images lies in the larger one, which is at least as large both ways: y(i, j) looks like
 * x(i + dy, j + dx), where the smaller one lies wholly within the larger. Both are reduced to block means so that the larger
 * side is at most @most, padded, and compared as above; what that finds is refined in whole pixels by
 * ew_phase_correlate(). FALSE also where neither lies within the other. Errors as above. */
gboolean ew_phase_locate (const EwGrid *x, const EwGrid *y, int most, EwPhase *phase, GError **error);

G_END_DECLS
