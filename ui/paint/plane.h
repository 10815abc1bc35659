/* Painting a plane of values: a grid with numbers where the cells are large enough, otherwise a picture. */
#pragma once

#include "ui/paint/colormap.h"

G_BEGIN_DECLS

/* Pixels and rows that are used again from frame to frame; one for each place on screen. */
typedef struct _EwPlaneBuffer EwPlaneBuffer;

EwPlaneBuffer *ew_plane_buffer_new (void);
void ew_plane_buffer_free (EwPlaneBuffer *buffer);

/**
 * EwPlanePaint:
 * @planes: one plane, or three of the same size as red, green and blue
 * @n_planes: 1 or 3
 * @subtract: values are planes[0] − subtract (the residual); NULL: values are planes[0]. Same size
 * @map: colours; not used with three planes
 * @range: the values that the map covers
 * @style: colours, font, scale
 * @buffer: NULL: made for the call
 * @hover_row: the cell to mark, or −1; likewise @hover_column
 */
typedef struct
{
  const EwGrid *planes[3];
  int n_planes;
  const EwGrid *subtract;
  const EwColormap *map;
  EwRange range;
  const EwPaintStyle *style;
  EwPlaneBuffer *buffer;
  int hover_row;
  int hover_column;
} EwPlanePaint;

/**
 * EwPlaneBox:
 * @x: left edge of the picture; likewise @y, @width and @height, all in units and on whole device pixels
 * @cells: whether values are drawn as cells of equal size with lines between them
 *
 * Where a plane lies inside its area, or a larger one beyond it. Row i covers y + [i, i + 1)·height/rows.
 */
typedef struct
{
  double x;
  double y;
  double width;
  double height;
  gboolean cells;
} EwPlaneBox;

/* The box of rows × columns values fitted and centred into width × height units at @scale device pixels a unit. */
void ew_plane_box (int rows, int columns, double width, double height, double scale, EwPlaneBox *box);

/* Whether pixels of @device_pitch device pixels are drawn as cells. */
gboolean ew_plane_has_cells (double device_pitch, int block, double scale);

/* The cell under (x, y); FALSE where there is none. */
gboolean ew_plane_box_find (const EwPlaneBox *box, int rows, int columns, double x, double y, int *row, int *column);

/* The value at a cell as it is painted (of plane @plane; minus subtract). */
double ew_plane_paint_value (const EwPlanePaint *paint, int plane, int row, int column);

/* Paints into width × height units from the origin, never outside. Enlarged planes are sampled to the nearest value,
 * reduced ones averaged over each device pixel; pixels are made once at device resolution and painted 1:1. */
void ew_paint_plane (cairo_t *cr, const EwPlanePaint *paint, double width, double height);

/* Paints what lies within width × height units from the origin of a plane that has its own place, without an outline.
 * Costs what is seen. The box need not lie on whole device pixels. */
void ew_paint_plane_at (cairo_t *cr, const EwPlanePaint *paint, const EwPlaneBox *box, double width, double height);

/* A line around @box, within width × height units. */
void ew_paint_plane_outline (cairo_t *cr, const EwPaintStyle *style, const EwPlaneBox *box, double width,
                             double height);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EwPlaneBuffer, ew_plane_buffer_free)

G_END_DECLS
