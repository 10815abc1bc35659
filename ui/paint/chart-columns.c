/* From points to columns of device pixels, and from those to the few corners of a line. */
#include "ui/paint/chart-buffer.h"

#include <math.h>

/* In device pixels: how far a simplified line may be from its points. */
#define TOLERANCE 0.2

EwChartBuffer *
ew_chart_buffer_new (void)
{
  EwChartBuffer *buffer = g_new0 (EwChartBuffer, 1);

  buffer->slots = g_array_new (FALSE, FALSE, sizeof (EwChartSlot));
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
  ew_chart_layer_free_parts (&buffer->shown);
  ew_chart_layer_free_parts (&buffer->draft);
  ew_chart_layer_free_parts (&buffer->other);
  for (guint k = 0; k < G_N_ELEMENTS (buffer->extents); k++)
    ew_curves_unref ((EwCurves *)buffer->extents[k].curves);
  g_array_unref (buffer->slots);
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

/* Where the last of its points ends; a slot without any is not kept. */
static void
end_slot (EwChartSlot *slot, const EwChartPaint *paint, const EwChartFrame *frame, double scale, EwChartBuffer *buffer)
{
  if (slot->n == 0)
    return;
  slot->last_x = (ew_chart_x (paint, frame, slot->point + slot->n - 1, TRUE) - frame->x) * scale;
  g_array_append_val (buffer->slots, *slot);
}

void
ew_chart_make_slots (const EwChartPaint *paint, const EwChartFrame *frame, double scale, EwChartBuffer *buffer)
{
  int n = paint->curves->n_points;
  EwChartSlot slot = { .n = 0 };

  g_array_set_size (buffer->slots, 0);
  for (int p = 0; p < n; p++)
    {
      double x = (ew_chart_x (paint, frame, p, FALSE) - frame->x) * scale;

      if (slot.n > 0 && floor (slot.first_x) == floor (x))
        {
          slot.n++;
          continue;
        }
      end_slot (&slot, paint, frame, scale, buffer);
      slot = (EwChartSlot){ p, 1, x, x };
    }
  end_slot (&slot, paint, frame, scale, buffer);
}

/* Extremes of a slot on the value axis, NaN where it has none. Comparing with NaN is false: what is not finite is
 * passed over. */
static void
loss_extremes (const EwChartPaint *paint, const EwChartFrame *frame, const EwChartSlot *slot, double *low, double *high)
{
  const EwCurves *curves = paint->curves;
  double least = INFINITY;
  double most = -INFINITY;

  for (int p = slot->point; p < slot->point + slot->n; p++)
    {
      least = curves->loss_min[p] < least ? curves->loss_min[p] : least;
      most = curves->loss_max[p] > most && curves->loss_max[p] < INFINITY ? curves->loss_max[p] : most;
    }
  *low = least <= most ? ew_chart_axis_value (paint, frame, least) : NAN;
  *high = least <= most ? ew_chart_axis_value (paint, frame, most) : NAN;
}

static void
weight_extremes (const EwCurves *curves, int line, const EwChartSlot *slot, double *low, double *high)
{
  const float *minima = curves->weight_min + (size_t)line * curves->n_points;
  const float *maxima = curves->weight_max + (size_t)line * curves->n_points;
  float least = INFINITY;
  float most = -INFINITY;

  for (int p = slot->point; p < slot->point + slot->n; p++)
    {
      least = minima[p] < least && minima[p] > -INFINITY ? minima[p] : least;
      most = maxima[p] > most && maxima[p] < INFINITY ? maxima[p] : most;
    }
  *low = least <= most ? (double)least : NAN;
  *high = least <= most ? (double)most : NAN;
}

void
ew_chart_make_columns (const EwChartPaint *paint, const EwChartFrame *frame, double scale, int line,
                       EwChartBuffer *buffer)
{
  const EwChartSlot *slots = (const EwChartSlot *)(gpointer)buffer->slots->data;
  double per_unit = scale * frame->height / (frame->high - frame->low);
  EwChartColumn *columns;

  g_array_set_size (buffer->columns, buffer->slots->len);
  columns = (EwChartColumn *)(gpointer)buffer->columns->data;
  for (guint k = 0; k < buffer->slots->len; k++)
    {
      double low, high;

      if (paint->kind == EW_CHART_LOSS)
        loss_extremes (paint, frame, &slots[k], &low, &high);
      else
        weight_extremes (paint->curves, line, &slots[k], &low, &high);
      columns[k] = (EwChartColumn){ slots[k].first_x, slots[k].last_x, (frame->high - high) * per_unit,
                                    (frame->high - low) * per_unit };
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
