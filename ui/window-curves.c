/* EwWindow: the charts, the time line under them and the list of kept runs. */
#include "ui/window-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* Snapshots of a running training that come quicker than this, every frame, are drawn by one chart and then by the
 * other, where no new pictures come: a frame has no time for all. */
#define IN_TURN_US 25000

static guint asked_signal;
static guint hovered_signal;

void
ew_window_add_curve_signals (GType type)
{
  asked_signal
      = g_signal_new ("epoch-asked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  hovered_signal
      = g_signal_new ("epoch-hovered", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
}

EwTimeBar *
ew_window_time_bar (EwWindow *self)
{
  return self->time_bar;
}

EwRunList *
ew_window_run_list (EwWindow *self)
{
  return self->run_list;
}

void
ew_window_set_runs (EwWindow *self, const EwChartRun *runs, int n)
{
  ew_chart_view_set_runs (self->loss_chart, runs, n);
  ew_chart_view_set_runs (self->weights_chart, runs, n);
}

void
ew_window_keep_time (EwWindow *self, gboolean keep)
{
  self->keep_time = keep;
}

/* The exact values at the epoch that is read off, where the snapshot has them. */
static void
show_hover (EwWindow *self)
{
  const EwSnapshot *s = self->snapshot;
  const EwReading *reading = s == NULL || s->reading.kernel == NULL ? NULL : &s->reading;
  double values[1 + EW_CURVES_MAX];
  int n = 0;

  if (reading != NULL && reading->epoch == self->hovered && self->hovered > 0 && s->curves != NULL)
    {
      int n_taps = ew_kernel_n_taps (reading->kernel);

      values[n++] = reading->loss;
      for (; n <= s->curves->n_weights; n++)
        values[n] = n <= n_taps ? reading->kernel->taps[n - 1] : reading->kernel->bias;
    }
  ew_chart_view_set_hover (self->loss_chart, self->hovered, values, n);
  ew_chart_view_set_hover (self->weights_chart, self->hovered, values, n);
}

static void
show_optimum (EwWindow *self, const EwSnapshot *s)
{
  double values[EW_CURVES_MAX];
  int n = s->optimum == NULL || s->curves == NULL ? 0 : s->curves->n_weights;
  int n_taps = n == 0 ? 0 : ew_kernel_n_taps (s->optimum);

  for (int w = 0; w < n; w++)
    values[w] = w < n_taps ? s->optimum->taps[w] : s->optimum->bias;
  ew_chart_view_set_optimum (self->weights_chart, values, n);
  ew_chart_view_set_optimum (self->loss_chart, &s->optimum_loss, n > 0 ? 1 : 0);
}

void
ew_window_begin_frame (EwWindow *self, gboolean pictures)
{
  self->crowded = pictures && !self->crowded;
  ew_chart_view_set_crowded (self->loss_chart, self->crowded);
  ew_chart_view_set_crowded (self->weights_chart, self->crowded);
}

void
ew_window_show_curves (EwWindow *self, const EwSnapshot *s, gboolean settled)
{
  EwChartView *charts[] = { self->loss_chart, self->weights_chart };
  gint64 now = g_get_monotonic_time ();
  gboolean both = s->state != EW_RUN_RUNNING || now - self->curves_us >= IN_TURN_US;

  self->curves_us = now;
  if (both || !self->crowded)
    self->curves_turn = !self->curves_turn;
  for (guint i = 0; i < G_N_ELEMENTS (charts); i++)
    {
      if (!both && (self->crowded || self->curves_turn != (i == 1)))
        continue;
      ew_chart_view_set_kernel_size (charts[i], s->kernel->height, s->kernel->width);
      ew_chart_view_set_epoch_limit (charts[i], s->epoch_limit);
      ew_chart_view_set_held (charts[i], i == 0 ? s->held_curves : NULL);
      ew_chart_view_set_curves (charts[i], s->curves);
      ew_chart_view_set_past (charts[i], s->past, s->shown_epoch);
    }
  show_optimum (self, s);
  if (self->hovered > 0)
    show_hover (self);
  if (settled)
    ew_time_bar_show (self->time_bar, s, self->keep_time);
}

static void
on_hovered (EwChartView *chart, guint64 epoch, EwWindow *self)
{
  self->hovered = epoch;
  show_hover (self);
  g_signal_emit (self, hovered_signal, 0, epoch);
}

static void
on_asked (GtkWidget *widget, guint64 epoch, EwWindow *self)
{
  g_signal_emit (self, asked_signal, 0, epoch);
}

static EwChartView *
add_chart (EwWindow *self, EwChartKind kind, const char *empty_text)
{
  GtkWidget *chart = ew_chart_view_new (kind);

  gtk_widget_set_size_request (chart, -1, 130);
  gtk_widget_set_hexpand (chart, TRUE);
  ew_chart_view_set_empty_text (EW_CHART_VIEW (chart), empty_text);
  g_signal_connect (chart, "hovered", G_CALLBACK (on_hovered), self);
  g_signal_connect (chart, "epoch-asked", G_CALLBACK (on_asked), self);
  gtk_box_append (self->charts, chart);
  return EW_CHART_VIEW (chart);
}

static void
on_axis_changed (GSimpleAction *action, GVariant *value, gpointer data)
{
  EwWindow *self = data;

  g_simple_action_set_state (action, value);

  g_autoptr (GVariant) loss = g_action_group_get_action_state (G_ACTION_GROUP (self), "loss-axis");
  g_autoptr (GVariant) epochs = g_action_group_get_action_state (G_ACTION_GROUP (self), "epoch-axis");
  gboolean linear = strcmp (g_variant_get_string (loss, NULL), "linear") == 0;
  gboolean log_epochs = strcmp (g_variant_get_string (epochs, NULL), "log") == 0;

  ew_chart_view_set_axes (self->loss_chart, linear, log_epochs);
  ew_chart_view_set_axes (self->weights_chart, linear, log_epochs);
}

static void
on_play (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  EwWindow *self = data;

  ew_time_bar_toggle_play (self->time_bar, strcmp (g_action_get_name (G_ACTION (action)), "play-back") == 0);
}

void
ew_window_init_curves (EwWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "loss-axis", .parameter_type = "s", .state = "'log'", .change_state = on_axis_changed },
    { .name = "epoch-axis", .parameter_type = "s", .state = "'linear'", .change_state = on_axis_changed },
    { .name = "play", .activate = on_play },
    { .name = "play-back", .activate = on_play },
  };

  self->loss_chart = add_chart (self, EW_CHART_LOSS, _ ("The loss of each epoch will be drawn here."));
  self->weights_chart = add_chart (self, EW_CHART_WEIGHTS, _ ("Each weight’s path will be drawn here."));
  g_signal_connect (self->time_bar, "epoch-asked", G_CALLBACK (on_asked), self);
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}
