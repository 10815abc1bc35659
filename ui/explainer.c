/* EwExplainer: follows cursors, and explains anew with every snapshot. */
#include "ui/explainer-private.h"

/* Sides up to which the first output is explained at the start; of larger ones it is the one in the middle. */
#define SMALL_SIDE 16

static const EwTapGradient *
present_gradient (const EwExplainer *self)
{
  const EwTapGradient *g = self->gradient;

  return g != NULL && g->tap == self->tap && g->task == self->snapshot->task ? g : NULL;
}

EwGrid *
ew_explainer_mask_of (const EwSnapshot *s)
{
  EwGrid *mask = s->whole == NULL || s->sample >= s->whole->n_samples ? NULL : s->whole->samples[s->sample].mask;

  return mask != NULL && s->y != NULL && mask->height == s->y->height && mask->width == s->y->width ? mask : NULL;
}

static void
explain_output (EwExplainer *self, EwExplanation *explanation)
{
  const EwSnapshot *s = self->snapshot;
  g_autoptr (EwPatch) patch = ew_patch_new (s->x, s->kernel, &s->geometry, self->output_row, self->output_column, NULL);

  if (patch == NULL)
    return;
  ew_explain_output (explanation, patch, s->y, ew_explainer_mask_of (s), s->loss_kind, self->block);
  ew_explainer_mark_output (self, patch);
  ew_explainer_show_output (self, patch, explanation);
}

static void
explain_input (EwExplainer *self, EwExplanation *explanation)
{
  const EwSnapshot *s = self->snapshot;
  g_autoptr (EwFeeding) feeding
      = ew_feeding_new (&s->geometry, s->x->height, s->x->width, self->input_row, self->input_column, NULL);

  if (feeding == NULL)
    return;
  ew_explain_input (explanation, feeding, s->kernel, s->x, self->input_row, self->input_column);
  ew_explainer_mark_input (self, feeding);
  ew_explainer_show_input (self, feeding, explanation);
}

static void
explain_tap (EwExplainer *self, EwExplanation *explanation)
{
  const EwSnapshot *s = self->snapshot;
  const EwTapGradient *gradient = present_gradient (self);

  ew_explain_tap (explanation, s->kernel, self->tap, gradient, s->loss_kind,
                  (gint64)s->output_height * s->output_width * s->n_samples, s->n_samples);
  ew_explainer_mark_tap (self);
  ew_explainer_show_tap (self, gradient, explanation);
}

/* What the reader of the pane with the cursor hears. */
static void
tell_views (EwExplainer *self, const EwExplanation *explanation)
{
  g_autofree char *sentence = explanation->headline == NULL ? NULL : ew_explanation_sentence (explanation);
  int row, column;

  ew_plane_view_set_sentence (self->input, self->explained == EXPLAIN_INPUT ? sentence : NULL);
  ew_plane_view_set_sentence (
      self->output,
      self->explained == EXPLAIN_OUTPUT && ew_plane_view_get_cursor (self->output, &row, &column) ? sentence : NULL);
}

static void
explain (EwExplainer *self)
{
  EwExplanation explanation = { NULL, NULL };

  if (self->snapshot == NULL)
    return;
  self->explained_us = g_get_monotonic_time ();
  switch (self->explained)
    {
    case EXPLAIN_INPUT:
      explain_input (self, &explanation);
      break;
    case EXPLAIN_TAP:
      explain_tap (self, &explanation);
      break;
    case EXPLAIN_OUTPUT:
    default:
      explain_output (self, &explanation);
      break;
    }
  tell_views (self, &explanation);
  ew_explanation_clear (&explanation);
}

/* Another input, kernel or geometry may have made places vanish. */
static void
check_places (EwExplainer *self)
{
  const EwSnapshot *s = self->snapshot;
  gboolean small = MAX (s->output_height, s->output_width) <= SMALL_SIDE;

  if (self->output_row < 0 || self->output_row >= s->output_height || self->output_column >= s->output_width)
    {
      self->output_row = small ? 0 : s->output_height / 2;
      self->output_column = small ? MIN (1, s->output_width - 1) : s->output_width / 2;
    }
  if (self->explained == EXPLAIN_INPUT
      && (self->input_row < 0 || self->input_row >= s->input_height || self->input_column >= s->input_width))
    self->explained = EXPLAIN_OUTPUT;
  if (self->explained == EXPLAIN_TAP && (self->tap < 0 || self->tap >= ew_kernel_n_taps (s->kernel)))
    self->explained = EXPLAIN_OUTPUT;
}

void
ew_explainer_set_snapshot (EwExplainer *self, EwSnapshot *snapshot)
{
  if (snapshot->x == NULL || snapshot->kernel == NULL)
    return;
  ew_snapshot_ref (snapshot);
  ew_snapshot_unref (self->snapshot);
  self->snapshot = snapshot;
  check_places (self);
  if (snapshot->state != EW_RUN_RUNNING || g_get_monotonic_time () - self->explained_us >= EW_EXPLAINER_INTERVAL_US)
    explain (self);
}

void
ew_explainer_set_block (EwExplainer *self, int block)
{
  if (block == self->block)
    return;
  self->block = block;
  explain (self);
}

void
ew_explainer_set_tap_gradient (EwExplainer *self, EwTapGradient *gradient)
{
  ew_tap_gradient_ref (gradient);
  ew_tap_gradient_unref (self->gradient);
  self->gradient = gradient;
  if (self->explained == EXPLAIN_TAP)
    explain (self);
}

void
ew_explainer_point_at_output (EwExplainer *self, int row, int column)
{
  self->output_row = row;
  self->output_column = column;
  self->explained = EXPLAIN_OUTPUT;
  if (self->snapshot == NULL)
    return;
  check_places (self);
  explain (self);
  if (self->notify != NULL)
    self->notify (self->notify_data);
}

void
ew_explainer_set_notify (EwExplainer *self, void (*func) (gpointer data), gpointer data)
{
  self->notify = func;
  self->notify_data = data;
}

gboolean
ew_explainer_get_output (EwExplainer *self, int *row, int *column)
{
  *row = self->output_row;
  *column = self->output_column;
  return self->output_row >= 0;
}

static void
on_output_cursor (EwPlaneView *view, int row, int column, EwExplainer *self)
{
  if (row >= 0)
    ew_explainer_point_at_output (self, row, column);
  else
    explain (self);
}

static void
on_input_cursor (EwPlaneView *view, int row, int column, EwExplainer *self)
{
  self->input_row = row;
  self->input_column = column;
  self->explained = row >= 0 ? EXPLAIN_INPUT : EXPLAIN_OUTPUT;
  if (self->snapshot != NULL)
    check_places (self);
  explain (self);
}

static void
on_weight_pointed (EwKernelView *view, int index, EwExplainer *self)
{
  if (index < 0 && self->explained != EXPLAIN_TAP)
    return;
  self->tap = index;
  self->explained = index >= 0 ? EXPLAIN_TAP : EXPLAIN_OUTPUT;
  if (self->snapshot != NULL)
    check_places (self);
  explain (self);
}

EwExplainer *
ew_explainer_new (EwPlaneView *input, EwKernelView *kernel, EwPlaneView *output, EwSumView *sum)
{
  EwExplainer *self = g_new0 (EwExplainer, 1);

  self->input = g_object_ref (input);
  self->kernel = g_object_ref (kernel);
  self->output = g_object_ref (output);
  self->sum = g_object_ref (sum);
  self->block = 1;
  self->output_row = self->output_column = self->input_row = self->input_column = self->tap = -1;
  g_signal_connect (input, "cursor-changed", G_CALLBACK (on_input_cursor), self);
  g_signal_connect (output, "cursor-changed", G_CALLBACK (on_output_cursor), self);
  g_signal_connect (kernel, "weight-pointed", G_CALLBACK (on_weight_pointed), self);
  return self;
}

void
ew_explainer_free (EwExplainer *self)
{
  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->input, self);
  g_signal_handlers_disconnect_by_data (self->output, self);
  g_signal_handlers_disconnect_by_data (self->kernel, self);
  g_object_unref (self->input);
  g_object_unref (self->kernel);
  g_object_unref (self->output);
  g_object_unref (self->sum);
  ew_snapshot_unref (self->snapshot);
  ew_tap_gradient_unref (self->gradient);
  g_free (self);
}
