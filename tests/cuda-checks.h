/* What a CUDA device must do, whichever it is: compared with the float64 reference and with itself. */
#pragma once

#include "engine/backend.h"
#include "engine/random.h"

typedef void (*CudaCheck) (EwDevice *device, EwRandom *random, int side, double budget);

/* Each draws shapes with sides up to @side and fails the test where the device is wrong. A budget above 0 replaces the
 * device's, so that small problems are cut as large ones are. */
void check_correlate (EwDevice *device, EwRandom *random, int side, double budget);
void check_evaluate (EwDevice *device, EwRandom *random, int side, double budget);
void check_gram (EwDevice *device, EwRandom *random, int side, double budget);
void check_descend (EwDevice *device, EwRandom *random, int side, double budget);

/* Whole numbers: every bit must be right. */
void check_exact (EwDevice *device, EwRandom *random, int side, double budget);

/* A descent that ends by its loss, and one that ends by its weights. */
void check_divergence (EwDevice *device, EwRandom *random);

/* Planes of many megabytes and more tiles than blocks, with a kernel of one tap. */
void check_large (EwDevice *device, EwRandom *random);

/* A noisy problem of 1 to 3 samples in any geometry, in one that is given, and valid. */
EwProblem *random_problem (EwRandom *random, int side);
EwProblem *noisy_problem (EwRandom *random, int n_samples, int height, int width, const EwGeometry *geometry,
                          gboolean has_bias);
EwProblem *problem_of_size (EwRandom *random, int n_samples, int height, int width, int kh, int kw, gboolean has_bias);
