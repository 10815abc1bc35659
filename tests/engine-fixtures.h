/* What the engine's tests share: random data, brute-force oracles and the bounds of float32 rounding. */
#pragma once

#include "engine/kernel.h"
#include "engine/problem.h"
#include "engine/random.h"

/* Unit round-off of float32 and float64, round to nearest. */
#define UNIT_32 0x1p-24
#define UNIT_64 0x1p-53

/* γ_n = n·u / (1 − n·u): the relative error of a sum of products with at most n roundings on the way of each product is
 * at most γ_n, times the sum of the products' magnitudes (Higham, "Accuracy and Stability", lemma 3.1). */
static inline double
rounding_bound (double n, double unit)
{
  return n * unit / (1 - n * unit);
}

/* How many random cases to draw where @n are at normal speed. Sanitizers look at what the code does, not at the numbers that come
 * out, and are several times slower: a quarter will do. */
static inline int
draws (int n)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return (n + 3) / 4;
#else
  return n;
#endif
}

/* A whole number from low to high, both included. */
int random_int (EwRandom *random, int low, int high);

/* Values uniform in [low, high). */
EwGrid *random_grid (EwRandom *random, int height, int width, double low, double high);

/* Whole numbers from −amplitude to amplitude: sums of their products are exact in float32 below 2²⁴. */
EwGrid *random_whole_grid (EwRandom *random, int height, int width, int amplitude);

EwKernel *random_kernel (EwRandom *random, int height, int width, double low, double high);
EwKernel *random_whole_kernel (EwRandom *random, int height, int width, int amplitude);

/* x ⋆ kernel + bias by the float64 reference, rounded to float32; valid geometry. */
EwGrid *reference_output (const EwGrid *x, const EwKernel *kernel);

/* A problem of one sample with valid geometry; references to the grids are taken over. */
EwProblem *problem_of_pair (EwGrid *x, EwGrid *y, int kernel_height, int kernel_width, gboolean has_bias);

/* The textbook's 6×8 image and the problem of learning [1, −1] from it. */
EwGrid *golden_input (void);
EwProblem *golden_problem (void);
extern const double golden_start[2];

/* The largest error of a float32 correlation with weights given in float64, at each output, row by row: n products and
 * a bias in any order, each weight rounded once, numbers below FLT_MIN flushed to zero. */
double *correlation_bounds (const EwGrid *x, const EwKernel *kernel);

/* The same for loss and gradient: residuals in float32 from such a correlation, summed in float32 over at most
 * @chain values and in float64 beyond. */
void evaluation_bounds (const EwProblem *problem, const double *params, int chain, double *loss, double *gradient);

/* The largest magnitude that any partial sum of an evaluation can have. Below 2²⁴, and with whole numbers throughout,
 * float32 makes no error at all. */
double evaluation_magnitude (const EwProblem *problem, const double *params);

/* The parameters of a problem as a kernel. */
EwKernel *kernel_of_params (const EwProblem *problem, const double *params);

/* Fails the test where @y is off by more than @bound; NaN and infinities must be where @expected has them. */
void compare_within (const EwGrid *y, const EwGrid *expected, double bound);

/* Fills what lies between width and stride with NaN: it is not data, and any use of it shows. */
void poison_padding (EwGrid *grid);
