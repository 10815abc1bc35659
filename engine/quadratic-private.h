/* What the files of EwQuadratic share. */
#pragma once

#include "engine/quadratic.h"

G_BEGIN_DECLS

/* Vectors, and the rows of a copied G, are padded with zeros to whole vectors of this many values. */
#define EW_QUADRATIC_LANES 8

/* The inner loops, for one instruction set; all give the same bits. */
typedef struct
{
  /* Fills product from d. */
  void (*multiply) (EwQuadratic *q);
  /* The loss from d and product. */
  double (*loss) (const EwQuadratic *q);
  void (*descend) (EwQuadratic *q, EwDescent *descent);
} EwQuadraticLoops;

extern const EwQuadraticLoops ew_quadratic_generic;
#if defined(__x86_64__)
extern const EwQuadraticLoops ew_quadratic_avx2;
#endif

/**
 * EwQuadratic:
 * @g: G, row by row; @stride values from row to row, a whole number of lanes where it is a copy
 * @copy: the padded copy, or NULL where G is so large that whole rows are as fast
 * @padded: n, up to whole lanes: the length of the vectors below, which are 64-byte aligned
 * @base, @slope, @level: w₁, g₁ and L₁
 * @params, @d, @product: w, w − w₁ and G·(w − w₁)
 * @values, @vectors: the eigenvalues in ascending order and their vectors as rows; NULL until wanted
 * @lambda_max: NAN until known
 */
struct _EwQuadratic
{
  EwGram *gram;
  const EwQuadraticLoops *loops;
  int n;
  const double *g;
  size_t stride;
  double *copy;
  int padded;
  double *base;
  double *slope;
  double level;
  double *params;
  double *d;
  double *product;
  double *values;
  double *vectors;
  double lambda_max;
};

/* Makes @params the point that the vectors stand for: fills params, d and product. */
void ew_quadratic_move (EwQuadratic *q, const double *params);

/* y = G·x; x and y may be the same. */
void ew_quadratic_multiply (EwQuadratic *q, const double *x, double *y);

/* Fills values and vectors where they are not yet. */
gboolean ew_quadratic_eigen (EwQuadratic *q, GError **error);

/* Eigenvalues up to this part of the largest are those of a singular matrix but for rounding. */
double ew_quadratic_null_part (const EwQuadratic *q);

/* r = −∇L(w)/2, in more digits than w has: adding the solution of G·x = r to w improves it. */
void ew_quadratic_residual (const EwQuadratic *q, const double *w, double *r);

/* w += Q·diag(factors)·Qᵀr, a factor for each eigenvalue; what a factor of 0 leaves out may be anything. */
void ew_quadratic_add_along (const EwQuadratic *q, const double *factors, const double *r, double *w);

G_END_DECLS
