/* EwChartView: the loss or the weights over the epochs. */
#include "ui/chart-view-private.h"
#include "ui/widget-style.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define WIDTH_MIN      160
#define WIDTH_NATURAL  320
#define HEIGHT_MIN     110
#define HEIGHT_NATURAL 180

/* Of all time, the part that drawing may take while curves come in at every frame: hundreds of weights take
 * milliseconds, and are drawn less often for it. */
#define DRAWING_SHARE 0.1

enum
{
  PROP_KIND = 1,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];
static guint hovered_signal;
static guint asked_signal;

G_DEFINE_FINAL_TYPE (EwChartView, ew_chart_view, GTK_TYPE_WIDGET)

static const char *
title (EwChartView *self)
{
  return self->kind == EW_CHART_LOSS ? _ ("Loss") : _ ("Weights");
}

void
ew_chart_view_fill_paint (EwChartView *self, const EwPaintStyle *style, EwChartPaint *paint)
{
  self->runs[self->n_runs] = (EwChartRun){ self->held, EW_CHART_HELD, _ ("held out") };
  *paint = (EwChartPaint){
    .kind = self->kind,
    .linear = self->linear,
    .log_epochs = self->log_epochs,
    .curves = self->drawn,
    .runs = self->runs,
    .n_runs = self->n_runs + (self->held != NULL ? 1 : 0),
    .past = self->past,
    .shown_epoch = self->shown_epoch,
    .hover = self->hover,
    .kernel_width = self->kernel_width,
    .kernel_taps = self->kernel_height * self->kernel_width,
    .highlight = self->highlight,
    .epoch_limit = self->epoch_limit,
    .title = title (self),
    .epoch_title = _ ("epoch"),
    .empty_text = self->empty_text,
    .style = style,
    .buffer = self->buffer,
  };
  /* Those of another kernel have another number. */
  if (self->drawn != NULL && self->optimum->len == (guint)(self->kind == EW_CHART_LOSS ? 1 : self->drawn->n_weights))
    paint->optimum = (const double *)(gpointer)self->optimum->data;
  if (self->drawn != NULL && self->exact->len > (guint)self->drawn->n_weights)
    paint->exact = (const double *)(gpointer)self->exact->data;
}

static void
ew_chart_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  EwChartView *self = EW_CHART_VIEW (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  gint64 start = g_get_monotonic_time ();
  EwPaintStyle style;
  EwChartPaint paint;
  cairo_t *cr;

  if (width <= 0 || height <= 0)
    return;
  ew_widget_style_init (widget, &style);

  ew_chart_view_fill_paint (self, &style, &paint);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  ew_paint_chart (cr, &paint, width, height);
  cairo_destroy (cr);
  ew_paint_style_clear (&style);
  g_clear_handle_id (&self->draw_source, g_source_remove);
  self->next_draw = start + (gint64)((double)(g_get_monotonic_time () - start) / DRAWING_SHARE);
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

  ew_settle_later (&self->settle, GTK_WIDGET (self), ew_chart_view_settle);
  ew_chart_view_follow_curves (self);
  if (self->drawn != self->curves)
    return;
  if (wait <= 0)
    gtk_widget_queue_draw (GTK_WIDGET (self));
  else if (self->draw_source == 0)
    self->draw_source = g_timeout_add ((guint)(wait / 1000 + 1), on_draw_time, self);
}

void
ew_chart_view_changed (EwChartView *self)
{
  ew_settle_later (&self->settle, GTK_WIDGET (self), ew_chart_view_settle);
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

/* Drafts are made while frames come. */
static void
ew_chart_view_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (ew_chart_view_parent_class)->unmap (widget);
  ew_chart_view_follow_curves (EW_CHART_VIEW (widget));
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
forget_runs (EwChartView *self)
{
  for (int run = 0; run < self->n_runs; run++)
    {
      ew_curves_unref ((EwCurves *)self->runs[run].curves);
      g_free ((char *)self->runs[run].name);
    }
  self->n_runs = 0;
}

static void
ew_chart_view_dispose (GObject *object)
{
  EwChartView *self = EW_CHART_VIEW (object);

  ew_settle_cancel (&self->settle);
  g_clear_handle_id (&self->draw_source, g_source_remove);
  ew_chart_view_drop_draft (self);
  g_clear_pointer (&self->curves, ew_curves_unref);
  g_clear_pointer (&self->drawn, ew_curves_unref);
  g_clear_pointer (&self->held, ew_curves_unref);
  forget_runs (self);
  G_OBJECT_CLASS (ew_chart_view_parent_class)->dispose (object);
}

static void
ew_chart_view_finalize (GObject *object)
{
  EwChartView *self = EW_CHART_VIEW (object);

  ew_chart_buffer_free (self->buffer);
  g_free (self->empty_text);
  g_array_unref (self->optimum);
  g_array_unref (self->exact);
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
  widget_class->unmap = ew_chart_view_unmap;
  props[PROP_KIND] = g_param_spec_int ("kind", NULL, NULL, EW_CHART_LOSS, EW_CHART_WEIGHTS, EW_CHART_LOSS,
                                       G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  hovered_signal = g_signal_new ("hovered", EW_TYPE_CHART_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                 G_TYPE_UINT64);
  asked_signal = g_signal_new ("epoch-asked", EW_TYPE_CHART_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                               1, G_TYPE_UINT64);
  gtk_widget_class_set_css_name (widget_class, "chartview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
ew_chart_view_init (EwChartView *self)
{
  self->highlight = -1;
  self->buffer = ew_chart_buffer_new ();
  self->optimum = g_array_new (FALSE, FALSE, sizeof (double));
  self->exact = g_array_new (FALSE, FALSE, sizeof (double));
  ew_chart_view_init_input (self);
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
ew_chart_view_set_held (EwChartView *view, EwCurves *curves)
{
  g_return_if_fail (EW_IS_CHART_VIEW (view));
  if (curves == view->held)
    return;
  if (curves == NULL || view->held == NULL)
    ew_chart_view_changed (view);
  g_clear_pointer (&view->held, ew_curves_unref);
  view->held = curves != NULL ? ew_curves_ref (curves) : NULL;
}

void
ew_chart_view_set_kernel_size (EwChartView *view, int height, int width)
{
  g_return_if_fail (EW_IS_CHART_VIEW (view));
  if (height == view->kernel_height && width == view->kernel_width)
    return;
  view->kernel_height = height;
  view->kernel_width = width;
  ew_chart_view_changed (view);
}

void
ew_chart_view_set_epoch_limit (EwChartView *view, guint64 limit)
{
  g_return_if_fail (EW_IS_CHART_VIEW (view));
  if (limit == view->epoch_limit)
    return;
  view->epoch_limit = limit;
  ew_chart_view_changed (view);
}

void
ew_chart_view_set_highlight (EwChartView *view, int weight)
{
  g_return_if_fail (EW_IS_CHART_VIEW (view));
  if (weight == view->highlight)
    return;
  view->highlight = weight;
  ew_chart_view_changed (view);
}

void
ew_chart_view_set_empty_text (EwChartView *view, const char *text)
{
  g_return_if_fail (EW_IS_CHART_VIEW (view));
  if (g_strcmp0 (text, view->empty_text) == 0)
    return;
  g_free (view->empty_text);
  view->empty_text = g_strdup (text);
  ew_chart_view_changed (view);
}

void
ew_chart_view_emit_hovered (EwChartView *view, guint64 epoch)
{
  g_signal_emit (view, hovered_signal, 0, epoch);
}

void
ew_chart_view_emit_asked (EwChartView *view, guint64 epoch)
{
  g_signal_emit (view, asked_signal, 0, epoch);
}

void
ew_chart_view_set_axes (EwChartView *view, gboolean linear, gboolean log_epochs)
{
  g_return_if_fail (EW_IS_CHART_VIEW (view));
  view->linear = linear;
  view->log_epochs = log_epochs;
  ew_chart_view_changed (view);
}

void
ew_chart_view_set_runs (EwChartView *view, const EwChartRun *runs, int n)
{
  g_return_if_fail (EW_IS_CHART_VIEW (view));
  g_return_if_fail (n <= EW_CHART_RUNS_MAX);
  forget_runs (view);
  for (int run = 0; run < n; run++)
    view->runs[run] = (EwChartRun){ ew_curves_ref ((EwCurves *)runs[run].curves), runs[run].color,
                                    g_strdup (runs[run].name) };
  view->n_runs = n;
  ew_chart_view_changed (view);
}

/* Whether @values are not what @array holds; then it holds them. */
static gboolean
replace_values (GArray *array, const double *values, guint n)
{
  if (array->len == n && (n == 0 || memcmp (array->data, values, n * sizeof *values) == 0))
    return FALSE;
  g_array_set_size (array, 0);
  if (n > 0)
    g_array_append_vals (array, values, n);
  return TRUE;
}

void
ew_chart_view_set_optimum (EwChartView *view, const double *values, int n)
{
  g_return_if_fail (EW_IS_CHART_VIEW (view));
  if (replace_values (view->optimum, values, (guint)n))
    ew_chart_view_changed (view);
}

void
ew_chart_view_set_past (EwChartView *view, gboolean past, guint64 shown_epoch)
{
  g_return_if_fail (EW_IS_CHART_VIEW (view));
  if (view->past == past && (!past || view->shown_epoch == shown_epoch))
    return;
  view->past = past;
  view->shown_epoch = shown_epoch;
  ew_chart_view_changed (view);
}

void
ew_chart_view_set_hover (EwChartView *view, guint64 epoch, const double *exact, int n)
{
  gboolean moved;

  g_return_if_fail (EW_IS_CHART_VIEW (view));
  moved = epoch != view->hover;
  view->hover = epoch;
  if (replace_values (view->exact, exact, (guint)n) || moved)
    ew_chart_view_changed (view);
}
