/* From points to columns of device pixels, and from those to the few corners of a line. */
#include "ui/paint/chart-buffer.h"

#include <math.h>

/* In device pixels: how far a simplified line may be from its points. */
#define TOLERANCE 0.2

EwChartBuffer *
ew_chart_buffer_new (void)
{
  EwChartBuffer *buffer = g_new0 (EwChartBuffer, 1);

  buffer->columns = g_array_new (FALSE, FALSE, sizeof (EwChartColumn));
  buffer->vertices = g_array_new (FALSE, FALSE, sizeof (EwChartVertex));
  buffer->tops = g_array_new (FALSE, FALSE, sizeof (float));
  buffer->bottoms = g_array_new (FALSE, FALSE, sizeof (float));
  return buffer;
}

void
ew_chart_buffer_free (EwChartBuffer *buffer)
{
  if (buffer == NULL)
    return;
  g_clear_pointer (&buffer->surface, cairo_surface_destroy);
  g_array_unref (buffer->columns);
  g_array_unref (buffer->vertices);
  g_array_unref (buffer->tops);
  g_array_unref (buffer->bottoms);
  g_free (buffer);
}

int
ew_chart_n_lines (const EwChartPaint *paint)
{
  return paint->kind == EW_CHART_LOSS ? 1 : paint->curves->n_weights;
}

static void
point_values (const EwChartPaint *paint, int line, int point, double *low, double *high)
{
  const EwCurves *curves = paint->curves;
  size_t k = (size_t)line * curves->n_points + point;

  *low = paint->kind == EW_CHART_LOSS ? curves->loss_min[point] : curves->weight_min[k];
  *high = paint->kind == EW_CHART_LOSS ? curves->loss_max[point] : curves->weight_max[k];
}

void
ew_chart_make_columns (const EwChartPaint *paint, const EwChartFrame *frame, double scale, int line,
                       EwChartBuffer *buffer)
{
  GArray *columns = buffer->columns;

  g_array_set_size (columns, 0);
  for (int p = 0; p < paint->curves->n_points; p++)
    {
      double low, high;
      EwChartColumn *last = columns->len > 0 ? &g_array_index (columns, EwChartColumn, columns->len - 1) : NULL;

      point_values (paint, line, p, &low, &high);

      EwChartColumn column = { (ew_chart_x (paint, frame, p, FALSE) - frame->x) * scale,
                               (ew_chart_x (paint, frame, p, TRUE) - frame->x) * scale,
                               (ew_chart_y (paint, frame, high) - frame->y) * scale,
                               (ew_chart_y (paint, frame, low) - frame->y) * scale };

      if (isnan (column.top) || isnan (column.bottom))
        column.top = column.bottom = NAN;
      /* fmin and fmax pass over a gap that shares the pixel with values. */
      if (last != NULL && floor (last->first_x) == floor (column.first_x))
        {
          last->last_x = column.last_x;
          last->top = fmin (last->top, column.top);
          last->bottom = fmax (last->bottom, column.bottom);
        }
      else
        g_array_append_val (columns, column);
    }
}

/* Whether every point between two vertices is within TOLERANCE of the straight line is decided by the cone of slopes
 * that still pass all of them. */
typedef struct
{
  GArray *out;
  EwChartVertex anchor;
  EwChartVertex last;
  double least;
  double most;
  gboolean open;
} Simplifier;

/* A corner that is kept. */
static void
simplify_turn (Simplifier *s, EwChartVertex vertex)
{
  g_array_append_val (s->out, vertex);
  s->anchor = vertex;
  s->least = -INFINITY;
  s->most = INFINITY;
}

static void
simplify_push (Simplifier *s, EwChartVertex vertex)
{
  if (isnan (vertex.y))
    {
      if (s->open)
        {
          g_array_append_val (s->out, s->last);
          g_array_append_val (s->out, vertex);
        }
      s->open = FALSE;
      return;
    }
  if (!s->open)
    {
      g_array_append_val (s->out, vertex);
      *s = (Simplifier){
        .out = s->out, .anchor = vertex, .last = vertex, .least = -INFINITY, .most = INFINITY, .open = TRUE
      };
      return;
    }

  double run = vertex.x - s->anchor.x;
  double slope = (vertex.y - s->anchor.y) / run;

  if (!(run > 0 && slope >= s->least && slope <= s->most))
    {
      simplify_turn (s, s->last);
      run = vertex.x - s->anchor.x;
    }
  if (run > 0)
    {
      s->least = fmax (s->least, (vertex.y - TOLERANCE - s->anchor.y) / run);
      s->most = fmin (s->most, (vertex.y + TOLERANCE - s->anchor.y) / run);
    }
  else
    simplify_turn (s, vertex);
  s->last = vertex;
}

/* Whether a column goes over most of the rows of the one before: the values jump about, they do not move on. */
static gboolean
jumps (const EwChartColumn *column, const EwChartColumn *before)
{
  double common = fmin (column->bottom, before->bottom) - fmax (column->top, before->top);

  return common > (column->bottom - column->top) / 2;
}

void
ew_chart_make_vertices (EwChartBuffer *buffer)
{
  const EwChartColumn *columns = (const EwChartColumn *)(gpointer)buffer->columns->data;
  Simplifier s = { .out = buffer->vertices };
  double y = NAN;

  for (guint k = 0; k < buffer->columns->len; k++)
    {
      const EwChartColumn *column = &columns[k];
      /* Each column is entered at the end that is nearer. */
      gboolean from_top = isnan (y) || fabs (y - column->top) <= fabs (y - column->bottom);
      double last_x = k > 0 && jumps (column, &columns[k - 1]) ? column->first_x : column->last_x;

      simplify_push (&s, (EwChartVertex){ column->first_x, from_top ? column->top : column->bottom });
      if (column->bottom > column->top || last_x > column->first_x)
        simplify_push (&s, (EwChartVertex){ last_x, from_top ? column->bottom : column->top });
      y = from_top ? column->bottom : column->top;
    }
  simplify_push (&s, (EwChartVertex){ 0, NAN });
}
