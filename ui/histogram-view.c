/* EwHistogramView: drawing, and what is said of it. */
#include "ui/histogram-view.h"

#include "ui/paint/histogram.h"
#include "ui/paint/number.h"
#include "ui/settle.h"
#include "ui/widget-style.h"

#include <glib/gi18n.h>
#include <math.h>

#define WIDTH  340
#define HEIGHT 190

struct _EwHistogramView
{
  GtkWidget parent_instance;

  EwPlaneView *colours_of;
  EwHistogram *histogram;
  EwSettle settle;
};

G_DEFINE_FINAL_TYPE (EwHistogramView, ew_histogram_view, GTK_TYPE_WIDGET)

char *
ew_histogram_describe_values (const EwHistogram *h)
{
  char low[EW_NUMBER_SIZE], high[EW_NUMBER_SIZE], mean[EW_NUMBER_SIZE], median[EW_NUMBER_SIZE];

  if (isnan (h->low))
    return g_strdup (_ ("no value is finite"));
  return g_strdup_printf (_ ("%s to %s · mean %s · median %s"), ew_number_short (low, h->low, 4),
                          ew_number_short (high, h->high, 4), ew_number_short (mean, h->mean, 4),
                          ew_number_short (median, h->median, 4));
}

char *
ew_histogram_describe_counts (const EwHistogram *h)
{
  gint64 clipped = h->n_below + h->n_above;
  char share[EW_NUMBER_SIZE];
  g_autofree char *all = h->n_left_out == 0
                             ? g_strdup_printf (_ ("all %'" G_GINT64_FORMAT " values"), h->n)
                             : g_strdup_printf (_ ("%'" G_GINT64_FORMAT " values, %'" G_GINT64_FORMAT " more left out"), h->n,
                                                h->n_left_out);

  ew_number_short (share, 100 * (double)clipped / (double)MAX (h->n, 1), 3);
  if (h->n_nan + h->n_infinite == 0)
    return g_strdup_printf (_ ("%s · %s %% clipped"), all, share);
  return g_strdup_printf (_ ("%s · %s %% clipped · %'" G_GINT64_FORMAT " not numbers, %'" G_GINT64_FORMAT " infinite"),
                          all, share, h->n_nan, h->n_infinite);
}

/* A screen reader is told at its own pace. */
static void
settle (GtkWidget *widget)
{
  EwHistogramView *self = EW_HISTOGRAM_VIEW (widget);
  g_autofree char *values = NULL;
  g_autofree char *counts = NULL;
  g_autofree char *text = NULL;

  if (self->histogram != NULL)
    {
      values = ew_histogram_describe_values (self->histogram);
      counts = ew_histogram_describe_counts (self->histogram);
      text = g_strdup_printf ("%s · %s", values, counts);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text != NULL ? text : "",
                                  -1);
}

static void
ew_histogram_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  EwHistogramView *self = EW_HISTOGRAM_VIEW (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  EwHistogramPaint paint = { .histogram = self->histogram };
  EwPaintStyle style;
  cairo_t *cr;

  if (width <= 0 || height <= 0)
    return;
  ew_widget_style_init (widget, &style);
  paint.style = &style;
  paint.map = ew_plane_view_get_colours (self->colours_of, style.dark, &paint.range);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  ew_paint_histogram (cr, &paint, width, height);
  cairo_destroy (cr);
  ew_paint_style_clear (&style);
}

static void
ew_histogram_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                           int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH : HEIGHT;
}

static void
ew_histogram_view_dispose (GObject *object)
{
  EwHistogramView *self = EW_HISTOGRAM_VIEW (object);

  ew_settle_cancel (&self->settle);
  g_clear_pointer (&self->histogram, ew_histogram_unref);
  g_clear_object (&self->colours_of);
  G_OBJECT_CLASS (ew_histogram_view_parent_class)->dispose (object);
}

static void
ew_histogram_view_class_init (EwHistogramViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ew_histogram_view_dispose;
  widget_class->snapshot = ew_histogram_view_snapshot;
  widget_class->measure = ew_histogram_view_measure;
  gtk_widget_class_set_css_name (widget_class, "histogramview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
ew_histogram_view_init (EwHistogramView *self)
{
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Histogram"), -1);
  ew_widget_style_follow (GTK_WIDGET (self));
}

GtkWidget *
ew_histogram_view_new (EwPlaneView *colours_of)
{
  EwHistogramView *self = g_object_new (EW_TYPE_HISTOGRAM_VIEW, NULL);

  self->colours_of = g_object_ref (colours_of);
  return GTK_WIDGET (self);
}

void
ew_histogram_view_set_histogram (EwHistogramView *self, EwHistogram *histogram)
{
  EwHistogram *former = self->histogram;

  g_return_if_fail (EW_IS_HISTOGRAM_VIEW (self));
  self->histogram = histogram == NULL ? NULL : ew_histogram_ref (histogram);
  if (former != NULL)
    ew_histogram_unref (former);
  ew_settle_later (&self->settle, GTK_WIDGET (self), settle);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
