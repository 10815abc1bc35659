/* EwChartView: the loss or the weights over the epochs. */
#include "ui/chart-view.h"

#include "ui/paint/number.h"
#include "ui/settle.h"
#include "ui/widget-style.h"

#include <glib/gi18n.h>
#include <math.h>

#define WIDTH_MIN      160
#define WIDTH_NATURAL  320
#define HEIGHT_MIN     110
#define HEIGHT_NATURAL 180

/* Of all time, the part that drawing may take while curves come in at every frame: hundreds of weights take
 * milliseconds, and are drawn less often for it. */
#define DRAWING_SHARE 0.1

/* A description names at most so many weights. */
#define NAMED_MAX 9

struct _EwChartView
{
  GtkWidget parent_instance;

  EwChartKind kind;
  EwCurves *curves;
  int kernel_height;
  int kernel_width;
  int highlight;
  guint64 epoch_limit;
  char *empty_text;
  EwChartBuffer *buffer;
  EwSettle settle;
  gint64 next_draw; /* monotonic time before which curves wait */
  guint draw_source;
};

enum
{
  PROP_KIND = 1,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (EwChartView, ew_chart_view, GTK_TYPE_WIDGET)

static const char *
title (EwChartView *self)
{
  return self->kind == EW_CHART_LOSS ? _ ("Loss") : _ ("Weights");
}

static void
ew_chart_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  EwChartView *self = EW_CHART_VIEW (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  gint64 start = g_get_monotonic_time ();
  EwPaintStyle style;
  cairo_t *cr;

  if (width <= 0 || height <= 0)
    return;
  ew_widget_style_init (widget, &style);

  EwChartPaint paint = {
    .kind = self->kind,
    .curves = self->curves,
    .kernel_width = self->kernel_width,
    .kernel_taps = self->kernel_height * self->kernel_width,
    .highlight = self->highlight,
    .epoch_limit = self->epoch_limit,
    .title = title (self),
    .epoch_title = _ ("epoch"),
    .empty_text = self->empty_text,
    .style = &style,
    .buffer = self->buffer,
  };

  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  ew_paint_chart (cr, &paint, width, height);
  cairo_destroy (cr);
  ew_paint_style_clear (&style);
  g_clear_handle_id (&self->draw_source, g_source_remove);
  self->next_draw = start + (gint64)((double)(g_get_monotonic_time () - start) / DRAWING_SHARE);
}

static void
describe_weights (EwChartView *self, GString *text)
{
  const EwCurves *curves = self->curves;
  char number[EW_NUMBER_SIZE];

  if (curves->n_weights > NAMED_MAX)
    {
      g_string_append_printf (text, _ ("; %d weights"), curves->n_weights);
      return;
    }
  for (int w = 0; w < curves->n_weights; w++)
    {
      size_t last = (size_t)w * curves->n_points + curves->n_points - 1;

      g_string_append_printf (text, "%s %s", w == 0 ? ";" : ",",
                              ew_number_short (number, (double)curves->weight_max[last], 4));
    }
}

static void
settle (GtkWidget *widget)
{
  EwChartView *self = EW_CHART_VIEW (widget);
  g_autoptr (GString) text = g_string_new (NULL);
  const EwCurves *curves = self->curves;
  char number[EW_NUMBER_SIZE];

  if (curves == NULL || curves->n_points == 0)
    g_string_append (text, self->empty_text != NULL ? self->empty_text : "");
  else
    {
      g_string_append_printf (text, _ ("Epoch %" G_GUINT64_FORMAT), curves->last_epoch);
      if (self->kind == EW_CHART_LOSS)
        g_string_append_printf (text, _ ("; loss %s"),
                                ew_number_short (number, curves->loss_min[curves->n_points - 1], 3));
      else
        describe_weights (self, text);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text->str, -1);
}

static gboolean
on_draw_time (gpointer data)
{
  EwChartView *self = data;

  self->draw_source = 0;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

static void
curves_changed (EwChartView *self)
{
  gint64 wait = self->next_draw - g_get_monotonic_time ();

  ew_settle_later (&self->settle, GTK_WIDGET (self), settle);
  if (wait <= 0)
    gtk_widget_queue_draw (GTK_WIDGET (self));
  else if (self->draw_source == 0)
    self->draw_source = g_timeout_add ((guint)(wait / 1000 + 1), on_draw_time, self);
}

static void
changed (EwChartView *self)
{
  ew_settle_later (&self->settle, GTK_WIDGET (self), settle);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
ew_chart_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                       int *minimum_baseline, int *natural_baseline)
{
  gboolean horizontal = orientation == GTK_ORIENTATION_HORIZONTAL;

  *minimum = horizontal ? WIDTH_MIN : HEIGHT_MIN;
  *natural = horizontal ? WIDTH_NATURAL : HEIGHT_NATURAL;
}

static void
ew_chart_view_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (ew_chart_view_parent_class)->css_changed (widget, change);
  gtk_widget_queue_draw (widget);
}

static void
ew_chart_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  EwChartView *self = EW_CHART_VIEW (object);

  switch (id)
    {
    case PROP_KIND:
      self->kind = g_value_get_int (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ew_chart_view_constructed (GObject *object)
{
  G_OBJECT_CLASS (ew_chart_view_parent_class)->constructed (object);
  gtk_accessible_update_property (GTK_ACCESSIBLE (object), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  title (EW_CHART_VIEW (object)), -1);
  ew_widget_style_follow (GTK_WIDGET (object));
}

static void
ew_chart_view_dispose (GObject *object)
{
  EwChartView *self = EW_CHART_VIEW (object);

  ew_settle_cancel (&self->settle);
  g_clear_handle_id (&self->draw_source, g_source_remove);
  g_clear_pointer (&self->curves, ew_curves_unref);
  G_OBJECT_CLASS (ew_chart_view_parent_class)->dispose (object);
}

static void
ew_chart_view_finalize (GObject *object)
{
  EwChartView *self = EW_CHART_VIEW (object);

  ew_chart_buffer_free (self->buffer);
  g_free (self->empty_text);
  G_OBJECT_CLASS (ew_chart_view_parent_class)->finalize (object);
}

static void
ew_chart_view_class_init (EwChartViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = ew_chart_view_constructed;
  object_class->dispose = ew_chart_view_dispose;
  object_class->finalize = ew_chart_view_finalize;
  object_class->set_property = ew_chart_view_set_property;
  widget_class->snapshot = ew_chart_view_snapshot;
  widget_class->measure = ew_chart_view_measure;
  widget_class->css_changed = ew_chart_view_css_changed;
  props[PROP_KIND] = g_param_spec_int ("kind", NULL, NULL, EW_CHART_LOSS, EW_CHART_WEIGHTS, EW_CHART_LOSS,
                                       G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_css_name (widget_class, "chartview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
ew_chart_view_init (EwChartView *self)
{
  self->highlight = -1;
  self->buffer = ew_chart_buffer_new ();
}

GtkWidget *
ew_chart_view_new (EwChartKind kind)
{
  return g_object_new (EW_TYPE_CHART_VIEW, "kind", kind, NULL);
}

void
ew_chart_view_set_curves (EwChartView *view, EwCurves *curves)
{
  g_return_if_fail (EW_IS_CHART_VIEW (view));
  if (curves == view->curves)
    return;
  g_clear_pointer (&view->curves, ew_curves_unref);
  view->curves = curves != NULL ? ew_curves_ref (curves) : NULL;
  curves_changed (view);
}

void
ew_chart_view_set_kernel_size (EwChartView *view, int height, int width)
{
  g_return_if_fail (EW_IS_CHART_VIEW (view));
  if (height == view->kernel_height && width == view->kernel_width)
    return;
  view->kernel_height = height;
  view->kernel_width = width;
  changed (view);
}

void
ew_chart_view_set_epoch_limit (EwChartView *view, guint64 limit)
{
  g_return_if_fail (EW_IS_CHART_VIEW (view));
  if (limit == view->epoch_limit)
    return;
  view->epoch_limit = limit;
  changed (view);
}

void
ew_chart_view_set_highlight (EwChartView *view, int weight)
{
  g_return_if_fail (EW_IS_CHART_VIEW (view));
  if (weight == view->highlight)
    return;
  view->highlight = weight;
  changed (view);
}

void
ew_chart_view_set_empty_text (EwChartView *view, const char *text)
{
  g_return_if_fail (EW_IS_CHART_VIEW (view));
  if (g_strcmp0 (text, view->empty_text) == 0)
    return;
  g_free (view->empty_text);
  view->empty_text = g_strdup (text);
  changed (view);
}
