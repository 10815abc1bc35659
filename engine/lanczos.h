/* The largest eigenvalue of a symmetric matrix that is known only by what it makes of a vector. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Fills @product (n) with A·v. FALSE ends the iteration. */
typedef gboolean (*EwLanczosFunc) (const double *v, double *product, gpointer data);

/* The largest eigenvalue of the n × n positive semidefinite A, from below: by Lanczos iteration with full
 * orthogonalisation, until a step adds no more than @settled of it, in at most @steps_max products. NAN where the
 * numbers are not finite. FALSE where @multiply gave FALSE. */
gboolean ew_lanczos_largest (int n, int steps_max, double settled, EwLanczosFunc multiply, gpointer data,
                             double *lambda);

G_END_DECLS
