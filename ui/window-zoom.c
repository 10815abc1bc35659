/* EwWindow: which part of the planes its panes show. */
#include "ui/window-private.h"

#include <math.h>

/* Blocks around what is seen that are made too, so that there is something to move to; what is asked for moves by this
 * much at once, so that not every step asks anew. */
#define MARGIN 64

static guint viewport_signal;

/* Where the first output begins over the input, and how many input pixels lie between two. */
static void
output_origin (const EwGeometry *g, double *row, double *column)
{
  /* The middle of an output's window, less half of what it covers. */
  *row = (g->dilation * (g->kernel_height - 1) + 1 - g->stride) / 2.0 - g->top;
  *column = (g->dilation * (g->kernel_width - 1) + 1 - g->stride) / 2.0 - g->left;
}

/* The blocks of one axis: those that hold [start, start + length) in units of blocks, with @margins on both sides, none
 * before the first and none after the last of @all. */
static void
ask_for (double start, double length, int margins, int all, int *first, int *count)
{
  double begin = fmax (0, (floor (start / MARGIN) - margins) * MARGIN);
  double end = (ceil ((start + length) / MARGIN) + margins) * MARGIN;

  *first = (int)begin;
  /* What shows all stays the same, however much room there is. */
  *count = (int)fmin (fmax (1, end - begin), all);
}

static void
ask_rows (EwViewport *viewport, double start, double length, int all)
{
  ask_for (start, length, 1, all, &viewport->row, &viewport->height);
  ask_for (start, length, 0, all, &viewport->seen_row, &viewport->seen_height);
}

static void
ask_columns (EwViewport *viewport, double start, double length, int all)
{
  ask_for (start, length, 1, all, &viewport->column, &viewport->width);
  ask_for (start, length, 0, all, &viewport->seen_column, &viewport->seen_width);
}

gboolean
ew_window_get_viewport (EwWindow *self, EwViewport *viewport)
{
  const EwSnapshot *s = self->snapshot;
  double scale = ew_plane_zoom_get_scale (self->zoom);
  double row, column;
  EwPlaneRect seen;

  if (s == NULL || s->x == NULL || scale == 0)
    return FALSE;

  int stride = s->geometry.stride;
  int most = MIN (MIN (s->input_height, s->input_width) / stride, MIN (s->output_height, s->output_width));
  /* The largest block that is no larger than a device pixel. */
  int block = (int)CLAMP (floor (1 / (scale * stride) + 1e-6), 1, MAX (most, 1));
  double side = (double)block * stride;

  ew_plane_zoom_get_seen (self->zoom, &seen);
  output_origin (&s->geometry, &row, &column);
  *viewport = (EwViewport){ .task = s->task, .sample = s->sample, .block = block };
  /* From the first of the input's and the output's blocks to the last. */
  ask_rows (viewport, (seen.top - fmax (0, row)) / side, (seen.height + fabs (row)) / side,
            MAX (1, MAX (s->input_height / stride, s->output_height) / block + 1));
  ask_columns (viewport, (seen.left - fmax (0, column)) / side, (seen.width + fabs (column)) / side,
               MAX (1, MAX (s->input_width / stride, s->output_width) / block + 1));
  return TRUE;
}

static void
show_zoom (EwWindow *self)
{
  g_autofree char *text = ew_plane_zoom_describe (self->zoom);

  ew_steady_text_set_words (self->zoom_text, text, NULL);
}

static void
on_zoom_changed (EwWindow *self)
{
  show_zoom (self);
  g_signal_emit (self, viewport_signal, 0);
}

void
ew_window_follow_planes (EwWindow *self, const EwSnapshot *s)
{
  int stride = s->geometry.stride;
  double row, column;

  if (s->x == NULL)
    return;
  output_origin (&s->geometry, &row, &column);
  ew_plane_view_set_origin (self->output_view, row, column, stride);
  ew_plane_zoom_set_planes (self->zoom, (EwPlaneRect[]){ { 0, 0, s->input_height, s->input_width },
                                                         { row, column, (double)s->output_height * stride,
                                                           (double)s->output_width * stride } });
}

static void
step (EwWindow *self, int steps)
{
  double row, column;

  ew_plane_zoom_get_center (self->zoom, &row, &column);
  ew_plane_zoom_step (self->zoom, steps, row, column);
}

/* The keys are for the surface while it has the keyboard. */
static void
step_focused (EwWindow *self, int steps)
{
  EwSurfaceView *surface = ew_window_focused_surface (self);

  if (surface != NULL)
    ew_surface_view_zoom (surface, steps);
  else
    step (self, steps);
}

static void
on_zoom_in (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  step_focused (data, 1);
}

static void
on_zoom_out (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  step_focused (data, -1);
}

static void
on_zoom_fit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  EwSurfaceView *surface = ew_window_focused_surface (data);

  if (surface != NULL)
    ew_surface_view_fit (surface);
  else
    ew_plane_zoom_fit (EW_WINDOW (data)->zoom);
}

static void
on_zoom_one (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  EwPlaneZoom *zoom = EW_WINDOW (data)->zoom;
  double row, column;

  ew_plane_zoom_get_center (zoom, &row, &column);
  ew_plane_zoom_set_scale (zoom, 1, row, column);
}

void
ew_window_class_add_zoom (EwWindowClass *class)
{
  viewport_signal = g_signal_new ("viewport-changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
}

void
ew_window_add_zoom (EwWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "zoom-in", .activate = on_zoom_in },
    { .name = "zoom-out", .activate = on_zoom_out },
    { .name = "zoom-fit", .activate = on_zoom_fit },
    { .name = "zoom-one", .activate = on_zoom_one },
  };

  self->zoom = ew_plane_zoom_new ();
  ew_plane_view_set_zoom (self->input_view, self->zoom, 0);
  ew_plane_view_set_zoom (self->output_view, self->zoom, 1);
  g_signal_connect_object (self->zoom, "changed", G_CALLBACK (on_zoom_changed), self, G_CONNECT_SWAPPED);
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  show_zoom (self);
}
