/* Sampling: rows of values are gathered (enlarged) or averaged (reduced) at device resolution and mapped to pixels. */
#include "ui/paint/plane-sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CHANNELS_MAX 3

/* What one device pixel covers along one axis: samples first … last, those at the ends by a part. The weights of a
 * pixel sum to 1. */
typedef struct
{
  int first;
  int last;
  float first_weight;
  float inner_weight;
  float last_weight;
} Span;

struct _EwPlaneBuffer
{
  cairo_surface_t *surface;
  Span *columns;
  int n_samples;       /* values that columns is for */
  EwSampling sampling; /* and how they are sampled */
  float *line;         /* one row of samples, averaged over the rows of a device pixel */
  float *values;       /* CHANNELS_MAX rows of device pixels */
  size_t line_capacity;
  size_t values_capacity;
};

EwPlaneBuffer *
ew_plane_buffer_new (void)
{
  return g_new0 (EwPlaneBuffer, 1);
}

void
ew_plane_buffer_free (EwPlaneBuffer *buffer)
{
  if (buffer == NULL)
    return;
  g_clear_pointer (&buffer->surface, cairo_surface_destroy);
  free (buffer->columns);
  free (buffer->line);
  free (buffer->values);
  g_free (buffer);
}

/* A sampling that shows each value in one pixel, but for rounding. */
static gboolean
is_one_to_one (const EwSampling *s)
{
  return fabs (s->step - 1) * s->pixels < 1e-3 && fabs (s->first - round (s->first)) < 1e-3;
}

static gboolean
takes_nearest (const EwSampling *s)
{
  return s->step < 1 || is_one_to_one (s);
}

/* What device pixel @pixel covers of @n_samples. */
static Span
span_of (const EwSampling *s, int pixel, int n_samples)
{
  double start = s->first + pixel * s->step;

  if (takes_nearest (s))
    {
      int nearest = CLAMP ((int)floor (start + 0.5 * s->step), 0, n_samples - 1);

      return (Span){ nearest, nearest, 1, 0, 0 };
    }

  double end = MIN (start + s->step, n_samples);

  start = MAX (start, 0);

  /* At the plane's edges a pixel may cover less. */
  double covered = MAX (end - start, 1e-9);
  int first = MIN ((int)start, n_samples - 1);
  int last = CLAMP ((int)ceil (end) - 1, first, n_samples - 1);

  if (first == last)
    return (Span){ first, last, 1, 0, 0 };
  return (Span){ first, last, (float)((first + 1 - start) / covered), (float)(1 / covered),
                 (float)((end - last) / covered) };
}

static gboolean
reserve (float **values, size_t *capacity, size_t wanted)
{
  float *grown;

  if (*capacity >= wanted)
    return TRUE;
  grown = realloc (*values, wanted * sizeof (float));
  if (grown == NULL)
    return FALSE;
  *values = grown;
  *capacity = wanted;
  return TRUE;
}

static gboolean
prepare_columns (EwPlaneBuffer *buffer, const EwSampling *sampling, int n_samples)
{
  const EwSampling *old = &buffer->sampling;

  if (old->pixels == sampling->pixels && old->first == sampling->first && old->step == sampling->step
      && buffer->n_samples == n_samples)
    return TRUE;

  Span *columns = realloc (buffer->columns, sampling->pixels * sizeof (Span));

  if (columns == NULL)
    return FALSE;
  for (int k = 0; k < sampling->pixels; k++)
    columns[k] = span_of (sampling, k, n_samples);
  buffer->columns = columns;
  buffer->sampling = *sampling;
  buffer->n_samples = n_samples;
  return TRUE;
}

static gboolean
prepare_surface (EwPlaneBuffer *buffer, int width, int height)
{
  if (buffer->surface == NULL || cairo_image_surface_get_width (buffer->surface) != width
      || cairo_image_surface_get_height (buffer->surface) != height)
    {
      g_clear_pointer (&buffer->surface, cairo_surface_destroy);
      buffer->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
    }
  if (cairo_surface_status (buffer->surface) == CAIRO_STATUS_SUCCESS)
    return TRUE;
  g_clear_pointer (&buffer->surface, cairo_surface_destroy);
  return FALSE;
}

/* line += weight · (a − b), or = where @fresh. */
static void
accumulate (float *restrict line, const float *restrict a, const float *restrict b, int n, float weight, gboolean fresh)
{
  if (fresh && b == NULL)
    for (int j = 0; j < n; j++)
      line[j] = weight * a[j];
  else if (fresh)
    for (int j = 0; j < n; j++)
      line[j] = weight * (a[j] - b[j]);
  else if (b == NULL)
    for (int j = 0; j < n; j++)
      line[j] += weight * a[j];
  else
    for (int j = 0; j < n; j++)
      line[j] += weight * (a[j] - b[j]);
}

/* The samples of a device row: a row of the plane itself where that serves, otherwise made in the buffer's line. */
static const float *
gather_line (const EwPlanePaint *paint, EwPlaneBuffer *buffer, int channel, const Span *rows)
{
  const EwGrid *plane = paint->planes[channel];

  if (rows->first == rows->last && paint->subtract == NULL && rows->first_weight == 1)
    return ew_grid_row (plane, rows->first);
  for (int i = rows->first; i <= rows->last; i++)
    {
      float weight = i == rows->first ? rows->first_weight : i == rows->last ? rows->last_weight : rows->inner_weight;

      accumulate (buffer->line, ew_grid_row (plane, i), paint->subtract ? ew_grid_row (paint->subtract, i) : NULL,
                  plane->width, weight, i == rows->first);
    }
  return buffer->line;
}

static void
gather_values (const Span *columns, int n, const float *restrict line, float *restrict values, gboolean reduced)
{
  if (!reduced)
    {
      for (int k = 0; k < n; k++)
        values[k] = line[columns[k].first];
      return;
    }
  for (int k = 0; k < n; k++)
    {
      const Span *span = &columns[k];
      float sum = span->first_weight * line[span->first];

      if (span->last > span->first)
        sum += span->last_weight * line[span->last];
      for (int j = span->first + 1; j < span->last; j++)
        sum += span->inner_weight * line[j];
      values[k] = sum;
    }
}

/* Three rows of values as red, green and blue. A value that is not finite in any of them makes the pixel say so. */
static void
map_rgb (const EwPlanePaint *paint, const float *values, int n, guint32 *pixels)
{
  const EwColormap *grey = ew_colormap_grey ();
  const float *r = values;
  const float *g = values + n;
  const float *b = values + 2 * n;
  float low = (float)paint->range.low;
  float steps = (float)(255 / (paint->range.high - paint->range.low));

  for (int k = 0; k < n; k++)
    {
      /* Zero just where all three are finite. */
      float zero = (r[k] + g[k] + b[k]) * 0.0f;

      if (zero == 0.0f)
        pixels[k] = 0xff000000u | (guint32)(CLAMP ((r[k] - low) * steps, 0, 255) + 0.5f) << 16
                    | (guint32)(CLAMP ((g[k] - low) * steps, 0, 255) + 0.5f) << 8
                    | (guint32)(CLAMP ((b[k] - low) * steps, 0, 255) + 0.5f);
      else
        pixels[k] = ew_colormap_pixel (grey, paint->range, isfinite (r[k]) ? isfinite (g[k]) ? b[k] : g[k] : r[k]);
    }
}

static void
sample_row (const EwPlanePaint *paint, EwPlaneBuffer *buffer, const Span *rows, guint32 *pixels)
{
  int n_channels = paint->n_planes == CHANNELS_MAX ? CHANNELS_MAX : 1;
  int width = buffer->sampling.pixels;

  for (int channel = 0; channel < n_channels; channel++)
    gather_values (buffer->columns, width, gather_line (paint, buffer, channel, rows),
                   buffer->values + (size_t)channel * width, !takes_nearest (&buffer->sampling));
  if (n_channels == CHANNELS_MAX)
    map_rgb (paint, buffer->values, width, pixels);
  else
    ew_colormap_map (paint->map, paint->range, buffer->values, width, pixels);
}

cairo_surface_t *
ew_plane_sample (const EwPlanePaint *paint, EwPlaneBuffer *buffer, const EwSampling *rows, const EwSampling *columns)
{
  const EwGrid *plane = paint->planes[0];
  int width = columns->pixels;

  if (!prepare_surface (buffer, width, rows->pixels) || !prepare_columns (buffer, columns, plane->width)
      || !reserve (&buffer->line, &buffer->line_capacity, plane->width)
      || !reserve (&buffer->values, &buffer->values_capacity, (size_t)CHANNELS_MAX * width))
    return NULL;

  cairo_surface_flush (buffer->surface);

  guint8 *data = cairo_image_surface_get_data (buffer->surface);
  int stride = cairo_image_surface_get_stride (buffer->surface);
  Span above = { -1, -1, 0, 0, 0 };

  for (int i = 0; i < rows->pixels; i++)
    {
      Span span = span_of (rows, i, plane->height);
      guint32 *pixels = (guint32 *)(gpointer)(data + (size_t)i * stride);

      if (takes_nearest (rows) && span.first == above.first)
        memcpy (pixels, data + (size_t)(i - 1) * stride, (size_t)width * sizeof *pixels);
      else
        sample_row (paint, buffer, &span, pixels);
      above = span;
    }
  cairo_surface_mark_dirty (buffer->surface);
  return buffer->surface;
}
