/* EwPlaneView: a widget that shows an input, an output or a residual, with a line under it that says what it is. */
#pragma once

#include "engine/grid.h"
#include "ui/paint/colormap.h"
#include "ui/paint/plane-marks.h"
#include "ui/plane-zoom.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define EW_TYPE_PLANE_VIEW (ew_plane_view_get_type ())
G_DECLARE_FINAL_TYPE (EwPlaneView, ew_plane_view, EW, PLANE_VIEW, GtkWidget)

/* @label: the accessible name ("Input image", "Output"). @symbol: how a value is named in the line below ("X" → "X[2,
 * 3] = 0.5"). Both are properties too ("label", "symbol"), for templates. */
GtkWidget *ew_plane_view_new (const char *label, const char *symbol);

void ew_plane_view_set_label (EwPlaneView *view, const char *label);
void ew_plane_view_set_symbol (EwPlaneView *view, const char *symbol);

/* Whether the line below says name and size too, where no heading does. */
void ew_plane_view_set_named (EwPlaneView *view, gboolean named);

/* Shows one plane, or three as red, green and blue (all of one size). @block: pixels along one side of the block that a
 * value is the mean of; 1: the values themselves. Takes references. Cheap where nothing changed: grids are compared by
 * address. */
void ew_plane_view_set_planes (EwPlaneView *view, EwGrid **planes, int n, int block);

/* Shows output − target (same size). Always signed. */
void ew_plane_view_set_residual (EwPlaneView *view, EwGrid *output, EwGrid *target, int block);

/* Shows a part of a plane, or of output − @subtract (NULL: no residual): @grid's first value is the mean of the block
 * (row, column), counted in blocks. What of the plane is not in it is drawn blank. */
void ew_plane_view_show_part (EwPlaneView *view, EwGrid *grid, EwGrid *subtract, int block, int row, int column);

/* The whole plane, for the values under the cursor where blocks are shown; NULL: there is none. */
void ew_plane_view_set_source (EwPlaneView *view, EwGrid *source);

/* The weights of the whole plane's pixels in the loss: those of weight 0 are hatched, and the line below says so. NULL: all
 * count. Takes a reference; cheap where it is the same. */
void ew_plane_view_set_mask (EwPlaneView *view, EwGrid *mask);

/* Shows what @zoom says (NULL: all, as large as it can be), as its pane number @pane, and changes it by wheel, fingers,
 * drag and keys. */
void ew_plane_view_set_zoom (EwPlaneView *view, EwPlaneZoom *zoom, int pane);

/* Where the plane's first pixel begins in the zoom's coordinates, and how many of the input's pixels it is wide. */
void ew_plane_view_set_origin (EwPlaneView *view, double row, double column, double pitch);

/* TRUE: colours centred on zero, with a legend. FALSE (the start): black to white. */
void ew_plane_view_set_signed (EwPlaneView *view, gboolean is_signed);

/* Which values the colours cover. */
typedef enum
{
  EW_RANGE_AUTOMATIC,  /* all; of an image 0 to 1 where it lies in that; of signed values zero in the middle */
  EW_RANGE_SYMMETRIC,  /* all, zero in the middle, in a map of signed values */
  EW_RANGE_FIXED,      /* those that they cover now */
  EW_RANGE_PERCENTILE, /* all but one in a hundred at either end */
} EwRangeRule;

void ew_plane_view_set_range_rule (EwPlaneView *view, EwRangeRule rule);

/* The maps, by their ids (palette.h); NULL: the usual ones. */
void ew_plane_view_set_palettes (EwPlaneView *view, const char *for_signed, const char *for_image);

/* The map in use on light or @dark ground, and the values that it covers now. */
const EwColormap *ew_plane_view_get_colours (EwPlaneView *view, gboolean dark, EwRange *range);

/* The colours cover the values of @reference too (NULL: none), so that output and target are drawn alike and the
 * colours do not move while the output learns. */
void ew_plane_view_set_reference (EwPlaneView *view, EwGrid *reference);

/* The plane's size in pixels, which the line below and the description say; 0: the grid's size times @block. */
void ew_plane_view_set_source_size (EwPlaneView *view, int height, int width);

/* Shows nothing but @text (NULL: nothing), and forgets the range. */
void ew_plane_view_clear (EwPlaneView *view, const char *text);

/* Signal "pane-resized" (int height, int width): the area for the picture in device pixels has changed; emitted from an
 * idle callback. ew_plane_view_get_pane_size gives the same at any time, zeros before the first layout. */
void ew_plane_view_get_pane_size (EwPlaneView *view, int *height, int *width);

/* Pixels are those of the whole plane, whatever part of it is shown and at whatever zoom; places in the widget are in
 * its units. */

/* The pixel at (x, y); FALSE where there is none. */
gboolean ew_plane_view_find_pixel (EwPlaneView *view, double x, double y, int *row, int *column);

/* Where the height × width pixels whose first is (row, column) are drawn; FALSE where nothing is shown. They need not
 * lie within the plane, nor what is drawn within the widget. */
gboolean ew_plane_view_get_area (EwPlaneView *view, int row, int column, int height, int width, graphene_rect_t *area);

/* The cursor: the pixel under the pointer, or the one that the arrow keys have gone to. FALSE where there is none; both
 * are −1 then. Setting one outside the plane takes it away. The signal "cursor-changed" (int row, int column) tells of
 * every change, whoever made it. */
gboolean ew_plane_view_get_cursor (EwPlaneView *view, int *row, int *column);
void ew_plane_view_set_cursor (EwPlaneView *view, int row, int column);

/* What a screen reader is told of the pixel at the cursor, before the size and extent of the whole; NULL: nothing. */
void ew_plane_view_set_sentence (EwPlaneView *view, const char *sentence);

/* Marks to be drawn over the picture, copied; the cursor draws its own. Nothing happens where they are the same. */
void ew_plane_view_set_marks (EwPlaneView *view, const EwPlaneMark *marks, int n);

G_END_DECLS
