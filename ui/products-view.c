/* EwProductsView: a copy of the three tables, painted. */
#include "ui/products-view.h"

#include "ui/widget-style.h"

#include <string.h>

#define N_TABLES 3

/* Height in lines of text. */
#define LINES 6

#define WIDTH_MIN 120

struct _EwProductsView
{
  GtkWidget parent_instance;

  gboolean shown;
  EwProductsPaint paint; /* its values and captions are ours */
};

G_DEFINE_FINAL_TYPE (EwProductsView, ew_products_view, GTK_TYPE_WIDGET)

static int
line_height (EwProductsView *self)
{
  EwPaintStyle style;
  double size;

  ew_widget_style_init (GTK_WIDGET (self), &style);
  size = ew_paint_style_font_size (&style);
  ew_paint_style_clear (&style);
  return (int)(size * 1.25);
}

static void
ew_products_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                          int *minimum_baseline, int *natural_baseline)
{
  EwProductsView *self = EW_PRODUCTS_VIEW (widget);
  int height = LINES * line_height (self);
  EwPaintStyle style;

  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      *minimum = *natural = height;
      return;
    }
  *minimum = *natural = 0;
  if (!self->shown)
    return;
  ew_widget_style_init (widget, &style);
  self->paint.style = &style;
  *natural = (int)ew_products_width (&self->paint, for_size > 0 ? for_size : height);
  *minimum = MIN (*natural, WIDTH_MIN);
  ew_paint_style_clear (&style);
}

static void
ew_products_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  EwProductsView *self = EW_PRODUCTS_VIEW (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  EwPaintStyle style;
  cairo_t *cr;

  if (!self->shown || width <= 0 || height <= 0)
    return;
  ew_widget_style_init (widget, &style);
  self->paint.style = &style;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  ew_paint_products (cr, &self->paint, width, height);
  cairo_destroy (cr);
  ew_paint_style_clear (&style);
}

static void
clear (EwProductsView *self)
{
  for (int k = 0; k < N_TABLES; k++)
    {
      g_free ((gpointer)self->paint.tables[k].values);
      g_free ((gpointer)self->paint.tables[k].kinds);
      g_free ((gpointer)self->paint.tables[k].caption);
    }
  self->paint = (EwProductsPaint){ .marked = -1 };
  self->shown = FALSE;
}

static void
ew_products_view_finalize (GObject *object)
{
  clear (EW_PRODUCTS_VIEW (object));
  G_OBJECT_CLASS (ew_products_view_parent_class)->finalize (object);
}

static void
ew_products_view_class_init (EwProductsViewClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ew_products_view_finalize;
  GTK_WIDGET_CLASS (klass)->snapshot = ew_products_view_snapshot;
  GTK_WIDGET_CLASS (klass)->measure = ew_products_view_measure;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "productsview");
  /* What it shows is said by the sentence beside it. */
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
ew_products_view_init (EwProductsView *self)
{
  self->paint.marked = -1;
  ew_widget_style_follow (GTK_WIDGET (self));
}

GtkWidget *
ew_products_view_new (void)
{
  return g_object_new (EW_TYPE_PRODUCTS_VIEW, NULL);
}

/* Whether the room that the tables need is the same. */
static gboolean
same_shape (const EwProductsPaint *a, const EwProductsPaint *b)
{
  gboolean same = TRUE;

  for (int k = 0; k < N_TABLES && same; k++)
    same = a->tables[k].rows == b->tables[k].rows && a->tables[k].columns == b->tables[k].columns
           && g_strcmp0 (a->tables[k].caption, b->tables[k].caption) == 0;
  return same && a->bare == b->bare;
}

void
ew_products_view_set_products (EwProductsView *view, const EwProductsPaint *products)
{
  EwProductsPaint copy = { .marked = -1 };
  gboolean resized;

  g_return_if_fail (EW_IS_PRODUCTS_VIEW (view));
  if (products == NULL && !view->shown)
    return;
  resized = view->shown != (products != NULL) || !same_shape (&view->paint, products);
  if (products != NULL)
    copy = *products;
  for (int k = 0; k < N_TABLES && products != NULL; k++)
    {
      size_t n = (size_t)copy.tables[k].rows * (size_t)copy.tables[k].columns;

      copy.tables[k].values = g_memdup2 (copy.tables[k].values, n * sizeof (double));
      copy.tables[k].kinds = copy.tables[k].kinds == NULL ? NULL : g_memdup2 (copy.tables[k].kinds, n);
      copy.tables[k].caption = g_strdup (copy.tables[k].caption);
    }
  clear (view);
  view->paint = copy;
  view->shown = products != NULL;
  if (resized)
    gtk_widget_queue_resize (GTK_WIDGET (view));
  gtk_widget_queue_draw (GTK_WIDGET (view));
}
