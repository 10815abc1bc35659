/* A chart's curves: stroked where they have few corners, filled as pixels where they have many. */
#include "ui/paint/chart-buffer.h"

#include <cairo.h>
#include <math.h>

/* Corners that are stroked in a small part of a frame. */
#define VERTICES_MAX 800

#define LINE_WIDTH      1.75
#define MANY_LINE_WIDTH 1.25
#define STRONG_WIDTH    2.75
#define RUN_WIDTH       1.25
#define HELD_WIDTH      1.5
#define END_RADIUS      3.25

gboolean
ew_chart_draws_line (const EwChartLines *lines, int line)
{
  return lines->only < 0 || lines->only == line;
}

double
ew_chart_line_width (const EwChartPaint *paint, const EwChartLines *lines, int line)
{
  if (lines->run >= 0)
    return lines->run == EW_CHART_HELD ? HELD_WIDTH : RUN_WIDTH;
  if (line == paint->highlight && paint->kind == EW_CHART_WEIGHTS)
    return STRONG_WIDTH;
  return ew_chart_n_lines (paint) > EW_CHART_NAMED_MAX ? MANY_LINE_WIDTH : LINE_WIDTH;
}

EwColor
ew_chart_line_color (const EwChartPaint *paint, const EwChartLines *lines, int line)
{
  if (lines->run >= 0)
    return ew_chart_run_color (paint->style, lines->run);
  return paint->kind == EW_CHART_LOSS ? paint->style->accent
                                      : ew_chart_weight_color (paint->style, line, paint->curves->n_weights);
}

static void
stroke_vertices (cairo_t *cr, const EwChartFrame *frame, double scale, const EwChartVertex *vertices, guint n)
{
  gboolean open = FALSE;

  for (guint k = 0; k < n; k++)
    {
      double x = frame->x + vertices[k].x / scale;
      double y = frame->y + vertices[k].y / scale;

      if (!isnan (y) && open)
        cairo_line_to (cr, x, y);
      else if (!isnan (y))
        cairo_move_to (cr, x, y);
      open = !isnan (y);
    }
  cairo_stroke (cr);
}

/* A file keeps lines as lines. */
static gboolean
is_vector (cairo_t *cr)
{
  cairo_surface_type_t type = cairo_surface_get_type (cairo_get_target (cr));

  return type == CAIRO_SURFACE_TYPE_PDF || type == CAIRO_SURFACE_TYPE_PS || type == CAIRO_SURFACE_TYPE_SVG;
}

static void
stroke_line (cairo_t *cr, const EwChartPaint *paint, const EwChartLines *lines, const EwChartFrame *frame,
             double scale, int line, const EwChartVertex *vertices, guint n)
{
  cairo_set_line_width (cr, ew_chart_line_width (paint, lines, line));
  ew_color_set (ew_chart_line_color (paint, lines, line), cr);
  stroke_vertices (cr, frame, scale, vertices, n);
}

/* So many lines that nobody looks at each: where they may have too many corners these are not counted. */
static gboolean
is_crowd (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame, double scale)
{
  double most = fmin (paint->curves->n_points, frame->width * scale);
  int n = ew_chart_n_lines (paint);

  return n > EW_CHART_NAMED_MAX && n * most > VERTICES_MAX && !is_vector (cr);
}

/* Strokes all lines, unless they have too many corners. */
static gboolean
stroke_lines (cairo_t *cr, const EwChartPaint *paint, const EwChartLines *lines, const EwChartFrame *frame,
              double scale, EwChartBuffer *buffer)
{
  int n = ew_chart_n_lines (paint);
  guint most = is_vector (cr) ? G_MAXUINT : VERTICES_MAX;
  g_autofree guint *starts = g_new (guint, n + 1);

  ew_chart_make_slots (paint, frame, scale, buffer);
  g_array_set_size (buffer->vertices, 0);
  for (int line = 0; line < n; line++)
    {
      starts[line] = buffer->vertices->len;
      if (!ew_chart_draws_line (lines, line))
        continue;
      ew_chart_make_columns (paint, frame, scale, line, buffer);
      ew_chart_make_vertices (buffer);
      if (buffer->vertices->len > most)
        return FALSE;
    }
  starts[n] = buffer->vertices->len;

  const EwChartVertex *vertices = (const EwChartVertex *)(gpointer)buffer->vertices->data;

  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  for (int line = 0; line < n; line++)
    if (line != paint->highlight)
      stroke_line (cr, paint, lines, frame, scale, line, vertices + starts[line], starts[line + 1] - starts[line]);
  if (paint->highlight >= 0 && paint->highlight < n)
    stroke_line (cr, paint, lines, frame, scale, paint->highlight, vertices + starts[paint->highlight],
                 starts[paint->highlight + 1] - starts[paint->highlight]);
  return TRUE;
}

/* The loss now, where the run has got to. */
static void
paint_end (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame)
{
  for (int p = paint->curves->n_points - 1; p >= 0 && paint->kind == EW_CHART_LOSS; p--)
    {
      double y = ew_chart_y (paint, frame, paint->curves->loss_min[p]);

      if (isnan (y))
        continue;
      cairo_new_sub_path (cr);
      cairo_arc (cr, ew_chart_x (paint, frame, p, TRUE), y, END_RADIUS, 0, 2 * G_PI);
      ew_color_set (paint->style->accent, cr);
      cairo_fill (cr);
      return;
    }
}

void
ew_chart_paint_run (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame, double scale, int run, int only)
{
  EwChartLines lines = { run, only };
  g_autoptr (EwChartBuffer) own = paint->buffer == NULL ? ew_chart_buffer_new () : NULL;
  EwChartBuffer *buffer = own != NULL ? own : paint->buffer;

  cairo_save (cr);
  /* Half a line's width over the plot's edges. */
  cairo_rectangle (cr, frame->x - STRONG_WIDTH, frame->y - STRONG_WIDTH, frame->width + 2 * STRONG_WIDTH,
                   frame->height + 2 * STRONG_WIDTH);
  cairo_clip (cr);
  if (is_crowd (cr, paint, frame, scale) || !stroke_lines (cr, paint, &lines, frame, scale, buffer))
    ew_chart_paint_pixels (cr, paint, &lines, frame, scale, buffer);
  cairo_restore (cr);
}

void
ew_chart_paint_lines (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame, double scale)
{
  ew_chart_paint_run (cr, paint, frame, scale, -1, -1);
  paint_end (cr, paint, frame);
}
