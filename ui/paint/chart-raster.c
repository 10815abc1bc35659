/* Many lines, or lines of many corners: filled column by column into pixels. Strokes would cost the frame. */
#include "ui/paint/chart-buffer.h"
#include "ui/paint/colormap.h"

#include <math.h>
#include <string.h>

/* Rows that a line covers in each device column, top > bottom where it covers none. */
typedef struct
{
  float *tops;
  float *bottoms;
  int n;
} Cover;

static inline void
cover (const Cover *self, int column, double top, double bottom)
{
  if (column < 0 || column >= self->n)
    return;
  self->tops[column] = MIN (self->tops[column], (float)top);
  self->bottoms[column] = MAX (self->bottoms[column], (float)bottom);
}

/* The band that joins two columns. */
static void
cover_between (const Cover *self, const EwChartColumn *a, const EwChartColumn *b)
{
  int first = (int)a->last_x;
  int last = (int)b->first_x;
  double run = b->first_x - a->last_x;

  if (last <= first + 1)
    {
      /* Neighbours meet half way. */
      double top = (a->top + b->top) / 2;
      double bottom = (a->bottom + b->bottom) / 2;

      cover (self, first, top, bottom);
      cover (self, last, top, bottom);
      return;
    }
  for (int c = first; c <= last; c++)
    {
      double t0 = (fmax (c, a->last_x) - a->last_x) / run;
      double t1 = (fmin (c + 1, b->first_x) - a->last_x) / run;
      double top0 = a->top + t0 * (b->top - a->top);
      double top1 = a->top + t1 * (b->top - a->top);
      double bottom0 = a->bottom + t0 * (b->bottom - a->bottom);
      double bottom1 = a->bottom + t1 * (b->bottom - a->bottom);

      cover (self, c, fmin (top0, top1), fmax (bottom0, bottom1));
    }
}

static void
cover_line (const Cover *self, const EwChartColumn *columns, guint n)
{
  for (int c = 0; c < self->n; c++)
    {
      self->tops[c] = INFINITY;
      self->bottoms[c] = -INFINITY;
    }
  for (guint k = 0; k < n; k++)
    {
      const EwChartColumn *column = &columns[k];

      if (isnan (column->top))
        continue;
      for (int c = (int)column->first_x; c <= (int)column->last_x; c++)
        cover (self, c, column->top, column->bottom);
      if (k + 1 < n && !isnan (columns[k + 1].top))
        cover_between (self, column, &columns[k + 1]);
    }
}

/* The opaque @color over the pixel, premultiplied; coverage from 0 to 256. */
static inline void
blend (guint32 *pixel, guint32 color, guint32 coverage)
{
  guint32 keep = 256 - coverage;
  /* Two channels at a time: 8 bits times 256 fit into 16. */
  guint32 even = ((color & 0x00ff00ffu) * coverage + (*pixel & 0x00ff00ffu) * keep) >> 8;
  guint32 odd = ((color >> 8) & 0x00ff00ffu) * coverage + ((*pixel >> 8) & 0x00ff00ffu) * keep;

  *pixel = (even & 0x00ff00ffu) | (odd & 0xff00ff00u);
}

static void
fill_covered (const Cover *self, guint32 *pixels, int stride, int height, double width, guint32 color)
{
  for (int c = 0; c < self->n; c++)
    {
      double top = MAX (self->tops[c] - width / 2, 0);
      double bottom = MIN (self->bottoms[c] + width / 2, height);

      /* Also where the line has a gap: the top is then infinite. */
      if (top >= bottom)
        continue;

      int first = (int)top;
      int last = (int)bottom - (bottom > (int)bottom ? 0 : 1);
      guint32 *pixel = &pixels[(size_t)first * stride + c];

      blend (pixel, color, (guint32)(256 * (MIN (bottom, first + 1) - top)));
      for (int i = first + 1; i < last; i++)
        *(pixel += stride) = color;
      if (last > first)
        blend (pixel + stride, color, (guint32)(256 * (bottom - last)));
    }
}

static gboolean
prepare_surface (EwChartLayer *layer, int width, int height)
{
  if (layer->surface == NULL || cairo_image_surface_get_width (layer->surface) != width
      || cairo_image_surface_get_height (layer->surface) != height)
    {
      g_clear_pointer (&layer->surface, cairo_surface_destroy);
      layer->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
    }
  if (cairo_surface_status (layer->surface) != CAIRO_STATUS_SUCCESS)
    {
      g_clear_pointer (&layer->surface, cairo_surface_destroy);
      return FALSE;
    }
  cairo_surface_flush (layer->surface);
  memset (cairo_image_surface_get_data (layer->surface), 0,
          (size_t)cairo_image_surface_get_stride (layer->surface) * height);
  return TRUE;
}

gboolean
ew_chart_layer_clear (EwChartLayer *layer)
{
  const EwChartLayerKey *key = &layer->key;
  int width = (int)ceil ((key->frame.width + 1) * key->scale);
  int height = (int)ceil ((key->frame.height + 2 * EW_CHART_OVER) * key->scale);

  layer->done = 0;
  return prepare_surface (layer, width, height);
}

void
ew_chart_fill_line (EwChartLayer *layer, const EwChartPaint *paint, int line, EwChartBuffer *buffer)
{
  const EwChartLayerKey *key = &layer->key;
  int width = cairo_image_surface_get_width (layer->surface);
  EwChartColumn *columns;

  g_array_set_size (buffer->tops, width);
  g_array_set_size (buffer->bottoms, width);
  ew_chart_make_columns (paint, &key->frame, key->scale, line, buffer);
  columns = (EwChartColumn *)(gpointer)buffer->columns->data;
  for (guint k = 0; k < buffer->columns->len; k++)
    {
      columns[k].top += EW_CHART_OVER * key->scale;
      columns[k].bottom += EW_CHART_OVER * key->scale;
    }

  Cover rows = { (float *)(gpointer)buffer->tops->data, (float *)(gpointer)buffer->bottoms->data, width };

  cover_line (&rows, columns, buffer->columns->len);
  fill_covered (&rows, (guint32 *)(gpointer)cairo_image_surface_get_data (layer->surface),
                cairo_image_surface_get_stride (layer->surface) / 4,
                cairo_image_surface_get_height (layer->surface),
                ew_chart_line_width (paint, &key->lines, line) * key->scale,
                ew_color_to_pixel (ew_chart_line_color (paint, &key->lines, line)));
}
