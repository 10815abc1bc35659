/* EwWindow: what explains the pictures: the sum, and in the place of the curves the slide or the matrix. */
#include "ui/window-private.h"

#include <glib/gi18n.h>
#include <string.h>

#define MATRIX_HEIGHT_MIN 120

/* Shows what is explained to whatever stands below, if it is on screen. */
static void
show_below (EwWindow *self)
{
  const char *name = gtk_stack_get_visible_child_name (self->below);
  int row, column;

  if (self->snapshot == NULL || !ew_explainer_get_output (self->explainer, &row, &column))
    return;
  if (g_strcmp0 (name, "slide") == 0)
    ew_slide_page_set_snapshot (self->slide_page, self->snapshot, row, column);
  else if (g_strcmp0 (name, "matrix") == 0)
    ew_matrix_view_set_snapshot (self->matrix_view, self->snapshot, row, column);
}

static void
on_slide_moved (EwSlidePage *page, int row, int column, EwWindow *self)
{
  ew_explainer_point_at_output (self->explainer, row, column);
}

static void
on_row_pointed (EwMatrixView *view, int row, int column, EwWindow *self)
{
  ew_explainer_point_at_output (self->explainer, row, column);
}

/* Another output is explained: its row in the matrix. The slide stays where it is: it is a cursor of its own. */
static void
on_explained (gpointer data)
{
  EwWindow *self = data;

  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->below), "matrix") == 0)
    show_below (self);
}

static void
on_playing (EwSlidePage *page, GParamSpec *pspec, EwWindow *self)
{
  g_signal_emit_by_name (self, "animating", ew_slide_page_get_playing (page));
}

/* A matrix that is larger than its room is scrolled; what it says stays in sight. */
static GtkWidget *
matrix_page (EwMatrixView *view)
{
  GtkWidget *page = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *port = gtk_viewport_new (NULL, NULL);

  gtk_scrollable_set_hscroll_policy (GTK_SCROLLABLE (port), GTK_SCROLL_NATURAL);
  gtk_scrollable_set_vscroll_policy (GTK_SCROLLABLE (port), GTK_SCROLL_NATURAL);
  gtk_viewport_set_child (GTK_VIEWPORT (port), GTK_WIDGET (view));
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scroller), MATRIX_HEIGHT_MIN);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), port);
  gtk_widget_set_focusable (scroller, FALSE);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (page), scroller);
  gtk_box_append (GTK_BOX (page), ew_matrix_view_words (view));
  return page;
}

/* Made when they are first wanted: the start has no time for them. */
static void
add_pages (EwWindow *self)
{
  if (self->slide_page != NULL)
    return;
  self->slide_page = g_object_new (EW_TYPE_SLIDE_PAGE, NULL);
  self->matrix_view = EW_MATRIX_VIEW (ew_matrix_view_new ());
  gtk_stack_add_named (self->below, GTK_WIDGET (self->slide_page), "slide");
  gtk_stack_add_named (self->below, matrix_page (self->matrix_view), "matrix");
  g_signal_connect_object (self->slide_page, "moved", G_CALLBACK (on_slide_moved), self, 0);
  g_signal_connect_object (self->slide_page, "notify::playing", G_CALLBACK (on_playing), self, 0);
  g_signal_connect_object (self->matrix_view, "row-pointed", G_CALLBACK (on_row_pointed), self, 0);
}

static void
on_below_changed (GSimpleAction *action, GVariant *value, gpointer data)
{
  EwWindow *self = data;

  const char *name = g_variant_get_string (value, NULL);

  g_simple_action_set_state (action, value);
  if (strcmp (name, "slide") == 0 || strcmp (name, "matrix") == 0)
    add_pages (self);
  ew_window_add_below (self, name);
  gtk_stack_set_visible_child_name (self->below, name);
  ew_window_scroll_below (self);
  show_below (self);
  ew_window_below_changed (self);
}

void
ew_window_add_explanations (EwWindow *self)
{
  static const GActionEntry entries[]
      = { { .name = "below", .parameter_type = "s", .state = "'curves'", .change_state = on_below_changed } };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  self->explainer = ew_explainer_new (self->input_view, self->kernel_view, self->output_view, self->sum_view);
  ew_explainer_set_notify (self->explainer, on_explained, self);
}

void
ew_window_show_explanations (EwWindow *self)
{
  gint64 now = g_get_monotonic_time ();

  ew_explainer_set_snapshot (self->explainer, self->snapshot);
  /* As often as the sum is renewed. */
  if (self->snapshot->state == EW_RUN_RUNNING && now - self->below_us < EW_EXPLAINER_INTERVAL_US)
    return;
  self->below_us = now;
  show_below (self);
}

void
ew_window_show_tap_gradient (EwWindow *self, EwTapGradient *gradient)
{
  ew_explainer_set_tap_gradient (self->explainer, gradient);
}
