/* The chart: colours, frame, names at the ends of lines. */
#include "ui/paint/chart.h"

#include "ui/paint/chart-internal.h"
#include "ui/paint/colormap.h"
#include "ui/paint/number.h"

#include <math.h>

#define OF_BODY 0.82

/* Room around the plot, in units. */
#define GAP      6.0
#define EDGE     8.0
#define PLOT_MIN 24.0

/* The dot at a named line's end. */
#define DOT_RADIUS 2.5

/* Colours that differ in lightness and hue, so that people with any colour vision can tell neighbours apart; for a
 * light and for a dark ground. */
static const guint32 named_colors[2][EW_CHART_NAMED_MAX] = {
  { 0xff1c71d8, 0xffc64600, 0xff0f7b5f, 0xff9a3ac4, 0xff7a5200, 0xffd1437e, 0xff3a3f8f, 0xff5e7d00, 0xff0e87a6,
    0xff5e5c64 },
  { 0xff78aeed, 0xffff9d4d, 0xff4fd0a5, 0xffd3a0f0, 0xffe5cf6a, 0xffff8fb4, 0xff9aa5ff, 0xffb4d455, 0xff6fd3ea,
    0xffc0bfbc },
};

double
ew_chart_text_size (const EwPaintStyle *style)
{
  return ew_paint_style_font_size (style) * OF_BODY;
}

EwColor
ew_chart_run_color (const EwPaintStyle *style, int color)
{
  if (color == EW_CHART_HELD)
    return style->foreground;
  /* The first one is too near the present run's. */
  return ew_color_from_pixel (named_colors[style->dark ? 1 : 0][1 + color % EW_CHART_RUNS_MAX]);
}

EwColor
ew_chart_weight_color (const EwPaintStyle *style, int index, int n)
{
  if (n <= EW_CHART_NAMED_MAX)
    return ew_color_from_pixel (named_colors[style->dark ? 1 : 0][index % EW_CHART_NAMED_MAX]);

  /* From the first, a dark violet, over blue and green to the last, a yellowish green; lighter on a dark ground. */
  double t = index / (double)(n - 1);
  double lightness = style->dark ? 0.55 + 0.35 * t : 0.36 + 0.34 * t;

  return ew_color_from_oklch (lightness, 0.13, 300 - 190 * t);
}

static gboolean
has_named_lines (const EwChartPaint *paint)
{
  return paint->kind == EW_CHART_WEIGHTS && ew_chart_has_points (paint->curves)
         && (paint->curves->n_weights <= EW_CHART_NAMED_MAX || paint->highlight >= 0);
}

char *
ew_chart_weight_name (const EwChartPaint *paint, int weight, char *buffer, gsize size)
{
  if (paint->kernel_taps > 0 && weight >= paint->kernel_taps)
    g_strlcpy (buffer, "b", size);
  else if (paint->kernel_width > 0)
    g_snprintf (buffer, size, "K[%d, %d]", weight / paint->kernel_width, weight % paint->kernel_width);
  else
    g_snprintf (buffer, size, "w%d", weight);
  return buffer;
}

/* Width of the longest name at the right end. */
static double
names_width (const EwChartPaint *paint)
{
  char name[32];
  int last;

  if (!has_named_lines (paint))
    return 0;
  last = paint->kernel_taps > 0 ? paint->kernel_taps - 1 : paint->curves->n_weights - 1;
  return GAP
         + ew_paint_text_measure (paint->style, ew_chart_weight_name (paint, last, name, sizeof name),
                                  ew_chart_text_size (paint->style), NULL);
}

gboolean
ew_chart_frame (const EwChartPaint *paint, double width, double height, EwChartFrame *frame)
{
  double text_height;
  gboolean any;

  if (!ew_chart_has_points (ew_chart_curves (paint, -1)) && !ew_chart_any_run (paint))
    return FALSE;
  ew_paint_text_measure (paint->style, "0", ew_chart_text_size (paint->style), &text_height);
  frame->y = ceil (paint->title != NULL ? text_height * 1.25 + 2 * GAP : text_height / 2 + 2);
  frame->height = floor (height - frame->y - text_height - GAP);
  any = ew_chart_set_ranges (paint, frame);
  frame->x = ceil (ew_chart_label_width (paint, frame) + GAP);
  frame->width = floor (width - frame->x - fmax (EDGE, names_width (paint)));
  return any && frame->width >= PLOT_MIN && frame->height >= PLOT_MIN;
}

typedef struct
{
  int weight;
  double x;
  double end; /* of the line; likewise y, of the name */
  double y;
} Name;

static int
compare_names (gconstpointer a, gconstpointer b)
{
  double difference = ((const Name *)a)->y - ((const Name *)b)->y;

  return (difference > 0) - (difference < 0);
}

/* The end of a weight's line; FALSE where it has none. */
static gboolean
find_end (const EwChartPaint *paint, const EwChartFrame *frame, int weight, Name *name)
{
  const EwCurves *curves = paint->curves;

  for (int p = curves->n_points - 1; p >= 0; p--)
    {
      size_t k = (size_t)weight * curves->n_points + p;
      double y = ew_chart_y (paint, frame, ((double)curves->weight_min[k] + curves->weight_max[k]) / 2);

      if (isnan (y))
        continue;
      *name = (Name){ weight, ew_chart_x (paint, frame, p, TRUE), y, y };
      return TRUE;
    }
  return FALSE;
}

/* Moves names apart, downwards and then, from the bottom, upwards. */
static void
spread_names (Name *names, int n, double least, const EwChartFrame *frame)
{
  double bottom = frame->y + frame->height;

  for (int k = 1; k < n; k++)
    names[k].y = fmax (names[k].y, names[k - 1].y + least);
  for (int k = n - 1; k >= 0; k--)
    {
      names[k].y = fmin (names[k].y, bottom);
      bottom = names[k].y - least;
    }
}

/* The dashed lines of the optimum end where names are to be read. */
static void
clear_dashes (cairo_t *cr, const EwChartPaint *paint, const Name *names, int n, double text_height)
{
  for (int k = 0; k < n; k++)
    cairo_rectangle (cr, names[k].x + DOT_RADIUS, names[k].y - text_height / 2, names_width (paint) - DOT_RADIUS + 2,
                     text_height);
  ew_color_set (paint->style->background, cr);
  cairo_fill (cr);
}

static void
paint_names (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame)
{
  int n_weights = paint->curves == NULL ? 0 : paint->curves->n_weights;
  Name names[EW_CHART_NAMED_MAX];
  double text_height;
  int n = 0;

  if (!has_named_lines (paint))
    return;
  for (int w = 0; w < n_weights; w++)
    if (n_weights <= EW_CHART_NAMED_MAX || w == paint->highlight)
      n += find_end (paint, frame, w, &names[n]) ? 1 : 0;
  ew_paint_text_measure (paint->style, "0", ew_chart_text_size (paint->style), &text_height);
  qsort (names, n, sizeof *names, compare_names);
  spread_names (names, n, text_height * 0.9, frame);
  if (ew_chart_draws_optimum (paint))
    clear_dashes (cr, paint, names, n, text_height);
  for (int k = 0; k < n; k++)
    {
      char text[32];

      cairo_new_sub_path (cr);
      cairo_arc (cr, names[k].x, names[k].end, DOT_RADIUS, 0, 2 * G_PI);
      ew_color_set (ew_chart_weight_color (paint->style, names[k].weight, n_weights), cr);
      cairo_fill (cr);
      ew_paint_text (
          cr, paint->style, ew_chart_weight_name (paint, names[k].weight, text, sizeof text), ew_chart_text_size (paint->style),
          ew_chart_weight_color (paint->style, names[k].weight, n_weights), names[k].x + GAP, names[k].y, 0, 0.5);
    }
}

static void
paint_empty (cairo_t *cr, const EwChartPaint *paint, double width, double height)
{
  const EwPaintStyle *style = paint->style;

  if (paint->title != NULL)
    ew_paint_text (cr, style, paint->title, ew_paint_style_font_size (style), style->dim, 0, 0, 0, 0);
  if (paint->empty_text != NULL)
    ew_paint_text (cr, style, paint->empty_text, ew_paint_style_font_size (style), style->dim, width / 2, height / 2,
                   0.5, 0.5);
}

void
ew_paint_chart (cairo_t *cr, const EwChartPaint *paint, double width, double height)
{
  double scale = ew_paint_style_scale (paint->style, cr);
  EwChartFrame frame;

  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  if (ew_chart_frame (paint, width, height, &frame))
    {
      ew_chart_paint_axes (cr, paint, &frame, scale);
      ew_chart_paint_runs (cr, paint, &frame, scale);
      ew_chart_paint_optimum (cr, paint, &frame, scale);
      if (ew_chart_has_points (paint->curves))
        ew_chart_paint_lines (cr, paint, &frame, scale);
      paint_names (cr, paint, &frame);
      ew_chart_paint_legend (cr, paint, &frame);
      ew_chart_paint_cursors (cr, paint, &frame, scale);
    }
  else
    paint_empty (cr, paint, width, height);
  cairo_restore (cr);
}
