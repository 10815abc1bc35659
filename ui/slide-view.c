/* EwSlideView: an excerpt of the input, its outputs, and how far they are made. */
#include "ui/slide-view.h"

#include "engine/patch.h"
#include "ui/paint/slide.h"
#include "ui/settle.h"
#include "ui/widget-style.h"

#include <glib/gi18n.h>
#include <math.h>

/* Larger inputs are shown in part. */
#define ROWS_MAX    16
#define COLUMNS_MAX 24

#define WIDTH_MIN  200
#define HEIGHT_MIN 120

struct _EwSlideView
{
  GtkWidget parent_instance;

  EwSnapshot *snapshot; /* NULL: nothing to show */
  EwExcerpt excerpt;
  double *outputs; /* all of the excerpt's, row by row */
  int made;
  EwRange input_range;
  EwRange output_range;
  EwSettle settle;
};

static guint moved_signal;

G_DEFINE_FINAL_TYPE (EwSlideView, ew_slide_view, GTK_TYPE_WIDGET)

int
ew_slide_view_get_length (EwSlideView *view)
{
  return view->snapshot == NULL ? 0 : view->excerpt.output_height * view->excerpt.output_width;
}

static const char *
border_name (EwBorder border)
{
  switch (border)
    {
    case EW_BORDER_REPLICATE:
      return _ ("the edge’s values");
    case EW_BORDER_REFLECT:
      return _ ("a reflection");
    case EW_BORDER_WRAP:
      return _ ("the other side");
    case EW_BORDER_ZERO:
    default:
      return _ ("zeros");
    }
}

char *
ew_slide_view_describe (EwSlideView *view)
{
  GString *text = g_string_new (NULL);

  if (view->snapshot == NULL)
    return g_string_free (text, FALSE);

  const EwExcerpt *e = &view->excerpt;
  const EwGeometry *g = &view->snapshot->geometry;

  if (!ew_excerpt_is_whole (e, view->snapshot->x->height, view->snapshot->x->width))
    g_string_append_printf (text, _ ("rows %d–%d, columns %d–%d of X · "), e->row, e->row + e->height - 1, e->column,
                            e->column + e->width - 1);
  if (g->top + g->right + g->bottom + g->left == 0)
    g_string_append (text, _ ("no padding"));
  else
    g_string_append_printf (text, _ ("padding %d, %d, %d, %d (%s)"), g->top, g->right, g->bottom, g->left,
                            border_name (g->border));
  g_string_append_printf (text, _ (" · stride %d"), g->stride);
  if (g->dilation > 1)
    g_string_append_printf (text, _ (" · dilation %d"), g->dilation);
  return g_string_free (text, FALSE);
}

static void
settle (GtkWidget *widget)
{
  EwSlideView *self = EW_SLIDE_VIEW (widget);
  g_autofree char *how = ew_slide_view_describe (self);
  g_autofree char *text = self->snapshot == NULL ? g_strdup ("")
                                                 : g_strdup_printf (_ ("%d of %d outputs made, %s"), self->made,
                                                                    ew_slide_view_get_length (self), how);

  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

/* Exactly, in float64, as the sum under the pointer has it: at most a few hundred outputs. */
static void
make_outputs (EwSlideView *self)
{
  const EwSnapshot *s = self->snapshot;
  const EwExcerpt *e = &self->excerpt;
  int n = ew_slide_view_get_length (self);
  double max_abs = 0;

  self->outputs = g_renew (double, self->outputs, n);
  for (int k = 0; k < n; k++)
    {
      g_autoptr (EwPatch) patch = ew_patch_new (s->x, s->kernel, &s->geometry, e->output_row + k / e->output_width,
                                                e->output_column + k % e->output_width, NULL);

      self->outputs[k] = patch == NULL ? NAN : patch->sum;
      if (isfinite (self->outputs[k]))
        max_abs = fmax (max_abs, fabs (self->outputs[k]));
    }
  ew_range_follow (&self->output_range, ew_range_symmetric (max_abs));
}

static void
choose_input_range (EwSlideView *self)
{
  const EwExcerpt *e = &self->excerpt;
  g_autoptr (EwGrid) part = ew_grid_new_cropped (self->snapshot->x, e->row, e->column, e->height, e->width, NULL);
  EwExtent extent;

  ew_extent_init (&extent);
  if (part != NULL)
    ew_extent_add (&extent, part, NULL);
  self->input_range = extent.low < 0 ? ew_range_symmetric (ew_extent_max_abs (&extent)) : ew_range_sequential (&extent);
}

static gboolean
same_input (const EwSnapshot *a, const EwSnapshot *b)
{
  const EwGeometry *g = &a->geometry;
  const EwGeometry *h = &b->geometry;

  return a->x == b->x && g->kernel_height == h->kernel_height && g->kernel_width == h->kernel_width && g->top == h->top
         && g->right == h->right && g->bottom == h->bottom && g->left == h->left && g->border == h->border
         && g->stride == h->stride && g->dilation == h->dilation;
}

static void
take (EwSlideView *self, EwSnapshot *snapshot)
{
  ew_snapshot_ref (snapshot);
  ew_snapshot_unref (self->snapshot);
  self->snapshot = snapshot;
}

static void
move (EwSlideView *self, int made)
{
  self->made = CLAMP (made, 1, MAX (ew_slide_view_get_length (self), 1));
  gtk_widget_queue_draw (GTK_WIDGET (self));
  ew_settle_later (&self->settle, GTK_WIDGET (self), settle);
  g_signal_emit (self, moved_signal, 0);
}

void
ew_slide_view_set_snapshot (EwSlideView *view, EwSnapshot *snapshot, int output_row, int output_column)
{
  g_return_if_fail (EW_IS_SLIDE_VIEW (view));
  if (snapshot->x == NULL || snapshot->kernel == NULL)
    return;
  if (view->snapshot != NULL && same_input (view->snapshot, snapshot))
    {
      gboolean same = ew_kernel_equal (view->snapshot->kernel, snapshot->kernel);

      take (view, snapshot);
      if (same)
        return;
      make_outputs (view);
      gtk_widget_queue_draw (GTK_WIDGET (view));
      return;
    }
  if (!ew_excerpt_init (&view->excerpt, &snapshot->geometry, snapshot->x->height, snapshot->x->width, output_row,
                        output_column, ROWS_MAX, COLUMNS_MAX, NULL))
    return;
  take (view, snapshot);
  view->output_range = (EwRange){ 0, 0 };
  choose_input_range (view);
  make_outputs (view);
  move (view, 1);
}

int
ew_slide_view_get_made (EwSlideView *view)
{
  return view->made;
}

void
ew_slide_view_set_made (EwSlideView *view, int made)
{
  g_return_if_fail (EW_IS_SLIDE_VIEW (view));
  if (view->snapshot != NULL && CLAMP (made, 1, ew_slide_view_get_length (view)) != view->made)
    move (view, made);
}

gboolean
ew_slide_view_get_output (EwSlideView *view, int *row, int *column)
{
  if (view->snapshot == NULL || view->made < 1)
    return FALSE;
  *row = view->excerpt.output_row + (view->made - 1) / view->excerpt.output_width;
  *column = view->excerpt.output_column + (view->made - 1) % view->excerpt.output_width;
  return TRUE;
}

static void
fill_paint (EwSlideView *self, const EwPaintStyle *style, EwSlidePaint *paint)
{
  *paint = (EwSlidePaint){
    .x = self->snapshot->x,
    .excerpt = &self->excerpt,
    .kernel = self->snapshot->kernel,
    .outputs = self->outputs,
    .made = self->made,
    .input_range = self->input_range,
    .output_range = self->output_range,
    .style = style,
  };
}

static void
ew_slide_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  EwSlideView *self = EW_SLIDE_VIEW (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  EwSlidePaint paint;
  EwPaintStyle style;
  cairo_t *cr;

  if (self->snapshot == NULL || width <= 0 || height <= 0)
    return;
  ew_widget_style_init (widget, &style);
  fill_paint (self, &style, &paint);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  ew_paint_slide (cr, &paint, width, height);
  cairo_destroy (cr);
  ew_paint_style_clear (&style);
}

static void
ew_slide_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                       int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH_MIN : HEIGHT_MIN;
}

/* A click on an output goes there. */
static void
on_pressed (EwSlideView *self, int n_press, double x, double y)
{
  EwSlidePaint paint;
  EwPaintStyle style;
  int output;

  if (self->snapshot == NULL)
    return;
  ew_widget_style_init (GTK_WIDGET (self), &style);
  fill_paint (self, &style, &paint);
  output = ew_slide_find (&paint, gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)),
                          x, y);
  ew_paint_style_clear (&style);
  if (output >= 0)
    ew_slide_view_set_made (self, output + 1);
}

static void
ew_slide_view_dispose (GObject *object)
{
  EwSlideView *self = EW_SLIDE_VIEW (object);

  ew_settle_cancel (&self->settle);
  g_clear_pointer (&self->snapshot, ew_snapshot_unref);
  g_clear_pointer (&self->outputs, g_free);
  G_OBJECT_CLASS (ew_slide_view_parent_class)->dispose (object);
}

static void
ew_slide_view_class_init (EwSlideViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ew_slide_view_dispose;
  GTK_WIDGET_CLASS (klass)->snapshot = ew_slide_view_snapshot;
  GTK_WIDGET_CLASS (klass)->measure = ew_slide_view_measure;
  moved_signal = g_signal_new ("moved", EW_TYPE_SLIDE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "slideview");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_IMG);
}

static void
ew_slide_view_init (EwSlideView *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  ew_widget_style_follow (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("The kernel’s window"), -1);
}

GtkWidget *
ew_slide_view_new (void)
{
  return g_object_new (EW_TYPE_SLIDE_VIEW, NULL);
}
