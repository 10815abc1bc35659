/* The formulas of the presets that take parameters. Internal to preset. */
#pragma once

#include "engine/preset.h"

G_BEGIN_DECLS

/* Angles are in degrees, counter-clockwise from the right as seen on the screen: 90 points up. x and y below are
 * columns to the right and rows up from the middle tap. Every size is odd. */

/* The weights in the table. */
EwKernel *ew_make_fixed (const EwPreset *preset, const double *values);

/* size: one 1 in the middle. */
EwKernel *ew_make_identity (const EwPreset *preset, const double *values);

/* size: 1/size² everywhere. */
EwKernel *ew_make_box (const EwPreset *preset, const double *values);

/* size, sigma: exp(−(x² + y²)/2σ²), sum 1. sigma 0: the binomial weights of that size, whose σ is √(size − 1)/2. */
EwKernel *ew_make_gaussian (const EwPreset *preset, const double *values);

/* length, angle: the length of that segment, laid through the middle, within each pixel's square, over its whole
 * length. As large as the segment reaches. */
EwKernel *ew_make_motion (const EwPreset *preset, const double *values);

/* radius: the share of each pixel's square that a disc covers (16×16 samples), sum 1: an unsharp lens. */
EwKernel *ew_make_disc (const EwPreset *preset, const double *values);

/* angle, a multiple of 45: 5 on the three taps of the rim that lie there, −3 on the other five, 0 in the middle
 * (Kirsch, Computer determination of the constituent structure of biological images, 1971). */
EwKernel *ew_make_kirsch (const EwPreset *preset, const double *values);

/* size, sigma, angle: u·g/Σu²g with u = x cos θ + y sin θ, g the Gaussian: 1 on a ramp of slope 1 that way. */
EwKernel *ew_make_slope (const EwPreset *preset, const double *values);

/* size, sigma: (x² + y² − 2σ²)/σ⁴ · g/Σg less its mean, so that it sums to 0 (Marr and Hildreth, Theory of edge
 * detection, 1980; truncated and levelled as image-processing tools do). */
EwKernel *ew_make_log (const EwPreset *preset, const double *values);

/* size, sigma, ratio: the Gaussian of σ less that of ratio·σ; 1.6 is nearest to the Laplacian of Gaussian (the same).
 */
EwKernel *ew_make_dog (const EwPreset *preset, const double *values);

/* size, sigma, amount: δ + amount·(δ − Gaussian). */
EwKernel *ew_make_unsharp (const EwPreset *preset, const double *values);

/* size, sigma, angle, wavelength, aspect, phase: exp(−(u² + γ²v²)/2σ²)·cos(2πu/λ + φ), u = x cos θ + y sin θ,
 * v = −x sin θ + y cos θ (Daugman, Uncertainty relation for resolution in space, spatial frequency, and orientation,
 * 1985). */
EwKernel *ew_make_gabor (const EwPreset *preset, const double *values);

G_END_DECLS
