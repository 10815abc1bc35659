/* EwSurfaceView: a widget that shows the loss over a plane and the paths on it, and reads values off. */
#pragma once

#include "engine/surface-map.h"
#include "ui/paint/surface.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define EW_TYPE_SURFACE_VIEW (ew_surface_view_get_type ())
G_DECLARE_FINAL_TYPE (EwSurfaceView, ew_surface_view, EW, SURFACE_VIEW, GtkWidget)

/* Another run's path; @color as EwChartRun's. */
typedef struct
{
  const EwSurfacePoint *points;
  int n;
  int color;
  const char *name;
} EwSurfaceRun;

/* Its accessible name is "Loss surface"; the description says what is shown, or the place that is read off. The signal
 * "start-asked" (double a, double b) comes where a place is confirmed with Return or a double click; "cursor-moved"
 * where another one, or none, is read off. */
GtkWidget *ew_surface_view_new (void);

/* Shows it (a reference is taken; NULL: nothing yet), with its own path unless there are runs. What is seen follows
 * start, optimum and paths until somebody zooms. */
void ew_surface_view_set_map (EwSurfaceView *view, EwSurfaceMap *map);

/* Paths of others in place of the map's own, up to EW_SURFACE_PATHS_MAX; copied. */
void ew_surface_view_set_runs (EwSurfaceView *view, const EwSurfaceRun *runs, int n);

/* What the weights are named after: a kernel of height × width, then the bias. */
void ew_surface_view_set_kernel_size (EwSurfaceView *view, int height, int width);

/* What is said while there is nothing to draw. */
void ew_surface_view_set_empty_text (EwSurfaceView *view, const char *text);

/* Larger by so many steps around the cursor or the middle; smaller by negative ones. */
void ew_surface_view_zoom (EwSurfaceView *view, int steps);

/* Shows start, optimum and paths again, and follows them. */
void ew_surface_view_fit (EwSurfaceView *view);

/* The place that is read off; FALSE: none. */
gboolean ew_surface_view_get_cursor (EwSurfaceView *view, EwSurfacePoint *cursor);

/* "K[0, 1]", "b", or "along e₁ (λ 12.5)": what an axis measures, 0 or 1; transfer full. */
char *ew_surface_view_name_axis (EwSurfaceView *view, int axis);

G_END_DECLS
