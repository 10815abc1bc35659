/* EwPlaneView: what is shown, and what is said of it. */
#include "ui/paint/number.h"
#include "ui/plane-view-private.h"
#include "ui/widget-style.h"

#include <glib/gi18n.h>
#include <math.h>

enum
{
  PROP_LABEL = 1,
  PROP_SYMBOL,
  N_PROPS,
};

enum
{
  PANE_RESIZED,
  CURSOR_CHANGED,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EwPlaneView, ew_plane_view, GTK_TYPE_WIDGET)

/* The line below and the description follow the values at their own, slower pace. */
static void
settle (GtkWidget *widget)
{
  EwPlaneView *self = EW_PLANE_VIEW (widget);
  g_autofree char *description = NULL;
  g_autofree char *caption = NULL;

  ew_plane_view_ensure_range (self);
  if (self->n_planes > 0)
    {
      g_autofree char *size = ew_plane_view_size_text (self);
      g_autofree char *extent = ew_plane_view_extent_text (self);

      g_autofree char *whole = g_strdup_printf (isnan (self->extent.low) ? "%s, %s" : _ ("%s, from %s"), size, extent);

      description
          = self->sentence == NULL ? g_steal_pointer (&whole) : g_strdup_printf ("%s %s", self->sentence, whole);
      caption = ew_plane_view_caption_text (self, extent);
    }
  else
    description = g_strdup (self->empty_text != NULL ? self->empty_text : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
  if (g_strcmp0 (caption, self->caption) == 0)
    return;
  g_free (self->caption);
  self->caption = g_steal_pointer (&caption);
  gtk_widget_queue_draw (widget);
}

static void
values_changed (EwPlaneView *self)
{
  self->stale = TRUE;
  ew_plane_view_check_cursor (self);
  ew_settle_later (&self->settle, GTK_WIDGET (self), settle);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
forget_range (EwPlaneView *self)
{
  if (self->rule != EW_RANGE_FIXED)
    self->range = (EwRange){ 0, 0 };
}

static gboolean
on_pane_idle (gpointer data)
{
  EwPlaneView *self = data;
  int height, width;

  self->pane_idle = 0;
  ew_plane_view_measure_pane (self, &height, &width);
  if (height == self->pane_height && width == self->pane_width)
    return G_SOURCE_REMOVE;
  self->pane_height = height;
  self->pane_width = width;
  if (self->zoom != NULL)
    ew_plane_zoom_set_pane (self->zoom, self->pane, height, width, gtk_widget_get_scale_factor (GTK_WIDGET (self)));
  g_signal_emit (self, signals[PANE_RESIZED], 0, height, width);
  return G_SOURCE_REMOVE;
}

void
ew_plane_view_queue_pane (EwPlaneView *self)
{
  if (self->pane_idle == 0)
    self->pane_idle = g_idle_add (on_pane_idle, self);
}

static void
ew_plane_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  ew_plane_view_queue_pane (EW_PLANE_VIEW (widget));
}

static void
ew_plane_view_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (ew_plane_view_parent_class)->css_changed (widget, change);
  ew_plane_view_queue_pane (EW_PLANE_VIEW (widget));
  gtk_widget_queue_draw (widget);
  ew_plane_view_check_text (EW_PLANE_VIEW (widget));
}

static void
clear_planes (EwPlaneView *self)
{
  for (int k = 0; k < EW_PLANE_VIEW_PLANES_MAX; k++)
    g_clear_pointer (&self->planes[k], ew_grid_unref);
  g_clear_pointer (&self->subtract, ew_grid_unref);
  self->n_planes = 0;
}

static void
ew_plane_view_dispose (GObject *object)
{
  EwPlaneView *self = EW_PLANE_VIEW (object);

  ew_settle_cancel (&self->settle);
  g_clear_handle_id (&self->pane_idle, g_source_remove);
  ew_plane_view_set_mask (EW_PLANE_VIEW (object), NULL);
  clear_planes (self);
  g_clear_pointer (&self->reference, ew_grid_unref);
  g_clear_pointer (&self->source, ew_grid_unref);
  g_clear_object (&self->zoom);
  G_OBJECT_CLASS (ew_plane_view_parent_class)->dispose (object);
}

static void
ew_plane_view_finalize (GObject *object)
{
  EwPlaneView *self = EW_PLANE_VIEW (object);

  ew_plane_buffer_free (self->buffer);
  g_free (self->label);
  g_free (self->symbol);
  g_free (self->empty_text);
  g_free (self->caption);
  g_free (self->sentence);
  g_free (self->marks);
  g_free (self->signed_palette);
  g_free (self->image_palette);
  G_OBJECT_CLASS (ew_plane_view_parent_class)->finalize (object);
}

static void
ew_plane_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EwPlaneView *self = EW_PLANE_VIEW (object);

  switch (id)
    {
    case PROP_LABEL:
      g_value_set_string (value, self->label);
      break;
    case PROP_SYMBOL:
      g_value_set_string (value, self->symbol);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ew_plane_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  EwPlaneView *self = EW_PLANE_VIEW (object);

  switch (id)
    {
    case PROP_LABEL:
      ew_plane_view_set_label (self, g_value_get_string (value));
      break;
    case PROP_SYMBOL:
      ew_plane_view_set_symbol (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ew_plane_view_class_init (EwPlaneViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ew_plane_view_dispose;
  object_class->finalize = ew_plane_view_finalize;
  object_class->get_property = ew_plane_view_get_property;
  object_class->set_property = ew_plane_view_set_property;
  widget_class->snapshot = ew_plane_view_draw;
  widget_class->measure = ew_plane_view_measure;
  widget_class->size_allocate = ew_plane_view_size_allocate;
  widget_class->css_changed = ew_plane_view_css_changed;
  props[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL,
                                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_SYMBOL] = g_param_spec_string ("symbol", NULL, NULL, NULL,
                                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[PANE_RESIZED] = g_signal_new ("pane-resized", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_INT);
  signals[CURSOR_CHANGED] = g_signal_new ("cursor-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_INT);
  gtk_widget_class_set_css_name (widget_class, "planeview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
ew_plane_view_init (EwPlaneView *self)
{
  self->block = 1;
  self->origin_pitch = 1;
  self->cursor_row = self->cursor_column = -1;
  self->buffer = ew_plane_buffer_new ();
  ew_extent_init (&self->extent);
  ew_plane_view_add_controllers (self);
  ew_plane_view_add_zoom_controllers (self);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (ew_plane_view_queue_pane), NULL);
  ew_widget_style_follow (GTK_WIDGET (self));
}

GtkWidget *
ew_plane_view_new (const char *label, const char *symbol)
{
  return g_object_new (EW_TYPE_PLANE_VIEW, "label", label, "symbol", symbol, NULL);
}

void
ew_plane_view_set_label (EwPlaneView *view, const char *label)
{
  g_return_if_fail (EW_IS_PLANE_VIEW (view));
  if (g_strcmp0 (label, view->label) == 0)
    return;
  g_free (view->label);
  view->label = g_strdup (label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, label != NULL ? label : "", -1);
  g_object_notify_by_pspec (G_OBJECT (view), props[PROP_LABEL]);
}

void
ew_plane_view_set_symbol (EwPlaneView *view, const char *symbol)
{
  g_return_if_fail (EW_IS_PLANE_VIEW (view));
  if (g_strcmp0 (symbol, view->symbol) == 0)
    return;
  g_free (view->symbol);
  view->symbol = g_strdup (symbol);
  g_object_notify_by_pspec (G_OBJECT (view), props[PROP_SYMBOL]);
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

void
ew_plane_view_set_named (EwPlaneView *view, gboolean named)
{
  g_return_if_fail (EW_IS_PLANE_VIEW (view));
  view->named = named;
  ew_settle_later (&view->settle, GTK_WIDGET (view), settle);
}

/* Nothing happens where it is shown already. */
void
ew_plane_view_set_content (EwPlaneView *view, EwGrid **planes, int n, EwGrid *subtract, int block, int row, int column)
{
  gboolean same = n == view->n_planes && subtract == view->subtract && block == view->block && row == view->part_row
                  && column == view->part_column;

  for (int k = 0; k < n && same; k++)
    same = planes[k] == view->planes[k];
  if (same)
    return;
  /* A residual has a scale of its own. */
  if ((subtract != NULL) != (view->subtract != NULL))
    {
      forget_range (view);
      ew_plane_view_queue_pane (view);
    }
  for (int k = 0; k < n; k++)
    ew_grid_ref (planes[k]);
  if (subtract != NULL)
    ew_grid_ref (subtract);
  clear_planes (view);
  for (int k = 0; k < n; k++)
    view->planes[k] = planes[k];
  view->subtract = subtract;
  view->n_planes = n;
  view->block = block;
  view->part_row = row;
  view->part_column = column;
  values_changed (view);
}

static gboolean
same_size (EwGrid **grids, int n)
{
  for (int k = 1; k < n; k++)
    if (grids[k]->height != grids[0]->height || grids[k]->width != grids[0]->width)
      return FALSE;
  return TRUE;
}

void
ew_plane_view_set_planes (EwPlaneView *view, EwGrid **planes, int n, int block)
{
  g_return_if_fail (EW_IS_PLANE_VIEW (view));
  g_return_if_fail (n == 1 || n == EW_PLANE_VIEW_PLANES_MAX);
  g_return_if_fail (block >= 1);
  g_return_if_fail (same_size (planes, n));
  ew_plane_view_set_content (view, planes, n, NULL, block, 0, 0);
}

void
ew_plane_view_set_residual (EwPlaneView *view, EwGrid *output, EwGrid *target, int block)
{
  EwGrid *both[] = { output, target };

  g_return_if_fail (EW_IS_PLANE_VIEW (view));
  g_return_if_fail (block >= 1);
  g_return_if_fail (same_size (both, 2));
  ew_plane_view_set_content (view, both, 1, target, block, 0, 0);
}

void
ew_plane_view_set_signed (EwPlaneView *view, gboolean is_signed)
{
  g_return_if_fail (EW_IS_PLANE_VIEW (view));
  if (view->is_signed == !!is_signed)
    return;
  view->is_signed = !!is_signed;
  forget_range (view);
  values_changed (view);
  ew_plane_view_queue_pane (view);
}

void
ew_plane_view_set_reference (EwPlaneView *view, EwGrid *reference)
{
  g_return_if_fail (EW_IS_PLANE_VIEW (view));
  if (reference == view->reference)
    return;
  g_clear_pointer (&view->reference, ew_grid_unref);
  view->reference = reference != NULL ? ew_grid_ref (reference) : NULL;
  view->reference_measured = FALSE;
  if (view->n_planes > 0)
    values_changed (view);
}

void
ew_plane_view_set_source_size (EwPlaneView *view, int height, int width)
{
  g_return_if_fail (EW_IS_PLANE_VIEW (view));
  if (height == view->source_height && width == view->source_width)
    return;
  view->source_height = height;
  view->source_width = width;
  ew_settle_later (&view->settle, GTK_WIDGET (view), settle);
}

void
ew_plane_view_clear (EwPlaneView *view, const char *text)
{
  g_return_if_fail (EW_IS_PLANE_VIEW (view));
  if (view->n_planes == 0 && g_strcmp0 (text, view->empty_text) == 0)
    return;
  g_free (view->empty_text);
  view->empty_text = g_strdup (text);
  clear_planes (view);
  forget_range (view);
  values_changed (view);
}

void
ew_plane_view_emit_cursor (EwPlaneView *self)
{
  g_signal_emit (self, signals[CURSOR_CHANGED], 0, self->cursor_row, self->cursor_column);
}

void
ew_plane_view_set_sentence (EwPlaneView *view, const char *sentence)
{
  g_return_if_fail (EW_IS_PLANE_VIEW (view));
  if (g_strcmp0 (sentence, view->sentence) == 0)
    return;
  g_free (view->sentence);
  view->sentence = g_strdup (sentence);
  ew_settle_later (&view->settle, GTK_WIDGET (view), settle);
}
