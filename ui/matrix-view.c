/* EwMatrixView: the matrix of an excerpt, and the row that is linked to its window. */
#include "ui/matrix-view.h"

#include "engine/excerpt.h"
#include "ui/paint/matrix.h"
#include "ui/paint/number.h"
#include "ui/settle.h"
#include "ui/steady-text.h"
#include "ui/widget-style.h"

#include <glib/gi18n.h>
#include <math.h>

/* Larger inputs are shown in part: so many rows and columns of them. */
#define SIDE_MAX 12

#define WIDTH_MIN  200
#define HEIGHT_MIN 120

struct _EwMatrixView
{
  GtkWidget parent_instance;

  EwSnapshot *snapshot; /* NULL: nothing to show */
  EwExcerpt excerpt;
  EwToeplitz *matrix; /* NULL: too large */
  double *x;
  double *y;
  EwRange weight_range;
  EwRange input_range;
  EwRange output_range;
  int row; /* −1: none */
  EwSettle settle;
  EwSteadyText *words;
  guint follow; /* the linked row is to be scrolled to */
};

static guint pointed_signal;

G_DEFINE_FINAL_TYPE (EwMatrixView, ew_matrix_view, GTK_TYPE_WIDGET)

static EwRange
range_of (const double *values, int n, gboolean is_signed)
{
  double max_abs = 0;
  double low = 0, high = 0;

  for (int k = 0; k < n; k++)
    if (isfinite (values[k]))
      {
        max_abs = fmax (max_abs, fabs (values[k]));
        low = fmin (low, values[k]);
        high = fmax (high, values[k]);
      }
  if (is_signed || low < 0)
    return ew_range_symmetric (max_abs);
  return (EwRange){ 0, fmax (high, 1) };
}

/* "Row 1 of 42 makes Ŷ[0, 1] = 0.5: …". */
static char *
describe (EwMatrixView *self)
{
  const EwToeplitz *t = self->matrix;
  const EwExcerpt *e = &self->excerpt;
  char number[EW_NUMBER_SIZE];
  int read = 0;

  if (self->snapshot == NULL)
    return g_strdup ("");
  if (t == NULL)
    return g_strdup (_ ("The matrix of this kernel is too large to be drawn."));
  if (self->row < 0)
    return g_strdup_printf (_ ("A matrix of %d rows and %d columns"), t->rows, t->columns);
  for (int q = 0; q < t->columns; q++)
    read += t->entries[(size_t)self->row * t->columns + q] != 0;
  return g_strdup_printf (_ ("Row %d of %d makes Ŷ[%d, %d] ≈ %s: %d of its %d entries are not zero"), self->row,
                          t->rows, e->output_row + self->row / t->output_width,
                          e->output_column + self->row % t->output_width,
                          ew_number_short (number, self->y[self->row], 6), read, t->columns);
}

static void
settle (GtkWidget *widget)
{
  g_autofree char *text = describe (EW_MATRIX_VIEW (widget));

  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void
changed (EwMatrixView *self)
{
  g_autofree char *text = describe (self);

  ew_steady_text_set_words (self->words, text, NULL);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  ew_settle_later (&self->settle, GTK_WIDGET (self), settle);
}

/* The product itself: what is drawn is T x + bias. */
static void
multiply (EwMatrixView *self)
{
  const EwToeplitz *t = self->matrix;
  const EwExcerpt *e = &self->excerpt;

  self->x = g_renew (double, self->x, t->columns);
  self->y = g_renew (double, self->y, t->rows);
  for (int q = 0; q < t->columns; q++)
    self->x[q] = (double)ew_grid_row (self->snapshot->x, e->row + q / t->width)[e->column + q % t->width];
  for (int r = 0; r < t->rows; r++)
    {
      self->y[r] = self->snapshot->kernel->bias;
      for (int q = 0; q < t->columns; q++)
        self->y[r] += t->entries[(size_t)r * t->columns + q] * self->x[q];
    }
  ew_range_follow (&self->weight_range, range_of (t->entries, t->rows * t->columns, TRUE));
  ew_range_follow (&self->output_range, range_of (self->y, t->rows, TRUE));
  self->input_range = range_of (self->x, t->columns, FALSE);
}

static void
make_matrix (EwMatrixView *self)
{
  const EwExcerpt *e = &self->excerpt;

  int rows = self->matrix != NULL ? self->matrix->rows : 0, columns = self->matrix != NULL ? self->matrix->columns : 0;

  g_clear_pointer (&self->matrix, ew_toeplitz_free);
  self->matrix = ew_toeplitz_new (self->snapshot->kernel, &e->geometry, e->height, e->width, NULL);
  if (self->matrix != NULL)
    multiply (self);
  if (self->matrix == NULL || self->matrix->rows != rows || self->matrix->columns != columns)
    gtk_widget_queue_resize (GTK_WIDGET (self));
}

/* The row of an output of the whole, −1 where it is not in the excerpt. */
static int
row_of (EwMatrixView *self, int output_row, int output_column)
{
  const EwExcerpt *e = &self->excerpt;
  int i = output_row - e->output_row;
  int j = output_column - e->output_column;

  return i < 0 || j < 0 || i >= e->output_height || j >= e->output_width ? -1 : i * e->output_width + j;
}

static void fill_paint (EwMatrixView *self, const EwPaintStyle *style, EwMatrixPaint *paint);

/* The linked row and what it reads are brought on screen, its begin rather than its end. */
static gboolean
on_follow (gpointer data)
{
  EwMatrixView *self = data;
  GtkScrolledWindow *scroller = GTK_SCROLLED_WINDOW (gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_SCROLLED_WINDOW));
  double x, y, width, height;
  EwMatrixPaint paint;
  EwPaintStyle style;
  GtkAdjustment *across;

  self->follow = 0;
  if (scroller == NULL || self->matrix == NULL || self->row < 0)
    return G_SOURCE_REMOVE;
  ew_widget_style_init (GTK_WIDGET (self), &style);
  fill_paint (self, &style, &paint);
  ew_matrix_row_area (&paint, gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)), &x, &y,
                      &width, &height);
  ew_paint_style_clear (&style);
  across = gtk_scrolled_window_get_hadjustment (scroller);
  gtk_adjustment_clamp_page (across, x - 2 * height, fmin (x + width + 2 * height, x - 2 * height + gtk_adjustment_get_page_size (across)));
  gtk_adjustment_clamp_page (gtk_scrolled_window_get_vadjustment (scroller), y - height, y + 2 * height);
  return G_SOURCE_REMOVE;
}

/* Once it has been laid out. */
static void
follow_later (EwMatrixView *self)
{
  if (self->follow == 0)
    self->follow = g_idle_add_full (GDK_PRIORITY_REDRAW + 10, on_follow, self, NULL);
}

static gboolean
same_geometry (const EwGeometry *g, const EwGeometry *h)
{
  return g->kernel_height == h->kernel_height && g->kernel_width == h->kernel_width && g->top == h->top
         && g->right == h->right && g->bottom == h->bottom && g->left == h->left && g->border == h->border
         && g->stride == h->stride && g->dilation == h->dilation;
}

void
ew_matrix_view_set_snapshot (EwMatrixView *view, EwSnapshot *snapshot, int output_row, int output_column)
{
  gboolean same_input, same;
  int row;

  g_return_if_fail (EW_IS_MATRIX_VIEW (view));
  if (snapshot->x == NULL || snapshot->kernel == NULL)
    return;
  same_input = view->snapshot != NULL && view->snapshot->x == snapshot->x
               && same_geometry (&view->snapshot->geometry, &snapshot->geometry)
               && row_of (view, output_row, output_column) >= 0;
  same = same_input && ew_kernel_equal (view->snapshot->kernel, snapshot->kernel);
  if (!same_input
      && !ew_excerpt_init (&view->excerpt, &snapshot->geometry, snapshot->x->height, snapshot->x->width, output_row,
                           output_column, SIDE_MAX, SIDE_MAX, NULL))
    return;
  if (!same_input)
    view->weight_range = view->output_range = (EwRange){ 0, 0 };
  ew_snapshot_ref (snapshot);
  ew_snapshot_unref (view->snapshot);
  view->snapshot = snapshot;
  if (!same)
    make_matrix (view);
  row = row_of (view, output_row, output_column);
  if (same && row == view->row)
    return;
  if (row != view->row)
    follow_later (view);
  view->row = row;
  changed (view);
}

static void
fill_paint (EwMatrixView *self, const EwPaintStyle *style, EwMatrixPaint *paint)
{
  *paint = (EwMatrixPaint){ self->matrix,       self->x,   self->y, self->weight_range, self->input_range,
                            self->output_range, self->row, style };
}

static void
ew_matrix_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  EwMatrixView *self = EW_MATRIX_VIEW (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  EwMatrixPaint paint;
  EwPaintStyle style;
  cairo_t *cr;

  if (self->snapshot == NULL || width <= 0 || height <= 0)
    return;
  ew_widget_style_init (widget, &style);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  fill_paint (self, &style, &paint);
  if (self->matrix != NULL)
    ew_paint_matrix (cr, &paint, width, height);
  cairo_destroy (cr);
  ew_paint_style_clear (&style);
}

static void
ew_matrix_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                        int *minimum_baseline, int *natural_baseline)
{
  EwMatrixView *self = EW_MATRIX_VIEW (widget);
  EwPaintStyle style;
  double width, height;

  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH_MIN : HEIGHT_MIN;
  if (self->matrix == NULL)
    return;
  ew_widget_style_init (widget, &style);
  ew_matrix_readable_size (&style, self->matrix->rows, self->matrix->columns, &width, &height);
  *natural = MAX (*natural, (int)ceil (orientation == GTK_ORIENTATION_HORIZONTAL ? width : height));
  ew_paint_style_clear (&style);
}

static void
point_at (EwMatrixView *self, int row)
{
  const EwExcerpt *e = &self->excerpt;

  if (self->matrix == NULL || row < 0 || row >= self->matrix->rows || row == self->row)
    return;
  self->row = row;
  changed (self);
  g_signal_emit (self, pointed_signal, 0, e->output_row + row / e->output_width,
                 e->output_column + row % e->output_width);
}

static void
on_motion (EwMatrixView *self, double x, double y)
{
  EwMatrixPaint paint;
  EwPaintStyle style;
  int row;

  if (self->matrix == NULL)
    return;
  ew_widget_style_init (GTK_WIDGET (self), &style);
  fill_paint (self, &style, &paint);
  row = ew_matrix_find (&paint, gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)), x, y);
  ew_paint_style_clear (&style);
  point_at (self, row);
}

/* By a key: the row is brought on screen; under the pointer it is there. */
static void
go_to (EwMatrixView *self, int row)
{
  point_at (self, row);
  follow_later (self);
}

static gboolean
on_key (EwMatrixView *self, guint key, guint code, GdkModifierType state)
{
  if (self->matrix == NULL || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK)) != 0)
    return FALSE;
  switch (key)
    {
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      go_to (self, self->row - 1);
      return TRUE;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      go_to (self, self->row + 1);
      return TRUE;
    case GDK_KEY_Home:
      go_to (self, 0);
      return TRUE;
    case GDK_KEY_End:
      go_to (self, self->matrix->rows - 1);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
ew_matrix_view_dispose (GObject *object)
{
  EwMatrixView *self = EW_MATRIX_VIEW (object);

  ew_settle_cancel (&self->settle);
  g_clear_handle_id (&self->follow, g_source_remove);
  g_clear_object (&self->words);
  g_clear_pointer (&self->snapshot, ew_snapshot_unref);
  g_clear_pointer (&self->matrix, ew_toeplitz_free);
  g_clear_pointer (&self->x, g_free);
  g_clear_pointer (&self->y, g_free);
  G_OBJECT_CLASS (ew_matrix_view_parent_class)->dispose (object);
}

static void
ew_matrix_view_class_init (EwMatrixViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ew_matrix_view_dispose;
  GTK_WIDGET_CLASS (klass)->snapshot = ew_matrix_view_snapshot;
  GTK_WIDGET_CLASS (klass)->measure = ew_matrix_view_measure;
  pointed_signal = g_signal_new ("row-pointed", EW_TYPE_MATRIX_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_INT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "matrixview");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_IMG);
}

static void
ew_matrix_view_init (EwMatrixView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *key = gtk_event_controller_key_new ();

  self->row = -1;
  self->words = g_object_ref_sink (EW_STEADY_TEXT (ew_steady_text_new (20, 0.5)));
  gtk_widget_add_css_class (GTK_WIDGET (self->words), "dim-label");
  gtk_widget_set_focusable (widget, TRUE);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, key);
  ew_widget_style_follow (widget);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Matrix"), -1);
}

GtkWidget *
ew_matrix_view_words (EwMatrixView *view)
{
  return GTK_WIDGET (view->words);
}

GtkWidget *
ew_matrix_view_new (void)
{
  return g_object_new (EW_TYPE_MATRIX_VIEW, NULL);
}
