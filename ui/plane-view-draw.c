/* EwPlaneView: where picture, legend and the line below lie, and drawing them. */
#include "ui/paint/legend.h"
#include "ui/paint/number.h"
#include "ui/plane-view-private.h"
#include "ui/widget-style.h"

#include <math.h>

/* Between picture and legend, and picture and the line below, in units. */
#define LEGEND_GAP  12.0
#define CAPTION_GAP 6.0
#define OF_BODY     0.9

/* The least height of a picture, whatever the text's size, and what a side likes to be. */
#define PICTURE_MIN  100.0
#define SIDE_NATURAL 220

/* Where things lie in the widget, in units. */
typedef struct
{
  double room_width; /* for the picture */
  double room_height;
  double caption_y;
  double legend_width; /* 0 without a legend */
  EwPlanePlace place;  /* where something is shown: of the plane's pixels */
  EwPlaneBox frame;    /* of the whole plane, which may reach beyond the room */
  EwPlaneBox picture;  /* of the values that there are */
} Layout;

static void
lay_out (EwPlaneView *self, const EwPaintStyle *style, Layout *layout)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double height = gtk_widget_get_height (GTK_WIDGET (self));
  double text_height;

  ew_plane_view_ensure_range (self);
  ew_paint_text_measure (style, "0", ew_paint_style_font_size (style) * OF_BODY, &text_height);
  layout->caption_y = height - ceil (text_height);
  layout->room_height = fmax (0, layout->caption_y - CAPTION_GAP);
  layout->legend_width
      = ew_plane_view_has_legend (self) ? ew_legend_width (
            style, self->n_planes > 0 && self->range.low < self->range.high ? self->range : (EwRange){ -1, 1 })
                                        : 0;
  layout->room_width = fmax (0, width - (layout->legend_width > 0 ? layout->legend_width + LEGEND_GAP : 0));
}

static void
fill_paint (EwPlaneView *self, const EwPaintStyle *style, EwPlanePaint *paint)
{
  *paint = (EwPlanePaint){
    .n_planes = self->n_planes,
    .subtract = self->subtract,
    .map = ew_plane_view_get_map (self, style->dark),
    .range = self->range,
    .style = style,
    .buffer = self->buffer,
    .hover_row = -1,
    .hover_column = -1,
  };
  for (int k = 0; k < self->n_planes; k++)
    paint->planes[k] = self->planes[k];
}

/* All of the plane, as large as it can be; picture and legend are centred together. */
static void
place_all (EwPlaneView *self, double scale, Layout *layout)
{
  EwPlaneBox *box = &layout->frame;
  double group;

  ew_plane_box (self->planes[0]->height, self->planes[0]->width, layout->room_width, layout->room_height, scale, box);
  group = box->width + (layout->legend_width > 0 ? LEGEND_GAP + layout->legend_width : 0);
  box->x = floor ((gtk_widget_get_width (GTK_WIDGET (self)) - group) / 2 * scale) / scale;
  layout->picture = *box;
  layout->place = (EwPlanePlace){ box->x, box->y, box->width / (self->planes[0]->width * self->block), 0 };
}

/* Where the zoom says; on whole device pixels. */
static void
place_zoomed (EwPlaneView *self, double zoom, double scale, Layout *layout)
{
  double device_pitch = zoom * self->origin_pitch;
  double pitch = device_pitch / scale;
  double block = pitch * self->block;
  int margin = (int)ceil (scale);
  double row, column;
  int rows, columns;

  ew_plane_zoom_get_center (self->zoom, &row, &column);
  ew_plane_view_get_size (self, &rows, &columns);
  layout->place.x
      = (margin + round ((layout->room_width * scale - 2 * margin) / 2 - (column - self->origin_column) * zoom))
        / scale;
  layout->place.y
      = (margin + round ((layout->room_height * scale - 2 * margin) / 2 - (row - self->origin_row) * zoom)) / scale;
  layout->place.pitch = pitch;
  layout->place.wide = 0;
  layout->frame = (EwPlaneBox){ .x = layout->place.x,
                                .y = layout->place.y,
                                .width = ceil (columns * device_pitch - 1e-3) / scale,
                                .height = ceil (rows * device_pitch - 1e-3) / scale };
  layout->picture = (EwPlaneBox){ .x = layout->place.x + self->part_column * block,
                                  .y = layout->place.y + self->part_row * block,
                                  .width = self->planes[0]->width * block,
                                  .height = self->planes[0]->height * block,
                                  .cells = ew_plane_has_cells (device_pitch, self->block, scale) };
}

static void
place (EwPlaneView *self, const EwPaintStyle *style, Layout *layout)
{
  double zoom = self->zoom == NULL ? 0 : ew_plane_zoom_get_scale (self->zoom);

  if (zoom > 0)
    place_zoomed (self, zoom, style->scale, layout);
  else
    place_all (self, style->scale, layout);
}

static void
paint_caption (EwPlaneView *self, cairo_t *cr, const EwPaintStyle *style, const Layout *layout)
{
  gboolean hovered = self->cursor_row >= 0 && self->n_planes > 0;
  g_autofree char *text = hovered ? ew_plane_view_cursor_text (self) : g_strdup (self->caption);

  if (text != NULL)
    ew_paint_text (cr, style, text, ew_paint_style_font_size (style) * OF_BODY,
                   hovered ? style->foreground : style->dim, gtk_widget_get_width (GTK_WIDGET (self)) / 2.0,
                   layout->caption_y, 0.5, 0);
}

static void
paint_marks (EwPlaneView *self, cairo_t *cr, const EwPaintStyle *style, const Layout *layout)
{
  EwPlaneMark cursor = { EW_MARK_CURSOR, self->cursor_row, self->cursor_column, 1, 1 };

  ew_paint_plane_marks (cr, style, self->marks, self->n_marks, &layout->place, layout->room_width, layout->room_height);
  if (self->cursor_row >= 0)
    ew_paint_plane_marks (cr, style, &cursor, 1, &layout->place, layout->room_width, layout->room_height);
}

/* Beside what is seen of the plane and as tall, but tall enough to be read. */
static void
paint_legend (EwPlaneView *self, cairo_t *cr, const EwPaintStyle *style, const Layout *layout, const EwColormap *map)
{
  double top = fmax (layout->frame.y, 0);
  double bottom = fmin (layout->frame.y + layout->frame.height, layout->room_height);
  double right = fmin (layout->frame.x + layout->frame.width, layout->room_width);
  double height = fmin (layout->room_height,
                        fmax (bottom - top + ew_paint_style_font_size (style) * 1.2, EW_PLANE_VIEW_SIDE_MIN));
  double y = CLAMP ((top + bottom) / 2 - height / 2, 0, layout->room_height - height);

  cairo_save (cr);
  cairo_translate (cr, right + LEGEND_GAP, round (y));
  ew_paint_legend (cr, style, map, self->range, layout->legend_width, height);
  cairo_restore (cr);
}

/* What of the plane there are no values for yet. */
static void
paint_pending (cairo_t *cr, const EwPaintStyle *style, const Layout *layout)
{
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, layout->room_width, layout->room_height);
  cairo_clip (cr);
  cairo_rectangle (cr, layout->frame.x, layout->frame.y, layout->frame.width, layout->frame.height);
  ew_color_set (style->faint, cr);
  cairo_fill (cr);
  cairo_restore (cr);
}

static void
paint_planes (EwPlaneView *self, cairo_t *cr, const EwPaintStyle *style, Layout *layout)
{
  EwPlanePaint paint;

  place (self, style, layout);
  fill_paint (self, style, &paint);
  if (self->zoom != NULL)
    paint_pending (cr, style, layout);
  ew_paint_plane_at (cr, &paint, &layout->picture, layout->room_width, layout->room_height);
  ew_plane_view_paint_left_out (self, cr, style, &layout->picture, layout->room_width, layout->room_height);
  ew_paint_plane_outline (cr, style, &layout->frame, layout->room_width, layout->room_height);
  paint_marks (self, cr, style, layout);
  if (layout->legend_width > 0)
    paint_legend (self, cr, style, layout, paint.map);
}

void
ew_plane_view_draw (GtkWidget *widget, GtkSnapshot *snapshot)
{
  EwPlaneView *self = EW_PLANE_VIEW (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  cairo_t *cr;
  EwPaintStyle style;
  Layout layout;

  if (width <= 0 || height <= 0)
    return;
  ew_widget_style_init (widget, &style);
  lay_out (self, &style, &layout);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  if (self->n_planes > 0)
    paint_planes (self, cr, &style, &layout);
  else if (self->empty_text != NULL)
    ew_paint_text (cr, &style, self->empty_text, ew_paint_style_font_size (&style), style.dim, width / 2.0,
                   layout.room_height / 2, 0.5, 0.5);
  paint_caption (self, cr, &style, &layout);
  cairo_destroy (cr);
  ew_paint_style_clear (&style);
}

static double
caption_height (EwPlaneView *self)
{
  EwPaintStyle style;
  double height;

  ew_widget_style_init (GTK_WIDGET (self), &style);
  ew_paint_text_measure (&style, "0", ew_paint_style_font_size (&style) * OF_BODY, &height);
  ew_paint_style_clear (&style);
  return height;
}

void
ew_plane_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                       int *minimum_baseline, int *natural_baseline)
{
  EwPlaneView *self = EW_PLANE_VIEW (widget);

  *minimum = EW_PLANE_VIEW_SIDE_MIN;
  *natural = SIDE_NATURAL;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    return;
  self->text_height = caption_height (self);
  *minimum = (int)ceil (PICTURE_MIN + CAPTION_GAP + self->text_height);
  *natural = MAX (*natural, *minimum);
}

/* Not with every other change of the style, such as the focus': where things are laid out anew GTK says that the pointer has moved. */
void
ew_plane_view_check_text (EwPlaneView *self)
{
  if (caption_height (self) != self->text_height)
    gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
ew_plane_view_measure_pane (EwPlaneView *self, int *height, int *width)
{
  EwPaintStyle style;
  Layout layout;

  *height = *width = 0;
  if (gtk_widget_get_width (GTK_WIDGET (self)) <= 0)
    return;
  ew_widget_style_init (GTK_WIDGET (self), &style);
  lay_out (self, &style, &layout);
  *height = MAX (0, (int)floor ((layout.room_height - 2) * style.scale));
  *width = MAX (0, (int)floor ((layout.room_width - 2) * style.scale));
  ew_paint_style_clear (&style);
}

void
ew_plane_view_get_size (EwPlaneView *self, int *rows, int *columns)
{
  *rows = *columns = 0;
  if (self->n_planes == 0)
    return;
  *rows = self->source_height > 0 ? self->source_height : self->planes[0]->height * self->block;
  *columns = self->source_width > 0 ? self->source_width : self->planes[0]->width * self->block;
}

void
ew_plane_view_get_room (EwPlaneView *self, double *width, double *height)
{
  EwPaintStyle style;
  Layout layout;

  ew_widget_style_init (GTK_WIDGET (self), &style);
  lay_out (self, &style, &layout);
  ew_paint_style_clear (&style);
  /* Without a zoom the picture is centred together with the legend. */
  *width = self->zoom != NULL ? layout.room_width : gtk_widget_get_width (GTK_WIDGET (self));
  *height = layout.room_height;
}

gboolean
ew_plane_view_get_place (EwPlaneView *self, EwPlanePlace *to, int *rows, int *columns)
{
  EwPaintStyle style;
  Layout layout;

  if (self->n_planes == 0 || gtk_widget_get_width (GTK_WIDGET (self)) <= 0)
    return FALSE;
  ew_plane_view_get_size (self, rows, columns);
  ew_widget_style_init (GTK_WIDGET (self), &style);
  lay_out (self, &style, &layout);
  place (self, &style, &layout);
  ew_paint_style_clear (&style);
  *to = layout.place;
  return TRUE;
}

void
ew_plane_view_get_pane_size (EwPlaneView *view, int *height, int *width)
{
  g_return_if_fail (EW_IS_PLANE_VIEW (view));
  ew_plane_view_measure_pane (view, height, width);
}
