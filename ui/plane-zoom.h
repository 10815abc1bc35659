/* EwPlaneZoom: which part of an experiment's planes is seen, and how large: shared by the panes that show them, so that
 * all show the same place at the same scale. Its coordinates are those of the input: pixel (i, j) covers [i, i + 1) ×
 * [j, j + 1); an output lies over the middle of its window. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define EW_TYPE_PLANE_ZOOM (ew_plane_zoom_get_type ())
G_DECLARE_FINAL_TYPE (EwPlaneZoom, ew_plane_zoom, EW, PLANE_ZOOM, GObject)

/* Panes that share a zoom. */
#define EW_PLANE_ZOOM_PANES 2

/* A part of the planes, in input pixels; rows [top, top + height), columns alike. */
typedef struct
{
  double top;
  double left;
  double height;
  double width;
} EwPlaneRect;

/* Fits what there is until something else is asked for. The signal "changed" tells that something is seen otherwise. */
EwPlaneZoom *ew_plane_zoom_new (void);

/* All that there is to see in each of the panes. Another size fits it again; the same one keeps place and scale. */
void ew_plane_zoom_set_planes (EwPlaneZoom *zoom, const EwPlaneRect planes[EW_PLANE_ZOOM_PANES]);

/* The size of a pane in device pixels, and how many of them make a unit. */
void ew_plane_zoom_set_pane (EwPlaneZoom *zoom, int pane, int height, int width, double device_scale);

/* Device pixels along one input pixel; 0 where there is no pane or nothing to see. Whole numbers and 1 over a whole
 * number but for what fits, and while two fingers are at it. */
double ew_plane_zoom_get_scale (EwPlaneZoom *zoom);

/* Whether all is seen, as large as it can be. */
gboolean ew_plane_zoom_is_fit (EwPlaneZoom *zoom);

/* What lies in the middle of every pane. */
void ew_plane_zoom_get_center (EwPlaneZoom *zoom, double *row, double *column);

/* The part that the largest pane shows, which may reach beyond the world. */
void ew_plane_zoom_get_seen (EwPlaneZoom *zoom, EwPlaneRect *seen);

void ew_plane_zoom_fit (EwPlaneZoom *zoom);

/* Goes @steps sizes up (or down) while (row, column) stays where it is. Below the size that fits there is none. */
void ew_plane_zoom_step (EwPlaneZoom *zoom, int steps, double row, double column);

/* Any scale, held between the smallest and the largest, likewise. */
void ew_plane_zoom_set_scale (EwPlaneZoom *zoom, double scale, double row, double column);

/* Goes to the nearest of the sizes, about the middle. */
void ew_plane_zoom_settle (EwPlaneZoom *zoom);

/* Moves what is seen by that many device pixels, down and to the right, as far as there is something to see. FALSE
 * where nothing moved. */
gboolean ew_plane_zoom_pan (EwPlaneZoom *zoom, double down, double right);

/* Moves as little as is needed for (row, column) to be seen in every pane. */
void ew_plane_zoom_reveal (EwPlaneZoom *zoom, double row, double column);

/* "1:12", "3:1", transfer full. */
char *ew_plane_zoom_describe (EwPlaneZoom *zoom);

G_END_DECLS
