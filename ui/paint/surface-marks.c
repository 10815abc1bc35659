/* What lies on the surface: paths, start, optimum, the ends of the paths, and where values are read off. */
#include "ui/paint/number.h"
#include "ui/paint/reading.h"
#include "ui/paint/surface-internal.h"

#include <math.h>

#define PATH_WIDTH 1.75
#define HALO       1.75 /* on either side */
#define END_RADIUS 4.5
#define DOT_RADIUS 1.75
#define MARK       5.5

/* Steps of a path get dots while there are few of them. */
#define DOTS_MAX 80

/* Paths are cut this far outside the box. */
#define BEYOND 24.0

#define ARROW 9.0
#define GAP   6.0

#define DIGITS 4

static EwColor
halo_color (const EwPaintStyle *style)
{
  return ew_color_with_alpha (style->background, 0.75);
}

/* Cuts the part of (x, y) → (x + dx, y + dy) from *from to *to at an edge: FALSE where nothing is left. */
static gboolean
cut (double step, double room, double *from, double *to)
{
  double at = room / step;

  if (step == 0)
    return room >= 0;
  if (step > 0)
    *to = fmin (*to, at);
  else
    *from = fmax (*from, at);
  return *from < *to;
}

/* The part of a line that lies near the box; FALSE: none. A path that diverges goes further than cairo can count. */
static gboolean
clip_line (const EwSurfaceBox *box, double *x0, double *y0, double *x1, double *y1)
{
  double dx = *x1 - *x0, dy = *y1 - *y0, from = 0, to = 1;
  double x = *x0, y = *y0;

  if (!cut (dx, box->x + box->width + BEYOND - x, &from, &to) || !cut (-dx, x - box->x + BEYOND, &from, &to)
      || !cut (dy, box->y + box->height + BEYOND - y, &from, &to) || !cut (-dy, y - box->y + BEYOND, &from, &to))
    return FALSE;
  *x0 = x + from * dx;
  *y0 = y + from * dy;
  *x1 = x + to * dx;
  *y1 = y + to * dy;
  return TRUE;
}

static void
trace_path (cairo_t *cr, const EwSurfacePaint *paint, const EwSurfaceBox *box, const EwSurfacePath *path)
{
  cairo_new_path (cr);
  for (int k = 1; k < path->n; k++)
    {
      double x0 = ew_surface_x (paint, box, path->points[k - 1].a),
             y0 = ew_surface_y (paint, box, path->points[k - 1].b);
      double x1 = ew_surface_x (paint, box, path->points[k].a), y1 = ew_surface_y (paint, box, path->points[k].b);
      double px, py;

      if (!clip_line (box, &x0, &y0, &x1, &y1))
        continue;
      if (cairo_has_current_point (cr))
        cairo_get_current_point (cr, &px, &py);
      else
        px = py = NAN;
      /* Cairo keeps places to 1/256. */
      if (!(fabs (px - x0) < 0.01 && fabs (py - y0) < 0.01))
        cairo_move_to (cr, x0, y0);
      cairo_line_to (cr, x1, y1);
    }
}

static gboolean
is_inside (const EwSurfaceBox *box, double x, double y)
{
  return x >= box->x && x <= box->x + box->width && y >= box->y && y <= box->y + box->height;
}

static void
dot (cairo_t *cr, double x, double y, double radius, EwColor color)
{
  cairo_new_path (cr);
  cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
  ew_color_set (color, cr);
  cairo_fill (cr);
}

static void
paint_path (cairo_t *cr, const EwSurfacePaint *paint, const EwSurfaceBox *box, const EwSurfacePath *path)
{
  trace_path (cr, paint, box, path);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_width (cr, PATH_WIDTH + 2 * HALO);
  ew_color_set (ew_color_with_alpha (paint->style->background, 0.45), cr);
  cairo_stroke_preserve (cr);
  cairo_set_line_width (cr, PATH_WIDTH);
  ew_color_set (path->color, cr);
  cairo_stroke (cr);
  for (int k = 1; k < path->n && path->n <= DOTS_MAX; k++)
    {
      double x = ew_surface_x (paint, box, path->points[k].a), y = ew_surface_y (paint, box, path->points[k].b);

      if (is_inside (box, x, y))
        dot (cr, x, y, DOT_RADIUS, path->color);
    }
}

/* An arrow at the edge towards what lies outside. */
static void
paint_arrow (cairo_t *cr, const EwSurfacePaint *paint, const EwSurfaceBox *box, double x, double y, EwColor color)
{
  double mx = box->x + box->width / 2, my = box->y + box->height / 2;
  double dx = x - mx, dy = y - my;
  double reach
      = fmin ((box->width / 2 - GAP) / fmax (fabs (dx), 1e-9), (box->height / 2 - GAP) / fmax (fabs (dy), 1e-9));
  double length = hypot (dx, dy);
  double ex = dx / length, ey = dy / length;
  double tip_x = mx + reach * dx, tip_y = my + reach * dy;

  cairo_new_path (cr);
  cairo_move_to (cr, tip_x, tip_y);
  cairo_line_to (cr, tip_x - 1.6 * ARROW * ex + 0.7 * ARROW * ey, tip_y - 1.6 * ARROW * ey - 0.7 * ARROW * ex);
  cairo_line_to (cr, tip_x - 1.6 * ARROW * ex - 0.7 * ARROW * ey, tip_y - 1.6 * ARROW * ey + 0.7 * ARROW * ex);
  cairo_close_path (cr);
  cairo_set_line_width (cr, 2 * HALO);
  ew_color_set (halo_color (paint->style), cr);
  cairo_stroke_preserve (cr);
  ew_color_set (color, cr);
  cairo_fill (cr);
}

/* Where a path is now. */
static void
paint_end (cairo_t *cr, const EwSurfacePaint *paint, const EwSurfaceBox *box, const EwSurfacePath *path)
{
  const EwSurfacePoint *end = &path->points[path->n - 1];
  double x = ew_surface_x (paint, box, end->a), y = ew_surface_y (paint, box, end->b);

  if (!is_inside (box, x, y))
    {
      paint_arrow (cr, paint, box, x, y, path->color);
      return;
    }
  dot (cr, x, y, END_RADIUS + HALO, ew_color_with_alpha (paint->style->background, 1));
  dot (cr, x, y, END_RADIUS, path->color);
}

gboolean
ew_surface_word_room (const EwSurfacePaint *paint, const EwSurfaceBox *box, EwSurfacePoint mark, const char *word,
                      EwSurfaceBox *room)
{
  double x = ew_surface_x (paint, box, mark.a), y = ew_surface_y (paint, box, mark.b);
  double width, height;

  if (word == NULL || paint->plain || !is_inside (box, x, y))
    return FALSE;
  width = ew_paint_text_measure (paint->style, word, ew_surface_text_size (paint->style), &height) + GAP;
  *room = (EwSurfaceBox){ x + MARK + GAP / 2, y - height / 2, width, height };
  if (room->x + width > box->x + box->width)
    room->x = x - MARK - GAP / 2 - width;
  return TRUE;
}

static void
paint_word (cairo_t *cr, const EwSurfacePaint *paint, const EwSurfaceBox *box, EwSurfacePoint mark, const char *word)
{
  const EwPaintStyle *style = paint->style;
  EwSurfaceBox room;

  if (!ew_surface_word_room (paint, box, mark, word, &room))
    return;
  ew_rounded_rectangle (cr, room.x, room.y, room.width, room.height, 4);
  ew_color_set (halo_color (style), cr);
  cairo_fill (cr);
  ew_paint_text (cr, style, word, ew_surface_text_size (style), style->foreground, room.x + GAP / 2,
                 room.y + room.height / 2, 0, 0.5);
}

static void
paint_start (cairo_t *cr, const EwSurfacePaint *paint, const EwSurfaceBox *box)
{
  double x = ew_surface_x (paint, box, paint->map->start.a), y = ew_surface_y (paint, box, paint->map->start.b);

  if (!is_inside (box, x, y))
    return;
  dot (cr, x, y, MARK + HALO, ew_color_with_alpha (paint->style->background, 1));
  cairo_new_path (cr);
  cairo_arc (cr, x, y, MARK - 1, 0, 2 * G_PI);
  cairo_set_line_width (cr, 2);
  ew_color_set (paint->style->foreground, cr);
  cairo_stroke (cr);
  paint_word (cr, paint, box, paint->map->start, paint->start_text);
}

/* A cross, so that what ends there is seen in its middle. */
static void
paint_optimum (cairo_t *cr, const EwSurfacePaint *paint, const EwSurfaceBox *box)
{
  double x = ew_surface_x (paint, box, paint->map->optimum.a), y = ew_surface_y (paint, box, paint->map->optimum.b);

  if (!is_inside (box, x, y))
    return;
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  for (int pass = 0; pass < 2; pass++)
    {
      cairo_move_to (cr, x - MARK - 2, y);
      cairo_rel_line_to (cr, 2 * (MARK + 2), 0);
      cairo_move_to (cr, x, y - MARK - 2);
      cairo_rel_line_to (cr, 0, 2 * (MARK + 2));
      cairo_set_line_width (cr, pass == 0 ? 2 + 2 * HALO : 2);
      ew_color_set (pass == 0 ? halo_color (paint->style) : paint->style->foreground, cr);
      cairo_stroke (cr);
    }
  paint_word (cr, paint, box, paint->map->optimum, paint->optimum_text);
}

static void
paint_cursor (cairo_t *cr, const EwSurfacePaint *paint, const EwSurfaceBox *box)
{
  const EwPaintStyle *style = paint->style;
  const EwSurfaceMap *map = paint->map;
  double x = ew_surface_x (paint, box, paint->cursor.a), y = ew_surface_y (paint, box, paint->cursor.b);
  char numbers[3][EW_NUMBER_SIZE];

  if (!paint->has_cursor || !is_inside (box, x, y))
    return;
  cairo_rectangle (cr, x - 0.5, box->y, 1, box->height);
  cairo_rectangle (cr, box->x, y - 0.5, box->width, 1);
  ew_color_set (style->dim, cr);
  cairo_fill (cr);
  if (paint->plain)
    return;

  EwReadingRow rows[] = {
    { (char *)paint->name_a, ew_number_short (numbers[0], map->zero_a + paint->cursor.a, DIGITS), style->dim },
    { (char *)paint->name_b, ew_number_short (numbers[1], map->zero_b + paint->cursor.b, DIGITS), style->dim },
    { (char *)(paint->loss_text != NULL ? paint->loss_text : ""),
      ew_number_short (numbers[2], ew_surface_map_loss (map, paint->cursor.a, paint->cursor.b), DIGITS),
      style->accent },
  };

  ew_paint_reading (cr, style, ew_surface_text_size (style), rows, G_N_ELEMENTS (rows), x, box->x, box->y, box->width,
                    box->height);
}

void
ew_surface_paint_marks (cairo_t *cr, const EwSurfacePaint *paint, const EwSurfaceBox *box)
{
  for (int k = 0; k < paint->n_paths; k++)
    paint_path (cr, paint, box, &paint->paths[k]);
  paint_start (cr, paint, box);
  paint_optimum (cr, paint, box);
  for (int k = 0; k < paint->n_paths; k++)
    if (paint->paths[k].n > 0)
      paint_end (cr, paint, box, &paint->paths[k]);
  paint_cursor (cr, paint, box);
}
