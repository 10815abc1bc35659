/* The inside of EwPlaneView. */
#pragma once

#include "ui/paint/plane.h"
#include "ui/plane-view.h"
#include "ui/settle.h"

#define EW_PLANE_VIEW_PLANES_MAX 3

/* The smallest side of the widget, and of a legend that can be read. */
#define EW_PLANE_VIEW_SIDE_MIN 120

/* Dots of @block × @block pixels, from the one at (row, column) on. */
typedef struct
{
  int block;
  int row;
  int column;
  int rows;
  int columns;
} EwLeftOutPart;

struct _EwPlaneView
{
  GtkWidget parent_instance;

  char *label;
  char *symbol;
  char *empty_text;

  EwGrid *planes[EW_PLANE_VIEW_PLANES_MAX];
  int n_planes; /* 0: nothing is shown */
  EwGrid *subtract;
  EwGrid *reference;
  gboolean reference_measured; /* the extent below is that of the reference */
  EwExtent reference_extent;
  int block;
  int part_row; /* of the planes' first value, in blocks */
  int part_column;
  int source_height;
  int source_width;
  EwGrid *source;
  EwPlaneZoom *zoom;
  int pane;
  double origin_row; /* where pixel (0, 0) begins in the zoom's coordinates */
  double origin_column;
  double origin_pitch;
  gboolean is_signed;
  EwRangeRule rule;
  char *signed_palette; /* NULL: the usual one; likewise of images */
  char *image_palette;

  gboolean stale; /* extent and range are not those of the planes */
  EwExtent extent;
  EwRange range; /* {0, 0}: not chosen yet */
  EwPlaneBuffer *buffer;
  EwGrid *mask; /* of the whole plane; NULL: all counts */
  cairo_surface_t *left_out; /* of the part below; NULL: nothing of it is */
  EwLeftOutPart left_out_part;
  gboolean knows_left_out;
  double text_height; /* as it was measured last */
  gboolean named; /* the caption says name and size */
  char *caption;  /* while nothing is under the pointer */
  char *sentence; /* of the pixel at the cursor; NULL: none */
  int cursor_row; /* in pixels of the plane; −1: none */
  int cursor_column;
  gboolean has_pointer;
  double pointer_x;
  double pointer_y;
  EwPlaneMark *marks;
  int n_marks;

  double dragged_x; /* of a drag, as far as it has been followed */
  double dragged_y;
  double pinch_scale; /* when it began */
  double wheel;       /* notches turned since the last step */

  int pane_height; /* as last told */
  int pane_width;
  guint pane_idle;
  EwSettle settle;
};

/* Whether something on screen is left out of learning; hatches it. */
gboolean ew_plane_view_has_left_out (EwPlaneView *view);
void ew_plane_view_forget_left_out (EwPlaneView *view);
void ew_plane_view_paint_left_out (EwPlaneView *view, cairo_t *cr, const EwPaintStyle *style, const EwPlaneBox *box, double width,
                                   double height);

/* Finds extent and range of what is shown, where they are not known yet. */
void ew_plane_view_ensure_range (EwPlaneView *view);

/* Whether the map is one of signed values; the map. */
gboolean ew_plane_view_uses_colours (EwPlaneView *view);
const EwColormap *ew_plane_view_get_map (EwPlaneView *view, gboolean dark);

/* The share of what is shown that lies outside the range. */
double ew_plane_view_clipped (EwPlaneView *view);

/* Also while nothing is shown, so that the picture finds its room unchanged. */
gboolean ew_plane_view_has_legend (EwPlaneView *view);

/* GtkWidgetClass.snapshot. */
void ew_plane_view_draw (GtkWidget *widget, GtkSnapshot *snapshot);

/* The area for the picture in device pixels, without the outline's margin; zeros before the first layout. */
void ew_plane_view_measure_pane (EwPlaneView *view, int *height, int *width);
/* The text may be of another size. */
void ew_plane_view_check_text (EwPlaneView *view);
void ew_plane_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                            int *minimum_baseline, int *natural_baseline);

/* Where the plane's pixels lie in the widget, and how many there are; FALSE where nothing is shown. */
gboolean ew_plane_view_get_place (EwPlaneView *view, EwPlanePlace *place, int *rows, int *columns);

/* How many pixels there are. */
void ew_plane_view_get_size (EwPlaneView *view, int *rows, int *columns);

/* The room for the picture, in units. */
void ew_plane_view_get_room (EwPlaneView *view, double *width, double *height);

/* Pointer and keys; those that zoom. */
void ew_plane_view_add_controllers (EwPlaneView *view);
void ew_plane_view_add_zoom_controllers (EwPlaneView *view);
gboolean ew_plane_view_zoom_key (EwPlaneView *view, guint key, GdkModifierType state);

/* Two fingers: they come, they are so many times as far apart as then, around (x, y), and they leave. */
void ew_plane_view_pinch_begin (EwPlaneView *view);
void ew_plane_view_pinch (EwPlaneView *view, double factor, double x, double y);
void ew_plane_view_pinch_end (EwPlaneView *view);

/* After what is shown has moved under the pointer. */
void ew_plane_view_follow_pointer (EwPlaneView *view);

/* What is shown, in every way; takes references. */
void ew_plane_view_set_content (EwPlaneView *view, EwGrid **planes, int n, EwGrid *subtract, int block, int row,
                                int column);
void ew_plane_view_queue_pane (EwPlaneView *view);

/* Lets the cursor go where its pixel is gone. */
void ew_plane_view_check_cursor (EwPlaneView *view);
void ew_plane_view_emit_cursor (EwPlaneView *view);

/* "X[3, 4] = 0.5" for what is under the cursor, "6 by 8 values", and "0 to 1", with what is not finite. Transfer full.
 */
char *ew_plane_view_cursor_text (EwPlaneView *view);
char *ew_plane_view_size_text (EwPlaneView *view);
char *ew_plane_view_extent_text (EwPlaneView *view);
char *ew_plane_view_caption_text (EwPlaneView *view, const char *extent);
