/* A chart's axes: grid lines, labels, titles. */
#include "ui/paint/chart-internal.h"
#include "ui/paint/number.h"

#include <math.h>
#include <string.h>

/* Between two labels of the value axis, in units; between two of the epoch axis, in widths of a long one. */
#define VALUE_SPACING 27.0
#define EPOCH_SPACING 1.5

/* A log axis with at most this many decades shows 2 … 9 too; with one decade 2 and 5 are labelled. */
#define MINOR_DECADES 4

#define GAP 6.0

static int
n_labels (double height)
{
  return MAX (2, (int)(height / VALUE_SPACING) + 1);
}

int
ew_chart_decade_step (const EwChartFrame *frame)
{
  static const int nice[] = { 1, 2, 3, 5, 10, 20, 50, 100, 200 };
  double decades = frame->high - frame->low;

  if (decades <= 1)
    return 0;
  for (guint k = 0; k < G_N_ELEMENTS (nice); k++)
    if (decades / nice[k] + 1 <= n_labels (frame->height))
      return nice[k];
  return 500;
}

double
ew_chart_value_step (const EwPaintStyle *style, EwRange range, double height)
{
  return ew_nice_step (range, n_labels (height));
}

double
ew_chart_epoch_step (const EwPaintStyle *style, const EwChartFrame *frame)
{
  double label = ew_paint_text_measure (style, "0000 k", ew_chart_text_size (style), NULL);
  int n = MAX (2, (int)(frame->width / (label * EPOCH_SPACING)));

  return fmax (1, ew_nice_step ((EwRange){ frame->first_epoch, frame->last_epoch }, n));
}

/* "10⁻³" */
static char *
decade_label (char *buffer, int exponent)
{
  static const char *const superscripts[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" };
  char digits[16];
  char *end = g_stpcpy (buffer, exponent < 0 ? "10⁻" : "10");

  g_snprintf (digits, sizeof digits, "%d", ABS (exponent));
  for (const char *p = digits; *p != '\0'; p++)
    end = g_stpcpy (end, superscripts[*p - '0']);
  return buffer;
}

double
ew_chart_label_width (const EwChartPaint *paint, const EwChartFrame *frame)
{
  double size = ew_chart_text_size (paint->style);
  /* Both charts start with the same margin, and it seldom changes. */
  double width = ew_paint_text_measure (paint->style, "10⁻¹⁰", size, NULL);
  char buffer[EW_NUMBER_SIZE];

  if (ew_chart_is_log (paint))
    return fmax (width, ew_paint_text_measure (paint->style, decade_label (buffer, (int)frame->low), size, NULL));

  double step = ew_chart_value_step (paint->style, (EwRange){ frame->low, frame->high }, frame->height);

  /* The longest is one of these: a lower end may be round where the next tick is not. */
  double ticks[] = { frame->low, frame->low + step, frame->high - step, frame->high };

  for (guint k = 0; k < G_N_ELEMENTS (ticks); k++)
    width = fmax (width, ew_paint_text_measure (paint->style, ew_number_tick (buffer, ticks[k], step), size, NULL));
  return width;
}

static double
snap (double value, double scale)
{
  return round (value * scale) / scale;
}

/* A line across the plot, one device pixel high; without a label where @label is NULL. */
static void
paint_value_line (cairo_t *cr, const EwPaintStyle *style, const EwChartFrame *frame, double y, const char *label,
                  double strength, double scale)
{
  double line = fmax (1, round (scale)) / scale;

  cairo_rectangle (cr, frame->x, snap (y - line / 2, scale), frame->width, line);
  ew_color_set (ew_color_with_alpha (style->foreground, fmin (1, style->faint.alpha * strength)), cr);
  cairo_fill (cr);
  if (label != NULL)
    ew_paint_text (cr, style, label, ew_chart_text_size (style), style->dim, frame->x - GAP, y, 1, 0.5);
}

static void
paint_loss_axis (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame, double scale)
{
  int step = ew_chart_decade_step (frame);
  int low = (int)frame->low;
  int high = (int)frame->high;
  char buffer[EW_NUMBER_SIZE];

  for (int decade = low; decade <= high; decade++)
    {
      double value = pow (10, decade);
      gboolean labelled = step == 0 || decade % step == 0;

      if (labelled)
        paint_value_line (cr, paint->style, frame, ew_chart_y (paint, frame, value),
                          step == 0 ? ew_number_short (buffer, value, 1) : decade_label (buffer, decade), 1, scale);
      for (int k = 2; k < 10 && high - low <= MINOR_DECADES && decade < high; k++)
        paint_value_line (cr, paint->style, frame, ew_chart_y (paint, frame, k * value),
                          step == 0 && (k == 2 || k == 5) ? ew_number_short (buffer, k * value, 1) : NULL, 0.4, scale);
    }
}

static void
paint_value_axis (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame, double scale)
{
  double step = ew_chart_value_step (paint->style, (EwRange){ frame->low, frame->high }, frame->height);
  int first = (int)ceil (frame->low / step - 1e-6);
  int last = (int)floor (frame->high / step + 1e-6);
  char buffer[EW_NUMBER_SIZE];

  for (int k = first; k <= last; k++)
    paint_value_line (cr, paint->style, frame, ew_chart_y (paint, frame, k * step),
                      ew_number_tick (buffer, k * step, step), k == 0 ? 3 : 1, scale);
}

/* A tick of the epoch axis, and its label where there is room up to @end. */
static void
paint_epoch_tick (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame, double epoch, gboolean labelled,
                  double end, double scale)
{
  const EwPaintStyle *style = paint->style;
  double size = ew_chart_text_size (style);
  double x = ew_chart_epoch_x (frame, epoch);
  char buffer[EW_NUMBER_SIZE];
  double half = ew_paint_text_measure (style, ew_number_count (buffer, epoch), size, NULL) / 2;

  if (labelled && (x + half + 2 * GAP <= end || (paint->epoch_title == NULL && x <= end)))
    ew_paint_text (cr, style, buffer, size, style->dim, x, frame->y + frame->height + GAP / 2, 0.5, 0);
  cairo_rectangle (cr, snap (x, scale), frame->y + frame->height, fmax (1, round (scale)) / scale,
                   labelled ? GAP / 2 : GAP / 4);
  ew_color_set (ew_color_with_alpha (style->foreground, fmin (1, style->faint.alpha * 3)), cr);
  cairo_fill (cr);
}

/* Decades, every so many of them labelled, and 2 … 9 between them where there is room. */
static void
paint_log_epochs (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame, double end, double scale)
{
  double label = ew_paint_text_measure (paint->style, "0000 k", ew_chart_text_size (paint->style), NULL);
  int low = (int)floor (log10 (frame->first_epoch) + 1e-9);
  int high = (int)ceil (log10 (frame->last_epoch) - 1e-9);
  double room = frame->width / log10 (frame->last_epoch / frame->first_epoch);
  int step = MAX (1, (int)ceil (label * EPOCH_SPACING / room));

  for (int decade = low; decade <= high; decade++)
    for (int k = 1; k < 10; k++)
      {
        double epoch = k * pow (10, decade);
        /* In less than two decades 2 and 5 are labelled too. */
        gboolean labelled = k == 1 ? decade % step == 0 : room > 4 * label * EPOCH_SPACING && (k == 2 || k == 5);

        if (epoch >= frame->first_epoch * (1 - 1e-9) && epoch <= frame->last_epoch * (1 + 1e-9)
            && (k == 1 || room > 40))
          paint_epoch_tick (cr, paint, frame, epoch, labelled, end, scale);
      }
}

static void
paint_epoch_axis (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame, double scale)
{
  const EwPaintStyle *style = paint->style;
  double step = ew_chart_epoch_step (style, frame);
  double end = frame->x + frame->width;

  if (paint->epoch_title != NULL)
    end -= ew_paint_text (cr, style, paint->epoch_title, ew_chart_text_size (style), style->dim, end,
                          frame->y + frame->height + GAP / 2, 1, 0);
  if (frame->log_epochs)
    {
      paint_log_epochs (cr, paint, frame, end, scale);
      return;
    }
  for (double epoch = ceil (frame->first_epoch / step) * step; epoch <= frame->last_epoch; epoch += step)
    paint_epoch_tick (cr, paint, frame, epoch, TRUE, end, scale);
}

void
ew_chart_paint_axes (cairo_t *cr, const EwChartPaint *paint, const EwChartFrame *frame, double scale)
{
  const EwPaintStyle *style = paint->style;

  if (paint->title != NULL)
    ew_paint_text (cr, style, paint->title, ew_paint_style_font_size (style), style->dim, 0, 0, 0, 0);
  if (ew_chart_is_log (paint))
    paint_loss_axis (cr, paint, frame, scale);
  else
    paint_value_axis (cr, paint, frame, scale);
  paint_value_line (cr, style, frame, frame->y + frame->height, NULL, 3, scale);
  paint_epoch_axis (cr, paint, frame, scale);
}
