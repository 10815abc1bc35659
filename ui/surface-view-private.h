/* The inside of EwSurfaceView. */
#pragma once

#include "ui/settle.h"
#include "ui/surface-view.h"

G_BEGIN_DECLS

/* A run's path with points and name of its own. */
typedef struct
{
  EwSurfacePoint *points;
  int n;
  int color;
  char *name;
} EwSurfaceOwnRun;

struct _EwSurfaceView
{
  GtkWidget parent_instance;

  EwSurfaceMap *map; /* NULL: nothing yet */
  EwSurfaceOwnRun runs[EW_SURFACE_PATHS_MAX];
  int n_runs;
  int kernel_height;
  int kernel_width;
  char *names[2];
  char *empty_text;
  EwSurfaceFrame frame;
  gboolean zoomed; /* by somebody: it follows nothing */
  gboolean has_cursor;
  EwSurfacePoint cursor;
  EwSurfacePoint pointer; /* in units of the widget, for the wheel */
  double scrolled;
  EwSettle settle;
};

/* What is painted; the paths are filled into @paths, which has EW_SURFACE_PATHS_MAX. */
void ew_surface_view_fill_paint (EwSurfaceView *self, const EwPaintStyle *style, EwSurfacePaint *paint,
                                 EwSurfacePath *paths);

/* The plot's box in the widget; FALSE: none. @paint and @paths are filled. */
gboolean ew_surface_view_get_box (EwSurfaceView *self, EwSurfacePaint *paint, EwSurfacePath *paths,
                                  EwSurfaceBox *box);

/* Something that is seen has changed. */
void ew_surface_view_changed (EwSurfaceView *self);

/* Reads off at @cursor; NULL: nowhere. */
void ew_surface_view_set_cursor (EwSurfaceView *self, const EwSurfacePoint *cursor);
void ew_surface_view_ask_start (EwSurfaceView *self);

/* Larger by @steps around a place that stays where it is. */
void ew_surface_view_zoom_around (EwSurfaceView *self, double steps, EwSurfacePoint still);

void ew_surface_view_init_input (EwSurfaceView *self);
void ew_surface_view_settle (GtkWidget *widget);

G_END_DECLS
