/* The inside of EwChartView. */
#pragma once

#include "ui/chart-view.h"
#include "ui/settle.h"

G_BEGIN_DECLS

struct _EwChartView
{
  GtkWidget parent_instance;

  EwChartKind kind;
  EwCurves *curves;
  EwCurves *drawn; /* what is seen: the same, or older ones while @draft is made */
  EwCurves *draft; /* NULL: none */
  guint draft_tick;
  gboolean crowded;
  int kernel_height;
  int kernel_width;
  int highlight;
  guint64 epoch_limit;
  char *empty_text;
  gboolean linear;
  gboolean log_epochs;
  EwChartRun runs[EW_CHART_RUNS_MAX + 1]; /* curves and names are owned; behind them what is held out, its name is not */
  int n_runs;
  EwCurves *held; /* NULL: nothing is held out */
  GArray *optimum; /* of double; empty: not known */
  gboolean past;
  guint64 shown_epoch;
  guint64 hover; /* 0: none */
  GArray *exact; /* of double: the loss and the weights there; empty: not known */
  EwChartBuffer *buffer;
  EwSettle settle;
  gint64 next_draw; /* monotonic time before which curves wait */
  guint draw_source;
};

/* What is to be painted; @style must be initialised and outlive it. */
void ew_chart_view_fill_paint (EwChartView *self, const EwPaintStyle *style, EwChartPaint *paint);

/* There are other curves: of many weights a few lines a frame are drawn, and shown when they are all there. */
void ew_chart_view_follow_curves (EwChartView *self);
void ew_chart_view_drop_draft (EwChartView *self);

/* Something that is seen has changed. */
void ew_chart_view_changed (EwChartView *self);

/* Pointer and keys. */
void ew_chart_view_init_input (EwChartView *self);

/* Tells screen readers what is seen. */
void ew_chart_view_settle (GtkWidget *widget);

/* Emits the signals. */
void ew_chart_view_emit_hovered (EwChartView *self, guint64 epoch);
void ew_chart_view_emit_asked (EwChartView *self, guint64 epoch);

G_END_DECLS
