/* EwSurfaceView: what is shown, and which part of it. */
#include "ui/surface-view-private.h"

#include "ui/paint/chart.h"
#include "ui/widget-style.h"

#include <glib/gi18n.h>
#include <math.h>

#define WIDTH_MIN      200
#define WIDTH_NATURAL  320
#define HEIGHT_MIN     130
#define HEIGHT_NATURAL 180

/* Larger by this at each step. */
#define ZOOM_STEP 1.25

/* The least and the most that is seen, as a part of the weights' size and as a multiple of the way from start to
 * optimum: beyond these float64 has no places left, or nothing is to be seen. */
#define SEEN_MIN 1e-9
#define SEEN_MAX 1e9

static guint start_signal;
static guint moved_signal;

G_DEFINE_FINAL_TYPE (EwSurfaceView, ew_surface_view, GTK_TYPE_WIDGET)

static gboolean
has_map (const EwSurfaceView *self)
{
  return self->map != NULL && self->map->trouble == NULL;
}

static int
fill_paths (EwSurfaceView *self, const EwPaintStyle *style, EwSurfacePath *paths)
{
  for (int k = 0; k < self->n_runs; k++)
    paths[k] = (EwSurfacePath){ self->runs[k].points, self->runs[k].n,
                                style == NULL ? (EwColor){ 0 } : ew_chart_run_color (style, self->runs[k].color),
                                self->runs[k].name };
  if (self->n_runs > 0 || !has_map (self))
    return self->n_runs;
  paths[0] = (EwSurfacePath){ self->map->path, self->map->n_path,
                              style == NULL ? (EwColor){ 0 } : ew_chart_run_color (style, 0), NULL };
  /* Where the path is not known, or an earlier epoch is shown, there is still a place to show. */
  paths[1] = (EwSurfacePath){ &self->map->present, 1, paths[0].color, NULL };
  return 2;
}

void
ew_surface_view_fill_paint (EwSurfaceView *self, const EwPaintStyle *style, EwSurfacePaint *paint, EwSurfacePath *paths)
{
  *paint = (EwSurfacePaint){
    .map = self->map,
    .frame = self->frame,
    .paths = paths,
    .n_paths = fill_paths (self, style, paths),
    .has_cursor = self->has_cursor,
    .cursor = self->cursor,
    .name_a = self->names[0],
    .name_b = self->names[1],
    .optimum_text = _ ("optimum"),
    .start_text = _ ("start"),
    .loss_text = _ ("Loss"),
    .empty_text = self->empty_text,
    .style = style,
  };
}

gboolean
ew_surface_view_get_box (EwSurfaceView *self, EwSurfacePaint *paint, EwSurfacePath *paths, EwSurfaceBox *box)
{
  EwPaintStyle style;
  gboolean any;

  ew_widget_style_init (GTK_WIDGET (self), &style);
  ew_surface_view_fill_paint (self, &style, paint, paths);
  any = ew_surface_box (paint, gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)),
                        box);
  ew_paint_style_clear (&style);
  paint->style = NULL;
  return any;
}

static void
ew_surface_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  EwSurfaceView *self = EW_SURFACE_VIEW (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  EwSurfacePath paths[EW_SURFACE_PATHS_MAX];
  EwSurfacePaint paint;
  EwPaintStyle style;
  cairo_t *cr;

  if (width <= 0 || height <= 0)
    return;
  ew_widget_style_init (widget, &style);
  ew_surface_view_fill_paint (self, &style, &paint, paths);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  ew_paint_surface (cr, &paint, width, height);
  cairo_destroy (cr);
  ew_paint_style_clear (&style);
}

void
ew_surface_view_changed (EwSurfaceView *self)
{
  ew_settle_later (&self->settle, GTK_WIDGET (self), ew_surface_view_settle);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
follow (EwSurfaceView *self)
{
  EwSurfacePath paths[EW_SURFACE_PATHS_MAX];

  if (has_map (self) && !self->zoomed)
    self->frame = ew_surface_frame_around (self->map, paths, fill_paths (self, NULL, paths));
}

static void
rename_axes (EwSurfaceView *self)
{
  for (int axis = 0; axis < 2; axis++)
    {
      g_free (self->names[axis]);
      self->names[axis] = ew_surface_view_name_axis (self, axis);
    }
}

void
ew_surface_view_set_map (EwSurfaceView *view, EwSurfaceMap *map)
{
  EwSurfaceMap *former = view->map;

  g_return_if_fail (EW_IS_SURFACE_VIEW (view));
  /* Another plane is seen as a whole at first. */
  if (former != NULL
      && (map == NULL || map->task != former->task || !ew_surface_choice_equal (&map->choice, &former->choice)))
    {
      view->zoomed = FALSE;
      ew_surface_view_set_cursor (view, NULL);
    }
  view->map = map == NULL ? NULL : ew_surface_map_ref (map);
  ew_surface_map_unref (former);
  rename_axes (view);
  follow (view);
  ew_surface_view_changed (view);
}

static void
forget_runs (EwSurfaceView *self)
{
  for (int k = 0; k < self->n_runs; k++)
    {
      g_free (self->runs[k].points);
      g_free (self->runs[k].name);
    }
  self->n_runs = 0;
}

void
ew_surface_view_set_runs (EwSurfaceView *view, const EwSurfaceRun *runs, int n)
{
  g_return_if_fail (EW_IS_SURFACE_VIEW (view));
  g_return_if_fail (n <= EW_SURFACE_PATHS_MAX);
  forget_runs (view);
  for (int k = 0; k < n; k++)
    view->runs[k] = (EwSurfaceOwnRun){ g_memdup2 (runs[k].points, runs[k].n * sizeof *runs[k].points), runs[k].n,
                                       runs[k].color, g_strdup (runs[k].name) };
  view->n_runs = n;
  follow (view);
  ew_surface_view_changed (view);
}

void
ew_surface_view_set_kernel_size (EwSurfaceView *view, int height, int width)
{
  g_return_if_fail (EW_IS_SURFACE_VIEW (view));
  if (height == view->kernel_height && width == view->kernel_width)
    return;
  view->kernel_height = height;
  view->kernel_width = width;
  rename_axes (view);
  ew_surface_view_changed (view);
}

void
ew_surface_view_set_empty_text (EwSurfaceView *view, const char *text)
{
  g_return_if_fail (EW_IS_SURFACE_VIEW (view));
  if (g_strcmp0 (text, view->empty_text) == 0)
    return;
  g_free (view->empty_text);
  view->empty_text = g_strdup (text);
  ew_surface_view_changed (view);
}

void
ew_surface_view_set_cursor (EwSurfaceView *self, const EwSurfacePoint *cursor)
{
  if (cursor == NULL ? !self->has_cursor
                     : self->has_cursor && cursor->a == self->cursor.a && cursor->b == self->cursor.b)
    return;
  self->has_cursor = cursor != NULL;
  if (cursor != NULL)
    self->cursor = *cursor;
  ew_surface_view_changed (self);
  g_signal_emit (self, moved_signal, 0);
}

gboolean
ew_surface_view_get_cursor (EwSurfaceView *view, EwSurfacePoint *cursor)
{
  g_return_val_if_fail (EW_IS_SURFACE_VIEW (view), FALSE);
  if (view->has_cursor && cursor != NULL)
    *cursor = view->cursor;
  return view->has_cursor && has_map (view);
}

void
ew_surface_view_ask_start (EwSurfaceView *self)
{
  if (self->has_cursor && has_map (self))
    g_signal_emit (self, start_signal, 0, self->cursor.a, self->cursor.b);
}

/* The least that may be seen along an axis: what its numbers can still tell apart. */
static double
least_seen (const EwSurfaceView *self)
{
  const EwSurfaceMap *m = self->map;
  double size = fmax (fabs (m->zero_a) + fabs (m->optimum.a), fabs (m->zero_b) + fabs (m->optimum.b));

  return SEEN_MIN * fmax (size, 1e-3);
}

void
ew_surface_view_zoom_around (EwSurfaceView *self, double steps, EwSurfacePoint still)
{
  EwSurfaceFrame *f = &self->frame;
  double by = pow (ZOOM_STEP, -steps);

  if (!has_map (self))
    return;

  double wide = (f->high.a - f->low.a) * by, tall = (f->high.b - f->low.b) * by;

  if (fmin (wide, tall) < least_seen (self) || fmax (wide, tall) > SEEN_MAX)
    return;
  self->zoomed = TRUE;
  f->low = (EwSurfacePoint){ still.a + (f->low.a - still.a) * by, still.b + (f->low.b - still.b) * by };
  f->high = (EwSurfacePoint){ f->low.a + wide, f->low.b + tall };
  ew_surface_view_changed (self);
}

void
ew_surface_view_zoom (EwSurfaceView *view, int steps)
{
  const EwSurfaceFrame *f = &view->frame;
  EwSurfacePoint middle = { (f->low.a + f->high.a) / 2, (f->low.b + f->high.b) / 2 };

  g_return_if_fail (EW_IS_SURFACE_VIEW (view));
  ew_surface_view_zoom_around (view, steps, view->has_cursor ? view->cursor : middle);
}

void
ew_surface_view_fit (EwSurfaceView *view)
{
  g_return_if_fail (EW_IS_SURFACE_VIEW (view));
  view->zoomed = FALSE;
  follow (view);
  ew_surface_view_changed (view);
}

static void
ew_surface_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                         int *minimum_baseline, int *natural_baseline)
{
  gboolean horizontal = orientation == GTK_ORIENTATION_HORIZONTAL;

  *minimum = horizontal ? WIDTH_MIN : HEIGHT_MIN;
  *natural = horizontal ? WIDTH_NATURAL : HEIGHT_NATURAL;
}

static void
ew_surface_view_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (ew_surface_view_parent_class)->css_changed (widget, change);
  gtk_widget_queue_draw (widget);
}

static void
ew_surface_view_dispose (GObject *object)
{
  EwSurfaceView *self = EW_SURFACE_VIEW (object);

  ew_settle_cancel (&self->settle);
  g_clear_pointer (&self->map, ew_surface_map_unref);
  forget_runs (self);
  G_OBJECT_CLASS (ew_surface_view_parent_class)->dispose (object);
}

static void
ew_surface_view_finalize (GObject *object)
{
  EwSurfaceView *self = EW_SURFACE_VIEW (object);

  g_free (self->names[0]);
  g_free (self->names[1]);
  g_free (self->empty_text);
  G_OBJECT_CLASS (ew_surface_view_parent_class)->finalize (object);
}

static void
ew_surface_view_class_init (EwSurfaceViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ew_surface_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = ew_surface_view_finalize;
  widget_class->snapshot = ew_surface_view_snapshot;
  widget_class->measure = ew_surface_view_measure;
  widget_class->css_changed = ew_surface_view_css_changed;
  start_signal = g_signal_new ("start-asked", EW_TYPE_SURFACE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                               2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  moved_signal
      = g_signal_new ("cursor-moved", EW_TYPE_SURFACE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "surfaceview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
ew_surface_view_init (EwSurfaceView *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Loss surface"), -1);
  ew_widget_style_follow (GTK_WIDGET (self));
  ew_surface_view_init_input (self);
}

GtkWidget *
ew_surface_view_new (void)
{
  return g_object_new (EW_TYPE_SURFACE_VIEW, NULL);
}
