/* A chart's lines as pixels: kept while what they are of stays the same, and made a few lines at a time. */
#include "ui/paint/chart-buffer.h"

#include <math.h>

static gboolean
same_frame (const EwChartFrame *a, const EwChartFrame *b)
{
  return a->x == b->x && a->y == b->y && a->width == b->width && a->height == b->height
         && a->first_epoch == b->first_epoch && a->last_epoch == b->last_epoch && a->low == b->low
         && a->high == b->high && a->log_epochs == b->log_epochs;
}

static gboolean
same_color (const EwColor *a, const EwColor *b)
{
  return a->red == b->red && a->green == b->green && a->blue == b->blue && a->alpha == b->alpha;
}

static gboolean
same_key (const EwChartLayerKey *a, const EwChartLayerKey *b)
{
  return a->curves == b->curves && a->kind == b->kind && a->lines.run == b->lines.run && a->lines.only == b->lines.only
         && same_frame (&a->frame, &b->frame) && a->scale == b->scale && a->highlight == b->highlight
         && a->dark == b->dark && same_color (&a->accent, &b->accent);
}

static void
make_key (const EwChartPaint *paint, const EwChartLines *lines, const EwChartFrame *frame, double scale,
          EwChartLayerKey *key)
{
  *key = (EwChartLayerKey){ .curves = paint->curves,
                            .kind = paint->kind,
                            .lines = *lines,
                            .frame = *frame,
                            .scale = scale,
                            .highlight = paint->highlight,
                            .dark = paint->style->dark,
                            .accent = paint->style->accent };
}

static void
forget_curves (const EwCurves **curves)
{
  ew_curves_unref ((EwCurves *)*curves);
  *curves = NULL;
}

void
ew_chart_layer_free_parts (EwChartLayer *layer)
{
  forget_curves (&layer->key.curves);
  g_clear_pointer (&layer->surface, cairo_surface_destroy);
}

/* Begins anew where the layer is of something else. */
static gboolean
begin (EwChartLayer *layer, const EwChartLayerKey *key)
{
  if (same_key (&layer->key, key))
    return TRUE;
  ew_curves_ref ((EwCurves *)key->curves);
  forget_curves (&layer->key.curves);
  layer->key = *key;
  if (ew_chart_layer_clear (layer))
    return TRUE;
  forget_curves (&layer->key.curves);
  return FALSE;
}

/* The @step-th line to be filled: the one that stands out is the last and lies on top. −1: none at this step. */
static int
line_at (const EwChartPaint *paint, const EwChartLines *lines, int step)
{
  int line = step == ew_chart_n_lines (paint) ? paint->highlight : step;

  if (line < 0 || line >= ew_chart_n_lines (paint) || !ew_chart_draws_line (lines, line)
      || (line == paint->highlight) != (step == ew_chart_n_lines (paint)))
    return -1;
  return line;
}

/* Fills lines, at least one, until all are there or it is @until by the monotonic clock. TRUE: all are. */
static gboolean
work (EwChartLayer *layer, const EwChartPaint *paint, EwChartBuffer *buffer, gint64 until)
{
  int n = ew_chart_n_lines (paint) + 1;

  if (layer->done == n)
    return TRUE;
  ew_chart_make_slots (paint, &layer->key.frame, layer->key.scale, buffer);
  do
    {
      int line = line_at (paint, &layer->key.lines, layer->done++);

      if (line >= 0)
        ew_chart_fill_line (layer, paint, line, buffer);
    }
  while (layer->done < n && g_get_monotonic_time () < until);
  cairo_surface_mark_dirty (layer->surface);
  return layer->done == n;
}

static void
swap (EwChartBuffer *buffer)
{
  EwChartLayer shown = buffer->shown;

  buffer->shown = buffer->draft;
  buffer->draft = shown;
}

gboolean
ew_chart_takes_long (const EwChartPaint *paint)
{
  return paint->kind == EW_CHART_WEIGHTS && ew_chart_has_points (paint->curves)
         && paint->curves->n_weights > EW_CHART_NAMED_MAX;
}

gboolean
ew_chart_prepare (const EwChartPaint *paint, double width, double height, gint64 until)
{
  const EwChartLines lines = { -1, -1 };
  EwChartBuffer *buffer = paint->buffer;
  EwChartLayerKey key;
  EwChartFrame frame;

  g_return_val_if_fail (buffer != NULL && paint->style->scale > 0, TRUE);
  if (!ew_chart_takes_long (paint) || !ew_chart_frame (paint, width, height, &frame))
    return TRUE;
  make_key (paint, &lines, &frame, paint->style->scale, &key);
  if (same_key (&buffer->shown.key, &key) || !begin (&buffer->draft, &key))
    return TRUE;
  if (!work (&buffer->draft, paint, buffer, until))
    return FALSE;
  swap (buffer);
  return TRUE;
}

void
ew_chart_paint_pixels (cairo_t *cr, const EwChartPaint *paint, const EwChartLines *lines, const EwChartFrame *frame,
                       double scale, EwChartBuffer *buffer)
{
  EwChartLayer *layer = lines->run < 0 ? &buffer->shown : &buffer->other;
  EwChartLayerKey key;

  make_key (paint, lines, frame, scale, &key);
  if (!begin (layer, &key))
    return;
  work (layer, paint, buffer, G_MAXINT64);
  cairo_surface_set_device_scale (layer->surface, scale, scale);
  cairo_set_source_surface (cr, layer->surface, frame->x, frame->y - EW_CHART_OVER);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
}
