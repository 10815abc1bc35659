/* Symmetric matrices: Cholesky factors and eigenvalues, by plain loops where they are small, by LAPACK above. */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

/* Up to so many rows nothing but this file is needed: opening LAPACK would take longer than all there is to do. */
#define EW_SYMMETRIC_SMALL 32

/* Matrices are n × n float64, row by row, without gaps; all values must be finite. Any thread may call. Above
 * EW_SYMMETRIC_SMALL as engine/lapack.h, errors too; up to it nothing fails. */

/* Replaces @a by its Cholesky factor, in a form that only ew_symmetric_solve knows. *@condition becomes the condition
 * number of @a in the 1-norm (above EW_SYMMETRIC_SMALL an estimate), infinite where @a is not positive definite: then
 * there is no factor. */
gboolean ew_symmetric_factor (int n, double *a, double *condition, GError **error);

/* Replaces @b (n) by the solution of a·x = b, from the factor of a. */
gboolean ew_symmetric_solve (int n, const double *factor, double *b, GError **error);

/* a = QΛQᵀ: @values (n) in ascending order; row k of @a becomes the unit eigenvector of values[k]. Each value is within
 * a few n·2⁻⁵² of the largest magnitude among them. */
gboolean ew_symmetric_eigen (int n, double *a, double *values, GError **error);

G_END_DECLS
