/* Histogram: bars, the strip of colours under them, and both axes. */
#include "ui/paint/histogram.h"

#include "ui/paint/number.h"

#include <math.h>

/* Between plot, strip and numbers; the strip's height. */
#define GAP   4.0
#define STRIP 8.0

#define OF_BODY 0.85

/* Bins that the axis covers at least. */
#define LEAST_BINS 8

/* Between two numbers, in widths of a long one, or in heights. */
#define SPACING 1.4

static double
text_size (const EwPaintStyle *style)
{
  return ew_paint_style_font_size (style) * OF_BODY;
}

/* What a plot of these bins covers. */
static EwRange
covered (const EwHistogram *h)
{
  double beyond = MAX (0, LEAST_BINS - h->n_bins) / 2.0 * h->step;

  return (EwRange){ ew_histogram_edge (h, 0) - beyond, ew_histogram_edge (h, h->n_bins) + beyond };
}

gboolean
ew_histogram_box (const EwHistogramPaint *paint, double width, double height, EwHistogramBox *box)
{
  const EwHistogram *h = paint->histogram;
  double text_height;
  /* The widest that ew_number_count gives. */
  double label = ew_paint_text_measure (paint->style, "1000 M", text_size (paint->style), &text_height);

  if (h == NULL || h->n_bins == 0)
    return FALSE;
  *box = (EwHistogramBox){ .x = ceil (label + GAP), .y = ceil (text_height / 2), .values = covered (h), .most = 1 };
  for (int k = 0; k < h->n_bins; k++)
    box->most = MAX (box->most, h->counts[k]);
  box->width = floor (width - box->x - label / 2);
  box->height = floor (height - box->y - 2 * GAP - STRIP - text_height);
  return box->width >= 8 && box->height >= 8;
}

double
ew_histogram_box_x (const EwHistogramBox *box, double value)
{
  return box->x + (value - box->values.low) / (box->values.high - box->values.low) * box->width;
}

double
ew_histogram_box_share (const EwHistogramBox *box, gint64 count)
{
  return log1p ((double)count) / log1p ((double)box->most);
}

static double
snap (double position, double scale)
{
  return round (position * scale) / scale;
}

/* 1, 10, 100 … with lines across the plot. */
static void
paint_counts (cairo_t *cr, const EwPaintStyle *style, const EwHistogramBox *box, double scale)
{
  double bottom = box->y + box->height;
  double line = fmax (1, round (scale)) / scale;
  double last = bottom + box->height;
  char number[EW_NUMBER_SIZE];
  double text_height;

  ew_paint_text_measure (style, "0", text_size (style), &text_height);
  for (gint64 count = 1; count <= box->most; count *= 10)
    {
      double y = bottom - box->height * ew_histogram_box_share (box, count);

      cairo_rectangle (cr, box->x, snap (y - line / 2, scale), box->width, line);
      ew_color_set (style->faint, cr);
      cairo_fill (cr);
      if (last - y < text_height)
        continue;
      last = y;
      ew_paint_text (cr, style, ew_number_count (number, (double)count), text_size (style), style->dim, box->x - GAP, y,
                     1, 0.5);
    }
}

static void
paint_bars (cairo_t *cr, const EwHistogramPaint *paint, const EwHistogramBox *box, double scale)
{
  const EwHistogram *h = paint->histogram;
  const EwPaintStyle *style = paint->style;
  EwColor within = ew_color_over (ew_color_with_alpha (style->foreground, 0.62), style->background);
  double bottom = box->y + box->height;

  for (int k = 0; k < h->n_bins; k++)
    {
      double left = snap (ew_histogram_box_x (box, ew_histogram_edge (h, k)), scale);
      double right = snap (ew_histogram_box_x (box, ew_histogram_edge (h, k + 1)), scale);
      double height = snap (box->height * ew_histogram_box_share (box, h->counts[k]), scale);
      gboolean clipped
          = ew_histogram_edge (h, k + 1) <= paint->range.low || ew_histogram_edge (h, k) >= paint->range.high;

      if (h->counts[k] == 0)
        continue;
      /* A line of the ground between two, where there is room for it. */
      if ((right - left) * scale >= 4)
        right -= 1 / scale;
      cairo_rectangle (cr, left, bottom - fmax (height, 1 / scale), fmax (right - left, 1 / scale),
                       fmax (height, 1 / scale));
      ew_color_set (clipped ? style->error : within, cr);
      cairo_fill (cr);
    }
}

/* Each device pixel has the colour that the picture gives its value. */
static void
paint_strip (cairo_t *cr, const EwHistogramPaint *paint, const EwHistogramBox *box, double scale)
{
  int n = MAX ((int)round (box->width * scale), 1);
  double y = box->y + box->height + GAP;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, n, 1);

  if (cairo_surface_status (surface) == CAIRO_STATUS_SUCCESS)
    {
      guint32 *pixels = (guint32 *)(gpointer)cairo_image_surface_get_data (surface);
      double width = box->values.high - box->values.low;

      for (int k = 0; k < n; k++)
        pixels[k] = ew_colormap_pixel (paint->map, paint->range, box->values.low + (k + 0.5) / n * width);
      cairo_surface_mark_dirty (surface);
      cairo_save (cr);
      cairo_rectangle (cr, box->x, y, box->width, STRIP);
      cairo_clip (cr);
      cairo_translate (cr, box->x, y);
      cairo_scale (cr, box->width / n, STRIP);
      cairo_set_source_surface (cr, surface, 0, 0);
      cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
      cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
      cairo_paint (cr);
      cairo_restore (cr);
    }
  cairo_surface_destroy (surface);
  cairo_rectangle (cr, box->x + 0.5, y + 0.5, box->width - 1, STRIP - 1);
  cairo_set_line_width (cr, 1);
  ew_color_set (paint->style->high_contrast ? paint->style->foreground : paint->style->faint, cr);
  cairo_stroke (cr);
}

/* Numbers under the strip, and a line where zero is. */
static void
paint_values (cairo_t *cr, const EwPaintStyle *style, const EwHistogramBox *box, double scale)
{
  double label = ew_paint_text_measure (style, EW_MINUS "0.000", text_size (style), NULL);
  double step = ew_nice_step (box->values, MAX (2, (int)(box->width / (label * SPACING))));
  double line = fmax (1, round (scale)) / scale;
  double y = box->y + box->height + 2 * GAP + STRIP;
  char number[EW_NUMBER_SIZE];

  for (double k = ceil (box->values.low / step - 1e-9); k * step <= box->values.high + 1e-9 * step; k++)
    {
      double x = ew_histogram_box_x (box, k * step);

      ew_paint_text (cr, style, ew_number_tick (number, k * step, step), text_size (style), style->dim, x, y, 0.5, 0);
      cairo_rectangle (cr, snap (x - line / 2, scale), box->y + box->height, line, GAP);
      ew_color_set (style->dim, cr);
      cairo_fill (cr);
    }
  if (box->values.low >= 0 || box->values.high <= 0)
    return;
  cairo_rectangle (cr, snap (ew_histogram_box_x (box, 0) - line / 2, scale), box->y, line, box->height);
  ew_color_set (style->faint, cr);
  cairo_fill (cr);
}

void
ew_paint_histogram (cairo_t *cr, const EwHistogramPaint *paint, double width, double height)
{
  double scale = ew_paint_style_scale (paint->style, cr);
  EwHistogramBox box;

  if (!ew_histogram_box (paint, width, height, &box))
    return;
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  paint_counts (cr, paint->style, &box, scale);
  paint_values (cr, paint->style, &box, scale);
  paint_bars (cr, paint, &box, scale);
  paint_strip (cr, paint, &box, scale);
  cairo_restore (cr);
}
