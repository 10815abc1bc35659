/* The loss over a plane: its axes and what lies in them. */
#include "ui/paint/surface.h"

#include "ui/paint/number.h"
#include "ui/paint/range.h"
#include "ui/paint/surface-internal.h"

#include <math.h>

#define OF_BODY 0.82

/* Room around the plot, in units. */
#define GAP      6.0
#define EDGE     8.0
#define PLOT_MIN 40.0

/* Between two labels: of the upright axis in units, of the other one in widths of a label. */
#define UPRIGHT_SPACING 27.0
#define LEVEL_SPACING   1.6

/* Room around what is marked, as a part of it. */
#define MARGIN 0.16

/* The shorter side of the frame is at least this part of the longer one. */
#define SHORTEST 0.05

/* And the frame at least this part of the weights' size: around a start at the optimum the numbers at the axes can be told
 * apart, and the contours are more than rounding. */
#define LEAST 1e-3

double
ew_surface_text_size (const EwPaintStyle *style)
{
  return ew_paint_style_font_size (style) * OF_BODY;
}

static EwRange
range_a (const EwSurfacePaint *paint)
{
  return (EwRange){ paint->map->zero_a + paint->frame.low.a, paint->map->zero_a + paint->frame.high.a };
}

static EwRange
range_b (const EwSurfacePaint *paint)
{
  return (EwRange){ paint->map->zero_b + paint->frame.low.b, paint->map->zero_b + paint->frame.high.b };
}

static double
step_b (const EwSurfacePaint *paint, double height)
{
  return ew_nice_step (range_b (paint), MAX (2, (int)(height / UPRIGHT_SPACING) + 1));
}

static double
label_width (const EwSurfacePaint *paint, double height)
{
  double size = ew_surface_text_size (paint->style);
  EwRange range = range_b (paint);
  double step = step_b (paint, height);
  /* Axes that change a little do not move. */
  double width = ew_paint_text_measure (paint->style, EW_MINUS "0.00", size, NULL);
  char buffer[EW_NUMBER_SIZE];

  for (double k = ceil (range.low / step); k * step <= range.high; k++)
    width = fmax (width, ew_paint_text_measure (paint->style, ew_number_tick (buffer, k * step, step), size, NULL));
  return width;
}

static gboolean
is_drawable (const EwSurfacePaint *paint)
{
  return paint->map != NULL && paint->map->trouble == NULL && paint->frame.low.a < paint->frame.high.a
         && paint->frame.low.b < paint->frame.high.b;
}

gboolean
ew_surface_box (const EwSurfacePaint *paint, double width, double height, EwSurfaceBox *box)
{
  double text;

  if (!is_drawable (paint))
    return FALSE;
  ew_paint_text_measure (paint->style, "0", ew_surface_text_size (paint->style), &text);
  box->y = paint->plain ? 0 : ceil (text + GAP);
  box->height = floor (height - box->y - (paint->plain ? 0 : text + GAP));
  if (box->height < PLOT_MIN)
    return FALSE;
  box->x = paint->plain ? 0 : ceil (label_width (paint, box->height) + GAP);
  box->width = floor (width - box->x - (paint->plain ? 0 : EDGE));
  return box->width >= PLOT_MIN;
}

double
ew_surface_x (const EwSurfacePaint *paint, const EwSurfaceBox *box, double a)
{
  return box->x + box->width * (a - paint->frame.low.a) / (paint->frame.high.a - paint->frame.low.a);
}

double
ew_surface_y (const EwSurfacePaint *paint, const EwSurfaceBox *box, double b)
{
  return box->y + box->height * (paint->frame.high.b - b) / (paint->frame.high.b - paint->frame.low.b);
}

EwSurfacePoint
ew_surface_at (const EwSurfacePaint *paint, const EwSurfaceBox *box, double x, double y)
{
  const EwSurfaceFrame *f = &paint->frame;

  return (EwSurfacePoint){ f->low.a + (x - box->x) / box->width * (f->high.a - f->low.a),
                           f->high.b - (y - box->y) / box->height * (f->high.b - f->low.b) };
}

static void
include (EwSurfaceFrame *f, EwSurfacePoint p)
{
  f->low = (EwSurfacePoint){ fmin (f->low.a, p.a), fmin (f->low.b, p.b) };
  f->high = (EwSurfacePoint){ fmax (f->high.a, p.a), fmax (f->high.b, p.b) };
}

EwSurfaceFrame
ew_surface_frame_around (const EwSurfaceMap *map, const EwSurfacePath *paths, int n_paths)
{
  EwSurfaceFrame f = { map->optimum, map->optimum };
  double size = fmax (fabs (map->zero_a + map->optimum.a), fabs (map->zero_b + map->optimum.b));
  double reach, a, b, most;

  include (&f, map->start);
  reach = EW_SURFACE_REACH * hypot (f.high.a - f.low.a, f.high.b - f.low.b);
  if (!(reach > 0))
    reach = INFINITY;

  EwSurfaceFrame limit = { { f.low.a - reach, f.low.b - reach }, { f.high.a + reach, f.high.b + reach } };

  for (int p = 0; p < n_paths; p++)
    for (int k = 0; k < paths[p].n; k++)
      include (&f, (EwSurfacePoint){ CLAMP (paths[p].points[k].a, limit.low.a, limit.high.a),
                                     CLAMP (paths[p].points[k].b, limit.low.b, limit.high.b) });
  most = fmax (fmax (f.high.a - f.low.a, f.high.b - f.low.b), LEAST * size / SHORTEST);
  if (!(most > 0) || !isfinite (most))
    most = 1;
  a = fmax (MARGIN * (f.high.a - f.low.a), SHORTEST * most);
  b = fmax (MARGIN * (f.high.b - f.low.b), SHORTEST * most);
  return (EwSurfaceFrame){ { f.low.a - a, f.low.b - b }, { f.high.a + a, f.high.b + b } };
}

static double
snap (double value, double scale)
{
  return round (value * scale) / scale;
}

static void
paint_upright_axis (cairo_t *cr, const EwSurfacePaint *paint, const EwSurfaceBox *box, double scale)
{
  const EwPaintStyle *style = paint->style;
  double size = ew_surface_text_size (style), line = fmax (1, round (scale)) / scale;
  EwRange range = range_b (paint);
  double step = step_b (paint, box->height);
  char buffer[EW_NUMBER_SIZE];

  for (double k = ceil (range.low / step); k * step <= range.high; k++)
    {
      double y = ew_surface_y (paint, box, k * step - paint->map->zero_b);

      ew_paint_text (cr, style, ew_number_tick (buffer, k * step, step), size, style->dim, box->x - GAP, y, 1, 0.5);
      cairo_rectangle (cr, box->x - GAP / 2, snap (y - line / 2, scale), GAP / 2, line);
      ew_color_set (style->dim, cr);
      cairo_fill (cr);
    }
  if (paint->name_b != NULL)
    ew_paint_text (cr, style, paint->name_b, size, style->foreground, box->x, 0, 0, 0);
}

static void
paint_level_axis (cairo_t *cr, const EwSurfacePaint *paint, const EwSurfaceBox *box, double scale)
{
  const EwPaintStyle *style = paint->style;
  double size = ew_surface_text_size (style), line = fmax (1, round (scale)) / scale;
  double label = ew_paint_text_measure (style, EW_MINUS "0.000", size, NULL);
  double bottom = box->y + box->height, end = box->x + box->width;
  EwRange range = range_a (paint);
  double step = ew_nice_step (range, MAX (2, (int)(box->width / (label * LEVEL_SPACING))));
  char buffer[EW_NUMBER_SIZE];

  if (paint->name_a != NULL)
    end -= ew_paint_text (cr, style, paint->name_a, size, style->foreground, end, bottom + GAP / 2, 1, 0) + GAP;
  for (double k = ceil (range.low / step); k * step <= range.high; k++)
    {
      double x = ew_surface_x (paint, box, k * step - paint->map->zero_a);
      double half = ew_paint_text_measure (style, ew_number_tick (buffer, k * step, step), size, NULL) / 2;

      if (x + half <= end)
        ew_paint_text (cr, style, buffer, size, style->dim, x, bottom + GAP / 2, 0.5, 0);
      cairo_rectangle (cr, snap (x - line / 2, scale), bottom, line, GAP / 2);
      ew_color_set (style->dim, cr);
      cairo_fill (cr);
    }
}

void
ew_surface_paint_axes (cairo_t *cr, const EwSurfacePaint *paint, const EwSurfaceBox *box, double scale)
{
  double line = fmax (1, round (scale)) / scale;

  cairo_rectangle (cr, box->x + line / 2, box->y + line / 2, box->width - line, box->height - line);
  cairo_set_line_width (cr, line);
  ew_color_set (paint->style->high_contrast ? paint->style->foreground : paint->style->faint, cr);
  cairo_stroke (cr);
  if (paint->plain)
    return;
  paint_upright_axis (cr, paint, box, scale);
  paint_level_axis (cr, paint, box, scale);
}

void
ew_paint_surface (cairo_t *cr, const EwSurfacePaint *paint, double width, double height)
{
  const EwPaintStyle *style = paint->style;
  double scale = ew_paint_style_scale (style, cr);
  EwSurfaceBox box;

  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  if (ew_surface_box (paint, width, height, &box))
    {
      cairo_save (cr);
      cairo_rectangle (cr, box.x, box.y, box.width, box.height);
      cairo_clip (cr);
      ew_surface_paint_contours (cr, paint, &box);
      ew_surface_paint_marks (cr, paint, &box);
      cairo_restore (cr);
      ew_surface_paint_axes (cr, paint, &box, scale);
    }
  else if (paint->empty_text != NULL)
    ew_paint_text (cr, style, paint->empty_text, ew_paint_style_font_size (style), style->dim, width / 2, height / 2,
                   0.5, 0.5);
  cairo_restore (cr);
}
