/* EwResponseView: drawing, the mark, and what a screen reader is told. */
#include "ui/response-view.h"

#include "ui/paint/number.h"
#include "ui/paint/response.h"
#include "ui/settle.h"
#include "ui/widget-style.h"

#include <glib/gi18n.h>
#include <math.h>

#define WIDTH_MIN  160
#define HEIGHT     230
#define CAPTION    0.9
#define GAP        4.0
#define MIDDLE     (EW_RESPONSE_SIDE / 2)
#define LARGE_STEP 8

struct _EwResponseView
{
  GtkWidget parent_instance;

  EwDiagnosis *diagnosis;
  int column; /* of the mark */
  int row;
  int hover_column; /* −1: the pointer is elsewhere */
  int hover_row;
  EwSettle settle;
};

G_DEFINE_FINAL_TYPE (EwResponseView, ew_response_view, GTK_TYPE_WIDGET)

static char *
frequency_text (char *buffer, int index)
{
  return ew_number_fixed (buffer, (index - MIDDLE) / (double)(EW_RESPONSE_SIDE - 1), 3);
}

char *
ew_response_view_read (EwResponseView *self)
{
  int column = self->hover_column >= 0 ? self->hover_column : self->column;
  int row = self->hover_column >= 0 ? self->hover_row : self->row;
  char u[EW_NUMBER_SIZE], v[EW_NUMBER_SIZE], value[EW_NUMBER_SIZE];

  if (self->diagnosis == NULL || self->diagnosis->response == NULL)
    return g_strdup ("");
  frequency_text (u, column);
  frequency_text (v, row);
  ew_number_short (value, (double)ew_grid_row (self->diagnosis->response, row)[column], 4);
  return g_strdup_printf ("|H(%s, %s)| = %s", u, v, value);
}

static void
settle (GtkWidget *widget)
{
  EwResponseView *self = EW_RESPONSE_VIEW (widget);
  g_autofree char *text = ew_response_view_read (self);
  g_autofree char *description
      = g_strdup_printf (_ ("%s at that many cycles a pixel to the right and downwards; arrow keys move"), text);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}

static void
changed (EwResponseView *self)
{
  ew_settle_later (&self->settle, GTK_WIDGET (self), settle);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static double
caption_height (const EwPaintStyle *style)
{
  double height;

  ew_paint_text_measure (style, "0", ew_paint_style_font_size (style) * CAPTION, &height);
  return ceil (height);
}

static void
fill_paint (EwResponseView *self, const EwPaintStyle *style, EwResponsePaint *paint)
{
  gboolean hovered = self->hover_column >= 0;

  *paint = (EwResponsePaint){
    .response = self->diagnosis == NULL ? NULL : self->diagnosis->response,
    .high = self->diagnosis == NULL ? 1 : self->diagnosis->response_max,
    .style = style,
    .marked = gtk_widget_has_focus (GTK_WIDGET (self)) || hovered,
    .column = hovered ? self->hover_column : self->column,
    .row = hovered ? self->hover_row : self->row,
  };
}

static double
picture_height (EwResponseView *self, const EwPaintStyle *style)
{
  return fmax (1, gtk_widget_get_height (GTK_WIDGET (self)) - caption_height (style) - GAP);
}

static void
ew_response_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  EwResponseView *self = EW_RESPONSE_VIEW (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  g_autofree char *text = ew_response_view_read (self);
  EwResponsePaint paint;
  EwPaintStyle style;
  cairo_t *cr;

  if (width <= 0 || height <= 0)
    return;
  ew_widget_style_init (widget, &style);
  fill_paint (self, &style, &paint);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  ew_paint_response (cr, &paint, width, picture_height (self, &style));
  ew_paint_text (cr, &style, text, ew_paint_style_font_size (&style) * CAPTION,
                 paint.marked ? style.foreground : style.dim, width / 2.0, height - caption_height (&style), 0.5, 0);
  cairo_destroy (cr);
  ew_paint_style_clear (&style);
}

static void
on_motion (EwResponseView *self, double x, double y)
{
  EwResponsePaint paint;
  EwResponseBox box;
  EwPaintStyle style;

  ew_widget_style_init (GTK_WIDGET (self), &style);
  fill_paint (self, &style, &paint);
  ew_response_box (&paint, gtk_widget_get_width (GTK_WIDGET (self)), picture_height (self, &style), &box);
  ew_paint_style_clear (&style);
  if (!ew_response_box_find (&box, x, y, &self->hover_column, &self->hover_row))
    self->hover_column = -1;
  changed (self);
}

static void
on_leave (EwResponseView *self)
{
  self->hover_column = -1;
  changed (self);
}

static void
on_pressed (EwResponseView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (self->hover_column < 0)
    return;
  self->column = self->hover_column;
  self->row = self->hover_row;
  changed (self);
}

static gboolean
on_key_pressed (EwResponseView *self, guint key, guint code, GdkModifierType state)
{
  int step = (state & GDK_CONTROL_MASK) != 0 ? LARGE_STEP : 1;
  int right = key == GDK_KEY_Right || key == GDK_KEY_KP_Right ? 1
              : key == GDK_KEY_Left || key == GDK_KEY_KP_Left ? -1
                                                              : 0;
  int down = key == GDK_KEY_Down || key == GDK_KEY_KP_Down ? 1 : key == GDK_KEY_Up || key == GDK_KEY_KP_Up ? -1 : 0;

  if (key == GDK_KEY_Home || key == GDK_KEY_KP_Home)
    self->column = self->row = MIDDLE;
  else if (right == 0 && down == 0)
    return FALSE;
  self->hover_column = -1;
  self->column = CLAMP (self->column + right * step, 0, EW_RESPONSE_SIDE - 1);
  self->row = CLAMP (self->row + down * step, 0, EW_RESPONSE_SIDE - 1);
  changed (self);
  return TRUE;
}

static void
ew_response_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                          int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH_MIN : HEIGHT;
}

static void
ew_response_view_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (ew_response_view_parent_class)->css_changed (widget, change);
  gtk_widget_queue_draw (widget);
}

static void
ew_response_view_dispose (GObject *object)
{
  EwResponseView *self = EW_RESPONSE_VIEW (object);

  ew_settle_cancel (&self->settle);
  g_clear_pointer (&self->diagnosis, ew_diagnosis_unref);
  G_OBJECT_CLASS (ew_response_view_parent_class)->dispose (object);
}

static void
ew_response_view_class_init (EwResponseViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ew_response_view_dispose;
  widget_class->snapshot = ew_response_view_snapshot;
  widget_class->measure = ew_response_view_measure;
  widget_class->css_changed = ew_response_view_css_changed;
  gtk_widget_class_set_css_name (widget_class, "responseview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
ew_response_view_init (EwResponseView *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->column = self->row = MIDDLE;
  self->hover_column = -1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect_swapped (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect_swapped (key, "key-pressed", G_CALLBACK (on_key_pressed), self);
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (gtk_widget_queue_draw), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (gtk_widget_queue_draw), self);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  ew_widget_style_follow (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Frequency response"), -1);
}

void
ew_response_view_set_diagnosis (EwResponseView *view, EwDiagnosis *diagnosis)
{
  g_return_if_fail (EW_IS_RESPONSE_VIEW (view));
  if (diagnosis == view->diagnosis)
    return;
  if (diagnosis != NULL)
    ew_diagnosis_ref (diagnosis);
  ew_diagnosis_unref (view->diagnosis);
  view->diagnosis = diagnosis;
  changed (view);
}
