/* LAPACK, opened on first use: Cholesky factors and eigenvalues of symmetric matrices.
 *
 * It is not linked, so that starting a program costs nothing and everything but this works without it. Whatever library
 * answers runs on the calling thread alone: results do not depend on the number of cores. Every function may be called
 * on any thread; calls run one after the other. Matrices are n × n float64, row by row, without gaps. */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

/* Whether there is a LAPACK; EW_ERROR_UNSUPPORTED with a sentence where there is none. The other functions fail with
 * the same error. */
gboolean ew_lapack_available (GError **error);

/* Replaces @a by its Cholesky factor. *@condition becomes the condition number of @a in the 1-norm, as LAPACK estimates
 * it (within a small factor), and is infinite where @a is not positive definite: then there is no factor. All values
 * must be finite. */
gboolean ew_lapack_factor (int n, double *a, double *condition, GError **error);

/* Replaces @b (n) by the solution of a·x = b, from the factor of a. */
gboolean ew_lapack_solve (int n, const double *factor, double *b, GError **error);

/* a = QΛQᵀ: @values (n) in ascending order; row k of @a becomes the unit eigenvector of values[k]. All values of @a
 * must be finite. EW_ERROR_TOO_LARGE where memory does not hold twice n² more; EW_ERROR_DATA where LAPACK finds no
 * answer. */
gboolean ew_lapack_eigen (int n, double *a, double *values, GError **error);

/* For tests: from now on looks for these libraries (static, ended by NULL), or with NULL for the usual ones. */
void ew_lapack_set_libraries (const char *const *names);

G_END_DECLS
