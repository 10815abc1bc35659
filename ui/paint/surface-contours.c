/* The surface's bands of colour, contours and their labels. */
#include "ui/paint/colormap.h"
#include "ui/paint/number.h"
#include "ui/paint/surface-internal.h"

#include <math.h>

/* Around a label, and how far from the box's edges it stays. */
#define ROOM 3.0
#define EDGE 4.0

/* Labels stand about in this direction from the lowest place, as a sine and a cosine: upwards and to the right. */
#define LABEL_X 0.5
#define LABEL_Y -0.866

#define BLUE 245.0

EwColor
ew_surface_band_color (const EwPaintStyle *style, int band, int n)
{
  double t = n > 0 ? band / (double)n : 1;
  /* High contrast leaves the ground nearly plain: the lines tell. */
  double depth = style->high_contrast ? 0.35 : 1;

  if (style->dark)
    return ew_color_from_oklch (0.225 + depth * 0.2 * (1 - t), 0.015 + depth * 0.07 * (1 - t), BLUE);
  return ew_color_from_oklch (0.975 - depth * 0.15 * (1 - t), 0.008 + depth * 0.062 * (1 - t), BLUE);
}

static void
trace (cairo_t *cr, const double *corners, int n)
{
  for (int k = 0; k < n; k++)
    cairo_line_to (cr, corners[2 * k], corners[2 * k + 1]);
  if (n > 0)
    cairo_close_path (cr);
}

static EwColor
line_color (const EwPaintStyle *style, gboolean strong)
{
  double alpha = style->high_contrast ? (strong ? 1 : 0.75) : strong ? 0.5 : 0.24;

  return ew_color_with_alpha (style->foreground, alpha);
}

static gboolean
overlap (const EwSurfaceBox *a, const EwSurfaceBox *b)
{
  return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height && b->y < a->y + a->height;
}

/* The corner of an outline that lies best for a label of that size, in the label's direction from the lowest place,
 * clear of the others. FALSE where there is none. */
static gboolean
find_room (const EwSurfaceBox *box, const EwConic *conic, const double *corners, int n, const EwSurfaceBox *taken,
           int n_taken, EwSurfaceBox *label)
{
  double best = -2;
  double width = label->width, height = label->height;

  for (int k = 0; k < n; k++)
    {
      double dx = corners[2 * k] - conic->x, dy = corners[2 * k + 1] - conic->y;
      double along = (dx * LABEL_X + dy * LABEL_Y) / fmax (hypot (dx, dy), 1e-9);
      EwSurfaceBox r = { corners[2 * k] - width / 2, corners[2 * k + 1] - height / 2, width, height };
      gboolean free = r.x >= box->x + EDGE && r.y >= box->y + EDGE && r.x + width <= box->x + box->width - EDGE
                      && r.y + height <= box->y + box->height - EDGE;

      for (int j = 0; free && j < n_taken; j++)
        free = !overlap (&r, &taken[j]);
      if (!free || along <= best)
        continue;
      best = along;
      *label = r;
    }
  return best > -2;
}

static void
paint_label (cairo_t *cr, const EwSurfacePaint *paint, const EwConic *conic, const EwSurfaceLevels *levels, int level,
             const EwSurfaceBox *box, EwSurfaceBox *taken, int *n_taken)
{
  const EwPaintStyle *style = paint->style;
  double corners[2 * EW_CONIC_CORNERS];
  double excess = levels->loss[level] - levels->lowest;
  int n = ew_conic_outline (conic, box, excess, corners);
  double size = ew_surface_text_size (style) * 0.94;
  double shown = levels->above ? excess : levels->loss[level];
  char number[EW_NUMBER_SIZE + 1] = "+";
  char *digits = number + (levels->above ? 1 : 0);
  EwSurfaceBox label;

  if (levels->step > 0)
    ew_number_tick (digits, shown, levels->step);
  else
    ew_number_short (digits, shown, 1);
  label.width = ew_paint_text_measure (style, number, size, &label.height) + 2 * ROOM;
  if (!find_room (box, conic, corners, n, taken, *n_taken, &label))
    return;
  taken[(*n_taken)++] = label;
  /* The line is broken for it. */
  cairo_rectangle (cr, label.x, label.y + ROOM / 2, label.width, label.height - ROOM);
  ew_color_set (ew_surface_band_color (style, level, levels->n), cr);
  cairo_fill (cr);
  ew_paint_text (cr, style, number, size, style->high_contrast ? style->foreground : style->dim,
                 label.x + label.width / 2, label.y + label.height / 2, 0.5, 0.5);
}

/* Where no label may stand: on the marks and their words. */
static int
take_marks (const EwSurfacePaint *paint, const EwSurfaceBox *box, EwSurfaceBox *taken)
{
  const EwSurfacePoint *points[] = { &paint->map->optimum, &paint->map->start, &paint->map->present };
  const char *words[] = { paint->optimum_text, paint->start_text, NULL };
  double size = ew_surface_text_size (paint->style);
  int n = 0;

  for (guint k = 0; k < G_N_ELEMENTS (points); k++)
    taken[n++] = (EwSurfaceBox){ ew_surface_x (paint, box, points[k]->a) - size,
                                 ew_surface_y (paint, box, points[k]->b) - size, 2 * size, 2 * size };
  for (guint k = 0; k < G_N_ELEMENTS (words); k++)
    n += ew_surface_word_room (paint, box, *points[k], words[k], &taken[n]) ? 1 : 0;
  return n;
}

void
ew_surface_paint_contours (cairo_t *cr, const EwSurfacePaint *paint, const EwSurfaceBox *box)
{
  double corners[2 * EW_CONIC_CORNERS];
  EwSurfaceBox taken[EW_SURFACE_LEVELS_MAX + 6];
  int n_taken = take_marks (paint, box, taken);
  EwSurfaceLevels levels;
  EwConic conic;

  ew_conic_init (&conic, paint, box);
  ew_surface_levels (paint, box, &levels);
  cairo_rectangle (cr, box->x, box->y, box->width, box->height);
  ew_color_set (ew_surface_band_color (paint->style, levels.n, levels.n), cr);
  cairo_fill (cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  /* From the outside in: each contour's inside lies over the one around it. */
  for (int k = levels.n - 1; k >= 0; k--)
    {
      trace (cr, corners, ew_conic_outline (&conic, box, levels.loss[k] - levels.lowest, corners));
      ew_color_set (ew_surface_band_color (paint->style, k, levels.n), cr);
      cairo_fill_preserve (cr);
      ew_color_set (line_color (paint->style, levels.strong[k]), cr);
      cairo_set_line_width (cr, paint->style->high_contrast && levels.strong[k] ? 1.5 : 1);
      cairo_stroke (cr);
    }
  for (int k = levels.n - 1; k >= 0 && !paint->plain; k--)
    paint_label (cr, paint, &conic, &levels, k, box, taken, &n_taken);
}
