/* What the tests of Gram sums share: random problems of any geometry, and G, h and c by plain loops. */
#pragma once

#include "engine/gram.h"
#include "tests/engine-fixtures.h"

/* Samples of a problem to be; their grids are handed over to it. */
typedef struct
{
  EwSample values[4];
  int n;
} SampleList;

/* Whole numbers are small enough that all sums are exact in float64. Padding behind the rows is NaN. */
void add_random_sample (SampleList *samples, EwRandom *random, const EwGeometry *g, int height, int width,
                        gboolean whole);

/* What a mask looks like. */
typedef enum
{
  MASK_NONE,
  MASK_SPECKS,    /* one weight in fifty is 0 */
  MASK_DUST,      /* one in a thousand */
  MASK_RECTANGLE, /* a rectangle of 0 */
  MASK_FEW,       /* a small rectangle of 1, all else 0 */
  MASK_WEIGHTS,   /* whole numbers from 0 to 3; without @whole any */
  MASK_ONES,
  MASK_ROWS, /* every other row is 0 */
  N_MASKS,
} Mask;

/* Gives the last sample that mask; at least one weight is not 0. */
void add_random_mask (SampleList *samples, EwRandom *random, Mask mask, gboolean whole);

EwProblem *problem_of_samples (SampleList *samples, const EwGeometry *g, gboolean has_bias);
EwProblem *random_valid_problem (EwRandom *random, int height, int width, int kh, int kw, gboolean has_bias,
                                 gboolean whole);

/* Up to 9×9 taps; one round in two valid, the rest with padding, every border, stride and dilation, also beyond the
 * kernel; images from hardly larger than the kernel to 40×40; in one round of four several samples, which have masks of
 * that kind. */
EwProblem *random_problem (EwRandom *random, int round, gboolean whole, Mask mask);

double *random_weights (EwRandom *random, const EwProblem *problem, gboolean whole);

/* Calls @func for each output of all samples, with the n_params values that it is the weighted sum of, its target and the
 * mask's weight for it. */
typedef void (*PatchFunc) (const double *patch, double y, double weight, gpointer data);
void each_patch (const EwProblem *problem, PatchFunc func, gpointer data);

/**
 * PlainSums:
 * @n: parameters
 * @g: n × n, upper triangle
 * @h: n
 * @g_magnitude, @h_magnitude: the same with the magnitude of each product
 * @c: Σ y²
 *
 * Each product times the mask's weight.
 */
typedef struct
{
  int n;
  double *g;
  double *h;
  double *g_magnitude;
  double *h_magnitude;
  double c;
} PlainSums;

PlainSums *plain_sums (const EwProblem *problem);
void plain_sums_free (PlainSums *sums);

/* Fails the test where G is not symmetric or where it, h or c is off by more than rounding can make it. */
void compare_with_plain_sums (const EwGram *gram, const EwProblem *problem, gboolean whole);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlainSums, plain_sums_free)
