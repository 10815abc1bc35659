/* Pictures, and targets that were kept as JPEG, whose truth is known. */
#pragma once

#include "engine/quantised.h"
#include "engine/random.h"

/* The standard's steps for luminance as encoders scale them, for a quality from 50 on. */
EwSteps jpeg_steps_of (int quality);

/* Octaves of noise, within 0.3 … 0.7; transfer full. */
EwGrid *jpeg_picture (EwRandom *random, int height, int width);

/* The inverse of ew_block_transform, by its definition. */
void jpeg_transform_back (double *block);

/* Keeps whole blocks of a grid as a JPEG does: bytes, coefficients in steps, bytes. @shifts: 64, by which an encoder has them
 * too large, or NULL. */
void jpeg_quantise (EwGrid *grid, const EwSteps *steps, const double *shifts);

/* A target of whole blocks, side × side, made by @kernel from a picture, with a bias to learn; @steps: NULL keeps it as it is.
 * With @shifts the picture has been a JPEG before. */
EwProblem *jpeg_problem_by (EwRandom *random, const EwKernel *kernel, int side, const EwSteps *steps, const double *shifts);

/* The least-squares weights, n_params; to be freed. */
double *jpeg_least_squares (EwProblem *problem);
