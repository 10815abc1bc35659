/* Many lines, or lines of many corners: filled column by column into pixels. Strokes would cost the frame. */
#include "ui/paint/chart-buffer.h"

#include <math.h>
#include <string.h>

/* Rows over and under the plot, in units, so that a line on its edge keeps its width. */
#define OVER 3.0

/* Extends the rows that device column @column covers. */
static void
cover (EwChartBuffer *buffer, int column, double top, double bottom)
{
  float *t, *b;

  if (column < 0 || column >= (int)buffer->tops->len)
    return;
  t = &g_array_index (buffer->tops, float, column);
  b = &g_array_index (buffer->bottoms, float, column);
  *t = fminf (*t, (float)top);
  *b = fmaxf (*b, (float)bottom);
}

/* The rows covered in every device column: the columns' own, and between two neighbours the band that joins them. */
static void
cover_line (EwChartBuffer *buffer)
{
  const EwChartColumn *columns = (const EwChartColumn *)(gpointer)buffer->columns->data;

  for (guint c = 0; c < buffer->tops->len; c++)
    {
      g_array_index (buffer->tops, float, c) = INFINITY;
      g_array_index (buffer->bottoms, float, c) = -INFINITY;
    }
  for (guint k = 0; k < buffer->columns->len; k++)
    {
      const EwChartColumn *a = &columns[k];
      const EwChartColumn *b = k + 1 < buffer->columns->len ? &columns[k + 1] : NULL;

      if (isnan (a->top))
        continue;
      for (int c = (int)floor (a->first_x); c <= (int)floor (a->last_x); c++)
        cover (buffer, c, a->top, a->bottom);
      if (b == NULL || isnan (b->top))
        continue;
      for (int c = (int)floor (a->last_x); c <= (int)floor (b->first_x); c++)
        {
          double t0 = (fmax (c, a->last_x) - a->last_x) / (b->first_x - a->last_x);
          double t1 = (fmin (c + 1, b->first_x) - a->last_x) / (b->first_x - a->last_x);
          double top0 = a->top + t0 * (b->top - a->top);
          double top1 = a->top + t1 * (b->top - a->top);
          double bottom0 = a->bottom + t0 * (b->bottom - a->bottom);
          double bottom1 = a->bottom + t1 * (b->bottom - a->bottom);

          cover (buffer, c, fmin (top0, top1), fmax (bottom0, bottom1));
        }
    }
}

/* color·coverage over the pixel, premultiplied; coverage from 0 to 256. */
static inline void
blend (guint32 *pixel, const guint32 color[4], guint32 coverage)
{
  guint32 keep = 256 - coverage;
  guint32 result = 0;

  for (int k = 0; k < 4; k++)
    result |= ((color[k] * coverage + ((*pixel >> (8 * k)) & 255) * keep) >> 8) << (8 * k);
  *pixel = result;
}

static void
fill_covered (EwChartBuffer *buffer, guint32 *pixels, int stride, int height, double width, EwColor color)
{
  const guint32 channels[4] = { (guint32)lround (255 * color.blue), (guint32)lround (255 * color.green),
                                (guint32)lround (255 * color.red), 255 };

  for (int c = 0; c < (int)buffer->tops->len; c++)
    {
      double top = fmax (g_array_index (buffer->tops, float, c) - width / 2, 0);
      double bottom = fmin (g_array_index (buffer->bottoms, float, c) + width / 2, height);

      /* Also where the line has a gap: the top is then infinite. */
      if (top >= bottom)
        continue;

      int first = (int)floor (top);
      int last = (int)ceil (bottom) - 1;

      for (int i = first; i <= last; i++)
        blend (&pixels[(size_t)i * stride + c], channels,
               (guint32)(256 * CLAMP (fmin (bottom, i + 1) - fmax (top, i), 0, 1)));
    }
}

static gboolean
prepare_surface (EwChartBuffer *buffer, int width, int height)
{
  if (buffer->surface == NULL || cairo_image_surface_get_width (buffer->surface) != width
      || cairo_image_surface_get_height (buffer->surface) != height)
    {
      g_clear_pointer (&buffer->surface, cairo_surface_destroy);
      buffer->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
    }
  if (cairo_surface_status (buffer->surface) != CAIRO_STATUS_SUCCESS)
    {
      g_clear_pointer (&buffer->surface, cairo_surface_destroy);
      return FALSE;
    }
  cairo_surface_flush (buffer->surface);
  memset (cairo_image_surface_get_data (buffer->surface), 0,
          (size_t)cairo_image_surface_get_stride (buffer->surface) * height);
  g_array_set_size (buffer->tops, width);
  g_array_set_size (buffer->bottoms, width);
  return TRUE;
}

static void
fill_line (const EwChartPaint *paint, const EwChartFrame *frame, double scale, int line, EwChartBuffer *buffer)
{
  cairo_surface_t *surface = buffer->surface;

  ew_chart_make_columns (paint, frame, scale, line, buffer);
  for (guint k = 0; k < buffer->columns->len; k++)
    {
      g_array_index (buffer->columns, EwChartColumn, k).top += OVER * scale;
      g_array_index (buffer->columns, EwChartColumn, k).bottom += OVER * scale;
    }
  cover_line (buffer);
  fill_covered (buffer, (guint32 *)(gpointer)cairo_image_surface_get_data (surface),
                cairo_image_surface_get_stride (surface) / 4, cairo_image_surface_get_height (surface),
                ew_chart_line_width (paint, line) * scale, ew_chart_line_color (paint, line));
}

void
ew_chart_paint_pixels (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame, double scale,
                       EwChartBuffer *buffer)
{
  int width = (int)ceil ((frame->width + 1) * scale);
  int height = (int)ceil ((frame->height + 2 * OVER) * scale);

  if (!prepare_surface (buffer, width, height))
    return;
  for (int line = 0; line < ew_chart_n_lines (paint); line++)
    if (line != paint->highlight)
      fill_line (paint, frame, scale, line, buffer);
  /* The one that stands out lies on top. */
  if (paint->highlight >= 0 && paint->highlight < ew_chart_n_lines (paint))
    fill_line (paint, frame, scale, paint->highlight, buffer);
  cairo_surface_mark_dirty (buffer->surface);
  cairo_surface_set_device_scale (buffer->surface, scale, scale);
  cairo_set_source_surface (cr, buffer->surface, frame->x, frame->y - OVER);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
}
