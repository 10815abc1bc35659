/* EwSurfaceMap: the loss over a plane through the weights, with all that is marked on it. Data only, immutable. */
#pragma once

#include "engine/history.h"
#include "engine/surface.h"

G_BEGIN_DECLS

/* A place on the plane: (a, b) stands for the weights origin + a·u + b·v. */
typedef struct
{
  double a;
  double b;
} EwSurfacePoint;

/**
 * EwSurfaceChoice:
 * @eigen: over the eigenvectors of the Gram matrix's two largest eigenvalues; otherwise over two weights
 * @first: the weight along the first axis; the bias is the last one
 * @second: along the second axis, another one
 * @through_present: the plane goes through the present weights; otherwise through the optimum
 */
typedef struct
{
  gboolean eigen;
  int first;
  int second;
  gboolean through_present;
} EwSurfaceChoice;

/* Places of a path that are kept. */
#define EW_SURFACE_PATH_MAX 600

/**
 * EwSurfaceMap:
 * @task: see EwSnapshot; likewise @epoch, the one that is shown
 * @choice: what was asked for; weights that there are not are replaced by the first two
 * @trouble: why there is nothing to show, a sentence; NULL: all below is there
 * @surface: the summed loss over the plane
 * @scale: the loss as it is reported is this times the summed one
 * @zero_a: what the first axis says at a = 0: the origin's weight; 0 over eigenvectors; likewise @zero_b
 * @lambda_a: the eigenvalue along the first axis; likewise @lambda_b; NaN over weights
 * @optimum: the foot of the perpendicular from the least-squares optimum
 * @lowest: the lowest place of the plane
 * @start: likewise, of the start values
 * @present: of the present weights
 * @present_loss: their own loss, as reported
 * @off: how far from the plane they are
 * @path: @n_path places from the start to the end of the run; none where they are not kept (a kernel of more than
 *   EW_CURVES_MAX weights over eigenvectors)
 */
typedef struct
{
  EwRefs refs;
  guint64 task;
  guint64 epoch;
  EwSurfaceChoice choice;
  char *trouble;
  EwSurface *surface;
  double scale;
  double zero_a;
  double zero_b;
  double lambda_a;
  double lambda_b;
  EwSurfacePoint optimum;
  EwSurfacePoint lowest;
  EwSurfacePoint start;
  EwSurfacePoint present;
  double present_loss;
  double off;
  int n_path;
  EwSurfacePoint *path;
} EwSurfaceMap;

/**
 * EwSurfaceSource:
 * @quadratic: the summed loss; @optimum: its least place
 * @start: start values; @present: present weights
 * @curves: the run so far; may be NULL
 * @at_end: @present is the run's end, so the path leads there
 * @scale: see EwSurfaceMap
 */
typedef struct
{
  EwQuadratic *quadratic;
  const double *optimum;
  const double *start;
  const double *present;
  const EwCurves *curves;
  gboolean at_end;
  double scale;
} EwSurfaceSource;

/* Transfer full. Fails as ew_surface_new_eigen, and with EW_ERROR_UNSUPPORTED for a single weight. */
EwSurfaceMap *ew_surface_map_new (const EwSurfaceSource *source, const EwSurfaceChoice *choice, GError **error);

/* One that only says why there is none; @trouble is copied. */
EwSurfaceMap *ew_surface_map_new_trouble (const EwSurfaceChoice *choice, const char *trouble);

EwSurfaceMap *ew_surface_map_ref (EwSurfaceMap *map);
void ew_surface_map_unref (EwSurfaceMap *map);

/* The loss at a place, as reported. */
double ew_surface_map_loss (const EwSurfaceMap *map, double a, double b);

/* The weights at a place: n values. */
void ew_surface_map_params (const EwSurfaceMap *map, double a, double b, double *params);

gboolean ew_surface_choice_equal (const EwSurfaceChoice *a, const EwSurfaceChoice *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwSurfaceMap, ew_surface_map_unref)

G_END_DECLS
