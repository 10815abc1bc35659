/* EwClusters: by how much weights learned by least squares may be off, whatever the noise is like: of another strength from place
 * to place, and bound together within squares of neighbouring outputs. */
#pragma once

#include "engine/pool.h"
#include "engine/problem.h"
#include "engine/quadratic.h"

G_BEGIN_DECLS

/* As large as JPEG's blocks, which begin at the target's first pixel as these do. */
#define EW_CLUSTER_SIDE 8

/* So few squares, or fewer than ten a parameter, say too little of their own scatter: then smaller ones are taken, and
 * where single outputs are too few as well, none. */
#define EW_CLUSTERS_MIN 100

/* Multiply-adds at most, over all problems. */
#define EW_CLUSTERS_WORK 1e8

/**
 * EwClusters:
 * @n: parameters
 * @side: of a square, in outputs; 0: there are too few outputs
 * @part: of the squares that are looked at, evenly spread
 * @n_all: squares so far, but for those that a mask leaves out whole; @n_used: those that were looked at
 * @square: n: sums over the squares of the square of what the parameters would move by without it
 */
typedef struct
{
  int n;
  int side;
  double part;
  gint64 n_all;
  gint64 n_used;
  double *square;
} EwClusters;

/* For @n parameters and @n_residuals outputs in all. */
void ew_clusters_init (EwClusters *clusters, int n, gint64 n_residuals);
void ew_clusters_clear (EwClusters *clusters);

/* Adds the squares of a problem, of whatever padding, at the optimum @params of @q over all data: with the square's
 * residuals r its scores are s = Σ m·r·φ, and the parameters would move by (G − G_b)⁻¹s without it (the jackknife; by two
 * terms of its series about G⁻¹). @pool as for ew_objective_evaluate, to the same bits. EW_ERROR_UNSUPPORTED, EW_ERROR_TOO_LARGE as
 * ew_quadratic_optimum, EW_ERROR_CANCELLED. Above EW_QUADRATIC_EIGEN_MAX parameters nothing is added. */
gboolean ew_clusters_add (EwClusters *clusters, EwQuadratic *q, const double *params, const EwProblem *problem,
                          EwPool *pool, EwCancel *cancel, GError **error);

/* The standard error of parameter @k. */
double ew_clusters_error (const EwClusters *clusters, int k);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EwClusters, ew_clusters_clear)

G_END_DECLS
