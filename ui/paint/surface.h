/* Painting the loss over a plane: contours with their values, the optimum, the start, and the paths of runs. */
#pragma once

#include "engine/surface-map.h"
#include "ui/paint/style.h"

G_BEGIN_DECLS

/* The part of the plane that is seen, from @low to @high. */
typedef struct
{
  EwSurfacePoint low;
  EwSurfacePoint high;
} EwSurfaceFrame;

/**
 * EwSurfacePath:
 * @points: @n places, the last one where it is now
 * @color: of line and end
 * @name: may be NULL
 */
typedef struct
{
  const EwSurfacePoint *points;
  int n;
  EwColor color;
  const char *name;
} EwSurfacePath;

/* Paths that are drawn together. */
#define EW_SURFACE_PATHS_MAX 8

/**
 * EwSurfacePaint:
 * @map: what is drawn; without trouble. NULL: @empty_text is
 * @frame: what of it is seen
 * @paths: @n_paths of them, the first at the bottom
 * @has_cursor: values are read off at @cursor in a box
 * @name_a: of the first axis: "K[0, 0]"; likewise @name_b, over the second one
 * @optimum_text: beside the mark of the optimum; @start_text likewise; @loss_text: in the box. May be NULL
 * @empty_text: said where there is nothing to draw; may be NULL
 * @plain: contours, marks and paths alone: no numbers, no names
 * @style: colours, font, scale
 */
typedef struct
{
  const EwSurfaceMap *map;
  EwSurfaceFrame frame;
  const EwSurfacePath *paths;
  int n_paths;
  gboolean has_cursor;
  EwSurfacePoint cursor;
  const char *name_a;
  const char *name_b;
  const char *optimum_text;
  const char *start_text;
  const char *loss_text;
  const char *empty_text;
  gboolean plain;
  const EwPaintStyle *style;
} EwSurfacePaint;

/* The plot inside the axes, in units: place (a, b) is at x + width·(a − low.a)/(high.a − low.a), and b upwards. */
typedef struct
{
  double x;
  double y;
  double width;
  double height;
} EwSurfaceBox;

/* Levels of loss with a contour each. */
#define EW_SURFACE_LEVELS_MAX 14

/**
 * EwSurfaceLevels:
 * @n: levels, ascending
 * @loss: the loss on each contour
 * @above: @loss is @lowest and a round number, which is what the contour is labelled with: "+0.5"; else @loss is round
 * @step: the round numbers are multiples of it; 0: they are 1, 2 or 5 times powers of ten
 * @lowest: the least loss on the whole plane
 * @strong: the ones that are drawn stronger: powers of ten, or every fifth
 */
typedef struct
{
  int n;
  double loss[EW_SURFACE_LEVELS_MAX];
  gboolean strong[EW_SURFACE_LEVELS_MAX];
  gboolean above;
  double step;
  double lowest;
} EwSurfaceLevels;

/* FALSE where there is nothing to draw or no room. */
gboolean ew_surface_box (const EwSurfacePaint *paint, double width, double height, EwSurfaceBox *box);

/* Places to units within the picture and back. */
double ew_surface_x (const EwSurfacePaint *paint, const EwSurfaceBox *box, double a);
double ew_surface_y (const EwSurfacePaint *paint, const EwSurfaceBox *box, double b);
EwSurfacePoint ew_surface_at (const EwSurfacePaint *paint, const EwSurfaceBox *box, double x, double y);

/* The contours that are drawn in that box. */
void ew_surface_levels (const EwSurfacePaint *paint, const EwSurfaceBox *box, EwSurfaceLevels *levels);

/* The colour between contour @band − 1 and contour @band of @n. */
EwColor ew_surface_band_color (const EwPaintStyle *style, int band, int n);

/* A frame around optimum and start, and the paths as far as they go beyond these by no more than EW_SURFACE_REACH times
 * the distance of the two; with some room around it. */
#define EW_SURFACE_REACH 1.5
EwSurfaceFrame ew_surface_frame_around (const EwSurfaceMap *map, const EwSurfacePath *paths, int n_paths);

/* Paints into width × height units from the origin, never outside. */
void ew_paint_surface (cairo_t *cr, const EwSurfacePaint *paint, double width, double height);

G_END_DECLS
