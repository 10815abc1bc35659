/* EwChartView: new curves of many weights, drawn in the background of many frames. */
#include "ui/chart-view-private.h"
#include "ui/widget-style.h"

/* What drawing them may take of each frame. */
#define SHARE_US 1200

static void
set_drawn (EwChartView *self, EwCurves *curves)
{
  if (curves != NULL)
    ew_curves_ref (curves);
  g_clear_pointer (&self->drawn, ew_curves_unref);
  self->drawn = curves;
}

void
ew_chart_view_drop_draft (EwChartView *self)
{
  g_clear_pointer (&self->draft, ew_curves_unref);
  if (self->draft_tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->draft_tick);
  self->draft_tick = 0;
}

/* Draws on; TRUE when the draft is done. */
static gboolean
draw_draft (EwChartView *self)
{
  EwPaintStyle style;
  EwChartPaint paint;
  gboolean done;

  ew_widget_style_init (GTK_WIDGET (self), &style);
  ew_chart_view_fill_paint (self, &style, &paint);
  paint.curves = self->draft;
  done = ew_chart_prepare (&paint, gtk_widget_get_width (GTK_WIDGET (self)),
                           gtk_widget_get_height (GTK_WIDGET (self)), g_get_monotonic_time () + SHARE_US);
  ew_paint_style_clear (&style);
  return done;
}

void
ew_chart_view_set_crowded (EwChartView *view, gboolean crowded)
{
  g_return_if_fail (EW_IS_CHART_VIEW (view));
  view->crowded = crowded;
}

static gboolean
on_draft_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  EwChartView *self = EW_CHART_VIEW (widget);

  if (self->crowded || !draw_draft (self))
    return G_SOURCE_CONTINUE;
  set_drawn (self, self->draft);
  g_clear_pointer (&self->draft, ew_curves_unref);
  gtk_widget_queue_draw (widget);
  if (self->curves != self->drawn)
    {
      self->draft = ew_curves_ref (self->curves);
      return G_SOURCE_CONTINUE;
    }
  self->draft_tick = 0;
  return G_SOURCE_REMOVE;
}

/* Whether the curves that are seen can stand for the new ones for a moment: they are of the same weights, and many. */
static gboolean
can_wait (EwChartView *self)
{
  EwChartPaint paint = { .kind = self->kind, .curves = self->curves };

  return gtk_widget_get_mapped (GTK_WIDGET (self)) && ew_chart_takes_long (&paint) && self->drawn != NULL
         && self->drawn->n_points > 0 && self->drawn->n_weights == self->curves->n_weights;
}

void
ew_chart_view_follow_curves (EwChartView *self)
{
  if (!can_wait (self))
    {
      ew_chart_view_drop_draft (self);
      set_drawn (self, self->curves);
      return;
    }
  if (self->draft != NULL)
    return;
  self->draft = ew_curves_ref (self->curves);
  self->draft_tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_draft_tick, NULL, NULL);
}
